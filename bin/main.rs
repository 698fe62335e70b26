//! The `osgraft` program.

/// Command line: commands, arguments and flags.
mod args;
/// Kernels that this hypervisor loads itself.
mod boots;
/// `clone`.
mod clone;
/// A command line that does not parse, or that asks for help.
mod command_line;
/// `credentials`: a graft without an edit.
mod credentials;
/// `doctor`.
mod doctor;
/// Test for a worker's need, before the command line is parsed.
mod early;
/// Exit codes of outcomes, and texts of errors.
mod exit;
/// `explain`.
mod explain;
/// Flags that may stand anywhere, and who has a use for them.
mod flags;
/// `hook`: what the hypervisor calls.
mod hook;
/// Reports as a person reads them.
mod human;
/// `prepare`, `plan`, `verify`, `revert`, `recover`, `inspect`: what is done to disks.
mod image;
/// Descriptors that a caller left open.
mod inherited;
/// The journal.
mod journal;
/// `--known-hosts`: the file that children's SSH host keys are written to.
mod known_hosts;
/// The manual pages.
mod manual;
/// The only place that writes to standard output and standard error.
mod output;
/// `pool`.
mod pool;
/// Progress of long steps, on a terminal.
mod progress;
/// Places of a registry: a file, or etcd.
mod registry;
/// `server`.
mod server;
/// Settings from the flags and the configuration file.
mod setup;
/// `share`.
mod share;
/// `completions`, `man`.
mod shell;
/// Signals that are errors of a call instead.
mod signals;
/// Colours of a person's text.
mod style;
/// Children of a call, each with what is asked for it.
mod wanted;

use std::process::ExitCode;

use args::{Args, Command};
use exit::{Code, Failure, Usage};
use osgraft::editor::Worker;
use output::Output;
use setup::Setup;

fn main() -> ExitCode {
    // Before anything else is looked at: a worker has nothing but its caller's connection.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|arg| arg == setup::WORKER)
    {
        return osgraft::editor::worker::serve();
    }
    signals::ignore_file_size();
    let worker = setup::worker();
    if early::opens_guest(std::env::args_os().skip(1)) {
        worker.start_ahead();
    }
    let (args, stray) = match args::parse() {
        Ok(parsed) => parsed,
        Err(error) => return command_line::refuse(&error),
    };
    let is_hook = matches!(args.command, Command::Hook(_));
    let mut out = Output::new(args.common.look(), is_hook);
    let code = match run(&args, stray, worker, &mut out) {
        Ok(code) => code,
        Err(failure) => out.failure(&failure),
    };
    out.finish(code)
}

/// Does what was asked for. An error is one of the whole call; what concerns one of several
/// children is told in its place, and only its code comes back.
fn run(
    args: &Args,
    stray: Option<Usage>,
    worker: Worker,
    out: &mut Output,
) -> Result<Code, Failure> {
    if let Command::Hook(command) = &args.command
        && let Some(code) = hook::begin(command)
    {
        return Ok(code);
    }
    if let Some(stray) = stray {
        return Err(stray.into());
    }
    let setup = Setup::new(&args.common, worker)?;
    match &args.command {
        Command::Clone(args) => clone::clone(args, &setup, out),
        Command::Prepare(args) => image::prepare(args, &setup, out),
        Command::Plan(args) => image::plan(args, &setup, out),
        Command::Verify { child } => image::verify(child, &setup, out),
        Command::Revert {
            children,
            force,
            identity,
        } => image::revert(children, *force, identity.as_deref(), &setup, out),
        Command::Recover { child } => image::recover(child, &setup, out),
        Command::Inspect { image } => image::inspect(image, &setup, out),
        Command::Hook(command) => hook::hook(command, &setup, out),
        Command::Doctor(args) => doctor::doctor(args, &setup, out),
        Command::Server(command) => server::run(command, &setup, out),
        Command::Pool(command) => pool::run(command, &setup, out),
        Command::Share(command) => share::run(command, &setup, out),
        Command::Credentials(args) => credentials::run(args, &setup, out),
        Command::Explain { code } => explain::explain(code.as_deref(), out),
        Command::Completions { shell } => shell::completions(*shell, out),
        Command::Man { folder } => shell::man(folder, out),
    }
}
