//! One server as a value of a store: JSON, with the number of its schema.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

use super::content::{ContentError, Expected};
use super::key::{Key, Kind};
use super::server::Server;
use super::value::{Value, Written};
use crate::path::escape;

/// Number of the schema.
const SCHEMA: u64 = 1;
/// Most bytes of a server.
const MOST: usize = 64 << 10;

#[derive(Serialize)]
struct Record<'a> {
    schema: u64,
    server: &'a Server,
}

#[derive(Deserialize)]
struct Found {
    schema: u64,
    server: Map<String, Json>,
}

/// The value of a server.
pub(super) fn written(server: &Server) -> Vec<u8> {
    let record = Record {
        schema: SCHEMA,
        server,
    };
    serde_json::to_vec(&record).expect("a server is strings, lists of strings and numbers")
}

/// The server of this name; the reason why the value is none, in one line.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Server, String> {
    if bytes.len() > MOST {
        return Err(format!("it is larger than {MOST} bytes"));
    }
    let text = str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let found: Found = serde_json::from_str(text).map_err(|why| {
        let why = escape(why.to_string().as_bytes());
        format!("it is no JSON of a server: {why}")
    })?;
    if found.schema != SCHEMA {
        let schema = found.schema;
        return Err(format!(
            "its schema is {schema}, of which this program knows {SCHEMA}"
        ));
    }
    let server = server(&found.server).map_err(|why| why.to_string())?;
    match server.name() == name {
        true => Ok(server),
        false => Err(format!("it names itself “{}”", server.name())),
    }
}

fn server(map: &Map<String, Json>) -> Result<Server, ContentError> {
    let mut values = Vec::new();
    for (word, json) in map {
        let key: Key = word.parse()?;
        values.push(Value::new(key, &typed(key, json)?)?);
    }
    Server::of_values(values).map_err(|(_, error)| error)
}

/// A value in the type that its key has.
fn typed(key: Key, json: &Json) -> Result<Written<'_>, ContentError> {
    let wrong = || ContentError::WrongType {
        key,
        found: named(json),
        expected: Expected(key.kind()),
    };
    match key.kind() {
        Kind::Text => Ok(Written::Text(json.as_str().ok_or_else(wrong)?.into())),
        Kind::Integer => Ok(Written::Integer(json.as_i64().ok_or_else(wrong)?)),
        Kind::List => {
            let text = |element: &'_ Json| match element.as_str() {
                Some(text) => Ok(Cow::Owned(text.to_owned())),
                None => Err(ContentError::WrongElement {
                    key,
                    found: named(element),
                }),
            };
            let list = json.as_array().ok_or_else(wrong)?;
            Ok(Written::List(
                list.iter().map(text).collect::<Result<_, _>>()?,
            ))
        }
    }
}

fn named(json: &Json) -> &'static str {
    match json {
        Json::Null => "nothing",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Source;

    #[test]
    fn a_server_is_read_as_it_was_written() {
        let server = Server::new("a", Source::disk("LABEL=os", "erofs").unwrap()).unwrap();
        let server = server
            .with_kernels(["6.1.0-37-amd64"])
            .unwrap()
            .with_weight(7)
            .unwrap();
        let server = server
            .with_options("ro,soft")
            .unwrap()
            .with_os("debian")
            .unwrap();
        let bytes = written(&server);
        assert!(bytes.starts_with(br#"{"schema":1,"server":{"name":"a","disk":"LABEL=os""#));
        assert_eq!(read("a", &bytes), Ok(server));
    }

    #[test]
    fn what_is_no_server_is_told_in_one_line() {
        let large = vec![b' '; MOST + 1];
        for (bytes, part) in [
            (&b"\xff"[..], "not UTF-8"),
            (b"", "no JSON of a server"),
            (b"{}", "no JSON of a server"),
            (&large, "larger than 65536 bytes"),
            (
                br#"{"schema":2,"server":{"name":"a","new":[]}}"#,
                "its schema is 2",
            ),
            (
                br#"{"schema":1,"server":{"name":"a"}}"#,
                "export: is missing",
            ),
            (
                br#"{"schema":1,"server":{"name":"b","export":"h:/x"}}"#,
                "names itself “b”",
            ),
            (
                br#"{"schema":1,"server":{"name":"a","export":"h:/x\nevil / nfs"}}"#,
                "line break",
            ),
            (
                br#"{"schema":1,"server":{"name":"a","export":"h:/x","colour":"red"}}"#,
                "colour",
            ),
            (
                br#"{"schema":1,"server":{"name":"a","export":"h:/x","weight":"1"}}"#,
                "weight: is a string",
            ),
            (
                br#"{"schema":1,"server":{"name":"a","export":"h:/x","weight":-1}}"#,
                "out of range",
            ),
            (
                br#"{"schema":1,"server":{"name":"a","export":"h:/x","kernels":[1]}}"#,
                "holds a number",
            ),
        ] {
            let why = read("a", bytes).unwrap_err();
            assert!(why.contains(part) && !why.contains('\n'), "{why}");
        }
    }
}
