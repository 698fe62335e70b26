//! A graft without an edit: a credential by which systemd mounts the share.
//!
//! systemd 254 and later reads entries like those of fstab from the credential `fstab.extra`
//! (systemd-fstab-generator(8)), and takes credentials from the machine's SMBIOS (systemd(1), “System
//! Credentials”). So a guest whose disk cannot be opened, such as one on LUKS without its key, gets
//! the share by its machine's configuration. Each component is mounted over its directory, since no
//! link can be made.
//!
//! # Limits
//! The guest has no unit that lets go of an NFS share, so its shutdown may take 90 s longer. Firmware
//! without SMBIOS, such as that of s390x and of most arm boards, hands no credential over.

mod base64;
mod systemd;

use serde::Serialize;

use crate::editor::{self, Choice};
use crate::error::{Error, ErrorKind};
use crate::graft::{self, Finding, Share};
use crate::guest::{Ahead, GuestFacts};
use crate::image::Child;
use crate::path::printable;
use crate::registry::{Needs, NoServer, Selection, Servers, select, select_named};
use crate::share::snippet::escaped;

use systemd::Systemd;

/// The first systemd that reads `fstab.extra`.
pub const SINCE: u32 = 254;
/// Name of the credential.
pub const NAME: &str = "fstab.extra";
/// Longest credential that is made. QEMU takes no longer SMBIOS string by its command line.
const MOST: usize = 3000;

/// Credential for one machine, as text for its configuration.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Credential {
    /// The server that was selected.
    pub server: String,
    /// Its lines, in the form of fstab(5).
    pub fstab: String,
    /// The SMBIOS string that carries it.
    pub smbios: String,
    /// Elements for `<domain>` of libvirt.
    pub domain: Vec<String>,
    /// Arguments for QEMU.
    pub qemu: Vec<String>,
    /// Things to know about it.
    pub warnings: Vec<Finding>,
}

/// Reasons why a machine gets no credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// The image, or the guest in it.
    #[error(transparent)]
    Child(#[from] Error),
    /// No server fits.
    #[error(transparent)]
    NoServer(#[from] NoServer),
    /// The guest does not run systemd.
    #[error(
        "the guest's init is {0}, and only systemd 254 and later reads such a credential: prepare its disk"
    )]
    NoSystemd(&'static str),
    /// Its systemd is older.
    #[error(
        "the guest has systemd {version}, and only systemd 254 and later reads such a credential: prepare its disk"
    )]
    Old {
        /// Its version.
        version: u32,
    },
    /// The share cannot be mounted so.
    #[error("{0}: correct the share of the configuration")]
    Share(#[from] graft::ShareError),
    /// The lines cannot be made.
    #[error(transparent)]
    Lines(#[from] graft::Unfit),
    /// The lines are too long for an SMBIOS string.
    #[error(
        "the credential has {0} bytes, more than the 3000 that a machine's SMBIOS takes safely: share fewer components"
    )]
    TooLong(usize),
}

impl CredentialError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Child(error) => error.code(),
            Self::NoServer(error) => error.code(),
            Self::NoSystemd(_) => "credential-no-systemd",
            Self::Old { .. } => "credential-systemd-old",
            Self::Share(error) => error.code(),
            Self::Lines(error) => error.code(),
            Self::TooLong(_) => "credential-too-long",
        }
    }

    /// Next step of the caller.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Child(error) => error.kind(),
            Self::NoServer(_) => ErrorKind::NoServer,
            Self::Share(_) | Self::TooLong(_) => ErrorKind::Usage,
            Self::NoSystemd(_) | Self::Old { .. } | Self::Lines(_) => ErrorKind::Guest,
        }
    }
}

/// What a look at a guest told, where it could be looked at.
#[derive(Clone, Debug)]
pub struct Seen {
    facts: Option<GuestFacts>,
    systemd: Systemd,
    /// The reason why the guest cannot be opened.
    closed: Option<String>,
}

