//! The descriptor: lines of text that say what a VMDK is made of.

use crate::image::refusal::Refusal;

/// Its first line, in any case.
const FIRST_LINE: &[u8] = b"# disk descriptorfile";
/// The key that names a parent. QEMU takes it wherever it stands, in comments too.
const PARENT_NAME: &[u8] = b"parentfilenamehint";
/// Value that stands for no parent.
const NO_PARENT: &str = "ffffffff";
/// The longest name of a type that is repeated in a message.
const LONGEST_TYPE: usize = 64;

/// True if a text begins as a descriptor.
pub(super) fn begins(text: &[u8]) -> bool {
    text.get(..FIRST_LINE.len())
        .is_some_and(|first| first.eq_ignore_ascii_case(FIRST_LINE))
}

/// True if a parent's name stands anywhere in these bytes.
pub(super) fn names_parent(bytes: &[u8]) -> bool {
    bytes
        .windows(PARENT_NAME.len())
        .any(|part| part.eq_ignore_ascii_case(PARENT_NAME))
}

/// The type that a descriptor states, fit to be shown.
pub(super) fn create_type(text: &[u8]) -> Option<String> {
    let value = lines(text).find_map(|line| match pair(line) {
        Some((key, value)) if key.eq_ignore_ascii_case("createType") => Some(value),
        _ => None,
    })?;
    let shown: String = value.chars().take(LONGEST_TYPE).collect();
    Some(crate::path::escape(shown.as_bytes()))
}

/// Judges the descriptor inside a sparse file whose header gives a capacity of `sectors`.
///
/// The name of its one extent is that of the file when it was made, and is not looked at: neither
/// here nor by QEMU.
pub(super) fn judge(text: &[u8], sectors: u64) -> Result<(), Refusal> {
    let wrong = |what| Err(Refusal::VmdkHeader(what));
    if !begins(text) {
        return wrong("its descriptor's first line");
    }
    let (mut cid, mut parent, mut kind, mut extents) = (0, 0, 0, 0);
    for line in lines(text) {
        if is_extent(&line) {
            judge_extent(&line, sectors)?;
            extents += 1;
            continue;
        }
        let Some((key, value)) = pair(line) else {
            continue;
        };
        match key.to_ascii_lowercase().as_str() {
            "version" if !matches!(value.as_str(), "1" | "2" | "3") => {
                return wrong("its descriptor's version");
            }
            "cid" => {
                if !is_id(&value) {
                    return wrong("its descriptor's CID");
                }
                cid += 1;
            }
            "parentcid" => {
                if !is_id(&value) {
                    return wrong("its descriptor's parentCID");
                }
                if !value.eq_ignore_ascii_case(NO_PARENT) {
                    return Err(Refusal::VmdkDelta);
                }
                parent += 1;
            }
            "createtype" => {
                if !matches!(value.as_str(), "monolithicSparse" | "streamOptimized") {
                    let kind = create_type(text).unwrap_or_default();
                    return Err(Refusal::VmdkType(kind));
                }
                kind += 1;
            }
            key if key.starts_with("encryption.") => {
                return Err(Refusal::Encrypted("VMware's keys"));
            }
            _ => {}
        }
    }
    match (cid, parent, kind, extents) {
        (1, 1, 1, 1) => Ok(()),
        (1, 1, 1, _) => wrong("the number of its extents"),
        (1, 1, _, _) => wrong("its descriptor's createType"),
        (1, _, _, _) => wrong("its descriptor's parentCID"),
        _ => wrong("its descriptor's CID"),
    }
}

/// An extent's line begins with what may be done to it.
fn is_extent(line: &str) -> bool {
    let access = line.split_ascii_whitespace().next();
    access.is_some_and(|access| matches!(access, "RW" | "RDONLY" | "NOACCESS"))
}

/// `RW 8192 SPARSE "name.vmdk"`: the disk as a whole, in this file.
fn judge_extent(line: &str, sectors: u64) -> Result<(), Refusal> {
    let mut fields = line.split_ascii_whitespace();
    if fields.next() == Some("NOACCESS") {
        return Err(Refusal::VmdkHeader("the access to its extent"));
    }
    if fields.next().and_then(|count| count.parse().ok()) != Some(sectors) {
        return Err(Refusal::VmdkHeader("the size of its extent"));
    }
    if fields.next() != Some("SPARSE") {
        return Err(Refusal::VmdkHeader("the type of its extent"));
    }
    Ok(())
}

fn is_id(value: &str) -> bool {
    (1..=8).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Its lines up to the first NUL, whatever ends them, comments and blank ones left out. Bytes that
/// are no UTF-8 stand in names and notes, which nobody reads.
fn lines(text: &[u8]) -> impl Iterator<Item = String> {
    text.split(|byte| *byte == 0)
        .next()
        .unwrap_or_default()
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .map(|line| String::from_utf8_lossy(line).trim().to_owned())
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// `key = "value"`, with or without the spaces and the quotes.
fn pair(line: impl AsRef<str>) -> Option<(String, String)> {
    let (key, value) = line.as_ref().split_once('=')?;
    let value = value.trim();
    let bare = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value);
    Some((key.trim().to_owned(), bare.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "# Disk DescriptorFile\nversion=1\nCID=700cddd2\nparentCID=ffffffff\n\
        createType=\"monolithicSparse\"\nRW 2048 SPARSE \"some name.vmdk\"\n\
        ddb.adapterType = \"ide\"\n";

    #[test]
    fn what_programs_write_is_taken() {
        assert_eq!(judge(SOUND.as_bytes(), 2048), Ok(()));
        for (from, to) in [
            ("\n", "\r\n"),
            ("monolithicSparse", "streamOptimized"),
            ("CID=700cddd2", "CID = fffffffe\nencoding=\"windows-1252\""),
            ("some name", "\u{fc}ber"),
            ("RW", "RDONLY"),
            ("ffffffff", "FFFFFFFF"),
            ("# Disk DescriptorFile", "# Disk Descriptorfile"),
        ] {
            let text = SOUND.replace(from, to);
            assert_ne!(text, SOUND);
            assert_eq!(judge(text.as_bytes(), 2048), Ok(()), "{text}");
        }
        let latin1 = SOUND.replace("some", "\u{1}").into_bytes();
        let latin1: Vec<u8> = latin1
            .iter()
            .map(|byte| if *byte == 1 { 0xfc } else { *byte })
            .collect();
        assert_eq!(judge(&latin1, 2048), Ok(()));
    }

    #[test]
    fn a_parent_is_found_wherever_qemu_would_find_it() {
        for text in [
            "#parentFileNameHint=\"/etc/shadow\"",
            "\0\0parentFileNameHint",
            "PARENTFILENAMEHINT=x",
        ] {
            assert!(names_parent(text.as_bytes()), "{text}");
        }
        assert!(!names_parent(SOUND.as_bytes()));
    }

    #[test]
    fn a_types_name_is_short_and_fit_for_a_terminal() {
        let told = |kind: &str| create_type(format!("createType=\"{kind}\"").as_bytes()).unwrap();
        assert_eq!(told("vmfs"), "vmfs");
        assert_eq!(told(&"x".repeat(500)).len(), 64);
        assert!(!told("\u{1b}[31m").contains('\u{1b}'));
        assert_eq!(create_type(b"# Disk DescriptorFile\n"), None);
    }
}
