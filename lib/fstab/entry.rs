//! One entry: what a line says.

use std::fmt;

use super::field;
use super::line::Line;
use crate::path::{GuestPath, escape};

/// Longest line of an entry, in bytes without its newline: getmntent(3) of glibc reads into 4096
/// bytes and cuts what is longer.
pub const LINE_MAX: usize = 4094;

/// The text fields of an entry, by their names in fstab(5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field {
    /// Device or export that is mounted.
    Spec,
    /// Place.
    File,
    /// The file system's type.
    Vfstype,
    /// Its options.
    Mntops,
}

/// Reason that some values are no [`Entry`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// A field is empty, which fstab has no spelling for.
    #[error("fstab entry: the field {0} is empty: give it a value")]
    Empty(Field),
    /// A field holds a NUL byte, which ends the text for every reader.
    #[error("fstab entry: the field {field} (“{text}”) holds a NUL byte: remove it")]
    Nul {
        /// Field.
        field: Field,
        /// Its value, escaped.
        text: String,
    },
    /// The line is longer than readers take.
    #[error(
        "fstab entry: its line has {length} bytes, more than the {LINE_MAX} that readers take: shorten its options"
    )]
    TooLong {
        /// Bytes of the line without its newline.
        length: usize,
    },
}

impl EntryError {
    /// A stable name for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty(_) => "fstab-field-empty",
            Self::Nul { .. } => "fstab-field-nul",
            Self::TooLong { .. } => "fstab-line-too-long",
        }
    }
}

/// An entry of fstab, its fields decoded: raw bytes as the guest's mount program gets them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    spec: Vec<u8>,
    file: Vec<u8>,
    vfstype: Vec<u8>,
    options: Vec<u8>,
    freq: i32,
    passno: i32,
}

impl Entry {
    /// An entry of these values, any bytes but NUL; it always makes exactly one line.
    ///
    /// # Errors
    /// [`EntryError`], when a field is empty or holds NUL, or the line would be over-long.
    pub fn new(
        spec: impl AsRef<[u8]>,
        file: impl AsRef<[u8]>,
        vfstype: impl AsRef<[u8]>,
        options: impl AsRef<[u8]>,
        freq: i32,
        passno: i32,
    ) -> Result<Self, EntryError> {
        let entry = Self {
            spec: full(Field::Spec, spec.as_ref())?,
            file: full(Field::File, file.as_ref())?,
            vfstype: full(Field::Vfstype, vfstype.as_ref())?,
            options: full(Field::Mntops, options.as_ref())?,
            freq,
            passno,
        };
        match entry.to_line().len() {
            length if length > LINE_MAX => Err(EntryError::TooLong { length }),
            _ => Ok(entry),
        }
    }

    /// The entry that readers see in a line; none in a comment, a blank line, or a line of fewer
    /// than three fields. A fifth or sixth field that is no number counts as 0, as in
    /// getmntent(3).
    pub(super) fn read(line: &Line<'_>) -> Option<Self> {
        let fields = line.fields();
        let [spec, file, vfstype, rest @ ..] = &fields[..] else {
            return None;
        };
        let number = |at: usize| {
            let text = rest.get(at).and_then(|text| std::str::from_utf8(text).ok());
            text.and_then(|text| text.parse().ok()).unwrap_or(0)
        };
        Some(Self {
            spec: field::decode(spec),
            file: field::decode(file),
            vfstype: field::decode(vfstype),
            options: rest
                .first()
                .map_or_else(Vec::new, |text| field::decode(text)),
            freq: number(1),
            passno: number(2),
        })
    }

    /// Device or export that is mounted: a device, `UUID=…`, `host:/export`, a virtiofs tag.
    pub fn spec(&self) -> &[u8] {
        &self.spec
    }

    /// Mount point as it is written (after decoding); `none` or anything else for swap.
    pub fn file(&self) -> &[u8] {
        &self.file
    }

    /// The file system's type.
    pub fn vfstype(&self) -> &[u8] {
        &self.vfstype
    }

    /// The mount options; empty where the line has no fourth field.
    pub fn options(&self) -> &[u8] {
        &self.options
    }

    /// The fifth field, for dump(8).
    pub fn freq(&self) -> i32 {
        self.freq
    }

    /// The sixth field, for fsck(8).
    pub fn passno(&self) -> i32 {
        self.passno
    }

    /// Mount point; `None` for swap space and for whatever is not an absolute path.
    ///
    /// `/shared`, `/shared/`, `//shared` and `/x/../shared` are one mount point. Links are not
    /// known here.
    pub fn mount_point(&self) -> Option<GuestPath> {
        if self.vfstype == b"swap" {
            return None;
        }
        mount_point(&self.file)
    }

