//! A registry in a store of keys and values, which several hypervisors share.

use super::Registry;
use super::content::ContentError;
use super::error::{EditError, RegistryError};
use super::memory::changed;
use super::record;
use super::selection::Warning;
use super::server::Server;
use super::servers::Servers;
use super::setting::Setting;
use super::store::{Outcome, Store};
use super::value::Value;
use crate::kv::{self, Applied, Change, KvError, Versioned};
use crate::path::escape;

/// Times that a change is begun anew because somebody else's came between.
const TRIES: usize = 16;

/// A registry in a store of keys and values, which several hypervisors share.
///
/// The server `NAME` lies under the key `PREFIX/server/NAME`, as JSON. What lies there anybody may have
/// written: one that is no server is left out, and [`Servers::warnings`] names it. A change rests on the
/// server's being as it was read, so that of two at a time neither is lost.
///
/// ```
/// use osgraft::kv::MemoryStore;
/// use osgraft::registry::{KvRegistry, Outcome, Registry, Server, Source, Store};
///
/// let registry = KvRegistry::new(MemoryStore::new(), "osgraft");
/// let server = Server::new("deb12-a", Source::nfs("9.7.25.123:/vol/shared_lib")?)?;
/// assert_eq!(registry.add(&server)?, Outcome::Changed);
/// assert_eq!(registry.servers()?.get("deb12-a"), Some(&server));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct KvRegistry<S> {
    store: S,
    folder: String,
    origin: String,
}

impl<S: kv::Store> KvRegistry<S> {
    /// The registry below a prefix of a store.
    pub fn new(store: S, prefix: &str) -> Self {
        let prefix = prefix.trim_end_matches('/');
        Self {
            folder: format!("{prefix}/server/"),
            origin: format!("{} {}", store.origin(), escape(prefix.as_bytes())),
            store,
        }
    }

    /// The store that it lies in.
    pub fn store(&self) -> &S {
        &self.store
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.folder)
    }

    fn read(&self, name: &str) -> Result<Option<Versioned>, EditError> {
        Ok(self
            .store
            .get(&self.key(name))
            .map_err(RegistryError::from)?)
    }

    /// Makes a change until it is made or known to be needless. `plan` reads afresh each time; it is told
    /// whether the change may have been made already.
    fn edit(
        &self,
        plan: impl Fn(bool) -> Result<Option<Change>, EditError>,
    ) -> Result<Outcome, EditError> {
        // A change that is in doubt was this call's own where it is found made.
        let mut outcome = Outcome::Unchanged;
        let mut last = None;
        for _ in 0..TRIES {
            let Some(change) = plan(outcome == Outcome::Changed)? else {
                return Ok(outcome);
            };
            match self.store.apply(&change) {
                Ok(Applied::Yes) => return Ok(Outcome::Changed),
                Ok(Applied::No) => last = None,
                Err(error @ KvError::Unknown { .. }) => {
                    outcome = Outcome::Changed;
                    last = Some(error);
                }
                Err(error) => return Err(RegistryError::from(error).into()),
            }
        }
        let error = last.unwrap_or_else(|| KvError::Unavailable {
            origin: self.origin.clone(),
            why: "others change the same server all the time".to_owned(),
        });
        Err(RegistryError::from(error).into())
    }

    fn unknown(&self, name: &str) -> Result<EditError, EditError> {
        Ok(EditError::UnknownServer {
            origin: self.origin.clone(),
            name: escape(name.as_bytes()),
            nearest: self.servers()?.nearest(name).map(str::to_owned),
        })
    }

    fn refused(&self, name: &str, error: ContentError) -> EditError {
        EditError::Refused {
            origin: self.origin.clone(),
            name: escape(name.as_bytes()),
            error: Box::new(error),
        }
    }

    /// The change that sets keys of a server.
    fn setting(&self, name: &str, settings: &[Setting]) -> Result<Option<Change>, EditError> {
        let Some(found) = self.read(name)? else {
            return Err(self.unknown(name)?);
        };
        let server = record::read(name, &found.value).map_err(|why| {
            let why = format!(
                "server “{}” is none: {why}; remove it",
                escape(name.as_bytes())
            );
            RegistryError::unusable(&self.origin, why)
        })?;
        let changed = changed(&server, settings).map_err(|error| self.refused(name, error))?;
        if changed == server {
            return Ok(None);
        }
        let key = self.key(name);
        let change = Change::new().is(&key, found.version);
        if changed.name() == name {
            return Ok(Some(change.put(key, record::written(&changed))));
        }
        if self.read(changed.name())?.is_some() {
            let name_taken = ContentError::NameTaken {
                name: changed.name().to_owned(),
            };
            return Err(self.refused(name, name_taken));
        }
        let new = self.key(changed.name());
        let change = change.absent(&new).delete(key);
        Ok(Some(change.put(new, record::written(&changed))))
    }
}

