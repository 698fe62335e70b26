//! Tampering at random between the commands: nothing of the guest's is lost, and prepare and verify
//! agree.

use std::collections::BTreeMap;

use osgraft::guest::memory::Content;
use osgraft::prepare::Reverter;

use super::*;

const RECEIPT: &str = "/var/lib/osgraft/receipt.json";
const UNIT: &str = "/etc/systemd/system/osgraft-shared.service";
const WANTS: &str = "/etc/systemd/system/shared.mount.wants";
const LINK: &str = "/etc/systemd/system/shared.mount.wants/osgraft-shared.service";

/// One thing that somebody does in the guest. What cannot be done as the tree stands is not.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Fstab(fn(&str) -> String),
    Receipt(&'static [u8]),
    Unit(&'static [u8]),
    Remove(&'static str),
    Rename(&'static str, &'static str),
    Make(&'static str),
    Link(&'static str, &'static str),
    File(&'static str),
    Prepare,
    Revert,
    ForcedRevert,
}

const DEEDS: &[Deed] = &[
    Deed::Fstab(|text| text.replace("\n10.", "\n#10.")),
    Deed::Fstab(|text| text.replace("# BEGIN osgraft\n", "")),
    Deed::Fstab(|text| text.replace("# END osgraft\n", "")),
    Deed::Fstab(|text| text.replace("nfs ro", "nfs rw")),
    Deed::Fstab(|text| text.replace(' ', "\t")),
    Deed::Fstab(|text| format!("{text}# note\n")),
    Deed::Fstab(|_| FSTAB.to_owned()),
    Deed::Receipt(b""),
    Deed::Receipt(b"{\"version\": 1"),
    Deed::Unit(b"[Unit]\n"),
    Deed::Unit(b""),
    Deed::Remove(RECEIPT),
    Deed::Remove(UNIT),
    Deed::Remove(LINK),
    Deed::Remove(WANTS),
    Deed::Remove("/usr/lib/modules"),
    Deed::Remove("/lib/modules"),
    Deed::Remove("/lib"),
    Deed::Rename("/shared", "/shared.old"),
    Deed::Rename("/shared.old", "/shared"),
    Deed::Rename("/shared/lib/modules", "/usr/lib/modules"),
    Deed::Rename("/lib/modules", "/usr/lib/modules"),
    Deed::Rename("/usr/lib/modules", "/lib/modules"),
    Deed::Rename("/usr/lib/modules", "/usr/lib/modules.away"),
    Deed::Rename("/var/lib/osgraft", "/var/lib/osgraft.away"),
    Deed::Make("/usr/lib/modules"),
    Deed::Make("/lib"),
    Deed::Make("/shared"),
    Deed::Make("/shared/lib"),
    Deed::Link("/lib", "usr/lib"),
    Deed::Link("/usr/lib/modules", "/opt/modules"),
    Deed::Link("/shared", "shared.old"),
    Deed::File("/usr/lib/modules/6.1.0-40-amd64/new.ko"),
    Deed::File("/usr/lib/modules/6.1.0-37-amd64/kernel/dummy.ko"),
    Deed::File("/shared/lib/modules/6.1.0-41-amd64/newer.ko"),
    Deed::File("/shared/notes"),
    Deed::File("/shared/lib"),
    Deed::File("/usr/lib/modules"),
    Deed::Link(UNIT, "/dev/null"),
    Deed::Link(LINK, "/dev/null"),
    Deed::Rename(LINK, "/etc/systemd/system/shared.mount.wants/other.service"),
    Deed::File("/etc/systemd/system/shared.mount.wants/own.service"),
    Deed::Prepare,
    Deed::Prepare,
    Deed::Prepare,
    Deed::Revert,
    Deed::ForcedRevert,
];

/// Any server serves these guests, whatever kernels they have by now.
fn preparer() -> Preparer<MemoryRegistry> {
    let server = Server::new("a", Source::nfs("10.0.0.1:/vol/shared_lib").unwrap()).unwrap();
    Preparer::new(
        MemoryRegistry::new(Servers::new(vec![server]).unwrap()),
        share(),
    )
}

/// How often each content is in the tree, fstab, the receipt and the unit left out.
fn contents(guest: &MemoryGuest) -> BTreeMap<Vec<u8>, usize> {
    let mut contents = BTreeMap::new();
    for (path, entry) in guest.snapshot().iter() {
        let path = path.to_string();
        if path == "/etc/fstab" || path == UNIT || path.contains("receipt.json") {
            continue;
        }
        if let Content::File { bytes, .. } = &entry.content {
            *contents.entry(bytes.clone()).or_default() += 1;
        }
    }
    contents
}

/// Does one thing; a content that it makes is unlike every other.
fn tamper(guest: &mut MemoryGuest, deed: Deed, number: usize) {
    let new = Attributes::root(0o644);
    let done = match deed {
        Deed::Fstab(rewrite) => {
            let text = text(guest, "/etc/fstab");
            guest.write(&path("/etc/fstab"), rewrite(&text).as_bytes(), new)
        }
        Deed::Unit(bytes) => guest.write(&path(UNIT), bytes, new),
        Deed::Receipt(bytes) => guest.write(&path(RECEIPT), bytes, Attributes::root(0o600)),
        // A guest's file goes only where the guest removes it; that is not what is tried here.
        Deed::Remove(at) => match guest.read(&path(at), 1 << 20) {
            Ok(_) if at != RECEIPT && at != UNIT => Ok(()),
            _ => guest.remove(&path(at)),
        },
        Deed::Rename(from, to) => guest.rename(&path(from), &path(to)),
        Deed::Make(at) => guest.mkdir(&path(at), Attributes::root(0o755)),
        Deed::Link(at, target) => guest.symlink(&path(at), target.as_bytes()),
        Deed::File(at) => {
            let at = path(at);
            let mut above: Vec<GuestPath> =
                std::iter::successors(at.parent(), GuestPath::parent).collect();
            above.reverse();
            for folder in above {
                let _ = guest.mkdir(&folder, Attributes::root(0o755));
            }
            match guest.lstat(&at) {
                Ok(_) => Ok(()),
                Err(_) => guest.write(&at, format!("content {number}").as_bytes(), new),
            }
        }
        Deed::Prepare | Deed::Revert | Deed::ForcedRevert => unreachable!("no tampering"),
    };
    drop(done);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn whatever_is_done_between_them_the_commands_agree_and_lose_nothing(
        deeds in proptest::collection::vec(proptest::sample::select(DEEDS), 1..9),
        split in any::<bool>(),
    ) {
        let mut guest = debian();
        if split {
            for deed in [Deed::Remove("/lib"), Deed::Make("/lib"), Deed::Rename("/usr/lib/modules", "/lib/modules")] {
                tamper(&mut guest, deed, 0);
            }
        }
        preparer().graft(&mut guest, "c").unwrap();
        for (number, deed) in deeds.iter().enumerate() {
            let before = contents(&guest);
            // A refusal leaves a scratch that is dropped.
            let mut after = guest.clone();
            match deed {
                Deed::Prepare => {
                    match preparer().graft(&mut after, "c") {
                        Ok(_) => guest = after,
                        Err(error) => {
                            prop_assert_eq!(error.kind(), ErrorKind::Guest);
                            prop_assert!(!matches!(error, Error::Guest(_)), "{}", error);
                            continue;
                        }
                    }
                    let differences = compare(&mut guest, Some(&share())).unwrap().1;
                    prop_assert!(differences.is_empty(), "{:?}", differences);
                    let again = preparer().graft(&mut guest.clone(), "c").unwrap();
                    prop_assert!(again.edits.is_empty(), "{:?}", again.edits);
                }
                Deed::Revert | Deed::ForcedRevert => {
                    let force = matches!(deed, Deed::ForcedRevert);
                    let undone = Reverter::new().share(share()).force(force).ungraft(&mut after);
                    prop_assert!(undone.is_ok(), "{:?}", undone);
                    guest = after;
                    let undone = undone.unwrap();
                    if undone.kept.is_empty() && undone.warnings.is_empty() {
                        let left = guest.lstat(&path("/shared/lib/modules"));
                        prop_assert!(left.is_err(), "{:?}", undone);
                    }
                }
                deed => {
                    tamper(&mut guest, *deed, number);
                    let _ = compare(&mut guest, Some(&share())).unwrap();
                    continue;
                }
            }
            prop_assert_eq!(contents(&guest), before, "{:?}", deed);
        }
        // The last word is a forced way back, and a graft anew is refused by name at worst.
        let before = contents(&guest);
        Reverter::new().share(share()).force(true).ungraft(&mut guest).unwrap();
        prop_assert_eq!(contents(&guest), before);
        let fstab = text(&mut guest, "/etc/fstab");
        prop_assert!(fstab.contains("UUID=0a"), "{}", fstab);
        prop_assert!(!fstab.contains("osgraft"), "{}", fstab);
    }
}
