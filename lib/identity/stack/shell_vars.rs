//! Files of `KEY=value` lines that a shell reads: `ifcfg-*`, `/etc/sysconfig/network`.

/// Such a file. Lines that are not edited stay to the byte.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Vars {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Line {
    raw: Vec<u8>,
    key: Option<String>,
    value: String,
    quote: Option<char>,
}

impl Vars {
    /// Reads one; `None` where a value spans lines, or takes a shell to be known.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut lines = Vec::new();
        for raw in text.split_inclusive(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(raw);
            let line = line.trim();
            let (key, value, quote) = match assignment(line) {
                Some((key, rest)) => {
                    let (value, quote) = value(rest)?;
                    (Some(key.to_owned()), value, quote)
                }
                None if line.ends_with('\\') && !line.starts_with('#') => return None,
                None => (None, String::new(), None),
            };
            lines.push(Line {
                raw: raw.to_vec(),
                key,
                value,
                quote,
            });
        }
        Some(Self { lines })
    }

    /// The value that counts: the last one. An empty one says nothing.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let mut lines = self.lines.iter().rev();
        let line = lines.find(|line| line.key.as_deref() == Some(key))?;
        Some(line.value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value is `yes`, as the scripts judge it.
    pub(super) fn is_yes(&self, key: &str) -> bool {
        let value = self.get(key).unwrap_or_default().to_ascii_lowercase();
        ["yes", "true", "on", "1", "y", "t"].contains(&value.as_str())
    }

    /// The value is `no`, as the scripts judge it.
    pub(super) fn is_no(&self, key: &str) -> bool {
        let value = self.get(key).unwrap_or_default().to_ascii_lowercase();
        ["no", "false", "off", "0", "n", "f"].contains(&value.as_str())
    }

    /// Keys in the order of the lines.
    pub(super) fn keys(&self) -> Vec<String> {
        self.lines
            .iter()
            .filter_map(|line| line.key.clone())
            .collect()
    }

    /// Keys of this name with a suffix that a test takes; the name itself has the suffix “”.
    pub(super) fn numbered(&self, name: &str, is_suffix: fn(&str) -> bool) -> Vec<String> {
        let mut keys = self.keys();
        keys.retain(|key| {
            key.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || is_suffix(rest))
        });
        keys
    }

    /// Gives a key this value, where it stands, in its quotes, or at the end. Surplus lines go.
    pub(super) fn set(&mut self, key: &str, value: &str) {
        let is_it = |line: &Line| line.key.as_deref() == Some(key);
        let Some(last) = self.lines.iter().rposition(is_it) else {
            self.end_last_line();
            let quote = None;
            let raw = written("", key, value, quote, self.newline());
            self.lines.push(Line {
                raw,
                key: Some(key.to_owned()),
                value: value.to_owned(),
                quote,
            });
            return;
        };
        if self.lines[last].value != value {
            let newline = match self.lines[last].raw.ends_with(b"\n") {
                true => self.newline(),
                false => "",
            };
            let line = &mut self.lines[last];
            let text = String::from_utf8_lossy(&line.raw).into_owned();
            let indent = &text[..text.len() - text.trim_start().len()];
            line.raw = written(indent, key, value, line.quote, newline);
            line.value = value.to_owned();
        }
        let mut index = 0;
        self.lines.retain(|line| {
            index += 1;
            !is_it(line) || index - 1 == last
        });
    }

    /// Takes a key's lines out.
    pub(super) fn unset(&mut self, key: &str) {
        self.lines.retain(|line| line.key.as_deref() != Some(key));
    }

    /// Its text.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.lines
            .iter()
            .flat_map(|line| &line.raw)
            .copied()
            .collect()
    }

    fn newline(&self) -> &'static str {
        let first = self.lines.first();
        match first.is_some_and(|line| line.raw.ends_with(b"\r\n")) {
            true => "\r\n",
            false => "\n",
        }
    }

    fn end_last_line(&mut self) {
        let newline = self.newline();
        if let Some(last) = self
            .lines
            .last_mut()
            .filter(|line| !line.raw.ends_with(b"\n"))
        {
            last.raw.extend(newline.bytes());
        }
    }
}

fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (key, rest) = line.split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // SUSE has names with dots and colons of interfaces behind a prefix.
    let is_key = !key.is_empty() && key.chars().all(|c| is_name(c) || ".:-".contains(c));
    (is_key && !key.starts_with(|c: char| c.is_ascii_digit())).then_some((key, rest))
}

/// The value behind `=` and the quote that it begins with.
fn value(rest: &str) -> Option<(String, Option<char>)> {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let mut value = String::new();
    let mut inside: Option<char> = None;
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        match (c, inside) {
            ('\'' | '"', None) => inside = Some(c),
            (c, Some(open)) if c == open => inside = None,
            ('\\', Some('"') | None) => value.push(chars.next()?),
            ('$' | '`', Some('"') | None) => return None,
            (c, None) if c.is_whitespace() || c == ';' => break,
            (c, _) => value.push(c),
        }
    }
    inside.is_none().then_some((value, quote))
}

fn written(indent: &str, key: &str, value: &str, quote: Option<char>, newline: &str) -> Vec<u8> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._:/-%+@,".contains(c);
    let quote = match quote {
        Some(quote) => Some(quote),
        None if value.is_empty() || !value.chars().all(is_plain) => Some('"'),
        None => None,
    };
    let quote = quote.map(String::from).unwrap_or_default();
    format!("{indent}{key}={quote}{value}{quote}{newline}").into_bytes()
}

/// A suffix of digits.
pub(super) fn digits(rest: &str) -> bool {
    !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// A suffix behind a low line.
pub(super) fn suffix(rest: &str) -> bool {
    rest.len() > 1 && rest.starts_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_out_of_their_quotes_and_the_last_one_counts() {
        let text = b"# x=1\nA=1 # c\nB=\"two words\"\nC='$x'\nexport D=4\nA=5\nE=\n. /etc/x\n";
        let vars = Vars::parse(text).unwrap();
        assert_eq!(vars.get("A"), Some("5"));
        assert_eq!(vars.get("B"), Some("two words"));
        assert_eq!(vars.get("C"), Some("$x"));
        assert_eq!(vars.get("D"), Some("4"));
        assert_eq!(vars.get("E"), None);
        assert_eq!(vars.to_bytes(), text);
    }

    #[test]
    fn what_takes_a_shell_is_not_read() {
        for text in [
            "A=\"x\ny\"\n",
            "A=$(hostname)\n",
            "A=`x`\n",
            "A=\"$B\"\n",
            "A=x\\\n",
        ] {
            assert_eq!(Vars::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_value_is_set_where_it_stands_and_in_its_quotes() {
        let mut vars = Vars::parse(b"A='1'\r\n# c\r\n  B=2\r\nA=\"3\"").unwrap();
        vars.set("A", "x y");
        vars.set("B", "p q");
        vars.set("C", "7");
        vars.unset("D");
        let want = "# c\r\n  B=\"p q\"\r\nA=\"x y\"\r\nC=7\r\n";
        assert_eq!(String::from_utf8(vars.to_bytes()).unwrap(), want);
        vars.set("A", "x y");
        assert_eq!(vars.to_bytes(), want.as_bytes());
    }
}
