use std::net::IpAddr;

use proptest::prelude::*;

use super::*;
use crate::identity::change::Change;
use crate::identity::files::{Found, OldFile};

fn guest(files: &[(&str, &str)]) -> Files {
    let mut guest = Files::default();
    for (path, content) in files {
        guest.insert(path.parse().unwrap(), Found::File(OldFile::of(*content)));
    }
    guest
}

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// The guest's files after it was given a name, which a second time changes nothing of.
fn named(name: &str, from: &[&str], to: &[&str], before: &Files) -> Files {
    let wanted = name.parse().unwrap();
    let (from, to) = (addresses(from), addresses(to));
    let moved = Moved {
        from: &from,
        to: &to,
    };
    let mut after = before.clone();
    let part = render(Some(&wanted), moved, before).unwrap();
    for change in &part.changes {
        change.apply(&mut after);
    }
    let again = render(Some(&wanted), moved, &after).unwrap();
    assert_eq!(again, Part::default());
    after
}

fn text<'a>(files: &'a Files, path: &str) -> &'a str {
    std::str::from_utf8(files.content(path).unwrap()).unwrap()
}

/// `/etc/hosts` after the master `old` became `new`.
fn hosts(old: &str, new: &str, from: &[&str], to: &[&str], hosts: &str) -> String {
    let guest = guest(&[("/etc/hostname", old), (HOSTS, hosts)]);
    text(&named(new, from, to, &guest), HOSTS).to_owned()
}

#[test]
fn the_name_file_keeps_its_comments_and_ends_with_a_newline() {
    for (before, after) in [
        ("deb", "web-7\n"),
        ("deb\n", "web-7\n"),
        ("# why\n\ndeb\nrest\n", "# why\n\nweb-7\nrest\n"),
        ("deb\r\n", "web-7\r\n"),
        ("", "web-7\n"),
        ("# sealed", "# sealed\nweb-7\n"),
    ] {
        let guest = guest(&[("/etc/hostname", before)]);
        let after_edit = named("web-7", &[], &[], &guest);
        assert_eq!(text(&after_edit, "/etc/hostname"), after, "{before:?}");
    }
}

#[test]
fn a_guest_without_a_name_gets_the_file() {
    let after = named("web-7", &[], &[], &Files::default());
    assert_eq!(text(&after, "/etc/hostname"), "web-7\n");
}

#[test]
fn suses_second_name_of_the_file_is_left_a_link() {
    let mut before = guest(&[("/etc/hostname", "suse\n")]);
    let own = OldFile::of("suse\n");
    let second: GuestPath = "/etc/HOSTNAME".parse().unwrap();
    let link = Found::Link {
        target: b"hostname".to_vec(),
        file: Some(own),
    };
    before.insert(second.clone(), link);
    let part = render(Some(&"web-7".parse().unwrap()), Moved::default(), &before).unwrap();
    let paths: Vec<_> = part.changes.iter().map(Change::path).collect();
    assert_eq!(paths, [&"/etc/hostname".parse().unwrap()]);
    let own = OldFile::of("suse\n");
    before.insert(second, Found::File(own));
    let after = named("web-7", &[], &[], &before);
    assert_eq!(text(&after, "/etc/HOSTNAME"), "web-7\n");
}

#[test]
fn a_sealed_suse_gets_the_file_that_its_link_leads_to() {
    let mut before = Files::default();
    let link = Found::Link {
        target: b"hostname".to_vec(),
        file: None,
    };
    before.insert("/etc/HOSTNAME".parse().unwrap(), link);
    let part = render(Some(&"web-7".parse().unwrap()), Moved::default(), &before).unwrap();
    assert_eq!(part.changes, [Change::text("/etc/hostname", "web-7\n")]);
}

