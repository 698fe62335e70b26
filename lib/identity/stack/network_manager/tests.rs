//! NetworkManager: what was rendered reads as it was asked for.

use proptest::prelude::*;

use super::NetworkManager;
use crate::identity::change::Owner;
use crate::identity::files::{Files, Found, OldFile};
use crate::identity::stack::Stack;
use crate::identity::stack::asked::{MAC, any_selector, guest, holds, nic};
use crate::identity::stack::resolver::Servers;
use crate::identity::wanted::{Nic, Selector, V4, V6};

const FOLDER: &str = "/etc/NetworkManager/system-connections";
const HEAD: &str =
    "[connection]\nid=lan\nuuid=11111111-2222-4333-8444-555555555501\ntype=ethernet\n";

const MASTERS: [&str; 5] = [
    "interface-name=ens3\n\n[ipv4]\nmethod=manual\naddress1=192.0.2.10/24,192.0.2.1\n\n[ipv6]\nmethod=manual\naddresses=2001:db8::10/64;\n",
    "\n[802-3-ethernet]\nmac-address=52:54:00:AA:AA:AA\nmtu=1400\n\n[ipv4]\nmethod=auto\ndns=198.51.100.53;\n",
    "interface-name=ens3\nautoconnect-priority=5\n[ipv4]\naddresses1=192.0.2.10;24;192.0.2.1;\nmethod=manual\ndns-search=old.example;\nmay-fail=false\n[ipv6]\nmethod=auto\ntoken=::10\n",
    "[ipv4]\nmethod=manual\naddress=192.0.2.10/24\ngateway=192.0.2.1\nnever-default=true\n[ipv6]\nmethod=ignore\n",
    "[match]\ninterface-name=ens3;\n[ipv4]\nmethod=auto\ndhcp-client-id=01:52:54:00:aa:aa:aa\n",
];
const OTHERS: [(&str, &str); 5] = [
    (
        "wifi.nmconnection",
        "[connection]\nid=w\nuuid=11111111-2222-4333-8444-555555555502\ntype=wifi\n",
    ),
    (
        "ens4.nmconnection",
        "# keep\n[connection]\nid=ens4\nuuid=11111111-2222-4333-8444-555555555503\ntype=ethernet\ninterface-name=ens4\n[ipv4]\nmethod=manual\naddress1=198.51.100.9/24\n",
    ),
    (".hidden", "[connection]\ntype=ethernet\n"),
    ("lan.nmconnection~", "[connection]\ntype=ethernet\n"),
    (
        "manual",
        "[connection]\nid=m\ntype=ethernet\nautoconnect=false\n",
    ),
];

fn with(master: usize, others: &[(&str, &str)]) -> Files {
    let master = format!("{HEAD}{}", MASTERS[master]);
    let mut all = vec![(format!("{FOLDER}/lan.nmconnection"), master)];
    all.extend(
        others
            .iter()
            .map(|(name, text)| (format!("{FOLDER}/{name}"), (*text).to_owned())),
    );
    let all: Vec<(&str, &str)> = all
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    guest(&all)
}

proptest! {
    #[test]
    fn what_is_asked_for_reads_back(nic in nic(any_selector()), master in 0..MASTERS.len()) {
        holds(&NetworkManager, &nic, &with(master, &[]), "osgraft-0", &[])?;
    }

    #[test]
    fn profiles_of_other_nics_are_left_alone(
        nic in nic(Just(Selector::Name("ens3".to_owned()))),
        master in (0..MASTERS.len()).prop_filter("a name", |master| *master != 1),
        others in prop::sample::subsequence(OTHERS.to_vec(), 1..5),
    ) {
        let paths: Vec<String> = others.iter().map(|(name, _)| format!("{FOLDER}/{name}")).collect();
        let foreign: Vec<&str> = paths.iter().map(String::as_str).collect();
        holds(&NetworkManager, &nic, &with(master, &others), "osgraft-0", &foreign)?;
    }
}

#[test]
fn files_that_networkmanager_passes_over_claim_nothing() {
    let text = format!("{HEAD}{}", MASTERS[0]);
    let count = |path: &str, uid: u32, mode: u32| {
        let mut file = OldFile::of(text.as_str());
        file.owner = Owner { uid, gid: 0, mode };
        let mut files = Files::default();
        files.insert(path.parse().unwrap(), Found::File(file));
        NetworkManager.claims(&files).unwrap().len()
    };
    let at = |name: &str| format!("{FOLDER}/{name}");
    for name in [
        "lan",
        "lan.nmconnection",
        "lan.nmconnection.bak",
        "ifcfg-lan",
        "a.conf",
    ] {
        assert_eq!(count(&at(name), 0, 0o600), 1, "{name}");
    }
    for name in [".lan", "lan~", "lan.Ab12x9", "lan.pem", "lan.der"] {
        assert_eq!(count(&at(name), 0, 0o600), 0, "{name}");
    }
    assert_eq!(count(&at("lan"), 0, 0o644), 0);
    assert_eq!(count(&at("lan"), 1000, 0o600), 0);
    let lib = "/usr/lib/NetworkManager/system-connections";
    assert_eq!(count(&format!("{lib}/lan.nmconnection"), 0, 0o600), 1);
    assert_eq!(count(&format!("{lib}/lan"), 0, 0o600), 0);
}

