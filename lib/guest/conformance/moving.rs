//! `rename` and `remove`.

use super::trial::{DIRECTORY, FILE, Trial, Verdict, at, equals, refuses, sentences};
use crate::guest::{Attributes, GuestError};
use crate::path::GuestPath;

sentences![
    a_renamed_file_is_the_same_under_its_new_name,
    a_renamed_link_keeps_its_target,
    a_renamed_directory_takes_all_below_along,
    a_rename_there_and_back_leaves_no_trace,
    no_rename_replaces_anything,
    a_rename_of_nothing_or_into_nothing_is_not_found,
    no_rename_goes_through_a_link,
    a_directory_is_not_renamed_to_below_itself,
    a_removed_path_is_gone_and_free_again,
    only_the_link_is_removed,
    a_directory_with_entries_is_not_removed,
    a_removal_of_nothing_is_not_found,
    the_root_is_neither_renamed_nor_removed,
];

fn a_renamed_file_is_the_same_under_its_new_name(trial: &mut Trial<'_>) -> Verdict {
    let owned = Attributes {
        mode: 0o6751,
        uid: 3,
        gid: 4,
    };
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.write(&at("file"), b"content", owned)?;
    let before = trial.state(&at("file"))?;
    for (from, to) in [("file", "renamed"), ("renamed", "directory/moved")] {
        trial.guest.rename(&at(from), &at(to))?;
        equals!(trial.state(&at(from))?, None);
        equals!(trial.state(&at(to))?, before);
    }
    equals!(trial.names(&at(""))?, vec![b"directory".to_vec()]);
    Ok(())
}

fn a_renamed_link_keeps_its_target(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), b"kept", FILE)?;
    for target in ["file".to_owned(), "nowhere".to_owned(), "x".repeat(200)] {
        trial.guest.symlink(&at("link"), target.as_bytes())?;
        trial.guest.rename(&at("link"), &at("moved"))?;
        equals!(trial.guest.read_link(&at("moved"))?, target.as_bytes());
        equals!(trial.state(&at("link"))?, None);
        trial.guest.remove(&at("moved"))?;
    }
    equals!(trial.guest.read(&at("file"), 4)?, b"kept");
    Ok(())
}

fn a_renamed_directory_takes_all_below_along(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("from"), DIRECTORY)?;
    trial.guest.mkdir(&at("to"), DIRECTORY)?;
    trial.guest.mkdir(&at("from/modules"), DIRECTORY)?;
    trial.guest.mkdir(&at("from/modules/6.1.0"), DIRECTORY)?;
    trial
        .guest
        .write(&at("from/modules/6.1.0/file"), b"deep", FILE)?;
    let moved = trial.state(&at("from/modules"))?;
    let from = trial.guest.lstat(&at("from"))?.links;
    let to = trial.guest.lstat(&at("to"))?.links;

    trial.guest.rename(&at("from/modules"), &at("to/modules"))?;
    equals!(trial.state(&at("to/modules"))?, moved);
    equals!(trial.guest.read(&at("to/modules/6.1.0/file"), 4)?, b"deep");
    equals!(trial.state(&at("from/modules"))?, None);
    equals!(trial.names(&at("from"))?, Vec::<Vec<u8>>::new());
    // Where directories' links are counted, one has moved from the one to the other.
    let step = u64::from(from != 1);
    equals!(trial.guest.lstat(&at("from"))?.links, from - step);
    equals!(trial.guest.lstat(&at("to"))?.links, to + step);
    trial.guest.remove(&at("from"))?;
    Ok(())
}

fn a_rename_there_and_back_leaves_no_trace(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("a"), DIRECTORY)?;
    trial.guest.mkdir(&at("b"), DIRECTORY)?;
    trial.guest.mkdir(&at("a/directory"), DIRECTORY)?;
    trial.guest.write(&at("a/directory/file"), b"x", FILE)?;
    let paths = [at("a"), at("b"), at("a/directory"), at("a/directory/file")];
    let mut before = Vec::new();
    for path in &paths {
        before.push(trial.state(path)?);
    }
    trial.guest.rename(&at("a/directory"), &at("b/other"))?;
    trial.guest.rename(&at("b/other"), &at("a/directory"))?;
    for (path, before) in paths.iter().zip(before) {
        equals!(trial.state(path)?, before);
    }
    Ok(())
}

