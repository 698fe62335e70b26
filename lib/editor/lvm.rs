//! Logical volumes of LVM2, as far as their places show in the metadata of one physical volume.
//!
//! Used to say what lies in them, never to open anything: the appliance does that.
//!
//! Sources: `lib/format_text/layout.h`, `lib/label/label.h` and `libdm/libdm-config.c` of LVM2;
//! lvm2's `doc/lvm2-on-disk-format`.

use std::io;
use std::ops::Range;

use crate::image::BlockDevice;

const SECTOR: u64 = 512;
/// Sectors in which the label may lie.
const LABEL_SECTORS: usize = 4;
const LABEL: &[u8] = b"LABELONE";
const LABEL_TYPE: &[u8] = b"LVM2 001";
const AREA_MAGIC: &[u8] = b" LVM2 x[5A%r0N*>";
/// Bytes of a metadata area's header, behind which its ring begins.
const AREA_HEADER: u64 = 512;
/// Most bytes of a volume group's text. One of a hundred volumes has 50 KiB.
const MAX_TEXT: u64 = 1 << 20;
/// Most volumes that are told of.
const MAX_VOLUMES: usize = 64;
/// Deepest nesting of the text; a segment lies at 4.
const MAX_DEPTH: usize = 8;
/// Most values of a text.
const MAX_VALUES: usize = 1 << 16;

/// A logical volume.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Volume {
    /// Its first bytes on the disk, up to where they continue elsewhere.
    pub(super) start: Range<u64>,
    /// True where that is all of it.
    pub(super) is_whole: bool,
}

/// The visible logical volumes of the group that a physical volume, the bytes `range`, belongs to;
/// `None` where the place of one does not show: a thin, mirrored or cached one, one on another disk,
/// and where the metadata is not understood.
pub(super) fn volumes(
    device: &mut dyn BlockDevice,
    range: &Range<u64>,
) -> io::Result<Option<Vec<Volume>>> {
    let Some((own, text)) = metadata(device, range)? else {
        return Ok(None);
    };
    let group = Text::parse(&text);
    Ok(group.and_then(|group| placed(&group, &own, range)))
}

/// The physical volume's UUID and its group's text.
fn metadata(
    device: &mut dyn BlockDevice,
    range: &Range<u64>,
) -> io::Result<Option<(String, Vec<u8>)>> {
    let size = range.end - range.start;
    let mut head = vec![0; size.min(LABEL_SECTORS as u64 * SECTOR) as usize];
    device.read_at(range.start, &mut head)?;
    let Some((own, area)) = area(&head) else {
        return Ok(None);
    };
    let mut read = |at: u64, len: u64| -> io::Result<Option<Vec<u8>>> {
        if at.checked_add(len).is_none_or(|end| end > size) {
            return Ok(None);
        }
        let mut bytes = vec![0; len as usize];
        device.read_at(range.start + at, &mut bytes)?;
        Ok(Some(bytes))
    };
    let Some(header) = read(area.start, AREA_HEADER)? else {
        return Ok(None);
    };
    let (at, len) = (le64(&header, 40), le64(&header, 48));
    let ring = area.end - area.start;
    let is_sound = header[4..].starts_with(AREA_MAGIC)
        && (1..=MAX_TEXT).contains(&len)
        && (AREA_HEADER..ring).contains(&at)
        && len <= ring - AREA_HEADER;
    if !is_sound {
        return Ok(None);
    }
    // What does not fit before the ring's end goes on at its start.
    let first = len.min(ring - at);
    let (start, rest) = (
        read(area.start + at, first)?,
        read(area.start + AREA_HEADER, len - first)?,
    );
    Ok(start
        .zip(rest)
        .map(|(start, rest)| (own, [start, rest].concat())))
}

