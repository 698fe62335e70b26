use std::fs;
use std::process::Command;

use crate::support::digest;
use crate::support::program::Workshop;

/// Every name under which libguestfs is looked for leads to a file that no loader takes.
#[test]
fn a_host_without_libguestfs_prepares_ext4_and_says_what_the_rest_needs() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let broken = workshop.at("lib");
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("libguestfs.so.0"), "no library").unwrap();
    let run = |args: &[&str]| {
        let line = workshop.command_line(args);
        Command::new(&line[0])
            .args(&line[1..])
            .arg(workshop.child())
            .env("LD_LIBRARY_PATH", &broken)
            .output()
            .unwrap()
    };

    let before = digest(&workshop.child());
    let refused = run(&["prepare", "--editor", "appliance", "--no-cache"]);
    let error = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    for part in [
        "not installed",
        "libguestfs.so.0",
        "apt-get install libguestfs-tools",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert_eq!(digest(&workshop.child()), before);

    let prepared = run(&["prepare"]);
    assert!(prepared.status.success(), "{prepared:?}");
}

/// What a start costs is what it loads: libguestfs would bring fifty libraries.
#[test]
fn the_program_starts_without_libguestfs() {
    let linked = Command::new("ldd")
        .arg(env!("CARGO_BIN_EXE_osgraft"))
        .output()
        .unwrap();
    let linked = String::from_utf8(linked.stdout).unwrap();
    assert!(linked.contains("libext2fs.so.2"), "{linked}");
    assert!(!linked.contains("guestfs"), "{linked}");
}
