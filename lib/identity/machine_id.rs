//! The machine-id (machine-id(5)), and the copy that D-Bus has of it.
//!
//! The id is written into the file. A file that is empty or gone would not do: systemd fills an empty
//! one from D-Bus's copy, which is the master's, and takes a missing one for a first boot, on which it
//! sets all units to their presets.

use super::change::Owner;
use super::files::{Files, Found, Look};
use super::flaw::Flaw;
use super::place::put;
use super::told::{Part, Told};
use super::wanted::{MachineId, MachineIdWish};

const FILE: &str = "/etc/machine-id";
const OF_DBUS: &str = "/var/lib/dbus/machine-id";
const SYSTEMD: [&str; 2] = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];
/// Folders of boot loader entries (the Boot Loader Specification), in which names begin with an id.
const ENTRIES: [&str; 4] = [
    "/boot/loader/entries",
    "/boot/efi/loader/entries",
    "/efi/loader/entries",
    "/loader/entries",
];
const ENTRY_TOKEN: &str = "/etc/kernel/entry-token";

/// Places that the subject has to know.
pub(super) fn looks() -> Vec<Look> {
    let mut looks = vec![
        Look::file(FILE),
        Look::file(OF_DBUS),
        Look::kind(ENTRY_TOKEN),
    ];
    looks.extend(SYSTEMD.map(Look::kind));
    looks.extend(ENTRIES.map(Look::names));
    looks
}

