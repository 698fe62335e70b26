//! When an edit is the appliance's, and why.

use super::EditorError;
use super::appliance::ApplianceError;
use super::ext4::{Ext4Error, Refusal};
use super::in_process::InProcess;
use super::root::Holding;
use super::signature::Content;
use crate::fstab::Fstab;
use crate::guest::{Guest, resolve};
use crate::path::GuestPath;

/// Bytes of an fstab that are read.
const MAX_FSTAB: u64 = 1 << 20;
/// What lies under one of these cannot be seen or edited rightly with the root alone.
const NEEDED: [&str; 6] = ["/etc", "/lib", "/usr", "/usr/lib", "/var", "/var/lib"];

/// Why the appliance takes over from an editor that would not open the guest; none where it would
/// not either.
///
/// # Errors
/// What no editor can open is refused at once, by name, rather than after a launch.
pub(super) fn of_error(error: &EditorError, has_key: bool) -> Result<Option<String>, EditorError> {
    let is_for_appliance = match error {
        EditorError::OtherRoot { partition, content } => {
            refuse_sealed(&[(partition.to_string(), *content)], has_key)?;
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
                Holding::Other(content) => may_hold_root(*content, has_key),
                Holding::Refused(_) => true,
                _ => false,
            };
            let any = held.iter().any(|(_, holding)| open(holding));
            if !any {
                refuse_sealed(&others, has_key)?;
            }
            any
        }
        EditorError::Ext4 { source, .. } => match source {
            Ext4Error::Refused(refusal) => refusal.is_for_appliance(),
            Ext4Error::NotExt4 | Ext4Error::Layout => true,
            _ => false,
        },
        _ => false,
    };
    Ok(is_for_appliance.then(|| reason(error)))
}

/// An error as a reason: what is so, without what to do about it.
fn reason(error: &EditorError) -> String {
    match error {
        EditorError::OtherRoot { partition, content } => {
            format!("{partition} is the root by its type GUID and holds {content}")
        }
        EditorError::NoRoot { held } => {
            let each = held.iter().take(16);
            let each = each.map(|(partition, holding)| format!("{partition}: {holding}"));
            let each = each.collect::<Vec<_>>().join(", ");
            format!("no partition holds a root that is edited in process ({each})")
        }
        EditorError::Ext4 { partition, source } => match source {
            Ext4Error::Refused(refusal) => format!("{partition}: ext4, but {}", cause(refusal)),
            source => format!("{partition}: {source}"),
        },
        error => error.to_string(),
    }
}

/// A refusal ends with its remedy, which here is under way.
fn cause(refusal: &Refusal) -> String {
    let text = refusal.to_string();
    match text.rsplit_once(": ") {
        Some((cause, _)) => cause.to_owned(),
        None => text,
    }
}

/// Which of what is needed the guest's own fstab mounts over the root. A guest whose fstab cannot
/// be read is for whoever prepares it to refuse.
pub(super) fn mounted_apart(guest: &mut dyn Guest) -> Option<GuestPath> {
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

/// Why the appliance takes over in the middle of the work.
pub(super) fn of_work(guest: &mut InProcess<'_>) -> Option<String> {
    let (path, what) = guest.beyond()?;
    Some(format!("{path}: {what} is not edited in process"))
}

fn may_hold_root(content: Content, has_key: bool) -> bool {
    let opens = matches!(content, Content::Luks1 | Content::Luks2) && has_key;
    opens || content.may_hold_root()
}

fn refuse_sealed(others: &[(String, Content)], has_key: bool) -> Result<(), EditorError> {
    for (device, content) in others {
        let kind = match content {
            Content::Luks1 | Content::Luks2 if has_key => continue,
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

/// A failure of the appliance, with why it was used.
pub(super) fn in_appliance(source: ApplianceError, reason: &str) -> EditorError {
    match source {
        ApplianceError::Image(error) => EditorError::Image(error),
        source => EditorError::Appliance {
            reason: reason.to_owned(),
            source,
        },
    }
}
