use super::*;

fn piece(path: PathBuf, content: &[u8]) -> Piece {
    fs::write(&path, content).unwrap();
    Piece {
        path,
        size: content.len() as u64,
        sha256: Digest::of(content),
    }
}

fn release(at: &Path, release: &str) -> KernelFiles {
    let file = |name: &str| at.join(format!("{name}-{release}"));
    KernelFiles {
        release: release.into(),
        kernel: format!("6.1.0-{release}"),
        vmlinuz: piece(file("vmlinuz"), format!("kernel {release}").as_bytes()),
        initrd: vec![
            piece(file("initrd"), b"first"),
            piece(file("supplement"), release.as_bytes()),
        ],
    }
}

struct Scene {
    at: tempfile::TempDir,
    folder: BootFolder,
}

fn scene() -> Scene {
    // Not in /tmp, where everybody may put files.
    let at = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR").to_owned() + "/target").unwrap();
    let folder = BootFolder::at(at.path().join("boot"));
    Scene { at, folder }
}

impl Scene {
    fn kernels(&self) -> usize {
        fs::read_dir(self.folder.kernels()).unwrap().count()
    }
}

#[test]
fn a_machine_boots_the_files_of_its_release_and_goes_back() {
    let scene = scene();
    let (one, two) = (release(scene.at.path(), "1"), release(scene.at.path(), "2"));
    let folder = &scene.folder;
    assert_eq!(folder.origin("web-7").unwrap(), None);
    let first = folder.point("web-7", &one).unwrap();
    assert!(first.is_changed);
    assert_eq!(fs::read(&first.vmlinuz).unwrap(), b"kernel 1");
    assert_eq!(fs::read(&first.initrd).unwrap(), b"first\0\0\x001");
    let mode = fs::metadata(&first.initrd).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    assert!(!folder.point("web-7", &one).unwrap().is_changed);
    folder.point("web-8", &one).unwrap();
    assert_eq!(scene.kernels(), 1, "two machines share one kernel");

    assert!(folder.point("web-7", &two).unwrap().is_changed);
    assert_eq!(fs::read(&first.vmlinuz).unwrap(), b"kernel 2");
    assert_eq!(folder.origin("web-8").unwrap().unwrap().release, "1");
    assert_eq!(scene.kernels(), 2);
    folder.point("web-7", &one).unwrap();
    assert_eq!(scene.kernels(), 1, "what nobody boots is removed");
    let machines = folder.machines().unwrap();
    let machines: Vec<&str> = machines.iter().map(|(name, _)| &**name).collect();
    assert_eq!(machines, ["web-7", "web-8"]);
    assert!(folder.forget("web-7").unwrap() && !folder.forget("web-7").unwrap());
    folder.forget("web-8").unwrap();
    assert_eq!(scene.kernels(), 0);
}

#[test]
fn what_was_altered_is_copied_anew_or_refused() {
    let scene = scene();
    let one = release(scene.at.path(), "1");
    let pointed = scene.folder.point("web-7", &one).unwrap();
    for altered in [&pointed.vmlinuz, &pointed.initrd] {
        for content in [&b"kernel X"[..], b"", b"first\0\0\x001 and more"] {
            fs::write(altered, content).unwrap();
            assert!(!scene.folder.point("web-7", &one).unwrap().is_changed);
            assert_eq!(fs::read(&pointed.vmlinuz).unwrap(), b"kernel 1");
            assert_eq!(fs::read(&pointed.initrd).unwrap(), b"first\0\0\x001");
        }
    }
    let two = release(scene.at.path(), "2");
    fs::write(&two.vmlinuz.path, "kernel X").unwrap();
    let error = scene.folder.point("web-7", &two).unwrap_err();
    assert_eq!(error.code(), "boot-file-altered");
    assert_eq!(scene.folder.origin("web-7").unwrap().unwrap().release, "1");
    assert_eq!(scene.kernels(), 1, "nothing is left of it");
}

#[test]
fn what_a_killed_call_left_is_no_obstacle() {
    let scene = scene();
    let one = release(scene.at.path(), "1");
    let left = scene.folder.kernels().join(NEW);
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("vmlinuz"), "half").unwrap();
    symlink("nowhere", scene.folder.path.join(".new-web-7")).unwrap();
    let pointed = scene.folder.point("web-7", &one).unwrap();
    assert_eq!(fs::read(&pointed.vmlinuz).unwrap(), b"kernel 1");
    assert!(!left.exists());
}

#[test]
fn what_osgraft_did_not_make_is_left_alone() {
    let scene = scene();
    let one = release(scene.at.path(), "1");
    fs::create_dir_all(scene.folder.kernels()).unwrap();
    let link = scene.folder.path.join("web-7");
    fs::write(&link, "a file").unwrap();
    let error = scene.folder.point("web-7", &one).unwrap_err();
    assert_eq!(error.code(), "boot-link-in-the-way");
    assert_eq!(fs::read(&link).unwrap(), b"a file");
    fs::remove_file(&link).unwrap();
    symlink("/etc", &link).unwrap();
    assert!(scene.folder.forget("web-7").is_err() && link.is_symlink());
    for name in ["", ".", "..", ".kernels", "a/b", "a\0", &"a".repeat(201)] {
        let error = scene.folder.point(name, &one).unwrap_err();
        assert_eq!(error.code(), "boot-name", "{name:?}");
    }
}

#[test]
fn a_kernel_that_another_user_may_change_is_not_booted() {
    let scene = scene();
    let one = release(scene.at.path(), "1");
    fs::set_permissions(&one.vmlinuz.path, Permissions::from_mode(0o666)).unwrap();
    let error = scene.folder.point("web-7", &one).unwrap_err();
    assert_eq!(error.code(), "boot-folder-shared");
}
