//! A configuration that broke: who starts all the same.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use super::libvirt::Host;
use crate::support::fixture::{is_root, not_run};
use crate::support::namespace::in_own_namespace;
use crate::support::program::{Ran, Workshop};

/// Ends of configurations that are broken, after the registry and the masters, and a part of the
/// refusal. In all of them but the last `^web-` is to be read.
const BROKEN: &[(&str, &str)] = &[
    (
        "[[hook.vm]]\nmatch = \"^web-\"\n[[hook.vm]]\nmatch = \"(\"\n",
        "regular expression",
    ),
    ("[[hook.vms]]\nmatch = \"^web-\"\n", "did you mean “vm”?"),
    ("[[hook.vm]]\nmach = \"^web-\"\n", "did you mean “match”?"),
    (
        "[hook]\ndeadline = 3\n[[hook.vm]]\nmatch = \"^web-\"\n",
        "did you mean “deadline_s”?",
    ),
    ("[[hook.vm]\nmatch = \"^web-\"\n", "config.toml:3"),
    ("[[hook.vm]]\nmatch = \"^web-\"\nmore\n", "config.toml:5"),
    ("[[hook.vm]]\nmatch = \"^w\\qb-\"\n", "config.toml:4"),
];

/// A domain's own metadata, in a version.
pub(super) fn metadata(version: &str, more: &str) -> String {
    format!("<metadata><o:osgraft xmlns:o=\"urn:osgraft:libvirt:{version}\" {more}/></metadata>")
}

impl Host {
    /// The domain's XML with metadata.
    fn marked(&self, name: &str, metadata: &str) -> String {
        let xml = self.xml(name, "");
        xml.replace("<devices>", &format!("{metadata}<devices>"))
    }

    fn config(&self) -> PathBuf {
        self.workshop.at("config.toml")
    }

    /// Makes the configuration a sound one, and has a call of the hook read it.
    fn was_sound(&self) {
        let _ = fs::remove_dir_all(self.config());
        self.workshop.configure(
            "[[hook.vm]]\nmatch = \"^web-lax\"\non_failure = \"start-unprepared\"\n\
             [[hook.vm]]\nmatch = \"^web-\"\n",
        );
        self.ok("db-1", "prepare");
    }

    /// Nothing of an earlier configuration is known.
    fn forget(&self) {
        for file in fs::read_dir(self.kept.path()).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
    }

    /// Asserts that who takes part is refused in a line that names the file, and who does not, starts.
    #[track_caller]
    fn is_closed(&self, what: &str) {
        let before = self.disk();
        for (name, metadata) in [
            ("web-1", String::new()),
            ("db-1", metadata("1", "")),
            ("db-1", metadata("2", "")),
            ("web-1", metadata("2", "prepare=\"no\"")),
        ] {
            let ran = self.call(name, "prepare", &self.marked(name, &metadata));
            let line = ran.failed(1);
            assert!(line.contains("config.toml"), "{line}");
            assert!(line.contains(what), "{what} is not in: {line}");
        }
        for (name, metadata) in [
            ("db-1", String::new()),
            ("web-1", metadata("1", "prepare=\"no\"")),
        ] {
            let ran = self.call(name, "prepare", &self.marked(name, &metadata));
            assert_eq!(ran.code, Some(0), "{what}: {ran:?}");
            assert!(ran.stderr.contains("starts untouched"), "{ran:?}");
        }
        let lax = self.ok("web-lax-1", "prepare");
        assert!(lax.stderr.contains("it starts unprepared"), "{lax:?}");
        assert_eq!(self.disk(), before);
    }
}

