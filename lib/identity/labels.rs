//! The SELinux label that the guest's own policy gives a new file (selabel_file(5)).
//!
//! The text files of the policy are read, the compiled ones beside them are not. A rule that cannot be
//! judged here makes the answer [`Label::Unsure`]; the guest has to label that file itself.

mod rule;
mod substitution;
#[cfg(test)]
mod tests;

use super::files::{Files, Found, Look};
use super::lines::{Assignment, lines};
use crate::path::GuestPath;

pub use rule::Labelled;

use rule::{Judgement, Rule};
use substitution::Substitutions;

const CONFIG: &str = "/etc/selinux/config";
/// Rules, those read last counting most.
const RULES: [&str; 3] = [
    "file_contexts",
    "file_contexts.homedirs",
    "file_contexts.local",
];
/// Names for other paths, the site's own before those of the distribution.
const SUBSTITUTIONS: [&str; 2] = ["file_contexts.subs", "file_contexts.subs_dist"];

/// A label, as far as the policy says one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Label {
    /// This one, the text of `security.selinux` without its final NUL.
    Is(String),
    /// None: the policy says nothing of the path, or that it has no label.
    None,
    /// It cannot be said here; the text says why.
    Unsure(String),
}

/// The rules of a guest's policy.
#[derive(Debug)]
pub struct Labels {
    /// Rules of exact paths come after those of patterns: the last that fits decides.
    rules: Vec<Rule>,
    substitutions: [Substitutions; 2],
    /// Why nothing can be said, where the rules could not be read.
    unsure: Option<String>,
}

/// Places that the subject has to know, before what [`more`] adds.
pub(crate) fn looks() -> Vec<Look> {
    vec![Look::file(CONFIG)]
}

/// Places that the guest's choice of a policy leads to; none once all were seen.
pub(crate) fn more(files: &Files) -> Vec<Look> {
    let Some(folder) = policy(files) else {
        return Vec::new();
    };
    let names = RULES.iter().chain(&SUBSTITUTIONS);
    let paths = names.map(|name| format!("{folder}/{name}"));
    let unseen = paths.filter(|path| !files.exists(path));
    unseen.map(|path| Look::file(&path)).collect()
}

/// Folder of the policy's rules. `None` where SELinux is off, or not installed.
fn policy(files: &Files) -> Option<String> {
    let text = files.content(CONFIG)?;
    let value = |key: &[u8]| {
        let read = lines(text).filter_map(Assignment::read);
        let last = read.filter(|read| read.key == key).last()?;
        std::str::from_utf8(last.value).ok().map(str::to_owned)
    };
    let mode = value(b"SELINUX")?;
    if !["enforcing", "permissive"]
        .iter()
        .any(|on| mode.eq_ignore_ascii_case(on))
    {
        return None;
    }
    let kind = value(b"SELINUXTYPE").unwrap_or_else(|| "targeted".to_owned());
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if kind.is_empty() || kind.starts_with('.') || !kind.bytes().all(is_name) {
        return None;
    }
    Some(format!("/etc/selinux/{kind}/contexts/files"))
}

impl Labels {
    /// Reads the rules. `None` for a guest without SELinux.
    pub fn read(files: &Files) -> Option<Self> {
        let folder = policy(files)?;
        let mut unsure = None;
        let mut text_of = |name: &str, is_needed: bool| {
            let path = format!("{folder}/{name}");
            match (files.content(&path), files.at(&path)) {
                (Some(text), _) => text,
                (None, None | Some(Found::Link { .. })) if !is_needed => b"",
                _ => {
                    unsure = Some(format!("{path} cannot be read"));
                    b""
                }
            }
        };
        let mut rules: Vec<Rule> = Vec::new();
        for (number, name) in RULES.iter().enumerate() {
            rules.extend(lines(text_of(name, number == 0)).filter_map(Rule::read));
        }
        rules.sort_by_key(Rule::is_exact);
        let substitutions = SUBSTITUTIONS.map(|name| Substitutions::read(text_of(name, false)));
        Some(Self {
            rules,
            substitutions,
            unsure,
        })
    }

    /// The label of a path.
    pub fn of(&self, path: &GuestPath, kind: Labelled) -> Label {
        if let Some(why) = &self.unsure {
            return Label::Unsure(why.clone());
        }
        let mut path = path.as_bytes().to_vec();
        for substitutions in &self.substitutions {
            path = substitutions.of(path);
        }
        for rule in self.rules.iter().rev() {
            match rule.judge(&path, kind) {
                Judgement::Other => {}
                Judgement::Fits(None) => return Label::None,
                Judgement::Fits(Some(label)) => return Label::Is(label.to_owned()),
                Judgement::Unsure(why) => return Label::Unsure(why),
            }
        }
        Label::None
    }
}
