//! The guest in memory against the seam's contract, and the walk over it.

mod conformance;
mod memory;
mod walk;
