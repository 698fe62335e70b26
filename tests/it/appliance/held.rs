//! A child whose name another user exchanges all the time, and a guest that writes without end: one
//! launch, in a program of its own that is traced.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use osgraft::editor::appliance::{Acceleration, ApplianceError, ApplianceGuest, Settings};
use osgraft::guest::{Attributes, Guest};
use osgraft::image::{ImageError, Masters};

use super::bench::{Bench, TIME, path};
use crate::support::fixture::{is_root, not_run};
use crate::support::trace::{may_trace, traced};
use crate::support::{digest, text};

const EDIT: &str = "OSGRAFT_TEST_EDIT";
/// What an edit may change here.
const CHANGES: u64 = 1 << 20;
/// What the guest writes: more than the overlay may grow by.
const WRITTEN: usize = 96 << 20;
/// `nobody`, who owns the images' folder.
const OTHER: u32 = 65534;

/// Exchanges the child for a link to a file that only root may read, and back, until it is told to
/// stop; then writes how often it did.
const EXCHANGE: &str = "
    n=0
    while [ ! -e stop ]; do
        mv child.qcow2 aside; ln -s \"$1\" child.qcow2
        rm child.qcow2; mv aside child.qcow2
        n=$((n + 1))
    done
    echo $n >count";

/// Run as a program of its own by the next test.
#[test]
fn edits_an_exchanged_child_when_asked_to() {
    let Ok(folder) = std::env::var(EDIT) else {
        return;
    };
    let folder = Path::new(&folder);
    let images = folder.join("images");
    let master = PathBuf::from(fs::read_to_string(folder.join("master")).unwrap());
    let child = images.join("child.qcow2");
    let child = osgraft::image::Child::open(child, Masters::only(master)).unwrap();
    let locked = child.lock().unwrap();
    let settings = Settings::new()
        .work_folder(folder.join("work"))
        .acceleration(Acceleration::Tcg)
        .change_limit(CHANGES)
        .deadline(Duration::from_secs(420));

    // From here on the child is what was judged, whatever lies under its name.
    let mut other = exchange(folder, &images);
    let mut guest = ApplianceGuest::open(locked.as_open(), &settings, TIME).unwrap();
    let fstab = guest.read(&path("/etc/fstab"), 1 << 20).unwrap();
    assert!(!fstab.is_empty());
    look_at_qemu(&folder.join("work"));

    let much = vec![0x5a; WRITTEN];
    // It lies in the guest's own memory at first, so that this may do, and the end cannot.
    let _ = guest.write(&path("/much"), &much, Attributes::root(0o600));
    let ended = guest.finish(locked.as_open()).map(drop).unwrap_err();
    let ApplianceError::Image(ImageError::TooMuch { limit, .. }) = ended else {
        panic!("{ended}");
    };
    assert_eq!(limit, CHANGES);
    assert_eq!(fs::read_dir(folder.join("work")).unwrap().count(), 0);
    fs::write(images.join("stop"), "").unwrap();
    other.wait().unwrap();
}

/// Another user at work.
fn exchange(folder: &Path, images: &Path) -> Child {
    let secret = folder.join("secret");
    Command::new("setpriv")
        .args([&format!("--reuid={OTHER}"), &format!("--regid={OTHER}")])
        .args(["--clear-groups", "sh", "-c", EXCHANGE, "sh", text(&secret)])
        .current_dir(images)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("setpriv is needed; run “make setup”")
}

