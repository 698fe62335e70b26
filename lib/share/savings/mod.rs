//! Room on the host's disk: what many children take as full copies, as overlays, and with a share.
//!
//! Every figure that goes in is measured from a file ([`Measured::of`]); the arithmetic is a value
//! ([`Savings::of`]). The share itself is counted, and so is the drift after an update: a package that
//! is installed in each child lies in each overlay, where a share takes a second release once.

mod error;
mod measure;

pub use error::SavingsError;
pub use measure::{Files, Measured};

use serde::Serialize;

/// Ways to keep children.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Way {
    /// A full copy of the master for each child.
    FullCopies,
    /// A compressed full copy for each child.
    CompressedCopies,
    /// An overlay for each child on one master.
    Overlays,
    /// An overlay for each child on one compressed master.
    CompressedOverlays,
    /// Overlays on a thin master, and a release as a folder.
    ThinAndTree,
    /// Overlays on a thin master, and a release as a compressed image.
    ThinAndImage,
}

impl Way {
    /// Its words in a table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FullCopies => "full copies",
            Self::CompressedCopies => "compressed copies",
            Self::Overlays => "overlays",
            Self::CompressedOverlays => "overlays, compressed master",
            Self::ThinAndTree => "thin master, share as a folder",
            Self::ThinAndImage => "thin master, share as an image",
        }
    }
}

/// Bytes of all children in one way.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Total {
    /// The way.
    pub way: Way,
    /// Bytes of the masters and of the share.
    pub shared: u64,
    /// Bytes of one child.
    pub each: u64,
    /// Bytes of all.
    pub total: u64,
    /// Bytes of all after an update of each, where its drift was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_update: Option<u64>,
}

/// The room that children take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Savings {
    /// The number of children.
    pub children: u64,
    /// The figures that the rest is made of.
    pub measured: Measured,
    /// The ways that the figures allow, full copies first.
    pub ways: Vec<Total>,
}

impl Savings {
    /// The arithmetic. A way without its figures is left out.
    ///
    /// ```
    /// use osgraft::share::savings::{Measured, Savings};
    ///
    /// let measured = Measured {
    ///     master: 344,
    ///     child: Some(1),
    ///     thin: Some(262),
    ///     image: Some(35),
    ///     after_update: Some(396),
    ///     ..Measured::default()
    /// };
    /// let savings = Savings::of(measured, 100);
    /// let totals: Vec<_> = savings.ways.iter().map(|way| (way.total, way.after_update)).collect();
    /// assert_eq!(
    ///     totals,
    ///     [
    ///         (34_400, Some(73_900)),
    ///         (444, Some(39_944)),
    ///         // The second release is another image.
    ///         (397, Some(432)),
    ///     ]
    /// );
    /// ```
    pub fn of(measured: Measured, children: u64) -> Self {
        let each = measured.child.unwrap_or_default();
        let drift = measured
            .after_update
            .map(|after| after.saturating_sub(each));
        let many = |bytes: u64| bytes.saturating_mul(children);
        let mut ways = Vec::new();
        // What a child writes lies in the child, unless a share brings it.
        let mut own = |way, shared: u64, each: u64| {
            let total = shared.saturating_add(many(each));
            ways.push(Total {
                way,
                shared,
                each,
                total,
                after_update: drift.map(|drift| total.saturating_add(many(drift))),
            });
        };
        own(Way::FullCopies, 0, measured.master);
        if let Some(compressed) = measured.compressed {
            own(Way::CompressedCopies, 0, compressed);
        }
        if measured.child.is_some() {
            own(Way::Overlays, measured.master, each);
            if let Some(compressed) = measured.compressed {
                own(Way::CompressedOverlays, compressed, each);
            }
        }
        if let (Some(thin), Some(_)) = (measured.thin, measured.child) {
            let shares = [
                (Way::ThinAndTree, measured.tree),
                (Way::ThinAndImage, measured.image),
            ];
            for (way, share) in shares {
                let Some(share) = share else { continue };
                let shared = thin.saturating_add(share);
                let total = shared.saturating_add(many(each));
                ways.push(Total {
                    way,
                    shared,
                    each,
                    total,
                    after_update: drift.map(|_| total.saturating_add(share)),
                });
            }
        }
        Self {
            children,
            measured,
            ways,
        }
    }

    /// Factor by which a way takes less than full copies.
    pub fn ratio(&self, way: &Total) -> f64 {
        let full = self.ways.first().map_or(0, |way| way.total);
        full as f64 / way.total.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_without_its_figures_is_left_out() {
        let ways = |measured: Measured| {
            let savings = Savings::of(measured, 10);
            savings.ways.iter().map(|it| it.way).collect::<Vec<_>>()
        };
        let master = Measured {
            master: 100,
            ..Measured::default()
        };
        assert_eq!(ways(master.clone()), [Way::FullCopies]);
        let with = |thin, child, tree| Measured {
            thin,
            child,
            tree,
            ..master.clone()
        };
        assert_eq!(ways(with(Some(60), None, Some(30))), [Way::FullCopies]);
        assert_eq!(
            ways(with(Some(60), Some(1), Some(30))),
            [Way::FullCopies, Way::Overlays, Way::ThinAndTree]
        );
    }

    /// A plain tree beside a thin master takes more than overlays alone: the report says so.
    #[test]
    fn a_share_that_does_not_pay_is_told_as_such() {
        let measured = Measured {
            master: 344,
            child: Some(1),
            thin: Some(262),
            tree: Some(92),
            compressed: Some(115),
            ..Measured::default()
        };
        let savings = Savings::of(measured, 100);
        let total = |way: Way| {
            let found = savings.ways.iter().find(|it| it.way == way).unwrap();
            (found.total, found.after_update)
        };
        assert_eq!(total(Way::Overlays), (444, None));
        assert_eq!(total(Way::ThinAndTree), (454, None));
        assert_eq!(total(Way::CompressedCopies), (11_500, None));
        assert_eq!(total(Way::CompressedOverlays), (215, None));
        assert!(savings.ratio(&savings.ways[2]) > 77.0);
    }

    #[test]
    fn numbers_that_no_host_has_do_not_overflow() {
        let measured = Measured {
            master: u64::MAX,
            child: Some(u64::MAX),
            after_update: Some(0),
            ..Measured::default()
        };
        let savings = Savings::of(measured, u64::MAX);
        assert!(savings.ways.iter().all(|way| way.total == u64::MAX));
    }
}
