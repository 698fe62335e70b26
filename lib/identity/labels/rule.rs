//! One rule of `file_contexts`: a regular expression, a kind of file, a label.

use regex::bytes::RegexBuilder;

/// Most memory that one expression may take, compiled. The policies' own need a hundredth.
const MOST_COMPILED: usize = 1 << 20;
/// Longest label that is taken.
const LONGEST_LABEL: usize = 255;

/// Kind of file that is labelled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Labelled {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
}

#[derive(Debug)]
pub(super) struct Rule {
    /// The expression, which has to fit the whole path.
    pattern: String,
    /// What each path that fits begins with.
    prefix: Vec<u8>,
    is_exact: bool,
    /// The kind of file that the rule is for; `None` for every kind.
    kind: Option<u8>,
    label: String,
}

/// What a rule says of a path.
pub(super) enum Judgement<'a> {
    /// It is about other paths.
    Other,
    /// It decides: a label, or none.
    Fits(Option<&'a str>),
    /// It may decide, and cannot be judged.
    Unsure(String),
}

impl Rule {
    /// Reads a line. `None` for one that is empty, a comment, or no rule.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(line);
        let mut words = text.split_ascii_whitespace();
        let pattern = words.next().filter(|word| !word.starts_with('#'))?;
        let second = words.next()?;
        let (kind, label) = match (second.strip_prefix('-'), words.next()) {
            (Some(kind), Some(label)) if kind.len() == 1 => (kind.bytes().next(), label),
            (None, None) => (None, second),
            _ => return None,
        };
        let (prefix, is_exact) = literal_start(pattern.as_bytes());
        Some(Self {
            pattern: pattern.to_owned(),
            prefix,
            is_exact,
            kind,
            label: label.to_owned(),
        })
    }

    /// True for an expression that fits one path alone.
    pub(super) fn is_exact(&self) -> bool {
        self.is_exact
    }

    pub(super) fn judge(&self, path: &[u8], kind: Labelled) -> Judgement<'_> {
        let own = match kind {
            Labelled::File => b'-',
            Labelled::Directory => b'd',
            Labelled::Link => b'l',
        };
        if self.kind.is_some_and(|kind| kind != own) || !path.starts_with(&self.prefix) {
            return Judgement::Other;
        }
        let unsure = |why: &str| {
            let shown = crate::path::escape(self.pattern.as_bytes());
            Judgement::Unsure(format!("the policy's rule “{shown}” {why}"))
        };
        let whole = format!("^(?:{})$", self.pattern);
        let built = RegexBuilder::new(&whole)
            .unicode(false)
            .dot_matches_new_line(true)
            .size_limit(MOST_COMPILED)
            .build();
        let Ok(regex) = built else {
            return unsure("is written as osgraft does not read it");
        };
        if self.pattern.contains(char::REPLACEMENT_CHARACTER) {
            return unsure("is not UTF-8");
        }
        if !regex.is_match(path) {
            return Judgement::Other;
        }
        if self.label == "<<none>>" {
            return Judgement::Fits(None);
        }
        let is_label = self.label.len() <= LONGEST_LABEL
            && self.label.bytes().all(|byte| byte.is_ascii_graphic())
            && self.label.split(':').count() >= 3;
        if !is_label {
            return unsure("has no label that could be one");
        }
        Judgement::Fits(Some(&self.label))
    }
}

/// The bytes that every path begins with which the expression fits, and true where it has no other sign
/// in it, so that it fits one path.
fn literal_start(pattern: &[u8]) -> (Vec<u8>, bool) {
    let mut prefix = Vec::new();
    let mut at = 0;
    while let Some(byte) = pattern.get(at) {
        match byte {
            // A repetition may leave out the byte before it.
            b'?' | b'*' | b'{' => {
                prefix.pop();
                return (prefix, false);
            }
            b'|' => return (Vec::new(), false),
            b'.' | b'^' | b'$' | b'+' | b'[' | b'(' => break,
            b'\\' => match pattern.get(at + 1) {
                Some(next) if !next.is_ascii_alphanumeric() => {
                    prefix.push(*next);
                    at += 1;
                }
                _ => break,
            },
            _ => prefix.push(*byte),
        }
        at += 1;
    }
    let is_exact = at == pattern.len();
    if !is_exact && has_top_level_choice(&pattern[at..]) {
        prefix.clear();
    }
    (prefix, is_exact)
}

/// True where the expression has a choice outside of parentheses, so that its start is that of one branch
/// alone.
fn has_top_level_choice(pattern: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut in_class = false;
    let mut bytes = pattern.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'[' => in_class = true,
            b']' => in_class = false,
            b'(' if !in_class => depth += 1,
            b')' if !in_class => depth = depth.saturating_sub(1),
            b'|' if !in_class && depth == 0 => return true,
            _ => {}
        }
    }
    false
}
