/* libguestfs generated file
 * Cut to some of its calls, and changed: see ../MENDED.md
 *
 * Copyright (C) 2009-2019 Hiroyuki Katsura <hiroyuki.katsura.0513@gmail.com>
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2 of the License, or (at your option) any later version.
 *
 * This library is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with this library; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

use crate::base::*;
use crate::calls::*;
use crate::error::*;
use crate::utils::*;
use std::collections;
use std::convert;
use std::convert::TryFrom;
use std::ffi;
use std::os::raw::{c_char, c_int, c_void};
use std::ptr;
use std::slice;

pub struct Dirent {
    pub ino: i64,
    pub ftyp: i8,
    pub name: Vec<u8>,
}

#[repr(C)]
pub(crate) struct RawDirent {
    ino: i64,
    ftyp: c_char,
    name: *const c_char,
}

impl TryFrom<*const RawDirent> for Dirent {
    type Error = Error;
    fn try_from(raw: *const RawDirent) -> Result<Self, Self::Error> {
        Ok(unsafe {
            Dirent {
                ino: (*raw).ino,
                ftyp: (*raw).ftyp as i8,
                name: char_ptr_to_bytes((*raw).name),
            }
        })
    }
}

pub struct XAttr {
    pub attrname: Vec<u8>,
    pub attrval: Vec<u8>,
}

#[repr(C)]
pub(crate) struct RawXAttr {
    attrname: *const c_char,
    attrval_len: u32,
    attrval: *const c_char,
}

impl TryFrom<*const RawXAttr> for XAttr {
    type Error = Error;
    fn try_from(raw: *const RawXAttr) -> Result<Self, Self::Error> {
        let (value, len) = unsafe { ((*raw).attrval, (*raw).attrval_len as usize) };
        let attrval = match value.is_null() || len == 0 {
            true => Vec::new(),
            false => unsafe { slice::from_raw_parts(value as *const u8, len) }.to_vec(),
        };
        Ok(XAttr {
            attrname: unsafe { char_ptr_to_bytes((*raw).attrname) },
            attrval,
        })
    }
}

pub struct StatNS {
    pub st_dev: i64,
    pub st_ino: i64,
    pub st_mode: i64,
    pub st_nlink: i64,
    pub st_uid: i64,
    pub st_gid: i64,
    pub st_rdev: i64,
    pub st_size: i64,
    pub st_blksize: i64,
    pub st_blocks: i64,
    pub st_atime_sec: i64,
    pub st_atime_nsec: i64,
    pub st_mtime_sec: i64,
    pub st_mtime_nsec: i64,
    pub st_ctime_sec: i64,
    pub st_ctime_nsec: i64,
    pub st_spare1: i64,
    pub st_spare2: i64,
    pub st_spare3: i64,
    pub st_spare4: i64,
    pub st_spare5: i64,
    pub st_spare6: i64,
}

#[repr(C)]
pub(crate) struct RawStatNS {
    st_dev: i64,
    st_ino: i64,
    st_mode: i64,
    st_nlink: i64,
    st_uid: i64,
    st_gid: i64,
    st_rdev: i64,
    st_size: i64,
    st_blksize: i64,
    st_blocks: i64,
    st_atime_sec: i64,
    st_atime_nsec: i64,
    st_mtime_sec: i64,
    st_mtime_nsec: i64,
    st_ctime_sec: i64,
    st_ctime_nsec: i64,
    st_spare1: i64,
    st_spare2: i64,
    st_spare3: i64,
    st_spare4: i64,
    st_spare5: i64,
    st_spare6: i64,
}

impl TryFrom<*const RawStatNS> for StatNS {
    type Error = Error;
    fn try_from(raw: *const RawStatNS) -> Result<Self, Self::Error> {
        Ok(unsafe {
            StatNS {
                st_dev: (*raw).st_dev,
                st_ino: (*raw).st_ino,
                st_mode: (*raw).st_mode,
                st_nlink: (*raw).st_nlink,
                st_uid: (*raw).st_uid,
                st_gid: (*raw).st_gid,
                st_rdev: (*raw).st_rdev,
                st_size: (*raw).st_size,
                st_blksize: (*raw).st_blksize,
                st_blocks: (*raw).st_blocks,
                st_atime_sec: (*raw).st_atime_sec,
                st_atime_nsec: (*raw).st_atime_nsec,
                st_mtime_sec: (*raw).st_mtime_sec,
                st_mtime_nsec: (*raw).st_mtime_nsec,
                st_ctime_sec: (*raw).st_ctime_sec,
                st_ctime_nsec: (*raw).st_ctime_nsec,
                st_spare1: (*raw).st_spare1,
                st_spare2: (*raw).st_spare2,
                st_spare3: (*raw).st_spare3,
                st_spare4: (*raw).st_spare4,
                st_spare5: (*raw).st_spare5,
                st_spare6: (*raw).st_spare6,
            }
        })
    }
}

/* Optional Structs */
#[derive(Default)]
pub struct AddDriveOptArgs<'a> {
    pub readonly: Option<bool>,
    pub format: Option<&'a str>,
    pub iface: Option<&'a str>,
    pub name: Option<&'a str>,
    pub label: Option<&'a str>,
    pub protocol: Option<&'a str>,
    pub server: Option<&'a [&'a str]>,
    pub username: Option<&'a str>,
    pub secret: Option<&'a str>,
    pub cachemode: Option<&'a str>,
    pub discard: Option<&'a str>,
    pub copyonread: Option<bool>,
}

