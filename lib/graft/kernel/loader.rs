//! An entry of GRUB's for a kernel beside the guest's own ones, as a block of its `custom.cfg`.

use std::ops::Range;

/// Marks of the block.
const BEGIN: &str = "# BEGIN osgraft";
const END: &str = "# END osgraft";
/// Commands that start a kernel, each with the one that loads its initramfs.
const COMMANDS: [(&[u8], &[u8]); 3] = [
    (b"linux", b"initrd"),
    (b"linuxefi", b"initrdefi"),
    (b"linux16", b"initrd16"),
];
/// Options of an entry that are kept, without a value and with one.
const FLAGS: [&str; 1] = ["--unrestricted"];
const VALUES: [&str; 2] = ["--class", "--users"];

/// The guest's own entry, as far as another kernel's is made of it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Template {
    /// Options of the entry, as GRUB reads them.
    options: Vec<String>,
    body: Vec<Vec<u8>>,
    /// Folder of its kernel, as GRUB spells it; without a slash at its end.
    folder: Vec<u8>,
    /// File name of its kernel.
    pub(super) image: Vec<u8>,
}

/// A kernel's files in a folder beside the guest's kernels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a> {
    /// Name of the folder.
    pub(super) folder: &'a str,
    pub(super) image: &'a str,
    /// Parts of the initramfs, in order.
    pub(super) initrd: &'a [String],
}

/// The entry of a grub.cfg around the line that starts a kernel, counted from 1. `None` where it is in a
/// form of which no other entry can be made.
pub(super) fn of_grub(cfg: &[u8], line: usize) -> Option<Template> {
    let lines: Vec<&[u8]> = cfg.split(|byte| *byte == b'\n').collect();
    let before = lines.get(..line)?;
    let begin = before
        .iter()
        .rposition(|line| word(line, 0) == Some(b"menuentry"))?;
    let head = lines[begin].trim_ascii().strip_suffix(b"{")?;
    let mut depth = 1;
    let mut body = Vec::new();
    for line in &lines[begin + 1..] {
        let text = line.trim_ascii();
        if text == b"}" {
            depth -= 1;
        } else if text.ends_with(b"{") && !text.ends_with(b"${") {
            depth += 1;
        }
        if depth == 0 {
            return template(options(head)?, body);
        }
        body.push(line.to_vec());
    }
    None
}

/// The entry that GRUB makes of one of the Boot Loader Specification. `has_video` tells that the grub.cfg
/// has a function `load_video`.
pub(super) fn of_bls(conf: &[u8], has_video: bool) -> Option<Template> {
    let (mut image, mut words, mut classes) = (None, Vec::new(), Vec::new());
    for line in conf.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        let Some(key) = word(line, 0) else { continue };
        let value = line[key.len()..].trim_ascii();
        match key {
            b"linux" => image = Some(value.to_vec()),
            b"options" => words.push(value.to_vec()),
            b"grub_class" => {
                classes.extend(safe(value).map(|value| format!("--class {value}")));
            }
            _ => {}
        }
    }
    let mut body: Vec<Vec<u8>> = Vec::new();
    body.extend(has_video.then(|| b"\tload_video".to_vec()));
    body.push(b"\tset gfxpayload=keep".to_vec());
    body.push(b"\tinsmod gzio".to_vec());
    let mut start = b"\tlinux\t".to_vec();
    start.extend(image?);
    for words in words {
        start.push(b' ');
        start.extend(words);
    }
    body.push(start);
    // A password guards the menu's editing there, and no entry.
    classes.push("--unrestricted".to_owned());
    template(classes, body)
}

fn template(options: Vec<String>, body: Vec<Vec<u8>>) -> Option<Template> {
    let mut found: Option<(Vec<u8>, Vec<u8>)> = None;
    for line in &body {
        match word(line, 0)? {
            b"module" | b"module2" | b"multiboot" | b"multiboot2" | b"chainloader" => return None,
            _ => {}
        }
        if initrd_command(line).is_none() {
            continue;
        }
        let path = word(line, 1)?;
        if path.iter().any(|byte| b"'\"\\".contains(byte)) {
            return None;
        }
        let at = path.iter().rposition(|byte| *byte == b'/')?;
        let (folder, image) = (path[..at].to_vec(), path[at + 1..].to_vec());
        match &found {
            Some((known, _)) if *known != folder => return None,
            Some(_) => {}
            None => found = Some((folder, image)),
        }
    }
    let (folder, image) = found.filter(|(_, image)| !image.is_empty())?;
    Some(Template {
        options,
        body,
        folder,
        image,
    })
}

impl Template {
    /// The block, which makes the entry and has GRUB start it by default. An entry that is asked for once
    /// (grub-reboot) still comes before it.
    pub(super) fn block(&self, names: Names<'_>, title: &str) -> Vec<u8> {
        let mut out = format!("{BEGIN}\nmenuentry '{title}' --id osgraft").into_bytes();
        for option in &self.options {
            out.push(b' ');
            out.extend(option.as_bytes());
        }
        out.extend(b" {\n");
        let path = |out: &mut Vec<u8>, name: &str| {
            out.extend(&self.folder);
            out.extend(format!("/{}/{name}", names.folder).as_bytes());
        };
        for line in &self.body {
            let first = word(line, 0).unwrap_or_default();
            if let Some(command) = initrd_command(line) {
                let indent = line.len() - line.trim_ascii_start().len();
                let image = word(line, 1).unwrap_or_default();
                let rest = line.trim_ascii_start()[first.len()..].trim_ascii_start();
                out.extend(&line[..indent]);
                out.extend(first);
                out.push(b'\t');
                path(&mut out, names.image);
                out.extend(&rest[image.len()..]);
                out.push(b'\n');
                out.extend(&line[..indent]);
                out.extend(command);
                for part in names.initrd {
                    out.push(b' ');
                    path(&mut out, part);
                }
            } else if first.starts_with(b"initrd") && first != b"initrdfail" {
                continue;
            } else if first == b"savedefault" {
                // The choice of an entry that goes again is not to stay.
                continue;
            } else {
                out.extend(self.said(line, first, names.image));
            }
            out.push(b'\n');
        }
        out.extend(
            b"}\nif [ \"${boot_once}\" != \"true\" ]; then\n\tset default=\"osgraft\"\nfi\n",
        );
        out.extend(format!("{END}\n").as_bytes());
        out
    }

