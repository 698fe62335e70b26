//! `lstat`, `read`, `read_link`, `read_dir`.

use super::trial::{DIRECTORY, FILE, Trial, Verdict, at, equals, refuses, sentences};
use crate::guest::{FileKind, GuestError};
use crate::path::GuestPath;

sentences![
    the_root_is_a_directory,
    nothing_is_not_found_by_any_read,
    a_file_on_the_way_is_not_a_directory,
    no_link_on_the_way_is_followed,
    no_last_link_is_followed,
    a_read_takes_a_file_of_exactly_its_limit,
    a_file_past_the_limit_is_not_read,
    the_start_of_a_file_is_as_long_as_asked_or_as_the_file,
    the_start_of_a_huge_file_is_read,
    a_read_of_another_kind_names_both_kinds,
    a_directory_is_listed_by_name_in_byte_order,
    many_entries_are_all_listed,
];

fn the_root_is_a_directory(trial: &mut Trial<'_>) -> Verdict {
    let root = GuestPath::root();
    equals!(trial.guest.lstat(&root)?.kind, FileKind::Directory);
    let names = trial.names(&root)?;
    equals!(names.contains(&b"conformance".to_vec()), true);
    equals!(names.contains(&b".".to_vec()), false);
    equals!(names.contains(&b"..".to_vec()), false);
    refuses!(trial.guest.read_link(&root), GuestError::WrongKind { .. });
    Ok(())
}

fn nothing_is_not_found_by_any_read(trial: &mut Trial<'_>) -> Verdict {
    for path in [at("nothing"), at("nothing/below")] {
        refuses!(trial.guest.lstat(&path), GuestError::NotFound(_));
        refuses!(trial.guest.read(&path, 1), GuestError::NotFound(_));
        refuses!(trial.guest.read_start(&path, 1), GuestError::NotFound(_));
        refuses!(trial.guest.read_link(&path), GuestError::NotFound(_));
        refuses!(trial.guest.read_dir(&path), GuestError::NotFound(_));
    }
    Ok(())
}

fn a_file_on_the_way_is_not_a_directory(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), b"", FILE)?;
    let below = at("file/below");
    refuses!(trial.guest.lstat(&below), GuestError::NotADirectory(_));
    refuses!(trial.guest.read(&below, 1), GuestError::NotADirectory(_));
    refuses!(trial.guest.read_link(&below), GuestError::NotADirectory(_));
    refuses!(trial.guest.read_dir(&below), GuestError::NotADirectory(_));
    let deep = at("file/below/deeper");
    refuses!(trial.guest.lstat(&deep), GuestError::NotADirectory(_));
    Ok(())
}

fn no_link_on_the_way_is_followed(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.write(&at("directory/file"), b"kept", FILE)?;
    trial.guest.symlink(&at("link"), b"directory")?;
    let through = at("link/file");
    refuses!(trial.guest.lstat(&through), GuestError::NotADirectory(_));
    refuses!(trial.guest.read(&through, 9), GuestError::NotADirectory(_));
    refuses!(
        trial.guest.read_link(&through),
        GuestError::NotADirectory(_)
    );
    refuses!(trial.guest.read_dir(&through), GuestError::NotADirectory(_));
    Ok(())
}

fn no_last_link_is_followed(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.symlink(&at("link"), b"directory")?;
    equals!(trial.guest.lstat(&at("link"))?.kind, FileKind::Symlink);
    refuses!(
        trial.guest.read_dir(&at("link")),
        GuestError::WrongKind {
            found: FileKind::Symlink,
            wanted: FileKind::Directory,
            ..
        }
    );
    Ok(())
}

fn a_read_takes_a_file_of_exactly_its_limit(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("empty"), b"", FILE)?;
    trial.guest.write(&at("five"), b"\x00\xff\r\n5", FILE)?;
    equals!(trial.guest.read(&at("empty"), 0)?, b"");
    equals!(trial.guest.read(&at("five"), 5)?, b"\x00\xff\r\n5");
    equals!(trial.guest.read(&at("five"), u64::MAX)?, b"\x00\xff\r\n5");
    equals!(trial.guest.lstat(&at("five"))?.size, 5);
    Ok(())
}

