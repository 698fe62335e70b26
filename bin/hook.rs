//! `hook`: what the hypervisor calls.
//!
//! Nothing goes to standard output: what libvirt's hook prints there replaces the domain's XML. To
//! the hypervisor there are two exit codes: the machine may start, or it may not.

use std::io;
use std::time::{Duration, Instant};

use osgraft::config::{Config, OnFailure};
use osgraft::hook::libvirt::{self, MAX_BYTES, Markers, Operation};
use osgraft::hook::{Failed, HookError, Request, Verdict, Why};
use osgraft::path::escape;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::args::HookCommand;
use crate::exit::Code;
use crate::output::Output;
use crate::setup::Setup;
use crate::{inherited, journal};

/// How long the hypervisor may take to write the description.
const INPUT_DEADLINE: Duration = Duration::from_secs(5);

/// Whether there is anything to do; most calls are none of osgraft's business, and end before so
/// much as the configuration is looked for. To be called before anything is opened.
pub(crate) fn begin(command: &HookCommand) -> bool {
    let is_ours = match command {
        HookCommand::Libvirt(call) => {
            Operation::new(&call.operation, &call.sub_operation) != Operation::Other
        }
    };
    if is_ours {
        inherited::close();
    }
    is_ours
}

pub(crate) fn hook(command: &HookCommand, setup: &Setup, out: &mut Output) -> Code {
    let began = Instant::now();
    journal::install();
    match command {
        HookCommand::Libvirt(call) => {
            let operation = Operation::new(&call.operation, &call.sub_operation);
            let xml = input(INPUT_DEADLINE);
            let markers = match &call.state {
                Some(folder) => Markers::under(folder),
                None => Markers::default(),
            };
            let call = Call {
                name: &call.name,
                began,
                setup,
                out,
            };
            match operation {
                Operation::Prepare => call.prepare(xml, &markers),
                _ => call.remember(operation, xml, &markers),
            }
        }
    }
}

/// One call of the hook.
struct Call<'a> {
    name: &'a str,
    began: Instant,
    setup: &'a Setup,
    out: &'a mut Output,
}

impl Call<'_> {
    /// `prepare begin`.
    fn prepare(mut self, xml: io::Result<Vec<u8>>, markers: &Markers) -> Code {
        let config = match self.config() {
            Ok(config) => config,
            Err(code) => return code,
        };
        let (mut verdict, uuid) = libvirt::named(self.name, given(&xml), &config);
        if let (Verdict::Fail(failed), Err(source)) = (&mut verdict, xml) {
            let vm = self.shown();
            failed.reason = HookError::Input { vm, source };
        }
        let on_failure = match &verdict {
            Verdict::Prepare(request) => request.on_failure(),
            Verdict::Fail(failed) => failed.on_failure,
            _ => return self.settle(verdict, &config),
        };
        if let Some(uuid) = uuid {
            match markers.take(&uuid) {
                Ok(None) => {}
                Ok(Some(why)) => verdict = Verdict::Leave(why),
                Err(source) => {
                    let vm = self.shown();
                    let reason = HookError::Marker { vm, source };
                    verdict = Verdict::Fail(Failed::new(on_failure, reason));
                }
            }
        }
        self.settle(verdict, &config)
    }

    /// `restore begin` and `migrate begin`. Every domain is remembered: its part may be another
    /// under the name that it comes back with.
    fn remember(
        mut self,
        operation: Operation,
        xml: io::Result<Vec<u8>>,
        markers: &Markers,
    ) -> Code {
        let vm = self.shown();
        let reason = match xml {
            Err(source) => HookError::Input { vm, source },
            Ok(xml) => match markers.leave(operation, &xml) {
                Ok(()) => {
                    tracing::info!(
                        vm,
                        "{vm}: its disk will not be touched: it goes on, restored or migrated"
                    );
                    return Code::Done;
                }
                Err(source) => {
                    let config = match self.config() {
                        Ok(config) => config,
                        Err(code) => return code,
                    };
                    if let (Verdict::Leave(_), _) = libvirt::named(self.name, &xml, &config) {
                        tracing::warn!(vm, "{vm}: takes no part; {source}");
                        return Code::Done;
                    }
                    HookError::Unmarked { vm, source }
                }
            },
        };
        // Unprepared it would go on; but prepared it might be, with nothing to tell the next call.
        self.refuse(&reason)
    }

    /// Does what the verdict says.
    fn settle(mut self, verdict: Verdict, config: &Config) -> Code {
        let (on_failure, reason) = match verdict {
            Verdict::Prepare(request) => match self.work(&request, config) {
                Ok(()) => return Code::Done,
                Err(reason) => (request.on_failure(), reason),
            },
            Verdict::Fail(failed) => (failed.on_failure, failed.reason),
            Verdict::Leave(why) => {
                self.told(why);
                return Code::Done;
            }
            _ => return Code::Done,
        };
        match on_failure {
            OnFailure::StartUnprepared => {
                let vm = self.shown();
                tracing::error!(
                    vm,
                    code = reason.code(),
                    policy = "start-unprepared",
                    "{reason}"
                );
                self.out.hint(&format!("{reason}; it starts unprepared"));
                Code::Done
            }
            _ => self.refuse(&reason),
        }
    }

    fn work(&self, request: &Request, config: &Config) -> Result<(), HookError> {
        let deadline = Duration::from_secs(config.hook.deadline_s);
        let left = deadline.saturating_sub(self.began.elapsed());
        let preparer = self.setup.hook_preparer(config, left);
        let vm = self.shown();
        let preparer = preparer.map_err(|source| HookError::SetUp {
            vm,
            source: Box::new(source),
        })?;
        request.prepare(preparer, left).map(drop)
    }

    fn told(&self, why: Why) {
        let (vm, code) = (self.shown(), why.code());
        match why.takes_part() {
            true => tracing::info!(vm, code, "{vm}: {why}"),
            false => tracing::debug!(vm, code, "{vm}: {why}"),
        }
    }

    fn refuse(&mut self, reason: &HookError) -> Code {
        let vm = self.shown();
        tracing::error!(vm, code = reason.code(), policy = "refuse", "{reason}");
        self.out.say_error(reason);
        Code::Host
    }

    fn config(&mut self) -> Result<Config, Code> {
        self.setup.hook_config().map_err(|error| {
            let vm = self.shown();
            tracing::error!(vm, code = "config", "{error}");
            self.out.complain(None, &error.into());
            Code::Host
        })
    }

    fn shown(&self) -> String {
        escape(self.name.as_bytes())
    }
}

/// What the hypervisor writes to standard input, up to a byte more than is taken, so that more
/// shows; whoever writes nothing is not waited for long.
fn input(patience: Duration) -> io::Result<Vec<u8>> {
    let until = Instant::now() + patience;
    let stdin = io::stdin();
    let (mut text, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    while text.len() <= MAX_BYTES {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        match poll(&mut fds, Some(&left)) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        match rustix::io::read(&stdin, &mut buffer) {
            Ok(0) => break,
            Ok(n) => text.extend_from_slice(&buffer[..n]),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(text)
}

fn given(xml: &io::Result<Vec<u8>>) -> &[u8] {
    xml.as_deref().unwrap_or_default()
}
