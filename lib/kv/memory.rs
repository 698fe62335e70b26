//! A store in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::change::refusal;
use super::{Applied, Change, Compare, KvError, Lease, Operation, Store, Version, Versioned};

/// A store in this process, for tests and for a single host. Its clock stands still but for
/// [`advance`](Self::advance), so that leases end when a test wants it.
#[derive(Debug, Default)]
pub struct MemoryStore {
    content: Mutex<Content>,
}

#[derive(Debug, Default)]
struct Content {
    keys: BTreeMap<String, Versioned>,
    leases: BTreeMap<Lease, Right>,
    version: u64,
    last_lease: i64,
    now: Duration,
    failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug)]
struct Right {
    ttl: Duration,
    ends: Duration,
}

/// Failures that a test can ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Failure {
    /// Nothing can be agreed on: reads of the newest state and changes fail, stale reads answer.
    NoQuorum,
    /// Changes are applied, and their answers lost.
    LostAnswers,
    /// Nothing answers.
    Down,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets time pass. Leases that were not kept alive end, and their keys go.
    pub fn advance(&self, by: Duration) {
        let mut content = self.lock();
        content.now += by;
        let now = content.now;
        let mut ended = Vec::new();
        content.leases.retain(|lease, right| {
            let lasts = right.ends > now;
            ended.extend((!lasts).then_some(*lease));
            lasts
        });
        ended.into_iter().for_each(|lease| content.end(lease));
    }

    /// Makes every later call fail so, or with none succeed again.
    pub fn fail_with(&self, failure: Option<Failure>) {
        self.lock().failure = failure;
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The content, where the newest state can be read.
    fn agreed(&self) -> Result<MutexGuard<'_, Content>, KvError> {
        let content = self.lock();
        match content.failure {
            Some(Failure::NoQuorum | Failure::Down) => Err(self.unavailable()),
            _ => Ok(content),
        }
    }

    fn unavailable(&self) -> KvError {
        KvError::Unavailable {
            origin: self.origin().to_owned(),
            why: "it fails as a test wants it".to_owned(),
        }
    }
}

impl Content {
    fn list(&self, prefix: &str) -> Vec<(String, Versioned)> {
        let from = self.keys.range(prefix.to_owned()..);
        let with = from.take_while(|(key, _)| key.starts_with(prefix));
        with.map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    fn holds(&self, compare: &Compare) -> bool {
        match compare {
            Compare::Absent(key) => !self.keys.contains_key(key),
            Compare::Is(key, version) => self.keys.get(key).map(|it| it.version) == Some(*version),
        }
    }

    fn end(&mut self, lease: Lease) {
        self.keys.retain(|_, value| value.lease != Some(lease));
        self.version += 1;
    }
}

impl Store for MemoryStore {
    fn origin(&self) -> &str {
        "memory"
    }

    fn get(&self, key: &str) -> Result<Option<Versioned>, KvError> {
        Ok(self.agreed()?.keys.get(key).cloned())
    }

    fn list(&self, prefix: &str) -> Result<Vec<(String, Versioned)>, KvError> {
        Ok(self.agreed()?.list(prefix))
    }

    fn list_stale(&self, prefix: &str) -> Result<Vec<(String, Versioned)>, KvError> {
        let content = self.lock();
        match content.failure {
            Some(Failure::Down) => Err(self.unavailable()),
            _ => Ok(content.list(prefix)),
        }
    }

    fn apply(&self, change: &Change) -> Result<Applied, KvError> {
        let unusable = |why: &str| KvError::Unusable {
            origin: self.origin().to_owned(),
            why: why.to_owned(),
        };
        let mut content = self.agreed()?;
        if let Some(why) = refusal(change) {
            return Err(unusable(why));
        }
        if !change.compares().iter().all(|it| content.holds(it)) {
            return Ok(Applied::No);
        }
        for operation in change.operations() {
            if let Operation::Put { lease, .. } = operation
                && lease.is_some_and(|lease| !content.leases.contains_key(&lease))
            {
                return Err(unusable("the lease has ended: take a new one"));
            }
        }
        content.version += 1;
        let version = Version(content.version);
        for operation in change.operations() {
            match operation {
                Operation::Put { key, value, lease } => {
                    let value = Versioned {
                        value: value.clone(),
                        version,
                        lease: *lease,
                    };
                    content.keys.insert(key.clone(), value);
                }
                Operation::Delete(key) => {
                    content.keys.remove(key);
                }
            }
        }
        match content.failure {
            Some(Failure::LostAnswers) => Err(KvError::Unknown {
                origin: self.origin().to_owned(),
                why: "its answer was lost, as a test wants it".to_owned(),
            }),
            _ => Ok(Applied::Yes),
        }
    }

