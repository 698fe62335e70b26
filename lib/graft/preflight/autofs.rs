//! Maps of the guest's automounter that have the share's mount point (auto.master(5), autofs(5)).

use super::sought::Sought;
use super::verdict::Preflight;
use crate::guest::GuestError;
use crate::guest::facts::Probe;
use crate::path::{GuestPath, escape};

/// Bytes of a map that are read.
const MAP_MAX: u64 = 1 << 20;
/// Maps that are read.
const MAPS: usize = 64;
/// Places of the master map in the distributions.
const MASTERS: [&str; 2] = ["/etc/auto.master", "/etc/autofs/auto.master"];
const FOLDERS: [&str; 2] = ["/etc/auto.master.d", "/etc/autofs/auto.master.d"];

/// A map with a key, or a base, that meets the share.
#[derive(Clone, Debug)]
pub(super) struct Autofs {
    map: GuestPath,
    place: GuestPath,
}

/// Reads the maps. `etc` is the names in `/etc`.
pub(super) fn read(
    probe: &mut Probe<'_>,
    sought: &Sought<'_>,
    touched: &[GuestPath],
    etc: &[Vec<u8>],
) -> Result<Vec<Autofs>, GuestError> {
    let mut found = Vec::new();
    let is_there = |name: &[u8]| etc.iter().any(|known| known == name);
    if !is_there(b"auto.master") && !is_there(b"auto.master.d") && !is_there(b"autofs") {
        return Ok(found);
    }
    let mut masters = Vec::new();
    for path in MASTERS {
        masters.extend(probe.content(path, MAP_MAX)?);
    }
    for folder in FOLDERS {
        let Some((folder, names)) = probe.directory(folder)? else {
            continue;
        };
        let names = names.into_iter().filter(|name| name.ends_with(b".autofs"));
        for name in names.take(MAPS) {
            if let Ok(path) = folder.join(&name)
                && let Some(content) = probe.content_of_entry(&path, MAP_MAX)?
            {
                masters.push((path, content));
            }
        }
    }
    let mut left = MAPS;
    for (master, content) in masters {
        for line in lines(&content) {
            let mut words = line
                .split(u8::is_ascii_whitespace)
                .filter(|word| !word.is_empty());
            let (Some(base), Some(map)) = (words.next(), words.next()) else {
                continue;
            };
            if map == b"-null" || left == 0 {
                continue;
            }
            if base != b"/-" {
                meet(probe, sought, touched, base, true, &master, &mut found)?;
                continue;
            }
            left -= 1;
            let Some((path, content)) = direct_map(probe, map)? else {
                continue;
            };
            for key in lines(&content) {
                let key = key
                    .split(u8::is_ascii_whitespace)
                    .next()
                    .unwrap_or_default();
                meet(probe, sought, touched, key, false, &path, &mut found)?;
            }
        }
    }
    Ok(found)
}

/// The file of a direct map: `/etc/auto.direct`, `file:/etc/auto.direct`, `auto.direct`.
fn direct_map(
    probe: &mut Probe<'_>,
    map: &[u8],
) -> Result<Option<(GuestPath, Vec<u8>)>, GuestError> {
    let plain = [&b"file,sun:"[..], b"file:"]
        .iter()
        .find_map(|kind| map.strip_prefix(*kind))
        .unwrap_or(map);
    let path = match plain.first() {
        Some(b'/') => plain.to_vec(),
        _ => [b"/etc/", plain].concat(),
    };
    let Ok(path) = GuestPath::new(path) else {
        return Ok(None);
    };
    let Some((path, _)) = probe.file_at(&path)? else {
        return Ok(None);
    };
    let content = probe.content_at(&path, MAP_MAX)?;
    Ok(content.map(|content| (path, content)))
}

/// Keeps a key or a base that meets the share. A base is a mount itself and hides what lies below.
fn meet(
    probe: &mut Probe<'_>,
    sought: &Sought<'_>,
    touched: &[GuestPath],
    spelled: &[u8],
    is_base: bool,
    map: &GuestPath,
    found: &mut Vec<Autofs>,
) -> Result<(), GuestError> {
    let Ok(spelled) = GuestPath::new(spelled) else {
        return Ok(());
    };
    let place = match probe.resolve_at(&spelled)? {
        Some(at) => at.path,
        None => spelled,
    };
    let in_share = sought.own().any(|own| place.starts_with(own)) || sought.is_in_share(&place);
    let above = |path: &GuestPath| !place.is_root() && path.starts_with(&place);
    let hides = touched.iter().any(above) || (is_base && sought.own().any(above));
    if (in_share || hides) && found.len() < MAPS {
        let map = map.clone();
        found.push(Autofs { map, place });
    }
    Ok(())
}

/// Lines without comments and blanks around them; a backslash joins two.
fn lines(content: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut joined = Vec::new();
    for line in content.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        if let Some(begin) = line.strip_suffix(b"\\") {
            joined.extend_from_slice(begin);
            joined.push(b' ');
            continue;
        }
        joined.extend_from_slice(line);
        let whole = std::mem::take(&mut joined);
        if !whole.is_empty() && whole[0] != b'#' {
            lines.push(whole);
        }
    }
    lines
}

impl Preflight {
    pub(super) fn autofs(&mut self, sought: &Sought<'_>, found: &[Autofs]) {
        for Autofs { map, place } in found {
            let own = escape(sought.links.mount_point().as_bytes());
            self.warn(
                "autofs-map",
                format!(
                    "{map} has autofs mount on {place}, in the way of the share on {own}: take that \
                     entry out in the master, or choose another mount point"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_none_and_a_backslash_joins_lines() {
        let text = b"# /shared x\n/- /etc/auto.direct \\\n  --timeout=60\n\n+auto.master\n";
        let expected = [&b"/- /etc/auto.direct  --timeout=60"[..], b"+auto.master"];
        assert_eq!(lines(text), expected);
    }
}
