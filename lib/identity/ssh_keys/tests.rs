use proptest::prelude::*;
use ssh_key::PrivateKey;

use super::*;
use crate::identity::change::Change;
use crate::identity::wanted::{Identity, Nic, Selector, V4, V6};

const ED25519: &str = "/etc/ssh/ssh_host_ed25519_key";
const ECDSA: &str = "/etc/ssh/ssh_host_ecdsa_key";
const RSA: &str = "/etc/ssh/ssh_host_rsa_key";
const CONFIG: &str = "/etc/ssh/sshd_config";
const OLD_RSA: &str = "-----BEGIN RSA PRIVATE KEY-----\nold-rsa\n-----END RSA PRIVATE KEY-----\n";

/// Bytes that differ from call to call and are the same in each run.
fn counted() -> impl FnMut(&mut [u8]) {
    let mut next = 0_u8;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            next = next.wrapping_mul(29).wrapping_add(71);
            *byte = next;
        }
    }
}

fn old_key(kind: Kind) -> String {
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let pair = Pair::new(kind, "root@master", &mut Fresh::new(&mut fill));
    String::from_utf8(pair.openssh()).unwrap()
}

fn with_mode(content: &str, gid: u32, mode: u32) -> Found {
    let mut file = OldFile::of(content);
    file.owner = Owner { uid: 0, gid, mode };
    Found::File(file)
}

fn guest(places: &[(&str, Found)]) -> Files {
    let mut files = Files::default();
    files.insert(SSHD[0].parse().unwrap(), with_mode("", 0, 0o755));
    for (path, found) in places {
        files.insert(path.parse().unwrap(), found.clone());
    }
    files
}

/// Debian's master: three keys with their public halves.
fn debian() -> Files {
    guest(&[
        (ED25519, with_mode(&old_key(Kind::Ed25519), 0, 0o600)),
        (
            "/etc/ssh/ssh_host_ed25519_key.pub",
            with_mode("ssh-ed25519 old\n", 0, 0o644),
        ),
        (ECDSA, with_mode(&old_key(Kind::Ecdsa), 0, 0o600)),
        (
            "/etc/ssh/ssh_host_ecdsa_key.pub",
            with_mode("ecdsa old\n", 0, 0o644),
        ),
        (RSA, with_mode(OLD_RSA, 0, 0o600)),
        (
            "/etc/ssh/ssh_host_rsa_key.pub",
            with_mode("ssh-rsa old\n", 0, 0o644),
        ),
        (
            CONFIG,
            with_mode(
                "Include /etc/ssh/sshd_config.d/*.conf\n#HostKey /etc/ssh/ssh_host_rsa_key\n",
                0,
                0o644,
            ),
        ),
    ])
}

fn rendered(files: &Files) -> Result<Part, Flaw> {
    let mut fill = counted();
    render("web-7", false, &mut Fresh::new(&mut fill), files)
}

fn after(files: &Files) -> (Files, Part) {
    let part = rendered(files).unwrap();
    let mut after = files.clone();
    for change in &part.changes {
        change.apply(&mut after);
    }
    (after, part)
}

fn codes(part: &Part) -> Vec<&str> {
    part.told.iter().map(|told| told.code).collect()
}

fn key(files: &Files, path: &str) -> PrivateKey {
    PrivateKey::from_openssh(files.content(path).unwrap()).unwrap()
}

