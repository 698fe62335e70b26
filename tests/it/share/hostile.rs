use std::ops::Range;

use osgraft::guest::{Attributes, DirEntry, Guest, GuestError, MemoryGuest, Metadata, Page, Time};
use osgraft::path::GuestPath;
use osgraft::share::extract::{BootWish, Limits};

use super::bench::{Out, debian, extract};

/// A change of what a directory holds.
type Lie = fn(&mut Page);

/// A guest whose answers nobody checked: its directory /opt/app has what the test says.
struct Liar {
    guest: MemoryGuest,
    lie: Lie,
}

impl Guest for Liar {
    fn entries(&mut self, path: &GuestPath, after: Option<&[u8]>) -> Result<Page, GuestError> {
        let mut page = self.guest.entries(path, after)?;
        if path.to_string() == "/opt/app" {
            (self.lie)(&mut page);
        }
        Ok(page)
    }

    fn read_at(
        &mut self,
        path: &GuestPath,
        offset: u64,
        len: usize,
    ) -> Result<Vec<u8>, GuestError> {
        self.guest.read_at(path, offset, len)
    }

    fn data(&mut self, path: &GuestPath) -> Result<Vec<Range<u64>>, GuestError> {
        self.guest.data(path)
    }

    fn lstat(&mut self, path: &GuestPath) -> Result<Metadata, GuestError> {
        self.guest.lstat(path)
    }

    fn read(&mut self, path: &GuestPath, limit: u64) -> Result<Vec<u8>, GuestError> {
        self.guest.read(path, limit)
    }

    fn read_start(&mut self, path: &GuestPath, len: usize) -> Result<Vec<u8>, GuestError> {
        self.guest.read_start(path, len)
    }

    fn read_link(&mut self, path: &GuestPath) -> Result<Vec<u8>, GuestError> {
        self.guest.read_link(path)
    }

    fn read_dir(&mut self, path: &GuestPath) -> Result<Vec<DirEntry>, GuestError> {
        self.guest.read_dir(path)
    }

    fn write(&mut self, path: &GuestPath, _: &[u8], _: Attributes) -> Result<(), GuestError> {
        unreachable!("an extraction writes {path}")
    }

    fn mkdir(&mut self, path: &GuestPath, _: Attributes) -> Result<(), GuestError> {
        unreachable!("an extraction makes {path}")
    }

    fn symlink(&mut self, path: &GuestPath, _: &[u8]) -> Result<(), GuestError> {
        unreachable!("an extraction makes {path}")
    }

    fn rename(&mut self, path: &GuestPath, _: &GuestPath) -> Result<(), GuestError> {
        unreachable!("an extraction renames {path}")
    }

    fn remove(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        unreachable!("an extraction removes {path}")
    }

    fn modified(&mut self, path: &GuestPath) -> Result<Time, GuestError> {
        self.guest.modified(path)
    }

    fn set_modified(&mut self, path: &GuestPath, _: Time) -> Result<(), GuestError> {
        unreachable!("an extraction dates {path}")
    }

    fn label(&mut self, path: &GuestPath) -> Result<Option<Vec<u8>>, GuestError> {
        self.guest.label(path)
    }

    fn set_label(&mut self, path: &GuestPath, _: &[u8]) -> Result<(), GuestError> {
        unreachable!("an extraction labels {path}")
    }
}

fn app() -> MemoryGuest {
    debian().file("/opt/app/a", "a").file("/opt/app/b", "b")
}

#[test]
fn a_guest_that_lies_writes_nothing_beside_its_release() {
    let lies: [(&str, Lie); 8] = [
        ("up", |page| page.entries[0].name = b"../x".to_vec()),
        ("dot dot", |page| page.entries[0].name = b"..".to_vec()),
        ("dot", |page| page.entries[0].name = b".".to_vec()),
        ("absolute", |page| page.entries[0].name = b"/etc/x".to_vec()),
        ("NUL", |page| page.entries[0].name = b"a\0b".to_vec()),
        ("empty", |page| page.entries[0].name = Vec::new()),
        ("twice", |page| page.entries[1].name = b"a".to_vec()),
        ("long", |page| page.entries[1].name = vec![b'n'; 256]),
    ];
    for (what, lie) in lies {
        let out = Out::new();
        let mut guest = Liar { guest: app(), lie };
        let refused = out.component(&mut guest, "opt/app").unwrap_err();
        assert_eq!(refused.code(), "component-contradicts", "{what}");
        assert_eq!(out.names(), [""; 0], "{what}");
        let beside = out.path().parent().unwrap().join("x");
        assert!(!beside.exists(), "{what}");
    }
    // A link where a directory is said to be, which a later entry is to be written through.
    let out = Out::new();
    let mut guest = Liar {
        guest: app().link("/opt/app/c", "/etc"),
        lie: |page| {
            let link = page
                .entries
                .iter()
                .position(|entry| entry.target.is_some())
                .unwrap();
            page.entries[link].metadata.kind = osgraft::guest::FileKind::Directory;
        },
    };
    out.component(&mut guest, "opt/app").unwrap_err();
    assert_eq!(out.names(), [""; 0]);
    // A file that is longer than it is said to be is cut; one that is shorter is an error.
    let mut guest = Liar {
        guest: app(),
        lie: |page| page.entries[0].metadata.size = 100,
    };
    let refused = out.component(&mut guest, "opt/app").unwrap_err();
    assert_eq!(refused.code(), "component-contradicts");
    assert_eq!(out.names(), [""; 0]);
}

