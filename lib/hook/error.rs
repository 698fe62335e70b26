//! Reasons for which a machine that takes part cannot be prepared.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::libvirt::{MarkerError, XmlError};
use crate::error::Error;
use crate::host::Cause;
use crate::identity::{AskError, Mac};
use crate::pool::PoolError;
use crate::share::boot::BootError;

/// Reason for which a machine that takes part cannot be prepared. One line, which the hypervisor shows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HookError {
    /// The domain XML cannot be judged.
    #[error("the domain XML: {0}")]
    Xml(#[from] XmlError),
    /// The name that the hook was called with is not the description's.
    #[error(
        "the hook was called for “{called}”, and given the description of “{described}”: call it as the hypervisor does"
    )]
    OtherName {
        /// Name that the hook was called with.
        called: String,
        /// Statement of the description.
        described: String,
    },
    /// The hypervisor did not hand over the description.
    #[error(
        "{vm}: its description cannot be read from standard input: {}; call this as the hypervisor does",
        Cause::of(.source)
    )]
    Input {
        /// The machine.
        vm: String,
        /// The host's error.
        source: io::Error,
    },
    /// Nothing tells that the machine goes on from a saved memory, or that it does not.
    #[error("{vm}: cannot tell a start from a restore: {}; fix that and start it again", Cause::of(.source))]
    Marker {
        /// The machine.
        vm: String,
        /// The host's error.
        source: io::Error,
    },
    /// That the machine goes on from a saved memory cannot be remembered.
    #[error("{vm}: cannot remember that it goes on, restored or migrated: {source}")]
    Unmarked {
        /// The machine.
        vm: String,
        /// Cause.
        source: MarkerError,
    },
    /// The configuration lacks what preparing needs, or it cannot be used.
    #[error("{vm}: {source}")]
    SetUp {
        /// The machine.
        vm: String,
        /// Cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The description's own wish for osgraft is none.
    #[error("{vm}: its <osgraft> metadata: {attribute}=“{value}” is not known: {expected}")]
    Metadata {
        /// The machine.
        vm: String,
        /// The attribute.
        attribute: String,
        /// Its value.
        value: String,
        /// Values that are known.
        expected: &'static str,
    },
    /// The description has an element of osgraft's in a version that is not known.
    #[error(
        "{vm}: its metadata has <{element}> of “{namespace}”, which this osgraft does not know: write <osgraft> of “{}”, or install the osgraft that knows it",
        super::libvirt::NAMESPACE
    )]
    Version {
        /// The machine.
        vm: String,
        /// The element's name.
        element: String,
        /// Its namespace.
        namespace: String,
    },
    /// It is not known whether the machine takes part, and the operator chose that such machines
    /// do not start.
    #[error(
        "{source}; whether {vm} takes part is not known, so it does not start (osgraft hook install … --default-start lets such machines start)"
    )]
    Unknown {
        /// The machine.
        vm: String,
        /// Reason why it is not known.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A word of the identity that is asked for makes no sense.
    #[error("{vm}: {place}: {source}")]
    Identity {
        /// The machine.
        vm: String,
        /// Place of the word in the description.
        place: String,
        /// Cause.
        source: AskError,
    },
    /// The description asks for an identity of a NIC that the machine does not have.
    #[error(
        "{vm}: its <osgraft> metadata: no NIC of it has the hardware address {mac}: correct it"
    )]
    NoNic {
        /// The machine.
        vm: String,
        /// The hardware address.
        mac: Mac,
    },
    /// A pool gives the machine no address.
    #[error("{vm}: {source}")]
    Pool {
        /// The machine.
        vm: String,
        /// Cause.
        source: PoolError,
    },
    /// There is no hard disk in the description.
    #[error("{vm} has no hard disk to prepare: leave it out of hook.vm, or give it one")]
    NoDisk {
        /// The machine.
        vm: String,
    },
    /// Several hard disks, and nothing says which one the machine boots from.
    #[error("{vm} has several disks and does not say which one it boots from: set its boot order")]
    WhichDisk {
        /// The machine.
        vm: String,
    },
    /// The machine boots from a device that is no disk image.
    #[error(
        "{vm} boots from {device}, so what would be prepared is not what runs: give its disk the first place in the boot order, or leave it out of hook.vm"
    )]
    BootsElsewhere {
        /// The machine.
        vm: String,
        /// The device.
        device: String,
    },
    /// The kernel command line does not tell which disk holds the root.
    #[error("{vm}: its kernel command line says {said}, and {why}")]
    KernelRoot {
        /// The machine.
        vm: String,
        /// Text of the command line.
        said: String,
        /// Reason that this does not tell, and what to do.
        why: &'static str,
    },
    /// The kernel that its description loads is not the one of its release.
    #[error(
        "{vm}: its description {why}, though kernels of releases are kept in {folder}: put into it what “osgraft share boot-snippet” prints"
    )]
    DirectBoot {
        /// The machine.
        vm: String,
        /// The folder of the kernels.
        folder: String,
        /// The difference. Reads after “its description”.
        why: &'static str,
    },
    /// The kernel of its release is not in place.
    #[error("{vm}: {source}")]
    Kernel {
        /// The machine.
        vm: String,
        /// Cause.
        source: BootError,
    },
    /// A file that describes the machine cannot be read.
    #[error("{vm}: cannot read {}: {}; see hook.proxmox in the configuration", .path.display(), Cause::at(.path, .source))]
    Unreadable {
        /// The machine.
        vm: String,
        /// The file.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// The root disk cannot be prepared.
    #[error("{vm}: its disk {disk} {refusal}")]
    Disk {
        /// The machine.
        vm: String,
        /// The disk: its target, such as `vda`, or its key, such as `scsi0`.
        disk: String,
        /// Cause.
        refusal: DiskRefusal,
    },
    /// The configuration does not say which masters a child may have, and the hook has no default
    /// for that: a child's own folder may hold other guests' disks.
    #[error(
        "{vm}: no masters are allowed: set images.masters in the configuration, which has no default for the hook"
    )]
    NoMasters {
        /// The machine.
        vm: String,
    },
    /// The description states another backing chain than the image's header: the hypervisor would
    /// show the guest another disk than the one that was prepared.
    #[error("{vm}: its description says that {} lies on {stated}, but the image says {found}: correct one of them", .disk.display())]
    Chain {
        /// The machine.
        vm: String,
        /// The disk.
        disk: PathBuf,
        /// Statement of the description.
        stated: String,
        /// Statement of the image.
        found: String,
    },
    /// The deadline passed. The disk is the old one or the new one, or holds an edit that the next
    /// osgraft finishes.
    #[error("{vm}: not prepared within {} s: raise hook.deadline_s, or prepare it before it is started", .after.as_secs_f64().ceil())]
    Deadline {
        /// The machine.
        vm: String,
        /// The deadline.
        after: Duration,
    },
    /// The host has no thread for the work.
    #[error("{vm}: no thread could be started: {}; fix that and start it again", Cause::of(.source))]
    Thread {
        /// The machine.
        vm: String,
        /// The host's error.
        source: io::Error,
    },
    /// Preparing it failed.
    #[error("{vm}: {source}")]
    Prepare {
        /// The machine.
        vm: String,
        /// Cause.
        source: Box<Error>,
    },
}

