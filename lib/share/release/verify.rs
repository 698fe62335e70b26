//! A release held against its manifest: every byte, mode, owner, time and attribute.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::Serialize;

use super::attributes::{differing_xattr, xattrs_at, xattrs_of};
use super::content::sum_of;
use super::error::ReleaseError;
use super::list::open;
use super::manifest::{FileEntry, Head, Kind};
use super::raw::Raw;
use super::{BOOT, MANIFEST, TREE};

/// Differences that are told one by one.
const MAX: usize = 200;

/// Kinds of differences.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// It is not there.
    Missing,
    /// It is there, and not in the manifest.
    Added,
    /// It is of another kind.
    Kind,
    /// Its content is another.
    Content,
    /// Its length is another.
    Size,
    /// It leads elsewhere.
    Target,
    /// Its mode is another.
    Mode,
    /// Its owner is another.
    Owner,
    /// Its time is another.
    Time,
    /// An attribute is missing, new or another.
    Attribute,
    /// It is not the same file as its other names, or the same as a file that it should not be.
    Links,
    /// It cannot be read.
    Unreadable,
}

impl Change {
    /// Its name in a line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Added => "added",
            Self::Kind => "kind",
            Self::Content => "content",
            Self::Size => "size",
            Self::Target => "target",
            Self::Mode => "mode",
            Self::Owner => "owner",
            Self::Time => "time",
            Self::Attribute => "attribute",
            Self::Links => "links",
            Self::Unreadable => "unreadable",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Path below the release's folder.
    pub path: Raw,
    /// Difference that was found.
    pub change: Change,
    /// The same in words.
    pub text: String,
}

/// A release that was held against its manifest.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Verified {
    /// Facts of the release, as its manifest has them.
    #[serde(flatten)]
    pub head: Head,
    /// True where nothing differs.
    pub intact: bool,
    /// Number of differences.
    pub differing: u64,
    /// The first 200 of them, by path.
    pub differences: Vec<Difference>,
}

/// Holds the release at a path against its manifest. Reads every byte of it, and changes nothing.
///
/// # Errors
/// [`ReleaseError::NoRelease`]; [`ReleaseError::Manifest`] for a manifest that is damaged itself.
pub fn verify(release: &Path) -> Result<Verified, ReleaseError> {
    // A path such as “.” is that of a folder with a name.
    let release =
        std::fs::canonicalize(release).map_err(|_| ReleaseError::NoRelease(release.to_owned()))?;
    let manifest = open(&release)?;
    let head = manifest.head().clone();
    let mut check = Check {
        release: &release,
        told: Vec::new(),
        differing: 0,
        inodes: HashMap::new(),
        groups: HashSet::new(),
    };
    let mut there = Walk::of(&release)?;
    let damaged = |source| ReleaseError::Manifest {
        path: release.join(MANIFEST),
        source,
    };
    for entry in manifest.files() {
        let entry = entry.map_err(damaged)?;
        loop {
            match there.peek(&mut check) {
                Some(found) if order(found, &entry.path.0).is_lt() => {
                    let path = there.take().unwrap_or_default();
                    check.tell(&path, Change::Added, "is not in the manifest".to_owned());
                }
                Some(found) if found == entry.path.0 => {
                    there.take();
                    check.entry(&entry);
                    break;
                }
                _ => {
                    check.tell(&entry.path.0, Change::Missing, "is missing".to_owned());
                    break;
                }
            }
        }
    }
    while there.peek(&mut check).is_some() {
        let path = there.take().unwrap_or_default();
        check.tell(&path, Change::Added, "is not in the manifest".to_owned());
    }
    Ok(Verified {
        head,
        intact: check.differing == 0,
        differing: check.differing,
        differences: check.told,
    })
}

/// Order of the manifest's list.
fn order(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    let names = |path| <[u8]>::split(path, |byte: &u8| *byte == b'/');
    names(a).cmp(names(b))
}

struct Check<'a> {
    release: &'a Path,
    told: Vec<Difference>,
    differing: u64,
    /// Groups of files, by inode; `None` for a file that has no other name here.
    inodes: HashMap<(u64, u64), Option<u64>>,
    groups: HashSet<u64>,
}

