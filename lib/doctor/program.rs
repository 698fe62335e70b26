//! Asking programs.

use std::ffi::OsStr;
use std::io::{Read, Seek};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Time that a program may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most of an answer that is read.
const ENOUGH: u64 = 64 << 10;

/// Reason that a program gave no answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum NoAnswer {
    /// There is no such program in `PATH`.
    Missing,
    /// It did not start, not end, or end with a failure.
    Failed(String),
}

/// Output of a program, when it ends well and in time.
pub(super) fn ask<S: AsRef<OsStr>>(program: &str, args: &[S]) -> Result<String, NoAnswer> {
    let failed = |what: String| NoAnswer::Failed(format!("{program} {what}"));
    // A file, since a pipe could be held open by what the program starts.
    let mut output =
        tempfile::tempfile().map_err(|e| failed(format!("has nowhere to print: {e}")))?;
    let copy = || output.try_clone().map(Stdio::from);
    let (Ok(stdout), Ok(stderr)) = (copy(), copy()) else {
        return Err(failed("has nowhere to print".into()));
    };
    let spawned = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .spawn();
    let mut child = spawned.map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => NoAnswer::Missing,
        _ => failed(format!("cannot be started: {e}")),
    })?;
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                // It may end by itself at this moment.
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed(format!(
                    "did not end within {} s",
                    PATIENCE.as_secs()
                )));
            }
        }
    };
    let mut said = Vec::new();
    output
        .rewind()
        .and_then(|()| output.take(ENOUGH).read_to_end(&mut said))
        .map_err(|e| failed(format!("printed what cannot be read: {e}")))?;
    let said = String::from_utf8_lossy(&said).into_owned();
    match status.success() {
        true => Ok(said),
        false => {
            let last = said
                .trim()
                .lines()
                .last()
                .unwrap_or_default()
                .trim()
                .to_owned();
            Err(failed(format!("ended with {status}: {last}")))
        }
    }
}

/// The version in what a program says of itself: its first word that begins with a digit.
pub(super) fn version_in(said: &str) -> Option<&str> {
    let words = said.lines().next()?.split_whitespace();
    words
        .map(|word| word.trim_end_matches([',', ';']))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_first_word_that_begins_with_a_digit() {
        for (said, version) in [
            (
                "qemu-img version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright (c) 2003\n",
                Some("7.2.22"),
            ),
            ("QEMU emulator version 9.0.2, built\n", Some("9.0.2")),
            ("guestfish 1.48.6\n", Some("1.48.6")),
            ("supermin 5.2.2\n", Some("5.2.2")),
            ("", None),
            ("qemu\n7.2\n", None),
        ] {
            assert_eq!(version_in(said), version, "{said}");
        }
    }

    #[test]
    fn a_program_is_missing_fails_or_answers() {
        assert_eq!(
            ask("osgraft-no-such", &["--version"]),
            Err(NoAnswer::Missing)
        );
        assert_eq!(ask("echo", &["1.2"]), Ok("1.2\n".into()));
        let Err(NoAnswer::Failed(what)) = ask("sh", &["-c", "echo no >&2; exit 3"]) else {
            panic!("it succeeded");
        };
        assert!(
            what.contains("exit status: 3") && what.ends_with(": no"),
            "{what}"
        );
    }
}
