//! The modules that a thinned tree keeps, and the reason of each.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use super::lists::{Lists, plain};
use crate::path::escape;

/// A reason to keep a module.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Reason {
    /// The share is mounted by it.
    Transport(&'static str),
    /// A file system that the guest mounts at boot, by its type.
    Mount(String),
    /// A disk or its controller.
    Disk,
    /// A network card, or what the guest's network is built of.
    Network,
    /// LVM, RAID or encryption below a file system.
    Volume(&'static str),
    /// Work of the boot before the share is mounted.
    Boot(&'static str),
    /// A file of the guest names it.
    Named(String),
    /// The caller asked for it.
    Asked,
    /// It is not of the kernel's own package, so a share may lack it.
    Foreign,
    /// This module needs it.
    Needed(String),
    /// This module asks for it where it is there.
    Soft(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(name) => write!(f, "transport {name}"),
            Self::Mount(kind) => write!(f, "file system {kind}"),
            Self::Disk => f.write_str("disk"),
            Self::Network => f.write_str("network"),
            Self::Volume(what) => f.write_str(what),
            Self::Boot(what) => f.write_str(what),
            Self::Named(file) => write!(f, "named in {file}"),
            Self::Asked => f.write_str("asked for"),
            Self::Foreign => f.write_str("not of the kernel's package"),
            Self::Needed(by) => write!(f, "needed by {by}"),
            Self::Soft(by) => write!(f, "asked for by {by}"),
        }
    }
}

/// A module that is wanted, by its name or an alias.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// The name.
    pub name: Vec<u8>,
    /// The reason.
    pub reason: Reason,
    /// True where a kernel without it cannot do what is asked.
    pub is_required: bool,
}

/// A kept module.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Kept {
    /// Its name, escaped.
    pub name: String,
    /// The first reason that was found.
    pub reason: Reason,
}

/// Modules that stay.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Closure {
    /// By number in the lists.
    pub(super) kept: BTreeMap<usize, Kept>,
    /// Required names that the kernel has neither as a module nor built in.
    pub missing: Vec<(String, Reason)>,
}

impl Closure {
    /// Follows every need of what is wanted. A name that the kernel does not know is no error, unless it
    /// is required.
    pub fn of(lists: &Lists, wanted: &[Wanted]) -> Self {
        let mut closure = Self::default();
        let mut ahead = VecDeque::new();
        for wish in wanted {
            let name = plain(&wish.name);
            let found = closure.resolve(lists, &name, &wish.reason, &mut ahead);
            if !found && wish.is_required {
                let missing = (escape(&name), wish.reason.clone());
                closure.missing.push(missing);
            }
        }
        for (number, module) in lists.modules.iter().enumerate() {
            if !module.file.starts_with(b"kernel/") {
                closure.keep(lists, number, Reason::Foreign, &mut ahead);
            }
        }
        while let Some(number) = ahead.pop_front() {
            let module = &lists.modules[number];
            let by = escape(&module.name);
            for file in &module.needs {
                if let Some(needed) = lists.file(file) {
                    closure.keep(lists, needed, Reason::Needed(by.clone()), &mut ahead);
                }
            }
            for name in lists.soft(&module.name) {
                closure.resolve(lists, name, &Reason::Soft(by.clone()), &mut ahead);
            }
        }
        closure
    }

