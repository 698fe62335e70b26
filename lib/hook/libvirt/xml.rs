//! XML within limits: what is parsed has been measured first.

use roxmltree::{Document, Node, ParsingOptions};

use crate::path::escape;

/// Most bytes of domain XML. libvirt's own are a few thousand.
pub const MAX_BYTES: usize = 1 << 20;
/// Deepest nesting of elements. libvirt's own is some ten, and metadata may add to it.
pub const MAX_DEPTH: usize = 64;
/// Most elements.
const MAX_ELEMENTS: usize = 1 << 15;
/// Most attributes of one element: they are compared with each other.
const MAX_ATTRIBUTES: usize = 128;
/// Most namespace declarations in all: each is carried to all elements within.
const MAX_NAMESPACES: usize = 256;

/// Reason that XML is not read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// Larger than [`MAX_BYTES`].
    #[error("larger than {MAX_BYTES} bytes: no domain's description is")]
    TooLarge,
    /// Not UTF-8, in which libvirt writes.
    #[error("not UTF-8: libvirt writes nothing else")]
    NotUtf8,
    /// A document type declaration, which can define entities.
    #[error("it holds a DOCTYPE: libvirt writes none, and nothing of it was read")]
    Doctype,
    /// Elements nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} elements: no domain's description is")]
    TooDeep,
    /// More of something than any domain has.
    #[error("it holds more than {limit} {of}: no domain's description does")]
    TooMany {
        /// The bound.
        limit: usize,
        /// Of what.
        of: &'static str,
    },
    /// Not well formed.
    #[error("not well formed: {0}")]
    Malformed(String),
    /// Something else than a domain.
    #[error("its outermost element is “{0}”, not “domain”")]
    NotADomain(String),
    /// The domain has no name.
    #[error("the domain has no <name>")]
    NoName,
}

/// Reads text that is to be a document. Time and memory grow no faster than its length.
pub(super) fn parse(text: &[u8]) -> Result<Document<'_>, XmlError> {
    if text.len() > MAX_BYTES {
        return Err(XmlError::TooLarge);
    }
    let text = std::str::from_utf8(text).map_err(|_| XmlError::NotUtf8)?;
    measure(text.as_bytes())?;
    let options = ParsingOptions {
        allow_dtd: false,
        // Texts, comments and instructions count too.
        nodes_limit: u32::try_from(4 * MAX_ELEMENTS).unwrap_or(u32::MAX),
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => XmlError::TooMany {
            limit: 4 * MAX_ELEMENTS,
            of: "nodes",
        },
        roxmltree::Error::DtdDetected => XmlError::Doctype,
        error => XmlError::Malformed(escape(error.to_string().as_bytes())),
    })
}

/// Goes through the markup once and holds it against the limits. Whether it is well formed is the
/// parser's to judge; what is not may be measured wrongly, but never as less than it is: wherever
/// the two disagree the parser has stopped already.
fn measure(text: &[u8]) -> Result<(), XmlError> {
    let (mut depth, mut elements, mut namespaces) = (0_usize, 0_usize, 0_usize);
    let mut rest = text;
    while let Some(start) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[start..];
        let skipped = [
            (&b"<!--"[..], &b"-->"[..]),
            (b"<![CDATA[", b"]]>"),
            (b"<?", b"?>"),
        ];
        if let Some((begin, end)) = skipped.iter().find(|(begin, _)| rest.starts_with(begin)) {
            let body = &rest[begin.len()..];
            let Some(at) = body.windows(end.len()).position(|window| window == *end) else {
                return Ok(());
            };
            rest = &body[at + end.len()..];
            continue;
        }
        if rest.starts_with(b"<!") {
            return Err(XmlError::Doctype);
        }
        let tag = Tag::measure(rest);
        match (rest.get(1), tag.closes_itself) {
            (Some(b'/'), _) => depth = depth.saturating_sub(1),
            (_, true) => elements += 1,
            (_, false) => {
                elements += 1;
                depth += 1;
            }
        }
        namespaces += tag.namespaces;
        let too_many = |limit, of| Err(XmlError::TooMany { limit, of });
        if depth > MAX_DEPTH {
            return Err(XmlError::TooDeep);
        }
        if elements > MAX_ELEMENTS {
            return too_many(MAX_ELEMENTS, "elements");
        }
        if tag.attributes > MAX_ATTRIBUTES {
            return too_many(MAX_ATTRIBUTES, "attributes of one element");
        }
        if namespaces > MAX_NAMESPACES {
            return too_many(MAX_NAMESPACES, "namespaces");
        }
        rest = &rest[tag.len..];
    }
    Ok(())
}