#[test]
fn a_file_that_needs_no_edit_may_be_as_it_likes() {
    let mut before = guest(&[("/etc/hostname", "web-7\n")]);
    let mut hosts = OldFile::of("127.0.0.1 localhost\n");
    hosts.is_immutable = true;
    before.insert(HOSTS.parse().unwrap(), Found::File(hosts));
    named("web-7", &[], &[], &before);
    let own = Found::File(OldFile {
        is_immutable: true,
        ..OldFile::of("127.0.1.1 deb\n")
    });
    before.insert(HOSTS.parse().unwrap(), own);
    before.insert(
        "/etc/hostname".parse().unwrap(),
        Found::File(OldFile::of("deb\n")),
    );
    let flaw = render(Some(&"web-7".parse().unwrap()), Moved::default(), &before).unwrap_err();
    assert_eq!(flaw.code(), "identity-place-immutable");
}

#[test]
fn openrc_and_old_rhel_get_the_name_where_they_keep_it() {
    let openrc = guest(&[(OPENRC, "# Set it\nhostname=\"alpine\"\n")]);
    let after = named("web-7", &[], &[], &openrc);
    assert_eq!(text(&after, OPENRC), "# Set it\nhostname=\"web-7\"\n");
    assert!(!after.exists("/etc/hostname"));

    let rhel = guest(&[
        (RC_SYSINIT, ""),
        (SYSCONFIG, "NETWORKING=yes\nHOSTNAME=old.example.org\n"),
    ]);
    let after = named("web-7", &[], &[], &rhel);
    assert_eq!(text(&after, SYSCONFIG), "NETWORKING=yes\nHOSTNAME=web-7\n");
    assert!(!after.exists("/etc/hostname"));

    let rhel = guest(&[(RC_SYSINIT, ""), (SYSCONFIG, "NETWORKING=yes")]);
    let after = named("web-7", &[], &[], &rhel);
    assert_eq!(text(&after, SYSCONFIG), "NETWORKING=yes\nHOSTNAME=web-7\n");

    let newer = guest(&[
        ("/etc/hostname", "old\n"),
        (SYSCONFIG, "# Created by anaconda\n"),
    ]);
    let after = named("web-7", &[], &[], &newer);
    assert_eq!(text(&after, SYSCONFIG), "# Created by anaconda\n");
}

#[test]
fn a_link_that_leads_to_no_file_is_refused() {
    let mut before = Files::default();
    let link = Found::Link {
        target: b"/run/hostname".to_vec(),
        file: None,
    };
    before.insert("/etc/hostname".parse().unwrap(), link);
    let flaw = render(Some(&"web-7".parse().unwrap()), Moved::default(), &before).unwrap_err();
    assert_eq!(flaw.code(), "identity-place-link");
    assert!(flaw.to_string().contains("/run/hostname"), "{flaw}");
}

#[test]
fn hosts_gets_each_form_of_the_name_on_the_lines_of_this_machine() {
    for (old, new, before, after) in [
        ("deb", "web-7", "127.0.1.1\tdeb\n", "127.0.1.1\tweb-7\n"),
        (
            "deb",
            "web-7",
            "127.0.1.1\tdeb.example.org\tdeb\n",
            "127.0.1.1\tweb-7.example.org\tweb-7\n",
        ),
        (
            "deb.example.org",
            "web-7",
            "127.0.1.1 deb.example.org deb",
            "127.0.1.1 web-7.example.org web-7",
        ),
        (
            "deb.example.org",
            "web-7",
            "127.0.1.1 deb.example.org # us\r\n",
            "127.0.1.1 web-7.example.org web-7 # us\r\n",
        ),
        (
            "deb",
            "web-7.prod.net",
            "127.0.1.1 deb\n",
            "127.0.1.1 web-7.prod.net web-7\n",
        ),
        (
            "deb",
            "web-7.prod.net",
            "127.0.1.1 deb.example.org deb debian\n",
            "127.0.1.1 web-7.prod.net web-7 debian\n",
        ),
        (
            "alpine",
            "web-7",
            "127.0.0.1\talpine.my.domain alpine localhost.localdomain localhost\n::1\tlocalhost\n",
            "127.0.0.1\tweb-7.my.domain web-7 localhost.localdomain localhost\n::1\tlocalhost\n",
        ),
    ] {
        assert_eq!(hosts(old, new, &[], &[], before), after);
    }
}

