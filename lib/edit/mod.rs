//! An edit of a guest, as a value.
//!
//! The parts of a graft decide on edits; [`graft`](crate::graft) does them.

mod serial;

use serde::{Deserialize, Serialize};

pub(crate) use self::serial::{hex, told};
use crate::path::{GuestPath, escape};

/// One step of what is done to a guest's tree. Paths are physical: no link stands in them.
///
/// It serializes whole, but for secrets, of which the length alone is kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Edit {
    /// A file's whole new content; the file keeps its owner, mode and attributes, or is made.
    Write {
        /// The file.
        path: GuestPath,
        /// Its content after the edit.
        content: Content,
        /// Its content before, `None` where there was no file.
        before: Option<Content>,
        /// Owner and permission bits, should it be made.
        new: Owner,
        /// Bytes of the content.
        size: usize,
    },
    /// A directory that is made, owned by root.
    MakeDirectory {
        /// The directory.
        path: GuestPath,
        /// Its permission bits.
        mode: u32,
    },
    /// Something that is moved inside one file system.
    Rename {
        /// Its old place.
        from: GuestPath,
        /// Its new place.
        to: GuestPath,
    },
    /// A symbolic link that is made.
    Symlink {
        /// The link.
        path: GuestPath,
        /// Its target.
        #[serde(with = "hex")]
        target: Vec<u8>,
    },
    /// SELinux label of something that was just made.
    Relabel {
        /// The file or directory.
        path: GuestPath,
        /// Its label, without a final NUL.
        label: String,
    },
    /// A file, link or empty directory that is removed.
    Remove {
        /// The file, link or directory.
        path: GuestPath,
    },
}

impl Edit {
    /// A directory that is made, owned by root, with mode 0755.
    pub(crate) fn make_directory(path: GuestPath) -> Self {
        Self::MakeDirectory { path, mode: 0o755 }
    }

    /// A symbolic link that is made.
    pub(crate) fn symlink(path: GuestPath, target: &GuestPath) -> Self {
        let target = target.as_bytes().to_vec();
        Self::Symlink { path, target }
    }

    /// A file's new content.
    pub(crate) fn write(
        path: GuestPath,
        before: Option<Vec<u8>>,
        content: Vec<u8>,
        mode: u32,
    ) -> Self {
        Self::write_as(path, before, Content::from(content), Owner::root(mode))
    }

    /// A file's new content, perhaps a secret.
    pub(crate) fn write_as(
        path: GuestPath,
        before: Option<Vec<u8>>,
        content: Content,
        new: Owner,
    ) -> Self {
        let is_secret = content.is_secret;
        let before = before.map(|bytes| match is_secret {
            true => Content::secret(bytes),
            false => Content::from(bytes),
        });
        Self::Write {
            path,
            size: content.len(),
            content,
            before,
            new,
        }
    }
}

/// Owner, group and permission bits of a file that is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// User.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Permission bits (`0o7777`).
    pub mode: u32,
}

impl Owner {
    /// root, with these permission bits.
    pub const fn root(mode: u32) -> Self {
        let (uid, gid) = (0, 0);
        Self { uid, gid, mode }
    }
}

/// Content of a file. A secret one, such as a private key, is in no output: not in the diff, not in
/// JSON, not in its debug form.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(into = "serial::Kept", from = "serial::Kept")]
pub struct Content {
    bytes: Vec<u8>,
    is_secret: bool,
    image: Option<Image>,
}

/// Size and digest of a large file that is no text, which outputs tell in place of its bytes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    size: usize,
    sha256: String,
}

impl Content {
    /// Content that no output may show.
    pub(crate) fn secret(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            is_secret: true,
            image: None,
        }
    }

    /// Content of a large file that is no text, with its SHA-256 in hexadecimal digits.
    pub(crate) fn image(bytes: Vec<u8>, sha256: String) -> Self {
        let size = bytes.len();
        Self {
            bytes,
            is_secret: false,
            image: Some(Image { size, sha256 }),
        }
    }

    /// True for content that no output may show.
    pub fn is_secret(&self) -> bool {
        self.is_secret
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            is_secret: false,
            image: None,
        }
    }
}

impl std::ops::Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A secret is told by its size alone.
impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.image, self.is_secret) {
            (Some(image), _) => write!(f, "{} bytes, SHA-256 {}", image.size, image.sha256),
            (None, true) => write!(f, "a secret of {} bytes", self.len()),
            (None, false) => write!(f, "“{}”", escape(&self.bytes)),
        }
    }
}

impl Edit {
    /// The content that it writes.
    pub(crate) fn content(&self) -> Option<&Content> {
        match self {
            Self::Write { content, .. } => Some(content),
            _ => None,
        }
    }

    /// Drops the bytes of a large file that is no text, once they are written. Size and digest stay.
    pub(crate) fn drop_image(&mut self) {
        if let Self::Write { content, .. } = self
            && content.image.is_some()
        {
            content.bytes = Vec::new();
        }
    }

