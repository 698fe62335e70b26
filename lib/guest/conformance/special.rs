//! Things that a guest must hold already for its case to mean anything.

use super::trial::{FILE, Trial, Verdict, at, equals, refuses, sentences};
use crate::guest::{Attributes, FileKind, GuestError};

sentences![
    a_special_file_is_told_and_never_opened,
    a_write_reaches_every_name_of_the_file,
    a_rename_to_another_file_system_is_refused,
    an_immutable_file_is_told,
    a_huge_file_is_told_and_not_read,
];

fn a_special_file_is_told_and_never_opened(trial: &mut Trial<'_>) -> Verdict {
    for (path, kind) in trial.specials {
        let before = trial.guest.lstat(path)?;
        equals!(before.kind, *kind);
        refuses!(
            trial.guest.read(path, 9),
            GuestError::WrongKind {
                wanted: FileKind::File,
                ..
            }
        );
        refuses!(trial.guest.read_link(path), GuestError::WrongKind { .. });
        refuses!(trial.guest.read_dir(path), GuestError::WrongKind { .. });
        refuses!(
            trial.guest.write(path, b"x", FILE),
            GuestError::WrongKind {
                wanted: FileKind::File,
                ..
            }
        );
        equals!(trial.guest.lstat(path)?, before);
    }
    Ok(())
}

fn a_write_reaches_every_name_of_the_file(trial: &mut Trial<'_>) -> Verdict {
    let Some((one, other)) = trial.hard_linked else {
        return Ok(());
    };
    let before = trial.guest.lstat(one)?;
    equals!(before.links >= 2, true);
    trial.guest.write(one, b"written once", FILE)?;
    equals!(trial.guest.read(other, 12)?, b"written once");
    let after = trial.guest.lstat(one)?;
    equals!((after.links, after.mode), (before.links, before.mode));
    Ok(())
}

fn a_rename_to_another_file_system_is_refused(trial: &mut Trial<'_>) -> Verdict {
    let Some(other) = trial.other_filesystem else {
        return Ok(());
    };
    let elsewhere = other
        .join("conformance-moved")
        .expect("one name joins below a mount point");
    let here = trial.guest.lstat(&at(""))?.filesystem;
    equals!(trial.guest.lstat(other)?.filesystem != here, true);
    trial
        .guest
        .write(&at("file"), b"kept", Attributes::root(0o600))?;
    refuses!(
        trial.guest.rename(&at("file"), &elsewhere),
        GuestError::CrossDevice { .. }
    );
    equals!(trial.guest.read(&at("file"), 4)?, b"kept");
    equals!(trial.state(&elsewhere)?, None);
    Ok(())
}

fn an_immutable_file_is_told(trial: &mut Trial<'_>) -> Verdict {
    if let Some(path) = trial.immutable {
        equals!(trial.guest.lstat(path)?.immutable, true);
    }
    Ok(())
}

fn a_huge_file_is_told_and_not_read(trial: &mut Trial<'_>) -> Verdict {
    let Some(path) = trial.huge else {
        return Ok(());
    };
    let size = trial.guest.lstat(path)?.size;
    equals!(size >= 4 << 30, true);
    refuses!(
        trial.guest.read(path, 1 << 20),
        GuestError::TooLarge {
            limit: 0x10_0000,
            ..
        }
    );
    Ok(())
}