/// Reason for which a machine's root disk cannot be prepared, whatever is in it. Reads after “its disk vda”.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DiskRefusal {
    /// Not a file.
    #[error(
        "is of type “{0}”: only a file can be prepared (type='file', or a volume of a pool of files)"
    )]
    Type(String),
    /// Not qcow2.
    #[error("is “{0}”: only a qcow2 overlay can be prepared")]
    Format(String),
    /// No format is stated, which stands for raw.
    #[error("states no format, which stands for raw: say <driver type='qcow2'/>")]
    NoFormat,
    /// No source.
    #[error("has no <source file=…/> or <source pool=… volume=…/>: name its image")]
    NoSource,
    /// Its source is not an absolute path.
    #[error("is named by “{0}”, which is not an absolute path: name it from the root")]
    Relative(String),
    /// The hypervisor opens a descriptor instead of the file.
    #[error("is handed over as an open file (fdgroup): name the image itself")]
    Descriptor,
    /// libvirt itself lays an overlay on it after the hook, and drops that.
    #[error(
        "is transient: its changes are dropped at every stop, so prepare the image once and leave the machine out of hook.vm"
    )]
    Transient,
    /// The guest cannot write to it.
    #[error("is read-only: a child disk belongs to its guest alone")]
    ReadOnly,
    /// Other guests write to it too.
    #[error("is shared (<shareable/>): a child disk belongs to its guest alone")]
    Shareable,
    /// Its content is encrypted.
    #[error("is encrypted: osgraft holds no keys")]
    Encrypted,
    /// The guest sees a part of the file.
    #[error("shows the guest a slice of its file: only a whole qcow2 file can be prepared")]
    Slice,
    /// Its data lie in another file.
    #[error(
        "keeps its data in another file (<dataStore>): only a self-contained qcow2 can be prepared"
    )]
    DataStore,
    /// A block job copies it elsewhere.
    #[error("is being copied elsewhere (<mirror>): end that job first")]
    Mirror,
    /// Another disk of the machine uses the same file.
    #[error("has the same file as {0}: one of them must go")]
    Twice(String),
    /// The description says that nothing lies behind it.
    #[error(
        "is said to have no backing file (an empty <backingStore/>), so the guest would not see its master: remove that element"
    )]
    NoBacking,
    /// The description names a backing that is no file.
    #[error("is said to lie on something that is no file (backing type “{0}”): masters are files")]
    BackingType(String),
    /// A storage that has no files, or is not known.
    #[error(
        "is on storage “{storage}” ({kind}): only a file on a directory storage can be prepared"
    )]
    Storage {
        /// The storage's name.
        storage: String,
        /// Its type, such as `lvmthin`; or that it is not configured.
        kind: String,
    },
    /// The file of a storage pool cannot be used.
    #[error(
        "is of the storage pool “{pool}”, whose file {file} cannot be used: {why}; correct it with virsh pool-edit"
    )]
    Pool {
        /// The pool.
        pool: String,
        /// libvirt's file that describes it.
        file: String,
        /// Fault that was found.
        why: String,
    },
    /// No file says where a storage pool lies.
    #[error(
        "is of the storage pool “{pool}”, which has no file in {folders}: define the pool, or name libvirt's folder of pools in hook.libvirt.pools"
    )]
    NoPool {
        /// The pool.
        pool: String,
        /// Folders in which its file was looked for.
        folders: String,
    },
    /// A volume's name that does not lead into its storage's folder.
    #[error("is named by “{0}”, which is not a volume that osgraft can find")]
    Volume(String),
}

