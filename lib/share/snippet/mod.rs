//! Devices by which a machine has a local share: libvirt's XML and QEMU's arguments.
//!
//! ```
//! use osgraft::registry::Source;
//! use osgraft::share::snippet::Snippet;
//!
//! let disk = Source::disk("/dev/disk/by-id/virtio-os12", "squashfs")?;
//! let snippet = Snippet::new("deb12", &disk, "/srv/os/share.squashfs".as_ref(), "1G")?;
//! assert!(snippet.devices[0].contains("<serial>os12</serial>"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod xml;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::ErrorKind;
use crate::path::printable;
use crate::registry::Source;

pub use xml::escaped;

/// Longest serial of a virtio disk: `VIRTIO_BLK_ID_BYTES` (uapi/linux/virtio_blk.h).
const SERIAL_MAX: usize = 20;
/// Begin of the link that udev makes for the serial of a virtio disk.
const BY_SERIAL: &str = "/dev/disk/by-id/virtio-";
/// Name of the share's device in QEMU.
const NODE: &str = "osgraft-share";

/// Devices of one machine, as text for its configuration.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Snippet {
    /// Elements for `<devices>` of libvirt's domain.
    pub devices: Vec<String>,
    /// Elements for `<domain>` itself.
    pub domain: Vec<String>,
    /// Arguments for QEMU.
    pub qemu: Vec<String>,
    /// Programs that run beside QEMU: each a program and its arguments.
    pub daemons: Vec<Vec<String>>,
    /// Things to know about it.
    pub notes: Vec<&'static str>,
}

/// Reasons why a server has no device.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SnippetError {
    /// It is reached over the network.
    #[error(
        "server “{0}” is NFS, which a machine reaches by its network: name a server with a disk or virtiofs"
    )]
    Network(String),
    /// A serial that virtio-blk cuts off.
    #[error(
        "server “{server}”: the serial “{serial}” is longer than the 20 bytes of a virtio disk: name the disk by a shorter one"
    )]
    Serial {
        /// The server.
        server: String,
        /// The serial.
        serial: String,
    },
    /// A path that no configuration can name.
    #[error("“{}” is not an absolute path in UTF-8 without control characters: name such a one", printable(&.0.to_string_lossy()))]
    Path(PathBuf),
    /// A size that QEMU does not read.
    #[error("“{0}” is no size of memory: write a number and M or G, such as 2G")]
    Memory(String),
}

impl SnippetError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Network(_) => "snippet-network-server",
            Self::Serial { .. } => "snippet-serial",
            Self::Path(_) => "snippet-path",
            Self::Memory(_) => "snippet-memory",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Usage
    }
}

impl Snippet {
    /// The devices for a server of this name and source. `from` is what the machine gets: the image of a
    /// disk, or the tree of virtiofs. `memory` is the machine's, which virtiofs shares.
    ///
    /// # Errors
    /// [`SnippetError`].
    pub fn new(
        server: &str,
        source: &Source,
        from: &Path,
        memory: &str,
    ) -> Result<Self, SnippetError> {
        let odd = || SnippetError::Path(from.to_owned());
        let path = from.to_str().filter(|_| from.is_absolute());
        let path = path.filter(|path| !path.chars().any(char::is_control));
        let path = path.ok_or_else(odd)?;
        match source {
            Source::Nfs(_) => Err(SnippetError::Network(server.to_owned())),
            Source::Virtiofs(tag) => Self::virtiofs(tag.as_str(), path, memory),
            Source::Disk(disk) => Self::disk(server, disk.spec(), path),
        }
    }

