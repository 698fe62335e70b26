//! Memories that `virsh managedsave` keeps, and the disks that they belong to.
//!
//! A domain that was saved goes on from its memory at its next start. The memory knows the file
//! systems as they were, so an edit of the disk in between destroys them.
//!
//! # Limits
//! A memory that `virsh save FILE` or a snapshot put elsewhere is not seen.
//!
//! # Source
//! `virQEMUSaveHeader` in `qemu_saveimage.h` of libvirt 11: a magic, five numbers of 32 bits in the
//! host's byte order, 56 unused bytes; then the domain's XML, ended by a NUL.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use roxmltree::Node;

use super::domain::Domain;
use super::pool::{self, Volume};
use super::xml::{self, MAX_BYTES};
use crate::hook::plain;
use crate::host::FileId;
use crate::image::{MAX_CHAIN, backing_file};
use crate::path::escape;
use crate::prepare::SavedMemory;

/// A memory that is whole, and one that is being written or never was finished.
const MAGICS: [&[u8; 16]; 2] = [b"LibvirtQemudSave", b"LibvirtQemudPart"];
const HEADER: usize = 92;
/// Most files of a folder that are looked at.
const MAX_FILES: usize = 1 << 16;

/// The folders that libvirt keeps saved memories in.
#[derive(Clone, Debug)]
pub struct Saved {
    folders: Vec<PathBuf>,
    pools: Vec<PathBuf>,
}

impl Saved {
    /// The memories in these folders; `pools` are the folders of libvirt's storage pools.
    pub fn under(folders: Vec<PathBuf>, pools: Vec<PathBuf>) -> Self {
        Self { folders, pools }
    }

    /// The memory that a disk belongs to: one of a domain that has the disk, or an overlay on it. A
    /// folder that does not exist or cannot be read tells nothing.
    ///
    /// A file that is a saved memory and cannot be read may belong to any disk.
    pub fn of(&self, disk: &Path) -> Option<SavedMemory> {
        let wanted = fs::metadata(disk).map(|disk| FileId::of(&disk)).ok()?;
        let folders = self
            .folders
            .iter()
            .filter_map(|folder| fs::read_dir(folder).ok());
        let files = folders.flatten().take(MAX_FILES).filter_map(Result::ok);
        let mut files: Vec<PathBuf> = files.map(|file| file.path()).collect();
        files.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "save")
                && path.is_file()
        });
        files.sort();
        files.into_iter().find_map(|file| {
            let (name, why) = match self.look(&file, wanted) {
                Ok(Some(name)) => (name, None),
                Ok(None) => return None,
                Err(why) => (name_of(&file), Some(why)),
            };
            let name = escape(name.as_bytes());
            let discard = format!("drop its memory with “virsh managedsave-remove {name}”");
            Some(match why {
                None => {
                    let remedy = format!("start it and shut it down, or {discard}");
                    SavedMemory::new(name, file, remedy)
                }
                Some(why) => SavedMemory::new(name, file, discard).in_doubt(why),
            })
        })
    }

    /// The domain whose memory a file is, where that domain has the disk.
    fn look(&self, file: &Path, wanted: FileId) -> Result<Option<String>, String> {
        let text = match description(file) {
            Ok(text) => text,
            // libvirt has taken it away meanwhile, or shows it to its own user alone.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(format!("cannot be read ({error})")),
        };
        let Some(text) = text else { return Ok(None) };
        let document = xml::parse(&text).map_err(|error| format!("cannot be judged ({error})"))?;
        let domain =
            Domain::of(&document).map_err(|error| format!("cannot be judged ({error})"))?;
        let images = images(&domain, &self.pools);
        Ok(uses(images, wanted).then(|| domain.name().to_owned()))
    }
}

/// The XML of a saved memory; `None` for another file.
fn description(file: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = plain::open(file)?;
    let mut header = [0; HEADER];
    match file.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    if !MAGICS.iter().any(|magic| header.starts_with(*magic)) {
        return Ok(None);
    }
    let word = |at: usize| u32::from_le_bytes(std::array::from_fn(|i| header[at + i]));
    // The version is small, in whichever order the writer had its bytes.
    let len = match word(16).leading_zeros() >= 16 {
        true => word(20),
        false => word(20).swap_bytes(),
    };
    let mut text = Vec::new();
    file.take(u64::from(len).min(MAX_BYTES as u64 + 1))
        .read_to_end(&mut text)?;
    // What libvirt keeps behind it is its own.
    if let Some(end) = text.iter().position(|byte| *byte == 0) {
        text.truncate(end);
    }
    Ok(Some(text))
}

/// The images that a domain names, backing files included.
fn images(domain: &Domain<'_>, pools: &[PathBuf]) -> Vec<PathBuf> {
    let devices = domain.child("devices").into_iter();
    let disks = devices
        .flat_map(|devices| devices.children())
        .filter(|node| node.has_tag_name("disk"));
    let sources = disks.flat_map(|disk| {
        disk.descendants()
            .filter(|node| node.has_tag_name("source"))
    });
    sources.filter_map(|source| image(source, pools)).collect()
}

fn image(source: Node<'_, '_>, pools: &[PathBuf]) -> Option<PathBuf> {
    if let Some(file) = source.attribute("file").or_else(|| source.attribute("dev")) {
        return Some(file.into());
    }
    let (pool, volume) = source.attribute("pool").zip(source.attribute("volume"))?;
    match pool::file_of(pool, volume, pools) {
        Ok(Volume::File(path) | Volume::Absent(path)) => Some(path),
        Err(_) => None,
    }
}

/// True if a disk is among these images, or behind one of them.
fn uses(images: Vec<PathBuf>, wanted: FileId) -> bool {
    let mut seen = HashSet::new();
    images.into_iter().any(|image| {
        let mut next = Some(image);
        for _ in 0..=MAX_CHAIN {
            let Some(path) = next.take() else {
                return false;
            };
            let Ok(found) = fs::metadata(&path).map(|file| FileId::of(&file)) else {
                return false;
            };
            if found == wanted {
                return true;
            }
            if !seen.insert(found) {
                return false;
            }
            next = backing_file(&path).ok().flatten();
        }
        false
    })
}

/// libvirt names the file by the domain.
fn name_of(file: &Path) -> String {
    let name = file.file_stem().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
