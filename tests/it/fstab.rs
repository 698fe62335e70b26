//! The golden cases of `fixtures/fstab`: what each input becomes, or why it is refused.

use std::fs;
use std::path::{Path, PathBuf};

use osgraft::fstab::{Change, Entry, Fstab, Ungraft};

struct Case {
    name: String,
    folder: PathBuf,
}

impl Case {
    fn read(&self, file: &str) -> Option<Vec<u8>> {
        let path = self.folder.join(file);
        path.exists()
            .then(|| fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    fn fstab(&self) -> Fstab {
        self.read("input")
            .map_or_else(Fstab::missing, |input| Fstab::parse(&input))
    }

    fn entry(&self) -> Entry {
        let text = String::from_utf8(self.read("request").expect("a request")).unwrap();
        let request: toml_edit::DocumentMut = text.parse().unwrap();
        let value = |key: &str| request[key].as_str().expect(key).to_owned();
        Entry::new(
            value("spec"),
            value("mount_point"),
            value("vfstype"),
            value("options"),
            0,
            0,
        )
        .unwrap()
    }

    fn accepted(&self, expected: &[u8]) {
        let name = &self.name;
        let input = self.read("input");
        let (mut fstab, entry) = (self.fstab(), self.entry());
        let graft = fstab
            .graft(&entry)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(fstab, Fstab::parse(expected), "{name}");
        let changed = input.as_deref() != Some(expected);
        assert_eq!(graft.change == Change::Changed, changed, "{name}");
        let managed = fstab.managed().unwrap().expect("a block");
        assert_eq!(managed.entry, entry, "{name}");

        let again = fstab.graft(&entry).unwrap();
        assert_eq!(again.change, Change::Unchanged, "{name}");
        assert_eq!(fstab.to_bytes(), expected, "{name}: a second run");

        let undo = again.undo.after(&graft.undo);
        let ungraft = fstab.ungraft(&undo).unwrap();
        let remove_file = input.is_none();
        assert_eq!(ungraft, Ungraft::Removed { remove_file }, "{name}");
        let before = self.read("reverted").or(input).unwrap_or_default();
        assert_eq!(fstab, Fstab::parse(&before), "{name}: reverted");
        assert_eq!(fstab.ungraft(&undo).unwrap(), Ungraft::Missing, "{name}");
    }

    fn refused(&self, code: &str) {
        let mut fstab = self.fstab();
        let before = fstab.clone();
        let error = fstab.graft(&self.entry()).expect_err(&self.name);
        assert_eq!(error.code(), code, "{}: {error}", self.name);
        assert_eq!(fstab, before, "{}: a refusal changes nothing", self.name);
        let text = error.to_string();
        assert!(
            text.chars().all(|c| !c.is_control()),
            "{}: {text:?}",
            self.name
        );
    }
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fstab");
    let mut cases: Vec<Case> = fs::read_dir(root)
        .expect("the fixtures")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|folder| Case {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            folder,
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

#[test]
fn every_golden_case_comes_out_as_written_and_back() {
    let cases = cases();
    assert!(cases.len() >= 30, "only {} cases found", cases.len());
    let mut refusals = 0;
    for case in &cases {
        match (case.read("expected"), case.read("refusal")) {
            (Some(expected), None) => case.accepted(&expected),
            (None, Some(code)) => {
                refusals += 1;
                case.refused(String::from_utf8(code).unwrap().trim_end());
            }
            _ => panic!("{}: needs either expected or refusal", case.name),
        }
    }
    assert!(refusals >= 10, "only {refusals} refusals found");
}

#[test]
fn every_refusal_of_the_graft_has_a_case() {
    let codes: Vec<String> = cases()
        .iter()
        .filter_map(|case| case.read("refusal"))
        .map(|code| String::from_utf8(code).unwrap().trim_end().to_owned())
        .collect();
    for code in [
        "fstab-mount-point-taken",
        "fstab-no-mount-point",
        "fstab-order",
        "fstab-block-unclosed",
        "fstab-block-unopened",
        "fstab-block-nested",
        "fstab-block-second",
        "fstab-block-foreign-line",
        "fstab-block-empty",
    ] {
        assert!(codes.iter().any(|found| found == code), "{code}");
    }
}
