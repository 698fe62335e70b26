//! A child in the hands of another process, which can read it and nothing else.

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;

use super::error::ImageError;
use super::file::{Access, HostFile};
use super::gate::{self, Layer};
use super::masters::MasterFormat;
use super::open_child::OpenChild;

/// One file of a child's chain, opened for reading.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) descriptor: OwnedFd,
    /// For messages: where the file was opened.
    pub(crate) path: PathBuf,
    /// Format, as its overlay states it.
    pub(crate) format: MasterFormat,
}

impl OpenChild {
    /// The child's file and those behind it, top first, for another process.
    ///
    /// Each is opened anew, through its descriptor. A copy of a descriptor would share the locks, and whoever closed it
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
                is_own: false,
            })
        });
        Ok(Self {
            header: gate::read_header(&child)?,
            layers: layers.collect::<Result<_, ImageError>>()?,
            file: Arc::new(child),
            over_master: false,
        })
    }
}

fn pass(file: &HostFile, format: MasterFormat) -> Result<Passed, ImageError> {
    let path = file.path();
    let again = file.reopen(Access::Read);
    Ok(Passed {
        descriptor: again.map_err(|e| ImageError::io("open", path, e))?,
        path: path.to_owned(),
        format,
    })
}
