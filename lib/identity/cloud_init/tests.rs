use super::*;
use crate::identity::change::Change;
use crate::identity::files::{Found, OldFile};
use crate::identity::wanted::{Hostname, Nic, Selector, V4, V6};

const GENERATOR: &str = "/usr/lib/systemd/system-generators/cloud-init-generator";
const WANTED: &str = "/etc/systemd/system/cloud-init.target.wants/cloud-init-local.service";
const SETTINGS: &str = "/etc/cloud/cloud.cfg.d/99-osgraft.cfg";

fn link(target: &str) -> Found {
    Found::Link {
        target: target.into(),
        file: None,
    }
}

fn file(content: &str) -> Found {
    Found::File(OldFile::of(content))
}

/// A cloud image's guest, and what it has besides.
fn cloud(places: &[(&str, Found)]) -> Files {
    let mut files = Files::default();
    let unit = "/usr/lib/systemd/system/cloud-init-local.service";
    let own = [(GENERATOR, file("#!/bin/sh\n")), (WANTED, link(unit))];
    for (path, found) in own.iter().chain(places) {
        files.insert(path.parse().unwrap(), found.clone());
    }
    files
}

fn seed<'a>(hostname: Option<&'a Hostname>, nics: &'a [Nic]) -> Seed<'a> {
    Seed {
        instance: "osgraft-0123",
        hostname,
        nics,
    }
}

fn rendered(wish: CloudInit, files: &Files) -> Result<Part, Flaw> {
    render(wish, seed(None, &[]), files)
}

#[test]
fn it_runs_where_its_generator_and_a_wanted_unit_are() {
    assert_eq!(active(&cloud(&[])).as_deref(), Some(WANTED));
    let flaw = rendered(CloudInit::Refuse, &cloud(&[])).unwrap_err();
    assert_eq!(flaw.code(), "cloud-init-active");
    for word in [WANTED, "--cloud-init off", "--cloud-init seed"] {
        assert!(flaw.to_string().contains(word), "{flaw}");
    }
}

#[test]
fn it_does_not_run_where_it_is_switched_off_or_only_installed() {
    let masked = "/etc/systemd/system-generators/cloud-init-generator";
    for places in [
        (DISABLED, file("")),
        (masked, link("/dev/null")),
        ("/etc/systemd/system/cloud-init.target", link("/dev/null")),
        (
            "/etc/systemd/system/cloud-init-local.service",
            link("/dev/null"),
        ),
        (
            "/etc/cloud/ds-identify.cfg",
            file("# why\npolicy: disabled\n"),
        ),
    ] {
        let files = cloud(std::slice::from_ref(&places));
        assert_eq!(active(&files), None, "{places:?}");
        assert_eq!(
            rendered(CloudInit::Refuse, &files).unwrap(),
            Part::default()
        );
    }
    let mut installed = Files::default();
    installed.insert(GENERATOR.parse().unwrap(), file(""));
    assert_eq!(active(&installed), None);
}

#[test]
fn a_file_that_enables_it_outweighs_the_one_that_disables_it() {
    let files = cloud(&[(DISABLED, file("")), (ENABLED, file(""))]);
    assert_eq!(active(&files).as_deref(), Some(WANTED));
    let mut after = files.clone();
    for change in rendered(CloudInit::Off, &files).unwrap().changes {
        change.apply(&mut after);
    }
    assert_eq!(active(&after), None);
}

#[test]
fn openrc_and_old_inits_start_it_by_their_links() {
    let mut alpine = Files::default();
    let started = "/etc/runlevels/boot/cloud-init-local";
    alpine.insert(
        started.parse().unwrap(),
        link("/etc/init.d/cloud-init-local"),
    );
    assert_eq!(active(&alpine).as_deref(), Some(started));
    let mut old = Files::default();
    let started = "/etc/rc.d/rc3.d/S50cloud-init-local";
    old.insert(started.parse().unwrap(), link("../init.d/cloud-init-local"));
    assert_eq!(active(&old).as_deref(), Some(started));
    assert_eq!(
        rendered(CloudInit::Off, &old).unwrap_err().code(),
        "cloud-init-old"
    );
}

#[test]
fn off_writes_an_empty_file_that_keeps_it_off() {
    let files = cloud(&[]);
    let part = rendered(CloudInit::Off, &files).unwrap();
    assert_eq!(part.changes, [Change::text(DISABLED, "")]);
    let mut after = files.clone();
    part.changes[0].apply(&mut after);
    assert_eq!(active(&after), None);
    assert_eq!(rendered(CloudInit::Off, &after).unwrap(), Part::default());
}

fn web7() -> (Hostname, Vec<Nic>) {
    let mut nic = Nic::new(Selector::Mac("52:54:00:00:00:02".parse().unwrap()));
    let v4 = vec!["10.0.0.17/24".parse().unwrap()];
    nic.v4 = V4::of(v4, Some("10.0.0.1".parse().unwrap()), false).unwrap();
    let v6 = vec!["fd00::17/64".parse().unwrap()];
    nic.v6 = V6::of(v6, Some("fe80::1".parse().unwrap()), true).unwrap();
    nic.dns = vec!["10.0.0.53".parse().unwrap()];
    nic.search = vec!["example.org".parse().unwrap()];
    ("web-7".parse().unwrap(), vec![nic])
}

