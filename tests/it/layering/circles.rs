//! Circles between files.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::Imports;

/// Files that reach each other, for each group of two or more of them.
pub(super) fn circles(imports: &Imports) -> Vec<BTreeSet<&str>> {
    let files = imports.keys().map(|file| (&**file, reach(imports, file)));
    let reached: BTreeMap<&str, BTreeSet<&str>> = files.collect();
    let mut circles: Vec<BTreeSet<&str>> = Vec::new();
    for (file, there) in &reached {
        if circles.iter().any(|circle| circle.contains(file)) {
            continue;
        }
        let leads_back =
            |other: &&&str| reached.get(**other).is_some_and(|back| back.contains(file));
        let circle: BTreeSet<&str> = there.iter().filter(leads_back).copied().collect();
        if circle.len() > 1 {
            circles.push(circle);
        }
    }
    circles
}

/// Every file that an import of a file leads to, by however many steps.
fn reach<'a>(imports: &'a Imports, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = imports
        .get(from)
        .into_iter()
        .flatten()
        .map(|file| &**file)
        .collect();
    while let Some(file) = open.pop() {
        if reached.insert(file) {
            open.extend(imports.get(file).into_iter().flatten().map(|file| &**file));
        }
    }
    reached
}
