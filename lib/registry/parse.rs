//! Text of a registry file to servers.
//!
//! The text is read a server at a time: it is cut before each line that begins with `[[server]]`.
//! [`Row`](super::row) takes a piece in its usual form without a document of it; any other piece is
//! read by [`table`](super::table), which finds the line of an error. A cut inside of a string or a
//! list leaves a piece that is no TOML, and then all that follows is read as one.

use std::collections::HashMap;

use toml_edit::Table;

use super::content::{ContentError, StrayHint};
use super::error::RegistryError;
use super::key::Key;
use super::row::Rows;
use super::server::Server;
use super::servers::Servers;
use super::syntax::{document, line_of};
use super::table::{Spotted, found, key_start, server};
use crate::path::escape;
use crate::spelling::nearest;

/// Line that a piece begins with.
const HEADER: &str = "[[server]]";

/// Servers from the text of a registry file; `origin` is what errors call the file.
///
/// The text is TOML 1.0 with nothing but `[[server]]` tables, whose keys are those of
/// [`Key`]. An empty text is a registry without servers. The order of the file is kept.
///
/// # Errors
/// [`RegistryError::Syntax`] and [`RegistryError::Invalid`], each for the first server that is
/// wrong, with its line.
pub fn parse(text: &str, origin: &str) -> Result<Servers, RegistryError> {
    let mut all = All {
        text,
        origin,
        servers: Vec::new(),
        names: HashMap::new(),
    };
    let mut rows = Rows::default();
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    while start < text.len() {
        let end = piece_end(text, start);
        match rows.read(&text[start..end]) {
            Some(Some((name, server))) => all.push(server, start + name)?,
            Some(None) => {}
            None if all.read(start, end)? => {}
            None => {
                let whole = all.read(start, text.len())?;
                debug_assert!(whole, "a text that is no TOML is an error");
                break;
            }
        }
        start = end;
    }
    Ok(Servers::unique(origin, all.servers))
}

/// Behind the piece that begins at a byte: before the next header that begins a line.
fn piece_end(text: &str, start: usize) -> usize {
    let first = text[start..].chars().next();
    let mut at = start + first.map_or(0, char::len_utf8);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(HEADER)) {
        at += found;
        if text.as_bytes()[at - 1] == b'\n' {
            return at;
        }
        at += HEADER.len();
    }
    text.len()
}

/// What was read of a text.
struct All<'a> {
    text: &'a str,
    origin: &'a str,
    servers: Vec<Server>,
    /// Each name, and the byte where it stands.
    names: HashMap<String, usize>,
}

impl All<'_> {
    fn push(&mut self, server: Server, name_at: usize) -> Result<(), RegistryError> {
        if let Some(first_at) = self.names.insert(server.name().to_owned(), name_at) {
            let error = ContentError::DuplicateName {
                name: server.name().to_owned(),
                first_line: line_of(self.text, first_at),
            };
            return Err(self.invalid(name_at, error));
        }
        self.servers.push(server);
        Ok(())
    }

    /// Reads a part of the text as a document; false where it is none and more text follows, of which
    /// the part may be the beginning.
    fn read(&mut self, start: usize, end: usize) -> Result<bool, RegistryError> {
        let (text, origin) = (self.text, self.origin);
        let document = match document(&text[start..end], origin) {
            Ok(document) => document,
            Err(_) if end < text.len() => return Ok(false),
            Err(RegistryError::Syntax { origin, line, why }) => {
                return Err(RegistryError::Syntax {
                    origin,
                    line: line + line_of(text, start) - 1,
                    why,
                });
            }
            Err(error) => return Err(error),
        };
        let found = servers(&document)
            .map_err(|Spotted { at, error }| self.invalid(start + at, error))?;
        for (server, name_at) in found {
            self.push(server, start + name_at)?;
        }
        Ok(true)
    }

    fn invalid(&self, at: usize, error: ContentError) -> RegistryError {
        RegistryError::Invalid {
            origin: self.origin.to_owned(),
            line: line_of(self.text, at),
            error: Box::new(error),
        }
    }
}

/// The servers of a document, each with the byte where its name stands.
fn servers(root: &Table) -> Result<Vec<(Server, usize)>, Spotted> {
    let mut servers = Vec::new();
    for (name, item) in root {
        let at = key_start(root, name);
        if name != "server" {
            return Err(Spotted::new(at, stray(name)));
        }
        let tables = item.as_array_of_tables().ok_or_else(|| {
            let found = found(item);
            Spotted::new(at, ContentError::NotTables { found })
        })?;
        for table in tables {
            servers.push(server(table)?);
        }
    }
    Ok(servers)
}

fn stray(name: &str) -> ContentError {
    let hint = if nearest(name, ["server", "servers"]).is_some() {
        StrayHint::Server
    } else if name.parse::<Key>().is_ok() {
        StrayHint::Key
    } else {
        StrayHint::Unknown
    };
    ContentError::Stray {
        name: escape(name.as_bytes()),
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::State;

    #[test]
    fn what_is_left_out_has_its_documented_default() {
        let text = "[[server]]\nname = \"a\"\nvirtiofs = \"tag\"\n";
        let servers = parse(text, "f").unwrap();
        let server = servers.get("a").unwrap();
        assert_eq!((server.state(), server.weight()), (State::Active, 1));
        assert_eq!((server.os(), server.kernels()), (None, None));
        assert_eq!(server.source().fs_type(), "virtiofs");
    }

    #[test]
    fn an_empty_list_is_known_to_be_empty() {
        let text = "[[server]]\nname = \"a\"\nvirtiofs = \"tag\"\nkernels = []\n";
        let servers = parse(text, "f").unwrap();
        assert_eq!(servers.get("a").unwrap().kernels(), Some(&[][..]));
    }

    #[test]
    fn a_byte_order_mark_and_crlf_do_not_shift_the_line() {
        let text = "\u{feff}# é\r\n[[server]]\r\nname = \"a\"\r\nexport = \"h:/x y\"\r\n";
        let error = parse(text, "f").unwrap_err().to_string();
        assert!(
            error.starts_with("f:4: export: “h:/x y” holds a blank"),
            "{error}"
        );
    }
}
