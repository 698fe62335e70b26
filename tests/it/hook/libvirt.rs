//! The program as libvirt calls it.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::fixture::not_run;
use crate::support::program::{Ran, Workshop};
use crate::support::text;
use crate::support::trace::may_trace;

pub(super) const UUID: &str = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";
const PATTERNS: &str = "[[hook.vm]]\nmatch = \"^web-lax\"\non_failure = \"start-unprepared\"\n\
    [[hook.vm]]\nmatch = \"^web-\"\n";

/// A child, its domain, and the hook that libvirt would call.
pub(super) struct Host {
    pub(super) workshop: Workshop,
    pub(super) kept: tempfile::TempDir,
}

impl Host {
    pub(super) fn new() -> Option<Self> {
        let workshop = Workshop::of("debian12")?;
        workshop.configure(PATTERNS);
        let kept = tempfile::tempdir().unwrap();
        Some(Self { workshop, kept })
    }

    /// The domain's XML, with more in its disk.
    pub(super) fn xml(&self, name: &str, more: &str) -> String {
        format!(
            "<domain type='kvm'><name>{name}</name><uuid>{UUID}</uuid><devices>\
             <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>\
             <source file='{}'/>{more}<target dev='vda' bus='virtio'/></disk></devices></domain>",
            self.workshop.child().display()
        )
    }

    pub(super) fn line(&self, name: &str, operation: &str, sub: &str) -> Vec<String> {
        let at = |name: &str| self.workshop.at(name).to_str().unwrap().to_owned();
        let program = env!("CARGO_BIN_EXE_osgraft").to_owned();
        let (config, state) = (at("config.toml"), at("state/hook"));
        let mut line = vec![program, "--config".into(), config];
        line.extend(["hook", "libvirt", "--state"].map(String::from));
        let kept = self.kept.path().to_str().unwrap().to_owned();
        line.extend([state, "--kept".into(), kept, "--".into()]);
        line.extend([name.into(), operation.into()]);
        line.extend([sub.into(), "-".into()]);
        line
    }

    pub(super) fn call(&self, name: &str, operation: &str, xml: &str) -> Ran {
        let ran = Ran::with_input(&self.line(name, operation, "begin"), xml.as_bytes());
        // libvirt would take it for another description of the domain.
        assert_eq!(ran.stdout, "");
        ran
    }

    #[track_caller]
    pub(super) fn ok(&self, name: &str, operation: &str) -> Ran {
        let ran = self.call(name, operation, &self.xml(name, ""));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran
    }

    pub(super) fn disk(&self) -> Vec<u8> {
        fs::read(self.workshop.child()).unwrap()
    }
}

#[test]
fn a_domain_that_takes_part_is_prepared_before_it_starts() {
    let Some(host) = Host::new() else { return };
    let before = host.disk();
    assert_eq!(host.ok("web-1", "prepare").stderr, "");
    let prepared = host.disk();
    assert_ne!(prepared, before);
    host.workshop
        .ok(&["verify", "child.qcow2"].map(|name| match name {
            "child.qcow2" => host.workshop.child().to_str().unwrap().to_owned(),
            other => other.to_owned(),
        }));
    host.ok("web-1", "prepare");
    assert_eq!(host.disk(), prepared, "a second start changes nothing");
}

#[test]
fn a_server_of_the_description_is_taken_for_that_start_and_pins_nothing() {
    let Some(host) = Host::new() else {
        return;
    };
    let stated = "<metadata><osgraft:osgraft xmlns:osgraft=\"urn:osgraft:libvirt:1\" \
                  server=\"SERVER\"/></metadata><devices>";
    let start = |server: Option<&str>| {
        let xml = host.xml("web-1", "");
        let xml = match server {
            Some(name) => xml.replace("<devices>", &stated.replace("SERVER", name)),
            None => xml,
        };
        let ran = host.call("web-1", "prepare", &xml);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let child = host.workshop.child();
        let found = host
            .workshop
            .ok(&["inspect", child.to_str().unwrap(), "--json"]);
        let found: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
        let receipt = found["receipt"].clone();
        assert!(receipt.get("pin").is_none(), "{receipt}");
        receipt["server"].as_str().unwrap().to_owned()
    };
    let chosen = start(None);
    let other = match chosen.strip_suffix('a') {
        Some(stem) => format!("{stem}b"),
        None => format!("{}a", chosen.strip_suffix('b').unwrap()),
    };
    assert_eq!(start(Some(&other)), other);
    assert_eq!(start(None), chosen);
}

