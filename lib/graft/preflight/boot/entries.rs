//! Entries of boot loaders: grub.cfg, the entries of the Boot Loader Specification, extlinux.conf, and the
//! sections of a unified kernel image.

use crate::path::escape;

/// An entry that starts a kernel.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Entry {
    /// The line of the kernel's words, counted from 1.
    pub(super) line: usize,
    /// The image's file name.
    pub(super) image: Vec<u8>,
    pub(super) words: Vec<Vec<u8>>,
    /// True where it starts a system for repairs.
    pub(super) is_recovery: bool,
}

/// A grub.cfg, as far as it is read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Grub {
    pub(super) entries: Vec<Entry>,
    /// True where it takes entries of the Boot Loader Specification.
    pub(super) takes_bls: bool,
}

/// Reads a grub.cfg.
pub(super) fn grub(content: &[u8]) -> Grub {
    let mut found = Grub::default();
    let mut is_recovery = false;
    for (number, line) in content.split(|byte| *byte == b'\n').enumerate() {
        let words = words(line);
        let Some((first, rest)) = words.split_first() else {
            continue;
        };
        match &first[..] {
            b"menuentry" => is_recovery = is_for_repairs(line),
            b"blscfg" => found.takes_bls = true,
            b"linux" | b"linux16" | b"linuxefi" | b"module" | b"module2" => {
                let Some((image, words)) = rest.split_first() else {
                    continue;
                };
                found
                    .entries
                    .extend(entry(number + 1, image, words, is_recovery));
            }
            _ => {}
        }
    }
    found
}

/// Reads an entry of the Boot Loader Specification; `environment` is grub's own, whose `$kernelopts` such an
/// entry may take.
pub(super) fn bls(content: &[u8], environment: &[u8]) -> Option<Entry> {
    let (mut image, mut found) = (Vec::new(), Entry::default());
    let mut title = false;
    for (number, line) in content.split(|byte| *byte == b'\n').enumerate() {
        let line_words = words(line);
        let Some((key, rest)) = line_words.split_first() else {
            continue;
        };
        match &key[..] {
            b"linux" => image = rest.first().cloned().unwrap_or_default(),
            b"title" | b"version" => title |= is_for_repairs(line),
            b"options" => {
                found.line = number + 1;
                for word in rest {
                    match word.strip_prefix(b"$") {
                        Some(b"kernelopts") => found.words.extend(kernelopts(environment)),
                        _ => found.words.push(word.clone()),
                    }
                }
            }
            _ => {}
        }
    }
    entry(found.line.max(1), &image, &found.words, title)
}

/// Reads an extlinux.conf or syslinux.cfg.
pub(super) fn extlinux(content: &[u8]) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut is_recovery = false;
    for (number, line) in content.split(|byte| *byte == b'\n').enumerate() {
        let words = words(line);
        let Some((first, rest)) = words.split_first() else {
            continue;
        };
        match &first.to_ascii_lowercase()[..] {
            b"label" => is_recovery = is_for_repairs(line),
            b"menu" => is_recovery |= is_for_repairs(line),
            b"linux" | b"kernel" => {
                let image = rest.first().cloned().unwrap_or_default();
                found.extend(entry(number + 1, &image, &[], is_recovery));
            }
            b"append" => {
                if let Some(last) = found.last_mut() {
                    last.line = number + 1;
                    last.is_recovery |= rest.iter().any(|word| is_repair_word(word));
                    last.words = rest.to_vec();
                }
            }
            _ => {}
        }
    }
    found
}

/// Words of a variable in a shell's file of settings, such as `/etc/default/grub`, and their line.
pub(super) fn variable(content: &[u8], name: &str) -> Option<(usize, Vec<Vec<u8>>)> {
    let lines = content.split(|byte| *byte == b'\n').enumerate();
    let values = lines.filter_map(|(number, line)| {
        let value = line.trim_ascii().strip_prefix(name.as_bytes())?;
        let value = value.strip_prefix(b"=")?;
        Some((number + 1, words(value)))
    });
    values.last()
}

