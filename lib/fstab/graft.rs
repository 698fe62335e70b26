//! Putting the block in.

use super::block::{self, Block};
use super::entry::{Entry, mount_point};
use super::error::FstabError;
use super::field;
use super::line::{Line, Lines};
use super::undo::Undo;
use super::{Change, Fstab};
use crate::path::{GuestPath, escape};

/// What [`Fstab::graft`] did.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Graft {
    /// Whether the text is different now.
    pub change: Change,
    /// What [`Fstab::ungraft`] needs. After an earlier graft, merge it with that one's
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
        let mount_point = entry
            .mount_point()
            .ok_or_else(|| FstabError::NoMountPoint {
                file: escape(entry.file()),
            })?;
        let block = block::find(&self.bytes)?;
        self.refuse_taken(&mount_point, block.as_ref())?;
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
            if self.keeps_place(&block, &mount_point)? {
                other.bytes.splice(block.entry_range, line);
            } else {
                other.bytes.drain(block.range);
                other.insert(&mount_point, &line, &mut undo)?;
            }
            replaced = Some(block.managed.text);
            *self = other;
        } else {
            self.insert(&mount_point, &line, &mut undo)?;
        }
        Ok(Graft {
            change: Change::Changed,
            undo,
            replaced,
        })
    }

    /// Two fields are enough to collide: some readers take a line without a type.
    fn refuse_taken(
        &self,
        mount_point: &GuestPath,
        block: Option<&Block>,
    ) -> Result<(), FstabError> {
        let ours = block.map_or(0..0, |block| block.range.clone());
        for line in Lines::new(&self.bytes).filter(|line| !ours.contains(&line.start)) {
            if Needs::of(&line).place.as_ref() == Some(mount_point) {
                return Err(FstabError::MountPointTaken {
                    mount_point: mount_point.clone(),
                    line: line.number,
                    text: escape(line.body()),
                });
            }
        }
        Ok(())
    }

    fn keeps_place(&self, block: &Block, mount_point: &GuestPath) -> Result<bool, FstabError> {
        if block.managed.entry.mount_point().as_ref() == Some(mount_point) {
            return Ok(true);
        }
        let (before, behind) = (
            &self.bytes[..block.range.start],
            &self.bytes[block.range.end..],
        );
        let late = Lines::new(behind).any(|line| Needs::of(&line).is_above(mount_point));
        let early = Lines::new(before).any(|line| Needs::of(&line).is_below(mount_point));
        Ok(!late && !early)
    }

    fn insert(
        &mut self,
        mount_point: &GuestPath,
        line: &[u8],
        undo: &mut Undo,
    ) -> Result<(), FstabError> {
        let at = self.place(mount_point)?;
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
    fn place(&self, mount_point: &GuestPath) -> Result<usize, FstabError> {
        let mut comment = None;
        let mut below: Option<(usize, usize)> = None;
        for line in Lines::new(&self.bytes) {
            let needs = Needs::of(&line);
            match below {
                Some((number, _)) if needs.is_above(mount_point) => {
                    return Err(FstabError::Order {
                        mount_point: mount_point.clone(),
                        below: number,
                        parent: line.number,
                    });
                }
                None if needs.is_below(mount_point) => {
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

/// The two paths of a line that decide its order.
struct Needs {
    /// Where it mounts.
    place: Option<GuestPath>,
    /// What it mounts, where that is a path: a bind mount, a loop file, a swap file.
    source: Option<GuestPath>,
}

impl Needs {
    fn of(line: &Line<'_>) -> Self {
        let fields = line.fields();
        let path = |at: usize| {
            let field = fields.get(at)?;
            mount_point(&field::decode(field))
        };
        let is_swap = fields
            .get(2)
            .is_some_and(|vfstype| field::decode(vfstype) == b"swap");
        Self {
            place: if is_swap { None } else { path(1) },
            source: path(0),
        }
    }

    /// The root is mounted before any line is looked at, so its own line binds nobody.
    fn is_above(&self, mount_point: &GuestPath) -> bool {
        self.place
            .as_ref()
            .is_some_and(|place| !place.is_root() && mount_point.starts_with(place))
    }

    fn is_below(&self, mount_point: &GuestPath) -> bool {
        [&self.place, &self.source]
            .into_iter()
            .flatten()
            .any(|path| path.starts_with(mount_point))
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
    fn a_refusal_names_the_line_that_has_our_mount_point() {
        let mut fstab = Fstab::parse(b"a / ext4\nb //shared/\x1b nfs\nc //sh\\141red/ nfs\n");
        let error = fstab.graft(&entry("/shared")).unwrap_err();
        assert_eq!(error.code(), "fstab-mount-point-taken");
        assert!(error.to_string().contains("line 3"), "{error}");
        assert!(error.to_string().contains(r"//sh\x5c141red/"), "{error}");
    }
}
