//! The manual pages: section 1 from the command line's own description, section 5 from text.

mod examples;
mod synopsis;

use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_mangen::Man;

use crate::args::{self, EXIT_CODES};
use examples::EXAMPLES;
use synopsis::escape;

/// Pages of section 5.
const FILES: [(&str, &str); 2] = [
    ("osgraft-config.5", include_str!("config.5")),
    ("osgraft-servers.5", include_str!("servers.5")),
];

/// Files that every command may touch, and what for.
const TOUCHED: [(&str, &str); 7] = [
    (
        "/etc/osgraft/config.toml",
        "the configuration: osgraft-config(5). It may be missing",
    ),
    (
        "/etc/osgraft/servers.toml",
        "the registry of OS servers, where the configuration names no other: osgraft-servers(5)",
    ),
    (
        "/etc/osgraft/pools.json",
        "addresses of pools, and the children that have them: beside the registry, wherever that is",
    ),
    (
        "/var/lib/osgraft/masters",
        "a place for master images. images.masters of the configuration decides",
    ),
    (
        "/var/lib/osgraft/hook",
        "the last sound configuration, which the hook goes by where the present one is broken",
    ),
    (
        "/run/osgraft/hook",
        "restores and migrations that libvirt has announced, until their start",
    ),
    (
        "/var/cache/osgraft",
        "edits of identical children, and the appliance's overlays. May be removed at any time; \
         ~/.cache/osgraft for users other than root",
    ),
];

