//! systemd-networkd: what was rendered reads as it was asked for.

use proptest::prelude::*;

use super::Networkd;
use crate::identity::stack::Stack;
use crate::identity::stack::asked::{MAC, any_selector, guest, holds, nic};
use crate::identity::stack::resolver::Servers;
use crate::identity::wanted::{Nic, Selector, V4};

const RESOLVED: (&str, &str) = (
    "/etc/systemd/system/dbus-org.freedesktop.resolve1.service",
    "-> /lib/systemd/system/systemd-resolved.service",
);

const MASTERS: [&str; 5] = [
    "[Match]\nName=ens3\n\n[Network]\nAddress=192.0.2.10/24\nAddress=2001:db8::10/64\nGateway=192.0.2.1\nNTP=ntp.example\n",
    "[Match]\nName=ens3\n[Network]\nDHCP=ipv4\n[Link]\nMTUBytes=1400\n",
    "; odd\n[Match]\nName = ens3 \\\n   ens3p0\n[Network]\nDescription=old\nAddress=203.0.113.3/24\nAddress=\n[Address]\nAddress=192.0.2.10/24\n[Route]\nGateway=192.0.2.1\n",
    "[Match]\nMACAddress=52:54:00:aa:aa:aa\n[Network]\nDHCP=yes\nLinkLocalAddressing=no\n",
    "[Match]\nName=ens3\n[Network]\nAddress=192.0.2.10/24\nDNS=198.51.100.53 198.51.100.54:53#x\nDomains=~. old.example\n",
];
const OTHERS: [(&str, &str); 4] = [
    (
        "/etc/systemd/network/00-san.network",
        "[Match]\nName=ens4\n# keep\n[Network]\nAddress=198.51.100.9/24\n",
    ),
    (
        "/etc/systemd/network/70-br.network",
        "[Match]\nName=br0\n[Network]\nDHCP=yes\n",
    ),
    (
        "/usr/lib/systemd/network/80-ve.network",
        "[Match]\nName=ve-*\nDriver=veth\n[Network]\nAddress=0.0.0.0/28\n",
    ),
    (
        "/etc/systemd/network/20-san.network.d/x.conf",
        "[Network]\nDHCP=no\n",
    ),
];

proptest! {
    #[test]
    fn what_is_asked_for_reads_back(
        nic in nic(any_selector()),
        master in 0..MASTERS.len(),
    ) {
        let before = guest(&[RESOLVED, ("/etc/systemd/network/10-lan.network", MASTERS[master])]);
        holds(&Networkd, &nic, &before, "00-osgraft", &[])?;
    }

    #[test]
    fn files_of_other_nics_are_left_alone(
        nic in nic(Just(Selector::Name("ens3".to_owned()))),
        master in (0..MASTERS.len()).prop_filter("a name", |master| *master != 3),
        others in prop::sample::subsequence(OTHERS.to_vec(), 1..4),
    ) {
        let mut all = vec![RESOLVED, ("/etc/systemd/network/10-lan.network", MASTERS[master])];
        all.extend(&others);
        let foreign: Vec<&str> = others.iter().map(|(path, _)| *path).collect();
        holds(&Networkd, &nic, &guest(&all), "00-osgraft", &foreign)?;
    }
}

#[test]
fn two_nics_of_one_wish_get_a_file_each() {
    let mut files = guest(&[RESOLVED]);
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
        for change in Networkd.render(nic, &Servers::of([nic]), &files).unwrap() {
            change.apply(&mut files);
        }
    }
    for nic in &both {
        assert_eq!(
            Networkd.render(nic, &Servers::of([nic]), &files).unwrap(),
            []
        );
    }
    let claims = Networkd.claims(&files).unwrap();
    assert_eq!(claims.len(), 2);
    assert!(files.exists("/etc/systemd/network/00-osgraft-1.network"));
}

