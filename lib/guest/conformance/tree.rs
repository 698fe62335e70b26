//! `entries`, `read_at`, `data`.

use super::trial::{DIRECTORY, FILE, Trial, Verdict, at, equals, refuses, sentences};
use crate::guest::{Attributes, FileKind, GuestError, MAX_READ, Time, TreeEntry};
use crate::path::GuestPath;

sentences![
    entries_have_what_single_calls_tell,
    entries_after_a_name_are_those_behind_it,
    entries_of_what_is_no_directory_are_refused,
    the_names_of_one_file_have_one_inode,
    special_files_are_told_by_their_kind,
    a_part_of_a_file_is_read_from_any_place,
    a_part_of_a_huge_file_is_read,
    the_data_of_a_file_covers_its_content,
    parts_and_data_are_those_of_files_alone,
];

fn all(trial: &mut Trial<'_>, path: &GuestPath) -> Result<Vec<TreeEntry>, GuestError> {
    let mut found: Vec<TreeEntry> = Vec::new();
    loop {
        let after = found.last().map(|entry| entry.name.clone());
        let page = trial.guest.entries(path, after.as_deref())?;
        let is_last = page.is_last || page.entries.is_empty();
        found.extend(page.entries);
        if is_last {
            return Ok(found);
        }
    }
}

fn entries_have_what_single_calls_tell(trial: &mut Trial<'_>) -> Verdict {
    equals!(all(trial, &at(""))?, Vec::<TreeEntry>::new());
    let time = Time {
        seconds: 1_700_000_000,
        nanoseconds: 0,
    };
    let owned = Attributes {
        mode: 0o4751,
        uid: 7,
        gid: 70_000,
    };
    trial.guest.write(&at("b"), b"12345", owned)?;
    trial.guest.set_modified(&at("b"), time)?;
    trial.guest.mkdir(&at("a"), DIRECTORY)?;
    trial.guest.symlink(&at("c"), b"../nowhere")?;
    let label = b"system_u:object_r:modules_object_t:s0\0";
    let has_labels = trial.guest.set_label(&at("b"), label).is_ok();
    let found = all(trial, &at(""))?;
    let names: Vec<_> = found.iter().map(|entry| entry.name.clone()).collect();
    equals!(names, [b"a".to_vec(), b"b".to_vec(), b"c".to_vec()]);
    for entry in &found {
        let path = at(std::str::from_utf8(&entry.name).unwrap_or_default());
        equals!(entry.metadata, trial.guest.lstat(&path)?);
        equals!(entry.modified, trial.guest.modified(&path)?);
    }
    equals!(found[1].modified, time);
    equals!(found[1].metadata.size, 5);
    equals!(found[2].target, Some(b"../nowhere".to_vec()));
    equals!(found[1].target, None);
    let labels: Vec<_> = found[1]
        .xattrs
        .iter()
        .map(|(_, value)| value.clone())
        .collect();
    equals!(labels.contains(&label.to_vec()), has_labels);
    let inodes: std::collections::BTreeSet<u64> = found.iter().map(|entry| entry.inode).collect();
    equals!(inodes.len(), 3);
    Ok(())
}

fn entries_after_a_name_are_those_behind_it(trial: &mut Trial<'_>) -> Verdict {
    for name in ["a", "b", "b.c", "d", "ä"] {
        trial.guest.write(&at(name), b"", FILE)?;
    }
    for (after, wanted) in [
        ("", 5),
        ("a", 4),
        ("b", 3),
        ("b.", 3),
        ("c", 2),
        ("d", 1),
        ("ä", 0),
        ("zzz", 1),
    ] {
        let page = trial.guest.entries(&at(""), Some(after.as_bytes()))?;
        equals!((page.entries.len(), page.is_last), (wanted, true));
    }
    Ok(())
}

fn entries_of_what_is_no_directory_are_refused(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), b"", FILE)?;
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.symlink(&at("link"), b"directory")?;
    refuses!(
        trial.guest.entries(&at("file"), None),
        GuestError::WrongKind {
            found: FileKind::File,
            wanted: FileKind::Directory,
            ..
        }
    );
    refuses!(
        trial.guest.entries(&at("link"), None),
        GuestError::WrongKind {
            found: FileKind::Symlink,
            ..
        }
    );
    refuses!(
        trial.guest.entries(&at("nothing"), None),
        GuestError::NotFound(_)
    );
    refuses!(
        trial.guest.entries(&at("file/below"), None),
        GuestError::NotADirectory(_)
    );
    Ok(())
}