/// The UUID and the first metadata area that the label at a physical volume's start names.
fn area(head: &[u8]) -> Option<(String, Range<u64>)> {
    let label = head
        .chunks_exact(SECTOR as usize)
        .find(|sector| sector.starts_with(LABEL) && sector[24..].starts_with(LABEL_TYPE))?;
    let header = label.get(le32(label, 20) as usize..)?;
    let own = String::from_utf8(header.get(..32)?.to_vec()).ok()?;
    // Behind UUID and size come two lists of places, each ended by zeros: data, then metadata.
    let mut places = header.get(40..)?.chunks_exact(16);
    places
        .by_ref()
        .find(|place| place.iter().all(|b| *b == 0))?;
    let place = places.next()?;
    let (at, len) = (le64(place, 0), le64(place, 8));
    (at > 0 && len > AREA_HEADER).then_some(())?;
    Some((own, at..at.checked_add(len)?))
}

fn placed(group: &Text, own: &str, range: &Range<u64>) -> Option<Vec<Volume>> {
    let Text::Section(top) = group else {
        return None;
    };
    // The group is the one section at the top.
    let mut sections = top.iter().filter(|(_, value)| value.section().is_some());
    let (_, group) = sections.next()?;
    let extent = group.number("extent_size")?.checked_mul(SECTOR)?;
    let (pv, found) = group
        .get("physical_volumes")?
        .section()?
        .iter()
        .find(|(_, pv)| pv.text("id").is_some_and(|id| id.replace('-', "") == own))?;
    let base = found.number("pe_start")?.checked_mul(SECTOR)?;
    let mut volumes = Vec::new();
    for (_, volume) in group.get("logical_volumes")?.section()? {
        if !volume.has("status", "VISIBLE") {
            continue;
        }
        let segments = volume.section()?.iter();
        let segments = segments.filter(|(name, _)| is_segment(name));
        let mut runs = Vec::new();
        for (_, segment) in segments {
            runs.push(run(segment, pv)?);
        }
        runs.sort_unstable();
        let (first, rest) = runs.split_first()?;
        let mut end = first.1 + first.2;
        let follows = rest.iter().take_while(|(_, at, len)| {
            let next = *at == end;
            end = if next { at + len } else { end };
            next
        });
        let is_whole = follows.count() == rest.len();
        let at = |extents: u64| {
            let at = base.checked_add(extents.checked_mul(extent)?)?;
            range.start.checked_add(at).filter(|at| *at <= range.end)
        };
        let start = at(first.1)?..at(end)?;
        volumes.push(Volume { start, is_whole });
        if volumes.len() > MAX_VOLUMES {
            return None;
        }
    }
    Some(volumes)
}

fn is_segment(name: &str) -> bool {
    name.strip_prefix("segment")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// A segment that lies in one piece on the physical volume `pv`: where it begins in the logical volume,
/// where in the physical one, and how long it is, in extents.
fn run(segment: &Text, pv: &str) -> Option<(u64, u64, u64)> {
    let is_plain = segment.text("type")? == "striped" && segment.number("stripe_count")? == 1;
    let Text::List(stripes) = segment.get("stripes")? else {
        return None;
    };
    match stripes.as_slice() {
        [Text::Word(on), Text::Number(at)] if is_plain && on == pv => {
            let len = segment.number("extent_count")?;
            at.checked_add(len)?;
            Some((segment.number("start_extent")?, *at, len))
        }
        _ => None,
    }
}

/// A value of LVM2's configuration text.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Text {
    Number(u64),
    Word(String),
    List(Vec<Text>),
    Section(Vec<(String, Text)>),
}

impl Text {
    /// Reads a whole text; `None` for one that is not understood.
    fn parse(bytes: &[u8]) -> Option<Self> {
        // The area's text ends with a NUL byte.
        let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
        let mut reader = Reader {
            rest: std::str::from_utf8(&bytes[..end]).ok()?,
            values: 0,
        };
        let section = reader.section(0)?;
        reader.skip();
        reader.rest.is_empty().then_some(section)
    }

