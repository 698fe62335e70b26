//! `fixtures/registry`: good files parse, each bad one gives its one line.
//!
//! With `OSGRAFT_BLESS=1` in the environment the expected lines are written anew, to be read
//! before they are committed.

use std::fs;
use std::path::{Path, PathBuf};

use osgraft::path::escape;
use osgraft::registry::{FileRegistry, Registry, RegistryError, parse};

fn folder(name: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/registry");
    let mut paths: Vec<PathBuf> = fs::read_dir(root.join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

/// The error of a file as if it lay in the current folder, since where it lies is not golden.
fn error_of(file: &Path) -> String {
    let Ok(text) = fs::read_to_string(file) else {
        let error = FileRegistry::open(file).unwrap_err().to_string();
        return error.replace(file.to_str().unwrap(), "servers.toml");
    };
    parse(&text, "servers.toml").unwrap_err().to_string()
}

#[test]
fn every_bad_file_gives_its_one_line() {
    let bless = std::env::var_os("OSGRAFT_BLESS").is_some();
    let cases = folder("bad");
    assert!(cases.len() >= 25, "only {} bad cases", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let line = error_of(&case.join("servers.toml"));
        assert_eq!(
            escape(line.as_bytes()).replace(r"\x5c", "\\"),
            line,
            "not one plain line"
        );
        if bless {
            fs::write(case.join("error"), format!("{line}\n")).unwrap();
        }
        let expected = fs::read_to_string(case.join("error")).unwrap_or_default();
        if expected != format!("{line}\n") {
            wrong.push(format!(
                "{}:\n  is  {line}\n  not {expected}",
                case.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_line_names_its_file_line_and_key() {
    for case in folder("bad") {
        let error = error_of(&case.join("servers.toml"));
        let mut parts = error.splitn(4, ':');
        assert_eq!(parts.next(), Some("servers.toml"), "{error}");
        assert!(
            parts.next().unwrap().parse::<usize>().unwrap() > 0,
            "{error}"
        );
        assert!(
            error.contains("; ") || error.ends_with('?'),
            "says nothing to do: {error}"
        );
    }
}

#[test]
fn every_good_file_is_taken() {
    let files = folder("good");
    assert!(!files.is_empty());
    for file in files {
        let registry = FileRegistry::open(&file).unwrap();
        let servers = registry.servers().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let headers = text.lines().filter(|line| line.starts_with("[[")).count();
        assert_eq!(servers.len(), headers, "{}", file.display());
    }
}

#[test]
fn a_server_serialises_with_the_keys_of_its_table() {
    let file = folder("good")
        .into_iter()
        .find(|file| file.ends_with("all-keys.toml"))
        .unwrap();
    let text = fs::read_to_string(file).unwrap();
    let servers = parse(&text, "f").unwrap();
    let json = serde_json::to_value(&servers).unwrap();
    let expected = serde_json::json!([{
        "name": "deb12-a",
        "export": "9.7.25.123:/vol/shared_lib",
        "os": "debian",
        "version": "12",
        "arch": "x86_64",
        "kernels": ["6.1.0-37-amd64"],
        "components": ["lib/modules"],
        "state": "active",
        "weight": 10,
        "release": "2026-11-20",
        "options": "port=12049",
    }]);
    assert_eq!(json, expected);
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let scratch = tempfile::tempdir().unwrap();
    let fifo = scratch.path().join("fifo");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &fifo,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let link = scratch.path().join("link");
    std::os::unix::fs::symlink(&fifo, &link).unwrap();
    for (path, kind) in [
        (fifo.as_path(), "FIFO"),
        (&link, "FIFO"),
        (scratch.path(), "directory"),
        (Path::new("/dev/zero"), "character device"),
    ] {
        let error = FileRegistry::open(path).unwrap_err();
        assert!(
            matches!(&error, RegistryError::NotAFile { found, .. } if *found == kind),
            "{error}"
        );
    }
}

#[test]
fn a_missing_file_and_one_of_five_mebibytes_have_errors_of_their_own() {
    let scratch = tempfile::tempdir().unwrap();
    let missing = FileRegistry::open(scratch.path().join("none")).unwrap_err();
    assert!(
        matches!(missing, RegistryError::NotFound { .. }),
        "{missing}"
    );
    let large = scratch.path().join("large");
    fs::write(&large, vec![b'#'; 5 << 20]).unwrap();
    let large = FileRegistry::open(&large).unwrap_err();
    assert!(
        matches!(
            large,
            RegistryError::TooLarge {
                limit: 4_194_304,
                ..
            }
        ),
        "{large}"
    );
}