struct CExprAddDriveOptArgs {
    readonly: Option<c_int>,
    format: Option<ffi::CString>,
    iface: Option<ffi::CString>,
    name: Option<ffi::CString>,
    label: Option<ffi::CString>,
    protocol: Option<ffi::CString>,
    server: Option<(Vec<ffi::CString>, Vec<*const c_char>)>,
    username: Option<ffi::CString>,
    secret: Option<ffi::CString>,
    cachemode: Option<ffi::CString>,
    discard: Option<ffi::CString>,
    copyonread: Option<c_int>,
}

impl<'a> TryFrom<AddDriveOptArgs<'a>> for CExprAddDriveOptArgs {
    type Error = Error;
    fn try_from(optargs: AddDriveOptArgs<'a>) -> Result<Self, Self::Error> {
        Ok(CExprAddDriveOptArgs {
            readonly: optargs.readonly.map(|b| if b { 1 } else { 0 }),
            format: optargs.format.map(|v| ffi::CString::new(v)).transpose()?,
            iface: optargs.iface.map(|v| ffi::CString::new(v)).transpose()?,
            name: optargs.name.map(|v| ffi::CString::new(v)).transpose()?,
            label: optargs.label.map(|v| ffi::CString::new(v)).transpose()?,
            protocol: optargs.protocol.map(|v| ffi::CString::new(v)).transpose()?,
            server: optargs
                .server
                .map(|v| {
                    Ok::<_, Error>({
                        let v = arg_string_list(v)?;
                        let mut w = (&v).into_iter().map(|v| v.as_ptr()).collect::<Vec<_>>();
                        w.push(ptr::null());
                        (v, w)
                    })
                })
                .transpose()?,
            username: optargs.username.map(|v| ffi::CString::new(v)).transpose()?,
            secret: optargs.secret.map(|v| ffi::CString::new(v)).transpose()?,
            cachemode: optargs
                .cachemode
                .map(|v| ffi::CString::new(v))
                .transpose()?,
            discard: optargs.discard.map(|v| ffi::CString::new(v)).transpose()?,
            copyonread: optargs.copyonread.map(|b| if b { 1 } else { 0 }),
        })
    }
}

#[repr(C)]
pub(crate) struct RawAddDriveOptArgs {
    bitmask: u64,
    readonly: c_int,
    format: *const c_char,
    iface: *const c_char,
    name: *const c_char,
    label: *const c_char,
    protocol: *const c_char,
    server: *const *const c_char,
    username: *const c_char,
    secret: *const c_char,
    cachemode: *const c_char,
    discard: *const c_char,
    copyonread: c_int,
}

