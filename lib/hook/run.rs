//! A request, done under a deadline.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::asked::cards;
use super::error::HookError;
use super::verdict::{Backing, Request};
use crate::error::Error;
use crate::identity::Identity;
use crate::image::{Child, ImageError, MasterFormat};
use crate::path::escape;
use crate::prepare::{ChildRequest, Panicked, Preparer, Report, ServerWish};
use crate::registry::Registry;

impl Request {
    /// Prepares the disk, and tells `tracing` so. The preparer is given the server, the name and
    /// the root that the request names.
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
        let (vm, disk) = (self.shown(), report.child.display());
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
            // The description is read at each start, so nothing has to be kept in the guest.
            preparer = preparer.server(ServerWish::Once(server.clone()));
        }
        if let Some(known_as) = &self.known_as {
            preparer = preparer.known_as(known_as);
        }
        if let Some(root) = &self.root {
            preparer = preparer.kernel_root(root.clone());
        }
        let (begun, thread) = mpsc::channel();
        let (done, result) = mpsc::channel();
        let request = self.clone();
        thread::Builder::new()
            .name("osgraft-hook".into())
            .spawn(move || {
                // Nobody listens any more after the deadline.
                let _ = begun.send(rustix::thread::gettid());
                let _ = done.send(request.guarded(&preparer));
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

    /// The work, which does not panic; should it all the same, that is an error like others.
    fn guarded<R: Registry>(&self, preparer: &Preparer<R>) -> Result<Report, HookError> {
        let work = AssertUnwindSafe(|| self.work(preparer));
        catch_unwind(work).unwrap_or_else(|panic| {
            let what = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let what = what.or_else(|| panic.downcast_ref::<String>().cloned());
            let what = escape(what.unwrap_or_default().as_bytes());
            Err(HookError::Prepare {
                vm: self.shown(),
                source: Box::new(Panicked { what }.into()),
            })
        })
    }

    fn work<R: Registry>(&self, preparer: &Preparer<R>) -> Result<Report, HookError> {
        let failed = |source: Error| HookError::Prepare {
            vm: self.shown(),
            source: Box::new(source),
        };
        if let Some(other) = self.moved_to_root(preparer)? {
            return other.work(preparer);
        }
        let child = Child::open(&self.disk, self.masters.clone()).map_err(|e| failed(e.into()))?;
        let child = child.passing_overlays_left_behind();
        if let Some(stated) = &self.chain {
            self.hold_against(stated, &child)?;
        }
        let mut request = ChildRequest::new(child);
        if let Some(identity) = &self.identity {
            request = request.identity(Identity::clone(identity));
        }
        request = request.nics(cards(&self.nics));
        preparer.prepare_one(&request).map_err(failed)
    }

    /// The same request for another disk of the machine, where that one holds the root that the
    /// kernel command line names by content. Two disks with that root are refused: the guest takes
    /// either.
    fn moved_to_root<R: Registry>(
        &self,
        preparer: &Preparer<R>,
    ) -> Result<Option<Self>, HookError> {
        let Some(root) = self.root.as_ref().filter(|_| !self.others.is_empty()) else {
            return Ok(None);
        };
        let holds = |disk: &Path| match Child::open(disk, self.masters.clone()) {
            Ok(child) => preparer.has_kernel_root(&child),
            Err(_) => Some(false),
        };
        let mut others = self
            .others
            .iter()
            .filter(|(disk, _)| holds(disk) == Some(true));
        let Some((disk, chain)) = others.next() else {
            return Ok(None);
        };
        if others.next().is_some() || holds(&self.disk) != Some(false) {
            return Err(HookError::KernelRoot {
                vm: self.shown(),
                said: escape(root.to_string().as_bytes()),
                why: "two of its disks have that root; give one of them another, or name the root by its device",
            });
        }
        Ok(Some(Self {
            disk: disk.clone(),
            chain: chain.clone(),
            others: Box::default(),
            ..self.clone()
        }))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::OnFailure;
    use crate::image::Masters;
    use crate::prepare::Share;
    use crate::registry::{RegistryError, Servers};

    /// A registry that does something else than answer.
    struct Odd(fn());

    impl Registry for Odd {
        fn servers(&self) -> Result<Servers, RegistryError> {
            (self.0)();
            Ok(Servers::new(Vec::new()).expect("none is too few"))
        }
    }

    fn prepare(odd: fn(), deadline: Duration) -> HookError {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("web-1.qcow2");
        std::fs::write(&disk, "").unwrap();
        let request = Request {
            nics: Box::default(),
            asked: Default::default(),
            identity: None,
            name: "web-1".into(),
            disk,
            chain: None,
            root: None,
            others: Box::default(),
            known_as: None,
            server: None,
            machine: None,
            on_failure: OnFailure::Refuse,
            masters: Masters::under([folder.path()]),
        };
        let preparer = Preparer::new(Odd(odd), Share::at("/shared").unwrap());
        request.prepare(preparer, deadline).unwrap_err()
    }

    #[test]
    fn work_that_hangs_is_left_behind() {
        let began = Instant::now();
        let error = prepare(
            || thread::sleep(Duration::from_secs(60)),
            Duration::from_millis(1500),
        );
        assert_eq!(error.code(), "deadline");
        assert!(error.to_string().contains("within 2 s"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn work_that_panics_is_told_as_that() {
        let error = prepare(|| panic!("odd\n"), Duration::from_secs(60));
        assert_eq!(error.code(), "prepare");
        assert!(error.to_string().contains("(odd\\x0a)"), "{error}");
    }

    #[test]
    fn programs_of_the_work_are_ended_with_it() {
        let error = prepare(
            || {
                let mut sleep = std::process::Command::new("sleep");
                let status = sleep.arg("60").status().unwrap();
                assert!(!status.success(), "it was ended");
                ENDED.store(true, std::sync::atomic::Ordering::Release);
            },
            Duration::from_secs(1),
        );
        assert_eq!(error.code(), "deadline");
        let until = Instant::now() + Duration::from_secs(20);
        while !ENDED.load(std::sync::atomic::Ordering::Acquire) {
            assert!(Instant::now() < until, "the program goes on");
            thread::sleep(Duration::from_millis(10));
        }
    }

    static ENDED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
}
