//! The index files of a thinned tree, made from the guest's own.
//!
//! depmod reads every module file. Here its texts are filtered instead, and the binary indexes are
//! written from them: byte for byte what depmod writes over the same files. A file that is not known,
//! and one that does not depend on the modules (`modules.builtin*`), stays as it is.

use std::collections::BTreeSet;

use super::closure::Closure;
use super::lists::{Lists, alias, name_of, plain, words};
use super::trie::Trie;

/// Names of the files that are made anew.
pub(super) const MADE: [&str; 10] = [
    "modules.dep",
    "modules.dep.bin",
    "modules.alias",
    "modules.alias.bin",
    "modules.softdep",
    "modules.weakdep",
    "modules.symbols",
    "modules.symbols.bin",
    "modules.devname",
    "modules.order",
];

/// The text that a binary index is made from.
pub(super) fn source(name: &str) -> Option<&str> {
    name.strip_suffix(".bin")
}

/// The modules that stay, as their indexes number them.
pub(super) struct Index<'l> {
    lists: &'l Lists,
    /// By their numbers in the lists; the place is the new number.
    kept: Vec<usize>,
    names: BTreeSet<&'l [u8]>,
}

impl<'l> Index<'l> {
    pub(super) fn new(lists: &'l Lists, closure: &Closure) -> Self {
        let kept: Vec<usize> = closure.kept.keys().copied().collect();
        let names = kept.iter().map(|number| &lists.modules[*number].name[..]);
        Self {
            lists,
            names: names.collect(),
            kept,
        }
    }

    /// A text of depmod's without what is gone; `None` for a name that is not one of [`MADE`].
    pub(super) fn text(&self, name: &str, text: &[u8]) -> Option<Vec<u8>> {
        Some(match name {
            "modules.dep" => filtered(text, |line| {
                let file = line.split(|byte| *byte == b':').next();
                file.is_some_and(|file| self.has_file(file))
            }),
            "modules.order" => filtered(text, |line| {
                name_of(line).is_some_and(|name| self.has(&name))
            }),
            "modules.alias" | "modules.symbols" => filtered(text, |line| {
                alias(line).is_none_or(|(_, module)| self.has(module))
            }),
            "modules.softdep" | "modules.weakdep" => filtered(text, |line| {
                words(line).nth(1).is_none_or(|module| self.has(module))
            }),
            "modules.devname" => {
                let left = filtered(text, |line| {
                    words(line).next().is_none_or(|module| self.has(module))
                });
                // depmod writes its comment with the first line alone.
                match left.split(|byte| *byte == b'\n').any(is_content) {
                    true => left,
                    false => Vec::new(),
                }
            }
            _ => return None,
        })
    }

    /// A binary index, from the text that [`source`] names and that is filtered already; `None` for another
    /// name, and where the index grows too large for its format.
    pub(super) fn binary(&self, name: &str, text: &[u8]) -> Option<Vec<u8>> {
        let mut trie = Trie::default();
        match name {
            "modules.dep.bin" => {
                for (number, module) in self.kept.iter().enumerate() {
                    let module = &self.lists.modules[*module];
                    trie.insert(&module.name, &module.line, number as u32);
                }
            }
            "modules.alias.bin" | "modules.symbols.bin" => {
                let is_alias = name == "modules.alias.bin";
                for line in text.split(|byte| *byte == b'\n') {
                    let Some((pattern, module)) = alias(line) else {
                        continue;
                    };
                    let Some(number) = self.number(module) else {
                        continue;
                    };
                    match is_alias {
                        true => {
                            if let Some(pattern) = normalized(pattern) {
                                trie.insert(&pattern, module, number);
                            }
                        }
                        false => trie.insert(pattern, module, number),
                    }
                }
            }
            _ => return None,
        }
        trie.write()
    }

    fn has(&self, module: &[u8]) -> bool {
        self.names.contains(&plain(module)[..])
    }

    fn has_file(&self, file: &[u8]) -> bool {
        let number = self.lists.file(file.trim_ascii());
        number.is_some_and(|number| self.kept.binary_search(&number).is_ok())
    }

