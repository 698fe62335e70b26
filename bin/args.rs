//! Command line: commands, arguments and flags.

/// `hook`.
mod hook;
/// Flags that ask for an identity.
mod identity;
/// `pool`.
mod pool;
/// `server`.
mod server;
/// `share`.
mod share;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread::available_parallelism;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::exit::Usage;
use crate::explain::CodeWord;
use crate::flags;
use crate::output::Look;

pub(crate) use hook::{
    AllPlaces, HookCommand, InstallCommand, InstallDefault, LibvirtCall, Otherwise, Style,
    UninstallCommand, UnknownChoice,
};
pub(crate) use identity::{IdentityArgs, KnownHostsArgs, TableArgs};
pub(crate) use pool::PoolCommand;
pub(crate) use server::{AddArgs, SelectArgs, ServerCommand};
pub(crate) use share::{
    ExtractArgs, ImageArgs, SavingsArgs, ServeArgs, ServerDiskArgs, ShareCommand, SnippetArgs,
    ThinArgs,
};

/// Path of the configuration unless `--config` says otherwise.
pub(crate) const CONFIG: &str = "/etc/osgraft/config.toml";

/// Exit codes, and what goes for several children and for JSON.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done, or already so
  1  an error of osgraft or of the host (I/O, no space, missing tool)
  2  usage or configuration
  3  this guest cannot be prepared; nothing was changed (where an interrupted edit was finished
     or an image repaired before, the error says so)
  4  no server fits, or a pool of addresses is full; nothing was changed
  5  the image was refused by the gate; nothing was opened
  6  the image is in use
  7  the registry cannot be reached or read
  8  verify: the graft, or a release, is missing or differs

With several children, the code is that of the first that failed; the others are done all the same.

With --json, standard output holds one JSON document, or one line of JSON for each child in the
order given, and nothing else; each has a \"format_version\", 1 for this form. An error is JSON there too, {\"error\":{\"code\",\"kind\",\"text\"}}
with \"child\" beside it where it concerns one; its line on standard error stays.";

/// Prepares VM disks on the hypervisor, before boot: grafts a shared OS into a qcow2 child.
#[derive(Debug, Parser)]
#[command(name = "osgraft", version, after_long_help = EXIT_CODES, max_term_width = 100)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The command line as it was given, and a flag in it that its command has no use for.
pub(crate) fn parse() -> Result<(Args, Option<Usage>), clap::Error> {
    // Hiding flags takes longer than parsing, and only shows in what is printed.
    let mut plain = Args::command();
    let matches = match plain.try_get_matches_from_mut(std::env::args_os()) {
        Ok(matches) => matches,
        Err(_) => command().try_get_matches()?,
    };
    let stray = flags::stray(&plain, &matches);
    Ok((Args::from_arg_matches(&matches)?, stray))
}

/// The command line's description, in which each command shows the flags that it has a use for.
pub(crate) fn command() -> clap::Command {
    flags::hide_useless(Args::command())
}

/// Flags that every command takes.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Common {
    /// Print JSON on standard output, and nothing else there
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Editor to use
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        default_value = "auto",
        hide_default_value = true
    )]
    pub(crate) editor: Editor,
    /// The configuration [default: /etc/osgraft/config.toml, which may be missing]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// The one backing file to accept [default: images.masters, else the child's own folder]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) master: Option<PathBuf>,
    /// The registry of OS servers: a file, or etcd://HOST:PORT/PREFIX [default: [registry] of the configuration]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) registry: Option<OsString>,
    /// The passphrase of encrypted guests (LUKS): the first line of this file
    #[cfg(feature = "appliance")]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) key_file: Option<PathBuf>,
    /// Keep and take no edits of identical children
    #[arg(long, global = true)]
    pub(crate) no_cache: bool,
    /// Print errors only, and what was asked to be shown
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Tell more: the time of each step, and what is behind an error; twice: each stage as it begins
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

impl Common {
    /// Flags of the output.
    pub(crate) fn look(&self) -> Look {
        Look {
            json: self.json,
            quiet: self.quiet,
            verbose: self.verbose,
        }
    }
}

