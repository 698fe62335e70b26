//! The blocks that a worker changed, on their way to the caller's own scratch.

use super::WorkerError;
use super::message::Blocks;
use crate::image::{BLOCK, BlockDevice, Scratch};

/// Bytes of blocks in one message.
pub(super) const STEP: usize = 1 << 20;
/// Bytes that an edit may change. Ours are some 100 KiB; the rest is a hostile guest's.
const MAX_CHANGED: u64 = 64 << 20;

/// Changes by a worker, in messages.
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
    /// Start of the next block at the earliest.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Child, MasterFormat, Overlay};

    /// A disk of two blocks and a half.
    const SIZE: u64 = 10240;

    fn on_a_fresh_child(test: impl FnOnce(&mut Scratch)) {
        let folder = tempfile::tempdir().unwrap();
        let (master, child) = (folder.path().join("m"), folder.path().join("c"));
        std::fs::write(&master, vec![7; SIZE as usize]).unwrap();
        let overlay = Overlay::new(&master).format(MasterFormat::Raw);
        overlay.create(&child).unwrap();
        let locked = Child::open(&child, &master).unwrap().lock().unwrap();
        test(&mut locked.scratch().unwrap());
    }

    fn take(steps: &[Blocks]) -> Result<u64, &'static str> {
        let mut taken = Ok(0);
        on_a_fresh_child(|scratch| {
            let mut taker = Taker::new(scratch);
            taken = steps
                .iter()
                .try_for_each(|step| taker.take(step))
                .map(|()| taker.taken)
                .map_err(|error| match error {
                    WorkerError::Answer { what, .. } => what,
                    other => panic!("{other}"),
                });
        });
        taken
    }

    fn block(offset: u64, len: usize) -> (u64, Vec<u8>) {
        (offset, vec![9; len])
    }

    #[test]
    fn blocks_of_the_disk_are_taken_in_their_order() {
        assert_eq!(take(&[]), Ok(0));
        assert_eq!(
            take(&[
                vec![block(0, 4096)],
                vec![block(4096, 4096), block(8192, 2048)]
            ]),
            Ok(SIZE)
        );
    }

    #[test]
    fn no_other_block_is_taken() {
        for (blocks, what) in [
            (vec![block(512, 4096)], "a block out of place"),
            (
                vec![block(4096, 4096), block(0, 4096)],
                "a block out of place",
            ),
            (vec![block(0, 4096), block(0, 4096)], "a block out of place"),
            (vec![block(12288, 4096)], "a block behind the disk's end"),
            (
                vec![block(u64::MAX - 4095, 4096)],
                "a block behind the disk's end",
            ),
            (vec![block(8192, 4096)], "a block of another length"),
            (vec![block(0, 4095)], "a block of another length"),
            (vec![block(0, 0)], "a block of another length"),
        ] {
            assert_eq!(take(std::slice::from_ref(&blocks)), Err(what), "{blocks:?}");
            // Nor where it comes in a later message.
            let first = vec![block(0, 4096)];
            assert!(take(&[first, blocks]).is_err());
        }
    }

    #[test]
    fn an_edit_is_bounded() {
        on_a_fresh_child(|scratch| {
            let mut taker = Taker::new(scratch);
            taker.taken = MAX_CHANGED;
            let error = taker.take(&vec![block(0, 4096)]).unwrap_err();
            assert!(error.to_string().contains("more changed blocks"), "{error}");
        });
    }
}
