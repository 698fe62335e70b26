//! Runs the futures of the qcow2 library to their end on the calling thread.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Result of a future, waited for where the caller stands. It needs no runtime, and may be called
/// on a thread of one.
///
/// [`PageStore`](super::pages::PageStore) answers at once, and its images have one user each, so
/// that the first poll is nearly always the last.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    // Inside a task, tokio's locks count what the task has done, and from some point on they wait
    // for it to yield to its runtime. It cannot while it stands here: uncounted, they do not wait.
    let mut future = pin!(tokio::task::unconstrained(future));
    if let Poll::Ready(done) = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        return done;
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
        thread::park();
    }
}

/// Wakes a thread that waits for a future.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use tokio::sync::{Mutex, oneshot};

    use super::*;

    /// Ends the test where `work` would hang it.
    fn within_a_minute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        let (done, result) = channel();
        thread::spawn(move || done.send(work()));
        result
            .recv_timeout(Duration::from_secs(60))
            .expect("it waits for ever")
    }

    #[test]
    fn a_future_that_waits_for_another_thread_ends() {
        let answer = within_a_minute(|| {
            let (answer, question) = oneshot::channel();
            let other = thread::spawn(move || {
                thread::sleep(Duration::from_millis(50));
                answer.send(42).unwrap();
            });
            let answered = block_on(question).unwrap();
            other.join().unwrap();
            answered
        });
        assert_eq!(answer, 42);
    }

    #[test]
    fn a_future_that_yields_is_polled_again() {
        let polls = within_a_minute(|| {
            let mut polls = 0;
            block_on(std::future::poll_fn(|context| {
                polls += 1;
                context.waker().wake_by_ref();
                if polls < 1000 {
                    Poll::Pending
                } else {
                    Poll::Ready(polls)
                }
            }))
        });
        assert_eq!(polls, 1000);
    }

    #[test]
    fn inside_a_task_more_locks_are_taken_than_its_budget_allows() {
        let taken = within_a_minute(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            runtime.block_on(async {
                let lock = Mutex::new(0);
                // tokio's budget is 128 of them.
                for _ in 0..10_000 {
                    *block_on(lock.lock()) += 1;
                }
                lock.into_inner()
            })
        });
        assert_eq!(taken, 10_000);
    }
}
