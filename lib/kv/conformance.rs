//! The contract of every [`Store`], as cases that an implementation's tests run.
//!
//! Each case holds one sentence of the contract. It works below a prefix of its own, which has to be
//! empty.
//!
//! ```
//! use osgraft::kv::{MemoryStore, conformance};
//!
//! let store = MemoryStore::new();
//! let breaches = conformance::check(&store, "conformance/", &mut |time| store.advance(time));
//! assert!(breaches.is_empty(), "{breaches:#?}");
//! ```

use std::time::Duration;

use super::{
    Applied, Change, KvError, Lease, MAX_OPERATIONS, MAX_VALUE, Store, Version, Versioned,
};

/// A sentence of the contract that a store does not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Breach {
    /// The sentence.
    pub case: &'static str,
    /// Difference that was found.
    pub why: String,
}

struct Ground<'a> {
    store: &'a dyn Store,
    prefix: String,
    wait: &'a mut dyn FnMut(Duration),
}

type Case = (&'static str, fn(&mut Ground<'_>) -> Result<(), String>);

const CASES: [Case; 12] = [
    ("a value is read as it was put", read_as_put),
    ("a key that has no value has none", absent),
    ("a change is applied whole or not at all", whole),
    ("a state that was left does not come back", left),
    ("a list is of one prefix, sorted, as of one moment", listed),
    ("a long list is whole", long),
    ("a stale list is a list", stale),
    ("a key that is taken away can be put again", again),
    (
        "what no store takes is refused, and changes nothing",
        refused,
    ),
    (
        "a lease ends unless it is kept alive, and its keys go",
        leased,
    ),
    ("a lease that is revoked takes its keys with it", revoked),
    ("a lease that has ended holds no key", ended),
];

/// Tries every case below `prefix`; `wait` lets time pass.
pub fn check(store: &dyn Store, prefix: &str, wait: &mut dyn FnMut(Duration)) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (number, (case, run)) in CASES.into_iter().enumerate() {
        let prefix = format!("{prefix}{number}/");
        let mut ground = Ground {
            store,
            prefix,
            wait: &mut *wait,
        };
        if let Err(why) = run(&mut ground) {
            breaches.push(Breach { case, why });
        }
    }
    breaches
}

impl Ground<'_> {
    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn get(&self, key: &str) -> Result<Option<Versioned>, String> {
        self.store.get(&self.key(key)).map_err(told)
    }

    fn value(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.get(key)?.map(|it| it.value))
    }

    fn version(&self, key: &str) -> Result<Version, String> {
        let found = self
            .get(key)?
            .ok_or_else(|| format!("{key} has no value"))?;
        Ok(found.version)
    }

    fn apply(&self, change: &Change, expected: Applied) -> Result<(), String> {
        same("applied", self.store.apply(change).map_err(told)?, expected)
    }

    fn put(&self, key: &str, value: impl Into<Vec<u8>>) -> Result<(), String> {
        self.apply(&Change::new().put(self.key(key), value), Applied::Yes)
    }

    fn keys(&self) -> Result<Vec<String>, String> {
        let found = self.store.list(&self.prefix).map_err(told)?;
        Ok(found.into_iter().map(|it| it.0).collect())
    }

    fn lease(&self) -> Result<Lease, String> {
        self.store.grant(Duration::from_millis(900)).map_err(told)
    }
}

fn told(error: KvError) -> String {
    format!("{}: {error}", error.code())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{what}: {found:?}, not {expected:?}")),
    }
}

fn read_as_put(ground: &mut Ground<'_>) -> Result<(), String> {
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let largest = vec![0xa5; MAX_VALUE];
    for (key, value) in [
        ("all", &all),
        ("none", &Vec::new()),
        ("é \"\n%", &all),
        ("largest", &largest),
    ] {
        ground.put(key, value.clone())?;
        let found = ground.get(key)?.ok_or("it has no value")?;
        if found.value != *value {
            return Err(format!(
                "{key}: another value of {} bytes",
                found.value.len()
            ));
        }
        same("lease", found.lease, None)?;
    }
    Ok(())
}

