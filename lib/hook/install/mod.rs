//! Putting the hooks where hypervisors look for them, and taking them away again.
//!
//! Both can be done again and again. What was there before comes back byte for byte, with its mode
//! and owner: a hook that is in the way is moved aside, not copied. Nothing of a hypervisor is
//! called or restarted.

mod error;
mod libvirt;
mod place;
mod proxmox;
mod script;

pub use error::InstallError;
pub use libvirt::{Libvirt, Style};
pub use proxmox::Proxmox;
pub(crate) use script::is_idle;
pub use script::{Called, WhenUnknown};

use std::path::PathBuf;

use serde::Serialize;

/// Result of an installation or a removal.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Installed {
    /// True if anything was changed.
    pub changed: bool,
    /// The files that were written, moved or removed; the ones in place where nothing was.
    pub files: Vec<PathBuf>,
    /// Note on what is left to do, or to know.
    pub notes: Vec<Note>,
}

/// Note on what is left to do, or to know.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// A stable name.
    pub code: &'static str,
    /// Text of the note, with what to do.
    pub text: String,
}

impl Note {
    /// A note.
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }
}
