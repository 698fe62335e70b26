//! Recognising our entry where the guest's root or a tool took its block apart, and making the
//! block whole again.

use std::fmt;

use super::Fstab;
use super::block;
use super::entry::Entry;
use super::line::{Line, Lines, trim};
use super::undo::Undo;
use crate::path::{GuestPath, escape};

/// Marks by which the entry of an earlier graft is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Known {
    mount_point: GuestPath,
    spec: Option<Vec<u8>>,
    line: Option<String>,
    components: Vec<String>,
}

/// Something that was found beside the block as it was written, and what becomes of it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Mended {
    /// The line, the first of the file being 1.
    pub line: usize,
    /// Its flaw.
    pub flaw: Flaw,
    /// The line as it stands, escaped.
    pub text: String,
}

/// Flaw of a block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Flaw {
    /// Our entry is a comment now.
    CommentedOut,
    /// Our entry stands without one of its markers, or without both.
    MarkersLost,
    /// A marker stands without our entry.
    StrayMarker,
    /// A copy of our entry.
    Copy,
    /// Another entry that mounts the same on the same mount point.
    SecondMount,
    /// A line of the guest's own between the markers.
    ForeignLine,
    /// An entry for a component of the share, outside the block or without the share's entry.
    StrayComponent,
}

impl Flaw {
    /// A stable name for scripts and reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::CommentedOut => "fstab-entry-commented-out",
            Self::MarkersLost => "fstab-markers-lost",
            Self::StrayMarker => "fstab-marker-stray",
            Self::Copy => "fstab-entry-copied",
            Self::SecondMount => "fstab-entry-second",
            Self::ForeignLine => "fstab-block-foreign-line",
            Self::StrayComponent => "fstab-component-stray",
        }
    }
}

impl fmt::Display for Mended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, text) = (self.line, &self.text);
        write!(f, "/etc/fstab line {line} (“{text}”) ")?;
        f.write_str(match self.flaw {
            Flaw::CommentedOut => {
                "is osgraft's entry, commented out in the guest: prepare puts it back"
            }
            Flaw::MarkersLost => {
                "is osgraft's entry without its marker lines: prepare puts them back"
            }
            Flaw::StrayMarker => "is a marker without osgraft's entry: prepare takes it out",
            Flaw::Copy => "is a copy of osgraft's entry: prepare takes it out",
            Flaw::SecondMount => {
                "mounts the same share on the same mount point again: prepare comments it out"
            }
            Flaw::ForeignLine => {
                "is the guest's own line in osgraft's block: prepare keeps it, outside the block"
            }
            Flaw::StrayComponent => {
                "is osgraft's entry for a component of the share, outside its block: prepare puts \
                 it back"
            }
        })
    }
}

impl Known {
    /// An entry that mounts there. The markers tell that it is ours.
    pub fn at(mount_point: GuestPath) -> Self {
        Self {
            mount_point,
            spec: None,
            line: None,
            components: Vec::new(),
        }
    }

    /// It mounts this, so that it is known without its markers as well.
    #[must_use]
    pub fn spec(mut self, spec: impl AsRef<[u8]>) -> Self {
        self.spec = Some(spec.as_ref().to_vec());
        self
    }

    /// It was written as this record tells.
    #[must_use]
    pub fn written(mut self, undo: &Undo) -> Self {
        self.line = Some(undo.line().to_owned());
        self.components = undo.components().to_vec();
        self
    }

    /// True for the entry of a component: as it was written, or between the markers.
    fn is_component(&self, line: &Line<'_>, entry: &Entry, marked: bool) -> bool {
        let (text, plain) = (escape(line.body()), escape(&entry.to_line()));
        let mut written = self.components.iter();
        written.any(|known| *known == text || *known == plain)
            || (marked && block::is_component(&self.mount_point, entry))
    }

    /// True where these are the fields of the line that was written, however they are spaced.
    fn is_written(&self, entry: &Entry) -> bool {
        self.line
            .as_ref()
            .is_some_and(|line| *line == escape(&entry.to_line()))
    }

    /// True for the entry that was written, but for its mount point.
    pub(super) fn is_moved(&self, entry: &Entry) -> bool {
        let options = match entry.options() {
            b"" => b"defaults",
            options => options,
        };
        let (freq, passno) = (entry.freq(), entry.passno());
        let place = self.mount_point.as_bytes();
        Entry::new(entry.spec(), place, entry.vfstype(), options, freq, passno)
            .is_ok_and(|entry| self.is_written(&entry))
    }

