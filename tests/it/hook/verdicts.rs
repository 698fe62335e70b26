//! The golden tables of `fixtures/hooks`: each description and what it comes to.
//!
//! With `OSGRAFT_BLESS` set the tables are written instead.

use std::fs;
use std::path::{Path, PathBuf};

use osgraft::config::Config;
use osgraft::hook::libvirt::{self, MAX_BYTES, XmlError};
use osgraft::hook::{Verdict, proxmox};
use proptest::prelude::{any, prop_assert, proptest};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hooks")
}

fn config() -> Config {
    Config::read(fixtures().join("config.toml")).unwrap()
}

/// A verdict in a line.
fn line(verdict: Verdict) -> String {
    match verdict {
        Verdict::Leave(why) => format!("leave ({})", why.code()),
        Verdict::Prepare(request) => {
            let mut line = format!("prepare {}", request.disk().display());
            for backing in request.chain().unwrap_or_default() {
                line.push_str(&format!(" on {}", backing.path.display()));
                if let Some(format) = backing.format {
                    line.push_str(&format!(" {}", format.as_str()));
                }
            }
            if let Some(root) = request.root() {
                line.push_str(&format!(", {root}"));
            }
            if let Some(server) = request.server() {
                line.push_str(&format!(", server {server}"));
            }
            format!("{line}, else {:?}", request.on_failure())
        }
        Verdict::Fail(failed) => {
            let text = failed.reason.to_string();
            assert!(!text.contains(|c: char| c.is_control()), "{text}");
            format!("{:?} ({}): {text}", failed.on_failure, failed.reason.code())
        }
        other => panic!("{other:?}"),
    }
}

/// Holds every description of a folder against the table beside it.
fn hold(kind: &str, judge: impl Fn(&[u8]) -> String) {
    let folder = fixtures().join(kind);
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let lines = names.iter().map(|name| {
        let verdict = judge(&fs::read(folder.join(name)).unwrap());
        format!("{name}: {verdict}\n")
    });
    let found: String = lines.collect();
    let table = fixtures().join(format!("{kind}.txt"));
    if std::env::var_os("OSGRAFT_BLESS").is_some() {
        fs::write(&table, &found).unwrap();
    }
    let expected = fs::read_to_string(&table).unwrap();
    for (expected, found) in expected.lines().zip(found.lines()) {
        assert_eq!(expected, found);
    }
    assert_eq!(expected.lines().count(), found.lines().count());
    assert!(names.len() > 25, "{names:?}");
}

#[test]
fn domains_come_to_what_the_table_says() {
    let config = config();
    hold("libvirt", |xml| {
        line(libvirt::request(xml, &config).unwrap())
    });
}

#[test]
fn the_name_that_the_hook_is_called_with_makes_no_difference() {
    let config = config();
    let folder = fixtures().join("libvirt");
    for entry in fs::read_dir(folder).unwrap() {
        let xml = fs::read_to_string(entry.unwrap().path()).unwrap();
        let (_, rest) = xml.split_once("<name>").unwrap();
        let (name, _) = rest.split_once("</name>").unwrap();
        let (verdict, _) = libvirt::named(name, xml.as_bytes(), &config);
        let alone = libvirt::request(xml.as_bytes(), &config).unwrap();
        assert_eq!(line(verdict), line(alone));
        let (other, uuid) = libvirt::named("web-other", xml.as_bytes(), &config);
        assert!(line(other).contains("(other-name)"));
        assert_eq!(uuid, None);
    }
}

#[test]
fn vms_come_to_what_the_table_says() {
    let config = config();
    let storages = fs::read(fixtures().join("storage.cfg")).unwrap();
    hold("proxmox", |conf| {
        line(proxmox::request(100, conf, &storages, &config))
    });
}

