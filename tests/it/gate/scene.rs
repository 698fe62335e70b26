use std::cell::Cell;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use osgraft::image::{Child, ImageError, Masters, Overlay};

use crate::support::program::Ran;
use crate::support::refusal::assert_plain_line;
use crate::support::servers::{Serving, registry};
use crate::support::trace::{may_trace, traced};
use crate::support::{digest, patterned_master, run, text};

/// What a process may have of its own, and how long it may compute, in a debug build too. Soft
/// limits: a worker sets its own.
const MEMORY: &str = "--data=67108864:";
const SECONDS: &str = "--cpu=1:";
/// KiB that the largest process may have held at once, what it maps of its program included.
const PEAK: u64 = 65536;
/// By the clock, on a machine that does much else.
const SOON: Duration = Duration::from_secs(10);

/// What a row expects of a file that there is nothing wrong with for the gate.
pub(super) const SOUND: &str = "sound";

/// `images/` with a child, its master and what else a case puts there, and `elsewhere/`, which
/// nothing may be opened in.
pub(super) struct Scene {
    folder: tempfile::TempDir,
    sound_child: Vec<u8>,
    sound_master: Vec<u8>,
    traced: bool,
    /// KiB that the largest process held so far.
    peak: Cell<u64>,
}

impl Drop for Scene {
    fn drop(&mut self) {
        // Where standard error is gone there is nobody to tell.
        let _ = writeln!(io::stderr(), "peak memory: {} KiB", self.peak.get());
    }
}

impl Scene {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let images = folder.path().join("images");
        fs::create_dir(&images).unwrap();
        fs::create_dir(folder.path().join("elsewhere")).unwrap();
        let master = patterned_master(&images, 1);
        let child = images.join("child.qcow2");
        Overlay::new(&master).create(&child).unwrap();
        // A cluster and a table of its own.
        let write = ["-f", "qcow2", "-c", "write -P 7 64k 64k", text(&child)];
        run("qemu-io", &write);
        registry(folder.path(), Serving::Anything);
        let config = format!("registry.file = {:?}\n", folder.path().join("servers.toml"));
        fs::write(folder.path().join("config.toml"), config).unwrap();
        let scene = Self {
            sound_child: fs::read(&child).unwrap(),
            sound_master: fs::read(&master).unwrap(),
            traced: may_trace("that no foreign file is opened"),
            peak: Cell::new(0),
            folder,
        };
        fs::copy(&master, scene.elsewhere("secret")).unwrap();
        scene
    }

    pub(super) fn images(&self, name: &str) -> PathBuf {
        self.folder.path().join("images").join(name)
    }

    pub(super) fn elsewhere(&self, name: &str) -> PathBuf {
        self.folder.path().join("elsewhere").join(name)
    }

    pub(super) fn child(&self) -> PathBuf {
        self.images("child.qcow2")
    }

    pub(super) fn master(&self) -> PathBuf {
        self.images("master.qcow2")
    }

    pub(super) fn sound_master(&self) -> &[u8] {
        &self.sound_master
    }

    pub(super) fn sound_child(&self) -> &[u8] {
        &self.sound_child
    }

    /// Puts both files back to what they were.
    pub(super) fn restore(&self) {
        fs::write(self.child(), &self.sound_child).unwrap();
        fs::write(self.master(), &self.sound_master).unwrap();
    }

    /// Tries every call on the child, of which each has to end in `want`.
    pub(super) fn try_child(&self, what: &str, want: &str) {
        let before = (digest(&self.child()), digest(&self.master()));
        let began = Instant::now();
        let handle = Child::open(self.child(), Masters::beside_child()).unwrap();
        assert_eq!(code(handle.lock().map(drop)), want, "{what}: lock");
        assert_eq!(code(handle.read().map(drop)), want, "{what}: read");
        assert!(began.elapsed() < SOON, "{what}: {:?}", began.elapsed());
        for command in ["prepare", "plan", "verify", "revert", "inspect", "recover"] {
            let told = self.told(what, &[command, text(&self.child())]);
            // A master may be looked at, and only what is told of is recovered.
            let passes = match command {
                // What is neither qcow2 nor a VMDK is looked at as a raw disk.
                "inspect" => matches!(want, "no-backing" | "vmdk" | "not-qcow2"),
                "recover" => true,
                _ => false,
            };
            assert!(
                told == want || passes && told == SOUND,
                "{what}: {command}: {told}"
            );
        }
        let after = (digest(&self.child()), digest(&self.master()));
        assert!(before == after, "{what}: a file changed");
    }

    /// Tries to make a child on the master, which has to end in `want`.
    pub(super) fn try_master(&self, what: &str, want: &str) {
        let before = digest(&self.master());
        let made = self.images("made.qcow2");
        assert_eq!(
            code(Overlay::new(self.master()).judge_master()),
            want,
            "{what}"
        );
        let told = self.told(what, &["clone", text(&self.master()), text(&made)]);
        assert_eq!(told, want, "{what}: clone");
        assert_eq!(made.exists(), want == SOUND, "{what}");
        let _ = fs::remove_file(&made);
        assert!(digest(&self.master()) == before, "{what}: it changed");
    }

    /// Runs the program within its limits; the code of what it said. Nothing elsewhere is opened.
    pub(super) fn told(&self, what: &str, args: &[&str]) -> String {
        let peak = self.folder.path().join("peak");
        let mut line: Vec<OsString> = ["time", "-q", "-f", "%M", "-o", text(&peak)]
            .into_iter()
            .chain(["prlimit", MEMORY, SECONDS, env!("CARGO_BIN_EXE_osgraft")])
            .map(Into::into)
            .collect();
        // A clone opens no guest.
        if args.first() != Some(&"clone") {
            line.extend(["--editor", "ext4"].map(Into::into));
        }
        line.extend(["--json", "--config"].map(Into::into));
        line.push(self.folder.path().join("config.toml").into());
        line.extend(args.iter().map(Into::into));
        let began = Instant::now();
        let ran = if self.traced {
            let calls = "trace=open,openat,openat2,creat,connect";
            let (ran, processes) = traced(&["-e", calls], &line);
            let opened = processes.concat();
            assert!(opened.contains(args[1]), "the premise: {opened}");
            for call in opened.lines() {
                let foreign = call.contains("/elsewhere/")
                    || call.contains("/etc/passwd")
                    || call.contains("/dev/zero")
                    || call.contains("sin_port");
                assert!(!foreign, "{what}: {args:?}: {call}");
            }
            ran
        } else {
            Ran::of(&line)
        };
        assert!(began.elapsed() < SOON, "{what}: {:?}", began.elapsed());
        let peak = fs::read_to_string(peak).expect("what “time” measured");
        let peak: u64 = peak.trim().parse().expect("KiB");
        assert!(peak < PEAK, "{what}: {args:?}: {peak} KiB");
        self.peak.set(self.peak.get().max(peak));
        said(what, &ran)
    }

    /// Whether QEMU, told the same format, opens a file of this name in `elsewhere/`.
    pub(super) fn qemu_opens(&self, image: &Path, name: &str) -> bool {
        if !self.traced {
            return true;
        }
        let read = ["-r", "-f", "qcow2", "-c", "read 0 512", text(image)];
        let line: Vec<OsString> = [&["qemu-io"], &read[..]]
            .concat()
            .into_iter()
            .map(Into::into)
            .collect();
        let (_, processes) = traced(&["-e", "trace=open,openat"], &line);
        let opened = processes.concat();
        opened
            .lines()
            .any(|call| call.contains(text(&self.elsewhere(name))) && !call.contains("= -1"))
    }
}

