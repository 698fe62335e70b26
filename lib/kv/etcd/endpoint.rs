//! URL of one member.

use std::fmt;
use std::net::IpAddr;

use crate::path::escape;

/// The port of etcd's clients.
const PORT: &str = "2379";

/// URL of a member of etcd: `http` or `https`, a host, a port.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Endpoint {
    is_secure: bool,
    authority: String,
}

impl Endpoint {
    /// The member at a URL; the reason why it is none, and what to do.
    pub(super) fn new(url: &str) -> Result<Self, String> {
        let wrong = |why: &str| {
            let url = escape(without_user(url).as_bytes());
            format!("“{url}” {why}; write https://HOST:PORT")
        };
        let (is_secure, rest) = match url.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(wrong("is no URL of an etcd server")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains('@') {
            return Err(wrong("holds a user, who has keys of his own"));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (authority, PORT),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        let is_host = match host.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            Some(address) => matches!(address.parse(), Ok(IpAddr::V6(_))),
            None => !host.is_empty() && host.len() < 256 && host.chars().all(is_name),
        };
        let is_port = port.chars().all(|c| c.is_ascii_digit());
        match is_host && is_port && port.parse::<u16>().is_ok_and(|port| port > 0) {
            true => Ok(Self {
                is_secure,
                authority: format!("{host}:{port}"),
            }),
            false => Err(wrong("names no host and port")),
        }
    }

    /// True where the connection is encrypted.
    pub(super) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// True where no other host hears it.
    pub(super) fn is_private(&self) -> bool {
        let host = self.authority.rsplit_once(':').map_or("", |it| it.0);
        let host = host.trim_matches(['[', ']']);
        let is_loopback = host.parse().is_ok_and(|it: IpAddr| it.is_loopback());
        self.is_secure || is_loopback || host == "localhost"
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

fn without_user(url: &str) -> &str {
    url.rsplit_once('@').map_or(url, |it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_has_a_host_and_a_port() {
        for (url, shown) in [
            ("https://db-1.example:2379", "https://db-1.example:2379"),
            ("http://127.0.0.1:1/", "http://127.0.0.1:1"),
            ("https://[fe80::1]", "https://[fe80::1]:2379"),
            ("https://db", "https://db:2379"),
        ] {
            assert_eq!(Endpoint::new(url).unwrap().to_string(), shown);
        }
        for url in [
            "",
            "db:2379",
            "ftp://db",
            "https://",
            "https://db:0",
            "https://db:65536",
            "https://db:+1",
            "https://db:2379/v3",
            "https://a b",
            "https://[::1",
            "https://db\n",
            "https://é",
            "https://[1.2.3.4]",
        ] {
            let why = Endpoint::new(url).unwrap_err();
            assert!(why.ends_with("; write https://HOST:PORT"), "{why}");
            assert!(!why.contains('\n'), "{why}");
        }
        let why = Endpoint::new("https://os:geheim@db:2379").unwrap_err();
        assert!(
            why.contains("holds a user") && !why.contains("geheim"),
            "{why}"
        );
    }

    #[test]
    fn a_password_is_safe_over_tls_and_on_this_host() {
        let is_private = |url| Endpoint::new(url).unwrap().is_private();
        assert!(is_private("https://db") && is_private("http://127.0.0.9:1"));
        assert!(is_private("http://[::1]:1") && is_private("http://localhost"));
        assert!(!is_private("http://db") && !is_private("http://10.0.0.1"));
    }
}
