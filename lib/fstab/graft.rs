//! Putting the block in.

use super::block::{self, Block};
use super::entry::Entry;
use super::error::FstabError;
use super::field;
use super::line::{Line, Lines};
use super::places::Places;
use super::undo::Undo;
use super::{Change, Fstab};
use crate::path::{GuestPath, escape};

/// Result of [`Fstab::graft`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Graft {
    /// Change of the text.
    pub change: Change,
    /// Record that [`Fstab::ungraft`] needs. After an earlier graft, merge it with that one's
    /// ([`Undo::after`]).
    pub undo: Undo,
    /// The block's line before, when there was one that differed.
    pub replaced: Option<Vec<u8>>,
    /// Lines of components that the block had before, when they differed.
    pub replaced_components: Option<Vec<Vec<u8>>>,
}

impl Fstab {
    /// Makes `entry` the managed block's.
    ///
    /// A block that is there keeps its place. A new one goes to the end of the file, unless some
    /// entry needs our mount (it mounts below it, or mounts something from it): then before the
    /// first such, since `mount -a` goes line by line. A block whose mount point changes moves
    /// only when its place would be wrong for the new one. No other line changes; a missing final
    /// newline is added when the block goes behind it.
    ///
    /// # Errors
    /// [`FstabError`], with the text as it was: the mount point is taken, the block is damaged,
    /// or no place is right.
    pub fn graft(&mut self, entry: &Entry) -> Result<Graft, FstabError> {
        self.graft_in(entry, &Places::default())
    }

    /// The same in a guest of which it is known where the paths lead that the lines name: one place
    /// that is spelled in two ways is one place.
    ///
    /// # Errors
    /// As for [`graft`](Self::graft).
    pub fn graft_in(&mut self, entry: &Entry, places: &Places) -> Result<Graft, FstabError> {
        self.graft_with(entry, &[], places)
    }

    /// The same with entries behind it that mount components of the share over directories of the
    /// guest. They stand in the block as well.
    ///
    /// # Errors
    /// As for [`graft`](Self::graft); the place of a component may be taken, too.
    pub fn graft_with(
        &mut self,
        entry: &Entry,
        components: &[Entry],
        places: &Places,
    ) -> Result<Graft, FstabError> {
        let mount_point = entry
            .mount_point()
            .ok_or_else(|| FstabError::NoMountPoint {
                file: escape(entry.file()),
            })?;
        let block = block::find(&self.bytes)?;
        let over = components
            .iter()
            .filter_map(|component| Some((component.mount_point()?, places.of(component.file()))));
        let wanted = Wanted {
            own: places.of(entry.file()),
            mount_point,
            over: over.collect(),
            places,
        };
        self.refuse_taken(&wanted, block.as_ref())?;
        let line = entry.to_line();
        let lines: Vec<Vec<u8>> = components.iter().map(Entry::to_line).collect();
        let mut undo = Undo::of(&line, &lines);
        let (mut replaced, mut replaced_components) = (None, None);
        if let Some(block) = block {
            let before = block.managed.components.iter();
            let before: Vec<Vec<u8>> = before.map(|found| found.text.clone()).collect();
            let is_same = block.managed.text == line;
            if is_same && before == lines {
                return Ok(Graft {
                    change: Change::Unchanged,
                    undo,
                    replaced,
                    replaced_components,
                });
            }
            let mut other = self.clone();
            if !self.keeps_place(&block, &wanted) {
                other.bytes.drain(block.range);
                other.insert(&wanted, &line, &lines, &mut undo)?;
            } else if before.is_empty() && lines.is_empty() {
                other.bytes.splice(block.entry_range, line);
            } else {
                let lines = std::iter::once(&line).chain(&lines);
                let text: Vec<u8> = lines.flat_map(|line| [&line[..], b"\n"].concat()).collect();
                other.bytes.splice(block.inside, text);
            }
            if before != lines {
                replaced_components = Some(before);
            }
            replaced = (!is_same).then_some(block.managed.text);
            *self = other;
        } else {
            self.insert(&wanted, &line, &lines, &mut undo)?;
        }
        Ok(Graft {
            change: Change::Changed,
            undo,
            replaced,
            replaced_components,
        })
    }

    /// Two fields are enough to collide: some readers take a line without a type.
    fn refuse_taken(&self, wanted: &Wanted<'_>, block: Option<&Block>) -> Result<(), FstabError> {
        let ours = block.map_or(0..0, |block| block.range.clone());
        for line in Lines::new(&self.bytes).filter(|line| !ours.contains(&line.start)) {
            let place = Needs::of(&line, wanted.places).place;
            let Some(mount_point) = wanted.taken(&place) else {
                continue;
            };
            let mount_point = mount_point.clone();
            let (line, text, spelled) =
                (line.number, escape(line.body()), place.into_iter().next());
            return Err(match spelled.filter(|spelled| *spelled != mount_point) {
                Some(spelled) => FstabError::MountPointReached {
                    mount_point,
                    spelled,
                    line,
                    text,
                },
                None => FstabError::MountPointTaken {
                    mount_point,
                    line,
                    text,
                },
            });
        }
        Ok(())
    }

