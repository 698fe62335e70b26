//! The guest in memory passes the suite, and the suite notices guests that are wrong.

use std::ops::Range;

use osgraft::guest::conformance::{self, Ground};
use osgraft::guest::{
    Attributes, DirEntry, FileKind, Guest, GuestError, MemoryGuest, Metadata, Page, Time, resolve,
};
use osgraft::path::GuestPath;

fn ground() -> Ground<MemoryGuest> {
    let guest = MemoryGuest::new()
        .fifo("/dev/fifo")
        .socket("/dev/socket")
        .block_device("/dev/sda", 8, 0)
        .char_device("/dev/null", 1, 3)
        .file("/etc/shadow", b"root:*")
        .hard_link("/etc/fstab", "/etc/shadow")
        .hole("/huge", 5 << 30)
        .mount("/boot", 2)
        .file("/etc/locked", b"")
        .immutable("/etc/locked");
    let path = |text: &str| text.parse::<GuestPath>().unwrap();
    let mut ground = Ground::new(guest);
    ground.specials = vec![
        (path("/dev/fifo"), FileKind::Fifo),
        (path("/dev/socket"), FileKind::Socket),
        (path("/dev/sda"), FileKind::BlockDevice),
        (path("/dev/null"), FileKind::CharDevice),
    ];
    ground.hard_linked = Some((path("/etc/fstab"), path("/etc/shadow")));
    ground.other_filesystem = Some(path("/boot"));
    ground.immutable = Some(path("/etc/locked"));
    ground.huge = Some(path("/huge"));
    ground
}

#[test]
fn the_guest_in_memory_keeps_the_contract() {
    let breaches = conformance::check(ground);
    assert!(breaches.is_empty(), "{breaches:#?}");
    assert!(conformance::cases().count() > 40);
}

#[test]
fn a_case_leaves_what_it_did_not_make_alone() {
    for case in conformance::cases() {
        let mut ground = ground();
        let before = ground.guest.snapshot();
        case.try_on(&mut ground).unwrap();
        let made = "/conformance".parse().unwrap();
        let after = ground.guest.snapshot().without(&made);
        let changed = before.diff(&after);
        let allowed = case.name() == "a_write_reaches_every_name_of_the_file";
        assert!(changed.is_empty() || allowed, "{}: {changed}", case.name());
    }
}

/// A guest that is wrong in one way.
struct Wrong {
    guest: MemoryGuest,
    how: How,
}

#[derive(Clone, Copy, Debug)]
enum How {
    FollowsLinks,
    ReplacesOnRename,
    ResetsAttributes,
    ListsUnsorted,
    ReadsPastTheLimit,
    StartsPastTheLength,
    TruncatesNothing,
    ForgetsSetId,
    ForgetsTimes,
    ForgetsLabels,
    ForgetsTargets,
    ReadsFromTheStart,
    TellsNoData,
}

impl Guest for Wrong {
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        if matches!(self.how, How::FollowsLinks) {
            return Ok(resolve(&mut self.guest, path)?.existing()?.1);
        }
        self.guest.lstat(path)
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        let limit = match self.how {
            How::ReadsPastTheLimit => u64::MAX,
            _ => limit,
        };
        self.guest.read(path, limit)
    }

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        let len = match self.how {
            How::StartsPastTheLength => usize::MAX,
            _ => len,
        };
        self.guest.read_start(path, len)
    }

    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        self.guest.modified(path)
    }

    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError> {
        match self.how {
            How::ForgetsTimes => Ok(()),
            _ => self.guest.set_modified(path, time),
        }
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        self.guest.label(path)
    }

    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError> {
        match self.how {
            How::ForgetsLabels => Ok(()),
            _ => self.guest.set_label(path, label),
        }
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        self.guest.read_link(path)
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        let mut entries = self.guest.read_dir(path)?;
        if matches!(self.how, How::ListsUnsorted) {
            entries.reverse();
        }
        Ok(entries)
    }

    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        let mut page = self.guest.entries(path, after)?;
        if matches!(self.how, How::ForgetsTargets) {
            page.entries
                .iter_mut()
                .for_each(|entry| entry.target = None);
        }
        Ok(page)
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        let offset = match self.how {
            How::ReadsFromTheStart => 0,
            _ => offset,
        };
        self.guest.read_at(path, offset, len)
    }

    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        match self.how {
            How::TellsNoData => Ok(Vec::new()),
            _ => self.guest.data(path),
        }
    }

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        mut new: Attributes,
    ) -> Result<(), GuestError> {
        match self.how {
            How::ResetsAttributes => drop(self.guest.remove(path)),
            How::ForgetsSetId => new.mode &= 0o777,
            How::TruncatesNothing => {
                let old = self.guest.read(path, u64::MAX).unwrap_or_default();
                let tail = old.get(content.len()..).unwrap_or_default();
                return self.guest.write(path, &[content, tail].concat(), new);
            }
            _ => {}
        }
        self.guest.write(path, content, new)
    }

    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        self.guest.mkdir(path, new)
    }

    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError> {
        self.guest.symlink(path, target)
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        if matches!(self.how, How::ReplacesOnRename) && from != to {
            drop(self.guest.remove(to));
        }
        self.guest.rename(from, to)
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        self.guest.remove(path)
    }
}

#[test]
fn a_wrong_guest_is_noticed_by_the_case_that_says_so() {
    for (how, case) in [
        (How::FollowsLinks, "no_last_link_is_followed"),
        (How::ReplacesOnRename, "no_rename_replaces_anything"),
        (
            How::ResetsAttributes,
            "a_rewritten_file_keeps_its_mode_and_owner",
        ),
        (
            How::ListsUnsorted,
            "a_directory_is_listed_by_name_in_byte_order",
        ),
        (
            How::StartsPastTheLength,
            "the_start_of_a_file_is_as_long_as_asked_or_as_the_file",
        ),
        (How::ReadsPastTheLimit, "a_file_past_the_limit_is_not_read"),
        (
            How::TruncatesNothing,
            "a_rewritten_file_holds_the_new_content_alone",
        ),
        (
            How::ForgetsSetId,
            "a_new_file_has_the_mode_and_owner_asked_for",
        ),
        (
            How::ForgetsTimes,
            "a_modification_time_is_what_it_was_set_to",
        ),
        (How::ForgetsLabels, "a_label_is_read_as_it_was_set"),
        (How::ForgetsTargets, "entries_have_what_single_calls_tell"),
        (
            How::ReadsFromTheStart,
            "a_part_of_a_file_is_read_from_any_place",
        ),
        (How::TellsNoData, "the_data_of_a_file_covers_its_content"),
    ] {
        let breaches = conformance::check(|| {
            Ground::new(Wrong {
                guest: MemoryGuest::new(),
                how,
            })
        });
        let names: Vec<_> = breaches.iter().map(|breach| breach.case).collect();
        assert!(names.contains(&case), "{how:?}: {names:?}");
    }
}
