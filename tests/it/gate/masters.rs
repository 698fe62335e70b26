use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use osgraft::image::{BlockDevice, Child, ImageError, Masters, Overlay};
use rustix::fs::inotify;

use super::scene::code;
use crate::support::program::Workshop;
use crate::support::{assert_clean, digest, patterned_master, run, text};

/// A master, and an overlay on it.
fn scene(folder: &Path) -> (PathBuf, PathBuf) {
    let master = patterned_master(folder, 4);
    let image = folder.join("image.qcow2");
    Overlay::new(&master).create(&image).unwrap();
    (master, image)
}

fn edit(child: &Child, byte: u8) -> Result<(), ImageError> {
    let locked = child.lock()?;
    let mut scratch = locked.scratch()?;
    scratch.write_at(1 << 20, &[byte; 100]).unwrap();
    let redo = scratch.finish()?;
    locked.commit(&redo)
}

#[test]
fn an_overlay_that_is_named_as_a_master_is_never_edited() {
    let folder = tempfile::tempdir().unwrap();
    let (master, image) = scene(folder.path());
    let before = digest(&image);
    let link = folder.path().join("link.qcow2");
    symlink(&image, &link).unwrap();
    let twin = folder.path().join("twin.qcow2");
    fs::hard_link(&image, &twin).unwrap();
    let named = |named: &Path| Masters::under([master.as_path(), named]);
    for (what, path, masters) in [
        ("by its name", &image, named(&image)),
        ("by a link", &image, named(&link)),
        ("by another name of the file", &image, named(&twin)),
        ("through a link", &link, named(&image)),
        ("as its own master", &image, Masters::only(&image)),
    ] {
        let child = Child::open(path, masters).unwrap();
        let forced = child.clone().even_if_it_backs_others(true);
        assert_eq!(code(child.lock().map(drop)), "is-master", "{what}");
        assert_eq!(code(child.read().map(drop)), "is-master", "{what}");
        assert_eq!(code(forced.lock().map(drop)), "is-master", "{what}");
    }
    assert!(digest(&image) == before);
    // A folder of masters may hold children.
    let child = Child::open(&image, Masters::under([folder.path()])).unwrap();
    edit(&child, 1).unwrap();
}

#[test]
fn the_backing_file_of_an_image_beside_it_is_edited_by_force_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (master, image) = scene(folder.path());
    let masters = folder.path().join("masters");
    fs::create_dir(&masters).unwrap();
    let before = digest(&image);
    let child = |masters: Masters| Child::open(&image, masters).unwrap();
    let create = ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b"];
    for (what, at, backing) in [
        ("by its path", "on.qcow2", text(&image)),
        ("by its name", "on.qcow2", "image.qcow2"),
        ("by a way around", "on.qcow2", "./masters/../image.qcow2"),
        ("from a folder of masters", "masters/on.qcow2", text(&image)),
    ] {
        let overlay = folder.path().join(at);
        run(
            "qemu-img",
            &[&create[..], &[backing, text(&overlay)]].concat(),
        );
        let allowed = Masters::under([&master, &masters]);
        let refused = edit(&child(allowed.clone()), 1).unwrap_err();
        let told = refused.to_string();
        assert_eq!(code(Err(refused)), "backs-others", "{what}");
        assert!(told.contains(text(&overlay)), "{what}: {told}");
        assert!(digest(&image) == before, "{what}");
        // It can be looked at, and what changes nothing is no edit.
        let open = child(allowed.clone()).read().unwrap();
        let found = child(allowed.clone()).overlay_on(&open).unwrap();
        assert_eq!(found.as_deref(), Some(&*overlay), "{what}");
        drop(open);
        let locked = child(allowed).lock().unwrap();
        let redo = locked.scratch().unwrap().finish().unwrap();
        locked.commit(&redo).unwrap();
        fs::remove_file(&overlay).unwrap();
    }
    // What is elsewhere is not looked for.
    let elsewhere = masters.join("on.qcow2");
    run(
        "qemu-img",
        &[&create[..], &[text(&image), text(&elsewhere)]].concat(),
    );
    edit(&child(Masters::only(&master)), 1).unwrap();
    assert_clean(&image);
    run(
        "qemu-img",
        &[
            &create[..],
            &["image.qcow2", text(&folder.path().join("on.qcow2"))],
        ]
        .concat(),
    );
    let forced = child(Masters::only(&master)).even_if_it_backs_others(true);
    edit(&forced, 2).unwrap();
}

#[test]
fn an_overlay_that_was_committed_and_left_behind_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let (master, image) = scene(folder.path());
    let create = [
        "create",
        "-q",
        "-f",
        "qcow2",
        "-F",
        "qcow2",
        "-b",
        "image.qcow2",
    ];
    let left = folder.path().join("image.snap1");
    run("qemu-img", &[&create[..], &[text(&left)]].concat());
    let child = Child::open(&image, &master).unwrap();
    assert_eq!(code(edit(&child, 1)), "backs-others", "the premise");
    // The guest ran on the image since.
    let later = SystemTime::now() + Duration::from_secs(5);
    let file = File::options().write(true).open(&image).unwrap();
    file.set_modified(later).unwrap();
    // By hand the same may be a backing file that was copied after its overlay.
    assert_eq!(code(edit(&child, 1)), "backs-others");
    edit(&child.passing_overlays_left_behind(), 1).unwrap();
}

