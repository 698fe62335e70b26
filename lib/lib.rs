//! Prepares VM disks on the hypervisor, before boot: a child disk (a qcow2 overlay on an immutable
//! master) gets the fstab entry of a shared OS, links into it, and a receipt to undo it by.
//!
//! # Example
//! The graft of a guest, on one in memory:
//! ```
//! use osgraft::guest::{Guest, MemoryGuest};
//! use osgraft::prepare::{Preparer, Share, ungraft};
//! use osgraft::registry::{MemoryRegistry, Server, Servers, Source};
//!
//! let mut guest = MemoryGuest::new()
//!     .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
//!     .file("/etc/fstab", "UUID=0a / ext4 defaults 0 1\n")
//!     .file("/usr/sbin/mount.nfs", "")
//!     .file("/usr/lib/modules/6.1.0-37-amd64/modules.dep", "the guest's own")
//!     .link("/lib", "usr/lib");
//! let before = guest.snapshot();
//!
//! let server = Server::new("deb12-a", Source::nfs("192.0.2.10:/export/os")?)?.with_os("debian")?;
//! let registry = MemoryRegistry::new(Servers::new(vec![server])?);
//! let share = Share::at("/shared")?.link("/lib/modules", "lib/modules")?;
//! let graft = Preparer::new(registry, share).graft(&mut guest, "web-7")?;
//! assert_eq!(graft.server.name(), "deb12-a");
//!
//! let fstab = guest.read(&"/etc/fstab".parse()?, 4096)?;
//! assert!(String::from_utf8(fstab)?.contains("\n192.0.2.10:/export/os /shared nfs ro,bg,"));
//! let link = guest.read_link(&"/usr/lib/modules".parse()?)?;
//! assert_eq!(link, b"/shared/lib/modules");
//! // Until the share is mounted, and when its server is away, the link shows the guest's own.
//! let own = guest.read(&"/shared/lib/modules/6.1.0-37-amd64/modules.dep".parse()?, 4096)?;
//! assert_eq!(own, b"the guest's own");
//!
//! ungraft(&mut guest)?;
//! assert_eq!(guest.snapshot(), before);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The same on a disk, of which [`Preparer::prepare`] is all:
//! ```no_run
//! use osgraft::{Child, FileRegistry, Overlay, Preparer, Share};
//!
//! let master = "/var/lib/osgraft/masters/deb12.qcow2";
//! Overlay::new(master).create("web-7.qcow2")?;
//! let registry = FileRegistry::open("/etc/osgraft/servers.toml")?;
//! let share = Share::at("/shared")?.link("/lib/modules", "lib/modules")?;
//! let report = Preparer::new(&registry, share).prepare(&Child::open("web-7.qcow2", &master)?)?;
//! println!("{:?}, {} edits", report.outcome, report.edits.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # An edit is a value
//! Nothing that edits a guest writes to its disk. It writes to a [`Scratch`](image::Scratch); what
//! it changed becomes a [`Redo`](image::Redo), and one routine,
//! [`LockedChild::commit`](image::LockedChild::commit), applies that so that a crash at any
//! instant leaves the old disk or the new one. So a plan is an edit that was really made and then
//! dropped, and every step can be had alone:
//!
//! | step | room |
//! |---|---|
//! | lock the child, recover it, judge its header and chain | [`image`] |
//! | find the root file system and open it | [`editor`] |
//! | facts: OS, architecture, kernels, NFS client | [`guest`] |
//! | mount options: what may be written, what is merged, what it does to a boot | [`mount`] |
//! | choose a server | [`registry`] |
//! | names, keys and addresses of a child; where an address comes from; many children | [`identity`], [`pool`], [`children`] |
//! | fstab's text; the links and what they displace; the unit that lets go of the share | [`fstab`], [`links`], [`unit`](mod@unit) |
//! | look at a guest, plan, edit; the receipt and the way back | [`graft`] |
//! | all of it on a disk, and a report | [`prepare`] |
//! | commit | [`image`] |
//! | the tree that servers export, made from a master | [`share`] |
//! | folders of osgraft's own on the host, and who else may change a path | [`host`] |
//!
//! # Errors
//! A whole call fails with an [`Error`]; its [`kind`](Error::kind) says what to do next, its
//! [`code`](Error::code) what exactly is wrong ([`codes`] says what each means), and [`is_retryable`](Error::is_retryable) whether to
//! try again. It serializes. Each room has its own smaller type. Every text is one line, and what a
//! guest wrote is escaped in it.
//!
//! # Following a call
//! An [`Observer`](prepare::Observer) hears each [`Step`](prepare::Step) of a call and may cancel it
//! before its commit. Each call is a `tracing` span, `prepare`, `plan` or `revert`, of level `INFO`
//! with the fields `child` and `server`; below it lies a span of level `DEBUG` for each step. Where
//! nobody collects them they cost nothing.
//!
//! # In a program with an async runtime
//! Calls block: on tokio they belong on `spawn_blocking`. A program that is its own
//! [worker](editor::worker) calls [`serve`](editor::worker::serve) before it builds the runtime, since
//! the worker confines itself while it has one thread. A future that is dropped does not end the call
//! behind it; an observer does. `examples/tokio.rs` shows all three.
//!
//! # Registries of other kinds
//! A [`Registry`] is one method. An implementation on a database makes its errors
//! with [`RegistryError::unavailable`](registry::RegistryError::unavailable) and
//! [`unusable`](registry::RegistryError::unusable).
//!
//! # Limits
//! Children are qcow2, versions 2 and 3, without encryption, external data files,
//! extended L2 entries or zstd; masters are qcow2, raw, or a VMDK in one file. Guests are Linux: on
//! ext2, ext3 or ext4 in process, on anything else that libguestfs mounts in an appliance. What is
//! left is refused by name, unchanged.
//!
//! The in-process editor parses a hostile file system with a C library. The program runs it in a
//! [worker](editor::worker) that can write nothing; library callers choose with
//! [`Choice::worker`](editor::Choice::worker).
//!
//! Calls block. Nothing here prints, and nothing reads the environment, but that programs are found
//! in `PATH`: the `qemu-img` that repairs an image which was not closed, the appliance's QEMU, what
//! the [`doctor`] asks.
//!
//! # Features
//! `cli` (default) builds the program `osgraft`; it changes nothing of the library. `appliance`
//! (default) is for guests that are not ext4; without it they are refused by name. It loads
//! libguestfs when the first of them comes, so that neither building nor starting needs it.
//!
//! # Beside other crates
//! A program that uses `imago` itself takes it with its feature `async`, a default one: its features
//! `sync` and `async` exclude each other, and cargo builds one `imago` 0.2 for both.
//!
//! # Licence
//! LGPL-2.1-or-later. Rust links statically; docs/licence.md says what a program under
//! another licence has to do.

pub mod children;
pub mod codes;
pub mod config;
pub mod doctor;
pub mod edit;
pub mod editor;
mod error;
pub mod fstab;
pub mod graft;
pub mod guest;
pub mod hook;
pub mod host;
pub mod identity;
pub mod image;
pub mod kv;
pub mod links;
pub mod mount;
pub mod path;
pub mod pool;
pub mod prepare;
pub mod registry;
pub mod share;
mod spelling;
pub mod unit;

pub use error::{Error, ErrorKind};
// The paved path, from a registry to a prepared child and back.
pub use edit::Edit;
pub use graft::{Finding, Share};
pub use image::{Child, Overlay};
pub use prepare::{Inspector, Outcome, Preparer, Report, Reverter, Verifier};
pub use registry::{FileRegistry, Registry};
