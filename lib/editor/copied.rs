//! An edit of which the whole disk is wanted, for a copy.

use std::ops::Range;

use super::EditorError;
use super::choice::{Choice, Reached};
use super::work::{Way, hand_over, in_process};
use crate::guest::Guest;
use crate::image::{OpenChild, Scratch};

/// A disk with an edit in it, which no file holds yet.
#[derive(Debug)]
#[non_exhaustive]
pub struct Copied<T> {
    /// Value that the work returned.
    pub value: T,
    /// The disk as it is after the edit.
    pub disk: Scratch,
    /// Ranges of it that no file system holds anything in, rising.
    pub unused: Vec<Range<u64>>,
    /// Way in which the guest was reached.
    pub reached: Reached,
}

/// Opens a disk's guest, lets `work` edit it, and takes the whole disk, without changing any file: the
/// disk's own least of all. `time` is that of what is made, in seconds since 1970.
///
/// Unused ranges are told by the root's block bitmap in process, and in the appliance by the file
/// systems themselves, which give their free blocks back (fstrim(8)).
///
/// # Errors
/// [`EditorError`]; whatever the work says.
pub fn edit_copy<T, E: From<EditorError>>(
    disk: &OpenChild,
    choice: &Choice,
    time: i64,
    mut work: impl FnMut(&mut dyn Guest) -> Result<T, E>,
) -> Result<Copied<T>, E> {
    let mut scratch = None;
    let done = match in_process(choice, disk, &mut scratch, Some(time))? {
        Way::InProcess(mut guest) => match work(guest.guest()) {
            Ok(value) => {
                let reached = guest.reached();
                let unused = guest.free()?;
                Ok((value, reached, unused, guest.finish(disk)?))
            }
            Err(error) => {
                disk.require_sound_tables().map_err(EditorError::from)?;
                Err(hand_over(choice, &mut guest, error)?)
            }
        },
        #[cfg(feature = "appliance")]
        Way::Appliance(reason, _) => Err(reason),
    };
    match done {
        Ok((value, reached, unused, taken)) => {
            let disk = taken.or(scratch).expect("it was worked on");
            Ok(Copied {
                value,
                disk,
                unused,
                reached,
            })
        }
        #[cfg(feature = "appliance")]
        Err(reason) => in_appliance(disk, choice, time, &reason, work),
        #[cfg(not(feature = "appliance"))]
        Err(reason) => match reason {},
    }
}

#[cfg(feature = "appliance")]
fn in_appliance<T, E: From<EditorError>>(
    disk: &OpenChild,
    choice: &Choice,
    time: i64,
    reason: &str,
    mut work: impl FnMut(&mut dyn Guest) -> Result<T, E>,
) -> Result<Copied<T>, E> {
    use super::appliance::ApplianceGuest;
    use super::{handover, work};
    use crate::guest::Remembering;

    let failed = |source| handover::in_appliance(source, reason);
    let mut settings = choice.settings.clone();
    settings.discards = true;
    let mut guest = ApplianceGuest::open(disk, &settings, time).map_err(failed)?;
    work::require_root(choice, &mut guest, reason)?;
    if let Some(bar) = guest.bar() {
        return Err(EditorError::Barred(bar.clone()).into());
    }
    let value = work(&mut Remembering::new(&mut guest))?;
    let reached = work::reached_appliance(&guest, reason);
    let (disk, unused) = guest.finish_trimmed(disk).map_err(failed)?;
    Ok(Copied {
        value,
        disk,
        unused,
        reached,
    })
}
