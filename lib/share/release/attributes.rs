//! Extended attributes of the host's files.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{
    fgetxattr, flistxattr, flistxattr_query, lgetxattr, llistxattr, llistxattr_query,
};
use rustix::io::Errno;

use super::raw::Raw;

/// Largest attribute, and largest list of names (xattr(7)).
const MAX: usize = 64 * 1024;

/// Attributes that a running kernel puts there by itself.
const KERNELS: [&[u8]; 3] = [b"security.selinux", b"security.ima", b"security.evm"];

/// Attributes of an open file or directory.
pub(crate) fn xattrs_of(file: &File) -> io::Result<BTreeMap<Raw, Raw>> {
    let list = |names: &mut [u8]| flistxattr(file, names);
    all(flistxattr_query(file), list, |name, value| {
        fgetxattr(file, name, value)
    })
}

/// Attributes of whatever lies at a path, a link not followed.
pub(crate) fn xattrs_at(path: &Path) -> io::Result<BTreeMap<Raw, Raw>> {
    let list = |names: &mut [u8]| llistxattr(path, names);
    all(llistxattr_query(path), list, |name, value| {
        lgetxattr(path, name, value)
    })
}

fn all(
    len: Result<usize, Errno>,
    list: impl Fn(&mut [u8]) -> Result<usize, Errno>,
    get: impl Fn(&CString, &mut [u8]) -> Result<usize, Errno>,
) -> io::Result<BTreeMap<Raw, Raw>> {
    let mut found = BTreeMap::new();
    // Most files have none, which costs one call.
    let len = match len {
        Ok(0) | Err(Errno::NOTSUP) => return Ok(found),
        Ok(len) => len,
        Err(error) => return Err(error.into()),
    };
    let mut names = vec![0; len.max(MAX)];
    let len = list(&mut names)?;
    let mut value = vec![0; MAX];
    for name in names[..len]
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
    {
        let c_name = CString::new(name)?;
        match get(&c_name, &mut value) {
            Ok(len) => drop(found.insert(Raw(name.to_vec()), Raw(value[..len].to_vec()))),
            Err(Errno::NODATA) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// The name of an attribute that differs, but for one that the kernel alone put there.
pub(crate) fn differing_xattr(
    found: &BTreeMap<Raw, Raw>,
    wanted: &BTreeMap<Raw, Raw>,
) -> Option<Raw> {
    let added = found.iter().filter(|(name, value)| match wanted.get(name) {
        Some(wanted) => wanted != *value,
        None => !KERNELS.contains(&name.0.as_slice()),
    });
    let missing = wanted.keys().filter(|name| !found.contains_key(name));
    added.map(|(name, _)| name).chain(missing).next().cloned()
}

#[cfg(test)]
mod tests {
    use rustix::fs::{XattrFlags, fsetxattr};

    use super::*;

    #[test]
    fn all_attributes_of_a_file_are_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(xattrs_of(file.as_file()).unwrap(), BTreeMap::new());
        for (name, value) in [("user.a", "1"), ("user.b", "")] {
            fsetxattr(&file, name, value.as_bytes(), XattrFlags::empty()).unwrap();
        }
        let wanted = set(&[("user.a", "1"), ("user.b", "")]);
        assert_eq!(xattrs_of(file.as_file()).unwrap(), wanted);
        assert_eq!(xattrs_at(file.path()).unwrap(), wanted);
    }

    fn set(names: &[(&str, &str)]) -> BTreeMap<Raw, Raw> {
        let raw = |text: &str| Raw(text.as_bytes().to_vec());
        names
            .iter()
            .map(|(name, value)| (raw(name), raw(value)))
            .collect()
    }

    #[test]
    fn an_attribute_that_the_kernel_added_is_no_difference() {
        let differs = |found: &[(&str, &str)], wanted: &[(&str, &str)]| {
            differing_xattr(&set(found), &set(wanted)).map(|name| name.to_string())
        };
        assert_eq!(differs(&[("security.selinux", "x")], &[]), None);
        assert_eq!(differs(&[("user.a", "x")], &[("user.a", "x")]), None);
        for (found, wanted) in [
            (&[("user.a", "x")][..], &[][..]),
            (&[], &[("user.a", "x")]),
            (&[("user.a", "y")], &[("user.a", "x")]),
            (&[("security.selinux", "y")], &[("security.selinux", "x")]),
            (&[], &[("security.selinux", "x")]),
            (&[("security.capability", "y")], &[]),
        ] {
            assert!(differs(found, wanted).is_some(), "{found:?} {wanted:?}");
        }
    }
}
