//! The binary index that kmod reads: a trie of keys, each with its values (kmod's `depmod.c` and
//! `libkmod-index.c`).
//!
//! A node lies behind its children: its prefix with a NUL, the range of its children's letters and
//! their offsets, then the values by rising priority. The flags of an offset say which of the three
//! are there. Numbers are big-endian.

use std::collections::BTreeMap;

const MAGIC: u32 = 0xb007_f457;
/// Version 2.1.
const VERSION: u32 = 0x0002_0001;
const PREFIX: u32 = 0x8000_0000;
const VALUES: u32 = 0x4000_0000;
const CHILDREN: u32 = 0x2000_0000;
/// Offsets have the bits that the flags leave.
const LIMIT: usize = 0x1000_0000;

/// An index that is filled key by key.
#[derive(Debug, Default)]
pub(super) struct Trie {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    prefix: Vec<u8>,
    children: BTreeMap<u8, Node>,
    /// By rising priority; of one priority, the last that came is first.
    values: Vec<(u32, Vec<u8>)>,
}

impl Trie {
    /// Adds a value. A key with a byte that is not ASCII cannot be in an index, and is passed over.
    pub(super) fn insert(&mut self, key: &[u8], value: &[u8], priority: u32) {
        let fits = |text: &[u8]| text.iter().all(|byte| byte.is_ascii() && *byte != 0);
        if !fits(key) || !fits(value) {
            return;
        }
        let mut node = &mut self.root;
        let mut rest = key;
        loop {
            let shared = node.prefix.iter().zip(rest);
            let shared = shared.take_while(|(a, b)| a == b).count();
            if shared < node.prefix.len() {
                node.split(shared);
            }
            rest = &rest[shared..];
            let Some((letter, behind)) = rest.split_first() else {
                break;
            };
            rest = behind;
            node = node.children.entry(*letter).or_insert_with(|| Node {
                prefix: behind.to_vec(),
                ..Node::default()
            });
        }
        let at = node.values.partition_point(|(known, _)| *known < priority);
        node.values.insert(at, (priority, value.to_vec()));
    }

    /// The index as a file; `None` where it is larger than the format can address.
    pub(super) fn write(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        out.extend(MAGIC.to_be_bytes());
        out.extend(VERSION.to_be_bytes());
        out.extend([0; 4]);
        let root = self.root.write(&mut out)?;
        out[8..12].copy_from_slice(&root.to_be_bytes());
        Some(out)
    }
}

impl Node {
    /// Makes the part of the prefix behind `at` a child.
    fn split(&mut self, at: usize) {
        let letter = self.prefix[at];
        let below = Node {
            prefix: self.prefix.split_off(at + 1),
            children: std::mem::take(&mut self.children),
            values: std::mem::take(&mut self.values),
        };
        self.prefix.truncate(at);
        self.children.insert(letter, below);
    }

    fn write(&self, out: &mut Vec<u8>) -> Option<u32> {
        let first = self.children.keys().next().copied();
        let last = self.children.keys().next_back().copied();
        let mut offsets = Vec::new();
        if let (Some(first), Some(last)) = (first, last) {
            for letter in first..=last {
                offsets.push(match self.children.get(&letter) {
                    Some(child) => child.write(out)?,
                    None => 0,
                });
            }
        }
        let mut offset = u32::try_from(out.len()).ok()?;
        if out.len() >= LIMIT {
            return None;
        }
        if !self.prefix.is_empty() {
            out.extend(&self.prefix);
            out.push(0);
            offset |= PREFIX;
        }
        if let (Some(first), Some(last)) = (first, last) {
            out.extend([first, last]);
            for child in offsets {
                out.extend(child.to_be_bytes());
            }
            offset |= CHILDREN;
        }
        if !self.values.is_empty() {
            out.extend(u32::try_from(self.values.len()).ok()?.to_be_bytes());
            for (priority, value) in &self.values {
                out.extend(priority.to_be_bytes());
                out.extend(value);
                out.push(0);
            }
            offset |= VALUES;
        }
        Some(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_index_is_a_header_and_a_root_without_anything() {
        let bytes = Trie::default().write().unwrap();
        assert_eq!(bytes, *b"\xb0\x07\xf4\x57\x00\x02\x00\x01\x00\x00\x00\x0c");
    }

    #[test]
    fn a_node_lies_behind_its_children() {
        let mut trie = Trie::default();
        trie.insert(b"ask", b"x", 1);
        trie.insert(b"ate", b"y", 0);
        let mut wanted = b"\xb0\x07\xf4\x57\x00\x02\x00\x01\x20\x00\x00\x43".to_vec();
        // “k” below “as”, “e” below “at”.
        wanted.extend(b"k\0\x00\x00\x00\x01\x00\x00\x00\x01x\0");
        wanted.extend(b"e\0\x00\x00\x00\x01\x00\x00\x00\x00y\0");
        wanted.extend(b"st\xc0\x00\x00\x0c\xc0\x00\x00\x18");
        let root = wanted.len() as u32;
        wanted.extend(b"aa\x20\x00\x00\x24");
        wanted[8..12].copy_from_slice(&(0x2000_0000 | root).to_be_bytes());
        assert_eq!(trie.write().unwrap(), wanted);
    }

    #[test]
    fn the_order_of_keys_makes_no_difference_and_values_go_by_priority() {
        let keys: [&[u8]; 6] = [b"on", b"once", b"one", b"", b"ask", b"on"];
        let filled = |order: &[usize]| {
            let mut trie = Trie::default();
            for number in order {
                trie.insert(
                    keys[*number],
                    format!("v{number}").as_bytes(),
                    *number as u32,
                );
            }
            trie.write().unwrap()
        };
        assert_eq!(filled(&[0, 1, 2, 3, 4, 5]), filled(&[5, 4, 3, 2, 1, 0]));
    }

    #[test]
    fn a_key_that_is_not_ascii_is_passed_over() {
        let mut trie = Trie::default();
        trie.insert("ä".as_bytes(), b"x", 0);
        trie.insert(b"x", b"a\0b", 0);
        assert_eq!(trie.write(), Trie::default().write());
    }
}
