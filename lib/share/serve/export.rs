//! An export's text, as a server reads it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::ServeError;
use crate::path::escape;

/// NFS servers whose configuration is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum NfsServer {
    /// The kernel's: exports(5).
    Kernel,
    /// nfs-ganesha: ganesha-export-config(8).
    Ganesha,
}

/// An export of a folder of releases.
///
/// ```no_run
/// use osgraft::share::serve::{Export, NfsServer};
/// let export = Export::of("/srv/osgraft", &["192.0.2.0/24".to_owned()])?;
/// println!("{}", export.text(NfsServer::Kernel));
/// # Ok::<(), osgraft::share::serve::ServeError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Export {
    folder: PathBuf,
    path: String,
    clients: Vec<String>,
}

impl Export {
    /// An export of a folder, to these clients: host names, addresses, networks; to everybody where none
    /// is named.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn of(folder: impl AsRef<Path>, clients: &[String]) -> Result<Self, ServeError> {
        let folder = folder.as_ref();
        let whole = std::fs::canonicalize(folder)
            .ok()
            .filter(|path| path.is_dir());
        let folder = whole.ok_or_else(|| ServeError::NoFolder(folder.to_owned()))?;
        Self::of_absolute(folder, clients)
    }

    pub(in crate::share) fn of_absolute(
        folder: PathBuf,
        clients: &[String],
    ) -> Result<Self, ServeError> {
        let is_plain = |c: char| !c.is_control() && !matches!(c, '"' | '\'' | '\\');
        let path = folder.to_str().filter(|path| path.chars().all(is_plain));
        let path = path
            .ok_or_else(|| ServeError::Path(folder.clone()))?
            .to_owned();
        // “@” would be a netgroup, and a star or a space more hosts than one reads.
        let is_client = |client: &String| {
            let is_word = |c: char| c.is_ascii_alphanumeric() || ".:/_-".contains(c);
            !client.is_empty() && !client.starts_with('-') && client.chars().all(is_word)
        };
        if let Some(wrong) = clients.iter().find(|client| !is_client(client)) {
            return Err(ServeError::Client(escape(wrong.as_bytes())));
        }
        Ok(Self {
            folder,
            path,
            clients: clients.to_vec(),
        })
    }

    /// The folder, from the root.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The export as a server's configuration has it.
    pub fn text(&self, server: NfsServer) -> String {
        match server {
            NfsServer::Kernel => self.kernel(),
            NfsServer::Ganesha => self.ganesha(),
        }
    }

    /// A number that is this folder's whenever it is asked for, so that clients keep their handles.
    fn number(&self) -> [u8; 16] {
        let digest = Sha256::digest(self.path.as_bytes());
        let mut number = [0; 16];
        number.copy_from_slice(&digest[..16]);
        // A UUID of version 8 (RFC 9562).
        number[6] = number[6] & 0x0f | 0x80;
        number[8] = number[8] & 0x3f | 0x80;
        number
    }

    fn kernel(&self) -> String {
        let uuid: Vec<String> = [0..4, 4..6, 6..8, 8..10, 10..16]
            .into_iter()
            .map(|part| {
                self.number()[part]
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect()
            })
            .collect();
        let options = format!(
            "ro,all_squash,no_subtree_check,sec=sys,fsid={}",
            uuid.join("-")
        );
        let everybody = [String::from("*")];
        let clients = match self.clients.is_empty() {
            true => &everybody[..],
            false => &self.clients,
        };
        let clients: Vec<String> = clients
            .iter()
            .map(|it| format!("{it}({options})"))
            .collect();
        format!("\"{}\" {}\n", self.path, clients.join(" "))
    }

    fn ganesha(&self) -> String {
        let number = self.number();
        // 0 is the pseudo file system's, and others begin to count at 1.
        let id = 1024 + u16::from_be_bytes([number[0], number[1]]) % 60_000;
        let (access, clients) = match self.clients.is_empty() {
            true => ("RO", String::new()),
            false => {
                let list = self.clients.join(", ");
                let block = format!(
                    "    CLIENT {{\n        Clients = {list};\n        Access_Type = RO;\n        Squash = All_Squash;\n    }}\n"
                );
                ("None", block)
            }
        };
        format!(
            "EXPORT {{\n    Export_Id = {id};\n    Path = \"{path}\";\n    Pseudo = \"{path}\";\n    \
             Access_Type = {access};\n    Squash = All_Squash;\n    SecType = sys;\n    Protocols = 4;\n    \
             Transports = TCP;\n    FSAL {{ Name = VFS; }}\n{clients}}}\n",
            path = self.path
        )
    }
}

