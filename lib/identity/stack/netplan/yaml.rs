//! YAML as netplan reads it, with the lines that its parts stand on.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Deepest nesting that is read.
const DEPTH_MAX: usize = 24;

/// A part of a document.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value. Two are equal where their texts are, whatever lines they stand on.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: Node,
    /// The line of the key and the last line of the value, from 1; `None` where the end is not known.
    pub(super) lines: Option<(usize, usize)>,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(one), Self::Scalar(other)) => one == other,
            (Self::List(one), Self::List(other)) => one == other,
            (Self::Map(one), Self::Map(other)) => {
                one.len() == other.len()
                    && one
                        .iter()
                        .zip(other)
                        .all(|(one, other)| one.key == other.key && one.value == other.value)
            }
            _ => false,
        }
    }
}

impl Node {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Scalar(text.into())
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a map; none of anything else.
    pub(super) fn entries(&self) -> &[Entry] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; a lone scalar is one item.
    pub(super) fn items(&self) -> &[Node] {
        match self {
            Self::List(items) => items,
            Self::Scalar(text) if !is_null(text) => std::slice::from_ref(self),
            _ => &[],
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let mut entries = self.entries().iter();
        entries
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    pub(super) fn str_at(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// Sets a key, at its place or at the end. Anything but a map becomes one.
    pub(super) fn set(&mut self, key: &str, value: Node) {
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Vec::new());
        }
        let Self::Map(entries) = self else { return };
        match entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => entry.value = value,
            None => entries.push(Entry {
                key: key.to_owned(),
                value,
                lines: None,
            }),
        }
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Node> {
        let Self::Map(entries) = self else {
            return None;
        };
        let at = entries.iter().position(|entry| entry.key == key)?;
        Some(entries.remove(at).value)
    }

    /// Adds a later document: a scalar replaces, lists and maps grow.
    pub(super) fn merge(&mut self, later: &Node) {
        match (&mut *self, later) {
            (Self::List(items), Self::List(more)) => {
                for item in more {
                    if !items.contains(item) {
                        items.push(item.clone());
                    }
                }
            }
            (Self::Map(entries), Self::Map(more)) => {
                for entry in more {
                    match entries.iter_mut().find(|known| known.key == entry.key) {
                        Some(known) => known.value.merge(&entry.value),
                        None => entries.push(entry.clone()),
                    }
                }
            }
            (_, Self::Scalar(text)) if is_null(text) => {}
            (own, later) => *own = later.clone(),
        }
    }
}

fn is_null(text: &str) -> bool {
    ["", "~", "null", "Null", "NULL"].contains(&text)
}

/// A part that is being read.
enum Open {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        key: Option<(String, usize)>,
    },
}

