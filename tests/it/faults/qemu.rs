//! QEMU opens a child at each state that a crash leaves: it is refused, or sees a whole disk.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child as Process, Command, Stdio};
use std::time::{Duration, Instant};

use osgraft::image::{Fault, Faults, Operation};

use super::row::{Extent, Row};
use super::scene::{Scene, Step};
use crate::support::fixture::not_run;
use crate::support::{guest_bytes, output, text};

/// How long QEMU may take to open a disk or to say that it does not.
const PATIENCE: Duration = Duration::from_secs(60);

/// What opens the child.
#[derive(Clone, Copy, Debug)]
enum Opener {
    NbdReading,
    NbdWriting,
    /// A machine that is paused before its first instruction.
    Machine,
    Info,
    CheckRepair,
    /// Of a guarded child alone: of another it would succeed, into the master.
    Commit,
}

/// A process that ends with the test, by its id.
struct Running(Process);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Opener {
    /// What the guest's disk is to it, or what it says instead.
    fn open(self, child: &Path, socket: &Path) -> Result<Option<Vec<u8>>, String> {
        match self {
            Self::NbdReading | Self::NbdWriting => {
                let mut nbd = Command::new("qemu-nbd");
                nbd.args(["-t", "-f", "qcow2", "-k", text(socket), text(child)]);
                if matches!(self, Self::NbdReading) {
                    nbd.arg("-r");
                }
                served(nbd, "", "", socket).map(Some)
            }
            Self::Machine => {
                let mut machine = Command::new("qemu-system-x86_64");
                let drive = format!("if=none,id=disk,format=qcow2,file={}", text(child));
                machine.args(["-accel", "tcg", "-S", "-display", "none", "-nodefaults"]);
                machine.args(["-m", "16", "-monitor", "stdio", "-drive", &drive]);
                machine.args(["-device", "virtio-blk-pci,drive=disk"]);
                let ask = format!("nbd_server_start -a unix:{}\n", socket.display());
                served(machine, &ask, "disk", socket).map(Some)
            }
            Self::Info => ended(&["info", "-f", "qcow2", text(child)]),
            Self::Commit => ended(&["commit", "-q", "-f", "qcow2", text(child)]),
            Self::CheckRepair => ended(&["check", "-q", "-f", "qcow2", "-r", "all", text(child)]),
        }
    }
}

fn ended(args: &[&str]) -> Result<Option<Vec<u8>>, String> {
    let tried = output("qemu-img", args);
    match tried.status.success() {
        true => Ok(None),
        false => Err(String::from_utf8_lossy(&tried.stderr).into_owned()),
    }
}

