use std::fs;
use std::process::{Child, Command, Stdio};

use super::{Bench, one_document};
use crate::support::program::Workshop;
use crate::support::{digest, text};

#[test]
fn each_kind_of_bad_image_has_its_code_and_is_left_alone() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let whole = fs::read(bench.at("web.qcow2")).unwrap();
    fs::write(bench.at("short.qcow2"), &whole[..whole.len() / 3]).unwrap();
    fs::write(bench.at("text.qcow2"), "no image at all").unwrap();
    fs::write(bench.at("empty.qcow2"), "").unwrap();
    for (image, code, part) in [
        ("nothing.qcow2", 1, "no image at nothing.qcow2"),
        ("short.qcow2", 5, "truncated"),
        ("text.qcow2", 5, "not a qcow2 image"),
        ("empty.qcow2", 5, "not a qcow2 image"),
        ("master.qcow2", 5, "no backing file"),
        (".", 5, "directory"),
    ] {
        let before = fs::read(bench.at(image)).ok();
        for command in ["prepare", "plan", "verify", "revert", "recover"] {
            if command == "recover" && image == "master.qcow2" {
                continue; // Nothing is pending in it, so there is nothing to refuse.
            }
            let error = bench.fails(&[command, image], code);
            assert!(error.contains(part), "{command}: {error}");
        }
        assert_eq!(fs::read(bench.at(image)).ok(), before, "{image}");
    }
}

#[test]
fn reasons_have_names_for_scripts() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let error = |args: &[&str]| one_document(&bench.run(args).stdout);
    let refused = error(&["prepare", "master.qcow2", "--json"]);
    assert_eq!(refused["child"], "master.qcow2");
    assert_eq!(refused["error"]["kind"], "image-refused");
    assert_eq!(refused["error"]["reasons"][0], "no-backing");
    let unprepared = error(&["revert", "web.qcow2", "--json"]);
    assert_eq!(unprepared["outcome"], "unchanged");
    assert_eq!(unprepared["kept"][0]["code"], "not-prepared");
}

#[test]
fn a_guest_that_no_server_fits_is_left_alone() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let before = digest(&bench.at("web.qcow2"));
    let error = bench.fails(&["prepare", "web.qcow2", "--server", "deb13-a"], 4);
    assert!(error.contains("serves version 13, not 12"), "{error}");
    let error = bench.fails(&["prepare", "web.qcow2", "--server", "deb12-b"], 4);
    assert!(error.contains("did you mean “deb12-a”?"), "{error}");
    bench.ok(&["server", "set", "deb12-a", "state=down"]);
    let error = bench.fails(&["prepare", "web.qcow2"], 4);
    assert!(error.contains("is down"), "{error}");
    assert_eq!(digest(&bench.at("web.qcow2")), before);
}

#[test]
fn a_registry_that_is_wrong_is_told_once_with_its_line() {
    let bench = Bench::with_children(&["a.qcow2", "b.qcow2"]);
    fs::write(bench.at("servers.toml"), "\n[[server]\n").unwrap();
    let error = bench.fails(&["prepare", "a.qcow2", "b.qcow2"], 7);
    assert!(error.starts_with("osgraft: servers.toml:2: "), "{error}");
    let ran = bench.run(&["prepare", "a.qcow2", "b.qcow2", "--json"]);
    assert_eq!(one_document(&ran.stdout)["error"]["kind"], "registry");
    fs::remove_file(bench.at("servers.toml")).unwrap();
    bench.fails(&["prepare", "a.qcow2"], 7);
    // Nothing of it is needed to look, or to go back.
    assert_eq!(bench.run(&["verify", "a.qcow2"]).code, 8);
}

