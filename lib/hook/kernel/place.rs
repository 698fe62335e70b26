//! The disks of a machine by the names that its guest gives them.

/// Family of disk names, by how they begin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Family {
    /// virtio-blk.
    Vd,
    /// SCSI, SATA, USB, and IDE since Linux 2.6.19.
    Sd,
    /// IDE before that.
    Hd,
    /// Xen.
    Xvd,
    Nvme,
}

/// Bus that a disk is attached to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::hook) enum Bus {
    Virtio,
    Scsi,
    Sata,
    Usb,
    Ide,
    Xen,
    Nvme,
    Other,
}

/// Place at which a disk is attached.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::hook) struct Place {
    pub(in crate::hook) bus: Bus,
    /// Its address, in the order in which a guest finds disks; `None` where that is not known.
    pub(in crate::hook) address: Option<Vec<u64>>,
    /// Its number by the name that the description proposes to the guest.
    pub(in crate::hook) target: Option<usize>,
    /// Its controller, where one has several disks.
    pub(in crate::hook) controller: u64,
    pub(in crate::hook) serial: Option<String>,
}

/// Reason that the root cannot be told from the command line.
pub(super) type Unclear = &'static str;

const NO_SUCH_DISK: Unclear = "there is no such disk; correct it";
const AMBIGUOUS: Unclear =
    "the order of the disks does not tell which one that is; name the root by UUID= or PARTUUID=";

impl Place {
    /// A disk of which no more is known, so that the names of those on its bus tell nothing.
    pub(in crate::hook) fn unknown(bus: Bus) -> Self {
        Self {
            bus,
            address: None,
            target: None,
            // None that a disk has.
            controller: u64::MAX,
            serial: None,
        }
    }
}

/// The disks among arguments of QEMU, which have names of the guest's too.
pub(in crate::hook) fn disks_of_arguments(arguments: &[String]) -> Vec<Place> {
    let kinds = [
        ("virtio-blk", Bus::Virtio),
        ("if=virtio", Bus::Virtio),
        ("nvme", Bus::Nvme),
        ("scsi-", Bus::Scsi),
        ("if=scsi", Bus::Scsi),
        ("ide-", Bus::Scsi),
        ("if=ide", Bus::Scsi),
        ("usb-storage", Bus::Scsi),
    ];
    let values = arguments.windows(2).filter(|pair| {
        let name = pair[0].trim_start_matches('-');
        matches!(name, "device" | "drive")
    });
    let found = values.filter_map(move |pair| {
        let kind = kinds.iter().find(|(name, _)| pair[1].contains(name));
        kind.map(|(_, bus)| Place::unknown(*bus))
    });
    found.collect()
}

/// The disk that a guest calls by a name, by its number among these.
pub(super) fn find(places: &[Place], family: Family, index: usize) -> Result<usize, Unclear> {
    let buses: &[Bus] = match family {
        Family::Vd => &[Bus::Virtio],
        Family::Sd => &[Bus::Scsi, Bus::Sata, Bus::Usb, Bus::Ide],
        Family::Hd => &[Bus::Ide],
        Family::Xvd => &[Bus::Xen],
        Family::Nvme => &[Bus::Nvme],
    };
    let members: Vec<(usize, &Place)> = places
        .iter()
        .enumerate()
        .filter(|(_, place)| buses.contains(&place.bus))
        .collect();
    let by_target = || {
        members
            .iter()
            .find(|(_, place)| place.target == Some(index))
    };
    // These names follow from the place alone.
    if matches!(family, Family::Hd | Family::Xvd) {
        return by_target().map(|(number, _)| *number).ok_or(NO_SUCH_DISK);
    }
    // Disks of several controllers are found in any order.
    let (bus, controller) = members
        .first()
        .map_or((Bus::Other, 0), |(_, place)| (place.bus, place.controller));
    let is_split = members
        .iter()
        .any(|(_, place)| place.bus != bus || place.controller != controller);
    if is_split || (family == Family::Nvme && members.len() > 1) {
        return Err(AMBIGUOUS);
    }
    let known = members
        .iter()
        .filter(|(_, place)| place.address.is_some())
        .count();
    let mut order = members.clone();
    if known == members.len() {
        order.sort_by(|(_, a), (_, b)| a.address.cmp(&b.address));
    } else if known == 0 {
        order.sort_by_key(|(_, place)| place.target);
    } else {
        return Err(AMBIGUOUS);
    }
    let Some((found, _)) = order.get(index) else {
        return Err(NO_SUCH_DISK);
    };
    match by_target() {
        Some((named, _)) if named != found => Err(AMBIGUOUS),
        _ => Ok(*found),
    }
}

/// The disk that udev names by its serial number.
pub(super) fn find_serial(places: &[Place], name: &str) -> Result<usize, Unclear> {
    let is_named = |place: &Place| {
        place
            .serial
            .as_deref()
            .filter(|serial| !serial.is_empty())
            .is_some_and(|serial| {
                let cut: String = serial.chars().take(20).collect();
                let names = [
                    format!("virtio-{cut}"),
                    format!("scsi-0QEMU_QEMU_HARDDISK_{serial}"),
                    format!("scsi-SQEMU_QEMU_HARDDISK_{serial}"),
                    format!("ata-QEMU_HARDDISK_{serial}"),
                ];
                names.iter().any(|known| known == name)
            })
    };
    let mut found = places
        .iter()
        .enumerate()
        .filter(|(_, place)| is_named(place));
    match (found.next(), found.next()) {
        (Some((number, _)), None) => Ok(number),
        (None, _) => Err("no disk has that serial number; name the root by UUID= or PARTUUID="),
        _ => Err("two disks have that serial number; name the root by UUID= or PARTUUID="),
    }
}

