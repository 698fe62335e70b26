//! A child's lock, where an appliance may stand in its way.

use super::choice::Choice;
use crate::image::{Child, ImageError, LockedChild, Recovered};

/// Locks a child as [`Child::lock`] does. An osgraft that is killed during an edit in the appliance
/// leaves a QEMU behind for some two seconds. That of an earlier build has the child open: it is
/// ended here, and no other.
///
/// # Errors
/// As for [`Child::lock`].
pub fn lock(child: &Child, choice: &Choice) -> Result<LockedChild, ImageError> {
    past_leftovers(choice, || child.lock())
}

/// Finishes or drops an interrupted edit, as [`Child::recover`] does, with the same exception.
///
/// # Errors
/// As for [`Child::recover`].
pub fn recover(child: &Child, choice: &Choice) -> Result<Recovered, ImageError> {
    past_leftovers(choice, || child.recover())
}

#[cfg(feature = "appliance")]
fn past_leftovers<T>(
    choice: &Choice,
    mut take: impl FnMut() -> Result<T, ImageError>,
) -> Result<T, ImageError> {
    use std::time::{Duration, Instant};

    use crate::image::Holder;

    /// For a process that was killed to let go of its files.
    const PATIENCE: Duration = Duration::from_secs(5);
    let busy = |taken: &Result<T, ImageError>| {
        let holder = match taken.as_ref().map_err(ImageError::cause) {
            Err(ImageError::InUse { by, .. }) => Some(*by),
            _ => None,
        };
        holder == Some(Holder::Qemu)
    };
    let mut taken = take();
    if busy(&taken) && super::appliance::end_leftovers(&choice.settings) {
        let deadline = Instant::now() + PATIENCE;
        while busy(&taken) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
            taken = take();
        }
    }
    taken
}

#[cfg(not(feature = "appliance"))]
fn past_leftovers<T>(
    _: &Choice,
    take: impl FnOnce() -> Result<T, ImageError>,
) -> Result<T, ImageError> {
    take()
}
