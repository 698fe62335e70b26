use std::fs;
use std::process::Command;

use osgraft::identity::decisions::{Files, Found, Label, Labelled, Labels, OldFile};

use crate::support::text;

/// Rules with each sign that policies use, in an order in which later ones do not always win.
const RULES: &str = r"
/.*	system_u:object_r:default_t:s0
/[^/]+	--	system_u:object_r:etc_runtime_t:s0
/etc(/.*)?	system_u:object_r:etc_t:s0
/etc/hostname	--	system_u:object_r:hostname_etc_t:s0
/etc/hosts[^/]*	--	system_u:object_r:net_conf_t:s0
/etc/machine-id	--	system_u:object_r:machineid_t:s0
/etc/ssh/ssh_host.*_key	--	system_u:object_r:sshd_key_t:s0
/etc/ssh/ssh_host.*_key\.pub	--	system_u:object_r:sshd_key_t:s0
/etc/NetworkManager(/.*)?	system_u:object_r:NetworkManager_etc_t:s0
/etc/NetworkManager/system-connections(/.*)?	system_u:object_r:NetworkManager_etc_rw_t:s0
/etc/systemd/system	-d	system_u:object_r:systemd_unit_t:s0
/etc/sysconfig/network-scripts/ifcfg-(eth|ens)[0-9]{1,2}	--	system_u:object_r:ifcfg_t:s0:c0.c1023
/etc/exact	system_u:object_r:exact_t:s0
/etc/exac.	system_u:object_r:pattern_t:s0
/etc/cloud(/.*)?	<<none>>
/var/lib(/.*)?	system_u:object_r:var_lib_t:s0
/var/lib/dhcp(3|cd)?(/.*)?	system_u:object_r:dhcp_state_t:s0
/var/lib/random-seed	--	system_u:object_r:random_seed_t:s0
/run/.*	<<none>>
/srv/[a-c]?x+	system_u:object_r:srv_t:s0
/opt\+/.*	system_u:object_r:plus_t:s0
";

const SUBSTITUTED: &str = "/usr/etc /etc\n/sysroot/etc /etc\n/aliased /\n";

const PATHS: [&str; 33] = [
    "/",
    "/x",
    "/etc",
    "/etcetera",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/hosts.allow",
    "/etc/machine-id",
    "/etc/machine-idx",
    "/etc/ssh/ssh_host_ed25519_key",
    "/etc/ssh/ssh_host_ed25519_key.pub",
    "/etc/ssh/ssh_host_ed25519_keyxpub",
    "/etc/ssh/sshd_config",
    "/etc/NetworkManager",
    "/etc/NetworkManager/system-connections/osgraft-0.nmconnection",
    "/etc/systemd/system",
    "/etc/systemd/network/00-osgraft.network",
    "/etc/sysconfig/network-scripts/ifcfg-eth0",
    "/etc/sysconfig/network-scripts/ifcfg-ens123",
    "/etc/exact",
    "/etc/exacx",
    "/etc/cloud/cloud-init.disabled",
    "/var/lib/osgraft/receipt.json",
    "/var/lib/dhcpcd/duid",
    "/var/lib/dhcp/x",
    "/var/lib/dhcp4",
    "/var/lib/random-seed",
    "/run/x",
    "/srv/axx",
    "/srv/x",
    "/opt+/x",
    "/usr/etc/hostname",
    "/aliased/etc/hostname",
];

#[test]
fn each_label_is_the_one_that_libselinux_looks_up() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("file_contexts");
    fs::write(&rules, RULES).unwrap();
    fs::write(folder.path().join("file_contexts.subs_dist"), SUBSTITUTED).unwrap();
    let mut files = Files::default();
    for (path, content) in [
        (
            "/etc/selinux/config",
            "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
        ),
        ("/etc/selinux/targeted/contexts/files/file_contexts", RULES),
        (
            "/etc/selinux/targeted/contexts/files/file_contexts.subs_dist",
            SUBSTITUTED,
        ),
    ] {
        files.insert(path.parse().unwrap(), Found::File(OldFile::of(content)));
    }
    let labels = Labels::read(&files).expect("a guest with SELinux");
    let mut seen = std::collections::BTreeSet::new();
    for (kind, word) in [
        (Labelled::File, "file"),
        (Labelled::Directory, "dir"),
        (Labelled::Link, "lnk_file"),
    ] {
        let asked = ["-N", "-n", "-f", text(&rules), "-m", word];
        let ran = Command::new("/usr/sbin/matchpathcon")
            .args(asked)
            .args(PATHS)
            .output()
            .expect("matchpathcon is needed; run “make setup”");
        assert!(ran.status.success(), "{ran:?}");
        let said = String::from_utf8(ran.stdout).unwrap();
        assert_eq!(said.lines().count(), PATHS.len());
        for (path, theirs) in PATHS.iter().zip(said.lines()) {
            let theirs = match theirs {
                "<<none>>" => Label::None,
                label => Label::Is(label.to_owned()),
            };
            let ours = labels.of(&path.parse().unwrap(), kind);
            assert_eq!(ours, theirs, "{path} as {word}");
            seen.insert(format!("{ours:?}"));
        }
    }
    assert!(
        seen.len() >= 18,
        "{} labels are not all: {seen:?}",
        seen.len()
    );
}
