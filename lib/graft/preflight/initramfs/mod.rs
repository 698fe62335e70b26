//! Modules that the guest's initramfs is built to load, as its configuration says (initramfs-tools(7),
//! dracut.conf(5), mkinitcpio.conf(5)); and those that it holds, where it is unpacked.
//!
//! A module that the initramfs loads stays loaded: the kernel needs no module tree for it.

mod archive;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::graft::checks::{Image, Unpacked};
use crate::guest::GuestError;
use crate::guest::facts::{Kernel, Probe};
use crate::path::{GuestPath, escape};

/// Bytes of a file that are read, and files of a folder.
const FILE_MAX: u64 = 1 << 18;
const FILES: usize = 64;
/// Bytes of an initramfs that are read, and the time that it may take to unpack.
const IMAGE_MAX: u64 = 64 << 20;
const TIME: Duration = Duration::from_secs(20);
/// Characters of a line that a message shows.
const SHOWN: usize = 100;

/// Those of these files that an initramfs holds, by their paths in it.
///
/// # Errors
/// The reason, as “is damaged”.
pub(crate) fn files(
    image: &[u8],
    wanted: &[&str],
) -> Result<BTreeMap<String, Vec<u8>>, &'static str> {
    let begun = Instant::now();
    archive::files(image, wanted, &|| begun.elapsed() > TIME).map_err(archive::Unread::as_str)
}

/// Configuration of an initramfs.
#[derive(Clone, Debug, Default)]
pub(super) struct Initramfs {
    /// Modules that it loads by their names, `-` as `_`.
    loads: BTreeSet<String>,
    /// Modules that are put into it, and that udev loads there for a device.
    holds: BTreeSet<String>,
    /// True where it gets the drivers of all network cards.
    has_all_cards: bool,
    /// True where the program that builds it is one that is read here.
    is_known: bool,
    /// The file and the line that have it built for one machine alone.
    pub(super) host_only: Option<(GuestPath, String)>,
    /// The initramfs that was unpacked, and the modules in it.
    held: Option<(GuestPath, BTreeSet<String>)>,
    /// The initramfs that could not be unpacked, and the reason.
    pub(super) unread: Option<(GuestPath, &'static str)>,
}

impl Initramfs {
    /// Reads the configuration. `etc` is the names in `/etc`.
    pub(super) fn read(probe: &mut Probe<'_>, etc: &[Vec<u8>]) -> Result<Self, GuestError> {
        let has = |name: &[u8]| etc.iter().any(|known| known == name);
        let mut found = Self::default();
        if has(b"initramfs-tools") {
            found.initramfs_tools(probe)?;
        } else if has(b"mkinitcpio.conf") {
            found.mkinitcpio(probe)?;
        } else if has(b"dracut.conf") || has(b"dracut.conf.d") {
            found.dracut(probe)?;
        }
        Ok(found)
    }

    /// True where it loads this module whatever devices there are.
    pub(super) fn loads(&self, module: &str) -> bool {
        let module = plain(module.as_bytes());
        let held = self.held.as_ref();
        self.loads.contains(&module) && held.is_none_or(|(_, held)| held.contains(&module))
    }

    /// The initramfs that was unpacked.
    pub(super) fn image(&self) -> Option<&GuestPath> {
        self.held.as_ref().map(|(image, _)| image)
    }

