//! Files of a guest that may be edited in place, and the changes that do it.

use super::change::{Change, Owner};
use super::files::{Files, Found, OldFile};
use super::flaw::Flaw;
use super::told::Part;
use crate::path::GuestPath;

/// The regular file that stands at a path or behind the link there, if it may be edited.
///
/// # Errors
/// [`Flaw`]: something else is there, or an edit in place would reach further than this name.
pub(super) fn editable<'a>(files: &'a Files, path: &str) -> Result<Option<&'a OldFile>, Flaw> {
    let file = match files.at(path) {
        None => return Ok(None),
        Some(Found::File(file)) => file,
        Some(Found::Link {
            file: Some(file), ..
        }) => file,
        Some(Found::Link { target, file: None }) => {
            return Err(Flaw::new(
                "identity-place-link",
                format!(
                    "{path} is a link to {}, where no file is: make it a plain file in the master",
                    crate::path::escape(target)
                ),
            ));
        }
        Some(_) => {
            return Err(Flaw::new(
                "identity-place-kind",
                format!("{path} is no plain file: make it one in the master"),
            ));
        }
    };
    let path = literal(path);
    if file.has_other_names {
        return Err(Flaw::at(
            "identity-place-hard-link",
            &path,
            "the file has other names (hard links), which an edit would change as well: make it a file of its own in the master",
        ));
    }
    if file.is_immutable {
        return Err(Flaw::at(
            "identity-place-immutable",
            &path,
            "the file is immutable or append-only: run “chattr -i -a” on it in the master",
        ));
    }
    Ok(Some(file))
}

/// Puts this content at a path: a file that is there is rewritten where it differs, and one that is
/// missing is made.
pub(super) fn put(
    part: &mut Part,
    files: &Files,
    path: &str,
    content: &[u8],
    new: Owner,
) -> Result<(), Flaw> {
    let is_there = editable(files, path)?.is_some_and(|file| file.content == content);
    if !is_there {
        part.changes.push(Change::file(path, content, new));
    }
    Ok(())
}

/// Moves aside what stands at a path, if anything does.
///
/// # Errors
/// [`Flaw`]: a directory or a special file is there, or the file cannot be moved.
pub(super) fn put_aside(part: &mut Part, files: &Files, path: &str) -> Result<bool, Flaw> {
    match files.at(path) {
        None => return Ok(false),
        Some(Found::Link { .. }) => {}
        Some(Found::File(file)) if !file.is_immutable => {}
        Some(_) => {
            editable(files, path)?;
        }
    }
    let path = literal(path);
    part.changes.push(Change::Aside { path });
    Ok(true)
}

/// A private key that is written. Its content is never shown.
pub(super) fn secret(path: &str, content: Vec<u8>, new: Owner) -> Change {
    Change::Write {
        path: literal(path),
        content,
        new,
        is_secret: true,
    }
}

/// A guest's path as [`Files`] has it. Names that the guest chose hold no backslash escape that is not
/// one, for they were printed from a path.
pub(super) fn literal(path: &str) -> GuestPath {
    path.parse().expect("a guest path in its text form")
}
