//! Puts a new text in a file's place, whole or not at all.

use std::ffi::CStr;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{OFlags, XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr};
use rustix::io::Errno;

use super::lock::{Lock, beside};
use crate::path::escape;

/// Largest extended attribute, and largest list of their names (xattr(7)).
const XATTR_MAX: usize = 64 * 1024;

/// Attribute in which Linux keeps a POSIX access list (acl(5)).
const ACCESS_LIST: &CStr = c"system.posix_acl_access";

/// A step of replacing a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WriteStep {
    /// Finding the file behind links.
    Resolve,
    /// Taking the lock.
    Lock,
    /// Writing the new text beside the old.
    WriteNew,
    /// Giving the new file the owner, mode and extended attributes of the old.
    KeepAttributes,
    /// Bringing the new text to the disk.
    SyncNew,
    /// Putting it in place of the old.
    Rename,
    /// Bringing that to the disk.
    SyncFolder,
}

impl WriteStep {
    /// State that the file is in after it failed, and what to do.
    pub(crate) fn state(self) -> &'static str {
        match self {
            Self::SyncFolder => "the new text is in place but a power cut may undo it",
            Self::Lock => "allow writing there; nothing was changed",
            Self::WriteNew | Self::SyncNew => {
                "make room or allow writing there; nothing was changed"
            }
            _ => "correct that and repeat; nothing was changed",
        }
    }
}

impl fmt::Display for WriteStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "find the file",
            Self::Lock => "take the lock in its folder",
            Self::WriteNew => "write the new text in its folder",
            Self::KeepAttributes => "keep owner, mode and extended attributes",
            Self::SyncNew => "sync the new text to the disk",
            Self::Rename => "put the new text in place",
            Self::SyncFolder => "sync its folder to the disk",
        })
    }
}

/// The file that a path leads to.
pub(crate) enum Target {
    /// It is there.
    Existing(PathBuf),
    /// Its folder is there.
    Missing(PathBuf),
    /// Not even its folder is there.
    NoFolder,
    /// A symbolic link that leads nowhere.
    Dangling,
}

/// Follows symbolic links, so that an edit changes what a link leads to and not the link.
pub(crate) fn resolve(path: &Path) -> io::Result<Target> {
    match fs::canonicalize(path) {
        Ok(target) => Ok(Target::Existing(target)),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Err(_) if fs::symlink_metadata(path).is_ok() => Ok(Target::Dangling),
        Err(_) => {
            let Some(name) = path.file_name() else {
                return Ok(Target::NoFolder);
            };
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            match fs::canonicalize(folder.unwrap_or(Path::new("."))) {
                Ok(folder) => Ok(Target::Missing(folder.join(name))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Target::NoFolder),
                Err(error) => Err(error),
            }
        }
    }
}

/// The file that a path leads to, which is there or can be made.
///
/// # Errors
/// The host's; of a folder that is missing and of a link that leads nowhere one that names them.
pub(crate) fn resolve_file(path: &Path) -> io::Result<PathBuf> {
    let text = match resolve(path)? {
        Target::Existing(target) | Target::Missing(target) => return Ok(target),
        Target::NoFolder => {
            let folder = path.parent().unwrap_or(path);
            format!(
                "the folder {} does not exist: make it (mkdir -p), or name a file elsewhere",
                escape(folder.as_os_str().as_bytes())
            )
        }
        Target::Dangling => {
            let target = fs::read_link(path).unwrap_or_default();
            format!(
                "it is a symbolic link to {}, where nothing is: make that file, or remove the link",
                escape(target.as_os_str().as_bytes())
            )
        }
    };
    Err(io::Error::new(io::ErrorKind::NotFound, text))
}

/// Replaces `target`, or makes it with mode 0644. Who reads meanwhile sees the old text or the
/// new one. A failure before the last step leaves the old one in place.
///
/// The lock is what makes the fixed name of the new file safe: nobody else writes there, and what
/// a killed process left under that name is replaced by the next edit.
pub(crate) fn replace(
    _lock: &Lock,
    target: &Path,
    text: impl AsRef<[u8]>,
) -> Result<(), (WriteStep, io::Error)> {
    let new = beside(target, ".new");
    let written = write_beside(target, &new, text.as_ref())
        .and_then(|()| fs::rename(&new, target).map_err(at(WriteStep::Rename)));
    if written.is_err() {
        // The error to tell is the first one; a leftover is replaced by the next edit.
        let _ = fs::remove_file(&new);
        return written;
    }
    let folder = target.parent().unwrap_or(Path::new("/"));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(at(WriteStep::SyncFolder))
}

fn write_beside(target: &Path, new: &Path, text: &[u8]) -> Result<(), (WriteStep, io::Error)> {
    let mut file = create(new).map_err(at(WriteStep::WriteNew))?;
    file.write_all(text).map_err(at(WriteStep::WriteNew))?;
    keep_attributes(target, &file).map_err(at(WriteStep::KeepAttributes))?;
    file.sync_all().map_err(at(WriteStep::SyncNew))
}

fn at(step: WriteStep) -> impl FnOnce(io::Error) -> (WriteStep, io::Error) {
    move |error| (step, error)
}

fn create(new: &Path) -> io::Result<File> {
    match fs::remove_file(new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(new)
}

fn keep_attributes(target: &Path, new: &File) -> io::Result<()> {
    let old = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(target);
    let old = match old {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return new.set_permissions(fs::Permissions::from_mode(0o644));
        }
        Err(error) => return Err(error),
    };
    let (was, is) = (old.metadata()?, new.metadata()?);
    if (was.uid(), was.gid()) != (is.uid(), is.gid()) {
        fchown(new, Some(was.uid()), Some(was.gid()))?;
    }
    // What the folder's default access list put there would widen the mode that comes next.
    match fremovexattr(new, ACCESS_LIST) {
        Ok(()) | Err(Errno::NODATA | Errno::NOTSUP) => {}
        Err(error) => return Err(error.into()),
    }
    // After the owner, whose change clears set-id bits; before the access list, which the group
    // bits of the mode are a part of.
    new.set_permissions(fs::Permissions::from_mode(was.mode() & 0o7777))?;
    keep_xattrs(&old, new)
}

fn keep_xattrs(old: &File, new: &File) -> io::Result<()> {
    let mut names = vec![0; XATTR_MAX];
    let len = match flistxattr(old, &mut names[..]) {
        Ok(len) => len,
        Err(Errno::NOTSUP) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for name in names[..len].split_inclusive(|byte| *byte == 0) {
        let name = CStr::from_bytes_with_nul(name).map_err(|_| io::ErrorKind::InvalidData)?;
        let Some(value) = xattr(old, name)? else {
            continue;
        };
        // A label that the new file has by inheritance may not be ours to set.
        if xattr(new, name)?.as_ref() != Some(&value) {
            fsetxattr(new, name, &value, XattrFlags::empty())?;
        }
    }
    Ok(())
}

fn xattr(file: &File, name: &CStr) -> io::Result<Option<Vec<u8>>> {
    let mut value = vec![0; XATTR_MAX];
    match fgetxattr(file, name, &mut value[..]) {
        Ok(len) => {
            value.truncate(len);
            Ok(Some(value))
        }
        Err(Errno::NODATA) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