    pub(crate) fn mounts_there(&self, entry: &Entry) -> bool {
        !self.mount_point.is_root() && entry.mount_point().as_ref() == Some(&self.mount_point)
    }

    /// True where it mounts the same on the same mount point: a tool that writes what is mounted
    /// changes type and options.
    fn is_same_mount(&self, entry: &Entry) -> bool {
        self.mounts_there(entry) && self.mounts_same(entry)
    }

    fn mounts_same(&self, entry: &Entry) -> bool {
        let bare = |spec: &[u8]| {
            let end = spec.iter().rposition(|byte| *byte != b'/');
            end.map_or(0, |last| last + 1)
        };
        self.spec
            .as_ref()
            .is_some_and(|spec| spec[..bare(spec)] == entry.spec()[..bare(entry.spec())])
    }

    /// True for the one entry of a block that is ours, edited or not: it has the mount point or
    /// the spec of ours. Another entry there is the guest's, put in the place of ours.
    fn is_edited(&self, entry: &Entry) -> bool {
        self.mounts_there(entry)
            || self.mounts_same(entry)
            || self.is_written(entry)
            || self.is_moved(entry)
    }
}

/// Role of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    Begin,
    End,
    /// An entry that is ours; as it was written, or changed.
    Ours {
        written: bool,
    },
    /// Our entry, commented out.
    Comment,
    /// Our entry for a component of the share.
    Component,
    Foreign,
}

struct Piece<'a> {
    line: Line<'a>,
    role: Role,
    /// Between two markers, or next to one that lost the other.
    marked: bool,
}

impl Fstab {
    /// Makes the block whole again where the guest's root or a tool took it apart: a marker is
    /// lost, the entry is commented out, moved or doubled, other lines stand between the markers,
    /// with our entry or in its place.
    /// Tells what was found, in the file's order; nothing where the block is whole or there is no
    /// trace of it.
    ///
    /// Lines that are not ours stay, in their order, to the byte. Of ours one entry stays, as it
    /// stands, and behind it those of components. An entry alone between the markers is ours where it
    /// has the mount point or the spec of ours; any other is the guest's and stays outside the block.
    pub fn mend(&mut self, known: &Known) -> Vec<Mended> {
        let pieces = pieces(&self.bytes, known);
        let anchor = anchor(&pieces);
        let strays = |piece: &&Piece<'_>| {
            !piece.marked && matches!(piece.role, Role::Ours { .. } | Role::Component)
        };
        let needed = match block::find(&self.bytes) {
            Ok(Some(block)) => {
                !known.is_edited(&block.managed.entry) || pieces.iter().any(|piece| strays(&piece))
            }
            Ok(None) => anchor.is_some(),
            Err(_) => true,
        };
        if !needed {
            return Vec::new();
        }
        let bare = anchor.is_some_and(|at| !is_enclosed(&pieces, at));
        let mut components: Vec<&[u8]> = Vec::new();
        for piece in pieces.iter().filter(|piece| piece.role == Role::Component) {
            if !components.contains(&piece.line.body()) {
                components.push(piece.line.body());
            }
        }
        let mut bytes = Vec::with_capacity(self.bytes.len() + 64);
        let mut mended = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            let line = &piece.line;
            let is_anchor = anchor == Some(number);
            if is_anchor {
                let body = match piece.role {
                    Role::Comment => uncommented(line),
                    _ => line.body(),
                };
                bytes.extend_from_slice(&block::render(
                    [body].into_iter().chain(components.clone()),
                ));
            }
            let flaw = match piece.role {
                Role::Comment if is_anchor => Some(Flaw::CommentedOut),
                Role::Ours { .. } if is_anchor => bare.then_some(Flaw::MarkersLost),
                Role::Begin | Role::End => anchor.is_none().then_some(Flaw::StrayMarker),
                Role::Component => {
                    let is_stray = anchor.is_none() || !piece.marked;
                    is_stray.then_some(Flaw::StrayComponent)
                }
                Role::Ours { written: true } => Some(Flaw::Copy),
                Role::Comment if piece.marked => Some(Flaw::Copy),
                Role::Ours { written: false } => {
                    bytes.push(b'#');
                    bytes.extend_from_slice(line.raw);
                    Some(Flaw::SecondMount)
                }
                Role::Comment | Role::Foreign => {
                    bytes.extend_from_slice(line.raw);
                    piece.marked.then_some(Flaw::ForeignLine)
                }
            };
            if let Some(flaw) = flaw {
                mended.push(Mended {
                    line: line.number,
                    flaw,
                    text: escape(line.body()),
                });
            }
        }
        self.bytes = bytes;
        mended
    }
}

