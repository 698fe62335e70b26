//! Imports of a crate, from file to file: its `use` declarations and its paths,
//! followed through modules and re-exports to the file that has the item.
//!
//! Tests are left out, and so is what no path says, such as methods. A re-export is no import where the
//! file itself does not use the name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Imports of each file, by name below the crate's folder.
pub(super) type Imports = BTreeMap<String, BTreeSet<String>>;

type Module = Vec<String>;

/// A crate's files, and the names that their modules have from elsewhere.
struct Crate {
    files: BTreeMap<Module, File>,
}

struct File {
    name: String,
    uses: Vec<Use>,
    /// Paths of two names or more, outside of `use`.
    paths: Vec<Vec<String>>,
    /// Single names, outside of `use`.
    names: BTreeSet<String>,
    /// Modules that are compiled for tests alone.
    tests: Vec<String>,
}

/// One name of a `use` declaration.
struct Use {
    path: Vec<String>,
    bound: String,
    is_public: bool,
}

/// Imports between the files of the crate whose root is in `folder`.
pub(super) fn of_folder(folder: &Path) -> Imports {
    let mut sources = Vec::new();
    super::walk(folder, &mut |path| {
        let name = path
            .strip_prefix(folder)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        sources.push((name, std::fs::read_to_string(path).unwrap()));
    });
    of_sources(sources.iter().map(|(name, source)| (&**name, &**source)))
}

/// Imports between files that are given by name and text.
pub(super) fn of_sources<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Imports {
    let files = sources.into_iter().map(|(name, source)| {
        let mut module: Module = name
            .trim_end_matches(".rs")
            .split('/')
            .map(Into::into)
            .collect();
        if matches!(&*module[module.len() - 1], "mod" | "lib" | "main") {
            module.pop();
        }
        (module, File::parse(name, source))
    });
    let mut found = Crate {
        files: files.collect(),
    };
    found.drop_tests();
    found.imports()
}

impl Crate {
    fn drop_tests(&mut self) {
        let mut tests: Vec<Module> = Vec::new();
        for (module, file) in &self.files {
            tests.extend(
                file.tests
                    .iter()
                    .map(|name| [&module[..], std::slice::from_ref(name)].concat()),
            );
        }
        self.files.retain(|module, file| {
            !file.name.ends_with("tests.rs") && !tests.iter().any(|test| module.starts_with(test))
        });
    }

    fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (module, file) in &self.files {
            let used = file
                .uses
                .iter()
                .filter(|found| !found.is_public || file.names.contains(&found.bound));
            let used = used.map(|found| &found.path);
            let targets = used
                .chain(&file.paths)
                .filter_map(|path| self.file_of(module, path, 0));
            let targets = targets.filter(|target| *target != file.name);
            imports.insert(file.name.clone(), targets.map(Into::into).collect());
        }
        imports
    }

    /// The file that has what a path names, as seen from a module; `None` for other crates' items, and
    /// for modules, which have nothing by themselves.
    fn file_of(&self, from: &[String], path: &[String], depth: u8) -> Option<&str> {
        let mut module = from.to_vec();
        for (at, name) in path.iter().enumerate() {
            let inner = [&module[..], std::slice::from_ref(name)].concat();
            match &**name {
                "crate" => module.clear(),
                "self" => {}
                "super" => drop(module.pop()?),
                _ if self.files.contains_key(&inner) => module = inner,
                _ => {
                    let file = self.files.get(&module)?;
                    let found = file.uses.iter().find(|found| found.bound == *name);
                    return match found {
                        Some(_) if depth > 16 => None,
                        Some(found) => {
                            let whole = [&found.path[..], &path[at + 1..]].concat();
                            self.file_of(&module, &whole, depth + 1)
                        }
                        // The first name of a path is another crate's, or an item of this file.
                        None if at == 0 => None,
                        None => Some(&file.name),
                    };
                }
            }
        }
        None
    }
}

impl File {
    fn parse(name: &str, source: &str) -> Self {
        let tokens = tokens(source);
        let mut file = Self {
            name: name.to_owned(),
            uses: Vec::new(),
            paths: Vec::new(),
            names: BTreeSet::new(),
            tests: Vec::new(),
        };
        let mut at = 0;
        while at < tokens.len() {
            at = file.item(&tokens, at);
        }
        file
    }