#[test]
fn a_file_that_an_earlier_one_leaves_nothing_to_claims_nothing() {
    let lan = (
        "/etc/systemd/network/20-lan.network",
        "[Match]\nName=ens3\n[Network]\nDHCP=yes\n",
    );
    let names = |first: &str| {
        let files = guest(&[("/etc/systemd/network/10-all.network", first), lan]);
        let claims = Networkd.claims(&files).unwrap();
        claims
            .into_iter()
            .map(|claim| claim.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("[Match]\nName=en*\n[Network]\nDHCP=yes\n"),
        ["10-all.network"]
    );
    assert_eq!(
        names("[Match]\nType=ether\n[Network]\nDHCP=yes\n"),
        ["10-all.network"]
    );
    let both = ["10-all.network", "20-lan.network"];
    assert_eq!(names("[Match]\nName=eth*\n[Network]\nDHCP=yes\n"), both);
    assert_eq!(
        names("[Match]\nName=en*\nHost=other\n[Network]\nDHCP=yes\n"),
        both
    );
    for none in [
        "[Network]\nDHCP=yes\n",
        "[Match]\n[Network]\nDHCP=yes\n",
        "[Match]\nType=wlan\n[Network]\nDHCP=yes\n",
        "[Match]\nName=*\nKind=veth\n[Network]\nDHCP=yes\n",
        "[Match]\nVirtualization=container\nName=*\n",
        "",
    ] {
        assert_eq!(names(none), ["20-lan.network"], "{none}");
    }
    assert_eq!(
        names("[Match]\nKind=!*\nType=!wlan\n[Network]\nDHCP=yes\n"),
        ["10-all.network"]
    );
}

#[test]
fn the_administrators_file_replaces_the_vendors_and_a_link_to_null_masks_it() {
    let vendor = (
        "/usr/lib/systemd/network/10-lan.network",
        "[Match]\nName=ens3\n[Network]\nDHCP=yes\n",
    );
    let own = (
        "/etc/systemd/network/10-lan.network",
        "[Match]\nName=ens3\n[Network]\nAddress=192.0.2.10/24\n",
    );
    let claims = Networkd.claims(&guest(&[vendor, own])).unwrap();
    assert_eq!((claims.len(), claims[0].dhcp4), (1, false));
    let mask = ("/etc/systemd/network/10-lan.network", "-> /dev/null");
    assert_eq!(Networkd.claims(&guest(&[vendor, mask])).unwrap(), []);

    // A file that goes takes the vendor's of its name with it.
    let mut files = guest(&[RESOLVED, vendor, own]);
    let mut nic = Nic::new(Selector::Name("ens3".to_owned()));
    nic.v4 = V4::of(vec!["192.0.2.17/24".parse().unwrap()], None, false).unwrap();
    for change in Networkd.render(&nic, &Servers::of([&nic]), &files).unwrap() {
        change.apply(&mut files);
    }
    assert_eq!(
        files.target("/etc/systemd/network/10-lan.network"),
        Some(&b"/dev/null"[..])
    );
    assert_eq!(Networkd.claims(&files).unwrap().len(), 1);
    assert_eq!(
        Networkd.render(&nic, &Servers::of([&nic]), &files).unwrap(),
        []
    );
}

#[test]
fn networkd_is_active_where_it_is_enabled_and_not_masked() {
    let link = (
        "/etc/systemd/system/multi-user.target.wants/systemd-networkd.service",
        "-> /lib/systemd/system/systemd-networkd.service",
    );
    assert_eq!(Networkd.active(&guest(&[link])).as_deref(), Some(link.0));
    assert_eq!(Networkd.active(&guest(&[])), None);
    let mask = (
        "/etc/systemd/system/systemd-networkd.service",
        "-> /dev/null",
    );
    assert_eq!(Networkd.active(&guest(&[link, mask])), None);
    let generator = ("/usr/lib/systemd/system-generators/netplan", "");
    let yaml = ("/etc/netplan/x.yaml", "network: {}");
    assert_eq!(Networkd.active(&guest(&[link, generator, yaml])), None);
}
