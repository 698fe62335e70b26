//! The guest's tree on ext2, ext3 or ext4.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};

use super::directory::{self, Block, Blocks};
use super::ffi::Inode;
use super::fs::{Filesystem, ROOT, Trouble};
use super::inode::Touch;
use super::superblock::Superblock;
use super::{Ext4Error, attributes, content, extents, make};
use crate::guest::{
    Attributes, DirEntry, FileKind, Guest, GuestError, MAX_READ, Metadata, Page, Pager, Time,
    TreeEntry,
};
use crate::guest::{NO_LABEL, is_label};
use crate::image::BlockDevice;
use crate::path::GuestPath;

/// Manner in which a file system is opened for writing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Options {
    /// Every new timestamp, in whole seconds since 1970; the same disk and the same time give the
    /// same bytes. At least 1, since libext2fs takes 0 as "now".
    pub time: i64,
}

/// True where an edit changed any byte of the disk.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// At least one.
    Changed,
    /// None.
    Unchanged,
}

/// A [`Guest`] on an ext2, ext3 or ext4 file system, edited by libext2fs in this process.
///
/// Written data reaches the device at once, but bitmaps, group descriptors and superblock only
/// with [`finish`](Self::finish): until then, and after a failure, the device holds no consistent
/// file system, so it must be one that can be thrown away. Backup superblocks are left alone, as
/// the kernel leaves them. The journal is empty in every file system that is accepted, and stays
/// so.
///
/// After a call that fails in the middle of a change, every later change fails too, and so does
/// `finish`. New inodes take the label of their directory but no default ACL.
pub struct Ext4Guest<'d> {
    fs: Filesystem<'d>,
    writable: bool,
    half_done: bool,
    /// Directories that were walked through; a change forgets them.
    known: HashMap<GuestPath, Found>,
    blocks: Blocks,
    /// The directory that was told last, page by page: names and inodes, by name.
    told: Option<(u32, Vec<Named>)>,
}

/// Name and inode of a directory's entry.
type Named = (Vec<u8>, u32);

/// Directories remembered at most.
const MAX_KNOWN: usize = 256;

#[derive(Clone, Copy)]
struct Found {
    parent: u32,
    ino: u32,
    inode: Inode,
}

impl<'d> Ext4Guest<'d> {
    /// Opens the bytes `range` of `device` for reading and writing.
    ///
    /// # Errors
    /// [`Ext4Error::NotExt4`]; [`Ext4Error::Refused`] for what belongs to the appliance.
    pub fn open(
        device: &'d mut dyn BlockDevice,
        range: Range<u64>,
        options: Options,
    ) -> Result<Self, Ext4Error> {
        let fs = Filesystem::open(device, range, Some(options.time))?;
        Ok(Self {
            fs,
            writable: true,
            half_done: false,
            known: HashMap::new(),
            blocks: Blocks::default(),
            told: None,
        })
    }

