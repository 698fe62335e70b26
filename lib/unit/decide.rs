//! From what is wanted and what is there to steps.

use super::done::{Done, State};
use super::site::{Found, Site};
use super::told::{Reason, Then, Told};
use super::{Places, Unit};
use crate::edit::Edit;
use crate::path::GuestPath;

/// Permission bits of the unit's file.
const MODE: u32 = 0o644;

/// Edits that give a guest a unit.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// The steps, in order; none where all is in place.
    pub edits: Vec<Edit>,
    /// Record of the unit once they are done; `None` where the guest gets none.
    pub done: Option<Done>,
    /// Changes by the guest, and obstacles.
    pub told: Vec<Told>,
}

/// Decides how a guest gets the unit. Something of the guest's own in a place of it is never
/// overwritten: the guest then gets no unit, and is told of. So is a unit that is masked.
pub fn decide(unit: &Unit, site: &Site, earlier: Option<&Done>) -> Decision {
    let Ok(places) = site.places(unit) else {
        return without(earlier, site, unit.mount_point(), Reason::TooLong);
    };
    if let Some((path, why)) = obstacle(unit, site, &places, earlier) {
        return without(earlier, site, &path, why);
    }
    let mut decision = Decision::default();
    let mut made = earlier.map_or_else(Vec::new, |done| done.directories().to_vec());
    for path in &site.missing {
        decision.make_directory(path, &mut made);
    }
    let is_missing = site.file.is_missing();
    if earlier.is_some() && is_missing {
        decision.mended(&places.file, Reason::Missing);
    }
    let text = unit.text();
    match &site.file {
        Found::File { content } if content == text.as_bytes() => {}
        found => {
            let before = match found {
                Found::File { content } => Some(content.clone()),
                _ => None,
            };
            if State::of(unit, &site.file, earlier) == State::Edited {
                decision.mended(&places.file, Reason::Edited);
            }
            let path = places.file.clone();
            let text = text.into_bytes();
            decision.edits.push(Edit::write(path, before, text, MODE));
        }
    }
    if site.wants.is_missing() {
        decision.make_directory(&places.wants, &mut made);
    }
    if site.link.is_missing() {
        if earlier.is_some() && !is_missing {
            decision.mended(&places.link, Reason::LinkMissing);
        }
        let target = unit.target().unwrap_or_else(|_| places.file.clone());
        let link = places.link.clone();
        decision.edits.push(Edit::symlink(link, &target));
    }
    if let (Some(path), false) = (&site.immutable, decision.edits.is_empty()) {
        let mut decision = Decision::default();
        decision.not_made(path, Reason::Immutable);
        return decision;
    }
    decision.done = Some(Done::new(unit, made));
    decision
}

/// The first thing of the guest's own that stands in a place of the unit.
fn obstacle(
    unit: &Unit,
    site: &Site,
    places: &Places,
    earlier: Option<&Done>,
) -> Option<(GuestPath, Reason)> {
    if let Some((path, kind)) = &site.blocked {
        return Some((path.clone(), Reason::Folder(kind)));
    }
    match State::of(unit, &site.file, earlier) {
        State::Masked => return Some((places.file.clone(), Reason::Masked)),
        State::Foreign(kind) => return Some((places.file.clone(), Reason::Foreign(kind))),
        State::Missing | State::Ours | State::Edited => {}
    }
    match &site.wants {
        Found::Missing | Found::Directory { .. } => {}
        other => return Some((places.wants.clone(), Reason::LinkForeign(other.kind()))),
    }
    let is_free = site.link.is_missing() || site.is_linked(unit);
    (!is_free).then(|| (places.link.clone(), Reason::LinkForeign(site.link.kind())))
}

/// No unit: what is left of an earlier one goes.
fn without(earlier: Option<&Done>, site: &Site, path: &GuestPath, why: Reason) -> Decision {
    let mut decision = Decision::default();
    decision.not_made(path, why);
    if let Some(earlier) = earlier {
        let undo = earlier.undo(site, false);
        decision.edits = undo.edits;
        let told = undo.kept.into_iter();
        decision.told.extend(told.filter(|kept| kept.path != *path));
    }
    decision
}

impl Decision {
    fn make_directory(&mut self, path: &GuestPath, made: &mut Vec<GuestPath>) {
        self.edits.push(Edit::make_directory(path.clone()));
        if !made.contains(path) {
            made.push(path.clone());
        }
    }

    fn mended(&mut self, path: &GuestPath, why: Reason) {
        let (path, then) = (path.clone(), Then::Mended);
        self.told.push(Told { path, why, then });
    }

    fn not_made(&mut self, path: &GuestPath, why: Reason) {
        let (path, then) = (path.clone(), Then::NotMade);
        self.told.push(Told { path, why, then });
    }
}
