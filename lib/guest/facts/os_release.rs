//! The operating system that a guest says it is: os-release(5), and its predecessors.

use serde::Serialize;

use super::super::GuestError;
use super::probe::Probe;
use crate::path::{GuestPath, escape};

/// Bytes of a file that is taken for an os-release.
const LIMIT: u64 = 1 << 20;
/// Bytes of one value; real ones stay below 100, and a longer one is passed over.
const VALUE_MAX: usize = 1024;

/// The operating system as a guest names it. Texts are escaped and at most 1024 bytes in the guest.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OsRelease {
    /// `ID`, as in `debian`; `linux` where an os-release names none.
    pub id: String,
    /// `ID_LIKE`: what it derives from, closest first.
    pub id_like: Vec<String>,
    /// `VERSION_ID`, as in `12`; rolling systems have none.
    pub version_id: Option<String>,
    /// `VARIANT_ID`, as in `coreos`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant_id: Option<String>,
    /// `PRETTY_NAME`.
    pub pretty_name: Option<String>,
    /// The file that says so, links resolved.
    pub source: Option<GuestPath>,
}

impl OsRelease {
    /// Reads an os-release: `KEY=value` lines as a shell would take them, the last of a key
    /// winning. Lines that are none are passed over, and there is no content without an answer.
    ///
    /// A quote that its line does not close ends with the line.
    pub fn parse(content: &[u8]) -> Self {
        let mut os = Self {
            id: "linux".to_owned(),
            ..Self::default()
        };
        for (key, value) in assignments(content) {
            let text = escape(&value);
            match key {
                b"ID" if !text.is_empty() => os.id = text,
                b"ID_LIKE" => os.id_like = text.split_whitespace().map(str::to_owned).collect(),
                b"VERSION_ID" => os.version_id = some(text),
                b"VARIANT_ID" => os.variant_id = some(text),
                b"PRETTY_NAME" => os.pretty_name = some(text),
                _ => {}
            }
        }
        os
    }
}

/// Reads one release file of the time before os-release(5).
type Reader = fn(&[u8]) -> Option<OsRelease>;

/// lsb-release comes before debian_version, which Ubuntu has as well and which then names
/// Debian's release.
const OLDER: [(&str, Reader); 6] = [
    ("/etc/lsb-release", lsb_release),
    ("/etc/oracle-release", redhat_release),
    ("/etc/redhat-release", redhat_release),
    ("/etc/alpine-release", alpine_release),
    ("/etc/SuSE-release", suse_release),
    ("/etc/debian_version", debian_version),
];

pub(super) fn gather(probe: &mut Probe<'_>) -> Result<Option<OsRelease>, GuestError> {
    for path in ["/etc/os-release", "/usr/lib/os-release"] {
        if let Some((source, content)) = probe.content(path, LIMIT)? {
            let mut os = OsRelease::parse(&content);
            os.source = Some(source);
            return Ok(Some(os));
        }
    }
    for (path, read) in OLDER {
        if let Some((source, content)) = probe.content(path, LIMIT)?
            && let Some(mut os) = read(&content)
        {
            os.source = Some(source);
            return Ok(Some(os));
        }
    }
    Ok(None)
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn assignments(content: &[u8]) -> impl Iterator<Item = (&[u8], Vec<u8>)> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    content
        .split(|b| *b == b'\n')
        .filter_map(|line| {
            let line = line.trim_ascii();
            let equals = line.iter().position(|b| *b == b'=')?;
            let (key, value) = (&line[..equals], &line[equals + 1..]);
            let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
            (!key.is_empty() && key.iter().all(word)).then(|| (key, unquote(value)))
        })
        .filter(|(_, value)| value.len() <= VALUE_MAX)
}

/// A shell word (POSIX.1-2017 XCU 2.2): `'…'` is literal, in `"…"` a backslash escapes `$`, `"`,
/// `\` and `` ` ``, outside it escapes anything. A `#` after a blank begins a comment; other blanks
/// stay, since some write `PRETTY_NAME=Some System 1` without quotes.
fn unquote(text: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(text.len());
    let mut quote = None;
    // Where a value must at least end because quotes held what stands before.
    let mut kept = 0;
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if byte == open => {
                quote = None;
                kept = value.len();
            }
            (None, b'\\') => {
                value.extend(bytes.next());
                kept = value.len();
            }
            (Some(b'"'), b'\\') => match bytes.peek() {
                Some(b'$' | b'"' | b'\\' | b'`') => value.extend(bytes.next()),
                _ => value.push(byte),
            },
            (None, b'#') if value.last().is_some_and(u8::is_ascii_whitespace) => break,
            _ => value.push(byte),
        }
    }
    if quote.is_none() {
        let end = value.trim_ascii_end().len().max(kept);
        value.truncate(end);
    }
    value
}

