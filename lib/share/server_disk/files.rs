//! Files of a server's configuration, as edits of its guest.

use super::error::ServerDiskError;
use crate::edit::Edit;
use crate::guest::{FileKind, Guest, Resolved, resolve, resolve_parent};
use crate::path::GuestPath;
use crate::share::ShareError;

/// First words of each file that is osgraft's alone.
pub(super) const OURS: &str = "# Made by osgraft";
/// Largest file that is read.
const MAX: u64 = 1 << 20;

/// Edits that are done as they are told.
pub(super) struct Files<'a> {
    guest: &'a mut dyn Guest,
    pub(super) edits: Vec<Edit>,
}

impl<'a> Files<'a> {
    pub(super) fn of(guest: &'a mut dyn Guest) -> Self {
        let edits = Vec::new();
        Self { guest, edits }
    }

    /// Makes a file that is osgraft's alone.
    pub(super) fn own(&mut self, path: &str, text: &str) -> Result<(), ShareError> {
        self.change(path, |old| match old {
            Some(old) if !old.starts_with(OURS) => Err("a file of the guest's own"),
            _ => Ok(format!("{OURS}.\n{text}")),
        })
    }

    /// Changes a file, or makes it.
    pub(super) fn change(
        &mut self,
        path: &str,
        with: impl FnOnce(Option<&str>) -> Result<String, &'static str>,
    ) -> Result<(), ShareError> {
        let path = literal(path);
        let at = resolve(self.guest, &path)?;
        let taken = |what| ServerDiskError::Taken {
            path: at.path.clone(),
            what,
        };
        let before = match at.kind() {
            None => None,
            Some(FileKind::File) => Some(self.guest.read(&at.path, MAX)?),
            Some(kind) => return Err(taken(kind.as_str()).into()),
        };
        let old = before.as_deref().map(str::from_utf8).transpose();
        let old = old.map_err(|_| taken("a file that is not UTF-8"))?;
        let new = with(old).map_err(taken)?;
        if old == Some(&*new) {
            return Ok(());
        }
        self.make_folders(&at)?;
        self.edit(Edit::write(at.path, before, new.into_bytes(), 0o644))
    }

    /// Makes a link, unless a link has its name already.
    pub(super) fn link(&mut self, path: &str, target: &GuestPath) -> Result<(), ShareError> {
        let at = resolve_parent(self.guest, &literal(path))?;
        match at.kind() {
            None => {
                self.make_folders(&at)?;
                self.edit(Edit::symlink(at.path, target))
            }
            Some(FileKind::Symlink) => Ok(()),
            Some(kind) => {
                let (path, what) = (at.path, kind.as_str());
                Err(ServerDiskError::Taken { path, what }.into())
            }
        }
    }

    /// Makes the folders above a place.
    fn make_folders(&mut self, at: &Resolved) -> Result<(), ShareError> {
        let above = std::iter::successors(at.path.parent(), GuestPath::parent);
        let missing = at.missing.len().saturating_sub(1);
        let mut folders: Vec<GuestPath> = above.take(missing).collect();
        folders.reverse();
        for folder in folders {
            self.edit(Edit::make_directory(folder))?;
        }
        Ok(())
    }

    fn edit(&mut self, edit: Edit) -> Result<(), ShareError> {
        edit.apply(self.guest)?;
        self.edits.push(edit);
        Ok(())
    }
}

/// A path that this room spells.
pub(super) fn literal(path: &str) -> GuestPath {
    path.parse().expect("a guest path of this room's own")
}
