//! The configuration of ifupdown: `/etc/network/interfaces` and what it sources, as stanzas.

use std::ops::Range;

use super::flavour::{Flavour, MAIN};
use super::lines::{Line, lines};
use crate::identity::files::{Files, Found, Look};
use crate::identity::flaw::Flaw;
use crate::identity::stack::glob;
use crate::path::{GuestPath, escape};

/// A file, its stanzas aside.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: GuestPath,
    pub(super) content: Vec<u8>,
}

/// An address family of a stanza.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Family {
    Inet,
    Inet6,
    Other,
}

/// An `iface` stanza.
#[derive(Clone, Debug)]
pub(super) struct Stanza {
    /// Index of its file.
    pub(super) file: usize,
    pub(super) head: Line,
    pub(super) name: String,
    /// `None` where the head says none.
    pub(super) family: Option<Family>,
    /// `static`, `dhcp`, …; empty where the head says none.
    pub(super) method: String,
    pub(super) inherits: Option<String>,
    pub(super) options: Vec<Line>,
}

impl Stanza {
    /// The first option of a name.
    pub(super) fn option(&self, key: &str) -> Option<&Line> {
        self.options.iter().find(|line| line.key() == key)
    }
}

/// A word of an `auto` or `allow-…` line: `ens3`, `ens3=home`, `mac/52:54:…=osg`, `/eth*`.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) file: usize,
    pub(super) line: Line,
    /// Index of the word in its line.
    pub(super) index: usize,
    /// The part before `=`.
    pub(super) nic: String,
    /// The stanza behind `=`.
    pub(super) logical: Option<String>,
}

impl Start {
    /// True where it starts this stanza.
    pub(super) fn starts(&self, stanza: &str) -> bool {
        match &self.logical {
            Some(logical) => logical == stanza,
            None => match self.nic.strip_prefix('/') {
                Some(pattern) => {
                    let pattern = pattern.split('/').next().unwrap_or(pattern);
                    glob::fits(pattern, stanza)
                }
                None => self.nic == stanza || (self.nic == "all" && self.line.key() == "auto"),
            },
        }
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) files: Vec<Source>,
    pub(super) stanzas: Vec<Stanza>,
    pub(super) starts: Vec<Start>,
    /// Patterns of `mapping` stanzas, with their files.
    pub(super) mappings: Vec<(usize, String)>,
    /// Words of `rename` lines, with their files.
    pub(super) renames: Vec<(usize, String)>,
    /// True where it reads files that the guest makes as it runs.
    pub(super) is_dynamic: bool,
    /// Places that it reads, whatever is there.
    pub(super) places: Vec<Look>,
}

