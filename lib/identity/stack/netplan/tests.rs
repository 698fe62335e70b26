//! netplan: what was rendered reads as it was asked for.

use proptest::prelude::*;

use super::Netplan;
use crate::identity::stack::Stack;
use crate::identity::stack::asked::{MAC, any_selector, guest, holds, nic};
use crate::identity::stack::resolver::Servers;
use crate::identity::wanted::{Nic, Selector, V4};

const RESOLVED: (&str, &str) = (
    "/etc/systemd/system/dbus-org.freedesktop.resolve1.service",
    "-> /lib/systemd/system/systemd-resolved.service",
);
const GENERATOR: (&str, &str) = ("/usr/lib/systemd/system-generators/netplan", "");

/// The master's definition, in several hands.
const MASTERS: [&str; 5] = [
    "    ens3:\n      addresses: [192.0.2.10/24, \"2001:db8::10/64\"]\n      gateway4: 192.0.2.1\n      mtu: 1400\n",
    "    ens3:\n      dhcp4: yes\n",
    "    'ens3':   # ours\n      addresses:\n      - 192.0.2.10/24:\n          label: \"x:1\"\n      - \"2001:db8::10/64\"\n      routes:\n      - to: default\n        via: 192.0.2.1\n      - {to: \"::/0\", via: \"2001:db8::1\"}\n",
    "    ens3: {match: {macaddress: \"52:54:00:AA:AA:AA\"}, set-name: ens3, dhcp4: true, optional: true}\n",
    "    ens3:\n      nameservers:\n        addresses: [198.51.100.53,\n                    198.51.100.54]\n      addresses: [192.0.2.10/24]\n",
];
const OTHERS: [&str; 4] = [
    "    # the storage\n    ens4:\n      addresses: [198.51.100.9/24]\n      mtu: 9000   # jumbo\n",
    "\n    ens5: {dhcp4: true,\n        optional: true}\n",
    "    ens6:\n        dhcp6: no\n",
    "    ens7:\n",
];

fn document(master: usize, others: &[usize], at: usize) -> String {
    let mut parts: Vec<&str> = others.iter().map(|other| OTHERS[*other]).collect();
    parts.insert(at.min(parts.len()), MASTERS[master]);
    let tail = if others.len() % 2 == 1 {
        "  bridges: {}\n"
    } else {
        ""
    };
    format!(
        "# by hand\nnetwork:\n  version: 2\n  ethernets:\n{}{tail}",
        parts.concat()
    )
}

proptest! {
    #[test]
    fn what_is_asked_for_reads_back(
        nic in nic(any_selector()),
        master in 0..MASTERS.len(),
    ) {
        let text = document(master, &[], 0);
        let before = guest(&[RESOLVED, GENERATOR, ("/etc/netplan/01-netcfg.yaml", &text)]);
        holds(&Netplan, &nic, &before, "90-osgraft", &[])?;
    }

    #[test]
    fn definitions_of_other_nics_keep_every_byte(
        nic in nic(Just(Selector::Name("ens3".to_owned()))),
        master in 0..MASTERS.len(),
        others in Just(vec![0, 1, 2, 3]).prop_shuffle(),
        count in 1usize..5,
        at in 0usize..5,
    ) {
        let others = &others[..count];
        let text = document(master, others, at);
        let other = "network:\n  ethernets:\n    ens9: {addresses: [203.0.113.9/24]}\n";
        let before = guest(&[
            RESOLVED,
            GENERATOR,
            ("/etc/netplan/01-netcfg.yaml", &text),
            ("/etc/netplan/02-other.yaml", other),
        ]);
        holds(&Netplan, &nic, &before, "90-osgraft", &["/etc/netplan/02-other.yaml"])?;
        let mut after = before.clone();
        for change in Netplan.render(&nic, &Servers::of([&nic]), &before).unwrap() {
            change.apply(&mut after);
        }
        let left = String::from_utf8(after.content("/etc/netplan/01-netcfg.yaml").unwrap().to_vec()).unwrap();
        let want = text.replacen(MASTERS[master], "", 1);
        prop_assert_eq!(left, want);
    }
}

#[test]
fn two_nics_of_one_wish_get_a_file_each() {
    let text = document(0, &[], 0);
    let mut files = guest(&[RESOLVED, GENERATOR, ("/etc/netplan/01-netcfg.yaml", &text)]);
    let wish = |mac: &str, net: &str| {
        let mut nic = Nic::new(Selector::Mac(mac.parse().unwrap()));
        nic.v4 = V4::of(vec![net.parse().unwrap()], None, false).unwrap();
        nic
    };
    let both = [
        wish(MAC, "192.0.2.17/24"),
        wish("52:54:00:12:34:57", "198.51.100.17/24"),
    ];
    for nic in &both {
        for change in Netplan.render(nic, &Servers::of([nic]), &files).unwrap() {
            change.apply(&mut files);
        }
    }
    let claims = Netplan.claims(&files).unwrap();
    let names: Vec<&str> = claims.iter().map(|claim| claim.name.as_str()).collect();
    assert_eq!(names, ["osg0", "osg1"]);
    assert_eq!(claims[1].addresses, ["198.51.100.17/24".parse().unwrap()]);
    for nic in &both {
        assert_eq!(
            Netplan.render(nic, &Servers::of([nic]), &files).unwrap(),
            []
        );
    }
}

#[test]
fn netplan_is_active_with_a_generator_and_a_file_alone() {
    let file = ("/etc/netplan/01-netcfg.yaml", "network: {}\n");
    assert_eq!(
        Netplan.active(&guest(&[GENERATOR, file])).as_deref(),
        Some(GENERATOR.0)
    );
    assert_eq!(Netplan.active(&guest(&[file])), None);
    assert_eq!(Netplan.active(&guest(&[GENERATOR])), None);
    let off = ("/etc/systemd/system-generators/netplan", "-> /dev/null");
    assert_eq!(Netplan.active(&guest(&[GENERATOR, file, off])), None);
}

#[test]
fn a_file_of_networkd_that_takes_the_nic_first_is_refused() {
    let text = document(1, &[], 0);
    let before = guest(&[
        RESOLVED,
        GENERATOR,
        ("/etc/netplan/01-netcfg.yaml", &text),
        (
            "/etc/systemd/network/05-old.network",
            "[Match]\nName=ens3\n[Network]\nAddress=192.0.2.10/24\n",
        ),
    ]);
    let nic = Nic::new(Selector::Name("ens3".to_owned()));
    let flaw = Netplan
        .render(&nic, &Servers::of([&nic]), &before)
        .unwrap_err();
    assert_eq!(flaw.code(), "nic-taken-first");
}
