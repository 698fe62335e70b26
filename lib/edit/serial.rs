//! Edits as text: whole for the record cache, and as a report tells them.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Content, Edit, Image};
use crate::path::escape;

/// Form in which a content is kept: its bytes as hexadecimal digits, of a secret the length alone.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kept {
    Bytes(#[serde(with = "hex")] Vec<u8>),
    Secret(usize),
    Image(Image),
}

impl From<Content> for Kept {
    fn from(content: Content) -> Self {
        match (content.image, content.is_secret) {
            (Some(image), _) => Self::Image(image),
            (None, true) => Self::Secret(content.bytes.len()),
            (None, false) => Self::Bytes(content.bytes),
        }
    }
}

/// A secret reads back as zeros of its length, an image without its bytes.
impl From<Kept> for Content {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Bytes(bytes) => Self::from(bytes),
            Kept::Secret(len) => Self::secret(vec![0; len]),
            Kept::Image(image) => Self {
                bytes: Vec::new(),
                is_secret: false,
                image: Some(image),
            },
        }
    }
}

/// Bytes as hexadecimal digits.
pub(crate) mod hex {
    use super::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        serializer.serialize_str(&digits)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let pairs = text.as_bytes().chunks(2);
        let byte = |pair: &[u8]| u8::from_str_radix(&String::from_utf8_lossy(pair), 16);
        let bytes = pairs.map(byte).collect::<Result<_, _>>();
        bytes.map_err(serde::de::Error::custom)
    }
}

/// Edits as a report tells them: each kind with its paths, and no content.
pub(crate) fn told<S: Serializer>(edits: &[Edit], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(edits.len()))?;
    for edit in edits {
        list.serialize_element(&Told(edit))?;
    }
    list.end()
}

struct Told<'a>(&'a Edit);

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let kind = match self.0 {
            Edit::Write { .. } => "write",
            Edit::MakeDirectory { .. } => "make-directory",
            Edit::Rename { .. } => "rename",
            Edit::Symlink { .. } => "symlink",
            Edit::Relabel { .. } => "relabel",
            Edit::Remove { .. } => "remove",
        };
        map.serialize_entry("kind", kind)?;
        match self.0 {
            Edit::Write { path, size, .. } => {
                map.serialize_entry("path", path)?;
                map.serialize_entry("size", size)?;
            }
            Edit::MakeDirectory { path, mode } => {
                map.serialize_entry("path", path)?;
                map.serialize_entry("mode", &format!("{mode:04o}"))?;
            }
            Edit::Rename { from, to } => {
                map.serialize_entry("path", from)?;
                map.serialize_entry("to", to)?;
            }
            Edit::Symlink { path, target } => {
                map.serialize_entry("path", path)?;
                map.serialize_entry("target", &escape(target))?;
            }
            Edit::Relabel { path, label } => {
                map.serialize_entry("path", path)?;
                map.serialize_entry("label", label)?;
            }
            Edit::Remove { path } => map.serialize_entry("path", path)?,
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Owner;
    use crate::path::GuestPath;

    fn edits() -> Vec<Edit> {
        let path = |text: &str| text.parse::<GuestPath>().unwrap();
        vec![
            Edit::write(
                path("/etc/fstab"),
                Some(b"a\xff\n".to_vec()),
                b"b\n".to_vec(),
                0o644,
            ),
            Edit::write(path("/new"), None, Vec::new(), 0o600),
            Edit::write_as(
                path("/of-ssh"),
                None,
                Content::from(b"x".to_vec()),
                Owner {
                    uid: 0,
                    gid: 999,
                    mode: 0o640,
                },
            ),
            Edit::MakeDirectory {
                path: path("/shared"),
                mode: 0o755,
            },
            Edit::Rename {
                from: path("/a"),
                to: path("/b"),
            },
            Edit::Symlink {
                path: path("/l"),
                target: b"/shared/\xfe".to_vec(),
            },
            Edit::Relabel {
                path: path("/n"),
                label: "a:b:c:s0".into(),
            },
            Edit::Remove { path: path("/r") },
        ]
    }

    #[test]
    fn every_kind_of_edit_reads_back_with_its_content_and_owner() {
        let text = serde_json::to_string(&edits()).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Edit>>(&text).unwrap(), edits());
        assert!(serde_json::from_str::<Edit>("{\"write\":{}}").is_err());
    }

    #[test]
    fn a_secret_is_kept_as_its_length_alone() {
        let key = "/key".parse::<GuestPath>().unwrap();
        let content = Content::secret(b"a private key".to_vec());
        let edit = Edit::write_as(
            key,
            Some(b"the old key".to_vec()),
            content,
            Owner::root(0o600),
        );
        let text = serde_json::to_string(&edit).unwrap();
        assert!(text.contains("{\"secret\":13}"), "{text}");
        for secret in [&b"a private key"[..], b"the old key"] {
            let digits: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(!text.contains(&digits), "{text}");
        }
        let back: Edit = serde_json::from_str(&text).unwrap();
        let content = back.content().unwrap();
        assert!(content.is_secret() && **content == [0; 13]);
    }

    #[test]
    fn a_report_tells_kinds_and_paths_and_no_content() {
        struct All(Vec<Edit>);
        impl Serialize for All {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                told(&self.0, serializer)
            }
        }
        let text = serde_json::to_string(&All(edits())).unwrap();
        assert_eq!(
            text,
            "[{\"kind\":\"write\",\"path\":\"/etc/fstab\",\"size\":2},\
             {\"kind\":\"write\",\"path\":\"/new\",\"size\":0},\
             {\"kind\":\"write\",\"path\":\"/of-ssh\",\"size\":1},\
             {\"kind\":\"make-directory\",\"path\":\"/shared\",\"mode\":\"0755\"},\
             {\"kind\":\"rename\",\"path\":\"/a\",\"to\":\"/b\"},\
             {\"kind\":\"symlink\",\"path\":\"/l\",\"target\":\"/shared/\\\\xfe\"},\
             {\"kind\":\"relabel\",\"path\":\"/n\",\"label\":\"a:b:c:s0\"},\
             {\"kind\":\"remove\",\"path\":\"/r\"}]"
        );
    }
}
