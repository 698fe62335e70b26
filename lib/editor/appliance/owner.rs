//! The one thread that holds a libguestfs handle, and the deadline over what it does.
//!
//! A handle stays on the thread that made it. Calls go there as closures; the caller waits for the
//! answer, and when the deadline passes first, ends the processes that the thread started (QEMU
//! above all): libguestfs then sees its connection closed and returns. A panic is caught on the
//! thread and handed back as a failure.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use guestfs::{CreateFlags, Handle};

use super::error::{ApplianceError, Failure};
use super::process;

/// How long a call may take to return once its processes are ended.
const GRACE: Duration = Duration::from_secs(10);
/// How often [`Owner::call_watched`] looks: a program that is killed before it has seen what it
/// started cannot leave word of it.
const WATCH: Duration = Duration::from_millis(5);

type Job = Box<dyn FnOnce(&Handle<'static>) + Send>;
type Answer<T> = Result<T, Failure>;

/// A handle on its own thread. Dropped, it ends the appliance, whatever that is doing.
#[derive(Debug)]
pub(super) struct Owner {
    jobs: Option<Sender<Job>>,
    /// Closed when the thread has let go of the handle.
    ended: Receiver<()>,
    /// The thread's number, under which its children are found.
    thread: u32,
    began: Instant,
    deadline: Instant,
    /// The call that overran; nothing is called after it.
    overran: Option<&'static str>,
}

impl Owner {
    /// Starts a thread with a handle. `deadline` counts for all calls together.
    pub(super) fn start(began: Instant, deadline: Instant) -> Result<Self, ApplianceError> {
        let (jobs, work) = mpsc::channel::<Job>();
        let (ending, ended) = mpsc::channel();
        let (ready, started) = mpsc::channel();
        std::thread::Builder::new()
            .name("osgraft-appliance".to_owned())
            .spawn(move || {
                let flags = CreateFlags::new()
                    .create_no_environment(true)
                    .create_no_close_on_exit_flag(true);
                let thread = rustix::thread::gettid()
                    .as_raw_nonzero()
                    .get()
                    .unsigned_abs();
                let handle = Handle::create_silent(flags);
                match handle {
                    Err(error) => drop(ready.send(Err(no_handle(error)))),
                    Ok(handle) => {
                        drop(ready.send(Ok(thread)));
                        while let Ok(job) = work.recv() {
                            job(&handle);
                        }
                    }
                }
                drop(ending);
            })
            .map_err(|e| ApplianceError::Launch(Failure::new("thread", e.to_string())))?;
        let thread = started
            .recv()
            .unwrap_or_else(|_| Err(no_handle(guestfs::Error::Create)))?;
        Ok(Self {
            jobs: Some(jobs),
            ended,
            thread,
            began,
            deadline,
            overran: None,
        })
    }

    /// Makes calls on the handle, and waits for them until the deadline.
    pub(super) fn call<T: Send + 'static>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&Handle<'static>) -> Result<T, guestfs::Error> + Send + 'static,
    ) -> Result<T, ApplianceError> {
        let answer = self.send(name, work)?;
        let left = self.deadline.saturating_duration_since(Instant::now());
        match answer.recv_timeout(left) {
            Ok(answer) => Ok(answer?),
            Err(RecvTimeoutError::Disconnected) => Err(gone(name)),
            Err(RecvTimeoutError::Timeout) => Err(self.overrun(name, &answer)),
        }
    }

    /// The same, while `watch` is called every so often with the thread's number and the time that
    /// is left; it answers with the time that shall be left.
    pub(super) fn call_watched<T: Send + 'static>(
        &mut self,
        name: &'static str,
        mut watch: impl FnMut(u32, Duration) -> Duration,
        work: impl FnOnce(&Handle<'static>) -> Result<T, guestfs::Error> + Send + 'static,
    ) -> Result<T, ApplianceError> {
        let answer = self.send(name, work)?;
        loop {
            match answer.recv_timeout(WATCH) {
                Ok(answer) => return Ok(answer?),
                Err(RecvTimeoutError::Disconnected) => return Err(gone(name)),
                Err(RecvTimeoutError::Timeout) if Instant::now() >= self.deadline => {
                    return Err(self.overrun(name, &answer));
                }
                Err(RecvTimeoutError::Timeout) => {
                    let now = Instant::now();
                    let left = self.deadline.saturating_duration_since(now);
                    let shall = watch(self.thread, left);
                    if shall < left {
                        self.deadline = now + shall;
                    }
                }
            }
        }
    }

    /// When the last call has to be back.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Moves the deadline, as when a launch that was given little time succeeded.
    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    fn send<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce(&Handle<'static>) -> Result<T, guestfs::Error> + Send + 'static,
    ) -> Result<Receiver<Answer<T>>, ApplianceError> {
        if let Some(during) = self.overran {
            return Err(self.too_late(during));
        }
        let (to, answer) = mpsc::channel();
        let job: Job = Box::new(move |handle| {
            let done = match catch_unwind(AssertUnwindSafe(|| work(handle))) {
                Ok(done) => done.map_err(Failure::from),
                Err(_) => Err(Failure::new(name, "the binding panicked")),
            };
            // Nobody waits any more after an overrun.
            let _ = to.send(done);
        });
        match self.jobs.as_ref().map(|jobs| jobs.send(job)) {
            Some(Ok(())) => Ok(answer),
            _ => Err(gone(name)),
        }
    }

    fn overrun<T>(&mut self, name: &'static str, answer: &Receiver<Answer<T>>) -> ApplianceError {
        self.overran = Some(name);
        process::end_children_of(self.thread);
        let _ = answer.recv_timeout(GRACE);
        self.too_late(name)
    }

    fn too_late(&self, during: &'static str) -> ApplianceError {
        ApplianceError::Deadline {
            during,
            after: self.deadline.duration_since(self.began),
        }
    }
}

