//! The gate: what an image may be, and what may lie behind it, judged before any of it is used.
//!
//! A qcow2 header can name any file of the host as its backing file, in several notations. The
//! gate takes a plain file name alone, resolves it without opening anything, compares it with
//! what the caller allowed, and only then opens it. Formats are stated, never probed: a raw disk's
//! first bytes belong to its guest.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::ImageError;
use super::file::{Access, Host, HostFile, require_regular};
use super::header::{HEAD, Header, incompatible};
use super::refcounts;

/// Longest chain of backing files below a child.
pub const MAX_CHAIN: usize = 8;

/// Why the gate refused an image.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No qcow2 magic.
    #[error(
        "not a qcow2 image: a child is a qcow2 overlay, made by “osgraft clone” or “qemu-img create -f qcow2 -b”"
    )]
    NotQcow2,
    /// A version that osgraft does not know.
    #[error("qcow2 version {0} is not 2 or 3")]
    Version(u32),
    /// A header field is out of the bounds that QEMU keeps.
    #[error("its qcow2 header is not sound: {0} cannot be right")]
    Header(&'static str),
    /// The file ends before something that it must hold.
    #[error("truncated: the file ends before {0}; restore it from a copy")]
    Truncated(&'static str),
    /// Its content is encrypted.
    #[error("encrypted with {0}: osgraft holds no keys")]
    Encrypted(&'static str),
    /// Its data lies in another file.
    #[error("it keeps its data in an external data file, which osgraft does not follow")]
    DataFile,
    /// The corrupt bit is set.
    #[error("marked corrupt by QEMU: mend it with “qemu-img check -r all” or restore it")]
    Corrupt,
    /// The dirty bit is set in a backing file, which osgraft never writes to.
    #[error("it was not closed cleanly: run “qemu-img check -r all” on it first")]
    Dirty,
    /// Incompatible-feature bits that osgraft does not know.
    #[error("it uses qcow2 features that osgraft does not know (bits {0:#x})")]
    UnknownFeatures(u64),
    /// It carries persistent dirty bitmaps or other content that an edit would invalidate.
    #[error(
        "it carries persistent bitmaps, which an edit would make wrong: remove them with “qemu-img bitmap --remove”"
    )]
    Bitmaps,
    /// A feature that the in-process reader lacks.
    #[error("it uses {0}, which the in-process qcow2 reader lacks")]
    Unread(&'static str),
    /// There is no backing file, so it is no child.
    #[error("it has no backing file, so it is no child of a master: make one with “osgraft clone”")]
    NoBacking,
    /// The backing file's format is not stated.
    #[error("it does not state its backing file's format: state it with “qemu-img rebase -u -F”")]
    BackingFormatMissing,
    /// The backing file's format is neither qcow2 nor raw.
    #[error("its backing file's format is “{0}”, not qcow2 or raw")]
    BackingFormat(String),
    /// The backing file is not named by a plain path.
    #[error("its backing file “{0}” is not a plain file name; nothing was opened")]
    BackingName(String),
    /// The backing file is none that the caller allows.
    #[error("its backing file {} is not an allowed master ({allowed}); nothing of it was opened", .path.display())]
    Master {
        /// The backing file, links resolved.
        path: PathBuf,
        /// What is allowed.
        allowed: String,
    },
    /// The backing file does not exist.
    #[error("its backing file {} does not exist", .0.display())]
    BackingMissing(PathBuf),
    /// The chain of backing files comes back to itself.
    #[error("its chain of backing files comes back to {}", .0.display())]
    Loop(PathBuf),
    /// The chain of backing files is too long.
    #[error(
        "its chain of backing files is longer than {MAX_CHAIN}: shorten it with “qemu-img rebase”"
    )]
    TooLong,
}

impl Refusal {
    /// A stable name for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotQcow2 => "not-qcow2",
            Self::Version(_) => "version",
            Self::Header(_) => "header",
            Self::Truncated(_) => "truncated",
            Self::Encrypted(_) => "encrypted",
            Self::DataFile => "data-file",
            Self::Corrupt => "corrupt",
            Self::Dirty => "dirty",
            Self::UnknownFeatures(_) => "unknown-features",
            Self::Bitmaps => "bitmaps",
            Self::Unread(_) => "unread-feature",
            Self::NoBacking => "no-backing",
            Self::BackingFormatMissing => "backing-format-missing",
            Self::BackingFormat(_) => "backing-format",
            Self::BackingName(_) => "backing-name",
            Self::Master { .. } => "master",
            Self::BackingMissing(_) => "backing-missing",
            Self::Loop(_) => "loop",
            Self::TooLong => "chain-too-long",
        }
    }
}

