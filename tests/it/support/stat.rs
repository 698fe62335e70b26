//! What debugfs says of inodes, read back from its text.

use std::collections::BTreeMap;

/// An inode, as `stat` of debugfs(8) tells it.
#[derive(Debug, Default)]
pub(super) struct Inode {
    pub(super) kind: String,
    pub(super) mode: String,
    pub(super) flags: u32,
    pub(super) owner: u32,
    pub(super) group: u32,
    pub(super) size: u64,
    pub(super) links: u32,
    /// Name, length and value, sorted.
    pub(super) attributes: Vec<String>,
    /// What a link says, where it fits into the inode.
    pub(super) target: Option<String>,
    pub(super) device: Option<String>,
    pub(super) runs: Vec<Run>,
}

/// Blocks of a file that lie together.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) logical: u64,
    pub(super) physical: u64,
    pub(super) blocks: u64,
}

/// The inodes in the answers to many `stat <NUMBER>`.
pub(super) fn inodes(told: &str) -> BTreeMap<u64, Inode> {
    let answers = told.split("debugfs: stat <").skip(1);
    let inode = |answer: &str| {
        let (number, text) = answer.split_once(">\n").expect("the command's own end");
        let number = number.parse().expect("the command's own number");
        (number, Inode::parse(text))
    };
    answers.map(inode).collect()
}

impl Inode {
    fn parse(text: &str) -> Self {
        let mut inode = Self::default();
        let mut section = "";
        for line in text.lines() {
            if let Some((_, rest)) = line.split_once("Type: ") {
                let (kind, rest) = rest.split_once("    Mode:").expect("kind, then mode");
                kind.clone_into(&mut inode.kind);
                inode.mode = word(rest).to_owned();
                let flags = after(rest, "Flags: ").trim_start_matches("0x");
                inode.flags = u32::from_str_radix(flags, 16).expect("flags in hexadecimal");
            } else if line.starts_with("User: ") {
                inode.owner = number(after(line, "User: "));
                inode.group = number(after(line, "Group: "));
                inode.size = number(after(line, "Size: "));
            } else if line.starts_with("Links: ") {
                inode.links = number(after(line, "Links: "));
            } else if let Some(target) = line.strip_prefix("Fast link dest: \"") {
                inode.target = Some(target.trim_end_matches('"').to_owned());
            } else if line.starts_with("Device major/minor number: ") {
                inode.device = Some(after(line, "number: ").to_owned());
            } else if matches!(line, "Extended attributes:" | "EXTENTS:" | "BLOCKS:") {
                section = line;
            } else if section == "Extended attributes:" && line.starts_with("  ") {
                inode.attributes.push(line.trim().to_owned());
            } else if (section == "EXTENTS:" || section == "BLOCKS:") && line.starts_with('(') {
                inode.runs.extend(line.split(", ").filter_map(run));
            }
        }
        inode.attributes.sort();
        inode
    }
}

/// `(0-3):100-103`, `(7):110`; not `(IND):…` and `(ETB0):…`, which hold no content, nor
/// `(0-3[u]):…`, which reads as zeros.
fn run(text: &str) -> Option<Run> {
    let (logical, physical) = text.trim_end_matches(',').split_once("):")?;
    let first = |range: &str| range.split('-').next()?.parse().ok();
    let last = |range: &str| range.split('-').next_back()?.parse::<u64>().ok();
    let logical = logical.strip_prefix('(')?;
    let start: u64 = first(logical)?;
    Some(Run {
        logical: start,
        physical: first(physical)?,
        blocks: last(logical)? - start + 1,
    })
}

/// The word that follows a label.
fn after<'a>(line: &'a str, label: &str) -> &'a str {
    word(line.split_once(label).expect("debugfs writes this label").1)
}

fn word(text: &str) -> &str {
    text.split_whitespace().next().expect("a value")
}

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(word: &str) -> T {
    word.parse().expect("debugfs writes numbers")
}
