//! Bounds of what is told of a whole tree, and answers of another process held against them.

use std::ops::Range;

use super::{FileKind, Page, TreeEntry};
use crate::path::{NAME_MAX, PATH_MAX};

/// Entries of a [`Page`] at most.
pub const MAX_PAGE: usize = 1000;
/// Bytes of names, targets and attributes after which a [`Page`] ends.
pub(crate) const MAX_PAGE_BYTES: usize = 4 << 20;
/// Bytes that one [`read_at`](super::Guest::read_at) reads at most.
pub const MAX_READ: usize = 1 << 20;
/// Bytes of one extended attribute at most (`XATTR_SIZE_MAX`, linux/limits.h).
pub(crate) const MAX_XATTR: usize = 64 << 10;
/// Bytes of all extended attributes of an inode at most, their names included.
pub(crate) const MAX_XATTRS: usize = 1 << 20;
/// Ranges that one [`data`](super::Guest::data) tells at most.
pub(crate) const MAX_RANGES: usize = 1 << 16;

/// The words for an inode past [`MAX_XATTRS`].
pub(crate) const TOO_MANY_XATTRS: &str = "extended attributes of more than a mebibyte";

/// A page in the making.
#[derive(Debug, Default)]
pub(crate) struct Pager {
    entries: Vec<TreeEntry>,
    bytes: usize,
}

impl Pager {
    pub(crate) fn is_full(&self) -> bool {
        self.entries.len() == MAX_PAGE || self.bytes >= MAX_PAGE_BYTES
    }

    pub(crate) fn push(&mut self, entry: TreeEntry) {
        self.bytes += entry.weight();
        self.entries.push(entry);
    }

    pub(crate) fn page(self, is_last: bool) -> Page {
        Page {
            entries: self.entries,
            is_last,
        }
    }
}

/// Reason why a page cannot be what follows `after`, for one that comes from another process.
pub(crate) fn impossible_page(page: &Page, after: Option<&[u8]>) -> Option<&'static str> {
    let is_over = page.entries.len() > MAX_PAGE || (page.entries.is_empty() && !page.is_last);
    let names = page.entries.iter().map(|entry| entry.name.as_slice());
    let rises = names.clone().zip(names.clone().skip(1)).all(|(a, b)| a < b);
    let follows = after.is_none_or(|after| names.clone().next().is_none_or(|name| name > after));
    if is_over || !rises || !follows || !names.clone().all(is_name) {
        return Some("no file names");
    }
    let is_sound = |entry: &TreeEntry| {
        let is_link = entry.metadata.kind == FileKind::Symlink;
        let target = entry.target.as_ref();
        let fits = |target: &Vec<u8>| {
            !target.is_empty() && target.len() <= PATH_MAX && !target.contains(&0)
        };
        let names = entry.xattrs.iter().map(|(name, _)| name);
        let are_names = names
            .clone()
            .all(|name| !name.is_empty() && name.len() <= NAME_MAX && !name.contains(&0));
        let are_bounded = entry
            .xattrs
            .iter()
            .all(|(_, value)| value.len() <= MAX_XATTR);
        is_link == target.is_some()
            && target.is_none_or(fits)
            && are_names
            && are_bounded
            && names.is_sorted_by(|a, b| a < b)
            && entry.weight() <= MAX_XATTRS + PATH_MAX + NAME_MAX
            && entry.metadata.mode <= 0o7777
            && entry.modified.nanoseconds < 1_000_000_000
    };
    match page.entries.iter().all(is_sound) {
        true => None,
        false => Some("facts that no inode has"),
    }
}

/// True for one name of a directory.
pub(crate) fn is_name(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..")
        && name.len() <= NAME_MAX
        && !name.contains(&0)
        && !name.contains(&b'/')
}

/// Ranges of a file that hold data, rising and merged. Past [`MAX_RANGES`] the last one reaches over the
/// holes that follow.
#[derive(Debug, Default)]
pub(crate) struct Ranges(Vec<Range<u64>>);

