//! The settings of sshd_config(5) that say where host keys are.

use std::collections::BTreeSet;

use super::super::files::{Files, Look};
use super::super::lines::lines;
use crate::path::GuestPath;

/// Configurations, each with the folder of the keys that sshd takes by itself. openSUSE's sshd reads
/// the last one where the first is missing.
const CONFIGS: [(&str, &str); 3] = [
    ("/etc/ssh/sshd_config", "/etc/ssh"),
    ("/etc/openssh/sshd_config", "/etc/openssh"),
    ("/usr/etc/ssh/sshd_config", "/etc/ssh"),
];

pub(super) fn looks() -> Vec<Look> {
    CONFIGS.map(|(path, _)| Look::file(path)).to_vec()
}

/// What the configuration says of host keys, its included files read with it.
#[derive(Debug)]
pub(super) struct Settings {
    /// Folder of the keys that sshd takes where the configuration names none.
    pub(super) folder: &'static str,
    /// The keys that it names, in the text form of [`GuestPath`].
    pub(super) host_keys: Vec<String>,
    pub(super) certificates: Vec<String>,
    pub(super) has_agent: bool,
    /// Its HostKeyAlgorithms, where it sets them.
    algorithms: Option<Vec<u8>>,
    /// Included files and folders that were not looked at.
    pub(super) unseen: Vec<Look>,
}

impl Settings {
    pub(super) fn of(files: &Files) -> Self {
        let config = CONFIGS.iter().find(|(path, _)| files.exists(path));
        let mut settings = Self {
            folder: config.map_or(CONFIGS[0].1, |(_, folder)| folder),
            host_keys: Vec::new(),
            certificates: Vec::new(),
            has_agent: false,
            algorithms: None,
            unseen: Vec::new(),
        };
        let Some((path, _)) = config else {
            return settings;
        };
        let mut seen: BTreeSet<String> = BTreeSet::from([(*path).to_owned()]);
        let mut open = vec![(*path).to_owned()];
        while let Some(path) = open.pop() {
            for included in settings.read(files, &path) {
                if seen.insert(included.clone()) {
                    open.push(included);
                }
            }
        }
        settings
    }

    /// True where the configuration lets clients have a key of this algorithm.
    pub(super) fn allows(&self, algorithm: &str) -> bool {
        let Some(list) = &self.algorithms else {
            return true;
        };
        let (sign, patterns) = match list.split_first() {
            Some((sign @ (b'+' | b'^' | b'-'), rest)) => (Some(*sign), rest),
            _ => (None, list.as_slice()),
        };
        let mut patterns = patterns.split(|byte| *byte == b',');
        let is_listed = patterns.any(|pattern| fits(pattern, algorithm.as_bytes()));
        match sign {
            None => is_listed,
            Some(b'-') => !is_listed,
            Some(_) => true,
        }
    }

    /// Reads one file, and answers with those that it includes.
    fn read(&mut self, files: &Files, path: &str) -> Vec<String> {
        let mut included = Vec::new();
        for line in lines(files.content(path).unwrap_or_default()) {
            let mut words = words_of(line).into_iter();
            let Some(keyword) = words.next() else {
                continue;
            };
            let paths = words.clone().filter_map(|word| path_of(&word));
            match keyword.to_ascii_lowercase().as_slice() {
                b"hostkey" => self.host_keys.extend(paths.take(1)),
                b"hostcertificate" => self.certificates.extend(paths.take(1)),
                b"hostkeyalgorithms" => {
                    self.algorithms = self.algorithms.take().or_else(|| words.next());
                }
                b"hostkeyagent" => {
                    self.has_agent = words.next().is_some_and(|word| word != b"none");
                }
                b"include" => {
                    for word in words {
                        let absolute = if word.starts_with(b"/") {
                            word
                        } else {
                            [self.folder.as_bytes(), b"/", &word].concat()
                        };
                        included.extend(self.matching(files, &absolute));
                    }
                }
                _ => {}
            }
        }
        included
    }

