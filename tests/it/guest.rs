//! The guest in memory against the seam's contract, and the walk over it, and facts.

mod conformance;
mod facts;
mod memory;
mod walk;
