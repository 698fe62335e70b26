use super::*;
use crate::identity::change::Change;
use crate::identity::files::{Found, OldFile};

const SEED: [u8; 16] = [5; 16];
const RULES: &str = "/etc/udev/rules.d/70-persistent-net.rules";
const LINK: &str = "/etc/systemd/network/10-lan.link";
const OLD_MAC: &str = "52:54:00:00:00:01";
const OWN_MAC: &str = "52:54:00:00:00:02";

fn guest(files: &[(&str, &str)]) -> Files {
    let mut guest = Files::default();
    for (path, content) in files {
        guest.insert(path.parse().unwrap(), Found::File(OldFile::of(*content)));
    }
    guest
}

fn rendered(seed: [u8; 16], macs: &[&str], files: &Files) -> Result<Part, Flaw> {
    let macs: Vec<Mac> = macs.iter().map(|mac| mac.parse().unwrap()).collect();
    let own = Own {
        seed: &seed,
        macs: &macs,
        is_rid: false,
    };
    render(own, files)
}

/// The guest's files after the change, of which a second one finds nothing left.
fn after(macs: &[&str], before: &Files) -> (Files, Vec<&'static str>) {
    let part = rendered(SEED, macs, before).unwrap();
    let mut after = before.clone();
    for change in &part.changes {
        change.apply(&mut after);
    }
    assert_eq!(rendered(SEED, macs, &after).unwrap().changes, []);
    (after, part.told.iter().map(|told| told.code).collect())
}

fn text<'a>(files: &'a Files, path: &str) -> &'a str {
    std::str::from_utf8(files.content(path).unwrap()).unwrap()
}

