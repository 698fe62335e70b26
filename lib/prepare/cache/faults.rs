//! The cache's files, killed, torn and failed at every call: an entry is whole or a miss, and the
//! next call leaves nothing else behind.

use std::io::Write as _;
use std::path::Path;

use super::{Cache, CachedNeeds, Key, Records};
use crate::image::{Fault, Faults, Fingerprint, Operation};
use crate::links::Links;
use crate::registry::Needs;

fn key(byte: u8) -> Key {
    let links = Links::new(&"/shared".parse().unwrap(), Vec::new()).unwrap();
    Key::of_needs(&Fingerprint::for_tests([byte; 32]), &links)
}

fn needs(os: &str) -> CachedNeeds {
    let mut needs = Needs::new("");
    needs.os = Some(os.repeat(200));
    CachedNeeds::from(&needs)
}

/// Work of one child on the cache: it finds nothing, or a damaged entry, and makes it.
fn miss_and_make(cache: &Cache) {
    if cache.needs(&key(3)).is_none() {
        let claim = cache.claim(&key(3));
        cache.keep_needs(&key(3), &needs("new"));
        drop(claim);
    }
}

fn names(folder: &Path) -> Vec<String> {
    let listed = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = listed
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A cache with room for two, two old entries in it, and a damaged one of ours.
fn full(folder: &Path) -> Cache {
    if folder.exists() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    let size = needs("new").to_bytes().len() as u64 + 32;
    let cache = Cache::open(folder).unwrap();
    cache.keep_needs(&key(1), &needs("old"));
    cache.keep_needs(&key(2), &needs("old"));
    std::fs::write(folder.join(key(3).file_name()), "damaged").unwrap();
    cache.max_bytes(size * 2)
}

#[test]
fn every_call_of_the_cache_leaves_a_whole_entry_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("cache");
    let whole = Faults::none();
    miss_and_make(&full(&folder).with_faults(whole.clone()));
    let log = whole.operations();
    // The damaged one removed, one evicted, one made and named, the claim removed.
    let removed = log.iter().filter(|o| **o == Operation::Remove).count();
    assert!(removed >= 3 && log.contains(&Operation::Link), "{log:?}");
    let kept = names(&folder);

    let (mut points, mut old, mut new) = (0, 0, 0);
    for (call, operation) in log.iter().enumerate() {
        let mut faults = vec![Fault::Kill];
        if let Operation::Write { data, .. } = operation {
            let at = [1, 40, 511, 512, 513, data.len() / 2];
            faults.extend(at.into_iter().filter(|n| *n < data.len()).map(Fault::Torn));
        }
        for errno in [libc::EIO, libc::ENOSPC] {
            faults.extend([Fault::Error(errno), Fault::ErrorFromHere(errno)]);
        }
        for fault in faults {
            let told = format!("{fault:?} at call {call} of {}", log.len());
            let cache = full(&folder);
            let script = Faults::at(call, fault);
            miss_and_make(&cache.clone().with_faults(script.clone()));
            assert!(script.struck(), "{told}");
            match cache.needs(&key(3)) {
                None => old += 1,
                Some(found) => {
                    assert_eq!(found, needs("new"), "{told}");
                    new += 1;
                }
            }
            // Somebody else with the same child.
            drop(cache.claim(&key(3)));
            miss_and_make(&cache);
            assert_eq!(cache.needs(&key(3)), Some(needs("new")), "{told}");
            let left = names(&folder);
            assert!(left.iter().all(|n| !n.starts_with('.')), "{told}: {left:?}");
            assert!(left.len() <= kept.len() + 1, "{told}: {left:?}");
            points += 1;
        }
    }
    assert!(points >= 30 && old > 0 && new > 0, "{points}: {old}, {new}");
    // A row of the table of `make test-faults` (tests/it/faults/row.rs).
    let row = format!("the record cache\t{points}\t0\t{old}\t{new}\t0\t0\t0\t0\n");
    std::io::stderr().write_all(row.as_bytes()).unwrap();
    if let Some(table) = std::env::var_os("OSGRAFT_FAULTS_TABLE") {
        let file = std::fs::File::options()
            .append(true)
            .create(true)
            .open(table);
        file.unwrap().write_all(row.as_bytes()).unwrap();
    }
}
