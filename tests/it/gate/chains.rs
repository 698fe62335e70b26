use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use osgraft::image::{Child, Masters};

use super::scene::{FORMAT, SOUND, Scene, code, name, put32, put64, rewrite};
use crate::support::{run, text};

/// What the case puts beside the child, and which bytes the child has then.
type Lay = fn(&Scene, &mut Vec<u8>);

fn secret(scene: &Scene) -> String {
    text(&scene.elsewhere("secret")).to_owned()
}

fn json(scene: &Scene) -> String {
    format!(
        r#"json:{{"driver":"qcow2","file":{{"driver":"file","filename":"{}"}}}}"#,
        secret(scene)
    )
}

/// A qcow2 file of this name on another one.
fn link_of_chain(scene: &Scene, file: &str, on: &str) {
    let mut bytes = scene.sound_child().to_vec();
    name(&mut bytes, "qcow2", on);
    fs::write(scene.images(file), bytes).unwrap();
}

/// A chain of so many files below the child, the master last.
fn chain(scene: &Scene, child: &mut [u8], files: usize) {
    let names: Vec<String> = (1..files).map(|n| format!("layer{n}.qcow2")).collect();
    for (at, file) in names.iter().enumerate() {
        let next = names.get(at + 1).map_or("master.qcow2", String::as_str);
        link_of_chain(scene, file, next);
    }
    name(child, "qcow2", "layer1.qcow2");
}

/// What a child's guest can write to a raw disk: a header whose backing file is the secret.
fn trap(scene: &Scene) -> Vec<u8> {
    let mut bytes = scene.sound_child().to_vec();
    name(&mut bytes, "qcow2", secret(scene));
    bytes
}

