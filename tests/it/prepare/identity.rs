//! A child's own identity: given, kept, changed, taken back.

use osgraft::identity::{Identity, KeysWish, MachineIdWish, Nic, Selector, V4};
use osgraft::prepare::Graft;

use super::*;

const FILE: &str = "/etc/systemd/network/00-osgraft.network";

/// A Debian whose NIC systemd-networkd configures with the address of the master.
fn networkd() -> MemoryGuest {
    debian()
        .file(
            "/etc/systemd/network/20-ether.network",
            "[Match]\nName=ens3\n\n[Network]\nAddress=10.0.0.5/24\nGateway=10.0.0.1\n",
        )
        .link(
            "/etc/systemd/system/multi-user.target.wants/systemd-networkd.service",
            "/usr/lib/systemd/system/systemd-networkd.service",
        )
        .file("/usr/lib/systemd/system/systemd-networkd.service", "")
        .file("/usr/lib/systemd/systemd-networkd", "")
        .file("/etc/resolv.conf", "nameserver 10.0.0.2\n")
}

fn at(address: &str) -> Identity {
    let mut nic = Nic::new(Selector::Mac("52:54:00:12:34:56".parse().unwrap()));
    let gateway = Some("10.0.0.1".parse().unwrap());
    nic.v4 = V4::of(vec![address.parse().unwrap()], gateway, false).unwrap();
    let mut identity = Identity::default();
    identity.machine_id = MachineIdWish::Keep;
    identity.ssh_keys = KeysWish::Keep;
    identity.nics = vec![nic];
    identity
}

fn give(guest: &mut MemoryGuest, identity: Identity) -> Graft {
    let preparer = Preparer::new(one(), share()).identity(identity);
    preparer.graft(guest, "web-7").unwrap()
}

fn paths(graft: &Graft) -> Vec<String> {
    let edits = graft.edits.iter();
    edits.map(|edit| edit.to_string()).collect()
}

#[test]
fn an_address_is_given_kept_changed_and_taken_back() {
    let mut guest = networkd();
    let before = guest.snapshot();
    let first = give(&mut guest, at("10.0.0.17/24"));
    assert!(first.warnings.is_empty(), "{:?}", first.warnings);
    let written = text(&mut guest, FILE);
    assert!(written.contains("Address=10.0.0.17/24"), "{written}");
    assert!(!written.contains("10.0.0.5"), "{written}");

    let again = give(&mut guest, at("10.0.0.17/24"));
    assert_eq!(paths(&again), [""; 0]);

    let moved = give(&mut guest, at("10.0.0.18/24"));
    assert_eq!(
        paths(&moved),
        [
            "edit    /etc/systemd/network/00-osgraft.network",
            "edit    /var/lib/osgraft/receipt.json"
        ]
    );
    assert!(!text(&mut guest, FILE).contains("10.0.0.17"));
    assert!(compare(&mut guest, Some(&share())).unwrap().1.is_empty());

    // Without a word about it the child keeps the one that it has.
    let preparer = Preparer::new(one(), share());
    let kept = preparer.graft(&mut guest, "web-7").unwrap();
    assert_eq!(paths(&kept), [""; 0]);

    let undone = ungraft(&mut guest).unwrap();
    assert!(undone.kept.is_empty(), "{:?}", undone.kept);
    let after = guest.snapshot();
    assert!(before == after, "{}", before.diff(&after));
}

#[test]
fn a_file_that_the_guest_changed_since_stays_and_is_told() {
    let mut guest = networkd();
    give(&mut guest, at("10.0.0.17/24"));
    let own = b"[Match]\nName=ens3\n[Network]\nDHCP=yes\n";
    guest
        .write(&path(FILE), own, Attributes::root(0o644))
        .unwrap();
    let differences = compare(&mut guest, None).unwrap().1;
    assert_eq!(codes(&differences), ["identity-differs"]);
    let undone = ungraft(&mut guest).unwrap();
    assert_eq!(codes(&undone.kept), ["identity-changed"]);
    assert_eq!(text(&mut guest, FILE).as_bytes(), own);
}

#[test]
fn another_share_leaves_the_identity() {
    let mut guest = networkd();
    give(&mut guest, at("10.0.0.17/24"));
    let elsewhere = Share::at("/os")
        .unwrap()
        .link("/lib/modules", "lib/modules")
        .unwrap();
    let preparer = Preparer::new(one(), elsewhere);
    preparer.graft(&mut guest, "web-7").unwrap();
    assert!(text(&mut guest, FILE).contains("Address=10.0.0.17/24"));
    assert!(text(&mut guest, "/etc/fstab").contains(" /os nfs "));
}

