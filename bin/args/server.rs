//! Commands on the registry.

use std::ffi::OsString;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use osgraft::registry::{Component, KernelRelease, Key, MAX_WEIGHT, Setting, State};

#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {
    /// Show the OS servers
    List,
    /// Add an OS server
    Add(Box<AddArgs>),
    /// Remove an OS server
    Remove {
        /// Its name
        name: String,
    },
    /// Change keys of an OS server, all in one step
    Set {
        /// Its name
        name: String,
        /// Keys to set, as in state=draining or kernels=6.1.0-37-amd64,6.1.0-38-amd64
        #[arg(value_name = "KEY=VALUE", required_unless_present = "unset")]
        settings: Vec<Setting>,
        /// Take a key away, so that the server has its default again
        #[arg(long, value_name = "KEY")]
        unset: Vec<Key>,
    },
    /// Tell which OS server a guest would be given, and why
    Select(SelectArgs),
    /// Copy OS servers into another registry, which keeps those that it has besides
    Copy {
        /// Registry to read: a file, or etcd://HOST:PORT/PREFIX
        from: OsString,
        /// Registry to add to
        to: OsString,
    },
    /// Tell whether the registry is valid (asks no OS server)
    Check,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("source").required(true))]
pub(crate) struct AddArgs {
    /// Its name: letters, digits, “.”, “_”, “-”
    pub(crate) name: String,
    /// Source that guests mount: an NFS export, HOST:/PATH
    #[arg(long, value_name = "HOST:/PATH", group = "source")]
    pub(crate) export: Option<String>,
    /// Source that guests mount: a virtiofs device, by its tag
    #[arg(long, value_name = "TAG", group = "source")]
    pub(crate) virtiofs: Option<String>,
    /// Source that guests mount: a disk, as LABEL=…, UUID=… or /dev/…
    #[arg(long, value_name = "DISK", group = "source", requires = "fstype")]
    pub(crate) disk: Option<String>,
    /// The file system on the disk
    #[arg(long, value_name = "TYPE", requires = "disk")]
    pub(crate) fstype: Option<String>,
    #[command(flatten)]
    pub(crate) guests: Guests,
    /// Kernel releases whose modules it serves [default: unknown, which warns]
    #[arg(long, value_name = "RELEASE", value_delimiter = ',')]
    pub(crate) kernels: Option<Vec<String>>,
    /// Trees below the export that it serves, as lib/modules [default: unknown, which warns]
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    pub(crate) components: Option<Vec<String>>,
    /// State: draining takes children where no active server fits, down takes none
    #[arg(long, default_value = "active", value_parser = states())]
    pub(crate) state: State,
    /// Its share of new children
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(..=i64::from(MAX_WEIGHT)))]
    pub(crate) weight: u32,
    /// The patch level of its tree
    #[arg(long, value_name = "LEVEL")]
    pub(crate) release: Option<String>,
    /// Mount options, merged over the share's
    #[arg(long, value_name = "OPTIONS", allow_hyphen_values = true)]
    pub(crate) options: Option<String>,
}

/// Guests, by their os-release and architecture.
#[derive(Debug, clap::Args)]
pub(crate) struct Guests {
    /// ID of os-release, as debian
    #[arg(long, value_name = "ID")]
    pub(crate) os: Option<String>,
    /// VERSION_ID of os-release, as 12
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// Architecture as “uname -m” says it, as x86_64
    #[arg(long, value_name = "ARCH")]
    pub(crate) arch: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SelectArgs {
    /// Name that the child is known by: its absolute path, its machine's UUID under the hook, or what
    /// prepare is given as --identity
    pub(crate) identity: String,
    #[command(flatten)]
    pub(crate) guest: Guests,
    /// Kernel releases that the guest may boot
    #[arg(long, value_name = "RELEASE", value_delimiter = ',')]
    pub(crate) kernels: Vec<KernelRelease>,
    /// Trees that it shares, as lib/modules
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    pub(crate) components: Vec<Component>,
    /// Server to ask about: would it do for this guest
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
}

fn states() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::ALL.map(State::as_str)).try_map(|state| state.parse::<State>())
}
