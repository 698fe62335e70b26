//! Content of a cached entry.

use serde::{Deserialize, Serialize};

use crate::codes::{self, Severity};
use crate::edit::Edit;
use crate::graft::Finding;
use crate::image::Redo;
use crate::path::GuestPath;
use crate::registry::Needs;

/// Needs that a server is selected by, but for the child's own name; and the pin of its receipt.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::prepare) struct CachedNeeds {
    os: Option<String>,
    version: Option<String>,
    arch: Option<String>,
    kernels: Vec<String>,
    components: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::prepare) pin: Option<String>,
}

/// An edit, and what is to be said of it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::prepare) struct CachedEdit {
    pub(in crate::prepare) redo: Redo,
    pub(in crate::prepare) edits: Vec<Edit>,
    pub(in crate::prepare) warnings: Vec<Finding>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    edits: Vec<Step>,
    /// Codes and texts.
    warnings: Vec<(String, String)>,
}

/// An edit's step with all that the report leaves out.
#[derive(Serialize, Deserialize)]
enum Step {
    Write(GuestPath, Hex, Option<Hex>, u32),
    MakeDirectory(GuestPath, u32),
    Rename(GuestPath, GuestPath),
    Symlink(GuestPath, Hex),
    Relabel(GuestPath, String),
    Remove(GuestPath),
}

#[derive(Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[derive(Clone)]
struct Hex(Vec<u8>);

impl From<&Needs> for CachedNeeds {
    fn from(needs: &Needs) -> Self {
        Self {
            os: needs.os.clone(),
            version: needs.version.clone(),
            arch: needs.arch.clone(),
            kernels: needs.kernels.clone(),
            components: needs.components.clone(),
            pin: None,
        }
    }
}

impl CachedNeeds {
    /// With the pin that the child's receipt holds.
    pub(in crate::prepare) fn pinned(mut self, pin: Option<&str>) -> Self {
        self.pin = pin.map(str::to_owned);
        self
    }

    pub(in crate::prepare) fn of_child(self, child: &str) -> Needs {
        let mut needs = Needs::new(child);
        needs.os = self.os;
        needs.version = self.version;
        needs.arch = self.arch;
        needs.kernels = self.kernels;
        needs.components = self.components;
        needs
    }

    pub(in crate::prepare) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings alone")
    }

    pub(in crate::prepare) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

impl CachedEdit {
    pub(in crate::prepare) fn to_bytes(&self) -> Vec<u8> {
        let said = Said {
            edits: self.edits.iter().map(Step::from).collect(),
            warnings: self
                .warnings
                .iter()
                .map(|finding| (finding.code.to_owned(), finding.text.clone()))
                .collect(),
        };
        let said = serde_json::to_vec(&said).expect("strings and numbers alone");
        let mut bytes = (said.len() as u64).to_be_bytes().to_vec();
        bytes.extend_from_slice(&said);
        bytes.extend_from_slice(&self.redo.to_bytes());
        bytes
    }

    pub(in crate::prepare) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (len, rest) = bytes.split_first_chunk::<8>()?;
        let len = usize::try_from(u64::from_be_bytes(*len)).ok()?;
        let (said, redo) = rest.split_at_checked(len)?;
        let said: Said = serde_json::from_slice(said).ok()?;
        Some(Self {
            redo: Redo::from_bytes(redo)?,
            edits: said.edits.into_iter().map(Edit::from).collect(),
            warnings: said
                .warnings
                .into_iter()
                .map(|(code, text)| {
                    let code = codes::find(&code)?.name();
                    Some(Finding::new(code, text).with(Severity::Warning))
                })
                .collect::<Option<_>>()?,
        })
    }
}

impl From<&Edit> for Step {
    fn from(edit: &Edit) -> Self {
        let hex = |bytes: &[u8]| Hex(bytes.to_vec());
        match edit {
            Edit::Write {
                path,
                content,
                before,
                new,
                ..
            } => Self::Write(
                path.clone(),
                hex(content),
                before.as_deref().map(hex),
                new.mode,
            ),
            Edit::MakeDirectory { path, mode } => Self::MakeDirectory(path.clone(), *mode),
            Edit::Rename { from, to } => Self::Rename(from.clone(), to.clone()),
            Edit::Symlink { path, target } => Self::Symlink(path.clone(), hex(target)),
            Edit::Relabel { path, label } => Self::Relabel(path.clone(), label.clone()),
            Edit::Remove { path } => Self::Remove(path.clone()),
        }
    }
}

impl From<Step> for Edit {
    fn from(step: Step) -> Self {
        match step {
            Step::Write(path, content, before, mode) => {
                Self::write(path, before.map(|hex| hex.0), content.0, mode)
            }
            Step::MakeDirectory(path, mode) => Self::MakeDirectory { path, mode },
            Step::Rename(from, to) => Self::Rename { from, to },
            Step::Symlink(path, target) => Self::Symlink {
                path,
                target: target.0,
            },
            Step::Relabel(path, label) => Self::Relabel { path, label },
            Step::Remove(path) => Self::Remove { path },
        }
    }
}

impl From<Hex> for String {
    fn from(hex: Hex) -> Self {
        hex.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TryFrom<String> for Hex {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let pairs = text.as_bytes().chunks(2);
        let byte = |pair: &[u8]| u8::from_str_radix(&String::from_utf8_lossy(pair), 16);
        pairs.map(byte).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_step_reads_back_with_its_content() {
        let path = |text: &str| text.parse::<GuestPath>().unwrap();
        let edits = [
            Edit::write(
                path("/etc/fstab"),
                Some(b"a\xff\n".to_vec()),
                b"b\n".to_vec(),
                0o644,
            ),
            Edit::write(path("/new"), None, Vec::new(), 0o600),
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
        ];
        for edit in edits {
            let json = serde_json::to_string(&Step::from(&edit)).unwrap();
            let step: Step = serde_json::from_str(&json).unwrap();
            assert_eq!(Edit::from(step), edit);
        }
    }
}