fn a_file_past_the_limit_is_not_read(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("five"), b"12345", FILE)?;
    refuses!(
        trial.guest.read(&at("five"), 4),
        GuestError::TooLarge {
            size: 5,
            limit: 4,
            ..
        }
    );
    refuses!(
        trial.guest.read(&at("five"), 0),
        GuestError::TooLarge { .. }
    );
    Ok(())
}

fn the_start_of_a_file_is_as_long_as_asked_or_as_the_file(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("empty"), b"", FILE)?;
    trial.guest.write(&at("five"), b"12345", FILE)?;
    equals!(trial.guest.read_start(&at("empty"), 4)?, b"");
    equals!(trial.guest.read_start(&at("five"), 0)?, b"");
    equals!(trial.guest.read_start(&at("five"), 4)?, b"1234");
    equals!(trial.guest.read_start(&at("five"), 5)?, b"12345");
    equals!(trial.guest.read_start(&at("five"), 1 << 16)?, b"12345");
    let long: Vec<u8> = (0..200_000_u32).map(|number| number as u8).collect();
    trial.guest.write(&at("long"), &long, FILE)?;
    equals!(
        trial.guest.read_start(&at("long"), 65_537)?,
        &long[..65_537]
    );
    trial.guest.symlink(&at("link"), b"five")?;
    refuses!(
        trial.guest.read_start(&at("link"), 1),
        GuestError::WrongKind {
            found: FileKind::Symlink,
            wanted: FileKind::File,
            ..
        }
    );
    refuses!(
        trial.guest.read_start(&at(""), 1),
        GuestError::WrongKind { .. }
    );
    for (special, kind) in trial.specials {
        let refused = trial.guest.read_start(special, 1);
        equals!(
            matches!(&refused, Err(GuestError::WrongKind { found, .. }) if found == kind),
            true
        );
    }
    Ok(())
}

fn the_start_of_a_huge_file_is_read(trial: &mut Trial<'_>) -> Verdict {
    if let Some(huge) = trial.huge {
        equals!(trial.guest.read_start(huge, 1 << 16)?, vec![0; 1 << 16]);
    }
    Ok(())
}

fn a_read_of_another_kind_names_both_kinds(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), b"", FILE)?;
    trial.guest.symlink(&at("link"), b"file")?;
    refuses!(
        trial.guest.read(&at(""), 9),
        GuestError::WrongKind {
            found: FileKind::Directory,
            wanted: FileKind::File,
            ..
        }
    );
    refuses!(
        trial.guest.read(&at("link"), 9),
        GuestError::WrongKind {
            found: FileKind::Symlink,
            wanted: FileKind::File,
            ..
        }
    );
    refuses!(
        trial.guest.read_link(&at("file")),
        GuestError::WrongKind {
            found: FileKind::File,
            wanted: FileKind::Symlink,
            ..
        }
    );
    refuses!(
        trial.guest.read_dir(&at("file")),
        GuestError::WrongKind {
            found: FileKind::File,
            wanted: FileKind::Directory,
            ..
        }
    );
    Ok(())
}

fn a_directory_is_listed_by_name_in_byte_order(trial: &mut Trial<'_>) -> Verdict {
    equals!(trial.names(&at(""))?, Vec::<Vec<u8>>::new());
    for name in ["b", "a", "B", "a b", ".hidden", "ä", "a.b", "10", "9"] {
        trial.guest.write(&at(name), b"", FILE)?;
    }
    let wanted = [".hidden", "10", "9", "B", "a", "a b", "a.b", "b", "ä"];
    equals!(trial.names(&at(""))?, wanted.map(|n| n.as_bytes().to_vec()));
    Ok(())
}

fn many_entries_are_all_listed(trial: &mut Trial<'_>) -> Verdict {
    let name = |number: usize| format!("{number:04}-{}", "x".repeat(70));
    for number in (0..300).rev() {
        trial.guest.write(&at(&name(number)), b"", FILE)?;
    }
    let wanted: Vec<_> = (0..300).map(|number| name(number).into_bytes()).collect();
    equals!(trial.names(&at(""))?, wanted);
    for number in 0..300 {
        equals!(trial.guest.lstat(&at(&name(number)))?.kind, FileKind::File);
    }
    for number in 0..300 {
        trial.guest.remove(&at(&name(number)))?;
    }
    equals!(trial.names(&at(""))?, Vec::<Vec<u8>>::new());
    Ok(())
}