    /// A line, in which a message names the new kernel.
    fn said(&self, line: &[u8], first: &[u8], image: &str) -> Vec<u8> {
        let version = |name: &[u8]| {
            let at = name.iter().position(|byte| *byte == b'-')?;
            Some(name[at + 1..].to_vec()).filter(|version| !version.is_empty())
        };
        let (Some(old), Some(new)) = (version(&self.image), version(image.as_bytes())) else {
            return line.to_vec();
        };
        let at = line.windows(old.len()).position(|part| part == old);
        match at.filter(|_| first == b"echo") {
            Some(at) => [&line[..at], &new, &line[at + old.len()..]].concat(),
            None => line.to_vec(),
        }
    }
}

/// Place of the block in a custom.cfg, its marks and the last newline included.
///
/// # Errors
/// A file with one of the marks alone, or with several blocks.
pub(super) fn find(custom: &[u8]) -> Result<Option<Range<usize>>, ()> {
    let mut at = 0;
    let (mut begins, mut ends) = (Vec::new(), Vec::new());
    for line in custom.split_inclusive(|byte| *byte == b'\n') {
        match line.trim_ascii() {
            text if text == BEGIN.as_bytes() => begins.push(at),
            text if text == END.as_bytes() => ends.push(at + line.len()),
            _ => {}
        }
        at += line.len();
    }
    match (&begins[..], &ends[..]) {
        ([], []) => Ok(None),
        ([begin], [end]) if begin < end => Ok(Some(*begin..*end)),
        _ => Err(()),
    }
}

/// A custom.cfg with this block in place of an earlier one, else at its end; and true where a newline was
/// put before it.
pub(super) fn with_block(custom: &[u8], block: &[u8]) -> Result<(Vec<u8>, bool), ()> {
    if let Some(place) = find(custom)? {
        let parts = [&custom[..place.start], block, &custom[place.end..]];
        return Ok((parts.concat(), false));
    }
    let is_open = !custom.is_empty() && !custom.ends_with(b"\n");
    let newline: &[u8] = if is_open { b"\n" } else { b"" };
    Ok(([custom, newline, block].concat(), is_open))
}

/// A custom.cfg without the block at this place, and without the newline that was put before it.
pub(super) fn without_block(custom: &[u8], place: Range<usize>, has_newline: bool) -> Vec<u8> {
    let mut before = &custom[..place.start];
    let after = &custom[place.end..];
    if has_newline && after.is_empty() {
        before = before.strip_suffix(b"\n").unwrap_or(before);
    }
    [before, after].concat()
}

/// True for a grub.cfg that takes in custom.cfg.
pub(super) fn takes_custom(cfg: &[u8]) -> bool {
    let lines = cfg.split(|byte| *byte == b'\n');
    let mut sources = lines.filter(|line| word(line, 0) == Some(b"source"));
    sources.any(|line| word(line, 1).is_some_and(|path| path.ends_with(b"/custom.cfg")))
}

/// True for a grub.cfg with a function of this name.
pub(super) fn has_function(cfg: &[u8], name: &[u8]) -> bool {
    let mut lines = cfg.split(|byte| *byte == b'\n');
    lines.any(|line| word(line, 0) == Some(b"function") && word(line, 1) == Some(name))
}

/// The command that loads the initramfs of the kernel that this line starts.
fn initrd_command(line: &[u8]) -> Option<&'static [u8]> {
    let first = word(line, 0)?;
    let mut commands = COMMANDS.iter();
    commands
        .find(|(linux, _)| *linux == first)
        .map(|(_, initrd)| *initrd)
}

/// A word of a line, by its number; the first of an empty line is empty.
fn word(line: &[u8], number: usize) -> Option<&[u8]> {
    let mut words = line
        .trim_ascii()
        .split(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty());
    match (number, line.trim_ascii()) {
        (0, []) => Some(b""),
        _ => words.nth(number),
    }
}

/// Options of the head of an entry that are kept; `None` for one with a value that would have to be quoted.
fn options(head: &[u8]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let words: Vec<&[u8]> = head
        .split(|byte| byte.is_ascii_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    for (number, word) in words.iter().enumerate() {
        if let Some(flag) = FLAGS.iter().find(|flag| flag.as_bytes() == *word) {
            found.push((*flag).to_owned());
        }
        if let Some(name) = VALUES.iter().find(|name| name.as_bytes() == *word) {
            let value = safe(words.get(number + 1)?)?;
            found.push(format!("{name} {value}"));
        }
    }
    Some(found)
}

/// A value that means itself to GRUB.
fn safe(value: &[u8]) -> Option<&str> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._,+-".contains(byte);
    let text = std::str::from_utf8(value).ok()?;
    (!value.is_empty() && value.iter().all(is_plain)).then_some(text)
}

#[cfg(test)]
mod tests;