    fn section(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Section(values) => Some(values),
            _ => None,
        }
    }

    fn get(&self, key: &str) -> Option<&Self> {
        let (_, value) = self.section()?.iter().find(|(name, _)| name == key)?;
        Some(value)
    }

    fn number(&self, key: &str) -> Option<u64> {
        match self.get(key)? {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Self::Word(text) => Some(text),
            _ => None,
        }
    }

    fn has(&self, key: &str, word: &str) -> bool {
        match self.get(key) {
            Some(Self::List(words)) => words.iter().any(|w| *w == Self::Word(word.to_owned())),
            _ => false,
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    values: usize,
}

impl<'t> Reader<'t> {
    /// Passes over blanks and comments.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix('#') {
                Some(comment) => {
                    self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
                }
                None => return,
            }
        }
    }

    fn takes(&mut self, sign: char) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> Option<&'t str> {
        self.skip();
        let in_word = |c: char| c.is_ascii_alphanumeric() || "_-.+/".contains(c);
        let end = self.rest.find(|c| !in_word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// Text up to a closing brace, or to the end.
    fn section(&mut self, depth: usize) -> Option<Text> {
        let mut values = Vec::new();
        loop {
            self.skip();
            if self.rest.is_empty() || self.rest.starts_with('}') {
                return Some(Text::Section(values));
            }
            let name = self.word()?.to_owned();
            let value = match self.takes('{') {
                true if depth == MAX_DEPTH => return None,
                true => {
                    let section = self.section(depth + 1)?;
                    self.takes('}').then_some(section)?
                }
                false => self.takes('=').then(|| self.value())??,
            };
            self.count()?;
            values.push((name, value));
        }
    }

    fn value(&mut self) -> Option<Text> {
        if !self.takes('[') {
            return self.single();
        }
        let mut list = Vec::new();
        while !self.takes(']') {
            list.push(self.single()?);
            self.count()?;
            if !self.takes(',') {
                self.takes(']').then_some(())?;
                break;
            }
        }
        Some(Text::List(list))
    }

    fn single(&mut self) -> Option<Text> {
        if self.takes('"') {
            let mut text = String::new();
            let mut chars = self.rest.char_indices();
            loop {
                match chars.next()? {
                    (at, '"') => {
                        self.rest = &self.rest[at + 1..];
                        return Some(Text::Word(text));
                    }
                    (_, '\\') => text.push(chars.next()?.1),
                    (_, c) => text.push(c),
                }
            }
        }
        let word = self.word()?;
        Some(match word.parse() {
            Ok(number) => Text::Number(number),
            Err(_) => Text::Word(word.to_owned()),
        })
    }

    fn count(&mut self) -> Option<()> {
        self.values += 1;
        (self.values <= MAX_VALUES).then_some(())
    }
}

fn le32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|i| bytes[at + i]))
}