impl<S: kv::Store> Registry for KvRegistry<S> {
    fn servers(&self) -> Result<Servers, RegistryError> {
        let mut servers = Vec::new();
        let mut skipped = Vec::new();
        for (key, found) in self.store.list(&self.folder)? {
            let name = key.strip_prefix(&self.folder).unwrap_or_default();
            match record::read(name, &found.value) {
                Ok(server) => servers.push(server),
                Err(why) => skipped.push(Warning::Skipped {
                    server: escape(name.as_bytes()),
                    why,
                }),
            }
        }
        Ok(Servers::unique(&self.origin, servers).with_skipped(skipped))
    }
}

impl<S: kv::Store> Store for KvRegistry<S> {
    fn origin(&self) -> &str {
        &self.origin
    }

    fn add(&self, server: &Server) -> Result<Outcome, EditError> {
        let key = self.key(server.name());
        self.edit(|_| match self.read(server.name())? {
            None => {
                let change = Change::new().absent(&key);
                Ok(Some(change.put(&key, record::written(server))))
            }
            Some(found) => match record::read(server.name(), &found.value) {
                Ok(present) if present == *server => Ok(None),
                _ => Err(EditError::NameTaken {
                    origin: self.origin.clone(),
                    name: server.name().to_owned(),
                }),
            },
        })
    }

    fn remove(&self, name: &str) -> Result<Outcome, EditError> {
        let key = self.key(name);
        self.edit(|_| {
            let found = self.read(name)?;
            Ok(found.map(|found| Change::new().is(&key, found.version).delete(&key)))
        })
    }

    fn set(&self, name: &str, settings: &[Setting]) -> Result<Outcome, EditError> {
        self.edit(|is_in_doubt| match self.setting(name, settings) {
            // The old name is gone because this call took it away.
            Err(EditError::UnknownServer { .. })
                if is_in_doubt && self.read(new_name(settings).unwrap_or(name))?.is_some() =>
            {
                Ok(None)
            }
            planned => planned,
        })
    }
}

