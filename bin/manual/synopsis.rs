//! SYNOPSIS of a page: each flag with its value, and which arguments repeat.

use std::io::{self, Write};

use clap::{Arg, ArgAction, Command};

/// Writes the section.
///
/// # Errors
/// Those of `out`.
pub(super) fn write(command: &Command, words: &[&str], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, ".SH SYNOPSIS")?;
    write!(out, "\\fB{}\\fR", escape(&words.join(" ")))?;
    let shown = |arg: &&Arg| !arg.is_hide_set();
    let (named, positional): (Vec<&Arg>, Vec<&Arg>) = command
        .get_arguments()
        .filter(shown)
        .partition(|arg| !arg.is_positional());
    // A group of which one has to be given is told as a choice.
    let groups: Vec<Vec<&Arg>> = command
        .get_groups()
        .filter(|group| group.is_required_set())
        .map(|group| {
            let ids: Vec<_> = group.get_args().collect();
            let members = named.iter().filter(|arg| ids.contains(&arg.get_id()));
            members.copied().collect()
        })
        .collect();
    for group in &groups {
        let choices: Vec<String> = group.iter().map(|arg| option(arg)).collect();
        write!(out, " {{{}}}", choices.join("|"))?;
    }
    let in_group = |arg: &Arg| {
        groups
            .iter()
            .flatten()
            .any(|one| one.get_id() == arg.get_id())
    };
    for arg in named.into_iter().filter(|arg| !in_group(arg)) {
        match arg.is_required_set() {
            true => write!(out, " {}", option(arg))?,
            false => write!(out, " [{}]", option(arg))?,
        }
    }
    for arg in positional {
        let name = format!("\\fI{}\\fR", escape(&value(arg)));
        let repeats = arg
            .get_num_args()
            .is_some_and(|range| range.max_values() > 1)
            || matches!(arg.get_action(), ArgAction::Append);
        let name = match repeats {
            true => format!("{name}..."),
            false => name,
        };
        match arg.is_required_set() {
            true => write!(out, " {name}")?,
            false => write!(out, " [{name}]")?,
        }
    }
    if command.get_subcommands().next().is_some() {
        write!(out, " \\fICOMMAND\\fR ...")?;
    }
    writeln!(out)
}

/// A flag with its short form and its value.
fn option(arg: &Arg) -> String {
    let short = arg.get_short().map(|short| format!("\\fB\\-{short}\\fR"));
    let long = arg
        .get_long()
        .map(|long| format!("\\fB\\-\\-{}\\fR", escape(long)));
    let mut text = [short, long]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("|");
    if arg.get_action().takes_values() {
        text.push_str(&format!(" \\fI{}\\fR", escape(&value(arg))));
    }
    text
}

fn value(arg: &Arg) -> String {
    match arg.get_value_names() {
        Some(names) => names.join(" "),
        None => arg.get_id().as_str().to_uppercase(),
    }
}

/// Characters that roff takes for its own, and the hyphens of options.
pub(super) fn escape(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-")
}