/// Which files may back a child.
///
/// ```
/// use osgraft::image::Masters;
/// let one = Masters::only("/var/lib/osgraft/masters/deb12.qcow2");
/// let any = Masters::under(["/var/lib/osgraft/masters"]);
/// # let _ = (one, any);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Masters(Policy);

#[derive(Clone, Debug, Default, Eq, PartialEq)]
enum Policy {
    #[default]
    BesideChild,
    Only(PathBuf),
    Under(Vec<PathBuf>),
}

impl Masters {
    /// Any file of the child's own folder.
    pub fn beside_child() -> Self {
        Self(Policy::BesideChild)
    }

    /// This file, and below it whatever its own folder holds.
    pub fn only(master: impl Into<PathBuf>) -> Self {
        Self(Policy::Only(master.into()))
    }

    /// These files, and whatever lies under these folders, links resolved. None: no master at all.
    pub fn under<P: Into<PathBuf>>(places: impl IntoIterator<Item = P>) -> Self {
        Self(Policy::Under(places.into_iter().map(Into::into).collect()))
    }

    /// The same places, with relative ones starting from `folder`.
    #[must_use]
    pub fn from_folder(self, folder: &Path) -> Self {
        Self(match self.0 {
            Policy::BesideChild => Policy::BesideChild,
            Policy::Only(master) => Policy::Only(folder.join(master)),
            Policy::Under(places) => {
                Policy::Under(places.iter().map(|place| folder.join(place)).collect())
            }
        })
    }

    /// The files and folders that were named; none where it is each child's own folder.
    pub fn places(&self) -> &[PathBuf] {
        match &self.0 {
            Policy::BesideChild => &[],
            Policy::Only(master) => std::slice::from_ref(master),
            Policy::Under(places) => places,
        }
    }

    /// Whether a file, links resolved, may back a child of `folder`; `first` says that the child
    /// itself names it, rather than one of its backing files.
    fn allow(&self, canonical: &Path, folder: &Path, first: bool) -> bool {
        let under = |place: &Path| {
            place
                .canonicalize()
                .is_ok_and(|place| canonical.starts_with(place))
        };
        match &self.0 {
            Policy::BesideChild => under(folder),
            Policy::Only(master) if first => under(master),
            Policy::Only(master) => master
                .canonicalize()
                .is_ok_and(|master| master.parent() == canonical.parent()),
            Policy::Under(places) => places.iter().any(|place| under(place)),
        }
    }

    fn describe(&self) -> String {
        match &self.0 {
            Policy::BesideChild => "allowed: the child's own folder; see --master".into(),
            Policy::Only(master) => format!("allowed: {}", master.display()),
            Policy::Under(places) if places.is_empty() => {
                "none is: set images.masters in the configuration".into()
            }
            Policy::Under(places) => {
                let places: Vec<_> = places.iter().map(|p| p.display().to_string()).collect();
                format!("allowed: {}", places.join(", "))
            }
        }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Masters {
    fn from(master: &P) -> Self {
        Self::only(master.as_ref())
    }
}

/// One image of a child's backing chain, admitted and open for reading.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) file: Arc<HostFile>,
    /// `None` for a raw image.
    pub(super) header: Option<Header>,
}

/// Reads and judges a qcow2 file's header; the file's own backing name is not judged here.
pub(super) fn read_header(file: &HostFile) -> Result<Header, ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let refused = |refusal| ImageError::refused(file.path(), refusal);
    let len = file.len().map_err(io)?;
    // Short files are read no further than they reach; what is missing shows as `Truncated`.
    let mut head = vec![0; HEAD.min(usize::try_from(len).unwrap_or(HEAD)).max(4)];
    file.read_at(0, &mut head).map_err(io)?;
    let header = Header::parse(&head, len).map_err(refused)?;
    if header.incompatible & incompatible::DATA_FILE != 0 {
        return Err(refused(Refusal::DataFile));
    }
    if header.incompatible & incompatible::CORRUPT != 0 {
        return Err(refused(Refusal::Corrupt));
    }
    let known = incompatible::DIRTY | incompatible::COMPRESSION | incompatible::EXTENDED_L2;
    if header.incompatible & !known != 0 {
        return Err(refused(Refusal::UnknownFeatures(
            header.incompatible & !known,
        )));
    }
    Ok(header)
}

