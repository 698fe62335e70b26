//! What is no Linux system, by the program.

use std::fmt::Write as _;
use std::fs;

use osgraft::image::Overlay;

use super::bench::guestfish;
use crate::support::program::Ran;
use crate::support::servers::{Serving, registry};
use crate::support::{digest, run, text};

/// By the program, which has to launch an appliance to know.
#[test]
fn windows_and_what_holds_no_system_are_refused_by_name_and_exit_3() {
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let at = |name: &str| folder.path().join(name);
    registry(folder.path(), Serving::Anything);
    let config_file = at("config.toml");
    let config = format!("registry.file = {:?}\n", at("servers.toml"));
    fs::write(&config_file, config).unwrap();
    let mut script = "run\n".to_owned();
    let masters = [at("windows.qcow2"), at("data.qcow2")];
    for ((master, disk), kind) in masters.iter().zip('a'..).zip(["ntfs", "ext4"]) {
        let made = ["create", "-q", "-f", "qcow2", text(master), "64M"];
        run("qemu-img", &made);
        write!(
            script,
            "part-disk /dev/sd{disk} gpt\nmkfs {kind} /dev/sd{disk}1\nmount /dev/sd{disk}1 /\n\
             mkdir-p /Windows/System32/config\nwrite /Windows/System32/ntoskrnl.exe MZ\numount-all\n"
        )
        .unwrap();
    }
    guestfish(&[&masters[0], &masters[1]], true, &script);
    for (master, says) in masters.iter().zip(["Windows", "root file system found"]) {
        let child = at("child.qcow2");
        Overlay::new(master).create(&child).unwrap();
        let before = digest(&child);
        for editor in ["auto", "appliance"] {
            let line = [
                env!("CARGO_BIN_EXE_osgraft"),
                "--config",
                text(&config_file),
                "--editor",
                editor,
                "prepare",
                text(&child),
            ];
            let line = Ran::of(&line).failed(3);
            assert!(line.contains(says), "{line}");
            // In process it is known before anything is launched.
            let launched = line.contains("the appliance was used since it was asked for");
            assert_eq!(launched, editor == "appliance", "{line}");
        }
        assert_eq!(digest(&child), before);
        fs::remove_file(child).unwrap();
    }
}
