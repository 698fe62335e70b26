//! The public side: lines of known_hosts (sshd(8)).

use ssh_key::PublicKey;

use super::super::files::Files;
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
