//! Properties: any wish on any healthy guest is read back as it was asked for, foreign lines stay in
//! their order, and a second run changes nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::ifcfg::Ifcfg;
use super::ifupdown::Ifupdown;
use super::resolver::Servers;
use super::wicked::Wicked;
use super::{Claim, Stack};
use crate::identity::files::{Files, Found, OldFile};
use crate::identity::wanted::{Nic, Selector, V4, V6};

const NIC: &str = "ens3";

fn v4() -> impl Strategy<Value = V4> {
    let nets = proptest::collection::btree_set((0u8..4, 2u8..250), 1..4);
    let fixed = (nets, any::<bool>()).prop_map(|(nets, has_gateway)| {
        let nets: Vec<Ipv4Net> = nets
            .into_iter()
            .map(|(net, host)| Ipv4Net::new(Ipv4Addr::new(10, 20, net, host), 24).unwrap())
            .collect();
        let [a, b, c, _] = nets[nets.len() - 1].addr().octets();
        let gateway = has_gateway.then(|| Ipv4Addr::new(a, b, c, 1));
        V4::of(nets, gateway, false).unwrap()
    });
    prop_oneof![Just(V4::Keep), Just(V4::Off), Just(V4::Dhcp), fixed]
}

fn v6() -> impl Strategy<Value = V6> {
    let nets = proptest::collection::btree_set((0u16..4, 2u16..999), 1..4);
    let fixed = (nets, 0usize..3).prop_map(|(nets, gateway)| {
        let nets: Vec<Ipv6Net> = nets
            .into_iter()
            .map(|(net, host)| {
                let address = Ipv6Addr::new(0x2001, 0xdb8, 0x20, net, 0, 0, 0, host);
                Ipv6Net::new(address, 64).unwrap()
            })
            .collect();
        let near = Ipv6Addr::from(u128::from(nets[0].network()) | 1);
        let gateway = [None, Some("fe80::1".parse().unwrap()), Some(near)][gateway];
        V6::of(nets, gateway, false).unwrap()
    });
    prop_oneof![
        Just(V6::Keep),
        Just(V6::Off),
        Just(V6::Auto),
        Just(V6::Dhcp),
        fixed
    ]
}

fn nic() -> impl Strategy<Value = Nic> {
    let servers: Vec<IpAddr> = ["9.9.9.9", "1.1.1.1", "2620:fe::fe"]
        .map(|server| server.parse().unwrap())
        .to_vec();
    let search = vec!["lab.test".parse().unwrap(), "test".parse().unwrap()];
    let parts = (
        v4(),
        v6(),
        subsequence(servers, 0..=3),
        subsequence(search, 0..=2),
    );
    parts.prop_map(|(v4, v6, dns, search)| {
        let mut nic = Nic::new(Selector::Name(NIC.to_owned()));
        (nic.v4, nic.v6, nic.dns, nic.search) = (v4, v6, dns, search);
        nic
    })
}

/// Lines in any order, each of them or not.
fn some_of(lines: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    subsequence(lines.to_vec(), 0..=lines.len())
        .prop_shuffle()
        .prop_map(|lines| lines.into_iter().map(str::to_owned).collect())
}

fn files(of: &[(&str, String)]) -> Files {
    let mut files = Files::default();
    for (path, text) in of {
        let found = Found::File(OldFile::of(text.as_bytes()));
        files.insert(path.parse().unwrap(), found);
    }
    files
}

/// The families of a claim: addresses and gateways as text, sorted.
fn said(claim: &Claim, six: bool) -> (Vec<String>, Vec<String>) {
    let nets = claim
        .addresses
        .iter()
        .filter(|net| net.addr().is_ipv6() == six);
    let gateways = claim
        .gateways
        .iter()
        .filter(|address| address.is_ipv6() == six);
    let mut nets: Vec<String> = nets.map(ToString::to_string).collect();
    nets.sort();
    (nets, gateways.map(ToString::to_string).collect())
}

fn sorted<N: ToString>(nets: &[N]) -> Vec<String> {
    let mut nets: Vec<String> = nets.iter().map(ToString::to_string).collect();
    nets.sort();
    nets
}