    /// Unpacks the initramfs of a kernel, to see which modules are in it; one that was unpacked before is not
    /// read.
    pub(super) fn unpack(
        &mut self,
        probe: &mut Probe<'_>,
        kernel: &Kernel,
        unpacked: Option<&dyn Unpacked>,
    ) -> Result<(), GuestError> {
        let image = kernel.in_boot.as_ref().and_then(GuestPath::file_name);
        let image = image.map(|name| String::from_utf8_lossy(name).into_owned());
        let flavour = image.as_deref().and_then(|name| name.split_once('-'));
        let flavour = flavour.map(|(_, flavour)| flavour.to_owned());
        for name in [kernel.version.clone()].into_iter().chain(flavour) {
            for (prefix, suffix) in [
                ("initrd.img-", ""),
                ("initramfs-", ".img"),
                ("initrd-", ""),
                ("initramfs-", ""),
            ] {
                let Ok(path) = format!("/boot/{prefix}{name}{suffix}").parse() else {
                    continue;
                };
                let Some((file, size)) = probe.file_at(&path)? else {
                    continue;
                };
                if size > IMAGE_MAX {
                    self.unread = Some((file, "is larger than is read (64 MiB)"));
                    return Ok(());
                }
                let known = match unpacked {
                    Some(unpacked) => probe.modified_at(&file)?.map(|time| (unpacked, time)),
                    None => None,
                };
                let image = |modified| Image {
                    path: &file,
                    size,
                    modified,
                };
                if let Some((unpacked, modified)) = known
                    && let Some(held) = unpacked.modules(&image(modified))
                {
                    self.held = Some((file, held));
                    return Ok(());
                }
                let Some(content) = probe.content_at(&file, IMAGE_MAX)? else {
                    self.unread = Some((file, "cannot be read"));
                    return Ok(());
                };
                let begun = Instant::now();
                match archive::modules(&content, &|| begun.elapsed() > TIME) {
                    Ok(held) => {
                        if let Some((unpacked, modified)) = known {
                            unpacked.keep(&image(modified), &held);
                        }
                        self.held = Some((file, held));
                    }
                    Err(why) => self.unread = Some((file, why.as_str())),
                }
                return Ok(());
            }
        }
        Ok(())
    }

    /// True where it has this driver of a network card, and so loads it for the card; `None` where
    /// nothing tells.
    pub(super) fn drives(&self, module: &str) -> Option<bool> {
        if let Some((_, held)) = &self.held {
            return Some(held.contains(&plain(module.as_bytes())));
        }
        let is_named = self.loads(module) || self.holds.contains(&plain(module.as_bytes()));
        match self.is_known {
            true => Some(is_named || self.has_all_cards),
            false => is_named.then_some(true),
        }
    }

    fn initramfs_tools(&mut self, probe: &mut Probe<'_>) -> Result<(), GuestError> {
        self.is_known = true;
        if let Some((_, content)) = probe.content("/etc/initramfs-tools/modules", FILE_MAX)? {
            self.loads.extend(first_words(&content));
        }
        // MODULES is “most” where nobody says otherwise; a later file goes before an earlier one.
        self.has_all_cards = true;
        let main = probe.content("/etc/initramfs-tools/initramfs.conf", FILE_MAX)?;
        let more = of_folder(probe, "/etc/initramfs-tools/conf.d", b"")?;
        for (file, content) in main.into_iter().chain(more) {
            for (key, value, line) in settings(&content) {
                if key == "MODULES" {
                    let value = value.join(" ");
                    self.has_all_cards = matches!(value.as_str(), "most" | "netboot");
                    self.host_only = (value == "dep").then(|| (file.clone(), line));
                }
            }
        }
        Ok(())
    }

