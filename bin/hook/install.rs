//! `hook install`, `hook uninstall`.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use osgraft::config::Config;
use osgraft::hook::Kept;
use osgraft::hook::install::{
    self as hooks, Called, InstallError, Installed, Libvirt, Note, Proxmox, WhenUnknown,
};
use osgraft::hook::proxmox;
use osgraft::path::printable;

use super::call::kept;
use crate::args::{AllPlaces, InstallCommand, InstallDefault, Style, UninstallCommand};
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::setup::Setup;

/// Snippets of the storage “local”, which may stand in no configuration.
const LOCAL_SNIPPETS: &str = "/var/lib/vz/snippets";

pub(super) fn install(
    command: &InstallCommand,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    let program = std::env::current_exe().map_err(Failure::Program)?;
    let config = setup.stated_config();
    let config = config.as_deref();
    let mut done = match command {
        InstallCommand::Libvirt {
            place,
            default,
            style,
        } => {
            let style = match style {
                Some(Style::Folder) => hooks::Style::Folder,
                Some(Style::Dispatcher) => hooks::Style::Dispatcher,
                None => style_of_host(),
            };
            let mut libvirt = Libvirt::under(&place.root);
            if let Some(choice) = default.choice() {
                libvirt = libvirt.when_unknown(choice);
            }
            libvirt.install(&program, config, style)?
        }
        InstallCommand::Proxmox { place, default } => {
            let mut proxmox = Proxmox::within(&place.snippets);
            if let Some(choice) = default.choice() {
                proxmox = proxmox.when_unknown(choice);
            }
            proxmox.install(&program, config)?
        }
    };
    done.notes.extend(first_copy(setup));
    tell(&done, "installed", "installed already", out);
    Ok(Code::Done)
}

pub(super) fn uninstall(command: &UninstallCommand, out: &mut Output) -> Result<Code, Failure> {
    let done = match command {
        UninstallCommand::Libvirt(place) => Libvirt::under(&place.root).uninstall()?,
        UninstallCommand::Proxmox(place) => Proxmox::within(&place.snippets).uninstall()?,
        UninstallCommand::All(places) => all(places)?,
    };
    tell(&done, "taken away", "nothing to take away", out);
    Ok(Code::Done)
}

/// Writes each hook anew that calls this program.
pub(super) fn refresh(places: &AllPlaces, out: &mut Output) -> Result<Code, Failure> {
    let program = std::env::current_exe().map_err(Failure::Program)?;
    let libvirt = Libvirt::under(&places.libvirt.root);
    let snippets = snippets(places)?;
    let snippets = snippets.iter().map(|place| place.refresh(&program));
    let mut done = together(std::iter::once(libvirt.refresh(&program)).chain(snippets))?;
    // What is left to do was told when the hook was installed.
    done.notes.clear();
    tell(&done, "written anew", "nothing to write anew", out);
    Ok(Code::Done)
}

/// Takes every hook away that is osgraft's, but for one that calls another program which is there:
/// it goes on to do its work.
fn all(places: &AllPlaces) -> Result<Installed, Failure> {
    let program = std::env::current_exe().map_err(Failure::Program)?;
    let is_ours = |called: Option<Called>| {
        called.is_none_or(|called| called.program == program || !called.program.exists())
    };
    let libvirt = Libvirt::under(&places.libvirt.root);
    let libvirt = is_ours(libvirt.called()).then(|| libvirt.uninstall());
    let snippets = snippets(places)?;
    let snippets = snippets.iter().filter(|place| is_ours(place.called()));
    let snippets = snippets.map(Proxmox::let_start);
    Ok(together(libvirt.into_iter().chain(snippets))?)
}

/// Every folder of snippets of Proxmox' storages.
fn snippets(places: &AllPlaces) -> Result<Vec<Proxmox>, InstallError> {
    let path = &places.storage;
    let storages = match std::fs::read(path) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        // A host without Proxmox.
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(source) => {
            return Err(InstallError::Io {
                action: "read",
                path: path.clone(),
                source,
            });
        }
    };
    let mut folders = proxmox::snippet_folders(&storages);
    let local = PathBuf::from(LOCAL_SNIPPETS);
    if !folders.contains(&local) {
        folders.push(local);
    }
    Ok(folders.into_iter().map(Proxmox::within).collect())
}

/// Puts several results together. The first failure is told once all were tried.
fn together(
    results: impl Iterator<Item = Result<Installed, InstallError>>,
) -> Result<Installed, InstallError> {
    let mut done = Installed::default();
    let mut failed = None;
    for result in results {
        match result {
            Ok(one) => {
                done.changed |= one.changed;
                done.files.extend(one.files);
                done.notes.extend(one.notes);
            }
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(done), Err)
}

impl InstallDefault {
    fn choice(self) -> Option<WhenUnknown> {
        match (self.default_refuse, self.default_start) {
            (true, _) => Some(WhenUnknown::Refuse),
            (_, true) => Some(WhenUnknown::Start),
            _ => None,
        }
    }
}

/// Keeps what the configuration says of who takes part, so that it is known from the first start
/// on; a note where that cannot be.
fn first_copy(setup: &Setup) -> Option<Note> {
    let path = setup.config_path();
    match Config::read_at_once(path) {
        Err(error) => Some(Note::new(
            "config",
            format!("no machine can be prepared before the configuration can be used: {error}"),
        )),
        Ok(config) => {
            let kept = kept(None).map(|kept| Kept::keep(&kept, path, &config.hook));
            let error = kept?.err()?;
            Some(Note::new("kept", error.to_string()))
        }
    }
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

/// Style that the installed libvirt takes; either of its daemons can tell.
fn style_of_host() -> hooks::Style {
    let said = ["libvirtd", "virtqemud"].iter().find_map(|daemon| {
        let output = Command::new(daemon).arg("--version").output().ok()?;
        String::from_utf8(output.stdout).ok()
    });
    let said = said.unwrap_or_default();
    let is_version = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    hooks::Style::for_version(said.split_whitespace().find(is_version).unwrap_or_default())
}