/// Words of the kernel that a unified kernel image starts, and that kernel's version, where its start holds
/// them (UAPI.5, section `.cmdline` and `.uname`).
pub(super) fn unified(image: &[u8]) -> Option<(Vec<Vec<u8>>, Option<String>)> {
    let number = |at: usize, len: usize| -> Option<usize> {
        let bytes = image.get(at..at.checked_add(len)?)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
        )
    };
    if image.get(..2)? != b"MZ" {
        return None;
    }
    let head = number(0x3c, 4)?;
    if image.get(head..head.checked_add(4)?)? != b"PE\0\0" {
        return None;
    }
    let sections = number(head + 6, 2)?.min(96);
    let table = head + 24 + number(head + 20, 2)?;
    let section = |wanted: &[u8]| {
        (0..sections).find_map(|index| {
            let at = table + index * 40;
            let name = image.get(at..at + 8)?;
            let name = name.split(|byte| *byte == 0).next()?;
            if name != wanted {
                return None;
            }
            let len = number(at + 8, 4)?.min(number(at + 16, 4)?);
            let begin = number(at + 20, 4)?;
            image.get(begin..begin.checked_add(len)?)
        })
    };
    let text = section(b".cmdline")?;
    let text = text.split(|byte| *byte == 0).next()?;
    let version = section(b".uname").map(|name| {
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        escape(name.trim_ascii())
    });
    Some((words(text), version))
}

