//! A store in etcd.

mod calls;
mod endpoint;
mod failed;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use self::calls::{Calls, Repeat, User};
use self::endpoint::Endpoint;
use super::change::refusal;
use super::{Applied, Change, KvError, Lease, Store, Versioned};

/// Time that a call takes at most, unless it is told otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A store in etcd 3.4 or later, over the JSON gateway of its members (`/v3/`).
///
/// The members are asked in turn, beginning with the one that answered last. A call ends within
/// [its time-out](Self::with_timeout), and a member that does not answer takes its share of it at most. A
/// change is given to the next member only where the one before has surely not made it; else it is
/// [`KvError::Unknown`].
///
/// ```no_run
/// use osgraft::kv::{EtcdStore, Store};
///
/// let store = EtcdStore::at(&["https://db-1:2379", "https://db-2:2379"])?
///     .with_ca(&std::fs::read("/etc/osgraft/etcd-ca.pem")?)?
///     .with_user("osgraft", "the password")?;
/// println!("{} keys", store.list("osgraft/")?.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct EtcdStore {
    origin: String,
    calls: Calls,
    ca: Option<Vec<Certificate<'static>>>,
    client: Option<ClientCert>,
}

impl EtcdStore {
    /// The store of these members, each as `https://HOST:PORT` or `http://HOST:PORT`. None is asked yet.
    ///
    /// # Errors
    /// [`KvError::Unusable`] where one is no such URL, or there is none.
    pub fn at(endpoints: &[impl AsRef<str>]) -> Result<Self, KvError> {
        let unusable = |why: String| KvError::Unusable {
            origin: "etcd".to_owned(),
            why,
        };
        let endpoints: Result<Vec<Endpoint>, String> = endpoints
            .iter()
            .map(|url| Endpoint::new(url.as_ref()))
            .collect();
        let endpoints = endpoints.map_err(unusable)?;
        if endpoints.is_empty() {
            return Err(unusable(
                "no server is named; write https://HOST:PORT".into(),
            ));
        }
        let shown: Vec<String> = endpoints.iter().map(Endpoint::to_string).collect();
        Ok(Self {
            origin: shown.join(","),
            calls: Calls::new(endpoints, TIMEOUT),
            ca: None,
            client: None,
        })
    }

    /// Time that a call takes at most; 10 s by default. A listing of more than 1,000 keys is several.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.calls.timeout = timeout;
        self
    }

    /// The certificates, in PEM, that the members' own have to be signed by. Over `https` there is no
    /// default.
    ///
    /// # Errors
    /// [`KvError::Untrusted`] where there is none in it.
    pub fn with_ca(mut self, pem: &[u8]) -> Result<Self, KvError> {
        self.ca = Some(self.certificates(pem, "the CA")?);
        self.connect_anew();
        Ok(self)
    }

    /// The certificate, with those that sign it, and its key, in PEM, that the members know this client by.
    ///
    /// # Errors
    /// [`KvError::Untrusted`] where there is none in it.
    pub fn with_certificate(mut self, certificates: &[u8], key: &[u8]) -> Result<Self, KvError> {
        let certificates = self.certificates(certificates, "the client certificate")?;
        // An error of the parser's may quote the key.
        let no_key = || self.untrusted("the client certificate's key is no private key in PEM");
        let der = PrivateKeyDer::from_pem_slice(key).map_err(|_| no_key())?;
        let key = PrivateKey::from_pem(key).map_err(|_| no_key())?;
        // The client below ends the process where the two do not belong together.
        let chain = certificates.iter().map(|it| it.der().to_vec().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                let config = config.with_root_certificates(RootCertStore::empty());
                config.with_client_auth_cert(chain.collect(), der)
            })
            .map_err(|why| {
                let why = failed::said(&why.to_string());
                self.untrusted(&format!("the client certificate and its key: {why}"))
            })?;
        self.client = Some(ClientCert::new_with_certs(&certificates, key));
        self.connect_anew();
        Ok(self)
    }

    /// The user that etcd knows this client by.
    ///
    /// # Errors
    /// [`KvError::Untrusted`] where other hosts would hear the password: over `http`, but for loopback.
    pub fn with_user(mut self, name: &str, password: &str) -> Result<Self, KvError> {
        if let Some(open) = self.calls.endpoints().find(|it| !it.is_private()) {
            let why = format!("{open} would be told the password unencrypted");
            return Err(self.untrusted(&why));
        }
        self.calls.user = Some(User::new(name, password));
        Ok(self)
    }

    fn certificates(&self, pem: &[u8], whose: &str) -> Result<Vec<Certificate<'static>>, KvError> {
        let mut certificates = Vec::new();
        for item in parse_pem(pem) {
            match item {
                Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
                Ok(_) => {}
                Err(_) => return Err(self.untrusted(&format!("{whose} is no sound PEM"))),
            }
        }
        match certificates.is_empty() {
            true => Err(self.untrusted(&format!("{whose} holds no certificate in PEM"))),
            false => Ok(certificates),
        }
    }

    fn connect_anew(&mut self) {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(self.ca.as_deref().unwrap_or(&[])))
            .client_cert(self.client.clone());
        self.calls.connect_with(tls);
    }

    fn untrusted(&self, why: &str) -> KvError {
        KvError::Untrusted {
            origin: self.origin.clone(),
            why: why.to_owned(),
        }
    }

    fn unusable(&self, why: String) -> KvError {
        KvError::Unusable {
            origin: self.origin.clone(),
            why,
        }
    }

    /// Asks, and reads the answer; `None` where the lease that it is about has ended.
    fn ask<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
        repeat: Repeat,
    ) -> Result<Option<T>, KvError> {
        if self.ca.is_none() && self.calls.endpoints().any(Endpoint::is_secure) {
            return Err(self.untrusted("over https the CA of its certificates has to be named"));
        }
        let Some(answer) = self.calls.call(&self.origin, path, body, repeat)? else {
            return Ok(None);
        };
        match wire::answer(&answer) {
            Ok(answer) => Ok(Some(answer)),
            Err(why) if repeat == Repeat::Never => Err(KvError::Unknown {
                origin: self.origin.clone(),
                why: failed::said(&why),
            }),
            Err(why) => {
                let why = failed::said(&why);
                Err(self.unusable(format!(
                    "its answer is none of etcd's: {why}; name the client URL of an etcd"
                )))
            }
        }
    }

    fn range(&self, body: &Value) -> Result<wire::Range, KvError> {
        let range = self.ask("kv/range", body, Repeat::Safe)?;
        range.ok_or_else(|| self.unusable(ENDED.to_owned()))
    }

    fn pages(&self, prefix: &str, is_stale: bool) -> Result<Vec<(String, Versioned)>, KvError> {
        let mut all = Vec::new();
        let mut from = prefix.as_bytes().to_vec();
        let mut revision = None;
        loop {
            let page = self.range(&wire::list(&from, prefix, revision, is_stale))?;
            let last = page.kvs.last().map(|last| last.key.0.clone());
            for pair in page.kvs {
                if let Ok(key) = String::from_utf8(pair.key.0.clone()) {
                    all.push((key, pair.versioned()));
                }
            }
            match last {
                Some(last) if page.more && last >= from => {
                    from = last;
                    from.push(0);
                    revision = Some(page.header.revision.0);
                }
                _ => return Ok(all),
            }
        }
    }
}