fn absent(ground: &mut Ground<'_>) -> Result<(), String> {
    same("value", ground.value("nothing")?, None)?;
    same(
        "the empty key's value",
        ground.store.get("").map_err(told)?,
        None,
    )?;
    same("keys", ground.keys()?, Vec::new())?;
    let delete = Change::new().delete(ground.key("nothing"));
    ground.apply(&delete, Applied::Yes)
}

fn whole(ground: &mut Ground<'_>) -> Result<(), String> {
    let (a, b, c) = (ground.key("a"), ground.key("b"), ground.key("c"));
    let first = Change::new().absent(&a).put(&a, "1").put(&b, "1");
    ground.apply(&first, Applied::Yes)?;
    ground.apply(&first, Applied::No)?;
    let seen = ground.version("a")?;
    same(
        "version of what was put with it",
        ground.version("b")?,
        seen,
    )?;
    let second = Change::new()
        .is(&a, seen)
        .absent(&c)
        .put(&a, "2")
        .delete(&b);
    ground.apply(&second, Applied::Yes)?;
    same("a", ground.value("a")?, Some(b"2".to_vec()))?;
    same("b", ground.value("b")?, None)?;
    let late = Change::new().is(&a, seen).put(&a, "3").put(&c, "3");
    ground.apply(&late, Applied::No)?;
    same("a", ground.value("a")?, Some(b"2".to_vec()))?;
    same("c", ground.value("c")?, None)
}

fn left(ground: &mut Ground<'_>) -> Result<(), String> {
    let key = ground.key("a");
    ground.put("a", "1")?;
    let first = ground.version("a")?;
    ground.put("a", "2")?;
    ground.put("a", "1")?;
    let second = ground.version("a")?;
    if second <= first {
        return Err(format!("{second:?} is not later than {first:?}"));
    }
    ground.apply(&Change::new().delete(&key), Applied::Yes)?;
    ground.apply(&Change::new().is(&key, second).put(&key, "4"), Applied::No)?;
    ground.put("a", "1")?;
    ground.apply(&Change::new().is(&key, first).delete(&key), Applied::No)?;
    ground.apply(&Change::new().is(&key, second).delete(&key), Applied::No)?;
    same("value", ground.value("a")?, Some(b"1".to_vec()))
}

fn listed(ground: &mut Ground<'_>) -> Result<(), String> {
    for key in ["p/b", "p/a/x", "p/a", "p", "q", "p0", "p/é"] {
        ground.put(key, key)?;
    }
    let prefix = ground.key("p/");
    let found = ground.store.list(&prefix).map_err(told)?;
    let found: Vec<(String, Vec<u8>)> = found.into_iter().map(|it| (it.0, it.1.value)).collect();
    let expected = ["p/a", "p/a/x", "p/b", "p/é"];
    let expected = expected.map(|key| (ground.key(key), key.as_bytes().to_vec()));
    same("list", found, expected.to_vec())?;
    let one = ground.store.list(&ground.key("p/b")).map_err(told)?;
    same(
        "version",
        one.first().map(|it| it.1.version),
        Some(ground.version("p/b")?),
    )?;
    let all = ground.store.list("").map_err(told)?;
    same("keys of the empty prefix, at least", all.len() >= 7, true)
}

fn long(ground: &mut Ground<'_>) -> Result<(), String> {
    let keys: Vec<String> = (0..2050)
        .map(|number| ground.key(&format!("{number:04}")))
        .collect();
    for keys in keys.chunks(MAX_OPERATIONS) {
        let change = keys
            .iter()
            .fold(Change::new(), |change, key| change.put(key, key.as_str()));
        ground.apply(&change, Applied::Yes)?;
    }
    let found = ground.keys()?;
    same("number", found.len(), keys.len())?;
    same("all of them", found == keys, true)
}

