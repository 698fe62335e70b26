//! A command line that does not parse, or that asks for help.

use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::exit::{Code, Failure, Usage};
use crate::output::{Output, unless_broken_pipe};

/// Shows the help that was asked for, or tells what does not parse, and says how the program ends.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            return match error.print().or_else(unless_broken_pipe) {
                Ok(()) => Code::Done.into(),
                Err(_) => Code::Host.into(),
            };
        }
        // Who asks for nothing is shown what there is.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // It goes to standard error; should that be gone, there is nowhere to say so.
            let _ = error.print();
            return Code::Usage.into();
        }
        _ => {}
    }
    let failure = Failure::from(Usage::CommandLine(in_one_line(error)));
    // The flags could not be read, so the one that decides is looked for by hand.
    let json = std::env::args_os()
        .take_while(|arg| arg != "--")
        .any(|arg| arg == "--json");
    let mut out = Output::plain(json);
    let code = out.failure(&failure);
    out.finish(code)
}

/// Message of clap, which is a paragraph with hints, in one line.
fn in_one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = ["\n\nUsage:", "\n\nFor more information"]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min()
        .unwrap_or(text.len());
    let mut line = String::new();
    for part in text[..end].lines().map(str::trim) {
        let between = match line.chars().last() {
            _ if part.is_empty() => continue,
            None => "",
            Some(':') => " ",
            Some(_) => "; ",
        };
        line.push_str(between);
        line.push_str(part);
    }
    // With a usage line clap knows which command was meant.
    let usage = text[end..].trim_start().strip_prefix("Usage:");
    let command = usage.unwrap_or_default().split_whitespace();
    let help: Vec<&str> = command
        .take_while(|word| !word.starts_with(['[', '<', '-']))
        .chain(["--help"])
        .collect();
    line.push_str(&format!("; try “{}”", help.join(" ")));
    line
}
