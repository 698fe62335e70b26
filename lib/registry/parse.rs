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
    let mut start = 0;
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

/// Result of reading a text.
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
        let found =
            servers(&document).map_err(|Spotted { at, error }| self.invalid(start + at, error))?;
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

    /// Servers of a text read as one document, without pieces and rows.
    fn whole(text: &str) -> Result<Servers, RegistryError> {
        let mut all = All {
            text,
            origin: "f",
            servers: Vec::new(),
            names: HashMap::new(),
        };
        assert!(all.read(0, text.len())?);
        Ok(Servers::unique("f", all.servers))
    }

    #[test]
    fn a_header_inside_of_a_string_or_a_list_begins_no_server() {
        let sound = "[[server]]\nname = \"a\"\nvirtiofs = \"t\"\n";
        for (more, line) in [
            ("options = \"\"\"\n[[server]]\n\"\"\"\n", 4),
            ("options = '''\n[[server]]\nname = \"b\"\n'''\n", 4),
            ("kernels = [\n[[server]]\n]\n", 5),
            (
                "# \"\"\"\n[[server]]\nname = \"a\"\nvirtiofs = \"u\"\n# \"\"\"\n",
                6,
            ),
            ("[[server]]\nname = \"b\"\nvirtiofs = \"t\nos = \"x\"\n", 6),
        ] {
            let text = format!("{sound}{more}");
            let error = parse(&text, "f").unwrap_err().to_string();
            assert!(error.starts_with(&format!("f:{line}: ")), "{error}");
            assert_eq!(error, whole(&text).unwrap_err().to_string());
        }
    }

    #[test]
    fn of_ten_thousand_servers_the_one_that_is_wrong_is_told() {
        let mut text = String::new();
        for number in 0..10_000 {
            text.push_str(&format!(
                "[[server]]\nname = \"s{number}\"\nexport = \"h:/x\"\n\n"
            ));
        }
        let servers = parse(&text, "f").unwrap();
        assert_eq!(servers.len(), 10_000);
        assert_eq!(servers.iter().nth(9_999).unwrap().name(), "s9999");
        let at = text.find("[[server]]\nname = \"s7000\"").unwrap();
        let line = 1 + text[..at].matches('\n').count();
        for (wrong, behind, told) in [
            ("weight = -1\n", 3, "weight: “-1” is out of range"),
            ("options = \"softt\"\n", 3, "did you mean “soft”?"),
            ("os = \n", 3, "not TOML: "),
        ] {
            let mut broken = text.clone();
            broken.insert_str(broken[at..].find("\n\n").unwrap() + at + 1, wrong);
            let error = parse(&broken, "f").unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("f:{}: ", line + behind)),
                "{error}"
            );
            assert!(error.contains(told), "{error}");
        }
        let twice = text.replacen("\"s7000\"", "\"s42\"", 1);
        let error = parse(&twice, "f").unwrap_err().to_string();
        let first = 4 * 42 + 2;
        let expected = format!(
            "f:{}: name: “s42” is taken by the server in line {first}",
            line + 1
        );
        assert!(error.starts_with(&expected), "{error}");
    }

    const LINES: [&str; 18] = [
        "[[server]]\n",
        "[[server]] # x\r\n",
        "  [[server]]\n",
        "[server]\n",
        "name = \"a\"\n",
        "name = 'b'\n",
        "name = \"c\"",
        "export = \"h:/x\"\n",
        "virtiofs = \"t\"\r\n",
        "kernels = [\n\"1\", # x\n]\n",
        "kernels = [\n",
        "weight = 0x1f\n",
        "weight = 1_0\n",
        "os = \"\"\"\n",
        "\"\"\"\n",
        "os.id = 1\n",
        "# é\n",
        "\n",
    ];

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(2048))]

        /// In pieces a text gives the same servers as in one; what is wrong there is wrong here.
        #[test]
        fn reading_in_pieces_is_reading(lines in proptest::collection::vec(0..LINES.len(), 0..14)) {
            let text: String = lines.iter().map(|line| LINES[*line]).collect();
            match (parse(&text, "f"), whole(&text)) {
                (Ok(pieces), Ok(whole)) => proptest::prop_assert_eq!(pieces, whole),
                (Err(_), Err(_)) => {}
                (pieces, whole) => proptest::prop_assert!(false, "{:?} {:?}", pieces, whole),
            }
        }
    }
}
