//! `share`: the trees that servers export.

mod chart;
mod extract;
mod list;
mod remove;
mod savings;
mod thin;
mod verify;

use crate::args::ShareCommand;
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::setup::Setup;

pub(crate) fn run(
    command: &ShareCommand,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    match command {
        ShareCommand::Extract(args) => extract::run(args, setup, out),
        ShareCommand::List { folder } => list::run(folder, out),
        ShareCommand::Thin(args) => thin::run(args, setup, out),
        ShareCommand::Savings(args) => savings::run(args, out),
        ShareCommand::Verify { release } => verify::run(release, out),
        ShareCommand::Remove { release, force } => remove::run(release, *force, setup, out),
    }
}