    fn grant(&self, ttl: Duration) -> Result<Lease, KvError> {
        let mut content = self.agreed()?;
        content.last_lease += 1;
        let lease = Lease(content.last_lease);
        let ends = content.now + ttl;
        content.leases.insert(lease, Right { ttl, ends });
        Ok(lease)
    }

    fn keep_alive(&self, lease: Lease) -> Result<bool, KvError> {
        let mut content = self.agreed()?;
        let now = content.now;
        Ok(match content.leases.get_mut(&lease) {
            Some(right) => {
                right.ends = now + right.ttl;
                true
            }
            None => false,
        })
    }

    fn revoke(&self, lease: Lease) -> Result<(), KvError> {
        let mut content = self.agreed()?;
        if content.leases.remove(&lease).is_some() {
            content.end(lease);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(store: &MemoryStore, key: &str) -> Option<Vec<u8>> {
        store.get(key).unwrap().map(|it| it.value)
    }

    #[test]
    fn a_change_is_whole_or_not_at_all() {
        let store = MemoryStore::new();
        let first = Change::new().absent("a").put("a", "1").put("b", "1");
        assert_eq!(store.apply(&first).unwrap(), Applied::Yes);
        let seen = store.get("a").unwrap().unwrap().version;
        let second = Change::new().is("a", seen).put("a", "2").delete("b");
        assert_eq!(store.apply(&second).unwrap(), Applied::Yes);
        assert_eq!(value(&store, "a"), Some(b"2".to_vec()));
        assert_eq!(value(&store, "b"), None);
        let late = Change::new().is("a", seen).put("a", "3").put("c", "3");
        assert_eq!(store.apply(&late).unwrap(), Applied::No);
        assert_eq!(
            (value(&store, "a"), value(&store, "c")),
            (Some(b"2".to_vec()), None)
        );
    }

    #[test]
    fn a_list_is_of_one_prefix_and_sorted() {
        let store = MemoryStore::new();
        let change = ["p/b", "p/a", "p", "q/a"].iter();
        let change = change.fold(Change::new(), |change, key| change.put(*key, *key));
        store.apply(&change).unwrap();
        let keys: Vec<String> = store
            .list("p/")
            .unwrap()
            .into_iter()
            .map(|it| it.0)
            .collect();
        assert_eq!(keys, ["p/a", "p/b"]);
        assert_eq!(store.list("").unwrap().len(), 4);
    }

    #[test]
    fn keys_go_with_the_lease_that_nobody_keeps_alive() {
        let store = MemoryStore::new();
        let lease = store.grant(Duration::from_secs(15)).unwrap();
        store
            .apply(&Change::new().put_leased("alive/a", "1", lease))
            .unwrap();
        store.advance(Duration::from_secs(10));
        assert!(store.keep_alive(lease).unwrap());
        store.advance(Duration::from_secs(10));
        assert_eq!(value(&store, "alive/a"), Some(b"1".to_vec()));
        store.advance(Duration::from_secs(5));
        assert_eq!(value(&store, "alive/a"), None);
        assert!(!store.keep_alive(lease).unwrap());
        let late = Change::new().put_leased("alive/a", "1", lease);
        assert_eq!(store.apply(&late).unwrap_err().code(), "kv-unusable");
        let other = store.grant(Duration::from_secs(15)).unwrap();
        store
            .apply(&Change::new().put_leased("alive/a", "2", other))
            .unwrap();
        store.revoke(other).unwrap();
        store.revoke(other).unwrap();
        assert_eq!(value(&store, "alive/a"), None);
    }

    #[test]
    fn a_lost_answer_may_have_been_a_change() {
        let store = MemoryStore::new();
        store.fail_with(Some(Failure::LostAnswers));
        let error = store.apply(&Change::new().put("a", "1")).unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), ("kv-unknown", true));
        store.fail_with(None);
        assert_eq!(value(&store, "a"), Some(b"1".to_vec()));
        store.fail_with(Some(Failure::NoQuorum));
        assert!(store.get("a").is_err() && store.apply(&Change::new()).is_err());
        assert_eq!(store.list_stale("a").unwrap().len(), 1);
        store.fail_with(Some(Failure::Down));
        assert!(store.list_stale("a").is_err());
    }
}
