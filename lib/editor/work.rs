//! Work on a guest, whichever editor opens it.

use super::EditorError;
#[cfg(feature = "appliance")]
use super::appliance::{ApplianceError, ApplianceGuest, Kvm};
use super::choice::{Choice, Reached, Wanted};
use super::ext4::{Ext4Guest, Options};
#[cfg(feature = "appliance")]
use super::root::Holding;
use super::root::{Root, open_root, open_root_read_only};
#[cfg(feature = "appliance")]
use super::signature::Content;
use crate::fstab::Fstab;
use crate::guest::{Guest, resolve};
use crate::image::{OpenChild, Redo, Scratch};
use crate::path::GuestPath;

/// Bytes of an fstab that are read.
const MAX_FSTAB: u64 = 1 << 20;
/// What lies under one of these cannot be seen or edited rightly with the root alone.
const NEEDED: [&str; 6] = ["/etc", "/lib", "/usr", "/usr/lib", "/var", "/var/lib"];

/// An edit as a value, and what the work on it came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Edited<T> {
    /// What the work returned.
    pub value: T,
    /// What the child's file has to become.
    pub redo: Redo,
    /// How the guest was reached.
    pub reached: Reached,
}

/// Opens a child's guest, lets `work` edit it, and takes the edit as a value. No file changes.
/// `time` is that of what is made, in seconds since 1970.
///
/// The work is called once at most. What it does before it fails is dropped.
///
/// # Errors
/// [`EditorError`]; whatever the work says.
pub fn edit<T, E: From<EditorError>>(
    child: &OpenChild,
    choice: &Choice,
    time: i64,
    work: impl FnOnce(&mut dyn Guest) -> Result<T, E>,
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
    work: impl FnOnce(&mut dyn Guest) -> Result<T, E>,
) -> Result<Edited<T>, E> {
    let mut scratch = scratch(child)?;
    let options = Options { time };
    let done = match in_process(choice, &mut scratch, |scratch| open_root(scratch, options))? {
        Way::Ext4(mut guest, root) => {
            let value = work(&mut *guest)?;
            guest.finish().map_err(|source| root.failed(source))?;
            (value, reached_ext4(&root))
        }
        #[cfg(feature = "appliance")]
        Way::Appliance(reason) => {
            return match known(&reason)? {
                Some((value, redo)) => Ok(Edited {
                    value,
                    redo,
                    reached: reached_cache(&reason),
                }),
                None => edit_in_appliance(child, choice, time, &reason, work),
            };
        }
    };
    #[cfg(not(feature = "appliance"))]
    let _ = known;
    Ok(Edited {
        value: done.0,
        redo: scratch.finish().map_err(EditorError::from)?,
        reached: done.1,
    })
}

#[cfg(feature = "appliance")]
fn edit_in_appliance<T, E: From<EditorError>>(
    child: &OpenChild,
    choice: &Choice,
    time: i64,
    reason: &str,
    work: impl FnOnce(&mut dyn Guest) -> Result<T, E>,
) -> Result<Edited<T>, E> {
    let failed = |source| in_appliance(source, reason);
    let mut guest = ApplianceGuest::open(child, &choice.settings, time).map_err(failed)?;
    let value = work(&mut guest)?;
    let reached = reached_appliance(&guest, reason);
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
    work: impl FnOnce(&mut dyn Guest) -> Result<T, E>,
) -> Result<(T, Reached), E> {
    let mut scratch = scratch(child)?;
    let way = in_process(choice, &mut scratch, |scratch| open_root_read_only(scratch))?;
    match way {
        Way::Ext4(mut guest, root) => Ok((work(&mut *guest)?, reached_ext4(&root))),
        #[cfg(feature = "appliance")]
        Way::Appliance(reason) => {
            let opened = ApplianceGuest::open_read_only(child, &choice.settings);
            let mut guest = opened.map_err(|source| in_appliance(source, &reason))?;
            let value = work(&mut guest)?;
            Ok((value, reached_appliance(&guest, &reason)))
        }
    }
}

enum Way<'s> {
    Ext4(Box<Ext4Guest<'s>>, Root),
    /// Why not in process.
    #[cfg(feature = "appliance")]
    Appliance(String),
}

/// Tries the cheap way, where it is wanted.
fn in_process<'s>(
    choice: &Choice,
    scratch: &'s mut Scratch,
    open: impl FnOnce(&'s mut Scratch) -> Result<(Ext4Guest<'s>, Root), EditorError>,
) -> Result<Way<'s>, EditorError> {
    match choice.wanted {
        Wanted::Ext4 => open(scratch).map(|(guest, root)| Way::Ext4(Box::new(guest), root)),
        #[cfg(not(feature = "appliance"))]
        Wanted::Auto => open(scratch).map(|(guest, root)| Way::Ext4(Box::new(guest), root)),
        #[cfg(feature = "appliance")]
        Wanted::Appliance => Ok(Way::Appliance("it was asked for".to_owned())),
        #[cfg(feature = "appliance")]
        Wanted::Auto => match open(scratch) {
            Ok((mut guest, root)) => Ok(match mounted_apart(&mut guest) {
                None => Way::Ext4(Box::new(guest), root),
                Some(at) => Way::Appliance(format!("the guest mounts {at} from elsewhere")),
            }),
            Err(error) if is_for_appliance(&error)? => Ok(Way::Appliance(error.to_string())),
            Err(error) => Err(error),
        },
    }
}

