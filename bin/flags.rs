//! Global flags, and the commands that have a use for them.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use crate::exit::Usage;

/// Commands that open guests.
const GUESTS: [&str; 8] = [
    "clone",
    "prepare",
    "plan",
    "verify",
    "revert",
    "inspect",
    "recover",
    "credentials",
];

/// Commands of `share` that open a guest in a master.
const MASTERS: [&str; 3] = ["boot-snippet", "extract", "thin"];

/// True where a command, by its words, has a use for a global flag.
fn uses(command: &[&str], flag: &str) -> bool {
    let is_call = matches!(command, ["hook", "libvirt" | "proxmox"]);
    let is_of_guests = command.first().is_some_and(|name| GUESTS.contains(name));
    let prepares = matches!(command, ["clone" | "prepare" | "plan"]) || is_call;
    let opens_master = matches!(command, ["share", name, ..] if MASTERS.contains(name));
    match flag {
        "json" => !is_call,
        "config" => !matches!(
            command,
            ["completions" | "man" | "explain", ..] | ["hook", "uninstall", ..]
        ),
        "editor" | "key_file" => is_of_guests || is_call || opens_master,
        "master" => {
            (is_of_guests && command != ["clone"])
                || is_call
                || opens_master
                || command == ["doctor"]
        }
        "registry" => {
            prepares
                || matches!(
                    command,
                    ["server" | "pool", ..]
                        | ["share", "remove" | "snippet"]
                        | ["doctor" | "revert" | "credentials"]
                )
        }
        "no_cache" => prepares,
        _ => true,
    }
}

/// A flag that was given to a command which would ignore it.
pub(crate) fn stray(command: &Command, matches: &ArgMatches) -> Option<Usage> {
    let (mut words, mut at) = (Vec::new(), matches);
    while let Some((name, below)) = at.subcommand() {
        words.push(name);
        at = below;
    }
    let only_clones = words == ["clone"] && !at.get_flag("prepare");
    let given = |id: &str| at.value_source(id) == Some(ValueSource::CommandLine);
    let mut flags = command.get_arguments().filter(|arg| arg.is_global_set());
    flags.find_map(|arg| {
        let id = arg.get_id().as_str();
        if !given(id) {
            return None;
        }
        let flag = format!("--{}", arg.get_long()?);
        let command = words.join(" ");
        match uses(&words, id) {
            false if words == ["clone"] => Some(Usage::CloneMaster),
            false => Some(Usage::Stray { flag, command }),
            true if only_clones && !matches!(id, "json" | "config" | "quiet" | "verbose") => {
                Some(Usage::StrayUnprepared { flag })
            }
            true => None,
        }
    })
}

/// Leaves the flags that a command would ignore out of its help, completions and manual page.
pub(crate) fn hide_useless(root: Command) -> Command {
    let flags: Vec<_> = root
        .get_arguments()
        .filter(|arg| arg.is_global_set())
        .cloned()
        .collect();
    hide_below(root, &mut Vec::new(), &flags)
}

fn hide_below(command: Command, words: &mut Vec<String>, flags: &[clap::Arg]) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    if names.is_empty() {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let useless = flags
            .iter()
            .filter(|arg| !uses(&words, arg.get_id().as_str()));
        return command.args(useless.map(|arg| arg.clone().hide(true)));
    }
    names.into_iter().fold(command, |command, name| {
        words.push(name.clone());
        let command = command.mut_subcommand(name, |below| hide_below(below, words, flags));
        words.pop();
        command
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_description_is_sound_and_hides_what_has_no_meaning() {
        let mut command = crate::args::command();
        command.clone().debug_assert();
        command.build();
        let list = command.find_subcommand("server").unwrap();
        let list = list.find_subcommand("list").unwrap();
        let hidden = |id: &str| {
            let mut args = list.get_arguments();
            args.find(|arg| arg.get_id() == id).unwrap().is_hide_set()
        };
        assert!(hidden("master") && hidden("editor") && hidden("no_cache"));
        assert!(!hidden("registry") && !hidden("config") && !hidden("json"));
    }
}
