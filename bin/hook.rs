//! `hook`: what the hypervisor calls.
//!
//! Nothing goes to standard output: what libvirt's hook prints there replaces the domain's XML. To
//! the hypervisor there are two exit codes: the machine may start, or it may not.

/// One call: judgement, work, and what becomes of the machine.
mod call;
/// `hook install`, `hook uninstall`.
mod install;
/// Calls of libvirt's `qemu` hook.
mod libvirt;
/// Calls of Proxmox' hookscript.
mod proxmox;

use call::Call;
use osgraft::path::escape;

use crate::args::{HookCommand, Otherwise};
use crate::exit::{Code, Failure};
use crate::inherited;
use crate::output::Output;
use crate::setup::Setup;

/// Ends calls that have nothing to do. Most calls are none of osgraft's business, and end before so
/// much as the configuration is looked for: with this code. To be called before anything is opened.
pub(crate) fn begin(command: &HookCommand) -> Option<Code> {
    let (is_ours, otherwise) = match command {
        HookCommand::Libvirt(call) => (libvirt::is_ours(call), &call.otherwise),
        HookCommand::Proxmox {
            phase, otherwise, ..
        } => (phase == "pre-start", otherwise),
        HookCommand::Install(_) | HookCommand::Refresh(_) | HookCommand::Uninstall(_) => {
            return None;
        }
    };
    if !is_ours {
        return Some(answer(Code::Done, otherwise));
    }
    inherited::close();
    None
}

pub(crate) fn hook(
    command: &HookCommand,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    Ok(match command {
        HookCommand::Libvirt(args) => {
            let vm = escape(args.name.as_bytes());
            let call = Call::new(vm, setup, &args.otherwise, out);
            answer(libvirt::run(args, call), &args.otherwise)
        }
        HookCommand::Proxmox {
            vmid, otherwise, ..
        } => {
            let call = Call::new(vmid.to_string(), setup, otherwise, out);
            answer(proxmox::run(*vmid, call), otherwise)
        }
        HookCommand::Install(command) => install::install(command, setup, out)?,
        HookCommand::Refresh(places) => install::refresh(places, out)?,
        HookCommand::Uninstall(command) => install::uninstall(command, out)?,
    })
}

/// The code for the hypervisor, or for the installed script.
fn answer(code: Code, otherwise: &Otherwise) -> Code {
    match (otherwise.in_script, code) {
        (false, code) => code,
        (true, Code::Done) => Code::MayStart,
        (true, _) => Code::MayNotStart,
    }
}
