//! A guest's tree out of guestfish's `tar-out`: every path with kind, mode, owner, attributes, link
//! and content. Times are left out.
//!
//! The format is that of POSIX pax with GNU tar's own records (tar(5)).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

const BLOCK: usize = 512;

/// One path.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Entry {
    /// tar's: `0` a file, `1` a further name of one, `2` a link, `5` a directory, …
    pub(super) kind: char,
    pub(super) mode: u64,
    pub(super) owner: (u64, u64),
    pub(super) link: String,
    pub(super) attributes: BTreeMap<String, Vec<u8>>,
    pub(super) content: Vec<u8>,
}

/// By path, `./etc/fstab`.
pub(super) type Tree = BTreeMap<String, Entry>;

/// Reads an archive.
pub(super) fn read(archive: &Path) -> Tree {
    let mut file = BufReader::new(File::open(archive).unwrap());
    let mut tree = Tree::new();
    let mut records = BTreeMap::<String, Vec<u8>>::new();
    loop {
        let mut header = [0; BLOCK];
        file.read_exact(&mut header).unwrap();
        if header == [0; BLOCK] {
            break;
        }
        let kind = char::from(header[156]);
        let size = match records.get("size") {
            Some(size) => text(size).parse().unwrap(),
            None => octal(&header[124..136]),
        };
        let mut content = vec![0; size as usize];
        file.read_exact(&mut content).unwrap();
        let padding = (BLOCK - content.len() % BLOCK) % BLOCK;
        file.read_exact(&mut vec![0; padding]).unwrap();
        match kind {
            'x' => pax(&content, &mut records),
            'L' => drop(records.insert("path".to_owned(), until_nul(&content).to_vec())),
            'K' => drop(records.insert("linkpath".to_owned(), until_nul(&content).to_vec())),
            _ => {
                let records = std::mem::take(&mut records);
                let field = |name: &str, range: std::ops::Range<usize>| match records.get(name) {
                    Some(value) => text(value),
                    None => text(until_nul(&header[range])),
                };
                let path = field("path", 0..100);
                let entry = Entry {
                    kind,
                    mode: octal(&header[100..108]),
                    owner: (octal(&header[108..116]), octal(&header[116..124])),
                    link: field("linkpath", 157..257),
                    attributes: records
                        .iter()
                        .filter_map(|(name, value)| {
                            let name = name.strip_prefix("SCHILY.xattr.")?;
                            Some((name.to_owned(), value.clone()))
                        })
                        .collect(),
                    content,
                };
                assert_eq!(tree.insert(path.clone(), entry), None, "{path} twice");
            }
        }
    }
    assert!(tree.len() > 10, "the premise: a whole tree: {tree:?}");
    tree
}

/// What differs from one tree to a later one, a line each.
pub(super) fn differences(before: &Tree, after: &Tree) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, entry) in before {
        match after.get(path) {
            None => lines.push(format!("- {path}")),
            Some(now) if now != entry => lines.push(format!("~ {path} {entry:?} => {now:?}")),
            Some(_) => {}
        }
    }
    let came = after.keys().filter(|path| !before.contains_key(*path));
    lines.extend(came.map(|path| format!("+ {path}")));
    lines
}

/// `LENGTH NAME=VALUE\n`, the length counting the whole record.
fn pax(mut content: &[u8], records: &mut BTreeMap<String, Vec<u8>>) {
    while let Some(space) = content.iter().position(|b| *b == b' ') {
        let length: usize = text(&content[..space]).parse().unwrap();
        let record = &content[space + 1..length - 1];
        let equals = record.iter().position(|b| *b == b'=').unwrap();
        let name = text(&record[..equals]);
        records.insert(name, record[equals + 1..].to_vec());
        content = &content[length..];
    }
}

fn octal(field: &[u8]) -> u64 {
    let digits = text(until_nul(field));
    u64::from_str_radix(digits.trim(), 8).unwrap_or(0)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|b| *b == 0).next().unwrap_or_default()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