#[test]
fn a_vendors_profile_is_replaced_by_its_uuid_or_by_a_mark() {
    let lib = "/usr/lib/NetworkManager/system-connections/lan.nmconnection";
    let text = format!("{HEAD}{}", MASTERS[0]);
    let own = format!("{HEAD}[ipv4]\nmethod=auto\n");
    let path = format!("{FOLDER}/own");
    let claims = |files: &[(&str, &str)]| NetworkManager.claims(&guest(files)).unwrap();
    let both = claims(&[(lib, &text), (&path, &own)]);
    assert_eq!((both.len(), both[0].dhcp4), (1, true));
    let mark = format!("{FOLDER}/11111111-2222-4333-8444-555555555501.nmmeta");
    assert_eq!(claims(&[(lib, &text), (&mark, "-> /dev/null")]), []);

    // The administrator's profile goes; the vendor's of its UUID does not come up in its place.
    let mut files = guest(&[(lib, &text), (&path, &own)]);
    let mut nic = Nic::new(Selector::Mac(MAC.parse().unwrap()));
    (nic.v4, nic.v6) = (V4::Dhcp, V6::Off);
    for change in NetworkManager
        .render(&nic, &Servers::of([&nic]), &files)
        .unwrap()
    {
        change.apply(&mut files);
    }
    assert_eq!(NetworkManager.claims(&files).unwrap().len(), 1);
    assert_eq!(files.target(&mark), Some(&b"/dev/null"[..]));
    assert_eq!(
        NetworkManager
            .render(&nic, &Servers::of([&nic]), &files)
            .unwrap(),
        []
    );
}

#[test]
fn a_password_of_the_old_profile_makes_the_new_one_a_secret() {
    let text = format!("{HEAD}interface-name=ens3\n[802-1x]\neap=peap;\npassword=hunter2\n");
    let files = guest(&[(&format!("{FOLDER}/lan"), &text)]);
    let mut nic = Nic::new(Selector::Name("ens3".to_owned()));
    nic.v4 = V4::Dhcp;
    let changes = NetworkManager
        .render(&nic, &Servers::of([&nic]), &files)
        .unwrap();
    let shown = format!("{changes:?}");
    assert!(
        shown.contains("a secret of") && !shown.contains("hunter2"),
        "{shown}"
    );
    let mut after = files.clone();
    changes.iter().for_each(|change| change.apply(&mut after));
    let content = after
        .content(&format!("{FOLDER}/osgraft-0.nmconnection"))
        .unwrap();
    assert!(String::from_utf8_lossy(content).contains("password=hunter2"));
}

#[test]
fn networkmanager_is_active_unless_it_leaves_ethernet_alone() {
    let link = (
        "/etc/systemd/system/multi-user.target.wants/NetworkManager.service",
        "-> /lib/systemd/system/NetworkManager.service",
    );
    let server = "[keyfile]\nunmanaged-devices=*,except:type:wifi,except:type:gsm\n";
    let lib = (
        "/usr/lib/NetworkManager/conf.d/10-globally-managed-devices.conf",
        server,
    );
    assert_eq!(
        NetworkManager.active(&guest(&[link])).as_deref(),
        Some(link.0)
    );
    assert_eq!(NetworkManager.active(&guest(&[link, lib])), None);
    let replaced = (
        "/etc/NetworkManager/conf.d/10-globally-managed-devices.conf",
        "",
    );
    assert!(
        NetworkManager
            .active(&guest(&[link, lib, replaced]))
            .is_some()
    );
    let wired = (
        "/etc/NetworkManager/conf.d/20.conf",
        "[keyfile]\nunmanaged-devices=*,except:type:ethernet\n",
    );
    assert!(NetworkManager.active(&guest(&[link, lib, wired])).is_some());
    let docker = (
        "/etc/NetworkManager/conf.d/20.conf",
        "[keyfile]\nunmanaged-devices=interface-name:docker0;interface-name:veth*\n",
    );
    let nic = Nic::new(Selector::Mac(MAC.parse().unwrap()));
    assert!(
        NetworkManager
            .render(&nic, &Servers::of([&nic]), &guest(&[link, docker]))
            .is_ok()
    );
    let off = (
        "/etc/NetworkManager/conf.d/20.conf",
        "[device-x]\nmatch-device=mac:52:54:00:12:34:56\nmanaged=0\n",
    );
    let flaw = NetworkManager
        .render(&nic, &Servers::of([&nic]), &guest(&[link, off]))
        .unwrap_err();
    assert_eq!(flaw.code(), "nic-unmanaged");
}
