//! The share that children are to have.

use super::preflight::is_network;
use super::unfit::Unfit;
use crate::fstab::{Entry, EntryError};
use crate::guest::facts::Init;
use crate::links::{Form, FormError, Link, Links, LinksError, SharePathError};
use crate::links::{Physical, UPPER, WORK, overlay_folder};
use crate::mount::{Options, OptionsError};
use crate::path::{GuestPath, PathError};
use crate::registry::{Server, Source};

/// Time that systemd waits for the share's disk. Some distributions cut its default of 90 s, which a machine
/// that starts beside many others may need. The boot does not wait for it.
const DEVICE_TIMEOUT: &str = "x-systemd.device-timeout=90s";

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
    /// A form that is none.
    #[error(transparent)]
    Form(#[from] FormError),
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
            Self::Form(error) => error.code(),
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
    pub fn link(self, at: &str, to: &str) -> Result<Self, ShareError> {
        self.component(at, to, Form::Link)
    }

    /// Adds a component that takes the place of the guest's directory `at` in this form: a link, or a
    /// mount over it.
    ///
    /// # Errors
    /// [`ShareError`], when it cannot work beside the others.
    pub fn component(mut self, at: &str, to: &str, form: Form) -> Result<Self, ShareError> {
        let mut links: Vec<Link> = self.links.iter().cloned().collect();
        links.push(Link::new(at.parse()?, to.parse()?).with_form(form));
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

/// The same line for a guest with this init. Its options are those that the init takes.
pub(super) fn entry_in(share: &Share, server: &Server, init: Option<Init>) -> Result<Entry, Unfit> {
    let entry = entry_for(share, server)?;
    let is_disk = matches!(server.source(), Source::Disk(_));
    let options = Options::read(entry.options());
    let has_own = share.options.is_some() || options.has("x-systemd.device-timeout");
    if !is_disk || has_own || init != Some(Init::Systemd) {
        return Ok(entry);
    }
    let options = [entry.options(), DEVICE_TIMEOUT.as_bytes()].join(&b',');
    let (spec, file, vfstype) = (entry.spec(), entry.file(), entry.vfstype());
    Entry::new(spec, file, vfstype, options, 0, 0).map_err(|source| unfit(server, source))
}

/// The lines that mount components of the share over directories of a guest with this init.
///
/// Each is tried once the share is mounted, and is skipped where it is not: systemd has it depend on the
/// share, and every other init finds nothing at the place that would be mounted. busybox' mount hands
/// options that it does not know to the kernel, which refuses them, so systemd's are for systemd alone.
pub(super) fn components_in(
    share: &Share,
    server: &Server,
    entry: &Entry,
    physical: &Physical,
    init: Option<Init>,
) -> Result<Vec<Entry>, Unfit> {
    let mount_point = share.mount_point();
    let is_systemd = init == Some(Init::Systemd);
    let mut entries = Vec::new();
    for (link, at) in share.links.mounted(physical) {
        let from = link.to().below(mount_point)?;
        let mut needs = vec![mount_point.to_string()];
        let (spec, vfstype, mut options) = match link.form() {
            Form::Overlay => {
                let folder = overlay_folder(at)?;
                needs.push(folder.to_string());
                let (upper, work) = (folder.join(UPPER)?, folder.join(WORK)?);
                let options = format!("lowerdir={from},upperdir={upper},workdir={work},nofail");
                ("overlay".to_owned(), "overlay", options)
            }
            _ => (from.to_string(), "none", "bind,ro,nofail".to_owned()),
        };
        if is_network(entry) {
            options.push_str(",_netdev");
        }
        for path in needs.iter().filter(|_| is_systemd) {
            options.push_str(&format!(",x-systemd.requires-mounts-for={path}"));
        }
        let entry = Entry::new(spec, at.as_bytes(), vfstype, options, 0, 0);
        entries.push(entry.map_err(|source| unfit(server, source))?);
    }
    Ok(entries)
}

/// The lines that mount the share and each of its components over its directory, in a guest under
/// systemd that is not edited, and so not looked at.
///
/// # Errors
/// [`Unfit`]: a path that mount options cannot spell, lines that are too long.
pub(crate) fn lines_over(share: &Share, server: &Server) -> Result<Vec<Entry>, Unfit> {
    let links = share.links.iter().cloned();
    let links = links.map(|link| link.with_form(Form::Mount)).collect();
    let share = Share {
        links: Links::new(share.mount_point(), links)?,
        options: share.options.clone(),
    };
    let located = share
        .links
        .locate(|path| Ok::<_, std::convert::Infallible>(path.clone()));
    let physical = match located {
        Ok(physical) => physical,
        Err(never) => match never {},
    };
    let init = Some(Init::Systemd);
    let entry = entry_in(&share, server, init)?;
    let components = components_in(&share, server, &entry, &physical, init)?;
    Ok(std::iter::once(entry).chain(components).collect())
}

fn unfit(server: &Server, source: EntryError) -> Unfit {
    Unfit::Entry {
        server: server.name().to_owned(),
        source,
    }
}

/// The line for the fstab of a guest that this server serves.
pub(crate) fn entry_for(share: &Share, server: &Server) -> Result<Entry, Unfit> {
    share.entry(server).map_err(|source| unfit(server, source))
}