#[test]
fn seeds_dhcp_names_and_the_list_of_disks_move_aside() {
    let all: Vec<&str> = SEEDS
        .iter()
        .chain(&DHCP)
        .copied()
        .chain([LVM_DEVICES])
        .collect();
    let places: Vec<_> = all.iter().map(|path| (*path, "x")).collect();
    let part = rendered(SEED, &[], &guest(&places)).unwrap();
    let moved: Vec<_> = part
        .changes
        .iter()
        .map(|change| match change {
            Change::Aside { path } => path.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(moved, all);
}

#[test]
fn a_file_that_has_two_names_by_a_link_of_its_folder_moves_once() {
    let mut files = guest(&[
        ("/var/lib/dhcpcd/duid", "x"),
        ("/var/lib/dhcpcd5/duid", "x"),
    ]);
    let older = "/var/lib/dhcpcd5".parse().unwrap();
    let link = Found::Link {
        target: b"dhcpcd".to_vec(),
        file: None,
    };
    files.insert(older, link);
    let part = rendered(SEED, &[], &files).unwrap();
    let path = "/var/lib/dhcpcd/duid".parse().unwrap();
    assert_eq!(part.changes, [Change::Aside { path }]);
}

#[test]
fn what_a_child_made_since_is_its_own() {
    let mut files = guest(&[(ISCSI, "InitiatorName=iqn.1994-05.com.redhat:deb\n")]);
    for path in SEEDS.iter().chain(&DHCP).chain([&LVM_DEVICES, &RULES]) {
        let file = OldFile::of(rule(OLD_MAC, "eth0"));
        files.insert(path.parse().unwrap(), Found::File(file));
    }
    let own = Own {
        seed: &SEED,
        macs: &[],
        is_rid: true,
    };
    let part = render(own, &files).unwrap();
    let paths = part.changes.iter().map(|change| change.path().to_string());
    assert_eq!(paths.collect::<Vec<_>>(), [ISCSI]);
}

#[test]
fn leases_lose_the_duid_alone() {
    let path = "/var/lib/dhcp/dhclient6.ens3.leases";
    let lease = "default-duid \"\\000\\001\";\nlease6 {\n  interface \"ens3\";\n}\n";
    let other = "/var/lib/NetworkManager/internal-1-ens3.lease";
    let before = guest(&[(path, lease), (other, "ADDRESS=10.0.0.5\n")]);
    let (after, _) = after(&[], &before);
    assert_eq!(text(&after, path), "lease6 {\n  interface \"ens3\";\n}\n");
    assert_eq!(text(&after, other), "ADDRESS=10.0.0.5\n");
}

#[test]
fn the_iscsi_name_keeps_its_authority_and_gets_a_machine_part_of_its_own() {
    for (before, prefix) in [
        (
            "## DO NOT EDIT\nInitiatorName=iqn.1993-08.org.debian:01:abcdef123456\n",
            "## DO NOT EDIT\nInitiatorName=iqn.1993-08.org.debian:01:",
        ),
        (
            "InitiatorName=iqn.1994-05.com.redhat:deb\r\n",
            "InitiatorName=iqn.1994-05.com.redhat:",
        ),
        (
            "InitiatorName=iqn.2001-04.com.example",
            "InitiatorName=iqn.2001-04.com.example:",
        ),
    ] {
        let guest = guest(&[(ISCSI, before)]);
        let (edited, _) = after(&[], &guest);
        let new = text(&edited, ISCSI).strip_prefix(prefix).unwrap();
        let new = new.trim_end();
        assert!(
            new.len() == 12 && new.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{new}"
        );
        let other = rendered([6; 16], &[], &guest).unwrap();
        assert_ne!(other.changes, rendered(SEED, &[], &guest).unwrap().changes);
    }
    let generated = guest(&[(ISCSI, "GenerateName=yes\n")]);
    assert_eq!(rendered(SEED, &[], &generated).unwrap(), Part::default());
    let eui = guest(&[(ISCSI, "InitiatorName=eui.02004567A425678D\n")]);
    assert_eq!(rendered(SEED, &[], &eui).unwrap_err().code(), "iscsi-name");
}

#[test]
fn the_nvme_host_gets_one_uuid_in_both_files() {
    let old = "11111111-2222-4333-8444-555555555555";
    let nqn = format!("nqn.2014-08.org.nvmexpress:uuid:{old}\n");
    let before = guest(&[(NVME_ID, &format!("{old}\n")), (NVME_NQN, &nqn)]);
    let (after_edit, _) = after(&[], &before);
    let id = text(&after_edit, NVME_ID).trim_end();
    assert_eq!((id.len(), &id[14..15]), (36, "4"));
    assert_ne!(id, old);
    assert_eq!(
        text(&after_edit, NVME_NQN),
        format!("nqn.2014-08.org.nvmexpress:uuid:{id}\n")
    );
    let foreign = guest(&[(NVME_NQN, "nqn.2020-01.com.example:host7\n")]);
    assert_eq!(after(&[], &foreign).1, ["nvme-name"]);
}

fn rule(mac: &str, name: &str) -> String {
    format!(
        "SUBSYSTEM==\"net\", ACTION==\"add\", ATTR{{address}}==\"{mac}\", ATTR{{type}}==\"1\", NAME=\"{name}\"\n"
    )
}

#[test]
fn the_one_rule_of_a_nic_gets_the_address_of_the_childs_one_nic() {
    let before = format!("# made by udev\n{}", rule(OLD_MAC, "eth0"));
    let (edited, told) = after(&[OWN_MAC], &guest(&[(RULES, &before)]));
    assert_eq!(
        text(&edited, RULES),
        format!("# made by udev\n{}", rule(OWN_MAC, "eth0"))
    );
    assert!(told.is_empty());
}

#[test]
fn rules_of_foreign_addresses_go_and_others_stay() {
    let before = format!("# made by udev\n\n{}", rule(OLD_MAC, "eth0"));
    let (edited, told) = after(&[], &guest(&[(RULES, &before)]));
    assert!(!edited.exists(RULES));
    assert_eq!(told, ["nic-rule-gone"]);

    let own = rule(OWN_MAC, "eth1");
    let foreign = "KERNEL==\"sd*\", GROUP=\"disk\"\n";
    let before = format!("{}{own}{foreign}", rule(OLD_MAC, "eth0"));
    let (edited, _) = after(&[OWN_MAC], &guest(&[(RULES, &before)]));
    assert_eq!(text(&edited, RULES), format!("{own}{foreign}"));
}

#[test]
fn a_mask_and_rules_without_an_address_stay() {
    let mut files = guest(&[(
        "/etc/udev/rules.d/50-x.rules",
        "# ATTR{address}==\"52:54:00:00:00:01\"\nATTR{address}==\"?*\"\n",
    )]);
    let mask = Found::Link {
        target: b"/dev/null".to_vec(),
        file: None,
    };
    files.insert(
        "/etc/udev/rules.d/75-persistent-net-generator.rules"
            .parse()
            .unwrap(),
        mask,
    );
    assert_eq!(rendered(SEED, &[OWN_MAC], &files).unwrap(), Part::default());
}

#[test]
fn a_rule_of_several_lines_is_refused() {
    let text = format!("ATTR{{address}}==\"{OLD_MAC}\", \\\n  NAME=\"eth0\"\n");
    let flaw = rendered(SEED, &[], &guest(&[(RULES, &text)])).unwrap_err();
    assert_eq!(flaw.code(), "nic-rule-lines");
}

#[test]
fn a_link_file_follows_the_childs_nic_or_goes() {
    let of = |mac: &str| format!("[Match]\nMACAddress={mac}\n\n[Link]\nName=lan0 # why\n");
    let before = guest(&[(LINK, &of(OLD_MAC))]);
    let (edited, told) = after(&[OWN_MAC], &before);
    assert_eq!(text(&edited, LINK), of(OWN_MAC));
    assert!(told.is_empty());
    let (edited, told) = after(&[], &before);
    assert!(!edited.exists(LINK));
    assert_eq!(told, ["nic-rule-gone"]);
    let own = guest(&[(LINK, &of("52:54:00:00:00:09 52:54:00:00:00:02"))]);
    assert_eq!(rendered(SEED, &[OWN_MAC], &own).unwrap(), Part::default());
}

#[test]
fn an_address_that_is_pinned_is_taken_out() {
    let before = format!("[Match]\nOriginalName=*\n[Link]\nMACAddress={OLD_MAC}\nMTUBytes=1400\n");
    let (edited, told) = after(&[OWN_MAC], &guest(&[(LINK, &before)]));
    assert_eq!(
        text(&edited, LINK),
        "[Match]\nOriginalName=*\n[Link]\nMTUBytes=1400\n"
    );
    assert_eq!(told, ["nic-address-pinned"]);
}

#[test]
fn registrations_are_told_and_stay() {
    let files = guest(&[
        ("/etc/krb5.keytab", "key"),
        ("/etc/wireguard/wg0.conf", "PrivateKey=x"),
    ]);
    let part = rendered(SEED, &[], &files).unwrap();
    assert!(part.changes.is_empty());
    let texts: Vec<_> = part.told.iter().map(ToString::to_string).collect();
    assert!(
        texts[0].starts_with("/etc/krb5.keytab is the Kerberos keys"),
        "{texts:?}"
    );
    assert!(
        texts[1].starts_with("/etc/wireguard/wg0.conf is"),
        "{texts:?}"
    );
    assert!(part.told.iter().all(|told| told.code == "identity-shared"));
}
