//! A child disk, and what may be done with it under its locks.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::commit;
use super::error::ImageError;
use super::faults::Faults;
use super::file::{Access, Host, HostFile, require_regular};
use super::gate;
use super::header::{Header, incompatible};
use super::lock::{self, Role};
use super::master;
use super::masters::Masters;
use super::mended::{Mended, Recovered};
use super::open_child::OpenChild;
use super::recover;
use super::redo::Redo;
use super::refusal::Refusal;
use super::repair;
use super::scratch::Scratch;
use super::siblings::Time;
use super::tables;
use crate::host::FileId;

/// Time that a call waits for another osgraft on the same child.
const PATIENCE: Duration = Duration::from_secs(10);
/// A time before every other.
const EVER: Time = (i64::MIN, 0);

/// A child disk: a qcow2 overlay on a master, named but not open.
///
/// ```no_run
/// use osgraft::image::{Child, Masters};
/// let child = Child::open("web-7.qcow2", Masters::only("deb12.qcow2"))?;
/// let locked = child.lock()?;
/// println!("{} bytes", locked.header().virtual_size());
/// # Ok::<(), osgraft::image::ImageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Child {
    path: PathBuf,
    masters: Masters,
    /// A master is looked at like a child, but has nothing behind it.
    standalone: bool,
    /// It is edited although other images lie on it.
    forced: bool,
    /// Overlays of which nothing has changed since do not count.
    passes_left_behind: bool,
    host: Host,
}

/// A child that nobody else reads or writes, recovered and admitted by the gate. The only value
/// that commits an edit.
#[derive(Debug)]
pub struct LockedChild {
    open: OpenChild,
    mended: Mended,
    masters: Masters,
    forced: bool,
    /// Time before which a change of an overlay does not count.
    since: Time,
}

impl Child {
    /// Names a child and the masters it may have. Nothing is opened yet.
    ///
    /// # Errors
    /// [`ImageError::NotFound`], [`ImageError::NotAFile`].
    pub fn open(path: impl Into<PathBuf>, masters: impl Into<Masters>) -> Result<Self, ImageError> {
        let path = path.into();
        let metadata = std::fs::metadata(&path).map_err(|e| ImageError::open(&path, e))?;
        require_regular(&path, &metadata)?;
        Ok(Self {
            path,
            masters: masters.into(),
            standalone: false,
            forced: false,
            passes_left_behind: false,
            host: Host::default(),
        })
    }

    /// The same image, which may also be a master: one without a backing file, in any
    /// [`MasterFormat`](super::MasterFormat), to be looked at. [`lock`](Self::lock) refuses it all the same.
    ///
    /// The format is known by the first bytes. A qcow2 header always goes through the gate, so that a
    /// raw disk on which its guest wrote such a header leads to no other file than a child could.
    #[must_use]
    pub fn or_master(mut self) -> Self {
        self.standalone = true;
        self
    }

    /// The same child, to be edited although it may be the backing file of other images. Their disks
    /// break. For a child that was just made, which backs none.
    #[must_use]
    pub fn even_if_it_backs_others(mut self, even_so: bool) -> Self {
        self.forced = even_so;
        self
    }

    /// The same child, whose overlays count as left behind where nothing has changed in them since
    /// the child itself was written to: so `virsh blockcommit` leaves one. For a machine that is
    /// about to run on the child, and writes to it anyway; by hand nothing tells such an overlay
    /// from one whose backing file was copied or touched.
    #[must_use]
    pub fn passing_overlays_left_behind(mut self) -> Self {
        self.passes_left_behind = true;
        self
    }