#[test]
fn whoever_took_part_before_the_configuration_broke_is_refused() {
    let Some(host) = Host::new() else { return };
    for (broken, what) in BROKEN {
        host.was_sound();
        host.workshop.configure(broken);
        host.is_closed(what);
    }
    host.was_sound();
    host.workshop.configure("[[hook.vm]]\nmatch = \"(\"\n");
    host.is_closed("regular expression");
    host.was_sound();
    fs::write(host.config(), b"\xff\xfe[hook]\n").unwrap();
    host.is_closed("cannot be read");
    host.was_sound();
    for empty in ["", "# nothing\n\n"] {
        fs::write(host.config(), empty).unwrap();
        host.is_closed("it is empty");
    }
    fs::remove_file(host.config()).unwrap();
    host.is_closed("cannot be read");
    fs::create_dir(host.config()).unwrap();
    host.is_closed("cannot be read");
    fs::remove_dir(host.config()).unwrap();
    let made = Command::new("mkfifo").arg(host.config()).status();
    assert!(made.unwrap().success());
    host.is_closed("FIFO");
    fs::remove_file(host.config()).unwrap();
    // Mended, it counts again.
    host.was_sound();
    let fresh = host.disk();
    host.ok("web-1", "prepare");
    assert_ne!(host.disk(), fresh);
}

#[test]
fn what_a_broken_configuration_says_itself_is_believed_where_nothing_was_kept() {
    let Some(host) = Host::new() else { return };
    for (broken, what) in &BROKEN[..BROKEN.len() - 1] {
        host.workshop.configure(broken);
        let call = |name: &str| host.call(name, "prepare", &host.xml(name, ""));
        let line = call("web-1").failed(1);
        assert!(line.contains(what) && !line.contains("not known"), "{line}");
        // A pattern may have been meant that cannot be read.
        let line = call("db-1").failed(1);
        assert!(line.contains("not known") && line.contains(what), "{line}");
    }
}

#[test]
fn a_file_that_lost_its_patterns_neither_displaces_the_copy_nor_lets_anyone_start() {
    let Some(host) = Host::new() else { return };
    // The first call after the slip is that of a machine that takes part, or of another one.
    for first in ["web-1", "db-1"] {
        for cut in ["", "[hook]\n", "[share]\nmount_pont = 1\n"] {
            host.was_sound();
            host.workshop.configure(cut);
            host.call(first, "prepare", &host.xml(first, ""));
            let what = if cut.contains("pont") {
                "mount_pont"
            } else {
                "it has no [[hook.vm]]"
            };
            host.is_closed(what);
        }
    }
    // Without a copy there is nothing to doubt, and patterns that come later count at once.
    host.forget();
    host.workshop.configure("");
    let before = host.disk();
    for name in ["db-1", "web-1"] {
        assert_eq!(host.ok(name, "prepare").stderr, "");
    }
    assert_eq!(host.disk(), before);
    host.was_sound();
    host.ok("web-1", "prepare");
    assert_ne!(host.disk(), before);
}

#[test]
fn another_files_copy_and_one_that_others_may_write_decide_nothing() {
    let Some(host) = Host::new() else { return };
    host.was_sound();
    host.workshop.configure("[hook\n");
    let code = |name: &str| host.call(name, "prepare", &host.xml(name, "")).code;
    assert_eq!((code("web-1"), code("db-1")), (Some(1), Some(0)));
    fs::set_permissions(host.kept.path(), Permissions::from_mode(0o777)).unwrap();
    assert_eq!((code("web-1"), code("db-1")), (Some(1), Some(1)));
    fs::set_permissions(host.kept.path(), Permissions::from_mode(0o700)).unwrap();
    assert_eq!(code("db-1"), Some(0));
    host.forget();
    assert_eq!(code("db-1"), Some(1));
    fs::rename(host.config(), host.workshop.at("other.toml")).unwrap();
    host.was_sound();
    let mut line = host.line("db-1", "prepare", "begin");
    line[2] = host.workshop.at("other.toml").to_str().unwrap().to_owned();
    let other = Ran::with_input(&line, host.xml("db-1", "").as_bytes());
    assert!(other.failed(1).contains("other.toml"));
}

