use std::fs;
use std::process::Stdio;

use super::{Bench, one_document};
use crate::support::guest::debian_master_with_ssh;
use crate::support::{digest, run, text};

/// A bench whose master has an SSH server.
fn bench() -> Bench {
    let bench = Bench::new();
    debian_master_with_ssh(bench.folder.path());
    bench
}

/// A row of children, as `clone` makes and prepares it.
fn row<'a>(name: &'a str, count: &'a str, host: &'a str) -> [&'a str; 10] {
    [
        "clone",
        "master.qcow2",
        name,
        "--count",
        count,
        "--prepare",
        "--hostname",
        host,
        "--known-hosts",
        "known_hosts",
    ]
}

/// Lines of a name in the file, as ssh-keygen(1) finds them, each without the name.
fn found(bench: &Bench, name: &str) -> Vec<String> {
    let told = run(
        "ssh-keygen",
        &["-F", name, "-f", text(&bench.at("known_hosts"))],
    );
    let lines = told.lines().filter(|line| !line.starts_with('#'));
    let keys = lines.map(|line| line.split_once(' ').unwrap().1.to_owned());
    keys.collect()
}

/// Content of a file on a child's disk.
fn on_disk(bench: &Bench, child: &str, path: &str) -> String {
    let raw = bench.at("child.raw");
    run(
        "qemu-img",
        &["convert", "-O", "raw", text(&bench.at(child)), text(&raw)],
    );
    run("debugfs", &["-R", &format!("cat {path}"), text(&raw)])
}

#[test]
fn each_child_of_a_row_has_the_keys_that_lie_on_its_disk() {
    let bench = bench();
    let mut args = row("web-{n}.qcow2", "3", "web-{n}").to_vec();
    args.push("--json");
    let made = bench.run(&args);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let mut all = Vec::new();
    for (report, number) in made.json().iter().zip(1..) {
        let told = &report["prepared"]["ssh_host_keys"];
        let keys = found(&bench, &format!("web-{number}"));
        assert_eq!(keys.len(), 2, "{keys:?}");
        assert_eq!(*told, serde_json::json!(keys));
        let child = format!("web-{number}.qcow2");
        for (key, kind) in keys.iter().zip(["ecdsa", "ed25519"]) {
            let public = on_disk(&bench, &child, &format!("/etc/ssh/ssh_host_{kind}_key.pub"));
            assert_eq!(public, format!("{key} root@web-{number}\n"));
        }
        all.extend(keys);
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6, "each key is of one child");
    let written = fs::read_to_string(bench.at("known_hosts")).unwrap();
    assert_eq!(written.lines().count(), 6);
    assert!(!made.stdout.contains("PRIVATE") && !written.contains("PRIVATE"));
}

#[test]
fn a_child_that_stays_as_it_is_gets_its_lines_again() {
    let bench = bench();
    bench.ok(&row("web-{n}.qcow2", "1", "web-{n}"));
    let first = fs::read_to_string(bench.at("known_hosts")).unwrap();
    let before = digest(&bench.at("web-1.qcow2"));
    fs::write(
        bench.at("known_hosts"),
        "# mine\nweb-1 ssh-rsa AAAA\nold ssh-rsa AAAA\n",
    )
    .unwrap();
    let again = bench.ok(&[
        "prepare",
        "web-1.qcow2",
        "--hostname",
        "web-1",
        "--known-hosts",
        "known_hosts",
        "--json",
    ]);
    assert_eq!(one_document(&again)["outcome"], "unchanged");
    assert_eq!(digest(&bench.at("web-1.qcow2")), before);
    assert_eq!(
        fs::read_to_string(bench.at("known_hosts")).unwrap(),
        format!("# mine\nold ssh-rsa AAAA\n{first}")
    );
}

#[test]
fn two_processes_at_once_lose_no_line() {
    let bench = bench();
    fs::write(bench.at("known_hosts"), "# mine\nold ssh-rsa AAAA\n").unwrap();
    let start = |kind: &str| {
        let (name, host) = (format!("{kind}-{{n}}.qcow2"), format!("{kind}-{{n}}"));
        let mut command = bench.command();
        command.args(["--config", "config.toml", "--quiet"]);
        let command = command.args(row(&name, "8", &host));
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    let started = [start("web"), start("db")];
    for mut process in started {
        assert!(process.wait().unwrap().success());
    }
    let written = fs::read_to_string(bench.at("known_hosts")).unwrap();
    assert!(
        written.starts_with("# mine\nold ssh-rsa AAAA\n"),
        "{written}"
    );
    assert_eq!(written.lines().count(), 2 + 2 * 8 * 2);
    for kind in ["web", "db"] {
        for number in 1..=8 {
            assert_eq!(found(&bench, &format!("{kind}-{number}")).len(), 2);
        }
    }
}

#[test]
fn what_cannot_be_written_is_told_before_a_child_is_made_or_changed() {
    let bench = bench();
    bench.ok(&["clone", "master.qcow2", "web.qcow2"]);
    let before = digest(&bench.at("web.qcow2"));
    let prepare = |more: &[&str], code| {
        let mut args = vec!["prepare", "web.qcow2"];
        args.extend(more);
        bench.fails(&args, code)
    };
    let named = ["--hostname", "web", "--known-hosts"];
    let with = |file| [named[0], named[1], named[2], file];
    assert!(prepare(&with("none/known_hosts"), 1).contains("none/known_hosts: cannot find"));
    let told = prepare(&with("none/known_hosts"), 1);
    assert!(
        told.contains("the folder none does not exist: make it"),
        "{told}"
    );
    std::os::unix::fs::symlink("nowhere", bench.at("dangling")).unwrap();
    let told = prepare(&with("dangling"), 1);
    assert!(told.contains("a symbolic link to nowhere"), "{told}");
    assert!(prepare(&with("."), 1).contains("it is a folder: name a file in it"));
    assert!(prepare(&with("/dev/null"), 1).contains("not a regular file"));
    assert!(prepare(&with("-"), 2).contains("name a file"));
    let alone = prepare(&["--known-hosts", "known_hosts"], 2);
    assert!(alone.contains("web.qcow2 gets no identity"), "{alone}");
    let nameless = prepare(&["--machine-id", "new", "--known-hosts", "known_hosts"], 2);
    assert!(nameless.contains("no name to be known by"), "{nameless}");
    let plan = [&with("known_hosts")[..], &["--dry-run"]].concat();
    assert!(prepare(&plan, 2).contains("--dry-run"));
    assert_eq!(digest(&bench.at("web.qcow2")), before);

    let clone = [
        "clone",
        "master.qcow2",
        "a.qcow2",
        "--known-hosts",
        "known_hosts",
    ];
    assert!(bench.fails(&clone, 2).contains("--prepare"));
    let clone = [&clone[..], &["--prepare"]].concat();
    assert!(bench.fails(&clone, 2).contains("gets no identity"));
    assert!(!bench.at("a.qcow2").exists());
    assert!(!bench.at("known_hosts").exists());
}

#[test]
fn a_guest_without_ssh_is_prepared_and_told() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let made = bench.ok(&[
        "prepare",
        "web.qcow2",
        "--hostname",
        "web",
        "--known-hosts",
        "known_hosts",
        "--json",
    ]);
    let report = one_document(&made);
    assert_eq!(report["outcome"], "changed");
    let codes = report["warnings"].as_array().unwrap().iter();
    let codes: Vec<_> = codes
        .map(|warning| warning["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"known-hosts-none"), "{codes:?}");
    assert!(report.get("ssh_host_keys").is_none());
    assert!(!bench.at("known_hosts").exists());
}
