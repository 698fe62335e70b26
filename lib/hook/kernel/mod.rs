//! The command line of a kernel that the hypervisor loads itself: which disk holds the root.
//!
//! # Source
//! `kernel-parameters.rst` and `early-lookup.c` of Linux; initramfs-tools(7), dracut.cmdline(7).

use std::path::PathBuf;

mod place;

pub(super) use place::{Bus, Place, disks_of_arguments, target_index};
use place::{Family, Unclear, find, find_serial, index};

use crate::editor::KernelRoot;
use crate::path::escape;

/// A kernel that is loaded beside the disks.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Kernel {
    /// Its command line.
    pub(super) line: String,
    /// The kernel's file.
    pub(super) file: PathBuf,
    /// The file of its initramfs, where it has one.
    pub(super) initrd: Option<PathBuf>,
}

/// Root file system, as the command line names it.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Named {
    /// It does not say: the initramfs or the kernel decides.
    Nowhere,
    /// By what is on the disk, so that any disk may be meant.
    Content(KernelRoot),
    /// By the name that the guest gives a disk, such as `/dev/vdb1`.
    Disk {
        family: Family,
        index: usize,
        root: KernelRoot,
    },
    /// By the serial number of a disk.
    Serial { name: String, root: KernelRoot },
}

/// The disk that holds the root, as far as the command line says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Found {
    /// It names this disk, by its number among those that were given.
    Told(usize, KernelRoot),
    /// It names what is on the disk.
    Content(KernelRoot),
    /// It names nothing.
    Unsaid,
}

impl Kernel {
    /// The disk among these that holds the root.
    ///
    /// # Errors
    /// Text of the command line, escaped, and why that does not tell.
    pub(super) fn disk(&self, places: &[Place]) -> Result<Found, (String, &'static str)> {
        let (found, root) = match self.root()? {
            Named::Nowhere => return Ok(Found::Unsaid),
            Named::Content(root) => return Ok(Found::Content(root)),
            Named::Disk {
                family,
                index,
                root,
            } => (find(places, family, index), root),
            Named::Serial { name, root } => (find_serial(places, &name), root),
        };
        match found {
            Ok(number) => Ok(Found::Told(number, root)),
            Err(why) => Err((escape(root.to_string().as_bytes()), why)),
        }
    }

    /// Root that `root=` names. Of several the last counts, as for the kernel.
    fn root(&self) -> Result<Named, (String, Unclear)> {
        let words = words(&self.line);
        let shown = |text: &str| escape(text.as_bytes());
        let value = |key: &str| {
            let mut values = words.iter().filter_map(|word| word.strip_prefix(key));
            values.next_back()
        };
        if let Some(end) = words.iter().position(|word| word == "--")
            && words[end..].iter().any(|word| word.starts_with("root="))
        {
            return Err((
                "--".into(),
                "what follows “--” is for init, and some initramfs read it all the same; name the root before it",
            ));
        }
        for key in ["rootfstype=", "boot=", "netboot="] {
            let elsewhere = [
                "nfs", "nfs4", "9p", "virtiofs", "cifs", "tmpfs", "ramfs", "overlay", "live",
                "casper",
            ];
            if let Some(found) = value(key).filter(|found| elsewhere.contains(found)) {
                return Err((
                    shown(&format!("{key}{found}")),
                    "that root is on no disk; leave the machine out of hook.vm",
                ));
            }
        }
        let Some(root) = value("root=").filter(|root| !matches!(*root, "" | "gpt-auto")) else {
            return Ok(Named::Nowhere);
        };
        let failed = |why| Err((shown(&format!("root={root}")), why));
        let subvolume = match value("rootflags=").map(subvolume).transpose() {
            Ok(subvolume) => subvolume.flatten(),
            Err(why) => {
                return Err((
                    shown(&format!(
                        "rootflags={}",
                        value("rootflags=").unwrap_or_default()
                    )),
                    why,
                ));
            }
        };
        let named = match name(root) {
            Some(named) => named,
            None if is_elsewhere(root) => {
                return failed("that root is on no disk; leave the machine out of hook.vm");
            }
            None => {
                return failed(
                    "osgraft cannot tell which disk that is; name the root by UUID= or PARTUUID=",
                );
            }
        };
        Ok(match subvolume {
            Some(subvolume) => named.within(&subvolume),
            None => named,
        })
    }
}

