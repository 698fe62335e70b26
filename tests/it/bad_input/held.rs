use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use osgraft::ErrorKind;

use super::refused;
use crate::support::fixture::not_run;
use crate::support::program::Workshop;
use crate::support::{output, text};

/// A process that has an image open, until this is dropped.
struct Holder(Child);

impl Holder {
    fn by_nbd(workshop: &Workshop, image: &Path) -> Self {
        let socket = workshop.at("nbd");
        let mut command = Command::new("qemu-nbd");
        command.args(["-t", "-f", "qcow2", "-k", text(&socket)]);
        Self::start(command.arg(image), image, || socket.exists())
    }

    /// A virtual machine that has not executed an instruction yet.
    fn by_paused_machine(workshop: &Workshop, image: &Path) -> Self {
        let socket = workshop.at("qmp");
        let drive = format!("file={},format=qcow2,if=none,id=d", text(image));
        let qmp = format!("unix:{},server=on,wait=off", text(&socket));
        let mut command = Command::new("qemu-system-x86_64");
        command
            .args(["-S", "-accel", "tcg", "-machine", "q35", "-m", "64"])
            .args(["-nodefaults", "-display", "none", "-qmp", &qmp])
            .args(["-drive", &drive, "-device", "virtio-blk-pci,drive=d"]);
        Self::start(&mut command, image, || greets(&socket))
    }

    /// Starts a program and waits until it is ready. Its image is not looked at meanwhile: a look
    /// locks it too, and would keep the program from opening it.
    fn start(command: &mut Command, image: &Path, is_ready: impl Fn() -> bool) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{command:?}: {e}; run “make setup”"));
        let mut holder = Self(child);
        let deadline = Instant::now() + Duration::from_secs(60);
        while !is_ready() {
            let ended = holder.0.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < deadline, "{ended:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        let tried = output("qemu-img", &["info", "-f", "qcow2", text(image)]);
        let said = String::from_utf8_lossy(&tried.stderr).into_owned();
        assert!(said.contains("lock"), "the premise: it is held: {said}");
        holder
    }
}

/// Whether a virtual machine's monitor answers: it does when all disks are open.
fn greets(socket: &Path) -> bool {
    let Ok(stream) = UnixStream::connect(socket) else {
        return false;
    };
    let mut greeting = String::new();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .and_then(|()| BufReader::new(stream).read_line(&mut greeting))
        .is_ok_and(|_| greeting.contains("QMP"))
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.0.kill().expect("it runs until it is killed");
        self.0.wait().expect("it was killed");
    }
}

/// Refused while it is held, by every command that reads or writes the child; free afterwards.
fn holds(workshop: &Workshop, hold: impl FnOnce(&Path) -> Holder) {
    let child = workshop.child();
    let holder = hold(&child);
    refused(
        workshop,
        &child,
        None,
        ErrorKind::ImageInUse,
        "in use by a QEMU process",
    );
    let before = crate::support::digest(&child);
    for command in ["plan", "verify", "revert", "recover", "inspect"] {
        workshop.fails(&[command, text(&child)], 6);
    }
    assert!(crate::support::digest(&child) == before);
    drop(holder);
    workshop.ok(&["prepare", text(&child)]);
}

#[test]
fn a_child_open_in_qemu_nbd_is_refused() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    holds(&workshop, |child| Holder::by_nbd(&workshop, child));
}

#[test]
fn a_child_of_a_paused_machine_is_refused() {
    let emulator = Command::new("qemu-system-x86_64").arg("--version").output();
    if emulator.is_err() {
        not_run("a paused virtual machine: qemu-system-x86_64 is missing (.ci/setup qemu)");
        return;
    }
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    holds(&workshop, |child| {
        Holder::by_paused_machine(&workshop, child)
    });
}

#[test]
fn a_child_whose_master_somebody_writes_to_is_refused() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let (master, child) = (workshop.copied_master(), workshop.at("of-it.qcow2"));
    osgraft::image::Overlay::new(&master)
        .create(&child)
        .unwrap();
    let holder = Holder::by_nbd(&workshop, &master);
    let before = crate::support::digest(&child);
    let line = workshop.fails(&["prepare", text(&child), "--master", text(&master)], 6);
    assert!(line.contains("master.qcow2 is in use"), "{line}");
    assert!(crate::support::digest(&child) == before);
    drop(holder);
    workshop.ok(&["prepare", text(&child), "--master", text(&master)]);
}