impl Check<'_> {
    fn tell(&mut self, path: &[u8], change: Change, text: String) {
        self.differing += 1;
        if self.told.len() < MAX {
            self.told.push(Difference {
                path: Raw(path.to_vec()),
                change,
                text,
            });
        }
    }

    fn at(&self, path: &[u8]) -> PathBuf {
        self.release.join(OsStr::from_bytes(path))
    }

    fn entry(&mut self, entry: &FileEntry) {
        if let Err(error) = self.compare(entry) {
            let text = format!("cannot be read: {error}");
            self.tell(&entry.path.0, Change::Unreadable, text);
        }
    }

    fn compare(&mut self, entry: &FileEntry) -> io::Result<()> {
        let path = &entry.path.0;
        let at = self.at(path);
        let found = std::fs::symlink_metadata(&at)?;
        let kind = match found.file_type() {
            kind if kind.is_file() => Some(Kind::File),
            kind if kind.is_dir() => Some(Kind::Directory),
            kind if kind.is_symlink() => Some(Kind::Symlink),
            _ => None,
        };
        if kind != Some(entry.kind) {
            self.tell(path, Change::Kind, format!("is no {}", entry.kind.as_str()));
            return Ok(());
        }
        self.attributes(entry, &found, kind);
        self.links(entry, &found);
        let (is, wanted) = match entry.kind {
            Kind::Symlink => {
                let target = std::fs::read_link(&at)?;
                let target = Raw(target.as_os_str().as_bytes().to_vec());
                if entry.target.as_ref() != Some(&target) {
                    self.tell(path, Change::Target, format!("leads to {target}"));
                }
                (xattrs_at(&at)?, &entry.xattrs)
            }
            Kind::Directory => (xattrs_at(&at)?, &entry.xattrs),
            Kind::File => {
                let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
                let mut options = File::options();
                options.read(true).custom_flags(flags.bits().cast_signed());
                let file = options.open(&at)?;
                let size = file.metadata()?.len();
                if Some(size) != entry.size {
                    let wanted = entry.size.unwrap_or_default();
                    self.tell(
                        path,
                        Change::Size,
                        format!("has {size} bytes, not {wanted}"),
                    );
                } else if Some(sum_of(&file, size)?) != entry.sum() {
                    self.tell(path, Change::Content, "has another content".to_owned());
                }
                (xattrs_of(&file)?, &entry.xattrs)
            }
        };
        if let Some(name) = differing_xattr(&is, wanted) {
            let text = format!("has another attribute {name}");
            self.tell(path, Change::Attribute, text);
        }
        Ok(())
    }

    fn attributes(&mut self, entry: &FileEntry, found: &Metadata, kind: Option<Kind>) {
        let path = &entry.path.0;
        let mode = found.mode() & 0o7777;
        // A link has no mode of its own on Linux.
        if mode != entry.mode && kind != Some(Kind::Symlink) {
            let text = format!("has the mode {mode:04o}, not {:04o}", entry.mode);
            self.tell(path, Change::Mode, text);
        }
        let owner = (found.uid(), found.gid());
        if owner != (entry.uid, entry.gid) {
            let (uid, gid) = owner;
            let text = format!("belongs to {uid}:{gid}, not {}:{}", entry.uid, entry.gid);
            self.tell(path, Change::Owner, text);
        }
        let time = (found.mtime(), found.mtime_nsec());
        if time != (entry.mtime.seconds, i64::from(entry.mtime.nanoseconds)) {
            let text = format!(
                "has the time {}.{:09}, not {}.{:09}",
                time.0, time.1, entry.mtime.seconds, entry.mtime.nanoseconds
            );
            self.tell(path, Change::Time, text);
        }
    }

    fn links(&mut self, entry: &FileEntry, found: &Metadata) {
        if entry.kind == Kind::Directory || (found.nlink() < 2 && entry.group.is_none()) {
            return;
        }
        let inode = (found.dev(), found.ino());
        let other = self.inodes.get(&inode).copied();
        // The second name of a group may not be another file.
        let is_first = entry.group.is_none_or(|group| self.groups.insert(group));
        let fits = match other {
            None => is_first,
            Some(group) => group.is_some() && group == entry.group,
        };
        self.inodes.insert(inode, entry.group);
        if !fits {
            let text = "is not the same file as its other names, or the same as another".to_owned();
            self.tell(&entry.path.0, Change::Links, text);
        }
    }
}

/// Files of a release in the manifest's order, folder by folder.
struct Walk {
    release: PathBuf,
    /// Names that are still to come, the next one last, in each open folder.
    open: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    next: Option<Vec<u8>>,
}

impl Walk {
    fn of(release: &Path) -> Result<Self, ReleaseError> {
        let names = names(release).map_err(ReleaseError::io("list", release))?;
        let is_listed = |name: &Vec<u8>| {
            // What others add beside the tree, such as an image of it, has a manifest of its own.
            name == TREE.as_bytes() || name == BOOT.as_bytes()
        };
        let names = names.into_iter().filter(is_listed).collect();
        Ok(Self {
            release: release.to_owned(),
            open: vec![(Vec::new(), names)],
            next: None,
        })
    }

    /// The next path.
    fn peek(&mut self, check: &mut Check<'_>) -> Option<&[u8]> {
        while self.next.is_none() {
            let (folder, names_left) = self.open.last_mut()?;
            let Some(name) = names_left.pop() else {
                self.open.pop();
                continue;
            };
            let path = match folder.is_empty() {
                true => name,
                false => [folder, &b"/"[..], &name].concat(),
            };
            let at = self.release.join(OsStr::from_bytes(&path));
            let is_folder = std::fs::symlink_metadata(&at).is_ok_and(|found| found.is_dir());
            if is_folder {
                match names(&at) {
                    Ok(names) => self.open.push((path.clone(), names)),
                    Err(error) => {
                        check.tell(
                            &path,
                            Change::Unreadable,
                            format!("cannot be read: {error}"),
                        );
                    }
                }
            }
            self.next = Some(path);
        }
        self.next.as_deref()
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        self.next.take()
    }
}

/// Names of a folder, the last first.
fn names(folder: &Path) -> io::Result<Vec<Vec<u8>>> {
    let entries = std::fs::read_dir(folder)?;
    let names = entries.map(|entry| Ok(entry?.file_name().as_bytes().to_vec()));
    let mut names: Vec<Vec<u8>> = names.collect::<io::Result<_>>()?;
    names.sort_by(|a, b| b.cmp(a));
    Ok(names)
}
