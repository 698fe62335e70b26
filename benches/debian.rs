//! Things that the benches share: the real Debian guest and a folder for its children.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The 10 GiB Debian master; made when it is not there.
pub(crate) fn master() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let master = root.join("target/fixtures/debian/master.qcow2");
    if !master.exists() {
        let made = Command::new(root.join("fixtures/guests/debian.gen.sh")).status();
        assert!(made.is_ok_and(|status| status.success()), "make debian");
    }
    master
}

/// A folder on the disk that the fixtures lie on, removed afterwards: a tmpfs would make every
/// flush free.
pub(crate) fn folder() -> tempfile::TempDir {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    tempfile::tempdir_in(target).expect("space")
}
