use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, fcntl};
use osgraft::image::{Child, Holder, ImageError, Masters, Overlay};
use rustix::fs::{CWD, RenameFlags, inotify, renameat_with};

use crate::support::fixture::{is_root, not_run};
use crate::support::{digest, patterned_master, run, text};

/// A user who owns folders of images.
const USER: u32 = 12345;

/// `images/` of a user, with a child and its master, and `private/`, whose images are root's alone.
struct Scene {
    folder: tempfile::TempDir,
    watch: std::os::fd::OwnedFd,
}

impl Scene {
    /// None where this process is not root.
    fn new(test: &str) -> Option<Self> {
        if !is_root() {
            not_run(&format!("{test}: only root can be led astray"));
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let watch = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
        let scene = Self { folder, watch };
        for name in ["images", "private"] {
            fs::create_dir(scene.at(name)).unwrap();
            let master = patterned_master(&scene.at(name), 1);
            let child = scene.at(name).join("child.qcow2");
            let overlay = Overlay::new(&master).naming(osgraft::image::BackingNaming::Relative);
            overlay.create(&child).unwrap();
            if name == "images" {
                for owned in [&scene.at(name), &master, &child] {
                    chown(owned, Some(USER), Some(USER)).unwrap();
                }
            } else {
                fs::set_permissions(scene.at(name), Permissions::from_mode(0o700)).unwrap();
                for victim in [&master, &child] {
                    inotify::add_watch(&scene.watch, victim, inotify::WatchFlags::OPEN).unwrap();
                }
            }
        }
        Some(scene)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whether an image of root's was opened since the last call.
    fn opened(&self) -> bool {
        let mut buf = [std::mem::MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.watch, &mut buf);
        let mut any = false;
        while reader.next().is_ok() {
            any = true;
        }
        any
    }

    /// A link of the user's to something of root's.
    fn bait(&self, to: &Path) -> PathBuf {
        let bait = self.at("bait");
        symlink(to, &bait).unwrap();
        lchown(&bait, Some(USER), Some(USER)).unwrap();
        bait
    }

    /// Does something again and again while two names are exchanged in a loop: at least `tries` times,
    /// and until it has gone well and failed more than `each` times. Counts of both.
    ///
    /// A name stays for a time that differs from one exchange to the next: on any machine some are
    /// shorter than an attempt, and some are longer.
    fn race(
        &self,
        (one, other): (&Path, &Path),
        (tries, each): (usize, usize),
        mut attempt: impl FnMut() -> Result<(), ImageError>,
    ) -> (usize, usize) {
        let over = AtomicBool::new(false);
        let counted = std::thread::scope(|scope| {
            scope.spawn(|| {
                for stay in (0..10).cycle() {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
                    std::thread::sleep(Duration::from_micros(20 << stay));
                }
            });
            let over = Over(&over);
            let began = Instant::now();
            let (mut done, mut failed) = (0, 0);
            while done + failed < tries
                || (done.min(failed) <= each && began.elapsed() < Duration::from_secs(60))
            {
                match attempt() {
                    Ok(()) => done += 1,
                    Err(_) => failed += 1,
                }
            }
            drop(over);
            (done, failed)
        });
        assert!(!self.opened(), "an image of root's was opened");
        counted
    }
}

/// Ends the exchanges, after a failed attempt as well: the test would wait for them for ever.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_master_that_is_exchanged_for_a_link_while_it_is_judged_is_not_opened() {
    let Some(scene) = Scene::new("exchanged masters") else {
        return;
    };
    File::open(scene.at("private/master.qcow2")).unwrap();
    assert!(scene.opened(), "the premise: openings are seen");
    let bait = scene.bait(&scene.at("private/master.qcow2"));
    let child = Child::open(scene.at("images/child.qcow2"), Masters::beside_child()).unwrap();
    let (done, failed) = scene.race(
        (&scene.at("images/master.qcow2"), &bait),
        (1000, 20),
        || child.read().map(drop),
    );
    assert!(done > 20 && failed > 20, "the premise: {done}, {failed}");
}

#[test]
fn a_child_that_is_exchanged_for_a_link_is_not_followed_to_what_is_roots() {
    let Some(scene) = Scene::new("exchanged children") else {
        return;
    };
    let bait = scene.bait(&scene.at("private/child.qcow2"));
    let path = scene.at("images/child.qcow2");
    let child = Child::open(&path, Masters::beside_child()).unwrap();
    for what in ["read", "lock", "recover"] {
        let (done, failed) = scene.race((&path, &bait), (400, 5), || match what {
            "read" => child.read().map(drop),
            "lock" => child.lock().map(drop),
            _ => child.recover().map(drop),
        });
        assert!(
            done > 5 && failed > 5,
            "the premise: {what}: {done}, {failed}"
        );
    }
}

/// The folder itself is exchanged: what lies in the other one is root's.
#[test]
fn a_folder_that_is_exchanged_for_a_link_is_not_followed_to_what_is_roots() {
    let Some(scene) = Scene::new("exchanged folders") else {
        return;
    };
    let bait = scene.bait(&scene.at("private"));
    let child = Child::open(scene.at("images/child.qcow2"), Masters::beside_child()).unwrap();
    let (done, failed) = scene.race((&scene.at("images"), &bait), (600, 5), || {
        child.lock().map(drop)
    });
    assert!(done > 5 && failed > 5, "the premise: {done}, {failed}");
}

/// The tool that mends an image is given the image that was judged, not its name.
#[test]
fn an_image_that_is_exchanged_while_it_is_mended_is_not_opened() {
    let Some(scene) = Scene::new("exchanged while it is mended") else {
        return;
    };
    let (path, bait) = (
        scene.at("images/child.qcow2"),
        scene.bait(&scene.at("private/child.qcow2")),
    );
    let dirty = {
        let mut bytes = fs::read(&path).unwrap();
        bytes[79] |= 1;
        bytes
    };
    let victim = digest(&scene.at("private/child.qcow2"));
    scene.opened();
    let child = Child::open(&path, Masters::beside_child()).unwrap();
    let image = File::options().write(true).open(&path).unwrap();
    let mut mended = 0;
    let (done, _) = scene.race((&path, &bait), (600, 5), || {
        use std::os::unix::fs::FileExt;
        image.write_all_at(&dirty, 0).unwrap();
        let locked = child.lock().map(drop);
        let mut byte = [0];
        let read = File::open(format!(
            "/proc/self/fd/{}",
            std::os::fd::AsRawFd::as_raw_fd(&image)
        ));
        read.unwrap().read_exact_at(&mut byte, 79).unwrap();
        mended += usize::from(byte[0] & 1 == 0);
        locked
    });
    assert!(
        mended > 5 && done > 0,
        "the premise: {mended} mended, {done} locked"
    );
    assert!(digest(&scene.at("private/child.qcow2")) == victim);
}

#[test]
fn a_link_to_the_child_is_followed_where_root_or_the_childs_owner_made_it() {
    let Some(scene) = Scene::new("links of other users") else {
        return;
    };
    let link = scene.at("link.qcow2");
    let try_as = |target: &str, owner: u32| {
        let _ = fs::remove_file(&link);
        symlink(scene.at(target), &link).unwrap();
        lchown(&link, Some(owner), None).unwrap();
        let master = scene.at(target).with_file_name("master.qcow2");
        let _ = fs::remove_file(scene.at("master.qcow2"));
        symlink(&master, scene.at("master.qcow2")).unwrap();
        match Child::open(&link, Masters::only(master)).unwrap().lock() {
            Ok(_) => "opened".to_owned(),
            Err(ImageError::Refused { refusal, .. }) => refusal.code().to_owned(),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(try_as("images/child.qcow2", 0), "opened");
    assert_eq!(try_as("images/child.qcow2", USER), "opened");
    assert_eq!(try_as("images/child.qcow2", USER + 1), "foreign-link");
    assert_eq!(try_as("private/child.qcow2", 0), "opened");
    scene.opened();
    assert_eq!(try_as("private/child.qcow2", USER), "foreign-link");
    assert!(!scene.opened(), "it was opened");
}

/// Who may read an image can keep osgraft from it, as he can keep QEMU: both are told as in use, and
/// nothing is changed.
#[test]
fn a_reader_who_locks_an_image_keeps_osgraft_out_as_he_keeps_qemu_out() {
    let folder = tempfile::tempdir().unwrap();
    let master = patterned_master(folder.path(), 1);
    let path = folder.path().join("child.qcow2");
    Overlay::new(&master).create(&path).unwrap();
    let before = digest(&path);
    let child = Child::open(&path, &master).unwrap();

    let reader = File::open(&path).unwrap();
    let lock = libc::flock {
        l_type: libc::F_RDLCK as i16,
        l_whence: libc::SEEK_SET as i16,
        l_start: 201,
        l_len: 1,
        l_pid: 0,
    };
    fcntl(&reader, FcntlArg::F_OFD_SETLK(&lock)).unwrap();
    let told = child.lock().unwrap_err();
    assert!(
        matches!(
            told,
            ImageError::InUse {
                by: Holder::Qemu,
                ..
            }
        ),
        "{told}"
    );
    let resize = ["resize", "-f", "qcow2", text(&path), "2M"];
    let tried = crate::support::output("qemu-img", &resize);
    assert!(!tried.status.success(), "QEMU is kept out likewise");
    drop(reader);

    let reader = File::open(&path).unwrap();
    reader.lock().unwrap();
    let began = Instant::now();
    let told = child.lock().unwrap_err();
    assert!(
        matches!(
            told,
            ImageError::InUse {
                by: Holder::Osgraft,
                ..
            }
        ),
        "{told}"
    );
    assert!(told.to_string().contains("flock"), "{told}");
    assert!(began.elapsed() < Duration::from_secs(20));
    drop(reader);
    assert!(digest(&path) == before);
    child.lock().unwrap();
    run("qemu-img", &resize);
}

/// What a killed clone may have left under its temporary name is looked at, but no link there.
#[test]
fn a_link_under_the_temporary_name_of_a_clone_is_not_followed() {
    let Some(scene) = Scene::new("links under temporary names") else {
        return;
    };
    let made = scene.at("images/made.qcow2");
    let planted = scene.at("images/.made.qcow2.osgraft-new");
    symlink(scene.at("private/child.qcow2"), &planted).unwrap();
    let overlay = Overlay::new(scene.at("images/master.qcow2"));
    // As on a file system that has no unnamed files.
    let faults = osgraft::image::Faults::none().without_unnamed_files();
    let told = overlay.with_faults(faults).create(&made).unwrap_err();
    assert!(told.to_string().contains("symbolic link"), "{told}");
    assert!(!scene.opened(), "it was opened");
}

/// A child is named after the master that was judged, whatever lies under its name meanwhile.
#[test]
fn a_master_that_is_exchanged_while_it_is_cloned_is_not_named_in_the_child() {
    let Some(scene) = Scene::new("masters exchanged while they are cloned") else {
        return;
    };
    let bait = scene.bait(&scene.at("private/master.qcow2"));
    let master = scene.at("images/master.qcow2");
    let made = scene.at("images/made.qcow2");
    let (done, failed) = scene.race((&master, &bait), (300, 5), || {
        Overlay::new(&master).create(&made)?;
        let child = fs::read(&made).unwrap();
        let names_private = child.windows(8).any(|part| part == b"/private");
        assert!(!names_private, "the child names an image of root's");
        fs::remove_file(&made).unwrap();
        Ok(())
    });
    assert!(done > 5 && failed > 5, "the premise: {done}, {failed}");
}

/// A link of another user's could lead into any folder of the host.
#[test]
fn a_clone_is_not_made_through_a_folder_link_of_another_user() {
    let Some(scene) = Scene::new("a clone through a link") else {
        return;
    };
    let (link, private) = (scene.at("images/link"), scene.at("private"));
    symlink(&private, &link).unwrap();
    let names = || fs::read_dir(&private).unwrap().count();
    let before = names();
    let make = || Overlay::new(scene.at("images/master.qcow2")).create(link.join("new.qcow2"));
    lchown(&link, Some(USER), Some(USER)).unwrap();
    let error = make().unwrap_err();
    assert!(
        matches!(
            &error,
            ImageError::Refused { refusal, .. } if refusal.code() == "foreign-link"
        ),
        "{error}"
    );
    assert_eq!(names(), before);
    lchown(&link, Some(0), Some(0)).unwrap();
    make().unwrap();
}