fn new_name(settings: &[Setting]) -> Option<&str> {
    settings
        .iter()
        .rev()
        .find_map(|setting| match setting.value() {
            Some(Value::Name(name)) => Some(name.as_str()),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::kv::{Failure, MemoryStore};
    use crate::registry::{Needs, NoServer, Source, select};

    fn server(name: &str) -> Server {
        Server::new(name, Source::nfs("9.7.25.123:/vol/a").unwrap()).unwrap()
    }

    fn registry() -> KvRegistry<MemoryStore> {
        KvRegistry::new(MemoryStore::new(), "osgraft/")
    }

    fn put(registry: &KvRegistry<MemoryStore>, key: &str, value: &[u8]) {
        let change = Change::new().put(key, value);
        assert_eq!(
            kv::Store::apply(registry.store(), &change).unwrap(),
            Applied::Yes
        );
    }

    fn names(servers: &Servers) -> Vec<&str> {
        servers.iter().map(Server::name).collect()
    }

    #[test]
    fn each_change_tells_what_it_did() {
        let registry = registry();
        assert!(registry.servers().unwrap().is_empty());
        assert_eq!(registry.add(&server("b")).unwrap(), Outcome::Changed);
        assert_eq!(registry.add(&server("b")).unwrap(), Outcome::Unchanged);
        let other = server("b").with_weight(7).unwrap();
        assert_eq!(
            registry.add(&other).unwrap_err().code(),
            "server-name-taken"
        );
        assert_eq!(registry.add(&server("a")).unwrap(), Outcome::Changed);
        assert_eq!(names(&registry.servers().unwrap()), ["a", "b"]);
        let weight = ["weight=7".parse().unwrap()];
        assert_eq!(registry.set("b", &weight).unwrap(), Outcome::Changed);
        assert_eq!(registry.set("b", &weight).unwrap(), Outcome::Unchanged);
        assert_eq!(registry.servers().unwrap().get("b"), Some(&other));
        let rename = |name: &str| [format!("name={name}").parse().unwrap()];
        assert_eq!(
            registry.set("b", &rename("a")).unwrap_err().code(),
            "server-invalid"
        );
        assert_eq!(registry.set("b", &rename("c")).unwrap(), Outcome::Changed);
        assert_eq!(names(&registry.servers().unwrap()), ["a", "c"]);
        let unknown = registry.set("cc", &weight).unwrap_err();
        assert!(
            unknown.to_string().contains("did you mean “c”?"),
            "{unknown}"
        );
        assert_eq!(registry.remove("a").unwrap(), Outcome::Changed);
        assert_eq!(registry.remove("a").unwrap(), Outcome::Unchanged);
        assert_eq!(registry.origin(), "memory osgraft");
        let found = kv::Store::get(registry.store(), "osgraft/server/c")
            .unwrap()
            .unwrap();
        assert!(
            found
                .value
                .starts_with(br#"{"schema":1,"server":{"name":"c","#)
        );
    }

    #[test]
    fn what_is_no_server_is_left_out_and_named() {
        let registry = registry();
        registry.add(&server("good")).unwrap();
        let line = br#"{"schema":1,"server":{"name":"line","export":"h:/x\nevil /etc nfs"}}"#;
        put(&registry, "osgraft/server/line", line);
        put(&registry, "osgraft/server/odd\nname", b"\xff");
        put(&registry, "osgraft/server/", b"{}");
        put(
            &registry,
            "osgraft/server/new",
            br#"{"schema":2,"server":{}}"#,
        );
        put(&registry, "osgraft/servers", b"is no server's");
        let servers = registry.servers().unwrap();
        assert_eq!(names(&servers), ["good"]);
        let warnings: Vec<String> = servers.warnings().iter().map(ToString::to_string).collect();
        assert_eq!(warnings.len(), 4, "{warnings:?}");
        for (warning, name) in warnings
            .iter()
            .zip(["“”", "“line”", "“new”", r"“odd\x0aname”"])
        {
            assert!(
                warning.contains(name) && !warning.contains('\n'),
                "{warning}"
            );
        }
        let selection = select(&servers, &Needs::new("web-7")).unwrap();
        assert_eq!(selection.server.name(), "good");
        assert!(
            selection
                .warnings
                .iter()
                .any(|it| it.code() == "server-skipped")
        );
        let error = registry
            .set("line", &["weight=7".parse().unwrap()])
            .unwrap_err();
        assert_eq!(error.code(), "registry-unusable");
        assert_eq!(
            registry.add(&server("line")).unwrap_err().code(),
            "server-name-taken"
        );
        registry.remove("good").unwrap();
        let error = select(&registry.servers().unwrap(), &Needs::new("web-7")).unwrap_err();
        assert!(matches!(error, NoServer::AllSkipped { .. }), "{error}");
        assert!(error.to_string().contains("“line”"), "{error}");
        assert_eq!(registry.remove("line").unwrap(), Outcome::Changed);
    }

    #[test]
    fn a_store_that_fails_is_told_as_it_says_it() {
        let registry = registry();
        registry.store().fail_with(Some(Failure::NoQuorum));
        let error = registry.servers().unwrap_err();
        assert_eq!(
            (error.code(), error.is_retryable()),
            ("kv-unavailable", true)
        );
        let error = registry.add(&server("a")).unwrap_err();
        assert!(error.registry().is_some_and(RegistryError::is_retryable));
        registry.store().fail_with(Some(Failure::LostAnswers));
        // The change is found made when it is read again.
        assert_eq!(registry.add(&server("a")).unwrap(), Outcome::Changed);
        let rename = ["name=b".parse().unwrap()];
        assert_eq!(registry.set("a", &rename).unwrap(), Outcome::Changed);
        assert_eq!(registry.remove("b").unwrap(), Outcome::Changed);
        assert_eq!(registry.remove("b").unwrap(), Outcome::Unchanged);
    }

    #[test]
    fn of_two_changes_at_a_time_neither_is_lost() {
        let registry = Arc::new(registry());
        registry.add(&server("a")).unwrap();
        let set = |setting: &'static str| {
            let registry = Arc::clone(&registry);
            std::thread::spawn(move || registry.set("a", &[setting.parse().unwrap()]).unwrap())
        };
        let all = ["weight=7", "os=debian", "version=12", "state=draining"].map(set);
        for one in all {
            assert_eq!(one.join().unwrap(), Outcome::Changed);
        }
        let expected = server("a")
            .with_weight(7)
            .unwrap()
            .with_os("debian")
            .unwrap();
        let expected = expected.with_version("12").unwrap();
        let expected = expected.with_state("draining".parse().unwrap());
        assert_eq!(registry.servers().unwrap().get("a"), Some(&expected));
    }
}
