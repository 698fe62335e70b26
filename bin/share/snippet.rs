//! `share snippet`.

use osgraft::registry::{Needs, select_named};
use osgraft::share::ShareError;
use osgraft::share::snippet::Snippet;

use crate::args::SnippetArgs;
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::setup::Setup;

pub(crate) fn run(args: &SnippetArgs, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let servers = setup.registry()?.servers()?;
    // A server that is down has its devices all the same.
    let server = match servers.get(&args.server) {
        Some(server) => server.clone(),
        None => select_named(&servers, &args.server, &Needs::new(""))?.server,
    };
    let path = std::path::absolute(&args.source).unwrap_or_else(|_| args.source.clone());
    let snippet = Snippet::new(server.name(), server.source(), &path, &args.memory)
        .map_err(ShareError::from)?;
    out.show(&snippet, |_| shown(&snippet));
    Ok(Code::Done)
}

fn shown(snippet: &Snippet) -> String {
    let mut text = String::new();
    if !snippet.domain.is_empty() {
        text.push_str("<!-- libvirt: in <domain> -->\n");
        text.push_str(&snippet.domain.concat());
    }
    text.push_str("<!-- libvirt: in <devices> -->\n");
    text.push_str(&snippet.devices.concat());
    for daemon in &snippet.daemons {
        text.push_str("# beside QEMU, before it\n");
        text.push_str(&quoted(daemon));
    }
    text.push_str("# QEMU\n");
    text.push_str(&quoted(&snippet.qemu));
    for note in &snippet.notes {
        text.push_str(&format!("# {note}\n"));
    }
    text
}

/// Words as a POSIX shell reads them, in one line.
pub(crate) fn quoted(words: &[String]) -> String {
    let quoted: Vec<String> = words
        .iter()
        .map(|word| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+".contains(c);
            match !word.is_empty() && word.chars().all(is_plain) {
                true => word.clone(),
                false => format!("'{}'", word.replace('\'', r"'\''")),
            }
        })
        .collect();
    quoted.join(" ") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        let words = ["-a", "x=y,z", "a b", "it's", "", "$x"].map(str::to_owned);
        assert_eq!(quoted(&words), "-a x=y,z 'a b' 'it'\\''s' '' '$x'\n");
    }
}
