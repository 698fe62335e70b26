use std::collections::BTreeMap;
use std::fs::{self, FileTimes, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

use osgraft::share::disk_image::{DiskImage, DiskImageError, Format, Made, Record};

use crate::support::digest;
use crate::support::fixture::is_root;
use crate::support::namespace::in_own_namespace;

const FORMATS: [Format; 2] = [Format::Erofs, Format::Squashfs];
const TIME: u64 = 1_700_000_000;

/// Makes parts of a tree in this order.
fn tree(root: &Path, order: &[usize]) {
    let parts: [fn(&Path); 4] = [
        |root| {
            let modules = root.join("lib/modules/6.1.0-37-amd64");
            fs::create_dir_all(&modules).unwrap();
            for number in 0..60_u32 {
                let content = vec![number as u8; number as usize * 700];
                fs::write(modules.join(format!("m{number}.ko")), content).unwrap();
            }
        },
        |root| {
            fs::create_dir_all(root.join("share")).unwrap();
            fs::write(root.join("share/new\nline"), "x").unwrap();
            fs::write(root.join("share/-dash"), "y").unwrap();
            let odd = std::ffi::OsStr::from_bytes(b"not \xff utf-8");
            fs::write(root.join("share").join(odd), "z").unwrap();
            symlink("../../escape", root.join("share/out")).unwrap();
            symlink("/etc/passwd", root.join("share/absolute")).unwrap();
        },
        |root| {
            fs::create_dir_all(root.join("bin")).unwrap();
            fs::write(root.join("bin/su"), vec![7; 9000]).unwrap();
            fs::hard_link(root.join("bin/su"), root.join("bin/su-too")).unwrap();
            if is_root() {
                std::os::unix::fs::chown(root.join("bin/su"), Some(12), Some(34)).unwrap();
            }
            let mode = Permissions::from_mode(0o4755);
            fs::set_permissions(root.join("bin/su"), mode).unwrap();
        },
        |root| {
            fs::create_dir_all(root.join("etc/empty")).unwrap();
            fs::write(root.join("etc/nothing"), "").unwrap();
            let sparse = fs::File::create(root.join("etc/sparse")).unwrap();
            sparse.set_len(3 << 20).unwrap();
        },
    ];
    fs::create_dir_all(root).unwrap();
    for part in order {
        parts[*part](root);
    }
    let times = FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(TIME));
    for (path, _) in described(root, false) {
        let path = root.join(std::ffi::OsStr::from_bytes(&path));
        if !path.is_symlink() {
            fs::File::open(&path).unwrap().set_times(times).unwrap();
        }
    }
    // Trees are put in their places at different times.
    let put = TIME + 1000 * order[0] as u64;
    let put = FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(put));
    fs::File::open(root).unwrap().set_times(put).unwrap();
    if !order.contains(&1) {
        return;
    }
    // Links cannot be opened; touch(1) sets their times.
    let touched = Command::new("touch")
        .args(["-h", "-d", "@1700000000"])
        .args([root.join("share/out"), root.join("share/absolute")])
        .status();
    assert!(touched.unwrap().success());
}

/// Each file of a tree by its path, with all that an image keeps.
fn described(root: &Path, with_times: bool) -> BTreeMap<Vec<u8>, String> {
    let mut found = BTreeMap::new();
    let mut rest = vec![root.to_owned()];
    let mut groups: BTreeMap<u64, usize> = BTreeMap::new();
    while let Some(folder) = rest.pop() {
        let mut names: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        names.sort();
        for path in names {
            let metadata = fs::symlink_metadata(&path).unwrap();
            let kind = metadata.file_type();
            let mut text = format!("{:o} {}", metadata.mode(), metadata.nlink());
            if is_root() {
                text.push_str(&format!(" {}:{}", metadata.uid(), metadata.gid()));
            }
            if with_times && !kind.is_dir() {
                text.push_str(&format!(" @{}", metadata.mtime()));
            }
            if kind.is_symlink() {
                text.push_str(&format!(" -> {:?}", fs::read_link(&path).unwrap()));
            } else if kind.is_file() {
                let next = groups.len();
                let group = groups.entry(metadata.ino()).or_insert(next);
                text.push_str(&format!(" {} {:?} {group}", metadata.len(), digest(&path)));
            } else {
                rest.push(path.clone());
            }
            let path = path.strip_prefix(root).unwrap();
            found.insert(path.as_os_str().as_bytes().to_vec(), text);
        }
    }
    // Numbers of directories' names differ between file systems.
    for text in found.values_mut() {
        if text.starts_with('4') {
            let words: Vec<&str> = text.split(' ').collect();
            *text = [&words[..1], &words[2..]].concat().join(" ");
        }
    }
    found
}

fn made(from: &Path, image: &Path, format: Format) -> Result<Made, DiskImageError> {
    DiskImage::new(from, Some(image), format, None)?.make()
}

