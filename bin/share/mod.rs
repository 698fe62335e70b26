//! `share`: the trees that servers export.

mod list;

use crate::args::ShareCommand;
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::setup::Setup;

pub(crate) fn run(
    command: &ShareCommand,
    _setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    match command {
        ShareCommand::List { folder } => list::run(folder, out),
    }
}