/// Renders, and judges the claims. Returns the guest afterwards.
fn holds(stack: &dyn Stack, nic: &Nic, before: &Files) -> Result<Files, TestCaseError> {
    let fail = |flaw: crate::identity::flaw::Flaw| TestCaseError::fail(flaw.to_string());
    let mut after = before.clone();
    for change in stack
        .render(nic, &Servers::of([nic]), before)
        .map_err(fail)?
    {
        change.apply(&mut after);
    }
    prop_assert_eq!(
        stack
            .render(nic, &Servers::of([nic]), &after)
            .map_err(fail)?,
        []
    );
    let its = |files: &Files| -> Result<Claim, TestCaseError> {
        let claims = stack.claims(files).map_err(fail)?;
        let mut claims: Vec<Claim> = claims
            .into_iter()
            .filter(|claim| claim.on.names.iter().any(|name| name == NIC))
            .collect();
        prop_assert!(claims.len() <= 1, "{:?}", claims);
        Ok(claims.pop().unwrap_or_default())
    };
    let (old, new) = (its(before)?, its(&after)?);
    match &nic.v4 {
        V4::Keep => prop_assert_eq!(
            (said(&new, false), new.dhcp4),
            (said(&old, false), old.dhcp4)
        ),
        V4::Static(fixed) => {
            let gateway = fixed.gateway.iter().map(ToString::to_string).collect();
            let want = ((sorted(&fixed.addresses), gateway), false);
            prop_assert_eq!((said(&new, false), new.dhcp4), want);
        }
        other => {
            let want = ((Vec::new(), Vec::new()), *other == V4::Dhcp);
            prop_assert_eq!((said(&new, false), new.dhcp4), want);
        }
    }
    match &nic.v6 {
        V6::Keep => prop_assert_eq!((said(&new, true), new.dhcp6), (said(&old, true), old.dhcp6)),
        V6::Static(fixed) => {
            let gateway = fixed.gateway.iter().map(ToString::to_string).collect();
            let want = ((sorted(&fixed.addresses), gateway), false);
            prop_assert_eq!((said(&new, true), new.dhcp6), want);
        }
        other => {
            let want = ((Vec::new(), Vec::new()), *other == V6::Dhcp);
            prop_assert_eq!((said(&new, true), new.dhcp6), want);
        }
    }
    // A NIC that is configured neither before nor after has no claim.
    if !nic.dns.is_empty() && !new.name.is_empty() {
        prop_assert_eq!(&new.dns, &nic.dns);
    }
    Ok(after)
}

/// Every line of `kept` stands in `text`, in the same order.
fn stay(kept: &[String], text: &[u8]) -> Result<(), TestCaseError> {
    let text = String::from_utf8_lossy(text).into_owned();
    let mut lines = text.split('\n');
    for line in kept {
        prop_assert!(
            lines.any(|known| known == line),
            "“{}” is lost in\n{}",
            line,
            text
        );
    }
    Ok(())
}

const FOREIGN: &[&str] = &[
    "# a comment \\",
    "    mtu 1400",
    "\tup ip route add 10.99.0.0/16 via 10.20.0.9",
    "  post-up echo $IFACE # 10.20.0.2",
    "",
    "   ",
    "  ethtool-ring rx 4096",
    "#   address 10.20.0.2/24",
];
const OWN: &[&str] = &[
    "  address 10.77.0.2",
    "  netmask 255.255.0.0",
    "\tgateway  10.77.0.1",
    "  broadcast 10.77.255.255",
    "  network 10.77.0.0",
];

