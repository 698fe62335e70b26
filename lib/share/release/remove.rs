//! Removal of a release that nothing uses.

use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, RenameFlags, fsync, openat, renameat_with};

use super::error::ReleaseError;
use super::folder::{GONE, clear, clear_leftovers, hold};
use super::name::ReleaseName;
use crate::registry::{Server, Servers};

/// Something that uses a release, in a sentence's words: `server deb12-a`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct User(pub String);

/// Servers of a registry that serve a release: by its name, or by an export of its folder at `path`.
pub fn users(servers: &Servers, release: &ReleaseName, path: &Path) -> Vec<User> {
    let folder = path.to_string_lossy();
    let is_below = |export: &str| {
        let rest = export.strip_prefix(&*folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let uses = |server: &&Server| {
        let spec = server.source().fs_spec();
        let export = spec.split_once(":/").map(|(_, path)| format!("/{path}"));
        server.release() == Some(release.as_str()) || export.is_some_and(|export| is_below(&export))
    };
    let users = servers.iter().filter(uses);
    users
        .map(|server| User(format!("server {}", server.name())))
        .collect()
}

/// Removes the release at a path. From the first moment on it has no name any more; what is left of a
/// removal that was killed is removed by the next call in the folder.
///
/// # Errors
/// [`ReleaseError::InUse`] where there are users and `force` is not set; [`ReleaseError::NoRelease`];
/// [`ReleaseError::Io`].
pub fn remove(release: &Path, users: &[User], force: bool) -> Result<ReleaseName, ReleaseError> {
    let missing = || ReleaseError::NoRelease(release.to_owned());
    let release = std::fs::canonicalize(release).map_err(|_| missing())?;
    let name = release.file_name().and_then(|name| name.to_str());
    let name: ReleaseName = name.ok_or_else(missing)?.parse()?;
    let out = release.parent().ok_or_else(missing)?;
    let held = hold(out)?;
    clear_leftovers(out, &held)?;
    // A folder that only happens to lie there is none of ours to remove.
    if !release.join(super::MANIFEST).is_file() || !release.join(super::TREE).is_dir() {
        return Err(missing());
    }
    if let Some(first) = users.first().filter(|_| !force) {
        return Err(ReleaseError::InUse {
            release: name,
            user: first.0.clone(),
            more: users.len() - 1,
        });
    }
    let io = || ReleaseError::io("remove", &release);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = openat(CWD, out, flags, Mode::empty()).map_err(|error| io()(error.into()))?;
    let gone = format!(".{name}{GONE}");
    renameat_with(
        &folder,
        name.as_str(),
        &folder,
        gone.as_str(),
        RenameFlags::NOREPLACE,
    )
    .map_err(|error| io()(error.into()))?;
    fsync(&folder).map_err(|error| io()(error.into()))?;
    clear(&out.join(gone)).map_err(io())?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Source;

    #[test]
    fn a_server_uses_a_release_by_its_name_or_by_its_export() {
        let server =
            |name: &str, export: &str| Server::new(name, Source::nfs(export).unwrap()).unwrap();
        let servers = Servers::new(vec![
            server("by-name", "192.0.2.1:/x")
                .with_release("r1")
                .unwrap(),
            server("by-export", "192.0.2.1:/srv/osgraft/r1/tree"),
            server("other", "192.0.2.1:/srv/osgraft/r10/tree")
                .with_release("r10")
                .unwrap(),
        ]);
        let found = users(
            &servers.unwrap(),
            &"r1".parse().unwrap(),
            Path::new("/srv/osgraft/r1"),
        );
        let names: Vec<&str> = found.iter().map(|user| user.0.as_str()).collect();
        assert_eq!(names, ["server by-name", "server by-export"]);
    }

    #[test]
    fn only_a_release_is_removed_and_none_that_is_used() {
        let out = tempfile::tempdir().unwrap();
        let at = |name: &str| out.path().join(name);
        std::fs::create_dir_all(at("r1/tree/lib")).unwrap();
        assert!(matches!(
            remove(&at("r1"), &[], true),
            Err(ReleaseError::NoRelease(_))
        ));
        std::fs::write(at("r1/manifest.json"), "").unwrap();
        let used = [User("server a".into()), User("server b".into())];
        let refused = remove(&at("r1"), &used, false).unwrap_err();
        assert_eq!(
            (refused.code(), refused.kind()),
            ("release-in-use", crate::error::ErrorKind::ImageInUse)
        );
        assert!(at("r1").exists());
        std::fs::create_dir(at(".r0.osgraft-gone")).unwrap();
        assert_eq!(remove(&at("r1"), &used, true).unwrap().as_str(), "r1");
        let left: Vec<_> = std::fs::read_dir(out.path())
            .unwrap()
            .map(|it| it.unwrap().file_name())
            .collect();
        assert_eq!(left, [".releases.lock"]);
        assert!(matches!(
            remove(&at("r1"), &[], false),
            Err(ReleaseError::NoRelease(_))
        ));
    }
}