/// The lines and what they are to us.
fn pieces<'a>(bytes: &'a [u8], known: &Known) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece<'a>> = Lines::new(bytes)
        .map(|line| Piece {
            role: match () {
                () if line.is_begin() => Role::Begin,
                () if line.is_end() => Role::End,
                () => Role::Foreign,
            },
            line,
            marked: false,
        })
        .collect();
    let mut open: Option<usize> = None;
    for at in 0..pieces.len() {
        match pieces[at].role {
            Role::Begin => {
                if let Some(begin) = open {
                    mark_beside(&mut pieces, Some(begin + 1), known);
                }
                open = Some(at);
            }
            Role::End => match open.take() {
                Some(begin) => {
                    let inside = &mut pieces[begin + 1..at];
                    inside.iter_mut().for_each(|piece| piece.marked = true);
                }
                None => mark_beside(&mut pieces, at.checked_sub(1), known),
            },
            _ => {}
        }
    }
    if let Some(begin) = open {
        mark_beside(&mut pieces, Some(begin + 1), known);
    }
    for piece in &mut pieces {
        if piece.role == Role::Foreign {
            piece.role = role(&piece.line, piece.marked, known);
        }
    }
    pieces
}

/// A marker that lost the other vouches for the line next to it alone, and only where that mounts
/// on our mount point.
fn mark_beside(pieces: &mut [Piece<'_>], at: Option<usize>, known: &Known) {
    let Some(piece) = at.and_then(|at| pieces.get_mut(at)) else {
        return;
    };
    let entry = Entry::read(&piece.line).or_else(|| commented(&piece.line));
    piece.marked |= piece.role == Role::Foreign && entry.is_some_and(|e| known.mounts_there(&e));
}

fn role(line: &Line<'_>, marked: bool, known: &Known) -> Role {
    let is_ours = |entry: &Entry| {
        known.is_written(entry)
            || known.is_same_mount(entry)
            || (marked && known.mounts_there(entry))
    };
    if let Some(entry) = Entry::read(line) {
        return match is_ours(&entry) {
            true => Role::Ours {
                written: known.is_written(&entry),
            },
            false if known.is_component(line, &entry, marked) => Role::Component,
            false => Role::Foreign,
        };
    }
    let is_comment = commented(line).is_some_and(|entry| match known.line {
        Some(_) => known.is_written(&entry),
        None => is_ours(&entry),
    });
    match is_comment {
        true => Role::Comment,
        false => Role::Foreign,
    }
}

/// The entry that a comment would be without its `#`.
fn commented(line: &Line<'_>) -> Option<Entry> {
    if !line.is_comment() {
        return None;
    }
    Entry::read(&Line {
        number: line.number,
        start: 0,
        raw: uncommented(line),
    })
}

fn uncommented<'a>(line: &Line<'a>) -> &'a [u8] {
    let mut body = trim(line.body());
    while let Some(rest) = body.strip_prefix(b"#") {
        body = trim(rest);
    }
    body
}

/// The line that stays as our entry: one that mounts before a comment, one that stands where it
/// was written before another, one as it was written before a changed one.
fn anchor(pieces: &[Piece<'_>]) -> Option<usize> {
    let rank = |piece: &Piece<'_>| match (piece.role, piece.marked) {
        (Role::Ours { written: true }, true) => Some(0),
        (Role::Ours { written: true }, false) => Some(1),
        (Role::Ours { written: false }, true) => Some(2),
        (Role::Ours { written: false }, false) => Some(3),
        (Role::Comment, true) => Some(4),
        (Role::Comment, false) => Some(5),
        _ => None,
    };
    let ranked = pieces.iter().enumerate();
    let ranked = ranked.filter_map(|(at, piece)| rank(piece).map(|rank| (rank, at)));
    ranked.min().map(|(_, at)| at)
}

/// True for a line between two markers, whatever else is there.
fn is_enclosed(pieces: &[Piece<'_>], at: usize) -> bool {
    let marker = |piece: &Piece<'_>| match piece.role {
        role @ (Role::Begin | Role::End) => Some(role),
        _ => None,
    };
    let above = pieces[..at].iter().rev().find_map(marker);
    let below = pieces[at + 1..].iter().find_map(marker);
    above == Some(Role::Begin) && below == Some(Role::End)
}

#[cfg(test)]
mod tests;
