//! An export in its server's configuration.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::error::ServeError;
use super::export::{Export, NfsServer};
use crate::host::{Lock, LockError, WriteStep, replace};
use crate::path::escape;

/// Time that another call on the file is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Beginning of the line above each export.
const MARK: &str = "# osgraft: ";

/// An export that is configured.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Installed {
    /// True where the file changed.
    pub changed: bool,
    /// The file.
    #[serde(serialize_with = "shown")]
    pub file: PathBuf,
}

fn shown<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&escape(path.as_os_str().as_encoded_bytes()))
}

/// Writes an export into the configuration of a server below `etc`. Exports of other folders stay.
///
/// # Errors
/// [`ServeError`].
pub fn install(export: &Export, server: NfsServer, etc: &Path) -> Result<Installed, ServeError> {
    let file = etc.join(server.file());
    let folder = file.parent().unwrap_or(etc);
    // exports.d is part of the server's package, and not of every version of it.
    let is_known = match server {
        NfsServer::Kernel => etc.is_dir() && make(folder).is_ok(),
        NfsServer::Ganesha => folder.is_dir(),
    };
    if !is_known {
        return Err(ServeError::NotInstalled {
            folder: folder.to_owned(),
            package: server.package(),
        });
    }
    let held = Lock::take(&file, PATIENCE).map_err(|error| match error {
        LockError::Held => ServeError::Busy(file.clone()),
        LockError::Io(error) => ServeError::write(&file, (WriteStep::Lock, error)),
    })?;
    let old = match std::fs::read_to_string(&file) {
        Ok(old) => old,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(ServeError::write(&file, (WriteStep::Resolve, error))),
    };
    let new = with_export(
        &old,
        &export.folder().to_string_lossy(),
        &export.text(server),
    );
    let changed = new != old;
    if changed {
        replace(&held, &file, &new).map_err(|failed| ServeError::write(&file, failed))?;
    }
    Ok(Installed { changed, file })
}

fn make(folder: &Path) -> std::io::Result<()> {
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// A configuration with an export in the place of the one that the same folder had.
pub(in crate::share) fn with_export(old: &str, folder: &str, text: &str) -> String {
    let mark = format!("{MARK}{folder}");
    let mut new = String::new();
    let mut is_ours = false;
    let mut is_put = false;
    for line in old.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        if bare.starts_with(MARK) {
            is_ours = bare == mark;
            if is_ours && !is_put {
                new.push_str(&format!("{mark}\n{text}"));
                is_put = true;
            }
        }
        if !is_ours {
            new.push_str(line);
        }
    }
    if !is_put {
        if !new.is_empty() && !new.ends_with('\n') {
            new.push('\n');
        }
        new.push_str(&format!("{mark}\n{text}"));
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_takes_the_place_of_the_folders_own_and_of_no_other() {
        let one = with_export("", "/a", "a1\n");
        assert_eq!(one, "# osgraft: /a\na1\n");
        let two = with_export(&one, "/ab", "b1\nb2\n");
        assert_eq!(two, "# osgraft: /a\na1\n# osgraft: /ab\nb1\nb2\n");
        assert_eq!(
            with_export(&two, "/a", "a2\n"),
            "# osgraft: /a\na2\n# osgraft: /ab\nb1\nb2\n"
        );
        assert_eq!(
            with_export(&two, "/ab", "b3\n"),
            "# osgraft: /a\na1\n# osgraft: /ab\nb3\n"
        );
        assert_eq!(
            with_export("# mine", "/a", "a1\n"),
            "# mine\n# osgraft: /a\na1\n"
        );
    }

    #[test]
    fn a_second_installation_changes_nothing() {
        let etc = tempfile::tempdir().unwrap();
        let export = Export::of_absolute("/srv/a".into(), &[]).unwrap();
        let first = install(&export, NfsServer::Kernel, etc.path()).unwrap();
        assert!(first.changed);
        assert_eq!(first.file, etc.path().join("exports.d/osgraft.exports"));
        let text = std::fs::read_to_string(&first.file).unwrap();
        assert_eq!(
            text,
            format!("# osgraft: /srv/a\n{}", export.text(NfsServer::Kernel))
        );
        assert!(
            !install(&export, NfsServer::Kernel, etc.path())
                .unwrap()
                .changed
        );
        let missing = install(&export, NfsServer::Ganesha, etc.path()).unwrap_err();
        assert_eq!(missing.code(), "serve-not-installed");
        std::fs::create_dir(etc.path().join("ganesha")).unwrap();
        assert!(
            install(&export, NfsServer::Ganesha, etc.path())
                .unwrap()
                .changed
        );
    }
}
