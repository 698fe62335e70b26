//! Facts of a guest that the plan has to know, read once and kept as values.

use super::error::GraftError;
use super::finding::Finding;
use super::receipt::{RECEIPT_FOLDER, RECEIPT_NAME, Receipt, ReceiptError};
use super::unfit::Unfit;
use crate::edit::Edit;
use crate::fstab::Fstab;
use crate::guest::facts::SERVER_DISK;
use crate::guest::{FileKind, Guest, GuestError, Resolved, resolve, resolve_parent};
use crate::links::{Done, Found, Links, Look, Observation, Physical};
use crate::path::GuestPath;

/// Largest fstab and receipt read, in bytes.
const MAX_TEXT: u64 = 1 << 20;

/// The guest's fstab.
#[derive(Clone, Debug)]
pub(super) struct FstabFile {
    /// Links resolved.
    pub(super) path: GuestPath,
    /// `None` where there is none yet.
    pub(super) content: Option<Vec<u8>>,
}

impl FstabFile {
    /// Its text as lines.
    pub(super) fn parse(&self) -> Fstab {
        match &self.content {
            Some(bytes) => Fstab::parse(bytes),
            None => Fstab::missing(),
        }
    }
}

/// The receipt's place, and what lies there.
#[derive(Debug)]
pub(crate) struct ReceiptFile {
    pub(super) path: GuestPath,
    pub(crate) state: ReceiptState,
    /// Directories to be made for it, outermost first.
    pub(super) missing: Vec<GuestPath>,
}

/// State of the receipt's place.
#[derive(Debug)]
pub(crate) enum ReceiptState {
    Missing,
    /// The bytes as they stand, and what they say.
    Whole(Vec<u8>, Box<Receipt>),
    /// Bytes that say nothing any more.
    Damaged(Vec<u8>, ReceiptError),
    /// Something that is left alone.
    Unusable(ReceiptError),
}

impl ReceiptFile {
    /// The receipt, where a whole one is there.
    pub(super) fn whole(&self) -> Option<&Receipt> {
        match &self.state {
            ReceiptState::Whole(_, receipt) => Some(receipt),
            _ => None,
        }
    }

    /// The bytes of a plain file.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match &self.state {
            ReceiptState::Whole(bytes, _) | ReceiptState::Damaged(bytes, _) => Some(bytes),
            _ => None,
        }
    }

    /// Refuses what must be left alone.
    pub(super) fn usable(self) -> Result<Self, Unfit> {
        match self.state {
            ReceiptState::Unusable(error) => Err(error.into()),
            _ => Ok(self),
        }
    }

    /// Takes the folders out of those to be made that these edits make.
    pub(super) fn are_made(&mut self, edits: &[Edit]) {
        self.missing.retain(|folder| {
            !edits
                .iter()
                .any(|edit| matches!(edit, Edit::MakeDirectory { path, .. } if path == folder))
        });
    }

    /// The receipt's folder.
    pub(super) fn folder(&self) -> GuestPath {
        self.path.parent().unwrap_or_else(GuestPath::root)
    }
}