#[test]
fn any_name_that_a_guest_can_have_is_kept() {
    let out = Out::new();
    let mut guest = debian();
    for name in [
        r"new\x0aline",
        r"\xff\xfe",
        r"\x1b[31m",
        "-rf",
        " ",
        "ä",
        r"a\x5cb",
        "*",
    ] {
        guest = guest.file(&format!("/opt/app/{name}"), "x");
    }
    out.component(&mut guest, "opt/app").unwrap();
    out.assert_intact("r1");
    let files = out.files("r1");
    assert!(
        files.contains_key(r"tree/opt/app/new\x0aline"),
        "{:?}",
        files.keys()
    );
    assert_eq!(
        std::fs::read_dir(out.at("r1/tree/opt/app"))
            .unwrap()
            .count(),
        8
    );
}

#[test]
fn special_files_and_what_a_boot_needs_are_refused_by_name() {
    let refused = |guest: MemoryGuest, component: &str| {
        let out = Out::new();
        let error = out.component(&mut guest.clone(), component).unwrap_err();
        assert_eq!(out.names(), [""; 0], "{error}");
        (error.code(), error.to_string())
    };
    for (guest, kind) in [
        (app().fifo("/opt/app/sub/x"), "FIFO"),
        (app().socket("/opt/app/sub/x"), "socket"),
        (
            app().char_device("/opt/app/sub/x", 1, 3),
            "character device node",
        ),
        (
            app().block_device("/opt/app/sub/x", 8, 0),
            "block device node",
        ),
    ] {
        let (code, text) = refused(guest, "opt/app");
        assert_eq!(code, "component-special-file");
        assert!(
            text.contains("/opt/app/sub/x") && text.contains(kind),
            "{text}"
        );
    }
    let program = |path: &str| app().file(path, "x").mode(path, 0o755);
    for path in [
        "/opt/app/sbin/mount.nfs",
        "/opt/app/ld-linux.so.2",
        "/opt/app/sbin/init",
    ] {
        assert_eq!(
            refused(program(path), "opt/app").0,
            "component-needed-early",
            "{path}"
        );
    }
    for (component, code) in [
        ("/", "component-refused"),
        ("usr", "component-refused"),
        ("lib", "component-refused"),
        ("etc", "component-refused"),
        ("opt/none", "component-missing"),
        ("opt/app/a", "component-no-directory"),
    ] {
        assert_eq!(refused(app(), component).0, code, "{component}");
    }
    let doc = app().file("/usr/share/doc/a", "x");
    assert_eq!(
        refused(doc.clone(), "usr/share/doc").0,
        "component-breaks-dpkg"
    );
    let allowed = "component-breaks-dpkg".parse().unwrap();
    let out = Out::new();
    let extractor = out.extractor("usr/share/doc").allow(&allowed);
    let report = extract(&extractor, &mut doc.clone(), "r1").unwrap();
    assert_eq!(super::bench::codes(&report), ["component-breaks-dpkg"]);
    let both = out.extractor("opt").component("opt/app".parse().unwrap());
    let error = extract(&both, &mut app(), "r2").unwrap_err();
    assert_eq!(error.code(), "component-overlap");
    // The same folder by two names, one of them through a link.
    let twice = out
        .extractor("lib/modules")
        .component("usr/lib/modules".parse().unwrap());
    assert_eq!(
        extract(&twice, &mut app(), "r2").unwrap_err().code(),
        "component-overlap"
    );
}

#[test]
fn more_than_the_limits_is_refused_before_anything_is_written() {
    let out = Out::new();
    let mut guest = app().file("/opt/app/c", vec![1; 1000]);
    let mut limits = Limits::default();
    limits.files = 5;
    let extractor = out.extractor("opt/app").boot(BootWish::None).limits(limits);
    let error = extract(&extractor, &mut guest, "r1").unwrap_err();
    assert_eq!(error.code(), "component-too-large");
    assert!(error.to_string().contains("/opt/app/c") && error.to_string().contains("--max-files"));
    limits = Limits::default();
    limits.bytes = 1001;
    let extractor = out.extractor("opt/app").boot(BootWish::None).limits(limits);
    let error = extract(&extractor, &mut guest, "r1").unwrap_err();
    assert!(error.to_string().contains("--max-bytes"), "{error}");
    assert_eq!(out.names(), [""; 0]);
    limits.bytes = 1002;
    let extractor = out.extractor("opt/app").boot(BootWish::None).limits(limits);
    extract(&extractor, &mut guest, "r1").unwrap();
}

#[test]
fn a_bomb_of_hard_links_is_one_file() {
    let out = Out::new();
    let mut guest = debian().file("/opt/app/0", vec![1; 100_000]);
    for number in 1..5000 {
        guest = guest.hard_link(&format!("/opt/app/{number}"), "/opt/app/0");
    }
    let report = out.component(&mut guest, "opt/app").unwrap();
    assert_eq!((report.head.bytes, report.copied.files), (100_000, 1));
    out.assert_intact("r1");
}

#[test]
fn a_hundred_thousand_files_are_extracted_in_pages() {
    let out = Out::new();
    let mut guest = debian();
    for number in 0..100_000 {
        let path = format!("/opt/app/{:02}/{number:06}", number % 7)
            .parse()
            .unwrap();
        if number < 7 {
            guest = guest.dir(&format!("/opt/app/{number:02}"));
        }
        guest.write(&path, b"", Attributes::root(0o644)).unwrap();
    }
    guest.reset_calls();
    let report = out.component(&mut guest, "opt/app").unwrap();
    assert_eq!(report.head.files, 100_000 + 7 + 3);
    let pages = guest.calls().iter();
    let pages = pages
        .filter(|call| call.op == osgraft::guest::memory::Op::Entries)
        .count();
    assert!((100..150).contains(&pages), "{pages}");
    let listed = osgraft::share::release::list(out.path()).unwrap();
    assert_eq!(listed.releases[0].head.files, report.head.files);
    out.assert_intact("r1");
}
