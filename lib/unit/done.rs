//! Record of a unit, as a receipt keeps it; and the way back.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Unit;
use super::site::{Found, Site};
use super::told::{Reason, Then, Told};
use crate::edit::Edit;
use crate::path::GuestPath;

/// Record of a unit that was made. It comes out of the guest, so it names no file: the paths are
/// those that osgraft gives to the unit of this mount point.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// The mount point, links resolved.
    mount_point: GuestPath,
    /// Directories that components of the share are mounted over, links resolved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    over: Vec<GuestPath>,
    /// SHA-256 of the unit's file as it was written.
    sha256: String,
    /// Directories made for it, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    directories: Vec<GuestPath>,
}

/// Edits that take a unit back as far as the guest allows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Undo {
    /// The steps, in order.
    pub edits: Vec<Edit>,
    /// Places that are not as they were made, and so are left.
    pub kept: Vec<Told>,
    /// True where a later undo could still take something back, so that the record is needed.
    pub remains: bool,
}

/// State of a unit's file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    Missing,
    /// As this osgraft, or the one that made the record, writes it.
    Ours,
    /// A unit that was recorded and is different now.
    Edited,
    Masked,
    /// Something of the guest's own.
    Foreign(&'static str),
}

impl State {
    pub(super) fn of(unit: &Unit, file: &Found, record: Option<&Done>) -> Self {
        match file {
            Found::Missing => Self::Missing,
            found if found.is_mask() => Self::Masked,
            Found::File { content } if content == unit.text().as_bytes() => Self::Ours,
            Found::File { content } => match record {
                Some(done) if done.sha256 == digest(content) => Self::Ours,
                Some(_) => Self::Edited,
                None => Self::Foreign(file.kind()),
            },
            other => Self::Foreign(other.kind()),
        }
    }
}

impl Done {
    pub(super) fn new(unit: &Unit, directories: Vec<GuestPath>) -> Self {
        Self {
            mount_point: unit.mount_point().clone(),
            over: unit.over.clone(),
            sha256: digest(unit.text().as_bytes()),
            directories,
        }
    }

    /// Record of a unit whose receipt is lost: its file is exactly as osgraft writes it, or its link
    /// is there. A directory for the link counts as made where it is as osgraft makes one and holds
    /// nothing else; the folder of units does not.
    pub fn adopt(unit: &Unit, site: &Site) -> Option<Self> {
        let places = site.places(unit).ok()?;
        let is_ours = State::of(unit, &site.file, None) == State::Ours;
        let is_half = site.file.is_missing() && site.is_linked(unit);
        if !is_ours && !is_half {
            return None;
        }
        let name = unit.name();
        let made = match &site.wants {
            Found::Directory { names, as_made } => {
                *as_made && names.iter().all(|known| known == name.as_bytes())
            }
            _ => false,
        };
        let directories = if made { vec![places.wants] } else { Vec::new() };
        Some(Self::new(unit, directories))
    }

    /// The unit that it is about.
    pub fn unit(&self) -> Unit {
        Unit::of(&self.mount_point).with_over(self.over.clone())
    }

    /// Directories made for it, outermost first.
    pub fn directories(&self) -> &[GuestPath] {
        &self.directories
    }

    /// Places of it that are not as they were made.
    pub fn differences(&self, site: &Site) -> Vec<Told> {
        let unit = self.unit();
        let Ok(places) = site.places(&unit) else {
            return Vec::new();
        };
        let mut told = Vec::new();
        let mut tell = |path: &GuestPath, why| {
            let (path, then) = (path.clone(), Then::Differs);
            told.push(Told { path, why, then });
        };
        let state = State::of(&unit, &site.file, Some(self));
        match state {
            State::Ours => {}
            State::Missing => tell(&places.file, Reason::Missing),
            State::Edited => tell(&places.file, Reason::Edited),
            State::Masked => tell(&places.file, Reason::Masked),
            State::Foreign(kind) => tell(&places.file, Reason::Foreign(kind)),
        }
        match &site.link {
            Found::Missing if state == State::Missing => {}
            Found::Missing => tell(&places.link, Reason::LinkMissing),
            _ if site.is_linked(&unit) => {}
            other => tell(&places.link, Reason::LinkForeign(other.kind())),
        }
        told
    }

    /// The steps that take back what is still as it was made; the rest is kept and told. A unit that
    /// was edited stays as a whole, with its link, unless `force` says that it goes as well.
    pub fn undo(&self, site: &Site, force: bool) -> Undo {
        let unit = self.unit();
        let mut undo = Undo::default();
        let Ok(places) = site.places(&unit) else {
            return undo;
        };
        let mut gone = Vec::new();
        let state = State::of(&unit, &site.file, Some(self));
        match state {
            State::Edited if !force => {
                undo.keep(&places.file, Reason::Edited);
                undo.remains = true;
                return undo;
            }
            State::Ours | State::Edited => gone.push(places.file.clone()),
            State::Missing => undo.keep(&places.file, Reason::Missing),
            State::Masked => undo.keep(&places.file, Reason::Masked),
            State::Foreign(kind) => undo.keep(&places.file, Reason::Foreign(kind)),
        }
        match &site.link {
            Found::Missing if state == State::Missing => {}
            Found::Missing => undo.keep(&places.link, Reason::LinkMissing),
            _ if site.is_linked(&unit) => gone.push(places.link.clone()),
            other => undo.keep(&places.link, Reason::LinkForeign(other.kind())),
        }
        if let (Some(path), false) = (&site.immutable, gone.is_empty()) {
            undo.kept.clear();
            undo.keep(path, Reason::Immutable);
            undo.remains = true;
            return undo;
        }
        let own = [Some(&site.folder), site.folder.parent().as_ref()]
            .into_iter()
            .flatten()
            .chain([&places.wants])
            .cloned()
            .collect::<Vec<_>>();
        // A record of the guest's making takes away no other directory.
        let made = self.directories.iter().rev();
        for path in made.filter(|path| own.contains(path)) {
            let names = match &site.wants {
                Found::Directory { names, .. } if *path == places.wants => names,
                _ => match site.names.get(path) {
                    Some(names) => names,
                    None => continue,
                },
            };
            let leaves = |name: &Vec<u8>| path.join(name).is_ok_and(|path| gone.contains(&path));
            if names.iter().all(leaves) {
                gone.push(path.clone());
            } else {
                undo.keep(path, Reason::NotEmpty);
            }
        }
        undo.edits = gone.into_iter().map(|path| Edit::Remove { path }).collect();
        undo
    }
}

impl Undo {
    fn keep(&mut self, path: &GuestPath, why: Reason) {
        let (path, then) = (path.clone(), Then::Kept);
        self.kept.push(Told { path, why, then });
    }
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
