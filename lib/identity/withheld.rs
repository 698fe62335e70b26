//! Secrets that a guest's files hold, which are kept nowhere on the host.

use super::files::{Files, Found, OldFile};
use super::ssh_keys::is_private;
use crate::path::GuestPath;

/// Words of settings that hold a secret.
const WORDS: [&str; 5] = ["password", "passphrase", "psk", "secret", "private-key"];

impl Files {
    /// The same files, of the SSH host keys the first line alone. `None` where another file may hold a
    /// secret.
    pub(crate) fn without_secrets(&self) -> Option<Self> {
        let mut files = self.clone();
        for (path, found) in &mut files.found {
            let file = match found {
                Found::File(file)
                | Found::Link {
                    file: Some(file), ..
                } => file,
                _ => continue,
            };
            if is_private(&file.content) {
                let first = file.content.iter().position(|byte| *byte == b'\n');
                file.content.truncate(first.map_or(0, |at| at + 1));
            } else if is_of_dropbear(path) {
                file.content.clear();
            } else if holds_secret(file) {
                return None;
            }
        }
        Some(files)
    }

    /// The private keys among the files.
    pub(crate) fn private_keys(&self) -> impl Iterator<Item = &[u8]> {
        let files = self.iter().filter_map(|(path, found)| match found {
            Found::File(file)
            | Found::Link {
                file: Some(file), ..
            } => Some((path, file)),
            _ => None,
        });
        let keys = files.filter(|(path, file)| is_private(&file.content) || is_of_dropbear(path));
        keys.map(|(_, file)| file.content.as_slice())
    }
}

fn is_of_dropbear(path: &GuestPath) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.starts_with(b"dropbear_") && name.ends_with(b"_host_key")
}

/// True for a key inside other text, and for a file that others may not read and that sets a secret.
fn holds_secret(file: &OldFile) -> bool {
    let text = String::from_utf8_lossy(&file.content);
    let sets = |line: &str| {
        let line = line.trim_start().to_ascii_lowercase();
        !line.starts_with(['#', ';']) && WORDS.iter().any(|word| line.contains(word))
    };
    let is_hidden = file.owner.mode & 0o004 == 0;
    text.contains("PRIVATE KEY-----") || (is_hidden && text.lines().any(sets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Owner;

    const KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n";

    fn with(path: &str, content: &str, mode: u32) -> Files {
        let mut files = Files::default();
        let mut file = OldFile::of(content);
        file.owner = Owner::root(mode);
        files.insert(path.parse().unwrap(), Found::File(file));
        files
    }

    #[test]
    fn of_a_host_key_the_first_line_alone_stays() {
        let path = "/etc/ssh/ssh_host_ed25519_key";
        let files = with(path, KEY, 0o600);
        let kept = files.without_secrets().unwrap();
        let first: &[u8] = b"-----BEGIN OPENSSH PRIVATE KEY-----\n";
        assert_eq!(kept.content(path), Some(first));
        assert_eq!(files.private_keys().collect::<Vec<_>>(), [KEY.as_bytes()]);
        let path = "/etc/dropbear/dropbear_ed25519_host_key";
        let kept = with(path, "binary", 0o600).without_secrets().unwrap();
        assert_eq!(kept.content(path), Some(&b""[..]));
    }

    #[test]
    fn a_guest_whose_settings_hold_a_secret_is_not_kept() {
        let profile = "/etc/NetworkManager/system-connections/a.nmconnection";
        let plain = "[connection]\nid=a\n[ipv4]\nmethod=auto\n";
        let files = with(profile, plain, 0o600);
        assert_eq!(files.without_secrets(), Some(files));
        let secret = format!("{plain}[802-1x]\npassword=x\n");
        assert_eq!(with(profile, &secret, 0o600).without_secrets(), None);
        let comment = format!("{plain}# password = x\n");
        assert!(with(profile, &comment, 0o600).without_secrets().is_some());
        // What everybody in the guest may read is no secret.
        assert!(
            with("/etc/ssh/sshd_config", "PasswordAuthentication no\n", 0o644)
                .without_secrets()
                .is_some()
        );
        assert!(
            with("/etc/x", &format!("# {KEY}"), 0o644)
                .without_secrets()
                .is_none()
        );
    }

    #[test]
    fn files_read_back_as_they_were() {
        let mut files = with("/etc/\u{f6}", "a\nb", 0o640);
        let link = Found::Link {
            target: b"../\xff".to_vec(),
            file: Some(OldFile::of(b"\xfe".as_slice())),
        };
        files.insert("/etc/link".parse().unwrap(), link);
        files.insert("/etc/d".parse().unwrap(), Found::Directory);
        let text = serde_json::to_string(&files).unwrap();
        assert_eq!(serde_json::from_str::<Files>(&text).unwrap(), files);
    }
}
