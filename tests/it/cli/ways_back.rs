//! Pins of a server, and the way back that a person has to decide on.

use osgraft::editor::{self, Choice};
use osgraft::guest::Attributes;
use osgraft::image::{Child, Masters};
use osgraft::prepare::RECEIPT_FOLDER;

use super::{Bench, one_document};
use crate::support::assert_clean;
use crate::support::guest::FSTAB;

/// A server that serves the same, and is the hash's choice for none.
const SECOND: &str = "[[server]]\nname = \"deb12-b\"\nexport = \"192.0.2.11:/export/deb12\"\n\
    os = \"debian\"\nversion = \"12\"\nkernels = [\"6.1.0-37-amd64\"]\n\
    components = [\"lib/modules\"]\nweight = 0\n";

fn add_second(bench: &Bench) {
    let path = bench.at("servers.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}{SECOND}")).unwrap();
}

/// Writes a file in a child's guest.
fn write(bench: &Bench, path: &str, content: &str) {
    let child = Child::open(bench.at("web.qcow2"), Masters::beside_child()).unwrap();
    let locked = editor::lock(&child, &Choice::ext4()).unwrap();
    let edited = editor::edit(locked.as_open(), &Choice::ext4(), 1_800_000_000, |guest| {
        let new = Attributes::root(0o644);
        guest
            .write(&path.parse().unwrap(), content.as_bytes(), new)
            .map_err(osgraft::Error::from)
    });
    locked.commit(&edited.unwrap().redo).unwrap();
}

#[test]
fn a_server_that_is_asked_for_is_kept_until_auto() {
    let bench = Bench::with_children(&["web.qcow2"]);
    add_second(&bench);
    let server = |args: &[&str]| {
        let args = [args, &["web.qcow2", "--json"]].concat();
        let report = one_document(&bench.ok(&args));
        report["server"].clone()
    };
    let named = server(&["prepare", "--server", "deb12-b"]);
    assert_eq!(named["reason"], "asked for by name");
    for command in ["prepare", "plan"] {
        let kept = server(&[command]);
        assert_eq!(kept["name"], "deb12-b");
        assert_eq!(kept["reason"], "pinned by an earlier --server");
    }
    let found = one_document(&bench.ok(&["inspect", "web.qcow2", "--json"]));
    assert_eq!(found["receipt"]["pin"], "deb12-b");
    assert!(bench.ok(&["inspect", "web.qcow2"]).contains(", pinned\n"));

    bench.ok(&["server", "set", "deb12-b", "state=down"]);
    let refused = bench.fails(&["prepare", "web.qcow2"], 4);
    assert!(
        refused.contains("“osgraft prepare --server auto”"),
        "{refused}"
    );
    assert_eq!(server(&["prepare", "--server", "auto"])["name"], "deb12-a");
    assert_eq!(server(&["prepare"])["name"], "deb12-a");
    bench.ok(&["server", "set", "deb12-b", "state=active"]);
    assert_eq!(server(&["prepare"])["name"], "deb12-a");
}

#[test]
fn an_entry_that_the_guest_edited_is_kept_until_the_revert_is_forced() {
    let bench = Bench::with_children(&["web.qcow2"]);
    bench.ok(&["prepare", "web.qcow2"]);
    let entry = "192.0.2.10:/export/deb12 /shared nfs rw 0 0";
    let edited = format!("{FSTAB}# BEGIN osgraft\n{entry}\n# END osgraft\n");
    write(&bench, "/etc/fstab", &edited);
    let reverted = bench.ok(&["revert", "web.qcow2"]);
    assert!(reverted.contains("fstab-block-edited"), "{reverted}");
    assert!(reverted.contains(entry), "{reverted}");
    let forced = one_document(&bench.ok(&["revert", "--force", "web.qcow2", "--json"]));
    assert!(forced.get("kept").is_none(), "{forced}");
    assert_eq!(bench.run(&["verify", "web.qcow2"]).code, 8);
    assert_clean(&bench.at("web.qcow2"));
}

#[test]
fn a_unit_that_the_guest_edited_is_told_by_verify_and_kept_until_the_revert_is_forced() {
    const UNIT: &str = "/etc/systemd/system/osgraft-shared.service";
    let bench = Bench::with_children(&["web.qcow2"]);
    let diff = bench.ok(&["plan", "web.qcow2"]);
    assert!(
        diff.contains(&format!("--- /dev/null\n+++ b{UNIT}\n")),
        "{diff}"
    );
    assert!(diff.contains("' sh /shared /shared\n"), "{diff}");
    let prepared = bench.ok(&["prepare", "web.qcow2"]);
    assert!(
        prepared.contains(&format!("\n  create  {UNIT}\n")),
        "{prepared}"
    );
    let found = one_document(&bench.ok(&["inspect", "web.qcow2", "--json"]));
    assert_eq!(found["receipt"]["unit"]["mount_point"], "/shared");

    write(&bench, UNIT, "[Unit]\nDescription=mine\n");
    let verified = bench.run(&["verify", "web.qcow2", "--json"]);
    assert_eq!(verified.code, 8);
    let verified = one_document(&verified.stdout);
    assert_eq!(verified["differences"][0]["code"], "unit-edited");
    let reverted = one_document(&bench.ok(&["revert", "web.qcow2", "--json"]));
    assert_eq!(reverted["kept"][0]["code"], "unit-edited");
    let forced = one_document(&bench.ok(&["revert", "--force", "web.qcow2", "--json"]));
    assert!(forced.get("kept").is_none(), "{forced}");
    let verified = bench.run(&["verify", "web.qcow2", "--json"]);
    let verified = one_document(&verified.stdout);
    assert_eq!(verified["differences"][0]["code"], "not-prepared");
    assert_clean(&bench.at("web.qcow2"));
}

#[test]
fn a_receipt_of_a_later_osgraft_is_told_by_every_command_and_forced_away() {
    let bench = Bench::with_children(&["web.qcow2"]);
    bench.ok(&["prepare", "web.qcow2"]);
    write(
        &bench,
        &format!("{RECEIPT_FOLDER}/receipt.json"),
        "{\"version\": 9}",
    );
    let verified = bench.run(&["verify", "web.qcow2", "--json"]);
    assert_eq!(verified.code, 8);
    let verified = one_document(&verified.stdout);
    assert_eq!(verified["differences"][0]["code"], "receipt-version");
    let found = one_document(&bench.ok(&["inspect", "web.qcow2", "--json"]));
    assert_eq!(found["receipt_problem"]["code"], "receipt-version");
    for command in ["prepare", "plan", "revert"] {
        let refused = bench.fails(&[command, "web.qcow2"], 3);
        assert!(refused.contains("“osgraft revert --force”"), "{refused}");
    }
    bench.ok(&["revert", "--force", "web.qcow2"]);
    bench.ok(&["prepare", "web.qcow2"]);
    bench.ok(&["verify", "web.qcow2"]);
}