/// The number that a disk's proposed name stands for: 0 for `vda`, 27 for `vdab`.
pub(in crate::hook) fn target_index(target: &str) -> Option<usize> {
    let families = ["vd", "sd", "hd", "xvd"];
    let letters = families
        .iter()
        .find_map(|family| target.strip_prefix(family))?;
    index(letters)
}

pub(super) fn index(letters: &str) -> Option<usize> {
    let digits = letters
        .bytes()
        .map(|byte| byte.is_ascii_lowercase().then(|| usize::from(byte - b'a')));
    let digits: Vec<usize> = digits.collect::<Option<_>>()?;
    let is_sensible = (1..=3).contains(&digits.len());
    is_sensible.then(|| digits.iter().fold(0, |sum, digit| sum * 26 + digit + 1) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(bus: Bus, target: Option<usize>, address: Option<u64>) -> Place {
        Place {
            bus,
            address: address.map(|at| vec![at]),
            target,
            controller: 0,
            serial: None,
        }
    }

    #[test]
    fn disks_are_found_in_the_order_of_their_addresses() {
        let places = [
            place(Bus::Virtio, Some(0), Some(5)),
            place(Bus::Scsi, Some(0), Some(1)),
            place(Bus::Virtio, Some(2), Some(7)),
            place(Bus::Virtio, Some(1), Some(6)),
        ];
        let vd = |places: &[Place], index| find(places, Family::Vd, index);
        assert_eq!([0, 1, 2].map(|n| vd(&places, n)), [Ok(0), Ok(3), Ok(2)]);
        assert_eq!(vd(&places, 3), Err(NO_SUCH_DISK));
        assert_eq!(find(&places, Family::Sd, 0), Ok(1));
        // Where the proposed names say otherwise neither is believed.
        let crossed = [
            place(Bus::Virtio, Some(0), Some(6)),
            place(Bus::Virtio, Some(1), Some(5)),
        ];
        assert_eq!([0, 1].map(|n| vd(&crossed, n)), [Err(AMBIGUOUS); 2]);
        let partly = [
            place(Bus::Virtio, Some(0), Some(6)),
            place(Bus::Virtio, Some(1), None),
        ];
        assert_eq!(vd(&partly, 0), Err(AMBIGUOUS));
        // A single disk is the first, whatever name was proposed for it.
        assert_eq!(vd(&[place(Bus::Virtio, Some(1), None)], 0), Ok(0));
        assert_eq!(vd(&[], 0), Err(NO_SUCH_DISK));
    }

    #[test]
    fn scsi_disks_of_several_controllers_have_no_order() {
        let two = |second: Bus, controller| {
            let first = place(Bus::Scsi, Some(0), Some(0));
            let mut other = place(second, Some(1), Some(1));
            other.controller = controller;
            find(&[first, other], Family::Sd, 1)
        };
        assert_eq!(two(Bus::Scsi, 0), Ok(1));
        assert_eq!(two(Bus::Scsi, 1), Err(AMBIGUOUS));
        assert_eq!(two(Bus::Sata, 0), Err(AMBIGUOUS));
        assert_eq!(two(Bus::Virtio, 0), Err(NO_SUCH_DISK));
    }

    #[test]
    fn a_serial_number_names_one_disk() {
        let disk = |serial: &str| Place {
            serial: Some(serial.to_owned()),
            ..place(Bus::Virtio, None, None)
        };
        let places = [
            disk("data"),
            disk("root"),
            disk("0123456789012345678901234"),
        ];
        assert_eq!(find_serial(&places, "virtio-root"), Ok(1));
        assert_eq!(find_serial(&places, "scsi-0QEMU_QEMU_HARDDISK_data"), Ok(0));
        // udev is given twenty characters of it.
        assert_eq!(find_serial(&places, "virtio-01234567890123456789"), Ok(2));
        assert!(find_serial(&places, "virtio-").is_err());
        assert!(find_serial(&[disk("a"), disk("a")], "virtio-a").is_err());
    }

    #[test]
    fn disks_of_arguments_have_names_too() {
        let list = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let adds = |device: &str| {
            let added = disks_of_arguments(&list(&["-m", "1", "-device", device]));
            added.into_iter().map(|place| place.bus).collect::<Vec<_>>()
        };
        assert_eq!(adds("virtio-blk-pci,drive=d"), [Bus::Virtio]);
        assert_eq!(adds("vfio-pci,host=01:00.0"), []);
        let mut places = vec![place(Bus::Virtio, Some(0), Some(5))];
        assert_eq!(find(&places, Family::Vd, 0), Ok(0));
        places.extend(disks_of_arguments(&list(&["-drive", "if=virtio,file=/d"])));
        assert_eq!(find(&places, Family::Vd, 0), Err(AMBIGUOUS));
    }

    #[test]
    fn proposed_names_count_as_letters_do() {
        for (name, index) in [("vda", 0), ("sdz", 25), ("xvdaa", 26), ("hdab", 27)] {
            assert_eq!(target_index(name), Some(index), "{name}");
        }
        for name in ["vd", "vda1", "vdA", "fda", "", "sdaaaa", "nvme0n1"] {
            assert_eq!(target_index(name), None, "{name}");
        }
    }
}
