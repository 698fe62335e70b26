//! `/etc/hosts` (hosts(5)), edited word by word.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::super::lines::{ending, lines, words_and_gaps};
use super::forms::Names;

/// Address of this machine's own name where it has no static one, as Debian writes it. Nothing is ever
/// added to the line of 127.0.0.1.
const OWN_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 1, 1));
const OWN_V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// Addresses that the child does not keep, and those that it has in their place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moved<'a> {
    /// The master's static addresses on the NICs that are configured anew.
    pub from: &'a [IpAddr],
    /// The child's static addresses on them.
    pub to: &'a [IpAddr],
}

/// The file for the child. On the lines of this machine (its loopback addresses, and those that the
/// master has) the master's name becomes the child's. A line of an address that moves gets the new one.
/// Every other byte stays.
pub(super) fn rewritten(text: &[u8], names: Option<&Names>, moved: Moved<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 64);
    for line in lines(text) {
        match Line::read(line) {
            Some(line) => line.rewrite(names, moved, &mut out),
            None => out.extend_from_slice(line),
        }
    }
    out
}

/// Names with a domain that the file has for the master, on lines of this machine.
pub(super) fn words_with_domain(text: &[u8], names: &Names) -> Vec<Vec<u8>> {
    let own = lines(text).filter_map(Line::read);
    let own = own.filter(|line| {
        line.address.is_loopback() || words(line.names).any(|word| names.is_old(word))
    });
    own.flat_map(|line| words(line.names).map(<[u8]>::to_vec).collect::<Vec<_>>())
        .filter(|word| names.is_old_with_domain(word))
        .collect()
}

/// A line that gives an address its names.
struct Line<'a> {
    /// White space before the address.
    indent: &'a [u8],
    /// The address as it is written.
    written: &'a [u8],
    address: IpAddr,
    /// White space and names after it.
    names: &'a [u8],
    /// A comment and the line's ending.
    tail: &'a [u8],
}

impl<'a> Line<'a> {
    fn read(line: &'a [u8]) -> Option<Self> {
        let (body, _) = ending(line);
        let comment = body.iter().position(|byte| *byte == b'#');
        let end = comment.unwrap_or(body.len());
        let (entry, tail) = (&line[..end], &line[end..]);
        let mut pieces = words_and_gaps(entry);
        let indent = pieces.next()?;
        let written = pieces.next()?;
        // An IPv6 address may carry a zone.
        let plain = written.split(|byte| *byte == b'%').next()?;
        let address = std::str::from_utf8(plain).ok()?.parse().ok()?;
        Some(Self {
            indent,
            written,
            address,
            names: &entry[indent.len() + written.len()..],
            tail,
        })
    }

    fn rewrite(&self, names: Option<&Names>, moved: Moved<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(self.indent);
        match replacement(self.address, moved) {
            Some(address) => out.extend_from_slice(address.to_string().as_bytes()),
            None => out.extend_from_slice(self.written),
        }
        let is_own = self.address.is_loopback()
            || moved.from.contains(&self.address)
            || moved.to.contains(&self.address);
        match names.filter(|_| is_own) {
            Some(names) => out.extend_from_slice(&renamed(self.names, names)),
            None => out.extend_from_slice(self.names),
        }
        out.extend_from_slice(self.tail);
    }
}

/// The address that a line gets in place of one that the child does not have.
fn replacement(address: IpAddr, moved: Moved<'_>) -> Option<IpAddr> {
    let is_same_family = |other: &&IpAddr| other.is_ipv4() == address.is_ipv4();
    if moved.to.contains(&address) {
        return None;
    }
    let old = moved.from.iter().filter(is_same_family);
    let at = old.clone().position(|old| *old == address)?;
    let new: Vec<_> = moved.to.iter().filter(is_same_family).collect();
    let own = if address.is_ipv4() { OWN_V4 } else { OWN_V6 };
    Some(new.get(at).or(new.first()).map_or(own, |new| **new))
}

/// The names of one line, with the child's in place of the master's. A name that the line then has
/// twice goes, and where the line had the master's whole name it has the child's.
fn renamed(text: &[u8], names: &Names) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len() + 16);
    let mut made: Vec<Vec<u8>> = Vec::new();
    let had_whole = words(text).any(|word| word.eq_ignore_ascii_case(&names.old));
    let mut made_range: Option<Range<usize>> = None;
    let mut gap: &[u8] = b"";
    for (index, piece) in words_and_gaps(text).enumerate() {
        if index % 2 == 0 {
            gap = piece;
            continue;
        }
        match names.of_word(piece) {
            Some(word) if made.contains(&word) => {}
            Some(word) => {
                out.extend_from_slice(gap);
                let first = made_range.map_or(out.len(), |range| range.start);
                out.extend_from_slice(&word);
                made_range = Some(first..out.len());
                made.push(word);
            }
            None => {
                out.extend_from_slice(gap);
                out.extend_from_slice(piece);
            }
        }
        gap = b"";
    }
    out.extend_from_slice(gap);
    let lacks_whole = had_whole && !words(&out).any(|word| word == names.new);
    if let Some(range) = made_range.filter(|_| lacks_whole) {
        // The name with its domain comes first, so that it is the canonical one.
        let (at, addition) = if names.new.contains(&b'.') {
            (range.start, [names.new.as_slice(), b" "].concat())
        } else {
            (range.end, [b" ", names.new.as_slice()].concat())
        };
        out.splice(at..at, addition);
    }
    out
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    words_and_gaps(text).skip(1).step_by(2)
}
