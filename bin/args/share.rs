//! Commands on shared trees.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum, ValueHint};
use osgraft::image::MasterFormat;
use osgraft::share::extract::Limits;
use osgraft::share::serve::NfsServer;
use osgraft::share::thin::{Thinning, Transport};

use super::IdentityArgs;

use crate::explain::CodeWord;
use osgraft::share::disk_image::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum ShareCommand {
    /// Show which kernel each machine boots, or point a machine at the kernel of a release
    ///
    /// prepare and the hook do that by themselves for a machine whose description loads its kernel from
    /// boot.folder.
    Boot {
        /// The machine [default: show all of them]
        machine: Option<String>,
        /// Release whose kernel it boots at its next start, of those in boot.releases
        #[arg(
            long,
            value_name = "R",
            requires = "machine",
            conflicts_with = "forget"
        )]
        release: Option<String>,
        /// Remove its link
        #[arg(long, requires = "machine")]
        forget: bool,
    },
    /// Print the lines that have a machine's kernel loaded by its hypervisor, for its description
    BootSnippet {
        /// The machine
        machine: String,
        /// Disk whose own boot loader tells the kernel's command line: the machine's, or its master
        #[arg(value_hint = ValueHint::FilePath, required_unless_present = "cmdline")]
        disk: Option<PathBuf>,
        /// The kernel's command line
        #[arg(long, value_name = "WORDS", conflicts_with = "disk")]
        cmdline: Option<String>,
    },
    /// Make a release: extract parts of a master's tree, with the kernels to boot
    Extract(Box<ExtractArgs>),
    /// Make a thin copy of a master: without the kernel modules that the share brings
    Thin(Box<ThinArgs>),
    /// Make a read-only disk image of a release, the same bytes each time
    Image(ImageArgs),
    /// Print the devices by which a machine has a server of disk or virtiofs: libvirt's XML, QEMU's
    /// arguments
    Snippet(SnippetArgs),
    /// Tell how much room many children take: as full copies, as overlays, and with a share
    Savings(Box<SavingsArgs>),
    /// Show the releases of a folder
    List {
        /// The folder that holds the releases
        #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Print or install what an NFS server needs to export the releases
    Serve(ServeArgs),
    /// Make the disk of an OS server: a child of a master that exports a release by NFS
    ///
    /// The release lies on a read-only disk of its own, which the server mounts. The server gets a new
    /// machine-id and new SSH host keys, unless the flags say otherwise.
    ServerDisk(Box<ServerDiskArgs>),
    /// Hold a release against its manifest, every byte of it (exit code 8 when it differs)
    Verify {
        /// The release's folder
        #[arg(value_name = "OUT/RELEASE", value_hint = ValueHint::DirPath)]
        release: PathBuf,
    },
    /// Remove a release that nothing uses
    Remove {
        /// The release's folder
        #[arg(value_name = "OUT/RELEASE", value_hint = ValueHint::DirPath)]
        release: PathBuf,
        /// Remove it although a server of the registry serves it
        #[arg(long)]
        force: bool,
    },
}

/// NFS servers whose configuration is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Nfs {
    /// The kernel's: /etc/exports.d/osgraft.exports
    Kernel,
    /// nfs-ganesha: /etc/ganesha/osgraft.conf
    Ganesha,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The folder that holds the releases
    #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
    /// The NFS server
    #[arg(long, value_name = "SERVER")]
    pub(crate) nfs: Nfs,
    /// Host, address or network that may mount it; may be given several times [default: everybody]
    #[arg(long, value_name = "CLIENT")]
    pub(crate) client: Vec<String>,
    /// Print the configuration, which is the default
    #[arg(long, conflicts_with = "install")]
    print: bool,
    /// Write it into the server's configuration; the server is not restarted
    #[arg(long)]
    pub(crate) install: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServerDiskArgs {
    /// The master, which has an NFS server installed; it does not change
    #[arg(value_name = "MASTER", value_hint = ValueHint::FilePath)]
    pub(crate) original: PathBuf,
    /// The server's disk, which must not exist: an overlay on the master
    #[arg(value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,
    /// The release's folder
    #[arg(long, value_name = "OUT/RELEASE", value_hint = ValueHint::DirPath)]
    pub(crate) release: PathBuf,
    /// The NFS server
    #[arg(long, value_name = "SERVER", default_value = "kernel")]
    pub(crate) nfs: Nfs,
    /// Format of the release's disk
    #[arg(long, value_name = "FORMAT", default_value = "erofs")]
    pub(crate) format: Format,
    /// File of the release's disk; several servers can have the same
    /// [default: share.erofs or share.squashfs in the release]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) data_disk: Option<PathBuf>,
    /// Host, address or network that may mount it; may be given several times [default: everybody]
    #[arg(long, value_name = "CLIENT")]
    pub(crate) client: Vec<String>,
    /// Add it to the registry under this name, down, with what the release tells
    #[arg(long, value_name = "NAME")]
    pub(crate) add: Option<String>,
    /// Host name or address that children reach it by [default: its first address]
    #[arg(long, value_name = "HOST", requires = "add")]
    pub(crate) export_address: Option<String>,
    /// Add it active: it is up before the next child is prepared
    #[arg(long, requires = "add")]
    pub(crate) active: bool,
    /// Go on although this is found; see “osgraft explain CODE”
    #[arg(long, value_name = "CODE", value_parser = CodeWord::Allowable, hide_possible_values = true)]
    pub(crate) allow: Vec<String>,
    #[command(flatten)]
    pub(crate) asked: IdentityArgs,
}

