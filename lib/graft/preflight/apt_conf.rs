//! APT's configuration, as far as it says what a guest upgrades by itself (apt.conf(5)).

use std::collections::BTreeMap;

/// Settings that are kept.
const SETTINGS: usize = 4096;
/// Nested sections.
const DEPTH: usize = 32;

/// Settings by their whole name in lower case, since APT knows no case.
#[derive(Clone, Debug, Default)]
pub(super) struct AptConf {
    values: BTreeMap<Vec<u8>, Vec<u8>>,
    lists: BTreeMap<Vec<u8>, Vec<Vec<u8>>>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Token {
    Word(Vec<u8>),
    Text(Vec<u8>),
    Open,
    Close,
    End,
}

impl AptConf {
    /// Reads one more file, whose values go before those of the files before it. Takes any bytes.
    pub(super) fn add(&mut self, content: &[u8]) {
        let mut scope: Vec<Vec<u8>> = Vec::new();
        let mut name: Option<Vec<u8>> = None;
        let mut values: Vec<Vec<u8>> = Vec::new();
        for token in tokens(content) {
            match token {
                Token::Word(word) if word == b"#clear" => name = Some(word),
                Token::Word(word) if name.as_deref() == Some(b"#clear") => values.push(word),
                Token::Word(word) if name.is_none() => name = Some(word),
                Token::Word(text) | Token::Text(text) => values.push(text),
                Token::Open => {
                    scope.push(name.take().unwrap_or_default());
                    values.clear();
                    if scope.len() > DEPTH {
                        return;
                    }
                }
                Token::End | Token::Close => {
                    self.set(&scope, name.take(), std::mem::take(&mut values));
                    if token == Token::Close {
                        scope.pop();
                    }
                }
            }
        }
        self.set(&scope, name, values);
    }

    fn set(&mut self, scope: &[Vec<u8>], name: Option<Vec<u8>>, values: Vec<Vec<u8>>) {
        if self.values.len() + self.lists.len() >= SETTINGS {
            return;
        }
        let whole = |name: Option<&[u8]>| {
            let parts = scope.iter().map(Vec::as_slice).chain(name);
            let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
            parts.join(&b"::"[..]).to_ascii_lowercase()
        };
        match name {
            Some(directive) if directive == b"#clear" => {
                for cleared in values {
                    let cleared = cleared.to_ascii_lowercase();
                    let below = [&cleared[..], b"::"].concat();
                    let keep = |key: &Vec<u8>| *key != cleared && !key.starts_with(&below);
                    self.values.retain(|key, _| keep(key));
                    self.lists.retain(|key, _| keep(key));
                }
            }
            // `Name:: "value"` adds to a list, as a value alone does in its section.
            Some(name) if name.ends_with(b"::") => {
                let list = whole(Some(&name[..name.len() - 2]));
                self.lists.entry(list).or_default().extend(values);
            }
            Some(name) if !values.is_empty() => {
                self.values.insert(whole(Some(&name)), values.concat());
            }
            None if !values.is_empty() => {
                self.lists.entry(whole(None)).or_default().extend(values);
            }
            _ => {}
        }
    }

    /// The value of a setting, in lower case.
    pub(super) fn value(&self, name: &str) -> Option<&[u8]> {
        let name = name.to_ascii_lowercase();
        self.values.get(name.as_bytes()).map(Vec::as_slice)
    }

