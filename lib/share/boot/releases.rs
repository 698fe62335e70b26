//! Kernels of the releases that this hypervisor has at hand.

use std::path::{Path, PathBuf};

use super::error::BootError;
use super::folder::{BootFolder, KernelFiles, Piece, Pointed, require_own};
use crate::prepare::ServerChoice;
use crate::registry::BootKernel;
use crate::share::release::manifest::{Head, ReleaseKernel};
use crate::share::release::{self, BOOT, MANIFEST, Raw, ReleaseName};

/// A folder of releases, for the kernels in them.
#[derive(Clone, Debug)]
pub struct BootReleases {
    folder: PathBuf,
}

impl BootReleases {
    /// The releases that lie in a folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Kernels that boot, one for each release that has any: its newest. A folder that is missing has
    /// none; a release whose manifest cannot be read is passed over, and told to `tracing`.
    ///
    /// # Errors
    /// [`BootError::Release`], where the folder cannot be read.
    pub fn kernels(&self) -> Result<Vec<BootKernel>, BootError> {
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let list = release::list(&self.folder)?;
        for unusable in &list.unusable {
            tracing::warn!(code = unusable.code, "{}", unusable.text);
        }
        let heads = list.releases.iter().map(|listed| &listed.head);
        let found = heads.filter_map(|head| {
            let (kernel, _) = newest(head)?;
            Some(BootKernel::new(head.release.as_str(), &kernel.version))
        });
        Ok(found.collect())
    }

    /// Points a machine at the kernel of the release that its server has.
    ///
    /// # Errors
    /// [`BootError`]; [`BootError::NoRelease`] for a server that tells none.
    pub fn point(
        &self,
        folder: &BootFolder,
        machine: &str,
        server: &ServerChoice,
    ) -> Result<Pointed, BootError> {
        let release = server.release.as_deref();
        let release = release.ok_or_else(|| BootError::NoRelease {
            server: server.name.clone(),
        })?;
        folder.point(machine, &self.files(release)?)
    }

    /// Files of a release's kernel, by its manifest; they are not looked at.
    ///
    /// # Errors
    /// [`BootError::Release`]; [`BootError::NoKernel`] for a release without one.
    pub fn files(&self, release: &str) -> Result<KernelFiles, BootError> {
        let name: ReleaseName = release.parse().map_err(release::ReleaseError::from)?;
        let place = self.folder.join(name.as_str());
        // Its digests decide on what boots.
        require_own(&place.join(MANIFEST))?;
        let manifest = release::open(&place)?;
        let no_kernel = || BootError::NoKernel(place.clone());
        let (kernel, initrd) = newest(manifest.head()).ok_or_else(no_kernel)?;
        let (kernel, initrd) = (kernel.clone(), initrd.clone());
        let mut pieces = Vec::new();
        // The list is sorted: all of boot/ comes before tree/, which is long.
        for entry in manifest.files() {
            let entry = entry.map_err(|source| release::ReleaseError::Manifest {
                path: place.join(MANIFEST),
                source,
            })?;
            if entry.names().next() != Some(BOOT.as_bytes()) {
                break;
            }
            pieces.push(entry);
        }
        let piece = |path: &Raw| {
            let entry = pieces.iter().find(|entry| entry.path == *path);
            let entry = entry.ok_or_else(no_kernel)?;
            match (entry.size, entry.sha256) {
                (Some(size), Some(digest)) => Ok(Piece {
                    path: below(&place, path),
                    size,
                    sha256: digest,
                }),
                _ => Err(no_kernel()),
            }
        };
        let supplement = kernel.supplement.as_ref();
        Ok(KernelFiles {
            vmlinuz: piece(kernel.image.as_ref().ok_or_else(no_kernel)?)?,
            initrd: [&initrd]
                .into_iter()
                .chain(supplement)
                .map(piece)
                .collect::<Result<_, _>>()?,
            release: name.as_str().to_owned(),
            kernel: kernel.version,
        })
    }
}

/// The newest kernel that a release can boot, and its initramfs. The list is sorted, oldest first.
fn newest(head: &Head) -> Option<(&ReleaseKernel, &Raw)> {
    let kernels = head.made_from.kernels.iter().rev();
    let mut whole = kernels.filter(|kernel| kernel.image.is_some());
    whole.find_map(|kernel| Some((kernel, kernel.initrd.as_ref()?)))
}