#[test]
fn a_receipt_cannot_name_a_place_outside_osgrafts_folder() {
    let mut guest = networkd().file("/etc/shadow", "root:x\n");
    give(&mut guest, at("10.0.0.17/24"));
    let receipt = path("/var/lib/osgraft/receipt.json");
    let told = text(&mut guest, "/var/lib/osgraft/receipt.json");
    let known = format!("\"path\": \"{FILE}\",");
    let forged = told.replacen(&known, &format!("{known} \"old\": \"/etc/shadow\","), 1);
    assert_ne!(told, forged, "the premise");
    guest
        .write(&receipt, forged.as_bytes(), Attributes::root(0o600))
        .unwrap();
    let undone = ungraft(&mut guest).unwrap();
    assert!(
        codes(&undone.kept).contains(&"identity-outside"),
        "{:?}",
        undone.kept
    );
    assert_eq!(text(&mut guest, "/etc/shadow"), "root:x\n");
}

/// The same Debian with sshd, the master's keys, names and ids.
fn with_ssh() -> MemoryGuest {
    let key =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nmastersecret\n-----END OPENSSH PRIVATE KEY-----\n";
    networkd()
        .file("/etc/hostname", "golden\n")
        .file("/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\tgolden\n")
        .file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
        .file("/usr/sbin/sshd", "sshd")
        .file("/etc/ssh/sshd_config", "PermitRootLogin yes\n")
        .file("/etc/ssh/ssh_host_ed25519_key", key)
        .mode("/etc/ssh/ssh_host_ed25519_key", 0o600)
        .file(
            "/etc/ssh/ssh_host_ed25519_key.pub",
            "ssh-ed25519 AAAA root@golden\n",
        )
        .file("/etc/ssh/ssh_host_rsa_key", key)
        .mode("/etc/ssh/ssh_host_rsa_key", 0o600)
        .file(
            "/etc/ssh/ssh_host_rsa_key.pub",
            "ssh-rsa AAAA root@golden\n",
        )
        .file("/var/lib/systemd/random-seed", "seed")
}

fn web(name: &str) -> Identity {
    let mut identity = at("10.0.0.17/24");
    identity.hostname = Some(name.parse().unwrap());
    identity.machine_id = MachineIdWish::New;
    identity.ssh_keys = KeysWish::New;
    identity
}

