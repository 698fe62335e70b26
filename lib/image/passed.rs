//! A child in the hands of another process, which can read it and nothing else.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::child::OpenChild;
use super::error::ImageError;
use super::file::{Access, Host, HostFile};
use super::gate::{self, Layer};
use super::masters::MasterFormat;

/// One file of a child's chain, opened for reading.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) descriptor: OwnedFd,
    /// For messages: where the file was opened.
    pub(crate) path: PathBuf,
    /// What it is, as its overlay states it.
    pub(crate) format: MasterFormat,
}

impl OpenChild {
    /// The child's file and those behind it, top first, for another process.
    ///
    /// Each is opened anew. A copy of a descriptor would share the locks, and whoever closed it
    /// could give them back; and the child's own can write.
    pub(crate) fn pass(&self) -> Result<Vec<Passed>, ImageError> {
        let child = pass(&self.file, MasterFormat::Qcow2);
        let chain = self.layers.iter();
        std::iter::once(child)
            .chain(chain.map(|layer| pass(&layer.file, layer.content.format())))
            .collect()
    }

    /// The child as the other process sees it: without its locks, which stay where they are held.
    ///
    /// # Errors
    /// [`ImageError::Io`]; [`ImageError::Refused`] for a header that is none.
    pub(crate) fn received(files: Vec<Passed>) -> Result<Self, ImageError> {
        let mut files = files.into_iter().map(|passed| {
            let file = HostFile::received(passed.descriptor, passed.path);
            (file, passed.format)
        });
        let nothing = || ImageError::NotFound(PathBuf::new());
        let (child, _) = files.next().ok_or_else(nothing)?;
        let layers = files.map(|(file, format)| {
            Ok(Layer {
                content: gate::judge(&file, format)?,
                file: Arc::new(file),
            })
        });
        Ok(Self {
            header: gate::read_header(&child)?,
            layers: layers.collect::<Result<_, ImageError>>()?,
            file: Arc::new(child),
        })
    }
}

fn pass(file: &HostFile, format: MasterFormat) -> Result<Passed, ImageError> {
    let path = file.path();
    let io = |e| ImageError::io("look at", path, e);
    let again = Host::default().open(path, Access::Read)?;
    if again.identity().map_err(io)? != file.identity().map_err(io)? {
        return Err(other_file(path));
    }
    Ok(Passed {
        descriptor: again.descriptor().map_err(io)?,
        path: path.to_owned(),
        format,
    })
}

fn other_file(path: &Path) -> ImageError {
    ImageError::OtherDisk {
        path: path.to_owned(),
        what: "the file under its name",
    }
}
