//! The driver of the machine's network card, without which no share is reached.

use super::tree::{State, Tree};
use crate::graft::nic::NicModel;
use crate::guest::GuestError;
use crate::guest::facts::Probe;

/// Place of the virtual cards' drivers in a tree.
const FOLDER: &str = "kernel/drivers/net";

/// The driver of one network card.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Driver {
    pub(super) name: &'static str,
    pub(super) state: State,
    /// True where the machine is known to have a card of this driver, and no other card whose driver is
    /// there.
    pub(super) is_required: bool,
}

/// Reads the drivers of these cards. One that is there is enough to reach the share by. Where none is known, the driver that a hypervisor's card most
/// likely needs: one that is there, else one that the kernel has and whose files are not all there. A
/// kernel that has none of them is for other cards, so nothing tells.
pub(super) fn read(
    probe: &mut Probe<'_>,
    tree: &mut Tree<'_>,
    models: &[NicModel],
) -> Result<Vec<Driver>, GuestError> {
    let mut found = Vec::new();
    for model in models {
        let mut best: Option<Driver> = None;
        for name in model.drivers().iter().copied() {
            let state = state(probe, tree, name)?;
            let is_better = state.is_there() || best.is_none();
            if is_better {
                best = Some(Driver {
                    name,
                    state,
                    is_required: true,
                });
            }
        }
        found.extend(best);
    }
    // The share may be reached by any of several cards.
    let has_other = found.iter().any(|driver| driver.state.is_there());
    for driver in found.iter_mut().filter(|driver| !driver.state.is_there()) {
        driver.is_required = !has_other;
    }
    if models.is_empty() {
        found.extend(likely(probe, tree)?);
    }
    Ok(found)
}

fn likely(probe: &mut Probe<'_>, tree: &mut Tree<'_>) -> Result<Option<Driver>, GuestError> {
    let mut likely = None;
    let drivers = NicModel::ALL.iter().flat_map(|model| model.drivers());
    for name in drivers.copied() {
        let state = state(probe, tree, name)?;
        let is_there = state.is_there();
        if is_there || (likely.is_none() && matches!(state, State::Gone(_) | State::Dangling(_))) {
            likely = Some(Driver {
                name,
                state,
                is_required: false,
            });
        }
        if is_there {
            break;
        }
    }
    Ok(likely)
}

fn state(
    probe: &mut Probe<'_>,
    tree: &mut Tree<'_>,
    name: &'static str,
) -> Result<State, GuestError> {
    // Two folders tell what is usual; else the kernel's own lists do.
    if name == "virtio_net"
        && tree.holds(probe, FOLDER, name)?
        && tree.holds(probe, FOLDER, "net_failover")?
        && tree.holds(probe, "kernel/net/core", "failover")?
    {
        return Ok(State::There);
    }
    tree.state(probe, name)
}
