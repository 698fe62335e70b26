//! Directories, entry by entry with all attributes, in few calls.

use super::error::ApplianceError;
use super::explain::{broken, is_absent};
use super::tree::Tree;
use crate::guest::{
    FileKind, Guest, GuestError, MAX_XATTR, MAX_XATTRS, Page, Pager, TOO_MANY_XATTRS, Time,
    TreeEntry,
};
use crate::path::GuestPath;

/// Entries that one call is asked for. Their attributes have to go into one message of 4 MiB.
const AT_ONCE: usize = 250;

/// Names and values of one inode.
type Attributes = Vec<(Vec<u8>, Vec<u8>)>;

impl Tree {
    /// [`Guest::entries`].
    pub(super) fn page(
        &mut self,
        path: &GuestPath,
        after: Option<&[u8]>,
    ) -> Result<Page, GuestError> {
        self.expect(path, FileKind::Directory)?;
        let names = match self.seen.told.take().filter(|(told, _)| told == path) {
            Some((_, names)) => names,
            None => {
                let entries = self.read_dir(path)?;
                entries.into_iter().map(|entry| entry.name).collect()
            }
        };
        let from = after.map_or(0, |after| names.partition_point(|name| **name <= *after));
        let mut pager = Pager::default();
        let mut ahead = &names[from..];
        while !pager.is_full() && !ahead.is_empty() {
            let (now, rest) = ahead.split_at(ahead.len().min(AT_ONCE));
            let entries = self.told(path, now)?;
            for (number, entry) in entries.into_iter().enumerate() {
                if pager.is_full() {
                    ahead = &ahead[number..];
                    break;
                }
                pager.push(entry);
                if number + 1 == now.len() {
                    ahead = rest;
                }
            }
        }
        let is_last = ahead.is_empty();
        if !is_last {
            self.seen.told = Some((path.clone(), names));
        }
        Ok(pager.page(is_last))
    }

    /// Some entries of a directory.
    fn told(&mut self, path: &GuestPath, names: &[Vec<u8>]) -> Result<Vec<TreeEntry>, GuestError> {
        let (folder, asked) = (path.as_bytes().to_vec(), names.to_vec());
        let stats = self.call(path, "lstatnslist", move |g| g.lstatnslist(folder, &asked))?;
        let xattrs = self.attributes_of(path, names)?;
        self.fits(path, names.len(), stats.len())?;
        let mut entries = Vec::with_capacity(names.len());
        for ((name, stat), xattrs) in names.iter().zip(stats).zip(xattrs) {
            let at = self.below(path, name)?;
            if stat.st_ino == -1 {
                return Err(GuestError::NotFound(at));
            }
            let metadata = Self::metadata_of(&stat, &at)?;
            self.seen.metadata.insert(at, metadata.clone());
            entries.push(TreeEntry {
                name: name.clone(),
                metadata,
                inode: stat.st_ino as u64,
                modified: Time {
                    seconds: stat.st_mtime_sec,
                    nanoseconds: stat.st_mtime_nsec as u32,
                },
                allocated: (stat.st_blocks.max(0) as u64).saturating_mul(512),
                target: None,
                xattrs,
            });
        }
        self.add_targets(path, &mut entries)?;
        Ok(entries)
    }

    fn add_targets(
        &mut self,
        path: &GuestPath,
        entries: &mut [TreeEntry],
    ) -> Result<(), GuestError> {
        let is_link = |entry: &&mut TreeEntry| entry.metadata.kind == FileKind::Symlink;
        let mut links: Vec<_> = entries.iter_mut().filter(is_link).collect();
        if links.is_empty() {
            return Ok(());
        }
        let asked: Vec<_> = links.iter().map(|entry| entry.name.clone()).collect();
        let folder = path.as_bytes().to_vec();
        let targets = self.call(path, "readlinklist", move |g| {
            g.readlinklist(folder, &asked)
        })?;
        self.fits(path, links.len(), targets.len())?;
        for (entry, target) in links.iter_mut().zip(targets) {
            if target.is_empty() {
                return Err(GuestError::Damaged {
                    path: self.below(path, &entry.name)?,
                    detail: "a link with an impossible target".to_owned(),
                });
            }
            entry.target = Some(target);
        }
        Ok(())
    }

    /// Attributes of some entries. Where they are too many for one message, in two.
    fn attributes_of(
        &mut self,
        path: &GuestPath,
        names: &[Vec<u8>],
    ) -> Result<Vec<Attributes>, GuestError> {
        let (folder, asked) = (path.as_bytes().to_vec(), names.to_vec());
        let flat = match self.call(path, "lxattrlist", move |g| g.lxattrlist(folder, &asked)) {
            Ok(flat) => flat,
            Err(error @ GuestError::Io { .. }) if names.len() == 1 => return Err(error),
            Err(GuestError::Io { .. }) => {
                let (first, second) = names.split_at(names.len() / 2);
                let mut found = self.attributes_of(path, first)?;
                found.extend(self.attributes_of(path, second)?);
                return Ok(found);
            }
            Err(error) => return Err(error),
        };
        let mut flat = flat.into_iter();
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            let at = self.below(path, name)?;
            let Some(head) = flat.next().filter(|head| head.attrname.is_empty()) else {
                break;
            };
            if head.attrval.is_empty() {
                self.check_without_attributes(&at)?;
                found.push(Vec::new());
                continue;
            }
            let digits = head.attrval.strip_suffix(b"\0").unwrap_or(&head.attrval);
            let count = std::str::from_utf8(digits).ok();
            let Some(count) = count.and_then(|digits| digits.parse::<usize>().ok()) else {
                break;
            };
            let own = flat.by_ref().take(count);
            let mut own: Attributes = own.map(|it| (it.attrname, it.attrval)).collect();
            let bytes: usize = own
                .iter()
                .map(|(name, value)| name.len() + value.len())
                .sum();
            if bytes > MAX_XATTRS || own.iter().any(|(_, value)| value.len() > MAX_XATTR) {
                return Err(GuestError::Unsupported {
                    path: at,
                    what: TOO_MANY_XATTRS,
                });
            }
            own.sort();
            found.push(own);
        }
        self.fits(path, names.len(), found.len())?;
        Ok(found)
    }

    /// That an inode's attributes could not be read because its file system has none.
    fn check_without_attributes(&mut self, path: &GuestPath) -> Result<(), GuestError> {
        const NONE: &str = "user.osgraft";
        let name = path.as_bytes().to_vec();
        let asked = self
            .owner
            .call("lgetxattr", move |g| g.lgetxattr(name, NONE));
        match asked {
            Err(ApplianceError::Call(failure))
                if is_absent(&failure) && failure.errno != libc::ENODATA =>
            {
                Ok(())
            }
            Err(error) if !matches!(error, ApplianceError::Call(_)) => Err(broken(path, error)),
            _ => Err(GuestError::Unsupported {
                path: path.clone(),
                what: "extended attributes that cannot be read",
            }),
        }
    }

    fn below(&self, path: &GuestPath, name: &[u8]) -> Result<GuestPath, GuestError> {
        path.join(name)
            .map_err(|_| GuestError::TooLong(path.clone()))
    }

    /// That an answer is about each name that was asked for.
    fn fits(&self, path: &GuestPath, asked: usize, answered: usize) -> Result<(), GuestError> {
        if asked == answered {
            return Ok(());
        }
        Err(GuestError::Damaged {
            path: path.clone(),
            detail: format!("of {asked} entries {answered} were told"),
        })
    }
}
