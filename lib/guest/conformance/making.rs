//! `mkdir`, `symlink`, and the names that new things take.

use super::trial::{DIRECTORY, FILE, Trial, Verdict, at, equals, refuses, sentences};
use crate::guest::{Attributes, FileKind, GuestError};
use crate::path::GuestPath;

sentences![
    a_new_directory_has_the_mode_and_owner_asked_for,
    a_set_gid_directory_lends_nothing_to_what_is_made_in_it,
    a_directory_counts_its_directories,
    a_link_keeps_its_target_byte_for_byte,
    a_link_is_owned_by_root,
    nothing_is_made_over_what_is_there,
    nothing_is_made_without_a_parent,
    nothing_is_made_through_a_link,
    the_longest_name_is_taken,
    a_name_that_is_not_utf8_is_taken_or_refused_whole,
    what_is_made_lies_on_its_directorys_file_system,
    what_is_made_has_its_directorys_label,
    a_label_is_read_as_it_was_set,
];

fn a_new_directory_has_the_mode_and_owner_asked_for(trial: &mut Trial<'_>) -> Verdict {
    for (name, mode) in [("plain", 0o755), ("none", 0), ("all", 0o7777)] {
        let new = Attributes {
            mode,
            uid: 70_000,
            gid: 4_000_000_000,
        };
        trial.guest.mkdir(&at(name), new)?;
        let made = trial.guest.lstat(&at(name))?;
        equals!(made.kind, FileKind::Directory);
        equals!((made.mode, made.uid, made.gid), (mode, new.uid, new.gid));
        equals!(made.immutable, false);
        equals!(trial.names(&at(name))?, Vec::<Vec<u8>>::new());
    }
    Ok(())
}

fn a_set_gid_directory_lends_nothing_to_what_is_made_in_it(trial: &mut Trial<'_>) -> Verdict {
    let shared = Attributes {
        mode: 0o2775,
        uid: 0,
        gid: 50,
    };
    trial.guest.mkdir(&at("shared"), shared)?;
    trial.guest.mkdir(&at("shared/directory"), DIRECTORY)?;
    trial.guest.write(&at("shared/file"), b"", FILE)?;
    let directory = trial.guest.lstat(&at("shared/directory"))?;
    equals!((directory.mode, directory.gid), (0o755, 0));
    equals!(trial.guest.lstat(&at("shared/file"))?.gid, 0);
    Ok(())
}

fn what_is_made_has_its_directorys_label(trial: &mut Trial<'_>) -> Verdict {
    const OF_ETC: &[u8] = b"system_u:object_r:etc_t:s0\0";
    trial.guest.mkdir(&at("labelled"), DIRECTORY)?;
    // A file system may have no extended attributes.
    match trial.guest.set_label(&at("labelled"), OF_ETC) {
        Err(GuestError::Unsupported { .. }) => return Ok(()),
        set => set?,
    }
    trial.guest.mkdir(&at("labelled/directory"), DIRECTORY)?;
    trial.guest.write(&at("labelled/file"), b"", FILE)?;
    trial.guest.symlink(&at("labelled/link"), b"file")?;
    for name in ["directory", "file", "link"] {
        let label = trial.guest.label(&at(&format!("labelled/{name}")))?;
        equals!(label.as_deref(), Some(OF_ETC));
    }
    Ok(())
}

fn a_label_is_read_as_it_was_set(trial: &mut Trial<'_>) -> Verdict {
    let (first, second) = (b"system_u:object_r:sshd_key_t:s0", b"a:b:c:s0\0");
    trial.guest.write(&at("key"), b"secret", FILE)?;
    match trial.guest.set_label(&at("key"), first) {
        Err(GuestError::Unsupported { .. }) => return Ok(()),
        set => set?,
    }
    equals!(trial.guest.label(&at("key"))?, Some(first.to_vec()));
    trial.guest.set_label(&at("key"), second)?;
    equals!(trial.guest.label(&at("key"))?, Some(second.to_vec()));
    // A new content leaves it.
    trial.guest.write(&at("key"), b"other", FILE)?;
    equals!(trial.guest.label(&at("key"))?, Some(second.to_vec()));
    refuses!(
        trial.guest.set_label(&at("key"), b"a\0b"),
        GuestError::Unsupported { .. }
    );
    refuses!(
        trial.guest.set_label(&at("none"), first),
        GuestError::NotFound(_)
    );
    Ok(())
}

fn a_directory_counts_its_directories(trial: &mut Trial<'_>) -> Verdict {
    // Some file systems (btrfs) count no directory's links and always say 1.
    let counted = trial.guest.lstat(&at(""))?.links != 1;
    let links = |extra: u64| if counted { 2 + extra } else { 1 };
    equals!(trial.guest.lstat(&at(""))?.links, links(0));
    trial.guest.mkdir(&at("one"), DIRECTORY)?;
    trial.guest.mkdir(&at("two"), DIRECTORY)?;
    trial.guest.write(&at("file"), b"", FILE)?;
    trial.guest.symlink(&at("link"), b"one")?;
    equals!(trial.guest.lstat(&at(""))?.links, links(2));
    equals!(trial.guest.lstat(&at("one"))?.links, links(0));
    trial.guest.remove(&at("one"))?;
    equals!(trial.guest.lstat(&at(""))?.links, links(1));
    equals!(trial.guest.lstat(&at("file"))?.links, 1);
    equals!(trial.guest.lstat(&at("link"))?.links, 1);
    Ok(())
}