    /// Takes what begins at a token, and says where the next begins.
    fn item(&mut self, tokens: &[String], at: usize) -> usize {
        let token = &*tokens[at];
        if token == "#" && is_test_attribute(&tokens[at..]) {
            let end = end_of_item(tokens, at);
            let declared = tokens[at..end]
                .windows(3)
                .find(|found| found[0] == "mod" && found[2] == ";");
            self.tests.extend(declared.map(|found| found[1].clone()));
            return end;
        }
        if token == "mod" {
            return at + 2;
        }
        let follows = tokens.get(at + 1).map_or("", |token| token);
        if token == "use" && (is_name(follows) || follows == "{" || follows == "::") {
            let is_public = at > 0 && matches!(&*tokens[at - 1], "pub" | ")");
            return self.tree(tokens, at + 1, &[], is_public) + 1;
        }
        if !is_name(token) {
            return at + 1;
        }
        let is_inner = at > 0 && matches!(&*tokens[at - 1], "::" | ".");
        let mut path = vec![token.to_owned()];
        let mut end = at + 1;
        while end + 1 < tokens.len() && tokens[end] == "::" && is_name(&tokens[end + 1]) {
            path.push(tokens[end + 1].clone());
            end += 2;
        }
        if is_inner {
            return end;
        }
        match path.len() {
            1 => drop(self.names.insert(path.remove(0))),
            _ => {
                self.names.insert(path[0].clone());
                self.paths.push(path);
            }
        }
        end
    }

    /// Takes a tree of a `use` declaration, and says where it ends: at `,`, `}` or `;`.
    fn tree(
        &mut self,
        tokens: &[String],
        mut at: usize,
        before: &[String],
        is_public: bool,
    ) -> usize {
        let mut path = before.to_vec();
        loop {
            match &*tokens[at] {
                "::" => at += 1,
                "{" => {
                    while tokens[at] != "}" {
                        at = self.tree(tokens, at + 1, &path, is_public);
                    }
                    return at + 1;
                }
                "as" => {
                    let bound = tokens[at + 1].clone();
                    self.uses.push(Use {
                        path,
                        bound,
                        is_public,
                    });
                    return at + 2;
                }
                "," | "}" | ";" => {
                    if path.last().is_some_and(|last| last == "self") {
                        path.pop();
                    }
                    if path.len() > before.len() || !before.is_empty() && tokens[at - 1] == "self" {
                        let bound = path[path.len() - 1].clone();
                        self.uses.push(Use {
                            path,
                            bound,
                            is_public,
                        });
                    }
                    return at;
                }
                name => {
                    path.push(name.to_owned());
                    at += 1;
                }
            }
        }
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// `#[cfg(test)]`, alone or with other conditions, and `#[cfg(fuzzing)]`.
fn is_test_attribute(tokens: &[String]) -> bool {
    let is_cfg = tokens.get(2).is_some_and(|name| name == "cfg");
    let words = tokens.iter().take_while(|token| *token != "]");
    is_cfg
        && words
            .clone()
            .any(|token| token == "test" || token == "fuzzing")
        && !words.clone().any(|token| token == "not")
}

/// Index behind the item that an attribute stands before.
fn end_of_item(tokens: &[String], attribute: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(attribute) {
        match &**token {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && token == "}" {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Names, `::` and single signs of a source, without comments, texts, characters and lifetimes.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = text_length(rest) {
            length
        } else if c == '\'' {
            character_length(rest)
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            end
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// Length of the text that a source begins with: `"…"`, `b"…"`, `r#"…"#` and the like.
fn text_length(source: &str) -> Option<usize> {
    let prefix = source.find(|c| !matches!(c, 'b' | 'c' | 'r')).unwrap_or(0);
    let (is_raw, after) = (source[..prefix].ends_with('r'), &source[prefix..]);
    let signs = after.find(|c| c != '#').unwrap_or(0);
    if prefix > 2 || !after[signs..].starts_with('"') || signs > 0 && !is_raw {
        return None;
    }
    let start = prefix + signs + 1;
    if is_raw {
        let end = format!("\"{}", "#".repeat(signs));
        return Some(
            source[start..]
                .find(&end)
                .map_or(source.len(), |at| start + at + end.len()),
        );
    }
    let mut is_escaped = false;
    for (at, c) in source[start..].char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(start + at + 1),
            _ => {}
        }
    }
    Some(source.len())
}

/// Length of a character, or of the sign before a lifetime.
fn character_length(source: &str) -> usize {
    let mut chars = source.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => source[3..].find('\'').map_or(source.len(), |end| end + 4),
        Some(_) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}
