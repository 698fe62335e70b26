//! Attributes of an inode beside its content: owner, mode, label, capabilities, times, flags.

use super::error::ApplianceError;
use super::explain::{broken, explain, is_absent};
use super::tree::Tree;
use crate::guest::{Attributes, FileKind, GuestError};
use crate::path::GuestPath;

const LABEL: &str = "security.selinux";

impl Tree {
    /// True where the immutable or append-only flag is set (chattr(1)); false where a file system has
    /// none.
    pub(super) fn is_fixed(
        &mut self,
        path: &GuestPath,
        kind: FileKind,
    ) -> Result<bool, GuestError> {
        if !matches!(kind, FileKind::File | FileKind::Directory) {
            return Ok(false);
        }
        if let Some(fixed) = self.seen.fixed.get(path) {
            return Ok(*fixed);
        }
        let name = path.as_bytes().to_vec();
        let fixed = match self.owner.call("get_e2attrs", move |g| g.get_e2attrs(name)) {
            Ok(flags) => flags.iter().any(|flag| matches!(flag, b'i' | b'a')),
            Err(ApplianceError::Call(_)) => false,
            Err(error) => return Err(broken(path, error)),
        };
        self.seen.fixed.insert(path.clone(), fixed);
        Ok(fixed)
    }

    /// That the flags of what is there let it be changed.
    pub(super) fn check_changeable(
        &mut self,
        path: &GuestPath,
        kind: FileKind,
    ) -> Result<(), GuestError> {
        if self.is_fixed(path, kind)? {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "what is marked immutable or append-only",
            });
        }
        Ok(())
    }

    /// Owner, then mode (a change of owner clears set-uid), label and time of something new.
    pub(super) fn dress(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        let name = path.as_bytes().to_vec();
        self.change(path, "chown", move |g| {
            g.lchown(new.uid as i32, new.gid as i32, name.as_slice())?;
            g.chmod((new.mode & 0o7777) as i32, name)
        })?;
        self.seen.fixed.insert(path.clone(), false);
        self.inherit_label(path)?;
        self.date(path)
    }

    /// Gives something new its directory's label, to the byte.
    pub(super) fn inherit_label(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        let parent = path.parent().unwrap_or_else(GuestPath::root);
        let label = match self.seen.labels.get(&parent) {
            Some(label) => label.clone(),
            None => {
                let label = self.label_of(&parent)?;
                self.seen.labels.insert(parent, label.clone());
                label
            }
        };
        let Some(label) = label else {
            return Ok(());
        };
        if label.strip_suffix(b"\0").unwrap_or(&label).contains(&0) {
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what: "a directory whose label has a NUL byte in it",
            });
        }
        self.put_label(path, label)
    }

    /// The label of what is there.
    pub(super) fn label_of(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        self.attribute(path, LABEL)
    }

    pub(super) fn put_label(&mut self, path: &GuestPath, label: Vec<u8>) -> Result<(), GuestError> {
        let name = path.as_bytes().to_vec();
        self.change(path, "lsetxattr", move |g| g.lsetxattr(LABEL, &label, name))
    }

    pub(super) fn date(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        let (name, time) = (path.as_bytes().to_vec(), self.time);
        self.change(path, "utimens", move |g| g.utimens(name, time, 0, time, 0))
    }

    /// A file's capabilities as text (cap_from_text(3)), since no call sets an attribute with a
    /// NUL byte inside; none also where the file system has no attributes.
    pub(super) fn capabilities(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        let name = path.as_bytes().to_vec();
        let found = self
            .owner
            .call("cap_get_file", move |g| g.cap_get_file(name));
        match found {
            Err(ApplianceError::Call(failure)) if is_absent(&failure) => Ok(Vec::new()),
            capabilities => capabilities.map_err(|error| explain(path, error)),
        }
    }

    /// An extended attribute's value; none also where the file system has no attributes.
    fn attribute(
        &mut self,
        path: &GuestPath,
        attribute: &'static str,
    ) -> Result<Option<Vec<u8>>, GuestError> {
        let name = path.as_bytes().to_vec();
        let found = self
            .owner
            .call("lgetxattr", move |g| g.lgetxattr(name, attribute));
        match found {
            Ok(value) => Ok(Some(value)),
            Err(ApplianceError::Call(failure)) if is_absent(&failure) => Ok(None),
            Err(error) => Err(explain(path, error)),
        }
    }
}
