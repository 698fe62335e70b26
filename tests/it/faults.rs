//! Every fault that a host can have, at every place where it can strike: `make test-faults`.
//!
//! Each test is a row of one table. The ordinary run takes a part of each row's points, at least
//! 1,000 in all, and says how many; `OSGRAFT_FAULTS=all` takes all of them.

/// A new child killed, torn, failed and cut from power while it is made.
mod clone;
/// Many preparers, and writers that come and go.
#[cfg(feature = "cli")]
mod crowd;
/// Power cuts: what a disk may hold when its caches were lost.
mod cut;
/// Flushes that fail, and a power cut after them.
mod flush;
/// The program, killed at random times.
#[cfg(feature = "cli")]
mod kill;
/// What the power-cut suite says of a commit whose order is broken.
mod mutation;
/// QEMU opens a child at each state that a crash leaves.
mod qemu;
/// The table.
mod row;
/// The children that the faults strike.
mod scene;
/// Every changing file call of every kind of child: killed, torn, failed, and again in recovery.
mod sweep;