/// Which of what is needed the guest's own fstab mounts over the root. A guest whose fstab cannot
/// be read is for whoever prepares it to refuse.
#[cfg_attr(not(feature = "appliance"), allow(dead_code))]
fn mounted_apart(guest: &mut dyn Guest) -> Option<GuestPath> {
    let at = resolve(guest, &GuestPath::new("/etc/fstab").ok()?).ok()?;
    let fstab = Fstab::parse(&guest.read(&at.path, MAX_FSTAB).ok()?);
    let mut mounted = fstab
        .entries()
        .filter(|line| !line.managed)
        .filter_map(|line| line.entry.mount_point());
    mounted.find(|at| {
        NEEDED
            .iter()
            .any(|needed| needed.as_bytes() == at.as_bytes())
    })
}

fn scratch(child: &OpenChild) -> Result<Scratch, EditorError> {
    Ok(child.scratch()?)
}

fn reached_ext4(root: &Root) -> Reached {
    Reached {
        editor: "ext4",
        reason: format!("{root}: ext4 that can be edited in process"),
        root: root.to_string(),
        warning: None,
    }
}

#[cfg(feature = "appliance")]
fn reached_cache(reason: &str) -> Reached {
    Reached {
        editor: "cache",
        reason: format!("{reason}; the edit of an identical child is taken again"),
        root: String::new(),
        warning: None,
    }
}

#[cfg(feature = "appliance")]
fn reached_appliance(guest: &ApplianceGuest, reason: &str) -> Reached {
    let asked = matches!(guest.kvm(), Kvm::Unasked);
    let why = guest.kvm().why_not().filter(|_| !asked);
    Reached {
        editor: "appliance",
        reason: reason.to_owned(),
        root: guest.root().to_string(),
        warning: why.map(|why| {
            let text = format!("{why}: the appliance ran without KVM, which is slower");
            ("kvm-unusable", text)
        }),
    }
}

#[cfg(feature = "appliance")]
fn in_appliance(source: ApplianceError, reason: &str) -> EditorError {
    match source {
        ApplianceError::Image(error) => EditorError::Image(error),
        source => EditorError::Appliance {
            reason: reason.to_owned(),
            source,
        },
    }
}

/// Whether the appliance may open what the in-process editor would not.
///
/// # Errors
/// What no editor can open is refused at once, by name, rather than after a launch.
#[cfg(feature = "appliance")]
fn is_for_appliance(error: &EditorError) -> Result<bool, EditorError> {
    use super::ext4::Ext4Error;
    Ok(match error {
        EditorError::OtherRoot { partition, content } => {
            refuse_sealed(&[(partition.to_string(), *content)])?;
            true
        }
        EditorError::NoRoot { held } => {
            let others = held
                .iter()
                .filter_map(|(partition, holding)| match holding {
                    Holding::Other(content) => Some((partition.to_string(), *content)),
                    _ => None,
                });
            let others: Vec<_> = others.collect();
            let open = |holding: &Holding| match holding {
                Holding::Other(content) => may_hold_root(*content),
                Holding::Refused(_) => true,
                _ => false,
            };
            let any = held.iter().any(|(_, holding)| open(holding));
            if !any {
                refuse_sealed(&others)?;
            }
            any
        }
        EditorError::Ext4 { source, .. } => match source {
            Ext4Error::Refused(refusal) => refusal.is_for_appliance(),
            Ext4Error::NotExt4 | Ext4Error::Layout => true,
            _ => false,
        },
        _ => false,
    })
}

#[cfg(feature = "appliance")]
fn may_hold_root(content: Content) -> bool {
    matches!(
        content,
        Content::Lvm2
            | Content::MdRaid
            | Content::Xfs
            | Content::Btrfs
            | Content::F2fs
            | Content::Jfs
            | Content::Reiserfs
    )
}

#[cfg(feature = "appliance")]
fn refuse_sealed(others: &[(String, Content)]) -> Result<(), EditorError> {
    for (device, content) in others {
        let kind = match content {
            Content::Luks1 => "LUKS1",
            Content::Luks2 => "LUKS2",
            Content::BitLocker => "BitLocker",
            _ => continue,
        };
        let device = device.clone();
        return Err(in_appliance(ApplianceError::Encrypted { device, kind }, ""));
    }
    match others.iter().find(|(_, content)| *content == Content::Ntfs) {
        Some((device, _)) => {
            let device = device.clone();
            Err(in_appliance(ApplianceError::Windows { device }, ""))
        }
        None => Ok(()),
    }
}
