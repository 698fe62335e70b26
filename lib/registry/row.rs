//! One `[[server]]` table in its usual form, read without a document of it.

use std::borrow::Cow;

use toml_parser::decoder::{Encoding, IntegerRadix, ScalarKind};
use toml_parser::lexer::Token;
use toml_parser::parser::{EventReceiver, parse_document};
use toml_parser::{ErrorSink, ParseError, Source, Span};

use super::key::Key;
use super::server::Server;
use super::value::{Value, Written};

/// Reader of one table after another.
#[derive(Default)]
pub(super) struct Rows {
    tokens: Vec<Token>,
}

/// A table's server and the byte where its name stands; `None` where nothing but comments is.
type Read = Option<(usize, Server)>;

impl Rows {
    /// Reads a text with one table or none. `None` where it is not in the usual form, which is bare
    /// keys with strings, lists of strings and decimal numbers, or where something is wrong: a
    /// document of it tells.
    pub(super) fn read(&mut self, text: &str) -> Option<Read> {
        self.tokens.clear();
        let source = Source::new(text);
        self.tokens.extend(source.lex());
        let mut row = Row {
            source,
            has_header: false,
            key: None,
            list: None,
            name_at: 0,
            values: Vec::with_capacity(Key::ALL.len()),
            is_odd: false,
        };
        let mut error: Option<ParseError> = None;
        parse_document(&self.tokens, &mut row, &mut error);
        if error.is_some() || row.is_odd {
            return None;
        }
        if !row.has_header {
            return Some(None);
        }
        let server = Server::of_values(row.values).ok()?;
        Some(Some((row.name_at, server)))
    }
}

/// A table as far as it was read.
struct Row<'a> {
    source: Source<'a>,
    has_header: bool,
    /// Key whose value comes next.
    key: Option<Key>,
    list: Option<Vec<Cow<'a, str>>>,
    name_at: usize,
    values: Vec<Value>,
    /// Not in the usual form, or wrong.
    is_odd: bool,
}

impl<'a> Row<'a> {
    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Option<toml_parser::Raw<'a>> {
        let text = self.source.input().get(span.start()..span.end())?;
        Some(toml_parser::Raw::new_unchecked(text, encoding, span))
    }

    fn scalar_of(
        &self,
        span: Span,
        encoding: Option<Encoding>,
        error: &mut dyn ErrorSink,
    ) -> Option<Written<'a>> {
        let mut text: Cow<'a, str> = Cow::Borrowed("");
        match self.raw(span, encoding)?.decode_scalar(&mut text, error) {
            ScalarKind::String => Some(Written::Text(text)),
            ScalarKind::Integer(IntegerRadix::Dec) => Some(Written::Integer(text.parse().ok()?)),
            _ => None,
        }
    }

    /// Takes the value of the key that was read.
    fn put(&mut self, written: &Written<'a>) {
        let value = self
            .key
            .take()
            .filter(|key| key.kind() == written.kind())
            .and_then(|key| Value::new(key, written).ok());
        match value {
            Some(value) => self.values.push(value),
            None => self.is_odd = true,
        }
    }
}

impl EventReceiver for Row<'_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.is_odd = true;
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.is_odd |= self.has_header;
    }

    fn array_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.has_header = true;
    }

    fn inline_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) -> bool {
        self.is_odd = true;
        false
    }

    fn array_open(&mut self, _: Span, _: &mut dyn ErrorSink) -> bool {
        let is_first = self.list.replace(Vec::new()).is_none();
        self.is_odd |= !is_first;
        is_first
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        match self.list.take() {
            Some(list) => self.put(&Written::List(list)),
            None => self.is_odd = true,
        }
    }

    fn key_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.is_odd = true;
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, _: &mut dyn ErrorSink) {
        let text = self.source.input().get(span.start()..span.end());
        if !self.has_header {
            self.is_odd |= encoding.is_some() || text != Some("server");
            return;
        }
        self.key = text.filter(|_| encoding.is_none()).and_then(Key::spelled);
        if self.key == Some(Key::Name) {
            self.name_at = span.start();
        }
        let is_twice = self
            .values
            .iter()
            .any(|value| Some(value.key()) == self.key);
        self.is_odd |= is_twice || self.key.is_none();
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let written = self.scalar_of(span, encoding, error);
        match (written, &mut self.list) {
            (Some(Written::Text(text)), Some(list)) => list.push(text),
            (Some(written), None) => self.put(&written),
            _ => self.is_odd = true,
        }
    }

    fn comment(&mut self, span: Span, error: &mut dyn ErrorSink) {
        if let Some(raw) = self.raw(span, None) {
            raw.decode_comment(error);
        }
    }

    fn newline(&mut self, span: Span, error: &mut dyn ErrorSink) {
        if let Some(raw) = self.raw(span, None) {
            raw.decode_newline(error);
        }
    }

    fn error(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.is_odd = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Read> {
        Rows::default().read(text)
    }

    #[test]
    fn the_usual_form_is_read() {
        let text = "[[server]] # é\r\nname = \"a\"\r\nexport = 'h:/x'\r\nkernels = [ # two\r\n \"1\",\r\n '2',\r\n]\r\n\
            weight = 1_0\r\nos = \"\\u0064ebian\"\r\n";
        let (at, server) = read(text).unwrap().unwrap();
        assert_eq!(&text[at..at + 4], "name");
        let kernels: Vec<&str> = server
            .kernels()
            .unwrap()
            .iter()
            .map(|k| k.as_str())
            .collect();
        assert_eq!(kernels, ["1", "2"]);
        assert_eq!((server.weight(), server.os()), (10, Some("debian")));
        assert_eq!(read("# nothing\n\n"), Some(None));
    }

    #[test]
    fn anything_else_is_left_to_the_document() {
        let sound = "[[server]]\nname = \"a\"\nvirtiofs = \"t\"\n";
        assert!(read(sound).unwrap().is_some(), "the premise");
        for more in [
            "weight = 0x0a\n",
            "\"os\" = \"a\"\n",
            "os.id = \"a\"\n",
            "os = { id = \"a\" }\n",
            "os = 1\n",
            "kernels = \"1\"\n",
            "kernels = [1]\n",
            "kernels = [[\"1\"]]\n",
            "weight = 1.0\n",
            "name = \"b\"\n",
            "colour = \"a\"\n",
            "state = \"up\"\n",
            "os = \"a\n",
            "os = \"\\q\"\n",
            "# \u{7}\n",
            "os = \"a\"\rversion = \"1\"\n",
            "[server.os]\n",
            "[[server]]\nname = \"b\"\nvirtiofs = \"t\"\n",
            "fstype = \"erofs\"\n",
        ] {
            assert_eq!(read(&format!("{sound}{more}")), None, "{more}");
        }
        assert_eq!(read("name = \"a\"\n"), None);
        assert_eq!(read("[[servers]]\nname = \"a\"\nvirtiofs = \"t\"\n"), None);
    }
}
