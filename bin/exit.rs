//! Exit codes of outcomes, and texts of errors. Nothing else knows the codes.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use osgraft::children::{SeriesError, TableError};
use osgraft::codes::AllowError;
use osgraft::config::ConfigError;
use osgraft::hook::install::InstallError;
use osgraft::host::Cause;
use osgraft::identity::AskError;
use osgraft::image::ImageError;
use osgraft::path::printable;
use osgraft::pool::PoolError;
use osgraft::prepare::{Finding, KnownHostsError};
use osgraft::registry::{EditError, NoServer, RegistryError, SettingError, ValueError};
use osgraft::share::ShareError;
use osgraft::{Error, ErrorKind};
use serde::Serialize;

use crate::share::ChartError;

/// Exit code of the program.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Code {
    /// Done, or already so.
    #[default]
    Done = 0,
    /// An error of osgraft or of the host.
    Host = 1,
    /// Usage or configuration.
    Usage = 2,
    /// This guest cannot be prepared.
    Guest = 3,
    /// No server fits.
    NoServer = 4,
    /// The gate refused the image.
    ImageRefused = 5,
    /// The image is in use.
    ImageInUse = 6,
    /// The registry cannot be reached or read.
    Registry = 7,
    /// The graft is missing or differs.
    Differs = 8,
    /// To the installed script of a hook: the machine may start.
    MayStart = 40,
    /// To the installed script of a hook: the machine may not start.
    MayNotStart = 41,
}

impl Code {
    /// The first failure of a row.
    pub(crate) fn or(self, later: Self) -> Self {
        match self {
            Self::Done => later,
            first => first,
        }
    }

    /// That of an error of the library.
    fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Usage => Self::Usage,
            ErrorKind::Guest => Self::Guest,
            ErrorKind::NoServer => Self::NoServer,
            ErrorKind::ImageRefused => Self::ImageRefused,
            ErrorKind::ImageInUse => Self::ImageInUse,
            ErrorKind::Registry => Self::Registry,
            _ => Self::Host,
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Host => "host",
            Self::Usage => "usage",
            Self::Guest => "guest",
            Self::NoServer => "no-server",
            Self::ImageRefused => "image-refused",
            Self::ImageInUse => "image-in-use",
            Self::Registry => "registry",
            Self::Differs => "differs",
            Self::MayStart => "may-start",
            Self::MayNotStart => "may-not-start",
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// Reason that a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Library(#[from] Error),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("--allow: {0}")]
    Allow(#[from] AllowError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Usage(#[from] Usage),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Share(#[from] ShareError),
    #[error("--known-hosts {0}")]
    KnownHosts(#[from] KnownHostsError),
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error("where this program lies cannot be told: {}; call it by its whole path", Cause::of(.0))]
    Program(io::Error),
    #[error("cannot write the manual pages into {}: {}; name a folder that exists and can be written to", .folder.display(), Cause::at(.folder, .source))]
    Man { folder: PathBuf, source: io::Error },
    #[error(transparent)]
    Chart(#[from] ChartError),
    #[error("cannot write to standard output: {}; what was asked for is done, its report is lost", Cause::of(.0))]
    Output(#[from] io::Error),
}

/// Fault of a command line that is well formed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Usage {
    #[error("{0}")]
    CommandLine(String),
    #[cfg(not(feature = "appliance"))]
    #[error("--editor appliance: this build has no appliance; use --editor auto or ext4")]
    NoAppliance,
    #[cfg(feature = "appliance")]
    #[error("--key-file {}: {}; its first line is to be a passphrase", .path.display(), Cause::at(.path, .source))]
    KeyFile { path: PathBuf, source: io::Error },
    #[cfg(feature = "etcd")]
    #[error("{0}: names no registry in etcd; write etcd://HOST:PORT/PREFIX")]
    EtcdUrl(String),
    #[cfg(not(feature = "etcd"))]
    #[error("--registry {0}: this build reads registries in files alone; name a file")]
    NoEtcd(String),
    #[error(
        "--add: nothing tells where children reach the server: give it an --address, or name it with --export-address"
    )]
    NoExportAddress,
    #[error("no registry is named: use --registry, or set registry.file in {}", .0.display())]
    NoRegistry(PathBuf),
    #[error(
        "--boot {0}: a machine's name is for one disk: prepare the disks one by one, or set boot.kernel in the configuration to “direct”"
    )]
    BootOfMany(String),
    #[error(
        "{0}: has no link in boot.folder: “osgraft share boot” lists the machines that have one"
    )]
    NoBootLink(String),
    #[error("{}: nothing on it tells the kernel's command line: give it by --cmdline", .0.display())]
    NoCommandLine(PathBuf),
    #[error("{flag}: “osgraft {command}” has no use for it: leave it out")]
    Stray { flag: String, command: String },
    #[error(
        "{flag}: “osgraft clone” has no use for it without --prepare: leave it out, or add --prepare"
    )]
    StrayUnprepared { flag: String },
    #[error("--master: clone takes its master as its first argument; leave the flag out")]
    CloneMaster,
    #[error("“{code}” is not a code; {}", meant(.near))]
    UnknownCode {
        code: String,
        near: Vec<&'static str>,
    },
    #[error("{}: --count needs “{{n}}” in the child's name, as in web-{{n}}.qcow2", .0.display())]
    NoNumber(PathBuf),
    #[error("{}: “{{n}}” stands for a number: say how many with --count", .0.display())]
    NoCount(PathBuf),
    #[error("{flag} {word}: “{{n}}” stands for a number: say how many children with --count")]
    NoCountFor { flag: String, word: String },
    #[error("{0}: --count needs “{{n}}” in it, as in web-{{n}}, or all children would have one")]
    NoNumberIn(String),
    #[error(
        "{0}: several children would have one: name one child, or give each its own with --children"
    )]
    OneChild(String),
    #[error("--children: its rows say more than files, which needs --prepare: add it")]
    UnpreparedRows,
    #[error(
        "--known-hosts -: standard output is the report's, which has the keys in --json: name a file"
    )]
    KnownHostsDash,
    #[error(
        "--known-hosts: {} gets no identity, so its keys are its master's: ask for one (--hostname, --address), or leave the flag out",
        .0.display()
    )]
    KnownHostsAlone(PathBuf),
    #[error(
        "--known-hosts: {} has no name to be known by: give it --hostname, --address or --pool",
        .0.display()
    )]
    Nameless(PathBuf),
    #[error("{flag}: {source}")]
    Word { flag: String, source: AskError },
    #[error(transparent)]
    Ask(AskError),
    #[error("--address-from: {0}")]
    Series(SeriesError),
}

