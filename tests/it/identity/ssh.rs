use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use osgraft::identity::decisions::{
    Change, Files, Found, Fresh, OldFile, Owner, known_hosts, public_keys, render_ssh_keys,
};

use crate::support::fixture::{is_root, not_run};
use crate::support::namespace::in_own_namespace;
use crate::support::{run, text};

const KINDS: [&str; 2] = ["ed25519", "ecdsa"];

/// A guest with sshd and dropbear after it got keys of its own, and a folder with those files.
fn child(folder: &Path) -> Files {
    let mut files = Files::default();
    let mut place = |path: String| {
        let mut file = OldFile::of("");
        file.owner = Owner::root(0o600);
        files.insert(path.parse().unwrap(), Found::File(file));
    };
    place("/usr/sbin/sshd".into());
    for kind in KINDS {
        place(format!("/etc/ssh/ssh_host_{kind}_key"));
        place(format!("/etc/dropbear/dropbear_{kind}_host_key"));
    }
    let mut random = fs::File::open("/dev/urandom").unwrap();
    let mut fill = |bytes: &mut [u8]| std::io::Read::read_exact(&mut random, bytes).unwrap();
    let part = render_ssh_keys("web-7", false, &mut Fresh::new(&mut fill), &files).unwrap();
    assert_eq!(part.told, []);
    for change in &part.changes {
        let Change::Write {
            path,
            content,
            is_secret,
            ..
        } = change
        else {
            panic!("{change:?}");
        };
        assert_eq!(*is_secret, !path.to_string().ends_with(".pub"));
        let at = at(folder, &path.to_string());
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(&at, content).unwrap();
        fs::set_permissions(&at, PermissionsExt::from_mode(0o600)).unwrap();
        files.insert(path.clone(), Found::File(OldFile::of(content.clone())));
    }
    files
}

fn at(folder: &Path, path: &str) -> PathBuf {
    folder.join(&path[1..])
}

#[test]
fn openssh_reads_each_private_key_and_finds_the_public_one_that_stands_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    child(folder.path());
    for kind in KINDS {
        let key = at(folder.path(), &format!("/etc/ssh/ssh_host_{kind}_key"));
        let public = fs::read_to_string(key.with_extension("pub")).unwrap();
        assert_eq!(run("ssh-keygen", &["-y", "-f", text(&key)]), public);
        let told = run("ssh-keygen", &["-l", "-f", text(&key)]);
        let name = format!("root@web-7 ({})\n", kind.to_uppercase());
        assert!(told.starts_with("256 ") && told.ends_with(&name), "{told}");
    }
}

#[test]
fn sshd_starts_with_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    child(folder.path());
    // sshd wants its folder in /run, which its unit makes.
    let script = r#"
        mount -t tmpfs tmpfs /run && mkdir -m 0755 /run/sshd
        sshd=$(PATH="$PATH:/usr/sbin:/sbin" command -v sshd) || exit 9
        "$sshd" -t -f /dev/null -h etc/ssh/ssh_host_ed25519_key -h etc/ssh/ssh_host_ecdsa_key 2>&1 || exit 1
        for key in ed25519 ecdsa; do
            "$sshd" -T -f /dev/null -h "$PWD/etc/ssh/ssh_host_${key}_key" | grep -x "hostkey $PWD/etc/ssh/ssh_host_${key}_key" || exit 2
        done
        # The premise: a key that it does not take leaves it without one.
        echo broken >etc/ssh/ssh_host_ed25519_key
        ! "$sshd" -t -f /dev/null -h etc/ssh/ssh_host_ed25519_key 2>&1
    "#;
    let Some(ran) = in_own_namespace(folder.path(), script, &[]) else {
        return;
    };
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("no hostkeys available"), "{ran:?}");
}

#[test]
fn a_client_that_learnt_the_keys_before_takes_the_server_for_the_child() {
    if !is_root() {
        not_run("an SSH server that drops its privileges: be root");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = child(folder.path());
    let names = ["web-7".to_owned()];
    let known = known_hosts(&names, &public_keys(&files));
    fs::write(folder.path().join("known"), known).unwrap();
    // Keys of another child, to which the same client says no.
    let other = tempfile::tempdir().unwrap();
    let keys = public_keys(&child(other.path()));
    fs::write(folder.path().join("others"), known_hosts(&names, &keys)).unwrap();
    let script = r#"
        mount -t tmpfs tmpfs /run && mkdir -m 0755 /run/sshd
        sshd=$(PATH="$PATH:/usr/sbin:/sbin" command -v sshd) || exit 9
        ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null \
            -o "UserKnownHostsFile=$PWD/$2" -o PubkeyAuthentication=no \
            -o "ProxyCommand=$sshd -i -f /dev/null -h $PWD/etc/ssh/ssh_host_$1_key" web-7 true 2>&1
    "#;
    for kind in KINDS {
        for (known, said) in [
            ("known", "Permission denied"),
            ("others", "Host key verification failed"),
        ] {
            let Some(ran) = in_own_namespace(folder.path(), script, &[kind, known]) else {
                return;
            };
            assert!(ran.stdout.contains(said), "{kind} {known}: {ran:?}");
        }
    }
}

#[test]
fn dropbear_reads_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let files = child(folder.path());
    let known = public_keys(&files);
    for kind in KINDS {
        let key = at(
            folder.path(),
            &format!("/etc/dropbear/dropbear_{kind}_host_key"),
        );
        let told = run("dropbearkey", &["-y", "-f", text(&key)]);
        let mut lines = told.lines().filter(|line| line.contains("AAAA"));
        let words: Vec<&str> = lines.next().unwrap().split(' ').take(2).collect();
        assert!(known.contains(&words.join(" ")), "{told}{known:?}");
    }
}

#[test]
fn ssh_finds_each_name_and_address_in_known_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let files = child(folder.path());
    let keys = public_keys(&files);
    assert_eq!(keys.len(), 4);
    let names = ["web-7", "10.0.0.17", "fd00::17"].map(str::to_owned);
    let file = folder.path().join("known_hosts");
    fs::write(&file, known_hosts(&names, &keys)).unwrap();
    for name in &names {
        let found = run("ssh-keygen", &["-F", name, "-f", text(&file)]);
        assert_eq!(found.matches(" found: line ").count(), 4, "{found}");
    }
    let other = Command::new("ssh-keygen")
        .args(["-F", "web-8", "-f", text(&file)])
        .output();
    assert_eq!(other.unwrap().stdout, b"");
}