fn no_rename_replaces_anything(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), b"kept", FILE)?;
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.symlink(&at("dangling"), b"nowhere")?;
    let paths = [at("file"), at("directory"), at("dangling")];
    for from in &paths {
        for to in &paths {
            let before = (trial.state(from)?, trial.state(to)?);
            refuses!(trial.guest.rename(from, to), GuestError::Exists(_));
            equals!((trial.state(from)?, trial.state(to)?), before);
        }
    }
    Ok(())
}

fn a_rename_of_nothing_or_into_nothing_is_not_found(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), b"kept", FILE)?;
    let (file, nothing) = (at("file"), at("nothing"));
    refuses!(
        trial.guest.rename(&nothing, &at("new")),
        GuestError::NotFound(_)
    );
    refuses!(
        trial.guest.rename(&nothing, &file),
        GuestError::NotFound(_) | GuestError::Exists(_)
    );
    refuses!(
        trial.guest.rename(&file, &at("nothing/new")),
        GuestError::NotFound(_)
    );
    equals!(trial.guest.read(&file, 4)?, b"kept");
    equals!(trial.names(&at(""))?, vec![b"file".to_vec()]);
    Ok(())
}

fn no_rename_goes_through_a_link(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.write(&at("directory/file"), b"kept", FILE)?;
    trial.guest.symlink(&at("link"), b"directory")?;
    refuses!(
        trial.guest.rename(&at("link/file"), &at("stolen")),
        GuestError::NotADirectory(_)
    );
    refuses!(
        trial.guest.rename(&at("directory/file"), &at("link/new")),
        GuestError::NotADirectory(_)
    );
    refuses!(
        trial.guest.rename(&at("link"), &at("directory/file/new")),
        GuestError::NotADirectory(_)
    );
    equals!(trial.guest.read(&at("directory/file"), 4)?, b"kept");
    equals!(trial.names(&at("directory"))?, vec![b"file".to_vec()]);
    Ok(())
}

fn a_directory_is_not_renamed_to_below_itself(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.mkdir(&at("directory/below"), DIRECTORY)?;
    trial.guest.mkdir(&at("directory-2"), DIRECTORY)?;
    for to in ["directory/new", "directory/below/new"] {
        refuses!(trial.guest.rename(&at("directory"), &at(to)));
        equals!(trial.names(&at("directory"))?, vec![b"below".to_vec()]);
    }
    trial
        .guest
        .rename(&at("directory"), &at("directory-2/new"))?;
    equals!(
        trial.names(&at("directory-2/new"))?,
        vec![b"below".to_vec()]
    );
    Ok(())
}

fn a_removed_path_is_gone_and_free_again(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), &[7; 20_000], FILE)?;
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.symlink(&at("short"), b"x")?;
    trial.guest.symlink(&at("long"), &[b'x'; 200])?;
    for path in [at("file"), at("directory"), at("short"), at("long")] {
        trial.guest.remove(&path)?;
        equals!(trial.state(&path)?, None);
        trial.guest.mkdir(&path, DIRECTORY)?;
    }
    Ok(())
}

fn only_the_link_is_removed(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.write(&at("directory/file"), b"kept", FILE)?;
    trial.guest.symlink(&at("link"), b"directory")?;
    refuses!(
        trial.guest.remove(&at("link/file")),
        GuestError::NotADirectory(_)
    );
    trial.guest.remove(&at("link"))?;
    equals!(trial.guest.read(&at("directory/file"), 4)?, b"kept");
    Ok(())
}

fn a_directory_with_entries_is_not_removed(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.symlink(&at("directory/link"), b"nowhere")?;
    refuses!(
        trial.guest.remove(&at("directory")),
        GuestError::NotEmpty(_)
    );
    equals!(trial.names(&at("directory"))?, vec![b"link".to_vec()]);
    trial.guest.remove(&at("directory/link"))?;
    trial.guest.remove(&at("directory"))?;
    Ok(())
}

fn a_removal_of_nothing_is_not_found(trial: &mut Trial<'_>) -> Verdict {
    refuses!(trial.guest.remove(&at("nothing")), GuestError::NotFound(_));
    refuses!(
        trial.guest.remove(&at("nothing/below")),
        GuestError::NotFound(_)
    );
    Ok(())
}

fn the_root_is_neither_renamed_nor_removed(trial: &mut Trial<'_>) -> Verdict {
    let root = GuestPath::root();
    refuses!(trial.guest.remove(&root));
    refuses!(trial.guest.rename(&root, &at("root")));
    refuses!(trial.guest.rename(&at(""), &root), GuestError::Exists(_));
    equals!(trial.names(&at(""))?, Vec::<Vec<u8>>::new());
    Ok(())
}