#[test]
fn names_keys_and_ids_are_the_childs_own_and_stay_so() {
    let mut guest = with_ssh();
    let before = guest.snapshot();
    give(&mut guest, web("web-7"));
    assert_eq!(text(&mut guest, "/etc/hostname"), "web-7\n");
    assert_eq!(
        text(&mut guest, "/etc/hosts"),
        "127.0.0.1\tlocalhost\n127.0.1.1\tweb-7\n"
    );
    let id = text(&mut guest, "/etc/machine-id");
    assert_ne!(id, "0123456789abcdef0123456789abcdef\n");
    let key = text(&mut guest, "/etc/ssh/ssh_host_ed25519_key");
    assert!(key.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----") && !key.contains("master"));
    let mode = guest
        .lstat(&path("/etc/ssh/ssh_host_ed25519_key"))
        .unwrap()
        .mode;
    assert_eq!(mode, 0o600);
    for gone in ["/etc/ssh/ssh_host_rsa_key", "/var/lib/systemd/random-seed"] {
        assert!(guest.lstat(&path(gone)).is_err(), "{gone} is the master's");
    }

    // Another name is another name alone.
    let renamed = give(&mut guest, web("web-8"));
    let told = paths(&renamed).join("\n");
    assert!(
        told.contains("/etc/hostname") && told.contains("/etc/hosts"),
        "{told}"
    );
    assert!(
        !told.contains("/etc/ssh") && !told.contains("machine-id"),
        "{told}"
    );
    assert_eq!(text(&mut guest, "/etc/machine-id"), id);
    assert_eq!(text(&mut guest, "/etc/ssh/ssh_host_ed25519_key"), key);

    let undone = ungraft(&mut guest).unwrap();
    assert!(undone.kept.is_empty(), "{:?}", undone.kept);
    let after = guest.snapshot();
    assert!(before == after, "{}", before.diff(&after));
}

#[test]
fn no_output_holds_a_private_key() {
    let mut guest = with_ssh();
    let graft = give(&mut guest, web("web-7"));
    let key = text(&mut guest, "/etc/ssh/ssh_host_ed25519_key");
    let secrets: Vec<&str> = key
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .chain(["mastersecret"])
        .collect();
    assert!(secrets.len() > 3, "the premise: a key of several lines");
    let undone = ungraft(&mut guest.clone()).unwrap();
    let outputs = [
        format!("{graft:?}"),
        serde_json::to_string(&graft.edits).unwrap(),
        osgraft::prepare::diff(&graft.edits),
        paths(&graft).join("\n"),
        format!("{:?}", compare(&mut guest, None).unwrap()),
        format!("{undone:?}"),
        osgraft::prepare::diff(&undone.edits),
        text(&mut guest, "/var/lib/osgraft/receipt.json"),
    ];
    for output in outputs {
        for secret in &secrets {
            assert!(!output.contains(secret), "{output}");
            // Bytes in the debug form of a vector.
            let bytes: Vec<String> = secret.bytes().take(8).map(|b| b.to_string()).collect();
            assert!(!output.contains(&bytes.join(", ")), "{output}");
        }
    }
}

#[test]
fn a_new_file_has_the_label_that_the_guests_policy_gives_it() {
    let etc = b"system_u:object_r:etc_t:s0\0";
    let mut guest = with_ssh()
        .file(
            "/etc/selinux/config",
            "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
        )
        .file(
            "/etc/selinux/targeted/contexts/files/file_contexts",
            "/.*\tsystem_u:object_r:default_t:s0\n\
             /etc(/.*)?\tsystem_u:object_r:etc_t:s0\n\
             /etc/systemd/network(/.*)?\tsystem_u:object_r:net_conf_t:s0\n",
        );
    for at in ["/etc", "/etc/systemd/network"] {
        guest.set_label(&path(at), etc).unwrap();
    }
    give(&mut guest, at("10.0.0.17/24"));
    let label = guest.label(&path(FILE)).unwrap();
    assert_eq!(
        label.as_deref(),
        Some(&b"system_u:object_r:net_conf_t:s0\0"[..])
    );
}

#[test]
fn what_is_kept_of_the_master_is_left_alone() {
    let mut guest = with_ssh();
    let mut identity = Identity::default();
    identity.hostname = Some("web-7".parse().unwrap());
    identity.machine_id = MachineIdWish::Keep;
    identity.ssh_keys = KeysWish::Keep;
    give(&mut guest, identity);
    assert!(text(&mut guest, "/etc/ssh/ssh_host_rsa_key").contains("mastersecret"));
    assert_eq!(
        text(&mut guest, "/etc/machine-id"),
        "0123456789abcdef0123456789abcdef\n"
    );
}

/// The same with an SSH server whose key an included file names.
fn with_listed_key() -> MemoryGuest {
    networkd()
        .file("/usr/sbin/sshd", "")
        .file(
            "/etc/ssh/sshd_config",
            "Include /etc/ssh/sshd_config.d/*.conf\n",
        )
        .file(
            "/etc/ssh/sshd_config.d/keys.conf",
            "HostKey /etc/ssh/keys/ssh_host_ed25519_key\n",
        )
        .file("/etc/ssh/keys/ssh_host_ed25519_key", "the master's")
        .mode("/etc/ssh/keys/ssh_host_ed25519_key", 0o600)
}

#[test]
fn the_report_has_the_public_keys_that_the_guest_has_then() {
    let mut guest = with_listed_key();
    let mut identity = at("10.0.0.17/24");
    identity.ssh_keys = KeysWish::New;
    let first = give(&mut guest, identity.clone());
    // The key that an included file names is the one that sshd shows.
    let public = text(&mut guest, "/etc/ssh/keys/ssh_host_ed25519_key.pub");
    let (key, _) = public.rsplit_once(' ').unwrap();
    assert_eq!(first.ssh_host_keys, [key]);
    assert!(key.starts_with("ssh-ed25519 AAAA"), "{key}");
    let private = text(&mut guest, "/etc/ssh/keys/ssh_host_ed25519_key");
    assert!(private.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));

    // They are told again where nothing changes, and where only the address does.
    let again = give(&mut guest, identity);
    assert_eq!(paths(&again), [""; 0]);
    assert_eq!(again.ssh_host_keys, [key]);
    let mut moved = at("10.0.0.18/24");
    moved.ssh_keys = KeysWish::New;
    assert_eq!(give(&mut guest, moved).ssh_host_keys, [key]);

    // Without an identity nothing is looked at, and nothing is told.
    let preparer = Preparer::new(one(), share());
    let kept = preparer.graft(&mut guest, "web-7").unwrap();
    assert_eq!(kept.ssh_host_keys, [""; 0]);
}

/// NICs of these hardware addresses, each with an address and name servers of its own.
fn with_servers(nics: &[(&str, &str, &[&str])]) -> Identity {
    let mut identity = at("10.0.0.17/24");
    identity.nics = nics
        .iter()
        .map(|(mac, address, dns)| {
            let mut nic = Nic::new(Selector::Mac(mac.parse().unwrap()));
            nic.v4 = V4::of(vec![address.parse().unwrap()], None, false).unwrap();
            nic.dns = dns.iter().map(|dns| dns.parse().unwrap()).collect();
            nic
        })
        .collect();
    identity
}