    fn keeps_place(&self, block: &Block, wanted: &Wanted<'_>) -> bool {
        let had = block.managed.components.iter();
        let had = had.filter_map(|found| found.entry.mount_point());
        let had: Vec<GuestPath> = had.collect();
        let is_new = |(at, _): &(GuestPath, Vec<GuestPath>)| !had.contains(at);
        if block.managed.entry.mount_point().as_ref() == Some(&wanted.mount_point)
            && !wanted.over.iter().any(is_new)
        {
            return true;
        }
        let (before, behind) = (
            &self.bytes[..block.range.start],
            &self.bytes[block.range.end..],
        );
        let late = Lines::new(behind).any(|line| wanted.is_below(&line));
        let early = Lines::new(before).any(|line| wanted.is_above(&line));
        !late && !early
    }

    fn insert(
        &mut self,
        wanted: &Wanted<'_>,
        line: &[u8],
        components: &[Vec<u8>],
        undo: &mut Undo,
    ) -> Result<(), FstabError> {
        let at = self.place(wanted)?;
        let components = components.iter().map(Vec::as_slice);
        let mut text = block::render(std::iter::once(line).chain(components));
        if at == self.bytes.len() && self.bytes.last().is_some_and(|byte| *byte != b'\n') {
            let last = Lines::new(&self.bytes).last();
            undo.newline_added_to(last.map_or(&[][..], |line| line.raw));
            text.insert(0, b'\n');
        }
        undo.created = self.missing;
        self.bytes.splice(at..at, text);
        self.missing = false;
        Ok(())
    }

    /// The offset at which a block for this mount point belongs.
    fn place(&self, wanted: &Wanted<'_>) -> Result<usize, FstabError> {
        let mut comment = None;
        let mut below: Option<(usize, usize)> = None;
        for line in Lines::new(&self.bytes) {
            match below {
                Some((number, _)) if wanted.is_below(&line) => {
                    return Err(FstabError::Order {
                        mount_point: wanted.mount_point.clone(),
                        below: number,
                        parent: line.number,
                    });
                }
                None if wanted.is_above(&line) => {
                    // The comment right above an entry is about it; the one that opens the
                    // file is about the file.
                    let at = comment.filter(|start| *start > 0).unwrap_or(line.start);
                    below = Some((line.number, at));
                }
                _ => {}
            }
            comment = match line.is_comment() {
                true => comment.or(Some(line.start)),
                false => None,
            };
        }
        Ok(below.map_or(self.bytes.len(), |(_, at)| at))
    }
}

/// The mount that is to be put in.
struct Wanted<'a> {
    mount_point: GuestPath,
    /// Every place that the mount point may be.
    own: Vec<GuestPath>,
    /// The mount points of components, and every place that each may be.
    over: Vec<(GuestPath, Vec<GuestPath>)>,
    places: &'a Places,
}

impl Wanted<'_> {
    /// The mount point of these that a line with one of these places has taken.
    fn taken(&self, places: &[GuestPath]) -> Option<&GuestPath> {
        let is_any = |own: &[GuestPath]| places.iter().any(|place| own.contains(place));
        if is_any(&self.own) {
            return Some(&self.mount_point);
        }
        let mut over = self.over.iter();
        over.find(|(_, own)| is_any(own)).map(|(at, _)| at)
    }

    /// Every place of the mount and of its components.
    fn all(&self) -> impl Iterator<Item = &GuestPath> {
        let over = self.over.iter().flat_map(|(_, own)| own);
        self.own.iter().chain(over)
    }

    /// True if this mount is below what the line mounts. The root is mounted before any line is
    /// looked at, so its own line binds nobody.
    fn is_below(&self, line: &Line<'_>) -> bool {
        let needs = Needs::of(line, self.places);
        let mut places = needs.place.iter().filter(|place| !place.is_root());
        places.any(|place| self.all().any(|own| own.starts_with(place)))
    }

    /// True if the line mounts below this mount, or something from it.
    fn is_above(&self, line: &Line<'_>) -> bool {
        let needs = Needs::of(line, self.places);
        let mut paths = needs.place.iter().chain(&needs.source);
        paths.any(|path| self.all().any(|own| path.starts_with(own)))
    }
}

