//! Starts that go on from a memory though no hook was told: a revert to a snapshot, a managed save.

use std::fs;

use super::libvirt::Host;
use crate::support::{run, text};

/// A host whose libvirt keeps its files in the workshop.
fn host() -> Option<Host> {
    let host = Host::new()?;
    host.workshop.configure(&format!(
        "[[hook.vm]]\nmatch = \"^web-\"\n[hook.libvirt]\nsaved = [{:?}]\nsnapshots = [{:?}]\n",
        host.workshop.at("save"),
        host.workshop.at("snapshot"),
    ));
    fs::create_dir(host.workshop.at("save")).unwrap();
    fs::create_dir_all(host.workshop.at("snapshot/web-1")).unwrap();
    Some(host)
}

fn snapshot(host: &Host, name: &str, memory: &str) {
    let xml = format!(
        "<!--\nmade by libvirt\n-->\n<domainsnapshot>\n  <name>{name}</name>\n  {memory}\n  \
         <domain type='kvm'><name>web-1</name><memory unit='KiB'>1</memory></domain>\n\
         </domainsnapshot>\n"
    );
    fs::write(host.workshop.at(&format!("snapshot/web-1/{name}.xml")), xml).unwrap();
}

#[track_caller]
fn refused(host: &Host) -> String {
    let before = host.disk();
    let ran = host.call("web-1", "prepare", &host.xml("web-1", ""));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
    assert_eq!(host.disk(), before);
    ran.stderr
}

#[test]
fn a_new_overlay_of_a_domain_with_a_snapshot_of_memory_is_not_changed() {
    let Some(host) = host() else { return };
    snapshot(
        &host,
        "with-memory",
        "<memory snapshot='external' file='/m'/>",
    );
    let told = refused(&host);
    assert!(
        told.contains("virsh snapshot-delete web-1 with-memory"),
        "{told}"
    );
    // Nothing is to be changed in a disk that was prepared before the snapshot.
    fs::remove_file(host.workshop.at("snapshot/web-1/with-memory.xml")).unwrap();
    host.ok("web-1", "prepare");
    let prepared = host.disk();
    snapshot(
        &host,
        "with-memory",
        "<memory snapshot='external' file='/m'/>",
    );
    host.ok("web-1", "prepare");
    assert_eq!(host.disk(), prepared);
}

#[test]
fn snapshots_without_memory_and_disks_that_were_written_to_are_prepared() {
    for (memory, write) in [
        ("<memory snapshot='no'/>", false),
        ("<memory snapshot='internal'/>", false),
        ("", false),
        ("<memory snapshot='external' file='/m'/>", true),
    ] {
        let Some(host) = host() else { return };
        snapshot(&host, "s1", memory);
        if write {
            let child = host.workshop.child();
            run(
                "qemu-io",
                &["-f", "qcow2", "-c", "write 512k 512", text(&child)],
            );
        }
        let before = host.disk();
        host.ok("web-1", "prepare");
        assert_ne!(host.disk(), before, "{memory}");
    }
}

#[test]
fn a_snapshot_that_cannot_be_judged_may_have_memory() {
    let Some(host) = host() else { return };
    for text in ["", "<domainsnapshot", "<!DOCTYPE a><domainsnapshot/>"] {
        fs::write(host.workshop.at("snapshot/web-1/odd.xml"), text).unwrap();
        refused(&host);
    }
    fs::rename(
        host.workshop.at("snapshot/web-1"),
        host.workshop.at("snapshot/web-2"),
    )
    .unwrap();
    host.ok("web-1", "prepare");
}

#[test]
fn a_managed_save_keeps_the_disk_though_its_marker_is_gone() {
    let Some(host) = host() else { return };
    fs::write(host.workshop.at("save/web-2.save"), "another's").unwrap();
    fs::write(host.workshop.at("save/web-1.save"), "LibvirtQemudSave").unwrap();
    let told = refused(&host);
    assert!(told.contains("virsh managedsave-remove web-1"), "{told}");
    fs::remove_file(host.workshop.at("save/web-1.save")).unwrap();
    host.ok("web-1", "prepare");
}
