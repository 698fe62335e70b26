//! VMDK files: what may back a child, and why none is ever edited.
//!
//! **A VMDK below a child.** Vendors ship their cloud images as VMDK. A qcow2 overlay that states
//! the format `vmdk` for its backing file is a child like any other: its guard bit, redo record and
//! commit are those of qcow2, and the VMDK is only read. Admitted is one file that holds its whole
//! disk, `monolithicSparse` or `streamOptimized`, with its descriptor inside. Every other kind is
//! made of several files, which the descriptor names freely: QEMU would open whatever it says, so
//! the gate refuses those by their type and opens none of them.
//!
//! **A VMDK as a child.** A VMDK that names a parent (`parentFileNameHint`) is what others call a
//! child, and is refused. An edit that survives a kill needs a mark in the file that keeps every
//! reader out while the edit is under way, as bit 63 of the incompatible features does in qcow2.
//! The header of a sparse file has none: QEMU ignores flags that it does not know, and the
//! unclean-shutdown byte. It refuses a version above 3, but what VMware and VirtualBox make of one
//! nobody promises. The usual delta is a text descriptor beside its extents, where one mark cannot
//! stand for all the files, and QEMU itself writes neither every type nor packed grains in place.
//! Nor could anybody tell whether such a file is in use, since those programs take none of QEMU's
//! locks. So a VMDK is never written to, nor locked as if it were to be, and not read beyond its
//! first 64 KiB; the way to edit it is a qcow2 child on it.
//!
//! What QEMU looks at is what the gate looks at: `block/vmdk.c` reads the descriptor at byte 512
//! whatever the header says, finds a parent's name anywhere in its first 20 sectors, follows the
//! extents of a descriptor whose header gives no capacity, and takes the header at the file's end
//! where that at the start says so. Where the two could differ, the image is refused.
//!
//! Sources: VMware, *Virtual Disk Format 5.0*; `block/vmdk.c` of QEMU.

mod descriptor;
mod grains;
mod sparse;

pub(super) use grains::Grains;
pub(super) use sparse::Sparse;

use super::refusal::Refusal;

/// Bytes of a sector, the unit of every place and length in a VMDK.
const SECTOR: u64 = 512;
/// Offset of a sparse file's descriptor.
const DESCRIPTOR_AT: usize = 512;
/// Bytes of a descriptor that QEMU reads.
const DESCRIPTOR_READ: usize = 20 * 512;

const SPARSE_MAGIC: &[u8] = b"KDMV";
/// Of the sparse files of older VMware hosts.
const COW_MAGIC: &[u8] = b"COWD";
/// Of the sparse files of newer VMware hosts.
const SE_SPARSE_MAGIC: &[u8] = &0xcafe_babe_u64.to_le_bytes();

/// Refusal of a file that begins like a VMDK, where it is to be no VMDK; `None` where it
/// begins like none. `head` may end anywhere.
///
/// Names a refusal better. Nothing is opened on its account.
pub(super) fn instead_of_qcow2(head: &[u8]) -> Option<Refusal> {
    if !head.starts_with(SPARSE_MAGIC) {
        return not_sparse(head);
    }
    let descriptor = head.get(DESCRIPTOR_AT..).unwrap_or_default();
    let descriptor = &descriptor[..descriptor.len().min(DESCRIPTOR_READ)];
    Some(match descriptor::names_parent(descriptor) {
        true => Refusal::VmdkDelta,
        false => Refusal::Vmdk,
    })
}

/// Names the kinds of VMDK that are no sparse file with a descriptor inside.
fn not_sparse(head: &[u8]) -> Option<Refusal> {
    if head.starts_with(COW_MAGIC) {
        return Some(Refusal::VmdkType("vmfsSparse".into()));
    }
    if head.starts_with(SE_SPARSE_MAGIC) {
        return Some(Refusal::VmdkType("seSparse".into()));
    }
    let text = &head[..head.len().min(DESCRIPTOR_READ)];
    if !descriptor::begins(text) {
        return None;
    }
    if descriptor::names_parent(text) {
        return Some(Refusal::VmdkDelta);
    }
    let kind = descriptor::create_type(text).unwrap_or("unknown".into());
    Some(Refusal::VmdkType(kind))
}

#[cfg(fuzzing)]
pub(super) fn fuzz_descriptor(text: &[u8], sectors: u64) {
    let _ = (
        descriptor::names_parent(text),
        descriptor::create_type(text),
    );
    let _ = descriptor::judge(text, sectors);
}
