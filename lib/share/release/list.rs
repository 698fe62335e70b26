//! The releases of a folder.

use std::fs::{self, File};
use std::io::BufReader;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use serde::Serialize;

use super::error::ReleaseError;
use super::manifest::{Head, Manifest, ManifestError};
use super::name::ReleaseName;
use super::{MANIFEST, TREE};

/// Releases that are listed at most.
const MAX: usize = 10_000;

/// The releases of a folder.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct List {
    /// Releases with a manifest that can be read, by name.
    pub releases: Vec<Listed>,
    /// Folders that have the name of a release and are none, each with the reason.
    pub unusable: Vec<Unusable>,
}

/// One release.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Listed {
    /// Facts of it.
    #[serde(flatten)]
    pub head: Head,
}

/// A folder that is no release.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Unusable {
    /// Its name.
    pub name: ReleaseName,
    /// A stable name of what is wrong.
    pub code: &'static str,
    /// The reason, in a line.
    pub text: String,
}

/// Lists the releases of a folder, by name. The lists of their files are not read.
///
/// # Errors
/// [`ReleaseError::NoFolder`]; [`ReleaseError::Io`] where the folder cannot be read.
pub fn list(folder: &Path) -> Result<List, ReleaseError> {
    if !folder.is_dir() {
        return Err(ReleaseError::NoFolder(folder.to_owned()));
    }
    let io = || ReleaseError::io("list", folder);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(io())? {
        let name = entry.map_err(io())?.file_name();
        let name = name
            .to_str()
            .and_then(|name| name.parse::<ReleaseName>().ok());
        names.extend(name.filter(|name| folder.join(name.as_str()).is_dir()));
        if names.len() > MAX {
            break;
        }
    }
    names.sort();
    let mut list = List::default();
    for name in names {
        match head(folder, &name) {
            Ok(head) => list.releases.push(Listed { head }),
            Err(error) => list.unusable.push(Unusable {
                code: error.code(),
                text: error.to_string(),
                name,
            }),
        }
    }
    Ok(list)
}

/// Head of a release's manifest.
///
/// # Errors
/// [`ReleaseError::NoRelease`] where no manifest or no tree lies there; [`ReleaseError::Manifest`].
pub fn head(folder: &Path, name: &ReleaseName) -> Result<Head, ReleaseError> {
    let manifest = open(&folder.join(name.as_str()))?;
    Ok(manifest.head().clone())
}

/// Opens the manifest of the release that lies at a path.
pub(crate) fn open(release: &Path) -> Result<Manifest<BufReader<File>>, ReleaseError> {
    let path = release.join(MANIFEST);
    let mut options = File::options();
    // Neither a link nor a FIFO under that name is followed or waited for.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.read(true).custom_flags(flags.bits().cast_signed());
    let file = match options.open(&path) {
        Ok(file) if release.join(TREE).is_dir() => file,
        Ok(_) => return Err(ReleaseError::NoRelease(release.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ReleaseError::NoRelease(release.to_owned()));
        }
        Err(error) => return Err(ReleaseError::io("open", &path)(error)),
    };
    let damaged = |source| ReleaseError::Manifest {
        path: path.clone(),
        source,
    };
    let manifest = Manifest::open(BufReader::with_capacity(1 << 16, file)).map_err(damaged)?;
    // A folder that was renamed by hand is not the release that its manifest tells.
    let name = manifest.head().release.as_str();
    if release.file_name().is_some_and(|is| is != name) {
        return Err(damaged(ManifestError::Name(name.to_owned())));
    }
    Ok(manifest)
}
