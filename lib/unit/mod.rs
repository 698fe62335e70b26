//! The unit of systemd that lets go of the share.
//!
//! systemd-udevd keeps the share's module index mapped. So at a shutdown the unmount fails, the
//! network goes, and NFS times out: 80 s and more. [`Unit`] is a service that starts once the share
//! is mounted, and whose stop unmounts it before the network goes. It is pulled in by a link in the
//! `.wants` directory of the mount unit, so it runs when and only when the share is mounted
//! (systemd.unit(5)). `systemctl stop` of it is also the way to let go of a server that is lost,
//! and `systemctl start` of the mount unit the way back.
//!
//! # Order of its stop
//! The server is asked first. Where it answers, the share is unmounted lazily, and udevd drops the
//! index while the network is still up: the unit is stopped before `network.target` is. Where it does
//! not answer within half a second, the share stays attached until udevd has dropped the index:
//! whoever drops the last reference waits for the server to end the session, and udevd could not be
//! killed out of that. `umount -f` ends the call that is in flight, one each time, and a `umount`
//! that hangs is killed.
//!
//! The caller looks at the guest ([`Site`]). [`decide`] answers with [`Edit`](crate::edit::Edit)s, [`Done`] is the
//! record of them, and [`Done::undo`] and [`Done::differences`] hold that against a guest. Nothing
//! here touches a disk.
//!
//! ```
//! use osgraft::unit::Unit;
//! let unit = Unit::of(&"/srv/my-os".parse()?);
//! assert_eq!(unit.name(), r"osgraft-srv-my\x2dos.service");
//! assert_eq!(unit.mount_unit(), r"srv-my\x2dos.mount");
//! # Ok::<(), osgraft::path::PathError>(())
//! ```
//!
//! # Limits
//! systemd before version 235 names a mount unit by the mount point as fstab spells it. Where a
//! link stands on the way to it, the unit is not pulled in there.

mod decide;
mod done;
pub(crate) mod name;
mod site;
mod told;

pub use decide::{Decision, decide};
pub use done::{Done, Undo};
pub use site::{Found, Site};
pub use told::{Reason, Then, Told};

use crate::path::{GuestPath, PathError};
use name::push_hex;

/// Folder of the units that a guest's operator makes (systemd.unit(5)).
pub const FOLDER: &str = "/etc/systemd/system";

/// Script that lets go of a component that is mounted over a directory. The mount is detached at once,
/// and nothing asks the server.
const LET_GO: &str = r#"timeout -s KILL 1 umount -l -i -c "$$1""#;

/// Script of the unit's stop, as systemd reads it in single quotes: `$$` is `$`, and a backslash at a
/// line's end makes one line of two. Its arguments are the mount point, and the same as
/// `/proc/self/mountinfo` spells it. Where the server answers, the unmount is lazy, and udevd, which
/// reloads only when it has no event left, is waited for with the network up. Else the calls that udevd
/// waits for are ended by force, one by each try, and the last unmount by SIGKILL.
const STOP: &str = r#"if ! timeout -s KILL 0.5 stat -f "$$1" >/dev/null 2>&1; then \
udevadm control --reload & n=0; \
while grep -qF " $$2 " /proc/self/mountinfo && [ $$n -lt 9 ]; do \
timeout -s KILL 1 umount -f -i -c \
"$$1" "$$1" "$$1" "$$1" "$$1" "$$1" "$$1" "$$1" 2>/dev/null; n=$$((n+1)); sleep 0.1; \
udevadm control --reload & done; fi; \
umount -l -i -c "$$1" 2>/dev/null && { udevadm control --reload; udevadm settle --timeout=5; }"#;

/// The unit of one mount point.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unit {
    mount_point: GuestPath,
    /// Directories that components of the share are mounted over.
    over: Vec<GuestPath>,
}

/// Places of a unit in one guest.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Places {
    /// The unit's file.
    pub file: GuestPath,
    /// The directory of what the mount unit pulls in.
    pub wants: GuestPath,
    /// The link in it.
    pub link: GuestPath,
}