    /// The files that stay, below the tree.
    pub fn files<'l>(&self, lists: &'l Lists) -> impl Iterator<Item = &'l [u8]> {
        let numbers = self.kept.keys();
        numbers.map(|number| lists.modules[*number].file.as_slice())
    }

    /// The modules that stay.
    pub fn kept(&self) -> impl Iterator<Item = &Kept> {
        self.kept.values()
    }

    /// Keeps the modules of a name, as modprobe looks them up: a module, then what is built in, then an
    /// alias. False where there is none.
    fn resolve(
        &mut self,
        lists: &Lists,
        name: &[u8],
        reason: &Reason,
        ahead: &mut VecDeque<usize>,
    ) -> bool {
        if let Some(number) = lists.module(name) {
            self.keep(lists, number, reason.clone(), ahead);
            return true;
        }
        if lists.is_built_in(name) {
            return true;
        }
        let mut found = false;
        for module in lists.aliased(name) {
            if let Some(number) = lists.module(module) {
                self.keep(lists, number, reason.clone(), ahead);
                found = true;
            }
        }
        found
    }

    fn keep(&mut self, lists: &Lists, number: usize, reason: Reason, ahead: &mut VecDeque<usize>) {
        let name = &lists.modules[number].name;
        self.kept.entry(number).or_insert_with(|| {
            ahead.push_back(number);
            Kept {
                name: escape(name),
                reason,
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::lists::Texts;
    use super::*;

    const DEP: &[u8] =
        b"kernel/fs/nfs/nfs.ko: kernel/fs/lockd/lockd.ko kernel/net/sunrpc/sunrpc.ko\n\
        kernel/fs/lockd/lockd.ko: kernel/net/sunrpc/sunrpc.ko\n\
        kernel/net/sunrpc/sunrpc.ko:\n\
        kernel/fs/xfs/xfs.ko: kernel/lib/libcrc32c.ko\n\
        kernel/lib/libcrc32c.ko:\n\
        kernel/crypto/crc32c_generic.ko:\n\
        kernel/crypto/md5.ko:\n\
        kernel/drivers/net/dummy.ko:\n\
        updates/dkms/own.ko: kernel/crypto/md5.ko\n";

    fn lists() -> Lists {
        Lists::parse(Texts {
            dep: DEP,
            builtin: b"kernel/net/packet/af_packet.ko\n",
            softdep: b"softdep libcrc32c pre: crc32c\n",
            alias: b"alias crc32c crc32c_generic\nalias fs-xfs xfs\n",
        })
    }

    fn wanted(name: &str, is_required: bool) -> Wanted {
        Wanted {
            name: name.as_bytes().to_vec(),
            reason: Reason::Disk,
            is_required,
        }
    }

    fn names(closure: &Closure) -> Vec<&str> {
        closure.kept().map(|kept| kept.name.as_str()).collect()
    }

    #[test]
    fn needs_and_soft_needs_are_followed_and_the_rest_goes() {
        let closure = Closure::of(&lists(), &[wanted("fs-xfs", true), wanted("nfs", true)]);
        assert_eq!(
            names(&closure),
            [
                "nfs",
                "lockd",
                "sunrpc",
                "xfs",
                "libcrc32c",
                "crc32c_generic",
                "md5",
                "own"
            ]
        );
        let reason = |name: &str| {
            let kept = closure.kept().find(|kept| kept.name == name).unwrap();
            kept.reason.to_string()
        };
        assert_eq!(reason("xfs"), "disk");
        assert_eq!(reason("sunrpc"), "needed by nfs");
        assert_eq!(reason("crc32c_generic"), "asked for by libcrc32c");
        assert_eq!(reason("own"), "not of the kernel's package");
        assert_eq!(reason("md5"), "needed by own");
        assert_eq!(closure.missing, []);
    }

    #[test]
    fn a_required_name_that_the_kernel_lacks_is_told() {
        let wanted = [
            wanted("af_packet", true),
            wanted("hv_netvsc", false),
            wanted("erofs", true),
        ];
        let closure = Closure::of(&lists(), &wanted);
        assert_eq!(closure.missing, [("erofs".to_owned(), Reason::Disk)]);
        assert_eq!(names(&closure), ["md5", "own"]);
    }

    #[test]
    fn a_circle_of_needs_ends() {
        let lists = Lists::parse(Texts {
            dep: b"kernel/a.ko: kernel/b.ko\nkernel/b.ko: kernel/a.ko\n",
            softdep: b"softdep a pre: b\nsoftdep b pre: a\n",
            ..Texts::default()
        });
        let closure = Closure::of(&lists, &[wanted("a", true)]);
        assert_eq!(names(&closure), ["a", "b"]);
    }
}
