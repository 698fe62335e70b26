//! The one thread that holds a libguestfs handle, and the deadline over what it does.
//!
//! A handle stays on the thread that made it. Calls go there as closures; the caller waits for the
//! answer, and when the deadline passes first, ends the processes that the thread started (QEMU
//! above all): libguestfs then sees its connection closed and returns. A panic is caught on the
//! thread and handed back as a failure.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use guestfs::{CreateFlags, Handle};

use super::confine::Growth;
use super::error::{ApplianceError, Failure};
use super::process;
use crate::image::ImageError;

/// Time that a call may take to return once its processes are ended.
const GRACE: Duration = Duration::from_secs(10);
/// Interval at which [`Owner::call_watched`] looks: a program that is killed before it has seen what it
/// started cannot leave word of it.
const WATCH: Duration = Duration::from_millis(5);
/// Interval at which the overlay is looked at while QEMU works.
const LOOK: Duration = Duration::from_millis(50);

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
    /// The overlay and its bound, and the child's path for the error.
    growth: Option<(Growth, PathBuf)>,
    /// Reason why the processes were ended; nothing is called after that.
    ended_for: Option<Ended>,
}

/// Reasons why an appliance was ended in the middle of a call.
#[derive(Clone, Copy, Debug)]
enum Ended {
    /// It overran in this call.
    Late(&'static str),
    /// It wrote too much.
    TooMuch,
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
            growth: None,
            ended_for: None,
        })
    }

    /// Makes calls on the handle, and waits for them until the deadline.
    pub(super) fn call<T: Send + 'static>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&Handle<'static>) -> Result<T, guestfs::Error> + Send + 'static,
    ) -> Result<T, ApplianceError> {
        let answer = self.send(name, work)?;
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            match answer.recv_timeout(left.min(LOOK)) {
                Ok(answer) => return answer.map_err(|failure| self.failed(failure)),
                Err(RecvTimeoutError::Disconnected) => return Err(gone(name)),
                Err(RecvTimeoutError::Timeout) => self.require_bounds(name, &answer)?,
            }
        }
    }

    /// The same, while `watch` is called every so often with the thread's number and the time that
    /// is left; it answers with the time that shall be left. Where it fails, the processes are ended.
    pub(super) fn call_watched<T: Send + 'static>(
        &mut self,
        name: &'static str,
        mut watch: impl FnMut(u32, Duration) -> Result<Duration, ApplianceError>,
        work: impl FnOnce(&Handle<'static>) -> Result<T, guestfs::Error> + Send + 'static,
    ) -> Result<T, ApplianceError> {
        let answer = self.send(name, work)?;
        loop {
            match answer.recv_timeout(WATCH) {
                Ok(answer) => return answer.map_err(|failure| self.failed(failure)),
                Err(RecvTimeoutError::Disconnected) => return Err(gone(name)),
                Err(RecvTimeoutError::Timeout) => {
                    self.require_bounds(name, &answer)?;
                    let now = Instant::now();
                    let left = self.deadline.saturating_duration_since(now);
                    let shall = watch(self.thread, left).inspect_err(|_| {
                        process::end_children_of(self.thread);
                        let _ = answer.recv_timeout(GRACE);
                    })?;
                    if shall < left {
                        self.deadline = now + shall;
                    }
                }
            }
        }
    }

    /// Time by which the last call has to be back.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Moves the deadline, as when a launch that was given little time succeeded.
    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// Bounds the overlay of a child from now on. Its QEMU is ended when that grows further.
    pub(super) fn bound(&mut self, growth: Growth, child: &Path) {
        self.growth = Some((growth, child.to_owned()));
    }

    fn send<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce(&Handle<'static>) -> Result<T, guestfs::Error> + Send + 'static,
    ) -> Result<Receiver<Answer<T>>, ApplianceError> {
        if let Some(ended) = self.ended_for {
            return Err(self.ended(ended));
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

    /// Ends the processes where the deadline has passed or the overlay has grown too far.
    fn require_bounds<T>(
        &mut self,
        name: &'static str,
        answer: &Receiver<Answer<T>>,
    ) -> Result<(), ApplianceError> {
        let why = if self.is_too_much() {
            Ended::TooMuch
        } else if Instant::now() >= self.deadline {
            Ended::Late(name)
        } else {
            return Ok(());
        };
        self.ended_for = Some(why);
        process::end_children_of(self.thread);
        let _ = answer.recv_timeout(GRACE);
        Err(self.ended(why))
    }

    fn is_too_much(&self) -> bool {
        let growth = self.growth.as_ref();
        growth.is_some_and(|(growth, _)| growth.is_too_much())
    }

    /// A call that failed since QEMU met the limit of its files failed for that.
    fn failed(&mut self, failure: Failure) -> ApplianceError {
        match self.is_too_much() {
            true => {
                self.ended_for = Some(Ended::TooMuch);
                self.ended(Ended::TooMuch)
            }
            false => failure.into(),
        }
    }

    fn ended(&self, why: Ended) -> ApplianceError {
        match (why, &self.growth) {
            (Ended::TooMuch, Some((growth, child))) => ImageError::TooMuch {
                path: child.clone(),
                limit: growth.change_limit,
            }
            .into(),
            (Ended::TooMuch, None) => gone("write"),
            (Ended::Late(during), _) => ApplianceError::Deadline {
                during,
                after: self.deadline.duration_since(self.began),
            },
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

    /// Also where no call looks into the appliance any more.
    #[test]
    fn an_overlay_that_grows_without_end_ends_the_call_by_name() {
        let mut owner = owner(Duration::from_secs(60));
        let file = tempfile::tempfile().unwrap();
        let growth = Growth::of(file.try_clone().unwrap(), 4096).unwrap();
        owner.bound(growth, Path::new("/images/web-7.qcow2"));
        assert_eq!(owner.call("test", |_| Ok(7)).unwrap(), 7);
        let began = Instant::now();
        let grown = owner.call("test", move |_| {
            file.set_len(1 << 30).unwrap();
            std::thread::sleep(Duration::from_millis(400));
            Ok(())
        });
        for error in [
            grown.unwrap_err(),
            owner.call("next", |_| Ok(())).unwrap_err(),
        ] {
            let ApplianceError::Image(ImageError::TooMuch { path, limit }) = &error else {
                panic!("{error:?}");
            };
            assert_eq!(
                (path.as_path(), *limit),
                (Path::new("/images/web-7.qcow2"), 4096)
            );
        }
        assert!(began.elapsed() < Duration::from_secs(5));
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
