//! A program that is gone or broken: the installed script decides who starts all the same.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use osgraft::config::Config;
use osgraft::hook::Kept;
use osgraft::hook::install::{Libvirt, Proxmox, Style, WhenUnknown};

use super::broken::metadata;
use crate::support::fixture::{is_root, not_run};
use crate::support::program::Ran;

/// A libvirt whose installed script calls a program of the test's, with a copy of a configuration.
struct Scripted {
    root: tempfile::TempDir,
}

impl Scripted {
    fn new(patterns: Option<&str>) -> Self {
        let root = tempfile::tempdir().unwrap();
        let scripted = Self { root };
        fs::create_dir_all(scripted.at("etc/libvirt")).unwrap();
        fs::create_dir(scripted.at("snippets")).unwrap();
        scripted.program(b"#!/bin/sh\nexit 40\n");
        if let Some(patterns) = patterns {
            let config = Config::parse(patterns, "c").unwrap();
            scripted
                .kept()
                .keep(&scripted.at("config.toml"), &config.hook)
                .unwrap();
        }
        scripted
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn kept(&self) -> Kept {
        Kept::under(self.at("kept"))
    }

    fn program(&self, bytes: &[u8]) {
        fs::write(self.at("osgraft"), bytes).unwrap();
        fs::set_permissions(self.at("osgraft"), Permissions::from_mode(0o755)).unwrap();
    }

    fn install(&self, style: Style, choice: WhenUnknown) -> PathBuf {
        let libvirt = Libvirt::under(self.root.path());
        let libvirt = libvirt.kept(self.kept()).when_unknown(choice);
        let config = self.at("config.toml");
        let done = libvirt.install(&self.at("osgraft"), Some(&config), style);
        done.unwrap().files.last().unwrap().clone()
    }

    fn call(&self, hook: &Path, name: &str, operation: &str, metadata: &str) -> Ran {
        let (operation, sub) = operation.split_once(' ').unwrap();
        let xml = format!("<domain><name>{name}</name>{metadata}<devices/></domain>");
        let line = [hook.to_str().unwrap(), name, operation, sub, "-"];
        let ran = Ran::with_input(&line, xml.as_bytes());
        assert_eq!(ran.stdout, "");
        ran
    }
}

const PATTERNS: &str = "[[hook.vm]]\nmatch = \"^web-lax\"\non_failure = \"start-unprepared\"\n\
    [[hook.vm]]\nmatch = '^(web|app)-\\d+$'\n";

/// Programs that are none, and what makes them so.
fn break_program(scripted: &Scripted, how: &str) {
    let program = scripted.at("osgraft");
    let elf = fs::read(env!("CARGO_BIN_EXE_osgraft")).unwrap();
    match how {
        "removed" => fs::remove_file(program).unwrap(),
        "not executable" => fs::set_permissions(program, Permissions::from_mode(0o644)).unwrap(),
        "a folder" => {
            fs::remove_file(&program).unwrap();
            fs::create_dir(program).unwrap();
        }
        "empty" => scripted.program(b""),
        "zeros" => scripted.program(&[0; 4096]),
        "cut short" => scripted.program(&elf[..1 << 16]),
        "of another machine" => {
            let mut other = elf;
            other[18] = 0xf3;
            scripted.program(&other);
        }
        "killed" => scripted.program(b"#!/bin/sh\nkill -9 $$\n"),
        "killed as it works" => scripted.program(b"#!/bin/sh\ncat >/dev/null\nkill -9 $$\n"),
        "without a library" => scripted.program(b"#!/bin/sh\nexit 127\n"),
        "without an interpreter" => scripted.program(b"#!/nowhere/sh\n"),
        "of success" => scripted.program(b"#!/bin/sh\nexit 0\n"),
        "of failure" => scripted.program(b"#!/bin/sh\nexit 1\n"),
        "older" => scripted.program(b"#!/bin/sh\nexit 2\n"),
        other => panic!("{other}"),
    }
}

const BREAKS: [&str; 14] = [
    "removed",
    "not executable",
    "a folder",
    "empty",
    "zeros",
    "cut short",
    "of another machine",
    "killed",
    "killed as it works",
    "without a library",
    "without an interpreter",
    "of success",
    "of failure",
    "older",
];

#[test]
fn without_a_program_that_answers_those_start_that_take_no_part() {
    for how in BREAKS {
        for style in [Style::Folder, Style::Dispatcher] {
            let scripted = Scripted::new(Some(PATTERNS));
            // Who takes part is known, so the choice for the unknown does not matter.
            let hook = scripted.install(style, WhenUnknown::Start);
            break_program(&scripted, how);
            let no = metadata("1", "prepare='no'");
            let lax = metadata("1", "server=\"a\" on-failure=\"start-unprepared\"");
            for (name, metadata, code, said) in [
                ("web-1", "", 1, "takes part and does not start"),
                ("app-12", "", 1, "takes part and does not start"),
                (
                    "db-1",
                    &*metadata("1", ""),
                    1,
                    "takes part and does not start",
                ),
                ("db-1", &*metadata("2", "prepare=\"no\""), 1, "takes part"),
                ("web-1", &*no, 0, "starts untouched: it takes no part"),
                ("db-1", "", 0, "starts untouched: it takes no part"),
                ("web-", "", 0, "starts untouched: it takes no part"),
                ("web-lax-1", "", 0, "starts unprepared"),
                ("db-1", &*lax, 0, "starts unprepared"),
            ] {
                let ran = scripted.call(&hook, name, "prepare begin", metadata);
                assert_eq!(ran.code, Some(code), "{how} {name} {metadata}: {ran:?}");
                assert!(
                    ran.stderr.contains(said),
                    "{how} {name} {metadata}: {ran:?}"
                );
            }
            // What goes on and cannot be remembered must not go on; what ends is let go.
            for (operation, code) in [
                ("restore begin", 1),
                ("migrate begin", 1),
                ("release end", 0),
                ("started begin", 0),
                ("reconnect begin", 0),
            ] {
                for name in ["web-1", "web-lax-1"] {
                    let ran = scripted.call(&hook, name, operation, "");
                    assert_eq!(ran.code, Some(code), "{how} {operation}: {ran:?}");
                }
                assert_eq!(scripted.call(&hook, "db-1", operation, "").code, Some(0));
            }
        }
    }
}

#[test]
fn where_nothing_is_known_the_operators_choice_decides() {
    let odd = "[[hook.vm]]\nmatch = '\\bdb\\b'\n[[hook.vm]]\nmatch = '^web-'\n";
    for (patterns, style) in [
        (None, Style::Folder),
        (None, Style::Dispatcher),
        // grep has no word boundaries, so that any name may be one of these.
        (Some(odd), Style::Folder),
    ] {
        for (choice, code) in [(WhenUnknown::Start, 0), (WhenUnknown::Refuse, 1)] {
            let scripted = Scripted::new(patterns);
            let hook = scripted.install(style, choice);
            break_program(&scripted, "removed");
            let call = |metadata: &str| scripted.call(&hook, "x", "prepare begin", metadata);
            let ran = call("");
            assert_eq!(ran.code, Some(code), "{ran:?}");
            assert!(ran.stderr.contains("is not known"), "{ran:?}");
            assert_eq!(call(&metadata("1", "")).code, Some(1));
            assert_eq!(call(&metadata("1", "prepare=\"no\"")).code, Some(0));
            if patterns.is_some() {
                let ran = scripted.call(&hook, "web-1", "prepare begin", "");
                assert_eq!(ran.code, Some(1), "{ran:?}");
            }
        }
    }
}

#[test]
fn the_program_gets_the_description_to_its_last_newline() {
    for style in [Style::Folder, Style::Dispatcher] {
        let scripted = Scripted::new(None);
        let hook = scripted.install(style, WhenUnknown::Refuse);
        let got = scripted.at("got");
        let program = format!("#!/bin/sh\ncat >'{}'\nexit 40\n", got.display());
        scripted.program(program.as_bytes());
        let xml = b"<domain>\n  <name>a</name>\n</domain>\n\n";
        let line = [hook.to_str().unwrap(), "a", "prepare", "begin", "-"];
        let ran = Ran::with_input(&line, xml);
        assert_eq!((ran.code, &*ran.stdout), (Some(0), ""), "{ran:?}");
        assert_eq!(fs::read(got).unwrap(), xml);
    }
}

#[test]
fn a_program_that_dies_with_the_description_leaves_the_metadata_known() {
    for style in [Style::Folder, Style::Dispatcher] {
        let scripted = Scripted::new(None);
        // What is not known starts; what takes part by its own metadata does not.
        let hook = scripted.install(style, WhenUnknown::Start);
        break_program(&scripted, "killed as it works");
        for (metadata, code) in [
            (metadata("1", ""), 1),
            (metadata("1", "prepare=\"no\""), 0),
            (String::new(), 0),
        ] {
            let ran = scripted.call(&hook, "x", "prepare begin", &metadata);
            assert_eq!(ran.code, Some(code), "{metadata}: {ran:?}");
        }
    }
}

#[test]
fn metadata_that_only_a_parser_could_tell_refuses_the_start() {
    let scripted = Scripted::new(Some(PATTERNS));
    let hook = scripted.install(Style::Folder, WhenUnknown::Start);
    break_program(&scripted, "removed");
    let ours = "xmlns:o=\"urn:osgraft:libvirt:1\"";
    let large = "x".repeat(1 << 20);
    for (inner, code) in [
        (format!("<o:osgraft {ours}\n  prepare='no'/>"), 0),
        (
            format!(
                "<a:b xmlns:a='urn:a' prepare='>'/><o:osgraft {ours} prepare=\"no\"></o:osgraft>"
            ),
            0,
        ),
        (
            "<osgraft xmlns='urn:osgraft:libvirt:1' server='a-1' prepare='no'/><b/>".to_owned(),
            0,
        ),
        (
            format!("<o:osgraft {ours} on-failure='start-unprepared'/>it's"),
            0,
        ),
        (format!("<!-- x --><o:osgraft {ours} prepare='no'/>"), 1),
        (format!("<!-- <o:osgraft {ours} prepare='no'/> -->"), 1),
        (format!("<o:osgraft {ours}/><!-- prepare='no' -->"), 1),
        (
            format!("<a><![CDATA[<o:osgraft {ours} prepare='no'/>]]></a>"),
            1,
        ),
        (format!("<?a <o:osgraft {ours} prepare='no'/> ?>"), 1),
        (format!("<o:osgraft {ours} server=\"prepare='no'\"/>"), 1),
        (format!("<o:osgraft {ours} x-prepare='no'/>"), 1),
        (format!("<o:osgraft {ours} prepare='NO'/>"), 1),
        (format!("<o:osgraft {ours} prepare='no' x='y'/>"), 1),
        (
            format!("<o:osgraft {ours}><a prepare='no'/></o:osgraft>"),
            1,
        ),
        (format!("<a><o:osgraft {ours} prepare='no'/></a>"), 1),
        (format!("<a {ours} prepare='no'/>"), 1),
        (format!("<p:osgraft {ours} prepare='no'/>"), 1),
        (
            format!("<o:osgraft {ours}/><o:osgraft {ours} prepare='no'/>"),
            1,
        ),
        (
            format!("<a>urn:osgraft</a><o:osgraft {ours} prepare='no'/>"),
            1,
        ),
        (format!("<o:osgraft {ours} prepare='no'/><a>{large}</a>"), 1),
        (format!("<a>{large}</a>"), 1),
        // What does not speak of osgraft raises no doubt.
        ("<!-- x --><a prepare='no'>it's \"</a>".to_owned(), 0),
    ] {
        let metadata = format!("<metadata>{inner}</metadata>");
        let shown = &inner[..inner.len().min(99)];
        let ran = scripted.call(&hook, "db-1", "prepare begin", &metadata);
        assert_eq!(ran.code, Some(code), "{shown}: {ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1, "{shown}: {ran:?}");
    }
}

#[test]
fn a_long_description_is_read_in_time_without_a_program() {
    let scripted = Scripted::new(Some(PATTERNS));
    let hook = scripted.install(Style::Folder, WhenUnknown::Refuse);
    break_program(&scripted, "removed");
    let many = "<a b='c'>urn</a>\n".repeat(50_000);
    let began = std::time::Instant::now();
    for (end, code) in [
        (metadata("1", "prepare='no'"), 0),
        (metadata("1", ""), 1),
        (String::new(), 0),
    ] {
        let ran = scripted.call(&hook, "db-1", "prepare begin", &format!("{many}{end}"));
        assert_eq!(ran.code, Some(code), "{end}: {ran:?}");
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn without_a_program_the_policies_are_those_of_the_last_sound_configuration() {
    let patterns = "[hook]\non_failure = \"start-unprepared\"\n\
        [[hook.vm]]\nmatch = \"^web-\"\non_failure = \"refuse\"\n\
        [[hook.vm]]\nmatch = '\\bdb'\non_failure = \"refuse\"\n\
        [[hook.vm]]\nmatch = \"^db-9$\"\n";
    let scripted = Scripted::new(Some(patterns));
    let hook = scripted.install(Style::Folder, WhenUnknown::Start);
    break_program(&scripted, "removed");
    let refuse = metadata("1", "on-failure=\"refuse\"");
    for (name, metadata, code) in [
        // Nothing nearer says what becomes of it.
        ("x", metadata("1", ""), 0),
        ("web-1", metadata("1", ""), 1),
        ("x", refuse, 1),
        // The pattern before the one that matches may match too, and cannot be tried.
        ("db-9", String::new(), 1),
    ] {
        let ran = scripted.call(&hook, name, "prepare begin", &metadata);
        assert_eq!(ran.code, Some(code), "{name} {metadata}: {ran:?}");
        let said = ["starts unprepared", "takes part and does not start"][code as usize];
        assert!(ran.stderr.contains(said), "{name} {metadata}: {ran:?}");
    }
}

#[test]
fn a_program_of_another_users_is_not_run() {
    if !is_root() {
        not_run("a program of another user's: only root can give files away");
        return;
    }
    let scripted = Scripted::new(Some(PATTERNS));
    let hook = scripted.install(Style::Folder, WhenUnknown::Start);
    let note = scripted.at("ran").display().to_string();
    scripted.program(format!("#!/bin/sh\ntouch '{note}'\nexit 40\n").as_bytes());
    std::os::unix::fs::chown(scripted.at("osgraft"), Some(65534), None).unwrap();
    let ran = scripted.call(&hook, "web-1", "prepare begin", "");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("belongs to another user"), "{ran:?}");
    assert!(!scripted.at("ran").exists());
}

#[test]
fn proxmox_does_without_its_program_too() {
    for how in BREAKS {
        let scripted = Scripted::new(None);
        fs::create_dir(scripted.at("conf")).unwrap();
        let patterns = format!(
            "{PATTERNS}[hook.proxmox]\nconf = {:?}\n",
            scripted.at("conf")
        );
        let config = Config::parse(&patterns, "c").unwrap();
        let path = scripted.at("config.toml");
        scripted.kept().keep(&path, &config.hook).unwrap();
        let proxmox = Proxmox::within(scripted.at("snippets")).kept(scripted.kept());
        let done = proxmox.install(&scripted.at("osgraft"), Some(&path));
        let hook = done.unwrap().files[0].to_str().unwrap().to_owned();
        break_program(&scripted, how);
        let conf = |number: u32, text: &str| {
            fs::write(scripted.at(&format!("conf/{number}.conf")), text).unwrap();
        };
        conf(
            100,
            "boot: order=scsi0\nname: web-1\n[before]\nname: db-1\n",
        );
        conf(101, "name: db-1\n[before]\nname: web-1\n");
        conf(102, "name: web-lax-1\n");
        for (number, code, said) in [
            ("100", 1, "takes part and does not start"),
            ("101", 0, "it takes no part"),
            ("102", 0, "starts unprepared"),
            ("103", 1, "is not known"),
        ] {
            let ran = Ran::of(&[&*hook, number, "pre-start"]);
            assert_eq!(ran.code, Some(code), "{how} {number}: {ran:?}");
            assert!(ran.stderr.contains(said), "{how} {number}: {ran:?}");
            assert_eq!(Ran::of(&[&*hook, number, "post-stop"]).code, Some(0));
        }
    }
}