fn lsb_release(content: &[u8]) -> Option<OsRelease> {
    let mut os = OsRelease::default();
    for (key, value) in assignments(content) {
        let text = escape(&value);
        match key {
            b"DISTRIB_ID" => os.id = text.to_ascii_lowercase(),
            b"DISTRIB_RELEASE" => os.version_id = some(text),
            b"DISTRIB_DESCRIPTION" => os.pretty_name = some(text),
            _ => {}
        }
    }
    // Red Hat's file of this name holds LSB_VERSION alone, and says nothing of the system.
    (!os.id.is_empty()).then_some(os)
}

/// `CentOS release 6.10 (Final)`.
fn redhat_release(content: &[u8]) -> Option<OsRelease> {
    let line = first_line(content)?;
    let (name, rest) = line.split_once(" release ")?;
    let version = rest.split_whitespace().next()?;
    let (id, like): (_, &[&str]) = match name {
        _ if name.starts_with("CentOS") => ("centos", &["rhel", "fedora"]),
        _ if name.starts_with("Red Hat Enterprise") => ("rhel", &["fedora"]),
        _ if name.starts_with("Oracle") || name.starts_with("Enterprise Linux") => {
            ("ol", &["fedora"])
        }
        _ if name.starts_with("Scientific") => ("scientific", &["rhel", "fedora"]),
        _ if name.starts_with("Fedora") => ("fedora", &[]),
        _ => ("rhel", &["fedora"]),
    };
    // CentOS' own os-release, from 7 on, has the major version alone.
    let version = match id {
        "centos" => major(version),
        _ => version,
    };
    Some(OsRelease {
        variant_id: None,
        id: id.to_owned(),
        id_like: like.iter().map(|id| (*id).to_owned()).collect(),
        version_id: some(version.to_owned()),
        pretty_name: Some(line),
        source: None,
    })
}

fn alpine_release(content: &[u8]) -> Option<OsRelease> {
    let version = first_line(content)?;
    Some(OsRelease {
        id: "alpine".to_owned(),
        pretty_name: Some(format!("Alpine Linux {version}")),
        version_id: Some(version),
        ..OsRelease::default()
    })
}

/// `openSUSE 13.1 (x86_64)` or `SUSE Linux Enterprise Server 11 (x86_64)`, then `VERSION = 11`
/// and `PATCHLEVEL = 4`.
fn suse_release(content: &[u8]) -> Option<OsRelease> {
    let line = first_line(content)?;
    let field = |wanted: &str| {
        String::from_utf8_lossy(content).lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            let value = escape(value.trim().as_bytes());
            (key.trim() == wanted && value.len() <= VALUE_MAX).then_some(value)
        })
    };
    let enterprise = line.starts_with("SUSE Linux Enterprise");
    let version = match (field("VERSION"), field("PATCHLEVEL")) {
        (Some(version), Some(level)) if enterprise && level != "0" => {
            Some(format!("{version}.{level}"))
        }
        (version, _) => version,
    };
    Some(OsRelease {
        variant_id: None,
        id: if enterprise { "sles" } else { "opensuse" }.to_owned(),
        id_like: vec!["suse".to_owned()],
        version_id: version,
        pretty_name: Some(line),
        source: None,
    })
}

/// `6.0.10`, or of a release to come, `bookworm/sid`.
fn debian_version(content: &[u8]) -> Option<OsRelease> {
    let version = first_line(content)?;
    let numbered = version.starts_with(|c: char| c.is_ascii_digit());
    Some(OsRelease {
        id: "debian".to_owned(),
        version_id: numbered.then(|| major(&version).to_owned()),
        pretty_name: Some(format!("Debian {version}")),
        ..OsRelease::default()
    })
}

