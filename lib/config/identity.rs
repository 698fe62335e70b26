//! `[identity]`.

use serde::Deserialize;

use super::error::ConfigError;
use super::line::line_of_key;
use super::pool::Words;
use crate::identity::{Ask, Field};
use crate::path::escape;
use crate::pool::Pool;

/// `[identity]`: parts of identities that nothing nearer says. By itself it asks for nothing, but in
/// the hook.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct IdentityDefaults {
    /// Gateways, name servers, search domains, machine-id, SSH host keys and cloud-init.
    pub ask: Ask,
    /// True where the hook gives a machine its own name as its host name.
    pub hostname_of_domain: bool,
    /// The pool of the machines that the hook prepares and that no other pool is for.
    pub pool: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FileIdentity {
    hostname: Option<HostnameFrom>,
    gateway: Words,
    dns: Words,
    search: Words,
    machine_id: Option<String>,
    ssh_keys: Option<String>,
    cloud_init: Option<String>,
    pool: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum HostnameFrom {
    Domain,
}

/// The defaults of a file with these pools.
pub(super) fn defaults(
    file: FileIdentity,
    pools: &[Pool],
    text: &str,
    origin: &str,
) -> Result<IdentityDefaults, ConfigError> {
    let mut ask = Ask::default();
    let one = |word: &Option<String>| word.clone().into_iter().collect();
    for (field, words) in [
        (Field::Gateway, file.gateway.0),
        (Field::Dns, file.dns.0),
        (Field::Search, file.search.0),
        (Field::MachineId, one(&file.machine_id)),
        (Field::SshKeys, one(&file.ssh_keys)),
        (Field::CloudInit, one(&file.cloud_init)),
    ] {
        for word in &words {
            ask.put(field, word)
                .map_err(|source| ConfigError::Identity {
                    origin: origin.to_owned(),
                    line: line_of_key(text, "identity", 0, field.name()),
                    key: field.name(),
                    source,
                })?;
        }
    }
    if let Some(name) = &file.pool
        && !pools.iter().any(|pool| pool.name() == name)
    {
        return Err(ConfigError::NoPool {
            origin: origin.to_owned(),
            line: line_of_key(text, "identity", 0, "pool"),
            name: escape(name.as_bytes()),
        });
    }
    Ok(IdentityDefaults {
        ask,
        hostname_of_domain: file.hostname.is_some(),
        pool: file.pool,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use crate::identity::{CloudInit, KeysWish};

    #[test]
    fn what_is_said_is_a_default_of_every_identity() {
        let text = "[identity]\nhostname = \"domain\"\ngateway = \"10.0.0.1\"\n\
            dns = [\"10.0.0.2\", \"10.0.0.3\"]\nsearch = \"example.org\"\n\
            ssh_keys = \"keep\"\ncloud_init = \"off\"\npool = \"web\"\n\
            [[pool]]\nname = \"web\"\nrange = \"10.0.0.0/24\"\n";
        let identity = Config::parse(text, "c").unwrap().identity;
        assert!(identity.hostname_of_domain);
        assert_eq!(identity.pool.as_deref(), Some("web"));
        assert_eq!(identity.ask.dns.len(), 2);
        assert_eq!(identity.ask.gateways.len(), 1);
        assert_eq!(identity.ask.search[0].as_str(), "example.org");
        assert_eq!(identity.ask.ssh_keys, Some(KeysWish::Keep));
        assert_eq!(identity.ask.cloud_init, Some(CloudInit::Off));
        assert!(!Config::default().identity.hostname_of_domain);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (text, told) in [
            ("[identity]\n\ndns = \"x\"\n", "c:3: identity.dns: "),
            (
                "[identity]\ncloud_init = \"on\"\n",
                "c:2: identity.cloud_init: ",
            ),
            ("[identity]\nhostname = \"web\"\n", "c:2: unknown variant"),
            ("[identity]\ndns = 7\n", "c:2: invalid type"),
            ("[identity]\ndnss = \"10.0.0.2\"\n", "c:2: unknown field"),
            (
                "[identity]\npool = \"web\"\n",
                "c:2: identity.pool: no [[pool]]",
            ),
        ] {
            let error = Config::parse(text, "c").unwrap_err().to_string();
            assert!(error.starts_with(told), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