fn stale(ground: &mut Ground<'_>) -> Result<(), String> {
    ground.put("a", "1")?;
    let newest = ground.store.list(&ground.prefix).map_err(told)?;
    let stale = ground.store.list_stale(&ground.prefix).map_err(told)?;
    same("list", stale, newest)
}

fn again(ground: &mut Ground<'_>) -> Result<(), String> {
    let key = ground.key("a");
    ground.put("a", "1")?;
    let seen = ground.version("a")?;
    let delete = Change::new().as_read(&key, Some(seen)).delete(&key);
    ground.apply(&delete, Applied::Yes)?;
    ground.apply(&delete, Applied::No)?;
    let put = Change::new().as_read(&key, None).put(&key, "2");
    ground.apply(&put, Applied::Yes)?;
    same("value", ground.value("a")?, Some(b"2".to_vec()))
}

fn refused(ground: &mut Ground<'_>) -> Result<(), String> {
    let key = ground.key("a");
    let many = |count| {
        let keys = (0..count).map(|number| ground.key(&format!("many{number}")));
        keys.fold(Change::new(), |change, key| change.put(key, "1"))
    };
    for (what, change) in [
        ("too many parts", many(MAX_OPERATIONS + 1)),
        (
            "too large a value",
            Change::new().put(&key, vec![0; MAX_VALUE + 1]),
        ),
        ("a key twice", Change::new().put(&key, "1").delete(&key)),
        ("an empty key", Change::new().put("", "1").put(&key, "1")),
        (
            "an empty key compared",
            Change::new().absent("").put(&key, "1"),
        ),
    ] {
        match ground.store.apply(&change) {
            Err(KvError::Unusable { .. }) => {}
            other => return Err(format!("{what}: {other:?}")),
        }
    }
    same("keys", ground.keys()?, Vec::new())?;
    ground.apply(&many(MAX_OPERATIONS), Applied::Yes)
}

fn leased(ground: &mut Ground<'_>) -> Result<(), String> {
    let (dies, lives) = (ground.lease()?, ground.lease()?);
    let change = Change::new().put_leased(ground.key("dies"), "1", dies);
    let change = change.put_leased(ground.key("lives"), "1", lives);
    ground.apply(&change, Applied::Yes)?;
    same(
        "lease",
        ground.get("lives")?.and_then(|it| it.lease),
        Some(lives),
    )?;
    // Some stores give more time than they were asked for.
    for _ in 0..60 {
        (ground.wait)(Duration::from_millis(250));
        same(
            "kept alive",
            ground.store.keep_alive(lives).map_err(told)?,
            true,
        )?;
        if ground.get("dies")?.is_none() {
            break;
        }
    }
    same("keys", ground.keys()?, vec![ground.key("lives")])?;
    same("ended", ground.store.keep_alive(dies).map_err(told)?, false)
}

fn revoked(ground: &mut Ground<'_>) -> Result<(), String> {
    let lease = ground.lease()?;
    let change = Change::new().put_leased(ground.key("a"), "1", lease);
    ground.apply(&change.put(ground.key("b"), "1"), Applied::Yes)?;
    ground.store.revoke(lease).map_err(told)?;
    same("keys", ground.keys()?, vec![ground.key("b")])?;
    same(
        "kept alive",
        ground.store.keep_alive(lease).map_err(told)?,
        false,
    )?;
    ground.store.revoke(lease).map_err(told)
}

fn ended(ground: &mut Ground<'_>) -> Result<(), String> {
    let lease = ground.lease()?;
    ground.store.revoke(lease).map_err(told)?;
    let change = Change::new().put(ground.key("b"), "1");
    let change = change.put_leased(ground.key("a"), "1", lease);
    match ground.store.apply(&change) {
        Err(KvError::Unusable { .. }) => same("keys", ground.keys()?, Vec::new()),
        other => Err(format!("{other:?}")),
    }
}