fn le64(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const UUID: &str = "SesiFRxn309lORnpVickDK2lkT1dccNb";
    const PE_START: u64 = 2048;
    const EXTENT: u64 = 8192;

    /// Volumes of a text: name, and the lines of its segments.
    pub(in crate::editor) fn linear(name: &str, at: u64, extents: u64) -> String {
        format!(
            "{name} {{\nid = \"x\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\n\
             creation_host = \"(none)\"\t# Linux # 1 {{\nsegment_count = 1\nsegment1 {{\n\
             start_extent = 0\nextent_count = {extents}\ntype = \"striped\"\nstripe_count = 1\n\
             stripes = [\n\"pv0\", {at}\n]\n}}\n}}\n"
        )
    }

    fn text(volumes: &str) -> String {
        format!(
            "vg-0 {{\nid = \"RXqfSD\"\nseqno = 4\nextent_size = {EXTENT}\nphysical_volumes {{\npv0 {{\n\
             id = \"SesiFR-xn30-9lOR-npVi-ckDK-2lkT-1dccNb\"\npe_start = {PE_START}\n}}\n}}\n\
             logical_volumes {{\n{volumes}}}\n}}\n# Generated by LVM2\n\
             description = \"Write from \\\"lvcreate\\\".\"\nversion = 1\n\0"
        )
    }

    /// A physical volume of so many MiB with these volumes; its text begins `at` in the ring.
    pub(in crate::editor) fn physical_volume(mib: usize, volumes: &str, at: u64) -> Vec<u8> {
        let (text, mut disk) = (text(volumes), vec![0; mib << 20]);
        let ring = (1 << 20) - 4096;
        let mut put = |at: usize, bytes: &[u8]| disk[at..at + bytes.len()].copy_from_slice(bytes);
        put(512, b"LABELONE");
        put(512 + 20, &32_u32.to_le_bytes());
        put(512 + 24, b"LVM2 001");
        put(512 + 32, UUID.as_bytes());
        put(512 + 72, &(PE_START * 512).to_le_bytes());
        put(512 + 104, &4096_u64.to_le_bytes());
        put(512 + 112, &(ring as u64).to_le_bytes());
        put(4096 + 4, AREA_MAGIC);
        put(4096 + 40, &at.to_le_bytes());
        put(4096 + 48, &(text.len() as u64).to_le_bytes());
        let first = text.len().min(ring - at as usize);
        put(4096 + at as usize, &text.as_bytes()[..first]);
        put(4096 + 512, &text.as_bytes()[first..]);
        disk
    }

    fn found(mut disk: Vec<u8>) -> Option<Vec<Volume>> {
        let range = 0..disk.len() as u64;
        volumes(&mut disk, &range).unwrap()
    }

    fn at(from: u64, to: u64) -> Range<u64> {
        (PE_START + from * EXTENT) * 512..(PE_START + to * EXTENT) * 512
    }

    #[test]
    fn volumes_are_found_where_they_lie_and_the_text_may_go_round_its_ring() {
        let both = [linear("root", 0, 3), linear("swap_1", 3, 1)].concat();
        for at_byte in [512, 4096, (1 << 20) - 4096 - 100] {
            let volumes = found(physical_volume(24, &both, at_byte)).unwrap();
            let starts: Vec<_> = volumes
                .iter()
                .map(|v| (v.start.clone(), v.is_whole))
                .collect();
            assert_eq!(starts, [(at(0, 3), true), (at(3, 4), true)], "{at_byte}");
        }
    }

    #[test]
    fn a_volume_in_pieces_is_told_as_such() {
        let split = linear("root", 2, 1).replace(
            "segment_count = 1",
            "segment_count = 2\nsegment2 {\nstart_extent = 1\nextent_count = 1\n\
             type = \"striped\"\nstripe_count = 1\nstripes = [\"pv0\", 0]\n}",
        );
        let volumes = found(physical_volume(24, &split, 512)).unwrap();
        assert_eq!(volumes[0].start, at(2, 3));
        assert!(!volumes[0].is_whole);
    }

    #[test]
    fn what_does_not_show_its_place_is_left_open() {
        let one = linear("root", 0, 1);
        for other in [
            one.replace("striped", "thin"),
            one.replace("stripe_count = 1", "stripe_count = 2"),
            one.replace("\"pv0\", 0", "\"pv1\", 0"),
            one.replace("extent_count = 1", "extent_count = 18446744073709551615"),
            one.replace("stripes = [", "stripes = "),
        ] {
            assert_eq!(found(physical_volume(24, &other, 512)), None, "{other}");
        }
        let hidden = one.replace(", \"VISIBLE\"", "");
        assert_eq!(found(physical_volume(24, &hidden, 512)), Some(vec![]));
        assert_eq!(found(vec![0; 8192]), None);
    }

    #[test]
    fn no_damaged_text_is_trouble() {
        let whole = text(&linear("root", 0, 1));
        for end in 0..whole.len() {
            let _ = Text::parse(&whole.as_bytes()[..end]);
        }
        assert_eq!(Text::parse("a {".repeat(10_000).as_bytes()), None);
        assert_eq!(Text::parse("a = 1\n".repeat(100_000).as_bytes()), None);
    }
}