/// Neither the folder of the last sound configuration, nor any other.
#[test]
fn for_a_domain_that_takes_no_part_no_folder_is_made() {
    let Some(host) = Host::new() else { return };
    if !may_trace("the folders that the hook makes") {
        return;
    }
    let (kept, log) = (host.kept.path().join("hook"), host.workshop.at("calls"));
    let folders = |name: &str| {
        let mut line = host.line(name, "prepare", "begin");
        let at = line.iter().position(|arg| arg == "--kept").unwrap();
        line[at + 1] = text(&kept).to_owned();
        let strace = ["strace", "-f", "-qq", "-e", "trace=mkdir,mkdirat", "-o"];
        let strace = strace.map(String::from).into_iter();
        let traced: Vec<_> = strace.chain([text(&log).to_owned()]).chain(line).collect();
        let ran = Ran::with_input(&traced, host.xml(name, "").as_bytes());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        fs::read_to_string(&log).unwrap().matches("mkdir").count()
    };
    assert_eq!(folders("db-1"), 0);
    assert!(!kept.exists());
    assert!(folders("web-1") > 0, "the premise: who takes part has some");
    assert!(kept.exists());
    // Where it is there, what changed is kept whoever starts.
    let config = fs::read_to_string(host.workshop.at("config.toml")).unwrap();
    let of = |kept: &std::path::Path| {
        let file = fs::read_dir(kept).unwrap().next().unwrap().unwrap();
        fs::read_to_string(file.path()).unwrap()
    };
    let before = of(&kept);
    fs::write(
        host.workshop.at("config.toml"),
        config.replace("^web-lax", "^web-new"),
    )
    .unwrap();
    assert_eq!(folders("db-1"), 0);
    assert!(!before.contains("web-new") && of(&kept).contains("web-new"));
}

#[test]
fn who_takes_no_part_starts_untouched() {
    let Some(host) = Host::new() else { return };
    let before = host.disk();
    assert_eq!(host.ok("db-1", "prepare").stderr, "");
    for name in ["db-1", "-", "--help", "ö b", "; halt"] {
        assert_eq!(host.ok(name, "prepare").stderr, "", "{name}");
    }
    let bomb = "<!DOCTYPE domain [<!ENTITY a \"b\">]><domain><name>&a;</name></domain>";
    let ran = host.call("db-1", "prepare", bomb);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    assert_eq!(host.disk(), before);
}

