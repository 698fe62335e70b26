use super::*;
use crate::identity::files::OldFile;
use crate::identity::wanted::Selector;

fn nic(dns: &[&str], search: &[&str]) -> Nic {
    let mut nic = Nic::new(Selector::Sole);
    nic.dns = dns.iter().map(|dns| dns.parse().unwrap()).collect();
    nic.search = search.iter().map(|name| name.parse().unwrap()).collect();
    nic
}

fn servers(dns: &[&str], search: &[&str]) -> Servers {
    Servers::of([&nic(dns, search)])
}

fn link(target: &str) -> Found {
    Found::Link {
        target: target.as_bytes().to_vec(),
        file: None,
    }
}

fn with_resolved(target: &str) -> Files {
    let mut files = Files::default();
    files.insert(PATH.parse().unwrap(), link(target));
    files.insert(
        RESOLVED_ALIAS.parse().unwrap(),
        link("/lib/systemd/system/systemd-resolved.service"),
    );
    files
}

#[test]
fn servers_of_several_nics_stand_in_their_order_once_each() {
    let all = Servers::of([
        &nic(&["9.9.9.9", "1.1.1.1"], &["lab.test"]),
        &nic(&[], &[]),
        &nic(&["1.1.1.1", "2620:fe::fe"], &["test", "lab.test"]),
    ]);
    let text = resolv_conf(b"", &all);
    let want =
        "search lab.test test\nnameserver 9.9.9.9\nnameserver 1.1.1.1\nnameserver 2620:fe::fe\n";
    assert_eq!(String::from_utf8(text).unwrap(), want);
    let want =
        "[Resolve]\nDNS=\nDNS=9.9.9.9 1.1.1.1 2620:fe::fe\nDomains=\nDomains=lab.test test\n";
    assert_eq!(drop_in(&all), want);
}

#[test]
fn lines_of_resolv_conf_that_were_not_asked_for_stay() {
    let old =
        b"# by hand\nsearch old.test\nnameserver 10.0.0.1\noptions edns0\nnameserver 10.0.0.2";
    let asked = servers(&["9.9.9.9", "2620:fe::fe"], &[]);
    let new = resolv_conf(old, &asked);
    let want =
        "# by hand\nsearch old.test\nnameserver 9.9.9.9\nnameserver 2620:fe::fe\noptions edns0\n";
    assert_eq!(String::from_utf8(new.clone()).unwrap(), want);
    assert_eq!(resolv_conf(&new, &asked), new);
}

#[test]
fn the_old_servers_give_their_place_to_the_new_ones() {
    let old =
        b"# mine\nnameserver 10.0.0.1\noptions edns0\ndomain old.example\nnameserver 10.0.0.2";
    let asked = servers(&["192.0.2.53", "2001:db8::53"], &["lab.example"]);
    let new = resolv_conf(old, &asked);
    let text = "# mine\nsearch lab.example\nnameserver 192.0.2.53\nnameserver 2001:db8::53\noptions edns0\n";
    assert_eq!(String::from_utf8(new.clone()).unwrap(), text);
    assert_eq!(resolv_conf(&new, &asked), new);
    let only_search = servers(&[], &["lab.example"]);
    let text =
        "# mine\nnameserver 10.0.0.1\noptions edns0\nsearch lab.example\nnameserver 10.0.0.2";
    assert_eq!(resolv_conf(old, &only_search), text.as_bytes());
}

#[test]
fn a_missing_line_is_added_and_a_missing_file_made() {
    let asked = servers(&["9.9.9.9"], &["lab.test", "test"]);
    let new = resolv_conf(b"options edns0", &asked);
    let want = "options edns0\nsearch lab.test test\nnameserver 9.9.9.9\n";
    assert_eq!(String::from_utf8(new).unwrap(), want);
    let change = render(&asked, &Files::default(), Way::File).unwrap();
    assert_eq!(change.path().to_string(), PATH);
    assert_eq!(
        render(&Servers::default(), &Files::default(), Way::File),
        None
    );
}

