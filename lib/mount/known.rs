//! The options that somebody documents, and the form of their values.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::error::OptionsError;
use super::item::Item;
use crate::path::escape;
use crate::spelling::nearest_strictly;

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
/// nfs(5), and what the kernel's client takes besides (`fs/nfs/fs_context.c`).
const NFS: &[&str] = &[
    "ac",
    "acl",
    "alignwrite",
    "bg",
    "cto",
    "fg",
    "hard",
    "intr",
    "lock",
    "migration",
    "noac",
    "noacl",
    "noalignwrite",
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
    "sloppy",
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
    "clientaddr",
    "fatal_neterrors",
    "local_lock",
    "lookupcache",
    "mountaddr",
    "mounthost",
    "mountproto",
    "proto",
    "sec",
    "write",
    "xprtsec",
];
const NFS_NUMBERS: &[&str] = &[
    "acdirmax",
    "acdirmin",
    "acregmax",
    "acregmin",
    "actimeo",
    "bsize",
    "max_connect",
    "minorversion",
    "mountport",
    "mountprog",
    "mountvers",
    "namlen",
    "nconnect",
    "nfsprog",
    "port",
    "retrans",
    "retry",
    "rsize",
    "timeo",
    "wsize",
];
const NFS_VERSIONS: &[&str] = &["nfsvers", "vers"];
/// virtiofs, erofs, squashfs (kernel, `Documentation/filesystems`), and what a read-only disk of
/// ext4(5), xfs(5), btrfs(5) or ISO 9660 may have.
const LOCAL: &[&str] = &[
    "degraded",
    "directio",
    "nobarrier",
    "nodiscard",
    "nojoliet",
    "noload",
    "norecovery",
    "norock",
    "nouser_xattr",
    "nouuid",
    "user_xattr",
];
const LOCAL_VALUES: &[&str] = &[
    "cache_strategy",
    "commit",
    "data",
    "device",
    "dmask",
    "domain_id",
    "errors",
    "fmask",
    "fsid",
    "fsoffset",
    "gid",
    "iocharset",
    "logdev",
    "mode",
    "subvol",
    "subvolid",
    "threads",
    "uid",
    "umask",
];
/// With a value or without.
const EITHER: &[&str] = &[
    "barrier",
    "compress",
    "dax",
    "discard",
    "fsc",
    "rdirplus",
    "x-mount.mkdir",
    "X-mount.mkdir",
    "x-systemd.device-bound",
];
/// Options that no share can have, and the harm that they do.
const HARMFUL: &[(&str, &str)] = &[
    ("x-systemd.makefs", FORMATS),
    (
        "x-systemd.growfs",
        "it would resize the share's file system",
    ),
    ("helper", HELPER),
    ("uhelper", HELPER),
    ("remount", OTHER_MOUNT),
    ("bind", OTHER_MOUNT),
    ("rbind", OTHER_MOUNT),
    ("move", OTHER_MOUNT),
    ("loop", "a share is no image file"),
    ("offset", "a share is no image file"),
    ("sizelimit", "a share is no image file"),
];
const FORMATS: &str = "it would make a file system where the share is";
const HELPER: &str = "it names a program that the guest would run to unmount the share";
const OTHER_MOUNT: &str = "it changes another mount in place of mounting the share";

/// Names that are known, without a value or with one.
const LISTS: [&[&str]; 10] = [
    GENERIC,
    GENERIC_VALUES,
    SYSTEMD,
    SYSTEMD_VALUES,
    NFS,
    NFS_VALUES,
    NFS_NUMBERS,
    NFS_VERSIONS,
    LOCAL,
    LOCAL_VALUES,
];

/// Form of an option's value.
#[derive(Clone, Copy)]
enum Form {
    Flag,
    Text,
    Number,
    Version,
    /// With a value or without.
    Either,
    /// None: it is refused.
    Harmful(&'static str),
}

/// Form of a known option; `None` for one that nothing listed here knows.
fn form(item: &Item) -> Option<Form> {
    static FORMS: OnceLock<HashMap<&[u8], Form>> = OnceLock::new();
    let forms = FORMS.get_or_init(|| {
        let of = |lists: &[&'static [&'static str]], form| {
            let names = lists.iter().copied().flatten();
            names
                .map(|name| (name.as_bytes(), form))
                .collect::<Vec<_>>()
        };
        let harmful = HARMFUL
            .iter()
            .map(|(name, why)| (name.as_bytes(), Form::Harmful(why)));
        let known = [
            of(&[GENERIC, SYSTEMD, NFS, LOCAL], Form::Flag),
            of(
                &[GENERIC_VALUES, SYSTEMD_VALUES, NFS_VALUES, LOCAL_VALUES],
                Form::Text,
            ),
            of(&[NFS_NUMBERS], Form::Number),
            of(&[NFS_VERSIONS], Form::Version),
            of(&[EITHER], Form::Either),
        ];
        known.concat().into_iter().chain(harmful).collect()
    });
    forms.get(item.name()).copied()
}

/// True for an option that something listed here knows.
pub(super) fn is_listed(item: &Item) -> bool {
    form(item).is_some()
}

