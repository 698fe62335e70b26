//! The gate: what an image may be, and what may lie behind it, judged before any of it is used.
//!
//! A qcow2 header can name any file of the host as its backing file, in several notations. The
//! gate takes a plain file name alone, resolves it without opening anything, compares it with
//! what the caller allowed, and only then opens it, without following a link: one that came in
//! between leads nowhere. Formats are stated, never probed: a raw disk's
//! first bytes belong to its guest. A VMDK can name files too, and must be one that names none.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::io::Errno;

use super::error::ImageError;
use super::file::{Access, Host, HostFile};
use super::header::{Backing, HEAD, Header, incompatible};
use super::masters::{MasterFormat, Masters};
use super::refcounts;
use super::refusal::{MAX_CHAIN, Refusal};
use super::vmdk::{self, Sparse};
use super::walk::{self, folder_of};

/// One image of a child's backing chain, admitted and open for reading.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) file: Arc<HostFile>,
    pub(super) content: Content,
    /// True if it is a layer of the child's own, as an external snapshot leaves one, and no master.
    pub(super) is_own: bool,
}

impl Layer {
    /// Size of its disk in bytes.
    pub(super) fn size(&self) -> io::Result<u64> {
        Ok(match &self.content {
            Content::Qcow2(header) => header.size,
            Content::Vmdk(sparse) => sparse.size(),
            Content::Raw => self.file.len()?.next_multiple_of(512),
        })
    }
}

/// Content of an image of the chain, as stated by the one above it, and as judged.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Raw,
    Qcow2(Header),
    Vmdk(Sparse),
}

impl Content {
    pub(super) fn format(&self) -> MasterFormat {
        match self {
            Self::Raw => MasterFormat::Raw,
            Self::Qcow2(_) => MasterFormat::Qcow2,
            Self::Vmdk(_) => MasterFormat::Vmdk,
        }
    }

    fn backing(&self) -> Option<&Backing> {
        match self {
            Self::Qcow2(header) => header.backing.as_ref(),
            Self::Raw | Self::Vmdk(_) => None,
        }
    }
}

/// Reads and judges a qcow2 file's header; the file's own backing name is not judged here.
pub(super) fn read_header(file: &HostFile) -> Result<Header, ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    let refused = |refusal| ImageError::refused(file.path(), refusal);
    let len = file.len().map_err(io)?;
    // Short files are read no further than they reach; what is missing shows as `Truncated`.
    let mut head = vec![0; HEAD.min(usize::try_from(len).unwrap_or(HEAD)).max(4)];
    file.read_at(0, &mut head).map_err(io)?;
    let header = Header::parse(&head, len).map_err(|refusal| match refusal {
        Refusal::NotQcow2 => refused(vmdk::instead_of_qcow2(&head).unwrap_or(refusal)),
        refusal => refused(refusal),
    })?;
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
    let _gate = tracing::debug_span!("gate").entered();
    let io = |e| ImageError::io("look at", child.path(), e);
    let mut seen = HashSet::from([child.identity().map_err(io)?]);
    let mut layers: Vec<Layer> = Vec::new();
    let mut next = header.backing.clone();
    let mut named_in = child.path().to_owned();
    // The first files may be layers of the child's own; from the first master on all are masters.
    let mut at_masters = false;
    let folder = child.folder();
    while let Some(backing) = next {
        let refused = |refusal| ImageError::refused(&named_in, refusal);
        if layers.len() == MAX_CHAIN {
            return Err(refused(Refusal::TooLong));
        }
        let stated = backing.format.as_deref();
        let stated = stated.ok_or_else(|| refused(Refusal::BackingFormatMissing))?;
        let format = MasterFormat::stated(stated).ok_or_else(|| {
            refused(Refusal::BackingFormat(crate::path::escape(
                stated.as_bytes(),
            )))
        })?;
        let path = plain_path(&backing.name, &named_in).map_err(refused)?;
        let canonical = path
            .canonicalize()
            .map_err(|_| refused(Refusal::BackingMissing(path.clone())))?;
        let allowed = masters.allow(&canonical, &folder, !at_masters);
        let beside = !at_masters && canonical.parent() == Some(&*folder);
        let own = !allowed && beside && format == MasterFormat::Qcow2;
        at_masters |= allowed;
        if !allowed && !own {
            return Err(refused(Refusal::Master {
                path: canonical,
                allowed: masters.describe(at_masters),
            }));
        }
        // A name that was judged is not followed any more: a link in it came after that.
        let held = walk::without_links(&canonical).map_err(|e| match e {
            Errno::LOOP | Errno::NOENT | Errno::NOTDIR => {
                refused(Refusal::Replaced(canonical.clone()))
            }
            other => ImageError::open(&canonical, other.into()),
        })?;
        let no_layer = |why| {
            refused(Refusal::Layer {
                path: canonical.clone(),
                why,
                allowed: masters.describe(at_masters),
            })
        };
        if own && let Some(why) = foreign(&held, child, &folder).map_err(io)? {
            return Err(no_layer(why));
        }
        let file = host.open_held(&held, &canonical, Access::Read)?;
        let identity = file
            .identity()
            .map_err(|e| ImageError::io("look at", &canonical, e))?;
        if !seen.insert(identity) {
            return Err(refused(Refusal::Loop(canonical)));
        }
        let content = judge(&file, format)?;
        next = content.backing().cloned();
        if own && next.is_none() {
            return Err(no_layer("it is no overlay on an allowed master"));
        }
        named_in = canonical;
        layers.push(Layer {
            file: Arc::new(file),
            content,
            is_own: own,
        });
    }
    Ok(layers)
}

/// The reason why a file beside a child is no layer of its own, as an external snapshot leaves one.
/// Whoever may name such a layer can read it anyway, and not everybody writes to it. In a folder of
/// root's own nobody else puts files: there libvirt gives layers to QEMU's user and back.
fn foreign(held: &File, child: &HostFile, folder: &Path) -> io::Result<Option<&'static str>> {
    let (layer, child) = (held.metadata()?, child.metadata()?);
    let differs = layer.uid() != child.uid() && layer.mode() & 0o004 == 0;
    if differs && !is_roots_own(folder)? {
        return Ok(Some("it belongs to another user"));
    }
    if layer.mode() & 0o002 != 0 {
        return Ok(Some("everybody may write to it"));
    }
    Ok(None)
}

/// True if root alone may put files into a folder, or another folder in its place.
fn is_roots_own(folder: &Path) -> io::Result<bool> {
    for step in folder.ancestors() {
        let found = std::fs::symlink_metadata(step)?;
        let is_sticky = found.mode() & 0o1000 != 0 && step != folder;
        if found.uid() != 0 || (found.mode() & 0o022 != 0 && !is_sticky) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Judges a backing file as what it is stated to be; for raw there is nothing to judge.
pub(super) fn judge(file: &HostFile, format: MasterFormat) -> Result<Content, ImageError> {
    Ok(match format {
        MasterFormat::Raw => Content::Raw,
        MasterFormat::Qcow2 => Content::Qcow2(admit_backing(file)?),
        MasterFormat::Vmdk => Content::Vmdk(Sparse::read(file)?),
    })
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

/// Opens an image that is to back others, and judges it as such.
pub(super) fn open_master(
    host: &Host,
    path: &Path,
    format: MasterFormat,
) -> Result<Layer, ImageError> {
    let file = host.open_named(path, Access::Read)?;
    let content = judge(&file, format)?;
    Ok(Layer {
        file: Arc::new(file),
        content,
        is_own: false,
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
