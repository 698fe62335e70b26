//! `hook`: what the hypervisor calls.
//!
//! Nothing goes to standard output: what libvirt's hook prints there replaces the domain's XML. To
//! the hypervisor there are two exit codes: the machine may start, or it may not.

/// `hook install`, `hook uninstall`.
mod install;
/// Calls of libvirt's `qemu` hook.
mod libvirt;
/// Calls of Proxmox' hookscript.
mod proxmox;

use std::time::{Duration, Instant};

use osgraft::config::{Config, OnFailure};
use osgraft::hook::libvirt::Operation;
use osgraft::hook::{HookError, Request, Verdict, Why};
use osgraft::path::escape;

use crate::args::HookCommand;
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::setup::Setup;
use crate::{inherited, journal};

/// Whether there is anything to do; most calls are none of osgraft's business, and end before so
/// much as the configuration is looked for. To be called before anything is opened.
pub(crate) fn begin(command: &HookCommand) -> bool {
    let is_ours = match command {
        HookCommand::Libvirt(call) => call.operation() != Operation::Other,
        HookCommand::Proxmox { phase, .. } => phase == "pre-start",
        HookCommand::Install(_) | HookCommand::Uninstall(_) => return true,
    };
    if is_ours {
        inherited::close();
    }
    is_ours
}

pub(crate) fn hook(
    command: &HookCommand,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    Ok(match command {
        HookCommand::Libvirt(args) => {
            libvirt::run(args, Call::new(escape(args.name.as_bytes()), setup, out))
        }
        HookCommand::Proxmox { vmid, .. } => {
            proxmox::run(*vmid, Call::new(vmid.to_string(), setup, out))
        }
        HookCommand::Install(command) => install::install(command, setup, out)?,
        HookCommand::Uninstall(command) => install::uninstall(command, out)?,
    })
}

/// One call of the hook.
struct Call<'a> {
    /// The machine, as it is shown.
    vm: String,
    began: Instant,
    setup: &'a Setup,
    out: &'a mut Output,
}

impl<'a> Call<'a> {
    fn new(vm: String, setup: &'a Setup, out: &'a mut Output) -> Self {
        journal::install();
        Self {
            vm,
            began: Instant::now(),
            setup,
            out,
        }
    }

    /// Judges a machine by the configuration, and does what the verdict says.
    ///
    /// With a configuration that cannot be used, a machine that takes part by what can be told of
    /// it cannot be prepared. One that does not, or of which that cannot be told, starts: a slip in
    /// a file must not keep a host's other machines from starting.
    fn judge(mut self, judge: impl FnOnce(&Config) -> Verdict) -> Code {
        let error = match self.setup.hook_config() {
            Ok(config) => {
                let verdict = judge(&config);
                return self.settle(verdict, &config);
            }
            Err(error) => error,
        };
        let mut config = Config::default();
        if let Some(hook) = self.setup.salvaged_hook() {
            config.hook = hook;
        }
        let on_failure = match judge(&config) {
            Verdict::Prepare(request) => request.on_failure(),
            Verdict::Fail(failed) => failed.on_failure,
            _ => {
                let vm = &self.vm;
                tracing::error!(
                    vm,
                    code = "config",
                    "{vm}: starts untouched, though {error}"
                );
                self.out
                    .hint(&format!("{vm}: starts untouched, though {error}"));
                return Code::Done;
            }
        };
        let reason = self.set_up(error);
        self.fail(on_failure, &reason)
    }

    /// Does what the verdict says.
    fn settle(&mut self, verdict: Verdict, config: &Config) -> Code {
        match verdict {
            Verdict::Prepare(request) => match self.work(&request, config) {
                Ok(()) => Code::Done,
                Err(reason) => self.fail(request.on_failure(), &reason),
            },
            Verdict::Fail(failed) => self.fail(failed.on_failure, &failed.reason),
            Verdict::Leave(why) => {
                self.told(why);
                Code::Done
            }
            _ => Code::Done,
        }
    }

    fn work(&self, request: &Request, config: &Config) -> Result<(), HookError> {
        let deadline = Duration::from_secs(config.hook.deadline_s);
        let left = deadline.saturating_sub(self.began.elapsed());
        let preparer = self.setup.hook_preparer(config, left);
        request
            .prepare(preparer.map_err(|error| self.set_up(error))?, left)
            .map(drop)
    }

    fn told(&mut self, why: Why) {
        let (vm, code) = (&self.vm, why.code());
        if why.is_warning() {
            tracing::warn!(vm, code, "{vm}: {why}");
            self.out.hint(&format!("{vm}: {why}"));
            return;
        }
        match why.takes_part() {
            true => tracing::info!(vm, code, "{vm}: {why}"),
            false => tracing::debug!(vm, code, "{vm}: {why}"),
        }
    }

    fn fail(&mut self, on_failure: OnFailure, reason: &HookError) -> Code {
        let (vm, code) = (&self.vm, reason.code());
        match on_failure {
            OnFailure::StartUnprepared => {
                tracing::error!(vm, code, policy = "start-unprepared", "{reason}");
                self.out.hint(&format!("{reason}; it starts unprepared"));
                Code::Done
            }
            _ => {
                tracing::error!(vm, code, policy = "refuse", "{reason}");
                self.out.say_error(reason);
                Code::Host
            }
        }
    }

    fn set_up(&self, error: impl std::error::Error + Send + Sync + 'static) -> HookError {
        HookError::SetUp {
            vm: self.vm.clone(),
            source: Box::new(error),
        }
    }
}
