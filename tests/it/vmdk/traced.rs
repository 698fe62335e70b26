use std::ffi::OsString;
use std::fs;

use crate::support::program::{Ran, Workshop};
use crate::support::trace::{may_trace, traced};
use crate::support::{digest, text};

/// What is not run where nothing may be traced.
const TEST: &str = "which files are opened";

/// Runs the program under strace; gives what it came to and what it tried to open or look at.
fn opened(line: &[OsString]) -> (Ran, String) {
    let (ran, processes) = traced(&["-e", "trace=%file"], line);
    (ran, processes.concat())
}

/// The secret is a file of the test's own, which nobody else opens.
#[test]
fn no_file_that_a_vmdk_names_is_opened() {
    let Some(workshop) = Workshop::of("disk-sparse.vmdk").filter(|_| may_trace(TEST)) else {
        return;
    };
    let secret = workshop.at("secret");
    fs::write(&secret, vec![0; 1 << 20]).unwrap();
    let secret = text(&secret);
    let descriptor = format!(
        "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\n\
         createType=\"monolithicFlat\"\nRW 2048 FLAT \"{secret}\" 0\n"
    );
    let delta = descriptor.replace("RW", &format!("parentFileNameHint=\"{secret}\"\nRW"));
    // Without a capacity QEMU goes by the descriptor inside.
    let mut inside = fs::read(workshop.master()).unwrap();
    inside[12..20].fill(0);
    inside[512..][..10240].fill(0);
    inside[512..][..descriptor.len()].copy_from_slice(descriptor.as_bytes());

    let master = workshop.at("trap.vmdk");
    let child = workshop.at("made.qcow2");
    for bytes in [descriptor.clone().into_bytes(), delta.into_bytes(), inside] {
        fs::write(&master, &bytes).unwrap();
        // The trap bites: QEMU itself opens the file that is named.
        let log = workshop.at("qemu");
        let qemu = [
            "-f",
            "-qq",
            "-e",
            "trace=%file",
            "-o",
            text(&log),
            "qemu-img",
        ];
        let qemu = [&qemu[..], &["info", "-f", "vmdk", text(&master)]].concat();
        crate::support::output("strace", &qemu);
        let qemu = fs::read_to_string(log).unwrap();
        assert!(qemu.contains(secret), "the premise: QEMU follows it");

        // Clone; the VMDK as a child; a child that states it, made while it was sound.
        for args in [
            &[
                "clone",
                text(&master),
                text(&child),
                "--master-format",
                "vmdk",
            ][..],
            &["clone", text(&master), text(&child)],
            &["prepare", text(&master)],
            &["verify", text(&master)],
            &["revert", text(&master)],
            &["recover", text(&master)],
            &["inspect", text(&master)],
        ] {
            let (ran, opened) = opened(&workshop.command_line(args));
            ran.failed(5);
            assert!(opened.contains("trap.vmdk"), "the premise: {opened}");
            assert!(!opened.contains("secret"), "{args:?}: {opened}");
        }
        assert!(!child.exists());
        assert!(fs::read(&master).unwrap() == bytes);
        fs::copy(workshop.master(), workshop.at("sound")).unwrap();
        fs::rename(workshop.at("sound"), &master).unwrap();
        workshop.ok(&[
            "clone",
            text(&master),
            text(&child),
            "--master-format",
            "vmdk",
        ]);
        fs::remove_file(&master).unwrap();
        fs::write(&master, &bytes).unwrap();
        let before = digest(&child);
        for command in ["plan", "prepare", "verify", "revert", "inspect"] {
            let mut line: Vec<OsString> = workshop.command_line(&[command, text(&child)]);
            // The workshop's own master is another one.
            let at = line.iter().position(|word| word == "--master").unwrap();
            line[at + 1] = master.clone().into();
            let (ran, opened) = opened(&line);
            ran.failed(5);
            assert!(opened.contains("trap.vmdk"), "the premise: {opened}");
            assert!(!opened.contains("secret"), "{command}: {opened}");
        }
        assert_eq!(digest(&child), before);
        fs::remove_file(&child).unwrap();
    }
}

#[test]
fn a_vmdk_that_is_to_be_edited_is_read_at_its_start_alone_and_never_opened_for_writing() {
    let Some(workshop) = Workshop::of("disk-sparse.vmdk").filter(|_| may_trace(TEST)) else {
        return;
    };
    let vmdk = workshop.at("child.vmdk");
    fs::copy(workshop.master(), &vmdk).unwrap();
    crate::support::run("chmod", &["0644", text(&vmdk)]);
    let before = digest(&vmdk);
    // It may be looked at, as a master is.
    let (ran, processes) = traced(&["-y"], &workshop.command_line(&["inspect", text(&vmdk)]));
    assert!(
        ran.code == Some(0) && ran.stdout.contains("16 MiB, vmdk"),
        "{ran:?}"
    );
    let opened = processes.iter().flat_map(|calls| calls.lines());
    for call in opened.filter(|call| call.contains("child.vmdk")) {
        let writes = ["O_RDWR", "O_WRONLY", "pwrite"];
        assert!(!writes.iter().any(|word| call.contains(word)), "{call}");
    }
    for command in ["prepare", "revert", "recover", "verify"] {
        let (ran, processes) = traced(&["-y"], &workshop.command_line(&[command, text(&vmdk)]));
        let told = ran.failed(5);
        assert!(
            told.contains("osgraft clone --master-format vmdk"),
            "{told}"
        );
        let calls = processes.iter().flat_map(|calls| calls.lines());
        let calls: Vec<&str> = calls.filter(|call| call.contains("child.vmdk")).collect();
        assert!(
            calls.iter().any(|call| call.contains("pread64")),
            "the premise: {calls:?}"
        );
        for call in calls {
            assert!(
                !call.contains("O_RDWR") && !call.contains("O_WRONLY"),
                "{call}"
            );
            assert!(!call.contains("pwrite"), "{call}");
            // The last argument of a read is where it begins.
            if let Some((_, end)) = call.split_once("pread64") {
                let offset = end.rsplit(", ").next().unwrap().split(')').next().unwrap();
                assert_eq!(offset, "0", "{call}");
            }
        }
    }
    assert_eq!(digest(&vmdk), before);
}
