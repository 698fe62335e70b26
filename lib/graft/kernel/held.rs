//! A kernel in a guest, held against its record.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::loader;
use super::record::{
    CUSTOM, CustomReceipt, FOLDER, GRUB, IMAGE_MAX, KernelFile, KernelReceipt, LIMIT, is_of_kernel,
};
use crate::edit::Edit;
use crate::graft::error::GraftError;
use crate::graft::finding::Finding;
use crate::graft::unfit::Unfit;
use crate::guest::{FileKind, Guest, GuestError, MAX_READ, resolve};
use crate::path::GuestPath;

/// Largest configuration that is read, in bytes.
pub(super) const TEXT_MAX: u64 = 1 << 20;
/// Permission bits of a kernel, and of GRUB's configuration.
pub(super) const MODE: u32 = 0o600;

/// The way back of a kernel.
#[derive(Debug, Default)]
pub(in crate::graft) struct Back {
    pub(in crate::graft) edits: Vec<Edit>,
    pub(in crate::graft) kept: Vec<Finding>,
    /// True where something of it stays, because the guest changed it.
    pub(in crate::graft) remains: bool,
}

/// Plans the way back.
pub(in crate::graft) fn undo(
    guest: &mut dyn Guest,
    done: &KernelReceipt,
    force: bool,
) -> Result<Back, GraftError> {
    let mut undoing = Back::default();
    let by_hand = "kept: remove it by hand, or by “osgraft revert --force”";
    let custom = &done.custom;
    let folder = custom.path.parent().unwrap_or_else(GuestPath::root);
    if !force && guest.lstat(&folder).is_err() {
        // Its file system may be one that this editor does not reach.
        undoing.kept.push(gone(&folder, &format!("; {by_hand}")));
        undoing.remains = true;
        return Ok(undoing);
    }
    match content(guest, &custom.path)? {
        None => undoing.kept.push(gone(&custom.path, "")),
        Some(before) => match loader::find(&before) {
            Ok(None) => undoing
                .kept
                .push(gone(&custom.path, ": osgraft's entry in it")),
            Ok(Some(place)) if force || sha256(&before[place.clone()]) == custom.sha256 => {
                let after = loader::without_block(&before, place, custom.has_newline);
                let path = custom.path.clone();
                undoing
                    .edits
                    .push(match custom.is_made && after.is_empty() {
                        true => Edit::Remove { path },
                        false => Edit::write(path, Some(before), after, MODE),
                    });
            }
            _ => {
                // An entry that stays needs its kernel.
                undoing.kept.push(edited(&custom.path, by_hand));
                undoing.remains = true;
                return Ok(undoing);
            }
        },
    }
    let mut removed = Vec::new();
    for file in &done.files {
        match state(guest, file)? {
            State::Gone => {
                undoing.kept.push(gone(&file.path, ""));
                continue;
            }
            State::Altered if !force || !is_file(guest, &file.path)? => {
                undoing.remains = true;
                undoing
                    .kept
                    .push(altered(&file.path, &format!("; {by_hand}")));
                continue;
            }
            _ => {}
        }
        removed.push(file.path.clone());
        let path = file.path.clone();
        undoing.edits.push(Edit::Remove { path });
    }
    if let Some(folder) = &done.folder
        && let Ok(names) = guest.read_dir(folder)
    {
        let is_removed = |name: &[u8]| folder.join(name).is_ok_and(|path| removed.contains(&path));
        if names.iter().all(|entry| is_removed(&entry.name)) {
            let path = folder.clone();
            undoing.edits.push(Edit::Remove { path });
        }
    }
    Ok(undoing)
}

/// The record of a kernel whose receipt is lost, by what the guest shows of it: the entry, and the files in
/// its folder. `None` where it has no entry of osgraft's.
pub(in crate::graft) fn adopt(guest: &mut dyn Guest) -> Result<Option<KernelReceipt>, GraftError> {
    let boot = resolve(guest, &"/boot".parse().expect("a literal guest path"))?;
    if boot.kind() != Some(FileKind::Directory) {
        return Ok(None);
    }
    for name in GRUB {
        let folder = resolve(guest, &boot.path.join(name).map_err(Unfit::from)?)?;
        if folder.kind() != Some(FileKind::Directory) {
            continue;
        }
        let path = folder.path.join(CUSTOM).map_err(Unfit::from)?;
        let Some(text) = content(guest, &path)? else {
            continue;
        };
        let Ok(Some(place)) = loader::find(&text) else {
            continue;
        };
        let sha256 = sha256(&text[place.clone()]);
        let folder = boot.path.join(FOLDER).map_err(Unfit::from)?;
        let custom = CustomReceipt {
            path,
            is_made: place == (0..text.len()),
            has_newline: false,
            sha256,
        };
        return Ok(Some(KernelReceipt {
            release: String::new(),
            kernel: String::new(),
            made_from: Vec::new(),
            files: files_in(guest, &folder)?,
            folder: Some(folder),
            custom,
        }));
    }
    Ok(None)
}