/// Deepest chain of sourced files.
const DEPTH: usize = 16;

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// [`Flaw`]: a text that ifupdown itself would not read, or a `source` that only a shell resolves.
    pub(super) fn read(files: &Files, flavour: Flavour) -> Result<Self, Flaw> {
        let mut config = Self::default();
        let main: GuestPath = MAIN.parse().expect("a literal guest path");
        config.places.push(Look::File(main.clone()));
        config.file(&main, files, flavour, 0)?;
        Ok(config)
    }

    fn file(
        &mut self,
        path: &GuestPath,
        files: &Files,
        flavour: Flavour,
        depth: usize,
    ) -> Result<(), Flaw> {
        let content = match files.get(path) {
            Some(Found::File(old)) => &old.content,
            Some(Found::Link {
                file: Some(old), ..
            }) => &old.content,
            _ => return Ok(()),
        };
        if self.files.iter().any(|source| source.path == *path) {
            return Ok(());
        }
        if depth > DEPTH {
            return Err(unreadable(path, "files source each other too deep"));
        }
        let file = self.files.len();
        self.files.push(Source {
            path: path.clone(),
            content: content.clone(),
        });
        let mut part = Part::None;
        for line in lines(content) {
            let key = line.key().to_owned();
            match key.as_str() {
                "iface" => {
                    let stanza = self.stanza(file, line, flavour)?;
                    self.stanzas.push(stanza);
                    part = Part::Iface;
                }
                "mapping" => {
                    for pattern in &line.words[1..] {
                        self.mappings.push((file, pattern.clone()));
                    }
                    part = Part::Mapping;
                }
                "source" | "source-dir" | "source-directory" => {
                    self.source(&key, &line, path, files, flavour, depth)?;
                    part = Part::None;
                }
                "rename" => {
                    let words = line.words[1..].iter();
                    self.renames.extend(words.map(|word| (file, word.clone())));
                    part = Part::None;
                }
                "no-auto-down" | "no-scripts" => part = Part::None,
                "template" if flavour == Flavour::Ng => {
                    return Err(unreadable(path, "its templates are not understood"));
                }
                _ if key == "auto" || key.starts_with("allow-") => {
                    self.start(file, &line);
                    part = Part::None;
                }
                _ => match part {
                    Part::Iface => {
                        let stanza = self.stanzas.last_mut().expect("a stanza is open");
                        stanza.options.push(line);
                    }
                    Part::Mapping => {}
                    Part::None => {
                        let text = format!(
                            "the option “{}” stands in no stanza",
                            escape(key.as_bytes())
                        );
                        return Err(unreadable(path, &text));
                    }
                },
            }
        }
        Ok(())
    }

    fn stanza(&self, file: usize, head: Line, flavour: Flavour) -> Result<Stanza, Flaw> {
        let path = &self.files[file].path;
        let mut words = head.words[1..].iter().map(String::as_str);
        let Some(name) = words.next().map(str::to_owned) else {
            return Err(unreadable(path, "an “iface” line names no interface"));
        };
        let (mut family, mut method, mut inherits) = (None, String::new(), None);
        while let Some(word) = words.next() {
            match word {
                "inherits" => inherits = words.next().map(str::to_owned),
                "inet" if family.is_none() => family = Some(Family::Inet),
                "inet6" if family.is_none() => family = Some(Family::Inet6),
                _ if family.is_none() => family = Some(Family::Other),
                _ if method.is_empty() => method = word.to_owned(),
                _ => return Err(unreadable(path, "an “iface” line has too many words")),
            }
        }
        let is_bare = family.is_none() && inherits.is_none();
        let is_half = family.is_some() && method.is_empty() && inherits.is_none();
        if (is_bare && matches!(flavour, Flavour::Debian | Flavour::Busybox)) || is_half {
            let text = format!(
                "“iface {}” says no family and method",
                escape(name.as_bytes())
            );
            return Err(unreadable(path, &text));
        }
        Ok(Stanza {
            file,
            head,
            name,
            family,
            method,
            inherits,
            options: Vec::new(),
        })
    }

    fn start(&mut self, file: usize, line: &Line) {
        for (index, word) in line.words.iter().enumerate().skip(1) {
            let (nic, logical) = match word.split_once('=') {
                Some((nic, logical)) => (nic, Some(logical.to_owned())),
                None => (word.as_str(), None),
            };
            self.starts.push(Start {
                file,
                line: line.clone(),
                index,
                nic: nic.to_owned(),
                logical,
            });
        }
    }

    fn source(
        &mut self,
        key: &str,
        line: &Line,
        from: &GuestPath,
        files: &Files,
        flavour: Flavour,
        depth: usize,
    ) -> Result<(), Flaw> {
        for word in &line.words[1..] {
            let path = place(word, from)?;
            if path.starts_with(&literal("/run")) || path.starts_with(&literal("/var/run")) {
                self.is_dynamic = true;
                continue;
            }
            let name = path.file_name().unwrap_or_default();
            let name = String::from_utf8_lossy(name).into_owned();
            let is_folder = key != "source";
            let is_glob = !is_folder && glob::is_pattern(&name);
            let folder = match is_folder {
                true => path.clone(),
                false => path.parent().unwrap_or_else(GuestPath::root),
            };
            if glob::is_pattern(&folder.to_string()) {
                return Err(unreadable(
                    from,
                    "a “source” has a pattern in the name of a folder",
                ));
            }
            if !is_folder && !is_glob {
                self.places.push(Look::File(path.clone()));
                self.file(&path, files, flavour, depth + 1)?;
                continue;
            }
            self.places.push(Look::Folder(folder.clone()));
            let found: Vec<GuestPath> = files
                .files_in(&folder.to_string())
                .map(|(path, _)| path.clone())
                .filter(|path| {
                    let file = String::from_utf8_lossy(path.file_name().unwrap_or_default());
                    if is_glob {
                        let is_hidden = file.starts_with('.') && !name.starts_with('.');
                        return !is_hidden && glob::fits(&name, &file);
                    }
                    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                    flavour == Flavour::Ng || file.chars().all(is_plain)
                })
                .collect();
            for path in found {
                self.file(&path, files, flavour, depth + 1)?;
            }
        }
        Ok(())
    }

    /// Raw bytes of a line.
    pub(super) fn raw(&self, file: usize, range: &Range<usize>) -> &[u8] {
        &self.files[file].content[range.clone()]
    }

    /// File of a stanza.
    pub(super) fn path(&self, file: usize) -> &GuestPath {
        &self.files[file].path
    }

    /// Stanzas that a stanza inherits from, nearest first.
    pub(super) fn parents(&self, stanza: &Stanza) -> Vec<&Stanza> {
        let mut parents: Vec<&Stanza> = Vec::new();
        let mut next = stanza.inherits.clone();
        while let Some(name) = next {
            let parent = self
                .stanzas
                .iter()
                .find(|other| other.name == name && !parents.iter().any(|p| p.name == name));
            next = parent.and_then(|parent| parent.inherits.clone());
            parents.extend(parent);
        }
        parents
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    None,
    Iface,
    Mapping,
}

/// The place that a word of `source` means.
fn place(word: &str, from: &GuestPath) -> Result<GuestPath, Flaw> {
    let needs_shell = word.contains(['$', '`', '(', '{', '~', '"', '\'', '\\', '|', '&', ';']);
    let mut path = Vec::new();
    if !word.starts_with('/') {
        let folder = from.parent().unwrap_or_else(GuestPath::root);
        path.extend_from_slice(folder.as_bytes());
        path.push(b'/');
    }
    path.extend_from_slice(word.as_bytes());
    match GuestPath::new(&path) {
        Ok(path) if !needs_shell => Ok(path),
        _ => Err(unreadable(
            from,
            &format!(
                "“source {}” takes a shell to resolve",
                escape(word.as_bytes())
            ),
        )),
    }
}

fn literal(path: &str) -> GuestPath {
    path.parse().expect("a literal guest path")
}

/// A text that ifupdown itself, or osgraft, cannot read.
pub(super) fn unreadable(path: &GuestPath, why: &str) -> Flaw {
    Flaw::new(
        "ifupdown-unreadable",
        format!("{path}: {why}: correct it in the master"),
    )
}