impl Seen {
    /// Looks at a guest. One that cannot be opened, or that no edit reaches, is passed over with that
    /// as its reason.
    ///
    /// # Errors
    /// [`Error`], where the image is refused, is in use, or is out of reach.
    pub fn look(image: &Child, editor: &Choice) -> Result<Self, Error> {
        let found = image.read().map(|open| {
            let editor = editor.clone().ahead(Ahead::facts());
            let looked = editor::look(&open, &editor, |guest| {
                let facts = GuestFacts::gather(guest)?;
                let systemd = Systemd::find(guest, &facts)?;
                Ok::<_, Error>((facts, systemd))
            });
            looked.map(|(found, _)| found)
        });
        match found.map_err(Error::from).and_then(|looked| looked) {
            Ok((facts, systemd)) => Ok(Self {
                facts: Some(facts),
                systemd,
                closed: None,
            }),
            Err(error) if error.kind() == ErrorKind::Guest => {
                Ok(Self::closed(printable(&error.to_string())))
            }
            Err(error) => Err(error),
        }
    }

    /// A guest that cannot be opened, for this reason.
    pub fn closed(why: String) -> Self {
        Self {
            facts: None,
            systemd: Systemd::Unknown,
            closed: Some(why),
        }
    }
}

impl Credential {
    /// The credential for a machine that is known by this name, whose guest was looked at. Without a
    /// server's name, one that fits is selected.
    ///
    /// # Errors
    /// [`CredentialError`].
    pub fn new(
        known_as: &str,
        seen: &Seen,
        share: &Share,
        servers: &Servers,
        server: Option<&str>,
    ) -> Result<Self, CredentialError> {
        let mut warnings = Vec::new();
        match (&seen.systemd, &seen.closed) {
            (Systemd::Version(version), _) if *version < SINCE => {
                return Err(CredentialError::Old { version: *version });
            }
            (Systemd::Version(_), _) => {}
            (Systemd::Other(init), _) => return Err(CredentialError::NoSystemd(init)),
            (Systemd::Unknown, closed) => {
                let why = match closed {
                    Some(why) => format!("the guest cannot be looked at ({why})"),
                    None => "the guest does not tell the version of its systemd".to_owned(),
                };
                let text = format!(
                    "{why}: an older systemd passes the credential over without a word, and the guest \
                     then has no share"
                );
                warnings.push(Finding::new("credential-unsure", text));
            }
        }
        let needs = needs(known_as, seen.facts.as_ref(), share);
        let selection: Selection = match server {
            Some(name) => select_named(servers, name, &needs)?,
            None => select(servers, &needs)?,
        };
        let told = selection.warnings.iter();
        warnings.extend(told.map(|told| Finding::new(told.code(), told.to_string())));
        let server = &selection.server;
        let lines = graft::lines_over(share, server)?;
        let mut fstab = Vec::new();
        for line in &lines {
            fstab.extend_from_slice(&line.to_line());
            fstab.push(b'\n');
        }
        if fstab.len() > MOST {
            return Err(CredentialError::TooLong(fstab.len()));
        }
        let smbios = format!(
            "io.systemd.credential.binary:{NAME}={}",
            base64::encode(&fstab)
        );
        let domain = [
            "<os>\n  <smbios mode='sysinfo'/>\n</os>\n".to_owned(),
            format!(
                "<sysinfo type='smbios'>\n  <oemStrings>\n    <entry>{}</entry>\n  </oemStrings>\n\
                 </sysinfo>\n",
                escaped(&smbios)
            ),
        ];
        Ok(Self {
            server: server.name().to_owned(),
            fstab: String::from_utf8_lossy(&fstab).into_owned(),
            qemu: vec!["-smbios".to_owned(), format!("type=11,value={smbios}")],
            domain: domain.into(),
            smbios,
            warnings,
        })
    }
}

/// Needs of a guest as far as it could be looked at.
fn needs(known_as: &str, facts: Option<&GuestFacts>, share: &Share) -> Needs {
    match facts {
        Some(facts) => graft::needs(known_as, facts, share.links()),
        None => {
            let mut needs = Needs::new(known_as);
            let links = share.links().iter();
            needs.components = links.map(|link| link.to().to_string()).collect();
            needs
        }
    }
}

#[cfg(test)]
mod tests;
