//! The modules in an initramfs: cpio archives, plain or compressed, one behind another
//! (`Documentation/driver-api/early-userspace/buffer-format.rst` of the kernel).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

/// Bytes that an initramfs unpacks to, entries, and modules in it.
const UNPACKED: u64 = 1 << 30;
const ENTRIES: usize = 200_000;
const MODULES: usize = 20_000;
/// Bytes of a file whose content is kept.
const FILE: u64 = 64 << 10;
/// Length of a name in it.
const NAME: u64 = 4096;
/// Memory for the window of a decompressor.
const WINDOW: u64 = 128 << 20;
/// Head of an entry in the “newc” format.
const HEAD: usize = 110;
/// Suffixes of a module's file.
const SUFFIXES: [&[u8]; 4] = [b".gz", b".xz", b".zst", b".bz2"];

/// Reasons why an initramfs is not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unread {
    /// It is compressed in a way that is not read here.
    Format,
    /// It contradicts itself.
    Damaged,
    /// It unpacks to more than is looked through.
    TooLarge,
    /// The time for it is over.
    TooLong,
}

impl Unread {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Format => "is compressed in a way that is not read",
            Self::Damaged => "is damaged",
            Self::TooLarge => "unpacks to more than is looked through",
            Self::TooLong => "takes longer to unpack than it may",
        }
    }
}

/// Names of the modules in an initramfs, `-` as `_`. `is_over` tells when the time for it is over.
pub(super) fn modules(
    image: &[u8],
    is_over: &dyn Fn() -> bool,
) -> Result<BTreeSet<String>, Unread> {
    Ok(read(image, &[], is_over)?.modules)
}

/// Those of these files that an initramfs holds, by their paths in it, each of 64 KiB at most.
pub(super) fn files(
    image: &[u8],
    wanted: &[&str],
    is_over: &dyn Fn() -> bool,
) -> Result<BTreeMap<String, Vec<u8>>, Unread> {
    Ok(read(image, wanted, is_over)?.files)
}

fn read<'a>(
    image: &[u8],
    wanted: &'a [&'a str],
    is_over: &'a dyn Fn() -> bool,
) -> Result<Found<'a>, Unread> {
    let mut found = Found {
        modules: BTreeSet::new(),
        wanted,
        files: BTreeMap::new(),
        entries: 0,
        left: UNPACKED,
        is_over,
    };
    let mut rest = image;
    while let Some(begin) = rest.iter().position(|byte| *byte != 0) {
        rest = &rest[begin..];
        // A plain archive, such as early microcode, says where it ends; a compressed one comes last.
        if rest.starts_with(b"0707") {
            found.archive(&mut rest)?;
            continue;
        }
        match rest {
            [0x1f, 0x8b, 8, ..] => found.archives(&mut Gzip::new(rest).ok_or(Unread::Damaged)?)?,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                let decoder =
                    ruzstd::decoding::StreamingDecoder::new_with_max_window_size(rest, WINDOW);
                found.archives(&mut decoder.map_err(|_| Unread::Damaged)?)?;
            }
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
                let memory = u32::try_from(WINDOW >> 10).unwrap_or(u32::MAX);
                let mut reader = lzma_rust2::XzReader::new_mem_limit(rest, false, memory);
                found.archives(&mut reader)?;
            }
            [0x02, 0x21, 0x4c, 0x18, ..] | [0x04, 0x22, 0x4d, 0x18, ..] => {
                found.archives(&mut lz4_flex::frame::FrameDecoder::new(rest))?;
            }
            _ => return Err(Unread::Format),
        }
        break;
    }
    Ok(found)
}

struct Found<'a> {
    modules: BTreeSet<String>,
    /// Files whose content is kept.
    wanted: &'a [&'a str],
    files: BTreeMap<String, Vec<u8>>,
    entries: usize,
    /// Bytes that may still be unpacked.
    left: u64,
    is_over: &'a dyn Fn() -> bool,
}

