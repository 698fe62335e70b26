//! `completions`, `man`: what is made from the command line's own description.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap_complete::Shell;
use serde::Serialize;

use crate::args;
use crate::exit::{Code, Failure};
use crate::human;
use crate::manual;
use crate::output::Output;

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
    out.done(&manual, |style| human::manual(folder, style));
    Ok(Code::Done)
}

/// Makes each page beside its place first: a link or a FIFO of its name in the folder is replaced,
/// and neither followed nor waited for.
fn write_pages(folder: &Path) -> io::Result<()> {
    manual::pages(|name, text| {
        let mut new = tempfile::Builder::new()
            .permissions(Permissions::from_mode(0o644))
            .tempfile_in(folder)?;
        new.write_all(text)?;
        new.persist(folder.join(name))?;
        Ok(())
    })
}