/// Ways into a guest.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Editor {
    /// Whichever can open it, the fastest first
    Auto,
    /// In this process: ext2, ext3, ext4
    Ext4,
    /// libguestfs, any file system: a minute, or milliseconds for a child whose edit is cached
    Appliance,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make children: empty overlays on a master
    Clone(CloneArgs),
    /// Give children their share: choose a server, edit, commit
    Prepare(PrepareArgs),
    /// Show what prepare would change, and change nothing
    Plan(PlanArgs),
    /// Tell whether a child's graft is in place and intact (exit code 8 when not)
    Verify {
        /// The child's disk
        #[arg(value_hint = ValueHint::FilePath)]
        child: PathBuf,
    },
    /// Take children's grafts back, exactly
    Revert {
        /// The children's disks
        #[arg(required = true, value_name = "CHILD", value_hint = ValueHint::FilePath)]
        children: Vec<PathBuf>,
        /// Go on where a person has to decide: edit an image that is the backing file of others,
        /// whose disks break; remove an fstab entry or a unit that the guest edited, keep what stands
        /// in a link's place under another name, pass over a receipt that cannot be used
        #[arg(long)]
        force: bool,
        /// Name that the child is known by, whose addresses of pools are released
        /// [default: its absolute path]
        #[arg(long, value_name = "ID")]
        identity: Option<String>,
    },
    /// Tell what a child or a master holds
    Inspect {
        /// The disk, a child's or a master's
        #[arg(value_hint = ValueHint::FilePath)]
        image: PathBuf,
    },
    /// Finish or drop an edit that was interrupted (prepare does it by itself)
    Recover {
        /// The child's disk
        #[arg(value_hint = ValueHint::FilePath)]
        child: PathBuf,
    },
    /// Tell what this host can do, and how to fix what it cannot (exit code 1 when something is bad)
    Doctor(DoctorArgs),
    /// Prepare a virtual machine as it starts: what the hypervisor calls
    #[command(subcommand, arg_required_else_help = true)]
    Hook(HookCommand),
    /// Show and change the registry of OS servers
    #[command(subcommand, arg_required_else_help = true)]
    Server(ServerCommand),
    /// Show, reserve and release addresses of pools
    #[command(subcommand, arg_required_else_help = true)]
    Pool(PoolCommand),
    /// Make, check, show and remove releases: the trees that OS servers export
    #[command(subcommand, arg_required_else_help = true)]
    Share(ShareCommand),
    /// Print the credential by which a machine's guest mounts its share without an edit (systemd 254
    /// and later), for a disk that cannot be opened
    Credentials(CredentialsArgs),
    /// Tell what a code of a finding or an error means, and what to do about it
    Explain {
        /// The code, as a report or an error has it [default: list all of them]
        #[arg(value_parser = CodeWord::Any, hide_possible_values = true)]
        code: Option<String>,
    },
    /// Print a shell's completion script
    Completions {
        /// Shell to complete in
        shell: Shell,
    },
    /// Write the manual pages
    Man {
        /// The folder for them, which must exist
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct CredentialsArgs {
    /// The machine's disk, a child's or a master's
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) child: PathBuf,
    /// Take this server instead of choosing one
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
    /// Name that the child is known by when a server is chosen, such as its UUID
    /// [default: its absolute path]
    #[arg(long, value_name = "ID")]
    pub(crate) identity: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CloneArgs {
    /// The master image, which is never written to
    #[arg(value_name = "MASTER", value_hint = ValueHint::FilePath)]
    pub(crate) original: PathBuf,
    /// The children to make; with --count, an n in braces in a name stands for the number, in
    /// --hostname too
    #[arg(required_unless_present = "table", value_name = "CHILD", value_hint = ValueHint::FilePath)]
    pub(crate) children: Vec<PathBuf>,
    /// Make this many, numbered from 1
    #[arg(long, value_name = "N", conflicts_with = "table", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) count: Option<u32>,
    /// Prepare each child as it is made
    #[arg(long)]
    pub(crate) prepare: bool,
    #[command(flatten)]
    pub(crate) table: TableArgs,
    #[command(flatten)]
    pub(crate) known_hosts: KnownHostsArgs,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    /// Let every child have this server, and keep it at later prepares; auto: choose one
    #[arg(long, value_name = "NAME", requires = "prepare")]
    pub(crate) server: Option<String>,
    /// Prepare a guest although preflight finds this in it; see “osgraft explain CODE”
    #[arg(long, value_name = "CODE", requires = "prepare", value_parser = CodeWord::Allowable, hide_possible_values = true)]
    pub(crate) allow: Vec<String>,
    /// Unpack the initramfs where a module that the mount needs is not in the child's own tree
    #[arg(long, requires = "prepare")]
    pub(crate) deep: bool,
    /// Name the master by its path from the child's folder, so that both can be moved together
    #[arg(long)]
    pub(crate) relative: bool,
    /// The master's format, which is never guessed
    #[arg(long, value_name = "FORMAT", default_value = "qcow2")]
    pub(crate) master_format: Format,
    #[command(flatten)]
    pub(crate) asked: IdentityArgs,
    /// First address, with its prefix length: the first child gets it, the next ones those after
    /// it, the gateway's passed over
    #[arg(
        long,
        value_name = "CIDR",
        help_heading = "Identity",
        requires = "prepare",
        conflicts_with = "table"
    )]
    pub(crate) address_from: Option<String>,
}

