//! Real file systems, made by mke2fs and judged by e2fsck and debugfs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use osgraft::editor::ext4::{Ext4Guest, Options, Outcome};
use osgraft::path::GuestPath;
use tempfile::TempDir;

/// Some second in 2026, later than any clock that made the image.
pub(super) const TIME: i64 = 1_800_000_000;

/// A file system in a file, which the tools can open between edits.
pub(super) struct Image {
    folder: TempDir,
}

impl Image {
    /// `mke2fs` with these arguments on `size`, e.g. `16M`, filled by `fill`.
    pub(super) fn new(arguments: &[&str], size: &str, fill: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        fs::create_dir_all(tree.join("etc")).unwrap();
        fs::write(tree.join("etc/fstab"), FSTAB).unwrap();
        fs::write(tree.join("etc/os-release"), "ID=debian\n").unwrap();
        fill(&tree);
        let image = Self { folder };
        let mut command = Command::new("mke2fs");
        command.args(["-q", "-F", "-d"]).arg(&tree).args(arguments);
        run(command.arg(image.path()).arg(size));
        image
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("disk.img")
    }

    /// The whole image, in memory.
    pub(super) fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    /// Runs an edit in memory, puts the result back, and lets e2fsck judge it.
    pub(super) fn edit(&self, edit: impl FnOnce(&mut Ext4Guest<'_>)) -> Outcome {
        let mut disk = self.bytes();
        let end = disk.len() as u64;
        let mut guest = Ext4Guest::open(&mut disk, 0..end, Options { time: TIME }).unwrap();
        edit(&mut guest);
        let outcome = guest.finish().unwrap();
        fs::write(self.path(), &disk).unwrap();
        self.check();
        outcome
    }

    /// Looks, without writing.
    pub(super) fn look<T>(&self, look: impl FnOnce(&mut Ext4Guest<'_>) -> T) -> T {
        let mut disk = self.bytes();
        let end = disk.len() as u64;
        look(&mut Ext4Guest::open_read_only(&mut disk, 0..end).unwrap())
    }

    /// `e2fsck -fn` finds nothing.
    pub(super) fn check(&self) {
        let output = Command::new("e2fsck")
            .arg("-fn")
            .arg(self.path())
            .output()
            .expect("e2fsck is installed (e2fsprogs)");
        assert!(output.status.success(), "e2fsck: {}", text(&output));
    }

    /// What `debugfs -R` prints.
    pub(super) fn debugfs(&self, request: &str) -> Vec<u8> {
        let output = run(Command::new("debugfs")
            .args(["-R", request])
            .arg(self.path()));
        output.stdout
    }

    /// `debugfs -w -R`, which changes the image.
    pub(super) fn damage(&self, request: &str) {
        run(Command::new("debugfs")
            .args(["-w", "-R", request])
            .arg(self.path()));
    }
}

pub(super) const FSTAB: &str = "LABEL=root / ext4 defaults 0 1\n";

pub(super) fn path(text: &str) -> GuestPath {
    text.parse().unwrap()
}

/// Runs a tool that must be there and must succeed.
pub(super) fn run(command: &mut Command) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("{name}: {e}; install e2fsprogs"));
    assert!(output.status.success(), "{command:?}: {}", text(&output));
    output
}

fn text(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&all).into_owned()
}
