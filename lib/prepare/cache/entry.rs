//! Content of a cached entry.

use serde::{Deserialize, Serialize};

use crate::codes::{self, Severity};
use crate::edit::Edit;
use crate::graft::Finding;
use crate::image::Redo;
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
    edits: Vec<Edit>,
    /// Codes and texts.
    warnings: Vec<(String, String)>,
}

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
    /// True where a content is a secret, which is not kept.
    pub(in crate::prepare) fn holds_secret(&self) -> bool {
        let mut contents = self.edits.iter().filter_map(Edit::content);
        contents.any(|content| content.is_secret())
    }

    pub(in crate::prepare) fn to_bytes(&self) -> Vec<u8> {
        let said = Said {
            edits: self.edits.clone(),
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
            edits: said.edits,
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