    /// The same child, with every changing file call passed through `faults`. For tests.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.host = Host::with_faults(faults);
        self
    }

    /// Path of the child.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// An image that has this one, as it is open, as its backing file: one that lies beside it, or in
    /// a folder of masters. An edit of this one would break it; [`LockedChild::commit`] refuses
    /// that.
    ///
    /// # Limits
    /// The headers of the first 4096 files of each folder are looked at.
    ///
    /// # Errors
    /// [`ImageError::Io`].
    pub fn overlay_on(&self, open: &OpenChild) -> Result<Option<PathBuf>, ImageError> {
        overlay_on(&open.file, self.since(&open.file)?, &self.masters)
    }

    /// Time before which a change of an overlay does not count.
    fn since(&self, file: &HostFile) -> Result<Time, ImageError> {
        match self.passes_left_behind {
            true => modified(file),
            false => Ok(EVER),
        }
    }

    /// Locks the child for an edit, after finishing or dropping an interrupted one and repairing an
    /// image that was not closed.
    ///
    /// Waits up to 10 s for another osgraft; never for a virtual machine.
    ///
    /// # Errors
    /// [`ImageError::InUse`]; [`ImageError::Refused`] by the gate; whatever the host says.
    pub fn lock(&self) -> Result<LockedChild, ImageError> {
        self.refuse_master()?;
        let mut mended = Mended::default();
        let locked = self.lock_mended(&mut mended);
        locked.map_err(|error| ImageError::after(mended, error))
    }

    fn lock_mended(&self, mended: &mut Mended) -> Result<LockedChild, ImageError> {
        let (file, recovered, modified) = self.lock_file()?;
        mended.recovered = recovered;
        let mut header = gate::read_header(&file)?;
        if header.incompatible & incompatible::DIRTY != 0 {
            // Nothing is written before the chain is judged too.
            gate::open_chain(&self.host, &file, &header, &self.masters)?;
            repair::repair(&file)?;
            mended.repaired = true;
            header = gate::read_header(&file)?;
            // What could not be told from a guest's own before can be now.
            if recovered == Recovered::Nothing {
                mended.recovered = recover::recover(&file, &header)?;
            }
        }
        let open = self.admit(file, header, false)?;
        Ok(LockedChild {
            open,
            mended: *mended,
            masters: self.masters.clone(),
            forced: self.forced,
            since: match self.passes_left_behind {
                true => modified,
                false => EVER,
            },
        })
    }

    /// Locks the child for reading. Nothing is written: not even an interrupted edit is finished.
    ///
    /// # Errors
    /// [`ImageError::InUse`] while somebody writes to it; [`ImageError::Pending`];
    /// [`ImageError::Refused`].
    pub fn read(&self) -> Result<OpenChild, ImageError> {
        let file = self.host.open_named(&self.path, Access::Read)?;
        lock::lock_qemu(&file, Role::Reader)?;
        self.same_file(&file)?;
        if self.standalone
            && let Some(format) = master::other_format(&file)?
        {
            return master::open(&self.host, file, format);
        }
        let header = gate::read_header(&file)?;
        if recover::is_pending(&file, &header)? {
            return Err(ImageError::Pending(self.path.clone()));
        }
        if header.incompatible & incompatible::DIRTY != 0 {
            return Err(ImageError::refused(&self.path, Refusal::Dirty));
        }
        self.admit(file, header, self.standalone)
    }

    /// Finishes or drops an interrupted edit; the backing chain is not touched.
    ///
    /// # Errors
    /// As for [`lock`](Self::lock); [`ImageError::BadRecord`].
    pub fn recover(&self) -> Result<Recovered, ImageError> {
        self.look()?;
        self.lock_file().map(|(_, recovered, _)| recovered)
    }

    /// A master that is named as a child is refused before a writer's locks are taken on it: for
    /// their moment they would keep its children from being opened. Whatever else is wrong is
    /// judged under the locks.
    fn refuse_master(&self) -> Result<(), ImageError> {
        let (file, header) = self.look()?;
        if header.is_some_and(|header| header.backing.is_none()) {
            return Err(ImageError::refused(&self.path, Refusal::NoBacking));
        }
        let mode = file.metadata();
        let mode = mode.map_err(|e| ImageError::io("look at", &self.path, e))?;
        if mode.mode() & 0o222 == 0 {
            return Err(ImageError::refused(&self.path, Refusal::ReadOnly));
        }
        self.require_no_master(&file)
    }

    /// Refuses what the configuration or the caller names as a master, under whatever name.
    fn require_no_master(&self, file: &HostFile) -> Result<(), ImageError> {
        let identity = file.identity();
        let identity = identity.map_err(|e| ImageError::io("look at", &self.path, e))?;
        match self.masters.name_file(identity) {
            true => Err(ImageError::refused(&self.path, Refusal::IsMaster)),
            false => Ok(()),
        }
    }

    /// The file, and its header where that is sound, without a lock. A VMDK is refused: as a master
    /// is, before a lock is taken on it.
    fn look(&self) -> Result<(HostFile, Option<Header>), ImageError> {
        let file = self.host.open_named(&self.path, Access::Read)?;
        match gate::read_header(&file) {
            Ok(header) => Ok((file, Some(header))),
            Err(ImageError::Refused { path, refusal }) if refusal.is_vmdk() => {
                Err(ImageError::Refused { path, refusal })
            }
            Err(_) => Ok((file, None)),
        }
    }

    fn lock_file(&self) -> Result<(HostFile, Recovered, Time), ImageError> {
        let deadline = Instant::now() + PATIENCE;
        let file = loop {
            let file = self.host.open_named(&self.path, Access::Write)?;
            lock::lock_own(&file, deadline.saturating_duration_since(Instant::now()))?;
            lock::lock_qemu(&file, Role::Writer)?;
            match self.same_file(&file) {
                Ok(()) => break file,
                // Replaced while we waited for its lock; the one to lock is the new one.
                Err(_) if Instant::now() < deadline => {}
                Err(error) => return Err(error),
            }
        };
        let modified = modified(&file)?;
        let header = gate::read_header(&file)?;
        let recovered = if recover::is_pending(&file, &header)? {
            recover::recover(&file, &header)?
        } else {
            Recovered::Nothing
        };
        Ok((file, recovered, modified))
    }

    /// Requires that the path still leads to the file that was locked.
    fn same_file(&self, file: &HostFile) -> Result<(), ImageError> {
        let there = std::fs::metadata(&self.path).map_err(|e| ImageError::open(&self.path, e))?;
        let here = file
            .identity()
            .map_err(|e| ImageError::io("look at", &self.path, e))?;
        if FileId::of(&there) == here {
            Ok(())
        } else {
            Err(ImageError::OtherDisk {
                path: self.path.clone(),
                what: "the file under its name",
            })
        }
    }

    fn admit(
        &self,
        file: HostFile,
        header: Header,
        standalone: bool,
    ) -> Result<OpenChild, ImageError> {
        gate::admit_child(&file, &header, standalone)?;
        if !standalone {
            self.require_no_master(&file)?;
        }
        let layers = gate::open_chain(&self.host, &file, &header, &self.masters)?;
        for layer in &layers {
            lock::lock_qemu(&layer.file, Role::Reader)?;
        }
        Ok(OpenChild {
            file: Arc::new(file),
            header,
            layers,
            over_master: false,
        })
    }
}

