//! Kernels that the guest's boot loader starts, and the words that it gives them
//! (kernel-command-line(7)).

mod entries;

use super::verdict::Preflight;
use crate::guest::facts::{Kernel, Probe};
use crate::guest::{GuestError, GuestFacts};
use crate::path::{GuestPath, escape};
use entries::Entry;

/// Bytes of a file that are read, and of a unified kernel image's start.
const FILE_MAX: u64 = 1 << 20;
const IMAGE_START: usize = 1 << 20;
/// Entries of the Boot Loader Specification, and unified kernel images, that are read.
const ENTRIES: usize = 32;
/// Characters of a word that a message shows.
const SHOWN: usize = 100;

/// The boot loader's entries, and the files that its next ones are made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Boot {
    /// Entries that start the system itself, not one for repairs.
    lines: Vec<Line>,
    templates: Vec<Line>,
    /// A configuration that is there and cannot be read, and what is wrong with it.
    unread: Option<(GuestPath, &'static str)>,
}

#[derive(Clone, Debug)]
struct Line {
    file: GuestPath,
    entry: Entry,
    /// The kernel's version, where the entry itself tells it.
    version: Option<String>,
    /// True for the entry that is started where nobody chooses another one.
    is_first: bool,
}

/// The entry that the guest's boot loader starts by default.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::graft) struct FirstEntry {
    pub(in crate::graft) file: GuestPath,
    /// Line of the kernel, counted from 1.
    pub(in crate::graft) line: usize,
    /// Name of the kernel's image.
    pub(in crate::graft) image: Vec<u8>,
    /// True for one of the Boot Loader Specification.
    pub(in crate::graft) is_bls: bool,
}

/// A word of the kernel's command line, and its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Said {
    /// File and line.
    pub(super) at: String,
    /// The word, escaped.
    pub(super) word: String,
    /// True where the entry that is started has it; false where only another one has it, or only a file
    /// that later entries are made of.
    pub(super) is_certain: bool,
}

impl Boot {
    /// Reads the configuration in `/boot`. `etc` is the names in `/etc`.
    pub(super) fn read(
        probe: &mut Probe<'_>,
        facts: &GuestFacts,
        etc: &[Vec<u8>],
    ) -> Result<Self, GuestError> {
        let mut found = Self::default();
        let boot = probe.directory("/boot")?;
        let boot = boot.map(|(_, names)| names).unwrap_or_default();
        let has = |names: &[Vec<u8>], name: &str| names.iter().any(|n| n == name.as_bytes());
        let mut takes_bls = None;
        let mut environment = Vec::new();
        for folder in ["grub", "grub2"] {
            if !has(&boot, folder) {
                continue;
            }
            takes_bls = takes_bls.or(found.grub(probe, folder)?);
            if takes_bls.is_some() {
                let file = probe.content(&format!("/boot/{folder}/grubenv"), FILE_MAX)?;
                environment = file.map(|(_, content)| content).unwrap_or_default();
            }
        }
        if has(&boot, "loader") && (takes_bls.is_some() || found.lines.is_empty()) {
            found.bls(probe, facts, &environment)?;
        }
        if let Some(file) = takes_bls.filter(|_| found.lines.is_empty()) {
            found
                .unread
                .get_or_insert((file, "takes its entries from elsewhere"));
        }
        for folder in ["extlinux", "syslinux"] {
            if has(&boot, folder) {
                let file = format!("/boot/{folder}/{folder}.conf");
                found.extlinux(probe, &file)?;
            }
        }
        if has(&boot, "extlinux.conf") {
            found.extlinux(probe, "/boot/extlinux.conf")?;
        }
        if found.lines.is_empty() && (has(&boot, "efi") || has(&boot, "EFI")) {
            found.unified(probe)?;
        }
        if has(etc, "default")
            && let Some((file, content)) = probe.content("/etc/default/grub", FILE_MAX)?
        {
            for name in ["GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT"] {
                let value = entries::variable(&content, name);
                found.template(&file, value);
            }
        }
        if has(etc, "kernel")
            && let Some((file, content)) = probe.content("/etc/kernel/cmdline", FILE_MAX)?
        {
            let first = content.split(|byte| *byte == b'\n').next();
            let words = entries::words(first.unwrap_or_default());
            found.template(&file, Some((1, words)));
        }
        Ok(found)
    }