impl convert::From<&CExprAddDriveOptArgs> for RawAddDriveOptArgs {
    fn from(optargs: &CExprAddDriveOptArgs) -> Self {
        let mut bitmask = 0;
        RawAddDriveOptArgs {
            readonly: if let Some(v) = optargs.readonly {
                bitmask |= 1 << 0;
                v
            } else {
                0
            },
            format: if let Some(ref v) = optargs.format {
                bitmask |= 1 << 1;
                v.as_ptr()
            } else {
                ptr::null()
            },
            iface: if let Some(ref v) = optargs.iface {
                bitmask |= 1 << 2;
                v.as_ptr()
            } else {
                ptr::null()
            },
            name: if let Some(ref v) = optargs.name {
                bitmask |= 1 << 3;
                v.as_ptr()
            } else {
                ptr::null()
            },
            label: if let Some(ref v) = optargs.label {
                bitmask |= 1 << 4;
                v.as_ptr()
            } else {
                ptr::null()
            },
            protocol: if let Some(ref v) = optargs.protocol {
                bitmask |= 1 << 5;
                v.as_ptr()
            } else {
                ptr::null()
            },
            server: if let Some((_, ref v)) = optargs.server {
                bitmask |= 1 << 6;
                v.as_ptr()
            } else {
                ptr::null()
            },
            username: if let Some(ref v) = optargs.username {
                bitmask |= 1 << 7;
                v.as_ptr()
            } else {
                ptr::null()
            },
            secret: if let Some(ref v) = optargs.secret {
                bitmask |= 1 << 8;
                v.as_ptr()
            } else {
                ptr::null()
            },
            cachemode: if let Some(ref v) = optargs.cachemode {
                bitmask |= 1 << 9;
                v.as_ptr()
            } else {
                ptr::null()
            },
            discard: if let Some(ref v) = optargs.discard {
                bitmask |= 1 << 10;
                v.as_ptr()
            } else {
                ptr::null()
            },
            copyonread: if let Some(v) = optargs.copyonread {
                bitmask |= 1 << 11;
                v
            } else {
                0
            },
            bitmask,
        }
    }
}

extern "C" {
    fn free(buf: *const c_void);
}

impl<'a> Handle<'a> {
    /// add an image to examine or modify
    pub fn add_drive(
        &self,
        filename: impl Into<Vec<u8>>,
        optargs: AddDriveOptArgs,
    ) -> Result<(), Error> {
        let c_filename = ffi::CString::new(filename)?;
        let optargs_cexpr = CExprAddDriveOptArgs::try_from(optargs)?;
        let r = unsafe {
            guestfs_add_drive_opts_argv(
                self.g,
                (&c_filename).as_ptr(),
                &(RawAddDriveOptArgs::from(&optargs_cexpr)) as *const RawAddDriveOptArgs,
            )
        };
        if r == -1 {
            return Err(self.get_error_from_handle("add_drive"));
        }
        drop(c_filename);
        drop(optargs_cexpr);
        Ok(())
    }

    /// print block device attributes
    pub fn blkid(
        &self,
        device: impl Into<Vec<u8>>,
    ) -> Result<collections::HashMap<Vec<u8>, Vec<u8>>, Error> {
        let c_device = ffi::CString::new(device)?;
        let r = unsafe { guestfs_blkid(self.g, (&c_device).as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("blkid"));
        }
        drop(c_device);
        Ok({
            let h = hashmap(r);
            free_string_list(r);
            h
        })
    }

    /// get the default subvolume or snapshot of a filesystem
    pub fn btrfs_subvolume_get_default(&self, fs: impl Into<Vec<u8>>) -> Result<i64, Error> {
        let c_fs = ffi::CString::new(fs)?;
        let r = unsafe { guestfs_btrfs_subvolume_get_default(self.g, (&c_fs).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("btrfs_subvolume_get_default"));
        }
        drop(c_fs);
        Ok(r)
    }

    /// get the Linux capabilities attached to a file
    pub fn cap_get_file(&self, path: impl Into<Vec<u8>>) -> Result<Vec<u8>, Error> {
        let c_path = ffi::CString::new(path)?;
        let r = unsafe { guestfs_cap_get_file(self.g, (&c_path).as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("cap_get_file"));
        }
        drop(c_path);
        Ok({
            let s = unsafe { char_ptr_to_bytes(r) };
            unsafe { free(r as *const c_void) };
            s
        })
    }

    /// set the Linux capabilities attached to a file
    pub fn cap_set_file(
        &self,
        path: impl Into<Vec<u8>>,
        cap: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let c_path = ffi::CString::new(path)?;
        let c_cap = ffi::CString::new(cap)?;
        let r = unsafe { guestfs_cap_set_file(self.g, (&c_path).as_ptr(), (&c_cap).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("cap_set_file"));
        }
        drop(c_path);
        drop(c_cap);
        Ok(())
    }

    /// change file mode
    pub fn chmod(&self, mode: i32, path: impl Into<Vec<u8>>) -> Result<(), Error> {
        let c_path = ffi::CString::new(path)?;
        let r = unsafe { guestfs_chmod(self.g, mode, (&c_path).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("chmod"));
        }
        drop(c_path);
        Ok(())
    }

    /// add hypervisor parameters
    pub fn config(
        &self,
        hvparam: impl Into<Vec<u8>>,
        hvvalue: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let c_hvparam = ffi::CString::new(hvparam)?;
        let c_hvvalue = ffi::CString::new(hvvalue)?;
        let r = unsafe { guestfs_config(self.g, (&c_hvparam).as_ptr(), (&c_hvvalue).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("config"));
        }
        Ok(())
    }