/// What the kernel says of the QEMU on an overlay in this folder, and who may look at its files.
fn look_at_qemu(work: &Path) {
    let mine = fs::read_dir(work).unwrap().next().unwrap().unwrap().path();
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!(mode(&mine), 0o700);
    assert_eq!(mode(&mine.join("overlay.qcow2")), 0o600);

    let all = fs::read_dir("/proc").unwrap().flatten();
    let qemu = all.map(|entry| entry.path()).find(|process| {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains(text(&mine)) && line.contains("guestfsd.sock")
    });
    let qemu = qemu.expect("the premise: QEMU runs");
    let says = |file: &str, name: &str| -> Vec<String> {
        let text = fs::read_to_string(qemu.join(file)).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let words = line.unwrap_or_else(|| panic!("no {name} in {text}"));
        words.split_whitespace().map(str::to_owned).collect()
    };
    let users = says("status", "Uid:");
    assert!(users.iter().all(|user| user.starts_with("19")), "{users:?}");
    assert_eq!(says("status", "CapEff:"), ["0000000000000000"]);
    assert_eq!(says("status", "NoNewPrivs:"), ["1"]);
    assert_eq!(says("status", "Seccomp:"), ["2"]);
    assert_eq!(says("limits", "Max core file size")[0], "0");
    assert_eq!(says("limits", "Max file size")[0], (256 << 20).to_string());
    assert_ne!(says("limits", "Max address space")[0], "unlimited");
}

#[test]
fn qemu_opens_no_image_by_name_and_a_guest_that_writes_without_end_is_stopped() {
    if !is_root() {
        not_run("a child in another user's folder: this takes root");
        return;
    }
    if !may_trace("which files the appliance opens") {
        return;
    }
    let bench = Bench::of("xfs");
    let folder = bench.work().parent().unwrap().to_owned();
    let images = folder.join("images");
    fs::create_dir(&images).unwrap();
    fs::rename(bench.child_path(), images.join("child.qcow2")).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o711)).unwrap();
    chown(&images, Some(OTHER), Some(OTHER)).unwrap();
    chown(images.join("child.qcow2"), Some(OTHER), Some(OTHER)).unwrap();
    let secret = folder.join("secret");
    fs::write(&secret, "root's own").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let master = super::bench::guest("xfs");
    fs::write(folder.join("master"), text(&master)).unwrap();
    let before = digest(&images.join("child.qcow2"));

    let program = std::env::current_exe().unwrap();
    let line: Vec<std::ffi::OsString> = [
        "env".into(),
        format!("{EDIT}={}", text(&folder)).into(),
        program.into(),
        "--exact".into(),
        "--nocapture".into(),
        "appliance::held::edits_an_exchanged_child_when_asked_to".into(),
    ]
    .to_vec();
    let options = ["--seccomp-bpf", "-e", "trace=%file,connect"];
    let (ran, processes) = traced(&options, &line);
    fs::write(images.join("stop"), "").unwrap();
    assert_eq!(ran.code, Some(0), "{ran:?}");

    let count = fs::read_to_string(images.join("count")).unwrap();
    let count: u32 = count.trim().parse().unwrap();
    assert!(count > 200, "the premise: {count} exchanges");
    assert_eq!(digest(&images.join("child.qcow2")), before);

    let opened = |calls: &str, name: &str| {
        let mut opens = calls.lines().filter(|line| line.starts_with("open"));
        opens.any(|line| line.contains(name))
    };
    let all = processes.concat();
    assert!(opened(&all, "child.qcow2") && opened(&all, "xfs.qcow2"));
    assert!(!opened(&all, "/secret"), "root's file was opened");
    // It reaches the disk in a thread, whose calls have a text of their own.
    assert!(
        all.lines()
            .any(|line| line.starts_with("connect(") && line.contains("/disk\""))
    );
    let is_qemu = |calls: &&String| calls.contains("/qemu-") && opened(calls, "overlay.qcow2");
    let qemu: Vec<_> = processes.iter().filter(is_qemu).collect();
    assert_eq!(qemu.len(), 1);
    // What went before was libguestfs, about to become QEMU.
    let (_, calls) = qemu[0].split_once("execve(").unwrap();
    assert!(calls.lines().next().unwrap().contains("/qemu-"));
    for name in ["child.qcow2", "xfs.qcow2", "/images"] {
        assert!(!calls.contains(name), "{name}: {calls}");
    }
}