impl Named {
    /// The same root in a subvolume.
    fn within(mut self, subvolume: &str) -> Self {
        match &mut self {
            Self::Nowhere => {}
            Self::Content(root) | Self::Disk { root, .. } | Self::Serial { root, .. } => {
                *root = root.clone().subvolume(subvolume);
            }
        }
        self
    }
}

/// The kernel that arguments of QEMU load, if they do.
pub(super) fn of_arguments(arguments: &[String]) -> Option<Kernel> {
    let value = |name: &str| {
        let mut pairs = arguments.windows(2).rev();
        let found =
            pairs.find(|pair| pair[0].trim_start_matches('-') == name && pair[0].starts_with('-'));
        found.map(|pair| pair[1].clone())
    };
    Some(Kernel {
        file: value("kernel")?.into(),
        initrd: value("initrd").map(PathBuf::from),
        line: value("append").unwrap_or_default(),
    })
}

/// The device among arguments of QEMU that has a boot index of its own, and is neither a network
/// card nor a CD-ROM, which a guest passes over where they hold nothing.
pub(super) fn boot_device_of_arguments(arguments: &[String]) -> Option<&str> {
    let skipped = ["net", "e1000", "rtl8139", "-cd", "cdrom"];
    let mut devices = arguments
        .windows(2)
        .filter(|pair| pair[0].trim_start_matches('-') == "device");
    let found = devices.find(|pair| {
        pair[1].contains("bootindex") && !skipped.iter().any(|name| pair[1].contains(name))
    });
    found.map(|pair| pair[1].as_str())
}

fn name(root: &str) -> Option<Named> {
    if let Some(by_id) = root.strip_prefix("/dev/disk/by-id/") {
        let (name, part) = match by_id.rsplit_once("-part") {
            Some((name, part)) => (name, number(part)?),
            None => (by_id, 0),
        };
        // Of a volume group or a RAID, which no disk is named by.
        if name.starts_with("dm-") || name.starts_with("md-") || name.starts_with("lvm-") {
            return None;
        }
        let root = KernelRoot::partition(root, part);
        return Some(Named::Serial {
            name: name.to_owned(),
            root,
        });
    }
    if let Some(content) = KernelRoot::by_content(root) {
        return Some(Named::Content(content));
    }
    let device = root.strip_prefix("/dev/").unwrap_or(root);
    if let Some(rest) = device.strip_prefix("nvme") {
        let (disk, rest) = rest.split_once('n')?;
        let (namespace, part) = match rest.split_once('p') {
            Some((namespace, part)) => (namespace, number(part)?),
            None => (rest, 0),
        };
        let index = disk.parse().ok().filter(|_| namespace == "1")?;
        let root = KernelRoot::partition(root, part);
        return Some(Named::Disk {
            family: Family::Nvme,
            index,
            root,
        });
    }
    let families = [
        ("xvd", Family::Xvd),
        ("vd", Family::Vd),
        ("sd", Family::Sd),
        ("hd", Family::Hd),
    ];
    let (rest, family) = families
        .iter()
        .find_map(|(prefix, family)| Some((device.strip_prefix(prefix)?, *family)))?;
    let letters = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    let part = match &rest[letters.len()..] {
        "" => 0,
        part => number(part)?,
    };
    let root = KernelRoot::partition(root, part);
    Some(Named::Disk {
        family,
        index: index(letters)?,
        root,
    })
}

/// A partition's number.
fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number > 0)
}

fn is_elsewhere(root: &str) -> bool {
    let names = [
        "/dev/nfs",
        "/dev/ram",
        "/dev/cifs",
        "/dev/mtdblock",
        "/dev/ubi",
        "/dev/sr",
        "/dev/pmem",
        "/dev/nbd",
    ];
    let schemes = [
        "nfs", "nfs4", "dhcp", "dhcp6", "live", "nbd", "iscsi", "cifs", "9p", "virtiofs", "mtd",
        "ubi", "tmpfs", "ramfs", "overlay", "ram0", "http", "https", "tftp", "ftp", "squash",
    ];
    let scheme = root.split(':').next().unwrap_or_default();
    names.iter().any(|name| root.starts_with(name)) || schemes.contains(&scheme)
}

/// The subvolume that mount options name.
fn subvolume(options: &str) -> Result<Option<String>, Unclear> {
    let mut named = None;
    for option in options.split(',') {
        if let Some(path) = option.strip_prefix("subvol=") {
            named = Some(path.trim_start_matches('/').to_owned()).filter(|path| !path.is_empty());
        } else if option.starts_with("subvolid=") {
            return Err("osgraft knows subvolumes by their names alone; use rootflags=subvol=");
        }
    }
    Ok(named)
}

