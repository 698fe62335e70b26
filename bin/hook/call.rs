//! One call of the hook: judgement, work, and what becomes of the machine.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use osgraft::config::{Config, Hook, OnFailure, Salvage};
use osgraft::hook::{HookError, Kept, PatternsGone, Request, Verdict, Why};
use osgraft::pool::Hold;
use osgraft::share::boot::BootError;

use crate::args::{Otherwise, UnknownChoice};
use crate::boots::Boots;
use crate::exit::Code;
use crate::journal;
use crate::output::Output;
use crate::setup::Setup;

/// Copies of the last sound configuration; only root keeps one where no folder is named.
pub(super) fn kept(folder: Option<&Path>) -> Option<Kept> {
    match folder {
        Some(folder) => Some(Kept::under(folder)),
        None => rustix::process::geteuid().is_root().then(Kept::default),
    }
}

/// Judgement on a machine's description.
pub(super) enum Judged {
    Verdict(Verdict),
    /// For this reason it cannot be told whether the machine takes part.
    Unknown(HookError),
}

impl Judged {
    /// False for a machine that is known to take no part.
    fn may_take_part(&self) -> bool {
        match self {
            Self::Verdict(Verdict::Leave(why)) => why.takes_part(),
            _ => true,
        }
    }
}

impl From<Verdict> for Judged {
    fn from(verdict: Verdict) -> Self {
        Self::Verdict(verdict)
    }
}

