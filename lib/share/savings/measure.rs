//! Bytes that files take on the host's disk.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Serialize;

use super::error::SavingsError;
use crate::path::escape;

/// Files to measure.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Files {
    /// The master.
    pub master: PathBuf,
    /// The thin master.
    pub thin: Option<PathBuf>,
    /// Prepared children, of which the mean counts.
    pub children: Vec<PathBuf>,
    /// A release, or another folder that is exported.
    pub release: Option<PathBuf>,
    /// A release as a disk image.
    pub image: Option<PathBuf>,
    /// A child after an update.
    pub after_update: Option<PathBuf>,
    /// True where a compressed copy of the master is made, measured and removed.
    pub compress: bool,
}

/// Bytes that files take on the host's disk.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Measured {
    /// The master.
    pub master: u64,
    /// The thin master.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thin: Option<u64>,
    /// A child, as the mean of those that were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub child: Option<u64>,
    /// The release's files, each inode once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<u64>,
    /// The release's image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<u64>,
    /// A child after an update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_update: Option<u64>,
    /// The master, compressed by `qemu-img convert -c`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compressed: Option<u64>,
}

impl Measured {
    /// Measures files, and changes none.
    ///
    /// # Errors
    /// [`SavingsError`].
    pub fn of(files: &Files) -> Result<Self, SavingsError> {
        let optional = |path: &Option<PathBuf>| path.as_deref().map(file).transpose();
        let mut children: u64 = 0;
        for child in &files.children {
            children = children.saturating_add(file(child)?);
        }
        let count = files.children.len() as u64;
        Ok(Self {
            master: file(&files.master)?,
            thin: optional(&files.thin)?,
            child: (count > 0).then(|| children.div_ceil(count.max(1))),
            tree: files.release.as_deref().map(folder).transpose()?,
            image: optional(&files.image)?,
            after_update: optional(&files.after_update)?,
            compressed: match files.compress {
                true => Some(compressed(&files.master)?),
                false => None,
            },
        })
    }
}

fn unmeasured(path: &Path) -> impl FnOnce(std::io::Error) -> SavingsError + '_ {
    move |source| SavingsError::Unmeasured {
        path: path.to_owned(),
        source,
    }
}

fn file(path: &Path) -> Result<u64, SavingsError> {
    let found = fs::metadata(path).map_err(unmeasured(path))?;
    match found.is_file() {
        true => Ok(found.blocks() * 512),
        false => Err(unmeasured(path)(std::io::ErrorKind::InvalidInput.into())),
    }
}

/// Everything below a folder, links not followed, names of one inode once.
fn folder(path: &Path) -> Result<u64, SavingsError> {
    let (mut seen, mut bytes) = (HashSet::new(), 0);
    let mut ahead = vec![path.to_owned()];
    while let Some(at) = ahead.pop() {
        for entry in fs::read_dir(&at).map_err(unmeasured(&at))? {
            let entry = entry.map_err(unmeasured(&at))?;
            let found = entry.metadata().map_err(unmeasured(&entry.path()))?;
            if seen.insert((found.dev(), found.ino())) {
                bytes += found.blocks() * 512;
            }
            if found.is_dir() {
                ahead.push(entry.path());
            }
        }
    }
    Ok(bytes)
}

/// Bytes of a compressed copy, which lies in the folder of temporary files while it is measured.
fn compressed(master: &Path) -> Result<u64, SavingsError> {
    let failed = |said: String| SavingsError::Compression {
        path: master.to_owned(),
        said,
    };
    let copy = tempfile::NamedTempFile::new().map_err(|e| failed(e.to_string()))?;
    let mut command = Command::new("qemu-img");
    command.args(["convert", "-c", "-O", "qcow2", "--"]);
    // A name with a colon would be taken for a protocol's.
    let whole = std::path::absolute(master).map_err(|e| failed(e.to_string()))?;
    command.arg(whole).arg(copy.path()).stdin(Stdio::null());
    let output = command.output().map_err(|e| failed(e.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.trim().lines().last().unwrap_or("no word of it");
        return Err(failed(escape(last.as_bytes())));
    }
    file(copy.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_inode_count_once_and_children_by_their_mean() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("release")).unwrap();
        fs::write(at("release/a"), vec![1; 64 << 10]).unwrap();
        fs::hard_link(at("release/a"), at("release/b")).unwrap();
        std::os::unix::fs::symlink("/", at("release/c")).unwrap();
        fs::write(at("small"), vec![1; 4 << 10]).unwrap();
        fs::write(at("large"), vec![1; 12 << 10]).unwrap();
        let sparse = fs::File::create(at("master")).unwrap();
        sparse.set_len(1 << 30).unwrap();
        let files = Files {
            master: at("master"),
            children: vec![at("small"), at("large")],
            release: Some(at("release")),
            ..Files::default()
        };
        let measured = Measured::of(&files).unwrap();
        assert_eq!(measured.master, 0, "holes take no room");
        assert_eq!(measured.child, Some(8 << 10));
        assert_eq!(measured.tree, Some(64 << 10));
        assert_eq!(measured.image, None);
    }

    #[test]
    fn a_file_that_is_missing_is_told_by_its_name() {
        let files = Files {
            master: "/no/such/master".into(),
            ..Files::default()
        };
        let error = Measured::of(&files).unwrap_err();
        assert_eq!(error.code(), "savings-unmeasured");
        assert!(error.to_string().contains("/no/such/master"), "{error}");
    }
}
