//! The text lists of a module tree as values (modules.dep(5), depmod(8)).

use std::collections::{BTreeSet, HashMap};

use crate::guest::facts::module_lists::name;

/// A module that `modules.dep` names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Module {
    /// The name, with `_` for `-`.
    pub(super) name: Vec<u8>,
    /// The file, below the tree.
    pub(super) file: Vec<u8>,
    /// Files that are loaded before it, below the tree.
    pub(super) needs: Vec<Vec<u8>>,
    /// Its whole line, without the line feed.
    pub(super) line: Vec<u8>,
}

/// The texts that depmod and the kernel's build wrote; an empty one where there is no such file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts<'a> {
    /// `modules.dep`.
    pub dep: &'a [u8],
    /// `modules.builtin`.
    pub builtin: &'a [u8],
    /// `modules.softdep`.
    pub softdep: &'a [u8],
    /// `modules.alias`.
    pub alias: &'a [u8],
}

/// The modules of one tree, and the names by which they are asked for.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// In the order of `modules.dep`, which is depmod's own: its indexes number modules by it.
    pub(super) modules: Vec<Module>,
    by_name: HashMap<Vec<u8>, usize>,
    by_file: HashMap<Vec<u8>, usize>,
    built_in: BTreeSet<Vec<u8>>,
    aliases: HashMap<Vec<u8>, Vec<Vec<u8>>>,
    soft: HashMap<Vec<u8>, Vec<Vec<u8>>>,
}

impl Lists {
    /// Parses the texts. A line that is none is passed over, as kmod does.
    pub fn parse(texts: Texts<'_>) -> Self {
        let mut lists = Self::default();
        for line in lines(texts.dep) {
            let Some(at) = line.iter().position(|byte| *byte == b':') else {
                continue;
            };
            let (file, needs) = (line[..at].trim_ascii(), &line[at + 1..]);
            let Some(name) = name_of(file) else { continue };
            let number = lists.modules.len();
            // As kmod has it, the first of two modules of one name counts.
            lists.by_name.entry(name.clone()).or_insert(number);
            lists.by_file.insert(file.to_vec(), number);
            lists.modules.push(Module {
                name,
                file: file.to_vec(),
                needs: words(needs).map(<[u8]>::to_vec).collect(),
                line: line.to_vec(),
            });
        }
        lists.built_in = lines(texts.builtin).filter_map(name_of).collect();
        for line in lines(texts.alias) {
            if let Some((pattern, module)) = alias(line) {
                let known = lists.aliases.entry(plain(pattern)).or_default();
                known.push(plain(module));
            }
        }
        for line in lines(texts.softdep) {
            let mut words = words(line);
            if words.next() != Some(b"softdep") {
                continue;
            }
            if let Some(module) = words.next() {
                let names = words.filter(|word| !word.ends_with(b":")).map(plain);
                lists.soft.entry(plain(module)).or_default().extend(names);
            }
        }
        lists
    }

    /// The number of modules that have a file.
    pub fn len(&self) -> usize {
        self.modules.len()
    }

    /// True where no module has a file.
    pub fn is_empty(&self) -> bool {
        self.modules.is_empty()
    }

    pub(super) fn module(&self, name: &[u8]) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(super) fn file(&self, file: &[u8]) -> Option<usize> {
        self.by_file.get(file).copied()
    }

    pub(super) fn is_built_in(&self, name: &[u8]) -> bool {
        self.built_in.contains(name)
    }

    /// The modules of an alias that is written out, such as `fs-ext4` or `crypto-md5`.
    pub(super) fn aliased(&self, name: &[u8]) -> impl Iterator<Item = &[u8]> {
        let found = self.aliases.get(name).into_iter().flatten();
        found.map(Vec::as_slice)
    }

    /// The names that are loaded beside a module where they are there.
    pub(super) fn soft(&self, module: &[u8]) -> impl Iterator<Item = &[u8]> {
        let found = self.soft.get(module).into_iter().flatten();
        found.map(Vec::as_slice)
    }
}

/// Lines that are neither empty nor a comment.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|byte| *byte == b'\n');
    lines.filter(|line| !line.trim_ascii().is_empty() && !line.starts_with(b"#"))
}

pub(super) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
}

/// The pattern and the module of a line of `modules.alias` or `modules.symbols`.
pub(super) fn alias(line: &[u8]) -> Option<(&[u8], &[u8])> {
    // A pattern may hold blanks: it reaches to the last word.
    let rest = line.strip_prefix(b"alias ")?.trim_ascii();
    let at = rest.iter().rposition(u8::is_ascii_whitespace)?;
    Some((rest[..at].trim_ascii_end(), &rest[at + 1..]))
}

/// A module's name with `_` for `-`, which kmod takes for one.
pub(super) fn plain(name: &[u8]) -> Vec<u8> {
    let plain = name
        .iter()
        .map(|byte| if *byte == b'-' { b'_' } else { *byte });
    plain.collect()
}

/// The name of the module in a file, by the file's path.
pub(super) fn name_of(file: &[u8]) -> Option<Vec<u8>> {
    let base = file.trim_ascii().rsplit(|byte| *byte == b'/').next()?;
    name(base).filter(|name| !name.is_empty()).map(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_whether_written_with_a_hyphen_or_an_underscore() {
        let lists = Lists::parse(Texts {
            dep: b"kernel/drivers/net/xen-netfront.ko.xz: kernel/net/core/a-b.ko.xz\nkernel/net/core/a-b.ko.xz:\n",
            builtin: b"kernel/drivers/virtio/virtio-pci.ko\n",
            softdep: b"# soft\nsoftdep xen_netfront pre: crypto-md5 post: x-y\n",
            alias: b"alias crypto-md5 md5\nalias of:N*T*Cfoo bar a_b\n",
        });
        assert_eq!(lists.len(), 2);
        assert_eq!(lists.module(b"xen_netfront"), Some(0));
        assert_eq!(lists.file(b"kernel/net/core/a-b.ko.xz"), Some(1));
        assert!(lists.is_built_in(b"virtio_pci"));
        let soft: Vec<_> = lists.soft(b"xen_netfront").collect();
        assert_eq!(soft, [&b"crypto_md5"[..], b"x_y"]);
        assert_eq!(lists.aliased(b"crypto_md5").collect::<Vec<_>>(), [b"md5"]);
        assert_eq!(
            lists.aliased(b"of:N*T*Cfoo bar").collect::<Vec<_>>(),
            [b"a_b"]
        );
    }

    #[test]
    fn lines_that_are_none_are_passed_over() {
        let lists = Lists::parse(Texts {
            dep: b"\nno colon\nkernel/x.txt:\nkernel/x.ko:\n:\n",
            builtin: b"\n",
            softdep: b"softdep\n",
            alias: b"alias\nalias one\n",
        });
        assert_eq!(lists.len(), 1);
        assert!(!lists.is_empty());
    }
}
