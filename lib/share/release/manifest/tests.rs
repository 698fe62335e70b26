use std::collections::BTreeMap;

use super::super::raw::Raw;
use super::*;
use crate::guest::Time;

fn raw(text: &str) -> Raw {
    Raw(text.as_bytes().to_vec())
}

fn entry(path: &str, kind: Kind) -> FileEntry {
    FileEntry {
        path: raw(path),
        kind,
        mode: 0o755,
        uid: 0,
        gid: 0,
        mtime: Time {
            seconds: -3,
            nanoseconds: 123_456_789,
        },
        size: (kind == Kind::File).then_some(3),
        sha256: (kind == Kind::File).then(|| Digest::of(b"abc")),
        sha256_blocks: None,
        target: (kind == Kind::Symlink).then(|| raw("../x\n\u{202e}")),
        group: None,
        xattrs: BTreeMap::new(),
    }
}

/// A list in order: `a-b` comes after what lies below `a`.
fn list() -> Vec<FileEntry> {
    let mut file = entry("tree/a/f\n", Kind::File);
    file.mode = 0o4755;
    file.group = Some(1);
    file.xattrs
        .insert(raw("security.capability"), Raw(vec![1, 0, 0xff, b'\\']));
    let mut other = entry("tree/a/g", Kind::File);
    other.group = Some(1);
    let mut odd = entry("tree/a-b", Kind::Symlink);
    odd.path = Raw(b"tree/a-\xff".to_vec());
    vec![
        entry("tree", Kind::Directory),
        entry("tree/a", Kind::Directory),
        file,
        other,
        odd,
    ]
}

fn text(files: &[FileEntry]) -> String {
    let made_from = MadeFrom {
        os: Some("debian".into()),
        kernels: vec![ReleaseKernel {
            version: "6.1".into(),
            image: Some(raw("boot/vmlinuz-6.1")),
            supplement: None,
            initrd: None,
        }],
        ..MadeFrom::default()
    };
    let draft = Draft::of("r1".parse().unwrap(), made_from, files).unwrap();
    let mut text = Vec::new();
    write(&mut text, &draft, files).unwrap();
    String::from_utf8(text).unwrap()
}

fn read(text: &str) -> Result<(Head, Vec<FileEntry>), ManifestError> {
    Manifest::open(text.as_bytes())?.read_all()
}

#[test]
fn a_manifest_is_one_json_document_that_reads_back() {
    let text = text(&list());
    let (head, files) = read(&text).unwrap();
    assert_eq!(files, list());
    // Two names of one file count once.
    assert_eq!((head.files, head.bytes), (5, 3));
    assert_eq!(head.made_from.kernels[0].version, "6.1");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["files"][2]["path"], "tree/a/f\\x0a");
    assert_eq!(json["files"][2]["mode"], "4755");
    assert_eq!(
        json["files"][2]["xattrs"]["security.capability"],
        "\\x01\\x00\\xff\\x5c"
    );
    assert_eq!(json["files"][4]["path"], "tree/a-\\xff");
    assert_eq!(
        json["files"][0]["mtime"],
        serde_json::json!([-3, 123_456_789])
    );
    let lines: String = text
        .lines()
        .skip(1)
        .take(5)
        .fold(String::new(), |all, line| {
            all + line.trim_end_matches(',') + "\n"
        });
    assert_eq!(head.digest, Digest::of(lines.as_bytes()));
}

#[test]
fn a_list_without_files_reads_back() {
    let (head, files) = read(&text(&[])).unwrap();
    assert_eq!((head.files, files.len()), (0, 0));
}

