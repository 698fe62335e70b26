/* libguestfs Rust bindings
 * Written for osgraft: see ../MENDED.md
 *
 * Copyright (C) 2019 Hiroyuki Katsura <hiroyuki.katsura.0513@gmail.com>
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

//! The library's calls, looked up when the first handle is made: a program that makes none starts
//! without the fifty libraries that this one brings, and on hosts that do not have it.

use crate::base::guestfs_h;
use crate::error::Error;
use crate::guestfs::*;
use crate::utils::RawList;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use std::mem;
use std::os::raw::{c_char, c_int, c_uint, c_void};
use std::sync::OnceLock;

/// The name that every libguestfs 1.x has had.
const LIBRARY: &str = "libguestfs.so.0";

static CALLS: OnceLock<Calls> = OnceLock::new();

/// Loads the library, once in a process; it stays, since it leaves handlers for the process's end.
pub(crate) fn load() -> Result<(), Error> {
    if CALLS.get().is_none() {
        let load_error = |e: libloading::Error| {
            let said = std::error::Error::source(&e).map(|said| said.to_string());
            Error::Load(said.unwrap_or_else(|| e.to_string()))
        };
        let library =
            unsafe { Library::open(Some(LIBRARY), RTLD_NOW | RTLD_LOCAL) }.map_err(load_error)?;
        let calls = unsafe { Calls::find(&library) }.map_err(load_error)?;
        mem::forget(library);
        let _ = CALLS.set(calls);
    }
    Ok(())
}

macro_rules! calls {
    ($( fn $name:ident($($arg:ident: $type:ty),*) $(-> $result:ty)?; )*) => {
        struct Calls {
            // The only one with variable arguments, which are called in another way on some machines.
            create_flags: unsafe extern "C" fn(c_uint, ...) -> *mut guestfs_h,
            $( $name: unsafe extern "C" fn($($type),*) $(-> $result)?, )*
        }

        impl Calls {
            unsafe fn find(library: &Library) -> Result<Calls, libloading::Error> {
                unsafe {
                    Ok(Calls {
                        create_flags: *library.get(b"guestfs_create_flags\0")?,
                        $( $name: *library.get(concat!(stringify!($name), "\0").as_bytes())?, )*
                    })
                }
            }
        }

        $(
            pub(crate) unsafe fn $name($($arg: $type),*) $(-> $result)? {
                unsafe { (loaded().$name)($($arg),*) }
            }
        )*
    };
}

pub(crate) unsafe fn guestfs_create_flags(flags: c_uint) -> *mut guestfs_h {
    unsafe { (loaded().create_flags)(flags) }
}

fn loaded() -> &'static Calls {
    CALLS
        .get()
        .expect("a handle is made once the library is loaded")
}

calls! {
    fn guestfs_close(g: *mut guestfs_h);
    fn guestfs_set_error_handler(g: *mut guestfs_h, cb: *const c_void, opaque: *mut c_void);
    fn guestfs_last_error(g: *mut guestfs_h) -> *const c_char;
    fn guestfs_last_errno(g: *mut guestfs_h) -> c_int;
    fn guestfs_add_drive_opts_argv(g: *const guestfs_h, filename: *const c_char, optarg: *const RawAddDriveOptArgs) -> c_int;
    fn guestfs_blkid(g: *const guestfs_h, device: *const c_char) -> *const *const c_char;
    fn guestfs_btrfs_subvolume_get_default(g: *const guestfs_h, fs: *const c_char) -> i64;
    fn guestfs_cap_get_file(g: *const guestfs_h, path: *const c_char) -> *const c_char;
    fn guestfs_cap_set_file(g: *const guestfs_h, path: *const c_char, cap: *const c_char) -> c_int;
    fn guestfs_chmod(g: *const guestfs_h, mode: c_int, path: *const c_char) -> c_int;
    fn guestfs_config(g: *const guestfs_h, hvparam: *const c_char, hvvalue: *const c_char) -> c_int;
    fn guestfs_free_dirent_list(l: *const RawList<RawDirent>);
    fn guestfs_free_statns_list(l: *const RawList<RawStatNS>);
    fn guestfs_free_xattr_list(l: *const RawList<RawXAttr>);
    fn guestfs_free_statns(v: *const RawStatNS);
    fn guestfs_fstrim_argv(g: *const guestfs_h, mountpoint: *const c_char, optargs: *const c_void) -> c_int;
    fn guestfs_get_e2attrs(g: *const guestfs_h, file: *const c_char) -> *const c_char;
    fn guestfs_get_hv(g: *const guestfs_h) -> *const c_char;
    fn guestfs_launch(g: *const guestfs_h) -> c_int;
    fn guestfs_lchown(g: *const guestfs_h, owner: c_int, group: c_int, path: *const c_char) -> c_int;
    fn guestfs_lgetxattr(g: *const guestfs_h, path: *const c_char, name: *const c_char, size: *const usize) -> *const u8;
    fn guestfs_list_filesystems(g: *const guestfs_h) -> *const *const c_char;
    fn guestfs_list_devices(g: *const guestfs_h) -> *const *const c_char;
    fn guestfs_list_md_devices(g: *const guestfs_h) -> *const *const c_char;
    fn guestfs_lvs(g: *const guestfs_h) -> *const *const c_char;
    fn guestfs_list_partitions(g: *const guestfs_h) -> *const *const c_char;
    fn guestfs_ln_s(g: *const guestfs_h, target: *const c_char, linkname: *const c_char) -> c_int;
    fn guestfs_lsetxattr(g: *const guestfs_h, xattr: *const c_char, val: *const c_char, vallen: c_int, path: *const c_char) -> c_int;
    fn guestfs_lstatns(g: *const guestfs_h, path: *const c_char) -> *const RawStatNS;
    fn guestfs_lstatnslist(g: *const guestfs_h, path: *const c_char, names: *const *const c_char) -> *const RawList<RawStatNS>;
    fn guestfs_lxattrlist(g: *const guestfs_h, path: *const c_char, names: *const *const c_char) -> *const RawList<RawXAttr>;
    fn guestfs_luks_open(g: *const guestfs_h, device: *const c_char, key: *const c_char, mapname: *const c_char) -> c_int;
    fn guestfs_lvm_scan(g: *const guestfs_h, activate: c_int) -> c_int;
    fn guestfs_md_detail(g: *const guestfs_h, md: *const c_char) -> *const *const c_char;
    fn guestfs_mkdir(g: *const guestfs_h, path: *const c_char) -> c_int;
    fn guestfs_mount_options(g: *const guestfs_h, options: *const c_char, mountable: *const c_char, mountpoint: *const c_char) -> c_int;
    fn guestfs_pread(g: *const guestfs_h, path: *const c_char, count: c_int, offset: i64, size: *const usize) -> *const u8;
    fn guestfs_pread_device(g: *const guestfs_h, device: *const c_char, count: c_int, offset: i64, size: *const usize) -> *const u8;
    fn guestfs_readdir(g: *const guestfs_h, dir: *const c_char) -> *const RawList<RawDirent>;
    fn guestfs_readlink(g: *const guestfs_h, path: *const c_char) -> *const c_char;
    fn guestfs_readlinklist(g: *const guestfs_h, path: *const c_char, names: *const *const c_char) -> *const *const c_char;
    fn guestfs_rename(g: *const guestfs_h, oldpath: *const c_char, newpath: *const c_char) -> c_int;
    fn guestfs_rm(g: *const guestfs_h, path: *const c_char) -> c_int;
    fn guestfs_rmdir(g: *const guestfs_h, path: *const c_char) -> c_int;
    fn guestfs_set_autosync(g: *const guestfs_h, autosync: c_int) -> c_int;
    fn guestfs_set_backend(g: *const guestfs_h, backend: *const c_char) -> c_int;
    fn guestfs_set_backend_settings(g: *const guestfs_h, settings: *const *const c_char) -> c_int;
    fn guestfs_set_cachedir(g: *const guestfs_h, cachedir: *const c_char) -> c_int;
    fn guestfs_set_hv(g: *const guestfs_h, hv: *const c_char) -> c_int;
    fn guestfs_set_identifier(g: *const guestfs_h, identifier: *const c_char) -> c_int;
    fn guestfs_set_memsize(g: *const guestfs_h, memsize: c_int) -> c_int;
    fn guestfs_set_network(g: *const guestfs_h, network: c_int) -> c_int;
    fn guestfs_set_path(g: *const guestfs_h, searchpath: *const c_char) -> c_int;
    fn guestfs_set_pgroup(g: *const guestfs_h, pgroup: c_int) -> c_int;
    fn guestfs_set_recovery_proc(g: *const guestfs_h, recoveryproc: c_int) -> c_int;
    fn guestfs_set_smp(g: *const guestfs_h, smp: c_int) -> c_int;
    fn guestfs_set_tmpdir(g: *const guestfs_h, tmpdir: *const c_char) -> c_int;
    fn guestfs_shutdown(g: *const guestfs_h) -> c_int;
    fn guestfs_umount_all(g: *const guestfs_h) -> c_int;
    fn guestfs_utimens(g: *const guestfs_h, path: *const c_char, atsecs: i64, atnsecs: i64, mtsecs: i64, mtnsecs: i64) -> c_int;
    fn guestfs_write(g: *const guestfs_h, path: *const c_char, content: *const c_char, content_len: usize) -> c_int;
    fn guestfs_write_append(g: *const guestfs_h, path: *const c_char, content: *const c_char, content_len: usize) -> c_int;
}