impl OpenChild {
    /// A writable view of the disk that changes no file.
    ///
    /// # Errors
    /// [`ImageError::Io`], also for qcow2 tables that contradict themselves.
    pub fn scratch(&self) -> Result<Scratch, ImageError> {
        Scratch::open(self)
    }

    /// Judges the image's own tables, as an edit does before it becomes a record. Through tables
    /// that lead astray a disk looks like one that holds something else.
    ///
    /// # Errors
    /// [`ImageError::Refused`] when they contradict each other; [`ImageError::Io`].
    pub fn require_sound_tables(&self) -> Result<(), ImageError> {
        tables::require_sound(&self.file, &self.header)
    }

    /// The child's master as an image of its own, open under the same locks; `None` for a master.
    ///
    /// # Errors
    /// The host's.
    pub(crate) fn master_alone(&self) -> Result<Option<Self>, ImageError> {
        match self.over_master {
            true => Ok(None),
            false => master::of_child(&self.layers),
        }
    }
}

impl LockedChild {
    /// The child as it can be read.
    pub fn as_open(&self) -> &OpenChild {
        &self.open
    }

    /// Header of the child.
    pub fn header(&self) -> &Header {
        self.open.header()
    }

    /// Remains of an interrupted edit that were found when the lock was taken.
    pub fn recovered(&self) -> Recovered {
        self.mended.recovered
    }

    /// Changes that were made to the image when the lock was taken: an interrupted edit, or a repair by QEMU.
    pub fn mended(&self) -> Mended {
        self.mended
    }

    /// A writable view of the disk that changes no file.
    ///
    /// # Errors
    /// As for [`OpenChild::scratch`].
    pub fn scratch(&self) -> Result<Scratch, ImageError> {
        self.open.scratch()
    }

    /// Commits an edit of this child: killed at any instant, it leaves the old disk or the new
    /// one. An empty record touches nothing.
    ///
    /// # Errors
    /// [`ImageError::Refused`] for the backing file of another image, which
    /// [`Child::overlay_on`] finds; [`ImageError::OtherDisk`] when the record was made from another
    /// state; [`ImageError::Io`] with the child as it was; [`ImageError::Unfinished`] past the
    /// commit point.
    pub fn commit(self, redo: &Redo) -> Result<(), ImageError> {
        if redo.is_empty() {
            return Ok(());
        }
        if !self.forced
            && let Some(overlay) = overlay_on(&self.open.file, self.since, &self.masters)?
        {
            let refusal = Refusal::BacksOthers(overlay);
            return Err(ImageError::refused(self.open.path(), refusal));
        }
        commit::commit(&self.open.file, &self.open.header, redo)
    }
}

/// Time of the last write to a file's content.
fn modified(file: &HostFile) -> Result<Time, ImageError> {
    let metadata = file.metadata();
    let metadata = metadata.map_err(|e| ImageError::io("look at", file.path(), e))?;
    Ok((metadata.mtime(), metadata.mtime_nsec()))
}

fn overlay_on(
    file: &HostFile,
    modified: Time,
    masters: &Masters,
) -> Result<Option<PathBuf>, ImageError> {
    let identity = file.identity();
    let identity = identity.map_err(|e| ImageError::io("look at", file.path(), e))?;
    Ok(masters.overlay_on(identity, modified, file.folder()))
}