/// The files of a kernel in osgraft's folder, as they are.
fn files_in(guest: &mut dyn Guest, folder: &GuestPath) -> Result<Vec<KernelFile>, GraftError> {
    let mut files = Vec::new();
    let names = match guest.read_dir(folder) {
        Ok(names) => names,
        Err(error @ GuestError::Io { .. }) => return Err(error.into()),
        Err(_) => return Ok(files),
    };
    // The guest fills this folder: no more of it is read than osgraft would have written.
    let mut left = LIMIT;
    for entry in names {
        let path = folder.join(&entry.name).map_err(Unfit::from)?;
        if is_of_kernel(&entry.name) && is_file(guest, &path)? {
            let size = guest.lstat(&path)?.size;
            if size > IMAGE_MAX.min(left) {
                continue;
            }
            left -= size;
            let sha256 = digest(guest, &path, size)?;
            files.push(KernelFile { path, size, sha256 });
        }
    }
    Ok(files)
}

/// Differences between a guest and the record of its kernel.
pub(in crate::graft) fn differences(
    guest: &mut dyn Guest,
    done: &KernelReceipt,
) -> Result<Vec<Finding>, GraftError> {
    let mut found = Vec::new();
    let custom = &done.custom;
    let block = content(guest, &custom.path)?;
    match block.as_deref().map(|text| (text, loader::find(text))) {
        None => found.push(gone(&custom.path, "")),
        Some((_, Ok(None))) => found.push(gone(&custom.path, ": osgraft's entry in it")),
        Some((text, Ok(Some(place)))) if sha256(&text[place.clone()]) == custom.sha256 => {}
        Some(_) => found.push(edited(&custom.path, "run osgraft prepare")),
    }
    for file in &done.files {
        match state(guest, file)? {
            State::Intact => {}
            State::Gone => found.push(gone(&file.path, "")),
            State::Altered => found.push(altered(&file.path, "")),
        }
    }
    Ok(found)
}

pub(super) enum State {
    Intact,
    Gone,
    Altered,
}

/// State of a file in a guest, by its digest.
pub(super) fn state(guest: &mut dyn Guest, file: &KernelFile) -> Result<State, GuestError> {
    let found = match guest.lstat(&file.path) {
        Err(GuestError::NotFound(_) | GuestError::NotADirectory(_)) => return Ok(State::Gone),
        found => found?,
    };
    if found.kind != FileKind::File || found.size != file.size {
        return Ok(State::Altered);
    }
    Ok(match digest(guest, &file.path, file.size)? == file.sha256 {
        true => State::Intact,
        false => State::Altered,
    })
}

/// SHA-256 of the first bytes of a file.
fn digest(guest: &mut dyn Guest, path: &GuestPath, size: u64) -> Result<String, GuestError> {
    let (mut digest, mut at) = (Sha256::new(), 0);
    while at < size {
        let part = guest.read_at(path, at, MAX_READ)?;
        if part.is_empty() {
            break;
        }
        digest.update(&part);
        at += part.len() as u64;
    }
    Ok(hex(&digest.finalize()))
}

/// Content of a configuration; `None` where it is not there, or is no regular file.
pub(super) fn content(
    guest: &mut dyn Guest,
    path: &GuestPath,
) -> Result<Option<Vec<u8>>, GuestError> {
    match is_file(guest, path)? {
        true => guest.read(path, TEXT_MAX).map(Some),
        false => Ok(None),
    }
}

pub(super) fn is_file(guest: &mut dyn Guest, path: &GuestPath) -> Result<bool, GuestError> {
    match guest.lstat(path) {
        Err(GuestError::NotFound(_) | GuestError::NotADirectory(_)) => Ok(false),
        found => Ok(found?.kind == FileKind::File),
    }
}

pub(super) fn gone(path: &GuestPath, then: &str) -> Finding {
    Finding::new(
        "child-boot-gone",
        format!("{path} is gone from the guest{then}"),
    )
}

pub(super) fn altered(path: &GuestPath, then: &str) -> Finding {
    let text = format!("{path} is not the file that osgraft wrote{then}");
    Finding::new("child-boot-altered", text)
}

pub(super) fn edited(path: &GuestPath, then: &str) -> Finding {
    let text = format!("{path}: osgraft's entry is not what was written; {then}");
    Finding::new("child-boot-edited", text)
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
