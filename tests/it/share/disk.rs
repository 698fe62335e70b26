use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use osgraft::ErrorKind;
use osgraft::editor::Choice;
use osgraft::image::{Child, Masters};
use osgraft::share::extract::{BootWish, Extractor};
use osgraft::share::release::{Kind, Manifest, verify};

use crate::support::fixture::{debian, is_root, not_run};
use crate::support::tree::Tree;
use crate::support::{run, text};

/// Place of the root in the fixture's disk.
const AT: u64 = 1 << 20;

#[test]
fn the_modules_of_a_real_debian_are_what_debugfs_says_they_are() {
    let Some(folder) = debian() else { return };
    let out = tempfile::tempdir().unwrap();
    let image = folder.join("master.qcow2");
    let master = Child::open(&image, Masters::beside_child())
        .unwrap()
        .or_master();
    let report = Extractor::new(out.path())
        .component("lib/modules".parse().unwrap())
        .extract(&master, &"r1".parse().unwrap())
        .unwrap();
    assert!(
        report.head.files > 1000,
        "the premise: {}",
        report.head.files
    );
    let release = out.path().join("r1");
    assert!(verify(&release).unwrap().intact);

    let tree = Tree::read(&image, AT);
    let manifest = std::fs::read(release.join("manifest.json")).unwrap();
    let (_, files) = Manifest::open(manifest.as_slice())
        .unwrap()
        .read_all()
        .unwrap();
    let mut there: BTreeMap<String, &_> = BTreeMap::new();
    for file in &files {
        let path = file.path.to_string();
        if let Some(below) = path.strip_prefix("tree/lib/modules") {
            there.insert(format!("/usr/lib/modules{below}"), file);
        }
    }
    let theirs: Vec<&str> = tree
        .paths()
        .filter(|path| *path == "/usr/lib/modules" || path.starts_with("/usr/lib/modules/"))
        .collect();
    let ours: Vec<&str> = there.keys().map(String::as_str).collect();
    assert_eq!(ours, theirs);
    for (path, file) in &there {
        let kind = match file.kind {
            Kind::File => "regular",
            Kind::Directory => "directory",
            Kind::Symlink => "symlink",
        };
        let mut wanted = format!("{path} {kind} {:04o} {}:{}", file.mode, file.uid, file.gid);
        if let Some(target) = &file.target {
            wanted += &format!(" -> {target}");
        }
        assert_eq!(tree.describe(path), Some(wanted));
        if file.kind == Kind::File {
            let below = path.strip_prefix("/usr/lib/modules/").unwrap();
            let copy = std::fs::read(release.join("tree/lib/modules").join(below)).unwrap();
            assert!(tree.content(path) == copy, "{path}");
        }
    }
}

