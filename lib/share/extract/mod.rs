//! Extraction: a release made from a guest's tree.
//!
//! The guest is read through the seam; nothing of it decides where a byte is written. The parent writes
//! below one open folder, by `openat2(2)` with `RESOLVE_BENEATH` and `RESOLVE_NO_SYMLINKS`, into a
//! hidden folder beside the release. That gets its name once all of it is on the disk.

mod build;
mod component;
mod copy;
mod copying;
mod disk;
mod error;
mod extractor;
mod facts;
mod report;
mod reuse;
mod run;
mod settings;
mod supplement;
mod survey;

pub use component::{ComponentPath, Verdict, judge};
pub use disk::Dying;
pub use error::ExtractError;
pub use extractor::Extractor;
pub use report::{Outcome, Report, Tally};
pub use settings::{BootWish, Limits};