#[test]
fn the_kinds_of_the_master_are_made_anew_and_its_rsa_key_goes() {
    let before = debian();
    let (after, part) = after(&before);
    for (path, kind) in [(ED25519, "ssh-ed25519"), (ECDSA, "ecdsa-sha2-nistp256")] {
        let new = key(&after, path);
        assert_eq!(new.algorithm().as_str(), kind);
        assert_eq!(new.comment(), "root@web-7");
        assert_ne!(
            new.public_key().key_data(),
            key(&before, path).public_key().key_data()
        );
        let public = after.content(&public_of(path)).unwrap();
        let public = std::str::from_utf8(public).unwrap();
        let expected = format!("{}\n", new.public_key().to_openssh().unwrap());
        assert_eq!(public, expected);
        assert!(public.ends_with(" root@web-7\n"));
    }
    assert!(!after.exists(RSA));
    assert!(!after.exists("/etc/ssh/ssh_host_rsa_key.pub"));
    assert!(part.told.is_empty());
    let private: Vec<_> = part
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Write {
                path,
                is_secret: true,
                ..
            } => Some(path.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(private, [ECDSA, ED25519]);
}

#[test]
fn two_children_get_different_keys() {
    let files = debian();
    let mut fill = counted();
    let mut fresh = Fresh::new(&mut fill);
    let first = render("a", false, &mut fresh, &files).unwrap();
    let second = render("a", false, &mut fresh, &files).unwrap();
    assert_ne!(first, second);
}

#[test]
fn keys_that_are_the_childs_own_stay() {
    let mut fill = counted();
    let part = render("web-7", true, &mut Fresh::new(&mut fill), &debian()).unwrap();
    assert_eq!(part, Part::default());
}

#[test]
fn a_sealed_master_gets_an_ed25519_key() {
    let (after, part) = after(&guest(&[]));
    let paths: Vec<_> = part
        .changes
        .iter()
        .map(|change| change.path().to_string())
        .collect();
    assert_eq!(paths, [ED25519.to_owned(), public_of(ED25519)]);
    assert_eq!(after.file(ED25519).unwrap().owner, Owner::root(0o600));
    assert_eq!(
        after.file(&public_of(ED25519)).unwrap().owner,
        Owner::root(0o644)
    );
}

#[test]
fn a_guest_without_ssh_gets_no_key() {
    let part = rendered(&Files::default()).unwrap();
    assert_eq!(part, Part::default());
}

#[test]
fn openssh_made_no_ecdsa_or_ed25519_key_so_an_old_sshd_is_refused() {
    let files = guest(&[
        (RSA, with_mode(OLD_RSA, 0, 0o600)),
        (
            "/etc/ssh/ssh_host_dsa_key",
            with_mode("-----BEGIN DSA PRIVATE KEY-----\n", 0, 0o600),
        ),
    ]);
    assert_eq!(rendered(&files).unwrap_err().code(), "ssh-key-old");
    let (after, _) = after(&guest(&[(RSA, with_mode(OLD_RSA, 0, 0o600))]));
    assert!(after.exists(ED25519) && !after.exists(RSA));
}

#[test]
fn keys_that_sshd_config_names_are_made_where_it_names_them() {
    let include = "/etc/ssh/sshd_config.d/10-keys.conf";
    let custom = "/data/ssh/host_ed25519";
    let files = guest(&[
        (
            CONFIG,
            with_mode(
                "Include sshd_config.d/*.conf\nHostKey /etc/ssh/ssh_host_rsa_key\n",
                0,
                0o644,
            ),
        ),
        (
            include,
            with_mode("hostkey=\"/data/ssh/host_ed25519\"\n", 0, 0o644),
        ),
        (custom, with_mode(&old_key(Kind::Ed25519), 0, 0o600)),
        (RSA, with_mode(OLD_RSA, 0, 0o600)),
    ]);
    let (after, part) = after(&files);
    assert_eq!(key(&after, custom).comment(), "root@web-7");
    assert!(!after.exists(RSA) && !after.exists(ED25519));
    assert_eq!(codes(&part), ["ssh-key-gone"]);
    assert_eq!(public_keys(&after).len(), 1);
}

#[test]
fn places_that_the_configuration_leads_to_are_looked_at_once() {
    let mut files = guest(&[(
        CONFIG,
        with_mode(
            "Include /etc/ssh/sshd_config.d/*.conf\nHostKey /data/key\n",
            0,
            0o644,
        ),
    )]);
    let looks = more(&files);
    assert!(looks.contains(&Look::folder("/etc/ssh/sshd_config.d")));
    assert!(looks.contains(&Look::file("/data/key")));
    assert!(looks.contains(&Look::file("/data/key.pub")));
    files.insert("/data/key".parse().unwrap(), with_mode("", 0, 0o600));
    assert!(!more(&files).contains(&Look::file("/data/key")));
}

#[test]
fn a_configuration_that_names_rsa_alone_is_refused() {
    let files = guest(&[
        (
            CONFIG,
            with_mode("HostKey /etc/ssh/ssh_host_rsa_key\n", 0, 0o644),
        ),
        (RSA, with_mode(OLD_RSA, 0, 0o600)),
    ]);
    assert_eq!(rendered(&files).unwrap_err().code(), "ssh-key-listed");
}

#[test]
fn a_kind_that_sshd_may_not_serve_is_not_the_only_one() {
    let include = "/etc/crypto-policies/back-ends/opensshserver.config";
    let of = |algorithms: &str| {
        let config = format!("Include {include}\n");
        guest(&[
            (CONFIG, with_mode(&config, 0, 0o600)),
            (
                include,
                with_mode(&format!("HostKeyAlgorithms {algorithms}\n"), 0, 0o644),
            ),
        ])
    };
    let (fips, _) = after(&of("ecdsa-sha2-nistp256,rsa-sha2-256"));
    assert!(fips.exists(ECDSA) && !fips.exists(ED25519));
    let (plain, _) = after(&of("ssh-ed25519,rsa-sha2-256"));
    assert!(plain.exists(ED25519) && !plain.exists(ECDSA));
    let flaw = rendered(&of("rsa-sha2-512,rsa-sha2-256")).unwrap_err();
    assert_eq!(flaw.code(), "ssh-key-algorithms");
}

#[test]
fn rhel_keeps_the_group_that_reads_its_keys_and_gives_it_to_new_ones() {
    let files = guest(&[
        (RSA, with_mode(OLD_RSA, 998, 0o640)),
        (
            CONFIG,
            with_mode(
                "HostKey /etc/ssh/ssh_host_rsa_key\nHostKey /etc/ssh/ssh_host_ed25519_key\n",
                0,
                0o600,
            ),
        ),
    ]);
    let (after, part) = after(&files);
    let owner = Owner {
        uid: 0,
        gid: 998,
        mode: 0o640,
    };
    assert_eq!(after.file(ED25519).unwrap().owner, owner);
    assert_eq!(codes(&part), ["ssh-key-gone"]);
}

#[test]
fn a_mode_that_sshd_refuses_is_refused() {
    for (gid, mode) in [(0, 0o644), (0, 0o640), (998, 0o660)] {
        let files = guest(&[(ED25519, with_mode(&old_key(Kind::Ed25519), gid, mode))]);
        assert_eq!(rendered(&files).unwrap_err().code(), "ssh-key-mode");
    }
}

#[test]
fn certificates_and_copies_of_keys_go_and_other_keys_stay() {
    let mut files = debian();
    let copy = "/etc/ssh/ssh_host_ed25519_key.bak";
    let foreign = "/etc/ssh/users_ca";
    for (path, content) in [
        (
            "/etc/ssh/ssh_host_ed25519_key-cert.pub",
            "ssh-ed25519-cert-v01@openssh.com x",
        ),
        (copy, old_key(Kind::Ed25519).as_str()),
        (foreign, old_key(Kind::Ecdsa).as_str()),
    ] {
        files.insert(path.parse().unwrap(), with_mode(content, 0, 0o600));
    }
    let (after, part) = after(&files);
    assert!(!after.exists(copy));
    assert_eq!(
        after.get(&foreign.parse().unwrap()),
        files.get(&foreign.parse().unwrap())
    );
    assert!(!after.exists("/etc/ssh/ssh_host_ed25519_key-cert.pub"));
    assert_eq!(codes(&part), ["ssh-key-certificate"]);
}

#[test]
fn an_agent_and_a_linked_rsa_key_are_refused() {
    let agent = guest(&[(CONFIG, with_mode("HostKeyAgent /run/agent\n", 0, 0o600))]);
    assert_eq!(rendered(&agent).unwrap_err().code(), "ssh-key-agent");
    let link = Found::Link {
        target: b"/data/rsa".to_vec(),
        file: Some(OldFile::of(OLD_RSA)),
    };
    let linked = guest(&[(RSA, link)]);
    assert_eq!(rendered(&linked).unwrap_err().code(), "ssh-key-link");
}

#[test]
fn dropbear_gets_keys_in_its_own_format() {
    let folder = "/etc/dropbear/dropbear_";
    let (ed25519, ecdsa, rsa) = (
        format!("{folder}ed25519_host_key"),
        format!("{folder}ecdsa_host_key"),
        format!("{folder}rsa_host_key"),
    );
    let mut files = Files::default();
    for path in [&ed25519, &ecdsa, &rsa] {
        files.insert(path.parse().unwrap(), with_mode("old", 0, 0o600));
    }
    let (after, part) = after(&files);
    assert_eq!(codes(&part), ["ssh-key-dropbear-gone"]);
    assert!(!after.exists(&rsa));
    let content = after.content(&ed25519).unwrap();
    assert_eq!(content[..19], *b"\0\0\0\x0bssh-ed25519\0\0\0\x40");
    assert_eq!(content.len(), 19 + 64);
    let keys = public_keys(&after);
    assert!(keys[0].starts_with("ecdsa-sha2-nistp256 AAAA"), "{keys:?}");
    assert!(keys[1].starts_with("ssh-ed25519 AAAA"), "{keys:?}");

    let old = guest(&[(
        "/etc/dropbear/dropbear_rsa_host_key",
        with_mode("old", 0, 0o600),
    )]);
    assert_eq!(rendered(&old).unwrap_err().code(), "ssh-key-dropbear");
}

#[test]
fn a_key_in_the_initramfs_is_told() {
    let files = guest(&[(
        "/etc/dropbear/initramfs/dropbear_ed25519_host_key",
        with_mode("", 0, 0o600),
    )]);
    assert_eq!(codes(&rendered(&files).unwrap()), ["ssh-key-initramfs"]);
}

#[test]
fn known_hosts_has_each_key_for_all_names() {
    let (after, _) = after(&debian());
    let keys = public_keys(&after);
    let public = after.content(&public_of(ECDSA)).unwrap();
    let public = std::str::from_utf8(public).unwrap();
    assert_eq!(keys[0], public.rsplit_once(' ').unwrap().0);
    let names = ["web-7".to_owned(), "10.0.0.17".to_owned()];
    let lines = known_hosts(&names, &keys);
    let expected = format!("web-7,10.0.0.17 {}\nweb-7,10.0.0.17 {}\n", keys[0], keys[1]);
    assert_eq!(lines, expected);
}

/// The lines of a private key's text that hold its secret. The last one, which is short, has padding.
fn secrets(content: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(content);
    let lines = text.lines().filter(|line| line.len() == 70);
    lines.map(str::to_owned).collect()
}

#[test]
fn no_text_form_shows_a_private_key() {
    let before = debian();
    let (after, part) = after(&before);
    let shown = format!(
        "{part:?} {part:#?} {before:?} {after:?} {after:#?} {:?}",
        rendered(&before)
    );
    let mut counted = 0;
    for files in [&before, &after] {
        for path in [ED25519, ECDSA, RSA] {
            let Some(content) = files.content(path) else {
                continue;
            };
            // The public half stands in a private key as well.
            let public = match PrivateKey::from_openssh(content) {
                Ok(key) => key.public_key().to_openssh().unwrap(),
                Err(_) => String::new(),
            };
            for secret in secrets(content) {
                if public.contains(&secret) {
                    continue;
                }
                assert!(!shown.contains(&secret), "{path}");
                counted += 1;
            }
        }
    }
    assert!(counted >= 12, "{counted}");
    // The bytes themselves, as a list of numbers.
    let seed = key(&after, ED25519);
    let seed = seed.key_data().ed25519().unwrap().private.to_bytes();
    assert!(!shown.contains(&format!("{seed:?}")));
    assert!(!shown.contains("old-rsa"));
}

proptest! {
    /// A guest may put anything in the place of a key.
    #[test]
    fn a_damaged_key_is_replaced_as_its_name_says(at in 0_usize..600, bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut old = old_key(Kind::Ed25519).into_bytes();
        let at = at.min(old.len());
        old.splice(at.., bytes);
        let mut file = OldFile::of(old);
        file.owner = Owner::root(0o600);
        let files = guest(&[(ED25519, Found::File(file.clone())), (&public_of(ED25519), Found::File(file))]);
        prop_assert!(public_keys(&files).len() <= 1);
        let (after, _) = after(&files);
        let new = key(&after, ED25519);
        prop_assert_eq!(new.comment(), "root@web-7");
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA";
const B: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItBBB";

fn merged(text: &str, names: &[&str], keys: &[&str]) -> String {
    let new = with_host(text.as_bytes(), &words(names), &words(keys));
    let again = with_host(&new, &words(names), &words(keys));
    assert_eq!(new, again, "a second time changes nothing");
    String::from_utf8(new).unwrap()
}

#[test]
fn older_lines_of_the_names_go_and_all_others_stay_to_the_byte() {
    let others = "# web-7 is a comment\n\
        \n\
        web-70,10.0.0.170 ssh-rsa AAAA other\r\n\
        @cert-authority web-7 ssh-rsa AAAA\n\
        @revoked web-7 ssh-rsa AAAA\n\
        web-7\n\
        |1|c2FsdA==|aGFzaA== ssh-rsa AAAA\n\
        [web-7]:2222 ssh-rsa AAAA\n\
        web-*,!web-7 ssh-rsa AAAA\n";
    let lines = format!("web-7,10.0.0.17 {A}\nweb-7,10.0.0.17 {B}\n");
    let names = ["web-7", "10.0.0.17"];
    assert_eq!(merged("", &names, &[A, B]), lines);
    assert_eq!(merged(others, &names, &[A, B]), format!("{others}{lines}"));
    let old = format!("{others}web-7 ssh-ed25519 AAAAold\n 10.0.0.17\tssh-rsa AAAA x y\n");
    assert_eq!(merged(&old, &names, &[A, B]), format!("{others}{lines}"));
    // In the middle of the file, the old keys of the same host.
    let old = format!("web-7,10.0.0.17 ssh-rsa AAAAold\n{others}");
    assert_eq!(merged(&old, &names, &[A, B]), format!("{others}{lines}"));
}

#[test]
fn a_line_of_several_hosts_keeps_the_others() {
    let old = "web-7,bastion,WEB-7,10.0.0.99 ssh-rsa AAAA shared\n";
    assert_eq!(
        merged(old, &["web-7"], &[A]),
        format!("bastion,10.0.0.99 ssh-rsa AAAA shared\nweb-7 {A}\n")
    );
}

#[test]
fn a_line_that_is_right_keeps_its_place_and_its_comment() {
    let old = format!("web-7 {A} by hand\nother {B}\nweb-7 {A}\nweb-7 {B}old\n");
    assert_eq!(
        merged(&old, &["web-7"], &[A, B]),
        format!("web-7 {A} by hand\nother {B}\nweb-7 {B}\n")
    );
}

#[test]
fn a_last_line_without_an_end_and_bytes_that_are_no_text_stay() {
    assert_eq!(
        merged("other ssh-rsa AAAA", &["web-7"], &[A]),
        format!("other ssh-rsa AAAA\nweb-7 {A}\n")
    );
    let old = b"other ssh-rsa AAAA caf\xe9\nweb-7 ssh-rsa AAAA\n";
    let new = with_host(old, &words(&["web-7"]), &words(&[A]));
    let line = format!("web-7 {A}\n");
    let expected = [b"other ssh-rsa AAAA caf\xe9\n", line.as_bytes()];
    assert_eq!(new, expected.concat());
}

#[test]
fn the_names_of_a_host_are_its_host_name_and_its_addresses() {
    let mut identity = Identity::default();
    assert_eq!(host_names(&identity), [""; 0]);
    identity.hostname = Some("web-7.example.org".parse().unwrap());
    let mut nic = Nic::new(Selector::Sole);
    let v4 = ["10.0.0.17/24", "10.1.0.17/16"].map(|net| net.parse().unwrap());
    nic.v4 = V4::of(v4.to_vec(), None, false).unwrap();
    nic.v6 = V6::of(vec!["2001:db8::17/64".parse().unwrap()], None, false).unwrap();
    let mut dhcp = Nic::new(Selector::Sole);
    dhcp.v4 = V4::Dhcp;
    identity.nics = vec![nic, dhcp];
    assert_eq!(
        host_names(&identity),
        [
            "web-7.example.org",
            "10.0.0.17",
            "10.1.0.17",
            "2001:db8::17"
        ]
    );
}
