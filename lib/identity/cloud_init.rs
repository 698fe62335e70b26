//! cloud-init, which would write over an identity at the next boot: refused, switched off, or given the
//! identity as a seed.

mod active;
mod seed;
#[cfg(test)]
mod tests;

use super::change::Owner;
use super::files::{Files, Look};
use super::flaw::Flaw;
use super::place::{put, put_aside};
use super::told::Part;
use super::wanted::CloudInit;

pub(super) use active::active;
pub(super) use seed::Seed;

use active::{DISABLED, ENABLED};

/// Places that the subject has to know.
pub(super) fn looks() -> Vec<Look> {
    let mut looks = active::looks();
    looks.extend(seed::looks());
    looks
}

/// Changes that keep cloud-init from writing over the identity, or that let it write the same. A guest in
/// which cloud-init does not run takes none.
///
/// # Errors
/// [`Flaw`]: cloud-init runs and nothing was decided about it, or it cannot be given the identity.
pub(super) fn render(wish: CloudInit, seed: Seed<'_>, files: &Files) -> Result<Part, Flaw> {
    let mut part = Part::default();
    let Some(proof) = active(files) else {
        return Ok(part);
    };
    match wish {
        CloudInit::Refuse => Err(Flaw::new(
            "cloud-init-active",
            format!(
                "cloud-init runs at boot ({proof}) and would write over the identity: switch it off in the child (--cloud-init off), or let it do the work (--cloud-init seed)"
            ),
        )),
        CloudInit::Off => {
            if proof.starts_with(active::OLD_INIT) {
                return Err(Flaw::new(
                    "cloud-init-old",
                    format!(
                        "{proof} starts a cloud-init that no file switches off: remove it in the master"
                    ),
                ));
            }
            put_aside(&mut part, files, ENABLED)?;
            put(&mut part, files, DISABLED, b"", Owner::root(0o644))?;
            Ok(part)
        }
        CloudInit::Seed => seed::render(part, seed, files),
    }
}