/// Reads one document; an empty one is an empty map. Anchors, aliases, tags and a key twice are refused:
/// what is edited by lines has to mean what its lines say.
///
/// # Errors
/// The reason, with its line.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    let mut open: Vec<(Open, Option<usize>)> = Vec::new();
    let mut root: Option<Node> = None;
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let line = error.marker().line();
            format!("line {line}: {}", crate::path::printable(error.info()))
        })?;
        let line = span.start.line();
        let refuse = |why: &str| Err(format!("line {line}: {why}"));
        // A closing bracket has a place; the end of a block has none.
        let closes = (!span.is_empty()).then(|| span.end.line());
        let (node, end) = match event {
            Event::Alias(_) => return refuse("an alias (*)"),
            Event::MappingStart(anchor, ref tag) | Event::SequenceStart(anchor, ref tag)
                if anchor != 0 || tag.is_some() =>
            {
                return refuse("an anchor (&) or a tag (!)");
            }
            Event::Scalar(_, _, anchor, ref tag) if anchor != 0 || tag.is_some() => {
                return refuse("an anchor (&) or a tag (!)");
            }
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return refuse("a second document");
                }
                continue;
            }
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if open.len() >= DEPTH_MAX {
                    return refuse("it is nested too deep");
                }
                let new = match event {
                    Event::MappingStart(..) => Open::Map {
                        entries: Vec::new(),
                        key: None,
                    },
                    _ => Open::List(Vec::new()),
                };
                open.push((new, Some(line)));
                continue;
            }
            Event::Scalar(value, style, ..) => {
                let end = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => None,
                    _ if value == "~" && span.is_empty() => Some(0),
                    _ => Some(span.end.line()),
                };
                let is_left_out = value == "~" && span.is_empty();
                let value = if is_left_out {
                    String::new()
                } else {
                    value.into_owned()
                };
                (Node::Scalar(value), end)
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some((Open::List(items), end)) => (
                    Node::List(items),
                    end.map(|end| end.max(closes.unwrap_or(0))),
                ),
                Some((Open::Map { entries, .. }, end)) => (
                    Node::Map(entries),
                    end.map(|end| end.max(closes.unwrap_or(0))),
                ),
                None => return refuse("it ends where nothing began"),
            },
            _ => continue,
        };
        match open.last_mut() {
            None => root = Some(node),
            Some((Open::List(items), last)) => {
                *last = last.zip(end).map(|(last, end)| last.max(end));
                items.push(node);
            }
            Some((Open::Map { entries, key }, last)) => match key.take() {
                None => {
                    let Node::Scalar(name) = node else {
                        return refuse("a key that is no word");
                    };
                    if name == "<<" {
                        return refuse("a merge key (<<)");
                    }
                    if entries.iter().any(|entry| entry.key == name) {
                        return refuse(&format!(
                            "“{}” stands there twice",
                            crate::path::printable(&name)
                        ));
                    }
                    *key = Some((name, line));
                }
                Some((name, at)) => {
                    let end = end.map(|end| end.max(at));
                    *last = last.zip(end).map(|(last, end)| last.max(end));
                    let lines = end.map(|end| (at, end));
                    entries.push(Entry {
                        key: name,
                        value: node,
                        lines,
                    });
                }
            },
        }
    }
    match root {
        None => Ok(Node::Map(Vec::new())),
        Some(Node::Scalar(text)) if is_null(&text) => Ok(Node::Map(Vec::new())),
        Some(Node::Map(entries)) => Ok(Node::Map(entries)),
        Some(_) => Err("line 1: no map of keys".to_owned()),
    }
}

/// Writes a map in block style, each line with this many blanks before it.
pub(super) fn write(node: &Node, indent: usize, text: &mut String) {
    let blanks = " ".repeat(indent);
    for entry in node.entries() {
        let key = scalar(&entry.key);
        match &entry.value {
            Node::Scalar(value) => text.push_str(&format!("{blanks}{key}: {}\n", scalar(value))),
            Node::Map(entries) if entries.is_empty() => {
                text.push_str(&format!("{blanks}{key}: {{}}\n"))
            }
            Node::List(items) if items.is_empty() => text.push_str(&format!("{blanks}{key}: []\n")),
            Node::Map(_) => {
                text.push_str(&format!("{blanks}{key}:\n"));
                write(&entry.value, indent + 2, text);
            }
            Node::List(items) => {
                text.push_str(&format!("{blanks}{key}:\n"));
                for item in items {
                    let mut one = String::new();
                    match item {
                        Node::Scalar(value) => {
                            one.push_str(&format!("{blanks}    {}\n", scalar(value)))
                        }
                        Node::Map(entries) if !entries.is_empty() => {
                            write(item, indent + 4, &mut one)
                        }
                        // A list in a list, or an empty map.
                        _ => one.push_str(&format!("{blanks}    {}\n", flow(item))),
                    }
                    one.replace_range(indent + 2..indent + 3, "-");
                    text.push_str(&one);
                }
            }
        }
    }
}