#[test]
fn metadata_of_another_version_takes_part_under_a_sound_configuration_too() {
    let Some(host) = Host::new() else { return };
    let before = host.disk();
    for version in ["2", "", "1.0", "1 "] {
        let line = host
            .call(
                "db-1",
                "prepare",
                &host.marked("db-1", &metadata(version, "")),
            )
            .failed(1);
        assert!(line.contains("does not know"), "{line}");
    }
    assert_eq!(host.disk(), before);
}

#[test]
fn a_wrong_place_of_proxmox_refuses_whoever_may_take_part() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    fs::create_dir(workshop.at("qemu-server")).unwrap();
    let line = |vmid: &str| {
        let at = |name: &str| workshop.at(name).to_str().unwrap().to_owned();
        let mut line = vec![env!("CARGO_BIN_EXE_osgraft").to_owned(), "--config".into()];
        line.extend([at("config.toml"), "hook".into(), "proxmox".into()]);
        line.extend([
            "--kept".into(),
            at("kept"),
            vmid.to_owned(),
            "pre-start".into(),
        ]);
        line
    };
    let configure = |conf: &str| {
        workshop.configure(&format!(
            "[hook.proxmox]\nconf = {:?}\nstorage = {:?}\n[[hook.vm]]\nmatch = \"^(web-.*|300)$\"\n",
            workshop.at(conf),
            workshop.at("storage.cfg")
        ));
    };
    let conf = |name: &str| {
        let text = format!("name: {name}\nscsi0: local:100/vm-100-disk-0.qcow2\n");
        fs::write(workshop.at("qemu-server/100.conf"), text).unwrap();
    };
    configure("nowhere");
    conf("web-1");
    for vmid in ["100", "300"] {
        let told = Ran::of(&line(vmid)).failed(1);
        assert!(told.contains(&format!("nowhere/{vmid}.conf")), "{told}");
    }
    configure("qemu-server");
    let told = Ran::of(&line("100")).failed(1);
    assert!(told.contains("storage.cfg"), "{told}");
    conf("db-1");
    assert_eq!(Ran::of(&line("100")).code, Some(0));
    // The path is wrong after it was right: the VM's name is still told where it was.
    configure("nowhere");
    assert_eq!(Ran::of(&line("100")).code, Some(0));
    conf("web-1");
    assert!(Ran::of(&line("100")).failed(1).contains("nowhere/100.conf"));
    conf("db-1");
    // A folder that is there, and is not that of the VMs.
    fs::create_dir(workshop.at("other")).unwrap();
    configure("other");
    for _ in 0..2 {
        assert_eq!(Ran::of(&line("100")).code, Some(0));
    }
    conf("web-1");
    for _ in 0..2 {
        assert!(Ran::of(&line("100")).failed(1).contains("other/100.conf"));
    }
    conf("db-1");
    // A slip later on: the copy knows where the VMs are, and who takes part.
    workshop.configure("[hook\n");
    assert_eq!(Ran::of(&line("100")).code, Some(0));
    conf("web-1");
    let told = Ran::of(&line("100")).failed(1);
    assert!(told.contains("config.toml:"), "{told}");
    fs::remove_file(workshop.at("qemu-server/100.conf")).unwrap();
    let made = Command::new("mkfifo")
        .arg(workshop.at("qemu-server/100.conf"))
        .status();
    assert!(made.unwrap().success());
    assert!(Ran::of(&line("100")).failed(1).contains("not known"));
}

