//! Boot disk of a VM, and the root on it.

use super::conf::{Conf, Drive};
use crate::editor::KernelRoot;
use crate::hook::error::HookError;
use crate::hook::kernel::{
    Bus, Found, Kernel, Place, boot_device_of_arguments, disks_of_arguments, of_arguments,
};
use crate::path::escape;

/// Disks that a root named by its content is looked for on at most.
const MAX_LOOKED_AT: usize = 16;

/// The disks that a VM may boot from, the likeliest first, and the root that its kernel command line
/// names. There are several where that names a root by its content. `vm` is the VM as it is shown.
pub(super) fn disks<'a, 'b>(
    conf: &Conf<'_>,
    drives: &'b [Drive<'a>],
    vm: &str,
) -> Result<(Vec<&'b Drive<'a>>, Option<KernelRoot>), HookError> {
    let vm = || vm.to_owned();
    let arguments = arguments(conf.get("args").unwrap_or_default());
    let likeliest = first(conf, drives);
    let first = || match &likeliest {
        Ok(Some(drive)) => Ok(*drive),
        Ok(None) if drives.is_empty() => Err(HookError::NoDisk { vm: vm() }),
        Ok(None) => Err(HookError::WhichDisk { vm: vm() }),
        Err(device) => Err(HookError::BootsElsewhere {
            vm: vm(),
            device: escape(device.as_bytes()),
        }),
    };
    let Some(kernel) = of_arguments(&arguments) else {
        if let Some(device) = boot_device_of_arguments(&arguments) {
            let device = escape(device.as_bytes());
            return Err(HookError::BootsElsewhere { vm: vm(), device });
        }
        return Ok((vec![first()?], None));
    };
    let places = drives.iter().map(|drive| place(conf, drive));
    let places: Vec<Place> = places.chain(disks_of_arguments(&arguments)).collect();
    match kernel.disk(&places) {
        Ok(Found::Told(number, root)) => match drives.get(number) {
            Some(drive) => Ok((vec![drive], Some(root))),
            None => Err(HookError::BootsElsewhere {
                vm: vm(),
                device: "a device of its args".to_owned(),
            }),
        },
        Ok(Found::Content(_)) if drives.is_empty() => Err(HookError::NoDisk { vm: vm() }),
        Ok(Found::Content(root)) => {
            let first = likeliest.ok().flatten().map(|drive| drive.key);
            let mut either: Vec<&Drive<'a>> = drives.iter().collect();
            either.sort_by_key(|drive| Some(drive.key) != first);
            either.truncate(MAX_LOOKED_AT);
            Ok((either, Some(root)))
        }
        Ok(Found::Unsaid) => Ok((vec![first()?], None)),
        Err((said, why)) => Err(HookError::KernelRoot {
            vm: vm(),
            said,
            why,
        }),
    }
}

/// The kernel that its arguments load beside the disks.
pub(super) fn kernel(conf: &Conf<'_>) -> Option<Kernel> {
    of_arguments(&arguments(conf.get("args").unwrap_or_default()))
}

/// The first disk in the boot order, or the one that there is; `None` where several are left. Fails
/// with a device of the host that comes before it.
fn first<'a, 'b>(
    conf: &Conf<'_>,
    drives: &'b [Drive<'a>],
) -> Result<Option<&'b Drive<'a>>, String> {
    let find = |key: &str| drives.iter().find(|drive| drive.key == key.trim());
    let boot = conf.get("boot").unwrap_or_default();
    let order = boot
        .split(',')
        .find_map(|part| part.trim().strip_prefix("order="));
    for key in order.unwrap_or_default().split(';') {
        if let Some(drive) = find(key) {
            return Ok(Some(drive));
        }
        // Network cards and CD-ROMs are passed over, and so is what the VM does not have.
        let is_of_host = ["hostpci", "usb"]
            .iter()
            .any(|bus| key.trim().starts_with(bus));
        if is_of_host && conf.get(key.trim()).is_some() {
            return Err(key.trim().to_owned());
        }
    }
    if let Some(drive) = conf.get("bootdisk").and_then(find) {
        return Ok(Some(drive));
    }
    Ok(match drives {
        [drive] => Some(drive),
        _ => None,
    })
}

/// Place at which Proxmox attaches a disk: by the number in its key, in rising order.
fn place(conf: &Conf<'_>, drive: &Drive<'_>) -> Place {
    let bus = drive.key.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = drive.key[bus.len()..].parse().unwrap_or(u64::MAX);
    let hardware = conf.get("scsihw").unwrap_or("lsi");
    Place {
        bus: match bus {
            "virtio" => Bus::Virtio,
            "scsi" => Bus::Scsi,
            "sata" => Bus::Sata,
            _ => Bus::Ide,
        },
        address: Some(vec![number]),
        target: None,
        controller: match (bus, hardware) {
            ("scsi", "virtio-scsi-single") => number,
            ("scsi", "virtio-scsi-pci" | "pvscsi") => number / 31,
            ("scsi", _) => number / 7,
            _ => 0,
        },
        // Proxmox' own, where none is stated.
        serial: Some(match drive.option("serial") {
            Some(serial) => serial.to_owned(),
            None => format!("drive-{}", drive.key),
        }),
    }
}

/// The words of `args`, by the rules of a shell.
fn arguments(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote, mut any) = (String::new(), None, false);
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                any = true;
            }
            (None | Some('"'), '\\') => {
                word.extend(rest.next());
                any = true;
            }
            (None, c) if c.is_whitespace() => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            (_, c) => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        words.push(word);
    }
    words
}
