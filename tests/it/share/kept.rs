use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use osgraft::guest::Guest;
use osgraft::share::extract::{BootWish, Outcome};
use osgraft::share::release::{Digest, Raw};

use super::bench::{KERNEL, Out, codes, debian, extract, set_time};
use crate::support::fixture::{is_root, not_run};

#[test]
fn a_release_holds_the_tree_its_kernel_and_a_manifest() {
    let out = Out::new();
    let report = out.extract(&mut debian(), "r1").unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    let read = |path: &str| std::fs::read(out.at(path)).unwrap();
    let tree = format!("r1/tree/lib/modules/{KERNEL}");
    assert_eq!(read(&format!("{tree}/kernel/a.ko")), vec![7; 70_000]);
    assert_eq!(read(&format!("r1/boot/vmlinuz-{KERNEL}")), b"the kernel");
    assert_eq!(
        read(&format!("r1/boot/initrd.img-{KERNEL}")),
        b"its initramfs"
    );
    let link = std::fs::read_link(out.at(&format!("{tree}/build"))).unwrap();
    assert_eq!(link.to_str(), Some("/usr/src/linux"));
    assert_eq!(out.names(), ["r1"]);
    out.assert_intact("r1");

    let (head, from) = (&report.head, &report.head.made_from);
    assert_eq!(from.os.as_deref(), Some("debian"));
    assert_eq!(from.version.as_deref(), Some("12"));
    assert_eq!(from.build, Some(Digest::of(b"a 1 all\n")));
    assert_eq!(from.kernels[0].version, KERNEL);
    let image = from.kernels[0].image.as_ref().map(ToString::to_string);
    assert_eq!(image, Some(format!("boot/vmlinuz-{KERNEL}")));
    assert_eq!(from.components[0].path, Raw(b"lib/modules".to_vec()));
    assert_eq!(from.components[0].from, Raw(b"/usr/lib/modules".to_vec()));
    assert_eq!(from.master.name, Raw(b"master.qcow2".to_vec()));
    let bytes = 70_000 + 5000 + 26 + 10 + 13;
    assert_eq!(
        (head.bytes, report.copied.bytes, report.copied.files),
        (bytes, bytes, 5)
    );
    // The link to the guest's own sources is told, and an initramfs that is none.
    assert_eq!(
        codes(&report),
        ["release-without-supplement", "release-absolute-links"]
    );
    let mode = std::fs::metadata(out.at("r1"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o755);
}

#[test]
fn kernels_are_taken_as_they_are_asked_for() {
    let out = Out::new();
    let modules = out.extractor("lib/modules");
    let without = extract(&modules.clone().boot(BootWish::None), &mut debian(), "r1").unwrap();
    assert_eq!(without.head.made_from.kernels[0].image, None);
    assert!(!out.at("r1/boot").exists());
    // Modules whose kernel is not there are a release all the same, unless a kernel is required.
    let mut bare = debian();
    let initrd = format!("/boot/initrd.img-{KERNEL}").parse().unwrap();
    bare.remove(&initrd).unwrap();
    let report = extract(&modules, &mut bare, "r2").unwrap();
    assert!(
        codes(&report).contains(&"release-without-boot"),
        "{:?}",
        codes(&report)
    );
    assert!(!out.at("r2/boot").exists());
    let refused = extract(&modules.clone().boot(BootWish::Required), &mut bare, "r3");
    assert_eq!(refused.unwrap_err().code(), "release-no-boot");
    assert_eq!(out.names(), ["r1", "r2"]);
}

#[test]
fn modes_owners_times_and_attributes_are_kept() {
    if !is_root() {
        not_run("owners and capabilities of a guest's files: only root can keep them");
        return;
    }
    let capability = b"\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let mut guest = debian()
        .file("/opt/app/suid", "x")
        .owner("/opt/app/suid", 7, 70_000)
        .mode("/opt/app/suid", 0o6751)
        .file("/opt/app/capable", "y")
        .mode("/opt/app/capable", 0o755)
        .xattr("/opt/app/capable", "security.capability", capability)
        .xattr("/opt/app/capable", "user.note", b"any\0bytes\xff")
        .dir("/opt/app/sticky")
        .mode("/opt/app/sticky", 0o1777)
        .owner("/opt/app/sticky", 3, 4)
        .file("/opt/app/closed/file", "z")
        .mode("/opt/app/closed", 0o000)
        .link("/opt/app/link", "suid")
        .owner("/opt/app/link", 5, 6);
    set_time(&mut guest, "/opt/app/suid", 1_700_000_000, 123_456_789);
    set_time(&mut guest, "/opt/app/sticky", -5, 1);
    set_time(&mut guest, "/opt/app", 1_600_000_000, 999_999_999);
    let out = Out::new();
    let report = out.component(&mut guest, "opt/app").unwrap();
    out.assert_intact("r1");
    let stat =
        |name: &str| std::fs::symlink_metadata(out.at(&format!("r1/tree/opt/app/{name}"))).unwrap();
    let suid = stat("suid");
    assert_eq!(
        (suid.mode() & 0o7777, suid.uid(), suid.gid()),
        (0o6751, 7, 70_000)
    );
    assert_eq!(
        (suid.mtime(), suid.mtime_nsec()),
        (1_700_000_000, 123_456_789)
    );
    let sticky = stat("sticky");
    assert_eq!(
        (sticky.mode() & 0o7777, sticky.uid(), sticky.gid()),
        (0o1777, 3, 4)
    );
    assert_eq!((sticky.mtime(), sticky.mtime_nsec()), (-5, 1));
    assert_eq!(
        (stat("").mtime(), stat("").mtime_nsec()),
        (1_600_000_000, 999_999_999)
    );
    assert_eq!((stat("link").uid(), stat("link").gid()), (5, 6));
    assert_eq!(stat("closed").mode() & 0o7777, 0);
    // Another program's view of the attributes.
    let capable = out.at("r1/tree/opt/app/capable");
    let mut value = [0; 64];
    let mut get = |name: &str| {
        let len = rustix::fs::getxattr(&capable, name, &mut value[..]).unwrap();
        value[..len].to_vec()
    };
    assert_eq!(get("security.capability"), capability);
    assert_eq!(get("user.note"), b"any\0bytes\xff");
    // Programs with privileges are nobody's to run on this host.
    assert!(
        codes(&report).contains(&"release-privileged-files"),
        "{:?}",
        codes(&report)
    );
    let mode = std::fs::metadata(out.at("r1"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o700);
}

#[test]
fn names_of_one_file_stay_names_of_one_file() {
    let out = Out::new();
    let mut guest = debian()
        .file("/opt/app/one", "shared")
        .hard_link("/opt/app/sub/two", "/opt/app/one")
        .file("/opt/app/alone", "shared")
        .file("/srv/outside", "elsewhere")
        .hard_link("/opt/app/inside", "/srv/outside");
    let report = out.component(&mut guest, "opt/app").unwrap();
    out.assert_intact("r1");
    let stat = |name: &str| std::fs::metadata(out.at(&format!("r1/tree/opt/app/{name}"))).unwrap();
    assert_eq!(stat("one").ino(), stat("sub/two").ino());
    assert_eq!((stat("one").nlink(), stat("alone").nlink()), (2, 1));
    let files = out.files("r1");
    let group = |name: &str| files[&format!("tree/opt/app/{name}")].group;
    assert_eq!((group("one"), group("sub/two")), (Some(1), Some(1)));
    // A file whose other names are not extracted has no group.
    assert_eq!((group("alone"), group("inside")), (None, None));
    assert_eq!(report.head.bytes, 6 + 6 + 9);
}

#[test]
fn holes_stay_holes_and_a_tebibyte_of_them_costs_nothing() {
    let out = Out::new();
    let mut guest = debian()
        .hole("/opt/app/tebibyte", 1 << 40)
        .hole("/opt/app/small", 3 << 20);
    let report = out.component(&mut guest, "opt/app").unwrap();
    out.assert_intact("r1");
    for (name, size) in [("tebibyte", 1_u64 << 40), ("small", 3 << 20)] {
        let found = std::fs::metadata(out.at(&format!("r1/tree/opt/app/{name}"))).unwrap();
        assert_eq!((found.len(), found.blocks()), (size, 0), "{name}");
    }
    let files = out.files("r1");
    assert_eq!(files["tree/opt/app/tebibyte"].sha256, None);
    assert!(files["tree/opt/app/tebibyte"].sha256_blocks.is_some());
    assert_eq!(
        files["tree/opt/app/small"].sha256,
        Some(Digest::of(&vec![0; 3 << 20]))
    );
    assert_eq!(report.head.bytes, (1 << 40) + (3 << 20));
    // The digest of the small one is what sha256sum says.
    let told = Command::new("sha256sum")
        .arg(out.at("r1/tree/opt/app/small"))
        .output()
        .unwrap();
    let digest = files["tree/opt/app/small"].sha256.unwrap().to_string();
    assert!(told.stdout.starts_with(digest.as_bytes()));
}

#[test]
fn an_attribute_that_the_host_does_not_keep_is_an_error() {
    let out = Out::new();
    let mut guest = debian()
        .file("/opt/app/f", "x")
        .xattr("/opt/app/f", "nonsense.name", "v");
    let refused = out.component(&mut guest, "opt/app").unwrap_err();
    assert_eq!(refused.code(), "extract-attribute");
    assert!(refused.to_string().contains("nonsense.name"), "{refused}");
    assert_eq!(out.names(), [""; 0]);
}