/// What lies behind the child, what every call comes to, and how it is laid.
#[rustfmt::skip]
pub(super) const CASES: &[(&str, &str, Lay)] = &[
    ("a secret by its path", "master", |s, b| name(b, "qcow2", secret(s))),
    ("a secret as raw", "master", |s, b| name(b, "raw", secret(s))),
    ("a secret from here", "master", |_, b| name(b, "qcow2", "../elsewhere/secret")),
    ("a secret from here and back", "master", |_, b| name(b, "raw", "./../images/../elsewhere/./secret")),
    ("a file of the host's", "master", |_, b| name(b, "raw", "/etc/passwd")),
    ("a device", "master", |_, b| name(b, "raw", "/dev/zero")),
    ("a process' own memory", "master", |_, b| name(b, "raw", "/proc/self/mem")),
    ("a process' own descriptor", "backing-missing", |_, b| name(b, "raw", "/proc/self/fd/1000000")),
    ("a folder elsewhere", "master", |s, b| name(b, "raw", text(s.elsewhere("secret").parent().unwrap()))),
    ("a FIFO elsewhere", "master", |s, b| {
        run("mkfifo", &[text(&s.elsewhere("fifo"))]);
        name(b, "raw", text(&s.elsewhere("fifo")));
    }),
    ("a FIFO", "image-not-a-file", |s, b| {
        run("mkfifo", &[text(&s.images("fifo"))]);
        name(b, "raw", "fifo");
    }),
    ("a socket", "image-not-a-file", |s, b| {
        UnixListener::bind(s.images("socket")).unwrap();
        name(b, "raw", "socket");
    }),
    ("a folder", "image-not-a-file", |_, b| name(b, "raw", ".")),
    ("a file as a folder", "backing-missing", |_, b| name(b, "raw", "master.qcow2/x")),
    ("nothing", "backing-missing", |_, b| name(b, "qcow2", "nothing")),
    ("a link out", "master", |s, b| {
        symlink(s.elsewhere("secret"), s.images("out")).unwrap();
        name(b, "qcow2", "out");
    }),
    ("a link to a device", "master", |s, b| {
        symlink("/dev/zero", s.images("zero")).unwrap();
        name(b, "raw", "zero");
    }),
    ("a link of a folder out", "master", |s, b| {
        symlink(s.elsewhere("."), s.images("way")).unwrap();
        name(b, "qcow2", "way/secret");
    }),
    ("a link to nothing", "backing-missing", |s, b| {
        symlink("nothing", s.images("dangling")).unwrap();
        name(b, "qcow2", "dangling");
    }),
    ("links in a circle", "backing-missing", |s, b| {
        symlink("circle", s.images("circle")).unwrap();
        name(b, "qcow2", "circle");
    }),
    ("a link to the master", SOUND, |s, b| {
        symlink("master.qcow2", s.images("alias")).unwrap();
        name(b, "qcow2", "alias");
    }),
    ("json: and a secret", "backing-name", |s, b| name(b, "qcow2", json(s))),
    ("json: and a secret, no format", "backing-format-missing", |s, b| rewrite(b, &[], json(s).as_bytes())),
    ("json: and nothing", "backing-name", |_, b| name(b, "qcow2", "json:")),
    ("json: in a format", "backing-format", |s, b| name(b, &json(s)[..15], "master.qcow2")),
    ("nbd: on a port", "backing-name", |_, b| name(b, "raw", "nbd:127.0.0.1:10809")),
    ("nbd: on a socket", "backing-name", |s, b| name(b, "raw", format!("nbd:unix:{}", secret(s)))),
    ("nbd://", "backing-name", |_, b| name(b, "raw", "nbd://127.0.0.1/x")),
    ("nbd+unix://", "backing-name", |s, b| name(b, "raw", format!("nbd+unix:///?socket={}", secret(s)))),
    ("ssh://", "backing-name", |_, b| name(b, "raw", "ssh://root@127.0.0.1/etc/shadow")),
    ("http://", "backing-name", |_, b| name(b, "raw", "http://127.0.0.1/x")),
    ("iscsi://", "backing-name", |_, b| name(b, "raw", "iscsi://127.0.0.1/x/0")),
    ("rbd:", "backing-name", |_, b| name(b, "raw", "rbd:pool/x")),
    ("nfs://", "backing-name", |_, b| name(b, "raw", "nfs://127.0.0.1/x")),
    ("gluster://", "backing-name", |_, b| name(b, "raw", "gluster://127.0.0.1/x/y")),
    ("file:", "backing-name", |s, b| name(b, "qcow2", format!("file:{}", secret(s)))),
    ("fat:", "backing-name", |s, b| name(b, "raw", format!("fat:rw:{}", secret(s)))),
    ("blkdebug:", "backing-name", |s, b| name(b, "raw", format!("blkdebug::{}", secret(s)))),
    ("host_device:", "backing-name", |_, b| name(b, "raw", "host_device:/dev/sda")),
    ("fd:", "backing-name", |_, b| name(b, "raw", "fd:3")),
    ("a protocol of no name", "backing-name", |_, b| name(b, "raw", ":master.qcow2")),
    ("a protocol in another writing", "backing-name", |_, b| name(b, "raw", "NBD:127.0.0.1:1")),
    ("a colon behind a slash, which is a name", "backing-missing", |_, b| name(b, "raw", "./json:x")),
    ("a name that would draw on the terminal", "backing-missing", |_, b| name(b, "raw", "\x1b[2J\u{202e}\n")),
    ("itself", "loop", |_, b| name(b, "qcow2", "child.qcow2")),
    ("itself as raw", "loop", |_, b| name(b, "raw", "child.qcow2")),
    ("itself by a link", "loop", |s, b| {
        symlink("child.qcow2", s.images("me")).unwrap();
        name(b, "qcow2", "me");
    }),
    ("itself by another name of the file", "loop", |s, b| {
        fs::hard_link(s.child(), s.images("twin")).unwrap();
        name(b, "qcow2", "twin");
    }),
    ("a master that is on the child", "loop", |s, b| {
        link_of_chain(s, "on.qcow2", "child.qcow2");
        name(b, "qcow2", "on.qcow2");
    }),
    ("a master that is on itself", "loop", |s, b| {
        link_of_chain(s, "on.qcow2", "on.qcow2");
        name(b, "qcow2", "on.qcow2");
    }),
    ("two that are on each other", "loop", |s, b| {
        link_of_chain(s, "on.qcow2", "other.qcow2");
        link_of_chain(s, "other.qcow2", "on.qcow2");
        name(b, "qcow2", "on.qcow2");
    }),
    ("eight files", SOUND, |s, b| chain(s, b, 8)),
    ("nine files", "chain-too-long", |s, b| chain(s, b, 9)),
    ("sixty files", "chain-too-long", |s, b| chain(s, b, 60)),
    ("a master on a secret", "master", |s, b| {
        link_of_chain(s, "on.qcow2", &secret(s));
        name(b, "qcow2", "on.qcow2");
    }),
    ("a master on json:", "backing-name", |s, b| {
        link_of_chain(s, "on.qcow2", &json(s));
        name(b, "qcow2", "on.qcow2");
    }),
    ("a master on a link out", "master", |s, b| {
        symlink(s.elsewhere("secret"), s.images("out")).unwrap();
        link_of_chain(s, "on.qcow2", "out");
        name(b, "qcow2", "on.qcow2");
    }),
    ("a master that states no format", "backing-format-missing", |s, b| {
        let mut on = s.sound_child().to_vec();
        rewrite(&mut on, &[], b"master.qcow2");
        fs::write(s.images("on.qcow2"), on).unwrap();
        name(b, "qcow2", "on.qcow2");
    }),
    ("a data file seven files down", "data-file", |s, b| {
        chain(s, b, 8);
        let mut last = s.sound_child().to_vec();
        last[79] |= 4;
        rewrite(&mut last, &[(FORMAT, b"qcow2"), (0x4441_5441, secret(s).as_bytes())], b"master.qcow2");
        fs::write(s.images("layer7.qcow2"), last).unwrap();
    }),
    ("a raw disk that begins like a qcow2 on a secret", SOUND, |s, b| {
        fs::write(s.images("raw"), trap(s)).unwrap();
        name(b, "raw", "raw");
    }),
    ("a raw disk that begins like a VMDK of a secret", SOUND, |s, b| {
        let text = format!("# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\n\
             createType=\"monolithicFlat\"\nRW 2048 FLAT \"{}\" 0\n", secret(s));
        let mut disk = vec![0; 1 << 20];
        disk[..text.len()].copy_from_slice(text.as_bytes());
        fs::write(s.images("raw"), disk).unwrap();
        name(b, "raw", "raw");
    }),
    ("text that is called qcow2", "not-qcow2", |s, b| {
        fs::write(s.images("text"), "no image").unwrap();
        name(b, "qcow2", "text");
    }),
];

