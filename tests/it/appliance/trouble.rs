//! Deadlines, kills and a KVM that does not work.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use osgraft::editor::Choice;
use osgraft::editor::appliance::{
    Acceleration, ApplianceError, ApplianceGuest, Kvm, Settings, look_at_kvm,
};
use osgraft::guest::{Attributes, Guest};
use osgraft::image::ImageError;
use osgraft::prepare::{Outcome, Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

use super::bench::{Bench, TIME, path};
use crate::support::{digest, fixture, text};

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
    let state = bench.child_path().with_file_name("kvm.json");
    let settings = bench
        .settings()
        .acceleration(Acceleration::Auto)
        .kvm_state(&state);
    let mut guest = ApplianceGuest::open(locked.as_open(), &settings, TIME).unwrap();
    // Whatever this host's KVM is: a broken one is found, and remembered.
    match guest.kvm() {
        Kvm::Works | Kvm::Missing => assert!(!state.exists()),
        Kvm::Silent | Kvm::Hung => {
            let next = look_at_kvm(Path::new("/nowhere/qemu"), &bench.work(), Some(&state));
            assert_eq!(next, Kvm::RememberedBroken);
        }
        other => panic!("{other:?}"),
    }
    // Nobody may have the child now: QEMU is given its bytes, and the lock stays as it was.
    let reader = bench.child().read().unwrap_err();
    assert!(matches!(reader, ImageError::InUse { .. }), "{reader}");
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

/// A program that holds an appliance on the bench's child.
fn hold(bench: &Bench) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "appliance::trouble::holds_an_appliance_when_asked_to",
        ])
        .env("OSGRAFT_TEST_HOLD", bench.child_path().parent().unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the program, and sees to it that the next call is in nobody's way.
fn kill(mut program: Child, bench: &Bench) {
    let running = processes_of(&bench.work());
    assert_eq!(running.len(), 1, "{running:?}");
    let (sockets, _) = running[0].split_once("/guestfsd.sock").unwrap();
    let (_, sockets) = sockets.rsplit_once("path=").unwrap();
    assert!(Path::new(sockets).is_dir(), "{sockets}");
    let before = digest(&bench.child_path());
    program.kill().unwrap();
    program.wait().unwrap();

    // libguestfs ends its QEMU within two seconds; that never had the child open.
    drop(bench.child().lock().unwrap());
    let choice = Choice::auto().settings(bench.settings());
    let locked = osgraft::editor::lock(&bench.child(), &choice).unwrap();
    let settings = bench.settings().deadline(Duration::from_millis(10));
    let late = ApplianceGuest::open(locked.as_open(), &settings, TIME);
    assert!(late.is_err());
    bench.assert_tidy();
    assert!(!Path::new(sockets).exists(), "{sockets}");
    assert!(processes_of(&bench.work()).is_empty());
    assert_eq!(digest(&bench.child_path()), before);
}

#[test]
fn killed_in_the_middle_it_leaves_the_child_and_the_next_call_tidies_up() {
    let bench = Bench::of("xfs");
    let before = digest(&bench.child_path());
    let program = hold(&bench);
    let ready = bench.child_path().with_file_name("ready");
    wait_until("the appliance is up", Duration::from_secs(180), || {
        ready.exists()
    });
    kill(program, &bench);
    assert_eq!(digest(&bench.child_path()), before);
}

#[test]
fn killed_as_soon_as_qemu_runs_it_leaves_as_little() {
    let bench = Bench::of("xfs");
    let program = hold(&bench);
    wait_until("QEMU runs", Duration::from_secs(120), || {
        let running = processes_of(&bench.work());
        running.iter().any(|line| line.contains("/guestfsd.sock"))
    });
    kill(program, &bench);
}

#[test]
fn a_child_that_somebody_else_holds_is_in_use_at_once() {
    let bench = Bench::of("xfs");
    // Waits for commands, and holds the image meanwhile.
    let mut writer = Command::new("qemu-io")
        .args(["-f", "qcow2", text(&bench.child_path())])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("qemu-io is needed; run “.ci/setup test”");
    wait_until("it holds the image", Duration::from_secs(20), || {
        bench.child().lock().is_err()
    });
    let choice = Choice::auto().settings(bench.settings());
    let began = Instant::now();
    let busy = osgraft::editor::lock(&bench.child(), &choice).unwrap_err();
    assert!(matches!(busy, ImageError::InUse { .. }), "{busy}");
    assert!(began.elapsed() < Duration::from_secs(1));
    writer.kill().unwrap();
    writer.wait().unwrap();
}

/// A QEMU of whose guests one sector comes up under KVM, and nothing that is more.
fn qemu_with_a_deceptive_kvm(folder: &Path) -> PathBuf {
    let qemu = folder.join("qemu");
    let script = "#!/bin/sh
        case \"$*\" in
            *isa-debug-exit*) exit 33 ;;
            *accel=kvm*guestfsd.sock* | *guestfsd.sock*accel=kvm*)
                # Paused, so that it hangs wherever there is a KVM.
                exec qemu-system-x86_64 -S \"$@\" ;;
        esac
        exec qemu-system-x86_64 \"$@\"\n";
    std::fs::write(&qemu, script).unwrap();
    std::fs::set_permissions(&qemu, std::fs::Permissions::from_mode(0o755)).unwrap();
    qemu
}

#[test]
fn an_appliance_that_hangs_under_kvm_is_started_without_it_once_and_that_is_remembered() {
    let kvm = std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/kvm");
    if kvm.is_err() {
        fixture::not_run("a launch that hangs under KVM: the host has no usable /dev/kvm");
        return;
    }
    let bench = Bench::of("xfs");
    let folder = bench.child_path().parent().unwrap().to_owned();
    let state = folder.join("cache/kvm.json");
    let settings = bench
        .settings()
        .acceleration(Acceleration::Auto)
        .kvm_state(&state)
        .kvm_patience(Duration::from_secs(5))
        .qemu(qemu_with_a_deceptive_kvm(&folder));
    let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let share = Share::at("/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    let report = Preparer::new(registry, share)
        .editor(Choice::auto().settings(settings.clone()))
        .prepare(&bench.child())
        .unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    assert_eq!(report.editor.name, "appliance");
    let told = report.warnings.iter();
    let told: Vec<_> = told.filter(|found| found.code == "kvm-unusable").collect();
    assert_eq!(told.len(), 1, "{:?}", report.warnings);
    assert!(
        told[0]
            .text
            .contains("the appliance did not start under it"),
        "{}",
        told[0].text
    );
    assert!(processes_of(&bench.work()).is_empty());
    bench.assert_tidy();
    crate::support::assert_clean(&bench.child_path());

    let remembered = std::fs::read_to_string(&state).unwrap();
    assert!(remembered.contains("broken_until"), "{remembered}");
    let next = look_at_kvm(&folder.join("qemu"), &folder, Some(&state));
    assert_eq!(next, Kvm::RememberedBroken);
}
