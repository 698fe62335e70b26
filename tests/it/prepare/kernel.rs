//! The kernel of a release in the guest's own `/boot`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use osgraft::graft::{ChildKernel, KernelFault, KernelPiece, KernelSource};
use osgraft::registry::BootKernel;
use sha2::{Digest, Sha256};

use super::*;

const GRUB: &str = include_str!("../../../lib/graft/kernel/loader/debian12.txt");
const CUSTOM: &str = "/boot/grub/custom.cfg";
const NEW: &str = "6.1.0-38-amd64";
/// Bytes of the largest file that is written.
const PART: usize = 32 << 20;

/// Kernels of releases: their names, and the bytes of their pieces.
#[derive(Clone, Debug, Default)]
struct Kernels {
    releases: BTreeMap<&'static str, (&'static str, Vec<Vec<u8>>)>,
    read: Arc<AtomicUsize>,
}

impl Kernels {
    fn with(mut self, release: &'static str, kernel: &'static str, pieces: &[&[u8]]) -> Self {
        let pieces = pieces.iter().map(|piece| piece.to_vec()).collect();
        self.releases.insert(release, (kernel, pieces));
        self
    }
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl KernelSource for Kernels {
    fn kernel(&self, release: &str) -> Result<ChildKernel, KernelFault> {
        let (kernel, pieces) = self.releases.get(release).ok_or_else(|| KernelFault {
            code: "boot-kernel-missing",
            text: format!("no kernel of {release}"),
            is_usage: true,
        })?;
        let pieces = pieces.iter().map(|piece| KernelPiece {
            size: piece.len() as u64,
            sha256: sha256(piece),
        });
        Ok(ChildKernel {
            release: release.to_owned(),
            kernel: (*kernel).to_owned(),
            pieces: pieces.collect(),
        })
    }

    fn read(&self, kernel: &ChildKernel) -> Result<Vec<Vec<u8>>, KernelFault> {
        self.read.fetch_add(1, Ordering::Relaxed);
        Ok(self.releases[&*kernel.release].1.clone())
    }
}

fn kernels() -> Kernels {
    Kernels::default()
        .with("r1", NEW, &[b"image", b"initrd", b"supplement"])
        .with("r2", "6.1.0-39-amd64", &[b"later image", b"later initrd"])
}

/// A Debian whose GRUB starts its kernel.
fn booted() -> MemoryGuest {
    debian()
        .file("/boot/grub/grub.cfg", GRUB)
        .file("/boot/initrd.img-6.1.0-37-amd64", "initrd")
}

fn of_release(release: &str) -> MemoryRegistry {
    let server = Server::new("a", Source::nfs("10.0.0.1:/vol/shared_lib").unwrap()).unwrap();
    let server = server
        .with_kernels([KERNEL, NEW, "6.1.0-39-amd64"])
        .unwrap();
    let server = server.with_components(["lib/modules"]).unwrap();
    let server = server.with_release(release).unwrap();
    MemoryRegistry::new(Servers::new(vec![server]).unwrap())
}

fn preparer(release: &str, kernels: &Kernels) -> Preparer<MemoryRegistry> {
    let boots = kernels.releases.iter();
    let boots = boots.map(|(release, (kernel, _))| BootKernel::new(*release, *kernel));
    Preparer::new(of_release(release), share())
        .boots(boots)
        .kernels(kernels.clone())
}

fn names(guest: &mut MemoryGuest) -> Vec<String> {
    let names = guest.read_dir(&path("/boot/osgraft")).unwrap().into_iter();
    names
        .map(|entry| String::from_utf8(entry.name).unwrap())
        .collect()
}

fn assert_reverts(guest: &mut MemoryGuest, wanted: &MemoryGuest) {
    let undone = ungraft(guest).unwrap();
    assert_eq!(codes(&undone.kept), [""; 0]);
    let (wanted, found) = (wanted.snapshot(), guest.snapshot());
    assert!(found == wanted, "{}", wanted.diff(&found));
}

#[test]
fn the_kernel_of_the_servers_release_boots_by_default_and_goes_without_a_trace() {
    let mut guest = booted();
    let kernels = kernels();
    let made = preparer("r1", &kernels).graft(&mut guest, "c").unwrap();
    assert_eq!(codes(&made.warnings), [""; 0]);
    let initrd = [1, 2].map(|part| format!("initrd-{NEW}-{part}"));
    let image = format!("vmlinuz-{NEW}");
    assert_eq!(names(&mut guest), [&*initrd[0], &*initrd[1], &*image]);
    assert_eq!(text(&mut guest, &format!("/boot/osgraft/{image}")), "image");
    let second = format!("/boot/osgraft/{}", initrd[1]);
    assert_eq!(text(&mut guest, &second), "supplement");
    let custom = text(&mut guest, CUSTOM);
    let line = format!(
        "\tlinux\t/boot/osgraft/{image} root=UUID=5c1e ro  quiet\n\
         \tinitrd /boot/osgraft/{} /boot/osgraft/{}\n",
        initrd[0], initrd[1]
    );
    assert!(custom.contains(&line), "{custom}");
    assert!(custom.contains("set default=\"osgraft\""), "{custom}");
    assert_eq!(text(&mut guest, "/boot/grub/grub.cfg"), GRUB);
    let receipt = text(&mut guest, "/var/lib/osgraft/receipt.json");
    assert!(receipt.contains("\"version\": 6") && receipt.contains("\"kernel\": {"));

    let told = osgraft::edit::diff(&made.edits);
    let digest = sha256(b"image");
    assert!(
        told.contains(&format!("{image}: 5 bytes, SHA-256 {digest}")),
        "{told}"
    );
    assert!(!told.contains("supplement"), "{told}");

    // Nothing is read or written again.
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
    let again = preparer("r1", &kernels).graft(&mut guest, "c").unwrap();
    assert!(again.edits.is_empty(), "{:?}", again.edits);
    assert_eq!(kernels.read.load(Ordering::Relaxed), 1);
    assert_reverts(&mut guest, &booted());
}

#[test]
fn another_release_takes_the_place_of_the_first() {
    let own = || booted().file(CUSTOM, "set timeout=3");
    let mut guest = own();
    let kernels = kernels();
    preparer("r1", &kernels).graft(&mut guest, "c").unwrap();
    let made = preparer("r2", &kernels).graft(&mut guest, "c").unwrap();
    assert_eq!(codes(&made.warnings), [""; 0]);
    let later = ["initrd-6.1.0-39-amd64-1", "vmlinuz-6.1.0-39-amd64"];
    assert_eq!(names(&mut guest), later);
    let custom = text(&mut guest, CUSTOM);
    assert!(
        custom.starts_with("set timeout=3\n# BEGIN osgraft\n"),
        "{custom}"
    );
    assert!(
        custom.contains("of release r2") && !custom.contains(NEW),
        "{custom}"
    );
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);