    fn number(&self, module: &[u8]) -> Option<u32> {
        let number = self.lists.module(&plain(module))?;
        let at = self.kept.binary_search(&number).ok()?;
        u32::try_from(at).ok()
    }
}

fn is_content(line: &[u8]) -> bool {
    !line.trim_ascii().is_empty() && !line.starts_with(b"#")
}

/// The lines of a text for which `stays` holds; comments and empty lines stay.
fn filtered(text: &[u8], stays: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let lines = lines.filter(|line| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        !is_content(line) || stays(line)
    });
    lines.flatten().copied().collect()
}

/// An alias as the index holds it: `_` for `-` outside of brackets. `None` where a bracket is open at the
/// end, or closes none.
fn normalized(pattern: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut in_bracket = false;
    for byte in pattern {
        match (*byte, in_bracket) {
            (b'[', false) => in_bracket = true,
            (b']', true) => in_bracket = false,
            (b']', false) => return None,
            _ => {}
        }
        out.push(match (*byte, in_bracket) {
            (b'-', false) => b'_',
            (byte, _) => byte,
        });
    }
    (!in_bracket).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::super::closure::{Reason, Wanted};
    use super::super::lists::Texts;
    use super::*;

    fn on(test: impl FnOnce(&Index<'_>)) {
        let lists = Lists::parse(Texts {
            dep: b"kernel/a-b.ko: kernel/c.ko\nkernel/gone.ko:\nkernel/c.ko:\n",
            ..Texts::default()
        });
        let wanted = Wanted {
            name: b"a-b".to_vec(),
            reason: Reason::Asked,
            is_required: true,
        };
        let closure = Closure::of(&lists, &[wanted]);
        test(&Index::new(&lists, &closure));
    }

    #[test]
    fn texts_lose_the_lines_of_what_is_gone_and_keep_the_rest_to_the_byte() {
        on(|index| {
            let text = |name: &str, text: &[u8]| {
                String::from_utf8(index.text(name, text).unwrap()).unwrap()
            };
            assert_eq!(
                text(
                    "modules.dep",
                    b"kernel/a-b.ko: kernel/c.ko\nkernel/gone.ko:\nkernel/c.ko:\n"
                ),
                "kernel/a-b.ko: kernel/c.ko\nkernel/c.ko:\n"
            );
            assert_eq!(
                text("modules.alias", b"# Aliases\nalias x-* a_b\nalias y gone\n"),
                "# Aliases\nalias x-* a_b\n"
            );
            assert_eq!(
                text("modules.order", b"kernel/gone.ko\nkernel/a-b.ko\n"),
                "kernel/a-b.ko\n"
            );
            assert_eq!(
                text(
                    "modules.softdep",
                    b"# Soft\nsoftdep gone pre: a_b\nsoftdep c pre: gone\n"
                ),
                "# Soft\nsoftdep c pre: gone\n"
            );
            let comment = "# Device nodes to trigger on-demand module loading.\n";
            let devname = format!("{comment}gone x c1:2\n");
            assert_eq!(text("modules.devname", devname.as_bytes()), "");
            let devname = format!("{comment}gone x c1:2\nc y c1:3\n");
            assert_eq!(
                text("modules.devname", devname.as_bytes()),
                format!("{comment}c y c1:3\n")
            );
            assert_eq!(index.text("modules.builtin", b"x"), None);
        });
    }

    #[test]
    fn modules_are_numbered_by_what_is_left() {
        on(|index| {
            let made = index.binary("modules.alias.bin", b"alias z c\n").unwrap();
            let mut wanted = Trie::default();
            wanted.insert(b"z", b"c", 1);
            assert_eq!(made, wanted.write().unwrap());
        });
    }

    #[test]
    fn a_hyphen_stays_in_brackets_alone() {
        assert_eq!(normalized(b"a-b[0-9]-c").unwrap(), b"a_b[0-9]_c");
        assert_eq!(normalized(b"a[0-9"), None);
        assert_eq!(normalized(b"a]"), None);
    }
}