#[test]
fn any_changed_line_is_found() {
    let text = text(&list());
    let lines: Vec<&str> = text.lines().collect();
    for changed in [
        text.replace("4755", "0755"),
        text.replace("-3,", "-2,"),
        text.replacen("\"files\":5", "\"files\":6", 1),
        text.replacen("\"bytes\":3", "\"bytes\":4", 1),
        text.replace("\\\\x0a", "\\\\x0b"),
        // A line less, a line twice, two in another order.
        [&lines[..4], &lines[5..]].concat().join("\n") + "\n",
        [&lines[..4], &lines[3..]].concat().join("\n") + "\n",
        [
            lines[0], lines[1], lines[2], lines[4], lines[3], lines[5], lines[6],
        ]
        .join("\n")
            + "\n",
        // Cut at every end of a line, and more behind the end.
        text[..text.len() - 1].to_owned(),
        text.clone() + " ",
    ] {
        assert_ne!(changed, text);
        assert!(read(&changed).is_err(), "{changed}");
    }
    for end in 0..text.len() {
        if text.is_char_boundary(end) {
            assert!(read(&text[..end]).is_err(), "cut at {end}");
        }
    }
}

#[test]
fn an_entry_that_could_lead_elsewhere_is_refused() {
    let of = |path: &str| {
        let files = [entry("tree", Kind::Directory), entry(path, Kind::File)];
        Draft::of("r".parse().unwrap(), MadeFrom::default(), &files).map(|_| ())
    };
    of("tree/x").unwrap();
    for path in [
        "tree/../x",
        "/tree/x",
        "tree//x",
        "tree/.",
        "etc/x",
        "",
        "tree/",
        "tree/a\0b",
        "tree/x/y",
        "tree",
        "boot/x",
        "tree/x/../../../etc/passwd",
    ] {
        assert!(of(path).is_err(), "{path}");
    }
    let long = format!("tree/{}", "n".repeat(256));
    assert!(of(&long).is_err());
}

#[test]
fn fields_go_with_the_kind() {
    let wrong = |change: &dyn Fn(&mut FileEntry), kind| {
        let mut entry = entry("tree/x", kind);
        change(&mut entry);
        entry.check().unwrap_err()
    };
    assert_eq!(wrong(&|e| e.sha256 = None, Kind::File), Fault::Fields);
    assert_eq!(
        wrong(&|e| e.target = Some(raw("t")), Kind::File),
        Fault::Fields
    );
    assert_eq!(wrong(&|e| e.target = None, Kind::Symlink), Fault::Fields);
    assert_eq!(
        wrong(&|e| e.target = Some(raw("")), Kind::Symlink),
        Fault::Fields
    );
    assert_eq!(wrong(&|e| e.size = Some(1), Kind::Directory), Fault::Fields);
    assert_eq!(wrong(&|e| e.mode = 0o10000, Kind::File), Fault::Range);
    assert_eq!(
        wrong(&|e| e.mtime.nanoseconds = 1_000_000_000, Kind::File),
        Fault::Range
    );
}

#[test]
fn a_hostile_manifest_is_bounded() {
    // A line without an end is read no further than the longest that there can be.
    struct Endless(u64);
    impl std::io::Read for Endless {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            self.0 += to.len() as u64;
            to.fill(b'a');
            Ok(to.len())
        }
    }
    let mut endless = Endless(0);
    let opened = Manifest::open(std::io::BufReader::new(&mut endless)).map(|_| ());
    assert!(
        matches!(opened, Err(ManifestError::TooLong { .. })),
        "{opened:?}"
    );
    assert!(endless.0 < 5 << 20, "{}", endless.0);

    let later = text(&list()).replacen("\"schema\":1", "\"schema\":2", 1);
    assert!(matches!(read(&later), Err(ManifestError::Schema(2))));
    assert!(matches!(read("{}"), Err(ManifestError::End)));
    assert!(matches!(read("{}\n"), Err(ManifestError::Head)));
    // More entries than the head says are not collected.
    let more = text(&list()).replacen("\"files\":5", "\"files\":1", 1);
    let files = Manifest::open(more.as_bytes()).unwrap().files();
    assert_eq!(files.filter(Result::is_ok).count(), 1);
}