    /// The entry as a line without a newline, always with six fields: `defaults` stands in for
    /// missing options.
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = Vec::new();
        field::encode_first(&self.spec, &mut line);
        let options = match &self.options[..] {
            b"" => b"defaults",
            options => options,
        };
        for value in [&self.file[..], &self.vfstype, options] {
            line.push(b' ');
            field::encode(value, &mut line);
        }
        line.extend_from_slice(format!(" {} {}", self.freq, self.passno).as_bytes());
        line
    }
}

/// A decoded second field as a path. `..` is taken away textually, which is right unless a link
/// stands before it, and never takes two mount points for fewer than they might be.
pub(super) fn mount_point(file: &[u8]) -> Option<GuestPath> {
    if file.first() != Some(&b'/') {
        return None;
    }
    let mut names: Vec<&[u8]> = Vec::new();
    for name in file.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => {
                names.pop();
            }
            _ => names.push(name),
        }
    }
    let mut path = vec![b'/'];
    path.extend(names.join(&b'/'));
    GuestPath::new(path).ok()
}

fn full(field: Field, value: &[u8]) -> Result<Vec<u8>, EntryError> {
    if value.is_empty() {
        return Err(EntryError::Empty(field));
    }
    if value.contains(&0) {
        return Err(EntryError::Nul {
            field,
            text: escape(value),
        });
    }
    Ok(value.to_vec())
}

/// The line, escaped for people.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&escape(&self.to_line()))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spec => "fs_spec",
            Self::File => "fs_file",
            Self::Vfstype => "fs_vfstype",
            Self::Mntops => "fs_mntops",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fstab::Fstab;
    use proptest::prelude::*;

    fn read(line: &[u8]) -> Entry {
        let fstab = Fstab::parse(line);
        let mut found = fstab.entries();
        let entry = found.next().expect("an entry").entry;
        assert!(found.next().is_none());
        entry
    }

    #[test]
    fn the_last_three_fields_are_optional() {
        let entry = read(b"LABEL=x\t/x  ext4");
        assert_eq!(entry.options(), b"");
        assert_eq!((entry.freq(), entry.passno()), (0, 0));
        assert_eq!(read(b"a /x ext4 rw 1").freq(), 1);
        assert_eq!(read(b"a /x ext4 rw x -1").passno(), -1);
    }

    #[test]
    fn one_mount_point_has_many_spellings() {
        for file in [
            "/shared",
            "/shared/",
            "//shared",
            "/./shared//",
            r"/sh\141red",
            "/x/../shared",
        ] {
            let entry = read(format!("s {file} nfs").as_bytes());
            assert_eq!(entry.mount_point(), "/shared".parse().ok(), "{file}");
        }
        for file in ["none", "shared", "/shared2", "/Shared", "-"] {
            let entry = read(format!("s {file} nfs").as_bytes());
            assert_ne!(entry.mount_point(), "/shared".parse().ok(), "{file}");
        }
        assert_eq!(read(b"/dev/sda2 /shared swap sw").mount_point(), None);
    }

    #[test]
    fn values_that_have_no_spelling_are_refused() {
        assert_eq!(
            Entry::new("", "/x", "nfs", "ro", 0, 0),
            Err(EntryError::Empty(Field::Spec))
        );
        let nul = Entry::new("a", "/x\0y", "nfs", "ro", 0, 0).unwrap_err();
        assert_eq!(nul.code(), "fstab-field-nul");
        let long = Entry::new("a", "/x", "nfs", "x".repeat(LINE_MAX), 0, 0).unwrap_err();
        assert_eq!(long.code(), "fstab-line-too-long");
    }

    fn value() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(
            prop_oneof![1u8.., proptest::sample::select(&b" \t\r\n\\#,=\"0/"[..])],
            1..24,
        )
    }

    proptest! {
        #[test]
        fn one_entry_makes_one_line_and_reads_back(
            spec in value(), file in value(), vfstype in value(), options in value(),
            freq in any::<i32>(), passno in any::<i32>(),
        ) {
            let entry = Entry::new(&spec, &file, &vfstype, &options, freq, passno).unwrap();
            let line = entry.to_line();
            prop_assert!(!line.contains(&b'\n') && !line.contains(&b'\r'));
            for ending in [&b""[..], b"\n", b"\r\n"] {
                let text = [&line[..], ending].concat();
                let found: Vec<Entry> = Fstab::parse(&text).entries().map(|e| e.entry).collect();
                prop_assert_eq!(found, vec![entry.clone()]);
            }
        }
    }
}
