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
    /// A line of somebody else's between the markers.
    ForeignLine,
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
        self
    }

    /// True where these are the fields of the line that was written, however they are spaced.
    fn is_written(&self, entry: &Entry) -> bool {
        self.line
            .as_ref()
            .is_some_and(|line| *line == escape(&entry.to_line()))
    }

    pub(crate) fn mounts_there(&self, entry: &Entry) -> bool {
        !self.mount_point.is_root() && entry.mount_point().as_ref() == Some(&self.mount_point)
    }

    /// True where it mounts the same on the same mount point: a tool that writes what is mounted
    /// changes type and options.
    fn is_same_mount(&self, entry: &Entry) -> bool {
        let bare = |spec: &[u8]| {
            let end = spec.iter().rposition(|byte| *byte != b'/');
            end.map_or(0, |last| last + 1)
        };
        self.mounts_there(entry)
            && self
                .spec
                .as_ref()
                .is_some_and(|spec| spec[..bare(spec)] == entry.spec()[..bare(entry.spec())])
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
    /// lost, the entry is commented out, moved or doubled, other lines stand between the markers.
    /// Tells what was found, in the file's order; nothing where the block is whole or there is no
    /// trace of it.
    ///
    /// Lines that are not ours stay, in their order, to the byte. Of ours one entry stays, as it
    /// stands.
    pub fn mend(&mut self, known: &Known) -> Vec<Mended> {
        let pieces = pieces(&self.bytes, known);
        let anchor = anchor(&pieces);
        let strays = |piece: &&Piece<'_>| !piece.marked && matches!(piece.role, Role::Ours { .. });
        let needed = match block::find(&self.bytes) {
            Ok(Some(_)) => pieces.iter().any(|piece| strays(&piece)),
            Ok(None) => anchor.is_some(),
            Err(_) => true,
        };
        if !needed {
            return Vec::new();
        }
        let bare = anchor.is_some_and(|at| !is_enclosed(&pieces, at));
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
                bytes.extend_from_slice(&block::render(body));
            }
            let flaw = match piece.role {
                Role::Comment if is_anchor => Some(Flaw::CommentedOut),
                Role::Ours { .. } if is_anchor => bare.then_some(Flaw::MarkersLost),
                Role::Begin | Role::End => anchor.is_none().then_some(Flaw::StrayMarker),
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fstab::Ungraft;
    use crate::fstab::block::{BEGIN, END};

    const LINE: &str = "10.0.0.1:/v /shared nfs ro,bg 0 0";
    const HEAD: &str = "UUID=0a / ext4 defaults 0 1\n";
    const TAIL: &str = "/dev/sr0 /media udf noauto 0 0";

    fn entry() -> Entry {
        Entry::new("10.0.0.1:/v", "/shared", "nfs", "ro,bg", 0, 0).unwrap()
    }

    fn known(undo: &Undo) -> Known {
        let known = Known::at("/shared".parse().unwrap());
        known.spec("10.0.0.1:/v").written(undo)
    }

    fn undo() -> Undo {
        Fstab::parse(b"").graft(&entry()).unwrap().undo
    }

    fn codes(mended: &[Mended]) -> Vec<&'static str> {
        mended.iter().map(|mended| mended.flaw.code()).collect()
    }

    /// Text as somebody left it, what is told of it, and what is between head and tail once it is
    /// mended, grafted, and taken out again.
    type Case = (&'static str, &'static [&'static str], &'static str);

    const CASES: &[Case] = &[
        (
            "# BEGIN osgraft\n#LINE\n# END osgraft\n",
            &["fstab-entry-commented-out"],
            "",
        ),
        (
            "# BEGIN osgraft\n# LINE \n# END osgraft\n",
            &["fstab-entry-commented-out"],
            "",
        ),
        ("LINE\n# END osgraft\n", &["fstab-markers-lost"], ""),
        ("# BEGIN osgraft\nLINE\n", &["fstab-markers-lost"], ""),
        ("LINE\n", &["fstab-markers-lost"], ""),
        ("LINE\r\n", &["fstab-markers-lost"], ""),
        ("##LINE\n", &["fstab-entry-commented-out"], ""),
        (
            "10.0.0.1:/v   /shared   nfs\tro,bg  0  0\n",
            &["fstab-markers-lost"],
            "",
        ),
        (
            "# END osgraft\nLINE\n# BEGIN osgraft\n",
            &["fstab-markers-lost"],
            "",
        ),
        (
            "# BEGIN osgraft\n# END osgraft\nx /x ext4\nLINE\n",
            &["fstab-markers-lost"],
            "x /x ext4\n",
        ),
        (
            "# BEGIN osgraft\nLINE\n# END osgraft\n# BEGIN osgraft\nLINE\n# END osgraft\n",
            &["fstab-entry-copied"],
            "",
        ),
        (
            "# BEGIN osgraft\n# BEGIN osgraft\nLINE\n# END osgraft\n# END osgraft\n",
            &[],
            "",
        ),
        (
            "# BEGIN osgraft\n# mine\nLINE\ny /y ext4\n# END osgraft\n",
            &["fstab-block-foreign-line", "fstab-block-foreign-line"],
            "# mine\ny /y ext4\n",
        ),
        (
            "# BEGIN osgraft\nLINE\n# END osgraft\nLINE\n",
            &["fstab-entry-copied"],
            "",
        ),
        (
            "# BEGIN osgraft\nLINE\n# END osgraft\n10.0.0.1:/v /shared/ nfs4 rw\n",
            &["fstab-entry-second"],
            "#10.0.0.1:/v /shared/ nfs4 rw\n",
        ),
        (
            "# BEGIN osgraft\n# END osgraft\n",
            &["fstab-marker-stray", "fstab-marker-stray"],
            "",
        ),
        (
            "# END osgraft\nz /z ext4\n",
            &["fstab-marker-stray"],
            "z /z ext4\n",
        ),
    ];

    #[test]
    fn a_block_taken_apart_is_made_whole_and_comes_out_without_a_trace() {
        for (text, told, rest) in CASES {
            let file = format!("{HEAD}{}{TAIL}", text.replace("LINE", LINE));
            let mut fstab = Fstab::parse(file.as_bytes());
            assert_eq!(codes(&fstab.mend(&known(&undo()))), *told, "{text}");
            assert_eq!(fstab.mend(&known(&undo())), [], "{text}: a second time");
            let graft = fstab.graft(&entry()).unwrap();
            let managed = fstab.managed().unwrap().expect("a block");
            assert_eq!(managed.text, LINE.as_bytes(), "{text}");
            let ungraft = fstab.ungraft(&graft.undo).unwrap();
            assert_eq!(ungraft, Ungraft::Removed { remove_file: false }, "{text}");
            assert_eq!(
                fstab,
                Fstab::parse(format!("{HEAD}{rest}{TAIL}").as_bytes())
            );

            // The way back goes without a graft before it.
            let mut fstab = Fstab::parse(file.as_bytes());
            let _ = fstab.withdraw(&known(&undo()), &undo(), false);
            let left = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
            assert_eq!(left, format!("{HEAD}{rest}{TAIL}"), "{text}");
        }
    }

    #[test]
    fn a_tool_that_writes_what_is_mounted_is_seen_through() {
        let text = b"10.0.0.1:/v/\t/shared\tnfs4\trw,relatime,vers=4.2\t0 0\n";
        let mut fstab = Fstab::parse(text);
        assert_eq!(codes(&fstab.mend(&known(&undo()))), ["fstab-markers-lost"]);
        let graft = fstab.graft(&entry()).unwrap();
        assert!(graft.replaced.unwrap().ends_with(b"vers=4.2\t0 0"));
        // The way back keeps what was changed, unless it is told not to.
        let mut fstab = Fstab::parse(text);
        let ungraft = fstab.withdraw(&known(&undo()), &undo(), false).unwrap();
        assert!(
            matches!(ungraft, Ungraft::Edited { line: 1, .. }),
            "{ungraft:?}"
        );
        assert_eq!(fstab.to_bytes(), text);
        let _ = fstab.withdraw(&known(&undo()), &undo(), true).unwrap();
        assert_eq!(fstab.to_bytes(), b"");
    }

    #[test]
    fn without_a_receipt_a_marker_vouches_for_our_mount_point_alone() {
        let bare = Known::at("/shared".parse().unwrap());
        for (text, told) in [
            (
                "a:/v /shared nfs ro\n# END osgraft\n",
                &["fstab-markers-lost"][..],
            ),
            (
                "# BEGIN osgraft\n#a:/v /shared nfs ro\n# END osgraft\n",
                &["fstab-entry-commented-out"],
            ),
            ("a:/v /shared nfs ro\n", &[]),
            ("#a:/v /shared nfs ro\n", &[]),
        ] {
            assert_eq!(
                codes(&Fstab::parse(text.as_bytes()).mend(&bare)),
                told,
                "{text}"
            );
        }
        let mut other = Fstab::parse(b"a:/v /srv nfs ro\n# END osgraft\n");
        assert_eq!(codes(&other.mend(&bare)), ["fstab-marker-stray"]);
        assert_eq!(other.to_bytes(), b"a:/v /srv nfs ro\n");
    }

    #[test]
    fn a_root_that_a_receipt_names_is_never_ours() {
        let known = Known::at("/".parse().unwrap()).spec("UUID=0a");
        let mut fstab = Fstab::parse(HEAD.as_bytes());
        assert_eq!(fstab.mend(&known), []);
    }

    proptest! {
        /// However lines are thrown together, no line of the guest's is lost, and mending once is
        /// enough.
        #[test]
        fn no_line_of_the_guest_is_lost(
            picked in proptest::collection::vec(proptest::sample::select(vec![
                BEGIN, END, LINE, "#10.0.0.1:/v /shared nfs ro,bg 0 0", "# note", "", "a /a ext4",
                "#\tBEGIN  osgraft", "10.0.0.1:/v /shared nfs4 rw", "b:/b /srv nfs", "  # END osgraft\r",
            ]), 0..12),
            newline in any::<bool>(),
        ) {
            let mut text = picked.join("\n");
            if newline {
                text.push('\n');
            }
            let mut fstab = Fstab::parse(text.as_bytes());
            let foreign = |fstab: &Fstab| -> Vec<String> {
                let text = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
                text.lines().map(str::to_owned).filter(|line| {
                    ["# note", "a /a ext4", "b:/b /srv nfs"].contains(&line.as_str())
                }).collect()
            };
            let before = foreign(&fstab);
            let told = fstab.mend(&known(&undo()));
            prop_assert_eq!(foreign(&fstab), before);
            prop_assert!(fstab.managed().is_ok(), "{:?}", fstab);
            prop_assert_eq!(fstab.mend(&known(&undo())), []);
            if told.is_empty() && Fstab::parse(text.as_bytes()).managed().is_ok() {
                prop_assert_eq!(fstab.to_bytes(), text.as_bytes());
            }
        }
    }
}