/// The code in a program's JSON: the refusal's, or what stands for its exit code.
fn said(what: &str, ran: &Ran) -> String {
    let json: serde_json::Value = serde_json::from_str(ran.stdout.trim())
        .unwrap_or_else(|error| panic!("{what}: {error} in {ran:?}"));
    let error = &json["error"];
    if let Some(told) = error["text"].as_str() {
        assert_plain_line(told);
    }
    match (ran.code, error["reasons"][0].as_str()) {
        (Some(0), _) | (Some(3), Some("no-root")) => SOUND.to_owned(),
        (Some(1), Some("worker-disk" | "io" | "image-io")) => "io".to_owned(),
        // Exit code 3 is for a guest that consists of such a disk's bytes.
        (Some(1 | 3 | 5), Some(reason)) => reason.to_owned(),
        _ => format!("{ran:?}"),
    }
}

pub(super) fn code(result: Result<(), ImageError>) -> String {
    match result {
        Ok(()) => SOUND.to_owned(),
        Err(error) => {
            assert_plain_line(&error.to_string());
            match error.code() {
                "image-io" => "io".to_owned(),
                code => code.to_owned(),
            }
        }
    }
}

pub(super) fn put32(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
}

pub(super) fn put64(bytes: &mut [u8], at: usize, value: u64) {
    bytes[at..at + 8].copy_from_slice(&value.to_be_bytes());
}

pub(super) fn get64(bytes: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap())
}

/// The extension that states a backing file's format.
pub(super) const FORMAT: u32 = 0xe279_2aca;

/// Writes other extensions, an end to them, and another backing name behind that.
pub(super) fn rewrite(bytes: &mut [u8], extensions: &[(u32, &[u8])], name: &[u8]) {
    bytes[104..4096].fill(0);
    put32(bytes, 100, 104);
    let mut at = 104;
    for (kind, content) in extensions {
        put32(bytes, at, *kind);
        put32(bytes, at + 4, content.len() as u32);
        bytes[at + 8..][..content.len()].copy_from_slice(content);
        at += 8 + content.len().next_multiple_of(8);
    }
    at += 8;
    bytes[at..][..name.len()].copy_from_slice(name);
    put64(bytes, 8, at as u64);
    put32(bytes, 16, name.len() as u32);
}

/// Another backing name, its format stated.
pub(super) fn name(bytes: &mut [u8], format: &str, name: impl AsRef<[u8]>) {
    rewrite(bytes, &[(FORMAT, format.as_bytes())], name.as_ref());
}
