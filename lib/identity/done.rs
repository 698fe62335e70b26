//! Record of an identity that was given to a guest, as the receipt keeps it; and the way back.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::files::{Files, Found, Look};
use super::wanted::Identity;
use crate::edit::{Content, Edit, Owner};
use crate::path::GuestPath;

/// Subject of a change: the thing of an identity that it is about.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub(crate) enum Subject {
    /// Host name and hosts.
    Names,
    /// The machine-id.
    MachineId,
    /// SSH host keys.
    SshKeys,
    /// The stack's configuration of NICs.
    Network,
    /// Things of the master's that must not be the child's: seeds, hardware addresses, initiator names.
    Leftovers,
    /// cloud-init.
    CloudInit,
}

impl Subject {
    /// True for what is made once for a child: a later prepare leaves it as it is.
    pub(crate) fn is_once(self) -> bool {
        matches!(self, Self::MachineId | Self::SshKeys | Self::Leftovers)
    }
}

/// Record of an identity that was given to a guest.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// The identity that was asked for.
    pub(crate) asked: Identity,
    /// The steps, in order.
    pub(crate) steps: Vec<Step>,
}

/// One step that was done.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// The thing that it is about.
    pub(crate) subject: Subject,
    /// The deed. Paths are physical.
    pub(crate) did: Deed,
}

/// Deed of a step.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Deed {
    /// A directory was made.
    Made {
        /// The directory.
        path: GuestPath,
    },
    /// A file was written.
    Wrote {
        /// The file.
        path: GuestPath,
        /// SHA-256 of what was written.
        sha256: String,
        /// Copy of its old content; `None` where there was no file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<GuestPath>,
        /// True where its content is a secret.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        secret: bool,
    },
    /// A file or link was moved into osgraft's folder.
    Moved {
        /// Its old place.
        path: GuestPath,
        /// Its place in osgraft's folder.
        to: GuestPath,
    },
    /// A symbolic link was made.
    Linked {
        /// The link.
        path: GuestPath,
        /// Its target, escaped.
        target: String,
    },
}

impl Deed {
    /// The place that it was done to.
    pub(crate) fn path(&self) -> &GuestPath {
        match self {
            Self::Made { path }
            | Self::Wrote { path, .. }
            | Self::Moved { path, .. }
            | Self::Linked { path, .. } => path,
        }
    }

    /// The file in osgraft's folder that holds what was there before.
    pub(crate) fn kept_at(&self) -> Option<&GuestPath> {
        match self {
            Self::Wrote { old, .. } => old.as_ref(),
            Self::Moved { to, .. } => Some(to),
            _ => None,
        }
    }
}

/// A place of an identity that is not as it was made.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Kept {
    /// The place.
    pub path: GuestPath,
    /// The reason.
    pub why: Reason,
}

/// Reasons why a place of an identity is not as it was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The guest changed the file.
    Changed,
    /// The guest removed it.
    Gone,
    /// Something is in the place that a file was moved away from.
    Taken,
    /// The copy of what was there before is gone.
    NoWayBack,
    /// The receipt names a place outside osgraft's folder.
    Outside,
}

impl Reason {
    /// A stable name for scripts, in kebab-case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Changed => "identity-changed",
            Self::Gone => "identity-gone",
            Self::Taken => "identity-place-taken",
            Self::NoWayBack => "identity-no-way-back",
            Self::Outside => "identity-outside",
        }
    }
}

impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = &self.path;
        match self.why {
            Reason::Changed => write!(f, "{path}: the guest changed this file since; kept"),
            Reason::Gone => write!(f, "{path}: the guest removed this file since"),
            Reason::Taken => write!(
                f,
                "{path}: the guest put something there since; that is kept, and what was there before \
                 stays in osgraft's folder"
            ),
            Reason::NoWayBack => write!(
                f,
                "{path}: the copy of its old content is gone, so it stays as it is"
            ),
            Reason::Outside => write!(
                f,
                "{path}: the receipt names a place outside osgraft's folder, so it stays as it is"
            ),
        }
    }
}

/// Edits that take an identity back as far as the guest allows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Undo {
    pub(crate) edits: Vec<Edit>,
    pub(crate) kept: Vec<Kept>,
    /// Steps that a later undo can still take back.
    pub(crate) rest: Vec<Step>,
}

