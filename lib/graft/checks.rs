//! The rules of one call by which preflight judges a guest.

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::kernel::KernelSource;
use super::nic::NicModel;
use crate::codes::Allowed;
use crate::guest::Time;
use crate::path::GuestPath;

/// The rules of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checks<'a> {
    /// Blockers that are to be warnings.
    pub(crate) allowed: &'a Allowed,
    /// Models of the machine's network cards; none where they are not known.
    pub(crate) nics: &'a [NicModel],
    /// True where the initramfs is unpacked for a module that the child's tree does not have.
    pub(crate) is_deep: bool,
    /// Those that were unpacked before; none are known by default.
    pub(crate) unpacked: Option<&'a dyn Unpacked>,
    /// Kernels of releases that children boot from their own disks; `None` where they boot others.
    pub(crate) kernels: Option<&'a dyn KernelSource>,
}

/// Initramfs images that were unpacked before.
pub(crate) trait Unpacked: Debug {
    /// The modules in one.
    fn modules(&self, image: &Image<'_>) -> Option<BTreeSet<String>>;

    /// Keeps the modules in one.
    fn keep(&self, image: &Image<'_>, modules: &BTreeSet<String>);
}

/// An initramfs as the guest has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Image<'a> {
    /// The file, links resolved.
    pub(crate) path: &'a GuestPath,
    /// Its bytes.
    pub(crate) size: u64,
    /// The time of its last change.
    pub(crate) modified: Time,
}
