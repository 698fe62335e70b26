//! A path from the root down, link by link: who may change where it leads.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use crate::path::escape;

/// Most links that are followed, as the kernel does (`path_resolution(7)`).
const MOST_LINKS: usize = 40;
const STICKY: u32 = 0o1000;

/// A step of a path that another user may change.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Flaw {
    /// The file, the folder or the link.
    pub path: PathBuf,
    /// Reason that another user may change it.
    pub kind: FlawKind,
}

/// Reason that another user may change a step of a path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FlawKind {
    /// It belongs to the user with this number.
    Owner(u32),
    /// The group with this number may write to it.
    Group(u32),
    /// Everybody may write to it.
    Everybody,
    /// Everybody may put files into it (a sticky folder, such as `/tmp`), and the path leads to a
    /// file or a link right in it: when that is cleaned up, anybody may put another there.
    Sticky,
}

/// A step of a path: its name with every link before it resolved, and what `lstat` says.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) path: PathBuf,
    pub(super) metadata: std::fs::Metadata,
}

/// Looks at each step of a path, from the root down and through every link, and finds the first
/// that someone other than root and this process' own user may change. A path that is not there
/// is looked at as far as it is.
///
/// # Errors
/// The host's, when a step cannot be looked at.
pub fn others_may_change(path: &Path) -> io::Result<Option<Flaw>> {
    let steps = walk(path)?;
    Ok(first_flaw(&steps, true))
}

/// The steps of a path that are there.
pub(super) fn walk(path: &Path) -> io::Result<Vec<Step>> {
    let path = std::path::absolute(path)?;
    let mut left: VecDeque<OsString> = VecDeque::new();
    push_front(&mut left, &path);
    let mut here = PathBuf::from("/");
    let mut steps = vec![step(here.clone())?];
    let mut links = 0;
    while let Some(name) = left.pop_front() {
        if name == ".." {
            here.pop();
            continue;
        }
        let next = match step(here.join(&name)) {
            Ok(next) => next,
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        };
        if !next.metadata.is_symlink() {
            here = next.path.clone();
            steps.push(next);
            continue;
        }
        links += 1;
        if links > MOST_LINKS {
            return Err(io::Error::from_raw_os_error(libc::ELOOP));
        }
        let target = std::fs::read_link(&next.path)?;
        steps.push(next);
        if target.is_absolute() {
            here = PathBuf::from("/");
        }
        push_front(&mut left, &target);
    }
    Ok(steps)
}

fn step(path: PathBuf) -> io::Result<Step> {
    let metadata = std::fs::symlink_metadata(&path)?;
    Ok(Step { path, metadata })
}

/// Puts a path's names before what is left.
fn push_front(left: &mut VecDeque<OsString>, path: &Path) {
    for component in path.components().rev() {
        match component {
            Component::Normal(name) => left.push_front(name.to_owned()),
            Component::ParentDir => left.push_front("..".into()),
            _ => {}
        }
    }
}

/// The first step that someone else may change; `strict` counts a file right in a sticky folder.
pub(super) fn first_flaw(steps: &[Step], strict: bool) -> Option<Flaw> {
    let mut above: Option<&Step> = None;
    for step in steps {
        let kind = flaw(step).or_else(|| {
            let is_in_sticky = above.is_some_and(|above| {
                above.metadata.mode() & STICKY != 0
                    && step.path.parent() == Some(above.path.as_path())
                    && may_others_write(above).is_some()
            });
            (strict && is_in_sticky && !step.metadata.is_dir()).then_some(FlawKind::Sticky)
        });
        if let Some(kind) = kind {
            let at = if kind == FlawKind::Sticky {
                above.map_or(&step.path, |above| &above.path)
            } else {
                &step.path
            };
            return Some(Flaw {
                path: at.clone(),
                kind,
            });
        }
        if step.metadata.is_dir() {
            above = Some(step);
        }
    }
    None
}

/// Reason that someone else may change this step itself. In a sticky folder nobody may take the place of
/// what another user owns.
fn flaw(step: &Step) -> Option<FlawKind> {
    let owner = step.metadata.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Some(FlawKind::Owner(owner));
    }
    if step.metadata.is_symlink() {
        return None;
    }
    let is_sticky = step.metadata.is_dir() && step.metadata.mode() & STICKY != 0;
    may_others_write(step).filter(|_| !is_sticky)
}