    /// get ext2 file attributes of a file
    pub fn get_e2attrs(&self, file: impl Into<Vec<u8>>) -> Result<Vec<u8>, Error> {
        let c_file = ffi::CString::new(file)?;
        let r = unsafe { guestfs_get_e2attrs(self.g, (&c_file).as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("get_e2attrs"));
        }
        drop(c_file);
        Ok({
            let s = unsafe { char_ptr_to_bytes(r) };
            unsafe { free(r as *const c_void) };
            s
        })
    }

    /// get the hypervisor binary
    pub fn get_hv(&self) -> Result<Vec<u8>, Error> {
        let r = unsafe { guestfs_get_hv(self.g) };
        if r.is_null() {
            return Err(self.get_error_from_handle("get_hv"));
        }
        Ok({
            let s = unsafe { char_ptr_to_bytes(r) };
            unsafe { free(r as *const c_void) };
            s
        })
    }

    /// launch the backend
    pub fn launch(&self) -> Result<(), Error> {
        let r = unsafe { guestfs_launch(self.g) };
        if r == -1 {
            return Err(self.get_error_from_handle("launch"));
        }
        Ok(())
    }

    /// change file owner and group
    pub fn lchown(&self, owner: i32, group: i32, path: impl Into<Vec<u8>>) -> Result<(), Error> {
        let c_path = ffi::CString::new(path)?;
        let r = unsafe { guestfs_lchown(self.g, owner, group, (&c_path).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("lchown"));
        }
        drop(c_path);
        Ok(())
    }

    /// get a single extended attribute
    pub fn lgetxattr(
        &self,
        path: impl Into<Vec<u8>>,
        name: impl Into<Vec<u8>>,
    ) -> Result<Vec<u8>, Error> {
        let c_path = ffi::CString::new(path)?;
        let c_name = ffi::CString::new(name)?;
        let mut size = 0usize;
        let r = unsafe {
            guestfs_lgetxattr(
                self.g,
                (&c_path).as_ptr(),
                (&c_name).as_ptr(),
                &mut size as *mut usize,
            )
        };
        if r.is_null() {
            return Err(self.get_error_from_handle("lgetxattr"));
        }
        drop(c_path);
        drop(c_name);
        Ok({
            let s = unsafe { slice::from_raw_parts(r, size) }.to_vec();
            unsafe { free(r as *const c_void) };
            s
        })
    }

    /// list filesystems
    pub fn list_filesystems(&self) -> Result<collections::HashMap<Vec<u8>, Vec<u8>>, Error> {
        let r = unsafe { guestfs_list_filesystems(self.g) };
        if r.is_null() {
            return Err(self.get_error_from_handle("list_filesystems"));
        }
        Ok({
            let h = hashmap(r);
            free_string_list(r);
            h
        })
    }

    /// create a symbolic link
    pub fn ln_s(
        &self,
        target: impl Into<Vec<u8>>,
        linkname: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let c_target = ffi::CString::new(target)?;
        let c_linkname = ffi::CString::new(linkname)?;
        let r = unsafe { guestfs_ln_s(self.g, (&c_target).as_ptr(), (&c_linkname).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("ln_s"));
        }
        drop(c_target);
        drop(c_linkname);
        Ok(())
    }

    /// set extended attribute of a file or directory
    ///
    /// One NUL byte may end the value: `vallen` counts it, and daemon/xattr.c takes the one that
    /// ends its own copy of the string.
    pub fn lsetxattr(
        &self,
        xattr: impl Into<Vec<u8>>,
        val: &[u8],
        path: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let c_xattr = ffi::CString::new(xattr)?;
        let vallen = c_int::try_from(val.len()).map_err(|_| Error::TooLarge)?;
        let c_val = ffi::CString::new(val.strip_suffix(b"\0").unwrap_or(val))?;
        let c_path = ffi::CString::new(path)?;
        let r = unsafe {
            guestfs_lsetxattr(
                self.g,
                (&c_xattr).as_ptr(),
                (&c_val).as_ptr(),
                vallen,
                (&c_path).as_ptr(),
            )
        };
        if r == -1 {
            return Err(self.get_error_from_handle("lsetxattr"));
        }
        drop(c_xattr);
        drop(c_path);
        Ok(())
    }