    /// Opens the bytes `range` of `device` for reading: nothing is ever written.
    ///
    /// Conditions of [`Refusal::is_state`](super::Refusal::is_state) are let pass, see
    /// [`Superblock::state`]: what is read is then what an unfinished journal left behind.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn open_read_only(
        device: &'d mut dyn BlockDevice,
        range: Range<u64>,
    ) -> Result<Self, Ext4Error> {
        let fs = Filesystem::open(device, range, None)?;
        Ok(Self {
            fs,
            writable: false,
            half_done: false,
            known: HashMap::new(),
            blocks: Blocks::default(),
            told: None,
        })
    }

    /// The file system's superblock, as it was when opened.
    pub fn superblock(&self) -> &Superblock {
        &self.fs.superblock
    }

    /// The first thing that this editor met of a kind that it cannot deal with, and another may, with the path
    /// that was asked for: a case-insensitive directory on the way, a file in its inode.
    pub fn beyond(&self) -> Option<(&GuestPath, &'static str)> {
        let (path, what) = self.fs.beyond.as_ref()?;
        Some((path, what))
    }

    /// Ranges of bytes of the file system that hold nothing, rising, as its block bitmap has it after what
    /// was changed. At most `limit` of them are told.
    ///
    /// # Errors
    /// [`Ext4Error`], where the bitmap cannot be read.
    pub fn free_ranges(&mut self, limit: usize) -> Result<Vec<Range<u64>>, Ext4Error> {
        let size = u64::from(self.fs.superblock.block_size);
        self.fs.begin();
        match self.fs.free_blocks(limit) {
            Ok(free) => Ok(free
                .into_iter()
                .map(|range| range.start * size..range.end * size)
                .collect()),
            Err(failure) => Err(self.fs.library(failure)),
        }
    }

    /// Writes bitmaps, group descriptors and superblock, and closes.
    ///
    /// # Errors
    /// [`Ext4Error::HalfDone`] after a change that failed half-way; else what writing says.
    pub fn finish(self) -> Result<Outcome, Ext4Error> {
        if self.half_done {
            return Err(Ext4Error::HalfDone);
        }
        Ok(match self.fs.close()? {
            true => Outcome::Changed,
            false => Outcome::Unchanged,
        })
    }

    fn explain(&mut self, path: &GuestPath, trouble: Trouble) -> GuestError {
        self.fs.explain(path, trouble)
    }

    /// Inode at `path`, no link followed.
    fn find(&mut self, path: &GuestPath) -> Result<Found, GuestError> {
        let mut at = GuestPath::root();
        let mut found = match self.nearest(path) {
            Some((known, found)) => {
                at = known;
                found
            }
            None => Found {
                parent: ROOT,
                ino: ROOT,
                inode: self.live(path, ROOT)?,
            },
        };
        for name in path.components().skip(at.components().count()) {
            if self.kind(path, &found.inode)? != FileKind::Directory {
                return Err(GuestError::NotADirectory(path.clone()));
            }
            let ino = self
                .blocks
                .look_up(&self.fs, found.ino, &found.inode, name)
                .map_err(|trouble| self.explain(path, trouble))?
                .ok_or_else(|| GuestError::NotFound(path.clone()))?;
            let inode = self.live(path, ino)?;
            if self.known.len() == MAX_KNOWN {
                self.known.clear();
            }
            self.known.insert(at.clone(), found);
            found = Found {
                parent: found.ino,
                ino,
                inode,
            };
            at = at
                .join(name)
                .map_err(|_| GuestError::TooLong(path.clone()))?;
        }
        Ok(found)
    }

    /// The deepest directory on the way that an earlier call has found.
    fn nearest(&self, path: &GuestPath) -> Option<(GuestPath, Found)> {
        let mut above = std::iter::successors(path.parent(), GuestPath::parent);
        above.find_map(|path| {
            let found = *self.known.get(&path)?;
            Some((path, found))
        })
    }

    fn live(&mut self, path: &GuestPath, ino: u32) -> Result<Inode, GuestError> {
        match self.fs.inode(ino) {
            Ok(inode) if inode.links_count == 0 => {
                Err(self.explain(path, Trouble::Damaged("an entry of a deleted inode")))
            }
            Ok(inode) => Ok(inode),
            Err(failure) => Err(self.explain(path, failure.into())),
        }
    }

    fn kind(&mut self, path: &GuestPath, inode: &Inode) -> Result<FileKind, GuestError> {
        inode.kind().map_err(|trouble| self.explain(path, trouble))
    }

    fn expect(
        &mut self,
        path: &GuestPath,
        inode: &Inode,
        wanted: FileKind,
    ) -> Result<(), GuestError> {
        let found = self.kind(path, inode)?;
        if found == wanted {
            return Ok(());
        }
        Err(GuestError::WrongKind {
            path: path.clone(),
            found,
            wanted,
        })
    }

    /// The directory in which `path` is to be made.
    fn vacancy<'p>(&mut self, path: &'p GuestPath) -> Result<(u32, &'p [u8]), GuestError> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(GuestError::Exists(path.clone()));
        };
        let above = self.find(&parent).map_err(|error| match error {
            GuestError::NotFound(_) => GuestError::NotFound(path.clone()),
            GuestError::NotADirectory(_) => GuestError::NotADirectory(path.clone()),
            other => other,
        })?;
        if self.kind(path, &above.inode)? != FileKind::Directory {
            return Err(GuestError::NotADirectory(path.clone()));
        }
        let taken = self
            .blocks
            .look_up(&self.fs, above.ino, &above.inode, name)
            .map_err(|trouble| self.explain(path, trouble))?;
        if taken.is_some() {
            return Err(GuestError::Exists(path.clone()));
        }
        self.check_mutable(path, &above.inode)?;
        Ok((above.ino, name))
    }

    fn check_mutable(&mut self, path: &GuestPath, inode: &Inode) -> Result<(), GuestError> {
        if inode.is_immutable() {
            let what = "what is marked immutable or append-only";
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what,
            });
        }
        Ok(())
    }

    /// True where a directory takes one more subdirectory.
    fn check_subdirectory(&mut self, path: &GuestPath, parent: u32) -> Result<(), GuestError> {
        let mut above = self.live(path, parent)?;
        above
            .gain_subdirectory(&self.fs)
            .map_err(|trouble| self.explain(path, trouble))
    }

    /// One entry of a directory that was listed.
    fn entry(&mut self, path: &GuestPath, name: &[u8], ino: u32) -> Result<TreeEntry, GuestError> {
        self.fs.begin();
        let known = self.fs.superblock.first_inode..=self.fs.superblock.inodes;
        if !known.contains(&ino) {
            return Err(self.explain(
                path,
                Trouble::Damaged("a directory entry of a reserved inode"),
            ));
        }
        let inode = self.live(path, ino)?;
        let read = |fs: &Filesystem<'_>| {
            let metadata = inode.metadata()?;
            let target = match metadata.kind {
                FileKind::Symlink => Some(content::target(fs, ino, &inode)?),
                _ => None,
            };
            let xattrs = match fs.superblock.has_xattr {
                true => attributes::all(fs, ino)?,
                false => Vec::new(),
            };
            Ok(TreeEntry {
                name: name.to_vec(),
                metadata,
                inode: ino.into(),
                modified: inode.modified(),
                allocated: inode.allocated(),
                target,
                xattrs,
            })
        };
        read(&self.fs).map_err(|trouble| self.explain(path, trouble))
    }

    /// True where something may lose its name.
    fn check_removable(&mut self, path: &GuestPath, found: &Found) -> Result<(), GuestError> {
        if path.is_root() {
            let what = "the root of a file system";
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what,
            });
        }
        self.check_mutable(path, &found.inode)?;
        let above = self.live(path, found.parent)?;
        self.check_mutable(path, &above)
    }

    /// Runs a change, which counts as half done until it is done.
    fn change(
        &mut self,
        path: &GuestPath,
        run: impl FnOnce(&mut Filesystem<'d>) -> Result<(), Trouble>,
    ) -> Result<(), GuestError> {
        let refused = |what| {
            Err(GuestError::Unsupported {
                path: path.clone(),
                what,
            })
        };
        if !self.writable {
            return refused("a guest that was opened for reading");
        }
        if self.half_done {
            return refused("anything more, since an earlier change failed half-way");
        }
        if let Err(failure) = self.fs.load_bitmaps() {
            return Err(self.explain(path, failure.into()));
        }
        self.half_done = true;
        self.known.clear();
        self.blocks.forget();
        self.told = None;
        run(&mut self.fs).map_err(|trouble| self.explain(path, trouble))?;
        self.half_done = false;
        Ok(())
    }
}

