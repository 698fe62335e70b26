//! How often a graft asks its guest.

use std::collections::BTreeSet;

use osgraft::guest::MemoryGuest;
use osgraft::prepare::Preparer;

use super::{FSTAB, KERNEL, one, share};

/// Calls that a graft of that guest may make. More are a walk, a listing or a file that is read
/// twice, or a new thing that preflight looks at.
const MOST: usize = 108;

/// Places of a small Debian 12 that a graft looks at.
fn debian_12() -> MemoryGuest {
    let mut guest = MemoryGuest::new()
        .file("/usr/lib/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .link("/etc/os-release", "../usr/lib/os-release")
        .file("/etc/fstab", FSTAB)
        .link("/bin", "usr/bin")
        .link("/sbin", "usr/sbin")
        .link("/lib", "usr/lib")
        .file("/usr/bin/true", program())
        .file("/usr/bin/dash", program())
        .link("/usr/bin/sh", "dash")
        .file("/usr/sbin/mount.nfs", program())
        .file("/usr/lib/systemd/systemd", program())
        .link("/usr/sbin/init", "/lib/systemd/systemd")
        .file("/usr/lib/systemd/system/remote-fs.target", "")
        .file("/usr/lib/systemd/system/tmp.mount", "")
        .file(
            "/usr/lib/systemd/system-generators/systemd-fstab-generator",
            program(),
        )
        .link(
            "/etc/systemd/system/multi-user.target.wants/remote-fs.target",
            "/lib/systemd/system/remote-fs.target",
        )
        .link(
            "/etc/systemd/system/timers.target.wants/apt-daily.timer",
            "/lib/systemd/system/apt-daily.timer",
        )
        .file("/etc/apt/apt.conf.d/01autoremove", "APT {};\n")
        .file("/etc/apt/apt.conf.d/70debconf", "DPkg {};\n")
        .file("/usr/lib/modprobe.d/aliases.conf", "alias a b\n")
        .file("/usr/lib/modprobe.d/systemd.conf", "")
        .file(&format!("/boot/vmlinuz-{KERNEL}"), "kernel")
        .file(
            "/boot/grub/grub.cfg",
            "menuentry 'x' {\nlinux /vmlinuz ro\n}\n",
        )
        .file("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"\"\n")
        .dir("/etc/kernel/install.d")
        .file(
            &format!("/usr/lib/modules/{KERNEL}/modules.dep"),
            "kernel/fs/nfs/nfs.ko:\n",
        )
        .file("/var/lib/dpkg/status", "Package: nfs-common\n");
    for module in [
        "drivers/net/net_failover",
        "drivers/net/virtio_net",
        "fs/fscache/fscache",
        "fs/lockd/lockd",
        "fs/netfs/netfs",
        "fs/nfs/nfs",
        "fs/nfs/nfsv4",
        "fs/nfs/filelayout/nfs_layout_nfsv41_files",
        "fs/nfs_common/grace",
        "net/core/failover",
        "net/dns_resolver/dns_resolver",
        "net/sunrpc/sunrpc",
    ] {
        let file = format!("/usr/lib/modules/{KERNEL}/kernel/{module}.ko");
        guest = guest.file(&file, "module");
    }
    let index = format!("/usr/lib/modules/{KERNEL}/modules.dep.bin");
    guest = guest.file(&index, "index");
    for folder in [
        "/etc/modprobe.d",
        "/usr/local/lib",
        "/usr/local/bin",
        "/etc/selinux",
    ] {
        guest = guest.dir(folder);
    }
    guest
}

/// The head of an ELF file of x86-64.
fn program() -> Vec<u8> {
    let mut head = vec![0; 64];
    head[..6].copy_from_slice(b"\x7fELF\x02\x01");
    head[16] = 3;
    head[18] = 62;
    head
}

#[test]
fn a_graft_asks_its_guest_each_thing_once() {
    let mut guest = debian_12();
    let graft = Preparer::new(one(), share()).graft(&mut guest, "web-7");
    let graft = graft.unwrap();
    assert!(!graft.edits.is_empty(), "the premise");

    let calls = guest.calls();
    let asked = calls.iter().filter(|call| !call.op.is_edit());
    let asked: Vec<String> = asked
        .map(|call| format!("{:?} {}", call.op, call.path))
        .collect();
    let distinct: BTreeSet<&String> = asked.iter().collect();
    assert_eq!(distinct.len(), asked.len(), "{asked:#?}");
    assert!(calls.len() <= MOST, "{}: {asked:#?}", calls.len());
}
