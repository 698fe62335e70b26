//! `share`: the trees that servers export.

mod boot;
mod chart;
mod extract;
mod image;
mod list;
mod remove;
mod savings;
mod serve;
mod server_disk;
mod snippet;
mod thin;
mod verify;

pub(crate) use chart::ChartError;

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
        ShareCommand::List { folder } => list::run(folder, out),
        ShareCommand::Boot { machine: None, .. } => boot::list(setup, out),
        ShareCommand::Boot {
            machine: Some(machine),
            release,
            forget,
        } => match (release, forget) {
            (Some(release), _) => boot::point(machine, release, setup, out),
            (None, true) => boot::forget(machine, setup, out),
            (None, false) => boot::show(machine, setup, out),
        },
        ShareCommand::BootSnippet {
            machine,
            disk,
            cmdline,
        } => boot::snippet(machine, disk.as_deref(), cmdline.as_deref(), setup, out),
        ShareCommand::Serve(args) => serve::run(args, out),
        ShareCommand::ServerDisk(args) => server_disk::run(args, setup, out),
        ShareCommand::Thin(args) => thin::run(args, setup, out),
        ShareCommand::Savings(args) => savings::run(args, out),
        ShareCommand::Verify { release } => verify::run(release, out),
        ShareCommand::Remove { release, force } => remove::run(release, *force, setup, out),
        ShareCommand::Image(args) => image::run(args, out),
        ShareCommand::Snippet(args) => snippet::run(args, setup, out),
    }
}