    // The same kernel with another initramfs.
    let mended = kernels
        .clone()
        .with("r3", "6.1.0-39-amd64", &[b"later image", b"mended"]);
    preparer("r3", &mended).graft(&mut guest, "c").unwrap();
    assert_eq!(
        text(&mut guest, &format!("/boot/osgraft/{}", later[0])),
        "mended"
    );

    preparer("r1", &kernels).graft(&mut guest, "c").unwrap();
    assert_reverts(&mut guest, &own());
}

#[test]
fn a_child_that_is_to_boot_its_own_kernel_gets_it_back() {
    let mut guest = booted();
    preparer("r1", &kernels()).graft(&mut guest, "c").unwrap();
    let own = Preparer::new(of_release("r1"), share());
    own.graft(&mut guest, "c").unwrap();
    let mut plain = booted();
    own.graft(&mut plain, "c").unwrap();
    let (wanted, found) = (plain.snapshot(), guest.snapshot());
    assert!(found == wanted, "{}", wanted.diff(&found));
}

#[test]
fn what_the_guest_changes_is_told_and_mended() {
    let (image, initrd) = (
        format!("/boot/osgraft/vmlinuz-{NEW}"),
        format!("/boot/osgraft/initrd-{NEW}-1"),
    );
    let kernels = kernels();
    let mut guest = booted();
    preparer("r1", &kernels).graft(&mut guest, "c").unwrap();
    let whole = guest.snapshot();
    let own = Attributes::root(0o600);
    guest.write(&path(&image), b"IMAGE", own).unwrap();
    guest.remove(&path(&initrd)).unwrap();
    let edited = text(&mut guest, CUSTOM).replace(" quiet", " quiet debug");
    guest.write(&path(CUSTOM), edited.as_bytes(), own).unwrap();
    let found = compare(&mut guest, None).unwrap().1;
    let all = ["child-boot-edited", "child-boot-altered", "child-boot-gone"];
    assert_eq!(codes(&found), all);

    // An entry that stays keeps its kernel.
    let mut kept = guest.clone();
    let undone = ungraft(&mut kept).unwrap();
    assert_eq!(codes(&undone.kept), ["child-boot-edited"]);
    assert!(kept.lstat(&path(&image)).is_ok());
    assert!(text(&mut kept, "/var/lib/osgraft/receipt.json").contains("\"kernel\": {"));

    let made = preparer("r1", &kernels).graft(&mut guest, "c").unwrap();
    assert_eq!(made.warnings.len(), 3, "{:?}", made.warnings);
    assert!(
        guest.snapshot() == whole,
        "{}",
        whole.diff(&guest.snapshot())
    );
}

