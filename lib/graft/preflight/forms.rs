//! Components that are mounted over directories of the guest.

use super::sought::Sought;
use super::verdict::Preflight;
use crate::guest::GuestFacts;
use crate::guest::facts::{Init, SelinuxMode};
use crate::links::Form;

impl Preflight {
    /// Inits that cannot have such mounts, or that try them once.
    pub(super) fn forms(&mut self, sought: &Sought<'_>, facts: &GuestFacts) {
        let mut links = sought.links.iter();
        let Some(first) = links.find(|link| link.form().is_mounted()) else {
            return;
        };
        let at = first.at();
        match facts.init {
            Some(Init::Systemd) => {}
            // mountall(8) waits for each local mount that lacks nobootwait, and asks at the console.
            Some(Init::Upstart) => self.block(
                "component-form-init",
                format!(
                    "the guest's init is Upstart, which waits for the mount over {at} while the share \
                     is away, so that the boot stops at a question: use the form link there"
                ),
            ),
            _ if sought.is_network() => self.warn(
                "component-mounted-once",
                format!(
                    "the guest's init mounts a component over {at} once, at boot: where the server \
                     comes later, the guest keeps its own directory until its next boot; use the form \
                     link where that matters"
                ),
            ),
            _ => {}
        }
        if sought.has_form(Form::Overlay) && facts.selinux == Some(SelinuxMode::Enforcing) {
            self.warn(
                "overlay-selinux",
                "SELinux is enforcing in the guest, and an overlay labels what is written by its \
                 directory in /var/lib/osgraft/overlay: give that the label of the component \
                 (semanage fcontext, restorecon) in the master",
            );
        }
    }
}
