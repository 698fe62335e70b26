//! Deadlines, kills and a KVM that does not work.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use osgraft::editor::appliance::{Acceleration, ApplianceError, ApplianceGuest, Kvm, Settings};
use osgraft::guest::{Attributes, Guest};

use super::bench::{Bench, TIME, path};
use crate::support::digest;

/// Command lines of the machine's processes that name a path.
fn processes_of(work: &Path) -> Vec<String> {
    let mark = work.to_str().unwrap().to_owned();
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = all.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines
        .filter(|line| line.contains("qemu") && line.contains(&mark))
        .collect()
}

fn wait_until(what: &str, patience: Duration, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + patience;
    while !holds() {
        assert!(Instant::now() < deadline, "{what} not within {patience:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_launch_past_its_deadline_is_ended_and_leaves_nothing() {
    let bench = Bench::of("xfs");
    let before = digest(&bench.child_path());
    let locked = bench.child().lock().unwrap();
    let settings = bench.settings().deadline(Duration::from_millis(2500));
    let began = Instant::now();
    let late = ApplianceGuest::open(locked.as_open(), &settings, TIME).unwrap_err();
    assert!(matches!(late, ApplianceError::Deadline { .. }), "{late}");
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "{:?}",
        began.elapsed()
    );
    assert!(!late.to_string().contains('\n'));
    bench.assert_tidy();
    wait_until("qemu is gone", Duration::from_secs(5), || {
        processes_of(&bench.work()).is_empty()
    });
    drop(locked);
    assert_eq!(digest(&bench.child_path()), before);
    bench.child().lock().unwrap();
}

#[test]
fn an_edit_that_is_dropped_or_changes_nothing_leaves_the_child_as_it_was() {
    let bench = Bench::of("xfs");
    let before = digest(&bench.child_path());
    let locked = bench.child().lock().unwrap();
    let mut guest = ApplianceGuest::open(locked.as_open(), &bench.settings(), TIME).unwrap();
    // A reader may come now, a writer or another osgraft may not.
    bench.child().read().unwrap();
    let began = Instant::now();
    assert!(
        guest
            .write(&path("/etc/new"), b"x", Attributes::root(0o644))
            .is_ok()
    );
    let child = bench.child_path();
    let writer = Command::new("qemu-io")
        .args(["-f", "qcow2", "-c", "write 0 512", child.to_str().unwrap()])
        .output()
        .expect("qemu-io is needed; run “.ci/setup test”");
    let told = String::from_utf8_lossy(&writer.stderr);
    assert!(!writer.status.success() && told.contains("lock"), "{told}");
    drop(guest);
    assert!(began.elapsed() < Duration::from_secs(15));
    bench.assert_tidy();
    drop(locked);
    assert_eq!(digest(&bench.child_path()), before);
    bench.child().lock().unwrap();
}

/// Run as a program of its own by the next test, which kills it.
#[test]
fn holds_an_appliance_when_asked_to() {
    let Ok(folder) = std::env::var("OSGRAFT_TEST_HOLD") else {
        return;
    };
    let child = osgraft::image::Child::open(
        Path::new(&folder).join("child.qcow2"),
        osgraft::image::Masters::under(["/"]),
    )
    .unwrap();
    let locked = child.lock().unwrap();
    let settings = Settings::new()
        .work_folder(Path::new(&folder).join("work"))
        .acceleration(Acceleration::Tcg);
    let mut guest = ApplianceGuest::open(locked.as_open(), &settings, TIME).unwrap();
    guest
        .write(&path("/etc/new"), b"x", Attributes::root(0o644))
        .unwrap();
    std::fs::write(Path::new(&folder).join("ready"), "").unwrap();
    std::thread::sleep(Duration::from_secs(600));
    drop(guest);
}

#[test]
fn killed_in_the_middle_it_leaves_the_child_and_the_next_call_tidies_up() {
    let bench = Bench::of("xfs");
    let before = digest(&bench.child_path());
    let folder = bench.child_path().parent().unwrap().to_owned();
    let mut program = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "appliance::trouble::holds_an_appliance_when_asked_to",
        ])
        .env("OSGRAFT_TEST_HOLD", &folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let ready = folder.join("ready");
    wait_until("the appliance is up", Duration::from_secs(180), || {
        ready.exists()
    });
    assert_eq!(processes_of(&bench.work()).len(), 1);
    let note = std::fs::read_dir(bench.work())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let note = std::fs::read_to_string(note.path().join("started")).unwrap();
    let sockets = note.lines().nth(1).unwrap().to_owned();
    assert!(Path::new(&sockets).is_dir(), "{sockets}");
    program.kill().unwrap();
    program.wait().unwrap();

    // libguestfs looks every two seconds whether its program lives.
    wait_until("qemu is gone", Duration::from_secs(10), || {
        processes_of(&bench.work()).is_empty()
    });
    assert_eq!(digest(&bench.child_path()), before);
    let locked = bench.child().lock().unwrap();
    let settings = bench.settings().deadline(Duration::from_millis(10));
    let late = ApplianceGuest::open(locked.as_open(), &settings, TIME);
    assert!(late.is_err());
    bench.assert_tidy();
    assert!(!Path::new(&sockets).exists(), "{sockets}");
}

#[test]
fn a_kvm_that_does_not_work_is_found_told_and_remembered() {
    let bench = Bench::of("xfs");
    let state = bench.child_path().with_file_name("kvm.json");
    let settings = bench
        .settings()
        .acceleration(Acceleration::Auto)
        .kvm_state(&state);
    let open = bench.child().read().unwrap();
    let guest = ApplianceGuest::open_read_only(&open, &settings).unwrap();
    let found = guest.kvm();
    drop(guest);
    match found {
        Kvm::Works | Kvm::Missing => assert!(!state.exists()),
        Kvm::Silent | Kvm::Hung => {
            assert!(state.exists());
            let guest = ApplianceGuest::open_read_only(&open, &settings).unwrap();
            assert_eq!(guest.kvm(), Kvm::RememberedBroken);
        }
        other => panic!("{other:?}"),
    }
}
