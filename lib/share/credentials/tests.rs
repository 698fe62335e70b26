//! Credentials for guests of every kind.

use super::*;
use crate::guest::MemoryGuest;
use crate::links::Form;
use crate::registry::{Server, Source};

fn servers() -> Servers {
    let nfs = Server::new("nfs", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
    let disk = Server::new("disk", Source::disk("UUID=5a", "erofs").unwrap()).unwrap();
    Servers::new(vec![nfs, disk]).unwrap()
}

fn share() -> Share {
    let share = Share::at("/shared").unwrap();
    share
        .link("/lib/modules", "lib/modules")
        .and_then(|share| share.component("/usr/share/doc", "doc", Form::Overlay))
        .unwrap()
}

fn seen(guest: MemoryGuest) -> Seen {
    let mut guest = guest;
    let facts = GuestFacts::gather(&mut guest).unwrap();
    Seen {
        systemd: Systemd::find(&mut guest, &facts).unwrap(),
        facts: Some(facts),
        closed: None,
    }
}

fn with_systemd(version: &str) -> MemoryGuest {
    MemoryGuest::new()
        .file("/etc/os-release", "ID=debian\nVERSION_ID=\"13\"\n")
        .file("/usr/lib/systemd/systemd", "init")
        .link("/sbin", "usr/sbin")
        .link("/usr/sbin/init", "../lib/systemd/systemd")
        .file(
            &format!("/usr/lib/systemd/libsystemd-shared-{version}.so"),
            "",
        )
}

#[test]
fn each_component_is_mounted_over_its_directory() {
    let seen = seen(with_systemd("257"));
    let made = Credential::new("web-7", &seen, &share(), &servers(), Some("disk")).unwrap();
    assert_eq!(
        made.fstab,
        "UUID=5a /shared erofs ro,nofail,nodev,x-systemd.device-timeout=90s 0 0\n\
         /shared/lib/modules /lib/modules none \
         bind,ro,nofail,x-systemd.requires-mounts-for=/shared 0 0\n\
         /shared/doc /usr/share/doc none \
         bind,ro,nofail,x-systemd.requires-mounts-for=/shared 0 0\n"
    );
    let encoded = made
        .smbios
        .strip_prefix("io.systemd.credential.binary:fstab.extra=");
    assert_eq!(encoded, Some(&base64::encode(made.fstab.as_bytes())[..]));
    assert_eq!(made.qemu[0], "-smbios");
    assert_eq!(made.qemu[1], format!("type=11,value={}", made.smbios));
    let sysinfo = format!("<entry>{}</entry>", made.smbios);
    assert!(made.domain[1].contains(&sysinfo), "{:?}", made.domain);
    let codes: Vec<_> = made.warnings.iter().map(|told| told.code).collect();
    assert!(!codes.contains(&"credential-unsure"), "{codes:?}");

    let made = Credential::new("web-7", &seen, &share(), &servers(), Some("nfs")).unwrap();
    assert_eq!(made.fstab.matches(",_netdev,").count(), 2);
}

#[test]
fn a_guest_that_reads_no_credential_is_refused_by_code() {
    let openrc = MemoryGuest::new()
        .file("/sbin/init", "")
        .file("/sbin/openrc", "");
    for (guest, code) in [
        (with_systemd("252"), "credential-systemd-old"),
        (with_systemd("253.9"), "credential-systemd-old"),
        (openrc, "credential-no-systemd"),
    ] {
        let made = Credential::new("a", &seen(guest), &share(), &servers(), Some("disk"));
        let error = made.unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(error.kind(), ErrorKind::Guest);
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let new = Credential::new(
        "a",
        &seen(with_systemd("254.5-2.fc39")),
        &share(),
        &servers(),
        None,
    );
    assert!(new.is_ok());
}

#[test]
fn where_it_cannot_be_told_a_warning_says_so() {
    let closed = Seen::closed("it is encrypted".to_owned());
    let mut bare = with_systemd("257");
    let library = "/usr/lib/systemd/libsystemd-shared-257.so";
    crate::guest::Guest::remove(&mut bare, &library.parse().unwrap()).unwrap();
    for (seen, part) in [(closed, "it is encrypted"), (seen(bare), "does not tell")] {
        let made = Credential::new("a", &seen, &share(), &servers(), Some("disk")).unwrap();
        let unsure = &made.warnings[0];
        assert_eq!(unsure.code, "credential-unsure");
        assert!(unsure.text.contains(part), "{}", unsure.text);
    }
}

#[test]
fn a_credential_stays_short_enough_for_a_machine() {
    let many = (0..60).try_fold(Share::at("/shared").unwrap(), |share, number| {
        share.link(&format!("/opt/component-{number}"), &format!("c{number}"))
    });
    let closed = Seen::closed("it is encrypted".to_owned());
    let made = Credential::new("a", &closed, &many.unwrap(), &servers(), Some("disk"));
    assert_eq!(made.unwrap_err().code(), "credential-too-long");
}
