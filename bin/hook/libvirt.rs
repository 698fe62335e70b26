//! Calls of libvirt's `qemu` hook.

use std::io;
use std::time::{Duration, Instant};

use osgraft::config::OnFailure;
use osgraft::hook::libvirt::{self, MAX_BYTES, Markers, Operation};
use osgraft::hook::{Failed, HookError, Verdict};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::call::Call;
use crate::args::LibvirtCall;
use crate::exit::Code;

/// Time that libvirt may take to write the description.
const INPUT_DEADLINE: Duration = Duration::from_secs(5);

impl LibvirtCall {
    pub(super) fn operation(&self) -> Operation {
        Operation::new(&self.operation, &self.sub_operation)
    }
}

/// Tells whether there is anything to do. A start that is over has seldom left a marker.
pub(super) fn is_ours(args: &LibvirtCall) -> bool {
    match args.operation() {
        Operation::Other => false,
        Operation::Over => !markers(args).are_none(),
        _ => true,
    }
}

pub(super) fn run(args: &LibvirtCall, call: Call<'_>) -> Code {
    let markers = markers(args);
    let xml = input(INPUT_DEADLINE);
    match args.operation() {
        Operation::Prepare => prepare(&args.name, xml, &markers, call),
        Operation::Over => forget(xml, &markers, &call),
        operation => remember(operation, &args.name, xml, &markers, call),
    }
}

fn markers(args: &LibvirtCall) -> Markers {
    match &args.state {
        Some(folder) => Markers::under(folder),
        None => Markers::default(),
    }
}

/// `started begin`, `stopped end`, `release end`. None of them may fail.
fn forget(xml: io::Result<Vec<u8>>, markers: &Markers, call: &Call<'_>) -> Code {
    let vm = &call.vm;
    let forgotten = match xml {
        Ok(text) => markers.forget(&text).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match forgotten {
        Ok(true) => tracing::info!(vm, "{vm}: its restore or migration is over"),
        Ok(false) => {}
        Err(error) => tracing::warn!(vm, code = "marker", "{vm}: {error}"),
    }
    Code::Done
}

/// `prepare begin`.
fn prepare(name: &str, xml: io::Result<Vec<u8>>, markers: &Markers, call: Call<'_>) -> Code {
    let vm = call.vm.clone();
    call.judge(|config| {
        let text = xml.as_deref().unwrap_or_default();
        let (mut verdict, uuid) = libvirt::named(name, text, config);
        if let (Verdict::Fail(failed), Err(source)) = (&mut verdict, xml) {
            failed.reason = HookError::Input { vm, source };
            return verdict;
        }
        match uuid {
            Some(uuid) => markers.obeyed(verdict, &uuid),
            None => verdict,
        }
    })
}

/// `restore begin` and `migrate begin`. Every domain is remembered: it may come back under a name
/// that takes part.
fn remember(
    operation: Operation,
    name: &str,
    xml: io::Result<Vec<u8>>,
    markers: &Markers,
    call: Call<'_>,
) -> Code {
    let vm = call.vm.clone();
    let text = xml.as_deref().unwrap_or_default();
    let reason = match (markers.leave(operation, text), &xml) {
        (Ok(()), Ok(_)) => {
            tracing::info!(vm, "{vm}: it goes on, so its disk will not be touched");
            return Code::Done;
        }
        (Err(source), Ok(_)) => HookError::Unmarked { vm, source },
        (_, Err(error)) => HookError::Input {
            vm,
            source: error.kind().into(),
        },
    };
    // What takes part and cannot be remembered must not go on, whatever the policy: its next call
    // would be taken for a start.
    call.judge(|config| match libvirt::named(name, text, config).0 {
        Verdict::Leave(why) => Verdict::Leave(why),
        _ => Verdict::Fail(Failed::new(OnFailure::Refuse, reason)),
    })
}

/// Reads standard input, up to somewhat more than is taken, so that more shows; whoever
/// writes nothing is not waited for long.
fn input(patience: Duration) -> io::Result<Vec<u8>> {
    let until = Instant::now() + patience;
    let stdin = io::stdin();
    let (mut text, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    while text.len() <= MAX_BYTES {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&left)) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) | Err(Errno::INTR) => {}
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