#[test]
fn the_way_is_the_one_that_resolv_conf_leads_to() {
    let with = |target: &str| {
        let mut files = Files::default();
        files.insert(PATH.parse().unwrap(), link(target));
        way(&files)
    };
    assert_eq!(way(&Files::default()), Ok(Way::File));
    assert_eq!(
        way(&with_resolved("../run/systemd/resolve/stub-resolv.conf")),
        Ok(Way::Resolved)
    );
    assert_eq!(with("/run/resolvconf/resolv.conf"), Ok(Way::Resolvconf));
    let flaw = with("/run/NetworkManager/resolv.conf").unwrap_err();
    assert_eq!(flaw.code(), "dns-no-way-in");
    // Nothing writes the file that the link leads to where systemd-resolved is masked.
    let mut masked = with_resolved("../run/systemd/resolve/stub-resolv.conf");
    masked.insert(
        format!("/etc/systemd/system/{RESOLVED}").parse().unwrap(),
        link("/dev/null"),
    );
    assert_eq!(way(&masked).unwrap_err().code(), "dns-no-way-in");
}

#[test]
fn resolved_reads_back_what_was_written() {
    let asked = servers(&["9.9.9.9", "1.1.1.1"], &["lab.test"]);
    let mut files = Files::default();
    files.insert(
        "/etc/systemd/resolved.conf.d/10-old.conf".parse().unwrap(),
        Found::File(OldFile::of("[Resolve]\nDNS=10.0.0.1\n")),
    );
    let change = render(&asked, &files, Way::Resolved).unwrap();
    change.apply(&mut files);
    assert_eq!(standing(&files, Way::Resolved), asked.dns);
    assert_eq!(render(&asked, &files, Way::Resolved), None);
}

#[test]
fn a_link_that_nothing_writes_is_no_way_in() {
    let nic = nic(&["192.0.2.53", "2001:db8::53"], &["lab.example"]);
    let all = Servers::of([&nic]);
    let changes = |nic: &Nic, files: &Files| where_resolved_is_off(nic, &all, files);
    let stub = "../run/systemd/resolve/stub-resolv.conf";
    let mut files = Files::default();
    files.insert(PATH.parse().unwrap(), link(stub));
    assert_eq!(changes(&nic, &files).unwrap_err().code(), "dns-no-way-in");
    assert_eq!(changes(&Nic::new(Selector::Sole), &files), Ok(None));
    let mut files = with_resolved(stub);
    assert_eq!(changes(&nic, &files), Ok(None));
    files.insert(
        format!("/etc/systemd/system/{RESOLVED}").parse().unwrap(),
        link("/dev/null"),
    );
    assert_eq!(changes(&nic, &files).unwrap_err().code(), "dns-no-way-in");
    files.insert(PATH.parse().unwrap(), Found::File(OldFile::of("")));
    let change = changes(&nic, &files).unwrap().unwrap();
    let mut after = files.clone();
    change.apply(&mut after);
    assert_eq!(changes(&nic, &after), Ok(None));
    let files = with_resolved("/run/resolvconf/resolv.conf");
    assert_eq!(changes(&nic, &files).unwrap_err().code(), "dns-no-way-in");
}

#[test]
fn more_name_servers_than_the_guest_asks_are_told() {
    let three = ["9.9.9.9", "1.1.1.1", "8.8.8.8"];
    let mut files = Files::default();
    let change = render(&servers(&three, &[]), &files, Way::File).unwrap();
    change.apply(&mut files);
    assert_eq!(too_many([&change], &files), None);
    let four = servers(&["9.9.9.9", "1.1.1.1", "8.8.8.8", "4.4.4.4"], &[]);
    let change = render(&four, &files, Way::File).unwrap();
    change.apply(&mut files);
    let told = too_many([&change], &files).unwrap();
    assert_eq!(told.code, "dns-more-than-three");
    assert!(
        told.text.contains("4.4.4.4") && !told.text.contains("8.8.8.8"),
        "{told}"
    );
    assert_eq!(too_many([], &files), None, "the guest's own file");
}
