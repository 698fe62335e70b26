use super::*;
use crate::identity::files::{Found, OldFile};
use crate::identity::wanted::{Selector, V4, V6};

const ETH0: &str = "/etc/sysconfig/network/ifcfg-eth0";
const IFROUTE: &str = "/etc/sysconfig/network/ifroute-eth0";

fn guest(of: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    for (path, text) in of {
        let path = match path.starts_with('/') {
            true => (*path).to_owned(),
            false => format!("{FOLDER}/{path}"),
        };
        let found = match text.strip_prefix("-> ") {
            Some(target) => Found::Link {
                target: target.as_bytes().to_vec(),
                file: None,
            },
            None => Found::File(OldFile::of(*text)),
        };
        files.insert(path.parse().unwrap(), found);
    }
    files
}

fn fixed(selector: Selector) -> Nic {
    let mut nic = Nic::new(selector);
    let nets = vec!["10.0.0.17/24".parse().unwrap()];
    nic.v4 = V4::of(nets, Some("10.0.0.1".parse().unwrap()), false).unwrap();
    nic
}

fn after(nic: &Nic, files: &Files) -> Files {
    let mut files = files.clone();
    for change in Wicked.render(nic, &Servers::of([nic]), &files).unwrap() {
        change.apply(&mut files);
    }
    assert_eq!(
        Wicked.render(nic, &Servers::of([nic]), &files),
        Ok(Vec::new()),
        "a second run"
    );
    files
}

fn text(files: &Files, path: &str) -> String {
    String::from_utf8(files.content(path).unwrap().to_vec()).unwrap()
}

fn code(nic: &Nic, files: &Files) -> &'static str {
    let flaw = Wicked.render(nic, &Servers::of([nic]), files).unwrap_err();
    assert!(!flaw.to_string().contains('\n'), "{flaw}");
    flaw.code()
}

const DHCP: &str = "BOOTPROTO='dhcp'\nMTU=''\nSTARTMODE='auto'\n";

#[test]
fn dhcp_becomes_static_and_the_other_family_stays() {
    let files = after(&fixed(Selector::Sole), &guest(&[("ifcfg-eth0", DHCP)]));
    assert_eq!(
        text(&files, ETH0),
        "BOOTPROTO='dhcp6'\nMTU=''\nSTARTMODE='auto'\nIPADDR=10.0.0.17/24\n"
    );
    assert_eq!(text(&files, IFROUTE), "default 10.0.0.1 - eth0\n");
    let mut nic = fixed(Selector::Sole);
    nic.v6 = V6::Auto;
    let files = after(&nic, &guest(&[("ifcfg-eth0", DHCP)]));
    assert!(text(&files, ETH0).starts_with("BOOTPROTO='static'\n"));
}

#[test]
fn the_masters_addresses_and_routes_go() {
    let old = "BOOTPROTO='static'\nIPADDR='10.0.0.2'\nNETMASK='255.255.0.0'\nIPADDR_1='10.0.1.2/24'\nLABEL_1='x'\nIPADDR_2='2001:db8::2/64'\nSTARTMODE='auto'\n";
    let routes = "# all\ndefault 10.0.0.254 - -\n10.9.0.0/16 10.0.0.9 - -\ndefault 10.1.0.1 - eth1\ndefault fe80::1 - eth0\n";
    let files = guest(&[("ifcfg-eth0", old), ("routes", routes)]);
    let files = after(&fixed(Selector::Sole), &files);
    assert_eq!(
        text(&files, ETH0),
        "BOOTPROTO='static'\nIPADDR='10.0.0.17/24'\nIPADDR_2='2001:db8::2/64'\nSTARTMODE='auto'\n"
    );
    assert_eq!(
        text(&files, ROUTES),
        "# all\n10.9.0.0/16 10.0.0.9 - -\ndefault 10.1.0.1 - eth1\ndefault fe80::1 - eth0\n"
    );
    let claims = Wicked.claims(&files).unwrap();
    assert_eq!(claims[0].addresses.len(), 2);
    assert_eq!(
        claims[0].gateways,
        [
            "fe80::1".parse::<std::net::IpAddr>().unwrap(),
            "10.0.0.1".parse().unwrap()
        ]
    );
}

#[test]
fn a_gateway_on_the_link_gets_a_route_of_its_own_and_goes_with_it() {
    let mut nic = Nic::new(Selector::Sole);
    let nets = vec!["10.0.0.17/32".parse().unwrap()];
    nic.v4 = V4::of(nets, Some("10.9.9.1".parse().unwrap()), true).unwrap();
    let files = after(&nic, &guest(&[("ifcfg-eth0", DHCP)]));
    assert_eq!(
        text(&files, IFROUTE),
        "10.9.9.1/32 - - eth0\ndefault 10.9.9.1 - eth0\n"
    );
    let files = after(&fixed(Selector::Sole), &files);
    assert_eq!(text(&files, IFROUTE), "default 10.0.0.1 - eth0\n");
}

