//! Reasons why one member gave no answer, sorted by what is known of the request.

use std::io;

use super::wire::Fault;
use crate::path::printable;

/// Characters of a text of etcd's that are shown.
const SHOWN: usize = 300;

/// A request that one member did not answer. Each text is escaped and in one line.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Failed {
    /// It did nothing: another member may.
    NotDone(String),
    /// It may have done what it was asked.
    Lost(String),
    /// The connection is not to be trusted.
    Untrusted(String),
    /// The user is not let in, or not let do this.
    Denied(String),
    /// The token is not valid any more.
    Token(String),
    /// The lease has ended.
    NoLease,
    /// The answer makes no sense, or no member will ever do this.
    Unusable(String),
}

impl Failed {
    /// A request without an answer, over TLS or not.
    pub(super) fn of(error: ureq::Error, is_secure: bool) -> Self {
        use io::ErrorKind::{
            AddrNotAvailable, BrokenPipe, ConnectionRefused, ConnectionReset, HostUnreachable,
            NetworkUnreachable, UnexpectedEof,
        };
        match error {
            ureq::Error::HostNotFound => Self::NotDone("no such host".to_owned()),
            ureq::Error::ConnectionFailed => Self::NotDone("no connection".to_owned()),
            ureq::Error::Timeout(phase @ (ureq::Timeout::Resolve | ureq::Timeout::Connect)) => {
                Self::NotDone(format!("no connection in time ({phase})"))
            }
            ureq::Error::Timeout(_) => Self::Lost("no answer in time".to_owned()),
            ureq::Error::Tls(_) | ureq::Error::Pem(_) | ureq::Error::Rustls(_) => {
                Self::Untrusted(said(&error.to_string()))
            }
            ureq::Error::Io(error) if is_tls(&error) => Self::Untrusted(said(&error.to_string())),
            ureq::Error::Io(error) => {
                let why = said(&crate::host::Cause::of(&error).to_string());
                match error.kind() {
                    ConnectionRefused | HostUnreachable | NetworkUnreachable | AddrNotAvailable => {
                        Self::NotDone(why)
                    }
                    // Its alert is lost where it closes the connection first.
                    BrokenPipe | ConnectionReset | UnexpectedEof => {
                        let perhaps = match is_secure {
                            true => "it may want another client certificate, or speak http",
                            false => "it may speak https",
                        };
                        Self::Lost(format!("{why} ({perhaps})"))
                    }
                    _ => Self::Lost(why),
                }
            }
            ureq::Error::BodyExceedsLimit(limit) => Self::Unusable(format!(
                "answers with more than {limit} bytes; keep less in it"
            )),
            error => Self::Lost(said(&error.to_string())),
        }
    }

    /// A refusal of etcd's.
    pub(super) fn refused(fault: &Fault) -> Self {
        let text = said(&fault.message);
        let holds = |part: &str| fault.message.contains(part);
        match fault.code {
            _ if holds("requested lease not found") => Self::NoLease,
            // The users were changed since the token was given.
            _ if holds("revision of auth store is old") => Self::Token(text),
            16 => Self::Token(text),
            7 => Self::Denied(text),
            _ if holds("authentication failed") || holds("authentication is not enabled") => {
                Self::Denied(text)
            }
            _ if holds("user name is empty") => {
                Self::Denied(format!("{text}: it lets nobody in without a user"))
            }
            _ if holds("too many requests") || holds("has been compacted") => Self::NotDone(text),
            3 | 5 | 6 | 8 | 9 | 11 | 12 | 15 => Self::Unusable(format!(
                "refuses the request: {text}; correct etcd's settings"
            )),
            _ => Self::Lost(text),
        }
    }

    /// An answer with this status that is none of the gateway's.
    pub(super) fn stray(status: u16, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        if status == 400 && text.contains("CommonName of client") {
            return Self::Denied(
                "where it has users, its gateway takes no client certificate that has a CN"
                    .to_owned(),
            );
        }
        let text = said(&text);
        match status {
            404 => Self::Unusable(
                "has no JSON gateway at /v3/; name the client URL of an etcd of 3.4 or later"
                    .to_owned(),
            ),
            500.. => Self::Lost(format!("HTTP {status}: {text}")),
            _ => Self::Unusable(format!(
                "answers HTTP {status}: {text}; name the client URL of an etcd"
            )),
        }
    }
}

fn is_tls(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>())
}

/// A text in one line, escaped and bounded.
pub(super) fn said(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = printable(&line);
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_sorted_by_what_the_caller_does_next() {
        let refused = |code, message: &str| {
            Failed::refused(&Fault {
                code,
                message: message.to_owned(),
            })
        };
        assert_eq!(
            refused(5, "etcdserver: requested lease not found"),
            Failed::NoLease
        );
        for (code, message) in [
            (16, "etcdserver: invalid auth token"),
            (3, "etcdserver: revision of auth store is old"),
        ] {
            assert!(
                matches!(refused(code, message), Failed::Token(_)),
                "{message}"
            );
        }
        for (code, message) in [
            (7, "etcdserver: permission denied"),
            (
                3,
                "etcdserver: authentication failed, invalid user ID or password",
            ),
            (3, "etcdserver: user name is empty"),
            (9, "etcdserver: authentication is not enabled"),
        ] {
            assert!(
                matches!(refused(code, message), Failed::Denied(_)),
                "{message}"
            );
        }
        for code in [2, 4, 13, 14] {
            assert!(matches!(
                refused(code, "etcdserver: request timed out"),
                Failed::Lost(_)
            ));
        }
        assert!(matches!(
            refused(8, "etcdserver: too many requests"),
            Failed::NotDone(_)
        ));
        assert!(matches!(
            refused(8, "etcdserver: mvcc: database space exceeded"),
            Failed::Unusable(_)
        ));
        assert!(matches!(
            refused(11, "mvcc: required revision has been compacted"),
            Failed::NotDone(_)
        ));
    }

    #[test]
    fn answers_of_others_are_told_apart() {
        let text = b"CommonName of client sending a request against gateway will be ignored and not used as expected\n";
        assert!(matches!(Failed::stray(400, text), Failed::Denied(why) if why.contains("CN")));
        let text = b"Client sent an HTTP request to an HTTPS server.\n";
        assert!(
            matches!(Failed::stray(400, text), Failed::Unusable(why) if why.contains("HTTPS server. ")
            || why.contains("HTTPS server.;"))
        );
        assert!(matches!(
            Failed::stray(404, b"404 page not found"),
            Failed::Unusable(_)
        ));
        assert!(
            matches!(Failed::stray(503, b"a\nb\x1b"), Failed::Lost(why) if why == "HTTP 503: a b\\x1b")
        );
    }

    #[test]
    fn what_was_surely_not_sent_is_not_done() {
        let io = |kind: io::ErrorKind| Failed::of(ureq::Error::Io(kind.into()), true);
        let of = |error| Failed::of(error, false);
        assert!(matches!(
            io(io::ErrorKind::ConnectionRefused),
            Failed::NotDone(_)
        ));
        let reset = io(io::ErrorKind::ConnectionReset);
        assert!(matches!(reset, Failed::Lost(why) if why.contains("client certificate")));
        assert!(matches!(
            of(ureq::Error::Timeout(ureq::Timeout::Connect)),
            Failed::NotDone(_)
        ));
        assert!(matches!(
            of(ureq::Error::Timeout(ureq::Timeout::Global)),
            Failed::Lost(_)
        ));
        let tls = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::DecryptError);
        assert!(matches!(of(ureq::Error::Io(tls)), Failed::Untrusted(_)));
    }
}