impl Found<'_> {
    /// Archives one behind another, with zeros between them, up to the end.
    fn archives(&mut self, from: &mut dyn Read) -> Result<(), Unread> {
        loop {
            let mut first = [0];
            loop {
                if !self.fill(from, &mut first)? {
                    return Ok(());
                }
                if first[0] != 0 {
                    break;
                }
            }
            self.archive(&mut first.as_slice().chain(&mut *from))?;
        }
    }

    /// One archive, up to its trailer.
    fn archive(&mut self, from: &mut dyn Read) -> Result<(), Unread> {
        loop {
            let mut head = [0; HEAD];
            if !self.fill(from, &mut head)? {
                return Err(Unread::Damaged);
            }
            if !head.starts_with(b"070701") && !head.starts_with(b"070702") {
                return Err(Unread::Damaged);
            }
            let (size, len) = (field(&head, 6)?, field(&head, 11)?);
            if len == 0 || len > NAME {
                return Err(Unread::Damaged);
            }
            // The head and the name are padded together, and so is the content.
            let padded = (HEAD as u64 + len).next_multiple_of(4) - HEAD as u64;
            let mut name = vec![0; usize::try_from(padded).map_err(|_| Unread::Damaged)?];
            if !self.fill(from, &mut name)? {
                return Err(Unread::Damaged);
            }
            name.truncate(usize::try_from(len - 1).map_err(|_| Unread::Damaged)?);
            match self.wanted(&name).filter(|_| size <= FILE) {
                Some(wanted) => {
                    let mut content = vec![0; size.next_multiple_of(4) as usize];
                    if !self.fill(from, &mut content)? && size > 0 {
                        return Err(Unread::Damaged);
                    }
                    content.truncate(size as usize);
                    self.files.insert(wanted, content);
                }
                None => self.skip(from, size.next_multiple_of(4))?,
            }
            if name == b"TRAILER!!!" {
                return Ok(());
            }
            self.entries += 1;
            if self.entries > ENTRIES || self.modules.len() > MODULES {
                return Err(Unread::TooLarge);
            }
            self.modules.extend(module(&name));
        }
    }

    /// The wanted file of this name.
    fn wanted(&self, name: &[u8]) -> Option<String> {
        let name = name.strip_prefix(b"./").unwrap_or(name);
        let mut wanted = self.wanted.iter();
        let found = wanted.find(|wanted| wanted.as_bytes() == name)?;
        Some((*found).to_owned())
    }

    /// Fills the buffer; false at the end of what is read.
    fn fill(&mut self, from: &mut dyn Read, buffer: &mut [u8]) -> Result<bool, Unread> {
        self.spend(buffer.len() as u64)?;
        let mut filled = 0;
        while filled < buffer.len() {
            match from.read(&mut buffer[filled..]) {
                Ok(0) if filled == 0 => return Ok(false),
                Ok(0) => return Err(Unread::Damaged),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Unread::Damaged),
            }
        }
        Ok(true)
    }

    fn skip(&mut self, from: &mut dyn Read, mut len: u64) -> Result<(), Unread> {
        let mut space = [0; 16 << 10];
        while len > 0 {
            let part = usize::try_from(len.min(space.len() as u64)).unwrap_or(space.len());
            if !self.fill(from, &mut space[..part])? {
                return Err(Unread::Damaged);
            }
            len -= part as u64;
        }
        Ok(())
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Unread> {
        if (self.is_over)() {
            return Err(Unread::TooLong);
        }
        self.left = self.left.checked_sub(bytes).ok_or(Unread::TooLarge)?;
        Ok(())
    }
}

/// One of the hexadecimal numbers behind the magic.
fn field(head: &[u8; HEAD], number: usize) -> Result<u64, Unread> {
    let text = head.get(6 + number * 8..14 + number * 8);
    let text = text.and_then(|text| std::str::from_utf8(text).ok());
    let value = text.and_then(|text| u32::from_str_radix(text, 16).ok());
    value.map(u64::from).ok_or(Unread::Damaged)
}

/// The name of the module in a file, compressed or not.
fn module(path: &[u8]) -> Option<String> {
    let file = path.rsplit(|byte| *byte == b'/').next()?;
    let plain = SUFFIXES
        .iter()
        .find_map(|suffix| file.strip_suffix(*suffix));
    let name = plain.unwrap_or(file).strip_suffix(b".ko")?;
    Some(String::from_utf8_lossy(name).replace('-', "_"))
}

/// A member of gzip (RFC 1952).
struct Gzip<'a> {
    state: Box<InflateState>,
    input: &'a [u8],
}

impl<'a> Gzip<'a> {
    fn new(image: &'a [u8]) -> Option<Self> {
        let flags = *image.get(3)?;
        let mut input = image.get(10..)?;
        if flags & 4 != 0 {
            let len = u16::from_le_bytes([*input.first()?, *input.get(1)?]);
            input = input.get(2 + usize::from(len)..)?;
        }
        // The file's name, and a comment.
        for flag in [8, 16] {
            if flags & flag != 0 {
                let end = input.iter().position(|byte| *byte == 0)?;
                input = &input[end + 1..];
            }
        }
        if flags & 2 != 0 {
            input = input.get(2..)?;
        }
        Some(Self {
            state: InflateState::new_boxed(DataFormat::Raw),
            input,
        })
    }
}

