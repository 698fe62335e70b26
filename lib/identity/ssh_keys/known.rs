//! The public side: lines of known_hosts (sshd(8)).

use ssh_key::PublicKey;

use super::super::files::Files;
use super::super::wanted::{Identity, V4, V6};
use super::dropbear;
use super::paths::public_of;
use super::sshd_config::Settings;

/// The public keys of a guest's host keys, each as `TYPE BASE64`, without comments.
pub fn public_keys(files: &Files) -> Vec<String> {
    let settings = Settings::of(files);
    let mut paths: Vec<String> = Vec::new();
    if settings.host_keys.is_empty() {
        let own = files
            .files_in(settings.folder)
            .map(|(path, _)| path.to_string());
        let is_key = |path: &String| path.contains("/ssh_host_") && path.ends_with("_key");
        paths.extend(own.filter(is_key));
    }
    paths.extend(settings.host_keys);
    let public = paths.iter().filter_map(|path| {
        let text = std::str::from_utf8(files.content(&public_of(path))?).ok()?;
        plain(&PublicKey::from_openssh(text.trim()).ok()?)
    });
    let mut keys: Vec<String> = public.collect();
    for key in dropbear::public(files).iter().filter_map(plain) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// A key without its comment.
fn plain(key: &PublicKey) -> Option<String> {
    let line = key.to_openssh().ok()?;
    let mut words = line.split(' ');
    Some(format!("{} {}", words.next()?, words.next()?))
}

/// Lines for a known_hosts file: each key for all names and addresses of the host.
pub fn known_hosts(names: &[String], keys: &[String]) -> String {
    let names = names.join(",");
    keys.iter().map(|key| format!("{names} {key}\n")).collect()
}

/// Names by which a host of this identity is reached: its host name, then its addresses without prefix.
pub fn host_names(identity: &Identity) -> Vec<String> {
    let name = identity.hostname.as_ref();
    let mut names: Vec<String> = name.map(ToString::to_string).into_iter().collect();
    for nic in &identity.nics {
        if let V4::Static(given) = &nic.v4 {
            names.extend(given.addresses.iter().map(|net| net.addr().to_string()));
        }
        if let V6::Static(given) = &nic.v6 {
            names.extend(given.addresses.iter().map(|net| net.addr().to_string()));
        }
    }
    names
}

/// A known_hosts file in which a host has these keys and no others. Its names are taken out of older
/// lines, and a line that is left without a name goes. Comments, markers, patterns, hashed names and
/// the lines of other hosts stay to the byte.
pub fn with_host(text: &[u8], names: &[String], keys: &[String]) -> Vec<u8> {
    let mut missing: Vec<&String> = keys.iter().collect();
    let mut new = Vec::with_capacity(text.len() + 128);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match Line::read(line).filter(|line| line.has_one_of(names)) {
            None => new.extend_from_slice(line),
            // A line that says it already keeps its place, so that a second run changes nothing.
            Some(line) if line.is_of(names, &missing) => {
                missing.retain(|key| !line.has_key(key));
                new.extend_from_slice(line.whole);
            }
            Some(line) => new.extend_from_slice(&line.without(names)),
        }
    }
    if !missing.is_empty() && !new.is_empty() && !new.ends_with(b"\n") {
        new.push(b'\n');
    }
    let missing: Vec<String> = missing.into_iter().cloned().collect();
    new.extend_from_slice(known_hosts(names, &missing).as_bytes());
    new
}

/// A line of a host and its key.
struct Line<'a> {
    whole: &'a [u8],
    before: &'a [u8],
    /// Comma-separated.
    names: &'a [u8],
    after: &'a [u8],
}

impl<'a> Line<'a> {
    /// `None` for a comment, an empty line, and one with a marker (`@cert-authority`, `@revoked`).
    fn read(whole: &'a [u8]) -> Option<Self> {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let start = whole.iter().position(|byte| !is_blank(byte))?;
        let (before, rest) = whole.split_at(start);
        if matches!(rest.first(), None | Some(b'#' | b'@' | b'\n' | b'\r')) {
            return None;
        }
        let end = rest.iter().position(is_blank)?;
        let (names, after) = rest.split_at(end);
        Some(Self {
            whole,
            before,
            names,
            after,
        })
    }

    fn names(&self) -> impl Iterator<Item = &'a [u8]> {
        self.names.split(|byte| *byte == b',')
    }

    fn has_one_of(&self, names: &[String]) -> bool {
        self.names().any(|name| is_one_of(name, names))
    }

    /// True for a line of these names, no more and no less, with one of these keys.
    fn is_of(&self, names: &[String], keys: &[&String]) -> bool {
        self.names().eq(names.iter().map(String::as_bytes))
            && keys.iter().any(|key| self.has_key(key))
    }

    fn has_key(&self, key: &str) -> bool {
        let mut words = self.after.split(u8::is_ascii_whitespace);
        let words = words.by_ref().filter(|word| !word.is_empty()).take(2);
        words.eq(key.split(' ').map(str::as_bytes))
    }

    /// The line without these names; nothing where none is left.
    fn without(&self, names: &[String]) -> Vec<u8> {
        let others = self.names().filter(|name| !is_one_of(name, names));
        let others: Vec<&[u8]> = others.collect();
        match others.is_empty() {
            true => Vec::new(),
            false => [self.before, &others.join(&b','), self.after].concat(),
        }
    }
}

/// Names are compared without their case, as ssh(1) does.
fn is_one_of(name: &[u8], names: &[String]) -> bool {
    let mut names = names.iter();
    names.any(|known| known.as_bytes().eq_ignore_ascii_case(name))
}