#[test]
fn name_servers_go_to_netconfig_or_where_it_is_off_to_resolv_conf() {
    let mut nic = fixed(Selector::Sole);
    nic.dns = vec!["9.9.9.9".parse().unwrap(), "1.1.1.1".parse().unwrap()];
    nic.search = vec!["lab.test".parse().unwrap()];
    let config = "# c\nNETCONFIG_DNS_POLICY=\"auto\"\nNETCONFIG_DNS_STATIC_SERVERS=\"10.0.0.1\"\nNETCONFIG_DNS_STATIC_SEARCHLIST=\"\"\n";
    let files = after(&nic, &guest(&[("ifcfg-eth0", DHCP), ("config", config)]));
    assert_eq!(
        text(&files, CONFIG),
        "# c\nNETCONFIG_DNS_POLICY=\"auto\"\nNETCONFIG_DNS_STATIC_SERVERS=\"9.9.9.9 1.1.1.1\"\nNETCONFIG_DNS_STATIC_SEARCHLIST=\"lab.test\"\n"
    );
    assert_eq!(Wicked.claims(&files).unwrap()[0].dns, nic.dns);
    let off = "NETCONFIG_DNS_POLICY=\"\"\n";
    let files = after(&nic, &guest(&[("ifcfg-eth0", DHCP), ("config", off)]));
    assert_eq!(text(&files, CONFIG), off);
    assert_eq!(Wicked.claims(&files).unwrap()[0].dns, nic.dns);
}

#[test]
fn a_nic_that_is_not_sure_is_refused() {
    let two = guest(&[("ifcfg-eth0", DHCP), ("ifcfg-eth1", DHCP)]);
    assert_eq!(code(&fixed(Selector::Sole), &two), "nic-ambiguous");
    let new = after(&fixed(Selector::Name("eth1".into())), &two);
    assert_eq!(text(&new, ETH0), DHCP);
    assert_eq!(code(&fixed(Selector::Sole), &guest(&[])), "nic-unknown");
    let bridge = "BRIDGE='yes'\nBRIDGE_PORTS='eth0'\nBOOTPROTO='dhcp'\nSTARTMODE='auto'\n";
    let files = guest(&[("ifcfg-eth0", DHCP), ("ifcfg-br0", bridge)]);
    assert_eq!(code(&fixed(Selector::Sole), &files), "nic-stacked");
    let files = guest(&[
        ("ifcfg-eth0", DHCP),
        ("ifcfg-eth0.7", "ETHERDEVICE='eth0'\n"),
    ]);
    assert_eq!(code(&fixed(Selector::Sole), &files), "nic-stacked");
    let files = guest(&[(
        "ifcfg-eth0",
        "BOOTPROTO='static'\nLLADDR='52:54:00:00:00:01'\n",
    )]);
    assert_eq!(code(&fixed(Selector::Sole), &files), "nic-hardware");
    let rule = "ATTR{address}==\"52:54:00:00:00:01\", NAME=\"lan0\"\n";
    let rules = ("/etc/udev/rules.d/70-persistent-net.rules", rule);
    let files = guest(&[("ifcfg-lan0", DHCP), rules]);
    assert_eq!(code(&fixed(Selector::Sole), &files), "nic-renamed");
    let eth0 = "ATTR{address}==\"52:54:00:00:00:01\", NAME=\"eth0\"\n";
    let files = guest(&[("ifcfg-eth0", DHCP), (rules.0, eth0)]);
    let new = after(&fixed(Selector::Sole), &files);
    assert_eq!(Wicked.claims(&new).unwrap()[0].on.macs, []);
    let files = guest(&[("ifcfg-eth0", "IPADDR=$X\n")]);
    assert_eq!(code(&fixed(Selector::Sole), &files), "wicked-unreadable");
}

#[test]
fn templates_and_backups_are_no_nics() {
    let files = guest(&[
        ("ifcfg-eth0", DHCP),
        ("ifcfg.template", DHCP),
        ("ifcfg-eth1.old", DHCP),
        ("ifcfg-lo", "IPADDR=127.0.0.1/8\n"),
    ]);
    assert_eq!(Wicked.claims(&files).unwrap().len(), 1);
}

#[test]
fn it_is_active_where_it_is_the_guests_network_service() {
    let link = (NETWORK_UNIT, "-> /usr/lib/systemd/system/wicked.service");
    assert!(Wicked.active(&guest(&[link])).is_some());
    assert!(
        Wicked
            .active(&guest(&[link, (MASK, "-> /dev/null")]))
            .is_none()
    );
    let manager = (
        NETWORK_UNIT,
        "-> /usr/lib/systemd/system/NetworkManager.service",
    );
    assert!(
        Wicked
            .active(&guest(&[manager, (WANTS[0], "-> x")]))
            .is_none()
    );
    assert!(Wicked.active(&guest(&[])).is_none());
}
