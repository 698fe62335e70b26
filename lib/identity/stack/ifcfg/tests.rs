use super::*;
use crate::identity::files::OldFile;
use crate::identity::wanted::{Selector, V4, V6};

const MAC: &str = "52:54:00:12:34:56";
const ETH0: &str = "/etc/sysconfig/network-scripts/ifcfg-eth0";

fn guest(of: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    for (path, text) in of {
        let path = match path.starts_with('/') {
            true => (*path).to_owned(),
            false => format!("{SCRIPTS}/{path}"),
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

fn manager(of: &[(&str, &str)]) -> Files {
    let plugin = "/usr/lib64/NetworkManager/1.40.16-1.el8/libnm-settings-plugin-ifcfg-rh.so";
    let mut all = of.to_vec();
    all.extend([(MANAGER_WANTS[0], "-> /x"), (plugin, "")]);
    guest(&all)
}

fn fixed(selector: Selector) -> Nic {
    let mut nic = Nic::new(selector);
    let nets = vec!["10.0.0.17/24".parse().unwrap()];
    nic.v4 = V4::of(nets, Some("10.0.0.1".parse().unwrap()), false).unwrap();
    nic
}

fn mac() -> Selector {
    Selector::Mac(MAC.parse().unwrap())
}

fn after(nic: &Nic, files: &Files) -> Files {
    let mut files = files.clone();
    for change in Ifcfg.render(nic, &Servers::of([nic]), &files).unwrap() {
        change.apply(&mut files);
    }
    assert_eq!(
        Ifcfg.render(nic, &Servers::of([nic]), &files),
        Ok(Vec::new()),
        "a second run"
    );
    files
}

fn text(files: &Files, path: &str) -> String {
    String::from_utf8(files.content(path).unwrap().to_vec()).unwrap()
}

fn code(nic: &Nic, files: &Files) -> &'static str {
    let flaw = Ifcfg.render(nic, &Servers::of([nic]), files).unwrap_err();
    assert!(!flaw.to_string().contains('\n'), "{flaw}");
    flaw.code()
}

const DHCP: &str = "# anaconda\nTYPE=\"Ethernet\"\nBOOTPROTO=\"dhcp\"\nDEFROUTE=\"yes\"\nNAME=\"eth0\"\nUUID=\"aa-bb\"\nDEVICE=\"eth0\"\nONBOOT=\"yes\"\nDHCP_HOSTNAME=master\n";

#[test]
fn keys_are_edited_in_place_and_those_of_the_master_go() {
    let files = after(&fixed(Selector::Sole), &guest(&[("ifcfg-eth0", DHCP)]));
    assert_eq!(
        text(&files, ETH0),
        "# anaconda\nTYPE=\"Ethernet\"\nBOOTPROTO=\"none\"\nDEFROUTE=\"yes\"\nNAME=\"eth0\"\nDEVICE=\"eth0\"\nONBOOT=\"yes\"\nIPADDR=10.0.0.17\nPREFIX=24\nGATEWAY=10.0.0.1\n"
    );
}

#[test]
fn static_keys_of_every_number_go_and_a_netmask_stays_a_netmask() {
    let old = "DEVICE=eth0\nHWADDR=52:54:00:00:00:01\nBOOTPROTO=static\nONBOOT=yes\nIPADDR=10.0.0.2\nNETMASK=255.255.0.0\nIPADDR1=10.0.1.2\nNETMASK1=255.255.255.0\nGATEWAY0=10.0.0.9\nBROADCAST=10.0.255.255\nMTU=1400\n";
    let files = after(&fixed(mac()), &guest(&[("ifcfg-eth0", old)]));
    assert_eq!(
        text(&files, ETH0),
        format!(
            "DEVICE=eth0\nHWADDR={MAC}\nBOOTPROTO=static\nONBOOT=yes\nIPADDR=10.0.0.17\nNETMASK=255.255.255.0\nMTU=1400\nGATEWAY=10.0.0.1\n"
        )
    );
    let files = after(&fixed(Selector::Sole), &guest(&[("ifcfg-eth0", old)]));
    assert!(!text(&files, ETH0).contains("HWADDR"));
    let claims = Ifcfg.claims(&files).unwrap();
    assert_eq!(claims[0].addresses, ["10.0.0.17/24".parse().unwrap()]);
}

#[test]
fn both_families_and_name_servers_are_read_back() {
    let mut nic = fixed(mac());
    let nets = ["2001:db8::17/64", "2001:db8:1::17/64"].map(|net| net.parse().unwrap());
    nic.v6 = V6::of(nets.to_vec(), Some("fe80::1".parse().unwrap()), false).unwrap();
    nic.dns = vec!["9.9.9.9".parse().unwrap(), "2620:fe::fe".parse().unwrap()];
    nic.search = vec!["lab.test".parse().unwrap(), "test".parse().unwrap()];
    let old = format!("{DHCP}DNS1=10.0.0.1\nDNS2=10.0.0.2\nDNS3=10.0.0.3\nDOMAIN=old.test\n");
    for guest in [guest, manager] {
        let files = after(&nic, &guest(&[("ifcfg-eth0", &old)]));
        let claims = Ifcfg.claims(&files).unwrap();
        assert_eq!(claims.len(), 1);
        assert_eq!(claims[0].addresses.len(), 3);
        assert_eq!(
            claims[0].gateways,
            [
                "10.0.0.1".parse::<std::net::IpAddr>().unwrap(),
                "fe80::1".parse().unwrap()
            ]
        );
        assert_eq!(claims[0].dns, nic.dns);
        assert!(!claims[0].dhcp4 && !claims[0].dhcp6);
        let new = text(&files, ETH0);
        assert!(new.contains("IPV6_DEFAULTGW=fe80::1%eth0\n"), "{new}");
        assert!(new.contains("DOMAIN=\"lab.test test\"\n"), "{new}");
    }
    let service = after(&nic, &guest(&[("ifcfg-eth0", &old)]));
    assert!(service.exists("/etc/resolv.conf"));
    let manager = after(&nic, &manager(&[("ifcfg-eth0", &old)]));
    assert!(!manager.exists("/etc/resolv.conf"));
}

#[test]
fn ipv6_is_asked_for_in_each_way() {
    for (v6, want) in [
        (V6::Off, "IPV6INIT=no\n"),
        (V6::Auto, "IPV6INIT=yes\nIPV6_AUTOCONF=yes\n"),
        (V6::Dhcp, "IPV6INIT=yes\nIPV6_AUTOCONF=no\nDHCPV6C=yes\n"),
    ] {
        let mut nic = Nic::new(Selector::Sole);
        nic.v6 = v6;
        let files = after(
            &nic,
            &guest(&[(
                "ifcfg-eth0",
                "DEVICE=eth0\nONBOOT=yes\nBOOTPROTO=dhcp\nIPV6ADDR=2001:db8::2/64\n",
            )]),
        );
        assert_eq!(
            text(&files, ETH0),
            format!("DEVICE=eth0\nONBOOT=yes\nBOOTPROTO=dhcp\n{want}")
        );
    }
}

#[test]
fn the_gateway_for_all_nics_goes_and_foreign_lines_stay() {
    let network = "NETWORKING=yes\nHOSTNAME=master\nGATEWAY=10.0.0.254\n";
    let files = after(
        &fixed(Selector::Sole),
        &guest(&[("ifcfg-eth0", DHCP), (NETWORK, network)]),
    );
    assert_eq!(text(&files, NETWORK), "NETWORKING=yes\nHOSTNAME=master\n");
    let shell = "NETWORKING=yes\nX=$(date)\n";
    let files = after(
        &fixed(Selector::Sole),
        &guest(&[("ifcfg-eth0", DHCP), (NETWORK, shell)]),
    );
    assert_eq!(text(&files, NETWORK), shell);
}

#[test]
fn aliases_and_ranges_of_the_nic_are_moved_and_others_stay() {
    let alias = "DEVICE=eth0:1\nIPADDR=10.0.0.3\n";
    let files = guest(&[
        ("ifcfg-eth0", DHCP),
        ("ifcfg-eth0:1", alias),
        ("ifcfg-eth0-range0", "IPADDR_START=10.0.0.20\n"),
        ("ifcfg-eth1:1", alias),
        ("ifcfg-eth0.bak", "IPADDR=10.0.0.2\n"),
    ]);
    let new = after(&fixed(Selector::Sole), &files);
    let left: Vec<String> = new
        .in_folder(SCRIPTS)
        .map(|(path, _)| path.to_string())
        .collect();
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(new.exists(&format!("{SCRIPTS}/ifcfg-eth1:1")));
}

#[test]
fn routes_that_name_the_masters_address_or_a_default_route_are_refused() {
    let old = "DEVICE=eth0\nBOOTPROTO=none\nIPADDR=10.0.0.2\nPREFIX=24\n";
    for route in [
        "default via 10.0.0.254\n",
        "10.9.0.0/16 via 10.0.0.9 src 10.0.0.2\n",
        "ADDRESS0=0.0.0.0\nNETMASK0=0.0.0.0\nGATEWAY0=10.0.0.9\n",
    ] {
        let files = guest(&[("ifcfg-eth0", old), ("route-eth0", route)]);
        assert_eq!(
            code(&fixed(Selector::Sole), &files),
            "ifcfg-routes",
            "{route}"
        );
    }
    let kept = "10.9.0.0/16 via 10.0.0.9\ndefault via 10.0.0.9 table 7\n";
    let files = guest(&[("ifcfg-eth0", old), ("route-eth0", kept)]);
    let new = after(&fixed(Selector::Sole), &files);
    assert_eq!(text(&new, &format!("{SCRIPTS}/route-eth0")), kept);
}

#[test]
fn a_nic_that_is_not_sure_is_refused() {
    let eth1 = "DEVICE=eth1\nONBOOT=yes\n";
    let several = guest(&[("ifcfg-eth0", DHCP), ("ifcfg-eth1", eth1)]);
    assert_eq!(code(&fixed(Selector::Sole), &several), "nic-ambiguous");
    assert_eq!(code(&fixed(mac()), &several), "nic-ambiguous");
    let idle = guest(&[
        ("ifcfg-eth0", DHCP),
        ("ifcfg-eth1", "DEVICE=eth1\nONBOOT=no\n"),
    ]);
    assert!(text(&after(&fixed(Selector::Sole), &idle), ETH0).contains("10.0.0.17"));
    assert_eq!(code(&fixed(Selector::Sole), &guest(&[])), "nic-unknown");
    assert_eq!(code(&fixed(mac()), &guest(&[])), "nic-unknown");
    let other = guest(&[("ifcfg-eth0", "HWADDR=52:54:00:00:00:01\n")]);
    assert_eq!(code(&fixed(Selector::Sole), &other), "nic-unknown");
    let set = guest(&[("ifcfg-eth0", &format!("{DHCP}MACADDR=52:54:00:00:00:01\n"))]);
    assert_eq!(code(&fixed(Selector::Sole), &set), "nic-hardware");
    let new = after(&fixed(mac()), &set);
    assert!(text(&new, ETH0).contains(&format!("MACADDR={MAC}\n")));
    assert_eq!(
        code(&fixed(Selector::Name("eth0\nX".into())), &other),
        "nic-name"
    );
}

#[test]
fn bonds_bridges_and_vlans_are_refused() {
    for (name, more) in [
        ("ifcfg-eth0", "MASTER=bond0\nSLAVE=yes\n"),
        ("ifcfg-eth0", "BRIDGE=br0\n"),
    ] {
        let files = guest(&[(name, &format!("{DHCP}{more}"))]);
        assert_eq!(
            code(&fixed(Selector::Sole), &files),
            "nic-stacked",
            "{more}"
        );
    }
    for other in [
        "DEVICE=eth0.10\nVLAN=yes\n",
        "TYPE=Vlan\nPHYSDEV=eth0\nDEVICE=lan\n",
    ] {
        let files = guest(&[("ifcfg-eth0", DHCP), ("ifcfg-x", other)]);
        assert_eq!(
            code(&fixed(Selector::Sole), &files),
            "nic-stacked",
            "{other}"
        );
    }
    let bond = guest(&[("ifcfg-bond0", "DEVICE=bond0\nTYPE=Bond\n")]);
    assert_eq!(code(&fixed(Selector::Sole), &bond), "nic-stacked");
    assert_eq!(
        code(&fixed(Selector::Name("bond0".into())), &bond),
        "nic-stacked"
    );
}

#[test]
fn a_renamed_nic_is_found_by_its_hardware_address_alone() {
    let rule = "ATTR{address}==\"52:54:00:00:00:01\", NAME=\"lan0\"\n";
    let rules = ("/etc/udev/rules.d/70-persistent-net.rules", rule);
    let lan = "DEVICE=lan0\nONBOOT=yes\nBOOTPROTO=dhcp\n";
    let files = manager(&[("ifcfg-lan0", lan), rules]);
    assert_eq!(code(&fixed(Selector::Sole), &files), "nic-renamed");
    let new = after(&fixed(mac()), &files);
    let new = text(&new, &format!("{SCRIPTS}/ifcfg-lan0"));
    assert!(
        !new.contains("DEVICE") && new.contains(&format!("HWADDR={MAC}\n")),
        "{new}"
    );
}

#[test]
fn a_file_that_network_manager_leaves_alone_is_given_back_to_it() {
    let old = format!("{DHCP}NM_CONTROLLED=no\n");
    let new = after(&fixed(mac()), &manager(&[("ifcfg-eth0", &old)]));
    assert!(!text(&new, ETH0).contains("NM_CONTROLLED"));
    let new = after(&fixed(mac()), &guest(&[("ifcfg-eth0", &old)]));
    assert!(text(&new, ETH0).contains("NM_CONTROLLED=no\n"));
}

#[test]
fn a_second_file_for_the_nic_or_for_any_is_refused() {
    let name = || Selector::Name("eth0".into());
    for other in [
        "TYPE=Ethernet\nBOOTPROTO=dhcp\n",
        "DEVICE=eth0\nONBOOT=yes\n",
    ] {
        let files = manager(&[("ifcfg-eth0", DHCP), ("ifcfg-Wired_1", other)]);
        assert_eq!(code(&fixed(name()), &files), "nic-ambiguous", "{other}");
    }
    let idle = "TYPE=Ethernet\nONBOOT=no\n";
    let files = manager(&[("ifcfg-eth0", DHCP), ("ifcfg-Wired_1", idle)]);
    assert!(text(&after(&fixed(name()), &files), ETH0).contains("10.0.0.17"));
}

#[test]
fn a_missing_file_is_made_for_a_name() {
    let files = after(
        &fixed(Selector::Name("eth1".into())),
        &guest(&[("ifcfg-eth0", DHCP)]),
    );
    let new = text(&files, &format!("{SCRIPTS}/ifcfg-eth1"));
    assert!(
        new.starts_with("TYPE=Ethernet\nDEVICE=eth1\nONBOOT=yes\nBOOTPROTO=none\n"),
        "{new}"
    );
    assert_eq!(text(&files, ETH0), DHCP);
}

#[test]
fn it_is_active_by_the_service_or_by_the_plugin_with_a_file_to_read() {
    let script = ("/etc/rc.d/init.d/network", "");
    let link = ("/etc/rc.d/rc3.d/S10network", "-> ../init.d/network");
    assert!(Ifcfg.active(&guest(&[script, link])).is_some());
    assert!(Ifcfg.active(&guest(&[script])).is_none());
    assert!(
        Ifcfg
            .active(&guest(&[script, link, (SERVICE_MASK, "-> /dev/null")]))
            .is_none()
    );
    assert!(Ifcfg.active(&manager(&[("ifcfg-eth0", DHCP)])).is_some());
    assert!(Ifcfg.active(&manager(&[])).is_none());
    assert!(
        Ifcfg
            .active(&manager(&[
                ("ifcfg-eth0", DHCP),
                (MANAGER_MASK, "-> /dev/null")
            ]))
            .is_none()
    );
}

#[test]
fn the_folder_of_the_plugins_is_asked_for() {
    let mut files = Files::default();
    let folder = "/usr/lib64/NetworkManager/1.18-el7";
    files.insert(folder.parse().unwrap(), Found::Directory);
    assert_eq!(Ifcfg.more(&files), [Look::names(folder)]);
    let plugin = format!("{folder}/libnm-settings-plugin-ifcfg-rh.so");
    files.insert(plugin.parse().unwrap(), Found::Other);
    assert_eq!(Ifcfg.more(&files), []);
}
