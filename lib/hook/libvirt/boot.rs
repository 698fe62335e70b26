//! Boot disk of a domain, and the root on it.

use std::collections::HashMap;

use roxmltree::Node;

use super::disk::{Disk, root};
use super::domain::Domain;
use super::xml::child;
use crate::editor::KernelRoot;
use crate::hook::error::HookError;
use crate::hook::kernel::{
    Bus, Found, Kernel, Place, boot_device_of_arguments, disks_of_arguments, of_arguments,
    target_index,
};
use crate::path::escape;

/// The namespace of QEMU's own arguments in a domain.
const QEMU: &str = "http://libvirt.org/schemas/domain/qemu/1.0";
/// Disks that a root named by its content is looked for on at most.
const MAX_LOOKED_AT: usize = 16;
/// Bridges that lie behind each other at most.
const MAX_BRIDGES: usize = 16;

/// The disks that a domain may boot from, the likeliest first, and the root that its kernel command
/// line names. There are several where that names a root by its content.
pub(super) fn disks<'a, 'b>(
    domain: &Domain<'a>,
    disks: &'b [Disk<'a>],
) -> Result<(Vec<&'b Disk<'a>>, Option<KernelRoot>), HookError> {
    let vm = || escape(domain.name().as_bytes());
    let arguments = arguments(domain);
    let kernel = kernel(domain);
    let first = root(disks).ok_or_else(|| HookError::NoDisk { vm: vm() })?;
    let Some(kernel) = kernel else {
        let elsewhere = boots_elsewhere(domain, first)
            .or_else(|| boot_device_of_arguments(&arguments).map(str::to_owned));
        return match elsewhere {
            Some(device) => Err(HookError::BootsElsewhere {
                vm: vm(),
                device: escape(device.as_bytes()),
            }),
            None => Ok((vec![first], None)),
        };
    };
    let hard: Vec<&Disk<'a>> = disks.iter().filter(|disk| disk.is_hard_disk()).collect();
    let bridges = bridges(domain);
    let places = hard.iter().map(|disk| place(&bridges, disk));
    let places = places.chain(scsi_of_host(domain));
    let places: Vec<Place> = places.chain(disks_of_arguments(&arguments)).collect();
    match kernel.disk(&places) {
        Ok(Found::Told(number, root)) => match hard.get(number) {
            Some(disk) => Ok((vec![*disk], Some(root))),
            None => Err(HookError::BootsElsewhere {
                vm: vm(),
                device: "a SCSI device of the host or a disk of QEMU's own arguments".to_owned(),
            }),
        },
        Ok(Found::Content(root)) => {
            let mut either = hard;
            either.sort_by_key(|disk| disk.node() != first.node());
            either.truncate(MAX_LOOKED_AT);
            Ok((either, Some(root)))
        }
        Ok(Found::Unsaid) if hard.len() > 1 && first.boot_order().is_none() => {
            Err(HookError::WhichDisk { vm: vm() })
        }
        Ok(Found::Unsaid) => Ok((vec![first], None)),
        Err((said, why)) => Err(HookError::KernelRoot {
            vm: vm(),
            said,
            why,
        }),
    }
}

/// The kernel that is loaded beside the disks.
pub(super) fn kernel(domain: &Domain<'_>) -> Option<Kernel> {
    direct(domain).or_else(|| of_arguments(&arguments(domain)))
}

/// The kernel that libvirt loads.
fn direct(domain: &Domain<'_>) -> Option<Kernel> {
    let os = domain.child("os")?;
    let text = |name| child(os, name).and_then(|node| node.text()).map(str::trim);
    let file = |name| text(name).filter(|file: &&str| !file.is_empty());
    Some(Kernel {
        file: file("kernel")?.into(),
        initrd: file("initrd").map(Into::into),
        line: text("cmdline").unwrap_or_default().to_owned(),
    })
}

/// QEMU's own arguments.
fn arguments(domain: &Domain<'_>) -> Vec<String> {
    let named = |node: &Node<'_, '_>, name| node.has_tag_name((QEMU, name));
    let lines = domain.children().filter(|node| named(node, "commandline"));
    let arguments = lines.flat_map(|line| line.children());
    arguments
        .filter(|node| named(node, "arg"))
        .filter_map(|node| node.attribute("value").map(str::to_owned))
        .collect()
}

