//! Keys that are made: Ed25519 and ECDSA on P-256, in OpenSSH's own format.

use ssh_key::{Algorithm, EcdsaCurve, LineEnding, PrivateKey};

use super::super::fresh::Fresh;

/// A kind of key that is made.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kind {
    Ed25519,
    Ecdsa,
}

impl Kind {
    /// Its name in the protocol.
    pub(super) fn algorithm(self) -> &'static str {
        match self {
            Self::Ed25519 => "ssh-ed25519",
            Self::Ecdsa => "ecdsa-sha2-nistp256",
        }
    }

    /// The name of its file by itself.
    pub(super) fn file_name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ssh_host_ed25519_key",
            Self::Ecdsa => "ssh_host_ecdsa_key",
        }
    }

    /// The kind of a key that the master has, by its content, and else by its name. `None` for a kind
    /// that is not made.
    pub(super) fn of(name: &str, content: Option<&[u8]>) -> Option<Self> {
        let content = content.unwrap_or_default();
        if let Ok(key) = PrivateKey::from_openssh(content) {
            return match key.algorithm() {
                Algorithm::Ed25519 => Some(Self::Ed25519),
                Algorithm::Ecdsa { .. } => Some(Self::Ecdsa),
                _ => None,
            };
        }
        if content.starts_with(b"-----BEGIN EC PRIVATE KEY-----") {
            return Some(Self::Ecdsa);
        }
        let is_other =
            content.starts_with(b"-----BEGIN RSA") || content.starts_with(b"-----BEGIN DSA");
        match name {
            _ if is_other => None,
            _ if name.contains("ed25519") => Some(Self::Ed25519),
            _ if name.contains("ecdsa") => Some(Self::Ecdsa),
            _ => None,
        }
    }
}

/// True for the text of a private key in PEM or in OpenSSH's format.
pub(in crate::identity) fn is_private(content: &[u8]) -> bool {
    let mark = b"PRIVATE KEY-----";
    content.starts_with(b"-----BEGIN ") && content.windows(mark.len()).any(|part| part == mark)
}

/// A key pair. It has no text form but the one that is written to the guest.
pub(super) struct Pair(PrivateKey);

impl Pair {
    pub(super) fn new(kind: Kind, comment: &str, fresh: &mut Fresh<'_>) -> Self {
        let algorithm = match kind {
            Kind::Ed25519 => Algorithm::Ed25519,
            Kind::Ecdsa => Algorithm::Ecdsa {
                curve: EcdsaCurve::NistP256,
            },
        };
        let mut key = PrivateKey::random(fresh, algorithm).expect("a kind that the crate makes");
        key.set_comment(comment);
        Self(key)
    }

    /// The private key as a file of OpenSSH's.
    pub(super) fn openssh(&self) -> Vec<u8> {
        let text = self.0.to_openssh(LineEnding::LF).expect("a whole key");
        text.as_bytes().to_vec()
    }

    /// The line of its `.pub` file.
    pub(super) fn public_line(&self) -> String {
        let line = self.0.public_key().to_openssh().expect("a whole key");
        format!("{}\n", line.trim_end())
    }

    pub(super) fn key(&self) -> &PrivateKey {
        &self.0
    }
}