    /// get file information for a symbolic link
    pub fn lstatns(&self, path: impl Into<Vec<u8>>) -> Result<StatNS, Error> {
        let c_path = ffi::CString::new(path)?;
        let r = unsafe { guestfs_lstatns(self.g, (&c_path).as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("lstatns"));
        }
        drop(c_path);
        Ok({
            let s = StatNS::try_from(r);
            unsafe { guestfs_free_statns(r) };
            s?
        })
    }

    /// lstat on multiple files of a directory; one that fails has the inode number -1
    pub fn lstatnslist(
        &self,
        path: impl Into<Vec<u8>>,
        names: &[Vec<u8>],
    ) -> Result<Vec<StatNS>, Error> {
        let c_path = ffi::CString::new(path)?;
        let (_names, c_names) = bytes_list(names)?;
        let r = unsafe { guestfs_lstatnslist(self.g, (&c_path).as_ptr(), c_names.as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("lstatnslist"));
        }
        let l = struct_list::<RawStatNS, StatNS>(r);
        unsafe { guestfs_free_statns_list(r) };
        l
    }

    /// extended attributes of multiple files of a directory. For each comes one of an empty name,
    /// whose value is the number of those that follow, in decimal, and empty where it failed
    pub fn lxattrlist(
        &self,
        path: impl Into<Vec<u8>>,
        names: &[Vec<u8>],
    ) -> Result<Vec<XAttr>, Error> {
        let c_path = ffi::CString::new(path)?;
        let (_names, c_names) = bytes_list(names)?;
        let r = unsafe { guestfs_lxattrlist(self.g, (&c_path).as_ptr(), c_names.as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("lxattrlist"));
        }
        let l = struct_list::<RawXAttr, XAttr>(r);
        unsafe { guestfs_free_xattr_list(r) };
        l
    }

    /// readlink on multiple files of a directory; one that fails has an empty target
    pub fn readlinklist(
        &self,
        path: impl Into<Vec<u8>>,
        names: &[Vec<u8>],
    ) -> Result<Vec<Vec<u8>>, Error> {
        let c_path = ffi::CString::new(path)?;
        let (_names, c_names) = bytes_list(names)?;
        let r = unsafe { guestfs_readlinklist(self.g, (&c_path).as_ptr(), c_names.as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("readlinklist"));
        }
        let l = string_list(r);
        free_string_list(r);
        Ok(l)
    }

    /// open a LUKS-encrypted block device
    pub fn luks_open(
        &self,
        device: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
        mapname: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let c_device = ffi::CString::new(device)?;
        let c_key = ffi::CString::new(key)?;
        let c_mapname = ffi::CString::new(mapname)?;
        let r = unsafe {
            guestfs_luks_open(
                self.g,
                (&c_device).as_ptr(),
                (&c_key).as_ptr(),
                (&c_mapname).as_ptr(),
            )
        };
        if r == -1 {
            return Err(self.get_error_from_handle("luks_open"));
        }
        Ok(())
    }

    /// scan for LVM physical volumes, volume groups and logical volumes
    pub fn lvm_scan(&self, activate: bool) -> Result<(), Error> {
        let activate = if activate { 1 } else { 0 };
        let r = unsafe { guestfs_lvm_scan(self.g, activate) };
        if r == -1 {
            return Err(self.get_error_from_handle("lvm_scan"));
        }
        Ok(())
    }

    /// list the devices
    pub fn list_devices(&self) -> Result<Vec<Vec<u8>>, Error> {
        let r = unsafe { guestfs_list_devices(self.g) };
        if r.is_null() {
            return Err(self.get_error_from_handle("list_devices"));
        }
        let l = string_list(r);
        free_string_list(r);
        Ok(l)
    }

    /// list the partitions
    pub fn list_partitions(&self) -> Result<Vec<Vec<u8>>, Error> {
        let r = unsafe { guestfs_list_partitions(self.g) };
        if r.is_null() {
            return Err(self.get_error_from_handle("list_partitions"));
        }
        let l = string_list(r);
        free_string_list(r);
        Ok(l)
    }

    /// list Linux md (RAID) devices
    pub fn list_md_devices(&self) -> Result<Vec<Vec<u8>>, Error> {
        let r = unsafe { guestfs_list_md_devices(self.g) };
        if r.is_null() {
            return Err(self.get_error_from_handle("list_md_devices"));
        }
        let l = string_list(r);
        free_string_list(r);
        Ok(l)
    }

    /// list the LVM logical volumes (LVs)
    pub fn lvs(&self) -> Result<Vec<Vec<u8>>, Error> {
        let r = unsafe { guestfs_lvs(self.g) };
        if r.is_null() {
            return Err(self.get_error_from_handle("lvs"));
        }
        let l = string_list(r);
        free_string_list(r);
        Ok(l)
    }

