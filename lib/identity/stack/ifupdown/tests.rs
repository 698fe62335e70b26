use super::*;
use crate::identity::files::{Found, OldFile};
use crate::identity::wanted::{Selector, V4, V6};

const MAC: &str = "52:54:00:12:34:56";

fn guest(main: &str) -> Files {
    with(&[(MAIN, main)])
}

fn with(of: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    for (path, text) in of {
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

fn modern(main: &str) -> Files {
    with(&[(MAIN, main), (PATTERNS, "")])
}

fn by(selector: &str) -> Selector {
    match selector {
        "" => Selector::Sole,
        mac if mac.contains(':') => Selector::Mac(mac.parse().unwrap()),
        name => Selector::Name(name.to_owned()),
    }
}

fn fixed(selector: &str) -> Nic {
    let mut nic = Nic::new(by(selector));
    let addresses = vec!["10.0.0.17/24".parse().unwrap()];
    nic.v4 = V4::of(addresses, Some("10.0.0.1".parse().unwrap()), false).unwrap();
    nic
}

/// The main file after the changes. They are made twice, and the second time nothing changes.
fn main_after(nic: &Nic, files: &Files) -> String {
    let mut files = files.clone();
    for change in Ifupdown.render(nic, &Servers::of([nic]), &files).unwrap() {
        change.apply(&mut files);
    }
    assert_eq!(
        Ifupdown.render(nic, &Servers::of([nic]), &files),
        Ok(Vec::new()),
        "a second run"
    );
    String::from_utf8(files.content(MAIN).unwrap().to_vec()).unwrap()
}

fn code(nic: &Nic, files: &Files) -> &'static str {
    let flaw = Ifupdown
        .render(nic, &Servers::of([nic]), files)
        .unwrap_err();
    assert!(!flaw.to_string().contains('\n'), "{flaw}");
    flaw.code()
}

const DHCP: &str = "# d-i\nsource /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n\nallow-hotplug ens3\niface ens3 inet dhcp\n";

#[test]
fn the_one_stanza_of_a_fresh_debian_becomes_static() {
    let want = DHCP.replace(
        "inet dhcp\n",
        "inet static\n\taddress 10.0.0.17/24\n\tgateway 10.0.0.1\n",
    );
    for selector in ["", "ens3", MAC] {
        assert_eq!(main_after(&fixed(selector), &modern(DHCP)), want);
        assert_eq!(main_after(&fixed(selector), &guest(DHCP)), want);
    }
}

#[test]
fn options_that_are_not_the_address_stay_where_they_are() {
    let old = "auto ens3\niface ens3 inet static\n  # the office\n  address 10.0.0.2\n  netmask 255.255.0.0\n  mtu 9000\n  network 10.0.0.0\n  broadcast 10.0.255.255\n  gateway 10.0.0.254\n  up echo \\\n    hi\n# end\n";
    let want = "auto ens3\niface ens3 inet static\n  # the office\n  address 10.0.0.17\n  netmask 255.255.255.0\n  mtu 9000\n  gateway 10.0.0.1\n  up echo \\\n    hi\n# end\n";
    assert_eq!(main_after(&fixed(""), &guest(old)), want);
}

#[test]
fn several_addresses_take_a_stanza_each_and_surplus_ones_go() {
    let mut nic = fixed("");
    let nets = ["10.0.0.17/24", "10.0.1.17/24"].map(|net| net.parse().unwrap());
    nic.v4 = V4::of(nets.to_vec(), None, false).unwrap();
    let two = main_after(&nic, &guest(DHCP));
    assert!(two.ends_with(
        "iface ens3 inet static\n\taddress 10.0.0.17/24\n\niface ens3 inet static\n\taddress 10.0.1.17/24\n"
    ), "{two}");
    let one = main_after(&fixed(""), &guest(&two));
    assert_eq!(one.matches("iface ens3").count(), 1, "{one}");
    let alias = "auto ens3 ens3:0\niface ens3 inet static\n address 10.0.0.2/24\niface ens3:0 inet static\n address 10.0.0.3/24\n";
    let after = main_after(&fixed(""), &guest(alias));
    assert_eq!(
        after,
        "auto ens3\niface ens3 inet static\n address 10.0.0.17/24\n gateway 10.0.0.1\n"
    );
}

#[test]
fn a_family_that_is_kept_stays_to_the_byte() {
    let old = "auto ens3\niface ens3 inet static\n address 10.0.0.2/24\n gateway 10.0.0.1\n\niface ens3 inet6 static\n address 2001:db8::2/64\n";
    let mut nic = Nic::new(Selector::Sole);
    let net = vec!["2001:db8::17/64".parse().unwrap()];
    nic.v6 = V6::of(net, Some("fe80::1".parse().unwrap()), false).unwrap();
    let after = main_after(&nic, &guest(old));
    let want = old.replace("db8::2/64", "db8::17/64\n gateway fe80::1");
    assert_eq!(after, want);
    nic.v4 = V4::Dhcp;
    nic.v6 = V6::Off;
    let after = main_after(&nic, &guest(old));
    assert_eq!(
        after,
        "auto ens3\niface ens3 inet dhcp\n\niface ens3 inet6 manual\n"
    );
}

#[test]
fn by_hardware_address_a_stanza_is_added_where_none_is() {
    let old = "auto lo\niface lo inet loopback\n";
    let after = main_after(&fixed(MAC), &modern(old));
    assert_eq!(
        after,
        format!(
            "{old}\nauto mac/{MAC}=osg525400123456\niface osg525400123456 inet static\n\taddress 10.0.0.17/24\n\tgateway 10.0.0.1\n"
        )
    );
    let claims = Ifupdown.claims(&modern(&after)).unwrap();
    assert_eq!(claims.len(), 1);
    assert_eq!(claims[0].on.macs, [MAC.parse().unwrap()]);
    assert_eq!(claims[0].on.names, [""; 0]);
    assert_eq!(code(&fixed(MAC), &guest(old)), "nic-unknown");
    assert_eq!(code(&fixed(""), &modern(old)), "nic-unknown");
    let dynamic = format!("{old}source-directory /run/network/interfaces.d\n");
    assert_eq!(code(&fixed(MAC), &modern(&dynamic)), "nic-unknown");
    let release = with(&[
        (MAIN, old),
        ("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"),
    ]);
    assert_eq!(main_after(&fixed(MAC), &release), after);
}

#[test]
fn each_nic_of_a_child_gets_a_stanza_of_its_own() {
    let mut files = modern("auto lo\niface lo inet loopback\n");
    let other = "52:54:00:12:34:57";
    for mac in [MAC, other, MAC, other] {
        for change in Ifupdown
            .render(&fixed(mac), &Servers::of([&fixed(mac)]), &files)
            .unwrap()
        {
            change.apply(&mut files);
        }
    }
    let claims = Ifupdown.claims(&files).unwrap();
    let macs: Vec<String> = claims
        .iter()
        .map(|claim| claim.on.macs[0].to_string())
        .collect();
    assert_eq!(macs, [MAC, other]);
}

#[test]
fn the_masters_hardware_address_becomes_the_childs() {
    let old = "auto mac/52:54:00:00:00:01=osg\niface osg inet dhcp\n";
    let after = main_after(&fixed(MAC), &modern(old));
    assert!(
        after.starts_with(&format!("auto mac/{MAC}=osg\niface osg inet static\n")),
        "{after}"
    );
    assert_eq!(code(&fixed(""), &modern(old)), "nic-unknown");
    let old = "auto eth0\niface eth0 inet dhcp\n hwaddress ether 52:54:00:00:00:01\n";
    let after = main_after(&fixed(MAC), &guest(old));
    assert!(
        after.contains(&format!(" hwaddress ether {MAC}\n")),
        "{after}"
    );
    assert_eq!(code(&fixed(""), &guest(old)), "nic-hardware");
}

#[test]
fn a_name_that_a_rule_gives_by_the_masters_address_is_not_trusted() {
    let rule = "ATTR{address}==\"52:54:00:00:00:01\", NAME=\"lan0\"\n";
    let old = "auto lan0\niface lan0 inet static\n address 10.0.0.2/24\n";
    let rules = "/etc/udev/rules.d/70-persistent-net.rules";
    let files = with(&[(MAIN, old), (PATTERNS, ""), (rules, rule)]);
    assert_eq!(code(&fixed(""), &files), "nic-renamed");
    assert_eq!(code(&fixed("lan0"), &files), "nic-renamed");
    let after = main_after(&fixed(MAC), &files);
    assert!(
        after.starts_with(&format!("auto mac/{MAC}=lan0\niface lan0 inet static\n")),
        "{after}"
    );
    let generator = "/lib/udev/rules.d/75-persistent-net-generator.rules";
    let files = with(&[(MAIN, old), (generator, ""), (rules, rule)]);
    assert!(main_after(&fixed(""), &files).starts_with("auto lan0\n"));
}

#[test]
fn a_rule_about_the_childs_own_address_says_which_stanza_is_meant() {
    let link = format!("[Match]\nMACAddress={MAC}\n[Link]\nName=wan0\n");
    let old = "auto lan0 wan0\niface lan0 inet dhcp\niface wan0 inet dhcp\n";
    let files = with(&[(MAIN, old), ("/etc/systemd/network/10-wan.link", &link)]);
    let after = main_after(&fixed(MAC), &files);
    assert!(
        after.contains("iface lan0 inet dhcp\niface wan0 inet static\n"),
        "{after}"
    );
    let claims = Ifupdown.claims(&files).unwrap();
    let macs: Vec<&[_]> = claims.iter().map(|claim| &claim.on.macs[..]).collect();
    assert_eq!(macs, [&[][..], &[MAC.parse().unwrap()]]);
}

#[test]
fn a_nic_among_several_has_to_be_named() {
    let old = "auto ens3 ens4\niface ens3 inet dhcp\niface ens4 inet dhcp\n";
    for selector in ["", MAC] {
        assert_eq!(code(&fixed(selector), &modern(old)), "nic-ambiguous");
    }
    let after = main_after(&fixed("ens4"), &guest(old));
    assert!(after.starts_with("auto ens3 ens4\niface ens3 inet dhcp\niface ens4 inet static\n"));
    let idle = "auto ens3\niface ens3 inet dhcp\niface eth0 inet dhcp\n";
    assert!(main_after(&fixed(""), &guest(idle)).contains("iface ens3 inet static\n"));
    let claims = Ifupdown.claims(&guest(idle)).unwrap();
    let names: Vec<&str> = claims.iter().map(|claim| claim.name.as_str()).collect();
    assert_eq!(names, ["ens3"]);
}

#[test]
fn bonds_bridges_vlans_and_mappings_are_refused() {
    for (text, want) in [
        ("iface br0 inet dhcp\n bridge_ports ens3\n", "nic-stacked"),
        ("iface br0 inet dhcp\n bridge-ports all\n", "nic-stacked"),
        (
            "iface bond0 inet dhcp\n bond-slaves ens3 ens4\n",
            "nic-stacked",
        ),
        ("iface ens3.10 inet dhcp\n", "nic-stacked"),
        (
            "iface vlan10 inet dhcp\n vlan-raw-device ens3\n",
            "nic-stacked",
        ),
        (
            "mapping ens*\n script /bin/true\n map x y\n",
            "ifupdown-mapping",
        ),
        ("rename mac/52:54:00:00:00:01=ens3\n", "ifupdown-mapping"),
        ("iface x inet static inherits ens3\n", "ifupdown-inherits"),
    ] {
        let text = format!("auto ens3\niface ens3 inet manual\n{text}");
        assert_eq!(code(&fixed("ens3"), &guest(&text)), want, "{text}");
    }
    let only = "auto br0\niface br0 inet dhcp\n bridge_ports ens3\n";
    for selector in ["", MAC, "br0"] {
        assert_eq!(code(&fixed(selector), &modern(only)), "nic-stacked");
    }
    let port = "auto ens3\niface ens3 inet manual\n bond-master bond0\n";
    assert_eq!(code(&fixed("ens3"), &guest(port)), "nic-stacked");
}

#[test]
fn another_nics_bridge_is_no_hindrance() {
    let old = "auto ens3 br1\niface ens3 inet dhcp\niface br1 inet static\n address 10.1.0.1/24\n bridge_ports none\n";
    let after = main_after(&fixed(""), &guest(old));
    assert!(after.contains("iface ens3 inet static\n") && after.contains("10.1.0.1/24"));
}

#[test]
fn commands_that_would_undo_the_wish_are_refused_and_others_stay() {
    for command in [
        "up ip addr add 10.0.0.99/24 dev ens3",
        "post-up /sbin/ip route add default via 10.0.0.9",
        "up route add default gw 10.0.0.9",
        "up ip route add 10.9.0.0/16 via 10.0.0.9 src 10.0.0.2",
        "pre-up dhclient ens3",
        "up ip route add 10.9.0.0/16 via 10.0.7.9",
        "up route add -net 10.9.0.0/16 gw 10.0.7.9",
    ] {
        let text = format!("auto ens3\niface ens3 inet static\n address 10.0.0.2/16\n {command}\n");
        assert_eq!(
            code(&fixed(""), &guest(&text)),
            "ifupdown-command",
            "{command}"
        );
    }
    for command in [
        "up ip route add 10.9.0.0/16 via 10.0.0.9",
        "up sysctl -w net.ipv4.ip_forward=1",
        "post-up ip -6 route add default via fe80::1 dev ens3",
        "up ip route add default via 10.0.0.9 table 7",
        "up iptables-restore < /etc/iptables-10.0.0.20",
    ] {
        let text = format!("auto ens3\niface ens3 inet static\n address 10.0.0.2/24\n {command}\n");
        assert!(
            main_after(&fixed(""), &guest(&text)).contains(command),
            "{command}"
        );
    }
}

#[test]
fn templates_are_read_and_what_they_give_is_not_lost() {
    let old = "iface base inet static\n mtu 1400\nauto ens3\niface ens3 inet static inherits base\n address 10.0.0.2/24\n";
    let after = main_after(&fixed(""), &guest(old));
    assert_eq!(
        after,
        old.replace(
            "address 10.0.0.2/24",
            "address 10.0.0.17/24\n gateway 10.0.0.1"
        )
    );
    let old = "iface base inet static\n address 10.0.0.2/24\nauto ens3\niface ens3 inet static inherits base\n mtu 1400\n";
    let claims = Ifupdown.claims(&guest(old)).unwrap();
    assert_eq!(claims[0].addresses, ["10.0.0.2/24".parse().unwrap()]);
    assert_eq!(code(&fixed(""), &guest(old)), "ifupdown-inherits");
}

#[test]
fn files_are_sourced_as_ifupdown_does() {
    let nic = "iface ens3 inet dhcp\n";
    let of = |word: &str, name: &str| {
        let main = format!("{word}\nauto ens3\n");
        with(&[
            (MAIN, &main),
            (&format!("/etc/network/interfaces.d/{name}"), nic),
        ])
    };
    let after = |files: &Files, name: &str| {
        let mut files = files.clone();
        for change in Ifupdown
            .render(&fixed("ens3"), &Servers::of([&fixed("ens3")]), &files)
            .unwrap()
        {
            change.apply(&mut files);
        }
        let path = format!("/etc/network/interfaces.d/{name}");
        files
            .content(&path)
            .unwrap()
            .starts_with(b"iface ens3 inet static\n")
    };
    for word in [
        "source interfaces.d/*",
        "source /etc/network/interfaces.d/*.cfg",
        "source-directory interfaces.d",
        "source /etc/network/interfaces.d/ens3",
    ] {
        let name = if word.ends_with(".cfg") {
            "a.cfg"
        } else {
            "ens3"
        };
        assert!(after(&of(word, name), name), "{word}");
    }
    assert!(!after(
        &of("source-directory interfaces.d", "ens3.bak"),
        "ens3.bak"
    ));
    assert!(!after(&of("source interfaces.d/*", ".ens3"), ".ens3"));
    assert_eq!(
        code(&fixed("ens3"), &of("source $HOME/interfaces", "x")),
        "ifupdown-unreadable"
    );
}

#[test]
fn files_that_are_sourced_from_elsewhere_are_asked_for() {
    let main =
        "source /srv/net/*.conf\nsource-directory /etc/network/more\nsource interfaces.d/*\n";
    let more = Ifupdown.more(&guest(main));
    assert_eq!(
        more,
        [Look::folder("/srv/net"), Look::folder("/etc/network/more")]
    );
    let seen = with(&[
        (MAIN, main),
        ("/srv/net/a.conf", "source b/c\n"),
        ("/etc/network/more/x", ""),
    ]);
    assert_eq!(Ifupdown.more(&seen), [Look::file("/srv/net/b/c")]);
}

#[test]
fn a_text_that_ifupdown_would_not_read_is_refused() {
    for text in ["frob x\n", "iface ens3\n", "iface ens3 inet\n", "iface\n"] {
        assert_eq!(
            code(&fixed(""), &guest(text)),
            "ifupdown-unreadable",
            "{text}"
        );
    }
}

#[test]
fn name_servers_go_where_the_guest_reads_them() {
    let mut nic = fixed("");
    nic.dns = vec!["9.9.9.9".parse().unwrap()];
    nic.search = vec!["lab.test".parse().unwrap()];
    let old = "auto ens3\niface ens3 inet static\n address 10.0.0.2/24\n dns-nameservers 10.0.0.1\n dns-domain old.test\n";
    let resolv = "/etc/resolv.conf";
    let hook = with(&[
        (MAIN, old),
        (resolv, "-> /run/resolvconf/resolv.conf"),
        ("/etc/network/if-up.d/000resolvconf", ""),
    ]);
    let after = main_after(&nic, &hook);
    assert_eq!(
        after,
        "auto ens3\niface ens3 inet static\n address 10.0.0.17/24\n gateway 10.0.0.1\n dns-search lab.test\n dns-nameservers 9.9.9.9\n"
    );
    let file = with(&[(MAIN, old), (resolv, "nameserver 10.0.0.1\n")]);
    assert!(!main_after(&nic, &file).contains("dns-"));
    let changes = Ifupdown.render(&nic, &Servers::of([&nic]), &file).unwrap();
    let want = "search lab.test\nnameserver 9.9.9.9\n";
    assert_eq!(changes[1], Change::text(resolv, want));
    let no_hook = with(&[(MAIN, old), (resolv, "-> ../run/resolvconf/resolv.conf")]);
    assert_eq!(code(&nic, &no_hook), "dns-no-way-in");
    nic.v4 = V4::Dhcp;
    assert_eq!(code(&nic, &file), "dns-no-way-in");
    assert!(main_after(&nic, &hook).contains("inet dhcp\n dns-"));
    let resolved = with(&[
        (MAIN, old),
        (resolv, "-> /run/systemd/resolve/stub-resolv.conf"),
    ]);
    assert!(!main_after(&nic, &resolved).contains("dns-"));
}

#[test]
fn busybox_takes_a_netmask_and_no_gateway_off_the_link() {
    let link = ("/sbin/ifup", "-> /bin/busybox");
    let files = with(&[
        (MAIN, "auto eth0\niface eth0 inet dhcp\n\thostname alpine\n"),
        link,
    ]);
    assert_eq!(
        main_after(&fixed(""), &files),
        "auto eth0\niface eth0 inet static\n\taddress 10.0.0.17\n\tnetmask 255.255.255.0\n\tgateway 10.0.0.1\n"
    );
    let mut nic = fixed("");
    let net = vec!["10.0.0.17/32".parse().unwrap()];
    nic.v4 = V4::of(net, Some("10.9.9.1".parse().unwrap()), true).unwrap();
    assert_eq!(code(&nic, &files), "gateway-off-link");
    assert_eq!(code(&nic, &guest(DHCP)), "gateway-off-link");
    assert!(main_after(&nic, &modern(DHCP)).contains("gateway 10.9.9.1\n"));
}

#[test]
fn ifupdown_ng_stanzas_without_a_family_lose_the_family_that_changes() {
    let ng = ("/usr/libexec/ifupdown-ng", "");
    let old = "auto eth0\niface eth0\n\tuse dhcp\n\taddress 2001:db8::2/64\n\tgateway 2001:db8::1\n\tmtu 1400\n";
    let files = with(&[(MAIN, old), ng]);
    let after = main_after(&fixed(""), &files);
    assert_eq!(
        after,
        "auto eth0\niface eth0\n\taddress 2001:db8::2/64\n\tgateway 2001:db8::1\n\tmtu 1400\n\niface eth0 inet static\n\taddress 10.0.0.17/24\n\tgateway 10.0.0.1\n"
    );
}

#[test]
fn a_template_of_ifupdown_ng_is_refused_and_of_debian_an_option() {
    let text = "auto eth0\niface eth0 inet dhcp\n  template x\n";
    let ng = with(&[(MAIN, text), ("/usr/libexec/ifupdown-ng", "")]);
    assert_eq!(code(&fixed(""), &ng), "ifupdown-unreadable");
    assert!(main_after(&fixed(""), &guest(text)).contains("  template x\n"));
}

#[test]
fn it_is_active_where_systemd_or_openrc_or_sysv_starts_it() {
    let ifup = ("/sbin/ifup", "");
    let unit = ("/lib/systemd/system/networking.service", "");
    let wants = (WANTS[0], "-> /lib/systemd/system/networking.service");
    let script = ("/etc/rcS.d/S12networking", "-> ../init.d/networking");
    let active = |of: &[(&str, &str)]| Ifupdown.active(&with(of)).is_some();
    assert!(active(&[ifup, unit, wants]));
    assert!(active(&[ifup, script]));
    assert!(active(&[
        ifup,
        (
            "/etc/runlevels/boot/networking",
            "-> /etc/init.d/networking"
        )
    ]));
    assert!(!active(&[ifup, unit, script]));
    assert!(!active(&[unit, wants]));
    assert!(!active(&[ifup, unit, wants, (MASK, "-> /dev/null")]));
    assert!(!active(&[ifup, ("/etc/rcS.d/K12networking", "")]));
}

#[test]
fn a_missing_file_is_made_with_the_loopback() {
    let mut files = Files::default();
    for change in Ifupdown
        .render(&fixed("ens3"), &Servers::of([&fixed("ens3")]), &files)
        .unwrap()
    {
        change.apply(&mut files);
    }
    let text = String::from_utf8(files.content(MAIN).unwrap().to_vec()).unwrap();
    assert!(
        text.starts_with("auto lo\niface lo inet loopback\n\nauto ens3\niface ens3 inet static\n")
    );
}