/// What the program does, call by call; none where it may not be traced here.
fn traced(host: &Host, name: &str, operation: &str, calls: &str) -> Option<Vec<String>> {
    let log = host.workshop.at("strace.log");
    let log = log.to_str().unwrap().to_owned();
    let mut line: Vec<String> = ["strace", "-f", "-qq", "-o"].map(String::from).to_vec();
    line.extend([log.clone(), "-e".into(), format!("trace={calls}")]);
    line.extend(host.line(name, operation, "begin"));
    let ran = Ran::with_input(&line, host.xml(name, "").as_bytes());
    if ran.stderr.contains("ptrace") || ran.stderr.contains("PTRACE") {
        not_run(&format!(
            "the hook's calls: {}",
            ran.stderr.replace('\n', " ")
        ));
        return None;
    }
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = fs::read_to_string(&log).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

#[test]
fn who_takes_no_part_costs_the_configuration_and_no_disk() {
    let Some(host) = Host::new() else { return };
    let folder = host.workshop.at("").to_str().unwrap().to_owned();
    let opened = |name: &str, operation: &str| {
        let calls = traced(&host, name, operation, "%file,close_range,connect,read")?;
        let close = calls
            .iter()
            .position(|call| call.contains("close_range(3, 4294967295"));
        let ours = |call: &&String| call.contains(&folder) && !call.contains("execve");
        let first = calls.iter().position(|call| ours(&call));
        let names = calls.iter().filter(ours);
        let names: Vec<String> = names
            .map(|call| call.split('"').nth(1).unwrap().replace(&folder, ""))
            .collect();
        let read = calls.iter().any(|call| call.contains("read(0,"));
        if let Some(first) = first {
            assert!(
                close.unwrap() < first,
                "inherited descriptors go first: {calls:?}"
            );
        }
        Some((names, read))
    };
    let Some((names, read)) = opened("db-1", "prepare") else {
        return;
    };
    assert_eq!(names, ["config.toml"]);
    assert!(read);
    for operation in ["start", "reconnect", "stopped", "release", "attach"] {
        assert_eq!(opened("web-1", operation).unwrap(), (vec![], false));
    }
    let (names, _) = opened("web-1", "prepare").unwrap();
    let has = |name: &str| names.iter().any(|found| found == name);
    assert!(has("child.qcow2") && has("servers.toml"), "{names:?}");
}

#[test]
fn no_program_is_called_but_its_own_worker_and_none_left_behind() {
    let Some(host) = Host::new() else { return };
    let Some(calls) = traced(&host, "web-1", "prepare", "%process") else {
        return;
    };
    let count = |word: &str| calls.iter().filter(|call| call.contains(word)).count();
    assert_eq!(count("execve("), 2, "{calls:?}");
    let started = calls
        .iter()
        .find(|call| call.contains("\"worker\""))
        .unwrap();
    let worker = started.split_whitespace().next().unwrap();
    let waited = format!("wait4({worker},");
    assert_eq!(count(&waited), 1, "{calls:?}");
    assert_eq!(count("fork("), 0, "{calls:?}");
    // The work has a thread of its own, so that the deadline holds.
    assert!(count("CLONE_THREAD") >= 1, "{calls:?}");
}

#[test]
fn other_operations_end_at_once_whatever_is_on_standard_input() {
    let Some(host) = Host::new() else { return };
    fs::remove_file(host.workshop.at("config.toml")).unwrap();
    for (operation, sub) in [("reconnect", "begin"), ("prepare", "end"), ("new", "-")] {
        let line = host.line("web-1", operation, sub);
        let mut child = Command::new(&line[0])
            .args(&line[1..])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        // Standard input stays open and empty until it has ended.
        let stdin = child.stdin.take();
        let began = Instant::now();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{operation}");
        assert!(began.elapsed() < Duration::from_secs(4));
        drop(stdin);
    }
}

#[test]
fn a_domain_that_goes_on_keeps_its_disk() {
    let Some(host) = Host::new() else { return };
    let fresh = host.disk();
    for operation in ["restore", "migrate"] {
        host.ok("web-1", operation);
        host.ok("web-1", "prepare");
        assert_eq!(host.disk(), fresh, "{operation}");
    }
    // Whatever it was called before: a migration may give it another name.
    host.ok("db-1", "migrate");
    host.ok("web-1", "prepare");
    assert_eq!(host.disk(), fresh);
    assert_eq!(
        fs::read_dir(host.workshop.at("state/hook"))
            .unwrap()
            .count(),
        0
    );
    host.ok("web-1", "prepare");
    assert_ne!(host.disk(), fresh, "a cold start is prepared");
}

#[test]
fn what_cannot_be_remembered_does_not_go_on_if_it_takes_part() {
    let Some(host) = Host::new() else { return };
    fs::write(host.workshop.at("state"), "in the way").unwrap();
    let call = |name: &str| host.call(name, "restore", &host.xml(name, ""));
    assert!(call("web-1").failed(1).contains("cannot leave a marker"));
    assert!(
        call("web-lax-1")
            .failed(1)
            .contains("cannot leave a marker")
    );
    assert_eq!(call("db-1").code, Some(0));
}

#[test]
fn bombs_are_refused_at_once() {
    let Some(host) = Host::new() else { return };
    let before = host.disk();
    let laughs = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>";
    let wide = format!("<domain>{}</domain>", "<b/>".repeat(200_000));
    let hairy: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    for (bomb, what) in [
        ("x".repeat(10 << 20), "larger than"),
        (laughs.to_owned(), "DOCTYPE"),
        ("<a>".repeat(300_000), "nested deeper"),
        (wide, "elements"),
        (format!("<domain{hairy}/>"), "attributes"),
        ("<".repeat(1 << 20), "not well formed"),
        (String::new(), "not well formed"),
    ] {
        let began = Instant::now();
        let line = host.call("web-1", "prepare", &bomb).failed(1);
        let took = began.elapsed();
        assert!(line.contains(what), "{line}");
        // A tenth of a second is what it may take; a busy host gets ten times that.
        assert!(took < Duration::from_secs(1), "{what}: {took:?}");
    }
    assert_eq!(host.disk(), before);
}

#[test]
fn a_failure_refuses_or_starts_as_the_policy_says() {
    let Some(host) = Host::new() else { return };
    let before = host.disk();
    fs::remove_file(host.workshop.at("servers.toml")).unwrap();
    let line = host
        .call("web-1", "prepare", &host.xml("web-1", ""))
        .failed(1);
    assert!(
        line.contains("web-1: ") && line.contains("servers.toml"),
        "{line}"
    );
    let lax = host.ok("web-lax-1", "prepare");
    assert!(lax.stderr.ends_with("it starts unprepared\n"), "{lax:?}");
    assert!(lax.stderr.contains("servers.toml"), "{lax:?}");
    let transient = host.xml("web-1", "<transient/>");
    let line = host.call("web-1", "prepare", &transient).failed(1);
    assert!(line.contains("vda is transient"), "{line}");
    assert_eq!(host.disk(), before);
}

#[test]
fn a_slip_in_the_configuration_concerns_those_alone_who_take_part() {
    let Some(host) = Host::new() else { return };
    host.workshop
        .configure(&format!("[share]\nmount_pont = 1\n{PATTERNS}"));
    let line = host
        .call("web-1", "prepare", &host.xml("web-1", ""))
        .failed(1);
    assert!(line.contains("mount_pont"), "{line}");
    let other = host.ok("db-1", "prepare");
    assert!(other.stderr.contains("starts untouched"), "{other:?}");
    assert!(
        host.ok("web-lax-1", "prepare")
            .stderr
            .contains("unprepared")
    );
    host.workshop.configure("[share\n");
    // Nothing tells who takes part: that is for the operator to choose.
    for name in ["web-1", "db-1"] {
        let line = host.call(name, "prepare", &host.xml(name, "")).failed(1);
        assert!(
            line.contains("config.toml:") && line.contains("not known"),
            "{line}"
        );
        let mut line = host.line(name, "prepare", "begin");
        line.insert(5, "--unknown=start".into());
        let ran = Ran::with_input(&line, host.xml(name, "").as_bytes());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stderr.contains("starts untouched"), "{ran:?}");
    }
}