    /// obtain metadata for an MD device
    pub fn md_detail(
        &self,
        md: impl Into<Vec<u8>>,
    ) -> Result<collections::HashMap<Vec<u8>, Vec<u8>>, Error> {
        let c_md = ffi::CString::new(md)?;
        let r = unsafe { guestfs_md_detail(self.g, (&c_md).as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("md_detail"));
        }
        drop(c_md);
        Ok({
            let h = hashmap(r);
            free_string_list(r);
            h
        })
    }

    /// create a directory
    pub fn mkdir(&self, path: impl Into<Vec<u8>>) -> Result<(), Error> {
        let c_path = ffi::CString::new(path)?;
        let r = unsafe { guestfs_mkdir(self.g, (&c_path).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("mkdir"));
        }
        drop(c_path);
        Ok(())
    }

    /// mount a guest disk with mount options
    pub fn mount_options(
        &self,
        options: impl Into<Vec<u8>>,
        mountable: impl Into<Vec<u8>>,
        mountpoint: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let c_options = ffi::CString::new(options)?;
        let c_mountable = ffi::CString::new(mountable)?;
        let c_mountpoint = ffi::CString::new(mountpoint)?;
        let r = unsafe {
            guestfs_mount_options(
                self.g,
                (&c_options).as_ptr(),
                (&c_mountable).as_ptr(),
                (&c_mountpoint).as_ptr(),
            )
        };
        if r == -1 {
            return Err(self.get_error_from_handle("mount_options"));
        }
        drop(c_options);
        drop(c_mountable);
        drop(c_mountpoint);
        Ok(())
    }

    /// read part of a file
    pub fn pread(
        &self,
        path: impl Into<Vec<u8>>,
        count: i32,
        offset: i64,
    ) -> Result<Vec<u8>, Error> {
        let c_path = ffi::CString::new(path)?;
        let mut size = 0usize;
        let r = unsafe {
            guestfs_pread(
                self.g,
                (&c_path).as_ptr(),
                count,
                offset,
                &mut size as *mut usize,
            )
        };
        if r.is_null() {
            return Err(self.get_error_from_handle("pread"));
        }
        drop(c_path);
        Ok({
            let s = unsafe { slice::from_raw_parts(r, size) }.to_vec();
            unsafe { free(r as *const c_void) };
            s
        })
    }

    /// read part of a device
    pub fn pread_device(
        &self,
        device: impl Into<Vec<u8>>,
        count: i32,
        offset: i64,
    ) -> Result<Vec<u8>, Error> {
        let c_device = ffi::CString::new(device)?;
        let mut size = 0usize;
        let r = unsafe {
            guestfs_pread_device(
                self.g,
                (&c_device).as_ptr(),
                count,
                offset,
                &mut size as *mut usize,
            )
        };
        if r.is_null() {
            return Err(self.get_error_from_handle("pread_device"));
        }
        drop(c_device);
        Ok({
            let s = unsafe { slice::from_raw_parts(r, size) }.to_vec();
            unsafe { free(r as *const c_void) };
            s
        })
    }

    /// read directories entries
    pub fn readdir(&self, dir: impl Into<Vec<u8>>) -> Result<Vec<Dirent>, Error> {
        let c_dir = ffi::CString::new(dir)?;
        let r = unsafe { guestfs_readdir(self.g, (&c_dir).as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("readdir"));
        }
        drop(c_dir);
        Ok({
            let l = struct_list::<RawDirent, Dirent>(r);
            unsafe { guestfs_free_dirent_list(r) };
            l?
        })
    }

    /// read the target of a symbolic link
    pub fn readlink(&self, path: impl Into<Vec<u8>>) -> Result<Vec<u8>, Error> {
        let c_path = ffi::CString::new(path)?;
        let r = unsafe { guestfs_readlink(self.g, (&c_path).as_ptr()) };
        if r.is_null() {
            return Err(self.get_error_from_handle("readlink"));
        }
        drop(c_path);
        Ok({
            let s = unsafe { char_ptr_to_bytes(r) };
            unsafe { free(r as *const c_void) };
            s
        })
    }

    /// rename a file on the same filesystem
    pub fn rename(
        &self,
        oldpath: impl Into<Vec<u8>>,
        newpath: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let c_oldpath = ffi::CString::new(oldpath)?;
        let c_newpath = ffi::CString::new(newpath)?;
        let r = unsafe { guestfs_rename(self.g, (&c_oldpath).as_ptr(), (&c_newpath).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("rename"));
        }
        drop(c_oldpath);
        drop(c_newpath);
        Ok(())
    }