impl Usage {
    /// Stable name of what is wrong, where it has one.
    fn reason(&self) -> Option<&'static str> {
        match self {
            Self::UnknownCode { .. } => Some("code-unknown"),
            Self::Word { source, .. } | Self::Ask(source) => Some(source.code()),
            Self::Series(error) => Some(error.code()),
            _ => None,
        }
    }
}

/// The codes that a mistyped one may stand for.
fn meant(near: &[&str]) -> String {
    match near {
        [] => "“osgraft explain” lists all of them".to_owned(),
        near => format!("did you mean “{}”?", near.join("” or “")),
    }
}

impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        Self::Library(error.into())
    }
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        Self::Library(error.into())
    }
}

impl From<EditError> for Failure {
    fn from(error: EditError) -> Self {
        Self::Library(error.into())
    }
}

impl From<NoServer> for Failure {
    fn from(error: NoServer) -> Self {
        Self::Library(error.into())
    }
}

impl From<ValueError> for Failure {
    fn from(error: ValueError) -> Self {
        Self::Setting(error.into())
    }
}

impl Failure {
    /// Exit code of the program.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Library(error) => Code::of(error.kind()),
            Self::Share(error) => Code::of(error.kind()),
            Self::Config(_)
            | Self::Allow(_)
            | Self::Setting(_)
            | Self::Usage(_)
            | Self::Table(_) => Code::Usage,
            Self::Pool(error) => match error {
                PoolError::Full { .. } | PoolError::TooFew { .. } => Code::NoServer,
                PoolError::Unreadable { .. } | PoolError::Invalid { .. } => Code::Registry,
                PoolError::Busy { .. } | PoolError::Write { .. } => Code::Host,
                _ => Code::Usage,
            },
            Self::Install(
                InstallError::Relative(_)
                | InstallError::NotText(_)
                | InstallError::UnsafeProgram { .. }
                | InstallError::UnsafeConfig { .. }
                | InstallError::UnsafeFolder { .. },
            ) => Code::Usage,
            Self::KnownHosts(_)
            | Self::Install(_)
            | Self::Program(_)
            | Self::Man { .. }
            | Self::Chart(_)
            | Self::Output(_) => Code::Host,
        }
    }

    /// The error as JSON has it.
    pub(crate) fn to_json(&self) -> ErrorJson {
        let code = self.code();
        ErrorJson {
            code: code as u8,
            kind: code.kind(),
            reasons: self.reasons(),
            findings: self.findings(),
            text: printable(&self.to_string()),
        }
    }

    /// Stable names of what exactly is wrong, where the library has them.
    fn reasons(&self) -> Vec<&'static str> {
        match self {
            Self::Library(error) => error.codes(),
            Self::Config(error) => vec![error.code()],
            Self::Allow(error) => vec![error.code()],
            Self::Setting(error) => vec![error.code()],
            Self::Usage(error) => error.reason().into_iter().collect(),
            Self::Install(error) => vec![error.code()],
            Self::Table(error) => error.codes(),
            Self::Pool(error) => vec![error.code()],
            Self::Share(ShareError::Master(error)) => error.codes(),
            Self::Share(error) => vec![error.code()],
            Self::KnownHosts(error) => vec![error.code()],
            Self::Chart(error) => vec![error.code()],
            _ => Vec::new(),
        }
    }

    /// Stable name of what is wrong, of several things the first.
    pub(crate) fn reason(&self) -> &'static str {
        self.reasons()
            .first()
            .copied()
            .unwrap_or(self.code().kind())
    }
}

impl Failure {
    /// Findings, each with what to do, where the library has them.
    fn findings(&self) -> Vec<Finding> {
        match self {
            Self::Library(error) | Self::Share(ShareError::Master(error)) => error.findings(),
            _ => Vec::new(),
        }
    }
}

/// An error in JSON.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorJson {
    code: u8,
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
    text: String,
}
