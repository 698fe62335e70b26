//! Calls on the members in turn.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;
use ureq::tls::{TlsConfig, TlsConfigBuilder};

use super::endpoint::Endpoint;
use super::failed::Failed;
use super::wire;
use crate::kv::KvError;

/// Most bytes of an answer.
const MOST: u64 = 64 << 20;
/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// Meaning of a second call with the same request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Repeat {
    /// It does no harm.
    Safe,
    /// It might do twice what is to be done once.
    Never,
}

/// A user, with the token that etcd gave last.
pub(super) struct User {
    name: String,
    password: String,
    token: Mutex<Option<String>>,
}

impl User {
    pub(super) fn new(name: &str, password: &str) -> Self {
        Self {
            name: name.to_owned(),
            password: password.to_owned(),
            token: Mutex::new(None),
        }
    }

    fn token(&self) -> Option<String> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        token.clone()
    }

    fn keep(&self, token: Option<String>) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }
}

/// Calls on the members in turn, beginning with the one that answered last.
pub(super) struct Calls {
    endpoints: Vec<Endpoint>,
    /// Number of the member that answered last.
    good: AtomicUsize,
    agent: Agent,
    pub(super) timeout: Duration,
    pub(super) user: Option<User>,
}

impl Calls {
    pub(super) fn new(endpoints: Vec<Endpoint>, timeout: Duration) -> Self {
        Self {
            endpoints,
            good: AtomicUsize::new(0),
            agent: agent(None),
            timeout,
            user: None,
        }
    }

    pub(super) fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter()
    }

    /// Lets later calls trust and show these certificates.
    pub(super) fn connect_with(&mut self, tls: TlsConfigBuilder) {
        self.agent = agent(Some(tls));
    }

    /// The answer of the first member that gives one; `None` where the lease that it is about has ended.
    pub(super) fn call(
        &self,
        origin: &str,
        path: &str,
        body: &Value,
        repeat: Repeat,
    ) -> Result<Option<Vec<u8>>, KvError> {
        let origin = || origin.to_owned();
        let ends = Instant::now() + self.timeout;
        let count = self.endpoints.len();
        let first = self.good.load(Ordering::Relaxed);
        let mut whys = Vec::new();
        let mut is_untrusted = false;
        for number in 0..count {
            let at = (first + number) % count;
            let left = ends.saturating_duration_since(Instant::now());
            let share = left / u32::try_from(count - number).unwrap_or(u32::MAX);
            if share.is_zero() {
                whys.push("no time is left".to_owned());
                break;
            }
            let endpoint = &self.endpoints[at];
            let tell = |why: String| match count {
                1 => why,
                _ => format!("{endpoint}: {why}"),
            };
            match self.ask(endpoint, path, body, share) {
                Ok(answer) => {
                    self.good.store(at, Ordering::Relaxed);
                    return Ok(Some(answer));
                }
                Err(Failed::NoLease) => return Ok(None),
                Err(Failed::NotDone(why)) => whys.push(tell(why)),
                Err(Failed::Untrusted(why)) => {
                    is_untrusted = true;
                    whys.push(tell(why));
                }
                Err(Failed::Lost(why)) if repeat == Repeat::Safe => whys.push(tell(why)),
                Err(Failed::Lost(why)) => {
                    self.good.store((at + 1) % count, Ordering::Relaxed);
                    return Err(KvError::Unknown {
                        origin: origin(),
                        why: tell(why),
                    });
                }
                Err(Failed::Denied(why) | Failed::Token(why)) => {
                    return Err(KvError::Denied {
                        origin: origin(),
                        why: tell(why),
                    });
                }
                Err(Failed::Unusable(why)) => {
                    return Err(KvError::Unusable {
                        origin: origin(),
                        why: tell(why),
                    });
                }
            }
        }
        let (origin, why) = (origin(), whys.join(", "));
        Err(match is_untrusted {
            true => KvError::Untrusted { origin, why },
            false => KvError::Unavailable { origin, why },
        })
    }

    /// The answer of one member, as the user where there is one. A token that is not valid any more is
    /// taken anew: the request that came with it was not done.
    fn ask(
        &self,
        endpoint: &Endpoint,
        path: &str,
        body: &Value,
        time: Duration,
    ) -> Result<Vec<u8>, Failed> {
        let Some(user) = &self.user else {
            return self.post(endpoint, path, body, None, time);
        };
        let ends = Instant::now() + time;
        let left = || {
            let left = ends.saturating_duration_since(Instant::now());
            left.max(Duration::from_millis(1))
        };
        if let Some(token) = user.token() {
            match self.post(endpoint, path, body, Some(&token), left()) {
                Err(Failed::Token(_)) => user.keep(None),
                answer => return answer,
            }
        }
        let token = match self.authenticate(endpoint, user, left()) {
            // Nothing but the user's name was sent.
            Err(Failed::Lost(why)) => return Err(Failed::NotDone(why)),
            token => token?,
        };
        user.keep(Some(token.clone()));
        self.post(endpoint, path, body, Some(&token), left())
    }

    fn authenticate(
        &self,
        endpoint: &Endpoint,
        user: &User,
        time: Duration,
    ) -> Result<String, Failed> {
        let body = wire::authenticate(&user.name, &user.password);
        let answer = self.post(endpoint, "auth/authenticate", &body, None, time)?;
        // The answer holds a secret: it is not quoted.
        let answer: Result<wire::Authenticated, _> = wire::answer(&answer);
        let is_token =
            |token: &str| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
        match answer {
            Ok(answer) if is_token(&answer.token) => Ok(answer.token),
            _ => Err(Failed::Unusable(
                "gives no token to the user; name the client URL of an etcd".to_owned(),
            )),
        }
    }

    fn post(
        &self,
        endpoint: &Endpoint,
        path: &str,
        body: &Value,
        token: Option<&str>,
        time: Duration,
    ) -> Result<Vec<u8>, Failed> {
        let failed = |error| Failed::of(error, endpoint.is_secure());
        let request = self
            .agent
            .post(format!("{endpoint}/v3/{path}"))
            .header("content-type", "application/json");
        let request = match token {
            Some(token) => request.header("authorization", token),
            None => request,
        };
        let request = request
            .config()
            .timeout_global(Some(time))
            .timeout_connect(Some(CONNECT.min(time)))
            .build();
        let mut response = request.send(body.to_string()).map_err(failed)?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MOST);
        let body = body.read_to_vec().map_err(failed)?;
        match wire::Fault::of(&body) {
            Some(fault) => Err(Failed::refused(&fault)),
            None if status == 200 => Ok(body),
            None => Err(Failed::stray(status, &body)),
        }
    }
}

/// A client that follows nobody elsewhere. It keeps no connection: one that a restarted member has
/// closed would leave a change in doubt.
fn agent(tls: Option<TlsConfigBuilder>) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .max_idle_connections_per_host(0)
        .user_agent("osgraft");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = tls.unwrap_or_else(TlsConfig::builder);
    config
        .tls_config(tls.unversioned_rustls_crypto_provider(provider).build())
        .build()
        .into()
}
