//! `hook install`, `hook uninstall`.

use std::process::Command;

use osgraft::hook::install::{self as hooks, Installed, Libvirt, Proxmox};

use crate::args::{InstallCommand, Style, UninstallCommand};
use crate::exit::{Code, Failure};
use crate::output::{Output, printable};
use crate::setup::Setup;

pub(super) fn install(
    command: &InstallCommand,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    let program = std::env::current_exe().map_err(Failure::Program)?;
    let config = setup.stated_config();
    let config = config.as_deref();
    let done = match command {
        InstallCommand::Libvirt { place, style } => {
            let style = match style {
                Some(Style::Folder) => hooks::Style::Folder,
                Some(Style::Dispatcher) => hooks::Style::Dispatcher,
                None => style_of_host(),
            };
            Libvirt::under(&place.root).install(&program, config, style)?
        }
        InstallCommand::Proxmox(place) => {
            Proxmox::within(&place.snippets).install(&program, config)?
        }
    };
    tell(&done, "installed", "installed already", out);
    Ok(Code::Done)
}

pub(super) fn uninstall(command: &UninstallCommand, out: &mut Output) -> Result<Code, Failure> {
    let done = match command {
        UninstallCommand::Libvirt(place) => Libvirt::under(&place.root).uninstall()?,
        UninstallCommand::Proxmox(place) => Proxmox::within(&place.snippets).uninstall()?,
    };
    tell(&done, "taken away", "nothing to take away", out);
    Ok(Code::Done)
}

fn tell(done: &Installed, changed: &str, unchanged: &str, out: &mut Output) {
    out.done(done, |_| {
        let what = if done.changed { changed } else { unchanged };
        let mut text = match done.files.last() {
            Some(file) => format!("{}: {what}\n", printable(&file.display().to_string())),
            None => format!("{what}\n"),
        };
        for note in &done.notes {
            text.push_str(&format!("  {}\n", printable(&note.text)));
        }
        text
    });
}

/// What the installed libvirt takes; either of its daemons can tell.
fn style_of_host() -> hooks::Style {
    let said = ["libvirtd", "virtqemud"].iter().find_map(|daemon| {
        let output = Command::new(daemon).arg("--version").output().ok()?;
        String::from_utf8(output.stdout).ok()
    });
    let said = said.unwrap_or_default();
    let is_version = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    hooks::Style::for_version(said.split_whitespace().find(is_version).unwrap_or_default())
}
