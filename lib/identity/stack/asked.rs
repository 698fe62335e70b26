//! Wishes and guests for the tests of several stacks, and the judgement that all of them share.

use std::net::IpAddr;

use ipnet::IpNet;
use proptest::prelude::*;

use super::Stack;
use super::resolver::Servers;
use crate::identity::change::Owner;
use crate::identity::files::{Files, Found, OldFile};
use crate::identity::wanted::{Nic, Selector, V4, V6};

pub(super) const MAC: &str = "52:54:00:12:34:56";

/// The master's addresses, which may stand nowhere once both families are asked for.
pub(super) const MASTER: [&str; 2] = ["192.0.2.10/24", "2001:db8::10/64"];

/// A guest with these text files; a text that begins with `-> ` is a link's target, and profiles are 0600.
pub(super) fn guest(files: &[(&str, &str)]) -> Files {
    let mut guest = Files::default();
    for (path, text) in files {
        let found = match text.strip_prefix("-> ") {
            Some(target) => Found::Link {
                target: target.as_bytes().to_vec(),
                file: None,
            },
            None => {
                let mut file = OldFile::of(*text);
                if path.contains("/system-connections/") {
                    file.owner = Owner::root(0o600);
                }
                Found::File(file)
            }
        };
        guest.insert(path.parse().unwrap(), found);
    }
    guest
}

fn v4() -> impl Strategy<Value = V4> {
    let given = (2u8..250, 2u8..250, any::<bool>(), 0u8..3);
    let given = given.prop_map(|(one, other, has_two, gateway)| {
        let mut addresses = vec![format!("192.0.2.{one}/24")];
        if has_two && one != other {
            addresses.push(format!("192.0.2.{other}/24"));
        }
        let gateway = ["", "192.0.2.1", "198.51.100.1"][usize::from(gateway)];
        let addresses = addresses.iter().map(|net| net.parse().unwrap()).collect();
        let on_link = gateway.starts_with("198");
        V4::of(addresses, gateway.parse().ok(), on_link).unwrap()
    });
    prop_oneof![Just(V4::Keep), Just(V4::Off), Just(V4::Dhcp), given]
}

fn v6() -> impl Strategy<Value = V6> {
    let given = (2u16..0xfff, 0u8..4).prop_map(|(one, gateway)| {
        let addresses = vec![format!("2001:db8::{one:x}/64").parse().unwrap()];
        let gateway = ["", "2001:db8::1", "fe80::1", "2001:db8:1::1"][usize::from(gateway)];
        V6::of(addresses, gateway.parse().ok(), gateway.contains(":1::")).unwrap()
    });
    prop_oneof![
        Just(V6::Keep),
        Just(V6::Off),
        Just(V6::Auto),
        Just(V6::Dhcp),
        given
    ]
}

/// A wish for a NIC.
pub(super) fn nic(selector: impl Strategy<Value = Selector>) -> impl Strategy<Value = Nic> {
    let dns = prop::collection::vec(0u8..9, 0..3);
    (selector, v4(), v6(), dns, 0u8..3).prop_map(|(selector, v4, v6, dns, search)| {
        let mut nic = Nic::new(selector);
        (nic.v4, nic.v6) = (v4, v6);
        let mut servers: Vec<u8> = dns;
        servers.dedup();
        let servers = servers.iter().map(|last| format!("203.0.113.{}", last + 1));
        nic.dns = servers.map(|server| server.parse().unwrap()).collect();
        let search = ["", "lab.example", "a.example"][usize::from(search)];
        nic.search = search.parse().into_iter().collect();
        nic
    })
}

pub(super) fn any_selector() -> impl Strategy<Value = Selector> {
    prop_oneof![
        Just(Selector::Sole),
        Just(Selector::Mac(MAC.parse().unwrap())),
        Just(Selector::Name("ens3".to_owned())),
    ]
}

/// Renders, and holds the result against the wish: osgraft's claim reads as asked, with the family that is
/// kept as it was; a second rendering changes nothing; the rest is as it was.
pub(super) fn holds(
    stack: &dyn Stack,
    nic: &Nic,
    before: &Files,
    ours: &str,
    foreign: &[&str],
) -> Result<(), TestCaseError> {
    let old = stack.claims(before).unwrap();
    let changes = match stack.render(nic, &Servers::of([nic]), before) {
        Ok(changes) => changes,
        // NetworkManager has no place for them where both families are off.
        Err(flaw) if flaw.code() == "dns-no-way-in" && stack.name() == "NetworkManager" => {
            return Ok(());
        }
        Err(flaw) => return Err(TestCaseError::fail(format!("{nic:?}: {flaw}"))),
    };
    let mut after = before.clone();
    for change in &changes {
        change.apply(&mut after);
    }
    prop_assert_eq!(
        stack.render(nic, &Servers::of([nic]), &after).unwrap(),
        vec![]
    );
    for path in foreign {
        prop_assert_eq!(after.at(path), before.at(path), "{}", path);
    }

    let claims = stack.claims(&after).unwrap();
    let is_ours = |path: &crate::path::GuestPath| path.to_string().contains(ours);
    let mine: Vec<_> = claims
        .iter()
        .filter(|claim| claim.file.as_ref().is_some_and(is_ours))
        .collect();
    prop_assert_eq!(mine.len(), 1, "{:?}", claims);
    let mine = mine[0];
    let is_masters = |claim: &&super::Claim| {
        let names = &claim.on.names;
        names.is_empty() || names.iter().any(|name| name.starts_with("ens3"))
    };
    let was = old.iter().find(is_masters).cloned().unwrap_or_default();
    let (keeps4, keeps6) = (nic.v4 == V4::Keep, nic.v6 == V6::Keep);
    let keeps = |address: IpAddr| if address.is_ipv4() { keeps4 } else { keeps6 };

    let mut addresses: Vec<IpNet> = was.addresses.clone();
    let mut gateways: Vec<IpAddr> = was.gateways.clone();
    addresses.retain(|net| keeps(net.addr()));
    gateways.retain(|gateway| keeps(*gateway));
    if let V4::Static(given) = &nic.v4 {
        addresses.extend(given.addresses.iter().map(|net| IpNet::V4(*net)));
        gateways.extend(given.gateway.map(IpAddr::V4));
    }
    if let V6::Static(given) = &nic.v6 {
        addresses.extend(given.addresses.iter().map(|net| IpNet::V6(*net)));
        gateways.extend(given.gateway.map(IpAddr::V6));
    }
    let sorted = |mut all: Vec<IpNet>| {
        all.sort();
        all
    };
    prop_assert_eq!(sorted(mine.addresses.clone()), sorted(addresses));
    let mut read = mine.gateways.clone();
    read.sort();
    gateways.sort();
    prop_assert_eq!(read, gateways);
    prop_assert_eq!(
        mine.dhcp4,
        if keeps4 {
            was.dhcp4
        } else {
            nic.v4 == V4::Dhcp
        }
    );
    if !keeps6 && nic.v6 != V6::Dhcp {
        prop_assert!(!mine.dhcp6);
    }
    if !nic.dns.is_empty() {
        prop_assert_eq!(&mine.dns, &nic.dns);
    }
    for claim in &claims {
        for net in &claim.addresses {
            let is_masters = MASTER.iter().any(|master| master.parse() == Ok(*net));
            let is_asked = mine.addresses.contains(net);
            prop_assert!(!is_masters || is_asked, "{:?}", claim);
        }
    }
    Ok(())
}