/// The words of a command line, quotes removed as the kernel does.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut any) = (String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                any = true;
            }
            c if c.is_ascii_whitespace() && !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(line: &str) -> Kernel {
        Kernel {
            line: line.to_owned(),
            file: "/k".into(),
            initrd: None,
        }
    }

    #[test]
    fn names_of_devices_are_a_disk_and_a_partition() {
        for (said, family, index, part) in [
            ("/dev/vda1", Family::Vd, 0, 1),
            ("/dev/vdb", Family::Vd, 1, 0),
            ("vdb12", Family::Vd, 1, 12),
            ("/dev/sdaa3", Family::Sd, 26, 3),
            ("/dev/hda1", Family::Hd, 0, 1),
            ("/dev/xvda2", Family::Xvd, 0, 2),
            ("/dev/nvme0n1p2", Family::Nvme, 0, 2),
            ("/dev/nvme1n1", Family::Nvme, 1, 0),
        ] {
            let root = KernelRoot::partition(said, part);
            let named = Named::Disk {
                family,
                index,
                root,
            };
            assert_eq!(kernel(&format!("root={said}")).root(), Ok(named), "{said}");
        }
    }

    #[test]
    fn what_names_no_disk_is_refused_by_what_it_says() {
        for said in [
            "/dev/root",
            "254:1",
            "fd01",
            "/dev/vd1",
            "/dev/vda0",
            "/dev/vda1x",
            "/dev/vdA1",
            "/dev/dm-0",
            "/dev/nvme0n2p1",
            "/dev/nvme0",
            "/dev/mmcblk0p1",
            "UUID=",
            "/dev/mapper/",
            "/dev/disk/by-path/pci-0000:00:05.0-part1",
            "/dev/disk/by-id/dm-uuid-LVM-x",
            "PARTUUID=a-01/PARTNROFF=1",
            "/dev/vda1/..",
            "/dev/nfs",
            "nfs:192.0.2.1:/root",
            "live:CDLABEL=x",
            "/dev/ram0",
            "/dev/sr0",
            "dhcp",
            "/dev/disk/by-id/virtio-a-part",
            "ZFS=rpool/root",
            "/dev/vdaaaaaaaaaaaaaaaaaaaa1",
        ] {
            let (told, why) = kernel(&format!("ro root={said} quiet")).root().unwrap_err();
            assert_eq!(told, format!("root={said}"));
            assert!(why.contains("; "), "{why}");
        }
    }

    #[test]
    fn the_last_root_counts_and_quotes_are_the_kernels() {
        let named = |line: &str| kernel(line).root().unwrap();
        let content = |said: &str| Named::Content(KernelRoot::by_content(said).unwrap());
        assert_eq!(named("root=LABEL=a root=LABEL=b"), content("LABEL=b"));
        assert_eq!(named("\"root=LABEL=a b\" ro"), content("LABEL=a b"));
        assert_eq!(named("root=\"LABEL=a b\"\tro"), content("LABEL=a b"));
        for line in [
            "",
            "ro",
            "root=",
            "xroot=/dev/vda1",
            "root=gpt-auto",
            "nfsroot=/a",
        ] {
            assert_eq!(named(line), Named::Nowhere, "{line}");
        }
        let within = KernelRoot::by_content("LABEL=a").unwrap().subvolume("@");
        assert_eq!(
            named("root=LABEL=a rootflags=ro,subvol=/@"),
            Named::Content(within)
        );
        assert_eq!(named("root=LABEL=a rootflags=subvol=/"), content("LABEL=a"));
    }

    #[test]
    fn arguments_may_load_a_kernel_and_boot_a_device() {
        let list = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(of_arguments(&list(&["-append", "root=/dev/vda1"])), None);
        let loaded = of_arguments(&list(&[
            "-m",
            "1",
            "--kernel",
            "/k",
            "-append",
            "root=/dev/vda1",
        ]));
        assert_eq!(loaded, Some(kernel("root=/dev/vda1")));
        assert_eq!(of_arguments(&list(&["-kernel", "/k"])), Some(kernel("")));
        let device = |device: &str| boot_device_of_arguments(&list(&["-device", device])).is_some();
        assert!(device("vfio-pci,host=01:00.0,bootindex=1"));
        assert!(device("{\"driver\":\"vfio-pci\",\"bootindex\":1}"));
        assert!(!device("virtio-net-pci,bootindex=1"));
        assert!(!device("vfio-pci,host=01:00.0"));
    }
}