/// SHA-256 of a content, in hexadecimal digits.
pub(crate) fn digest(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Done {
    /// Places that have to be looked at to undo or to judge it. They are physical.
    pub(crate) fn looks(&self) -> Vec<Look> {
        let mut looks = Vec::new();
        for step in &self.steps {
            if !matches!(step.did, Deed::Made { .. }) {
                looks.push(Look::File(step.did.path().clone()));
            }
            looks.extend(step.did.kept_at().cloned().map(Look::File));
        }
        looks
    }

    /// Folders that were made, to be listed.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &GuestPath> {
        self.steps.iter().filter_map(|step| match &step.did {
            Deed::Made { path } => Some(path),
            _ => None,
        })
    }

    /// The way back, where `is_inside` tells osgraft's own folders. With `force` a
    /// file goes back that the guest changed.
    pub(crate) fn undo(
        &self,
        files: &Files,
        is_inside: impl Fn(&GuestPath) -> bool,
        force: bool,
    ) -> Undo {
        let mut undo = Undo::default();
        let mut after = files.clone();
        for step in self.steps.iter().rev() {
            let is_outside = step.did.kept_at().is_some_and(|path| !is_inside(path));
            let outcome = match is_outside {
                true => Err((Reason::Outside, false)),
                false => step.undo(&after, force),
            };
            match outcome {
                // A folder goes with the last thing in it.
                Ok(edits) if edits.is_empty() && step.is_folder() && !undo.rest.is_empty() => {
                    undo.rest.push(step.clone());
                }
                Ok(edits) => {
                    for edit in &edits {
                        after.apply(edit);
                    }
                    undo.edits.extend(edits);
                }
                Err((why, stays)) => {
                    let path = step.did.path().clone();
                    undo.kept.push(Kept { path, why });
                    if stays {
                        undo.rest.push(step.clone());
                    }
                }
            }
        }
        undo.rest.reverse();
        undo
    }

    /// Places that are not as they were made, of what is made once.
    pub(crate) fn differences(&self, files: &Files) -> Vec<Kept> {
        let mut kept = Vec::new();
        for step in &self.steps {
            let Deed::Wrote { path, sha256, .. } = &step.did else {
                continue;
            };
            if step.subject == Subject::Leftovers || !step.subject.is_once() {
                continue;
            }
            let why = match files.plain(path) {
                Some(file) if digest(&file.content) == *sha256 => continue,
                Some(_) => Reason::Changed,
                None => Reason::Gone,
            };
            let path = path.clone();
            kept.push(Kept { path, why });
        }
        kept
    }

    /// The files as they were before the identity, but for what is made once and what the guest changed
    /// since.
    pub(crate) fn before(&self, files: &Files) -> Files {
        let mut before = files.clone();
        for step in self
            .steps
            .iter()
            .rev()
            .filter(|step| !step.subject.is_once())
        {
            if let Ok(edits) = step.undo(&before, false) {
                for edit in &edits {
                    before.apply(edit);
                }
            }
        }
        before
    }
}

impl Step {
    fn is_folder(&self) -> bool {
        matches!(self.did, Deed::Made { .. })
    }

    /// The way back of this step; or the reason why there is none, and true where there may be one later.
    fn undo(&self, files: &Files, force: bool) -> Result<Vec<Edit>, (Reason, bool)> {
        match &self.did {
            Deed::Made { path } => Ok(match files.is_empty_folder(path) {
                true => vec![Edit::Remove { path: path.clone() }],
                false => Vec::new(),
            }),
            Deed::Wrote {
                path,
                sha256,
                old,
                secret,
            } => {
                let now = files.plain(path);
                let is_ours = now.is_some_and(|file| digest(&file.content) == *sha256);
                if now.is_none() && files.get(path).is_some() {
                    return Err((Reason::Taken, true));
                }
                if now.is_some() && !is_ours && !force {
                    return Err((Reason::Changed, true));
                }
                let Some(old) = old else {
                    return Ok(match now {
                        Some(_) => vec![Edit::Remove { path: path.clone() }],
                        None => Vec::new(),
                    });
                };
                let Some(copy) = files.plain(old) else {
                    return Err((Reason::NoWayBack, false));
                };
                let content = match secret {
                    true => Content::secret(copy.content.clone()),
                    false => Content::from(copy.content.clone()),
                };
                // Its owner and mode went with it.
                let Some(now) = now else {
                    return Err((Reason::Gone, false));
                };
                let before = Some(now.content.clone());
                let new = now.owner;
                Ok(vec![
                    Edit::write_as(path.clone(), before, content, new),
                    Edit::Remove { path: old.clone() },
                ])
            }
            Deed::Moved { path, to } => match (files.get(to), files.get(path)) {
                (None, None) => Err((Reason::NoWayBack, false)),
                (None, Some(_)) => Ok(Vec::new()),
                (Some(_), None) => Ok(vec![Edit::Rename {
                    from: to.clone(),
                    to: path.clone(),
                }]),
                // The guest made its own one: a seed of its own, which is worth more than the master's.
                (Some(Found::File(_)), Some(_)) if self.subject == Subject::Leftovers => {
                    Ok(vec![Edit::Remove { path: to.clone() }])
                }
                (Some(_), Some(_)) => Err((Reason::Taken, true)),
            },
            Deed::Linked { path, target } => match files.get(path) {
                Some(Found::Link { target: now, .. }) if crate::path::escape(now) == *target => {
                    Ok(vec![Edit::Remove { path: path.clone() }])
                }
                Some(_) => Err((Reason::Taken, false)),
                None => Ok(Vec::new()),
            },
        }
    }
}

/// Owner of a copy of an old content. Nobody but root reads it: it may be a secret.
pub(crate) const COPY: Owner = Owner::root(0o600);
