use super::*;
use crate::guest::MemoryGuest;

const KERNEL: &str = "6.1.0-37-amd64";

/// A Debian guest with both NFS servers installed.
fn debian() -> MemoryGuest {
    MemoryGuest::new()
        .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("/etc/fstab", "UUID=x / ext4 defaults 0 1\n")
        .link("/sbin", "usr/sbin")
        .link("/lib", "usr/lib")
        .link("/usr/sbin/init", "/lib/systemd/systemd")
        .file("/usr/lib/systemd/systemd", "\u{7f}ELF")
        .file("/usr/lib/systemd/system/nfs-server.service", "[Service]\n")
        .file("/usr/lib/systemd/system/nfs-ganesha.service", "[Service]\n")
        .file("/etc/ganesha/ganesha.conf", "NFS_CORE_PARAM { }")
        .file(&format!("/boot/vmlinuz-{KERNEL}"), "kernel")
        .file(
            &format!("/usr/lib/modules/{KERNEL}/modules.dep"),
            "kernel/fs/nfsd/nfsd.ko:\n",
        )
}

fn service(nfs: NfsServer) -> Service {
    let release = "r1".parse().unwrap();
    let clients = ["192.0.2.0/24".to_owned()];
    let disk = ("UUID=1", "erofs");
    Service::new(nfs, (&release, Digest::of(b"")), disk, &clients).unwrap()
}

fn content(guest: &mut MemoryGuest, path: &str) -> String {
    let bytes = guest.read(&path.parse().unwrap(), 1 << 20).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[track_caller]
fn refused(mut guest: MemoryGuest, nfs: NfsServer, code: &str) {
    let error = serve_guest(&mut guest, &service(nfs)).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
}

#[test]
fn a_guest_exports_the_release_and_starts_its_server_with_the_disk_alone() {
    let mut guest = debian();
    serve_guest(&mut guest, &service(NfsServer::Kernel)).unwrap();
    let exports = content(&mut guest, "/etc/exports.d/osgraft.exports");
    assert!(
        exports.starts_with(
            "# osgraft: /srv/osgraft/r1/tree\n\"/srv/osgraft/r1/tree\" 192.0.2.0/24(ro,all_squash,"
        ),
        "{exports}"
    );
    let conf = content(&mut guest, "/etc/nfs.conf.d/osgraft.conf");
    assert_eq!(conf, "# Made by osgraft.\n[nfsd]\nvers3=n\n");
    let drop_in = content(
        &mut guest,
        "/etc/systemd/system/nfs-server.service.d/osgraft.conf",
    );
    assert_eq!(
        drop_in,
        "# Made by osgraft.\n[Unit]\nRequiresMountsFor=/srv/osgraft/r1/tree\n"
    );
    let wants = "/etc/systemd/system/multi-user.target.wants/nfs-server.service";
    assert_eq!(
        guest.read_link(&wants.parse().unwrap()).unwrap(),
        b"/usr/lib/systemd/system/nfs-server.service"
    );
    let record: serde_json::Value =
        serde_json::from_str(&content(&mut guest, SERVER_DISK)).unwrap();
    assert_eq!(record["release"], "r1");
    assert_eq!(record["export"], "/srv/osgraft/r1/tree");
    assert_eq!(
        (&record["disk"], &record["nfs"]),
        (&"UUID=1".into(), &"kernel".into())
    );
}

#[test]
fn ganesha_includes_the_export_behind_what_is_there() {
    let mut guest = debian();
    serve_guest(&mut guest, &service(NfsServer::Ganesha)).unwrap();
    assert_eq!(
        content(&mut guest, "/etc/ganesha/ganesha.conf"),
        "NFS_CORE_PARAM { }\n%include \"/etc/ganesha/osgraft.conf\"\n"
    );
    let export = content(&mut guest, "/etc/ganesha/osgraft.conf");
    assert!(
        export.contains("    Path = \"/srv/osgraft/r1/tree\";\n"),
        "{export}"
    );
    // It takes no nfsd of the kernel's.
    let mut thin = debian().file(&format!("/usr/lib/modules/{KERNEL}/modules.dep"), "");
    assert!(serve_guest(&mut thin, &service(NfsServer::Ganesha)).is_ok());
}

#[test]
fn a_guest_that_cannot_serve_is_refused_by_name() {
    use NfsServer::{Ganesha, Kernel};
    let modules = format!("/usr/lib/modules/{KERNEL}/modules.dep");
    refused(
        debian().file(&modules, "kernel/fs/nfs/nfs.ko:\n"),
        Kernel,
        "server-disk-no-nfsd",
    );
    let bare = MemoryGuest::new()
        .file("/etc/os-release", "ID=debian\n")
        .link("/sbin/init", "/lib/systemd/systemd")
        .file("/lib/systemd/systemd", "\u{7f}ELF");
    refused(bare, Ganesha, "server-disk-no-nfs-server");
    let no_systemd = MemoryGuest::new().file("/etc/os-release", "ID=alpine\n");
    refused(no_systemd, Kernel, "server-disk-init");
    let masked = debian().link("/etc/systemd/system/nfs-server.service", "/dev/null");
    refused(masked, Kernel, "server-disk-nfs-masked");
    let own = debian().file("/etc/nfs.conf.d/osgraft.conf", "[nfsd]\n");
    refused(own, Kernel, "server-disk-file-taken");
    let old = debian().file("/boot/vmlinuz-5.10.0-30-amd64", "kernel");
    refused(old, Kernel, "server-disk-old-erofs");
}

#[test]
fn a_server_is_neither_made_one_twice_nor_prepared_nor_reverted() {
    let mut guest = debian();
    serve_guest(&mut guest, &service(NfsServer::Kernel)).unwrap();
    let error = crate::graft::look(&mut guest).map(drop).unwrap_err();
    assert_eq!(error.code(), "server-disk");
    let error = crate::graft::Ungraft::default().apply(&mut guest).map(drop);
    assert_eq!(error.unwrap_err().code(), "server-disk");
    refused(guest, NfsServer::Kernel, "server-disk-prepared");
}

#[test]
fn a_firewall_that_is_enabled_is_told() {
    let mut guest = debian().link(
        "/etc/systemd/system/sysinit.target.wants/nftables.service",
        "/lib/systemd/system/nftables.service",
    );
    let service = service(NfsServer::Kernel);
    let unit = service.judge(&mut guest).unwrap();
    let served = service.write(&mut guest, &unit).unwrap();
    let codes: Vec<_> = served.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["server-disk-firewall"]);
}