fn flow(node: &Node) -> String {
    match node {
        Node::Scalar(text) => scalar(text),
        Node::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Node::Map(entries) => {
            let entries = entries.iter();
            let entries: Vec<String> = entries
                .map(|entry| format!("{}: {}", scalar(&entry.key), flow(&entry.value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A scalar as a plain word where nothing could read it otherwise, else in double quotes.
fn scalar(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte);
    let first = text.bytes().next();
    if first.is_some_and(|byte| byte.is_ascii_alphanumeric()) && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() || !c.is_ascii() => {
                quoted.push_str(&format!("\\U{:08x}", u32::from(c)))
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The text without the lines of these definitions under `network: ethernets:`, every other byte kept.
/// `None` where they do not stand on lines of their own, or nothing would be left.
pub(super) fn without(text: &str, ids: &[&str]) -> Option<String> {
    let tree = parse(text).ok()?;
    let network = tree.entries().iter().find(|entry| entry.key == "network")?;
    let ethernets = network
        .value
        .entries()
        .iter()
        .find(|entry| entry.key == "ethernets")?;
    let (mut gone, stay): (Vec<&Entry>, Vec<&Entry>) = ethernets
        .value
        .entries()
        .iter()
        .partition(|entry| ids.contains(&entry.key.as_str()));
    if stay.is_empty() {
        gone.push(ethernets);
    }
    let ranges: Option<Vec<(usize, usize)>> = gone.iter().map(|entry| entry.lines).collect();
    let ranges = ranges?;
    let lines = text.split_inclusive('\n').enumerate();
    let kept: String = lines
        .filter(|(at, _)| {
            !ranges
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&(at + 1)))
        })
        .map(|(_, line)| line)
        .collect();

    let mut wanted = tree.clone();
    let Node::Map(top) = &mut wanted else {
        return None;
    };
    let network = top.iter_mut().find(|entry| entry.key == "network")?;
    match stay.is_empty() {
        true => drop(network.value.remove("ethernets")),
        false => {
            let left = stay.into_iter().cloned().collect();
            network.value.set("ethernets", Node::Map(left));
        }
    }
    (parse(&kept).ok()? == wanted).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "# mine\nnetwork:\n  version: 2\n  ethernets:\n    # first\n    ens3:\n      addresses:\n        - 10.0.0.5/24\n      nameservers: {addresses: [10.0.0.1,\n        10.0.0.2]}\n    # second\n    ens4: {dhcp4: true}  # kept\n";

    #[test]
    fn a_definition_is_cut_out_by_its_lines_alone() {
        let cut = without(TWO, &["ens3"]).unwrap();
        assert_eq!(
            cut,
            "# mine\nnetwork:\n  version: 2\n  ethernets:\n    # first\n    # second\n    ens4: {dhcp4: true}  # kept\n"
        );
        let both = without(TWO, &["ens3", "ens4"]).unwrap();
        assert_eq!(both, "# mine\nnetwork:\n  version: 2\n");
        let empty =
            "network:\n  ethernets:\n    ens3:\n    ens4:\n      dhcp4: true\n  bridges: {}\n";
        assert_eq!(
            without(empty, &["ens3"]).unwrap(),
            "network:\n  ethernets:\n    ens4:\n      dhcp4: true\n  bridges: {}\n"
        );
    }

    #[test]
    fn what_shares_its_lines_with_another_is_not_cut() {
        for text in [
            "network: {ethernets: {ens3: {dhcp4: true}, ens4: {dhcp4: true}}}\n",
            "network:\n  ethernets: {ens3: {dhcp4: true},\n    ens4: {}}\n",
            "network:\n  ethernets:\n    ens3:\n      set-name: |\n        x\n    ens4: {}\n",
        ] {
            assert_eq!(without(text, &["ens3"]), None, "{text}");
        }
    }

    #[test]
    fn anchors_tags_aliases_and_double_keys_are_refused_with_their_line() {
        for (text, line) in [
            ("a: &x 1\n", "line 1"),
            ("a: 1\nb: *x\n", "line 2"),
            ("a: !t 1\n", "line 1"),
            ("a: 1\na: 2\n", "line 2"),
            ("a:\n  <<: {b: 1}\n", "line 2"),
            ("a: 1\n---\nb: 1\n", "line 2"),
            ("a: [1\n", "line "),
            ("- a\n", "line 1"),
        ] {
            let why = parse(text).unwrap_err();
            assert!(
                why.starts_with(line) && !why.contains('\n'),
                "{text}: {why}"
            );
        }
        let deep = "[".repeat(100_000);
        assert!(parse(&format!("a: {deep}")).is_err());
        assert!(parse("").unwrap().entries().is_empty());
        assert!(parse("# nothing\n").unwrap().entries().is_empty());
    }

    #[test]
    fn what_is_written_reads_back() {
        let text = "network:\n  a: \"52:54:00:00:00:01\"\n  b:\n    - x\n    - k: 1\n      l: [1, [2, 3]]\n    - [4]\n    - {}\n  'q \"': \"\\t\\\\ \\u00e9\"\n  c: {}\n  d: []\n  e:\n";
        let tree = parse(text).unwrap();
        let mut out = String::new();
        write(&tree, 0, &mut out);
        assert_eq!(parse(&out).unwrap(), tree, "{out}");
    }
}