impl Unit {
    /// The unit of a mount point whose links are resolved, as systemd names its mount unit.
    pub fn of(mount_point: &GuestPath) -> Self {
        Self {
            mount_point: mount_point.clone(),
            over: Vec::new(),
        }
    }

    /// The unit of a share whose components are mounted over these directories, links resolved: it
    /// lets go of them first.
    #[must_use]
    pub fn with_over(mut self, over: Vec<GuestPath>) -> Self {
        self.over = over;
        self
    }

    /// The mount point.
    pub fn mount_point(&self) -> &GuestPath {
        &self.mount_point
    }

    /// Name of the unit, such as `osgraft-shared.service`.
    pub fn name(&self) -> String {
        format!("osgraft-{}.service", name::of_path(&self.mount_point))
    }

    /// Name of the mount unit that pulls it in, such as `shared.mount`.
    pub fn mount_unit(&self) -> String {
        format!("{}.mount", name::of_path(&self.mount_point))
    }

    /// Content of the unit's file. The same mount point, the same bytes.
    pub fn text(&self) -> String {
        let mount_unit = self.mount_unit();
        let (mut over, mut let_go) = (String::new(), String::new());
        for place in &self.over {
            over.push_str(&format!(" {}.mount", name::of_path(place)));
            let place = exec_argument(place.as_bytes());
            let_go.push_str(&format!("ExecStop=-/bin/sh -c '{LET_GO}' sh {place}\n"));
        }
        let mount_point = self.mount_point.as_bytes();
        let argument = exec_argument(mount_point);
        let listed = exec_argument(&as_listed(mount_point));
        format!(
            "# Made by osgraft. “osgraft revert” removes it; to do without it, mask it.\n\
             [Unit]\n\
             Description=Share of osgraft, unmounted before the network goes\n\
             BindsTo={mount_unit}\n\
             After={mount_unit}{over} network.target systemd-udevd.service\n\
             IgnoreOnIsolate=yes\n\
             \n\
             [Service]\n\
             Type=oneshot\n\
             RemainAfterExit=yes\n\
             ExecStart=/bin/true\n\
             {let_go}\
             ExecStop=-/bin/sh -c '{STOP}' sh {argument} {listed}\n\
             TimeoutStopSec=20\n"
        )
    }

    /// Target of the link, as `systemctl enable` writes it.
    ///
    /// # Errors
    /// [`PathError`], where the name is too long for a file.
    pub fn target(&self) -> Result<GuestPath, PathError> {
        GuestPath::new(FOLDER)?.join(self.name())
    }

    /// Its places in a guest whose folder of units is this one, links resolved.
    ///
    /// # Errors
    /// [`PathError`], where a name is too long for a file. systemd has no mount unit of that name
    /// either.
    pub fn places(&self, folder: &GuestPath) -> Result<Places, PathError> {
        let wants = folder.join(format!("{}.wants", self.mount_unit()))?;
        Ok(Places {
            file: folder.join(self.name())?,
            link: wants.join(self.name())?,
            wants,
        })
    }
}

/// Bytes as one argument of an `Exec` line (systemd.service(5), “Command lines”): blanks, quotes
/// and backslashes as `\xNN`, which takes effect before specifiers and variables do.
fn exec_argument(bytes: &[u8]) -> String {
    let mut argument = String::new();
    for byte in bytes {
        match byte {
            b'%' => argument.push_str("%%"),
            b'$' => argument.push_str("$$"),
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => argument.push(char::from(*byte)),
            b'/' | b'_' | b'.' | b':' | b'-' | b'+' | b',' | b'=' | b'@' | b'~' => {
                argument.push(char::from(*byte));
            }
            byte => push_hex(&mut argument, *byte),
        }
    }
    argument
}

/// A path as `/proc/self/mountinfo` spells it (proc(5)).
fn as_listed(path: &[u8]) -> Vec<u8> {
    let mut listed = Vec::new();
    for byte in path {
        match byte {
            b' ' | b'\t' | b'\n' | b'\\' => listed.extend(format!("\\{byte:03o}").bytes()),
            byte => listed.push(*byte),
        }
    }
    listed
}

#[cfg(test)]
mod tests;
