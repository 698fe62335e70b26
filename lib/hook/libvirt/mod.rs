//! libvirt's `qemu` hook: domain XML in, a [`Verdict`](super::Verdict) out.
//!
//! # Which domains take part
//! Those whose name a `hook.vm.match` of the configuration matches, and those whose own XML says
//! so:
//! ```xml
//! <metadata>
//!   <osgraft:osgraft xmlns:osgraft="urn:osgraft:libvirt:1"
//!                    prepare="yes" server="deb12-a" on-failure="refuse"/>
//! </metadata>
//! ```
//! The element goes before the patterns. Each attribute may be left out: `prepare` is `yes` or
//! `no`, `yes` by default; `server` names an OS server for this start, by default the one that the
//! child is pinned to or one that is selected; `on-failure` is `refuse` or `start-unprepared`, by
//! default what the configuration says. An element in any other namespace that begins with
//! `urn:osgraft:` is of a version that this osgraft does not know: its domain takes part, and is
//! refused.
//!
//! # Identity
//! Elements in it ask for an identity: `<osgraft:hostname>`, `<osgraft:address>`, `<osgraft:gateway>`,
//! `<osgraft:dns>`, and one for each other [`Field`](crate::identity::Field); `<osgraft:pool>` names a
//! pool. The NIC is the first of the domain, unless `<osgraft:mac>` names another.
//!
//! # Which disk is the root
//! Of the hard disks (`device='disk'` or `'lun'`; not CDROMs, not floppies) the one with the lowest
//! `<boot order=…/>`; where none has one, the first, as with `<os><boot dev='hd'/></os>`.
//! A participant whose root disk is anything but a whole, writable qcow2 file of its own is refused
//! by name; its other disks may be what they like. A `<hostdev>` or a `<redirdev>` before that disk
//! in the boot order is refused; network cards and CD-ROMs are passed over.
//!
//! Where libvirt loads the kernel, `root=` on its command line decides. A device's name tells the
//! disk: virtio disks are in the order of their PCI addresses, those of one SCSI controller in that
//! of their units. What the description proposes as names (`<target dev=…/>`) must not say
//! otherwise. What is named by content is looked for on the root disk as above, then on the others,
//! and the root that is found must be it. Two disks with that root are refused.
//!
//! # What a domain is known by
//! Its UUID, when a server is selected. A domain that is created from a description without one gets
//! another at each start, and may get another server.
//!
//! A volume (`type='volume'`) is a file in the folder of its pool, by the files that libvirt keeps of
//! its pools. These are the only files that are read for a verdict.
//!
//! # Source
//! libvirt's pages “Hooks for specific system management” and “Domain XML format”; the order of the
//! calls is that of libvirt 9.0 and 11.3 (`qemuProcessInit`, `qemuDomainObjRestore`,
//! `qemuMigrationDstPrepareFresh`).

mod boot;
mod daemon;
mod disk;
mod domain;
mod marker;
mod marker_error;
mod operation;
mod pool;
mod request;
mod resumable;
mod saved;
mod xml;

pub use marker::Markers;
pub use marker_error::MarkerError;
pub use operation::Operation;
pub use request::{named, request};
pub use resumable::Resumable;
pub use saved::Saved;
pub use xml::{MAX_BYTES, MAX_DEPTH, XmlError};

/// The namespace of the metadata element `osgraft`.
pub const NAMESPACE: &str = "urn:osgraft:libvirt:1";
/// Beginning of the namespaces of all its versions.
const NAMESPACES: &str = "urn:osgraft:";
