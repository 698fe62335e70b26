//! The name that a guest states.

use super::super::files::Files;
use super::super::lines::{Assignment, ending, lines};

/// The name's own file (hostname(5)).
pub(super) const FILE: &str = "/etc/hostname";
/// Files of a name alone. The second is SUSE's, in newer releases a link to the first.
pub(super) const NAME_FILES: [&str; 2] = [FILE, "/etc/HOSTNAME"];

/// OpenRC's configuration of the name.
pub(super) const OPENRC: &str = "/etc/conf.d/hostname";
/// Settings of the network in RHEL; on SUSE it is a folder.
pub(super) const SYSCONFIG: &str = "/etc/sysconfig/network";

/// The name that the guest's files state, as the first of its inits reads it.
pub(crate) fn stated(files: &Files) -> Option<Vec<u8>> {
    let of_file = |path: &&str| {
        let text = files.content(path)?;
        let line = lines(text).nth(name_line(text)?)?;
        Some(ending(line).0.trim_ascii().to_vec())
    };
    let of_key = |path, key: &[u8]| {
        let read = lines(files.content(path)?).filter_map(Assignment::read);
        let last = read
            .filter(|read| read.key.eq_ignore_ascii_case(key))
            .last()?;
        Some(last.value.to_vec()).filter(|value| !value.is_empty())
    };
    NAME_FILES
        .iter()
        .find_map(of_file)
        .or_else(|| of_key(OPENRC, b"hostname"))
        .or_else(|| of_key(SYSCONFIG, b"HOSTNAME"))
}

/// Number of the line that holds the name in a file of a name alone: the first that is neither empty
/// nor a comment.
pub(super) fn name_line(text: &[u8]) -> Option<usize> {
    lines(text).position(|line| {
        let body = ending(line).0.trim_ascii();
        !body.is_empty() && !body.starts_with(b"#")
    })
}
