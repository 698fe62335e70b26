//! `write`.

use super::trial::{DIRECTORY, FILE, Trial, Verdict, at, equals, refuses, sentences};
use crate::guest::{Attributes, FileKind, GuestError, Time};
use crate::path::GuestPath;

sentences![
    a_new_file_has_the_mode_and_owner_asked_for,
    a_rewritten_file_keeps_its_mode_and_owner,
    a_rewritten_file_holds_the_new_content_alone,
    contents_of_every_size_read_back,
    a_write_over_another_kind_is_refused,
    a_link_is_never_written_through,
    a_modification_time_is_what_it_was_set_to,
];

fn a_new_file_has_the_mode_and_owner_asked_for(trial: &mut Trial<'_>) -> Verdict {
    for (name, mode) in [("plain", 0o644), ("none", 0), ("all", 0o7777)] {
        let new = Attributes {
            mode,
            uid: 70_000,
            gid: 4_000_000_000,
        };
        trial.guest.write(&at(name), b"content", new)?;
        let made = trial.guest.lstat(&at(name))?;
        equals!(made.kind, FileKind::File);
        equals!((made.mode, made.uid, made.gid), (mode, new.uid, new.gid));
        equals!((made.size, made.links, made.immutable), (7, 1, false));
    }
    Ok(())
}

fn a_modification_time_is_what_it_was_set_to(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), b"content", FILE)?;
    trial.guest.mkdir(&at("folder"), DIRECTORY)?;
    trial.guest.symlink(&at("link"), b"file")?;
    for (name, seconds) in [("file", 1_500_000_000), ("folder", 1_600_000_001)] {
        let time = Time {
            seconds,
            nanoseconds: 0,
        };
        let before = trial.guest.lstat(&at(name))?;
        trial.guest.set_modified(&at(name), time)?;
        equals!(trial.guest.modified(&at(name))?, time);
        equals!(trial.guest.lstat(&at(name))?, before);
    }
    equals!(trial.guest.read(&at("file"), 7)?, b"content");
    refuses!(trial.guest.set_modified(&at("link"), Time::default()));
    refuses!(trial.guest.modified(&at("missing")));
    Ok(())
}

fn a_rewritten_file_keeps_its_mode_and_owner(trial: &mut Trial<'_>) -> Verdict {
    let first = Attributes {
        mode: 0o4750,
        uid: 7,
        gid: 70_000,
    };
    trial.guest.write(&at("file"), b"first", first)?;
    trial.guest.write(&at("file"), b"second", FILE)?;
    let file = trial.guest.lstat(&at("file"))?;
    equals!(
        (file.mode, file.uid, file.gid),
        (first.mode, first.uid, first.gid)
    );
    equals!(trial.guest.read(&at("file"), 6)?, b"second");
    Ok(())
}

fn a_rewritten_file_holds_the_new_content_alone(trial: &mut Trial<'_>) -> Verdict {
    for length in [10_000, 3, 0, 70_000, 4096, 4095] {
        let content = pattern(length);
        trial.guest.write(&at("file"), &content, FILE)?;
        equals!(trial.guest.lstat(&at("file"))?.size, length as u64);
        let found = trial.guest.read(&at("file"), length as u64)?;
        equals!(found == content, true);
    }
    equals!(trial.names(&at(""))?, vec![b"file".to_vec()]);
    Ok(())
}

fn contents_of_every_size_read_back(trial: &mut Trial<'_>) -> Verdict {
    // Around the block sizes, and past the 12 direct blocks of ext2 and ext3.
    for length in [0, 1, 60, 160, 1023, 1024, 1025, 4096, 4097, 12_289, 500_000] {
        let path = at(&length.to_string());
        let content = pattern(length);
        trial.guest.write(&path, &content, FILE)?;
        let found = trial.guest.read(&path, length as u64)?;
        equals!(found == content, true);
    }
    Ok(())
}

fn a_write_over_another_kind_is_refused(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.write(&at("directory/file"), b"", FILE)?;
    for path in [at("directory"), GuestPath::root()] {
        refuses!(
            trial.guest.write(&path, b"", FILE),
            GuestError::WrongKind {
                found: FileKind::Directory,
                wanted: FileKind::File,
                ..
            }
        );
    }
    equals!(trial.names(&at("directory"))?, vec![b"file".to_vec()]);
    Ok(())
}

fn a_link_is_never_written_through(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), b"kept", FILE)?;
    for (name, target) in [("link", "file"), ("dangling", "nowhere")] {
        trial.guest.symlink(&at(name), target.as_bytes())?;
        refuses!(
            trial.guest.write(&at(name), b"lost", FILE),
            GuestError::WrongKind {
                found: FileKind::Symlink,
                wanted: FileKind::File,
                ..
            }
        );
        equals!(trial.guest.read_link(&at(name))?, target.as_bytes());
    }
    equals!(trial.guest.read(&at("file"), 4)?, b"kept");
    equals!(trial.state(&at("nowhere"))?, None);
    Ok(())
}

/// Bytes in which no two blocks are alike.
fn pattern(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8)
        .collect()
}
