//! Files and folders of a hypervisor, changed as a whole or not at all.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::error::InstallError;

/// Content of a file's name. A link that leads nowhere is something too.
#[derive(Debug)]
pub(super) enum There {
    Nothing,
    Text(Vec<u8>),
}

pub(super) fn look(path: &Path) -> Result<There, InstallError> {
    match fs::read(path) {
        Ok(text) => Ok(There::Text(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match path.is_symlink() {
            true => Ok(There::Text(Vec::new())),
            false => Ok(There::Nothing),
        },
        Err(error) => Err(io_error("read", path)(error)),
    }
}

/// True if it is a file that a hypervisor would run.
pub(super) fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Puts an executable file in place, at once.
pub(super) fn write(path: &Path, text: &str) -> Result<(), InstallError> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let write = || -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file()
            .set_permissions(Permissions::from_mode(0o755))?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(io_error("write", path))
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), InstallError> {
    fs::rename(from, to).map_err(io_error("move aside", from))
}

pub(super) fn remove(path: &Path) -> Result<(), InstallError> {
    fs::remove_file(path).map_err(io_error("remove", path))
}

/// Makes a folder; whether it was missing.
pub(super) fn make_folder(path: &Path) -> Result<bool, InstallError> {
    match fs::create_dir(path) {
        Ok(()) => {
            fs::set_permissions(path, Permissions::from_mode(0o755))
                .map_err(io_error("make", path))?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(io_error("make", path)(error)),
    }
}

/// Removes a folder that is empty; one that has been used since stays.
pub(super) fn remove_folder(path: &Path) -> Result<(), InstallError> {
    match fs::remove_dir(path) {
        Ok(()) => Ok(()),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotFound
            ) =>
        {
            Ok(())
        }
        Err(error) => Err(io_error("remove", path)(error)),
    }
}

/// The files of a folder; none of one that is missing.
pub(super) fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn io_error<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl FnOnce(io::Error) -> InstallError + 'a {
    move |source| InstallError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}
