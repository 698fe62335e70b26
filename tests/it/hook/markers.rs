//! Restores and migrations that failed: the next start is a cold one.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use super::libvirt::{Host, UUID};

impl Host {
    /// Calls the hook as libvirt does for an operation that ends with `sub`.
    fn over(&self, operation: &str, sub: &str) {
        let line = self.line("web-1", operation, sub);
        let xml = self.xml("web-1", "");
        let ran = crate::support::program::Ran::with_input(&line, xml.as_bytes());
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{operation} {sub}");
    }

    fn marker(&self) -> std::path::PathBuf {
        self.workshop.at("state/hook").join(UUID)
    }
}

#[test]
fn a_restore_or_a_migration_that_failed_does_not_reach_the_next_start() {
    let Some(host) = Host::new() else { return };
    for goes_on in ["restore", "migrate"] {
        for (operation, sub) in [("release", "end"), ("stopped", "end"), ("started", "begin")] {
            host.workshop.fresh_child();
            let fresh = host.disk();
            host.ok("web-1", goes_on);
            assert!(host.marker().exists());
            host.over(operation, sub);
            assert!(!host.marker().exists(), "{goes_on}, {operation} {sub}");
            host.ok("web-1", "prepare");
            assert_ne!(host.disk(), fresh, "{goes_on}, {operation} {sub}");
        }
    }
}

#[test]
fn what_ends_for_another_domain_takes_nothing_away() {
    let Some(host) = Host::new() else { return };
    let fresh = host.disk();
    host.ok("web-1", "restore");
    let line = host.line("web-2", "release", "end");
    let other = host.xml("web-2", "").replace(UUID, &UUID.replace('4', "5"));
    for xml in [other.as_str(), "", "<domain/>", "no XML"] {
        let ran = crate::support::program::Ran::with_input(&line, xml.as_bytes());
        assert_eq!(ran.code, Some(0), "{xml}: {ran:?}");
    }
    host.over("reconnect", "begin");
    host.ok("web-1", "prepare");
    assert_eq!(host.disk(), fresh, "its restore still came");
}

#[test]
fn an_end_without_a_marker_makes_and_reads_nothing() {
    let Some(host) = Host::new() else { return };
    fs::remove_file(host.workshop.at("config.toml")).unwrap();
    let line = host.line("web-1", "release", "end");
    let mut child = Command::new(&line[0])
        .args(&line[1..])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // Standard input stays open: it is not read.
    let stdin = child.stdin.take();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(stdin);
    assert!(!host.workshop.at("state").exists());
}

/// Runs calls below one process that is called like libvirt's daemon.
fn below_a_libvirtd(host: &Host, calls: &[Vec<String>]) {
    let daemon = host.workshop.at("libvirtd");
    if !daemon.exists() {
        fs::copy("/bin/sh", &daemon).unwrap();
    }
    let xml = host.workshop.at("domain.xml");
    fs::write(&xml, host.xml("web-1", "")).unwrap();
    let quoted = |word: &String| format!("'{word}'");
    let script: String = calls
        .iter()
        .map(|line| {
            let line: Vec<String> = line.iter().map(quoted).collect();
            // A shell between, as the installed script is.
            format!("sh -c \"$1\" sh {} <\"$0\" || exit 9\n", line.join(" "))
        })
        .collect();
    let status = Command::new(&daemon)
        .args(["-c", &script])
        .arg(&xml)
        .arg("\"$@\"; exit $?")
        .stdin(File::open("/dev/null").unwrap())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn a_marker_is_of_one_libvirt_process() {
    let Some(host) = Host::new() else { return };
    let fresh = host.disk();
    let call = |operation: &str| host.line("web-1", operation, "begin");
    below_a_libvirtd(&host, &[call("restore"), call("prepare")]);
    assert_eq!(host.disk(), fresh, "the same libvirtd restores it");
    below_a_libvirtd(&host, &[call("restore")]);
    assert!(fs::read_to_string(host.marker()).unwrap().contains("by "));
    below_a_libvirtd(&host, &[call("prepare")]);
    assert_ne!(
        host.disk(),
        fresh,
        "that libvirtd has ended, its restore with it"
    );
    assert!(!host.marker().exists());
}

#[test]
fn what_the_hook_keeps_is_closed_to_others_whatever_the_umask() {
    let Some(host) = Host::new() else { return };
    let xml = host.workshop.at("domain.xml");
    fs::write(&xml, host.xml("web-1", "")).unwrap();
    let kept = host.workshop.at("deep/kept");
    let call = |name: &str, operation: &str| {
        let mut line = host.line(name, operation, "begin");
        let at = line.iter().position(|word| word == "--kept").unwrap() + 1;
        line[at] = kept.to_str().unwrap().to_owned();
        let status = Command::new("sh")
            .args(["-c", "umask 000; exec \"$@\"", "sh"])
            .args(&line)
            .stdin(File::open(&xml).unwrap())
            .status();
        assert!(status.unwrap().success());
    };
    call("db-1", "prepare");
    for folder in ["state", "deep"] {
        assert!(
            !host.workshop.at(folder).exists(),
            "nothing needed {folder}"
        );
    }
    call("web-1", "prepare");
    call("web-1", "restore");
    call("db-1", "prepare");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    for folder in ["state", "state/hook", "deep", "deep/kept"] {
        assert_eq!(mode(&host.workshop.at(folder)), 0o700, "{folder}");
    }
    assert_eq!(mode(&host.marker()), 0o600);
    for file in fs::read_dir(&kept).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[test]
fn markers_in_a_folder_that_others_may_write_are_not_believed() {
    let Some(host) = Host::new() else { return };
    let fresh = host.disk();
    host.ok("web-1", "restore");
    let folder = host.workshop.at("state/hook");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    let call = |name: &str, operation: &str| host.call(name, operation, &host.xml(name, ""));
    for operation in ["prepare", "restore"] {
        let line = call("web-1", operation).failed(1);
        assert!(line.contains("can be written by everybody"), "{line}");
        assert_eq!(call("db-1", operation).code, Some(0), "{operation}");
    }
    assert_eq!(host.disk(), fresh);
}