impl NfsServer {
    /// Its configuration file for exports, below `/etc`.
    pub(in crate::share) fn file(self) -> &'static str {
        match self {
            Self::Kernel => "exports.d/osgraft.exports",
            Self::Ganesha => "ganesha/osgraft.conf",
        }
    }

    /// The package that brings it, as Debian and Fedora name it.
    pub(in crate::share) fn package(self) -> &'static str {
        match self {
            Self::Kernel => "nfs-kernel-server (nfs-utils)",
            Self::Ganesha => "nfs-ganesha and nfs-ganesha-vfs",
        }
    }

    /// The unit that starts it.
    pub(in crate::share) fn unit(self) -> &'static str {
        match self {
            Self::Kernel => "nfs-server.service",
            Self::Ganesha => "nfs-ganesha.service",
        }
    }

    /// Advice on what is left to do once the text is in its place.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::Kernel => {
                "run “exportfs -r”; to serve NFSv4 alone, set vers3=n in the section [nfsd] of /etc/nfs.conf"
            }
            Self::Ganesha => {
                "have /etc/ganesha/ganesha.conf include it (%include \"/etc/ganesha/osgraft.conf\"), then restart nfs-ganesha"
            }
        }
    }
}

impl fmt::Display for NfsServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kernel => "kernel",
            Self::Ganesha => "ganesha",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export(path: &str, clients: &[&str]) -> Result<Export, ServeError> {
        let clients: Vec<String> = clients.iter().map(|&client| client.to_owned()).collect();
        Export::of_absolute(path.into(), &clients)
    }

    #[test]
    fn an_export_is_read_only_and_every_client_nobody() {
        let all = export("/srv/os graft", &[]).unwrap();
        let line = all.text(NfsServer::Kernel);
        assert!(
            line.starts_with("\"/srv/os graft\" *(ro,all_squash,no_subtree_check,sec=sys,fsid="),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1);
        let block = all.text(NfsServer::Ganesha);
        for wanted in [
            "    Path = \"/srv/os graft\";\n",
            "    Access_Type = RO;\n    Squash = All_Squash;\n",
            "    Protocols = 4;\n",
        ] {
            assert!(block.contains(wanted), "{block}");
        }
        // The same number each time, and another for another folder.
        assert_eq!(all.text(NfsServer::Kernel), line);
        let other = export("/srv/b", &[]).unwrap();
        assert_ne!(other.number(), all.number());
    }

    #[test]
    fn named_clients_are_the_only_ones() {
        let some = export("/srv/a", &["192.0.2.0/24", "2001:db8::/32"]).unwrap();
        let line = some.text(NfsServer::Kernel);
        assert!(
            line.contains("\" 192.0.2.0/24(ro,") && line.contains(" 2001:db8::/32(ro,"),
            "{line}"
        );
        assert!(!line.contains('*'));
        let block = some.text(NfsServer::Ganesha);
        assert!(block.contains("    Access_Type = None;\n"), "{block}");
        assert!(
            block.contains("Clients = 192.0.2.0/24, 2001:db8::/32;\n        Access_Type = RO;")
        );
    }

    #[test]
    fn nothing_gets_into_a_configuration_beside_a_path_and_clients() {
        for path in ["/a\"b", "/a\nb", "/a\\b", "/a'b"] {
            assert!(
                matches!(export(path, &[]), Err(ServeError::Path(_))),
                "{path}"
            );
        }
        for client in ["", "a b", "a(rw)", "*", "@group", "a\n", "-a", "a;b"] {
            let refused = export("/srv/a", &[client]);
            assert!(matches!(refused, Err(ServeError::Client(_))), "{client}");
        }
    }
}
