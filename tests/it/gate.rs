//! Hostile qcow2 files: each ends in its own error, soon and in little memory, and no file that
//! it names is opened.

/// What QEMU does not open.
mod as_qemu;
/// Persistent bitmaps of incremental backups.
mod bitmaps;
/// What lies behind a child: other names, other files, chains.
mod chains;
/// Tables damaged at random, judged beside QEMU.
mod checked;
/// Tables that are sound in the header, and lead astray.
mod depth;
/// Ends of files that look like an interrupted edit.
mod forged;
/// The header, field by field.
mod headers;
/// External snapshots: layers of a child's own beneath it.
mod layers;
/// Masters, and what else others lie on, named as children.
mod masters;
/// Files that are exchanged while osgraft looks at them, and links and locks of other users.
mod races;
/// A child and its master in a folder, a secret in another, and the calls that are tried on them.
mod scene;

/// How many hostile files the tables hold.
#[test]
fn the_corpus_is_as_large_as_is_told() {
    let tried = headers::CASES.len() + chains::CASES.len() + depth::CASES.len();
    assert!(tried >= 150, "{tried}");
}