#[test]
fn name_servers_of_all_nics_stand_in_resolv_conf_and_a_second_prepare_is_unchanged() {
    let two = || {
        with_servers(&[
            ("52:54:00:12:34:56", "10.0.0.17/24", &["9.9.9.9", "1.1.1.1"]),
            ("52:54:00:12:34:57", "10.0.1.17/24", &["1.1.1.1", "8.8.8.8"]),
        ])
    };
    let mut guest = networkd();
    let before = guest.snapshot();
    let graft = give(&mut guest, two());
    assert_eq!(codes(&graft.warnings), [""; 0]);
    let want = "nameserver 9.9.9.9\nnameserver 1.1.1.1\nnameserver 8.8.8.8\n";
    assert_eq!(text(&mut guest, "/etc/resolv.conf"), want);
    let again = give(&mut guest, two());
    assert_eq!(paths(&again), [""; 0]);
    assert!(compare(&mut guest, Some(&share())).unwrap().1.is_empty());
    let undone = ungraft(&mut guest).unwrap();
    assert!(undone.kept.is_empty(), "{:?}", undone.kept);
    let after = guest.snapshot();
    assert!(before == after, "{}", before.diff(&after));
}

#[test]
fn a_fourth_name_server_is_told_as_the_guest_does_not_ask_it() {
    let four = with_servers(&[
        ("52:54:00:12:34:56", "10.0.0.17/24", &["9.9.9.9", "1.1.1.1"]),
        ("52:54:00:12:34:57", "10.0.1.17/24", &["8.8.8.8", "4.4.4.4"]),
    ]);
    let graft = give(&mut networkd(), four);
    assert_eq!(codes(&graft.warnings), ["dns-more-than-three"]);
    let told = graft.warnings[0].text.as_str();
    assert!(told.contains("4.4.4.4"), "{told}");
}

/// An ifupdown guest whose configuration sources these files.
fn sourcing(lines: &str) -> MemoryGuest {
    debian()
        .file(
            "/etc/network/interfaces",
            format!("auto ens3\niface ens3 inet dhcp\n{lines}"),
        )
        .file("/usr/sbin/ifup", "")
        .file("/usr/lib/systemd/system/networking.service", "")
        .link(
            "/etc/systemd/system/multi-user.target.wants/networking.service",
            "/usr/lib/systemd/system/networking.service",
        )
        .file("/etc/resolv.conf", "nameserver 10.0.0.2\n")
}

fn by_name() -> Identity {
    let mut identity = at("10.0.0.17/24");
    identity.nics[0].selector = Selector::Name("ens3".to_owned());
    identity
}

#[test]
fn a_list_of_sources_without_end_is_refused_by_name_before_it_is_followed() {
    let refused = |guest: &mut MemoryGuest| {
        let preparer = Preparer::new(one(), share()).identity(by_name());
        let error = preparer.graft(guest, "web-7").unwrap_err();
        assert!(!error.to_string().contains('\n'), "{error}");
        error.code()
    };
    let many = |count: usize| -> String {
        (0..count)
            .map(|number| format!("source /srv/nic-{number}\n"))
            .collect()
    };
    assert_eq!(
        refused(&mut sourcing(&many(20_000))),
        "identity-too-many-places"
    );
    let mut ordinary = sourcing(&many(1_000));
    give(&mut ordinary, by_name());
    let main = text(&mut ordinary, "/etc/network/interfaces");
    assert!(main.contains("address 10.0.0.17/24"), "{main}");

    let mut crowded = sourcing("source /srv/nics/*\n");
    for number in 0..40_000 {
        crowded = crowded.file(&format!("/srv/nics/nic-{number}"), "");
    }
    assert_eq!(refused(&mut crowded), "identity-too-many-places");
}

#[test]
fn a_chain_of_sources_is_followed_as_far_as_the_stack_follows_it() {
    let mut guest = sourcing("source /srv/nic-1\n");
    for number in 1..13 {
        let next = format!("source /srv/nic-{}\n", number + 1);
        guest = guest.file(&format!("/srv/nic-{number}"), next);
    }
    guest = guest.file(
        "/srv/nic-13",
        "iface ens3 inet6 static\n address 2001:db8::5/64\n",
    );
    let mut identity = by_name();
    identity.nics[0].v6 = osgraft::identity::V6::Off;
    give(&mut guest, identity);
    let last = text(&mut guest, "/srv/nic-13");
    assert!(
        !last.contains("2001:db8::5"),
        "the master's address stays: {last}"
    );
}
