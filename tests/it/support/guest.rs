//! A small Linux guest on a disk, made with `mke2fs -d` and `qemu-img`.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::{run, text};

/// The kernel that the guest boots.
pub(crate) const KERNEL: &str = "6.1.0-37-amd64";
/// The guest's fstab.
pub(crate) const FSTAB: &str = "LABEL=root / ext4 errors=remount-ro 0 1\n";

/// A raw disk in `folder` with a Debian 12 root that fills it, as mke2fs makes it of these
/// arguments: merged-usr, one kernel with its modules, systemd, mount.nfs, `sh` of this host's
/// architecture.
pub(crate) fn debian_disk(folder: &Path, arguments: &[&str], size: &str) -> PathBuf {
    debian_disk_with(folder, &[], arguments, size)
}

/// The same with these files too, each of mode 0600.
pub(crate) fn debian_disk_with(
    folder: &Path,
    files: &[(&str, &[u8])],
    arguments: &[&str],
    size: &str,
) -> PathBuf {
    let tree = folder.join("tree");
    let modules = format!("usr/lib/modules/{KERNEL}");
    let write = |path: &str, content: &[u8]| {
        let path = tree.join(path);
        fs::create_dir_all(path.parent().expect("below the tree")).expect("space");
        fs::write(path, content).expect("space");
    };
    write("etc/fstab", FSTAB.as_bytes());
    write("etc/os-release", b"ID=debian\nVERSION_ID=\"12\"\n");
    write(&format!("{modules}/modules.dep"), b"");
    write(&format!("{modules}/kernel/x.ko"), b"module");
    write(&format!("boot/vmlinuz-{KERNEL}"), b"kernel");
    let program = host_program();
    for path in [
        "usr/bin/dash",
        "usr/sbin/mount.nfs",
        "usr/lib/systemd/systemd",
    ] {
        write(path, &program);
    }
    for (at, to) in [
        ("lib", "usr/lib"),
        ("bin", "usr/bin"),
        ("sbin", "usr/sbin"),
        ("usr/bin/sh", "dash"),
        ("usr/sbin/init", "../lib/systemd/systemd"),
    ] {
        symlink(to, tree.join(at)).expect("space");
    }
    for (path, content) in files {
        write(path, content);
        fs::set_permissions(tree.join(path), PermissionsExt::from_mode(0o600)).expect("space");
    }

    let raw = folder.join("master.raw");
    let files = ["-d", text(&tree), text(&raw), size];
    run("mke2fs", &[&["-q"], arguments, &files].concat());
    fs::remove_dir_all(&tree).expect("just written");
    raw
}

/// A qcow2 master in `folder` with that on an ext4.
pub(crate) fn debian_master(folder: &Path) -> PathBuf {
    let raw = debian_disk(folder, &["-t", "ext4"], "16M");
    in_qcow2(folder, &raw)
}

/// The same with an SSH server, its host keys and a machine-id.
pub(crate) fn debian_master_with_ssh(folder: &Path) -> PathBuf {
    let files: [(&str, &[u8]); 6] = [
        ("etc/hostname", b"golden\n"),
        ("etc/machine-id", b"0a5fa61700004000800000000000b008\n"),
        ("etc/ssh/sshd_config", b"UsePAM yes\n"),
        ("etc/ssh/ssh_host_ed25519_key", b"the master's\n"),
        ("etc/ssh/ssh_host_ecdsa_key", b"the master's\n"),
        ("usr/sbin/sshd", &host_program()),
    ];
    let raw = debian_disk_with(folder, &files, &["-t", "ext4"], "16M");
    in_qcow2(folder, &raw)
}

fn in_qcow2(folder: &Path, raw: &Path) -> PathBuf {
    let master = folder.join("master.qcow2");
    run(
        "qemu-img",
        &[
            "convert",
            "-f",
            "raw",
            "-O",
            "qcow2",
            text(raw),
            text(&master),
        ],
    );
    fs::remove_file(raw).expect("just written");
    master
}

/// The first page of a program of this host: its ELF header tells the architecture.
fn host_program() -> Vec<u8> {
    let mut head = Vec::new();
    std::env::current_exe()
        .and_then(fs::File::open)
        .and_then(|file| file.take(4096).read_to_end(&mut head))
        .expect("the test itself");
    assert!(head.starts_with(b"\x7fELF"));
    head
}