impl Nfs {
    /// The same as the library names it.
    pub(crate) fn server(self) -> NfsServer {
        match self {
            Self::Kernel => NfsServer::Kernel,
            Self::Ganesha => NfsServer::Ganesha,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct ThinArgs {
    /// The disk, a master's or a child's; it does not change
    #[arg(value_name = "MASTER", value_hint = ValueHint::FilePath)]
    pub(crate) original: PathBuf,
    /// The new disk, which must not exist
    #[arg(value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,
    /// Way in which the share will come; may be given several times. A kernel that lacks its modules is
    /// refused [default: nfs, and what the others need where a kernel has it]
    #[arg(long, value_name = "KIND", value_parser = ["nfs", "erofs", "squashfs", "virtiofs"])]
    transport: Vec<String>,
    /// Keep this module too, and what it needs; may be given several times
    #[arg(long, value_name = "MODULE")]
    pub(crate) keep: Vec<String>,
    /// Format of the new disk
    #[arg(long, value_name = "FORMAT", value_parser = ["qcow2", "raw"], default_value = "qcow2")]
    format: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SavingsArgs {
    /// The master, as it is without a share
    #[arg(value_name = "MASTER", value_hint = ValueHint::FilePath)]
    pub(crate) original: PathBuf,
    /// The number of children
    #[arg(long, value_name = "N")]
    pub(crate) children: u64,
    /// A thin copy of the master
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) thin: Option<PathBuf>,
    /// A prepared child; may be given several times: the mean counts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) child: Vec<PathBuf>,
    /// A release, or another folder that is exported
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) release: Option<PathBuf>,
    /// A release as a disk image
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) image: Option<PathBuf>,
    /// A child in which a package was updated: what it grew by is in each child without a share
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) after_update: Option<PathBuf>,
    /// Compare with a compressed master too, which is made by qemu-img, measured and removed
    #[arg(long)]
    pub(crate) compressed: bool,
    /// Draw the figures into this file, as SVG
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) svg: Option<PathBuf>,
}

impl ThinArgs {
    /// The modules that are to stay.
    pub(crate) fn thinning(&self) -> Thinning {
        let named = |name: &String| Transport::named(name);
        let asked: Vec<_> = self.transport.iter().filter_map(named).collect();
        let thinning = match asked.is_empty() {
            true => Thinning::new(&[Transport::Nfs]).where_there(&Transport::ALL),
            false => Thinning::new(&asked),
        };
        thinning.keep(self.keep.clone())
    }

    /// The format of the new disk.
    pub(crate) fn format(&self) -> MasterFormat {
        MasterFormat::stated(&self.format).unwrap_or_default()
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExtractArgs {
    /// The disk, a master's or a child's
    #[arg(value_name = "MASTER", value_hint = ValueHint::FilePath)]
    pub(crate) original: PathBuf,
    /// The folder that holds the releases, which must exist
    #[arg(value_name = "OUT", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// Name of the new release, as in 2026-11-27
    #[arg(long, value_name = "NAME")]
    pub(crate) release: String,
    /// Part of the guest's tree to extract, as in lib/modules; may be given several times
    #[arg(long, value_name = "PATH", required = true)]
    pub(crate) component: Vec<String>,
    /// Require the image and the initramfs of a kernel whose modules are extracted
    /// [default: take those that are there]
    #[arg(long, conflicts_with = "no_boot")]
    pub(crate) boot: bool,
    /// Extract no kernel image and no initramfs
    #[arg(long)]
    pub(crate) no_boot: bool,
    /// Extract although this is found; see “osgraft explain CODE”
    #[arg(long, value_name = "CODE", value_parser = CodeWord::Allowable, hide_possible_values = true)]
    pub(crate) allow: Vec<String>,
    /// Most files, directories and links [default: 500000]
    #[arg(long, value_name = "N")]
    max_files: Option<u64>,
    /// Most bytes of content [default: 64 GiB]
    #[arg(long, value_name = "N")]
    max_bytes: Option<u64>,
}

impl ExtractArgs {
    /// Bounds of the extraction.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.files = self.max_files.unwrap_or(limits.files);
        limits.bytes = self.max_bytes.unwrap_or(limits.bytes);
        limits
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImageArgs {
    /// The release, or the folder of any tree
    #[arg(value_name = "RELEASE", value_hint = ValueHint::DirPath)]
    pub(crate) from: PathBuf,
    /// The image [default: share.erofs or share.squashfs in the release]
    #[arg(value_name = "IMAGE", value_hint = ValueHint::FilePath)]
    pub(crate) image: Option<PathBuf>,
    /// The format: erofs is known by its UUID, squashfs is smaller
    #[arg(long, value_name = "FORMAT", default_value = "erofs")]
    pub(crate) format: Format,
    /// Compression: lz4hc, lz4, zstd, none (erofs); zstd, lz4, gzip, xz, none (squashfs)
    /// [default: lz4hc, zstd]
    #[arg(long, value_name = "NAME")]
    pub(crate) compression: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SnippetArgs {
    /// The server's name in the registry
    pub(crate) server: String,
    /// Image of the disk, or tree of virtiofs, that the machine gets
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) source: PathBuf,
    /// Memory of the machine, which virtiofs shares with it
    #[arg(long, value_name = "SIZE", default_value = "1G")]
    pub(crate) memory: String,
}
