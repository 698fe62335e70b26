//! A new file that appears whole or not at all.

use std::path::Path;
use std::time::Duration;

use super::error::ImageError;
use super::file::{Access, Host, HostFile};
use super::lock;
use super::walk::{self, folder_of};
use crate::host::beside;

/// Makes a file by `write`, which also syncs it; an inner error keeps the file from appearing. It has no name until it is written, or a hidden one
/// where the file system cannot do that.
pub(super) fn make<T, E>(
    host: &Host,
    path: &Path,
    write: impl FnOnce(&HostFile) -> Result<Result<T, E>, ImageError>,
) -> Result<Result<T, E>, ImageError> {
    // For root a link of another user on the way could lead into any folder.
    let folder = folder_of(path);
    walk::named(&folder)?;
    if path.symlink_metadata().is_ok() {
        return Err(ImageError::Exists(path.to_owned()));
    }
    let made = match host.create_unnamed(&folder, path, 0o644)? {
        Some(file) => {
            let made = write(&file)?;
            if made.is_ok() {
                host.link_unnamed(&file)?;
            }
            made
        }
        None => {
            let temporary = beside(path, ".osgraft-new");
            let file = claim_temporary(host, &temporary)?;
            let done = write(&file).and_then(|made| {
                match made {
                    Ok(_) => host.rename_new(&temporary, path)?,
                    Err(_) => host.remove(&temporary)?,
                }
                Ok(made)
            });
            match done {
                Ok(made) => made,
                // Best effort: should this fail too, the next file of this name claims it.
                Err(error) => return Err(host.remove(&temporary).err().unwrap_or(error)),
            }
        }
    };
    host.sync_folder(&folder)?;
    Ok(made)
}

/// Makes the temporary file, in place of one that a killed call left behind.
fn claim_temporary(host: &Host, path: &Path) -> Result<HostFile, ImageError> {
    let file = match host.create_new(path) {
        Err(ImageError::Exists(_)) => {
            let stale = host.open_itself(path, Access::Write)?;
            lock::lock_own(&stale, Duration::ZERO)?;
            host.remove(path)?;
            host.create_new(path)?
        }
        made => made?,
    };
    lock::lock_own(&file, Duration::ZERO)?;
    Ok(file)
}