/// A tree with everything that a file can have, made into file systems by mke2fs.
#[test]
fn all_that_a_file_has_comes_out_of_ext2_and_ext4() {
    if !is_root() {
        not_run("capabilities and owners in a file system: only root makes them");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path().join("tree");
    let app = tree.join("opt/app");
    std::fs::create_dir_all(&app).unwrap();
    std::fs::create_dir_all(tree.join("etc")).unwrap();
    std::fs::write(
        tree.join("etc/os-release"),
        "ID=debian\nVERSION_ID=\"12\"\n",
    )
    .unwrap();
    std::fs::write(tree.join("etc/fstab"), "").unwrap();
    let script = r#"
        cd "$0"
        printf '\001\000\000\002\000\040\000\000\000\000\000\000\000\000\000\000\000\000\000\000' > cap
        printf content > one
        ln one two
        mkdir -p deep/er
        ln one deep/er/three
        python3 - <<'P'
import os
os.setxattr("one", "security.capability", open("cap","rb").read())
os.setxattr("one", "user.small", b"\0\xff")
os.setxattr("deep", "user.large", b"x" * 2000)
os.setxattr("deep", "trusted.t", b"t")
os.setxattr("deep", "system.posix_acl_default", bytes.fromhex("0200000001000700ffffffff02000500e803000004000500ffffffff10000700ffffffff20000500ffffffff"))
with open("sparse", "wb") as f:
    f.write(b"head"); f.seek(50 << 20); f.write(b"tail"); f.truncate(200 << 20)
P
        mkfifo ../fifo
        printf x > set
        chown 7:70000 set; chmod 6711 set
        ln -s one fast; ln -s "$(printf 'x/%.0s' $(seq 100))" slow
        touch -h -d '2001-02-03 04:05:06.123456789Z' one fast deep sparse
        touch -d '1969-12-31 23:59:58Z' set
        # mke2fs keeps whole seconds; debugfs gives one file its nanoseconds.
        python3 - <<'P'
import os
for at, dirs, files in os.walk("."):
    for name in dirs + files + (["."] if at == "." else []):
        path = os.path.join(at, name)
        seconds = int(os.lstat(path).st_mtime)
        if os.lstat(path).st_ino != os.lstat("one").st_ino:
            os.utime(path, ns=(seconds * 10**9, seconds * 10**9), follow_symlinks=False)
P
    "#;
    run("bash", &["-euc", script, text(&app)]);
    for kind in ["ext4", "ext2"] {
        let raw = folder.path().join(format!("{kind}.raw"));
        let more: &[&str] = match kind {
            "ext2" => &["-I", "256"],
            _ => &[],
        };
        let args = [
            &["-q", "-b", "4096", "-t", kind, "-d", text(&tree)],
            more,
            &[text(&raw), "64M"],
        ]
        .concat();
        run("mke2fs", &args);
        for field in ["extra_isize 32", "mtime_extra 493827156"] {
            let request = format!("set_inode_field /opt/app/one {field}");
            run("debugfs", &["-w", "-R", &request, text(&raw)]);
        }
        let out = tempfile::tempdir().unwrap();
        let master = Child::open(&raw, Masters::beside_child())
            .unwrap()
            .or_master();
        let report = Extractor::new(out.path())
            .component("opt/app".parse().unwrap())
            .boot(BootWish::None)
            .extract(&master, &"r1".parse().unwrap())
            .unwrap();
        assert_eq!(report.editor, "ext4");
        let release = out.path().join("r1");
        let found = verify(&release).unwrap();
        assert!(found.intact, "{kind}: {:#?}", found.differences);
        // rsync's view of the two trees: content, modes, owners, times, links, attributes, lists.
        let copy = release.join("tree/opt/app");
        let told = describe(&app);
        assert_eq!(describe(&copy), told, "{kind}");
        assert!(told.contains("981173106123456789"), "{told}");
        assert!(
            told.contains("user.large") && told.contains("trusted.t"),
            "{told}"
        );
        let sparse = std::fs::metadata(copy.join("sparse")).unwrap();
        assert_eq!(sparse.len(), 200 << 20);
        assert!(
            sparse.blocks() * 512 < 1 << 20,
            "{kind}: {}",
            sparse.blocks()
        );
        // A guest that was not shut down is not copied as its disk holds it.
        run(
            "debugfs",
            &["-w", "-R", "set_super_value state 0", text(&raw)],
        );
        let refused = Extractor::new(out.path())
            .component("opt/app".parse().unwrap())
            .editor(Choice::ext4())
            .extract(&master, &"r2".parse().unwrap())
            .unwrap_err();
        assert_eq!(
            (refused.code(), refused.kind()),
            ("not-clean", ErrorKind::Guest)
        );
        assert!(!out.path().join("r2").exists());
        let inode = |name: &str| std::fs::metadata(copy.join(name)).unwrap().ino();
        assert_eq!(
            (inode("one"), inode("one")),
            (inode("two"), inode("deep/er/three"))
        );
    }
}

/// A tree as a program that is none of osgraft's tells it.
fn describe(folder: &std::path::Path) -> String {
    let script = r#"
import hashlib, os, stat, sys
root = sys.argv[1]
for at, dirs, files in os.walk(root):
    dirs.sort()
    for name in sorted(dirs + files) + ([""] if at == root else []):
        path = os.path.join(at, name) if name else at
        s = os.lstat(path)
        what = [os.path.relpath(path, root), oct(s.st_mode), s.st_uid, s.st_gid, s.st_mtime_ns]
        if stat.S_ISLNK(s.st_mode): what.append(os.readlink(path))
        if stat.S_ISREG(s.st_mode):
            what += [s.st_size, s.st_nlink, hashlib.sha256(open(path, "rb").read()).hexdigest()]
        names = sorted(n for n in os.listxattr(path, follow_symlinks=False) if n != "security.selinux")
        what += [(n, os.getxattr(path, n, follow_symlinks=False)) for n in names]
        print(*what)
"#;
    let told = Command::new("python3")
        .args(["-c", script])
        .arg(folder)
        .output()
        .unwrap();
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    String::from_utf8_lossy(&told.stdout).into_owned()
}
