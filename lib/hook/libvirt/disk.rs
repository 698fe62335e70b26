//! A domain's disk: which of them is the root, and whether it can be prepared.

use std::path::{Path, PathBuf};

use roxmltree::Node;

use super::pool::{self, Volume};
use super::xml::child;
use crate::hook::error::DiskRefusal;
use crate::hook::verdict::Backing;
use crate::image::MasterFormat;
use crate::path::escape;

/// One `<disk>`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disk<'a>(Node<'a, 'a>);

impl<'a> Disk<'a> {
    pub(super) fn new(element: Node<'a, 'a>) -> Self {
        Self(element)
    }

    pub(super) fn node(&self) -> Node<'a, 'a> {
        self.0
    }

    /// Name in errors: its target.
    pub(super) fn name(&self) -> String {
        let target = child(self.0, "target").and_then(|target| target.attribute("dev"));
        escape(target.unwrap_or("without a target").as_bytes())
    }

    /// True if a guest may have its root on it; CDROMs and floppies are not meant.
    pub(super) fn is_hard_disk(&self) -> bool {
        matches!(self.0.attribute("device").unwrap_or("disk"), "disk" | "lun")
    }

    /// Its place in the boot order, from 1.
    pub(super) fn boot_order(&self) -> Option<u32> {
        child(self.0, "boot")?.attribute("order")?.parse().ok()
    }

    /// The file that it names, whatever its type.
    fn file(&self) -> Option<&'a str> {
        child(self.0, "source")?.attribute("file")
    }

    /// The pool and the volume that it names, whatever its type.
    fn volume(&self) -> Option<(&'a str, &'a str)> {
        let source = child(self.0, "source")?;
        Some((source.attribute("pool")?, source.attribute("volume")?))
    }

    /// The image and the backing chain that is stated for it, when it can be prepared. `pools` are
    /// the folders that the host's storage pools are configured in.
    pub(super) fn image(
        &self,
        all: &Disks<'_>,
        pools: &[PathBuf],
    ) -> Result<(Volume, Option<Vec<Backing>>), DiskRefusal> {
        let kind = self.0.attribute("type").unwrap_or("file");
        if !matches!(kind, "file" | "volume") {
            return Err(DiskRefusal::Type(escape(kind.as_bytes())));
        }
        if self.0.attribute("device") == Some("lun") {
            return Err(DiskRefusal::Type("lun".into()));
        }
        for (name, refusal) in [
            ("transient", DiskRefusal::Transient),
            ("readonly", DiskRefusal::ReadOnly),
            ("shareable", DiskRefusal::Shareable),
            ("encryption", DiskRefusal::Encrypted),
            ("mirror", DiskRefusal::Mirror),
        ] {
            if child(self.0, name).is_some() {
                return Err(refusal);
            }
        }
        let source = child(self.0, "source").ok_or(DiskRefusal::NoSource)?;
        for (name, refusal) in [
            ("encryption", DiskRefusal::Encrypted),
            ("slices", DiskRefusal::Slice),
            ("dataStore", DiskRefusal::DataStore),
        ] {
            if child(source, name).is_some() {
                return Err(refusal);
            }
        }
        if source.attribute("fdgroup").is_some() {
            return Err(DiskRefusal::Descriptor);
        }
        let driver = child(self.0, "driver").and_then(|driver| driver.attribute("type"));
        match driver {
            Some("qcow2") => {}
            Some(other) => return Err(DiskRefusal::Format(escape(other.as_bytes()))),
            None => return Err(DiskRefusal::NoFormat),
        }
        let image = match kind {
            "volume" => {
                let (pool, volume) = self.volume().ok_or(DiskRefusal::NoSource)?;
                pool::file_of(pool, volume, pools)?
            }
            _ => {
                let file = self.file().filter(|file| !file.is_empty());
                let file = file.ok_or(DiskRefusal::NoSource)?;
                if !file.starts_with('/') {
                    return Err(DiskRefusal::Relative(escape(file.as_bytes())));
                }
                Volume::File(file.into())
            }
        };
        if let Volume::File(path) = &image
            && let Some(other) = all.other_at(self, path)
        {
            return Err(DiskRefusal::Twice(other.name()));
        }
        Ok((image, self.chain()?))
    }

    /// The file of its image, as far as that can be told.
    fn found(&self, pools: &[PathBuf]) -> Option<PathBuf> {
        if let Some(file) = self.file() {
            return Some(file.into());
        }
        let (pool, volume) = self.volume()?;
        match pool::file_of(pool, volume, pools) {
            Ok(Volume::File(path)) => Some(path),
            _ => None,
        }
    }

    /// The backing chain as stated; `None` where that is left to the image.
    fn chain(&self) -> Result<Option<Vec<Backing>>, DiskRefusal> {
        let mut chain = Vec::new();
        let mut above = self.0;
        while let Some(backing) = child(above, "backingStore") {
            // An empty element ends the chain.
            let Some(source) = child(backing, "source") else {
                return match chain.is_empty() {
                    true => Err(DiskRefusal::NoBacking),
                    false => Ok(Some(chain)),
                };
            };
            let other = |kind: &str| DiskRefusal::BackingType(escape(kind.as_bytes()));
            match backing.attribute("type") {
                None | Some("file") => {}
                Some(kind) => return Err(other(kind)),
            }
            let file = source.attribute("file").ok_or_else(|| other("unnamed"))?;
            let format = child(backing, "format").and_then(|format| format.attribute("type"));
            let known = |format| MasterFormat::stated(format).ok_or_else(|| other(format));
            chain.push(Backing {
                path: file.into(),
                format: format.map(known).transpose()?,
            });
            above = backing;
        }
        Ok((!chain.is_empty()).then_some(chain))
    }
}

/// All disks of a domain, with the files of their images.
#[derive(Debug)]
pub(super) struct Disks<'a> {
    pub(super) disks: Vec<Disk<'a>>,
    files: Vec<Option<PathBuf>>,
}

impl<'a> Disks<'a> {
    pub(super) fn new(disks: Vec<Disk<'a>>, pools: &[PathBuf]) -> Self {
        let files = disks.iter().map(|disk| disk.found(pools)).collect();
        Self { disks, files }
    }

    /// Another disk than this one whose image is this file, as far as that can be told without
    /// opening it.
    fn other_at(&self, disk: &Disk<'_>, path: &Path) -> Option<&Disk<'a>> {
        let mut others = self.disks.iter().zip(&self.files);
        let found = others.find(|(other, file)| {
            let file = file.as_deref();
            other.0 != disk.0 && file.is_some_and(|file| file.components().eq(path.components()))
        });
        found.map(|(other, _)| other)
    }
}

/// The root disk: of the hard disks the first in the boot order, else the first.
pub(super) fn root<'a, 'b>(disks: &'b [Disk<'a>]) -> Option<&'b Disk<'a>> {
    let hard = || disks.iter().filter(|disk| disk.is_hard_disk());
    hard()
        .filter(|disk| disk.boot_order().is_some())
        .min_by_key(|disk| disk.boot_order())
        .or_else(|| hard().next())
}
