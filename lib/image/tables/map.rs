//! Map of the references to each cluster of a file.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::view::Place;

/// Clusters that one leaf stands for.
const LEAF: u64 = 1 << 15;
/// Leaves at most: 1 TiB of a file in clusters of 64 KiB, and 20 MiB of memory.
const MAX_LEAVES: usize = 512;
/// So often, or more often.
pub(super) const MANY: u8 = u8::MAX;

/// References to clusters, a stretch of the file at a time.
pub(super) struct Map<'p> {
    leaves: Vec<Leaf>,
    /// Index of the leaf of each number.
    index: BTreeMap<u64, usize>,
    /// The leaf that was asked for last: mostly the next one too.
    last: Option<(u64, usize)>,
    places: &'p [Place],
}

/// Clusters of one stretch, as far as they are known.
pub(super) struct Leaf {
    references: Box<[u8]>,
    pub(super) tables: Set,
    /// True where the entry that refers to them says that nothing else does.
    pub(super) alone: Set,
}

/// Some of the clusters of a [`Leaf`].
pub(super) struct Set(Box<[u64]>);

impl<'p> Map<'p> {
    /// A map that knows of the tables alone, each referred to once.
    pub(super) fn new(places: &'p [Place]) -> Self {
        Self {
            leaves: Vec::new(),
            index: BTreeMap::new(),
            last: None,
            places,
        }
    }

    /// The leaf of a cluster, and its number in there; `None` for a new leaf past [`MAX_LEAVES`].
    pub(super) fn leaf(&mut self, cluster: u64) -> Option<(&mut Leaf, u64)> {
        let number = cluster / LEAF;
        let at = match self.last {
            Some((last, at)) if last == number => at,
            _ => self.find(number)?,
        };
        self.last = Some((number, at));
        Some((&mut self.leaves[at], cluster % LEAF))
    }

    fn find(&mut self, number: u64) -> Option<usize> {
        let next = self.leaves.len();
        match self.index.entry(number) {
            Entry::Occupied(at) => Some(*at.get()),
            Entry::Vacant(_) if next == MAX_LEAVES => None,
            Entry::Vacant(free) => {
                self.leaves.push(Leaf::new(number, self.places));
                Some(*free.insert(next))
            }
        }
    }

    /// Each cluster that is referred to, how often, [`MANY`] at most, and whether that is to be
    /// once.
    pub(super) fn referred(&self) -> impl Iterator<Item = (u64, u8, bool)> {
        self.index.iter().flat_map(|(number, at)| {
            let leaf = &self.leaves[*at];
            let all = (number * LEAF..).zip(&leaf.references).zip(0..);
            all.filter(|((_, references), _)| **references != 0)
                .map(|((cluster, references), at)| (cluster, *references, leaf.alone.has(at)))
        })
    }
}

impl Leaf {
    fn new(number: u64, places: &[Place]) -> Self {
        let mut leaf = Self {
            references: vec![0; LEAF as usize].into(),
            tables: Set::new(),
            alone: Set::new(),
        };
        let first = number * LEAF;
        let from = places.partition_point(|place| place.cluster < first);
        for place in &places[from..] {
            let within = place.cluster - first;
            if within >= LEAF {
                break;
            }
            leaf.tables.add(within);
            leaf.refer(within);
            if place.alone {
                leaf.alone.add(within);
            }
        }
        leaf
    }

    pub(super) fn refer(&mut self, within: u64) {
        let references = &mut self.references[within as usize];
        *references = references.saturating_add(1);
    }
}

impl Set {
    fn new() -> Self {
        Self(vec![0; (LEAF / 64) as usize].into())
    }

    pub(super) fn add(&mut self, at: u64) {
        self.0[(at / 64) as usize] |= 1 << (at % 64);
    }

    pub(super) fn has(&self, at: u64) -> bool {
        self.0[(at / 64) as usize] & 1 << (at % 64) != 0
    }
}
