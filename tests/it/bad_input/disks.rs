use std::fs;

use osgraft::ErrorKind;

use super::{by_library, refused};
use crate::support::program::Workshop;

#[test]
fn what_is_no_image_is_refused() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    for (name, content, part) in [
        (
            "text",
            &b"no image at all, but long enough for a header, and then some more of it, \
                    so that a reader that trusted its length would have something to read"[..],
            "not a qcow2 image",
        ),
        ("empty", b"", "not a qcow2 image"),
        ("magic", b"QFI\xfb", "truncated"),
    ] {
        let image = workshop.at(name);
        fs::write(&image, content).unwrap();
        refused(&workshop, &image, None, ErrorKind::ImageRefused, part);
    }
    let missing = workshop.at("missing.qcow2");
    refused(&workshop, &missing, None, ErrorKind::Host, "no image at");
    assert!(!missing.exists());
    let folder = workshop.at("folder");
    fs::create_dir(&folder).unwrap();
    refused(
        &workshop,
        &folder,
        None,
        ErrorKind::ImageRefused,
        "a directory",
    );
    let master = workshop.copied_master();
    refused(
        &workshop,
        &master,
        None,
        ErrorKind::ImageRefused,
        "no backing file",
    );
}

/// However much of a prepared child is missing, up to its last cluster.
#[test]
fn a_truncated_child_is_refused_wherever_it_is_cut() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let child = workshop.child();
    workshop.ok(&["prepare", crate::support::text(&child)]);
    let whole = fs::read(&child).unwrap();
    let last_cluster = (whole.len() - 1) / 65536 * 65536;
    let cuts: Vec<usize> = (8..last_cluster)
        .step_by(65536 / 2 - 8)
        .chain([72, 104, 65536, last_cluster])
        .collect();
    assert!(cuts.len() > 20, "the premise: {cuts:?}");
    for len in &cuts {
        fs::write(&child, &whole[..*len]).unwrap();
        let error = by_library(&workshop, &child, None).expect_err("a cut child was prepared");
        assert_eq!(error.kind(), ErrorKind::ImageRefused, "{len}: {error}");
        assert!(fs::read(&child).unwrap() == whole[..*len], "cut at {len}");
    }
    for len in [cuts[0], cuts[cuts.len() / 2], last_cluster] {
        fs::write(&child, &whole[..len]).unwrap();
        refused(
            &workshop,
            &child,
            None,
            ErrorKind::ImageRefused,
            "truncated",
        );
    }
}

#[test]
fn a_guest_that_cannot_be_prepared_is_refused() {
    for (guest, part) in [
        (
            "shared-in-fstab",
            "/etc/fstab line 8 mounts on /shared already",
        ),
        ("modules-file", "/usr/lib/modules is a regular file"),
        ("shared-file", "mount point /shared is a regular file"),
        ("fstab-fifo", "/etc/fstab is not a regular file"),
        ("fstab-directory", "/etc/fstab is not a regular file"),
        ("fstab-block-device", "/etc/fstab is not a regular file"),
        ("fstab-char-device", "/etc/fstab is not a regular file"),
        ("fstab-4gib", "/etc/fstab is larger than 1 MiB"),
        ("fstab-hardlinked", "/etc/fstab has other names"),
        ("ext4-needs-recovery", "its journal needs recovery"),
    ] {
        if let Some(workshop) = Workshop::of(guest) {
            refused(&workshop, &workshop.child(), None, ErrorKind::Guest, part);
        }
    }
}
