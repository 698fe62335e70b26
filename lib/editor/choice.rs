//! The editor that opens a guest.

use std::time::Duration;

#[cfg(feature = "appliance")]
use super::appliance::Settings;
use super::{KernelRoot, Worker};
use crate::guest::Ahead;

/// The editor that is to open a guest, and its settings.
///
/// ```
/// use osgraft::editor::Choice;
/// let cheapest = Choice::auto();
/// let in_process = Choice::ext4();
/// # let _ = (cheapest, in_process);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Choice {
    pub(super) wanted: Wanted,
    pub(super) worker: Option<Worker>,
    pub(super) root: Option<KernelRoot>,
    deadline: Option<Duration>,
    pub(super) ahead: Ahead,
    #[cfg(feature = "appliance")]
    pub(super) boot: BootNeed,
    #[cfg(feature = "appliance")]
    pub(super) settings: Settings,
}

/// Need of a guest's `/boot`, which may lie on a file system that only the appliance reaches.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum BootNeed {
    /// Nothing of it is edited.
    #[default]
    Never,
    /// It is edited.
    Always,
    /// It was edited before, where this file of the guest has this text.
    IfIn {
        /// The file.
        file: &'static str,
        /// A part of its content.
        text: &'static str,
    },
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Wanted {
    #[default]
    Auto,
    Ext4,
    #[cfg(feature = "appliance")]
    Appliance,
}

impl Wanted {
    fn may_be_in_process(self) -> bool {
        matches!(self, Self::Auto | Self::Ext4)
    }
}

impl Choice {
    /// The cheapest that fits: ext4 in process, else the appliance, where this program was built
    /// with it.
    pub fn auto() -> Self {
        Self::default()
    }

    /// ext4 in process, or nothing.
    pub fn ext4() -> Self {
        Self::of(Wanted::Ext4)
    }

    /// The appliance, whatever the guest is.
    #[cfg(feature = "appliance")]
    pub fn appliance() -> Self {
        Self::of(Wanted::Appliance)
    }

    /// Has the appliance open a guest whose `/boot` is needed and mounted from elsewhere; never needed by
    /// default.
    #[must_use]
    pub fn needing_boot(self, need: BootNeed) -> Self {
        #[cfg(feature = "appliance")]
        return Self { boot: need, ..self };
        #[cfg(not(feature = "appliance"))]
        match need {
            BootNeed::Never | BootNeed::Always | BootNeed::IfIn { .. } => self,
        }
    }

    fn of(wanted: Wanted) -> Self {
        Self {
            wanted,
            worker: None,
            root: None,
            deadline: None,
            ahead: Ahead::default(),
            #[cfg(feature = "appliance")]
            boot: BootNeed::default(),
            #[cfg(feature = "appliance")]
            settings: Settings::default(),
        }
    }

    /// Runs the in-process editor in a process of its own that can write nothing, rather than in
    /// the calling one: [`worker`](super::worker) says what that keeps a hostile guest from.
    #[must_use]
    pub fn worker(mut self, worker: Worker) -> Self {
        self.worker = Some(match self.deadline {
            Some(deadline) => worker.deadline(deadline),
            None => worker,
        });
        self
    }

    /// Refuses a guest whose root is another one than a kernel command line names.
    #[must_use]
    pub fn kernel_root(mut self, root: KernelRoot) -> Self {
        self.root = Some(root);
        self
    }

    /// True where only one root is accepted.
    pub(crate) fn names_root(&self) -> bool {
        self.root.is_some()
    }

    /// Names questions that will be asked of a guest, so that a worker answers them in one message.
    pub(crate) fn ahead(mut self, ahead: Ahead) -> Self {
        self.ahead = ahead;
        self
    }

    /// Does without an appliance, whatever was chosen.
    pub(crate) fn without_appliance(mut self) -> Self {
        self.wanted = Wanted::Ext4;
        self
    }

    /// Does without an appliance, and takes whatever root there is.
    pub(crate) fn in_process_only(mut self) -> Self {
        self.wanted = Wanted::Ext4;
        self.root = None;
        self
    }

    /// Settings of the appliance, for guests that come to it.
    #[cfg(feature = "appliance")]
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = match self.deadline {
            Some(deadline) => settings.deadline(deadline),
            None => settings,
        };
        self
    }

    /// Time that a worker and the appliance may take, whatever their own settings say, and whether they
    /// are named before or after this call. An editor in the calling process has no deadline.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self.worker = self.worker.map(|worker| worker.deadline(deadline));
        #[cfg(feature = "appliance")]
        {
            self.settings = self.settings.deadline(deadline);
        }
        self
    }

    /// Starts a worker for the next guest now, where one is wanted: [`Worker::start_ahead`].
    pub fn start_ahead(&self) {
        if let (Some(worker), true) = (&self.worker, self.wanted.may_be_in_process()) {
            worker.start_ahead();
        }
    }
}

/// Way in which a guest was reached.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Reached {
    /// The editor: `ext4` or `appliance`.
    pub editor: &'static str,
    /// Reason why it is this one.
    pub reason: String,
    /// Place of the root.
    pub root: String,
    /// True where the file system keeps no checksum over file content, so that a file's blocks may hold
    /// another content of the same length.
    pub(crate) holds_any_content: bool,
    /// Fault of the host that made it slower than it could be: a code and a sentence.
    pub warning: Option<(&'static str, String)>,
}

impl Reached {
    /// The edit of an identical child, so that no guest was reached.
    pub(crate) fn again(why: &str) -> Self {
        Self {
            editor: "cache",
            reason: format!("{why}; the edit of an identical child is taken again"),
            root: String::new(),
            holds_any_content: false,
            warning: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_calls_makes_no_difference() {
        let worker = || Worker::new("/usr/bin/osgraft", ["worker"]);
        let deadline = Duration::from_secs(7);
        let late = Choice::auto().worker(worker()).deadline(deadline);
        let early = Choice::auto().deadline(deadline).worker(worker());
        assert_eq!(early, late);
        assert_eq!(early.worker, Some(worker().deadline(deadline)));
        assert_ne!(early, Choice::auto().worker(worker()));
    }

    #[cfg(feature = "appliance")]
    #[test]
    fn a_deadline_holds_for_settings_that_are_named_after_it() {
        let deadline = Duration::from_secs(7);
        let early = Choice::auto().deadline(deadline).settings(Settings::new());
        let late = Choice::auto().settings(Settings::new()).deadline(deadline);
        assert_eq!(early, late);
        assert_eq!(early.settings, Settings::new().deadline(deadline));
    }
}
