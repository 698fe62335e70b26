//! Text of a registry file to servers.

use std::collections::HashMap;

use toml_edit::Table;

use super::error::RegistryError;
use super::fault::{Fault, StrayHint};
use super::key::Key;
use super::nearest::nearest;
use super::server::Server;
use super::servers::Servers;
use super::syntax::{document, line_of};
use super::table::{Spotted, found, key_start, server};
use crate::path::escape;

/// Servers from the text of a registry file; `origin` is what errors call the file.
///
/// The text is TOML 1.0 with nothing but `[[server]]` tables, whose keys are those of
/// [`Key`]. An empty text is a registry without servers. The order of the file is kept.
///
/// # Errors
/// [`RegistryError::Syntax`] and [`RegistryError::Invalid`], each for the first thing found, with
/// its line.
pub fn parse(text: &str, origin: &str) -> Result<Servers, RegistryError> {
    let document = document(text, origin)?;
    let lines = |at: usize| line_of(text, at);
    match servers(&document, &lines) {
        Ok(servers) => Ok(Servers::unique(origin, servers)),
        Err(Spotted { at, fault }) => Err(RegistryError::Invalid {
            origin: origin.to_owned(),
            line: lines(at),
            fault: Box::new(fault),
        }),
    }
}

fn servers(root: &Table, lines: &dyn Fn(usize) -> usize) -> Result<Vec<Server>, Spotted> {
    let mut servers = Vec::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for (name, item) in root {
        let at = key_start(root, name);
        if name != "server" {
            return Err(Spotted::new(at, stray(name)));
        }
        let tables = item.as_array_of_tables().ok_or_else(|| {
            let found = found(item);
            Spotted::new(at, Fault::NotTables { found })
        })?;
        for table in tables {
            let (server, name_at) = server(table)?;
            if let Some(first_at) = names.insert(server.name().to_owned(), name_at) {
                let fault = Fault::DuplicateName {
                    name: server.name().to_owned(),
                    first_line: lines(first_at),
                };
                return Err(Spotted::new(name_at, fault));
            }
            servers.push(server);
        }
    }
    Ok(servers)
}

fn stray(name: &str) -> Fault {
    let hint = if nearest(name, ["server", "servers"]).is_some() {
        StrayHint::Server
    } else if name.parse::<Key>().is_ok() {
        StrayHint::Key
    } else {
        StrayHint::Unknown
    };
    Fault::Stray {
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