/// A stanza of the NIC: its text, and the lines that have to stay.
fn stanza() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let head = select(vec![
        "iface ens3 inet static",
        "iface ens3  inet\tstatic",
        "iface ens3 inet dhcp",
        "iface ens3 inet manual",
        "iface ens3 inet6 auto",
        "iface ens3 inet6 manual",
    ]);
    (head, some_of(FOREIGN), some_of(OWN)).prop_map(|(head, foreign, own)| {
        let mut lines = vec![head.to_owned()];
        let has_address = head.ends_with("static");
        let (mut own, mut all) = (own.into_iter(), Vec::new());
        for line in &foreign {
            all.push(line.clone());
            all.extend(own.next().filter(|_| has_address));
        }
        all.extend(own.filter(|_| has_address));
        lines.extend(all);
        (lines, foreign)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn ifupdown_is_given_what_was_asked(
        nic in nic(),
        stanzas in proptest::collection::vec(stanza(), 0..4),
        start in select(vec!["auto ens3", "allow-hotplug ens3", "auto lo ens3 ens4", "# none"]),
        is_ended in any::<bool>(),
    ) {
        let other = "iface ens4 inet static\n  address 10.20.0.2/24\n  gateway 10.20.0.1";
        let mut lines = vec![start.to_owned(), "iface lo inet loopback".to_owned()];
        lines.extend(other.lines().map(str::to_owned));
        let mut kept = lines.clone();
        for (text, foreign) in stanzas {
            lines.extend(text);
            kept.extend(foreign);
        }
        let end = if is_ended { "\n" } else { "" };
        let main = "/etc/network/interfaces";
        // A client of DHCP would write the name servers anew.
        let asks_servers = !nic.dns.is_empty() || !nic.search.is_empty();
        let text = lines.join("\n") + end;
        let asks_dhcp = nic.v4 == V4::Dhcp || (nic.v4 == V4::Keep && text.contains("inet dhcp"));
        prop_assume!(!(asks_servers && asks_dhcp));
        let before = files(&[(main, text)]);
        let after = holds(&Ifupdown, &nic, &before)?;
        stay(&kept, after.content(main).unwrap())?;
    }

    #[test]
    fn ifcfg_is_given_what_was_asked(
        nic in nic(),
        own in some_of(&[
            "BOOTPROTO=dhcp", "IPADDR=10.77.0.2", "PREFIX=16", "NETMASK=255.255.0.0",
            "IPADDR1='10.77.1.2'", "PREFIX1=24", "GATEWAY=\"10.77.0.1\"", "GATEWAY1=10.77.0.3",
            "HWADDR=52:54:00:00:00:01", "UUID=x", "IPV6INIT=no", "IPV6ADDR=2001:db8:77::2/64",
            "IPV6ADDR_SECONDARIES='2001:db8:77::3/64'", "IPV6_DEFAULTGW=2001:db8:77::1%ens3",
            "DNS1=10.77.0.9", "DNS5=10.77.0.8", "DOMAIN=old.test", "ONBOOT=no", "BOOTPROTO=none",
        ]),
        foreign in some_of(&[
            "# a comment", "MTU=1400", "NAME=\"my nic\"", "", "ETHTOOL_OPTS='autoneg on'",
            "#IPADDR=1.2.3.4", "ZONE=public", ". /etc/sysconfig/x",
        ]),
    ) {
        let mut lines = vec!["DEVICE=ens3".to_owned()];
        let (mut own, mut kept) = (own.into_iter(), lines.clone());
        for line in foreign {
            kept.push(line.clone());
            lines.push(line);
            lines.extend(own.next());
        }
        lines.extend(own);
        let path = "/etc/sysconfig/network-scripts/ifcfg-ens3";
        let before = files(&[(path, lines.join("\n"))]);
        let after = holds(&Ifcfg, &nic, &before)?;
        stay(&kept, after.content(path).unwrap())?;
    }

    #[test]
    fn wicked_is_given_what_was_asked(
        nic in nic(),
        own in some_of(&[
            "BOOTPROTO='dhcp'", "IPADDR='10.77.0.2'", "NETMASK='255.255.0.0'",
            "IPADDR_1='10.77.1.2/24'", "IPADDR_x='2001:db8:77::2/64'", "PREFIXLEN_1='8'",
            "BROADCAST=''", "STARTMODE='off'",
        ]),
        foreign in some_of(&["# a comment", "MTU='1400'", "NAME='my nic'", "", "ZONE=public"]),
        routes in some_of(&[
            "# all", "default 10.77.0.1 - -", "10.9.0.0/16 10.77.0.9 - -", "default 2001:db8:77::1 - ens3",
            "default 10.20.0.1 - ens4",
        ]),
    ) {
        let (mut own, mut lines) = (own.into_iter(), Vec::new());
        for line in &foreign {
            lines.push(line.clone());
            lines.extend(own.next());
        }
        lines.extend(own);
        let path = "/etc/sysconfig/network/ifcfg-ens3";
        let all = "/etc/sysconfig/network/routes";
        let before = files(&[(path, lines.join("\n")), (all, routes.join("\n"))]);
        let after = holds(&Wicked, &nic, &before)?;
        stay(&foreign, after.content(path).unwrap())?;
        let kept: Vec<String> = routes
            .into_iter()
            .filter(|line| !line.starts_with("default") || line.ends_with("ens4"))
            .collect();
        stay(&kept, after.content(all).unwrap())?;
    }
}
