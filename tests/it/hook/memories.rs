//! Disks of machines that the hypervisor keeps in memory, worked on by hand.

use std::fs;
use std::path::Path;

use crate::support::program::Workshop;
use crate::support::{run, text};

const UUID: &str = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";

/// A child, a folder of saved memories, and a Proxmox node.
fn host() -> Option<Workshop> {
    let workshop = Workshop::of("debian12")?;
    workshop.configure(&format!(
        "[hook.libvirt]\nsaved = [{:?}]\n[hook.proxmox]\nconf = {:?}\nstorage = {:?}\n",
        workshop.at("save"),
        workshop.at("qemu-server"),
        workshop.at("storage.cfg"),
    ));
    fs::create_dir(workshop.at("save")).unwrap();
    Some(workshop)
}

/// What libvirt writes when it saves a domain.
fn saved(magic: &[u8], swapped: bool, xml: &str) -> Vec<u8> {
    let mut bytes = magic.to_vec();
    let len = u32::try_from(xml.len() + 1 + 16).unwrap();
    for word in [2, len, 1, 0, len - 16] {
        bytes.extend(match swapped {
            true => u32::to_be_bytes(word),
            false => u32::to_le_bytes(word),
        });
    }
    bytes.resize(92, 0);
    bytes.extend(xml.as_bytes());
    bytes.push(0);
    bytes.extend(b"<cookie/>\0......");
    bytes.extend(b"QEVM\0\0\0\x03");
    bytes
}

fn domain(source: &str) -> String {
    format!(
        "<domain type='kvm'>\n  <name>web-1</name>\n  <uuid>{UUID}</uuid>\n  <devices>\n    \
         <disk type='file' device='disk'>\n      <driver name='qemu' type='qcow2'/>\n      \
         {source}\n      <target dev='vda' bus='virtio'/>\n    </disk>\n  </devices>\n</domain>\n"
    )
}

fn file(path: &Path) -> String {
    domain(&format!("<source file='{}'/>", path.display()))
}

#[track_caller]
fn refused(host: &Workshop, command: &str) -> String {
    let before = fs::read(host.child()).unwrap();
    let told = host.fails(&[command, text(&host.child())], 3);
    assert_eq!(fs::read(host.child()).unwrap(), before);
    assert!(told.contains("was saved with its memory"), "{told}");
    told
}

#[test]
fn a_disk_of_a_saved_domain_is_not_changed_by_hand() {
    let Some(host) = host() else { return };
    let child = host.child();
    let save = host.at("save/web-1.save");
    for magic in [b"LibvirtQemudSave", b"LibvirtQemudPart"] {
        for swapped in [false, true] {
            fs::write(&save, saved(magic, swapped, &file(&child))).unwrap();
            let told = refused(&host, "prepare");
            assert!(told.contains("virsh managedsave-remove web-1"), "{told}");
        }
    }
    let json = host.run(&["prepare", "--json", text(&child)]);
    assert!(json.stdout.contains("\"saved-memory\""), "{json:?}");
    // What would be done can be looked at.
    host.ok(&["plan", text(&child)]);

    fs::remove_file(&save).unwrap();
    host.ok(&["prepare", text(&child)]);
    fs::write(&save, saved(b"LibvirtQemudSave", false, &file(&child))).unwrap();
    let prepared = fs::read(&child).unwrap();
    let again = host.ok(&["prepare", "--json", text(&child)]);
    assert!(again.stdout.contains("\"unchanged\""), "{again:?}");
    refused(&host, "revert");
    assert_eq!(fs::read(&child).unwrap(), prepared);
    fs::remove_file(&save).unwrap();
    host.ok(&["revert", text(&child)]);
    fs::write(&save, saved(b"LibvirtQemudSave", false, &file(&child))).unwrap();
    let nothing = host.ok(&["revert", "--json", text(&child)]);
    assert!(nothing.stdout.contains("\"unchanged\""), "{nothing:?}");
}

#[test]
fn a_saved_domain_may_have_the_disk_in_other_ways() {
    let Some(host) = host() else { return };
    let child = host.child();
    let overlay = host.at("overlay.qcow2");
    let create = ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b"];
    let mut line = create.to_vec();
    line.extend([text(&child), text(&overlay)]);
    run("qemu-img", &line);
    let link = host.at("link.qcow2");
    std::os::unix::fs::symlink(&child, &link).unwrap();
    fs::hard_link(&child, host.at("second-name.qcow2")).unwrap();
    let stated = format!(
        "<source file='/nowhere'/><backingStore type='file'><format type='qcow2'/>\
         <source file='{}'/></backingStore>",
        child.display()
    );
    for xml in [
        file(&overlay),
        file(&link),
        file(&host.at("second-name.qcow2")),
        domain(&stated),
    ] {
        let bytes = saved(b"LibvirtQemudSave", false, &xml);
        fs::write(host.at("save/web-1.save"), bytes).unwrap();
        refused(&host, "prepare");
    }
}

#[test]
fn what_is_no_memory_of_this_disk_changes_nothing() {
    let Some(host) = host() else { return };
    let child = host.child();
    let other = host.at("other.qcow2");
    fs::copy(&child, &other).unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(host.at("save").join(name), bytes).unwrap();
    put(
        "other.save",
        &saved(b"LibvirtQemudSave", false, &file(&other)),
    );
    put(
        "none.save",
        &saved(b"LibvirtQemudSave", true, &file(Path::new("/nowhere"))),
    );
    put("short.save", b"LibvirtQemudSave");
    put("empty.save", b"");
    put("odd.save", &[b'x'; 4096]);
    put(
        "web-1.save.old",
        &saved(b"LibvirtQemudSave", false, &file(&child)),
    );
    fs::create_dir(host.at("save/folder.save")).unwrap();
    run("mkfifo", &[text(&host.at("save/fifo.save"))]);
    host.ok(&["prepare", text(&child)]);
}

#[test]
fn a_memory_that_cannot_be_read_may_be_of_any_disk() {
    let Some(host) = host() else { return };
    let laughs = "<!DOCTYPE a [<!ENTITY b \"c\">]><domain><name>&b;</name></domain>";
    for xml in ["", "<domain", laughs, "<pool/>"] {
        let bytes = saved(b"LibvirtQemudSave", false, xml);
        fs::write(host.at("save/web-2.save"), bytes).unwrap();
        let told = refused(&host, "prepare");
        assert!(told.contains("managedsave-remove web-2"), "{told}");
    }
}

#[test]
fn a_disk_of_a_suspended_vm_is_not_changed_by_hand() {
    let Some(host) = host() else { return };
    let images = host.at("vz/images/100");
    fs::create_dir_all(&images).unwrap();
    fs::create_dir(host.at("qemu-server")).unwrap();
    fs::hard_link(host.child(), images.join("vm-100-disk-0.qcow2")).unwrap();
    let storage = format!("dir: local\n\tpath {}\n", host.at("vz").display());
    fs::write(host.at("storage.cfg"), storage).unwrap();
    let conf = |more: &str| {
        let text = format!("scsi0: local:100/vm-100-disk-0.qcow2,size=1G\n{more}");
        fs::write(host.at("qemu-server/100.conf"), text).unwrap();
    };
    for more in [
        "lock: suspended\n",
        "vmstate: local:100/vm-100-state-suspend.raw\n",
    ] {
        conf(more);
        let told = refused(&host, "prepare");
        assert!(told.contains("qm start 100"), "{told}");
    }
    conf("[before]\nvmstate: local:100/vm-100-state-before.raw\n");
    host.ok(&["prepare", text(&host.child())]);
}
