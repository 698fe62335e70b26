//! First look at a call, before its command line is parsed.

use std::ffi::OsString;

/// Commands that open a guest in a worker. A hook's call does so for the few machines that take part.
const COMMANDS: [&str; 6] = [
    "prepare",
    "plan",
    "verify",
    "revert",
    "inspect",
    "credentials",
];

/// True where a guest is opened in a worker, as far as the first look tells. Parsing takes as long as a
/// part of a worker's start; a worker that was started in vain ends with the program.
pub(crate) fn opens_guest(args: impl Iterator<Item = OsString>) -> bool {
    let args: Vec<OsString> = args.collect();
    let names_editor = |arg: &OsString| arg.as_encoded_bytes().starts_with(b"--editor");
    let Some(command) = args.first().and_then(|arg| arg.to_str()) else {
        return false;
    };
    let is_of_guests = match command {
        "clone" => args.iter().any(|arg| arg == "--prepare"),
        command => COMMANDS.contains(&command) && args.len() > 1,
    };
    is_of_guests && !args.iter().any(names_editor) && !args.iter().any(asks_for_help)
}

fn asks_for_help(arg: &OsString) -> bool {
    arg == "--help" || arg == "-h"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_started_for_commands_that_open_a_guest() {
        let opens = |line: &str| opens_guest(line.split(' ').map(OsString::from));
        for line in [
            "prepare c.qcow2",
            "plan --json c",
            "clone m c --prepare",
            "inspect m",
        ] {
            assert!(opens(line), "{line}");
        }
        for line in [
            "",
            "prepare",
            "prepare --help",
            "prepare --editor appliance c",
            "prepare --editor=ext4 c",
            "clone m c",
            "hook libvirt a prepare begin -",
            "doctor",
            "recover c",
            "--config prepare server list",
        ] {
            assert!(!opens(line), "{line}");
        }
    }
}
