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
        let mount_point = entry
            .mount_point()
            .ok_or_else(|| FstabError::NoMountPoint {
                file: escape(entry.file()),
            })?;
        let block = block::find(&self.bytes)?;
        let wanted = Wanted {
            own: places.of(entry.file()),
            mount_point,
            places,
        };
        self.refuse_taken(&wanted, block.as_ref())?;
        let line = entry.to_line();
        let mut undo = Undo::of(&line);
        let mut replaced = None;
        if let Some(block) = block {
            if block.managed.text == line {
                return Ok(Graft {
                    change: Change::Unchanged,
                    undo,
                    replaced,
                });
            }
            let mut other = self.clone();
            if self.keeps_place(&block, &wanted) {
                other.bytes.splice(block.entry_range, line);
            } else {
                other.bytes.drain(block.range);
                other.insert(&wanted, &line, &mut undo)?;
            }
            replaced = Some(block.managed.text);
            *self = other;
        } else {
            self.insert(&wanted, &line, &mut undo)?;
        }
        Ok(Graft {
            change: Change::Changed,
            undo,
            replaced,
        })
    }

    /// Two fields are enough to collide: some readers take a line without a type.
    fn refuse_taken(&self, wanted: &Wanted<'_>, block: Option<&Block>) -> Result<(), FstabError> {
        let ours = block.map_or(0..0, |block| block.range.clone());
        for line in Lines::new(&self.bytes).filter(|line| !ours.contains(&line.start)) {
            let place = Needs::of(&line, wanted.places).place;
            if !place.iter().any(|place| wanted.own.contains(place)) {
                continue;
            }
            let mount_point = wanted.mount_point.clone();
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
        if block.managed.entry.mount_point().as_ref() == Some(&wanted.mount_point) {
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
        undo: &mut Undo,
    ) -> Result<(), FstabError> {
        let at = self.place(wanted)?;
        let mut text = block::render(line);
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
    places: &'a Places,
}

impl Wanted<'_> {
    /// True if this mount is below what the line mounts. The root is mounted before any line is
    /// looked at, so its own line binds nobody.
    fn is_below(&self, line: &Line<'_>) -> bool {
        let needs = Needs::of(line, self.places);
        let mut places = needs.place.iter().filter(|place| !place.is_root());
        places.any(|place| self.own.iter().any(|own| own.starts_with(place)))
    }

    /// True if the line mounts below this mount, or something from it.
    fn is_above(&self, line: &Line<'_>) -> bool {
        let needs = Needs::of(line, self.places);
        let mut paths = needs.place.iter().chain(&needs.source);
        paths.any(|path| self.own.iter().any(|own| path.starts_with(own)))
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
}
