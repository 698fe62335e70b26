//! What preflight finds in a guest, and does not find in its neighbour.

/// Blockers that an operator allows.
mod allowed;
/// Kernels, their modules, and modprobe.d.
mod kernels;
/// fstab's own mounts, wherever links lead.
mod mounts;
/// Policies of SELinux and IMA.
mod policies;
/// Modules, their files, their index, and the drivers of network cards.
mod reach;
/// What mounts network file systems, or something else in the share's place.
mod services;
/// Systems that no edit reaches.
mod systems;
/// Drivers of file systems that a local share needs.
mod transports;
/// Upgrades that a guest makes by itself.
mod upgrades;
/// Boot loaders, and the words that they give the kernel.
mod words;

use osgraft::Error;
use osgraft::guest::{Guest, MemoryGuest};
use osgraft::prepare::{NicModel, Preparer, Share};
use osgraft::registry::MemoryRegistry;

use super::{codes, compare, debian, debian_in, one, path, share, ungraft, with_fstab};

/// What preparing came to: codes of warnings, or of what refuses.
#[derive(Debug, Eq, PartialEq)]
enum Found {
    Told(Vec<&'static str>),
    Refused(Vec<&'static str>),
}

fn nothing() -> Found {
    Found::Told(Vec::new())
}

fn told(code: &'static str) -> Found {
    Found::Told(vec![code])
}

fn refused(code: &'static str) -> Found {
    Found::Refused(vec![code])
}

fn found(guest: MemoryGuest) -> Found {
    found_for(guest, share()).0
}

fn found_with(guest: MemoryGuest, options: &str) -> Found {
    found_for(guest, share().options(options).unwrap()).0
}

/// The same for a machine with these network cards.
fn found_on(guest: MemoryGuest, nics: &[NicModel]) -> Found {
    found_by(guest, share(), nics).0
}

/// The same, and all the text of it.
fn found_for(guest: MemoryGuest, share: Share) -> (Found, String) {
    found_by(guest, share, &[])
}

/// The same, with the initramfs unpacked.
fn found_deep(guest: MemoryGuest, nics: &[NicModel]) -> Found {
    let preparer = Preparer::new(one(), share()).deep(true);
    found_of(guest, preparer.nics(nics.iter().copied())).0
}

fn found_by(guest: MemoryGuest, share: Share, nics: &[NicModel]) -> (Found, String) {
    let preparer = Preparer::new(one(), share);
    found_of(guest, preparer.nics(nics.iter().copied()))
}

/// A refusal must leave the guest as it is.
fn found_of(mut guest: MemoryGuest, preparer: Preparer<MemoryRegistry>) -> (Found, String) {
    let before = guest.snapshot();
    match preparer.graft(&mut guest, "c") {
        Ok(graft) => {
            let texts: Vec<_> = graft.warnings.iter().map(|w| w.text.clone()).collect();
            assert!(texts.iter().all(|text| !text.contains('\n')), "{texts:?}");
            (Found::Told(codes(&graft.warnings)), texts.join("\n"))
        }
        Err(Error::Unfit(unfit)) => {
            assert!(
                guest.snapshot() == before,
                "{}",
                before.diff(&guest.snapshot())
            );
            let text = unfit.to_string();
            assert!(!text.contains('\n'), "{text}");
            (Found::Refused(unfit.codes()), text)
        }
        Err(other) => panic!("{other}"),
    }
}

fn without(mut guest: MemoryGuest, at: &str) -> MemoryGuest {
    guest.remove(&path(at)).unwrap();
    guest
}