#[test]
fn the_stated_backing_chain_must_be_the_images_own() {
    let Some(host) = Host::new() else { return };
    let before = host.disk();
    let chain = |path: &str, format: &str, end: &str| {
        let store = format!(
            "<backingStore type='file'><format type='{format}'/><source file='{path}'/>{end}\
             </backingStore>"
        );
        host.call("web-1", "prepare", &host.xml("web-1", &store))
    };
    let master = host.workshop.master().to_str().unwrap();
    let end = "<backingStore/>";
    let more = "<backingStore type='file'><source file='/m'/></backingStore>";
    for ran in [
        chain("/masters/other.qcow2", "qcow2", end),
        chain(master, "raw", end),
        chain(master, "qcow2", more),
    ] {
        let line = ran.failed(1);
        assert!(line.contains("but the image says"), "{line}");
    }
    assert_eq!(host.disk(), before);
    assert_eq!(chain(master, "qcow2", end).code, Some(0));
    assert_ne!(host.disk(), before);
}

#[test]
fn the_deadline_holds() {
    let Some(host) = Host::new() else { return };
    let before = host.disk();
    host.workshop
        .configure(&format!("hook.deadline_s = 1\n{PATTERNS}"));
    // Another osgraft is waited for, ten seconds long.
    let other = File::open(host.workshop.child()).unwrap();
    other.lock().unwrap();
    let began = Instant::now();
    let line = host
        .call("web-1", "prepare", &host.xml("web-1", ""))
        .failed(1);
    assert!(line.contains("not prepared within 1 s"), "{line}");
    assert!(began.elapsed() < Duration::from_secs(6));
    drop(other);
    assert_eq!(host.disk(), before);
    host.ok("web-1", "prepare");
}

#[test]
fn a_caller_that_writes_nothing_is_not_waited_for() {
    let Some(host) = Host::new() else { return };
    let line = host.line("web-1", "prepare", "begin");
    let mut child = Command::new(&line[0])
        .args(&line[1..])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    drop(stdin);
}
