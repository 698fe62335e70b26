//! Path resolution inside a guest (path_resolution(7)).
//!
//! The host's file system takes no part: an absolute link target starts again at the guest's own
//! root, and `..` ends there.

use super::{FileKind, Guest, GuestError, Metadata};
use crate::path::{GuestPath, PATH_MAX};

/// Links that one resolution follows (`MAXSYMLINKS`, linux/namei.h).
pub const MAX_LINKS: usize = 40;
/// Bytes of path and link targets that one resolution reads. It bounds the work that 40 links of
/// 4095 bytes each, made to point at each other, could ask for.
pub const MAX_BYTES: usize = 16 * 1024;

/// End of a path, links resolved.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Resolved {
    /// The physical path: no component is a link, but for the last one of [`resolve_parent`].
    pub path: GuestPath,
    /// Facts of what lies there; `None` when any of it is [missing](Self::missing).
    pub metadata: Option<Metadata>,
    /// The names at the end of [`path`](Self::path) that do not exist, outermost first: what
    /// `mkdir -p` would have to make.
    pub missing: Vec<Vec<u8>>,
    /// The physical paths of the links that were followed, in that order.
    pub links: Vec<GuestPath>,
    /// The link whose target is what is missing, when it was a link that led there.
    pub dangling: Option<GuestPath>,
}

impl Resolved {
    /// True where anything lies there.
    pub fn exists(&self) -> bool {
        self.metadata.is_some()
    }

    /// Kind of what lies there, if anything does.
    pub fn kind(&self) -> Option<FileKind> {
        self.metadata.as_ref().map(|metadata| metadata.kind)
    }

    /// The deepest directory on the way that exists; for an existing path its parent, and for the
    /// root the root.
    pub fn base(&self) -> GuestPath {
        let mut base = self.path.clone();
        for _ in 0..self.missing.len().max(1) {
            base = base.parent().unwrap_or_else(GuestPath::root);
        }
        base
    }

    /// The physical path and what lies there.
    ///
    /// # Errors
    /// [`GuestError::NotFound`], naming the link when one dangles.
    pub fn existing(self) -> Result<(GuestPath, Metadata), GuestError> {
        match self.metadata {
            Some(metadata) => Ok((self.path, metadata)),
            None => Err(GuestError::NotFound(self.dangling.unwrap_or(self.path))),
        }
    }
}

/// Follows every link in `path`, the last component included.
///
/// A path that ends in nothing is no error: [`Resolved::missing`] tells what is not there.
///
/// ```
/// use osgraft::guest::{MemoryGuest, resolve};
/// let mut guest = MemoryGuest::new()
///     .dir("/usr/lib/modules")
///     .link("/lib", "usr/lib");
/// let modules = resolve(&mut guest, &"/lib/modules".parse()?)?;
/// assert_eq!(modules.path.to_string(), "/usr/lib/modules");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`GuestError::LinkLoop`] past [`MAX_LINKS`]; [`GuestError::NotADirectory`], naming what stands
/// where a directory is needed; [`GuestError::NotFound`], naming the link, for an empty target and
/// for a `..` behind a missing name; [`GuestError::TooLong`] past [`MAX_BYTES`] or the kernel's
/// own lengths; [`GuestError::Damaged`] for a target with a NUL byte; and what the guest's own
/// calls say.
pub fn resolve<G: Guest + ?Sized>(guest: &mut G, path: &GuestPath) -> Result<Resolved, GuestError> {
    Walk::new(path, true).run(guest)
}

/// The same for a path as the guest spells it: `..` in it goes up from where the links before it
/// led, as in the kernel. A relative path starts at the guest's root.
///
/// # Errors
/// As for [`resolve`]; an error about the whole path names the root.
pub(crate) fn resolve_spelled(guest: &mut dyn Guest, path: &[u8]) -> Result<Resolved, GuestError> {
    let root = GuestPath::root();
    if path.len() > PATH_MAX {
        return Err(GuestError::TooLong(root));
    }
    let mut walk = Walk::new(&root, true);
    walk.bytes = path.len();
    walk.push(path, None);
    walk.run(guest)
}

/// Follows the links in `path`'s parents, and takes its last component literally.
///
/// # Errors
/// As for [`resolve`].
pub fn resolve_parent<G: Guest + ?Sized>(
    guest: &mut G,
    path: &GuestPath,
) -> Result<Resolved, GuestError> {
    Walk::new(path, false).run(guest)
}

/// One component still to walk, and the link (by its number) whose target holds it.
struct Step {
    name: Vec<u8>,
    from: Option<usize>,
}