/// The whole of it: installed by the program, called by the script, in places of a host's own.
const AS_ON_A_HOST: &str = r#"
mount -t tmpfs none /var/lib
mount -t tmpfs none /run
umask 000
mkdir -m 755 bin root root/etc root/etc/libvirt
cp "$1" bin/osgraft
chmod 755 bin/osgraft
install() { bin/osgraft -q --config "$PWD/config.toml" hook install libvirt --root root "$@"; }
hook() {
    code=0
    sed "s/NAME/$1/" domain.xml >input.xml
    root/etc/libvirt/hooks/qemu.d/50-osgraft "$1" "$2" "$3" - <input.xml 2>said || code=$?
    echo "$1 $2 $3: $code"
}
install >/dev/null
stat -c '%a %n' /var/lib/osgraft /var/lib/osgraft/hook
hook db-1 release end
hook web-1 restore begin
stat -c '%a %n' /run/osgraft /run/osgraft/hook
hook web-1 release end
ls -A /run/osgraft/hook
hook web-1 prepare begin
cksum <child.qcow2 >prepared
cp config.toml sound.toml
grep -B9 -m1 masters sound.toml >config.toml
hook db-1 prepare begin
hook web-1 prepare begin
grep -c 'it has no ..hook.vm' said
install >/dev/null
hook web-1 prepare begin
cp sound.toml config.toml
hook web-1 prepare begin
echo '[hook' >>config.toml
hook web-1 prepare begin
grep -c 'config.toml:' said
hook db-1 prepare begin
mv bin/osgraft bin/other
hook web-1 prepare begin
grep -c 'is missing' said
hook db-1 prepare begin
grep -c 'takes no part' said
rm -r /var/lib/osgraft
hook db-1 prepare begin
mv bin/other bin/osgraft
hook db-1 prepare begin
install --default-start >/dev/null
hook db-1 prepare begin
rm bin/osgraft
hook db-1 prepare begin
cksum <child.qcow2 | cmp - prepared
"#;

#[test]
fn installed_called_and_broken_as_on_a_host() {
    let Some(host) = Host::new() else { return };
    if !is_root() {
        // In a namespace of an ordinary user's, root is nobody: no folder above is trusted.
        not_run("the hook in a host's own places: only root can");
        return;
    }
    let before = host.disk();
    fs::write(host.workshop.at("domain.xml"), host.xml("NAME", "")).unwrap();
    let folder = host.workshop.at("");
    let args = [env!("CARGO_BIN_EXE_osgraft")];
    let Some(ran) = in_own_namespace(&folder, AS_ON_A_HOST, &args) else {
        return;
    };
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let expected = "755 /var/lib/osgraft\n700 /var/lib/osgraft/hook\n\
        db-1 release end: 0\nweb-1 restore begin: 0\n\
        700 /run/osgraft\n700 /run/osgraft/hook\nweb-1 release end: 0\n\
        web-1 prepare begin: 0\n\
        db-1 prepare begin: 0\nweb-1 prepare begin: 1\n1\n\
        web-1 prepare begin: 0\nweb-1 prepare begin: 0\n\
        web-1 prepare begin: 1\n1\ndb-1 prepare begin: 0\n\
        web-1 prepare begin: 1\n1\ndb-1 prepare begin: 0\n1\n\
        db-1 prepare begin: 1\ndb-1 prepare begin: 1\n\
        db-1 prepare begin: 0\ndb-1 prepare begin: 0\n";
    assert_eq!(ran.stdout, expected, "{ran:?}");
    assert_ne!(host.disk(), before);
}

#[test]
fn the_program_does_not_install_itself_from_where_others_may_write() {
    let root = tempfile::tempdir().unwrap();
    let program = root.path().join("osgraft");
    fs::copy(env!("CARGO_BIN_EXE_osgraft"), &program).unwrap();
    fs::create_dir_all(root.path().join("etc/libvirt")).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o777)).unwrap();
    let at = root.path().to_str().unwrap();
    for kind in [["libvirt", "--root"], ["proxmox", "--snippets"]] {
        let line = [
            program.to_str().unwrap(),
            "hook",
            "install",
            kind[0],
            kind[1],
            at,
        ];
        let told = Ran::of(&line).failed(2);
        assert!(told.contains("install -o root"), "{told}");
    }
    assert!(!root.path().join("etc/libvirt/hooks").exists());
}
