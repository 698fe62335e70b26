//! One wanted link.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::form::Form;
use crate::path::{GuestPath, PathError, escape};

/// Reason that some text is no [`SharePath`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SharePathError {
    /// It begins with `/`.
    #[error("“{0}” must be a path below the export: leave out the leading “/”")]
    Absolute(String),
    /// It names the export itself, or nothing.
    #[error("“{0}” names no directory below the export: give one, such as “lib/modules”")]
    Empty(String),
    /// It is no path at all.
    #[error(transparent)]
    Path(#[from] PathError),
}

impl SharePathError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absolute(_) => "share-path-absolute",
            Self::Empty(_) => "share-path-empty",
            Self::Path(error) => error.code(),
        }
    }
}

/// A path below the export: relative, normalised, never empty, without `..`.
///
/// Its text form escapes as [`GuestPath`]'s does.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SharePath(GuestPath);

impl SharePath {
    /// The same path with the export mounted on `mount_point`.
    ///
    /// # Errors
    /// [`PathError::TooLong`].
    pub fn below(&self, mount_point: &GuestPath) -> Result<GuestPath, PathError> {
        let names = self.0.components();
        names
            .into_iter()
            .try_fold(mount_point.clone(), |path, name| path.join(name))
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }
}

impl FromStr for SharePath {
    type Err = SharePathError;

    fn from_str(text: &str) -> Result<Self, SharePathError> {
        if text.starts_with('/') {
            return Err(SharePathError::Absolute(escape(text.as_bytes())));
        }
        let path: GuestPath = format!("/{text}").parse()?;
        if path.is_root() {
            return Err(SharePathError::Empty(escape(text.as_bytes())));
        }
        Ok(Self(path))
    }
}

impl fmt::Display for SharePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        f.pad(text.trim_start_matches('/'))
    }
}

impl fmt::Debug for SharePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{self}”")
    }
}

impl TryFrom<String> for SharePath {
    type Error = SharePathError;

    fn try_from(text: String) -> Result<Self, SharePathError> {
        text.parse()
    }
}

impl From<SharePath> for String {
    fn from(path: SharePath) -> Self {
        path.to_string()
    }
}

/// A place in the guest that shall be a link into the share.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    at: GuestPath,
    to: SharePath,
    #[serde(default, skip_serializing_if = "is_link")]
    form: Form,
}

fn is_link(form: &Form) -> bool {
    *form == Form::Link
}

impl Link {
    /// `at` shall be a link to `to`, below wherever the share is mounted.
    pub fn new(at: GuestPath, to: SharePath) -> Self {
        let form = Form::Link;
        Self { at, to, form }
    }

    /// The same in this form.
    #[must_use]
    pub fn with_form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// Form in which it takes the directory's place.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Place of the link, links on the way not yet resolved.
    pub fn at(&self) -> &GuestPath {
        &self.at
    }

    /// Target of the link, below the export.
    pub fn to(&self) -> &SharePath {
        &self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_path_is_relative_and_stays_below() {
        assert_eq!(
            "lib//./modules/".parse::<SharePath>().unwrap().to_string(),
            "lib/modules"
        );
        assert!(matches!(
            "/lib".parse::<SharePath>(),
            Err(SharePathError::Absolute(_))
        ));
        for text in ["", ".", "./"] {
            assert!(
                matches!(text.parse::<SharePath>(), Err(SharePathError::Empty(_))),
                "{text}"
            );
        }
        for text in ["..", "lib/../..", "a\0b"] {
            assert!(
                matches!(text.parse::<SharePath>(), Err(SharePathError::Path(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn a_link_reads_as_its_configuration_writes_it() {
        let link: Link =
            serde_json::from_str(r#"{"at":"/lib/modules","to":"lib/modules"}"#).unwrap();
        let target = link.to().below(&"/shared".parse().unwrap()).unwrap();
        assert_eq!(target.to_string(), "/shared/lib/modules");
        assert!(serde_json::from_str::<Link>(r#"{"at":"/a","to":"b","too":1}"#).is_err());
        assert!(serde_json::from_str::<Link>(r#"{"at":"a","to":"b"}"#).is_err());
    }
}
