//! A raw or VMDK master as an image that can be looked at.

use std::fs::File;
use std::sync::Arc;

use super::error::ImageError;
use super::file::{Host, HostFile};
use super::gate::{self, Content, Layer};
use super::masters::MasterFormat;
use super::open_child::OpenChild;
use super::overlay::Overlay;

/// First bytes of a VMDK: a sparse file of either kind, or a descriptor.
const VMDK: [&[u8]; 3] = [b"KDMV", b"COWD", b"# Disk DescriptorFile"];
const QCOW2: &[u8] = b"QFI\xfb";
/// Bytes of a sector, the shortest raw disk.
const SECTOR: u64 = 512;
/// Clusters of the overlay in memory.
const CLUSTER: u64 = 1 << 16;
/// Backing name in that overlay. It is never looked up: the layer is open already.
const BACKING: &str = "master";

/// Format of an image that is no qcow2, by its first bytes; `None` for qcow2, and for what is too
/// short for a disk.
pub(super) fn other_format(file: &HostFile) -> Result<Option<MasterFormat>, ImageError> {
    let io = |e| ImageError::io("read", file.path(), e);
    if file.len().map_err(io)? < SECTOR {
        return Ok(None);
    }
    let mut head = [0; 32];
    file.read_at(0, &mut head).map_err(io)?;
    Ok(match head {
        head if head.starts_with(QCOW2) => None,
        head if VMDK.iter().any(|magic| head.starts_with(magic)) => Some(MasterFormat::Vmdk),
        _ => Some(MasterFormat::Raw),
    })
}

/// Opens a master through an empty overlay on it, which lies in memory.
pub(super) fn open(
    host: &Host,
    file: HostFile,
    format: MasterFormat,
) -> Result<OpenChild, ImageError> {
    let layer = Layer {
        content: gate::judge(&file, format)?,
        file: Arc::new(file),
        is_own: false,
    };
    over(host, layer)
}

/// The master of a child as an image of its own: the first of its chain that is none of the child's
/// layers. None for a master itself.
pub(super) fn of_child(layers: &[Layer]) -> Result<Option<OpenChild>, ImageError> {
    let mut layers = layers.iter().skip_while(|layer| layer.is_own);
    let Some(master) = layers.next() else {
        return Ok(None);
    };
    Ok(Some(match &master.content {
        Content::Qcow2(header) => OpenChild {
            file: Arc::clone(&master.file),
            header: header.clone(),
            layers: layers.cloned().collect(),
            over_master: false,
        },
        Content::Raw | Content::Vmdk(_) => over(&Host::default(), master.clone())?,
    }))
}

fn over(host: &Host, layer: Layer) -> Result<OpenChild, ImageError> {
    let path = layer.file.path().to_owned();
    let io = |e| ImageError::io("look at", &path, e);
    let size = layer.size().map_err(io)?;
    let memory = rustix::fs::memfd_create("osgraft", rustix::fs::MemfdFlags::CLOEXEC);
    let memory = File::from(memory.map_err(|e| io(e.into()))?);
    Overlay::write_empty(&memory, size, CLUSTER, BACKING).map_err(io)?;
    let overlay = host.in_memory(memory, &path);
    Ok(OpenChild {
        header: gate::read_header(&overlay)?,
        file: Arc::new(overlay),
        layers: vec![layer],
        over_master: true,
    })
}