/// Words between blanks, quotes taken off; none of a comment.
pub(super) fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let (mut word, mut quote, mut is_open) = (Vec::new(), None, false);
    for byte in line {
        match byte {
            b'"' | b'\'' if quote.is_none() => (quote, is_open) = (Some(*byte), true),
            _ if quote == Some(*byte) => quote = None,
            // A variable of the whole command line is one quoted word in a shell, and many words here.
            _ if byte.is_ascii_whitespace() => {
                if is_open || !word.is_empty() {
                    found.push(std::mem::take(&mut word));
                }
                is_open = false;
            }
            b'#' if word.is_empty() && quote.is_none() => break,
            _ => word.push(*byte),
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

fn entry(line: usize, image: &[u8], words: &[Vec<u8>], is_recovery: bool) -> Option<Entry> {
    let image = image.rsplit(|byte| *byte == b'/').next()?;
    let names = [
        &b"vmlinu"[..],
        b"Image",
        b"bzImage",
        b"kernel",
        b"linux",
        b"zImage",
    ];
    names
        .iter()
        .any(|name| image.starts_with(name))
        .then(|| Entry {
            line,
            image: image.to_vec(),
            words: words.to_vec(),
            is_recovery: is_recovery
                || image.windows(6).any(|part| part == b"rescue")
                || words.iter().any(|word| is_repair_word(word)),
        })
}

fn is_repair_word(word: &[u8]) -> bool {
    [
        &b"single"[..],
        b"recovery",
        b"emergency",
        b"rescue",
        b"systemd.unit=rescue.target",
        b"systemd.unit=emergency.target",
    ]
    .contains(&word)
}

fn is_for_repairs(line: &[u8]) -> bool {
    let line = line.to_ascii_lowercase();
    let has = |part: &[u8]| line.windows(part.len()).any(|window| window == part);
    has(b"recovery") || has(b"rescue")
}

/// Words of `kernelopts` in grub's environment block.
fn kernelopts(environment: &[u8]) -> Vec<Vec<u8>> {
    let lines = environment.split(|byte| *byte == b'\n');
    let mut values = lines.filter_map(|line| line.strip_prefix(b"kernelopts="));
    values.next().map(words).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(words: &[Vec<u8>]) -> String {
        let words: Vec<_> = words.iter().map(|word| escape(word)).collect();
        words.join(" ")
    }

    #[test]
    fn grub_entries_are_read_with_their_words_and_lines() {
        let cfg = b"set default=\"0\"\nmenuentry 'Debian' --class debian {\n\techo 'x'\n\
            \tlinux\t/boot/vmlinuz-6.1.0-37-amd64 root=UUID=a ro  quiet \"x y\"\n}\n\
            submenu 'Advanced' {\nmenuentry 'Debian (recovery mode)' {\n\
            linux /vmlinuz-6.1.0-35-amd64 root=UUID=a ro single\n}\n}\n\
            menuentry 'memtest' {\nlinux16 /boot/memtest86+.bin\n}\n# linux /vmlinuz-9 x\n";
        let found = grub(cfg);
        assert!(!found.takes_bls);
        let [first, second] = &found.entries[..] else {
            panic!("{found:?}");
        };
        assert_eq!((first.line, first.is_recovery), (4, false));
        assert_eq!(first.image, b"vmlinuz-6.1.0-37-amd64");
        assert_eq!(text(&first.words), "root=UUID=a ro quiet x y");
        assert!(second.is_recovery);
        assert_eq!(second.line, 8);
        assert!(grub(b"insmod blscfg\nblscfg\n").takes_bls);
    }

    #[test]
    fn bls_entries_take_the_words_of_grubs_environment() {
        let text_of = b"title Fedora\nversion 6.5\nlinux /vmlinuz-6.5\noptions root=UUID=a ro\n";
        let found = bls(text_of, b"").unwrap();
        assert_eq!((found.line, &found.image[..]), (4, &b"vmlinuz-6.5"[..]));
        let old = b"linux /vmlinuz-4.18\noptions $kernelopts $tuned_params\n";
        let environment = b"# GRUB\nkernelopts=root=/dev/x ro fstab=no \n###";
        let found = bls(old, environment).unwrap();
        assert_eq!(text(&found.words), "root=/dev/x ro fstab=no $tuned_params");
        let rescue = b"title x\nversion 0-rescue-1\nlinux /vmlinuz-0-rescue-1\noptions a\n";
        assert!(bls(rescue, b"").unwrap().is_recovery);
        assert_eq!(bls(b"title Windows\nefi /EFI/x.efi\n", b""), None);
    }

    #[test]
    fn extlinux_entries_are_read() {
        let conf = b"DEFAULT virt\nLABEL virt\n  MENU LABEL Linux virt\n  LINUX vmlinuz-virt\n  \
            INITRD initramfs-virt\n  APPEND root=UUID=a modules=ext4 quiet\n";
        let [found] = &extlinux(conf)[..] else {
            panic!();
        };
        assert_eq!((found.line, &found.image[..]), (6, &b"vmlinuz-virt"[..]));
        assert_eq!(text(&found.words), "root=UUID=a modules=ext4 quiet");
    }

    #[test]
    fn the_last_value_of_a_variable_counts() {
        let file =
            b"GRUB_CMDLINE_LINUX=\"a\"\n#GRUB_CMDLINE_LINUX=\"x\"\nGRUB_CMDLINE_LINUX=\"b=1 c\"\n";
        let (line, words) = variable(file, "GRUB_CMDLINE_LINUX").unwrap();
        assert_eq!((line, text(&words)), (3, "b=1 c".to_owned()));
        assert_eq!(
            variable(
                b"GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n",
                "GRUB_CMDLINE_LINUX"
            ),
            None
        );
    }

    fn pe(sections: &[(&[u8], &[u8])]) -> Vec<u8> {
        let mut image = vec![0; 0x80];
        image[..2].copy_from_slice(b"MZ");
        image[0x3c] = 0x80;
        image.extend(b"PE\0\0\x64\x86");
        image.extend(u16::try_from(sections.len()).unwrap().to_le_bytes());
        image.extend([0; 12]);
        image.extend([0; 4]);
        let mut at = 0x80 + 24 + sections.len() * 40;
        for (name, content) in sections {
            let mut row = [0; 40];
            row[..name.len()].copy_from_slice(name);
            let len = u32::try_from(content.len()).unwrap().to_le_bytes();
            row[8..12].copy_from_slice(&len);
            row[16..20].copy_from_slice(&len);
            row[20..24].copy_from_slice(&u32::try_from(at).unwrap().to_le_bytes());
            image.extend(row);
            at += content.len();
        }
        sections
            .iter()
            .for_each(|(_, content)| image.extend(*content));
        image
    }

    #[test]
    fn a_unified_kernel_image_tells_its_words_and_version() {
        let image = pe(&[
            (b".osrel", b"ID=x\n"),
            (b".cmdline", b"root=/dev/x fstab=no\0"),
            (b".uname", b"6.1.0-37-amd64"),
        ]);
        let (words, version) = unified(&image).unwrap();
        assert_eq!(text(&words), "root=/dev/x fstab=no");
        assert_eq!(version.as_deref(), Some("6.1.0-37-amd64"));
        assert_eq!(unified(&pe(&[(b".linux", b"x")])), None);
        assert_eq!(unified(b"MZ"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), proptest::sample::select(&b"MZPE linux\"' \n"[..])], 0..300)) {
            grub(&bytes);
            bls(&bytes, &bytes);
            extlinux(&bytes);
            variable(&bytes, "linux");
            unified(&bytes);
        }
    }
}