    fn disk(server: &str, spec: &str, path: &str) -> Result<Self, SnippetError> {
        let serial = spec.strip_prefix(BY_SERIAL);
        // A partition of the disk has a link of its own.
        let serial = serial.map(|serial| match serial.rsplit_once("-part") {
            Some((disk, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => disk,
            _ => serial,
        });
        if let Some(serial) = serial.filter(|serial| serial.len() > SERIAL_MAX) {
            return Err(SnippetError::Serial {
                server: server.to_owned(),
                serial: serial.to_owned(),
            });
        }
        let named = spec.strip_prefix("/dev/").filter(|name| {
            let letters = name.strip_prefix("vd").unwrap_or_default();
            !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_lowercase())
        });
        let target = named.unwrap_or("vdz");
        let mut disk = format!(
            "<disk type='file' device='disk'>\n  <driver name='qemu' type='raw'/>\n  \
             <source file='{}'/>\n  <target dev='{target}' bus='virtio'/>\n  <readonly/>\n",
            escaped(path)
        );
        if let Some(serial) = serial {
            disk.push_str(&format!("  <serial>{}</serial>\n", escaped(serial)));
        }
        disk.push_str("</disk>\n");
        let node = serde_json::json!({
            "driver": "raw",
            "node-name": NODE,
            "read-only": true,
            "file": {"driver": "file", "filename": path},
        });
        let mut device = format!("virtio-blk-pci,drive={NODE}");
        if let Some(serial) = serial {
            // QEMU reads two commas as one.
            device.push_str(&format!(",serial={}", serial.replace(',', ",,")));
        }
        let mut notes = Vec::new();
        if named.is_some() {
            notes.push(
                "The kernel names disks in the order in which it finds them: name the disk by its UUID \
                 or its serial in the registry.",
            );
        }
        Ok(Self {
            devices: vec![disk],
            domain: Vec::new(),
            qemu: ["-blockdev".to_owned(), node.to_string()]
                .into_iter()
                .chain(["-device".to_owned(), device])
                .collect(),
            daemons: Vec::new(),
            notes,
        })
    }

    fn virtiofs(tag: &str, path: &str, memory: &str) -> Result<Self, SnippetError> {
        let number = memory.trim_end_matches(['M', 'G']);
        let is_size = number.len() + 1 == memory.len()
            && !number.starts_with('0')
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_size {
            return Err(SnippetError::Memory(printable(memory)));
        }
        let socket = format!("/run/osgraft-{tag}.sock");
        let comma = |text: &str| text.replace(',', ",,");
        let devices = format!(
            "<filesystem type='mount' accessmode='passthrough'>\n  <driver type='virtiofs'/>\n  \
             <source dir='{}'/>\n  <target dir='{}'/>\n</filesystem>\n",
            escaped(path),
            escaped(tag)
        );
        let domain = "<memoryBacking>\n  <source type='memfd'/>\n  <access mode='shared'/>\n\
             </memoryBacking>\n";
        let qemu = [
            "-m",
            memory,
            "-object",
            &format!("memory-backend-memfd,id=osgraft-memory,size={memory},share=on"),
            "-machine",
            "memory-backend=osgraft-memory",
            "-chardev",
            &format!("socket,id={NODE},path={}", comma(&socket)),
            "-device",
            &format!("vhost-user-fs-pci,chardev={NODE},tag={}", comma(tag)),
        ];
        let daemon = [
            "virtiofsd",
            &format!("--socket-path={socket}"),
            "-o",
            &format!("source={path}"),
        ];
        Ok(Self {
            devices: vec![devices],
            domain: vec![domain.to_owned()],
            qemu: qemu.map(str::to_owned).to_vec(),
            daemons: vec![daemon.map(str::to_owned).to_vec()],
            notes: vec![
                "A guest's root can write to the folder: give virtiofs a read-only bind mount of it, or, \
                 with libvirt 11 and virtiofsd 1.13, add <readonly/>.",
                "The mount hangs in the guest when virtiofsd ends: restart the machine then.",
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(source: &Source, path: &str) -> Result<Snippet, SnippetError> {
        Snippet::new("a", source, Path::new(path), "2G")
    }

    #[test]
    fn a_disk_is_read_only_and_has_the_serial_that_fstab_names() {
        let source = |spec: &str| Source::disk(spec, "erofs").unwrap();
        let by_serial = made(&source("/dev/disk/by-id/virtio-os-12"), "/srv/a,b/i.img").unwrap();
        let disk = &by_serial.devices[0];
        for part in [
            "<readonly/>",
            "<serial>os-12</serial>",
            "<source file='/srv/a,b/i.img'/>",
            "<target dev='vdz' bus='virtio'/>",
        ] {
            assert!(disk.contains(part), "{disk}");
        }
        let node: serde_json::Value = serde_json::from_str(&by_serial.qemu[1]).unwrap();
        assert_eq!(node["read-only"], true);
        assert_eq!(node["file"]["filename"], "/srv/a,b/i.img");
        assert_eq!(
            by_serial.qemu[3],
            "virtio-blk-pci,drive=osgraft-share,serial=os-12"
        );

        let part = made(&source("/dev/disk/by-id/virtio-os-12-part1"), "/i").unwrap();
        assert!(part.devices[0].contains("<serial>os-12</serial>"));
        let by_uuid = made(&source("UUID=5a"), "/srv/i&'<.img").unwrap();
        assert!(!by_uuid.devices[0].contains("serial"));
        assert!(by_uuid.devices[0].contains("/srv/i&amp;&apos;&lt;.img"));
        let by_name = made(&source("/dev/vdb"), "/i").unwrap();
        assert!(by_name.devices[0].contains("dev='vdb'"));
        assert_eq!(by_name.notes.len(), 1);
    }

    #[test]
    fn virtiofs_shares_the_machines_memory() {
        let source = Source::virtiofs("os").unwrap();
        let snippet = made(&source, "/srv/os/tree").unwrap();
        assert!(snippet.devices[0].contains("<target dir='os'/>"));
        assert!(snippet.domain[0].contains("<access mode='shared'/>"));
        assert!(
            snippet
                .qemu
                .iter()
                .any(|word| word.contains("size=2G,share=on"))
        );
        let words = snippet.qemu.iter();
        assert!(words.clone().any(|word| word.ends_with("tag=os")));
        for memory in ["", "G", "2", "0G", "2T", "2 G", "2G,x=y"] {
            let error = Snippet::new("a", &source, Path::new("/t"), memory);
            assert_eq!(error.unwrap_err().code(), "snippet-memory", "{memory}");
        }
    }

    #[test]
    fn what_no_machine_can_have_is_refused_by_code() {
        let disk = Source::disk("/dev/disk/by-id/virtio-123456789012345678901", "erofs").unwrap();
        let nfs = Source::nfs("10.0.0.1:/v").unwrap();
        for (source, path, code) in [
            (&nfs, "/i", "snippet-network-server"),
            (&disk, "/i", "snippet-serial"),
            (&Source::virtiofs("a").unwrap(), "tree", "snippet-path"),
            (&Source::virtiofs("a").unwrap(), "/a\nb", "snippet-path"),
        ] {
            let error = made(source, path).unwrap_err();
            assert_eq!(error.code(), code);
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }
}
