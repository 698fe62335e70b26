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
            target,
            file: Some(file),
        }) if !is_volatile(target) => file,
        Some(Found::Link { target, .. }) => {
            return Err(Flaw::new(
                "identity-place-link",
                format!(
                    "{path} is a link to {}, where no file stays: make it a plain file in the master",
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

/// True for the target of a link into a folder that is empty at each boot.
fn is_volatile(target: &[u8]) -> bool {
    let folders: [&[u8]; 5] = [b"run/", b"var/run/", b"tmp/", b"dev/shm/", b"proc/"];
    let mut path = target;
    while let Some(rest) = path
        .strip_prefix(b"../")
        .or_else(|| path.strip_prefix(b"/"))
    {
        path = rest;
    }
    let is_relative = path.len() == target.len();
    !is_relative && folders.iter().any(|folder| path.starts_with(folder))
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
    if files.content(path) != Some(content) {
        editable(files, path)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(found: Found) -> Option<&'static str> {
        let mut files = Files::default();
        files.insert(literal("/etc/hostname"), found);
        editable(&files, "/etc/hostname")
            .err()
            .map(|flaw| flaw.code())
    }

    #[test]
    fn a_link_may_lead_to_a_file_that_stays() {
        let link = |target: &str, file: Option<OldFile>| {
            let target = target.into();
            code_of(Found::Link { target, file })
        };
        let file = Some(OldFile::of("x"));
        assert_eq!(link("/data/hostname", file.clone()), None);
        assert_eq!(link("run/hostname", file.clone()), None);
        assert_eq!(
            link("/run/hostname", file.clone()),
            Some("identity-place-link")
        );
        assert_eq!(link("../run/hostname", file), Some("identity-place-link"));
        assert_eq!(link("/data/hostname", None), Some("identity-place-link"));
    }

    #[test]
    fn a_file_with_other_names_an_immutable_one_and_a_folder_are_refused() {
        let linked = OldFile {
            has_other_names: true,
            ..OldFile::of("x")
        };
        let immutable = OldFile {
            is_immutable: true,
            ..OldFile::of("x")
        };
        assert_eq!(code_of(Found::File(OldFile::of("x"))), None);
        assert_eq!(
            code_of(Found::File(linked)),
            Some("identity-place-hard-link")
        );
        assert_eq!(
            code_of(Found::File(immutable)),
            Some("identity-place-immutable")
        );
        assert_eq!(code_of(Found::Directory), Some("identity-place-kind"));
        assert_eq!(code_of(Found::Other), Some("identity-place-kind"));
    }
}