/// Refuses the disk of a server, which has its fstab and its identity from `share server-disk`.
pub(super) fn refuse_server_disk(guest: &mut dyn Guest) -> Result<(), GraftError> {
    match resolve(guest, &guest_path(SERVER_DISK)) {
        Ok(at) if at.exists() => Err(Unfit::ServerDisk.into()),
        Ok(_)
        | Err(GuestError::NotADirectory(_) | GuestError::NotFound(_) | GuestError::LinkLoop(_)) => {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Finds and reads fstab: a regular file with one name, of sensible size, that may be changed.
pub(super) fn fstab(guest: &mut dyn Guest) -> Result<FstabFile, GraftError> {
    let wanted = guest_path("/etc/fstab");
    let at = resolve(guest, &wanted)?;
    let refuse = |what| Unfit::Fstab {
        path: at.path.clone(),
        what,
    };
    let Some(metadata) = &at.metadata else {
        if at.missing.len() > 1 && at.dangling.is_some() {
            let what = "is a link into a directory that does not exist";
            return Err(Unfit::Fstab { path: wanted, what }.into());
        }
        if at.missing.len() > 1 {
            return Err(refuse("lies in a directory that does not exist").into());
        }
        return Ok(FstabFile {
            path: at.path,
            content: None,
        });
    };
    if metadata.kind != FileKind::File {
        return Err(refuse("is not a regular file").into());
    }
    if metadata.links > 1 {
        return Err(refuse("has other names (hard links), which an edit would change too").into());
    }
    if metadata.size > MAX_TEXT {
        return Err(refuse("is larger than 1 MiB").into());
    }
    if metadata.immutable {
        return Err(refuse("is immutable (lsattr: i or a)").into());
    }
    let content = guest.read(&at.path, MAX_TEXT)?;
    Ok(FstabFile {
        path: at.path,
        content: Some(content),
    })
}

/// Finds and reads the receipt.
pub(crate) fn receipt(guest: &mut dyn Guest) -> Result<ReceiptFile, GraftError> {
    let folder = resolve(guest, &guest_path(RECEIPT_FOLDER))?;
    let path = folder.path.join(RECEIPT_NAME).map_err(Unfit::from)?;
    if let Some(kind) = folder.kind()
        && kind != FileKind::Directory
    {
        return Err(GuestError::NotADirectory(folder.path).into());
    }
    let missing = missing(&folder);
    let state = match folder.exists() {
        true => receipt_state(guest, &path)?,
        false => ReceiptState::Missing,
    };
    Ok(ReceiptFile {
        path,
        state,
        missing,
    })
}

fn receipt_state(guest: &mut dyn Guest, path: &GuestPath) -> Result<ReceiptState, GuestError> {
    let not_ours = |what| {
        let path = path.clone();
        Ok(ReceiptState::Unusable(ReceiptError::NotOurs { path, what }))
    };
    match guest.lstat(path) {
        Err(GuestError::NotFound(_)) => Ok(ReceiptState::Missing),
        Err(error) => Err(error),
        Ok(found) if found.kind != FileKind::File => not_ours("no regular file"),
        Ok(found) if found.links > 1 => not_ours("it has other names"),
        Ok(found) if found.size > MAX_TEXT => not_ours("larger than 1 MiB"),
        Ok(_) => {
            let bytes = guest.read(path, MAX_TEXT)?;
            Ok(match Receipt::parse(&bytes, path) {
                Ok(receipt) => ReceiptState::Whole(bytes, Box::new(receipt)),
                Err(error @ ReceiptError::Damaged { .. }) => ReceiptState::Damaged(bytes, error),
                Err(error) => ReceiptState::Unusable(error),
            })
        }
    }
}

/// Finding for a guest without a receipt.
pub(super) fn not_prepared(file: &ReceiptFile) -> Finding {
    let text = format!(
        "this child was not prepared: it has no receipt {}",
        file.path
    );
    Finding::new("not-prepared", text)
}

/// Finding for a graft without a receipt.
pub(super) fn lost(file: &ReceiptFile) -> Finding {
    let text = format!(
        "the receipt {} is gone from a guest that is prepared: prepare writes it anew from what \
         the guest shows, and revert goes by that; a pin is lost with it",
        file.path
    );
    Finding::new("receipt-missing", text)
}

/// The real places of a set of links.
pub(super) fn locate(guest: &mut dyn Guest, links: &Links) -> Result<Physical, GuestError> {
    links.locate(|path| resolve_parent(guest, path).map(|resolved| resolved.path))
}

/// Looks at what the links are about, and at what an earlier graft was about.
pub(super) fn links(
    guest: &mut dyn Guest,
    links: &Links,
    physical: &Physical,
    earlier: Option<&Done>,
) -> Result<Observation, GraftError> {
    let mut looks = links.looks(physical).map_err(Unfit::from)?;
    for look in earlier.map(Done::looks).into_iter().flatten() {
        match looks.iter_mut().find(|known| known.path == look.path) {
            Some(known) => known.names |= look.names,
            None => looks.push(look),
        }
    }
    Ok(observe(guest, looks)?)
}

/// Looks at what an earlier graft was about.
pub(super) fn done(guest: &mut dyn Guest, done: &Done) -> Result<Observation, GuestError> {
    observe(guest, done.looks())
}

fn observe(guest: &mut dyn Guest, looks: Vec<Look>) -> Result<Observation, GuestError> {
    let mut observation = Observation::default();
    for look in looks {
        let found = match guest.lstat(&look.path) {
            Err(GuestError::NotFound(_) | GuestError::NotADirectory(_)) => Found::Missing,
            Err(error) => return Err(error),
            Ok(found) => match found.kind {
                FileKind::File => Found::File,
                FileKind::Symlink => Found::Symlink {
                    target: guest.read_link(&look.path)?,
                },
                FileKind::Directory => Found::Directory {
                    filesystem: found.filesystem,
                    names: if look.names {
                        let entries = guest.read_dir(&look.path)?;
                        entries.into_iter().map(|entry| entry.name).collect()
                    } else {
                        Vec::new()
                    },
                },
                _ => Found::Special,
            },
        };
        observation.insert(look.path, found);
    }
    Ok(observation)
}

/// The directories that a path lacks, outermost first.
fn missing(resolved: &Resolved) -> Vec<GuestPath> {
    let mut paths: Vec<GuestPath> =
        std::iter::successors(Some(resolved.path.clone()), GuestPath::parent)
            .take(resolved.missing.len())
            .collect();
    paths.reverse();
    paths
}

fn guest_path(text: &str) -> GuestPath {
    text.parse().expect("a literal guest path")
}
