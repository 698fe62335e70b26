//! The guests and tools that these tests share.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use osgraft::editor::appliance::{Acceleration, Settings};
use osgraft::image::{Child, Masters};
use osgraft::path::GuestPath;
use tempfile::TempDir;

use crate::support::fixture::overlay;
use crate::support::{run, text};

/// Some second in 2027.
pub(super) const TIME: i64 = 1_800_000_000;

pub(super) fn path(text: &str) -> GuestPath {
    text.parse().unwrap()
}

/// A guest of `fixtures/guests/appliance.gen.sh`.
pub(super) fn guest(name: &str) -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let folder = MADE.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let script = root.join("fixtures/guests/appliance.gen.sh");
        run("bash", &[script.to_str().unwrap()]);
        root.join("target/fixtures/appliance")
    });
    let guest = folder.join(format!("{name}.qcow2"));
    assert!(guest.exists(), "the generator makes no {name}");
    guest
}

/// A child of a guest, and a folder that holds nothing else.
pub(super) struct Bench {
    folder: TempDir,
    master: PathBuf,
}

impl Bench {
    pub(super) fn new(master: &Path) -> Self {
        let folder = tempfile::tempdir_in("/var/tmp").unwrap();
        std::fs::create_dir(folder.path().join("work")).unwrap();
        let bench = Self {
            folder,
            master: master.to_owned(),
        };
        overlay(master).create(bench.child_path()).unwrap();
        bench
    }

    pub(super) fn of(name: &str) -> Self {
        Self::new(&guest(name))
    }

    pub(super) fn child_path(&self) -> PathBuf {
        self.folder.path().join("child.qcow2")
    }

    pub(super) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(super) fn child(&self) -> Child {
        Child::open(self.child_path(), Masters::only(&self.master)).unwrap()
    }

    /// Without KVM, which a machine that builds may have and not be able to use.
    pub(super) fn settings(&self) -> Settings {
        Settings::new()
            .work_folder(self.work())
            .acceleration(Acceleration::Tcg)
            .deadline(Duration::from_secs(420))
    }

    /// Nothing temporary is left.
    pub(super) fn assert_tidy(&self) {
        let left: Vec<_> = std::fs::read_dir(self.work())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }

    /// What guestfish prints for a script on the child, read-only.
    pub(super) fn guestfish(&self, script: &str) -> String {
        guestfish(&[&self.child_path()], false, &format!("run\n{script}"))
    }
}

/// What guestfish prints for a script on some images, for which it may only write where it is told
/// so.
pub(super) fn guestfish(images: &[&Path], writable: bool, script: &str) -> String {
    guestfish_with_keys(images, writable, "", script)
}

/// The same, with a line for each passphrase that the script asks for.
pub(super) fn guestfish_with_keys(
    images: &[&Path],
    writable: bool,
    keys: &str,
    script: &str,
) -> String {
    let mut command = Command::new("guestfish");
    command
        .env("LIBGUESTFS_BACKEND", "direct")
        .env("LIBGUESTFS_BACKEND_SETTINGS", "force_tcg")
        .args(["--format=qcow2", "--keys-from-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if !writable {
        command.arg("--ro");
    }
    for image in images {
        command.args(["-a", text(image)]);
    }
    let mut running = command
        .args(words(script))
        .spawn()
        .expect("guestfish is needed; run “.ci/setup appliance”");
    let mut asked = running.stdin.take().expect("piped");
    asked.write_all(keys.as_bytes()).expect("a pipe takes that");
    drop(asked);
    let output = running.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout).unwrap()
}

/// A script of one command a line as the arguments that guestfish takes.
fn words(script: &str) -> Vec<String> {
    let lines = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let mut words = Vec::new();
    for line in lines {
        if !words.is_empty() {
            words.push(":".to_owned());
        }
        words.extend(line.split(' ').map(ToOwned::to_owned));
    }
    words
}