impl HookError {
    /// A stable name for scripts and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Xml(_) => "xml",
            Self::OtherName { .. } => "other-name",
            Self::Input { .. } => "input",
            Self::Marker { .. } | Self::Unmarked { .. } => "marker",
            Self::SetUp { .. } => "set-up",
            Self::Metadata { .. } => "metadata",
            Self::Version { .. } => "metadata-version",
            Self::Unknown { .. } => "unknown",
            Self::Identity { source, .. } => source.code(),
            Self::NoNic { .. } => "no-nic",
            Self::Pool { source, .. } => source.code(),
            Self::NoDisk { .. } => "no-disk",
            Self::WhichDisk { .. } => "which-disk",
            Self::BootsElsewhere { .. } => "boots-elsewhere",
            Self::KernelRoot { .. } => "kernel-root",
            Self::DirectBoot { .. } => "direct-boot",
            Self::Kernel { source, .. } => source.code(),
            Self::Unreadable { .. } => "unreadable",
            Self::Disk { refusal, .. } => refusal.code(),
            Self::NoMasters { .. } => "no-masters",
            Self::Chain { .. } => "chain",
            Self::Deadline { .. } => "deadline",
            Self::Thread { .. } => "thread",
            Self::Prepare { .. } => "prepare",
        }
    }
}

impl DiskRefusal {
    /// A stable name for scripts and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Type(_) => "disk-type",
            Self::Format(_) => "disk-format",
            Self::NoFormat => "disk-no-format",
            Self::NoSource => "disk-no-source",
            Self::Relative(_) => "disk-relative",
            Self::Descriptor => "disk-descriptor",
            Self::Transient => "disk-transient",
            Self::ReadOnly => "disk-readonly",
            Self::Shareable => "disk-shareable",
            Self::Encrypted => "disk-encrypted",
            Self::Slice => "disk-slice",
            Self::DataStore => "disk-data-store",
            Self::Mirror => "disk-mirror",
            Self::Twice(_) => "disk-twice",
            Self::NoBacking => "disk-no-backing",
            Self::BackingType(_) => "disk-backing-type",
            Self::Storage { .. } => "disk-storage",
            Self::Pool { .. } => "disk-pool",
            Self::NoPool { .. } => "disk-no-pool",
            Self::Volume(_) => "disk-volume",
        }
    }
}
