//! A request, done under a deadline.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::error::HookError;
use super::verdict::{Backing, Request};
use crate::error::Error;
use crate::image::{Child, ImageError, MasterFormat};
use crate::path::escape;
use crate::prepare::{Preparer, Report};
use crate::registry::Registry;

impl Request {
    /// Prepares the disk, and tells `tracing` so. The preparer is given the server that the request
    /// names.
    ///
    /// # Errors
    /// [`HookError`]: the chain is another than stated, preparing failed, or the deadline passed.
    /// After the deadline the work may go on in this process until that ends, which it can do at
    /// any instant: killed, an edit leaves the old disk or the new one, or a disk that nothing
    /// opens until the next osgraft has finished it. Programs that the work called are ended; the
    /// appliance has a deadline of its own, which had better be the shorter one.
    pub fn prepare<R>(&self, preparer: Preparer<R>, deadline: Duration) -> Result<Report, HookError>
    where
        R: Registry + Send + 'static,
    {
        let report = self.prepare_within(preparer, deadline)?;
        let (vm, disk) = (self.shown(), self.disk.display());
        let server = report.server.as_ref().map(|server| server.name.as_str());
        let editor = report.editor.name;
        let outcome = format!("{:?}", report.outcome).to_lowercase();
        for warning in &report.warnings {
            tracing::warn!(vm, code = warning.code, "{vm}: {}", warning.text);
        }
        tracing::info!(vm, %disk, server, editor, outcome, "{vm}: its disk is {outcome}");
        Ok(report)
    }

    fn prepare_within<R>(
        &self,
        mut preparer: Preparer<R>,
        deadline: Duration,
    ) -> Result<Report, HookError>
    where
        R: Registry + Send + 'static,
    {
        let until = Instant::now() + deadline;
        if let Some(server) = &self.server {
            preparer = preparer.server(server);
        }
        let (begun, thread) = mpsc::channel();
        let (done, result) = mpsc::channel();
        let request = self.clone();
        thread::Builder::new()
            .name("osgraft-hook".into())
            .spawn(move || {
                // Nobody listens any more after the deadline.
                let _ = begun.send(rustix::thread::gettid());
                let _ = done.send(request.work(&preparer));
            })
            .map_err(|source| HookError::Thread {
                vm: self.shown(),
                source,
            })?;
        let left = || until.saturating_duration_since(Instant::now());
        let thread = thread.recv_timeout(left());
        if let Ok(result) = result.recv_timeout(left()) {
            return result;
        }
        if let Ok(thread) = thread {
            end_children_of(thread);
        }
        Err(HookError::Deadline {
            vm: self.shown(),
            after: deadline,
        })
    }

    fn work<R: Registry>(&self, preparer: &Preparer<R>) -> Result<Report, HookError> {
        let failed = |source: Error| HookError::Prepare {
            vm: self.shown(),
            source: Box::new(source),
        };
        let child = Child::open(&self.disk, self.masters.clone()).map_err(|e| failed(e.into()))?;
        if let Some(stated) = &self.chain {
            self.hold_against(stated, &child)?;
        }
        preparer.prepare(&child).map_err(failed)
    }

    /// Holds the chain that the description states against that of the image. An interrupted edit
    /// does not hide the chain, and is finished before the next look.
    fn hold_against(&self, stated: &[Backing], child: &Child) -> Result<(), HookError> {
        let failed = |error: ImageError| HookError::Prepare {
            vm: self.shown(),
            source: Box::new(error.into()),
        };
        let open = match child.read() {
            Err(ImageError::Pending(_)) => {
                child.recover().map_err(failed)?;
                child.read().map_err(failed)?
            }
            open => open.map_err(failed)?,
        };
        let found: Vec<(&Path, MasterFormat)> = open.chain().collect();
        let agrees = found.len() == stated.len()
            && stated.iter().zip(&found).all(|(stated, (path, format))| {
                stated.format.is_none_or(|stated| stated == *format)
                    && stated.path.canonicalize().is_ok_and(|at| at == **path)
            });
        if agrees {
            return Ok(());
        }
        let show = |path: &Path, format: Option<MasterFormat>| {
            let path = escape(path.as_os_str().as_encoded_bytes());
            match format {
                Some(format) => format!("{path} ({})", format.as_str()),
                None => path,
            }
        };
        let stated: Vec<_> = stated.iter().map(|b| show(&b.path, b.format)).collect();
        let found: Vec<_> = found
            .iter()
            .map(|(path, format)| show(path, Some(*format)))
            .collect();
        Err(HookError::Chain {
            vm: self.shown(),
            disk: self.disk.clone(),
            stated: stated.join(", "),
            found: found.join(", "),
        })
    }

    fn shown(&self) -> String {
        escape(self.name.as_bytes())
    }
}

/// Ends the programs that a thread of this process waits for.
fn end_children_of(thread: rustix::thread::Pid) {
    use rustix::process::{Pid, Signal, kill_process};

    let thread = thread.as_raw_nonzero();
    let listed = std::fs::read_to_string(format!("/proc/self/task/{thread}/children"));
    let listed = listed.unwrap_or_default();
    let children = listed.split_whitespace().filter_map(|pid| pid.parse().ok());
    for child in children.filter_map(Pid::from_raw) {
        // One that ended meanwhile is what is wanted.
        let _ = kill_process(child, Signal::KILL);
    }
}
