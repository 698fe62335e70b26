//! Bad input: each has its kind in the library, its exit code and one line in the program, and
//! leaves the child as it was to the byte.

/// Images that are none, guests that cannot be prepared.
mod disks;
/// Who holds a child keeps it.
mod held;
/// No room, no right to write.
mod host;
/// Registries that are wrong, or hold nothing that fits.
mod servers;

use std::path::Path;

use osgraft::editor::Choice;
use osgraft::image::Child;
use osgraft::prepare::Preparer;
use osgraft::registry::FileRegistry;
use osgraft::{Error, ErrorKind};

use crate::support::program::Workshop;
use crate::support::servers::share;
use crate::support::{fixture, text};

/// The exit code that interface and library agree on.
fn code(kind: ErrorKind) -> i32 {
    match kind {
        ErrorKind::Host => 1,
        ErrorKind::Usage => 2,
        ErrorKind::Guest => 3,
        ErrorKind::NoServer => 4,
        ErrorKind::ImageRefused => 5,
        ErrorKind::ImageInUse => 6,
        ErrorKind::Registry => 7,
        other => panic!("{other:?} has no exit code"),
    }
}

/// Prepares a child through the library and through the program; both must fail for this kind of
/// reason, say `part` in their one line, and leave the child as it was.
#[track_caller]
fn refused(workshop: &Workshop, child: &Path, server: Option<&str>, kind: ErrorKind, part: &str) {
    let before = child.is_file().then(|| fixture::digest_by_tool(child));
    let error = by_library(workshop, child, server).expect_err("the library prepared it");
    assert_eq!(error.kind(), kind, "{error}");
    let line = error.to_string();
    crate::support::refusal::assert_plain_line(&line);
    assert!(line.contains(part), "no “{part}” in: {line}");

    let mut args = vec!["prepare", text(child), "--editor", "ext4"];
    if let Some(server) = server {
        args.extend(["--server", server]);
    }
    let line = workshop.fails(&args, code(kind));
    assert!(line.contains(part), "no “{part}” in: {line}");
    let after = child.is_file().then(|| fixture::digest_by_tool(child));
    assert_eq!(after, before, "the child changed: {line}");
}

fn by_library(workshop: &Workshop, child: &Path, server: Option<&str>) -> Result<(), Error> {
    let registry = FileRegistry::open(workshop.at("servers.toml"))?;
    let child = Child::open(child, workshop.master())?;
    let mut preparer = Preparer::new(registry, share()).editor(Choice::ext4());
    if let Some(server) = server {
        preparer = preparer.server(server);
    }
    preparer.prepare(&child).map(drop)
}