#[test]
fn a_number_matches_too() {
    let mut config = config();
    let conf = fs::read(fixtures().join("proxmox/nameless.conf")).unwrap();
    let verdict = |config: &Config| line(proxmox::request(100, &conf, b"", config));
    assert_eq!(verdict(&config), "leave (no-pattern)");
    config.hook = Config::parse("[[hook.vm]]\nmatch = \"^100$\"\n", "c")
        .unwrap()
        .hook;
    assert!(verdict(&config).contains("(disk-storage): 100: "));
    assert!(proxmox::by_number(100, &config).is_ok());
    assert!(proxmox::by_number(1000, &config).is_err());
}

#[test]
fn without_masters_nothing_is_prepared() {
    let text = "[[hook.vm]]\nmatch = \"^web-\"\n";
    let config = Config::parse(text, "c").unwrap();
    let xml = fs::read(fixtures().join("libvirt/one-disk.xml")).unwrap();
    let verdict = line(libvirt::request(&xml, &config).unwrap());
    assert!(verdict.contains("(no-masters)"), "{verdict}");
    assert!(verdict.contains("set images.masters"), "{verdict}");
    let conf = fs::read(fixtures().join("proxmox/path.conf")).unwrap();
    let verdict = line(proxmox::request(100, &conf, b"", &config));
    assert!(verdict.contains("(no-masters)"), "{verdict}");
}

#[test]
fn bombs_are_no_domains() {
    let config = config();
    let error = |xml: &[u8]| libvirt::request(xml, &config).unwrap_err();
    let ten = format!(
        "<domain><name>web-1</name>{}</domain>",
        " ".repeat(10 << 20)
    );
    assert_eq!(error(ten.as_bytes()), XmlError::TooLarge);
    let laughs = "<!DOCTYPE domain [<!ENTITY a \"aaaaaaaaaa\">\
        <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><domain><name>&b;</name></domain>";
    assert_eq!(error(laughs.as_bytes()), XmlError::Doctype);
    let outside = "<!DOCTYPE domain SYSTEM \"file:///etc/passwd\"><domain><name>a</name></domain>";
    assert_eq!(error(outside.as_bytes()), XmlError::Doctype);
    let deep = "<domain>".repeat(MAX_BYTES / 8);
    assert_eq!(error(deep.as_bytes()), XmlError::TooDeep);
    assert!(matches!(error(b"<a/>"), XmlError::NotADomain(_)));
    assert!(matches!(
        error(b"<domain xmlns='a'><name>web-1</name></domain>"),
        XmlError::NotADomain(_)
    ));
    assert_eq!(error(b"<domain/>"), XmlError::NoName);
    assert_eq!(error(b"<domain><name/></domain>"), XmlError::NoName);
    assert!(matches!(error(b""), XmlError::Malformed(_)));
}

proptest! {
    /// A byte here or there, or a part that is missing or comes twice: a verdict or an error, in
    /// one line, and never a file that the text does not name.
    #[test]
    fn damaged_descriptions_come_to_one_line(
        at in 0_usize..4000,
        len in 0_usize..200,
        byte in any::<u8>(),
        times in 0_usize..3,
        case in 0_usize..1000,
    ) {
        let config = config();
        let storages = fs::read(fixtures().join("storage.cfg")).unwrap();
        for kind in ["libvirt", "proxmox"] {
            let mut files: Vec<_> = fs::read_dir(fixtures().join(kind)).unwrap().collect();
            let file = files.swap_remove(case % files.len()).unwrap().path();
            let whole = fs::read(file).unwrap();
            let at = at % whole.len();
            let part = &whole[at..whole.len().min(at + len)];
            let mut text = whole[..at].to_vec();
            text.extend(part.repeat(times));
            text.push(byte);
            text.extend(&whole[at + part.len()..]);
            if kind == "proxmox" {
                line(proxmox::request(100, &text, &storages, &config));
                continue;
            }
            match libvirt::request(&text, &config) {
                Ok(verdict) => drop(line(verdict)),
                Err(error) => {
                    let text = error.to_string();
                    prop_assert!(!text.contains(char::is_control), "{text}");
                }
            }
        }
    }
}
