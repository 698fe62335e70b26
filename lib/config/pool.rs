//! `[[pool]]`.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::error::ConfigError;
use super::line::line_of_key;
use crate::identity::{Ask, Field};
use crate::path::escape;
use crate::pool::{Pool, PoolFault};

/// A string, or a list of them.
#[derive(Default)]
pub(super) struct Words(pub(super) Vec<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FilePool {
    name: String,
    range: String,
    prefix: Option<u8>,
    gateway: Option<String>,
    #[serde(default)]
    dns: Words,
    #[serde(default)]
    search: Words,
    #[serde(default)]
    bridge: Words,
}

/// The pools of a file.
pub(super) fn pools(
    files: &[FilePool],
    text: &str,
    origin: &str,
) -> Result<Vec<Pool>, ConfigError> {
    let (mut names, mut bridges) = (BTreeSet::new(), BTreeSet::new());
    let mut pools = Vec::new();
    for (number, file) in files.iter().enumerate() {
        pools.push(pool(file, number, text, origin)?);
        let twice = |key: &'static str, what: &'static str, name: &str| ConfigError::PoolTwice {
            origin: origin.to_owned(),
            line: line_of_key(text, "pool", number, key),
            what,
            name: escape(name.as_bytes()),
        };
        if !names.insert(&file.name) {
            return Err(twice("name", "the name", &file.name));
        }
        if let Some(bridge) = file.bridge.0.iter().find(|name| !bridges.insert(*name)) {
            return Err(twice("bridge", "the bridge", bridge));
        }
    }
    Ok(pools)
}

fn pool(file: &FilePool, number: usize, text: &str, origin: &str) -> Result<Pool, ConfigError> {
    let mut ask = Ask::default();
    let gateway = file.gateway.as_slice();
    for (field, words) in [
        (Field::Gateway, gateway),
        (Field::Dns, &file.dns.0),
        (Field::Search, &file.search.0),
    ] {
        for word in words {
            ask.put(field, word)
                .map_err(|source| ConfigError::PoolWord {
                    origin: origin.to_owned(),
                    line: line_of_key(text, "pool", number, field.name()),
                    key: field.name(),
                    source,
                })?;
        }
    }
    let fault = |source: PoolFault| {
        let key = match &source {
            PoolFault::Name(_) => "name",
            PoolFault::Gateway(..) => "gateway",
            PoolFault::Prefix(_) if file.prefix.is_some() => "prefix",
            _ => "range",
        };
        ConfigError::Pool {
            origin: origin.to_owned(),
            line: line_of_key(text, "pool", number, key),
            source,
        }
    };
    let mut pool = Pool::new(&file.name, &file.range, file.prefix).map_err(fault)?;
    if let Some(gateway) = ask.gateways.first() {
        pool = pool.gateway(*gateway).map_err(fault)?;
    }
    let bridges = file.bridge.0.clone();
    Ok(pool.dns(ask.dns).search(ask.search).bridges(bridges))
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E>(self, word: &str) -> Result<Words, E> {
                Ok(Words(vec![word.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(Words(words))
            }
        }

        deserializer.deserialize_any(OneOrMore)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    #[test]
    fn a_pool_has_its_range_gateway_name_servers_and_bridges() {
        let text = "[[pool]]\nname = \"web\"\nrange = \"10.0.0.10-10.0.0.99\"\nprefix = 24\n\
            gateway = \"10.0.0.1\"\ndns = \"10.0.0.2\"\nbridge = [\"br0\", \"br1\"]\n\
            [[pool]]\nname = \"db\"\nrange = \"10.1.0.0/24\"\n";
        let pools = Config::parse(text, "c").unwrap().pools;
        assert_eq!(pools[0].range(), "10.0.0.10-10.0.0.99/24");
        assert!(pools[0].is_for("br1") && !pools[1].is_for("br1"));
        assert_eq!(pools[1].name(), "db");
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let first = "[[pool]]\nname = \"web\"\nrange = \"10.0.0.0/24\"\nbridge = \"br0\"\n";
        for (text, told) in [
            (
                "range = \"10.1.0.0/24\"\nname = \"web\"\n",
                "c:7: pool: the name",
            ),
            (
                "name = \"db\"\nrange = \"10.1.0.0/24\"\nbridge = \"br0\"\n",
                "c:8: pool: the bridge",
            ),
            ("name = \"db\"\nrange = \"10.1\"\n", "c:7: pool: “10.1”"),
            (
                "name = \"db\"\nrange = \"10.1.0.1-10.1.0.2\"\n",
                "c:7: pool: the range",
            ),
            (
                "name = \"db\"\nrange = \"10.1.0.0/24\"\ngateway = \"10.2.0.1\"\n",
                "c:8: pool: the gateway",
            ),
            (
                "name = \"db\"\nrange = \"10.1.0.0/24\"\ndns = [\"x\"]\n",
                "c:8: pool.dns: ",
            ),
            (
                "name = \"db\"\nrang = \"10.1.0.0/24\"\n",
                "c:7: unknown field",
            ),
        ] {
            let text = format!("{first}[[pool]]\n{text}");
            let error = Config::parse(&text, "c").unwrap_err().to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
