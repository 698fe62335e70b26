use super::*;
use crate::identity::files::OldFile;

const FOLDER: &str = "/etc/selinux/targeted/contexts/files";

fn guest(config: &str, files: &[(&str, &str)]) -> Files {
    let mut guest = Files::default();
    let config = Found::File(OldFile::of(config));
    guest.insert(CONFIG.parse().unwrap(), config);
    for (name, content) in files {
        let path = format!("{FOLDER}/{name}");
        guest.insert(path.parse().unwrap(), Found::File(OldFile::of(*content)));
    }
    guest
}

const ON: &str = "# comment\nSELINUX=enforcing\nSELINUXTYPE=targeted\n";

fn labels(files: &[(&str, &str)]) -> Labels {
    Labels::read(&guest(ON, files)).unwrap()
}

fn of(labels: &Labels, path: &str, kind: Labelled) -> Label {
    labels.of(&path.parse().unwrap(), kind)
}

fn is(label: &str) -> Label {
    Label::Is(format!("system_u:object_r:{label}:s0"))
}

const RULES_TEXT: &str = "\
# The whole tree first.
/.*\tsystem_u:object_r:default_t:s0
/etc/.*\tsystem_u:object_r:etc_t:s0
/etc\t-d\tsystem_u:object_r:etc_t:s0
/etc/hostname\t--\tsystem_u:object_r:hostname_etc_t:s0
/etc/ssh/ssh_host.*_key\t--\tsystem_u:object_r:sshd_key_t:s0
/etc/ssh/ssh_host.*_key\\.pub\t--\tsystem_u:object_r:sshd_key_t:s0
/etc/machine-id\t--\tsystem_u:object_r:machineid_t:s0
/etc/rc\\.d(/.*)?\tsystem_u:object_r:rc_t:s0
/run/.*\t<<none>>
/var/run/x\tsystem_u:object_r:never_t:s0
/usr/(lib|lib64)/.*\\.so(\\.[^/]*)*\t--\tsystem_u:object_r:lib_t:s0
";

#[test]
fn the_last_rule_that_fits_decides_and_an_exact_one_before_a_pattern() {
    let labels = labels(&[("file_contexts", RULES_TEXT)]);
    for (path, kind, expected) in [
        ("/etc/hostname", Labelled::File, is("hostname_etc_t")),
        ("/etc/hostname", Labelled::Link, is("etc_t")),
        (
            "/etc/ssh/ssh_host_ed25519_key",
            Labelled::File,
            is("sshd_key_t"),
        ),
        (
            "/etc/ssh/ssh_host_ed25519_key.pub",
            Labelled::File,
            is("sshd_key_t"),
        ),
        (
            "/etc/ssh/ssh_host_ed25519_key.bak",
            Labelled::File,
            is("etc_t"),
        ),
        ("/etc", Labelled::Directory, is("etc_t")),
        ("/etc/rc.d", Labelled::Directory, is("rc_t")),
        ("/etc/rcxd", Labelled::Directory, is("etc_t")),
        ("/usr/lib64/a.so.1", Labelled::File, is("lib_t")),
        ("/srv/x", Labelled::File, is("default_t")),
        ("/run/x", Labelled::File, Label::None),
    ] {
        assert_eq!(of(&labels, path, kind), expected, "{path}");
    }
    let exact_first = "/a/b\tsystem_u:object_r:exact_t:s0\n/a/.*\tsystem_u:object_r:any_t:s0\n";
    let exact_first = super::tests::labels(&[("file_contexts", exact_first)]);
    assert_eq!(of(&exact_first, "/a/b", Labelled::File), is("exact_t"));
}

#[test]
fn local_rules_count_most() {
    let labels = labels(&[
        ("file_contexts", RULES_TEXT),
        (
            "file_contexts.homedirs",
            "/etc/hostname\tsystem_u:object_r:home_t:s0\n",
        ),
        (
            "file_contexts.local",
            "/etc/hostname\tsystem_u:object_r:local_t:s0\n",
        ),
    ]);
    assert_eq!(of(&labels, "/etc/hostname", Labelled::File), is("local_t"));
}

#[test]
fn a_substituted_path_is_judged_as_the_one_it_stands_for() {
    let labels = labels(&[
        ("file_contexts", RULES_TEXT),
        ("file_contexts.subs", "/srv/etc /etc2\n"),
        (
            "file_contexts.subs_dist",
            "/etc2 /etc\n# /etc /none\n/sysroot /\n",
        ),
    ]);
    assert_eq!(
        of(&labels, "/srv/etc/hostname", Labelled::File),
        is("hostname_etc_t")
    );
    assert_eq!(
        of(&labels, "/srv/etcetera", Labelled::File),
        is("default_t")
    );
    assert_eq!(
        of(&labels, "/sysroot/etc/hostname", Labelled::File),
        is("hostname_etc_t")
    );
}

#[test]
fn a_rule_that_cannot_be_judged_makes_unsure_where_it_could_decide() {
    let text = format!("{RULES_TEXT}/etc/(?!ssh).*\tsystem_u:object_r:odd_t:s0\n");
    let labels = labels(&[("file_contexts", &text)]);
    let Label::Unsure(why) = of(&labels, "/etc/foo", Labelled::File) else {
        panic!("a look-ahead was judged");
    };
    assert!(why.contains("/etc/(?!ssh).*"), "{why}");
    // An exact rule is asked before, and another folder is no matter.
    assert_eq!(
        of(&labels, "/etc/hostname", Labelled::File),
        is("hostname_etc_t")
    );
    assert_eq!(of(&labels, "/srv/x", Labelled::File), is("default_t"));
}

#[test]
fn without_its_rules_nothing_is_said() {
    let labels = labels(&[]);
    let label = of(&labels, "/etc/hostname", Labelled::File);
    assert_eq!(
        label,
        Label::Unsure(format!("{FOLDER}/file_contexts cannot be read"))
    );
}

#[test]
fn a_guest_without_selinux_has_no_rules() {
    for config in [
        "",
        "SELINUX=disabled\nSELINUXTYPE=targeted\n",
        "SELINUX=enforcing\nSELINUXTYPE=../x\n",
    ] {
        assert!(Labels::read(&guest(config, &[])).is_none(), "{config}");
        assert_eq!(more(&guest(config, &[])), []);
    }
    assert!(Labels::read(&Files::default()).is_none());
}

#[test]
fn the_policys_files_are_looked_at() {
    let looks = more(&guest(ON, &[("file_contexts", "")]));
    let expected = ["homedirs", "local", "subs", "subs_dist"];
    let expected: Vec<_> = expected
        .iter()
        .map(|name| Look::file(&format!("{FOLDER}/file_contexts.{name}")))
        .collect();
    assert_eq!(looks, expected);
}

#[test]
fn rules_that_are_none_are_passed_over() {
    let odd = "x\n\n# y z\n/a -- \n/b -- c d e\n/etc/x\tnot-a-label\n";
    let labels = labels(&[("file_contexts", odd)]);
    assert_eq!(of(&labels, "/a", Labelled::File), Label::None);
    assert!(matches!(
        of(&labels, "/etc/x", Labelled::File),
        Label::Unsure(_)
    ));
}
