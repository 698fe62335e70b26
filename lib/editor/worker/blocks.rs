//! The blocks that a worker changed, on their way to the caller's own scratch.

use super::WorkerError;
use super::message::Blocks;
use crate::image::{BLOCK, BlockDevice, Scratch};

/// Bytes of blocks in one message.
pub(super) const STEP: usize = 1 << 20;
/// Bytes that an edit may change. Ours are some 100 KiB; the rest is a hostile guest's.
const MAX_CHANGED: u64 = 64 << 20;

/// What a worker changed, in messages.
pub(super) fn in_steps(scratch: &Scratch) -> Vec<Blocks> {
    let changed: Blocks = scratch
        .changed_blocks()
        .map(|(offset, bytes)| (offset, bytes.to_vec()))
        .collect();
    changed.chunks(STEP / BLOCK).map(<[_]>::to_vec).collect()
}

/// Takes blocks over one by one, and none that an edit cannot have made.
pub(super) struct Taker<'s> {
    scratch: &'s mut Scratch,
    /// Where the next block may begin.
    next: u64,
    taken: u64,
}

impl<'s> Taker<'s> {
    pub(super) fn new(scratch: &'s mut Scratch) -> Self {
        Self {
            scratch,
            next: 0,
            taken: 0,
        }
    }

    pub(super) fn take(&mut self, blocks: &Blocks) -> Result<(), WorkerError> {
        for (offset, bytes) in blocks {
            self.check(*offset, bytes).map_err(impossible)?;
            self.scratch.write_at(*offset, bytes)?;
        }
        Ok(())
    }

    fn check(&mut self, offset: u64, bytes: &[u8]) -> Result<(), &'static str> {
        if !offset.is_multiple_of(BLOCK as u64) || offset < self.next {
            return Err("a block out of place");
        }
        let size = self.scratch.size();
        if offset >= size {
            return Err("a block behind the disk's end");
        }
        if bytes.len() as u64 != (size - offset).min(BLOCK as u64) {
            return Err("a block of another length");
        }
        self.next = offset + BLOCK as u64;
        self.taken += bytes.len() as u64;
        if self.taken > MAX_CHANGED {
            return Err("more changed blocks than an edit makes");
        }
        Ok(())
    }
}

pub(super) fn impossible(what: &'static str) -> WorkerError {
    WorkerError::Answer {
        during: "finish",
        what,
    }
}
