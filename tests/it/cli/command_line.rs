use std::fs::File;
use std::process::Stdio;

use super::{Bench, one_document};

const COMMANDS: [&[&str]; 17] = [
    &["clone"],
    &["prepare"],
    &["plan"],
    &["verify"],
    &["revert"],
    &["inspect"],
    &["recover"],
    &["doctor"],
    &["server"],
    &["server", "list"],
    &["server", "add"],
    &["server", "remove"],
    &["server", "set"],
    &["server", "select"],
    &["server", "check"],
    &["completions"],
    &["man"],
];

#[test]
fn every_command_has_help() {
    let bench = Bench::new();
    let all = bench.ok(&["--help"]);
    assert!(all.contains("Exit codes:"), "{all}");
    for command in COMMANDS {
        let help = bench.ok(&[command, &["--help"]].concat());
        let usage = format!("Usage: osgraft {}", command.join(" "));
        assert!(help.contains(&usage), "{help}");
        assert!(help.contains("--json"), "{help}");
        // clap takes “{n}” in a help text for a line break.
        assert!(!help.contains("--count, \n"), "{help}");
    }
}

#[test]
fn a_wrong_command_line_is_one_line_and_exit_code_2() {
    let bench = Bench::new();
    for (args, part) in [
        (&["graft"][..], "'graft'; try “osgraft --help”"),
        (&["prepare"], "<CHILD>...; try “osgraft prepare --help”"),
        (&["verify", "a", "b"], "'b'"),
        (&["clone", "m", "c", "--count", "0"], "--count"),
        (&["clone", "m", "c", "--count", "2"], "“{n}”"),
        (&["clone", "m", "c{n}"], "--count"),
        (&["clone", "m", "c", "--server", "s"], "--prepare"),
        (&["clone", "m", "c", "--master", "m"], "--master"),
        (&["prepare", "c", "--jobs", "0"], "--jobs"),
        (&["clone", "m", "c", "-j", "many"], "--jobs"),
        (&["prepare", "c", "--editor", "vi"], "'vi'"),
        #[cfg(not(feature = "appliance"))]
        (&["prepare", "c", "--editor", "appliance"], "no appliance"),
        (
            &["prepare", "c", "--registry", "etcd://h:2379/p"],
            "etcd://h:2379/p",
        ),
        (&["prepare", "c", "-q", "-v"], "--verbose"),
        (&["server", "add", "a"], "--export"),
        (&["server", "set", "a", "colour=red"], "colour"),
        (&["completions", "cmd"], "bash"),
    ] {
        let error = bench.fails(args, 2);
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn asking_for_nothing_shows_what_there_is() {
    let ran = Bench::new().command().output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(ran.stdout.is_empty());
    assert!(String::from_utf8_lossy(&ran.stderr).contains("Commands:"));
}

#[test]
fn with_json_even_a_wrong_command_line_is_a_document() {
    let bench = Bench::new();
    for args in [
        &["--json", "prepare"][..],
        &["prepare", "c", "--json", "--registry", "etcd://h/p"],
    ] {
        let ran = bench.run(args);
        assert_eq!(ran.code, 2);
        let error = &one_document(&ran.stdout)["error"];
        assert_eq!(error["code"], 2);
        assert_eq!(error["kind"], "usage");
        assert_eq!(
            ran.stderr,
            format!("osgraft: {}\n", error["text"].as_str().unwrap())
        );
    }
}

#[test]
fn a_configuration_is_told_wrong_by_its_line() {
    let bench = Bench::new();
    std::fs::write(bench.at("config.toml"), "[share]\nmount_pont = \"/x\"\n").unwrap();
    let error = bench.fails(&["server", "list"], 2);
    assert!(error.starts_with("osgraft: config.toml:2: "), "{error}");
    // What needs nothing of it does not mind.
    bench.ok(&["server", "list", "--registry", "servers.toml"]);
    bench.ok(&["completions", "bash"]);
}

#[test]
fn a_configuration_that_is_named_must_exist_and_a_registry_must_be_named() {
    let bench = Bench::new();
    std::fs::remove_file(bench.at("config.toml")).unwrap();
    assert!(bench.fails(&["server", "list"], 2).contains("config.toml"));
    std::fs::write(bench.at("config.toml"), "").unwrap();
    assert!(bench.fails(&["server", "list"], 2).contains("--registry"));
}

#[test]
fn completions_and_manual_pages_are_made() {
    let bench = Bench::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(bench.ok(&["completions", shell]).contains("osgraft"));
    }
    let json = one_document(&bench.ok(&["completions", "bash", "--json"]));
    assert_eq!(json["script"], bench.ok(&["completions", "bash"]));

    assert!(bench.fails(&["man", "pages"], 1).contains("pages"));
    std::fs::create_dir(bench.at("pages")).unwrap();
    bench.ok(&["man", "pages"]);
    let page = std::fs::read_to_string(bench.at("pages/osgraft-server-add.1")).unwrap();
    assert!(page.contains("export"));
}

#[test]
fn a_reader_that_has_seen_enough_is_a_success() {
    let bench = Bench::new();
    for args in [
        &["completions", "bash"][..],
        &["--help"],
        &["server", "list"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = bench
            .command()
            .args(["--config", "config.toml"])
            .args(args)
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(0), "{args:?}");
        assert!(ran.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn a_full_disk_under_standard_output_is_told() {
    let bench = Bench::new();
    let ran = bench
        .command()
        .args(["--config", "config.toml", "server", "list"])
        .stdout(File::create("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(1));
    let error = String::from_utf8_lossy(&ran.stderr);
    assert!(error.contains("standard output"), "{error}");
}

#[test]
fn no_control_character_of_an_argument_reaches_the_terminal() {
    let bench = Bench::new();
    let name = "x\u{1b}[31m\ny\u{202e}.qcow2";
    for args in [
        &["prepare", name][..],
        &["inspect", name],
        &["clone", name, "c.qcow2"],
        &["man", name],
        &["server", "list", "--registry", name],
        &["server", "remove", name],
        &["verify", "c", "--config", name],
        &["server", "set", name, "weight=1"],
        &[name],
    ] {
        let ran = bench.run(args);
        for text in [&ran.stdout, &ran.stderr] {
            let text = text.trim_end_matches('\n');
            let odd = |c: char| c.is_control() || c == '\u{202e}';
            assert!(!text.contains(odd), "{args:?}: {text:?}");
        }
    }
}

#[test]
fn manual_pages_replace_what_has_their_name_and_follow_nothing() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let victim = folder.path().join("victim");
    std::fs::write(&victim, "kept").unwrap();
    let pages = folder.path().join("pages");
    std::fs::create_dir(&pages).unwrap();
    std::os::unix::fs::symlink(&victim, pages.join("osgraft.1")).unwrap();
    let fifo = pages.join("osgraft-prepare.1");
    crate::support::run("mkfifo", &[crate::support::text(&fifo)]);
    bench.ok(&["man", crate::support::text(&pages)]);
    assert_eq!(std::fs::read(&victim).unwrap(), b"kept");
    for page in ["osgraft.1", "osgraft-prepare.1"] {
        let page = pages.join(page);
        assert!(std::fs::symlink_metadata(&page).unwrap().is_file());
        assert!(
            std::fs::read_to_string(&page)
                .unwrap()
                .contains(".TH osgraft")
        );
    }
}