/// The device of the host or of a client that firmware tries before the disk. Network cards and
/// CD-ROMs are passed over, since a guest that boots from its disk often has them before it.
fn boots_elsewhere(domain: &Domain<'_>, disk: &Disk<'_>) -> Option<String> {
    let own = disk.boot_order().unwrap_or(u32::MAX);
    let devices = domain.child("devices")?.children();
    let mut before = devices.filter(|node| {
        let order = child(*node, "boot").and_then(|boot| boot.attribute("order")?.parse().ok());
        let is_meant = ["hostdev", "redirdev"]
            .iter()
            .any(|name| node.has_tag_name(*name));
        is_meant && order.is_some_and(|order: u32| order < own)
    });
    before.next().map(|node| {
        let kind = node.attribute("type").unwrap_or_default();
        format!("a <{}> of type “{kind}”", node.tag_name().name())
    })
}

/// SCSI devices of the host: a guest names them as it names disks.
fn scsi_of_host(domain: &Domain<'_>) -> impl Iterator<Item = Place> {
    let devices = domain.child("devices");
    let devices = devices.into_iter().flat_map(|devices| devices.children());
    let scsi = devices.filter(|node| {
        let kind = node.attribute("type").unwrap_or_default();
        node.has_tag_name("hostdev") && kind.starts_with("scsi")
    });
    scsi.map(|_| Place::unknown(Bus::Scsi))
}

/// Place at which a disk is attached.
fn place(bridges: &Bridges, disk: &Disk<'_>) -> Place {
    let node = disk.node();
    let target = child(node, "target");
    let name = target
        .and_then(|target| target.attribute("dev"))
        .unwrap_or_default();
    let bus = match target.and_then(|target| target.attribute("bus")) {
        Some("virtio") => Bus::Virtio,
        Some("scsi") => Bus::Scsi,
        Some("sata") => Bus::Sata,
        Some("usb") => Bus::Usb,
        Some("ide") => Bus::Ide,
        Some("xen") => Bus::Xen,
        Some("nvme") => Bus::Nvme,
        Some(_) => Bus::Other,
        // libvirt's own guess.
        None if name.starts_with("vd") => Bus::Virtio,
        None if name.starts_with("sd") => Bus::Scsi,
        None if name.starts_with("hd") => Bus::Ide,
        None if name.starts_with("xvd") => Bus::Xen,
        None => Bus::Other,
    };
    let serial = child(node, "serial").and_then(|serial| serial.text());
    let address = child(node, "address");
    let number = |name: &str| address.and_then(|address| number(address.attribute(name)?));
    let kind = address.and_then(|address| address.attribute("type"));
    Place {
        bus,
        address: match kind {
            Some("pci") => number("bus").zip(number("slot")).map(|(bus, slot)| {
                let function = slot * 8 + number("function").unwrap_or(0);
                let path = pci_path(bridges, bus).unwrap_or_else(|| vec![u64::MAX, bus]);
                std::iter::once(number("domain").unwrap_or(0))
                    .chain(path)
                    .chain([function])
                    .collect()
            }),
            Some("drive") => number("unit").map(|unit| {
                vec![
                    number("bus").unwrap_or(0),
                    number("target").unwrap_or(0),
                    unit,
                ]
            }),
            Some("ccw") => number("devno").map(|device| {
                vec![
                    number("cssid").unwrap_or(0),
                    number("ssid").unwrap_or(0),
                    device,
                ]
            }),
            _ => None,
        },
        target: target_index(name),
        controller: match kind {
            Some("drive") => number("controller").unwrap_or(0),
            _ => 0,
        },
        serial: serial.map(|serial| serial.trim().to_owned()),
    }
}

/// Place of the bridge to each PCI bus: its own bus, and its place there.
type Bridges = HashMap<u64, (u64, u64)>;

fn bridges(domain: &Domain<'_>) -> Bridges {
    let devices = domain.child("devices");
    let devices = devices.into_iter().flat_map(|devices| devices.children());
    let controllers = devices
        .filter(|node| node.has_tag_name("controller") && node.attribute("type") == Some("pci"));
    let bridge = |node: Node<'_, '_>| {
        let address = child(node, "address")?;
        let at = |name| address.attribute(name).and_then(number);
        let place = at("slot")? * 8 + at("function").unwrap_or(0);
        Some((number(node.attribute("index")?)?, (at("bus")?, place)))
    };
    controllers.filter_map(bridge).collect()
}

/// The bridges to a PCI bus, by their places: a guest finds devices in this order, not by the
/// numbers that libvirt gives to buses.
fn pci_path(bridges: &Bridges, mut bus: u64) -> Option<Vec<u64>> {
    let mut path = Vec::new();
    while bus != 0 {
        let (above, place) = bridges.get(&bus).filter(|_| path.len() < MAX_BRIDGES)?;
        path.push(*place);
        bus = *above;
    }
    path.reverse();
    Some(path)
}

/// A number of an address: hexadecimal with `0x`, else decimal.
fn number(text: &str) -> Option<u64> {
    let number = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    number.ok().filter(|number| *number <= u64::from(u32::MAX))
}