    /// The values of a list.
    pub(super) fn list(&self, name: &str) -> &[Vec<u8>] {
        let name = name.to_ascii_lowercase();
        self.lists.get(name.as_bytes()).map_or(&[], Vec::as_slice)
    }
}

fn tokens(content: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = content;
    while let [first, behind @ ..] = rest {
        let line_end = || rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        match first {
            b'/' if behind.starts_with(b"/") => rest = &rest[line_end()..],
            b'/' if behind.starts_with(b"*") => {
                let end = rest.windows(2).skip(2).position(|pair| pair == b"*/");
                rest = end.map_or(&[][..], |at| &rest[at + 4..]);
            }
            b'#' if rest.starts_with(b"#clear") => {
                tokens.push(Token::Word(b"#clear".to_vec()));
                rest = &rest[b"#clear".len()..];
            }
            b'#' => rest = &rest[line_end()..],
            b'{' | b'}' | b';' => {
                tokens.push(match first {
                    b'{' => Token::Open,
                    b'}' => Token::Close,
                    _ => Token::End,
                });
                rest = behind;
            }
            b'"' => {
                let end = behind.iter().position(|byte| *byte == b'"');
                let end = end.unwrap_or(behind.len());
                tokens.push(Token::Text(behind[..end].to_vec()));
                rest = behind.get(end + 1..).unwrap_or_default();
            }
            byte if byte.is_ascii_whitespace() => rest = behind,
            _ => {
                let ends = |byte: &u8| byte.is_ascii_whitespace() || b"{};\"".contains(byte);
                let end = rest.iter().position(ends).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_vec()));
                rest = &rest[end..];
            }
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(files: &[&str], name: &str) -> Option<String> {
        let mut conf = AptConf::default();
        for file in files {
            conf.add(file.as_bytes());
        }
        let value = conf.value(name)?;
        Some(String::from_utf8(value.to_vec()).unwrap())
    }

    #[test]
    fn a_value_is_found_in_each_spelling_and_the_last_one_counts() {
        let name = "APT::Periodic::Unattended-Upgrade";
        for (files, wanted) in [
            (
                &["APT::Periodic::Unattended-Upgrade \"1\";\n"][..],
                Some("1"),
            ),
            (
                &["APT { Periodic { Unattended-Upgrade \"1\"; }; };"],
                Some("1"),
            ),
            (&["APT::Periodic {\n Unattended-Upgrade 1;\n}\n"], Some("1")),
            (&["apt::periodic::unattended-upgrade \"7\";"], Some("7")),
            (
                &[
                    "APT::Periodic::Unattended-Upgrade \"1\";",
                    "APT::Periodic::Unattended-Upgrade \"0\";",
                ],
                Some("0"),
            ),
            (&["// APT::Periodic::Unattended-Upgrade \"1\";\n"], None),
            (&["# APT::Periodic::Unattended-Upgrade \"1\";\n"], None),
            (&["/* APT::Periodic::Unattended-Upgrade \"1\"; */"], None),
            (
                &[
                    "APT::Periodic::Unattended-Upgrade \"1\";",
                    "#clear APT::Periodic;",
                ],
                None,
            ),
            (
                &["Dpkg::Options { \"--x\"; };\nAPT::Periodic::Unattended-Upgrade \"1\""],
                Some("1"),
            ),
            (
                &[
                    "Acquire::http::Proxy \"http://x//y\";\nAPT::Periodic::Unattended-Upgrade \"1\";",
                ],
                Some("1"),
            ),
        ] {
            assert_eq!(value(files, name).as_deref(), wanted, "{files:?}");
        }
    }

    #[test]
    fn lists_are_added_to() {
        let mut conf = AptConf::default();
        conf.add(b"Unattended-Upgrade::Package-Blacklist {\n \"linux-\"; // x\n \"libc6$\";\n};\n");
        conf.add(b"Unattended-Upgrade::Package-Blacklist:: \"x\";");
        let list = conf.list("Unattended-Upgrade::Package-Blacklist");
        assert_eq!(
            list,
            [b"linux-".to_vec(), b"libc6$".to_vec(), b"x".to_vec()]
        );
        conf.add(b"#clear Unattended-Upgrade::Package-Blacklist;");
        assert!(
            conf.list("Unattended-Upgrade::Package-Blacklist")
                .is_empty()
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), proptest::sample::select(&b"{};\"/*#: \n"[..])], 0..200)) {
            AptConf::default().add(&bytes);
        }
    }
}
