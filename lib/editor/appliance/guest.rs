//! A guest in an appliance.

use std::ops::Range;

use super::device;
use super::disk::Disk;
use super::error::ApplianceError;
use super::export::Export;
use super::kvm::Kvm;
use super::launch::{Launched, launch};
use super::root::{self, ApplianceRoot};
use super::settings::Settings;
use super::tree::Tree;
use super::workspace::Workspace;
use crate::editor::{Bar, KernelRoot};
use crate::guest::{Attributes, DirEntry, Guest, GuestError, Metadata, Page, Time};
use crate::image::{OpenChild, Redo, Scratch};
use crate::path::{GuestPath, escape};

/// A [`Guest`] in a libguestfs appliance of its own, on a temporary overlay of its disk.
///
/// The disk itself is only ever read. Dropped, everything is ended and removed, and nothing of the
/// edit is left.
///
/// A file that is there is written in place. New files and directories take the time that was
/// given, but for the inode's own change time, which no call can set; links take the appliance's
/// clock.
#[derive(Debug)]
pub struct ApplianceGuest {
    /// First: QEMU ends before its disk and its files go.
    tree: Tree,
    _export: Export,
    workspace: Workspace,
    root: ApplianceRoot,
    bar: Option<Bar>,
    kvm: Kvm,
    change_limit: u64,
}

impl ApplianceGuest {
    /// Starts an appliance, finds the guest's root, and mounts the guest for writing; `time` is
    /// that of what is made, in seconds since 1970. A guest with a [`bar`](Self::bar) fails every
    /// change.
    ///
    /// Takes from seconds to a minute.
    ///
    /// # Errors
    /// [`ApplianceError`].
    pub fn open(child: &OpenChild, settings: &Settings, time: i64) -> Result<Self, ApplianceError> {
        Self::start(child, settings, time, true)
    }

    /// The same for reading. What a journal holds is recovered all the same, in the overlay.
    ///
    /// # Errors
    /// [`ApplianceError`].
    pub fn open_read_only(child: &OpenChild, settings: &Settings) -> Result<Self, ApplianceError> {
        Self::start(child, settings, 0, false)
    }

    fn start(
        child: &OpenChild,
        settings: &Settings,
        time: i64,
        writable: bool,
    ) -> Result<Self, ApplianceError> {
        let disk = Disk::look(child)?;
        let Launched {
            owner,
            export,
            workspace,
            kvm,
        } = launch(child, settings)?;
        let mut tree = Tree::new(owner, time);
        tree.writable = writable;
        let (root, bar) = root::mount(&mut tree, &disk, settings.passphrase.as_ref())?;
        tree.writable &= bar.is_none();
        Ok(Self {
            tree,
            _export: export,
            workspace,
            root,
            bar,
            kvm,
            change_limit: settings.change_limit,
        })
    }

    /// Place of the root, and what is mounted below it.
    pub fn root(&self) -> &ApplianceRoot {
        &self.root
    }

    /// Reason why the guest may be read and not be changed, whatever it was opened for.
    pub fn bar(&self) -> Option<&Bar> {
        self.bar.as_ref()
    }

    /// True where the root is the one that a kernel command line names.
    ///
    /// # Errors
    /// [`ApplianceError`].
    pub fn has_root(&mut self, wanted: &KernelRoot) -> Result<bool, ApplianceError> {
        let shown = self.root.device.clone();
        let (path, subvolume) = match shown.split_once(" subvolume ") {
            Some((path, subvolume)) => (path, Some(subvolume)),
            None => (&*shown, None),
        };
        if wanted
            .wanted_subvolume()
            .map(|name| escape(name.as_bytes()))
            .as_deref()
            != subvolume
        {
            return Ok(false);
        }
        match wanted.spec() {
            Some(spec) => device::is_meant(&mut self.tree.owner, path, spec.as_bytes()),
            None => Ok(path.starts_with("/dev/md")),
        }
    }

    /// Knowledge of the host's KVM, and so whether the appliance runs without.
    pub fn kvm(&self) -> Kvm {
        self.kvm
    }

    /// Ends the appliance and takes the edit as a value: the 4 KiB blocks that differ from the
    /// child's. Without any change made through this seam it is empty, whatever mounting did.
    ///
    /// # Errors
    /// [`ApplianceError`], when the guest cannot be unmounted cleanly, or the overlay not be read.
    pub fn finish(mut self, child: &OpenChild) -> Result<Redo, ApplianceError> {
        let mut scratch = child.scratch()?;
        if self.tree.touched {
            self.tree.owner.call("umount_all", |g| g.umount_all())?;
            self.tree.owner.call("shutdown", |g| g.shutdown())?;
            scratch.take_over(&self.workspace.overlay(), self.change_limit)?;
        }
        Ok(scratch.finish()?)
    }

    /// Gives the free blocks of every mounted file system back, ends the appliance, and takes the edited
    /// disk as a view of it, with the ranges that hold nothing. It was started with
    /// [`Settings::discards`].
    ///
    /// # Errors
    /// As for [`finish`](Self::finish).
    pub(in crate::editor) fn finish_trimmed(
        mut self,
        child: &OpenChild,
    ) -> Result<(Scratch, Vec<Range<u64>>), ApplianceError> {
        let mut scratch = child.scratch()?;
        let mounts = self.root.mounts.iter();
        let below: Vec<Vec<u8>> = mounts.map(|(at, _)| at.as_bytes().to_vec()).collect();
        self.tree.owner.call("fstrim", |g| g.fstrim("/"))?;
        for at in below {
            match self.tree.owner.call("fstrim", move |g| g.fstrim(at)) {
                // Not every file system below the root can do that, such as FAT before Linux 4.19.
                Ok(()) | Err(ApplianceError::Call(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.tree.owner.call("umount_all", |g| g.umount_all())?;
        self.tree.owner.call("shutdown", |g| g.shutdown())?;
        let overlay = self.workspace.overlay();
        let unused = scratch.take_over_trimmed(&overlay, self.change_limit)?;
        Ok((scratch, unused))
    }
}

impl Guest for ApplianceGuest {
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        self.tree.lstat(path)
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        self.tree.read(path, limit)
    }

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        self.tree.read_start(path, len)
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        self.tree.read_link(path)
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        self.tree.read_dir(path)
    }

    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        self.tree.entries(path, after)
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        self.tree.read_at(path, offset, len)
    }

    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        self.tree.data(path)
    }

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError> {
        self.tree.write(path, content, new)
    }

    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        self.tree.mkdir(path, new)
    }

    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError> {
        self.tree.symlink(path, target)
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        self.tree.rename(from, to)
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        self.tree.remove(path)
    }

    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        self.tree.modified(path)
    }

    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError> {
        self.tree.set_modified(path, time)
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        self.tree.label(path)
    }

    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError> {
        self.tree.set_label(path, label)
    }
}