    fn mkinitcpio(&mut self, probe: &mut Probe<'_>) -> Result<(), GuestError> {
        self.is_known = true;
        if let Some((file, content)) = probe.content("/etc/mkinitcpio.conf", FILE_MAX)? {
            for (key, value, line) in settings(&content) {
                match key.as_str() {
                    "MODULES" => self
                        .loads
                        .extend(value.iter().map(|name| plain(name.as_bytes()))),
                    "HOOKS" if value.iter().any(|hook| hook == "autodetect") => {
                        self.host_only = Some((file.clone(), line));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn dracut(&mut self, probe: &mut Probe<'_>) -> Result<(), GuestError> {
        self.is_known = true;
        let main = probe.content("/etc/dracut.conf", FILE_MAX)?;
        let vendor = of_folder(probe, "/usr/lib/dracut/dracut.conf.d", b".conf")?;
        let own = of_folder(probe, "/etc/dracut.conf.d", b".conf")?;
        for (file, content) in main.into_iter().chain(vendor).chain(own) {
            for (key, value, line) in settings(&content) {
                let names = value.iter().map(|name| plain(name.as_bytes()));
                match key.trim_end_matches('+') {
                    "force_drivers" => self.loads.extend(names),
                    "add_drivers" | "drivers" => self.holds.extend(names),
                    "hostonly" => {
                        let is_on = value.iter().any(|value| value == "yes");
                        self.host_only = is_on.then(|| (file.clone(), line));
                    }
                    _ => {}
                }
            }
        }
        // dracut's own systemd-modules-load takes these into the initramfs.
        for (_, content) in of_folder(probe, "/etc/modules-load.d", b".conf")? {
            self.loads.extend(first_words(&content));
        }
        Ok(())
    }
}

/// The first word of each line that is no comment.
fn first_words(content: &[u8]) -> Vec<String> {
    let lines = content.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let lines = lines.filter(|line| !matches!(line.first(), None | Some(b'#' | b';')));
    lines
        .filter_map(|line| line.split(u8::is_ascii_whitespace).next())
        .map(plain)
        .collect()
}

/// Settings of a shell's file: `KEY=value`, `key+=" a b "`, `KEY=(a b)`; the line is escaped.
fn settings(content: &[u8]) -> Vec<(String, Vec<String>, String)> {
    let mut found = Vec::new();
    for line in content.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        let Some(at) = line.iter().position(|byte| *byte == b'=') else {
            continue;
        };
        if line.starts_with(b"#") {
            continue;
        }
        let key = String::from_utf8_lossy(&line[..at]).trim().to_owned();
        let value = line[at + 1..].split(|byte| *byte == b'#').next();
        let value = String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
        let is_quote = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')');
        let words = value.split(is_quote).filter(|word| !word.is_empty());
        let shown = escape(line).chars().take(SHOWN).collect();
        found.push((key, words.map(str::to_owned).collect(), shown));
    }
    found
}

/// The files of a folder whose names end so, in their order.
fn of_folder(
    probe: &mut Probe<'_>,
    folder: &str,
    suffix: &[u8],
) -> Result<Vec<(GuestPath, Vec<u8>)>, GuestError> {
    let mut found = Vec::new();
    let Some((folder, names)) = probe.directory(folder)? else {
        return Ok(found);
    };
    let names = names.into_iter().filter(|name| name.ends_with(suffix));
    for name in names.take(FILES) {
        if let Ok(file) = folder.join(&name)
            && let Some(content) = probe.content_of_entry(&file, FILE_MAX)?
        {
            found.push((file, content));
        }
    }
    Ok(found)
}

/// A module's name with `_` for each `-`, as kmod compares names.
fn plain(name: &[u8]) -> String {
    String::from_utf8_lossy(name).replace('-', "_")
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;
    use crate::guest::{MemoryGuest, Time};

    /// Path, size, time and modules of an image.
    type Seen = (String, u64, Time, BTreeSet<String>);

    /// Images that were unpacked, and the number of times that one was found.
    #[derive(Debug, Default)]
    struct Known {
        all: RefCell<Vec<Seen>>,
        found: Cell<usize>,
    }

    impl Unpacked for Known {
        fn modules(&self, image: &Image<'_>) -> Option<BTreeSet<String>> {
            let all = self.all.borrow();
            let known = all.iter().find(|(path, size, time, _)| {
                (path.as_str(), *size, *time)
                    == (image.path.to_string().as_str(), image.size, image.modified)
            });
            let known = known.map(|(.., held)| held.clone());
            self.found
                .set(self.found.get() + usize::from(known.is_some()));
            known
        }

        fn keep(&self, image: &Image<'_>, modules: &BTreeSet<String>) {
            let image = (
                image.path.to_string(),
                image.size,
                image.modified,
                modules.clone(),
            );
            self.all.borrow_mut().push(image);
        }
    }

    #[test]
    fn an_image_that_was_unpacked_before_is_not_unpacked_again_until_it_changes() {
        let image = "/boot/initrd.img-6.1.0-37-amd64";
        let kernel = Kernel {
            version: "6.1.0-37-amd64".to_owned(),
            modules: None,
            in_boot: None,
        };
        let known = Known::default();
        // An archive that ends at once.
        let archive = |names: &[&str]| {
            let mut archive = Vec::new();
            for name in names.iter().chain(&["TRAILER!!!"]) {
                let mut head = format!("070701{}", "0".repeat(8 * 11));
                head.push_str(&format!("{:08x}{:08x}", name.len() + 1, 0));
                archive.extend(head.bytes());
                archive.extend(name.bytes());
                archive.push(0);
                archive.resize(archive.len().next_multiple_of(4), 0);
            }
            archive
        };
        let look = |content: Vec<u8>| {
            let mut guest = MemoryGuest::new().file(image, content);
            let mut probe = Probe::new(&mut guest).unwrap();
            let mut found = Initramfs::default();
            found.unpack(&mut probe, &kernel, Some(&known)).unwrap();
            assert_eq!(found.unread, None);
            found.held.unwrap().1
        };
        let nfs = look(archive(&["usr/lib/modules/v/kernel/fs/nfs/nfs.ko"]));
        assert_eq!(nfs, BTreeSet::from(["nfs".to_owned()]));
        assert_eq!(known.found.get(), 0);
        // Same place, size and time: the content is not looked at.
        assert_eq!(
            look(archive(&["usr/lib/modules/v/kernel/fs/nfs/xyz.ko"])),
            nfs
        );
        assert_eq!(known.found.get(), 1);
        let longer = "usr/lib/modules/v/kernel/fs/nfs/of/four/nfsv4.ko";
        let other = look(archive(&[longer]));
        assert_eq!(other, BTreeSet::from(["nfsv4".to_owned()]));
        assert_eq!(known.all.borrow().len(), 2);
        // One that cannot be unpacked is not kept.
        let mut guest = MemoryGuest::new().file(image, "BZh91AY");
        let mut probe = Probe::new(&mut guest).unwrap();
        let mut found = Initramfs::default();
        found.unpack(&mut probe, &kernel, Some(&known)).unwrap();
        assert!(found.unread.is_some());
        assert_eq!(known.all.borrow().len(), 2);
    }

    fn read(files: &[(&str, &str)], etc: &str) -> Initramfs {
        let mut guest = MemoryGuest::new();
        for (path, text) in files {
            guest = guest.file(path, *text);
        }
        let mut probe = Probe::new(&mut guest).unwrap();
        Initramfs::read(&mut probe, &[etc.as_bytes().to_vec()]).unwrap()
    }

    #[test]
    fn initramfs_tools_loads_its_list_and_has_all_cards_unless_told_otherwise() {
        let list = (
            "/etc/initramfs-tools/modules",
            "# nfsv3\nnfsv4 x=1\n\n nfs\n",
        );
        let found = read(&[list], "initramfs-tools");
        assert!(found.loads("nfsv4") && found.loads("nfs") && !found.loads("nfsv3"));
        assert_eq!(found.drives("virtio_net"), Some(true));
        assert!(found.host_only.is_none());

        let most = ("/etc/initramfs-tools/initramfs.conf", "MODULES=most\n");
        let dep = (
            "/etc/initramfs-tools/conf.d/driver-policy",
            "MODULES=dep # x\n",
        );
        let found = read(&[most, dep], "initramfs-tools");
        assert_eq!(found.drives("virtio_net"), Some(false));
        let (file, line) = found.host_only.unwrap();
        assert_eq!(file.to_string(), dep.0);
        assert_eq!(line, "MODULES=dep # x");
    }

    #[test]
    fn dracut_loads_what_is_forced_and_holds_what_is_added() {
        let found = read(
            &[
                (
                    "/usr/lib/dracut/dracut.conf.d/01-dist.conf",
                    "hostonly=\"yes\"\n",
                ),
                (
                    "/etc/dracut.conf.d/x.conf",
                    "force_drivers+=\" nfs nfsv4 \"\nadd_drivers+=\" virtio-net \"\n",
                ),
                ("/etc/modules-load.d/y.conf", "e1000e\n"),
            ],
            "dracut.conf.d",
        );
        assert!(found.loads("nfsv4") && found.loads("e1000e") && !found.loads("virtio_net"));
        assert_eq!(found.drives("virtio_net"), Some(true));
        assert_eq!(found.drives("vmxnet3"), Some(false));
        assert_eq!(found.host_only.unwrap().1, "hostonly=\"yes\"");
    }

    #[test]
    fn an_unknown_builder_tells_nothing() {
        let found = read(&[], "hosts");
        assert!(!found.loads("nfs"));
        assert_eq!(found.drives("virtio_net"), None);
    }

    #[test]
    fn mkinitcpio_loads_its_modules() {
        let text = "MODULES=(nfsv4 virtio_net)\nHOOKS=(base udev autodetect)\n";
        let found = read(&[("/etc/mkinitcpio.conf", text)], "mkinitcpio.conf");
        assert!(found.loads("nfsv4"));
        assert_eq!(found.drives("virtio_net"), Some(true));
        assert_eq!(found.drives("e1000"), Some(false));
        assert!(found.host_only.is_some());
    }
}