fn first_line(content: &[u8]) -> Option<String> {
    let line = content.split(|b| *b == b'\n').next()?.trim_ascii();
    (!line.is_empty() && line.len() <= VALUE_MAX).then(|| escape(line))
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_taken_and_no_text_can_reach_a_terminal(
            value in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            let content = [&b"VERSION_ID=1\nPRETTY_NAME="[..], &value].concat();
            let os = OsRelease::parse(&content);
            let text = os.pretty_name.unwrap_or_default();
            prop_assert!(text.chars().all(|c| !c.is_control()));
            prop_assert!(os.version_id.is_some());
        }
    }

    fn pretty(value: &str) -> Option<String> {
        OsRelease::parse(format!("PRETTY_NAME={value}").as_bytes()).pretty_name
    }

    #[test]
    fn values_are_read_as_a_shell_reads_them() {
        for (written, read) in [
            ("plain", "plain"),
            ("\"two words\"", "two words"),
            ("'single $x \"y\"'", "single $x \"y\""),
            ("\"a \\\"b\\\" \\$c \\`d\\`\"", "a \"b\" $c `d`"),
            ("a\"b\"'c'", "abc"),
            ("\"value\"  # comment", "value"),
            ("value # comment", "value"),
            ("C#", "C#"),
            ("\"#1\"", "#1"),
            ("Some System 1", "Some System 1"),
            ("\"kept \"", "kept "),
            ("\"open", "open"),
            ("a\\ b", "a b"),
        ] {
            assert_eq!(pretty(written).as_deref(), Some(read), "{written}");
        }
        assert_eq!(pretty("\"a\\nb\"").as_deref(), Some("a\\x5cnb"));
        assert_eq!(pretty("\"\""), None);
        assert_eq!(pretty(""), None);
        assert_eq!(pretty("\\"), None);
    }

    #[test]
    fn odd_lines_are_passed_over_and_the_last_of_a_key_wins() {
        let os = OsRelease::parse(
            b"\xef\xbb\xbfID=first\r\n# ID=comment\n;ID=comment\n\nID\n=x\nID =spaced\nbad-key=1\n  \
              ID=last  \r\nID_LIKE=\"rhel fedora\"\r\nVERSION_ID=\"9.4\"\r\n\0\0=\xff",
        );
        assert_eq!(os.id, "last");
        assert_eq!(os.id_like, ["rhel", "fedora"]);
        assert_eq!(os.version_id.as_deref(), Some("9.4"));
    }

    #[test]
    fn an_os_release_without_an_id_is_linux() {
        assert_eq!(OsRelease::parse(b"").id, "linux");
        assert_eq!(OsRelease::parse(b"ID=\nVERSION_ID=1").id, "linux");
    }

    #[test]
    fn texts_of_the_guest_come_escaped_and_bounded() {
        let os = OsRelease::parse(b"ID=\"\x1b[31m\xff\"\nPRETTY_NAME=\"a\tb\"");
        assert_eq!(os.id, r"\x1b[31m\xff");
        assert_eq!(os.pretty_name.as_deref(), Some(r"a\x09b"));
        assert_eq!(pretty(&"x".repeat(VALUE_MAX + 1)), None);
        assert!(pretty(&"x".repeat(VALUE_MAX)).is_some());
    }

    #[test]
    fn older_release_files_are_read() {
        type Wanted<'a> = Option<(&'a str, Option<&'a str>)>;
        let cases: [(Reader, &str, Wanted<'_>); 13] = [
            (
                redhat_release,
                "CentOS release 6.10 (Final)\n",
                Some(("centos", Some("6"))),
            ),
            (
                redhat_release,
                "Red Hat Enterprise Linux Server release 6.9 (Santiago)",
                Some(("rhel", Some("6.9"))),
            ),
            (
                redhat_release,
                "Oracle Linux Server release 6.8",
                Some(("ol", Some("6.8"))),
            ),
            (
                redhat_release,
                "Fedora release 14 (Laughlin)",
                Some(("fedora", Some("14"))),
            ),
            (redhat_release, "nothing", None),
            (redhat_release, "", None),
            (debian_version, "6.0.10\n", Some(("debian", Some("6")))),
            (debian_version, "wheezy/sid\n", Some(("debian", None))),
            (alpine_release, "3.1.4\n", Some(("alpine", Some("3.1.4")))),
            (
                suse_release,
                "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
                Some(("sles", Some("11.4"))),
            ),
            (
                suse_release,
                "openSUSE 13.1 (x86_64)\nVERSION = 13.1\nCODENAME = Bottle\n",
                Some(("opensuse", Some("13.1"))),
            ),
            (
                lsb_release,
                "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_DESCRIPTION=\"Ubuntu 10.04 LTS\"",
                Some(("ubuntu", Some("10.04"))),
            ),
            (
                lsb_release,
                "LSB_VERSION=base-4.0-amd64:core-4.0-amd64\n",
                None,
            ),
        ];
        for (read, content, wanted) in cases {
            let os = read(content.as_bytes());
            let found = os
                .as_ref()
                .map(|os| (os.id.as_str(), os.version_id.as_deref()));
            assert_eq!(found, wanted, "{content}");
        }
    }
}