    /// Reads a grub.cfg; its place, where it takes entries of the Boot Loader Specification.
    fn grub(
        &mut self,
        probe: &mut Probe<'_>,
        folder: &str,
    ) -> Result<Option<GuestPath>, GuestError> {
        let path = format!("/boot/{folder}/grub.cfg");
        let Some(at) = probe.resolve(&path)?.filter(|at| at.exists()) else {
            return Ok(None);
        };
        let Some((file, content)) = probe.content(&path, FILE_MAX)? else {
            self.unread.get_or_insert((at.path, "cannot be read"));
            return Ok(None);
        };
        let grub = entries::grub(&content);
        if grub.entries.is_empty() && !grub.takes_bls {
            self.unread.get_or_insert((file, "starts no kernel"));
            return Ok(None);
        }
        self.add(&file, grub.entries);
        Ok(grub.takes_bls.then_some(file))
    }

    fn bls(
        &mut self,
        probe: &mut Probe<'_>,
        facts: &GuestFacts,
        environment: &[u8],
    ) -> Result<(), GuestError> {
        let Some((folder, names)) = probe.directory("/boot/loader/entries")? else {
            return Ok(());
        };
        let environment_lines = environment.split(|byte| *byte == b'\n');
        let saved = environment_lines
            .filter_map(|line| line.strip_prefix(b"saved_entry="))
            .next_back();
        let mut found = Vec::new();
        let names = names.into_iter().filter(|name| name.ends_with(b".conf"));
        for name in names.take(ENTRIES) {
            if let Ok(file) = folder.join(&name)
                && let Some(content) = probe.content_of_entry(&file, FILE_MAX)?
                && let Some(entry) = entries::bls(&content, environment)
                && !entry.is_recovery
            {
                let is_first =
                    saved.is_some_and(|saved| name.strip_suffix(b".conf") == Some(saved));
                found.push(Line {
                    file,
                    entry,
                    version: None,
                    is_first,
                });
            }
        }
        if !found.iter().any(|line| line.is_first) {
            // Without a choice of the operator's, the newest kernel is started.
            let newest = facts.kernels.iter().rev().find_map(|kernel| {
                let image = kernel.in_boot.as_ref()?.file_name()?;
                found.iter().position(|line| line.entry.image == image)
            });
            let newest = newest.unwrap_or(found.len().saturating_sub(1));
            if let Some(line) = found.get_mut(newest) {
                line.is_first = self.lines.is_empty();
            }
        }
        self.lines.extend(found);
        Ok(())
    }

    fn extlinux(&mut self, probe: &mut Probe<'_>, path: &str) -> Result<(), GuestError> {
        if let Some((file, content)) = probe.content(path, FILE_MAX)? {
            self.add(&file, entries::extlinux(&content));
        }
        Ok(())
    }

