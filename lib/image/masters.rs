//! Masters: files that may back a child, and their formats.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::siblings::{Siblings, Time};
use crate::host::FileId;

/// Files that may back a child.
///
/// ```
/// use osgraft::image::Masters;
/// let one = Masters::only("/var/lib/osgraft/masters/deb12.qcow2");
/// let any = Masters::under(["/var/lib/osgraft/masters"]);
/// # let _ = (one, any);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Masters(Policy, Siblings);

#[derive(Clone, Debug, Default, Eq, PartialEq)]
enum Policy {
    #[default]
    BesideChild,
    Only(PathBuf),
    Under(Vec<PathBuf>),
}

impl Masters {
    /// Any file of the child's own folder.
    pub fn beside_child() -> Self {
        Self(Policy::BesideChild, Siblings::default())
    }

    /// This file, and below it whatever its own folder holds.
    pub fn only(master: impl Into<PathBuf>) -> Self {
        Self(Policy::Only(master.into()), Siblings::default())
    }

    /// These files, and whatever lies under these folders, links resolved. None: no master at all.
    pub fn under<P: Into<PathBuf>>(places: impl IntoIterator<Item = P>) -> Self {
        let places = places.into_iter().map(Into::into).collect();
        Self(Policy::Under(places), Siblings::default())
    }

    /// The same places, with relative ones starting from `folder`.
    #[must_use]
    pub fn from_folder(self, folder: &Path) -> Self {
        let policy = match self.0 {
            Policy::BesideChild => Policy::BesideChild,
            Policy::Only(master) => Policy::Only(folder.join(master)),
            Policy::Under(places) => {
                Policy::Under(places.iter().map(|place| folder.join(place)).collect())
            }
        };
        Self(policy, self.1)
    }

    /// The files and folders that were named; none where it is each child's own folder.
    pub fn places(&self) -> &[PathBuf] {
        match &self.0 {
            Policy::BesideChild => &[],
            Policy::Only(master) => std::slice::from_ref(master),
            Policy::Under(places) => places,
        }
    }

    /// True for a file that may back a child of `folder`, both without links; `first` says that the child
    /// itself names it, or a layer of the child's own, rather than one of its masters.
    pub(super) fn allow(&self, canonical: &Path, folder: &Path, first: bool) -> bool {
        let under = |place: &Path| {
            place
                .canonicalize()
                .is_ok_and(|place| canonical.starts_with(place))
        };
        match &self.0 {
            Policy::BesideChild => canonical.starts_with(folder),
            Policy::Only(master) if first => under(master),
            Policy::Only(master) => master
                .canonicalize()
                .is_ok_and(|master| master.parent() == canonical.parent()),
            Policy::Under(places) => places.iter().any(|place| under(place)),
        }
    }

    /// True where one of the files that were named is this one.
    pub(super) fn name_file(&self, identity: FileId) -> bool {
        let files = self
            .places()
            .iter()
            .filter_map(|place| place.metadata().ok());
        files
            .filter(Metadata::is_file)
            .any(|file| FileId::of(&file) == identity)
    }

    /// An overlay in `folder`, or in a folder that was named, on an image; see
    /// [`Siblings::overlay_on`].
    pub(super) fn overlay_on(
        &self,
        image: FileId,
        modified: Time,
        folder: PathBuf,
    ) -> Option<PathBuf> {
        let mut folders = vec![folder];
        for place in self.places() {
            // A file's own folder is not named.
            if let Ok(place) = place.canonicalize()
                && place.is_dir()
                && !folders.contains(&place)
            {
                folders.push(place);
            }
        }
        self.1.overlay_on(image, modified, &folders)
    }

    /// Files that are allowed, and how another becomes so. `below` says that it lies below a master,
    /// where `--master`, which names the first one, allows it in that one's own folder alone.
    pub(super) fn describe(&self, below: bool) -> String {
        const PLACES: &str = "images.masters in the configuration";
        match &self.0 {
            Policy::BesideChild if below => {
                format!(
                    "allowed: the child's own folder; name the folders of all of them in {PLACES}"
                )
            }
            Policy::BesideChild => format!(
                "allowed: the child's own folder; name it with --master, or its folder and those of \
                 its backing files in {PLACES}"
            ),
            Policy::Only(master) if below => format!(
                "allowed: {}, and below it its own folder; without --master, name the folders of all \
                 of them in {PLACES}",
                master.display()
            ),
            Policy::Only(master) => format!(
                "allowed: {}; if it is the right one, name it instead",
                master.display()
            ),
            Policy::Under(places) if places.is_empty() => format!("none is: set {PLACES}"),
            Policy::Under(places) => {
                let places: Vec<_> = places.iter().map(|p| p.display().to_string()).collect();
                format!(
                    "allowed: {}; if it is the right one, add its folder to {PLACES}",
                    places.join(", ")
                )
            }
        }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Masters {
    fn from(master: &P) -> Self {
        Self::only(master.as_ref())
    }
}

/// The master's format. It is stated, since a raw disk can be made to look like anything.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MasterFormat {
    /// qcow2, version 2 or 3.
    #[default]
    Qcow2,
    /// The disk's bytes.
    Raw,
    /// One VMDK file that holds its whole disk: `monolithicSparse` or `streamOptimized`, with its
    /// descriptor inside, no parent, and grains of 4 KiB to 2 MiB.
    Vmdk,
}

impl MasterFormat {
    /// The name that qcow2 headers and QEMU's `-f` use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Qcow2 => "qcow2",
            Self::Raw => "raw",
            Self::Vmdk => "vmdk",
        }
    }

    /// The format of that name.
    pub fn stated(name: &str) -> Option<Self> {
        [Self::Qcow2, Self::Raw, Self::Vmdk]
            .into_iter()
            .find(|format| format.as_str() == name)
    }
}
