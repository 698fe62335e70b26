//! Weighted rendezvous hashing in whole numbers, so that every machine gives the same answer.
//!
//! Each child draws a number *u* in (0, 1] for each server, from a hash of both names, and takes
//! the server with the least −log₂(*u*) / weight. Of servers with weights *w₁ … wₙ* the *i*-th wins
//! with probability *wᵢ* / Σ*w*, and no draw depends on which other servers there are. So a server
//! that comes takes children from the others and moves none between them; one that goes leaves
//! the children of the others where they are (Schindelhauer and Schomaker, “Weighted Distributed
//! Hash Tables”, SPAA 2005, the logarithmic method).
//!
//! The rule step by step stands in the room's own documentation: it is public contract, and the
//! known answers below hold it still.

use std::cmp::Ordering;

use sha2::{Digest, Sha256};

/// Bits behind the binary point of a distance.
const FRACTION: u32 = 56;

/// Distance of a child from a server; the least one wins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Score<'a> {
    distance: u64,
    weight: u32,
    name: &'a str,
}

impl<'a> Score<'a> {
    /// For a weight above 0.
    pub(super) fn new(child: &str, name: &'a str, weight: u32) -> Self {
        Self {
            distance: distance(draw(child, name)),
            weight,
            name,
        }
    }
}

impl Ord for Score<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u128::from(self.distance) * u128::from(other.weight);
        let right = u128::from(other.distance) * u128::from(self.weight);
        left.cmp(&right).then_with(|| self.name.cmp(other.name))
    }
}

impl PartialOrd for Score<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn draw(child: &str, name: &str) -> u64 {
    let digest = Sha256::new()
        .chain_update("osgraft-rendezvous-1")
        .chain_update((child.len() as u64).to_be_bytes())
        .chain_update(child)
        .chain_update(name)
        .finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |h, byte| (h << 8) | u64::from(*byte))
}

fn distance(h: u64) -> u64 {
    let h = h.max(1);
    let zeros = h.leading_zeros();
    let mut m = u128::from(h << zeros);
    let mut f = 0;
    for _ in 0..FRACTION {
        m = (m * m) >> 63;
        let bit = u64::from(m >> 64 != 0);
        m >>= bit;
        f = (f << 1) | bit;
    }
    (u64::from(zeros + 1) << FRACTION) - f
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn powers_of_two_have_whole_distances() {
        assert_eq!(distance(1), 64 << FRACTION);
        assert_eq!(distance(0), 64 << FRACTION);
        assert_eq!(distance(1 << 63), 1 << FRACTION);
        assert!(distance(u64::MAX) < 1 << 8);
        assert!(distance(u64::MAX) > 0);
    }

    /// Known answers, for whoever writes another implementation.
    #[test]
    fn draws_and_distances_are_published() {
        let cases: [(&str, &str, u64, u64); 3] = PUBLISHED;
        for (child, name, drawn, far) in cases {
            assert_eq!(draw(child, name), drawn, "{child} {name}");
            assert_eq!(distance(drawn), far, "{child} {name}");
        }
    }

    const PUBLISHED: [(&str, &str, u64, u64); 3] = [
        ("web-7", "deb12-a", 0x69defaa4f60960d5, 91789570571909313),
        ("web-7", "deb12-b", 0x6fee4190d4945437, 86003489430415609),
        ("", "a", 0x54c13980f973c4b0, 114915801333470338),
    ];

    proptest! {
        #[test]
        fn a_distance_is_the_logarithm_to_the_precision_of_a_double(h in 1u64..) {
            let exact = 64.0 - (h as f64).log2();
            let ours = distance(h) as f64 / (1u64 << FRACTION) as f64;
            prop_assert!((exact - ours).abs() < 1e-12, "{} {}", exact, ours);
        }

        #[test]
        fn a_larger_draw_is_never_farther(a in 1u64.., b in 1u64..) {
            prop_assert!((a <= b) == (distance(a) >= distance(b)) || distance(a) == distance(b));
        }
    }
}
