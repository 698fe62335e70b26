//! Many children at once.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use tracing::Span;

use super::preparer::Preparer;
use super::report::Report;
use super::wish::ChildRequest;
use crate::error::{Error, Panicked};
use crate::registry::Registry;

/// Number of results that may wait for one that was begun before them.
const AHEAD: usize = 256;

impl<R: Registry> Preparer<R> {
    /// Prepares many children, at most `jobs` at a time. `each` is given every child's number,
    /// from 0 on, and what came of it, in the children's order and as soon as those before it
    /// are done. A child that fails neither stops nor harms the others. A [`ChildRequest`] in a
    /// child's place gives it a name, an identity or a server of its own.
    ///
    /// ```no_run
    /// use osgraft::image::{Child, Masters};
    /// use osgraft::prepare::{Preparer, Share};
    /// use osgraft::registry::FileRegistry;
    ///
    /// let registry = FileRegistry::open("/etc/osgraft/servers.toml")?;
    /// let preparer = Preparer::new(registry, Share::at("/shared")?);
    /// let masters = Masters::under(["/var/lib/osgraft/masters"]);
    /// let children: Result<Vec<Child>, _> = (1..=200)
    ///     .map(|n| Child::open(format!("web-{n}.qcow2"), masters.clone()))
    ///     .collect();
    /// preparer.prepare_all(children?, std::thread::available_parallelism()?, |n, result| {
    ///     match result {
    ///         Ok(report) => println!("{n}: {:?}", report.outcome),
    ///         Err(error) => println!("{n}: {error}"),
    ///     }
    /// });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Each child's own, as for [`prepare`](Self::prepare); [`Error::Panicked`] where that would
    /// have panicked.
    ///
    /// # Limits
    /// A child that backs others of the row is locked for writing while they want to read it, so
    /// one side or the other is [in use](crate::image::ImageError::InUse).
    ///
    /// The children are taken from their iterator as work on them begins, a few ahead, on the
    /// caller's thread; so is `each` called. When either panics, no further child is begun, and
    /// the panic goes on once those that were are done.
    pub fn prepare_all(
        &self,
        children: impl IntoIterator<Item = impl Into<ChildRequest> + Send>,
        jobs: NonZeroUsize,
        mut each: impl FnMut(usize, Result<Report, Error>),
    ) {
        let caller = Span::current();
        batch(
            children,
            jobs,
            |child| caller.in_scope(|| self.prepare_one(&child.into())),
            |number, result| each(number, result.unwrap_or_else(|panic| Err(panic.into()))),
        );
    }
}

/// Does some work on each item, at most `jobs` at a time, and hands the results to `each` on this
/// thread, in the items' order. This is what [`Preparer::prepare_all`] stands on, for work that
/// does more, or something else, with each child.
///
/// At most twice `jobs` items are taken ahead, and no more than 256 results wait for an
/// earlier one. With one job everything runs on this thread.
///
/// ```
/// use osgraft::prepare::batch;
/// let mut squares = Vec::new();
/// let jobs = std::num::NonZeroUsize::MIN.saturating_add(3);
/// batch(0..100_u32, jobs, |n| n * n, |_, square| squares.push(square));
/// assert_eq!(squares[99], Ok(9801));
/// ```
pub fn batch<I: IntoIterator, T>(
    items: I,
    jobs: NonZeroUsize,
    work: impl Fn(I::Item) -> T + Sync,
    mut each: impl FnMut(usize, Result<T, Panicked>),
) where
    I::Item: Send,
    T: Send,
{
    if jobs == NonZeroUsize::MIN {
        for (number, item) in items.into_iter().enumerate() {
            each(number, guarded(&work, item));
        }
        return;
    }
    let (tasks, queue) = channel();
    let queue = Mutex::new(queue);
    let (done, results) = channel();
    // One waits for each that runs, so that no worker does while `each` is busy.
    let at_once = jobs.get().saturating_mul(2);
    thread::scope(|scope| {
        // Moved in: should this closure panic, the queue ends and with it the workers.
        let tasks = tasks;
        let mut items = items.into_iter().enumerate();
        let mut early = BTreeMap::new();
        let (mut workers, mut running, mut next) = (0, 0, 0);
        let mut exhausted = false;
        while !exhausted || running > 0 {
            while !exhausted && running < at_once && early.len() + running < AHEAD.max(at_once) {
                let Some((number, item)) = items.next() else {
                    exhausted = true;
                    break;
                };
                if workers < jobs.get() {
                    let (queue, done, work) = (&queue, done.clone(), &work);
                    let worker = thread::Builder::new().name("osgraft".into());
                    let started =
                        worker.spawn_scoped(scope, move || run_worker(queue, &done, work));
                    workers += usize::from(started.is_ok());
                }
                if workers == 0 {
                    // The host has no thread to give.
                    early.insert(number, guarded(&work, item));
                } else if tasks.send((number, item)).is_ok() {
                    running += 1;
                }
            }
            if running > 0
                && let Ok((number, result)) = results.recv()
            {
                running -= 1;
                early.insert(number, result);
            }
            while let Some(result) = early.remove(&next) {
                each(next, result);
                next += 1;
            }
        }
    });
}