/// Takes an option that is known and has a value of its form, or that may be known elsewhere.
pub(super) fn check(item: &Item) -> Result<(), OptionsError> {
    let name = || escape(item.name());
    let form = match form(item) {
        None => return check_unlisted(item),
        Some(Form::Harmful(why)) => return Err(OptionsError::Harmful { name: name(), why }),
        Some(Form::Either) => return Ok(()),
        Some(form) => form,
    };
    let value = match (form, item.value()) {
        (Form::Flag, None) => return Ok(()),
        (Form::Flag, Some(_)) => return Err(OptionsError::TakesNoValue(name())),
        (_, None | Some([])) => return Err(OptionsError::NeedsValue(name())),
        (_, Some(value)) => value,
    };
    let wanted = match form {
        Form::Number if !is_number(value) => "a whole number",
        Form::Version if !value.split(|byte| *byte == b'.').all(is_number) => {
            "a version, such as 4.1"
        }
        _ => return Ok(()),
    };
    Err(OptionsError::BadValue {
        name: name(),
        value: escape(value),
        form: wanted,
    })
}

fn check_unlisted(item: &Item) -> Result<(), OptionsError> {
    let name = escape(item.name());
    let known = LISTS.into_iter().chain([EITHER]).flatten().copied();
    // A new version is no slip of an old one.
    let nearest = nearest_strictly(&name, known).filter(|near| !differs_in_digits(near, &name));
    let is_plausible =
        item.name().first().is_some_and(u8::is_ascii_alphanumeric) || item.name().starts_with(b"_");
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    match nearest {
        None if is_plausible && item.name().iter().all(fits) => Ok(()),
        nearest => Err(OptionsError::Unknown { name, nearest }),
    }
}

fn differs_in_digits(a: &str, b: &str) -> bool {
    let digits = |(a, b): (char, char)| a == b || (a.is_ascii_digit() && b.is_ascii_digit());
    a.len() == b.len() && a.chars().zip(b.chars()).all(digits)
}

/// A number as the kernel reads one: decimal, or hexadecimal behind `0x`.
fn is_number(text: &[u8]) -> bool {
    let hexadecimal = text.strip_prefix(b"0x").or(text.strip_prefix(b"0X"));
    match hexadecimal {
        Some(digits) => !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit),
        None => !text.is_empty() && text.iter().all(u8::is_ascii_digit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mount::{DEFAULT, Options};

    fn code(options: &str) -> Option<&'static str> {
        let error = options.parse::<Options>().err()?;
        Some(error.code())
    }

    fn unlisted(options: &str) -> Vec<String> {
        let options: Options = options.parse().unwrap();
        options.unlisted().map(|item| escape(item.name())).collect()
    }

    #[test]
    fn the_default_options_and_the_classic_ones_are_known() {
        for options in [
            DEFAULT,
            "ro,soft,bg,timeo=3,intr",
            "ro,nofail,x-systemd.mount-timeout=30s,port=12049",
            r#"ro,dax=always,context="system_u:object_r:usr_t:s0""#,
            "ro,,",
            "hard,nolock,vers=4,minorversion=1,rsize=0x100000,wsize=1048576,nconnect=4,sec=krb5p",
            "_netdev,x-systemd.requires=a.service,lookupcache=none,noalignwrite,write=eager",
            "ro,noload,uid=0,gid=0,nouuid,norecovery,subvol=/os,device=/dev/vdb",
            "fatal_neterrors=none,bsize=4096,nfsprog=100003,mountprog=100005,nfsvers=3",
        ] {
            assert_eq!(code(options), None, "{options}");
            assert_eq!(unlisted(options), [""; 0], "{options}");
        }
    }

    #[test]
    fn others_are_refused_by_name() {
        for (options, expected) in [
            ("ro,sofft", "option-unknown"),
            ("RO", "option-unknown"),
            ("x-systemd.makefs", "option-harmful"),
            ("helper=sh", "option-harmful"),
            ("remount", "option-harmful"),
            ("timeo", "option-needs-value"),
            ("timeo=", "option-needs-value"),
            ("soft=1", "option-takes-no-value"),
            ("timeo=1O", "option-bad-value"),
            ("nfsvers=four", "option-bad-value"),
            ("vers=4.", "option-bad-value"),
            ("port=-1", "option-bad-value"),
            ("ro;soft", "option-unknown"),
            ("=x", "option-unknown"),
            ("-o", "option-unknown"),
            (r#""ro""#, "option-unknown"),
        ] {
            assert_eq!(code(options), Some(expected), "{options}");
        }
    }

    #[test]
    fn a_slip_is_told_with_the_nearest_known_name() {
        for (options, meant) in [
            ("ro,noautoo,softt", "noauto"),
            ("softt", "soft"),
            ("nfsver=4.1", "nfsvers"),
            ("relatmie", "relatime"),
            ("retrnas=2", "retrans"),
            ("x-systemd.requries=a", "x-systemd.requires"),
            ("nodve", "nodev"),
            ("BG", "bg"),
        ] {
            let error = options.parse::<Options>().unwrap_err().to_string();
            assert!(
                error.ends_with(&format!("; did you mean “{meant}”?")),
                "{error}"
            );
        }
    }

    /// Newer kernels and systemd bring options; so do other programs that read fstab.
    #[test]
    fn an_option_that_may_be_new_is_taken_and_told() {
        for option in [
            "localports",
            "spread_reads",
            "trust_server=yes",
            "x-gvfs-show",
            "x-systemd.graceful-option=nconnect",
            "x-systemd.wants=a.service",
            "comment=osgraft",
            "v5.0",
            "inode_share",
        ] {
            let options = format!("ro,{option}");
            let name = option.split('=').next().unwrap();
            assert_eq!(code(&options), None, "{option}");
            assert_eq!(unlisted(&options), [name], "{option}");
        }
    }

    #[test]
    fn no_option_is_in_two_lists() {
        let mut names: Vec<&str> = LISTS.concat();
        names.extend(EITHER);
        names.extend(HARMFUL.iter().map(|(name, _)| name));
        names.sort_unstable();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
