//! Programs that make and check images.

use std::ffi::OsString;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use super::error::DiskImageError;
use super::format::Format;
use crate::path::printable;

/// The most of what a program says that is read, and that an error shows.
const SAID: u64 = 64 << 10;
const SHOWN: usize = 200;

/// Runs the program that makes an image.
pub(super) fn run(
    format: Format,
    compression: &'static str,
    program: &'static str,
    arguments: &[OsString],
) -> Result<(), DiskImageError> {
    let (status, said) = end(format, program, arguments)?;
    if status.success() {
        return Ok(());
    }
    let about_it = said.lines().find(|line| line.contains("ompressor"));
    Err(match about_it.filter(|_| compression != "none") {
        Some(line) => DiskImageError::OldTool {
            program,
            compression,
            format,
            said: shown(line),
        },
        None => DiskImageError::Tool {
            program,
            status: status.to_string(),
            said: shown(&said),
        },
    })
}

/// Has the format's own checker read an image.
pub(super) fn check(format: Format, image: &Path) -> Result<(), DiskImageError> {
    let (program, arguments) = match format {
        Format::Erofs => ("fsck.erofs", vec!["--extract".into(), image.into()]),
        Format::Squashfs => ("unsquashfs", vec!["-s".into(), image.into()]),
    };
    let arguments: Vec<OsString> = arguments;
    let (status, said) = end(format, program, &arguments)?;
    match status.success() {
        true => Ok(()),
        false => {
            let what = format!("{program}: {}", shown(&said));
            Err(DiskImageError::differs(format.program(), what))
        }
    }
}

/// The program and its version, as far as it says it.
pub(super) fn version(format: Format) -> String {
    let argument = match format {
        Format::Erofs => "-V",
        Format::Squashfs => "-version",
    };
    let said = end(format, format.program(), &[argument.into()]);
    let said = said.map(|(_, said)| said).unwrap_or_default();
    let first = said.lines().find(|line| !line.trim().is_empty());
    let first = first.unwrap_or(format.program()).trim();
    printable(first).chars().take(SHOWN).collect()
}

/// End of a program, and its output. Nothing of this process' environment reaches it but `PATH`: a
/// `SOURCE_DATE_EPOCH` would change the image.
fn end(
    format: Format,
    program: &'static str,
    arguments: &[OsString],
) -> Result<(ExitStatus, String), DiskImageError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => DiskImageError::NoTool { program, format },
        _ => DiskImageError::write("run", Path::new(program))(error),
    };
    let mut output = tempfile::tempfile().map_err(failed)?;
    let copy = || output.try_clone().map(Stdio::from).map_err(failed);
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/sbin:/usr/bin:/sbin:/bin".into());
    let status = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", path)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(copy()?)
        .stderr(copy()?)
        .status()
        .map_err(failed)?;
    let mut said = Vec::new();
    let len = output.metadata().map_err(failed)?.len();
    let start = io::SeekFrom::Start(len.saturating_sub(SAID));
    output
        .seek(start)
        .and_then(|_| output.take(SAID).read_to_end(&mut said))
        .map_err(failed)?;
    Ok((status, String::from_utf8_lossy(&said).into_owned()))
}

/// The last line that a program said.
fn shown(said: &str) -> String {
    let mut lines = said.lines().rev().map(str::trim);
    let last = lines.find(|line| !line.is_empty()).unwrap_or_default();
    printable(last).chars().take(SHOWN).collect()
}
