//! `completions`, `man`: what is made from the command line's own description.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap_complete::Shell;
use serde::Serialize;

use crate::args;
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::people;

#[derive(Serialize)]
struct Completions {
    shell: String,
    script: String,
}

pub(crate) fn completions(shell: Shell, out: &mut Output) -> Result<Code, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "osgraft", &mut script);
    let completions = Completions {
        shell: shell.to_string(),
        script: String::from_utf8_lossy(&script).into_owned(),
    };
    out.show(&completions, |_| completions.script.clone());
    Ok(Code::Done)
}

#[derive(Serialize)]
struct Manual {
    folder: String,
}

pub(crate) fn man(folder: &Path, out: &mut Output) -> Result<Code, Failure> {
    write_pages(folder).map_err(|source| Failure::Man {
        folder: folder.to_owned(),
        source,
    })?;
    let manual = Manual {
        folder: folder.to_string_lossy().into_owned(),
    };
    out.done(&manual, |style| people::manual(folder, style));
    Ok(Code::Done)
}

/// The same without the command `help`, which would have a page for each of the others.
fn without_help(command: clap::Command) -> clap::Command {
    let below: Vec<String> = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    below
        .into_iter()
        .fold(command.disable_help_subcommand(true), |command, name| {
            command.mut_subcommand(name, without_help)
        })
}

/// Makes the pages in a folder of their own first: a link or a FIFO of a page's name in the
/// folder is replaced, and neither followed nor waited for.
fn write_pages(folder: &Path) -> io::Result<()> {
    let made = tempfile::tempdir()?;
    clap_mangen::generate_to(without_help(args::command()), made.path())?;
    for page in std::fs::read_dir(made.path())? {
        let page = page?;
        let mut new = tempfile::Builder::new()
            .permissions(Permissions::from_mode(0o644))
            .tempfile_in(folder)?;
        new.write_all(&std::fs::read(page.path())?)?;
        new.persist(folder.join(page.file_name()))?;
    }
    Ok(())
}