    /// The files that a pattern of an Include names.
    fn matching(&mut self, files: &Files, pattern: &[u8]) -> Vec<String> {
        let Ok(path) = GuestPath::new(pattern) else {
            return Vec::new();
        };
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Vec::new();
        };
        if !name.iter().any(|byte| b"*?[".contains(byte)) {
            if files.get(&path).is_none() {
                self.unseen.push(Look::File(path.clone()));
            }
            return vec![path.to_string()];
        }
        let folder = folder.to_string();
        let within: Vec<_> = files.files_in(&folder).map(|(path, _)| path).collect();
        if within.is_empty() {
            self.unseen.push(Look::folder(&folder));
        }
        let fits = |path: &&&GuestPath| path.file_name().is_some_and(|file| fits(name, file));
        within
            .iter()
            .filter(fits)
            .map(ToString::to_string)
            .collect()
    }
}

/// The words of a line, without quotes. A `=` may stand between a keyword and its argument.
fn words_of(line: &[u8]) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quote = false;
    for byte in line {
        match byte {
            b'"' => {
                quote = !quote;
                word.get_or_insert_default();
            }
            b'#' if !quote && word.is_none() => break,
            b' ' | b'\t' | b'\r' | b'\n' if !quote => words.extend(word.take()),
            b'=' if !quote && words.len() + usize::from(word.is_some()) == 1 => {
                words.extend(word.take());
            }
            _ => word.get_or_insert_default().push(*byte),
        }
    }
    words.extend(word);
    words
}

/// A path in the form that guest paths are written in.
fn path_of(word: &[u8]) -> Option<String> {
    let path = GuestPath::new(word).ok()?;
    Some(path.to_string())
}

/// True where a name fits a pattern of `*` and `?`. A bracket fits any one character: an included file
/// more does no harm here.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let Some((first, rest)) = pattern.split_first() else {
        return name.is_empty();
    };
    match first {
        b'*' => (0..=name.len()).any(|at| fits(rest, &name[at..])),
        b'?' => !name.is_empty() && fits(rest, &name[1..]),
        b'[' => {
            let end = rest.iter().position(|byte| *byte == b']');
            let after = end.map_or(rest, |end| &rest[end + 1..]);
            !name.is_empty() && fits(after, &name[1..])
        }
        byte => name.first() == Some(byte) && fits(rest, &name[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_line_are_those_that_sshd_reads() {
        let words = |line: &str| -> Vec<String> {
            let words = words_of(line.as_bytes()).into_iter();
            words.map(|word| String::from_utf8(word).unwrap()).collect()
        };
        assert_eq!(words("HostKey /a/b\n"), ["HostKey", "/a/b"]);
        assert_eq!(words("  hostkey=\"/a b\" # c\r\n"), ["hostkey", "/a b"]);
        assert_eq!(words("HostKey = /a=b"), ["HostKey", "/a=b"]);
        assert!(words("#HostKey /a").is_empty());
    }

    #[test]
    fn algorithms_are_allowed_as_the_list_says() {
        let allows = |line: &str| {
            let mut files = Files::default();
            let file = super::super::super::files::OldFile::of(line);
            let file = super::super::super::files::Found::File(file);
            files.insert(CONFIGS[0].0.parse().unwrap(), file);
            let settings = Settings::of(&files);
            ["ssh-ed25519", "ecdsa-sha2-nistp256"].map(|name| settings.allows(name))
        };
        assert_eq!(allows(""), [true, true]);
        assert_eq!(
            allows("HostKeyAlgorithms rsa-sha2-512,ecdsa-sha2-*\n"),
            [false, true]
        );
        assert_eq!(allows("HostKeyAlgorithms -ssh-ed25519\n"), [false, true]);
        assert_eq!(allows("HostKeyAlgorithms +ssh-rsa\n"), [true, true]);
        assert_eq!(
            allows("hostkeyalgorithms rsa-sha2-512\nHostKeyAlgorithms ssh-ed25519"),
            [false, false]
        );
    }

    #[test]
    fn patterns_fit_as_globs_do() {
        assert!(fits(b"*.conf", b"50-redhat.conf"));
        assert!(!fits(b"*.conf", b"50-redhat.conf.bak"));
        assert!(fits(b"?0-*", b"50-x"));
    }
}
