//! modprobe.d(5), as far as it bars the NFS client or the driver of a network card.

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
    /// Its place.
    pub(super) at: String,
    /// The line, escaped.
    pub(super) line: String,
    /// True for a blacklist, which keeps udev from loading a driver for a device, and nobody else.
    pub(super) is_blacklist: bool,
}

/// Modules that are asked for, and the first line that bars each kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Bars {
    pub(super) client: Option<Bar>,
    /// The driver, and the line.
    pub(super) cards: Vec<(&'static str, Bar)>,
}

/// Modules of the client that are loaded by their names: an alias, and so a blacklist, is for `nfs` alone.
pub(super) const CLIENT: [&str; 4] = ["nfs", "sunrpc", "lockd", "grace"];

/// Reads the lines that keep the NFS client from being loaded, which needs `protocol` beside `nfs`, or one
/// of these drivers of network cards. `etc` is the names in `/etc`.
pub(super) fn read(
    probe: &mut Probe<'_>,
    protocol: Option<&str>,
    cards: &[&'static str],
    etc: &[Vec<u8>],
    merged_usr: bool,
) -> Result<Bars, GuestError> {
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
    let mut found = Bars::default();
    for file in files.into_values() {
        let Some(content) = probe.content_of_entry(&file, FILE_MAX)? else {
            continue;
        };
        let bar = |line: &[u8], is_blacklist| Bar {
            at: file.to_string(),
            line: escape(line).chars().take(SHOWN).collect(),
            is_blacklist,
        };
        if found.client.is_none()
            && let Some(line) = barred(&content, protocol)
        {
            found.client = Some(bar(&line, false));
        }
        for card in cards {
            if !found
                .cards
                .iter()
                .any(|(known, bar)| known == card && !bar.is_blacklist)
                && let Some((line, is_blacklist)) = bars_card(&content, card)
            {
                found.cards.retain(|(known, _)| known != card);
                found.cards.push((card, bar(&line, is_blacklist)));
            }
        }
    }
    Ok(found)
}

/// The line that keeps the NFS client from being loaded.
///
/// The kernel asks for `fs-nfs`, an alias: `blacklist nfs` bars that (kmod's
/// `KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY`). It asks for `nfsv4` by its name, which `blacklist` does
/// not bar. An `install` line bars a module however it is asked for, as a dependency too.
fn barred(content: &[u8], protocol: Option<&str>) -> Option<Vec<u8>> {
    let needs = |module: &str| CLIENT.contains(&module) || Some(module) == protocol;
    first_line(content, |directive, module, rest| match directive {
        b"install" => (needs(module) || module == "fs_nfs") && !loads(rest),
        b"blacklist" => module == "nfs",
        b"alias" => module == "fs_nfs" && rest.first().is_some_and(|to| *to != b"nfs"),
        _ => false,
    })
}

/// The line that keeps the driver of a network card from being loaded, and `true` where it is a blacklist.
fn bars_card(content: &[u8], card: &str) -> Option<(Vec<u8>, bool)> {
    let install = first_line(content, |directive, module, rest| {
        directive == b"install" && module == card && !loads(rest)
    });
    let blacklist = || {
        first_line(content, |directive, module, _| {
            directive == b"blacklist" && module == card
        })
    };
    install
        .map(|line| (line, false))
        .or_else(|| Some((blacklist()?, true)))
}

/// The first line that `bars`, given its directive, its module, and the words behind it.
fn first_line(content: &[u8], bars: impl Fn(&[u8], &str, &[&[u8]]) -> bool) -> Option<Vec<u8>> {
    for line in joined(content) {
        let words: Vec<&[u8]> = line
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .collect();
        let [directive, module, rest @ ..] = &words[..] else {
            continue;
        };
        let module = String::from_utf8_lossy(module).replace('-', "_");
        if bars(directive, &module, rest) {
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

    #[test]
    fn a_cards_driver_is_barred_by_an_install_line_before_a_blacklist() {
        let found = |text: &str| bars_card(text.as_bytes(), "virtio_net").map(|(_, is)| is);
        assert_eq!(found("install virtio-net /bin/false\n"), Some(false));
        assert_eq!(found("blacklist virtio_net\n"), Some(true));
        let both = "blacklist virtio_net\ninstall virtio_net /bin/true\n";
        assert_eq!(found(both), Some(false));
        assert_eq!(found("blacklist e1000\noptions virtio_net x=1\n"), None);
        assert_eq!(
            found("install virtio_net /sbin/modprobe -i virtio_net\n"),
            None
        );
    }
}