/// A worker: takes tasks until there are no more.
fn run_worker<W, T>(
    queue: &Mutex<Receiver<(usize, W)>>,
    done: &Sender<(usize, Result<T, Panicked>)>,
    work: impl Fn(W) -> T,
) {
    loop {
        // Nothing can panic while it is held.
        let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, item)) = task else { return };
        if done.send((number, guarded(&work, item))).is_err() {
            return;
        }
    }
}

/// What the work did is shared by no other item, or guarded by locks that fall with it, so nothing
/// half done is met again.
fn guarded<W, T>(work: impl Fn(W) -> T, item: W) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(|| work(item))).map_err(|panic| Panicked::new(&*panic))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn jobs(jobs: usize) -> NonZeroUsize {
        NonZeroUsize::new(jobs).unwrap()
    }

    #[test]
    fn results_come_in_order_whatever_ends_first() {
        for count in [0, 1, 2, 7, 1000] {
            for at_once in [1, 2, 8, 2000] {
                let mut seen = Vec::new();
                let work = |n: usize| {
                    if n.is_multiple_of(5) {
                        thread::sleep(Duration::from_micros(300));
                    }
                    n * 2
                };
                batch(0..count, jobs(at_once), work, |number, result| {
                    seen.push((number, result.unwrap()));
                });
                let all: Vec<_> = (0..count).map(|n| (n, n * 2)).collect();
                assert_eq!(seen, all, "{count} items, {at_once} at once");
            }
        }
    }

    #[test]
    fn no_more_run_at_once_than_was_said_and_that_many_do() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |_| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20));
            now.fetch_sub(1, Ordering::SeqCst);
        };
        batch(0..16, jobs(4), work, |_, _| {});
        assert_eq!(most.into_inner(), 4);
    }

    #[test]
    fn a_slow_one_holds_back_no_more_than_a_bounded_number() {
        let taken = AtomicUsize::new(0);
        let items = (0..10_000).inspect(|_| {
            taken.fetch_add(1, Ordering::SeqCst);
        });
        let work = |n| {
            if n == 0 {
                thread::sleep(Duration::from_millis(200));
            }
        };
        let mut first = None;
        batch(items, jobs(4), work, |_, _| {
            first.get_or_insert(taken.load(Ordering::SeqCst));
        });
        let first = first.unwrap();
        // The others must have had the time to run ahead for this test to mean anything.
        assert!((100..=AHEAD + 1).contains(&first), "{first}");
        assert_eq!(taken.into_inner(), 10_000);
    }

    #[test]
    fn a_panic_is_that_items_result_and_no_others() {
        for at_once in [1, 3] {
            let mut failed = Vec::new();
            let work = |n| assert!(n % 4 != 2, "no {n}\n");
            batch(0..12, jobs(at_once), work, |number, result| {
                if let Err(panicked) = result {
                    failed.push((number, panicked.to_string()));
                }
            });
            let numbers: Vec<_> = failed.iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers, [2, 6, 10]);
            assert!(failed[0].1.contains("no 2"), "{}", failed[0].1);
            assert!(!failed[0].1.contains('\n'), "{}", failed[0].1);
        }
    }

    #[test]
    fn a_panic_of_the_receiver_goes_on_and_ends_the_work() {
        let done = AtomicUsize::new(0);
        let work = |_| {
            thread::sleep(Duration::from_millis(1));
            done.fetch_add(1, Ordering::SeqCst)
        };
        let run = || batch(0..1000, jobs(4), work, |number, _| assert!(number < 3));
        assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
        assert!(done.into_inner() < 100);
    }
}