#[test]
fn a_seed_has_the_name_the_nic_and_settings_that_make_it_count() {
    let (name, nics) = web7();
    let files = cloud(&[]);
    let mut after = files.clone();
    let part = render(CloudInit::Seed, seed(Some(&name), &nics), &files).unwrap();
    for change in &part.changes {
        change.apply(&mut after);
    }
    let text = |path: &str| String::from_utf8(after.content(path).unwrap().to_vec()).unwrap();
    assert_eq!(
        text("/var/lib/cloud/seed/nocloud/meta-data"),
        "instance-id: \"osgraft-0123\"\nlocal-hostname: \"web-7\"\n"
    );
    assert_eq!(
        text("/var/lib/cloud/seed/nocloud/user-data"),
        "#cloud-config\n{}\n"
    );
    assert_eq!(
        text("/var/lib/cloud/seed/nocloud/network-config"),
        "version: 2\nethernets:\n  osg0:\n    match:\n      macaddress: \"52:54:00:00:00:02\"\n    set-name: osg0\n    dhcp4: false\n    dhcp6: false\n    addresses: [\"10.0.0.17/24\", \"fd00::17/64\"]\n    gateway4: \"10.0.0.1\"\n    gateway6: \"fe80::1\"\n    nameservers:\n      addresses: [\"10.0.0.53\"]\n      search: [\"example.org\"]\n"
    );
    let settings = text(SETTINGS);
    for line in [
        "datasource_list: [NoCloud]",
        "ssh_deletekeys: false",
        "preserve_hostname: false",
    ] {
        assert!(settings.lines().any(|has| has == line), "{settings}");
    }
    assert!(!settings.contains("network:"));
    let again = render(CloudInit::Seed, seed(Some(&name), &nics), &after).unwrap();
    assert_eq!((again.changes, again.told), (Vec::new(), part.told.clone()));
    assert_eq!(part.told[0].code, "cloud-init-gateway6");
}

#[test]
fn a_seed_without_nics_leaves_the_network_as_it_is() {
    let part = rendered(CloudInit::Seed, &cloud(&[])).unwrap();
    let settings = part.changes.iter().find_map(|change| match change {
        Change::Write { path, content, .. } if path.to_string() == SETTINGS => Some(content),
        _ => None,
    });
    let settings = String::from_utf8(settings.unwrap().clone()).unwrap();
    assert!(
        settings.ends_with("preserve_hostname: true\nnetwork: {config: disabled}\n"),
        "{settings}"
    );
    assert!(
        !part
            .changes
            .iter()
            .any(|change| change.path().to_string().ends_with("network-config"))
    );
}

#[test]
fn settings_of_the_guests_that_outweigh_a_seed_are_refused() {
    let (name, nics) = web7();
    for (path, text) in [
        (
            "/etc/cloud/cloud.cfg.d/99-subiquity-off.cfg",
            "network: {config: disabled}\n",
        ),
        ("/etc/cloud/cloud.cfg", "network:\n  config: disabled\n"),
        (
            "/etc/cloud/cloud.cfg.d/zz-sources.cfg",
            "datasource_list: [Ec2]\n",
        ),
    ] {
        let files = cloud(&[(path, file(text))]);
        let flaw = render(CloudInit::Seed, seed(Some(&name), &nics), &files).unwrap_err();
        assert_eq!(flaw.code(), "cloud-init-settings", "{path}");
    }
    let fine = cloud(&[(
        "/etc/cloud/cloud.cfg.d/90_dpkg.cfg",
        file("datasource_list: [Ec2]\n"),
    )]);
    assert!(render(CloudInit::Seed, seed(Some(&name), &nics), &fine).is_ok());
}

#[test]
fn a_nic_that_cloud_init_would_guess_is_refused() {
    let sole = [Nic::new(Selector::Sole)];
    let flaw = render(CloudInit::Seed, seed(None, &sole), &cloud(&[])).unwrap_err();
    assert_eq!(flaw.code(), "cloud-init-nic");
    let keep = [Nic::new(Selector::Name("ens3".into()))];
    let flaw = render(CloudInit::Seed, seed(None, &keep), &cloud(&[])).unwrap_err();
    assert_eq!(flaw.code(), "cloud-init-keep");
}

#[test]
fn a_gateway_outside_of_the_subnet_is_refused() {
    let (_, mut nics) = web7();
    let addresses = vec!["10.0.0.17/32".parse().unwrap()];
    nics[0].v4 = V4::of(addresses, Some("10.0.0.1".parse().unwrap()), true).unwrap();
    let flaw = render(CloudInit::Seed, seed(None, &nics), &cloud(&[])).unwrap_err();
    assert_eq!(flaw.code(), "cloud-init-on-link");
}