    fn unified(&mut self, probe: &mut Probe<'_>) -> Result<(), GuestError> {
        for folder in ["/boot/efi/EFI/Linux", "/boot/EFI/Linux"] {
            let Some((folder, names)) = probe.directory(folder)? else {
                continue;
            };
            let names = names.iter().filter(|name| name.ends_with(b".efi"));
            for name in names.take(ENTRIES) {
                let Ok(file) = folder.join(name) else {
                    continue;
                };
                let start = probe.start_at(&file, IMAGE_START)?;
                match start.as_deref().and_then(entries::unified) {
                    Some((words, version)) => {
                        let entry = Entry {
                            line: 1,
                            words,
                            ..Entry::default()
                        };
                        let is_first = self.lines.is_empty();
                        self.lines.push(Line {
                            file,
                            entry,
                            version,
                            is_first,
                        });
                    }
                    None => {
                        let what = "is a kernel image that does not tell its command line";
                        self.unread.get_or_insert((file, what));
                    }
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, file: &GuestPath, entries: Vec<Entry>) {
        for entry in entries.into_iter().filter(|entry| !entry.is_recovery) {
            self.lines.push(Line {
                file: file.clone(),
                entry,
                version: None,
                is_first: self.lines.is_empty(),
            });
        }
    }

    fn template(&mut self, file: &GuestPath, value: Option<(usize, Vec<Vec<u8>>)>) {
        if let Some((line, words)) = value {
            let entry = Entry {
                line,
                words,
                ..Entry::default()
            };
            self.templates.push(Line {
                file: file.clone(),
                entry,
                version: None,
                is_first: false,
            });
        }
    }

    /// The word that `find` takes from the words of an entry: that of the entry that is started, else that
    /// of another one.
    fn said<'a>(&'a self, find: impl Fn(&'a [Vec<u8>]) -> Option<&'a [u8]>) -> Option<Said> {
        let all = || self.lines.iter().chain(&self.templates);
        let first = self.lines.iter().filter(|line| line.is_first);
        let mut found = first
            .chain(all())
            .filter_map(|line| Some((line, find(&line.entry.words)?)));
        let (line, word) = found.next()?;
        Some(Said {
            at: format!("{} line {}", line.file, line.entry.line),
            word: escape(word).chars().take(SHOWN).collect(),
            is_certain: line.is_first || self.lines.is_empty(),
        })
    }

    /// The last word with this key whose value is taken.
    pub(super) fn last(&self, key: &str, is_taken: impl Fn(&[u8]) -> bool) -> Option<Said> {
        self.said(|words| {
            let mut words = words.iter().rev();
            let (word, value) = words.find_map(|word| Some((word, value(word, key)?)))?;
            is_taken(value).then_some(&word[..])
        })
    }

    /// The first word with this key in whose value, a list with commas, `is_taken` takes an item.
    pub(super) fn any(&self, key: &str, is_taken: impl Fn(&[u8]) -> bool) -> Option<Said> {
        self.said(|words| {
            let word = words.iter().find(|word| {
                let mut items = value(word, key).into_iter();
                items.any(|value| value.split(|byte| *byte == b',').any(&is_taken))
            });
            word.map(Vec::as_slice)
        })
    }

    /// The entry that is started.
    pub(super) fn first_entry(&self) -> Option<FirstEntry> {
        let first = self.lines.iter().find(|line| line.is_first)?;
        let folder = first.file.parent();
        let folder = folder.as_ref().and_then(GuestPath::file_name);
        Some(FirstEntry {
            file: first.file.clone(),
            line: first.entry.line,
            image: first.entry.image.clone(),
            is_bls: folder == Some(b"entries"),
        })
    }

    /// Words of the entry that is started, as one line. A blank within quotes parts two words here.
    pub(super) fn command_line(&self) -> Option<String> {
        let first = self.lines.iter().find(|line| line.is_first)?;
        let words = first.entry.words.iter().filter(|word| {
            // What the boot loader sets, and a hypervisor does not.
            let own = [&b"BOOT_IMAGE="[..], b"initrd=", b"$"];
            !own.iter().any(|own| word.starts_with(own))
        });
        let words: Vec<_> = words.map(|word| String::from_utf8_lossy(word)).collect();
        Some(words.join(" "))
    }

    /// The kernel that is started, where that is known and the guest has it.
    pub(super) fn kernel<'f>(&self, facts: &'f GuestFacts) -> Option<&'f Kernel> {
        let first = self.lines.iter().find(|line| line.is_first)?;
        facts.kernels.iter().find(|kernel| {
            let image = kernel.in_boot.as_ref().and_then(GuestPath::file_name);
            first.version.as_ref() == Some(&kernel.version)
                || image.is_some_and(|image| image == first.entry.image)
        })
    }
}

/// The value of a word with this key. The kernel and systemd take `-` and `_` for one in a key.
fn value<'a>(word: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let at = word.iter().position(|byte| *byte == b'=')?;
    let plain = |byte: &u8| if *byte == b'-' { b'_' } else { *byte };
    let is_key = word[..at].iter().map(plain).eq(key.bytes());
    is_key.then(|| &word[at + 1..])
}

/// True for what systemd takes for “no” (`parse_boolean`).
pub(super) fn is_no(value: &[u8]) -> bool {
    let names = [&b"0"[..], b"no", b"n", b"false", b"f", b"off"];
    names.iter().any(|name| value.eq_ignore_ascii_case(name))
}