    /// remove a file
    pub fn rm(&self, path: impl Into<Vec<u8>>) -> Result<(), Error> {
        let c_path = ffi::CString::new(path)?;
        let r = unsafe { guestfs_rm(self.g, (&c_path).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("rm"));
        }
        drop(c_path);
        Ok(())
    }

    /// remove a directory
    pub fn rmdir(&self, path: impl Into<Vec<u8>>) -> Result<(), Error> {
        let c_path = ffi::CString::new(path)?;
        let r = unsafe { guestfs_rmdir(self.g, (&c_path).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("rmdir"));
        }
        drop(c_path);
        Ok(())
    }

    /// set autosync mode
    pub fn set_autosync(&self, autosync: bool) -> Result<(), Error> {
        let autosync = if autosync { 1 } else { 0 };
        let r = unsafe { guestfs_set_autosync(self.g, autosync) };
        if r == -1 {
            return Err(self.get_error_from_handle("set_autosync"));
        }
        Ok(())
    }

    /// set the backend
    pub fn set_backend(&self, backend: impl Into<Vec<u8>>) -> Result<(), Error> {
        let c_backend = ffi::CString::new(backend)?;
        let r = unsafe { guestfs_set_backend(self.g, (&c_backend).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("set_backend"));
        }
        drop(c_backend);
        Ok(())
    }

    /// replace per-backend settings strings
    pub fn set_backend_settings(&self, settings: &[&str]) -> Result<(), Error> {
        let c_settings_v = arg_string_list(settings)?;
        let mut c_settings = (&c_settings_v)
            .into_iter()
            .map(|v| v.as_ptr())
            .collect::<Vec<_>>();
        c_settings.push(ptr::null());
        let r = unsafe {
            guestfs_set_backend_settings(self.g, (&c_settings).as_ptr() as *const *const c_char)
        };
        if r == -1 {
            return Err(self.get_error_from_handle("set_backend_settings"));
        }
        drop(c_settings);
        drop(c_settings_v);
        Ok(())
    }

    /// set the appliance cache directory
    pub fn set_cachedir(&self, cachedir: Option<&str>) -> Result<(), Error> {
        let c_cachedir = cachedir.map(|s| ffi::CString::new(s)).transpose()?;
        let r = unsafe {
            guestfs_set_cachedir(
                self.g,
                match &c_cachedir {
                    Some(ref s) => s.as_ptr(),
                    None => ptr::null(),
                },
            )
        };
        if r == -1 {
            return Err(self.get_error_from_handle("set_cachedir"));
        }
        drop(c_cachedir);
        Ok(())
    }

    /// set the hypervisor binary
    pub fn set_hv(&self, hv: impl Into<Vec<u8>>) -> Result<(), Error> {
        let c_hv = ffi::CString::new(hv)?;
        let r = unsafe { guestfs_set_hv(self.g, (&c_hv).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("set_hv"));
        }
        drop(c_hv);
        Ok(())
    }

    /// set the handle identifier
    pub fn set_identifier(&self, identifier: impl Into<Vec<u8>>) -> Result<(), Error> {
        let c_identifier = ffi::CString::new(identifier)?;
        let r = unsafe { guestfs_set_identifier(self.g, (&c_identifier).as_ptr()) };
        if r == -1 {
            return Err(self.get_error_from_handle("set_identifier"));
        }
        drop(c_identifier);
        Ok(())
    }

    /// set memory allocated to the hypervisor
    pub fn set_memsize(&self, memsize: i32) -> Result<(), Error> {
        let r = unsafe { guestfs_set_memsize(self.g, memsize) };
        if r == -1 {
            return Err(self.get_error_from_handle("set_memsize"));
        }
        Ok(())
    }

    /// set enable network flag
    pub fn set_network(&self, network: bool) -> Result<(), Error> {
        let network = if network { 1 } else { 0 };
        let r = unsafe { guestfs_set_network(self.g, network) };
        if r == -1 {
            return Err(self.get_error_from_handle("set_network"));
        }
        Ok(())
    }

    /// set the search path
    pub fn set_path(&self, searchpath: Option<&str>) -> Result<(), Error> {
        let c_searchpath = searchpath.map(|s| ffi::CString::new(s)).transpose()?;
        let r = unsafe {
            guestfs_set_path(
                self.g,
                match &c_searchpath {
                    Some(ref s) => s.as_ptr(),
                    None => ptr::null(),
                },
            )
        };
        if r == -1 {
            return Err(self.get_error_from_handle("set_path"));
        }
        drop(c_searchpath);
        Ok(())
    }

