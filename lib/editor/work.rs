//! Work on a guest, whichever editor opens it.

#[cfg(not(feature = "appliance"))]
use std::convert::Infallible;

use super::EditorError;
#[cfg(feature = "appliance")]
use super::appliance::{ApplianceGuest, Kvm};
use super::bar::Bar;
use super::choice::{Choice, Reached, Wanted};
use super::ext4::Refusal;
#[cfg(feature = "appliance")]
use super::handover::{self, in_appliance};
use super::in_process::InProcess;
use crate::guest::Guest;
#[cfg(feature = "appliance")]
use crate::guest::Remembering;
use crate::image::{OpenChild, Redo, Scratch};
#[cfg(feature = "appliance")]
use crate::path::GuestPath;

/// An edit as a value, and what the work on it came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Edited<T> {
    /// Value that the work returned.
    pub value: T,
    /// Changes to the child's file.
    pub redo: Redo,
    /// Way in which the guest was reached.
    pub reached: Reached,
}

/// Opens a child's guest, lets `work` edit it, and takes the edit as a value. No file changes.
/// `time` is that of what is made, in seconds since 1970.
///
/// A guest that was not shut down has a journal to be replayed before anything is changed in it. So
/// the work is first given the guest as its disk holds it now, to read alone; where it finds nothing
/// to change, that is the edit, and the report warns. Else it is called again.
///
/// The same holds for a guest that may be read and not be changed ([`Bar`](super::Bar)): a
/// hibernated one above all. Where the work would change something, it is refused.
///
/// Edits of work that fails are dropped. It is called a second time where it fails in
/// process over something that only the appliance edits, and the appliance may be used.
///
/// # Errors
/// [`EditorError`]; whatever the work says.
pub fn edit<T, E: From<EditorError>>(
    child: &OpenChild,
    choice: &Choice,
    time: i64,
    work: impl FnMut(&mut dyn Guest) -> Result<T, E>,
) -> Result<Edited<T>, E> {
    edit_or_recall(child, choice, time, |_| Ok(None), work)
}

/// The same, for a caller who may know the edit already: where it takes the appliance, `known` is
/// asked first, with the reason, and nothing is launched when it answers.
///
/// # Errors
/// As for [`edit`]; whatever `known` says.
pub fn edit_or_recall<T, E: From<EditorError>>(
    child: &OpenChild,
    choice: &Choice,
    time: i64,
    known: impl FnOnce(&str) -> Result<Option<(T, Redo)>, E>,
    mut work: impl FnMut(&mut dyn Guest) -> Result<T, E>,
) -> Result<Edited<T>, E> {
    let mut scratch = None;
    let way = in_process(choice, child, &mut scratch, Some(time));
    let left = match &way {
        Ok(way) => way.state().map(Left::in_state),
        Err(error) => {
            let bar = error.bar().map(Left::barred);
            bar.or_else(|| error.state().map(Left::in_state))
        }
    };
    if let Some(left) = left
        && let Some(unchanged) = leave_alone(child, choice, left, &mut work)
    {
        return Ok(unchanged);
    }
    let done = match way? {
        Way::InProcess(mut guest) => match work(guest.guest()) {
            Ok(value) => {
                let reached = guest.reached();
                Ok((value, reached, guest.finish(child)?))
            }
            Err(error) => {
                child.require_sound_tables().map_err(EditorError::from)?;
                Err(hand_over(choice, &mut guest, error)?)
            }
        },
        #[cfg(feature = "appliance")]
        Way::Appliance(reason, _) => Err(reason),
    };
    let reason = match done {
        Err(reason) => reason,
        Ok((value, reached, taken)) => {
            let scratch = taken.or(scratch).expect("it was worked on");
            return Ok(Edited {
                value,
                redo: scratch.finish().map_err(EditorError::from)?,
                reached,
            });
        }
    };
    // What was kept for a child like this one does not tell its root.
    #[cfg(feature = "appliance")]
    let recalled = match choice.root {
        Some(_) => None,
        None => known(&reason)?,
    };
    #[cfg(feature = "appliance")]
    match recalled {
        Some((value, redo)) => Ok(Edited {
            value,
            redo,
            reached: Reached::again(&reason),
        }),
        None => edit_in_appliance(child, choice, time, &reason, work),
    }
    #[cfg(not(feature = "appliance"))]
    {
        let _ = known;
        match reason {}
    }
}

/// Reason that the appliance has to do what the work could not.
#[cfg(feature = "appliance")]
pub(super) fn hand_over<E: From<EditorError>>(
    choice: &Choice,
    guest: &mut InProcess<'_>,
    error: E,
) -> Result<String, E> {
    if let Some(broken) = guest.broken() {
        return Err(broken.into());
    }
    let reason = handover::of_work(guest).filter(|_| choice.wanted == Wanted::Auto);
    reason.ok_or(error)
}