fn a_link_keeps_its_target_byte_for_byte(trial: &mut Trial<'_>) -> Verdict {
    // ext4 keeps targets below 60 bytes in the inode and longer ones in a block.
    let long = [1, 59, 60, 61, 255, 1000].map(|length| "x".repeat(length));
    let plain = ["/", "..", "a/", "//a//./b", "/shared/lib/modules", "a b\t#"];
    let targets = plain.into_iter().chain(long.iter().map(String::as_str));
    for (number, target) in targets.enumerate() {
        let link = at(&number.to_string());
        trial.guest.symlink(&link, target.as_bytes())?;
        equals!(trial.guest.read_link(&link)?, target.as_bytes());
        equals!(trial.guest.lstat(&link)?.size, target.len() as u64);
    }
    Ok(())
}

fn a_link_is_owned_by_root(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.symlink(&at("link"), b"nowhere")?;
    let link = trial.guest.lstat(&at("link"))?;
    equals!(link.kind, FileKind::Symlink);
    equals!((link.mode, link.uid, link.gid), (0o777, 0, 0));
    Ok(())
}

fn nothing_is_made_over_what_is_there(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.write(&at("file"), b"kept", FILE)?;
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.symlink(&at("dangling"), b"nowhere")?;
    for path in [at("file"), at("directory"), at("dangling")] {
        let before = trial.state(&path)?;
        refuses!(trial.guest.mkdir(&path, DIRECTORY), GuestError::Exists(_));
        refuses!(trial.guest.symlink(&path, b"x"), GuestError::Exists(_));
        equals!(trial.state(&path)?, before);
    }
    equals!(trial.state(&at("nowhere"))?, None);
    let root = GuestPath::root();
    refuses!(trial.guest.mkdir(&root, DIRECTORY), GuestError::Exists(_));
    refuses!(trial.guest.symlink(&root, b"x"), GuestError::Exists(_));
    Ok(())
}

fn nothing_is_made_without_a_parent(trial: &mut Trial<'_>) -> Verdict {
    let orphan = at("nothing/below");
    refuses!(
        trial.guest.mkdir(&orphan, DIRECTORY),
        GuestError::NotFound(_)
    );
    refuses!(trial.guest.symlink(&orphan, b"x"), GuestError::NotFound(_));
    refuses!(
        trial.guest.write(&orphan, b"", FILE),
        GuestError::NotFound(_)
    );
    equals!(trial.state(&at("nothing"))?, None);
    Ok(())
}

fn nothing_is_made_through_a_link(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.symlink(&at("link"), b"directory")?;
    trial.guest.write(&at("file"), b"", FILE)?;
    for below in [at("link/new"), at("file/new")] {
        refuses!(
            trial.guest.mkdir(&below, DIRECTORY),
            GuestError::NotADirectory(_)
        );
        refuses!(
            trial.guest.symlink(&below, b"x"),
            GuestError::NotADirectory(_)
        );
        refuses!(
            trial.guest.write(&below, b"", FILE),
            GuestError::NotADirectory(_)
        );
    }
    equals!(trial.names(&at("directory"))?, Vec::<Vec<u8>>::new());
    Ok(())
}

fn the_longest_name_is_taken(trial: &mut Trial<'_>) -> Verdict {
    let longest = "n".repeat(255);
    trial.guest.write(&at(&longest), b"content", FILE)?;
    equals!(trial.guest.read(&at(&longest), 7)?, b"content");
    equals!(trial.names(&at(""))?, vec![longest.into_bytes()]);
    Ok(())
}

fn a_name_that_is_not_utf8_is_taken_or_refused_whole(trial: &mut Trial<'_>) -> Verdict {
    let name = b"\xff\xfe\n".to_vec();
    let path = at(r"\xff\xfe\x0a");
    match trial.guest.write(&path, b"content", FILE) {
        Err(GuestError::Unsupported { .. }) => {
            equals!(trial.names(&at(""))?, Vec::<Vec<u8>>::new());
        }
        written => {
            written?;
            equals!(trial.names(&at(""))?, vec![name]);
            equals!(trial.guest.read(&path, 7)?, b"content");
        }
    }
    Ok(())
}

fn what_is_made_lies_on_its_directorys_file_system(trial: &mut Trial<'_>) -> Verdict {
    trial.guest.mkdir(&at("directory"), DIRECTORY)?;
    trial.guest.write(&at("directory/file"), b"", FILE)?;
    trial.guest.symlink(&at("link"), b"x")?;
    let filesystem = trial.guest.lstat(&at(""))?.filesystem;
    for path in [at("directory"), at("directory/file"), at("link")] {
        equals!(trial.guest.lstat(&path)?.filesystem, filesystem);
    }
    Ok(())
}