fn the_names_of_one_file_have_one_inode(trial: &mut Trial<'_>) -> Verdict {
    let Some((first, second)) = trial.hard_linked else {
        return Ok(());
    };
    let mut inodes = Vec::new();
    for path in [first, second] {
        let parent = path.parent().unwrap_or_else(GuestPath::root);
        let entries = all(trial, &parent)?;
        let entry = entries
            .into_iter()
            .find(|entry| Some(entry.name.as_slice()) == path.file_name());
        inodes.push(entry.map(|entry| (entry.metadata.filesystem, entry.inode)));
    }
    equals!(inodes[0].is_some(), true);
    equals!(inodes[0], inodes[1]);
    Ok(())
}

fn special_files_are_told_by_their_kind(trial: &mut Trial<'_>) -> Verdict {
    for (special, kind) in trial.specials {
        let parent = special.parent().unwrap_or_else(GuestPath::root);
        let entries = all(trial, &parent)?;
        let mut entries = entries.into_iter();
        let entry = entries.find(|entry| Some(entry.name.as_slice()) == special.file_name());
        equals!(entry.map(|entry| entry.metadata.kind), Some(*kind));
    }
    Ok(())
}

fn a_part_of_a_file_is_read_from_any_place(trial: &mut Trial<'_>) -> Verdict {
    let long: Vec<u8> = (0..200_000_u32)
        .map(|number| (number % 251) as u8)
        .collect();
    trial.guest.write(&at("long"), &long, FILE)?;
    for (offset, len) in [(0, 10), (4095, 4098), (65_537, 100_000), (0, 200_000)] {
        let end = offset + len;
        equals!(
            trial.guest.read_at(&at("long"), offset as u64, len)?,
            &long[offset..end]
        );
    }
    equals!(
        trial.guest.read_at(&at("long"), 199_990, MAX_READ)?,
        &long[199_990..]
    );
    equals!(trial.guest.read_at(&at("long"), 200_000, 9)?, b"");
    equals!(trial.guest.read_at(&at("long"), u64::MAX, 9)?, b"");
    equals!(trial.guest.read_at(&at("long"), 5, 0)?, b"");
    trial.guest.write(&at("empty"), b"", FILE)?;
    equals!(trial.guest.read_at(&at("empty"), 0, 9)?, b"");
    Ok(())
}

fn a_part_of_a_huge_file_is_read(trial: &mut Trial<'_>) -> Verdict {
    if let Some(huge) = trial.huge {
        let size = trial.guest.lstat(huge)?.size;
        equals!(trial.guest.read_at(huge, size - 10, 4096)?, vec![0; 10]);
        // A part is bounded, whatever is asked for.
        let most = trial.guest.read_at(huge, 1 << 32, usize::MAX)?.len();
        equals!(most <= MAX_READ, true);
        let data = trial.guest.data(huge)?;
        equals!(data.iter().all(|range| range.end <= size), true);
    }
    Ok(())
}

fn the_data_of_a_file_covers_its_content(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("long"), &[7; 200_001], FILE)?;
    trial.guest.write(&at("short"), b"7", FILE)?;
    trial.guest.write(&at("empty"), b"", FILE)?;
    equals!(
        trial.guest.data(&at("long"))?,
        std::iter::once(0..200_001).collect::<Vec<_>>()
    );
    equals!(
        trial.guest.data(&at("short"))?,
        std::iter::once(0..1).collect::<Vec<_>>()
    );
    equals!(trial.guest.data(&at("empty"))?, Vec::new());
    Ok(())
}

fn parts_and_data_are_those_of_files_alone(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.write(&at("file"), b"1", FILE)?;
    trial.guest.symlink(&at("link"), b"file")?;
    for name in ["directory", "link"] {
        refuses!(
            trial.guest.read_at(&at(name), 0, 1),
            GuestError::WrongKind {
                wanted: FileKind::File,
                ..
            }
        );
        refuses!(
            trial.guest.data(&at(name)),
            GuestError::WrongKind {
                wanted: FileKind::File,
                ..
            }
        );
    }
    refuses!(
        trial.guest.read_at(&at("nothing"), 0, 1),
        GuestError::NotFound(_)
    );
    refuses!(trial.guest.data(&at("nothing")), GuestError::NotFound(_));
    for (special, kind) in trial.specials {
        let refused = trial.guest.read_at(special, 0, 1);
        equals!(
            matches!(&refused, Err(GuestError::WrongKind { found, .. }) if found == kind),
            true
        );
    }
    Ok(())
}
