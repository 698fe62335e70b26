//! A memory that the hypervisor keeps, which an edit of the disk would betray.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::path::escape;

/// A memory that the hypervisor keeps of a machine that uses a disk. The machine goes on from it,
/// and takes the disk for what it was then.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SavedMemory {
    /// The machine, escaped.
    pub machine: String,
    /// The file that tells of it.
    pub file: PathBuf,
    /// Advice, as a part of a sentence.
    pub remedy: String,
    /// Reason why it cannot be told which disks it belongs to; `None` where this disk is known to be one.
    pub doubt: Option<String>,
}

impl SavedMemory {
    /// A memory of a machine.
    pub fn new(
        machine: impl Into<String>,
        file: impl Into<PathBuf>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            machine: machine.into(),
            file: file.into(),
            remedy: remedy.into(),
            doubt: None,
        }
    }

    /// A memory that may belong to any disk: `why` reads after the file's name.
    #[must_use]
    pub fn in_doubt(mut self, why: impl Into<String>) -> Self {
        self.doubt = Some(why.into());
        self
    }
}

impl fmt::Display for SavedMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (machine, remedy) = (&self.machine, &self.remedy);
        let file = escape(self.file.as_os_str().as_encoded_bytes());
        match &self.doubt {
            None => write!(
                f,
                "{machine} was saved with its memory ({file}) and goes on with this disk as it is: \
                 {remedy}"
            ),
            Some(why) => write!(
                f,
                "{machine} was saved with its memory and may go on with this disk as it is, since \
                 {file} {why}: {remedy}"
            ),
        }
    }
}

/// The test that a disk passes before it is changed, under its lock: whether the hypervisor keeps a
/// memory of a machine that uses it.
#[derive(Clone, Default)]
pub struct MemoryCheck(Option<Arc<Test>>);

type Test = dyn Fn(&Path) -> Option<SavedMemory> + Send + Sync;

impl MemoryCheck {
    /// Asks `find` for the memory that a disk belongs to.
    ///
    /// ```
    /// use osgraft::prepare::{MemoryCheck, SavedMemory};
    /// let check = MemoryCheck::new(|disk| {
    ///     let is_saved = disk.ends_with("web-7.qcow2");
    ///     is_saved.then(|| SavedMemory::new("web-7", "/saved/web-7", "start it first"))
    /// });
    /// # let _ = check;
    /// ```
    pub fn new(find: impl Fn(&Path) -> Option<SavedMemory> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(find)))
    }

    /// Refuses a disk that a memory belongs to.
    pub(super) fn require_none(&self, disk: &Path) -> Result<(), SavedMemory> {
        match self.0.as_ref().and_then(|find| find(disk)) {
            Some(saved) => Err(saved),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for MemoryCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryCheck")
            .field(&self.0.is_some())
            .finish()
    }
}
