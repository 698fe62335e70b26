//! A guest that is asked each thing once.
//!
//! Every walk begins at the root, and facts, preflight and plan look at the same places: three of four
//! calls of a graft were made before. Nobody else changes a guest that is prepared, so an answer holds
//! until a change through the same guest.

use std::collections::HashMap;
use std::ops::{DerefMut, Range};

use serde::{Deserialize, Serialize};

use super::{Attributes, DirEntry, Guest, GuestError, Metadata, Page, Time, is_name};
use crate::path::GuestPath;

/// Largest file that is remembered, in bytes.
const MAX_CONTENT: usize = 64 << 10;
/// Bytes that are remembered at most, paths included. A graft needs some 100 KiB.
const MAX_BYTES: usize = 4 << 20;
/// Bytes that an answer takes beside its text.
const OVERHEAD: usize = 64;

/// A [`Guest`] over another one, whose answers it remembers: metadata, link targets, listings, and the
/// content of small files. That nothing is at a path is remembered, too; other errors are not.
///
/// Any change forgets all of it: a file may have several names, and a renamed directory takes along
/// what is below it.
#[derive(Debug)]
pub(crate) struct Remembering<P> {
    guest: P,
    memory: Box<Memory>,
}

impl<P> Remembering<P> {
    pub(crate) fn new(guest: P) -> Self {
        Self::with(guest, Box::default())
    }

    /// The same, with what is known already.
    pub(crate) fn with(guest: P, memory: Box<Memory>) -> Self {
        Self { guest, memory }
    }

    /// The guest below. It must not be changed through this.
    pub(crate) fn below(&self) -> &P {
        &self.guest
    }

    /// The guest below, for what is no call of the seam.
    pub(crate) fn below_mut(&mut self) -> &mut P {
        &mut self.guest
    }

    /// The guest below, and what was remembered of it.
    pub(crate) fn into_parts(self) -> (P, Box<Memory>) {
        (self.guest, self.memory)
    }
}

/// Answers that a guest gave.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Memory {
    /// `None` where nothing is.
    metadata: HashMap<GuestPath, Option<Metadata>>,
    links: HashMap<GuestPath, Vec<u8>>,
    listings: HashMap<GuestPath, Vec<DirEntry>>,
    files: HashMap<GuestPath, Content>,
    /// Bytes of all of it.
    #[serde(skip)]
    bytes: usize,
}

/// The first bytes of a regular file.
#[derive(Debug, Deserialize, Serialize)]
struct Content {
    bytes: Vec<u8>,
    is_whole: bool,
}

impl Memory {
    /// True where a guest can have answered so, for a memory that comes from another process.
    pub(crate) fn is_possible(&self) -> bool {
        let mut listings = self.listings.values();
        listings.all(|entries| are_entries(entries))
    }

    /// True where the path, or a directory on the way to it, is known to be missing.
    fn lacks(&self, path: &GuestPath) -> bool {
        let mut way = std::iter::successors(Some(path.clone()), GuestPath::parent);
        way.any(|at| matches!(self.metadata.get(&at), Some(None)) || self.is_unlisted(&at))
    }

    /// True where the listing of its directory is known, and does not have it. A directory may take one name
    /// for another that differs in case (ext4's casefold), so such a name is not said to be missing.
    fn is_unlisted(&self, path: &GuestPath) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return false;
        };
        let Some(entries) = self.listings.get(&folder) else {
            return false;
        };
        let is_like = |entry: &DirEntry| entry.name.eq_ignore_ascii_case(name);
        name.is_ascii() && !entries.iter().any(is_like)
    }

    /// Room for an answer, counted; none past the bound.
    fn has_room(&mut self, path: &GuestPath, len: usize) -> bool {
        let bytes = self.bytes + path.as_bytes().len() + len + OVERHEAD;
        let has_room = bytes <= MAX_BYTES;
        if has_room {
            self.bytes = bytes;
        }
        has_room
    }

    fn keep_metadata(&mut self, path: &GuestPath, found: &Result<Metadata, GuestError>) {
        let known = match found {
            Ok(metadata) => Some(metadata.clone()),
            Err(GuestError::NotFound(missing)) if missing == path => None,
            Err(_) => return,
        };
        if self.has_room(path, size_of::<Metadata>()) {
            self.metadata.insert(path.clone(), known);
        }
    }

    fn keep_link(&mut self, path: &GuestPath, target: &[u8]) {
        if self.has_room(path, target.len()) {
            self.links.insert(path.clone(), target.to_vec());
        }
    }

    fn keep_listing(&mut self, path: &GuestPath, entries: &[DirEntry]) {
        let names = entries.iter().map(|entry| entry.name.len());
        let len = names.map(|len| len + size_of::<DirEntry>()).sum();
        if self.has_room(path, len) {
            self.listings.insert(path.clone(), entries.to_vec());
        }
    }

    fn keep_content(&mut self, path: &GuestPath, bytes: &[u8], is_whole: bool) {
        if bytes.len() <= MAX_CONTENT && self.has_room(path, bytes.len()) {
            let bytes = bytes.to_vec();
            let content = Content { bytes, is_whole };
            self.files.insert(path.clone(), content);
        }
    }
}