/// Files that a case laid go before the next one.
fn clear(scene: &Scene) {
    for entry in fs::read_dir(scene.images("")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let _ = fs::remove_file(scene.elsewhere("fifo"));
    scene.restore();
}

#[test]
fn what_a_child_names_is_refused_unopened_in_every_call() {
    let scene = Scene::new();
    for (what, want, lay) in CASES {
        clear(&scene);
        let mut bytes = scene.sound_child().to_vec();
        lay(&scene, &mut bytes);
        fs::write(scene.child(), &bytes).unwrap();
        scene.try_child(what, want);
        // Where the caller names the one master, all else is refused for that at the latest.
        let only = Child::open(scene.child(), Masters::only(scene.master())).unwrap();
        let told = code(only.lock().map(drop));
        assert!(told == *want || told == "master", "{what}: {told}");
    }
}

/// What begins like a qcow2 on a secret is judged as what the caller says it is.
#[test]
fn a_raw_disk_is_cloned_as_one_and_refused_as_a_child() {
    let scene = Scene::new();
    fs::write(scene.child(), trap(&scene)).unwrap();
    let child = text(&scene.child()).to_owned();
    let made = scene.images("made.qcow2");
    let args = ["clone", &child, text(&made), "--master-format", "raw"];
    assert_eq!(scene.told("clone", &args), SOUND);
    assert_eq!(scene.told("prepare", &["prepare", text(&made)]), SOUND);
    scene.try_child("as a child", "master");
    fs::write(scene.child(), vec![0; 1 << 20]).unwrap();
    scene.try_child("zeros", "not-qcow2");
}

/// The traps bite: QEMU itself opens what these name.
#[test]
fn qemu_follows_what_the_gate_refuses() {
    let scene = Scene::new();
    let lays: [(&str, Lay); 5] = [
        ("a path", |s, b| name(b, "qcow2", secret(s))),
        ("json:", |s, b| name(b, "qcow2", json(s))),
        ("no format", |s, b| rewrite(b, &[], secret(s).as_bytes())),
        ("a link out", |s, b| {
            symlink(s.elsewhere("secret"), s.images("out")).unwrap();
            name(b, "qcow2", s.images("out").to_str().unwrap());
        }),
        ("a data file", |s, b| {
            b[79] |= 4;
            let file = secret(s);
            rewrite(
                b,
                &[(FORMAT, b"qcow2"), (0x4441_5441, file.as_bytes())],
                b"",
            );
            put64(b, 8, 0);
            put32(b, 16, 0);
        }),
    ];
    for (what, lay) in lays {
        let mut bytes = scene.sound_child().to_vec();
        lay(&scene, &mut bytes);
        let image: &Path = &scene.images("bait.qcow2");
        fs::write(image, bytes).unwrap();
        let by_link = what == "a link out";
        assert!(by_link || scene.qemu_opens(image, "secret"), "{what}");
        if by_link {
            assert!(fs::read(scene.images("out")).unwrap() == scene.sound_master());
        }
    }
}