impl Ranges {
    /// Adds a range; false for one that lies before the end of the last.
    pub(crate) fn push(&mut self, range: Range<u64>) -> bool {
        let len = self.0.len();
        match self.0.last_mut() {
            Some(last) if range.start < last.end => return false,
            Some(last) if range.start == last.end || len == MAX_RANGES => last.end = range.end,
            _ => self.0.push(range),
        }
        true
    }

    /// Those that lie in a file of `size` bytes.
    pub(crate) fn within(mut self, size: u64) -> Vec<Range<u64>> {
        self.0.retain(|range| range.start < size);
        if let Some(last) = self.0.last_mut() {
            last.end = last.end.min(size);
        }
        self.0
    }
}

/// True for ranges as [`data`](super::Guest::data) tells them.
pub(crate) fn are_ranges(ranges: &[Range<u64>]) -> bool {
    let is_sorted = ranges.windows(2).all(|pair| pair[0].end < pair[1].start);
    ranges.len() <= MAX_RANGES && is_sorted && ranges.iter().all(|range| range.start < range.end)
}

#[cfg(test)]
mod tests {
    use super::super::{Attributes, Guest, MemoryGuest};
    use super::*;

    fn page() -> Page {
        let mut guest = MemoryGuest::new()
            .file("/a", "1")
            .link("/b", "a")
            .xattr("/a", "user.x", "1");
        guest.entries(&"/".parse().unwrap(), None).unwrap()
    }

    #[test]
    fn only_pages_that_a_directory_can_have_are_taken() {
        assert_eq!(impossible_page(&page(), None), None);
        assert!(impossible_page(&page(), Some(b"a")).is_some());
        type Change = fn(&mut Page);
        let changes: [Change; 11] = [
            |page| page.entries[0].name = b"../x".to_vec(),
            |page| page.entries[0].name = b"..".to_vec(),
            |page| page.entries[0].name = vec![b'n'; 256],
            |page| page.entries.swap(0, 1),
            |page| page.entries[1].target = None,
            |page| page.entries[1].target = Some(vec![]),
            |page| page.entries[0].target = Some(b"x".to_vec()),
            |page| page.entries[0].xattrs[0].1 = vec![0; MAX_XATTR + 1],
            |page| page.entries[0].xattrs[0].0 = b"a\0".to_vec(),
            |page| page.entries[0].metadata.mode = 0o1_0000,
            |page| {
                page.entries.clear();
                page.is_last = false;
            },
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut changed = page();
            change(&mut changed);
            assert!(impossible_page(&changed, None).is_some(), "{number}");
        }
    }

    #[test]
    fn ranges_are_merged_bounded_and_cut_at_the_files_end() {
        let mut ranges = Ranges::default();
        assert!(ranges.push(0..4) && ranges.push(4..8) && ranges.push(12..16));
        assert!(!ranges.push(14..20));
        assert_eq!(ranges.within(13), [0..8, 12..13]);
        let mut many = Ranges::default();
        for number in 0..MAX_RANGES as u64 + 10 {
            assert!(many.push(number * 2..number * 2 + 1));
        }
        let many = many.within(u64::MAX);
        assert!(are_ranges(&many));
        assert_eq!(many.last().unwrap().end, (MAX_RANGES as u64 + 9) * 2 + 1);
        assert!(!are_ranges(&[0..1, 1..2]) && !are_ranges(std::slice::from_ref(&(1..1))));
    }

    #[test]
    fn a_large_directory_is_told_page_by_page() {
        let mut guest = MemoryGuest::new();
        let count = 2 * MAX_PAGE + 5;
        for number in 0..count {
            let path = format!("/{number:06}").parse().unwrap();
            guest.write(&path, b"", Attributes::root(0o644)).unwrap();
        }
        let (mut after, mut seen, mut pages) = (None::<Vec<u8>>, 0, 0);
        loop {
            let page = guest
                .entries(&"/".parse().unwrap(), after.as_deref())
                .unwrap();
            assert_eq!(impossible_page(&page, after.as_deref()), None);
            seen += page.entries.len();
            pages += 1;
            after = page.entries.last().map(|entry| entry.name.clone());
            if page.is_last {
                break;
            }
        }
        assert_eq!((seen, pages), (count, 3));
    }
}
