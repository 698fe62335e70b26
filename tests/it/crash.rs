//! A commit killed, torn and failed at each of its file calls, and recovered.

use std::path::{Path, PathBuf};

use osgraft::image::{BlockDevice, Child, Fault, Faults, ImageError, Overlay, Recovered};

use crate::support::fixture::overlay;
use crate::support::{assert_clean, digest, guest_bytes, output, patterned_master, run, text};

/// One kind of child, its old and its new content.
struct Scene {
    _folder: tempfile::TempDir,
    master: PathBuf,
    child: PathBuf,
    pristine: Vec<u8>,
    old: Vec<u8>,
    new: Vec<u8>,
    committed: Vec<u8>,
}

const WRITES: [(u64, &[u8]); 3] = [(100, b"first"), (1 << 20, b"second"), (3_000_000, b"third")];

impl Scene {
    fn new(make: impl FnOnce(&Path, &Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let master = patterned_master(folder.path(), 4);
        Self::on(folder, master, make)
    }

    /// On a master of the other kind.
    fn on_vmdk(make: impl FnOnce(&Path, &Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let qcow2 = patterned_master(folder.path(), 4);
        let master = folder.path().join("master.vmdk");
        let options = ["-O", "vmdk", "-o", "subformat=streamOptimized"];
        let files = [text(&qcow2), text(&master)];
        run(
            "qemu-img",
            &[&["convert", "-f", "qcow2"], &options[..], &files].concat(),
        );
        Self::on(folder, master, make)
    }

    fn on(folder: tempfile::TempDir, master: PathBuf, make: impl FnOnce(&Path, &Path)) -> Self {
        let child = folder.path().join("child.qcow2");
        make(&master, &child);
        let pristine = std::fs::read(&child).unwrap();
        let old = guest_bytes(&child);
        let mut new = old.clone();
        for (offset, data) in WRITES {
            new[offset as usize..][..data.len()].copy_from_slice(data);
        }
        let mut scene = Self {
            master,
            child,
            pristine,
            old,
            new,
            committed: Vec::new(),
            _folder: folder,
        };
        scene.edit(&Faults::none()).unwrap();
        scene.committed = std::fs::read(&scene.child).unwrap();
        scene.reset();
        scene
    }

    fn reset(&self) {
        std::fs::write(&self.child, &self.pristine).unwrap();
    }

    fn edit(&self, faults: &Faults) -> Result<(), ImageError> {
        let locked = Child::open(&self.child, &self.master)
            .unwrap()
            .with_faults(faults.clone())
            .lock()?;
        let mut scratch = locked.scratch()?;
        for (offset, data) in WRITES {
            scratch.write_at(offset, data).unwrap();
        }
        let redo = scratch.finish()?;
        assert!(!redo.is_empty());
        locked.commit(&redo)
    }

    fn recover(&self, faults: &Faults) -> Result<Recovered, ImageError> {
        Child::open(&self.child, &self.master)
            .unwrap()
            .with_faults(faults.clone())
            .recover()
    }

    /// Nothing but the old file or the new one, to the byte; a kill in the trailer's first bytes
    /// may leave the old file's last cluster filled up with zeros, which every reader sees anyway.
    fn assert_old_or_new(&self, told: &str) -> bool {
        let now = std::fs::read(&self.child).unwrap();
        let filled_up = now.len() < self.pristine.len() + 65536
            && now.starts_with(&self.pristine)
            && now[self.pristine.len()..].iter().all(|byte| *byte == 0);
        assert!(
            filled_up || now == self.committed,
            "{told}: neither the old file ({} bytes) nor the new one ({}), but {} bytes",
            self.pristine.len(),
            self.committed.len(),
            now.len(),
        );
        now == self.committed
    }
}

fn scenes() -> Vec<(&'static str, Scene)> {
    vec![
        (
            "made by osgraft",
            Scene::new(|master, child| {
                Overlay::new(master).create(child).unwrap();
            }),
        ),
        (
            "made by qemu-img, clusters of 4 KiB",
            Scene::new(|master, child| {
                qemu_overlay(master, child, "cluster_size=4096");
            }),
        ),
        (
            "version 2",
            Scene::new(|master, child| qemu_overlay(master, child, "compat=0.10")),
        ),
        (
            "made by osgraft on a VMDK",
            Scene::on_vmdk(|master, child| {
                overlay(master).create(child).unwrap();
            }),
        ),
        (
            "used before, with a snapshot",
            Scene::new(|master, child| {
                qemu_overlay(master, child, "cluster_size=65536");
                run(
                    "qemu-io",
                    &["-f", "qcow2", "-c", "write -P 7 1M 128k", text(child)],
                );
                run("qemu-img", &["snapshot", "-c", "before", text(child)]);
            }),
        ),
    ]
}

fn qemu_overlay(master: &Path, child: &Path, options: &str) {
    run(
        "qemu-img",
        &[
            "create",
            "-q",
            "-f",
            "qcow2",
            "-b",
            text(master),
            "-F",
            "qcow2",
            "-o",
            options,
            text(child),
        ],
    );
}

#[test]
fn killed_at_any_call_it_is_the_old_disk_or_the_new_one() {
    for (name, scene) in scenes() {
        let whole = Faults::none();
        scene.edit(&whole).unwrap();
        assert_clean(&scene.child);
        assert!(guest_bytes(&scene.child) == scene.new, "{name}");
        let calls = whole.operations().len();
        assert!(
            calls >= 8,
            "{name}: a commit of {calls} calls is too short to be one"
        );
        let mut finished = 0;
        for call in 0..calls {
            for fault in [
                Fault::Kill,
                Fault::Torn(1),
                Fault::Torn(40),
                Fault::Torn(512),
            ] {
                scene.reset();
                let faults = Faults::at(call, fault);
                let ended = scene.edit(&faults);
                let told = format!("{name}: {fault:?} at call {call} of {calls}");
                assert!(faults.struck() && ended.is_err(), "{told}");
                scene
                    .recover(&Faults::none())
                    .unwrap_or_else(|e| panic!("{told}: {e}"));
                finished += usize::from(scene.assert_old_or_new(&told));
            }
        }
        assert!(
            finished > 0,
            "{name}: no fault struck after the commit point"
        );
    }
}

#[test]
fn killed_inside_recovery_it_recovers_again() {
    for (name, scene) in scenes() {
        let whole = Faults::none();
        scene.reset();
        scene.edit(&whole).unwrap();
        for call in 0..whole.operations().len() {
            for again in 0.. {
                scene.reset();
                scene.edit(&Faults::at(call, Fault::Kill)).unwrap_err();
                let faults = Faults::at(again, Fault::Kill);
                let first = scene.recover(&faults);
                assert_eq!(first.is_err(), faults.struck(), "{name}");
                scene.recover(&Faults::none()).unwrap();
                scene.assert_old_or_new(&format!("{name}: killed at {call}, then at {again}"));
                if !faults.struck() {
                    break;
                }
            }
        }
    }
}

#[test]
fn an_error_is_told_and_leaves_the_old_disk_or_a_pending_edit() {
    for (name, scene) in scenes() {
        let whole = Faults::none();
        scene.reset();
        scene.edit(&whole).unwrap();
        for call in 0..whole.operations().len() {
            for errno in [libc::EIO, libc::ENOSPC] {
                for fault in [Fault::Error(errno), Fault::ErrorFromHere(errno)] {
                    scene.reset();
                    let told = format!("{name}: {fault:?} at call {call}");
                    let error = scene.edit(&Faults::at(call, fault)).unwrap_err();
                    let now = std::fs::read(&scene.child).unwrap();
                    match error {
                        ImageError::Unfinished { .. } => {}
                        // Where the disk refuses the truncation as well, what is behind the end
                        // waits for the next call.
                        ImageError::NotCommitted { .. } => assert!(
                            now == scene.pristine || matches!(fault, Fault::ErrorFromHere(_)),
                            "{told}: said to be as it was"
                        ),
                        other => panic!("{told}: {other}"),
                    }
                    scene
                        .recover(&Faults::none())
                        .unwrap_or_else(|e| panic!("{told}: {e}"));
                    scene.assert_old_or_new(&told);
                }
            }
        }
    }
}

#[test]
fn while_an_edit_is_pending_no_qemu_tool_opens_the_child_and_a_guest_before_it_does() {
    for (name, scene) in scenes() {
        let whole = Faults::none();
        scene.reset();
        scene.edit(&whole).unwrap();
        let mut refused = 0;
        for call in 0..whole.operations().len() {
            scene.reset();
            scene.edit(&Faults::at(call, Fault::Kill)).unwrap_err();
            let before = digest(&scene.child);
            for args in [
                &["info", "-f", "qcow2", text(&scene.child)][..],
                &["check", "-f", "qcow2", "-r", "all", text(&scene.child)],
                &["commit", "-f", "qcow2", text(&scene.child)],
            ] {
                if args[0] == "commit" && guard_is_clear(&scene) {
                    continue; // it would succeed, into the master
                }
                let tried = output("qemu-img", args);
                if tried.status.success() {
                    continue;
                }
                refused += 1;
                let said = String::from_utf8_lossy(&tried.stderr);
                assert!(said.contains("nsupported"), "{name}, call {call}: {said}");
                if name.contains("osgraft") {
                    assert!(said.contains("run osgraft recover"), "{said}");
                }
            }
            if guard_is_clear(&scene) {
                let now = guest_bytes(&scene.child);
                assert!(now == scene.old || now == scene.new, "{name}, call {call}");
            } else {
                assert_eq!(digest(&scene.child), before, "{name}, call {call}");
            }
        }
        assert!(refused >= 6, "{name}: the guard was never seen");
    }
}

fn guard_is_clear(scene: &Scene) -> bool {
    let bytes = std::fs::read(&scene.child).unwrap();
    bytes[4] == 0 && (bytes[7] == 2 || bytes[72] & 0x80 == 0)
}

/// A guest that ran after a crash before the commit point may have grown into what was ours.
#[test]
fn recovery_with_the_guard_clear_cuts_nothing_that_a_guest_wrote_since() {
    let (name, scene) = scenes().remove(0);
    let whole = Faults::none();
    scene.edit(&whole).unwrap();
    for call in 0..whole.operations().len() {
        scene.reset();
        scene.edit(&Faults::at(call, Fault::Kill)).unwrap_err();
        if !guard_is_clear(&scene) {
            continue;
        }
        run(
            "qemu-io",
            &[
                "-f",
                "qcow2",
                "-c",
                "write -P 0x77 2M 640k",
                text(&scene.child),
            ],
        );
        let ran = guest_bytes(&scene.child);
        scene.recover(&Faults::none()).unwrap();
        assert!(guest_bytes(&scene.child) == ran, "{name}, call {call}");
        assert_clean(&scene.child);
    }
}