/// Judges a child's header for an edit. The dirty bit is the caller's: it is mended, not refused.
pub(super) fn admit_child(
    file: &HostFile,
    header: &Header,
    standalone: bool,
) -> Result<(), ImageError> {
    let refused = |refusal| Err(ImageError::refused(file.path(), refusal));
    if header.backing.is_none() && !standalone {
        return refused(Refusal::NoBacking);
    }
    if header.bitmaps || header.autoclear != 0 {
        return refused(Refusal::Bitmaps);
    }
    admit_reading(file, header)
}

/// Refuses what the in-process reader cannot read, and a file that lost its end.
fn admit_reading(file: &HostFile, header: &Header) -> Result<(), ImageError> {
    let refused = |refusal| Err(ImageError::refused(file.path(), refusal));
    if header.incompatible & incompatible::COMPRESSION != 0 {
        return refused(Refusal::Unread("zstd compression"));
    }
    if header.incompatible & incompatible::EXTENDED_L2 != 0 {
        return refused(Refusal::Unread("extended L2 entries"));
    }
    // With the dirty bit, reference counts may lag behind and tell nothing.
    if header.incompatible & incompatible::DIRTY == 0 {
        refcounts::require_whole(file, header)?;
    }
    Ok(())
}

/// Opens what lies behind a child, top first, after judging each name.
pub(super) fn open_chain(
    host: &Host,
    child: &HostFile,
    header: &Header,
    masters: &Masters,
) -> Result<Vec<Layer>, ImageError> {
    let io = |e| ImageError::io("look at", child.path(), e);
    let mut seen = HashSet::from([child.identity().map_err(io)?]);
    let mut layers: Vec<Layer> = Vec::new();
    let mut next = header.backing.clone();
    let mut named_in = child.path().to_owned();
    let child_folder = folder_of(child.path());
    while let Some(backing) = next {
        let refused = |refusal| ImageError::refused(&named_in, refusal);
        if layers.len() == MAX_CHAIN {
            return Err(refused(Refusal::TooLong));
        }
        let raw = match backing.format.as_deref() {
            Some("qcow2") => false,
            Some("raw") => true,
            Some(other) => {
                return Err(refused(Refusal::BackingFormat(crate::path::escape(
                    other.as_bytes(),
                ))));
            }
            None => return Err(refused(Refusal::BackingFormatMissing)),
        };
        let path = plain_path(&backing.name, &named_in).map_err(refused)?;
        let canonical = path
            .canonicalize()
            .map_err(|_| refused(Refusal::BackingMissing(path.clone())))?;
        if !masters.allow(&canonical, &child_folder, layers.is_empty()) {
            return Err(refused(Refusal::Master {
                path: canonical,
                allowed: masters.describe(),
            }));
        }
        let metadata =
            std::fs::metadata(&canonical).map_err(|e| ImageError::open(&canonical, e))?;
        require_regular(&canonical, &metadata)?;
        let file = host.open(&canonical, Access::Read)?;
        let identity = file
            .identity()
            .map_err(|e| ImageError::io("look at", &canonical, e))?;
        if !seen.insert(identity) {
            return Err(refused(Refusal::Loop(canonical)));
        }
        let header = if raw {
            None
        } else {
            Some(admit_backing(&file)?)
        };
        next = header.as_ref().and_then(|header| header.backing.clone());
        named_in = canonical;
        layers.push(Layer {
            file: Arc::new(file),
            header,
        });
    }
    Ok(layers)
}

/// Judges a qcow2 backing file's header.
fn admit_backing(file: &HostFile) -> Result<Header, ImageError> {
    let header = read_header(file)?;
    if header.guarded {
        return Err(ImageError::Pending(file.path().to_owned()));
    }
    if header.incompatible & incompatible::DIRTY != 0 {
        return Err(ImageError::refused(file.path(), Refusal::Dirty));
    }
    admit_reading(file, &header)?;
    Ok(header)
}

/// Opens an image that is to back others, and judges it as such; for raw, its kind alone.
pub(super) fn open_master(host: &Host, path: &Path, raw: bool) -> Result<Layer, ImageError> {
    let file = host.open(path, Access::Read)?;
    let header = if raw {
        None
    } else {
        Some(admit_backing(&file)?)
    };
    Ok(Layer {
        file: Arc::new(file),
        header,
    })
}

/// A backing file's name as a path, when it is one: QEMU takes a colon before the first slash for
/// a protocol (`nbd:…`, `json:…`), and so does the gate.
fn plain_path(name: &str, named_in: &Path) -> Result<PathBuf, Refusal> {
    let before_slash = name.split('/').next().unwrap_or_default();
    if before_slash.contains(':') || name.contains('\0') {
        return Err(Refusal::BackingName(crate::path::escape(name.as_bytes())));
    }
    Ok(folder_of(named_in).join(name))
}

/// The folder that a relative name in an image starts from.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