/// Starts a server and reads the whole disk `name` from it; what it says where it ends instead.
fn served(mut command: Command, ask: &str, name: &str, socket: &Path) -> Result<Vec<u8>, String> {
    let _ = std::fs::remove_file(socket);
    let process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{command:?} is needed; run “make setup”: {e}"));
    let mut running = Running(process);
    let stdin = running.0.stdin.as_mut().expect("piped");
    // Who ended already does not listen.
    let _ = stdin.write_all(ask.as_bytes());
    let url = format!("nbd+unix:///{name}?socket={}", socket.display());
    let raw = tempfile::NamedTempFile::new().expect("space");
    let deadline = Instant::now() + PATIENCE;
    loop {
        // qemu-nbd listens before it opens the image, so that a socket says nothing yet.
        if socket.exists() {
            let line = ["convert", "-f", "raw", "-O", "raw", &url, text(raw.path())];
            if output("qemu-img", &line).status.success() {
                return Ok(std::fs::read(raw.path()).expect("just written"));
            }
        }
        if running.0.try_wait().expect("a child process").is_some() {
            let mut said = String::new();
            let mut stderr = running.0.stderr.take().expect("piped");
            stderr.read_to_string(&mut said).expect("text");
            return Err(said);
        }
        assert!(
            Instant::now() < deadline,
            "{command:?} neither serves nor ends"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The distinct files that kills and tears leave, before any recovery.
fn crashed(scene: &Scene, step: &Step, extent: Extent) -> Vec<Vec<u8>> {
    let mut seen = BTreeSet::from([step.before.clone(), step.after.clone()]);
    for (call, operation) in step.log.iter().enumerate() {
        let mut faults = vec![Fault::Kill];
        if let (Operation::Write { data, .. }, Extent::All) = (operation, extent) {
            let at = [1, 40, 511, 512, 513, data.len() / 2];
            faults.extend(at.into_iter().filter(|n| *n < data.len()).map(Fault::Torn));
        }
        for fault in faults {
            scene.put(&step.before);
            scene.commit(step, &Faults::at(call, fault)).unwrap_err();
            seen.insert(scene.bytes());
        }
    }
    seen.into_iter().collect()
}

fn is_guarded(file: &[u8]) -> bool {
    file[4] != 0 || (file[7] == 3 && file[72] & 0x80 != 0)
}

/// Pristine, tail written, guard set, half in place, all in place, done.
fn classes(states: &[Vec<u8>], step: &Step) -> Vec<Vec<u8>> {
    let old: Vec<_> = states.iter().filter(|s| !is_guarded(s)).collect();
    let guarded: Vec<_> = states.iter().filter(|s| is_guarded(s)).collect();
    assert!(
        old.len() >= 3 && guarded.len() >= 2,
        "the premise: all classes"
    );
    let longest = old.iter().max_by_key(|s| s.len()).expect("some");
    let mut some = vec![step.before.clone(), longest.to_vec(), step.after.clone()];
    some.extend(
        [
            guarded[0],
            guarded[guarded.len() / 2],
            guarded[guarded.len() - 1],
        ]
        .map(Clone::clone),
    );
    some.dedup();
    some
}

fn open_everywhere(kind: &'static str) {
    let Some(scene) = Scene::of(kind) else {
        not_run(&format!("QEMU at crash points: {kind}"));
        return;
    };
    let extent = Extent::of_this_run();
    // Version 2 has no names for features.
    let refusal = match kind.starts_with("ours") {
        true => "run osgraft recover",
        false => "nsupported",
    };
    let socket: PathBuf = scene
        .child
        .parent()
        .expect("it has one")
        .with_file_name("nbd");
    for step in &scene.steps {
        scene.put(&step.before);
        let old = guest_bytes(&scene.child);
        scene.put(&step.after);
        let new = guest_bytes(&scene.child);
        assert!(old != new, "the premise: an edit that shows");
        let states = crashed(&scene, step, extent);
        let few = classes(&states, step);
        let mut row = Row::new(format!("QEMU opens, killed in {}: {kind}", step.verb));
        for (number, state) in extent.choose(&few, &states).iter().enumerate() {
            let guarded = is_guarded(state);
            let mut openers = vec![Opener::NbdReading, Opener::NbdWriting];
            if few.contains(state) {
                openers.extend([Opener::Machine, Opener::Info, Opener::CheckRepair]);
                openers.extend(guarded.then_some(Opener::Commit));
            }
            for opener in openers {
                let told = || format!("{opener:?}, state {number}, guarded: {guarded}");
                scene.put(state);
                row.points += 1;
                match opener.open(&scene.child, &socket) {
                    Err(said) if guarded && said.contains(refusal) => row.refused += 1,
                    Err(said) => row.fail(format!("{}: {said}", told())),
                    Ok(_) if guarded => row.fail(format!("{}: opened", told())),
                    Ok(None) => row.old += 1,
                    Ok(Some(seen)) if seen == old => row.old += 1,
                    Ok(Some(seen)) if seen == new => row.new += 1,
                    Ok(Some(_)) => row.mixed += 1,
                }
                if guarded && scene.bytes() != *state {
                    row.fail(format!("{}: it wrote to it", told()));
                }
                // Whatever QEMU did meanwhile: it recovers to the one or the other.
                scene.recover(&Faults::none()).unwrap();
                let seen = guest_bytes(&scene.child);
                if seen != old && seen != new {
                    row.lost += 1;
                }
                row.check_errors += scene.errors(&scene.bytes());
            }
        }
        assert!(row.refused > 0 && row.old > 0, "the premise: {row:?}");
        row.finish(20);
    }
}

#[test]
fn qemu_is_refused_or_sees_a_whole_disk() {
    open_everywhere("ours, 64 KiB clusters");
}

#[test]
fn of_version_2_likewise() {
    open_everywhere("version 2");
}

/// A guest writes to what each kill before the commit point left; `kept` recovers that, and says
/// whether the guest finds what it wrote.
fn a_guest_ran(
    kind: &'static str,
    what: &str,
    guest: &[&str],
    kept: impl Fn(&Scene, &[u8], &mut Row) -> bool,
) {
    let Some(scene) = Scene::of(kind) else {
        not_run(&format!("{what}: this host cannot make the guest"));
        return;
    };
    let step = &scene.steps[0];
    let mut row = Row::new(what);
    for state in crashed(&scene, step, Extent::Part) {
        if is_guarded(&state) {
            continue;
        }
        scene.put(&state);
        row.points += 1;
        let commands = guest.iter().flat_map(|command| ["-c", command]);
        let line: Vec<&str> = ["-f", "qcow2"].into_iter().chain(commands).collect();
        // It may be told to kill itself.
        output("qemu-io", &[&line[..], &[text(&scene.child)]].concat());
        let ran = guest_bytes(&scene.child);
        assert_eq!(ran[8 << 20], 0x77, "the premise: it wrote");
        match kept(&scene, &ran, &mut row) {
            true => row.old += 1,
            false => row.lost += 1,
        }
        row.check_errors += scene.errors(&scene.bytes());
    }
    row.finish(5);
}

/// A guest that ran after a crash before the commit point may have grown into what was ours.
#[test]
fn what_a_guest_wrote_after_a_crash_is_never_cut_nor_replayed() {
    a_guest_ran(
        "ours, 64 KiB clusters",
        "a guest ran after a kill, then recover",
        &["write -P 0x77 8M 640k"],
        |scene, ran, _| {
            scene.recover(&Faults::none()).unwrap();
            guest_bytes(&scene.child) == ran
        },
    );
}

/// The same guest killed too, and with lazy refcounts: what it grew into is counted nowhere yet.
#[test]
fn what_a_guest_wrote_and_did_not_count_is_never_cut() {
    a_guest_ran(
        "lazy refcounts",
        "a guest with lazy refcounts ran, was killed",
        &["write -P 0x77 8M 64k", "sigraise 9"],
        |scene, ran, row| {
            let dirty = || scene.bytes()[79] & 1 == 1;
            assert!(dirty(), "the premise");
            // By itself recovery mends nothing, and so cannot tell what is whose.
            scene.recover(&Faults::none()).unwrap();
            let kept = dirty() && guest_bytes(&scene.child) == ran;
            drop(scene.child(&Faults::none()).lock().unwrap());
            row.leftovers += usize::from(scene.child(&Faults::none()).read().is_err());
            kept && guest_bytes(&scene.child) == ran
        },
    );
}