#[test]
fn hosts_keeps_what_only_looks_like_the_name() {
    let foreign = "127.0.0.1 localhost\n10.9.9.9 deb deb.example.org\n127.0.1.1 debian deb-2 mydeb x.deb\n# 127.0.1.1 deb\n";
    assert_eq!(hosts("deb", "web-7", &[], &[], foreign), foreign);
    let same = "127.0.0.1 localhost localhost.localdomain\n";
    assert_eq!(
        hosts("localhost.localdomain", "web-7", &[], &[], same),
        same
    );
}

#[test]
fn a_line_of_an_address_that_moves_gets_the_new_one() {
    let before = "10.0.0.5\tdeb.example.org deb\n10.0.0.50 deb-db\n10.0.0.5 alias\nfd00::5 deb\n";
    assert_eq!(
        hosts(
            "deb",
            "web-7",
            &["10.0.0.5", "fd00::5"],
            &["10.0.0.17", "fd00::17"],
            before
        ),
        "10.0.0.17\tweb-7.example.org web-7\n10.0.0.50 deb-db\n10.0.0.17 alias\nfd00::17 web-7\n"
    );
    // Nothing but DHCP: the name stands for this machine, as on Debian.
    assert_eq!(
        hosts("deb", "web-7", &["10.0.0.5", "fd00::5"], &[], before),
        "127.0.1.1\tweb-7.example.org web-7\n10.0.0.50 deb-db\n127.0.1.1 alias\n::1 web-7\n"
    );
    // The second address follows the second.
    assert_eq!(
        hosts(
            "deb",
            "web-7",
            &["10.0.0.5", "10.0.1.5"],
            &["10.0.0.17", "10.0.1.17"],
            "10.0.1.5 x\n"
        ),
        "10.0.1.17 x\n"
    );
}

#[test]
fn addresses_move_without_a_new_name() {
    let before = guest(&[("/etc/hostname", "deb\n"), (HOSTS, "10.0.0.5 deb\n")]);
    let (from, to) = (addresses(&["10.0.0.5"]), addresses(&["10.0.0.17"]));
    let moved = Moved {
        from: &from,
        to: &to,
    };
    let part = render(None, moved, &before).unwrap();
    let [Change::Write { content, .. }] = &part.changes[..] else {
        panic!("{part:?}");
    };
    assert_eq!(content, b"10.0.0.17 deb\n");
}

#[test]
fn other_files_get_the_name_where_they_have_it_exactly() {
    let before = guest(&[
        ("/etc/hostname", "deb\n"),
        (HOSTS, "127.0.1.1 deb.example.org deb\n"),
        (MAILNAME, "deb.example.org\n"),
        (
            POSTFIX,
            "# myhostname = deb\nmyhostname = deb.example.org\nmydestination = $myhostname, deb\n",
        ),
        (MACHINE_INFO, "PRETTY_HOSTNAME=\"deb\"\nLOCATION=\"deb\"\n"),
        (
            DHCLIENT[0],
            "send host-name \"deb\";\n# send host-name \"deb\";\n",
        ),
        (DHCPCD, "hostname deb\nduid\n"),
        (
            "/etc/sysconfig/network-scripts/ifcfg-eth0",
            "DEVICE=eth0\nDHCP_HOSTNAME=deb\n",
        ),
    ]);
    let after = named("web-7", &[], &[], &before);
    for (path, expected) in [
        (MAILNAME, "web-7.example.org\n"),
        (
            POSTFIX,
            "# myhostname = deb\nmyhostname = web-7.example.org\nmydestination = $myhostname, deb\n",
        ),
        (
            MACHINE_INFO,
            "PRETTY_HOSTNAME=\"web-7\"\nLOCATION=\"deb\"\n",
        ),
        (
            DHCLIENT[0],
            "send host-name \"web-7\";\n# send host-name \"deb\";\n",
        ),
        (DHCPCD, "hostname web-7\nduid\n"),
        (
            "/etc/sysconfig/network-scripts/ifcfg-eth0",
            "DEVICE=eth0\nDHCP_HOSTNAME=web-7\n",
        ),
    ] {
        assert_eq!(text(&after, path), expected, "{path}");
    }
}