#[test]
fn an_image_that_nobody_may_write_to_is_a_master() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (master, image) = scene(folder.path());
    let child = Child::open(&image, &master).unwrap();
    let allow = |mode| fs::set_permissions(&image, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o444);
    assert_eq!(code(edit(&child, 1)), "read-only");
    child.read().unwrap();
    allow(0o644);
    edit(&child, 1).unwrap();
}

#[test]
fn what_else_lies_in_the_folder_is_not_opened_and_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (master, image) = scene(folder.path());
    run("mkfifo", &[text(&folder.path().join("fifo"))]);
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("target");
    fs::write(&target, "not an image").unwrap();
    symlink(&target, folder.path().join("link")).unwrap();
    symlink("/dev/zero", folder.path().join("zero")).unwrap();
    fs::create_dir(folder.path().join("dir")).unwrap();
    let head = fs::read(&image).unwrap();
    for (name, bytes) in [
        ("empty", vec![]),
        ("short", head[..20].to_vec()),
        ("text", b"QFI but no image".to_vec()),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let mut astray = head.clone();
    astray[8..16].copy_from_slice(&u64::MAX.to_be_bytes());
    astray[16..20].copy_from_slice(&u32::MAX.to_be_bytes());
    fs::write(folder.path().join("astray"), astray).unwrap();
    let watch = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
    inotify::add_watch(&watch, &target, inotify::WatchFlags::OPEN).unwrap();
    inotify::add_watch(
        &watch,
        folder.path().join("fifo"),
        inotify::WatchFlags::OPEN,
    )
    .unwrap();
    edit(&Child::open(&image, &master).unwrap(), 1).unwrap();
    assert_eq!(events(&watch), 0);
}

fn events(watch: &impl std::os::fd::AsFd) -> usize {
    let mut buf = [std::mem::MaybeUninit::uninit(); 4096];
    let mut reader = inotify::Reader::new(watch, &mut buf);
    let mut count = 0;
    while reader.next().is_ok() {
        count += 1;
    }
    count
}

/// A row of children of one folder costs one look at it.
#[test]
fn a_folder_is_looked_at_once_for_many_children() {
    let folder = tempfile::tempdir().unwrap();
    let master = patterned_master(folder.path(), 4);
    let paths: Vec<_> = (0..50)
        .map(|n| folder.path().join(format!("{n}.qcow2")))
        .collect();
    for path in &paths {
        Overlay::new(&master).create(path).unwrap();
    }
    let bystander = folder.path().join("bystander.qcow2");
    Overlay::new(&master).create(&bystander).unwrap();
    let watch = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
    inotify::add_watch(&watch, &bystander, inotify::WatchFlags::OPEN).unwrap();
    let masters = Masters::under([folder.path()]);
    for path in &paths {
        let child = Child::open(path, masters.clone()).unwrap();
        edit(&child, 1).unwrap();
    }
    assert_eq!(events(&watch), 1);
    // Another name in it: it is looked at again.
    let late = folder.path().join("late.qcow2");
    let create = [
        "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", "7.qcow2",
    ];
    run("qemu-img", &[&create[..], &[text(&late)]].concat());
    let child = Child::open(&paths[7], masters).unwrap();
    assert_eq!(code(edit(&child, 2)), "backs-others");
}

#[test]
fn the_program_refuses_what_others_lie_on_and_plan_says_so() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let child = workshop.child();
    let on = workshop.at("on.qcow2");
    let create = [
        "create",
        "-q",
        "-f",
        "qcow2",
        "-F",
        "qcow2",
        "-b",
        text(&child),
    ];
    run("qemu-img", &[&create[..], &[text(&on)]].concat());
    let before = digest(&child);
    let line = workshop.fails(&["prepare", text(&child)], 5);
    assert!(
        line.contains("on.qcow2") && line.contains("--force"),
        "{line}"
    );
    let plan = workshop.ok(&["plan", text(&child), "--json"]);
    assert!(plan.stdout.contains("backs-others"), "{plan:?}");
    assert!(digest(&child) == before);
    workshop.ok(&["prepare", text(&child), "--force"]);
    // Prepared as it is, it is left alone, and so is not refused.
    workshop.ok(&["prepare", text(&child)]);
    run("touch", &[text(&on)]);
    workshop.fails(&["revert", text(&child)], 5);
    workshop.ok(&["revert", text(&child), "--force"]);
    workshop.configure("");
    let named = workshop.at("config.toml");
    let text_of = fs::read_to_string(&named).unwrap();
    let both = format!("images.masters = [{:?}, ", child);
    fs::write(&named, text_of.replace("images.masters = [", &both)).unwrap();
    let line = [
        env!("CARGO_BIN_EXE_osgraft"),
        "--config",
        text(&named),
        "prepare",
        "--force",
        text(&child),
    ];
    let line = crate::support::program::Ran::of(&line).failed(5);
    assert!(line.contains("named as a master"), "{line}");
}