/// By which of its permissions others may write to it.
fn may_others_write(step: &Step) -> Option<FlawKind> {
    let (mode, group) = (step.metadata.mode(), step.metadata.gid());
    if mode & 0o002 != 0 {
        return Some(FlawKind::Everybody);
    }
    // Under an access control list the group's bits are the most that any entry may grant.
    let is_trusted = group == 0 || is_own_group(group);
    let may_group = mode & 0o020 != 0 && (!is_trusted || has_acl(&step.path));
    may_group.then_some(FlawKind::Group(group))
}

/// True if it is the group of this process, whose user is not root.
fn is_own_group(group: u32) -> bool {
    !rustix::process::geteuid().is_root() && group == rustix::process::getegid().as_raw()
}

fn has_acl(path: &Path) -> bool {
    let mut nothing: [u8; 0] = [];
    // A length of zero asks for the attribute's size alone.
    rustix::fs::lgetxattr(path, "system.posix_acl_access", &mut nothing).is_ok()
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = escape(self.path.as_os_str().as_encoded_bytes());
        match self.kind {
            FlawKind::Owner(uid) => write!(f, "{path} belongs to user {uid}"),
            FlawKind::Group(gid) => write!(f, "{path} can be written by group {gid}"),
            FlawKind::Everybody => write!(f, "{path} can be written by everybody"),
            FlawKind::Sticky => write!(f, "everybody can put files into {path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn kind(path: &Path) -> Option<FlawKind> {
        others_may_change(path).unwrap().map(|flaw| flaw.kind)
    }

    #[test]
    fn a_file_below_folders_of_ones_own_is_safe_until_one_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let inner = root.join("in ner");
        fs::create_dir(&inner).unwrap();
        let file = inner.join("osgraft");
        fs::write(&file, "").unwrap();
        chmod(&file, 0o755);
        assert_eq!(others_may_change(&file).unwrap(), None);
        for (path, mode, back) in [(&file, 0o757, 0o755), (&inner, 0o777, 0o755)] {
            chmod(path, mode);
            let flaw = others_may_change(&file).unwrap().unwrap();
            assert_eq!((&flaw.path, flaw.kind), (path, FlawKind::Everybody));
            chmod(path, back);
        }
        // Anybody may put a file into a sticky folder, and nobody take another's place in it.
        chmod(&inner, 0o1777);
        assert_eq!(kind(&file), Some(FlawKind::Sticky));
        let deeper = inner.join("deeper");
        fs::create_dir(&deeper).unwrap();
        fs::rename(&file, deeper.join("osgraft")).unwrap();
        assert_eq!(kind(&deeper.join("osgraft")), None);
        assert_eq!(kind(&inner.join("missing")), None);
    }

    #[test]
    fn a_link_is_as_safe_as_every_folder_on_its_way() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (open, closed) = (root.join("open"), root.join("closed"));
        fs::create_dir(&open).unwrap();
        fs::create_dir(&closed).unwrap();
        fs::write(open.join("osgraft"), "").unwrap();
        chmod(&open.join("osgraft"), 0o755);
        symlink("../open/osgraft", closed.join("link")).unwrap();
        symlink(closed.join("link"), closed.join("again")).unwrap();
        assert_eq!(kind(&closed.join("again")), None);
        chmod(&open, 0o777);
        let flaw = others_may_change(&closed.join("again")).unwrap().unwrap();
        assert_eq!((flaw.path, flaw.kind), (open, FlawKind::Everybody));
        symlink("loop", closed.join("loop")).unwrap();
        assert!(others_may_change(&closed.join("loop")).is_err());
    }

    #[test]
    fn another_owner_or_group_is_named() {
        if !rustix::process::geteuid().is_root() {
            // Nobody else can give files away.
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("osgraft");
        fs::write(&file, "").unwrap();
        chmod(&file, 0o755);
        chown(&file, Some(65534), None).unwrap();
        assert_eq!(kind(&file), Some(FlawKind::Owner(65534)));
        chown(&file, Some(0), Some(65534)).unwrap();
        assert_eq!(kind(&file), None, "its group may only read it");
        chmod(&file, 0o775);
        assert_eq!(kind(&file), Some(FlawKind::Group(65534)));
        chown(&file, None, Some(0)).unwrap();
        assert_eq!(kind(&file), None);
        chown(folder.path(), Some(65534), None).unwrap();
        let flaw = others_may_change(&file).unwrap().unwrap();
        assert_eq!(flaw.path, folder.path());
        assert!(flaw.to_string().ends_with(" belongs to user 65534"));
    }
}
