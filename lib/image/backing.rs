//! The backing files that images name, for who compares files and opens no disk.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// Longest name that QEMU reads.
const MAX_NAME: usize = 1023;
const MAGIC: &[u8; 4] = b"QFI\xfb";

/// The file that a qcow2 image names as its backing file, by its path from the image's folder;
/// `None` for another image, and where no file is named. Nothing is judged, and nothing but the name
/// is read.
pub(crate) fn backing_file(image: &Path) -> io::Result<Option<PathBuf>> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed())
        .open(image)?;
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut head = [0; 20];
    match file.read_exact_at(&mut head, 0) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let offset = u64::from_be_bytes(std::array::from_fn(|at| head[8 + at]));
    let len = u32::from_be_bytes(std::array::from_fn(|at| head[16 + at])) as usize;
    if head[..4] != *MAGIC || offset == 0 || !(1..=MAX_NAME).contains(&len) {
        return Ok(None);
    }
    let mut name = vec![0; len];
    match file.read_exact_at(&mut name, offset) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let Some(name) = std::str::from_utf8(&name).ok().and_then(named) else {
        return Ok(None);
    };
    // QEMU starts from the folder of the name that it was given, links in it unresolved.
    let folder = image.parent().unwrap_or(Path::new(""));
    Ok(Some(folder.join(name)))
}

/// True if nothing was written to a qcow2 image's guest disk since it was made: its L1 table, of which
/// 32 MiB are looked at (QEMU takes no longer one), refers to nothing.
pub(crate) fn is_untouched(image: &Path) -> io::Result<bool> {
    const STEP: u64 = 1 << 20;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed())
        .open(image)?;
    let mut head = [0; 48];
    file.read_exact_at(&mut head, 0)?;
    if !file.metadata()?.is_file() || head[..4] != *MAGIC {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let entries = u32::from_be_bytes(std::array::from_fn(|at| head[36 + at]));
    let start = u64::from_be_bytes(std::array::from_fn(|at| head[40 + at]));
    let end = (u64::from(entries) * 8).min(32 << 20);
    let mut part = vec![0; end.min(STEP) as usize];
    let mut done = 0;
    while done < end {
        let part = &mut part[..(end - done).min(STEP) as usize];
        file.read_exact_at(part, start.saturating_add(done))?;
        if part.iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        done += part.len() as u64;
    }
    Ok(true)
}

/// The file in a backing name: plain, with `file:`, or as `json:`.
fn named(name: &str) -> Option<String> {
    if let Some(json) = name.strip_prefix("json:") {
        return in_json(&serde_json::from_str(json).ok()?);
    }
    let name = name.strip_prefix("file:").unwrap_or(name);
    (!name.contains('\0')).then(|| name.to_owned())
}

fn in_json(value: &serde_json::Value) -> Option<String> {
    let object = value.as_object()?;
    let direct = ["filename", "file.filename"];
    let direct = direct.iter().find_map(|key| object.get(*key)?.as_str());
    match direct {
        Some(name) => Some(name.to_owned()),
        None => in_json(object.get("file")?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(folder: &Path, backing: &str) -> PathBuf {
        let mut bytes = vec![0; 1024];
        bytes[..8].copy_from_slice(b"QFI\xfb\0\0\0\x03");
        bytes[8..16].copy_from_slice(&512_u64.to_be_bytes());
        bytes[16..20].copy_from_slice(&u32::try_from(backing.len()).unwrap().to_be_bytes());
        bytes[512..512 + backing.len()].copy_from_slice(backing.as_bytes());
        let path = folder.join("overlay.qcow2");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn a_backing_file_is_found_whatever_its_notation() {
        let folder = tempfile::tempdir().unwrap();
        let found = |name: &str| backing_file(&image(folder.path(), name)).unwrap();
        let at = |name: &str| Some(folder.path().join(name));
        for name in [
            "base.qcow2",
            "file:base.qcow2",
            r#"json:{"driver":"qcow2","file":{"driver":"file","filename":"base.qcow2"}}"#,
            r#"json:{"driver":"qcow2","file.filename":"base.qcow2"}"#,
        ] {
            assert_eq!(found(name), at("base.qcow2"), "{name}");
        }
        assert_eq!(found("/srv/base"), Some("/srv/base".into()));
        assert_eq!(found(""), None);
        assert_eq!(found(r#"json:{"driver":"nbd"}"#), None);
        assert_eq!(found("json:{"), None);
    }

    #[test]
    fn an_image_is_untouched_until_its_l1_table_refers_to_something() {
        let folder = tempfile::tempdir().unwrap();
        let path = image(folder.path(), "base");
        let with = |entry: u8, len: usize| {
            let mut bytes = std::fs::read(&path).unwrap();
            bytes.resize(600, 0);
            bytes[36..40].copy_from_slice(&3_u32.to_be_bytes());
            bytes[40..48].copy_from_slice(&520_u64.to_be_bytes());
            bytes[520 + 23] = entry;
            std::fs::write(&path, &bytes[..len]).unwrap();
            let found = is_untouched(&path);
            bytes[520 + 23] = 0;
            std::fs::write(&path, bytes).unwrap();
            found
        };
        assert!(with(0, 600).unwrap());
        assert!(!with(1, 600).unwrap());
        assert!(with(0, 530).is_err(), "the table is cut off");
        assert!(is_untouched(Path::new("/dev/null")).is_err());
    }

    #[test]
    fn what_is_no_qcow2_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let raw = folder.path().join("raw");
        for bytes in [&b""[..], b"QFI\xfb", &[0; 1024]] {
            std::fs::write(&raw, bytes).unwrap();
            assert_eq!(backing_file(&raw).unwrap(), None);
        }
        assert_eq!(backing_file(Path::new("/dev/null")).unwrap(), None);
        assert!(backing_file(&folder.path().join("missing")).is_err());
    }
}