#[test]
fn of_several_children_the_others_go_on_and_the_first_failure_decides() {
    let bench = Bench::with_children(&["a.qcow2", "c.qcow2"]);
    let children = ["a.qcow2", "missing.qcow2", "master.qcow2", "c.qcow2"];
    let ran = bench.run(&[&["prepare", "--json"], &children[..]].concat());
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
    let lines = ran.json();
    for (line, child) in lines.iter().zip(children) {
        assert_eq!(line["child"], child);
    }
    let code = |line: usize| &lines[line]["error"]["code"];
    assert_eq!((code(1).as_u64(), code(2).as_u64()), (Some(1), Some(5)));
    assert_eq!(
        (&lines[0]["outcome"], &lines[3]["outcome"]),
        (&"changed".into(), &"changed".into())
    );

    let ran = bench.run(&["revert", "master.qcow2", "a.qcow2", "missing.qcow2"]);
    assert_eq!(ran.code, 5);
    assert!(
        ran.stdout.starts_with("a.qcow2: reverted\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn many_at_once_are_told_in_the_order_given_and_the_first_failure_in_it_decides() {
    let bench = Bench::with_master();
    for taken in ["web-9.qcow2", "web-30.qcow2"] {
        fs::write(bench.at(taken), "here already").unwrap();
    }
    let made = bench.run(&[
        "clone",
        "master.qcow2",
        "web-{n}.qcow2",
        "--count",
        "40",
        "--prepare",
        "--jobs",
        "8",
        "--json",
    ]);
    assert_eq!(made.code, 2);
    assert_eq!(made.stderr.lines().count(), 2, "{}", made.stderr);
    let lines = made.json();
    assert_eq!(lines.len(), 40);
    for (line, number) in lines.iter().zip(1..) {
        assert_eq!(line["child"], format!("web-{number}.qcow2"));
        match number {
            9 | 30 => assert_eq!(line["error"]["kind"], "usage"),
            _ => assert_eq!(line["prepared"]["outcome"], "changed"),
        }
    }
    assert_eq!(fs::read(bench.at("web-9.qcow2")).unwrap(), b"here already");
    let held = Held::by_nbd(&bench, "web-2.qcow2");
    let ran = bench.run(&[
        "prepare",
        "web-1.qcow2",
        "web-2.qcow2",
        "web-9.qcow2",
        "web-3.qcow2",
        "-j",
        "4",
        "--json",
    ]);
    drop(held);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    let lines = ran.json();
    assert_eq!(lines[1]["error"]["kind"], "image-in-use");
    assert_eq!(lines[2]["error"]["kind"], "image-refused");
    assert_eq!(lines[3]["outcome"], "unchanged");
}

#[test]
fn a_clone_takes_no_name_that_is_taken_and_makes_the_others() {
    let bench = Bench::with_children(&["web-2.qcow2"]);
    let before = digest(&bench.at("web-2.qcow2"));
    let ran = bench.run(&[
        "clone",
        "master.qcow2",
        "web-{n}.qcow2",
        "--count",
        "3",
        "--prepare",
        "--json",
    ]);
    assert_eq!(ran.code, 2);
    let lines = ran.json();
    assert_eq!(lines[1]["error"]["kind"], "usage");
    assert_eq!(lines[2]["prepared"]["outcome"], "changed");
    assert_eq!(digest(&bench.at("web-2.qcow2")), before);
}

#[test]
fn a_child_that_is_made_but_not_prepared_is_told_so_in_one_line() {
    let bench = Bench::with_master();
    let ran = bench.run(&[
        "clone",
        "master.qcow2",
        "web.qcow2",
        "--prepare",
        "--server",
        "deb13-a",
        "--json",
    ]);
    assert_eq!(ran.code, 4);
    let line = one_document(&ran.stdout);
    assert_eq!(line["outcome"], "created");
    assert_eq!(line["error"]["kind"], "no-server");
    assert!(bench.at("web.qcow2").exists());
}

#[test]
fn work_goes_on_when_nobody_reads_of_it() {
    let bench = Bench::with_children(&["a.qcow2", "b.qcow2"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ran = bench
        .command()
        .args(["--config", "config.toml", "prepare", "a.qcow2", "b.qcow2"])
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(0));
    bench.ok(&["verify", "a.qcow2"]);
    bench.ok(&["verify", "b.qcow2"]);
}

#[test]
fn a_child_in_use_is_refused_with_its_own_code() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let held = Held::by_nbd(&bench, "web.qcow2");
    for command in ["prepare", "plan", "verify", "revert", "recover", "inspect"] {
        let error = bench.fails(&[command, "web.qcow2"], 6);
        assert!(error.contains("in use"), "{command}: {error}");
    }
    drop(held);
    bench.ok(&["prepare", "web.qcow2"]);
}

/// An image that qemu-nbd has open, until this is dropped.
struct Held(Child);

impl Held {
    fn by_nbd(bench: &Bench, image: &str) -> Self {
        let socket = bench.at("nbd");
        let nbd = Command::new("qemu-nbd")
            .args(["-t", "-f", "qcow2", "-k", text(&socket)])
            .arg(bench.at(image))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let held = Self(nbd);
        while !socket.exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        held
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// `qemu-img create -F raw` on a qcow2 master is a common slip. Raw is taken at its word, and the
/// message says what the disk looks like then.
#[test]
fn a_qcow2_master_that_is_stated_as_raw_is_told_of() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let child = workshop.at("raw.qcow2");
    let create = ["create", "-q", "-f", "qcow2", "-F", "raw", "-b"];
    let names = [text(workshop.master()), text(&child)];
    crate::support::run("qemu-img", &[&create[..], &names].concat());
    let line = workshop.fails(&["prepare", text(&child)], 3);
    assert!(
        line.contains("a qcow2 master is stated as raw") && line.contains("rebase -u"),
        "{line}"
    );
}
