//! A guest in an appliance.

use super::device;
use super::error::ApplianceError;
use super::kvm::Kvm;
use super::launch::{Launched, launch};
use super::root::{self, ApplianceRoot};
use super::settings::Settings;
use super::tree::Tree;
use super::workspace::Workspace;
use crate::editor::KernelRoot;
use crate::editor::partition::{PartitionType, partitions};
use crate::guest::{Attributes, DirEntry, Guest, GuestError, Metadata};
use crate::image::{OpenChild, Redo};
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
    /// Before the workspace: QEMU ends before its files go.
    tree: Tree,
    workspace: Workspace,
    root: ApplianceRoot,
    kvm: Kvm,
    change_limit: u64,
}

impl ApplianceGuest {
    /// Starts an appliance, finds the guest's root, and mounts the guest for writing; `time` is
    /// that of what is made, in seconds since 1970.
    ///
    /// Takes from seconds to a minute. Other readers of the child are
    /// [admitted](OpenChild::admit_readers) from then on.
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
        let typed = typed_root(child);
        let Launched {
            owner,
            workspace,
            kvm,
        } = launch(child, settings)?;
        let mut tree = Tree::new(owner, time);
        tree.writable = writable;
        let root = root::mount(&mut tree, typed.as_deref(), settings.passphrase.as_ref())?;
        Ok(Self {
            tree,
            workspace,
            root,
            kvm,
            change_limit: settings.change_limit,
        })
    }

    /// Where the root lies and what is mounted below it.
    pub fn root(&self) -> &ApplianceRoot {
        &self.root
    }

    /// Whether the root is the one that a kernel command line names.
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

    /// What is known of the host's KVM, and so whether the appliance runs without.
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
}

/// The partition that alone has the type GUID of a root, as the appliance names it. A table that
/// cannot be read says nothing.
fn typed_root(child: &OpenChild) -> Option<String> {
    let mut scratch = child.scratch().ok()?;
    let layout = partitions(&mut scratch).ok()?;
    let mut typed = layout.partitions.iter().filter(|partition| {
        matches!(partition.kind, PartitionType::Guid(guid) if guid.root_name().is_some())
    });
    let only = typed.next().filter(|_| typed.next().is_none())?;
    Some(format!("/dev/sda{}", only.number))
}

impl Guest for ApplianceGuest {
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        self.tree.lstat(path)
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        self.tree.read(path, limit)
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        self.tree.read_link(path)
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        self.tree.read_dir(path)
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
}
