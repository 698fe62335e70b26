//! Hooks of the hypervisor, called before a virtual machine starts: its description becomes a request,
//! the request a prepared disk, or a reason why not.
//!
//! [`libvirt::request`] takes the domain XML of libvirt's `qemu` hook, [`proxmox::request`] a VM's
//! configuration of Proxmox. No disk is opened, and what comes back is a [`Verdict`]: leave this
//! machine alone, prepare this disk, or this cannot be done and that is what becomes of the machine.
//! [`Request::prepare`] does the work under a deadline.
//!
//! [`libvirt::Saved`] and [`proxmox::Suspended`] find the machine whose memory a disk belongs to, for
//! whoever works on a disk by hand.
//!
//! ```
//! use osgraft::config::Config;
//! use osgraft::hook::{Verdict, libvirt};
//!
//! let config = Config::parse(
//!     "images.masters = [\"/masters\"]\n[[hook.vm]]\nmatch = \"^web-\"\n",
//!     "config.toml",
//! )?;
//! let xml = b"<domain><name>web-7</name><devices>
//!     <disk type='file' device='disk'><driver type='qcow2'/>
//!     <source file='/images/web-7.qcow2'/><target dev='vda'/></disk></devices></domain>";
//! let Verdict::Prepare(request) = libvirt::request(xml, &config)? else { panic!() };
//! assert_eq!(request.disk().to_str(), Some("/images/web-7.qcow2"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # With a configuration that cannot be used
//! [`Kept`] has what the last sound one said of who takes part, and
//! [`Salvage`](crate::config::Salvage) what can be told of the broken one.
//!
//! # Limits
//! Nothing here calls the hypervisor back: it waits for its hook, and would wait for ever.

mod asked;
mod direct;
mod ere;
mod error;
mod identify;
pub mod install;
mod kept;
mod kernel;
pub mod libvirt;
mod plain;
mod policy;
pub mod proxmox;
mod run;
mod verdict;

pub use asked::MachineNic;
pub use error::{DiskRefusal, HookError};
pub use kept::{Kept, KeptError, PatternsGone};
pub use verdict::{Backing, Failed, Request, Verdict, Why};
