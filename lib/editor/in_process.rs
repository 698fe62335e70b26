//! ext4 without an appliance: in the calling process, or in a worker.

use std::ops::Range;

use super::EditorError;
use super::choice::{Choice, Reached};
use super::ext4::{Ext4Guest, Options};
use super::free::{MAX_FREE, in_root};
use super::root::{Root, open_root, open_root_read_only};
use super::worker::WorkerGuest;
use crate::guest::{Guest, Remembering};
use crate::image::{OpenChild, Scratch};
#[cfg(feature = "appliance")]
use crate::path::GuestPath;

/// A guest on ext4, wherever its editor runs.
pub(super) enum InProcess<'s> {
    Here(Remembering<Box<Ext4Guest<'s>>>, Root),
    Worker(Remembering<Box<WorkerGuest>>),
}

impl<'s> InProcess<'s> {
    /// Opens a child's root; with `time`, for writing. `scratch` is what an editor in the calling
    /// process works on.
    pub(super) fn open(
        choice: &Choice,
        child: &OpenChild,
        scratch: &'s mut Option<Scratch>,
        time: Option<i64>,
    ) -> Result<Self, EditorError> {
        if let Some(worker) = &choice.worker {
            let (guest, memory) = WorkerGuest::open(child, worker, &choice.ahead, time)?;
            if let Some(wanted) = &choice.root {
                wanted.require(child, guest.root())?;
            }
            return Ok(Self::Worker(Remembering::with(guest.into(), memory)));
        }
        let scratch = scratch.insert(child.scratch()?);
        let (guest, root) = match time {
            Some(time) => open_root(scratch, Options { time })?,
            None => open_root_read_only(scratch)?,
        };
        if let Some(wanted) = &choice.root {
            wanted.require(child, &root)?;
        }
        Ok(Self::Here(Remembering::new(guest.into()), root))
    }

    pub(super) fn guest(&mut self) -> &mut dyn Guest {
        match self {
            Self::Here(guest, _) => guest,
            Self::Worker(guest) => guest,
        }
    }

    /// The error that stopped the work, when that was the editor's own rather than of a call on the guest.
    pub(super) fn broken(&mut self) -> Option<EditorError> {
        match self {
            Self::Here(..) => None,
            Self::Worker(guest) => guest.below_mut().broken().map(EditorError::from),
        }
    }

    /// The first thing that is of a kind for another editor: [`Ext4Guest::beyond`].
    #[cfg(feature = "appliance")]
    pub(super) fn beyond(&mut self) -> Option<(GuestPath, &'static str)> {
        match self {
            Self::Here(guest, _) => {
                let beyond = guest.below().beyond();
                beyond.map(|(path, what)| (path.clone(), what))
            }
            Self::Worker(guest) => guest.below_mut().beyond(),
        }
    }

    pub(super) fn reached(&self) -> Reached {
        let (root, how) = match self {
            Self::Here(_, root) => (root, ""),
            Self::Worker(guest) => (
                guest.below().root(),
                match guest.below().confinement().landlock {
                    true => ", in a worker under seccomp and Landlock",
                    false => ", in a worker under seccomp",
                },
            ),
        };
        Reached {
            editor: "ext4",
            reason: format!("{root}: ext4 that can be edited in process{how}"),
            root: root.to_string(),
            holds_any_content: false,
            warning: None,
        }
    }

    /// Ranges of the disk that the root's file system holds nothing in, rising.
    pub(super) fn free(&mut self) -> Result<Vec<Range<u64>>, EditorError> {
        match self {
            Self::Here(guest, root) => {
                let free = guest.below_mut().free_ranges(MAX_FREE);
                let free = free.map_err(|source| root.failed(source))?;
                Ok(in_root(root, free).unwrap_or_default())
            }
            Self::Worker(guest) => guest.below_mut().free(),
        }
    }

    /// Ends the edit. Gives the scratch that holds it, where that is not the one of
    /// [`open`](Self::open).
    pub(super) fn finish(self, child: &OpenChild) -> Result<Option<Scratch>, EditorError> {
        match self {
            Self::Here(guest, root) => {
                let (guest, _) = guest.into_parts();
                guest.finish().map_err(|source| root.failed(source))?;
                Ok(None)
            }
            Self::Worker(guest) => {
                let mut scratch = child.scratch()?;
                let (guest, _) = guest.into_parts();
                guest.finish(&mut scratch)?;
                Ok(Some(scratch))
            }
        }
    }
}
