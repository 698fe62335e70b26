//! Mount options that are documented.

use super::{Item, Options, OptionsError};
use crate::path::escape;

/// mount(8), file-system independent.
const GENERIC: &[&str] = &[
    "_netdev",
    "async",
    "atime",
    "auto",
    "defaults",
    "dev",
    "diratime",
    "dirsync",
    "exec",
    "group",
    "iversion",
    "lazytime",
    "loud",
    "mand",
    "noatime",
    "noauto",
    "nodev",
    "nodiratime",
    "noexec",
    "nofail",
    "noiversion",
    "nolazytime",
    "nomand",
    "norelatime",
    "nostrictatime",
    "nosuid",
    "nosymfollow",
    "nouser",
    "owner",
    "relatime",
    "ro",
    "rw",
    "silent",
    "strictatime",
    "suid",
    "symfollow",
    "sync",
    "user",
    "users",
];
/// mount(8), SELinux labels.
const GENERIC_VALUES: &[&str] = &["context", "defcontext", "fscontext", "rootcontext"];
/// systemd.mount(5), without what would make or grow a file system.
const SYSTEMD: &[&str] = &["x-systemd.automount", "x-systemd.rw-only", "x-initrd.mount"];
const SYSTEMD_VALUES: &[&str] = &[
    "x-systemd.after",
    "x-systemd.before",
    "x-systemd.device-timeout",
    "x-systemd.idle-timeout",
    "x-systemd.mount-timeout",
    "x-systemd.required-by",
    "x-systemd.requires",
    "x-systemd.requires-mounts-for",
    "x-systemd.wanted-by",
];
/// nfs(5).
const NFS: &[&str] = &[
    "ac",
    "acl",
    "bg",
    "cto",
    "fg",
    "hard",
    "intr",
    "lock",
    "migration",
    "noac",
    "noacl",
    "nocto",
    "nofsc",
    "nointr",
    "nolock",
    "nomigration",
    "noposix",
    "nordirplus",
    "noresvport",
    "nosharecache",
    "nosoftreval",
    "notrunkdiscovery",
    "posix",
    "rdma",
    "resvport",
    "sharecache",
    "soft",
    "softerr",
    "softreval",
    "tcp",
    "trunkdiscovery",
    "udp",
    "v2",
    "v3",
    "v4",
    "v4.0",
    "v4.1",
    "v4.2",
];
const NFS_VALUES: &[&str] = &[
    "acdirmax",
    "acdirmin",
    "acregmax",
    "acregmin",
    "actimeo",
    "clientaddr",
    "local_lock",
    "lookupcache",
    "max_connect",
    "minorversion",
    "mounthost",
    "mountport",
    "mountproto",
    "mountvers",
    "namlen",
    "nconnect",
    "nfsvers",
    "port",
    "proto",
    "retrans",
    "retry",
    "rsize",
    "sec",
    "timeo",
    "vers",
    "wsize",
    "xprtsec",
];
/// virtiofs, erofs, squashfs (kernel, `Documentation/filesystems`).
const LOCAL: &[&str] = &["nouser_xattr", "user_xattr"];
const LOCAL_VALUES: &[&str] = &["cache_strategy", "domain_id", "errors", "fsid", "threads"];
/// With a value or without.
const EITHER: &[&str] = &[
    "dax",
    "fsc",
    "rdirplus",
    "x-mount.mkdir",
    "X-mount.mkdir",
    "x-systemd.device-bound",
];

/// Requires that each option is one that mount(8), nfs(5), systemd.mount(5) or the drivers of virtiofs,
/// erofs and squashfs document, with a value where one belongs.
///
/// For options that come from a registry; what an operator writes into the host's own
/// configuration is taken as it is.
///
/// # Errors
/// [`OptionsError`], naming the first that is not.
pub fn check_known(options: &Options) -> Result<(), OptionsError> {
    options.iter().try_for_each(check)
}

fn check(item: &Item) -> Result<(), OptionsError> {
    let named = |lists: &[&[&str]]| {
        let mut names = lists.iter().copied().flatten();
        names.any(|name| name.as_bytes() == item.name())
    };
    let shown = || escape(item.name());
    let flag = named(&[GENERIC, SYSTEMD, NFS, LOCAL]);
    let valued = named(&[GENERIC_VALUES, SYSTEMD_VALUES, NFS_VALUES, LOCAL_VALUES]);
    let has_value = item.value().is_some_and(|value| !value.is_empty());
    match item.value() {
        _ if named(&[EITHER]) => Ok(()),
        None if flag => Ok(()),
        Some(_) if flag => Err(OptionsError::TakesNoValue(shown())),
        Some(_) if valued && has_value => Ok(()),
        _ if valued => Err(OptionsError::NeedsValue(shown())),
        _ => Err(OptionsError::Unknown(shown())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fstab::options::DEFAULT;

    fn code(options: &str) -> Option<&'static str> {
        let error = check_known(&options.parse().unwrap()).err()?;
        Some(error.code())
    }

    #[test]
    fn the_default_options_and_the_classic_ones_are_known() {
        for options in [
            DEFAULT,
            "ro,soft,bg,timeo=3,intr",
            "ro,nofail,x-systemd.mount-timeout=30s,port=12049",
            r#"ro,dax=always,context="system_u:object_r:usr_t:s0""#,
            "ro,,",
        ] {
            assert_eq!(code(options), None, "{options}");
        }
    }

    #[test]
    fn others_are_refused_by_name() {
        for (options, expected) in [
            ("ro,sofft", "option-unknown"),
            ("RO", "option-unknown"),
            ("x-systemd.makefs", "option-unknown"),
            ("helper=sh", "option-unknown"),
            ("timeo", "option-needs-value"),
            ("timeo=", "option-needs-value"),
            ("soft=1", "option-takes-no-value"),
        ] {
            assert_eq!(code(options), Some(expected), "{options}");
        }
    }

    #[test]
    fn no_option_is_in_two_lists() {
        let all = [
            GENERIC,
            GENERIC_VALUES,
            SYSTEMD,
            SYSTEMD_VALUES,
            NFS,
            NFS_VALUES,
            LOCAL,
            LOCAL_VALUES,
            EITHER,
        ];
        let mut names: Vec<&str> = all.concat();
        names.sort_unstable();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
