//! A thinned copy of a master's disk.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::error::ThinError;
use super::guest::{Thinned, Thinning, thin_guest};
use crate::editor::{self, Choice, Copied};
use crate::image::{Child, Faults, Filled, ImageError, MasterFormat, Masters, NewDisk, OpenChild};

/// Makes thinned copies.
///
/// ```no_run
/// use osgraft::share::thin::{Thinner, Thinning, Transport};
///
/// let thinner = Thinner::new(Thinning::new(&[Transport::Nfs]));
/// let report = thinner.thin("masters/deb12.qcow2", "masters/deb12-thin.qcow2")?;
/// println!("{} bytes instead of {}", report.after, report.before);
/// # Ok::<(), osgraft::share::thin::ThinError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Thinner {
    thinning: Thinning,
    format: MasterFormat,
    masters: Masters,
    editor: Choice,
    time: Option<i64>,
    faults: Option<Faults>,
}

/// A thinned copy of a disk.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ThinReport {
    /// The image that was read.
    pub master: PathBuf,
    /// The new file.
    pub out: PathBuf,
    /// Its format: `qcow2` or `raw`.
    pub format: &'static str,
    /// Bytes that the image takes on the host's disk, with the chain behind it.
    pub before: u64,
    /// Bytes that a full copy of the edited disk would take, before blocks are given back.
    pub whole: u64,
    /// Bytes that the new file takes on the host's disk.
    pub after: u64,
    /// Place of the root, and how it was reached.
    pub root: String,
    /// The editor, and the reason for it.
    pub editor: String,
    /// The guest.
    #[serde(flatten)]
    pub thinned: Thinned,
}

impl Thinner {
    /// A thinner that makes qcow2 images by the cheapest editor that fits.
    pub fn new(thinning: Thinning) -> Self {
        Self {
            thinning,
            format: MasterFormat::Qcow2,
            masters: Masters::default(),
            editor: Choice::auto(),
            time: None,
            faults: None,
        }
    }

    /// Format of the new file: qcow2 or raw.
    #[must_use]
    pub fn format(mut self, format: MasterFormat) -> Self {
        self.format = format;
        self
    }

    /// Files that may lie behind the image, where it is an overlay.
    #[must_use]
    pub fn masters(mut self, masters: Masters) -> Self {
        self.masters = masters;
        self
    }

    /// Editor that opens the guest.
    #[must_use]
    pub fn editor(mut self, editor: Choice) -> Self {
        self.editor = editor;
        self
    }

    /// Time of what is made in the guest, in seconds since 1970; now by default.
    #[must_use]
    pub fn time(mut self, time: i64) -> Self {
        self.time = Some(time);
        self
    }

    /// The same, with every changing file call passed through `faults`. For tests.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = Some(faults);
        self
    }

    /// Makes a thinned copy. `out` appears complete and durable, or not at all; the image that is read
    /// does not change, whatever lies on it.
    ///
    /// # Errors
    /// [`ThinError`].
    pub fn thin(
        &self,
        master: impl AsRef<Path>,
        out: impl AsRef<Path>,
    ) -> Result<ThinReport, ThinError> {
        let (master, out) = (master.as_ref(), out.as_ref());
        let open = Child::open(master, self.masters.clone())?
            .or_master()
            .read()?;
        refuse_taken(&open, out)?;
        let time = self.time.unwrap_or_else(now);
        let Copied {
            value,
            mut disk,
            unused,
            reached,
            ..
        } = editor::edit_copy(&open, &self.editor, time, |guest| {
            thin_guest(guest, &self.thinning)
        })?;
        let mut new = NewDisk::new(self.format);
        if let Some(faults) = &self.faults {
            new = new.with_faults(faults.clone());
        }
        let has_shrunk = |filled: &Filled| value.removed() == 0 || filled.written < filled.whole;
        let filled = new.create_where(&mut disk, &unused, out, has_shrunk)?;
        let filled = filled.map_err(|filled| ThinError::NotSmaller {
            path: out.to_owned(),
            before: filled.whole,
            after: filled.written,
        })?;
        Ok(ThinReport {
            master: master.to_owned(),
            out: out.to_owned(),
            format: self.format.as_str(),
            before: allocated(&open, master)?,
            whole: filled.whole,
            after: filled.allocated,
            root: reached.root,
            editor: format!("{}: {}", reached.editor, reached.reason),
            thinned: value,
        })
    }
}

/// Refuses the image itself, a file behind it, and any other name that is taken.
fn refuse_taken(open: &OpenChild, out: &Path) -> Result<(), ThinError> {
    let Ok(found) = out.symlink_metadata() else {
        return Ok(());
    };
    let there = out.metadata().unwrap_or(found);
    let chain = open.chain().map(|(path, _)| path);
    for path in std::iter::once(open.path()).chain(chain) {
        let own = path.metadata();
        if own.is_ok_and(|own| (own.dev(), own.ino()) == (there.dev(), there.ino())) {
            return Err(ThinError::SameFile(out.to_owned()));
        }
    }
    Err(ImageError::Exists(out.to_owned()).into())
}

/// Bytes that an image and its chain take.
fn allocated(open: &OpenChild, image: &Path) -> Result<u64, ThinError> {
    let chain = open.chain().map(|(path, _)| path);
    let mut bytes = 0;
    for path in std::iter::once(image).chain(chain) {
        let found = path.metadata();
        let found = found.map_err(|source| ImageError::io("look at", path, source))?;
        bytes += found.blocks() * 512;
    }
    Ok(bytes)
}

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(1, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}