#[test]
fn the_same_tree_makes_the_same_bytes_and_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    tree(&at("one"), &[0, 1, 2, 3]);
    tree(&at("two"), &[3, 2, 1, 0]);
    assert_eq!(described(&at("one"), true), described(&at("two"), true));
    for format in FORMATS {
        let image = |name: &str| at(&format!("{name}.{format}"));
        let first = made(&at("one"), &image("one"), format).unwrap();
        let second = made(&at("two"), &image("two"), format).unwrap();
        assert!(first.changed && second.changed);
        assert_eq!(first.record, second.record);
        assert_eq!(
            fs::read(image("one")).unwrap(),
            fs::read(image("two")).unwrap()
        );
        let record = fs::read(at(&format!("one.{format}.json"))).unwrap();
        let record: Record = serde_json::from_slice(&record).unwrap();
        assert_eq!(record, first.record);
        assert_eq!(record.sha256.as_bytes(), &digest(&image("one")));

        let back = at(&format!("back.{format}"));
        let run = |program: &str, args: &[&std::ffi::OsStr]| {
            let ran = Command::new(program).args(args).output().unwrap();
            assert!(ran.status.success(), "{program}: {ran:?}");
        };
        match format {
            Format::Erofs => {
                let mut extract = std::ffi::OsString::from("--extract=");
                extract.push(&back);
                run("fsck.erofs", &[&extract, image("one").as_os_str()]);
            }
            _ => run(
                "unsquashfs",
                &[
                    "-no-progress".as_ref(),
                    "-d".as_ref(),
                    back.as_os_str(),
                    image("one").as_os_str(),
                ],
            ),
        }
        let with_times = format == Format::Squashfs;
        let (mut wanted, mut found) = (
            described(&at("one"), with_times),
            described(&back, with_times),
        );
        if format == Format::Erofs {
            // fsck.erofs 1.5 makes files of their own of names of one file.
            for name in [&b"bin/su"[..], b"bin/su-too"] {
                assert!(wanted.remove(name).is_some() && found.remove(name).is_some());
            }
            let own = |text: &mut String| {
                if let Some(at) = text.rfind(' ').filter(|_| text.starts_with("10")) {
                    text.truncate(at);
                }
            };
            wanted.values_mut().chain(found.values_mut()).for_each(own);
        } else {
            let own = |text: &mut String| {
                if let Some(at) = text.rfind(' ').filter(|_| text.starts_with("10")) {
                    text.truncate(at);
                }
            };
            wanted.values_mut().chain(found.values_mut()).for_each(own);
        }
        assert_eq!(found, wanted, "{format}");
    }
}

#[test]
fn the_kernel_mounts_an_image_and_shows_the_tree() {
    let known = fs::read_to_string("/proc/filesystems").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    tree(&at("one"), &[0, 1, 2, 3]);
    for format in FORMATS {
        let image = at(&format!("i.{format}"));
        let made = made(&at("one"), &image, format).unwrap();
        if !is_root() || !known.contains(format.as_str()) {
            crate::support::fixture::not_run("a mount of an image: be root, with that file system");
            continue;
        }
        let script = "mount -o loop,ro i.$1 /mnt; ls /mnt/lib/modules; stat -c %u:%g:%a:%h \
                      /mnt/bin/su; cd /mnt; find . -type f -exec sha256sum {} + | sort; blkid -o value -s UUID \
                      \"$0/i.$1\" || true; cd /; umount /mnt";
        let Some(ran) = in_own_namespace(folder.path(), script, &[format.as_str()]) else {
            continue;
        };
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(
            ran.stdout.starts_with("6.1.0-37-amd64\n12:34:4755:2\n"),
            "{ran:?}"
        );
        let sums = Command::new("sh")
            .args(["-c", "find . -type f -exec sha256sum {} + | sort"])
            .current_dir(at("one"))
            .output()
            .unwrap();
        let sums = String::from_utf8_lossy(&sums.stdout).into_owned();
        assert!(
            sums.lines().count() > 60 && ran.stdout.contains(&sums),
            "{ran:?}"
        );
        if let Some(uuid) = &made.record.uuid {
            assert!(ran.stdout.ends_with(&format!("{uuid}\n")), "{ran:?}");
            assert_eq!(made.record.disk(), format!("UUID={uuid}"));
        }
    }
}

#[test]
fn an_image_that_is_there_is_kept_and_another_file_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    tree(&at("t"), &[0, 1]);
    let image = at("i.erofs");
    let first = made(&at("t"), &image, Format::Erofs).unwrap();
    let before = fs::metadata(&image).unwrap();
    let again = made(&at("t"), &image, Format::Erofs).unwrap();
    assert!(first.changed && !again.changed);
    assert_eq!(first.record, again.record);
    assert_eq!(fs::metadata(&image).unwrap().ino(), before.ino());

    let refused = |format| made(&at("t"), &image, format).unwrap_err().code();
    assert_eq!(refused(Format::Squashfs), "share-image-exists");
    fs::write(at("t/lib/more"), "x").unwrap();
    assert_eq!(refused(Format::Erofs), "share-image-exists");
    fs::remove_file(at("t/lib/more")).unwrap();
    // One byte of it changed, or its record is gone.
    let mut bytes = fs::read(&image).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&image, bytes).unwrap();
    assert_eq!(refused(Format::Erofs), "share-image-exists");
    fs::write(at("other"), "mine").unwrap();
    let error = made(&at("t"), &at("other"), Format::Erofs).unwrap_err();
    assert_eq!(error.code(), "share-image-exists");
    assert_eq!(fs::read(at("other")).unwrap(), b"mine");
}

#[test]
fn what_fails_leaves_nothing_that_looks_finished() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    tree(&at("t"), &[0]);
    fs::create_dir(at("out")).unwrap();
    let fails = |format: Format, compression: &str| {
        let image = at(&format!("out/i.{format}"));
        let image = DiskImage::new(&at("t"), Some(&image), format, Some(compression)).unwrap();
        image.make()
    };
    // erofs-utils 1.5 lacks zstd; a newer one makes the image.
    match fails(Format::Erofs, "zstd") {
        Err(error) => {
            assert_eq!(error.code(), "share-image-old-tool");
            let left: Vec<_> = fs::read_dir(at("out")).unwrap().collect();
            assert!(left.is_empty(), "{left:?}");
        }
        Ok(made) => assert_eq!(made.record.compression, "zstd"),
    }
    for compression in ["gzip", "none"] {
        let image = fails(Format::Squashfs, compression).unwrap();
        assert_eq!(image.record.compression, compression);
        fs::remove_file(at("out/i.squashfs")).unwrap();
    }
}