/// True for a directory's entries as [`Guest::read_dir`] gives them.
pub(crate) fn are_entries(entries: &[DirEntry]) -> bool {
    entries.iter().all(|entry| is_name(&entry.name)) && entries.is_sorted()
}

impl<P> Remembering<P>
where
    P: DerefMut,
    P::Target: Guest,
{
    /// The guest below, which is about to be changed.
    fn changing(&mut self) -> &mut P::Target {
        *self.memory = Memory::default();
        &mut self.guest
    }
}

impl<P> Guest for Remembering<P>
where
    P: DerefMut,
    P::Target: Guest,
{
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        if let Some(known) = self.memory.metadata.get(path) {
            let known = known.clone();
            return known.ok_or_else(|| GuestError::NotFound(path.clone()));
        }
        if self.memory.lacks(path) {
            return Err(GuestError::NotFound(path.clone()));
        }
        let found = self.guest.lstat(path);
        self.memory.keep_metadata(path, &found);
        found
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        if let Some(known) = self.memory.files.get(path)
            && known.is_whole
        {
            let size = known.bytes.len() as u64;
            if size <= limit {
                return Ok(known.bytes.clone());
            }
            return Err(GuestError::TooLarge {
                path: path.clone(),
                size,
                limit,
            });
        }
        let content = self.guest.read(path, limit)?;
        self.memory.keep_content(path, &content, true);
        Ok(content)
    }

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        if let Some(known) = self.memory.files.get(path)
            && (known.is_whole || known.bytes.len() >= len)
        {
            let len = known.bytes.len().min(len);
            return Ok(known.bytes[..len].to_vec());
        }
        let start = self.guest.read_start(path, len)?;
        self.memory.keep_content(path, &start, start.len() < len);
        Ok(start)
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        if let Some(target) = self.memory.links.get(path) {
            return Ok(target.clone());
        }
        let target = self.guest.read_link(path)?;
        self.memory.keep_link(path, &target);
        Ok(target)
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        if let Some(entries) = self.memory.listings.get(path) {
            return Ok(entries.clone());
        }
        let entries = self.guest.read_dir(path)?;
        self.memory.keep_listing(path, &entries);
        Ok(entries)
    }

    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        self.guest.entries(path, after)
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        self.guest.read_at(path, offset, len)
    }

    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        self.guest.data(path)
    }

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError> {
        self.changing().write(path, content, new)
    }

    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        self.changing().mkdir(path, new)
    }

    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError> {
        self.changing().symlink(path, target)
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        self.changing().rename(from, to)
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        self.changing().remove(path)
    }

    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        self.guest.modified(path)
    }

    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError> {
        self.changing().set_modified(path, time)
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        self.guest.label(path)
    }

    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError> {
        self.changing().set_label(path, label)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::conformance::{self, Ground};
    use super::super::memory::{Fault, Op};
    use super::super::{FileKind, MemoryGuest};
    use super::*;

    fn path(text: &str) -> GuestPath {
        text.parse().unwrap()
    }

    fn over(guest: MemoryGuest) -> Remembering<Box<MemoryGuest>> {
        Remembering::new(Box::new(guest))
    }

    #[test]
    fn what_a_known_listing_lacks_is_missing_without_a_call() {
        let mut guest = over(MemoryGuest::new().file("/etc/hosts", "").dir("/etc/Apt"));
        guest.read_dir(&path("/etc")).unwrap();
        guest.below_mut().reset_calls();
        let missing = guest.lstat(&path("/etc/fstab")).unwrap_err();
        assert!(matches!(missing, GuestError::NotFound(at) if at == path("/etc/fstab")));
        assert_eq!(guest.below().calls(), []);
        // Another case of a name may be the same one to the file system.
        guest.lstat(&path("/etc/apt")).unwrap_err();
        guest.lstat(&path("/etc/hosts")).unwrap();
        assert_eq!(guest.below().calls().len(), 2);
        // A change makes nothing of it known.
        let new = Attributes::root(0o644);
        guest.write(&path("/etc/fstab"), b"", new).unwrap();
        guest.lstat(&path("/etc/fstab")).unwrap();
    }

    #[test]
    fn a_remembered_guest_keeps_the_contract() {
        let breaches = conformance::check(|| {
            let guest = MemoryGuest::new()
                .fifo("/dev/fifo")
                .char_device("/dev/null", 1, 3)
                .file("/etc/shadow", b"root:*")
                .hard_link("/etc/fstab", "/etc/shadow")
                .hole("/huge", 5 << 30)
                .mount("/boot", 2)
                .file("/etc/locked", b"")
                .immutable("/etc/locked");
            let mut ground = Ground::new(over(guest));
            ground.specials = vec![
                (path("/dev/fifo"), FileKind::Fifo),
                (path("/dev/null"), FileKind::CharDevice),
            ];
            ground.hard_linked = Some((path("/etc/fstab"), path("/etc/shadow")));
            ground.other_filesystem = Some(path("/boot"));
            ground.immutable = Some(path("/etc/locked"));
            ground.huge = Some(path("/huge"));
            ground
        });
        assert!(breaches.is_empty(), "{breaches:#?}");
    }

    #[test]
    fn a_second_question_is_answered_without_a_call() {
        let guest = MemoryGuest::new()
            .file("/etc/fstab", "text")
            .link("/l", "etc");
        let mut guest = over(guest);
        for _ in 0..2 {
            let fstab = path("/etc/fstab");
            assert_eq!(guest.lstat(&fstab).unwrap().size, 4);
            assert_eq!(guest.read(&fstab, 10).unwrap(), b"text");
            assert_eq!(guest.read_start(&fstab, 2).unwrap(), b"te");
            assert_eq!(guest.read_link(&path("/l")).unwrap(), b"etc");
            assert_eq!(guest.read_dir(&path("/etc")).unwrap().len(), 1);
            for missing in ["/no", "/no/such/file"] {
                let error = guest.lstat(&path(missing)).unwrap_err();
                assert!(matches!(error, GuestError::NotFound(at) if at == path(missing)));
            }
        }
        assert_eq!(
            guest.below().calls().len(),
            5,
            "{:#?}",
            guest.below().calls()
        );
    }

    #[test]
    fn the_beginning_of_a_file_is_the_whole_of_it_only_where_it_ends() {
        let mut guest = over(MemoryGuest::new().file("/f", "0123456789"));
        let f = path("/f");
        assert_eq!(guest.read_start(&f, 4).unwrap(), b"0123");
        assert_eq!(guest.read_start(&f, 3).unwrap(), b"012");
        assert_eq!(guest.read_start(&f, 10).unwrap(), b"0123456789");
        assert_eq!(guest.read(&f, 10).unwrap(), b"0123456789");
        assert_eq!(guest.below().calls().len(), 3);
        assert!(matches!(
            guest.read(&f, 9),
            Err(GuestError::TooLarge {
                size: 10,
                limit: 9,
                ..
            })
        ));
        assert_eq!(guest.read_start(&f, 11).unwrap(), b"0123456789");
        assert_eq!(guest.below().calls().len(), 3);
    }

    #[test]
    fn no_failure_is_remembered() {
        let mut guest = MemoryGuest::new().file("/f", "text");
        for op in [
            Op::Lstat,
            Op::Read,
            Op::ReadStart,
            Op::ReadLink,
            Op::ReadDir,
        ] {
            guest.fail_on(op, "/f", Fault::Damaged);
        }
        let mut guest = over(guest);
        let f = path("/f");
        for _ in 0..2 {
            assert!(guest.lstat(&f).is_err() && guest.read(&f, 9).is_err());
            assert!(guest.read_start(&f, 9).is_err() && guest.read_dir(&f).is_err());
        }
        assert_eq!(guest.below().calls().len(), 8);
        guest.below_mut().reset_calls();
        assert_eq!(guest.read(&f, 9).unwrap(), b"text");
    }

    #[test]
    fn a_change_that_fails_forgets_too() {
        let mut guest = over(MemoryGuest::new().file("/f", "text"));
        let f = path("/f");
        guest.lstat(&f).unwrap();
        guest.below_mut().fail_on(Op::Write, "/f", Fault::Damaged);
        guest.write(&f, b"", Attributes::root(0o644)).unwrap_err();
        guest.lstat(&f).unwrap();
        assert_eq!(guest.below().calls().len(), 3);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let large = vec![7; MAX_CONTENT + 1];
        let mut tree = MemoryGuest::new().file("/large", large);
        for number in 0..70 {
            tree = tree.file(&format!("/d/{number}"), vec![7; MAX_CONTENT]);
        }
        let mut guest = over(tree);
        guest.read(&path("/large"), u64::MAX).unwrap();
        assert_eq!(guest.memory.bytes, 0);
        for number in 0..70 {
            guest
                .read(&path(&format!("/d/{number}")), u64::MAX)
                .unwrap();
        }
        let kept: usize = guest
            .memory
            .files
            .values()
            .map(|file| file.bytes.len())
            .sum();
        assert!(
            kept <= MAX_BYTES && kept > MAX_BYTES - 2 * MAX_CONTENT,
            "{kept}"
        );
    }

    #[test]
    fn a_memory_from_elsewhere_lists_nothing_but_names() {
        let listing = |names: &[&str]| {
            let mut memory = Memory::default();
            let entry = |name: &&str| DirEntry {
                name: name.as_bytes().to_vec(),
            };
            let entries: Vec<_> = names.iter().map(entry).collect();
            memory.keep_listing(&path("/d"), &entries);
            memory.is_possible()
        };
        assert!(listing(&["a", "b"]));
        for names in [&["b", "a"][..], &[".."], &["a/b"], &[""], &["a\0"]] {
            assert!(!listing(names), "{names:?}");
        }
    }

    /// A call by numbers, on few paths, so that calls meet each other.
    fn called(guest: &mut dyn Guest, (op, at, other): (u8, usize, usize)) -> String {
        const PATHS: [&str; 9] = [
            "/", "/a", "/a/b", "/a/b/c", "/a/same", "/l", "/d", "/d/same", "/d/e",
        ];
        let (at, other) = (path(PATHS[at]), path(PATHS[other]));
        let new = Attributes::root(0o640);
        let time = Time {
            seconds: 7,
            nanoseconds: 0,
        };
        match op {
            0 => format!("{:?}", guest.lstat(&at)),
            1 => format!("{:?}", guest.read(&at, 3)),
            2 => format!("{:?}", guest.read(&at, 100)),
            3 => format!("{:?}", guest.read_start(&at, 2)),
            4 => format!("{:?}", guest.read_start(&at, 9)),
            5 => format!("{:?}", guest.read_link(&at)),
            6 => format!("{:?}", guest.read_dir(&at)),
            7 => format!("{:?}", guest.modified(&at)),
            8 => format!("{:?}", guest.write(&at, other.as_bytes(), new)),
            9 => format!("{:?}", guest.mkdir(&at, new)),
            10 => format!("{:?}", guest.symlink(&at, other.as_bytes())),
            11 => format!("{:?}", guest.rename(&at, &other)),
            12 => format!("{:?}", guest.remove(&at)),
            _ => format!("{:?}", guest.set_modified(&at, time)),
        }
    }

    proptest! {
        #[test]
        fn no_call_is_answered_otherwise_than_by_the_guest_itself(
            calls in proptest::collection::vec((0u8..14, 0usize..9, 0usize..9), 0..80)
        ) {
            let bare = MemoryGuest::new()
                .file("/a/same", "content")
                .file("/a/b/c", "c")
                .dir("/d")
                .hard_link("/d/same", "/a/same")
                .link("/l", "a");
            let mut remembered = over(bare.clone());
            let mut bare = bare;
            for call in calls {
                let wanted = called(&mut bare, call);
                prop_assert_eq!(called(&mut remembered, call), wanted, "{:?}", call);
            }
            let (after, _) = remembered.into_parts();
            prop_assert_eq!(after.snapshot(), bare.snapshot());
        }
    }
}