#[cfg(not(feature = "appliance"))]
pub(super) fn hand_over<E: From<EditorError>>(
    _: &Choice,
    guest: &mut InProcess<'_>,
    error: E,
) -> Result<Infallible, E> {
    Err(guest.broken().map_or(error, E::from))
}

/// Refuses another root than the one that was asked for.
#[cfg(feature = "appliance")]
pub(super) fn require_root(
    choice: &Choice,
    guest: &mut ApplianceGuest,
    reason: &str,
) -> Result<(), EditorError> {
    let Some(wanted) = &choice.root else {
        return Ok(());
    };
    match guest.has_root(wanted) {
        Ok(true) => Ok(()),
        Ok(false) => Err(wanted.other(&guest.root().to_string())),
        Err(source) => Err(in_appliance(source, reason)),
    }
}

#[cfg(feature = "appliance")]
fn edit_in_appliance<T, E: From<EditorError>>(
    child: &OpenChild,
    choice: &Choice,
    time: i64,
    reason: &str,
    mut work: impl FnMut(&mut dyn Guest) -> Result<T, E>,
) -> Result<Edited<T>, E> {
    let failed = |source| in_appliance(source, reason);
    let mut guest = ApplianceGuest::open(child, &choice.settings, time).map_err(failed)?;
    require_root(choice, &mut guest, reason)?;
    let bar = guest.bar().cloned();
    let value = match (work(&mut Remembering::new(&mut guest)), &bar) {
        (Err(_), Some(bar)) => return Err(EditorError::Barred(bar.clone()).into()),
        (value, _) => value?,
    };
    let mut reached = reached_appliance(&guest, reason);
    if let Some(bar) = &bar {
        reached.warning = Some(Left::barred(bar).warning());
    }
    Ok(Edited {
        value,
        redo: guest.finish(child).map_err(failed)?,
        reached,
    })
}

/// Opens a child's guest for reading, and lets `work` look at it.
///
/// # Errors
/// As for [`edit`].
pub fn look<T, E: From<EditorError>>(
    child: &OpenChild,
    choice: &Choice,
    work: impl FnMut(&mut dyn Guest) -> Result<T, E>,
) -> Result<(T, Reached), E> {
    look_in(child, choice, None, work)
}

/// The same for work that copies what it reads: a guest that was not shut down, or that may be read and
/// not be changed, is not taken as its disk holds it now. The appliance recovers a journal first, in
/// its own overlay; where nothing does, the guest is refused.
///
/// # Errors
/// As for [`edit`].
pub fn look_settled<T, E: From<EditorError>>(
    child: &OpenChild,
    choice: &Choice,
    work: impl FnMut(&mut dyn Guest) -> Result<T, E>,
) -> Result<(T, Reached), E> {
    // What may be edited is settled. The work changes nothing, and its scratch is dropped.
    look_in(child, choice, Some(1), work)
}

fn look_in<T, E: From<EditorError>>(
    child: &OpenChild,
    choice: &Choice,
    time: Option<i64>,
    mut work: impl FnMut(&mut dyn Guest) -> Result<T, E>,
) -> Result<(T, Reached), E> {
    let mut scratch = None;
    let reason = match in_process(choice, child, &mut scratch, time)? {
        Way::InProcess(mut guest) => match work(guest.guest()) {
            Ok(value) => return Ok((value, guest.reached())),
            Err(error) => {
                child.require_sound_tables().map_err(EditorError::from)?;
                hand_over(choice, &mut guest, error)?
            }
        },
        #[cfg(feature = "appliance")]
        Way::Appliance(reason, _) => reason,
    };
    #[cfg(feature = "appliance")]
    {
        let opened = ApplianceGuest::open_read_only(child, &choice.settings);
        let mut guest = opened.map_err(|source| in_appliance(source, &reason))?;
        require_root(choice, &mut guest, &reason)?;
        let value = work(&mut Remembering::new(&mut guest))?;
        Ok((value, reached_appliance(&guest, &reason)))
    }
    #[cfg(not(feature = "appliance"))]
    match reason {}
}

pub(super) enum Way<'s> {
    InProcess(InProcess<'s>),
    /// Reason for not editing in process, and the state that is the reason, where it is one.
    #[cfg(feature = "appliance")]
    Appliance(String, Option<Refusal>),
}

impl Way<'_> {
    fn state(&self) -> Option<&Refusal> {
        match self {
            Self::InProcess(_) => None,
            #[cfg(feature = "appliance")]
            Self::Appliance(_, state) => state.as_ref(),
        }
    }
}