struct Walk<'a> {
    wanted: &'a GuestPath,
    follow_last: bool,
    /// Steps to go, the next one last.
    ahead: Vec<Step>,
    at: GuestPath,
    /// Facts of what lies at `at`; `None` once a name is missing.
    here: Option<Metadata>,
    missing: Vec<Vec<u8>>,
    links: Vec<GuestPath>,
    dangling: Option<GuestPath>,
    bytes: usize,
}

impl<'a> Walk<'a> {
    fn new(wanted: &'a GuestPath, follow_last: bool) -> Self {
        let mut walk = Self {
            wanted,
            follow_last,
            ahead: Vec::new(),
            at: GuestPath::root(),
            here: None,
            missing: Vec::new(),
            links: Vec::new(),
            dangling: None,
            bytes: wanted.as_bytes().len(),
        };
        walk.push(wanted.as_bytes(), None);
        walk
    }

    fn run<G: Guest + ?Sized>(mut self, guest: &mut G) -> Result<Resolved, GuestError> {
        self.here = Some(guest.lstat(&self.at)?);
        while let Some(step) = self.ahead.pop() {
            self.step(guest, step)?;
        }
        Ok(Resolved {
            path: self.at,
            metadata: self.here,
            missing: self.missing,
            links: self.links,
            dangling: self.dangling,
        })
    }

    fn step<G: Guest + ?Sized>(&mut self, guest: &mut G, step: Step) -> Result<(), GuestError> {
        match &self.here {
            None => return self.step_into_nothing(step),
            Some(here) if here.kind != FileKind::Directory => {
                return Err(GuestError::NotADirectory(self.at.clone()));
            }
            Some(_) => {}
        }
        match step.name.as_slice() {
            b"." => return Ok(()),
            b".." => {
                self.at = self.at.parent().unwrap_or_else(GuestPath::root);
                self.here = Some(guest.lstat(&self.at)?);
                return Ok(());
            }
            _ => {}
        }
        let next = self.join(&step.name)?;
        let found = match guest.lstat(&next) {
            Err(GuestError::NotFound(_)) => {
                self.dangling = step.from.map(|link| self.links[link].clone());
                self.missing.push(step.name);
                self.at = next;
                self.here = None;
                return Ok(());
            }
            found => found?,
        };
        let last = self.ahead.is_empty() && step.from.is_none();
        if found.kind == FileKind::Symlink && (self.follow_last || !last) {
            return self.follow(guest, next);
        }
        self.at = next;
        self.here = Some(found);
        Ok(())
    }

    /// Below a missing name there is nothing to look at; a `..` would need the name to be there.
    fn step_into_nothing(&mut self, step: Step) -> Result<(), GuestError> {
        match step.name.as_slice() {
            b"." => {}
            b".." => {
                let link = step.from.map(|link| self.links[link].clone());
                return Err(GuestError::NotFound(link.unwrap_or(self.at.clone())));
            }
            _ => {
                self.at = self.join(&step.name)?;
                self.missing.push(step.name);
            }
        }
        Ok(())
    }

    fn follow<G: Guest + ?Sized>(
        &mut self,
        guest: &mut G,
        link: GuestPath,
    ) -> Result<(), GuestError> {
        if self.links.len() == MAX_LINKS {
            return Err(GuestError::LinkLoop(self.wanted.clone()));
        }
        let target = guest.read_link(&link)?;
        self.bytes = self.bytes.saturating_add(target.len());
        if self.bytes > MAX_BYTES {
            return Err(GuestError::TooLong(self.wanted.clone()));
        }
        if target.is_empty() {
            return Err(GuestError::NotFound(link));
        }
        if target.contains(&0) {
            return Err(GuestError::Damaged {
                path: link,
                detail: "a link target holds a NUL byte".to_owned(),
            });
        }
        if target[0] == b'/' {
            self.at = GuestPath::root();
            self.here = Some(guest.lstat(&self.at)?);
        }
        self.links.push(link);
        self.push(&target, Some(self.links.len() - 1));
        Ok(())
    }

    /// Puts the components of `text` ahead of what is there; a trailing slash asks for a
    /// directory, as a `.` does.
    fn push(&mut self, text: &[u8], from: Option<usize>) {
        let start = self.ahead.len();
        let names = text.split(|b| *b == b'/').filter(|name| !name.is_empty());
        self.ahead.extend(names.map(|name| Step {
            name: name.to_vec(),
            from,
        }));
        if from.is_some() && text.ends_with(b"/") {
            self.ahead.push(Step {
                name: b".".to_vec(),
                from,
            });
        }
        self.ahead[start..].reverse();
    }

    fn join(&self, name: &[u8]) -> Result<GuestPath, GuestError> {
        self.at
            .join(name)
            .map_err(|_| GuestError::TooLong(self.wanted.clone()))
    }
}