impl Drop for Owner {
    /// Closing would flush first, and wait for it; what is dropped is not to be kept.
    fn drop(&mut self) {
        process::end_children_of(self.thread);
        drop(self.jobs.take());
        // A thread that hangs all the same is left behind; it holds nothing but its handle.
        let _ = self.ended.recv_timeout(GRACE);
    }
}

fn no_handle(error: guestfs::Error) -> ApplianceError {
    match error {
        guestfs::Error::Load(_) => ApplianceError::Missing(error.into()),
        other => ApplianceError::Launch(other.into()),
    }
}

fn gone(name: &'static str) -> ApplianceError {
    Failure::new(name, "the thread of the handle ended").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(patience: Duration) -> Owner {
        let now = Instant::now();
        Owner::start(now, now + patience).unwrap()
    }

    #[test]
    fn a_panic_on_the_handles_thread_is_a_failure_and_the_thread_lives_on() {
        let mut owner = owner(Duration::from_secs(60));
        let panicked = owner.call("test", |_| -> Result<(), _> { panic!("on purpose") });
        assert!(matches!(panicked, Err(ApplianceError::Call(_))));
        assert_eq!(owner.call("test", |_| Ok(7)).unwrap(), 7);
    }

    #[test]
    fn a_call_past_the_deadline_is_given_up_and_none_follows() {
        let mut owner = owner(Duration::from_millis(100));
        let late = owner.call("test", |_| {
            std::thread::sleep(Duration::from_millis(400));
            Ok(())
        });
        assert!(matches!(
            late,
            Err(ApplianceError::Deadline { during: "test", .. })
        ));
        let after = owner.call("other", |_| Ok(()));
        assert!(matches!(
            after,
            Err(ApplianceError::Deadline { during: "test", .. })
        ));
    }

    #[test]
    fn an_error_of_the_library_is_handed_back_in_one_line() {
        let mut owner = owner(Duration::from_secs(60));
        let early = owner.call("mount", |g| g.mount_options("ro", "/dev/sda1", "/"));
        let Err(ApplianceError::Call(failure)) = early else {
            panic!("{early:?}");
        };
        assert_eq!(failure.operation, "mount_options");
        assert!(
            !failure.said.is_empty() && !failure.said.contains('\n'),
            "{failure}"
        );
    }
}
