//! The architecture of a guest's programs, from an ELF header (elf(5)).

use serde::Serialize;

use super::super::GuestError;
use super::probe::{Probe, Reason};
use crate::path::GuestPath;

/// Largest program that is read whole for its header. The smallest one is read first, so this is
/// met only where a static busybox or the like is all there is.
const LIMIT: u64 = 64 << 20;

/// The architecture of a guest's programs.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Machine {
    /// As `uname -m` names it: `x86_64`, `aarch64`, …
    ///
    /// 32-bit ARM is `armv7l` in all its versions, which the header does not tell apart.
    pub name: &'static str,
    /// The program that says so, links resolved.
    pub source: GuestPath,
}

/// Programs that run on the guest's own architecture.
const PROGRAMS: [&str; 8] = [
    "/usr/bin/true",
    "/bin/true",
    "/usr/bin/sh",
    "/bin/sh",
    "/sbin/init",
    "/usr/lib/systemd/systemd",
    "/lib/systemd/systemd",
    "/bin/busybox",
];
/// Linkers of one directory that are tried.
const LINKERS_TRIED: usize = 4;
/// Places of the dynamic linkers. They come after the programs, since a guest may hold those of
/// foreign architectures as well, and the 64-bit ones before the others.
const LINKERS: [&str; 3] = ["/lib64", "/lib", "/usr/lib"];

pub(super) fn gather(probe: &mut Probe<'_>) -> Result<Option<Machine>, GuestError> {
    let mut programs = Vec::new();
    for path in PROGRAMS {
        programs.extend(probe.file(path)?);
    }
    if let Some(machine) = first_machine(probe, programs)? {
        return Ok(Some(machine));
    }
    for directory in LINKERS {
        let Some((directory, names)) = probe.directory(directory)? else {
            continue;
        };
        let is_linker =
            |name: &&Vec<u8>| name.starts_with(b"ld-linux") || name.starts_with(b"ld-musl-");
        let mut linkers = Vec::new();
        for name in names.iter().filter(is_linker).take(LINKERS_TRIED) {
            if let Ok(path) = directory.join(name) {
                linkers.extend(probe.file_at(&path)?);
            }
        }
        if let Some(machine) = first_machine(probe, linkers)? {
            return Ok(Some(machine));
        }
    }
    Ok(None)
}

fn first_machine(
    probe: &mut Probe<'_>,
    mut files: Vec<(GuestPath, u64)>,
) -> Result<Option<Machine>, GuestError> {
    files.sort_by(|(a, small), (b, large)| small.cmp(large).then_with(|| a.cmp(b)));
    files.dedup();
    for (source, _) in files {
        let Some(program) = probe.content_at(&source, LIMIT)? else {
            continue;
        };
        match machine(&program) {
            Some(name) => return Ok(Some(Machine { name, source })),
            None if program.starts_with(b"#!") => {}
            None => {
                let detail = "no ELF program of a known machine".to_owned();
                probe.note(&source, Reason::WrongKind, detail);
            }
        }
    }
    Ok(None)
}

/// The `uname -m` name of the machine that an ELF file is for.
fn machine(program: &[u8]) -> Option<&'static str> {
    let header = program.get(..20)?;
    if !header.starts_with(b"\x7fELF") {
        return None;
    }
    let wide = match header[4] {
        1 => false,
        2 => true,
        _ => return None,
    };
    let code = [header[18], header[19]];
    let (little, code) = match header[5] {
        1 => (true, u16::from_le_bytes(code)),
        2 => (false, u16::from_be_bytes(code)),
        _ => return None,
    };
    // Codes: linux/elf-em.h. Names: each architecture's UTS_MACHINE.
    Some(match (code, wide, little) {
        (3 | 6, false, true) => "i686",
        // Also with 32-bit pointers (x32).
        (62, _, true) => "x86_64",
        (183, true, true) => "aarch64",
        (183, true, false) => "aarch64_be",
        (40, false, true) => "armv7l",
        (40, false, false) => "armv7b",
        (21, true, true) => "ppc64le",
        (21, true, false) => "ppc64",
        (20, false, false) => "ppc",
        (22, true, false) => "s390x",
        (22, false, false) => "s390",
        (243, true, true) => "riscv64",
        (243, false, true) => "riscv32",
        (258, true, true) => "loongarch64",
        (8, true, _) => "mips64",
        (8, false, _) => "mips",
        (43, true, false) => "sparc64",
        (2 | 18, false, false) => "sparc",
        (50, true, true) => "ia64",
        (15, _, false) => "parisc",
        (4, false, false) => "m68k",
        (0x9026, true, true) => "alpha",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(class: u8, data: u8, code: u16) -> Vec<u8> {
        let mut header = b"\x7fELF".to_vec();
        header.extend([class, data, 1, 0]);
        header.resize(18, 0);
        header.extend(match data {
            2 => code.to_be_bytes(),
            _ => code.to_le_bytes(),
        });
        header
    }

    #[test]
    fn a_header_gives_the_name_that_uname_gives() {
        for (class, data, code, name) in [
            (2, 1, 62, "x86_64"),
            (1, 1, 62, "x86_64"),
            (1, 1, 3, "i686"),
            (2, 1, 183, "aarch64"),
            (1, 1, 40, "armv7l"),
            (2, 1, 21, "ppc64le"),
            (2, 2, 21, "ppc64"),
            (2, 2, 22, "s390x"),
            (2, 1, 243, "riscv64"),
            (2, 1, 258, "loongarch64"),
        ] {
            assert_eq!(machine(&header(class, data, code)), Some(name), "{name}");
        }
    }

    #[test]
    fn what_is_no_whole_known_header_gives_nothing() {
        assert_eq!(machine(b""), None);
        assert_eq!(machine(b"#!/bin/sh\nexec busybox sh"), None);
        assert_eq!(machine(&header(2, 1, 62)[..19]), None);
        assert_eq!(machine(&header(0, 1, 62)), None);
        assert_eq!(machine(&header(2, 3, 62)), None);
        assert_eq!(machine(&header(2, 1, 0xffff)), None);
    }
}
