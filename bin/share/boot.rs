//! `share boot` and `share boot-snippet`.

use std::path::Path;

use osgraft::image::Child;
use osgraft::path::printable;
use osgraft::share::ShareError;
use osgraft::share::boot::{Origin, Snippet, command_line};
use serde::Serialize;

use crate::exit::{Code, Failure, Usage};
use crate::human::{self, table};
use crate::output::Output;
use crate::setup::Setup;

/// A machine and its kernel.
#[derive(Serialize)]
struct Machine {
    machine: String,
    #[serde(flatten)]
    origin: Origin,
}

#[derive(Serialize)]
struct Machines {
    machines: Vec<Machine>,
}

#[derive(Serialize)]
struct Forgotten<'a> {
    outcome: &'static str,
    machine: &'a str,
}

pub(super) fn list(setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let found = setup.own_boots()?.folder.machines();
    let found = found.map_err(ShareError::from)?.into_iter();
    let machines: Vec<Machine> = found
        .map(|(machine, origin)| Machine { machine, origin })
        .collect();
    let list = Machines { machines };
    out.show(&list, |style| {
        let rows: Vec<[String; 3]> = list
            .machines
            .iter()
            .map(|it| {
                [&it.machine, &it.origin.release, &it.origin.kernel].map(|text| printable(text))
            })
            .collect();
        match rows.is_empty() {
            true => "no machine boots the kernel of a release\n".to_owned(),
            false => table(["MACHINE", "RELEASE", "KERNEL"], &rows, style),
        }
    });
    Ok(Code::Done)
}

pub(super) fn point(
    machine: &str,
    release: &str,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    let boots = setup.own_boots()?;
    let files = boots.releases.files(release).map_err(ShareError::from)?;
    let pointed = boots
        .folder
        .point(machine, &files)
        .map_err(ShareError::from)?;
    out.done(&pointed, |_| human::boots(&pointed));
    Ok(Code::Done)
}

/// Tells a machine's kernel.
pub(super) fn show(machine: &str, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let origin = setup
        .own_boots()?
        .folder
        .origin(machine)
        .map_err(ShareError::from)?;
    let origin = origin.ok_or_else(|| Usage::NoBootLink(printable(machine)))?;
    let found = Machine {
        machine: machine.to_owned(),
        origin,
    };
    out.show(&found, |_| {
        let Origin {
            kernel, release, ..
        } = &found.origin;
        printable(&format!("{kernel} of release {release}")) + "\n"
    });
    Ok(Code::Done)
}

pub(super) fn forget(machine: &str, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let is_gone = setup
        .own_boots()?
        .folder
        .forget(machine)
        .map_err(ShareError::from)?;
    let outcome = if is_gone { "changed" } else { "unchanged" };
    out.done(&Forgotten { outcome, machine }, |_| {
        let what = if is_gone { "forgotten" } else { "has no link" };
        printable(&format!("{machine}: {what}")) + "\n"
    });
    Ok(Code::Done)
}

/// A snippet in both languages.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    snippet: &'a Snippet,
    libvirt: String,
    qemu: String,
}

pub(super) fn snippet(
    machine: &str,
    disk: Option<&Path>,
    cmdline: Option<&str>,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    let files = setup
        .own_boots()?
        .folder
        .files(machine)
        .map_err(ShareError::from)?;
    let line = match (cmdline, disk) {
        (Some(line), _) => line.to_owned(),
        (None, Some(disk)) => {
            let image = Child::open(disk, setup.masters()?)?.or_master();
            let line = command_line(&image, setup.editor_ahead())?;
            line.ok_or_else(|| Usage::NoCommandLine(disk.to_owned()))?
        }
        (None, None) => String::new(),
    };
    let snippet = Snippet::new(files, line);
    let printed = Printed {
        libvirt: snippet.libvirt(),
        qemu: snippet.qemu(),
        snippet: &snippet,
    };
    out.show(&printed, |_| {
        format!(
            "<!-- of a libvirt domain -->\n{}\n# arguments of QEMU, or “args:” of Proxmox\n{}",
            printed.libvirt, printed.qemu
        )
    });
    Ok(Code::Done)
}