impl Guest for Ext4Guest<'_> {
    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        found
            .inode
            .metadata()
            .map_err(|trouble| self.explain(path, trouble))
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        self.expect(path, &found.inode, FileKind::File)?;
        let size = found.inode.size();
        if size > limit {
            return Err(GuestError::TooLarge {
                path: path.clone(),
                size,
                limit,
            });
        }
        found
            .inode
            .check_readable()
            .and_then(|()| content::read(&self.fs, found.ino, &found.inode))
            .map_err(|trouble| self.explain(path, trouble))
    }

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        self.expect(path, &found.inode, FileKind::File)?;
        let size = usize::try_from(found.inode.size()).map_or(len, |size| size.min(len));
        found
            .inode
            .check_readable()
            .and_then(|()| content::read_start(&self.fs, found.ino, size))
            .map_err(|trouble| self.explain(path, trouble))
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        self.expect(path, &found.inode, FileKind::Symlink)?;
        content::target(&self.fs, found.ino, &found.inode)
            .map_err(|trouble| self.explain(path, trouble))
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        self.expect(path, &found.inode, FileKind::Directory)?;
        directory::list(&self.fs, found.ino, &found.inode)
            .map_err(|trouble| self.explain(path, trouble))
    }

    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        self.expect(path, &found.inode, FileKind::Directory)?;
        let names = match self.told.take().filter(|(ino, _)| *ino == found.ino) {
            Some((_, names)) => names,
            None => directory::named(&self.fs, found.ino, &found.inode)
                .map_err(|trouble| self.explain(path, trouble))?,
        };
        let from = after.map_or(0, |after| {
            names.partition_point(|(name, _)| **name <= *after)
        });
        let mut pager = Pager::default();
        let mut ahead = names[from..].iter();
        while !pager.is_full()
            && let Some((name, ino)) = ahead.next()
        {
            let at = path
                .join(name)
                .map_err(|_| GuestError::TooLong(path.clone()))?;
            pager.push(self.entry(&at, name, *ino)?);
        }
        let is_last = ahead.as_slice().is_empty();
        if !is_last {
            self.told = Some((found.ino, names));
        }
        Ok(pager.page(is_last))
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        self.expect(path, &found.inode, FileKind::File)?;
        let rest = found.inode.size().saturating_sub(offset);
        let len = usize::try_from(rest)
            .map_or(MAX_READ, |rest| rest.min(MAX_READ))
            .min(len);
        found
            .inode
            .check_readable()
            .and_then(|()| match len {
                0 => Ok(Vec::new()),
                len => content::read_part(&self.fs, found.ino, offset, len),
            })
            .map_err(|trouble| self.explain(path, trouble))
    }

    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        self.expect(path, &found.inode, FileKind::File)?;
        found
            .inode
            .check_readable()
            .and_then(|()| extents::data(&self.fs, found.ino, &found.inode))
            .map_err(|trouble| self.explain(path, trouble))
    }

    fn write(
        &mut self,
        path: &GuestPath,
        content: &[u8],
        new: Attributes,
    ) -> Result<(), GuestError> {
        self.fs.begin();
        match self.find(path) {
            Ok(found) => {
                self.expect(path, &found.inode, FileKind::File)?;
                self.check_mutable(path, &found.inode)?;
                if let Err(trouble) = found.inode.check_writable() {
                    return Err(self.explain(path, trouble));
                }
                self.change(path, |fs| {
                    content::write(fs, found.ino, content)?;
                    make::touch(fs, found.ino, Touch::Content)
                })
            }
            Err(GuestError::NotFound(_)) => {
                let (parent, name) = self.vacancy(path)?;
                self.change(path, |fs| make::file(fs, parent, name, content, new))
            }
            Err(error) => Err(error),
        }
    }

    fn mkdir(&mut self, path: &GuestPath, new: Attributes) -> Result<(), GuestError> {
        self.fs.begin();
        let (parent, name) = self.vacancy(path)?;
        self.check_subdirectory(path, parent)?;
        self.change(path, |fs| make::directory(fs, parent, name, new))
    }

    fn symlink(&mut self, path: &GuestPath, target: &[u8]) -> Result<(), GuestError> {
        self.fs.begin();
        let longest = crate::path::PATH_MAX.min(self.fs.block_size() - 1);
        if target.len() > longest {
            return Err(GuestError::TooLong(path.clone()));
        }
        if target.is_empty() || target.contains(&0) {
            let what = "a link with an empty target or a NUL byte in it";
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what,
            });
        }
        let (parent, name) = self.vacancy(path)?;
        self.change(path, |fs| make::symlink(fs, parent, name, target))
    }

    fn rename(&mut self, from: &GuestPath, to: &GuestPath) -> Result<(), GuestError> {
        self.fs.begin();
        let found = self.find(from)?;
        let (parent, name) = self.vacancy(to)?;
        self.check_removable(from, &found)?;
        if to.starts_with(from) {
            let what = "a directory so that it lies below itself";
            return Err(GuestError::Unsupported {
                path: to.clone(),
                what,
            });
        }
        let kind = self.kind(from, &found.inode)?;
        let moves_directory = kind == FileKind::Directory && parent != found.parent;
        if moves_directory {
            self.check_subdirectory(to, parent)?;
            if let Err(trouble) = found.inode.check_directory() {
                return Err(self.explain(from, trouble));
            }
        }
        let old_name = from.file_name().unwrap_or_default();
        self.change(from, |fs| {
            make::name_it(fs, parent, name, found.ino, kind)?;
            let above = fs.inode(found.parent)?;
            directory::unlink(fs, found.parent, &above, old_name)?;
            make::touch(fs, found.parent, Touch::Content)?;
            make::touch(fs, found.ino, Touch::Inode)?;
            if moves_directory {
                let mut inode = fs.inode(found.ino)?;
                let mut block = Block::read(fs, found.ino, &mut inode, 0)?;
                block.set_parent(parent)?;
                block.write(fs, found.ino)?;
                let mut gains = fs.inode(parent)?;
                gains.gain_subdirectory(fs)?;
                fs.set_inode(parent, &mut gains)?;
                let mut loses = fs.inode(found.parent)?;
                loses.lose_subdirectory();
                fs.set_inode(found.parent, &mut loses)?;
            }
            Ok(())
        })
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        if self.kind(path, &found.inode)? == FileKind::Directory {
            let any = directory::visit(&self.fs, found.ino, &found.inode, |_, _| {
                Ok(ControlFlow::Break(()))
            });
            match any {
                Ok(Some(())) => return Err(GuestError::NotEmpty(path.clone())),
                Ok(None) => {}
                Err(trouble) => return Err(self.explain(path, trouble)),
            }
        }
        self.check_removable(path, &found)?;
        let name = path.file_name().unwrap_or_default();
        self.change(path, |fs| make::remove(fs, found.parent, name, found.ino))
    }

    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        self.fs.begin();
        Ok(self.find(path)?.inode.modified())
    }

    fn set_modified(&mut self, path: &GuestPath, time: Time) -> Result<(), GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        let kind = self.kind(path, &found.inode)?;
        if !matches!(kind, FileKind::File | FileKind::Directory) {
            let what = "the time of what is neither a file nor a directory";
            return Err(GuestError::Unsupported {
                path: path.clone(),
                what,
            });
        }
        self.check_mutable(path, &found.inode)?;
        self.change(path, |fs| {
            let mut inode = fs.inode(found.ino)?;
            inode.touch(Touch::Inode, fs.now());
            inode.set_modified(time);
            Ok(fs.set_inode(found.ino, &mut inode)?)
        })
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        if !self.fs.superblock.has_xattr {
            return Ok(None);
        }
        make::label(&self.fs, found.ino).map_err(|trouble| self.explain(path, trouble))
    }

    fn set_label(&mut self, path: &GuestPath, label: &[u8]) -> Result<(), GuestError> {
        self.fs.begin();
        let found = self.find(path)?;
        self.check_mutable(path, &found.inode)?;
        let unsupported = |what| GuestError::Unsupported {
            path: path.clone(),
            what,
        };
        if !self.fs.superblock.has_xattr {
            return Err(unsupported(
                "a label on a file system without extended attributes",
            ));
        }
        if !is_label(label) {
            return Err(unsupported(NO_LABEL));
        }
        self.change(path, |fs| {
            make::set_label(fs, found.ino, label)?;
            let mut inode = fs.inode(found.ino)?;
            inode.touch(Touch::Inode, fs.now());
            Ok(fs.set_inode(found.ino, &mut inode)?)
        })
    }
}