/// The paths of a line that decide its order, each as it is spelled and as the guest resolves it.
struct Needs {
    /// Mount point.
    place: Vec<GuestPath>,
    /// Source of the mount, where that is a path: a bind mount, a loop file, a swap file.
    source: Vec<GuestPath>,
}

impl Needs {
    fn of(line: &Line<'_>, places: &Places) -> Self {
        let fields = line.fields();
        let path = |at: usize| match fields.get(at) {
            Some(field) => places.of(&field::decode(field)),
            None => Vec::new(),
        };
        let is_swap = fields
            .get(2)
            .is_some_and(|vfstype| field::decode(vfstype) == b"swap");
        Self {
            place: if is_swap { Vec::new() } else { path(1) },
            source: path(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(mount_point: &str) -> Entry {
        Entry::new("h:/v", mount_point, "nfs", "ro", 0, 0).unwrap()
    }

    fn grafted(before: &str, mount_point: &str) -> String {
        let mut fstab = Fstab::parse(before.as_bytes());
        let graft = fstab.graft(&entry(mount_point)).unwrap();
        assert_eq!(graft.change, Change::Changed);
        let text = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
        assert_eq!(
            fstab.graft(&entry(mount_point)).unwrap().change,
            Change::Unchanged
        );
        assert!(fstab.ungraft(&graft.undo).is_ok());
        if graft.replaced.is_none() {
            assert_eq!(fstab.to_bytes(), before.as_bytes());
        }
        text
    }

    const BLOCK: &str = "# BEGIN osgraft\nh:/v /shared nfs ro 0 0\n# END osgraft\n";

    #[test]
    fn what_needs_our_mount_comes_behind_it() {
        for line in [
            "/dev/vdb /shared/data ext4 defaults 0 2",
            "/shared/opt /opt none bind 0 0",
            "/shared/disk.img /mnt iso9660 loop,ro 0 0",
        ] {
            let before = format!("/dev/vda1 / ext4\n\n# about it\n{line}\n");
            let after = format!("/dev/vda1 / ext4\n\n{BLOCK}# about it\n{line}\n");
            assert_eq!(grafted(&before, "/shared"), after);
        }
    }

    #[test]
    fn an_order_that_cannot_be_right_is_refused() {
        let before = b"x /srv/shared/data ext4\ny /srv ext4\n";
        let mut fstab = Fstab::parse(before);
        let error = fstab.graft(&entry("/srv/shared")).unwrap_err();
        assert!(
            matches!(
                error,
                FstabError::Order {
                    below: 1,
                    parent: 2,
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(fstab.to_bytes(), before);
    }

    #[test]
    fn a_new_mount_point_moves_the_block_only_where_its_place_is_wrong() {
        let old = "# BEGIN osgraft\nh:/v /shared nfs ro 0 0\n# END osgraft\n";
        let new = "# BEGIN osgraft\nh:/v /srv/os nfs ro 0 0\n# END osgraft\n";
        let tail = "y /srv ext4 defaults 0 0\n";
        assert_eq!(
            grafted(&format!("{old}{tail}"), "/srv/os"),
            format!("{tail}{new}")
        );
        let head = "x / ext4 defaults 0 0\n";
        assert_eq!(
            grafted(&format!("{head}{old}"), "/srv/os"),
            format!("{head}{new}")
        );
    }

    #[test]
    fn a_mount_point_that_a_link_leads_to_is_taken_and_orders_lines() {
        let mut places = Places::default();
        places.insert("/mnt/s", "/shared".parse().unwrap());
        places.insert("/mnt/s/data", "/shared/data".parse().unwrap());
        places.insert("/mnt/../s", "/else".parse().unwrap());
        let mut fstab = Fstab::parse(b"a / ext4\nb /mnt/s nfs\n");
        let error = fstab.graft_in(&entry("/shared"), &places).unwrap_err();
        assert_eq!(error.code(), "fstab-mount-point-taken");
        assert!(
            error.to_string().contains("line 2 mounts on /mnt/s"),
            "{error}"
        );
        assert!(
            fstab.graft(&entry("/shared")).is_ok(),
            "nothing is known of links"
        );

        let mut fstab = Fstab::parse(b"b /mnt/s/data nfs\nc /mnt/../s nfs\n");
        fstab.graft_in(&entry("/shared"), &places).unwrap();
        assert!(fstab.to_bytes().starts_with(BLOCK.as_bytes()));

        // The place of its own mount point is another one than it is spelled.
        places.insert("/srv/os", "/media/os".parse().unwrap());
        let mut fstab = Fstab::parse(b"b /media/os nfs\n");
        let error = fstab.graft_in(&entry("/srv/os"), &places).unwrap_err();
        assert_eq!(error.code(), "fstab-mount-point-taken");
    }

    #[test]
    fn a_refusal_names_the_line_that_has_our_mount_point() {
        let mut fstab = Fstab::parse(b"a / ext4\nb //shared/\x1b nfs\nc //sh\\141red/ nfs\n");
        let error = fstab.graft(&entry("/shared")).unwrap_err();
        assert_eq!(error.code(), "fstab-mount-point-taken");
        assert!(error.to_string().contains("line 3"), "{error}");
        assert!(error.to_string().contains(r"//sh\x5c141red/"), "{error}");
    }

    fn bind(from: &str, at: &str) -> Entry {
        Entry::new(from, at, "none", "bind,ro,nofail", 0, 0).unwrap()
    }

    #[test]
    fn components_stand_behind_the_entry_and_go_with_it() {
        let none = Places::default();
        let before = b"x / ext4 defaults 0 1\ny /home ext4";
        let mut fstab = Fstab::parse(before);
        let doc = bind("/shared/doc", "/usr/share/doc");
        let man = bind("/shared/man", "/usr/share/man");
        let both = [doc.clone(), man.clone()];
        let first = fstab.graft_with(&entry("/shared"), &both, &none).unwrap();
        let text = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
        assert_eq!(
            text,
            "x / ext4 defaults 0 1\ny /home ext4\n# BEGIN osgraft\nh:/v /shared nfs ro 0 0\n\
             /shared/doc /usr/share/doc none bind,ro,nofail 0 0\n\
             /shared/man /usr/share/man none bind,ro,nofail 0 0\n# END osgraft\n"
        );
        let again = fstab.graft_with(&entry("/shared"), &both, &none).unwrap();
        assert_eq!(again.change, Change::Unchanged);

        let fewer = fstab
            .graft_with(&entry("/shared"), std::slice::from_ref(&man), &none)
            .unwrap();
        assert_eq!((fewer.change, fewer.replaced), (Change::Changed, None));
        let had = [doc.to_line(), man.to_line()];
        assert_eq!(fewer.replaced_components.as_deref(), Some(&had[..]));
        assert!(!fstab.to_bytes().windows(4).any(|part| part == b"/doc"));
        let undo = fewer.undo.after(&first.undo);
        let json = serde_json::to_string(&undo).unwrap();
        assert!(fstab.ungraft(&serde_json::from_str(&json).unwrap()).is_ok());
        assert_eq!(fstab.to_bytes(), before);
    }

    #[test]
    fn a_component_needs_its_place_for_itself() {
        let none = Places::default();
        let doc = [bind("/shared/doc", "/usr/share/doc")];
        let mut fstab = Fstab::parse(b"a /usr/share/doc/ ext4\n");
        let error = fstab.graft_with(&entry("/shared"), &doc, &none);
        assert_eq!(error.unwrap_err().code(), "fstab-mount-point-taken");
        // What mounts below it comes behind it; what it lies on comes before.
        let mut fstab = Fstab::parse(b"a /usr ext4\nb /usr/share/doc/x ext4\n");
        let _ = fstab.graft_with(&entry("/shared"), &doc, &none).unwrap();
        let text = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
        assert!(text.starts_with("a /usr ext4\n# BEGIN osgraft\n"), "{text}");
        assert!(
            text.ends_with("# END osgraft\nb /usr/share/doc/x ext4\n"),
            "{text}"
        );
    }

    #[test]
    fn a_component_that_the_guest_changed_is_kept_and_told() {
        let none = Places::default();
        let doc = [bind("/shared/doc", "/usr/share/doc")];
        let mut fstab = Fstab::parse(b"");
        let undo = fstab
            .graft_with(&entry("/shared"), &doc, &none)
            .unwrap()
            .undo;
        let text = String::from_utf8(fstab.to_bytes().to_vec()).unwrap();
        let spaced = text.replace("/shared/doc ", "/shared/doc\t");
        let mut spaced = Fstab::parse(spaced.as_bytes());
        assert_eq!(spaced.ungraft(&undo).unwrap().change(), Change::Changed);
        let edited = text.replace("bind,ro,nofail", "bind,nofail");
        let mut fstab = Fstab::parse(edited.as_bytes());
        let kept = fstab.ungraft(&undo).unwrap();
        assert!(matches!(
            kept,
            crate::fstab::Ungraft::Edited { line: 3, .. }
        ));
        assert_eq!(fstab.to_bytes(), edited.as_bytes());
        let graft = fstab.graft_with(&entry("/shared"), &doc, &none).unwrap();
        assert_eq!(graft.change, Change::Changed);
        assert_eq!(fstab.to_bytes(), text.as_bytes());
    }
}
