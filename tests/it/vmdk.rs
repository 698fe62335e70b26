//! VMDK masters below qcow2 children, and VMDK files that are named as children.

/// A VMDK named as a child: refused by name, untouched.
mod child;
/// Masters that lie, or name other files.
mod hostile;
/// The disk inside, compared with what QEMU reads.
mod reading;
/// No file but the image is opened, as strace sees it.
#[cfg(feature = "cli")]
mod traced;

use std::path::{Path, PathBuf};

use osgraft::image::{MasterFormat, Overlay};

use crate::support::{run, text};

/// Bytes of a disk whose last grain is not full, of which most grains are zeros, and some not.
fn patterned() -> Vec<u8> {
    let mut bytes = vec![0u8; (3 << 20) + 512 * 7];
    let len = bytes.len();
    for at in [0, 65536 + 512, 1 << 20, (2 << 20) - 4096, len - 4096] {
        for (index, byte) in bytes[at..][..4096].iter_mut().enumerate() {
            *byte = (at / 4096 + index / 3 + index * index) as u8;
        }
    }
    bytes
}

/// A VMDK of these bytes as qemu-img makes it.
fn converted(folder: &Path, bytes: &[u8], options: &str) -> PathBuf {
    let raw = folder.join("disk.raw");
    std::fs::write(&raw, bytes).unwrap();
    let vmdk = folder.join("master.vmdk");
    let args = ["convert", "-f", "raw", "-O", "vmdk", "-o", options];
    run(
        "qemu-img",
        &[&args[..], &[text(&raw), text(&vmdk)]].concat(),
    );
    std::fs::remove_file(raw).unwrap();
    vmdk
}

fn overlay(master: &Path) -> Overlay {
    Overlay::new(master).format(MasterFormat::Vmdk)
}

/// A streamOptimized file as VMware's and VirtualBox's exports are: the directory's place is in a
/// second header at the end.
fn with_footer(vmdk: &Path) {
    let mut bytes = std::fs::read(vmdk).unwrap();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    let mut marker = [0; 512];
    marker[0] = 1;
    marker[12] = 3;
    let mut footer = bytes[..512].to_vec();
    footer[28..44].copy_from_slice(&bytes[28..44]);
    bytes[56..64].fill(0xff);
    bytes.extend_from_slice(&marker);
    bytes.append(&mut footer);
    bytes.extend_from_slice(&[0; 512]);
    std::fs::write(vmdk, bytes).unwrap();
}
