//! `share`: the trees that servers export.

mod extract;
mod image;
mod list;
mod remove;
mod serve;
mod snippet;
mod verify;

pub(crate) use snippet::quoted;

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
        ShareCommand::Image(args) => image::run(args, out),
        ShareCommand::List { folder } => list::run(folder, out),
        ShareCommand::Serve(args) => serve::run(args, out),
        ShareCommand::Snippet(args) => snippet::run(args, setup, out),
        ShareCommand::Verify { release } => verify::run(release, out),
        ShareCommand::Remove { release, force } => remove::run(release, *force, setup, out),
    }
}