/// One call of the hook.
pub(super) struct Call<'a> {
    /// The machine, as it is shown.
    pub(super) vm: String,
    began: Instant,
    setup: &'a Setup,
    unknown: UnknownChoice,
    kept: Option<Kept>,
    /// The file of a VM of Proxmox in its folder.
    pub(super) vm_conf: Option<String>,
    out: &'a mut Output,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        vm: String,
        setup: &'a Setup,
        otherwise: &Otherwise,
        out: &'a mut Output,
    ) -> Self {
        journal::install();
        Self {
            vm,
            began: Instant::now(),
            setup,
            unknown: otherwise.unknown,
            kept: kept(otherwise.kept.as_deref()),
            vm_conf: None,
            out,
        }
    }

    /// Judges a machine by the configuration, and does what the verdict says.
    ///
    /// With a configuration that cannot be used, a machine that takes part by what is known cannot
    /// be prepared, and one that is known to take no part starts. Of the others the operator's
    /// choice decides.
    pub(super) fn judge<J: Into<Judged>>(mut self, judge: impl FnOnce(&Config) -> J) -> Code {
        match self.setup.hook_config() {
            Ok(config) => {
                if let Err(gone) = self.check(&config.hook) {
                    return self.judge_by_what_is_known(gone, judge);
                }
                let judged = judge(&config).into();
                self.keep(&config.hook, judged.may_take_part());
                match judged {
                    Judged::Verdict(verdict) => self.settle(verdict, &config),
                    Judged::Unknown(reason) => self.settle_unknown(reason),
                }
            }
            Err(error) => self.judge_by_what_is_known(error, judge),
        }
    }

    fn judge_by_what_is_known<J: Into<Judged>>(
        &mut self,
        error: impl std::error::Error + Send + Sync + 'static,
        judge: impl FnOnce(&Config) -> J,
    ) -> Code {
        let (hook, is_all) = self.known();
        let mut config = Config::default();
        config.hook = hook;
        let on_failure = match judge(&config).into() {
            Judged::Verdict(Verdict::Prepare(request)) => request.on_failure(),
            Judged::Verdict(Verdict::Fail(failed)) => failed.on_failure,
            Judged::Verdict(Verdict::Leave(why)) if is_all || why != Why::NoPattern => {
                let (vm, code) = (&self.vm, why.code());
                tracing::error!(vm, code, "{vm}: starts untouched ({why}), though {error}");
                self.out
                    .hint(&format!("{vm}: starts untouched ({why}), though {error}"));
                return Code::Done;
            }
            _ => {
                let reason = self.set_up(error);
                return self.settle_unknown(reason);
            }
        };
        let reason = self.set_up(error);
        self.fail(on_failure, &reason)
    }

    /// Patterns of the machines that take part, from the configuration that cannot be used and the last
    /// one that could; and whether a machine that is not among them is known to take no part.
    fn known(&self) -> (Hook, bool) {
        let salvage = self.setup.salvage();
        let is_sure = |salvage: &&Salvage| salvage.is_whole() && self.check(salvage.hook()).is_ok();
        if let Some(salvage) = salvage.as_ref().filter(is_sure) {
            return (salvage.hook().clone(), true);
        }
        let last = self
            .kept
            .as_ref()
            .map_or(Ok(None), |kept| kept.last(self.setup.config_path()));
        let last = last.unwrap_or_else(|error| {
            let vm = &self.vm;
            tracing::warn!(vm, code = "kept", "{error}");
            None
        });
        let found = salvage.map(|salvage| salvage.hook().clone());
        match (last, found) {
            // Where both know a machine, what was sound says what becomes of it.
            (Some(mut last), found) => {
                last.vms.extend(found.unwrap_or_default().vms);
                (last, true)
            }
            (None, found) => (found.unwrap_or_default(), false),
        }
    }

    /// Folders of VMs' configurations: the last one that was sound, and Proxmox' usual one.
    pub(super) fn last_proxmox(&self) -> Vec<PathBuf> {
        let last = self.kept.as_ref().and_then(|kept| {
            let last = kept.last(self.setup.config_path()).ok()??;
            Some(last.proxmox.conf)
        });
        let usual = Hook::default().proxmox.conf;
        last.into_iter().chain([usual]).collect()
    }

    /// Holds a configuration against the last sound one.
    fn check(&self, hook: &Hook) -> Result<(), PatternsGone> {
        match &self.kept {
            Some(kept) => kept.check(self.setup.config_path(), hook),
            None => Ok(()),
        }
    }

    /// Remembers who takes part, for when the configuration cannot be used. A place of Proxmox in
    /// which this VM is not found does not displace one that was kept. Nothing is made for a machine that takes
    /// no part.
    fn keep(&self, hook: &Hook, may_take_part: bool) {
        let Some(kept) = &self.kept else { return };
        let mut hook = hook.clone();
        let is_proven = self
            .vm_conf
            .as_ref()
            .is_some_and(|name| hook.proxmox.conf.join(name).is_file());
        if !is_proven && let Ok(Some(last)) = kept.last(self.setup.config_path()) {
            hook.proxmox = last.proxmox;
        }
        let hook = &hook;
        let path = self.setup.config_path();
        let done = match may_take_part {
            true => kept.keep(path, hook),
            false => kept.keep_if_there(path, hook),
        };
        if let Err(error) = done {
            let vm = &self.vm;
            tracing::warn!(vm, code = "kept", "{error}");
        }
    }

    /// Does what the verdict says.
    pub(super) fn settle(&mut self, verdict: Verdict, config: &Config) -> Code {
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

    /// Does what the operator chose for machines of which nothing is known.
    fn settle_unknown(&mut self, reason: HookError) -> Code {
        let vm = self.vm.clone();
        match self.unknown {
            UnknownChoice::Start => {
                let text =
                    format!("{reason}; whether {vm} takes part is not known: it starts untouched");
                tracing::error!(vm, code = "unknown", "{text}");
                self.out.hint(&text);
                Code::Done
            }
            UnknownChoice::Refuse => {
                let source = Box::new(reason);
                self.fail(OnFailure::Refuse, &HookError::Unknown { vm, source })
            }
        }
    }

    fn work(&self, request: &Request, config: &Config) -> Result<(), HookError> {
        let deadline = Duration::from_secs(config.hook.deadline_s);
        let left = deadline.saturating_sub(self.began.elapsed());
        let preparer = self.setup.hook_preparer(config, request.name(), left);
        let preparer = preparer.map_err(|error| self.set_up(error))?;
        let pools = self.setup.hook_pools(config, left);
        let pools = pools.map_err(|error| self.set_up(error))?;
        let mut request = request.clone();
        let hold = request.identify(&pools)?;
        let boots = request
            .boot_machine()
            .map(|machine| (Boots::of(config), machine.to_owned()));
        // The folder of releases may be a server's, which does not answer.
        let preparer = match boots.clone() {
            Some((boots, machine)) => preparer.boots(self.within(deadline, move || {
                boots.require_name(&machine)?;
                boots.kernels()
            })?),
            None if Boots::are_childrens(config) => {
                let releases = Boots::of(config).releases;
                let at_hand = releases.clone();
                let kernels = self.within(deadline, move || at_hand.kernels())?;
                preparer.boots(kernels).kernels(releases)
            }
            None => preparer,
        };
        let left = deadline.saturating_sub(self.began.elapsed());
        let report = request.prepare(preparer, left)?;
        // The disk has its address now, whatever becomes of its kernel.
        let kept = hold.map_or(Ok(()), Hold::keep);
        kept.map_err(|source| HookError::Pool {
            vm: self.vm.clone(),
            source,
        })?;
        if let Some((boots, machine)) = boots {
            let pointed = self.within(deadline, move || boots.point(&machine, &report))?;
            let (vm, kernel) = (&self.vm, &pointed.origin.kernel);
            tracing::info!(
                vm,
                kernel,
                "{vm}: boots kernel {kernel} of release {}",
                pointed.origin.release
            );
        }
        Ok(())
    }

    /// Does work on the kernels of releases, and waits for it until the deadline. Work that hangs is left
    /// behind: killed, it leaves a machine's files from before or the new ones.
    fn within<T: Send + 'static>(
        &self,
        deadline: Duration,
        work: impl FnOnce() -> Result<T, BootError> + Send + 'static,
    ) -> Result<T, HookError> {
        let (done, result) = mpsc::channel();
        let thread = thread::Builder::new().name("osgraft-boot".into());
        thread
            .spawn(move || {
                // Nobody listens any more after the deadline.
                let _ = done.send(work());
            })
            .map_err(|source| HookError::Thread {
                vm: self.vm.clone(),
                source,
            })?;
        let left = deadline.saturating_sub(self.began.elapsed());
        let result = result.recv_timeout(left).map_err(|_| HookError::Deadline {
            vm: self.vm.clone(),
            after: deadline,
        })?;
        result.map_err(|source| HookError::Kernel {
            vm: self.vm.clone(),
            source,
        })
    }

    fn told(&mut self, why: Why) {
        let (vm, code) = (&self.vm, why.code());
        if why.is_warning() {
            tracing::warn!(vm, code, "{vm}: {why}");
            self.out.hint(&format!("{vm}: {why}"));
            return;
        }
        match why {
            // Should that have been a cold start, this is what tells why it was not prepared.
            Why::Restored | Why::Migrated => tracing::warn!(vm, code, "{vm}: {why}"),
            why if why.takes_part() => tracing::info!(vm, code, "{vm}: {why}"),
            why => tracing::debug!(vm, code, "{vm}: {why}"),
        }
    }

    pub(super) fn fail(&mut self, on_failure: OnFailure, reason: &HookError) -> Code {
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
