//! The mode that SELinux is configured for.

use serde::Serialize;

use super::super::GuestError;
use super::probe::Probe;

/// A mode of selinux(8).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SelinuxMode {
    /// The policy is enforced: files without a fitting label are out of reach.
    Enforcing,
    /// Calls that the policy would refuse are logged.
    Permissive,
    /// No policy is loaded.
    Disabled,
}

pub(super) fn gather(probe: &mut Probe<'_>) -> Result<Option<SelinuxMode>, GuestError> {
    let config = probe.content("/etc/selinux/config", 1 << 20)?;
    Ok(config.and_then(|(_, content)| parse(&content)))
}

/// The first line that sets a mode, as libselinux' `selinux_getenforcemode` takes it: the key at
/// the line's start, blanks before the value, whatever after it.
fn parse(content: &[u8]) -> Option<SelinuxMode> {
    let modes = [
        ("enforcing", SelinuxMode::Enforcing),
        ("permissive", SelinuxMode::Permissive),
        ("disabled", SelinuxMode::Disabled),
    ];
    content.split(|b| *b == b'\n').find_map(|line| {
        let value = line.strip_prefix(b"SELINUX=")?.trim_ascii_start();
        let is = |name: &str| {
            value
                .get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
        };
        modes
            .iter()
            .find(|(name, _)| is(name))
            .map(|(_, mode)| *mode)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_valid_line_decides() {
        for (config, mode) in [
            (
                "# SELINUX=disabled\nSELINUX=enforcing\n",
                Some(SelinuxMode::Enforcing),
            ),
            (
                "SELINUX= Permissive \r\nSELINUX=enforcing",
                Some(SelinuxMode::Permissive),
            ),
            (
                "SELINUX=bogus\nSELINUX=disabled",
                Some(SelinuxMode::Disabled),
            ),
            ("SELINUXTYPE=targeted\n SELINUX=enforcing", None),
            ("", None),
        ] {
            assert_eq!(parse(config.as_bytes()), mode, "{config}");
        }
    }
}