#[test]
fn a_lost_receipt_is_made_anew_from_the_entry_and_the_files() {
    let mut guest = booted();
    preparer("r1", &kernels()).graft(&mut guest, "c").unwrap();
    let receipt = path("/var/lib/osgraft/receipt.json");
    guest.remove(&receipt).unwrap();
    let mut mended = guest.clone();
    preparer("r1", &kernels()).graft(&mut mended, "c").unwrap();
    assert_eq!(compare(&mut mended, Some(&share())).unwrap().1, []);
    ungraft(&mut guest).unwrap();
    for place in ["/boot/osgraft", CUSTOM] {
        assert!(guest.lstat(&path(place)).is_err(), "{place}");
    }
}

#[test]
fn an_initramfs_larger_than_an_editor_takes_is_written_in_parts() {
    let large: Vec<u8> = (0..PART + 5).map(|at| at as u8).collect();
    let kernels = Kernels::default().with("r1", NEW, &[b"image", &large]);
    let mut guest = booted();
    preparer("r1", &kernels).graft(&mut guest, "c").unwrap();
    let mut whole = Vec::new();
    for part in [1, 2] {
        let at = path(&format!("/boot/osgraft/initrd-{NEW}-{part}"));
        whole.extend(guest.read(&at, PART as u64).unwrap());
    }
    assert!(whole == large);
    assert_reverts(&mut guest, &booted());
}

#[test]
fn a_guest_without_an_entry_that_can_be_copied_is_refused() {
    let kernels = kernels();
    let refused = |mut guest: MemoryGuest| {
        let before = guest.snapshot();
        let codes = refusal(preparer("r1", &kernels).graft(&mut guest, "c").unwrap_err());
        assert!(guest.snapshot() == before);
        codes
    };
    assert_eq!(refused(debian()), ["child-boot-loader"]);
    let (start, _) = GRUB.split_once("if [ -f  ${config").unwrap();
    let alone = debian().file("/boot/grub/grub.cfg", start);
    assert_eq!(refused(alone), ["child-boot-loader"]);
    let quoted = GRUB.replace(
        "/boot/vmlinuz-6.1.0-37-amd64",
        "'/boot/vmlinuz-6.1.0-37-amd64'",
    );
    let quoted = debian().file("/boot/grub/grub.cfg", &*quoted);
    assert_eq!(refused(quoted), ["child-boot-entry"]);
    let other = GRUB.replace("vmlinuz-6.1.0-37", "vmlinuz-6.1.0-40");
    let other = debian().file("/boot/grub/grub.cfg", &*other);
    assert_eq!(refused(other), ["child-boot-entry"]);
    assert_eq!(refused(booted().dir(CUSTOM)), ["child-boot-in-the-way"]);
    let torn = booted().file(CUSTOM, "# BEGIN osgraft\n");
    assert_eq!(refused(torn), ["child-boot-in-the-way"]);
    assert_eq!(
        refused(booted().file("/boot/osgraft", "")),
        ["child-boot-in-the-way"]
    );
    // A server that does not tell its kernels is not refused for the name before the guest's part is.
    let odd = "6.1 $(x)";
    let source = Kernels::default().with("r1", odd, &[b"image", b"initrd"]);
    let export = Source::nfs("os.example:/r1").unwrap();
    let server = Server::new("a", export)
        .unwrap()
        .with_release("r1")
        .unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let error = Preparer::new(registry, share())
        .boots([BootKernel::new("r1", odd)])
        .kernels(source)
        .graft(&mut booted(), "c")
        .unwrap_err();
    assert_eq!(refusal(error), ["child-boot-name"]);
    let error = preparer("r9", &kernels)
        .graft(&mut booted(), "c")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoServer, "{error}");
}