impl Preflight {
    pub(super) fn boot_loader(&mut self, found: &Boot) {
        if let Some((file, what)) = &found.unread {
            self.warn(
                "boot-kernel-unknown",
                format!(
                    "{file} {what}, so that nothing tells which kernel boots and with which words: \
                     see that the server serves the kernel that does"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::MemoryGuest;

    fn read(files: &[(&str, &str)]) -> Boot {
        let mut guest = MemoryGuest::new().file("/boot/vmlinuz-6.1.0-37-amd64", "kernel");
        for (path, text) in files {
            guest = guest.file(path, *text);
        }
        let facts = GuestFacts::gather(&mut guest).unwrap();
        let mut probe = Probe::new(&mut guest).unwrap();
        let etc = [&b"default"[..], b"kernel"].map(<[u8]>::to_vec);
        Boot::read(&mut probe, &facts, &etc).unwrap()
    }

    const GRUB: &str = "/boot/grub/grub.cfg";
    const ENTRY: &str = "menuentry 'x' {\n linux /boot/vmlinuz-6.1.0-37-amd64 root=/dev/x";

    #[test]
    fn the_command_line_is_that_of_the_entry_that_is_started() {
        let line = |files: &[(&str, &str)]| read(files).command_line();
        assert_eq!(line(&[]), None);
        let entry = format!("{ENTRY} ro quiet $vt_handoff\n}}\n");
        let other =
            format!("{entry}menuentry 'y' {{\n linux /boot/vmlinuz-6.1.0-36-amd64 ro single\n}}\n");
        let wanted = Some("root=/dev/x ro quiet".to_owned());
        assert_eq!(line(&[(GRUB, &other)]), wanted);
    }

    #[test]
    fn a_word_counts_by_the_entry_that_has_it() {
        let no_fstab = |files: &[(&str, &str)]| {
            let said = read(files).last("fstab", is_no)?;
            Some((said.at, said.is_certain))
        };
        let with = |text: &str| format!("{ENTRY} {text}\n}}\n");
        let (clean, off) = (with("quiet"), with("fstab=no"));
        let at = |place: &str, is_certain| Some((place.to_owned(), is_certain));
        assert_eq!(no_fstab(&[(GRUB, &clean)]), None);
        assert_eq!(
            no_fstab(&[(GRUB, &off)]),
            at("/boot/grub/grub.cfg line 2", true)
        );
        let later = format!("{clean}{off}");
        assert_eq!(
            no_fstab(&[(GRUB, &later)]),
            at("/boot/grub/grub.cfg line 5", false)
        );
        for text in [
            "fstab=yes",
            "rd.fstab=no",
            "fstab=no fstab=yes",
            "fstab=no single",
        ] {
            assert_eq!(no_fstab(&[(GRUB, &with(text))]), None, "{text}");
        }
        let template = ("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"fstab=0\"\n");
        let place = "/etc/default/grub line 1";
        assert_eq!(no_fstab(&[template]), at(place, true), "nothing else tells");
        assert_eq!(no_fstab(&[(GRUB, &clean), template]), at(place, false));
        let cmdline = ("/etc/kernel/cmdline", "root=/dev/x fstab=off\n");
        assert_eq!(no_fstab(&[cmdline]), at("/etc/kernel/cmdline line 1", true));
    }

    #[test]
    fn lists_of_modules_are_read_by_their_items() {
        let text = format!("{ENTRY} module-blacklist=a,nfs modprobe.blacklist=floppy\n}}\n");
        let boot = read(&[(GRUB, &text)]);
        let has = |key: &str, name: &str| boot.any(key, |item| item == name.as_bytes()).is_some();
        assert!(has("module_blacklist", "nfs") && has("module_blacklist", "a"));
        assert!(!has("module_blacklist", "nf") && !has("modprobe.blacklist", "nfs"));
        assert!(has("modprobe.blacklist", "floppy"));
    }

    #[test]
    fn the_newest_kernels_entry_is_started_unless_another_one_is_saved() {
        let cfg = ("/boot/grub2/grub.cfg", "blscfg\n");
        let new = (
            "/boot/loader/entries/a-6.1.conf",
            "linux /vmlinuz-6.1.0-37-amd64\noptions a fstab=no\n",
        );
        let old = (
            "/boot/loader/entries/b-5.conf",
            "linux /vmlinuz-5.0\noptions a\n",
        );
        let saved = ("/boot/grub2/grubenv", "saved_entry=b-5\n");
        let said = |files: &[(&str, &str)]| read(files).last("fstab", is_no).unwrap();
        assert!(said(&[cfg, new, old]).is_certain);
        assert!(!said(&[cfg, new, old, saved]).is_certain);
        assert!(read(&[cfg, new, old]).unread.is_none());
    }

    #[test]
    fn what_is_there_and_cannot_be_read_is_told() {
        let unread = |files: &[(&str, &str)]| read(files).unread.map(|(file, _)| file.to_string());
        assert_eq!(unread(&[]), None);
        assert_eq!(unread(&[(GRUB, "set x=1\n")]).as_deref(), Some(GRUB));
        assert_eq!(unread(&[(GRUB, "blscfg\n")]).as_deref(), Some(GRUB));
        let image = "/boot/efi/EFI/Linux/x.efi";
        assert_eq!(unread(&[(image, "MZ")]).as_deref(), Some(image));
        let known = format!("{ENTRY}\n}}\n");
        assert_eq!(unread(&[(GRUB, &known), (image, "MZ")]), None);
    }
}
