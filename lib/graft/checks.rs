//! The rules of one call by which preflight judges a guest.

use super::nic::NicModel;
use crate::codes::Allowed;

/// The rules of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checks<'a> {
    /// Blockers that are to be warnings.
    pub(crate) allowed: &'a Allowed,
    /// Models of the machine's network cards; none where they are not known.
    pub(crate) nics: &'a [NicModel],
    /// True where the initramfs is unpacked for a module that the child's tree does not have.
    pub(crate) is_deep: bool,
}