    /// A word for a person: `mkdir`, `move`.
    fn verb(&self) -> &'static str {
        match self {
            Self::Write { before: None, .. } => "create",
            Self::Write { .. } => "edit",
            Self::MakeDirectory { .. } => "mkdir",
            Self::Rename { .. } => "move",
            Self::Symlink { .. } => "link",
            Self::Relabel { .. } => "label",
            Self::Remove { .. } => "remove",
        }
    }

    /// The paths that it is about, for a person.
    fn places(&self) -> String {
        match self {
            Self::Write { path, .. } | Self::MakeDirectory { path, .. } | Self::Remove { path } => {
                path.to_string()
            }
            Self::Rename { from, to } => format!("{from} to {to}"),
            Self::Symlink { path, target } => format!("{path} -> {}", escape(target)),
            Self::Relabel { path, label } => format!("{path} as {}", escape(label.as_bytes())),
        }
    }

    /// The edit as a part of a sentence.
    pub(crate) fn in_words(&self) -> String {
        format!("{} {}", self.verb(), self.places())
    }
}

/// One line for a person, in columns: the verb, then the paths.
impl std::fmt::Display for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:7} {}", self.verb(), self.places())
    }
}

/// Change of the guest's texts by a list of edits, as a unified diff (diff(1), `-u`), with the
/// steps that are no text before it as comments.
pub fn diff(edits: &[Edit]) -> String {
    let mut out = String::new();
    for edit in edits {
        let Edit::Write {
            path,
            content,
            before,
            ..
        } = edit
        else {
            out.push_str(&format!("# {edit}\n"));
            continue;
        };
        if content.is_secret {
            out.push_str(&format!("# {edit}: a secret of {} bytes\n", content.len()));
            continue;
        }
        if content.image.is_some() {
            out.push_str(&format!("# {edit}: {content:?}\n"));
            continue;
        }
        let old = shown(before.as_deref().unwrap_or_default());
        let new = shown(content);
        let old_name = match before {
            Some(_) => format!("a{path}"),
            None => "/dev/null".into(),
        };
        let diff = similar::TextDiff::from_lines(&old, &new);
        let mut unified = diff.unified_diff();
        out.push_str(&unified.header(&old_name, &format!("b{path}")).to_string());
    }
    out
}

/// A guest's text for a terminal: its lines as they are, whatever else in them escaped.
fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (body, newline) = match line.strip_suffix(b"\n") {
            Some(body) => (body, "\n"),
            None => (line, ""),
        };
        for (number, cell) in body.split(|byte| *byte == b'\t').enumerate() {
            if number > 0 {
                text.push('\t');
            }
            text.push_str(&escape(cell));
        }
        text.push_str(newline);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> GuestPath {
        text.parse().unwrap()
    }

    #[test]
    fn the_diff_shows_lines_and_hides_no_control_character() {
        let edit = Edit::write(
            path("/etc/fstab"),
            Some(b"a\t/ ext4\n".to_vec()),
            b"a\t/ ext4\nb\x1b[31m /shared nfs\n".to_vec(),
            0o644,
        );
        assert_eq!(
            diff(&[
                Edit::MakeDirectory {
                    path: path("/shared"),
                    mode: 0o755
                },
                edit
            ]),
            "# mkdir   /shared\n--- a/etc/fstab\n+++ b/etc/fstab\n@@ -1 +1,2 @@\n a\t/ ext4\n\
             +b\\x1b[31m /shared nfs\n"
        );
    }

    #[test]
    fn a_secret_is_in_no_output() {
        let edit = Edit::write_as(
            path("/etc/ssh/ssh_host_ed25519_key"),
            Some(b"old key".to_vec()),
            Content::secret(b"new key".to_vec()),
            Owner::root(0o600),
        );
        let json = serde_json::to_string(&edit).unwrap();
        for output in [
            diff(std::slice::from_ref(&edit)),
            format!("{edit:?}"),
            edit.to_string(),
            json,
        ] {
            assert!(
                !output.contains("old key") && !output.contains("new key"),
                "{output}"
            );
        }
        assert_eq!(
            diff(&[edit]),
            "# edit    /etc/ssh/ssh_host_ed25519_key: a secret of 7 bytes\n"
        );
    }

    #[test]
    fn an_image_is_told_by_its_size_and_digest() {
        let content = Content::image(b"MZ\0\x01".to_vec(), "ab12".to_owned());
        let mut edit = Edit::write_as(path("/boot/k"), None, content, Owner::root(0o600));
        let told = "# create  /boot/k: 4 bytes, SHA-256 ab12\n";
        assert_eq!(diff(std::slice::from_ref(&edit)), told);
        edit.drop_image();
        assert_eq!(edit.content().unwrap().len(), 0);
        assert_eq!(diff(std::slice::from_ref(&edit)), told);
        let kept = serde_json::to_string(&edit).unwrap();
        assert_eq!(serde_json::from_str::<Edit>(&kept).unwrap(), edit);
    }

    #[test]
    fn a_new_file_comes_from_dev_null() {
        let edit = Edit::write(path("/etc/fstab"), None, b"x\n".to_vec(), 0o644);
        assert!(diff(&[edit]).starts_with("--- /dev/null\n+++ b/etc/fstab\n"));
    }
}
