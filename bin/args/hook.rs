//! Commands of the hook.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum, ValueHint};

#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Answer libvirt's qemu hook, with the domain's XML on standard input (exit code 0: the
    /// domain may start; 1: it may not)
    Libvirt(LibvirtCall),
    /// Answer Proxmox as a VM's hookscript (exit code 0: the VM may start; 1: it may not)
    Proxmox {
        /// The VM's number
        vmid: u32,
        /// Phase of the VM; osgraft acts on pre-start alone
        phase: String,
        #[command(flatten)]
        otherwise: Otherwise,
    },
    /// Have a hypervisor call osgraft: what is there already is kept
    #[command(subcommand)]
    Install(InstallCommand),
    /// Write each hook anew that calls this program, as after an upgrade; choices stay
    Refresh(AllPlaces),
    /// Take that back: what was there before is as it was
    #[command(subcommand)]
    Uninstall(UninstallCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum InstallCommand {
    /// In /etc/libvirt/hooks
    Libvirt {
        #[command(flatten)]
        place: LibvirtPlace,
        #[command(flatten)]
        default: InstallDefault,
        /// A file in qemu.d, or qemu itself for a libvirt before 6.5.0 [default: what the installed
        /// version takes]
        #[arg(long, value_name = "STYLE")]
        style: Option<Style>,
    },
    /// As a snippet, which VMs are told of by “qm set”
    Proxmox {
        #[command(flatten)]
        place: ProxmoxPlace,
        #[command(flatten)]
        default: InstallDefault,
    },
}

/// Fate of a machine of which nothing is known: no configuration can be used, none was
/// kept, and its own description says nothing.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct InstallDefault {
    /// A machine does not start where nothing tells whether it takes part: no configuration can be
    /// used, none was kept, its description says nothing [default, unless chosen before]
    #[arg(long)]
    pub(crate) default_refuse: bool,
    /// Such a machine starts as it is
    #[arg(long, conflicts_with = "default_refuse")]
    pub(crate) default_start: bool,
}

/// Choices for when the configuration cannot be used.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Otherwise {
    /// Fate of a machine where nothing tells whether it takes part
    #[arg(long, value_name = "CHOICE", default_value = "refuse")]
    pub(crate) unknown: UnknownChoice,
    /// Folder in which the last sound configuration is kept [default: /var/lib/osgraft/hook, for root]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) kept: Option<PathBuf>,
    /// Answer by exit code 40 (it may start) or 41 (it may not), as the installed script wants it:
    /// no program that is broken gives either
    #[arg(long)]
    pub(crate) in_script: bool,
}

/// Fate of a machine where nothing tells whether it takes part.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum UnknownChoice {
    /// It does not start
    Refuse,
    /// It starts as it is
    Start,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UninstallCommand {
    /// From /etc/libvirt/hooks
    Libvirt(LibvirtPlace),
    /// From the snippets
    Proxmox(ProxmoxPlace),
    /// From libvirt and from every storage of Proxmox, as osgraft is removed; a hook that calls
    /// another program which is there stays. VMs that still name
    /// the snippet get one that lets them start
    All(AllPlaces),
}

/// Folder of libvirt's hooks.
#[derive(Debug, clap::Args)]
pub(crate) struct LibvirtPlace {
    /// The root of the host whose /etc/libvirt/hooks is meant
    #[arg(long, value_name = "DIR", default_value = "/", value_hint = ValueHint::DirPath)]
    pub(crate) root: PathBuf,
}

/// Folder of Proxmox' snippets.
#[derive(Debug, clap::Args)]
pub(crate) struct ProxmoxPlace {
    /// The folder of a storage's snippets
    #[arg(
        long,
        value_name = "DIR",
        default_value = "/var/lib/vz/snippets",
        value_hint = ValueHint::DirPath
    )]
    pub(crate) snippets: PathBuf,
}

/// Places of all hooks.
#[derive(Debug, clap::Args)]
pub(crate) struct AllPlaces {
    #[command(flatten)]
    pub(crate) libvirt: LibvirtPlace,
    /// The configuration of Proxmox' storages, whose snippets are looked through
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/etc/pve/storage.cfg",
        value_hint = ValueHint::FilePath
    )]
    pub(crate) storage: PathBuf,
}

/// Way in which libvirt is told of osgraft.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Style {
    /// A file in qemu.d
    Folder,
    /// qemu itself, which calls the hook that was there before it
    Dispatcher,
}

/// The arguments that libvirt gives its hook.
#[derive(Debug, clap::Args)]
pub(crate) struct LibvirtCall {
    /// The domain's name
    #[arg(allow_hyphen_values = true)]
    pub(crate) name: String,
    /// Operation on it; all but prepare, restore, migrate and the end of those is none of
    /// osgraft's business
    #[arg(value_name = "OP", allow_hyphen_values = true)]
    pub(crate) operation: String,
    /// Its beginning or its end
    #[arg(value_name = "SUBOP", allow_hyphen_values = true)]
    pub(crate) sub_operation: String,
    /// More, for some operations
    #[arg(
        default_value = "-",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub(crate) extra: String,
    /// Folder in which restores and migrations are remembered until their start
    /// [default: /run/osgraft/hook]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) state: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) otherwise: Otherwise,
}