#[test]
fn fedoras_entry_is_copied_from_the_boot_loader_specification() {
    let cfg = "function load_video {\n  insmod all_video\n}\ninsmod blscfg\nblscfg\n\
        if [ -f  ${config_directory}/custom.cfg ]; then\n  source ${config_directory}/custom.cfg\nfi\n";
    let entry = "title Fedora\nversion 6.1.0-37-amd64\nlinux /vmlinuz-6.1.0-37-amd64\n\
        initrd /initramfs.img\noptions root=UUID=7d ro\ngrub_class fedora\n";
    let fedora = || {
        debian()
            .file("/boot/grub2/grub.cfg", cfg)
            .file("/boot/loader/entries/ab-6.1.0-37-amd64.conf", entry)
    };
    let mut guest = fedora();
    preparer("r1", &kernels()).graft(&mut guest, "c").unwrap();
    let custom = text(&mut guest, "/boot/grub2/custom.cfg");
    let line = format!("\tlinux\t/osgraft/vmlinuz-{NEW} root=UUID=7d ro\n");
    assert!(custom.contains(&line), "{custom}");
    assert_reverts(&mut guest, &fedora());
}

/// A guest can write its receipt. What it lists outside the places of a kernel is neither removed nor read.
#[test]
fn a_receipt_that_lists_other_files_as_a_kernel_is_damaged() {
    let kernels = kernels();
    let prepared = || {
        let mut guest = booted().file("/etc/kept", "kept");
        let made = preparer("r1", &kernels).graft(&mut guest, "c");
        assert_eq!(codes(&made.unwrap().warnings), [""; 0]);
        guest
    };
    let receipt = text(&mut prepared(), "/var/lib/osgraft/receipt.json");
    let image = format!("/boot/osgraft/vmlinuz-{NEW}");
    let size = "\"size\": 5";
    assert!(receipt.contains(&image) && receipt.contains(size));
    for (was, is) in [
        (&*image, "/etc/kept"),
        (&*image, "/etc/osgraft/vmlinuz-1"),
        (size, "\"size\": 1099511627776"),
        (CUSTOM, "/etc/custom.cfg"),
        (CUSTOM, "/boot/grub/kept"),
        ("\"folder\": \"/boot/osgraft\"", "\"folder\": \"/etc\""),
    ] {
        assert!(receipt.contains(was), "{was}");
        let forged = receipt.replacen(was, is, 1);
        let mut guest = prepared().file("/var/lib/osgraft/receipt.json", &*forged);
        let warnings = preparer("r2", &kernels).graft(&mut guest, "c").unwrap();
        let warnings = codes(&warnings.warnings);
        assert!(warnings.contains(&"receipt-damaged"), "{is}: {warnings:?}");
        assert_eq!(text(&mut guest, "/etc/kept"), "kept");
        let written = text(&mut guest, "/var/lib/osgraft/receipt.json");
        assert!(!written.contains(is), "{is}");

        let mut guest = prepared().file("/var/lib/osgraft/receipt.json", &*forged);
        // The way back goes by what the guest shows.
        assert_reverts(&mut guest, &booted().file("/etc/kept", "kept"));
    }
}