    /// set process group flag
    pub fn set_pgroup(&self, pgroup: bool) -> Result<(), Error> {
        let pgroup = if pgroup { 1 } else { 0 };
        let r = unsafe { guestfs_set_pgroup(self.g, pgroup) };
        if r == -1 {
            return Err(self.get_error_from_handle("set_pgroup"));
        }
        Ok(())
    }

    /// enable or disable the recovery process
    pub fn set_recovery_proc(&self, recoveryproc: bool) -> Result<(), Error> {
        let recoveryproc = if recoveryproc { 1 } else { 0 };
        let r = unsafe { guestfs_set_recovery_proc(self.g, recoveryproc) };
        if r == -1 {
            return Err(self.get_error_from_handle("set_recovery_proc"));
        }
        Ok(())
    }

    /// set number of virtual CPUs in appliance
    pub fn set_smp(&self, smp: i32) -> Result<(), Error> {
        let r = unsafe { guestfs_set_smp(self.g, smp) };
        if r == -1 {
            return Err(self.get_error_from_handle("set_smp"));
        }
        Ok(())
    }

    /// set the temporary directory
    pub fn set_tmpdir(&self, tmpdir: Option<&str>) -> Result<(), Error> {
        let c_tmpdir = tmpdir.map(|s| ffi::CString::new(s)).transpose()?;
        let r = unsafe {
            guestfs_set_tmpdir(
                self.g,
                match &c_tmpdir {
                    Some(ref s) => s.as_ptr(),
                    None => ptr::null(),
                },
            )
        };
        if r == -1 {
            return Err(self.get_error_from_handle("set_tmpdir"));
        }
        drop(c_tmpdir);
        Ok(())
    }

    /// shutdown the hypervisor
    pub fn shutdown(&self) -> Result<(), Error> {
        let r = unsafe { guestfs_shutdown(self.g) };
        if r == -1 {
            return Err(self.get_error_from_handle("shutdown"));
        }
        Ok(())
    }

    /// discard the free blocks of a mounted filesystem
    pub fn fstrim(&self, mountpoint: impl Into<Vec<u8>>) -> Result<(), Error> {
        let c_mountpoint = ffi::CString::new(mountpoint)?;
        // No optional arguments: C takes a null pointer for that.
        let r = unsafe { guestfs_fstrim_argv(self.g, c_mountpoint.as_ptr(), ptr::null()) };
        if r == -1 {
            return Err(self.get_error_from_handle("fstrim"));
        }
        Ok(())
    }

    /// unmount all filesystems
    pub fn umount_all(&self) -> Result<(), Error> {
        let r = unsafe { guestfs_umount_all(self.g) };
        if r == -1 {
            return Err(self.get_error_from_handle("umount_all"));
        }
        Ok(())
    }

    /// set timestamp of a file with nanosecond precision
    pub fn utimens(
        &self,
        path: impl Into<Vec<u8>>,
        atsecs: i64,
        atnsecs: i64,
        mtsecs: i64,
        mtnsecs: i64,
    ) -> Result<(), Error> {
        let c_path = ffi::CString::new(path)?;
        let r = unsafe {
            guestfs_utimens(self.g, (&c_path).as_ptr(), atsecs, atnsecs, mtsecs, mtnsecs)
        };
        if r == -1 {
            return Err(self.get_error_from_handle("utimens"));
        }
        drop(c_path);
        Ok(())
    }

    /// create a new file
    pub fn write(&self, path: impl Into<Vec<u8>>, content: &[u8]) -> Result<(), Error> {
        let c_path = ffi::CString::new(path)?;
        let c_content_len = content.len();
        let c_content = content.as_ptr() as *const c_char;
        let r = unsafe { guestfs_write(self.g, (&c_path).as_ptr(), c_content, c_content_len) };
        if r == -1 {
            return Err(self.get_error_from_handle("write"));
        }
        drop(c_path);
        Ok(())
    }

    /// append content to end of file
    pub fn write_append(&self, path: impl Into<Vec<u8>>, content: &[u8]) -> Result<(), Error> {
        let c_path = ffi::CString::new(path)?;
        let c_content_len = content.len();
        let c_content = content.as_ptr() as *const c_char;
        let r =
            unsafe { guestfs_write_append(self.g, (&c_path).as_ptr(), c_content, c_content_len) };
        if r == -1 {
            return Err(self.get_error_from_handle("write_append"));
        }
        drop(c_path);
        Ok(())
    }
}
