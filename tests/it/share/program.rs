use std::ffi::OsStr;
use std::process::{Command, Stdio};

use osgraft::share::release::{list, verify};
use serde_json::Value;

use crate::support::namespace::in_own_namespace;
use crate::support::program::{Ran, Workshop};

fn workshop() -> Option<Workshop> {
    let workshop = Workshop::of("debian12")?;
    std::fs::create_dir(workshop.at("out")).unwrap();
    Some(workshop)
}

/// The arguments of an extraction of lib/modules.
fn extract(workshop: &Workshop, release: &str) -> Vec<String> {
    let (master, out) = (workshop.master().to_owned(), workshop.at("out"));
    let mut args: Vec<String> = vec!["share".into(), "extract".into()];
    args.extend([master, out].map(|path| path.to_str().unwrap().to_owned()));
    args.extend(["--release", release, "--component", "lib/modules"].map(str::to_owned));
    args
}

/// Runs a command on something of the folder, which opens no guest.
fn share(workshop: &Workshop, command: &str, below: &str, more: &[&str]) -> Ran {
    let (config, path) = (workshop.at("config.toml"), workshop.at(below));
    let mut line: Vec<&OsStr> = vec![OsStr::new(env!("CARGO_BIN_EXE_osgraft"))];
    line.extend([OsStr::new("--config"), config.as_os_str()]);
    line.extend(["share", command].map(OsStr::new));
    line.push(path.as_os_str());
    line.extend(more.iter().map(OsStr::new));
    Ran::of(&line)
}

#[track_caller]
fn json(ran: Ran) -> Value {
    assert_eq!(ran.code, Some(0), "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn a_release_is_made_listed_verified_and_removed_by_the_program() {
    let Some(workshop) = workshop() else { return };
    let extracted = || {
        let args = [extract(&workshop, "r1"), vec!["--json".into()]].concat();
        json(workshop.run(&args))
    };
    let share = |command: &str, below: &str, more: &[&str]| share(&workshop, command, below, more);
    let report = extracted();
    assert_eq!(report["outcome"], "changed", "{report}");
    assert_eq!(report["release"], "r1");
    assert_eq!(report["os"], "debian");
    assert!(report["files"].as_u64() > Some(3), "{report}");
    assert_eq!(extracted()["outcome"], "unchanged");
    let listed = json(share("list", "out", &["--json"]));
    assert_eq!(listed["releases"][0]["digest"], report["digest"]);
    assert_eq!(json(share("verify", "out/r1", &["--json"]))["intact"], true);
    let table = share("list", "out", &[]).stdout;
    assert!(
        table.contains("RELEASE") && table.contains("debian 12"),
        "{table}"
    );

    std::fs::write(workshop.at("out/r1/tree/added"), "").unwrap();
    let differs = share("verify", "out/r1", &[]);
    assert_eq!(differs.code, Some(8), "{differs:?}");
    assert!(differs.stdout.contains("added tree/added"), "{differs:?}");

    // A server of the registry that serves it keeps it.
    let servers = std::fs::read_to_string(workshop.at("servers.toml")).unwrap();
    let row = "[[server]]\nname = \"keeper\"\nexport = \"192.0.2.1:/x\"\nrelease = \"r1\"\n";
    std::fs::write(workshop.at("servers.toml"), format!("{servers}\n{row}")).unwrap();
    let line = share("remove", "out/r1", &[]).failed(6);
    assert!(line.contains("keeper"), "{line}");
    assert_eq!(share("remove", "out/r1", &["--force"]).code, Some(0));
    assert!(list(&workshop.at("out")).unwrap().releases.is_empty());
    let line = share("verify", "out/r1", &[]).failed(2);
    assert!(line.contains("no release lies there"), "{line}");
    share("list", "none", &[]).failed(2);
}

#[test]
fn what_may_not_be_shared_ends_with_the_code_of_its_kind() {
    let Some(workshop) = workshop() else { return };
    let with = |component: &str, release: &str| {
        let mut args = extract(&workshop, release);
        let last = args.len() - 1;
        args[last] = component.to_owned();
        args
    };
    workshop.fails(&with("usr", "r1"), 3);
    workshop.fails(&with("no/such", "r1"), 3);
    workshop.fails(&with("../etc", "r1"), 2);
    let line = workshop.fails(&with("lib/modules", "../r1"), 2);
    assert!(line.contains("is no name of a release"), "{line}");
    assert_eq!(list(&workshop.at("out")).unwrap().releases.len(), 0);
    let text = share(&workshop, "serve", "out", &["--nfs", "kernel"]);
    assert!(text.stdout.contains("(ro,all_squash,"), "{text:?}");
}

#[test]
fn a_full_disk_leaves_nothing_and_says_so() {
    let Some(workshop) = workshop() else { return };
    let line = workshop.command_line(&extract(&workshop, "r1"));
    let line: Vec<&str> = line.iter().map(|arg| arg.to_str().unwrap()).collect();
    let script = "mount -t tmpfs -o size=16k,nr_inodes=500 none out; \"$@\" && exit 99; code=$?; \
                  ls -A out; exit $code";
    let Some(ran) = in_own_namespace(workshop.at("").as_path(), script, &line) else {
        return;
    };
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("No space left"), "{ran:?}");
    assert_eq!(ran.stdout.trim(), ".releases.lock", "{ran:?}");
}

/// The process itself, killed from outside while it works.
#[test]
fn a_process_that_is_killed_leaves_no_release_or_a_whole_one() {
    let Some(workshop) = workshop() else { return };
    let line = workshop.command_line(&extract(&workshop, "r1"));
    // A machine is as fast as it is: the instants are spread over the time that a whole run takes.
    let began = std::time::Instant::now();
    workshop.ok(&extract(&workshop, "r1"));
    let mut whole = began.elapsed();
    osgraft::share::release::remove(&workshop.at("out/r1"), &[], false).unwrap();
    let mut killed = 0;
    for number in (0..20).cycle().take(400) {
        if killed == 20 {
            break;
        }
        let delay = whole * number / 20;
        let mut command = Command::new(&line[0]);
        command
            .args(&line[1..])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        std::thread::sleep(delay);
        let was_running = process.try_wait().unwrap().is_none();
        process.kill().unwrap();
        process.wait().unwrap();
        killed += usize::from(was_running);
        if !was_running {
            whole = whole.min(delay);
        }
        let listed = list(&workshop.at("out")).unwrap();
        assert!(listed.unusable.is_empty(), "{:?}", listed.unusable);
        for release in &listed.releases {
            let path = workshop.at("out").join(release.head.release.as_str());
            assert!(verify(&path).unwrap().intact);
            osgraft::share::release::remove(&path, &[], false).unwrap();
        }
    }
    assert_eq!(killed, 20);
    workshop.ok(&extract(&workshop, "r1"));
    assert!(verify(&workshop.at("out/r1")).unwrap().intact);
    let names: Vec<_> = std::fs::read_dir(workshop.at("out")).unwrap().collect();
    assert_eq!(names.len(), 2, "{names:?}");
}