/// A file of a release. The manifest's paths are checked when they are read.
fn below(place: &Path, path: &Raw) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    place.join(std::ffi::OsStr::from_bytes(&path.0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs::{self, File, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::guest::Time;
    use crate::share::release::manifest::{Draft, FileEntry, Kind, MadeFrom, write};
    use crate::share::release::{Digest, TREE};

    /// Makes a release with these files in `boot/`, each with its own name as content.
    fn make(folder: &Path, release: &str, kernels: Vec<ReleaseKernel>, boot: &[&str]) {
        let place = folder.join(release);
        fs::create_dir_all(place.join(BOOT)).unwrap();
        fs::create_dir(place.join(TREE)).unwrap();
        let entry = |path: String, content: Option<&str>| FileEntry {
            path: Raw(path.into_bytes()),
            kind: content.map_or(Kind::Directory, |_| Kind::File),
            mode: 0o644,
            uid: 0,
            gid: 0,
            mtime: Time::default(),
            size: content.map(|text| text.len() as u64),
            sha256: content.map(|text| Digest::of(text.as_bytes())),
            sha256_blocks: None,
            target: None,
            group: None,
            xattrs: BTreeMap::new(),
        };
        let mut files = vec![entry(BOOT.into(), None)];
        for name in boot {
            fs::write(place.join(BOOT).join(name), name).unwrap();
            files.push(entry(format!("{BOOT}/{name}"), Some(name)));
        }
        files.push(entry(TREE.into(), None));
        let made_from = MadeFrom {
            kernels,
            ..MadeFrom::default()
        };
        let draft = Draft::of(release.parse().unwrap(), made_from, &files).unwrap();
        let mut manifest = File::create(place.join(MANIFEST)).unwrap();
        write(&mut manifest, &draft, &files).unwrap();
    }

    fn kernel(version: &str, has: &[&str]) -> ReleaseKernel {
        let file = |name: &str| {
            let is_there = has.contains(&name);
            is_there.then(|| Raw(format!("{BOOT}/{name}-{version}").into_bytes()))
        };
        ReleaseKernel {
            version: version.into(),
            image: file("vmlinuz"),
            initrd: file("initrd"),
            supplement: file("supplement"),
        }
    }

    #[test]
    fn each_release_boots_its_newest_kernel() {
        let at = tempfile::tempdir().unwrap();
        let releases = BootReleases::at(at.path());
        assert_eq!(
            BootReleases::at(at.path().join("none")).kernels().unwrap(),
            []
        );
        let whole = ["vmlinuz", "initrd", "supplement"];
        let kernels = vec![
            kernel("6.1.0-1", &whole),
            kernel("6.1.0-2", &whole),
            // Newer, and nothing boots it.
            kernel("6.1.0-3", &["vmlinuz"]),
        ];
        let boot = [
            "initrd-6.1.0-1",
            "initrd-6.1.0-2",
            "supplement-6.1.0-1",
            "supplement-6.1.0-2",
            "vmlinuz-6.1.0-1",
            "vmlinuz-6.1.0-2",
            "vmlinuz-6.1.0-3",
        ];
        make(at.path(), "two", kernels, &boot);
        make(at.path(), "none", vec![kernel("6.1.0-1", &[])], &[]);
        fs::create_dir(at.path().join("damaged")).unwrap();
        assert_eq!(
            releases.kernels().unwrap(),
            [BootKernel::new("two", "6.1.0-2")]
        );

        let files = releases.files("two").unwrap();
        assert_eq!((&*files.release, &*files.kernel), ("two", "6.1.0-2"));
        let name = |piece: &Piece| piece.path.file_name().unwrap().to_owned();
        assert_eq!(name(&files.vmlinuz), "vmlinuz-6.1.0-2");
        let initrd: Vec<_> = files.initrd.iter().map(name).collect();
        assert_eq!(initrd, ["initrd-6.1.0-2", "supplement-6.1.0-2"]);
        let code = |release: &str| releases.files(release).unwrap_err().code();
        assert_eq!(code("none"), "boot-kernel-missing");
        assert_eq!(code("damaged"), "release-missing");
        assert_eq!(code("../two"), "release-name");
        let manifest = at.path().join("two").join(MANIFEST);
        fs::set_permissions(&manifest, Permissions::from_mode(0o666)).unwrap();
        assert_eq!(code("two"), "boot-folder-shared");
    }
}