/// Reason that a guest is first judged by what its disk holds now.
enum Left<'a> {
    InState(&'a Refusal),
    Barred(&'a Bar),
}

impl<'a> Left<'a> {
    fn in_state(state: &'a Refusal) -> Self {
        Self::InState(state)
    }

    fn barred(bar: &'a Bar) -> Self {
        Self::Barred(bar)
    }

    fn warning(&self) -> (&'static str, String) {
        let (code, what) = match self {
            Self::InState(state) => {
                let what = format!("the guest was not shut down ({})", state.code());
                ("not-shut-down", what)
            }
            Self::Barred(bar) => (bar.code(), bar.state().to_owned()),
        };
        let text = format!("{what}: it was judged by what its disk holds now, and left alone");
        (code, text)
    }
}

/// An edit of a guest that was not shut down or may only be read, where there is nothing to change
/// in it.
fn leave_alone<T, E: From<EditorError>>(
    child: &OpenChild,
    choice: &Choice,
    left: Left<'_>,
    work: &mut impl FnMut(&mut dyn Guest) -> Result<T, E>,
) -> Option<Edited<T>> {
    let mut scratch = None;
    let mut guest = InProcess::open(choice, child, &mut scratch, None).ok()?;
    // It can write nothing: work that would change something fails.
    let value = work(guest.guest()).ok()?;
    let mut reached = guest.reached();
    reached.warning = Some(left.warning());
    Some(Edited {
        value,
        redo: child.scratch().ok()?.finish().ok()?,
        reached,
    })
}

/// Tries the cheap way, where it is wanted; with `time`, for writing. Where that does not open a
/// guest, the image's tables are judged before anything is concluded from what was seen through
/// them, and before an appliance is launched on them.
pub(super) fn in_process<'s>(
    choice: &Choice,
    child: &OpenChild,
    scratch: &'s mut Option<Scratch>,
    time: Option<i64>,
) -> Result<Way<'s>, EditorError> {
    let way = try_in_process(choice, child, scratch, time);
    if !matches!(way, Ok(Way::InProcess(_))) {
        child.require_sound_tables()?;
    }
    way
}

fn try_in_process<'s>(
    choice: &Choice,
    child: &OpenChild,
    scratch: &'s mut Option<Scratch>,
    time: Option<i64>,
) -> Result<Way<'s>, EditorError> {
    match choice.wanted {
        Wanted::Ext4 => InProcess::open(choice, child, scratch, time).map(Way::InProcess),
        #[cfg(not(feature = "appliance"))]
        Wanted::Auto => InProcess::open(choice, child, scratch, time).map(Way::InProcess),
        #[cfg(feature = "appliance")]
        Wanted::Appliance => Ok(Way::Appliance("it was asked for".to_owned(), None)),
        #[cfg(feature = "appliance")]
        Wanted::Auto => match InProcess::open(choice, child, scratch, time) {
            Ok(mut guest) => Ok(match handover::mounted_apart(guest.guest(), &choice.boot) {
                None => Way::InProcess(guest),
                Some(at) => Way::Appliance(apart(&at), None),
            }),
            Err(error) if error.bar().is_some() => match barred_apart(choice, child) {
                Some(reason) => Ok(Way::Appliance(reason, None)),
                None => Err(error),
            },
            Err(error) => match handover::of_error(&error, choice.settings.has_key())? {
                Some(reason) => Ok(Way::Appliance(reason, error.state().cloned())),
                None => Err(error),
            },
        },
    }
}

#[cfg(feature = "appliance")]
fn apart(at: &GuestPath) -> String {
    format!("the guest mounts {at} from elsewhere")
}

/// Reason that only the appliance can tell that there is nothing to change in a guest that may not be
/// changed.
#[cfg(feature = "appliance")]
fn barred_apart(choice: &Choice, child: &OpenChild) -> Option<String> {
    let mut scratch = None;
    let mut guest = InProcess::open(choice, child, &mut scratch, None).ok()?;
    handover::mounted_apart(guest.guest(), &choice.boot).map(|at| apart(&at))
}

#[cfg(feature = "appliance")]
pub(super) fn reached_appliance(guest: &ApplianceGuest, reason: &str) -> Reached {
    let asked = matches!(guest.kvm(), Kvm::Unasked);
    let why = guest.kvm().why_not().filter(|_| !asked);
    Reached {
        editor: "appliance",
        reason: reason.to_owned(),
        root: guest.root().to_string(),
        holds_any_content: guest.root().holds_any_content(),
        warning: why.map(|why| {
            let text = format!("{why}: the appliance ran without KVM, which is slower");
            ("kvm-unusable", text)
        }),
    }
}
