//! The version of NFS that a mount asks for (nfs(5)).

use crate::mount::Options;

/// The version of NFS that a mount asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NfsVersion {
    /// 2.
    Two,
    /// 3.
    Three,
    /// 4, and this minor version; without one the highest that both sides know.
    Four(Option<u32>),
    /// None is named: the highest that both sides know.
    Unset,
}

impl NfsVersion {
    /// The version that these options of a mount of this type name.
    pub(super) fn of(vfstype: &[u8], options: &Options) -> Self {
        let minor = options.value("minorversion").and_then(number);
        let named = options.iter().rev().find_map(|option| {
            let text = match (option.name(), option.value()) {
                (b"nfsvers" | b"vers", Some(value)) => value,
                (name, None) => name.strip_prefix(b"v")?,
                _ => return None,
            };
            version(text)
        });
        match named {
            Some((4, own)) => Self::Four(own.or(minor)),
            Some((2, _)) => Self::Two,
            Some(_) => Self::Three,
            None if vfstype == b"nfs4" => Self::Four(minor),
            None => Self::Unset,
        }
    }

    /// True where it can come to 4.2.
    pub(super) fn may_be_4_2(self) -> bool {
        match self {
            Self::Two | Self::Three => false,
            Self::Four(minor) => minor.is_none_or(|minor| minor >= 2),
            Self::Unset => true,
        }
    }

    /// The module that speaks it beside `nfs` itself; none where several would do.
    pub(super) fn module(self) -> Option<&'static str> {
        match self {
            Self::Four(_) => Some("nfsv4"),
            Self::Two => Some("nfsv2"),
            Self::Three => Some("nfsv3"),
            Self::Unset => None,
        }
    }
}

fn version(text: &[u8]) -> Option<(u32, Option<u32>)> {
    let mut parts = text.splitn(2, |byte| *byte == b'.');
    let major = number(parts.next()?)?;
    let minor = match parts.next() {
        Some(minor) => Some(number(minor)?),
        None => None,
    };
    (2..=4).contains(&major).then_some((major, minor))
}

fn number(text: &[u8]) -> Option<u32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_of_a_version_is_read() {
        use NfsVersion::{Four, Three, Two, Unset};
        for (kind, options, wanted) in [
            ("nfs", "ro,nfsvers=4.2", Four(Some(2))),
            ("nfs", "ro,vers=4.2", Four(Some(2))),
            ("nfs", "v4.2", Four(Some(2))),
            ("nfs", "vers=4,minorversion=2", Four(Some(2))),
            ("nfs4", "minorversion=1", Four(Some(1))),
            ("nfs", "vers=4", Four(None)),
            ("nfs4", "ro", Four(None)),
            ("nfs", "nfsvers=4.2,vers=4.1", Four(Some(1))),
            ("nfs", "v3", Three),
            ("nfs", "vers=2", Two),
            ("nfs", "nfsvers=3,ro", Three),
            ("nfs", "ro,soft", Unset),
            ("nfs", "vers=x", Unset),
        ] {
            let options = Options::read(options.as_bytes());
            assert_eq!(
                NfsVersion::of(kind.as_bytes(), &options),
                wanted,
                "{kind} {options}"
            );
        }
        assert!(Four(Some(2)).may_be_4_2() && Four(None).may_be_4_2() && Unset.may_be_4_2());
        assert!(!Four(Some(1)).may_be_4_2() && !Three.may_be_4_2() && !Two.may_be_4_2());
    }
}