/// Text on a lease that is no more.
const ENDED: &str = "the lease has ended: take a new one";

impl Store for EtcdStore {
    fn origin(&self) -> &str {
        &self.origin
    }

    fn get(&self, key: &str) -> Result<Option<Versioned>, KvError> {
        if key.is_empty() {
            return Ok(None);
        }
        let range = self.range(&wire::get(key))?;
        Ok(range.kvs.into_iter().next().map(wire::KeyValue::versioned))
    }

    fn list(&self, prefix: &str) -> Result<Vec<(String, Versioned)>, KvError> {
        self.pages(prefix, false)
    }

    fn list_stale(&self, prefix: &str) -> Result<Vec<(String, Versioned)>, KvError> {
        self.pages(prefix, true)
    }

    fn apply(&self, change: &Change) -> Result<Applied, KvError> {
        if let Some(why) = refusal(change) {
            return Err(self.unusable(why.to_owned()));
        }
        let txn: Option<wire::Txn> = self.ask("kv/txn", &wire::txn(change), Repeat::Never)?;
        match txn
            .ok_or_else(|| self.unusable(ENDED.to_owned()))?
            .succeeded
        {
            true => Ok(Applied::Yes),
            false => Ok(Applied::No),
        }
    }

    fn grant(&self, ttl: Duration) -> Result<Lease, KvError> {
        let seconds = ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0);
        // A lease whose answer was lost ends by itself.
        let grant: Option<wire::Grant> =
            self.ask("lease/grant", &wire::grant(seconds.max(1)), Repeat::Safe)?;
        match grant {
            Some(grant) if grant.id.0 != 0 => Ok(Lease(grant.id.0)),
            _ => Err(self.unusable("gives no lease; try again".to_owned())),
        }
    }

    fn keep_alive(&self, lease: Lease) -> Result<bool, KvError> {
        let kept: Option<wire::Kept> =
            self.ask("lease/keepalive", &wire::lease(lease), Repeat::Safe)?;
        Ok(kept.is_some_and(|kept| kept.result.ttl.0 > 0))
    }

    fn revoke(&self, lease: Lease) -> Result<(), KvError> {
        let _: Option<wire::Revoked> =
            self.ask("lease/revoke", &wire::lease(lease), Repeat::Safe)?;
        Ok(())
    }
}

/// Tells no password and no key.
impl fmt::Debug for EtcdStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EtcdStore")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