impl Read for Gzip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let done = inflate(&mut self.state, self.input, buffer, MZFlush::None);
            self.input = &self.input[done.bytes_consumed..];
            match done.status {
                _ if done.bytes_written > 0 => return Ok(done.bytes_written),
                Ok(MZStatus::StreamEnd) => return Ok(0),
                Ok(_) if done.bytes_consumed > 0 => {}
                Ok(_) | Err(_) => return Err(io::ErrorKind::InvalidData.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;
    use proptest::prelude::*;

    fn entry(name: &str, content: &[u8]) -> Vec<u8> {
        let mut bytes = b"070701".to_vec();
        for number in 0..13 {
            let value = match number {
                6 => content.len(),
                11 => name.len() + 1,
                _ => 0,
            };
            bytes.extend(format!("{value:08X}").bytes());
        }
        bytes.extend(name.bytes());
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(content);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn archive(names: &[&str]) -> Vec<u8> {
        let entries = names.iter().flat_map(|name| entry(name, &[7; 33]));
        entries.chain(entry("TRAILER!!!", b"")).collect()
    }

    fn all(image: &[u8]) -> Result<String, Unread> {
        let names = modules(image, &|| false)?;
        Ok(names.into_iter().collect::<Vec<_>>().join(" "))
    }

    /// The same through a program of the host's.
    fn packed(program: &[&str], bytes: &[u8]) -> Vec<u8> {
        let mut child = Command::new(program[0])
            .args(&program[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}: install it", program[0]));
        let mut to = child.stdin.take().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(move || to.write_all(bytes).unwrap());
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            output.stdout
        })
    }

    const MAIN: [&str; 3] = [
        "usr/lib/modules/6.1/kernel/fs/nfs/nfs.ko.xz",
        "usr/lib/modules/6.1/kernel/drivers/net/virtio-net.ko",
        "etc/modprobe.d/x.conf",
    ];

    #[test]
    fn plain_archives_stand_one_behind_another() {
        let mut image = archive(&["kernel/x86/microcode/GenuineIntel.bin"]);
        image.extend([0; 512]);
        image.extend(archive(&MAIN));
        assert_eq!(all(&image).unwrap(), "nfs virtio_net");
        assert_eq!(all(b"").unwrap(), "");
    }

    #[test]
    fn each_compression_of_initramfs_builders_is_read() {
        let early = archive(&["kernel/x86/microcode/AuthenticAMD.bin"]);
        for program in [
            &["gzip", "-9c"][..],
            &["zstd", "-qc"],
            &["zstd", "-19", "-qc"],
            &["xz", "--check=crc32", "-c"],
            &["lz4", "-lqc"],
            &["lz4", "-qc"],
        ] {
            let packed = packed(program, &archive(&MAIN));
            assert_ne!(packed[..4], *b"0707", "the premise");
            assert_eq!(all(&packed).unwrap(), "nfs virtio_net", "{program:?}");
            let whole = [&early[..], &[0; 4], &packed].concat();
            assert_eq!(all(&whole).unwrap(), "nfs virtio_net", "{program:?}");
            let cut = &packed[..packed.len() / 2];
            assert!(all(cut).is_err(), "{program:?}");
        }
    }

    #[test]
    fn what_is_not_read_says_why() {
        assert_eq!(all(b"BZh91AY"), Err(Unread::Format));
        assert_eq!(all(b"070701"), Err(Unread::Damaged));
        let image = archive(&MAIN);
        assert_eq!(modules(&image, &|| true), Err(Unread::TooLong));
        let mut endless = entry("a.ko", b"");
        endless[6 + 6 * 8..6 + 7 * 8].copy_from_slice(b"FFFFFFFF");
        assert_eq!(all(&endless), Err(Unread::Damaged), "it ends before that");
        // A gigabyte of zeros in a megabyte.
        let mut bomb = entry("a.ko", b"");
        bomb[6 + 6 * 8..6 + 7 * 8].copy_from_slice(b"7FFFFFF0");
        bomb.extend(vec![0; 1 << 20]);
        assert!(all(&packed(&["gzip", "-c"], &bomb)).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = all(&bytes);
            for magic in [&b"0707010"[..], b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"\x04\x22\x4d\x18", b"\x02\x21\x4c\x18"] {
                let _ = all(&[magic, &bytes].concat());
            }
        }
    }
}