/// Text between `<` and `>`.
struct Tag {
    len: usize,
    attributes: usize,
    namespaces: usize,
    closes_itself: bool,
}

impl Tag {
    /// `text` begins with `<`.
    fn measure(text: &[u8]) -> Self {
        let mut tag = Self {
            len: text.len(),
            attributes: 0,
            namespaces: 0,
            closes_itself: false,
        };
        // Where the next attribute's name begins: behind the element's own, or the last value.
        let (mut quote, mut name) = (None, 0);
        for (at, byte) in text.iter().enumerate().skip(1) {
            match (quote, byte) {
                (Some(open), byte) if open == byte => {
                    quote = None;
                    name = at + 1;
                }
                (Some(_), _) => {}
                (None, b'"' | b'\'') => {
                    quote = Some(byte);
                    tag.attributes += 1;
                    let name = text[name..at].trim_ascii_start();
                    tag.namespaces += usize::from(name.starts_with(b"xmlns"));
                }
                (None, b'>') => {
                    tag.len = at + 1;
                    tag.closes_itself = text[at - 1] == b'/';
                    break;
                }
                (None, b' ' | b'\t' | b'\r' | b'\n') if name == 0 => name = at,
                (None, _) => {}
            }
        }
        tag
    }
}

/// An element's first child of that name, which is in no namespace.
pub(super) fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children()
        .find(|child| child.has_tag_name(name) && child.tag_name().namespace().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> XmlError {
        parse(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn what_libvirt_writes_is_read() {
        let text = "<?xml version='1.0'?>\n<!-- <a><a> --><domain type='kvm' id=\"3\">\
            <name>a&amp;b &lt;</name><![CDATA[<x>]]><devices><disk a='>' b='/'/></devices></domain>";
        let document = parse(text.as_bytes()).unwrap();
        assert_eq!(document.root_element().tag_name().name(), "domain");
    }

    #[test]
    fn bombs_are_refused_by_what_they_are() {
        assert_eq!(error(&" ".repeat(MAX_BYTES + 1)), XmlError::TooLarge);
        assert_eq!(parse(b"<a>\xff</a>").unwrap_err(), XmlError::NotUtf8);
        let laughs = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        assert_eq!(error(laughs), XmlError::Doctype);
        assert_eq!(error("<!doctype a><a/>"), XmlError::Doctype);
        let deep = |n| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
        assert!(parse(deep(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(error(&deep(MAX_DEPTH + 1)), XmlError::TooDeep);
        assert_eq!(error(&"<a>".repeat(300_000)), XmlError::TooDeep);
        let wide = format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS));
        assert!(matches!(
            error(&wide),
            XmlError::TooMany { of: "elements", .. }
        ));
        let hairy: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" a{n}=''")).collect();
        assert!(matches!(
            error(&format!("<a{hairy}/>")),
            XmlError::TooMany { .. }
        ));
        let space = |n: usize| format!("<b xmlns:c{n}\n=\n'u{n}'\txmlns='v'/>");
        let spaces: String = (0..=MAX_NAMESPACES / 2).map(space).collect();
        assert!(matches!(
            error(&format!("<a>{spaces}</a>")),
            XmlError::TooMany {
                of: "namespaces",
                ..
            }
        ));
    }

    #[test]
    fn an_entity_that_nothing_defines_is_no_text() {
        assert!(matches!(error("<a>&b;</a>"), XmlError::Malformed(_)));
        assert!(matches!(error("<a b='&c;'/>"), XmlError::Malformed(_)));
    }

    #[test]
    fn what_is_cut_off_is_malformed_in_one_line() {
        let whole = "<a b='c'><!-- d --><![CDATA[e]]><?f g?>\u{202e}</a>";
        assert!(parse(whole.as_bytes()).is_ok());
        for end in 0..whole.len() {
            let cut = whole.as_bytes().get(..end).unwrap_or_default();
            let error = parse(cut).unwrap_err().to_string();
            assert!(!error.contains(['\n', '\u{202e}']), "{error}");
        }
    }
}
