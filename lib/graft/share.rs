//! The share that children are to have.

use super::unfit::Unfit;
use crate::fstab::{Entry, EntryError};
use crate::links::{Link, Links, LinksError, SharePathError};
use crate::mount::{Options, OptionsError};
use crate::path::{GuestPath, PathError};
use crate::registry::Server;

/// Mount point of the share in a guest, links into it, and mount options.
///
/// ```
/// use osgraft::prepare::Share;
/// let share = Share::at("/shared")?.link("/lib/modules", "lib/modules")?;
/// # Ok::<(), osgraft::prepare::ShareError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Share {
    links: Links,
    options: Option<Options>,
}

/// Reasons why a share makes no sense, in any guest.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// A path is none.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A path below the export is none.
    #[error(transparent)]
    SharePath(#[from] SharePathError),
    /// A link that can work in no guest.
    #[error(transparent)]
    Links(#[from] LinksError),
    /// Options that fit no line of fstab.
    #[error(transparent)]
    Options(#[from] OptionsError),
}

impl ShareError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Path(error) => error.code(),
            Self::SharePath(error) => error.code(),
            Self::Links(error) => error.code(),
            Self::Options(error) => error.code(),
        }
    }
}

/// Mounted on `/shared`, with `/lib/modules` linked to `lib/modules`.
impl Default for Share {
    fn default() -> Self {
        let share = Self::at("/shared").and_then(|share| share.link("/lib/modules", "lib/modules"));
        share.expect("a literal share")
    }
}

impl Share {
    /// A share mounted there, with no link yet.
    ///
    /// # Errors
    /// [`ShareError`], for a place that no share can be mounted on.
    pub fn at(mount_point: &str) -> Result<Self, ShareError> {
        Ok(Self {
            links: Links::new(&mount_point.parse()?, Vec::new())?,
            options: None,
        })
    }

    /// Adds a link: the guest's directory `at` leads to `to`, a path below the export.
    ///
    /// # Errors
    /// [`ShareError`], when it cannot work beside the others.
    pub fn link(mut self, at: &str, to: &str) -> Result<Self, ShareError> {
        let mut links: Vec<Link> = self.links.iter().cloned().collect();
        links.push(Link::new(at.parse()?, to.parse()?));
        self.links = Links::new(self.links.mount_point(), links)?;
        Ok(self)
    }

    /// Mounts with these options instead of the default ones. A server's own options are still merged
    /// over them.
    ///
    /// # Errors
    /// [`ShareError::Options`].
    pub fn options(mut self, options: &str) -> Result<Self, ShareError> {
        self.options = Some(options.parse()?);
        Ok(self)
    }

    /// Its mount point.
    pub fn mount_point(&self) -> &GuestPath {
        self.links.mount_point()
    }

    /// The links into it.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// The options it is mounted with when `server` serves it.
    pub(super) fn options_for(&self, server: &Server) -> Options {
        let default = || Options::default_for(server.source().fs_type());
        let base = self.options.clone().unwrap_or_else(default);
        match server.options() {
            Some(own) => base.merge(own),
            None => base,
        }
    }

    fn entry(&self, server: &Server) -> Result<Entry, EntryError> {
        let source = server.source();
        Entry::new(
            source.fs_spec(),
            self.mount_point().as_bytes(),
            source.fs_type(),
            self.options_for(server).to_bytes(),
            0,
            0,
        )
    }
}

/// The line for the fstab of a guest that this server serves.
pub(crate) fn entry_for(share: &Share, server: &Server) -> Result<Entry, Unfit> {
    share.entry(server).map_err(|source| Unfit::Entry {
        server: server.name().to_owned(),
        source,
    })
}
