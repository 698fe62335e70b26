use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use osgraft::prepare::Share;
use osgraft::registry::{Server, Servers, Source};
use osgraft::share::credentials::{Credential, Seen};
use osgraft::share::snippet::Snippet;

use crate::support::fixture::not_run;

fn is_installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output();
    found.is_ok_and(|ran| ran.status.success())
}

fn servers() -> Servers {
    let source = Source::disk("UUID=8a1f0d6e-0000-8000-8000-000000000001", "erofs").unwrap();
    Servers::new(vec![Server::new("disk", source).unwrap()]).unwrap()
}

fn credential() -> Credential {
    let share = Share::at("/shared")
        .unwrap()
        .link("/lib/modules", "lib/modules")
        .unwrap();
    let seen = Seen::closed("it is encrypted".to_owned());
    Credential::new("vault", &seen, &share, &servers(), Some("disk")).unwrap()
}

fn snippets() -> Vec<Snippet> {
    let new =
        |source: Source, from: &str| Snippet::new("a", &source, Path::new(from), "1G").unwrap();
    let serial = "/dev/disk/by-id/virtio-osgraft-0123456789ab";
    vec![
        new(
            Source::disk(serial, "squashfs").unwrap(),
            "/srv/os/a,b & c/share.squashfs",
        ),
        new(
            Source::disk("UUID=5a", "erofs").unwrap(),
            "/srv/os/share.erofs",
        ),
        new(Source::virtiofs("os").unwrap(), "/srv/os/tree"),
    ]
}

/// A domain around elements of a snippet.
fn domain(top: &[String], devices: &[String]) -> String {
    let os = "<os><type arch='x86_64' machine='q35'>hvm</type>";
    let (smbios, top): (Vec<&String>, Vec<&String>) =
        top.iter().partition(|element| element.starts_with("<os>"));
    let smbios = smbios.iter().map(|element| {
        let inner = element.trim().strip_prefix("<os>");
        inner.and_then(|inner| inner.strip_suffix("</os>")).unwrap()
    });
    let smbios: String = smbios.collect();
    let top: String = top.into_iter().map(String::as_str).collect();
    format!(
        "<domain type='qemu'><name>a</name><memory unit='GiB'>1</memory>{os}{smbios}</os>{top}\
         <devices>{}</devices></domain>",
        devices.concat()
    )
}

#[test]
fn libvirt_takes_the_devices_and_the_credential() {
    let mut domains: Vec<String> = snippets()
        .iter()
        .map(|snippet| domain(&snippet.domain, &snippet.devices))
        .collect();
    domains.push(domain(&credential().domain, &[]));
    if !is_installed("virt-xml-validate") || !is_installed("xmllint") {
        not_run("libvirt's judgement of a domain: install libvirt-clients and libxml2-utils");
        return;
    }
    let judged = |domain: &str| {
        let mut child = Command::new("virt-xml-validate")
            .args(["-", "domain"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(domain.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    };
    for domain in &domains {
        let said = judged(domain);
        assert!(said.status.success(), "{domain}\n{said:?}");
    }
    let wrong = domains[0].replace("<readonly/>", "<read-only/>");
    assert!(
        !judged(&wrong).status.success(),
        "the premise: a wrong element is found"
    );
}

#[test]
fn qemu_takes_the_arguments() {
    let program = "qemu-system-x86_64";
    if !is_installed(program) {
        not_run("QEMU's judgement of its arguments: install qemu-system-x86");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("a,b.img");
    std::fs::write(&image, vec![0; 1 << 20]).unwrap();
    let serial = "/dev/disk/by-id/virtio-osgraft-0123456789ab";
    let source = Source::disk(serial, "squashfs").unwrap();
    let disk = Snippet::new("a", &source, &image, "1G").unwrap();
    // A monitor that is told to quit ends a QEMU whose machine is whole.
    let run = |arguments: &[String]| {
        let mut child = Command::new(program)
            .args([
                "-accel",
                "tcg",
                "-machine",
                "q35",
                "-nodefaults",
                "-display",
                "none",
                "-S",
            ])
            .args(["-monitor", "stdio"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may have ended by then.
        let _ = stdin.write_all(b"info block\nquit\n");
        drop(stdin);
        child.wait_with_output().unwrap()
    };
    let ran = run(&disk.qemu);
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{ran:?}");
    assert!(said.contains("a,b.img (raw, read-only)"), "{said}");
    let ran = run(&credential().qemu);
    assert!(ran.status.success(), "{ran:?}");
}
