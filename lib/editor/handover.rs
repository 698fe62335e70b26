//! Edits that are the appliance's, and why.

use super::EditorError;
use super::appliance::ApplianceError;
use super::choice::BootNeed;
use super::ext4::{Ext4Error, Refusal};
use super::holding::Holding;
use super::in_process::InProcess;
use super::signature::Content;
use crate::fstab::Fstab;
use crate::guest::{Guest, resolve};
use crate::path::GuestPath;

/// Bytes of an fstab that are read.
const MAX_FSTAB: u64 = 1 << 20;
/// Directories under which nothing can be seen or edited rightly with the root alone.
const NEEDED: [&str; 6] = ["/etc", "/lib", "/usr", "/usr/lib", "/var", "/var/lib"];

/// Reason why the appliance takes over from an editor that would not open the guest; `None` where the
/// appliance would not open it.
///
/// # Errors
/// A disk that no editor can open is refused at once, by name, rather than after a launch.
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

/// Needed directories that the guest's own fstab mounts over the root. A guest whose fstab cannot
/// be read is for whoever prepares it to refuse.
pub(super) fn mounted_apart(guest: &mut dyn Guest, boot: &BootNeed) -> Option<GuestPath> {
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
            || (at.as_bytes() == b"/boot" && needs(guest, boot))
    })
}

fn needs(guest: &mut dyn Guest, boot: &BootNeed) -> bool {
    match *boot {
        BootNeed::Never => false,
        BootNeed::Always => true,
        BootNeed::IfIn { file, text } => holds(guest, file, text).unwrap_or(false),
    }
}

fn holds(guest: &mut dyn Guest, file: &str, text: &str) -> Option<bool> {
    let at = resolve(guest, &file.parse().ok()?).ok()?;
    let content = guest.read(&at.path, MAX_FSTAB).ok()?;
    let mut parts = content.windows(text.len());
    Some(parts.any(|part| part == text.as_bytes()))
}

/// Reason why the appliance takes over in the middle of the work.
pub(super) fn of_work(guest: &mut InProcess<'_>) -> Option<String> {
    let (path, what) = guest.beyond()?;
    Some(format!("{path}: {what} is not edited in process"))
}

fn may_hold_root(content: Content, has_key: bool) -> bool {
    let opens = content.luks().is_some() && has_key;
    opens || content.may_hold_root()
}

fn refuse_sealed(others: &[(String, Content)], has_key: bool) -> Result<(), EditorError> {
    for (device, content) in others {
        let kind = match (content.luks(), content) {
            (Some(_), _) if has_key => continue,
            (Some(luks), _) => luks,
            (None, Content::BitLocker) => "BitLocker",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::lvm::tests::{linear, physical_volume};
    use crate::editor::root::find_root;

    const EXTENT: usize = 4 << 20;
    /// Start of the first extent of such a physical volume.
    const FIRST: usize = 1 << 20;

    /// Answer to a disk that is one physical volume with these volumes, each of one extent, by
    /// their first bytes.
    fn judged(volumes: &[(&str, &[u8])], has_key: bool) -> Result<Option<String>, String> {
        let names = volumes.iter().enumerate();
        let text: String = names
            .map(|(at, (name, _))| linear(name, at as u64, 1))
            .collect();
        let mut disk = physical_volume(24, &text, 512);
        for (number, (_, head)) in volumes.iter().enumerate() {
            let at = FIRST + number * EXTENT;
            disk[at..at + head.len()].copy_from_slice(head);
        }
        let error = find_root(&mut disk).unwrap_err();
        of_error(&error, has_key).map_err(|error| format!("{}: {error}", error.code()))
    }

    const LUKS1: &[u8] = b"LUKS\xba\xbe\x00\x01";
    const LUKS2: &[u8] = b"LUKS\xba\xbe\x00\x02";
    const XFS: &[u8] = b"XFSB";

    #[test]
    fn luks_on_lvm_is_refused_by_name_where_no_key_is_given() {
        let swap = {
            let mut head = vec![0; 4096];
            head[4086..].copy_from_slice(b"SWAPSPACE2");
            head
        };
        for volumes in [
            &[("root", LUKS2)][..],
            &[("root", LUKS1), ("home", LUKS2)],
            &[("swap_1", &swap), ("root", LUKS2), ("empty", &[])],
        ] {
            let refused = judged(volumes, false).unwrap_err();
            assert!(
                refused.starts_with("encrypted: ") && refused.contains("LUKS on LVM"),
                "{refused}"
            );
            assert!(refused.contains("--key-file"), "{refused}");
            // The key is the appliance's to try.
            assert!(judged(volumes, true).unwrap().is_some());
        }
    }

    #[test]
    fn a_volume_that_may_hold_a_root_in_the_clear_is_the_appliances() {
        for volumes in [&[("root", XFS)][..], &[("data", LUKS2), ("root", XFS)]] {
            let reason = judged(volumes, false).unwrap().unwrap();
            assert!(reason.contains("LVM2 physical volume"), "{reason}");
        }
    }

    /// One of two mirrors that are both on the disk has the other's content.
    #[test]
    fn luks_on_a_software_raid_is_told_by_what_lies_behind_its_superblock() {
        let mut disk = vec![0; 8 << 20];
        let at = 4096;
        let mut put = |offset: usize, bytes: &[u8]| {
            disk[at + offset..at + offset + bytes.len()].copy_from_slice(bytes);
        };
        put(0, &0xa92b_4efc_u32.to_le_bytes());
        put(4, &1_u32.to_le_bytes());
        put(128, &2048_u64.to_le_bytes());
        put(144, &8_u64.to_le_bytes());
        put(220, &1_u32.to_le_bytes());
        disk[2048 * 512..2048 * 512 + 8].copy_from_slice(LUKS2);
        let error = find_root(&mut disk).unwrap_err();
        let refused = of_error(&error, false).unwrap_err();
        assert_eq!(refused.code(), "encrypted", "{refused}");
        assert!(refused.to_string().contains("software RAID"), "{refused}");
        assert!(of_error(&error, true).unwrap().is_some());
    }
}
