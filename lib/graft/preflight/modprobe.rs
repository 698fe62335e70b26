//! modprobe.d(5), as far as it bars the NFS client.

use std::collections::BTreeMap;

use crate::guest::GuestError;
use crate::guest::facts::Probe;
use crate::path::{GuestPath, escape};

/// Bytes of a file that are read.
const FILE_MAX: u64 = 1 << 18;
/// Files that are read.
const FILES: usize = 256;
/// A file in an earlier folder replaces the one of its name in a later one.
const FOLDERS: [&str; 4] = [
    "/etc/modprobe.d",
    "/usr/local/lib/modprobe.d",
    "/usr/lib/modprobe.d",
    "/lib/modprobe.d",
];
/// Characters of a line that a message shows.
const SHOWN: usize = 100;

/// A line that keeps a module from being loaded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Bar {
    pub(super) file: GuestPath,
    /// The line, escaped.
    pub(super) line: String,
}

/// Reads the lines that keep the NFS client from being loaded, which needs `protocol` beside `nfs`.
/// `etc` is the names in `/etc`.
pub(super) fn read(
    probe: &mut Probe<'_>,
    protocol: Option<&str>,
    etc: &[Vec<u8>],
    merged_usr: bool,
) -> Result<Option<Bar>, GuestError> {
    let mut files: BTreeMap<Vec<u8>, GuestPath> = BTreeMap::new();
    let mut listed = Vec::new();
    let is_there = |name: &[u8]| etc.iter().any(|known| known == name);
    for folder in FOLDERS {
        let is_missing = folder == FOLDERS[0] && !is_there(b"modprobe.d");
        if is_missing || (merged_usr && folder == FOLDERS[3]) {
            continue;
        }
        let Some((path, names)) = probe.directory(folder)? else {
            continue;
        };
        if listed.contains(&path) {
            continue;
        }
        for name in names.into_iter().filter(|name| name.ends_with(b".conf")) {
            if let Ok(file) = path.join(&name)
                && files.len() < FILES
            {
                files.entry(name).or_insert(file);
            }
        }
        listed.push(path);
    }
    if is_there(b"modprobe.conf")
        && let Ok(file) = GuestPath::new("/etc/modprobe.conf")
    {
        files.insert(b"/etc".to_vec(), file);
    }
    for file in files.into_values() {
        let Some(content) = probe.content_of_entry(&file, FILE_MAX)? else {
            continue;
        };
        if let Some(line) = barred(&content, protocol) {
            let line = escape(&line).chars().take(SHOWN).collect();
            return Ok(Some(Bar { file, line }));
        }
    }
    Ok(None)
}

/// The line that keeps the NFS client from being loaded.
///
/// The kernel asks for `fs-nfs`, an alias: `blacklist nfs` bars that (kmod's
/// `KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY`). It asks for `nfsv4` by its name, which `blacklist` does
/// not bar. An `install` line bars a module however it is asked for, as a dependency too.
fn barred(content: &[u8], protocol: Option<&str>) -> Option<Vec<u8>> {
    let needed = ["nfs", "sunrpc", "lockd", "grace"];
    let needs = |module: &str| needed.contains(&module) || Some(module) == protocol;
    for line in joined(content) {
        let words: Vec<&[u8]> = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .collect();
        let [directive, module, rest @ ..] = &words[..] else {
            continue;
        };
        let module = String::from_utf8_lossy(module).replace('-', "_");
        let bars = match *directive {
            b"install" => (needs(&module) || module == "fs_nfs") && !loads(rest),
            b"blacklist" => module == "nfs",
            b"alias" => module == "fs_nfs" && rest.first().is_some_and(|to| *to != b"nfs"),
            _ => false,
        };
        if bars {
            return Some(words.join(&b' '));
        }
    }
    None
}

/// True where the command of an `install` line may load the module after all.
fn loads(command: &[&[u8]]) -> bool {
    command.iter().any(|word| {
        let has = |part: &[u8]| word.windows(part.len()).any(|window| window == part);
        has(b"modprobe") || has(b"insmod") || has(b"CMDLINE_OPTS") || has(b"kmod")
    })
}

/// Lines without comments; a backslash joins two.
fn joined(content: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    for piece in content.split(|byte| *byte == b'\n') {
        let piece = piece.trim_ascii();
        if let Some(begin) = piece.strip_suffix(b"\\") {
            line.extend_from_slice(begin);
            line.push(b' ');
            continue;
        }
        line.extend_from_slice(piece);
        let whole = std::mem::take(&mut line);
        if whole.first() != Some(&b'#') {
            lines.push(whole);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_bar_the_client_are_told_from_those_that_do_not() {
        for (text, wanted) in [
            ("install nfs /bin/false", true),
            ("install nfs /bin/true\n", true),
            ("install  sunrpc \\\n /bin/true", true),
            ("install nfsv4 /bin/false", true),
            ("install nfsv3 /bin/false", false),
            ("install fs-nfs /bin/false", true),
            ("blacklist nfs", true),
            ("blacklist nfsv4", false),
            ("blacklist nfsd", false),
            ("alias fs-nfs off", true),
            ("alias fs-nfs nfs", false),
            (
                "install nfs /sbin/modprobe --ignore-install nfs && sysctl -p",
                false,
            ),
            ("# install nfs /bin/false", false),
            ("options nfs nfs4_disable_idmapping=0", false),
            ("softdep nfs pre: x", false),
            ("install nfsd /bin/false", false),
        ] {
            let found = barred(text.as_bytes(), Some("nfsv4"));
            assert_eq!(found.is_some(), wanted, "{text}");
        }
    }
}