#[test]
fn other_files_keep_what_is_not_the_name_exactly() {
    let files = [
        (MAILNAME, "mail.example.org\n"),
        (POSTFIX, "myhostname = deb.other.org\n"),
        (MACHINE_INFO, "PRETTY_HOSTNAME=\"The deb of us\"\n"),
        (DHCLIENT[0], "send host-name = gethostname();\n"),
        (DHCPCD, "hostname\n"),
    ];
    let mut all = vec![("/etc/hostname", "deb\n")];
    all.extend(files);
    let after = named("web-7", &[], &[], &guest(&all));
    for (path, same) in files {
        assert_eq!(text(&after, path), same);
    }
}

/// A line of some hosts file in which nothing is this machine's.
fn foreign_line() -> impl Strategy<Value = String> {
    let end = prop_oneof![Just("\n"), Just("\r\n")];
    let body = prop_oneof![
        "#[ -~\t]{0,20}",
        "[ \t]{0,3}",
        "10\\.[1-9]\\.[0-9]\\.[0-9][ \t]{1,3}[a-z]{1,8}([ \t][a-z.]{1,8}){0,2}[ \t]?(#[ -~]{0,9})?",
        "127\\.0\\.0\\.1[ \t]localhost([ \t]db[a-z]{4,8})?",
        "[g-z][ -~]{0,20}",
        "fe80::1%eth0[ \t]router",
    ];
    (body, end).prop_map(|(body, end)| format!("{body}{end}"))
}

#[test]
fn a_name_that_only_looks_like_the_childs_stays() {
    let text = "127.0.1.1 deb WEB-7 web-7.old\n";
    assert_eq!(
        hosts("deb", "web-7", &[], &[], text),
        "127.0.1.1 web-7 WEB-7 web-7.old\n"
    );
    // Another domain of the child's own name is another host's.
    assert_eq!(hosts("web-7.new", "web-7.new", &[], &[], text), text);
}

proptest! {
    #[test]
    fn every_foreign_byte_of_hosts_stays(
        before in prop::collection::vec(foreign_line(), 0..6),
        after in prop::collection::vec(foreign_line(), 0..6),
        gap in "[ \t]{1,3}",
    ) {
        let (before, after) = (before.concat(), after.concat());
        let file = format!("{before}127.0.1.1{gap}db7.example.org{gap}db7\n10.0.0.5{gap}db7\n{after}");
        let edited = hosts("db7", "web-7", &["10.0.0.5"], &["10.0.0.17"], &file);
        let expected = format!("{before}127.0.1.1{gap}web-7.example.org{gap}web-7\n10.0.0.17{gap}web-7\n{after}");
        prop_assert_eq!(edited, expected);
    }

    #[test]
    fn any_bytes_are_taken_and_a_second_time_changes_nothing(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        lines in "([ -~\t]{0,30}\r?\n){0,5}",
        name in "[a-z][a-z0-9]{0,8}(\\.[a-z]{1,5}){0,2}",
    ) {
        let text = [b"127.0.1.1 ", lines.as_bytes(), bytes.as_slice()].concat();
        let mut before = guest(&[("/etc/hostname", "deb\n")]);
        before.insert(HOSTS.parse().unwrap(), Found::File(OldFile::of(text)));
        prop_assume!(name.parse::<Hostname>().is_ok());
        named(&name, &["10.0.0.5"], &["10.0.0.17"], &before);
    }
}