/// Writes each page: its file name and its text go to `put`.
///
/// # Errors
/// Those of `put`.
pub(crate) fn pages(mut put: impl FnMut(&Path, &[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut root = args::command();
    root.build();
    command_pages(&root, &[], &mut put)?;
    for (name, text) in FILES {
        put(Path::new(name), text.as_bytes())?;
    }
    Ok(())
}

fn command_pages(
    command: &Command,
    above: &[&str],
    put: &mut impl FnMut(&Path, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut words = above.to_vec();
    words.push(command.get_name());
    let name = words.join("-");
    put(Path::new(&format!("{name}.1")), &page(command, &words)?)?;
    for below in command
        .get_subcommands()
        .filter(|below| !below.is_hide_set())
    {
        // What “help” takes is told by the page of the command itself.
        if below.get_name() != "help" {
            command_pages(below, &words, put)?;
        }
    }
    Ok(())
}

/// One command's page. `words` is how it is called.
fn page(command: &Command, words: &[&str]) -> io::Result<Vec<u8>> {
    let name = words.join("-");
    let version = concat!("osgraft ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone().display_name(name.clone()))
        .title(name.to_uppercase())
        .section("1")
        .source(version)
        .manual("osgraft manual");
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    synopsis::write(command, words, &mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if command.get_subcommands().next().is_some() {
        commands(command, &name, &mut out)?;
    }
    exit_status(&mut out)?;
    files(&mut out)?;
    examples(words, &mut out)?;
    see_also(words, &mut out)?;
    Ok(out)
}

fn commands(command: &Command, name: &str, out: &mut Vec<u8>) -> io::Result<()> {
    writeln!(out, ".SH COMMANDS")?;
    for below in command
        .get_subcommands()
        .filter(|below| !below.is_hide_set())
    {
        let about = below.get_about().map(ToString::to_string);
        let page = match below.get_name() {
            "help" => format!("{name} help"),
            word => format!("{name}-{word}"),
        };
        let section = match below.get_name() {
            "help" => "",
            _ => "(1)",
        };
        writeln!(out, ".TP\n\\fB{}\\fR{section}", escape(&page))?;
        writeln!(out, "{}", text(&about.unwrap_or_default()))?;
    }
    Ok(())
}

/// The codes, and what goes for all of them.
fn exit_status(out: &mut Vec<u8>) -> io::Result<()> {
    writeln!(out, ".SH \"EXIT STATUS\"")?;
    for line in EXIT_CODES.lines().skip(1) {
        match line.trim_start().split_once("  ") {
            Some((code, meaning)) => {
                writeln!(out, ".TP\n\\fB{}\\fR\n{}", escape(code), text(meaning))?;
            }
            None if line.is_empty() => writeln!(out, ".PP")?,
            None => writeln!(out, "{}", text(line))?,
        }
    }
    Ok(())
}

fn files(out: &mut Vec<u8>) -> io::Result<()> {
    writeln!(out, ".SH FILES")?;
    for (path, what) in TOUCHED {
        writeln!(out, ".TP\n\\fI{}\\fR\n{}.", escape(path), text(what))?;
    }
    Ok(())
}

fn examples(words: &[&str], out: &mut Vec<u8>) -> io::Result<()> {
    let called = words.join(" ");
    let mine = EXAMPLES.iter().filter(|example| example.of == called);
    for (number, example) in mine.enumerate() {
        if number == 0 {
            writeln!(out, ".SH EXAMPLES")?;
        }
        writeln!(out, ".PP\n{}:", text(example.does))?;
        writeln!(out, ".PP\n.RS 4\n.nf\n{}\n.fi\n.RE", text(example.command))?;
    }
    Ok(())
}

fn see_also(words: &[&str], out: &mut Vec<u8>) -> io::Result<()> {
    let mut pages: Vec<String> = (1..words.len())
        .map(|count| format!("{}(1)", words[..count].join("-")))
        .collect();
    pages.push("osgraft-config(5)".into());
    pages.push("osgraft-servers(5)".into());
    pages.push("qemu-img(1)".into());
    let shown: Vec<String> = pages
        .iter()
        .map(|page| {
            let (name, section) = page.split_at(page.len() - 3);
            format!("\\fB{}\\fR{section}", escape(name))
        })
        .collect();
    writeln!(out, ".SH \"SEE ALSO\"\n{}", shown.join(", "))
}

/// A line of text: what begins a request there is shown as it is.
fn text(line: &str) -> String {
    let line = escape(line);
    match line.starts_with(['.', '\'']) {
        true => format!("\\&{line}"),
        false => line,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn all() -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        pages(|name, text| {
            let text = String::from_utf8(text.to_vec()).unwrap();
            all.insert(name.to_str().unwrap().to_owned(), text);
            Ok(())
        })
        .unwrap();
        all
    }

    /// Names of the commands, as the pages are called.
    fn names(command: &Command, above: &str, into: &mut Vec<String>) {
        let name = format!("{above}{}", command.get_name());
        for below in command.get_subcommands() {
            if below.get_name() != "help" && !below.is_hide_set() {
                names(below, &format!("{name}-"), into);
            }
        }
        into.push(name);
    }

    #[test]
    fn each_command_has_a_page_with_all_its_flags_and_their_values_in_the_synopsis() {
        let all = all();
        let mut root = args::command();
        root.build();
        let mut commands = Vec::new();
        names(&root, "", &mut commands);
        assert_eq!(commands.len() + FILES.len(), all.len());
        let prepare = &all["osgraft-prepare.1"];
        let synopsis = prepare
            .split(".SH")
            .find(|part| part.starts_with(" SYNOPSIS"));
        let synopsis = synopsis.unwrap();
        for part in [
            "\\-\\-jobs\\fR \\fIN\\fR",
            "\\-\\-server\\fR \\fINAME\\fR",
            "\\fICHILD\\fR...",
        ] {
            assert!(synopsis.contains(part), "{part} in {synopsis}");
        }
        for (name, text) in &all {
            for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "FILES", "\"SEE ALSO\""] {
                assert!(
                    text.contains(&format!(".SH {section}")),
                    "{name}: {section}"
                );
            }
        }
    }

    #[test]
    fn the_page_of_the_configuration_names_each_key_that_the_parser_knows() {
        let page = &all()["osgraft-config.5"];
        let tables = [
            "[zzz]",
            "[share]",
            "[[share.links]]",
            "[registry]",
            "[images]",
            "[preflight]",
            "[boot]",
            "[hook]",
            "[[hook.vm]]",
            "[hook.libvirt]",
            "[hook.proxmox]",
            "[identity]",
            "[[pool]]",
        ];
        let mut count = 0;
        for table in tables {
            // The parser names what it knows where it meets what it does not know.
            let error = osgraft::config::Config::parse(&format!("{table}\nzzz = 1"), "page");
            let error = error.unwrap_err().to_string();
            let (_, known) = error.split_once("expected").unwrap();
            for key in known.split('`').skip(1).step_by(2) {
                let is_table = page.contains(&format!(".SH [{key}]"))
                    || page.contains(&format!(".SH [[{key}]]"))
                    || page.contains(&format!(".SH [[hook.{key}]]"))
                    || page.contains(&format!(".SH [hook.{key}]"));
                let is_key = page.contains(&format!("\\fB{key}\\fR"));
                assert!(is_table || is_key, "{table} {key}");
                count += 1;
            }
        }
        assert!(count > 20, "{count} keys");
    }

    #[test]
    fn the_page_of_the_registry_names_each_key_of_a_server() {
        let page = &all()["osgraft-servers.5"];
        for key in osgraft::registry::Key::ALL {
            assert!(page.contains(&format!("\\fB{key}\\fR")), "{key}");
        }
    }
}