/// The id that the files state; `None` where they state none, as in a master that was sealed.
pub(super) fn stated(files: &Files) -> Option<MachineId> {
    let of = |path| {
        std::str::from_utf8(files.content(path)?)
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    of(FILE).or_else(|| of(OF_DBUS))
}

/// Changes that give the guest its id. `made` is the one that is used where a new one is wanted: that
/// which the child was given before, or one of fresh random bytes.
///
/// # Errors
/// [`Flaw`]: the id stands where it cannot be written.
pub(super) fn render(wish: &MachineIdWish, made: &MachineId, files: &Files) -> Result<Part, Flaw> {
    let mut part = Part::default();
    let id = match wish {
        MachineIdWish::Keep => return Ok(part),
        MachineIdWish::New => made,
        MachineIdWish::Is(id) => id,
    };
    let content = format!("{}\n", id.as_str());
    let has_systemd = SYSTEMD.iter().any(|path| files.exists(path));
    let is_asked = matches!(wish, MachineIdWish::Is(_));
    if has_systemd || is_asked || files.exists(FILE) {
        let before = files.content(FILE).map(<[u8]>::trim_ascii);
        let is_first_boot = matches!(before, None | Some(b"uninitialized"));
        if has_systemd && is_first_boot {
            part.tell(Told::new(
                "machine-id-first-boot",
                format!(
                    "{FILE} of the master asks for a first boot, which a child with an id does not have: units that run at a first boot alone are passed over"
                ),
            ));
        }
        put(
            &mut part,
            files,
            FILE,
            content.as_bytes(),
            Owner::root(0o444),
        )?;
    }
    // A link leads to the file above.
    if let Some(Found::File(_)) = files.at(OF_DBUS) {
        put(
            &mut part,
            files,
            OF_DBUS,
            content.as_bytes(),
            Owner::root(0o644),
        )?;
    }
    if let Some(old) = stated(files)
        && old != *id
        && !files.exists(ENTRY_TOKEN)
        && let Some(entry) = entry_of(&old, files)
    {
        part.tell(Told::new(
            "machine-id-boot-entries",
            format!(
                "{entry} is named by the master's machine-id: it boots, and kernels that the child installs get entries of their own beside it"
            ),
        ));
    }
    Ok(part)
}

/// A boot loader entry that is named by an id.
fn entry_of(id: &MachineId, files: &Files) -> Option<String> {
    let is_named = |name: &[u8]| {
        name.strip_prefix(id.as_str().as_bytes())
            .is_some_and(|rest| rest.starts_with(b"-") && rest.ends_with(b".conf"))
    };
    let entries = ENTRIES.iter().flat_map(|folder| files.in_folder(folder));
    let mut named = entries.filter(|(path, _)| path.file_name().is_some_and(is_named));
    named.next().map(|(path, _)| path.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::change::Change;
    use crate::identity::files::OldFile;

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    fn guest(places: &[(&str, Found)]) -> Files {
        let mut files = Files::default();
        files.insert(
            SYSTEMD[0].parse().unwrap(),
            Found::File(OldFile::of(Vec::new())),
        );
        for (path, found) in places {
            files.insert(path.parse().unwrap(), found.clone());
        }
        files
    }

    fn file(content: &str) -> Found {
        Found::File(OldFile::of(content))
    }

    fn link(target: &str, file: Option<OldFile>) -> Found {
        let target = target.into();
        Found::Link { target, file }
    }

    fn rendered(files: &Files) -> Part {
        render(&MachineIdWish::New, &NEW.parse().unwrap(), files).unwrap()
    }

    fn after(files: &Files) -> Files {
        let mut after = files.clone();
        for change in rendered(files).changes {
            change.apply(&mut after);
        }
        after
    }

    #[test]
    fn both_files_get_the_new_id_and_a_second_time_changes_nothing() {
        let old = format!("{OLD}\n");
        let files = guest(&[(FILE, file(&old)), (OF_DBUS, file(&old))]);
        let after = after(&files);
        let expected = format!("{NEW}\n");
        assert_eq!(after.content(FILE), Some(expected.as_bytes()));
        assert_eq!(after.content(OF_DBUS), Some(expected.as_bytes()));
        assert_eq!(rendered(&after), Part::default());
    }

    #[test]
    fn a_link_of_dbus_stays() {
        let own = OldFile::of(format!("{OLD}\n"));
        let files = guest(&[
            (FILE, Found::File(own.clone())),
            (OF_DBUS, link("/etc/machine-id", Some(own))),
        ]);
        let paths: Vec<_> = rendered(&files).changes;
        let paths: Vec<_> = paths
            .iter()
            .map(|change| change.path().to_string())
            .collect();
        assert_eq!(paths, [FILE]);
    }

    #[test]
    fn a_guest_without_systemd_gets_no_file_that_it_did_not_have() {
        assert_eq!(rendered(&Files::default()), Part::default());
    }

    #[test]
    fn a_sealed_master_gets_an_id_and_loses_its_first_boot_by_name() {
        for (place, told) in [
            (None, vec!["machine-id-first-boot"]),
            (Some(file("uninitialized\n")), vec!["machine-id-first-boot"]),
            (Some(file("")), vec![]),
        ] {
            let places: Vec<_> = place.map(|place| (FILE, place)).into_iter().collect();
            let part = rendered(&guest(&places));
            let codes: Vec<_> = part.told.iter().map(|told| told.code).collect();
            assert_eq!(codes, told);
            let Change::Write { content, new, .. } = &part.changes[0] else {
                panic!("{part:?}");
            };
            assert_eq!(content, format!("{NEW}\n").as_bytes());
            assert_eq!(*new, Owner::root(0o444));
        }
    }

    #[test]
    fn a_link_into_run_is_refused() {
        let files = guest(&[(FILE, link("/run/machine-id", None))]);
        let flaw = render(&MachineIdWish::New, &NEW.parse().unwrap(), &files).unwrap_err();
        assert_eq!(flaw.code(), "identity-place-link");
    }

    #[test]
    fn the_masters_id_stays_where_that_is_wanted_and_a_given_one_is_written() {
        let files = guest(&[(FILE, file(&format!("{OLD}\n")))]);
        let made = NEW.parse().unwrap();
        let kept = render(&MachineIdWish::Keep, &made, &files).unwrap();
        assert_eq!(kept, Part::default());
        let wish = MachineIdWish::Is("11111111111111111111111111111111".parse().unwrap());
        let given = render(&wish, &made, &files).unwrap();
        let expected = b"11111111111111111111111111111111\n";
        assert!(matches!(&given.changes[..],
            [Change::Write { content, .. }] if content == expected));
    }

    #[test]
    fn boot_entries_by_the_old_id_are_told_unless_a_token_names_them() {
        let entry = format!("/boot/loader/entries/{OLD}-6.1.0.conf");
        let mut files = guest(&[
            (FILE, file(&format!("{OLD}\n"))),
            (entry.as_str(), file("")),
        ]);
        let codes = |files: &Files| -> Vec<_> {
            rendered(files).told.iter().map(|told| told.code).collect()
        };
        assert_eq!(codes(&files), ["machine-id-boot-entries"]);
        files.insert(ENTRY_TOKEN.parse().unwrap(), file("fedora"));
        assert!(codes(&files).is_empty());
    }
}
