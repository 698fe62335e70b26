//! The in-process editor in a process of its own, which can write nothing.
//!
//! A guest's partition table and file system are parsed by code that a hostile guest may know a
//! fault of. So the program runs that code in a worker: itself, started anew, with descriptors of
//! the child and its chain that can only be read. Before it reads a byte of them the worker gives
//! up everything else: other files, programs, networks, root's rights (`confine`). It answers the
//! calls of [`Guest`](crate::guest::Guest), and ends by handing over the blocks of the guest's disk
//! that it changed. The caller puts these on its own scratch, so that the image's tables are never
//! of the worker's making, and takes no block that lies outside the disk, twice, or past a bound.
//! What the caller will ask first it names beforehand ([`Ahead`](crate::guest::Ahead)): the answers come
//! with the root, in one message rather than a hundred.
//!
//! ```text
//! caller                               worker
//!   open read-only ──descriptors──►      confine, find the root, open it
//!                  ◄──answers──          look at what is named beforehand
//!   facts, plan, edit ◄──calls──►        libext2fs on a scratch
//!   scratch ◄──blocks──                  ends
//! ```
//!
//! A worker that is taken over can lie about its guest, and change that guest's disk: no more than
//! the guest itself can once it runs.
//!
//! Library callers choose: without a [`Worker`] in the [`Choice`](super::Choice) the editor runs
//! in the calling process. A program that links the library can be its own worker: it calls
//! [`serve`] first of all when it was started as one, and nothing else then.

mod blocks;
mod channel;
mod client;
mod confine;
mod error;
mod link;
mod message;
mod process;
mod serve;
mod timed;

pub use confine::Confinement;
pub use error::WorkerError;
pub use process::Worker;
pub use serve::serve;

pub(super) use client::WorkerGuest;

/// Entry points of `tests/fuzz`.
#[cfg(fuzzing)]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod fuzzing {
    use super::channel::Receiver;
    use super::message::{Answer, Blocks, Finished, Opened};

    /// Messages of a worker that was taken over, as its caller takes them.
    pub fn answers(bytes: &[u8]) {
        if let Ok(Opened::Failed(error)) = Receiver::new(bytes).receive() {
            let _ = crate::editor::EditorError::from(error).to_string();
        }
        if let Ok(Answer::Failed(error)) = Receiver::new(bytes).receive() {
            let _ = error.to_string();
        }
        let _ = Receiver::new(bytes).receive::<Finished>();
        let _ = Receiver::new(bytes).receive::<Blocks>();
    }
}