/// A master's format.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    Qcow2,
    Raw,
    Vmdk,
}

/// Number of children that are worked on at once.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Jobs {
    /// Work on this many children at once [default: one for each core]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

impl Jobs {
    /// Number for so many children. One child needs no thread beside the first.
    pub(crate) fn number(self, children: usize) -> NonZeroUsize {
        if children <= 1 {
            return NonZeroUsize::MIN;
        }
        let stated = self.jobs.and_then(|jobs| NonZeroUsize::new(jobs.into()));
        stated
            .or_else(|| available_parallelism().ok())
            .unwrap_or(NonZeroUsize::MIN)
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct PrepareArgs {
    /// The children's disks
    #[arg(required_unless_present = "table", value_name = "CHILD", value_hint = ValueHint::FilePath)]
    pub(crate) children: Vec<PathBuf>,
    /// Show what would change, and change nothing (as plan does)
    #[arg(long, short = 'n', conflicts_with = "known_hosts")]
    pub(crate) dry_run: bool,
    /// Edit an image although it is the backing file of others, whose disks break
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) table: TableArgs,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    #[command(flatten)]
    pub(crate) wish: Wish,
    #[command(flatten)]
    pub(crate) known_hosts: KnownHostsArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PlanArgs {
    /// The child's disk
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) child: PathBuf,
    #[command(flatten)]
    pub(crate) wish: Wish,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// The folder for images [default: the first of images.masters, else the current one]
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) folder: Option<PathBuf>,
    /// Start the libguestfs appliance too, which takes up to a minute or two
    #[arg(long)]
    pub(crate) deep: bool,
}

/// Wishes for a child, beside what the configuration says.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Wish {
    /// Take this server instead of choosing one, and keep it at later prepares; auto: choose one
    /// anew [default: the one kept so, else choose one]
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
    /// Name that the child is known by when a server is chosen, such as its UUID
    /// [default: its absolute path]
    #[arg(long, value_name = "ID")]
    pub(crate) identity: Option<String>,
    /// Prepare a guest although preflight finds this in it, and keep it as a warning; may be given
    /// several times, see “osgraft explain CODE” [default: preflight.allow of the configuration]
    #[arg(long, value_name = "CODE", value_parser = CodeWord::Allowable, hide_possible_values = true)]
    pub(crate) allow: Vec<String>,
    /// Unpack the initramfs where a module that the mount needs is not in the child's own tree
    /// [default: preflight.deep of the configuration]
    #[arg(long)]
    pub(crate) deep: bool,
    /// Boot this machine with the kernel of its server's release, by pointing its link in boot.folder
    /// there [default: the disk's name without its ending, where boot.kernel is “direct”]
    #[arg(long, value_name = "MACHINE")]
    pub(crate) boot: Option<String>,
    #[command(flatten)]
    pub(crate) asked: IdentityArgs,
}
