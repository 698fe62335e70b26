//! A child that is open: its file, its header, its chain.

use std::path::Path;
use std::sync::Arc;

use super::file::HostFile;
use super::gate::Layer;
use super::header::Header;
use super::masters::MasterFormat;

/// A child that is open and locked for reading, with its backing chain.
#[derive(Debug)]
pub struct OpenChild {
    pub(super) file: Arc<HostFile>,
    pub(super) header: Header,
    pub(super) layers: Vec<Layer>,
    /// True for a raw or VMDK master. The file is an overlay in memory then, and the master its layer.
    pub(super) over_master: bool,
}

impl OpenChild {
    /// Header of the child; of a raw or VMDK master, that of an overlay on it.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Format of the image itself, which is qcow2 for a child.
    pub fn format(&self) -> MasterFormat {
        match self.layers.first() {
            Some(layer) if self.over_master => layer.content.format(),
            _ => MasterFormat::Qcow2,
        }
    }

    /// Path of the child.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The file that the child is an overlay of, links resolved; `None` for a master.
    pub fn master(&self) -> Option<&Path> {
        self.chain().next().map(|(path, _)| path)
    }

    /// The format of that file, as the child states it.
    pub fn master_format(&self) -> Option<MasterFormat> {
        self.chain().next().map(|(_, format)| format)
    }

    /// The backing files, top first and links resolved, each with the format that is stated.
    pub fn chain(&self) -> impl Iterator<Item = (&Path, MasterFormat)> {
        let layers = self.layers.iter().skip(usize::from(self.over_master));
        layers.map(|layer| (layer.file.path(), layer.content.format()))
    }
}
