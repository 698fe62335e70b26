use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use osgraft::guest::{Guest, MemoryGuest, Time};
use osgraft::share::ShareError;
use osgraft::share::extract::{BootWish, Extractor, Report};
use osgraft::share::release::{FileEntry, Manifest, MasterIdentity, Verified, verify};

/// The guest's kernel.
pub(super) const KERNEL: &str = "6.1.0-37-amd64";

/// A Debian with merged /usr, one kernel and two modules.
pub(super) fn debian() -> MemoryGuest {
    MemoryGuest::new()
        .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file(
            "/var/lib/dpkg/status",
            "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n",
        )
        .link("/lib", "usr/lib")
        .file("/boot/vmlinuz-6.1.0-37-amd64", "the kernel")
        .file("/boot/initrd.img-6.1.0-37-amd64", "its initramfs")
        .file(&module("modules.dep"), "kernel/a.ko:\nkernel/b.ko:\n")
        .file(&module("kernel/a.ko"), vec![7; 70_000])
        .file(&module("kernel/b.ko"), vec![8; 5000])
        .link(&module("build"), "/usr/src/linux")
}

/// A path in the module tree.
pub(super) fn module(below: &str) -> String {
    format!("/usr/lib/modules/{KERNEL}/{below}")
}

/// A folder of releases.
pub(super) struct Out(tempfile::TempDir);

impl Out {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn at(&self, below: &str) -> PathBuf {
        self.path().join(below)
    }

    pub(super) fn extractor(&self, component: &str) -> Extractor {
        Extractor::new(self.path()).component(component.parse().unwrap())
    }

    /// Extracts lib/modules.
    pub(super) fn extract(
        &self,
        guest: &mut dyn Guest,
        release: &str,
    ) -> Result<Report, ShareError> {
        extract(&self.extractor("lib/modules"), guest, release)
    }

    /// Extracts one component alone.
    pub(super) fn component(
        &self,
        guest: &mut dyn Guest,
        component: &str,
    ) -> Result<Report, ShareError> {
        let extractor = self.extractor(component).boot(BootWish::None);
        extract(&extractor, guest, "r1")
    }

    /// Names in the folder, the lock left out.
    pub(super) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != ".releases.lock").collect();
        names.sort();
        names
    }

    pub(super) fn files(&self, release: &str) -> BTreeMap<String, FileEntry> {
        let text = std::fs::read(self.at(&format!("{release}/manifest.json"))).unwrap();
        let (head, files) = Manifest::open(text.as_slice()).unwrap().read_all().unwrap();
        assert_eq!(head.files, files.len() as u64);
        let files = files.into_iter();
        files.map(|file| (file.path.to_string(), file)).collect()
    }

    pub(super) fn verify(&self, release: &str) -> Verified {
        verify(&self.at(release)).unwrap()
    }

    #[track_caller]
    pub(super) fn assert_intact(&self, release: &str) {
        let found = self.verify(release);
        assert!(found.intact, "{:#?}", found.differences);
    }
}

pub(super) fn extract(
    extractor: &Extractor,
    guest: &mut dyn Guest,
    release: &str,
) -> Result<Report, ShareError> {
    let mut master = MasterIdentity::default();
    master.name = osgraft::share::release::Raw(b"master.qcow2".to_vec());
    extractor.extract_guest(guest, &master, &release.parse().unwrap())
}

pub(super) fn set_time(guest: &mut MemoryGuest, path: &str, seconds: i64, nanoseconds: u32) {
    let time = Time {
        seconds,
        nanoseconds,
    };
    guest.set_modified(&path.parse().unwrap(), time).unwrap();
}

pub(super) fn codes(report: &Report) -> Vec<&'static str> {
    report.warnings.iter().map(|finding| finding.code).collect()
}
