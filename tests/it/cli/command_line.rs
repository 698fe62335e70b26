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
        let asked = bench.ok(&[&["help"], command].concat());
        assert_eq!(asked, help, "osgraft help {}", command.join(" "));
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
            &["prepare", "c", "--registry", "etcd://h:2379"],
            "etcd://h:2379",
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

/// A flag that a command would ignore is an error, and none of its help.
#[test]
fn flags_stand_only_where_they_mean_something() {
    let bench = Bench::new();
    for (args, flag) in [
        (&["server", "list", "--master", "m"][..], "--master"),
        (&["--master", "m", "server", "list"], "--master"),
        (&["server", "check", "--editor", "ext4"], "--editor"),
        (&["verify", "c", "--no-cache"], "--no-cache"),
        (&["verify", "c", "--registry", "r"], "--registry"),
        (&["inspect", "c", "--registry", "r"], "--registry"),
        (&["revert", "c", "--no-cache"], "--no-cache"),
        (&["clone", "m", "c", "--editor", "ext4"], "--editor"),
        (&["clone", "m", "c", "--registry", "r"], "--registry"),
        (&["doctor", "--editor", "ext4"], "--editor"),
        (&["completions", "bash", "--config", "c"], "--config"),
        (&["man", ".", "--master", "m"], "--master"),
        (&["hook", "install", "libvirt", "--master", "m"], "--master"),
        (
            &["hook", "libvirt", "vm", "prepare", "begin", "--json"],
            "--json",
        ),
    ] {
        let error = bench.fails_anyhow(args, 2);
        assert!(
            error.contains(flag) && error.contains("leave it out"),
            "{args:?}: {error}"
        );
    }
    let list = bench.ok(&["server", "list", "--help"]);
    assert!(list.contains("--registry") && !list.contains("--master"));
    let verify = bench.ok(&["verify", "--help"]);
    assert!(verify.contains("--master") && !verify.contains("--no-cache"));
}

#[test]
fn verbose_may_be_said_twice() {
    let bench = Bench::new();
    for verbose in [&["-vv"][..], &["-v", "-v"], &["--verbose"]] {
        let list = bench.ok(&[&["server", "list"], verbose].concat());
        assert!(list.contains("deb12-a"), "{list}");
    }
}

#[test]
fn every_document_says_of_which_form_it_is() {
    let bench = Bench::new();
    for args in [
        &["server", "list", "--json"][..],
        &["completions", "bash", "--json"],
        &["prepare", "missing.qcow2", "also-missing.qcow2", "--json"],
        &["prepare", "--json"],
    ] {
        let ran = bench.run(args);
        for document in ran.json() {
            assert_eq!(document["format_version"], 1, "{args:?}");
        }
    }
}

/// The signal would end the program without a word.
#[test]
fn a_limit_on_a_files_size_is_an_error_that_says_so() {
    let bench = Bench::with_master();
    let ran = std::process::Command::new("prlimit")
        .args(["--fsize=4096", env!("CARGO_BIN_EXE_osgraft")])
        .args(["clone", "master.qcow2", "web.qcow2"])
        .current_dir(bench.at("."))
        .output()
        .unwrap();
    let error = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{error}");
    assert!(
        error.contains("web.qcow2") && error.contains("ulimit -f"),
        "{error}"
    );
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(!bench.at("web.qcow2").exists());
}

/// What a terminal shows of a command, on a host without libguestfs.
fn on_a_terminal(bench: &Bench, args: &str) -> String {
    let broken = bench.at("lib");
    let _ = std::fs::create_dir(&broken);
    std::fs::write(broken.join("libguestfs.so.0"), "no library").unwrap();
    let command = format!("{} {args}", env!("CARGO_BIN_EXE_osgraft"));
    let ran = std::process::Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env("TERM", "xterm")
        .env("LD_LIBRARY_PATH", broken)
        .current_dir(bench.at("."))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

#[cfg(feature = "appliance")]
#[test]
fn a_terminal_shows_that_the_appliance_starts_and_nothing_else_does() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let inspect = "inspect web.qcow2 --config config.toml --editor appliance";
    let shown = on_a_terminal(&bench, inspect);
    assert!(shown.contains("the libguestfs appliance starts"), "{shown}");
    // The line is taken away before the error.
    let last = shown.rsplit("\r\u{1b}[K").next().unwrap();
    assert!(last.starts_with("osgraft: "), "{shown:?}");
    for quiet in ["--quiet", "--json"] {
        let shown = on_a_terminal(&bench, &format!("{inspect} {quiet}"));
        assert!(!shown.contains("starts"), "{shown}");
    }
    let piped = bench.run(&["inspect", "web.qcow2", "--editor", "ext4"]);
    assert_eq!((piped.code, piped.stderr.as_str()), (0, ""));
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
        &["prepare", "c", "--json", "--registry", "etcd://h"],
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
        let config = match args[0] {
            "server" => &["--config", "config.toml"][..],
            _ => &[],
        };
        let ran = bench
            .command()
            .args(config)
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
                .contains(".TH OSGRAFT")
        );
    }
}
