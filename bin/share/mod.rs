//! `share`: the trees that servers export.

mod image;
mod list;
mod snippet;

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
        ShareCommand::Image(args) => image::run(args, out),
        ShareCommand::List { folder } => list::run(folder, out),
        ShareCommand::Snippet(args) => snippet::run(args, setup, out),
    }
}
