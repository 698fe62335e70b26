//! Commands on pools of addresses.

use clap::{Subcommand, ValueHint};

#[derive(Debug, Subcommand)]
pub(crate) enum PoolCommand {
    /// Show the pools, and who has which address
    List,
    /// Reserve an address of a pool for a child, which keeps the one that it has
    Reserve {
        /// The pool's name
        pool: String,
        /// The child's disk, or the name that it is known by
        #[arg(value_hint = ValueHint::FilePath)]
        child: String,
    },
    /// Release the addresses of a child (revert does it by itself)
    Release {
        /// The child's disk, or the name that it is known by
        #[arg(value_hint = ValueHint::FilePath)]
        child: String,
    },
}
