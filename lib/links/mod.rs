//! Links from a guest's tree into the share, and what becomes of what they replace.
//!
//! [`Links`] says what is wanted: `/lib/modules` is to be a link to `/shared/lib/modules`. The
//! caller looks at the guest ([`Links::looks`]) and hands over what it found; [`decide`] answers
//! with [`Edit`](crate::edit::Edit)s in order, or refuses. Nothing here touches a disk.
//!
//! # Displacement
//! A directory that a link replaces is moved to the link's own target, below the mount point, on
//! the guest's own disk. While nothing is mounted the link shows it; once the share is mounted, it
//! shows the share's. Where the two places lie on different file systems, it is parked beside
//! instead (`modules.osgraft-local`), and there is no local fallback.
//!
//! # Forms
//! A component takes a directory's place by a link, or is mounted over it ([`Form`]). A directory that
//! something is mounted over stays where it is, and shows again while the share is away. Its mount is
//! an entry in fstab, which the caller makes. On the guest's own disk there must be nothing at the
//! place below the mount point that is mounted: while the share is away, that would be mounted.
//!
//! # Where things really are
//! On a merged-usr guest `/lib/modules` is `/usr/lib/modules`. The links on the way to a place are
//! resolved by the caller ([`Links::locate`]) and never replaced; all actions name the real place.
//! Link targets name the mount point as it was given, which is how the guest's fstab names it.
//!
//! # Limits
//! A displaced tree is not read: a *relative* symbolic link in it that leads out of it points
//! elsewhere from its new place.

mod adopt;
mod decide;
mod error;
mod form;
mod link;
mod observation;
mod record;
mod reserved;
mod site;
mod undo;

pub use decide::{Decision, Warning, decide};
pub use error::LinksError;
pub use form::{Form, FormError, OVERLAYS, UPPER, WORK, overlay_folder};
pub use link::{Link, SharePath, SharePathError};
pub use observation::{Found, Look, Observation};
pub use record::{Done, DoneLink, DoneMount};
pub use site::Physical;
pub use undo::{Kept, Reason, Undo};

use crate::path::GuestPath;

/// The links that a guest shall have, free of contradictions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Links {
    mount_point: GuestPath,
    links: Vec<Link>,
}

impl Links {
    /// Takes links into a share that is mounted on `mount_point`; there may be none.
    ///
    /// # Errors
    /// [`LinksError`], for what can work in no guest: a place that the system needs before the
    /// mount or that is not on its disk, links inside links or inside the share, two links to one
    /// target.
    pub fn new(mount_point: &GuestPath, links: Vec<Link>) -> Result<Self, LinksError> {
        let ats: Vec<&GuestPath> = links.iter().map(Link::at).collect();
        reserved::check(mount_point, &ats)?;
        for (index, a) in links.iter().enumerate() {
            for b in &links[..index] {
                if a.to().overlaps(b.to()) {
                    return Err(LinksError::TargetsNested {
                        a: b.to().clone(),
                        b: a.to().clone(),
                    });
                }
            }
        }
        for link in &links {
            let target = link.to().below(mount_point)?;
            if link.form().is_mounted() {
                let mut paths = [link.at(), &target].into_iter();
                if let Some(path) = paths.find(|path| !form::is_plain(path)) {
                    return Err(LinksError::FormName {
                        form: link.form(),
                        path: path.clone(),
                    });
                }
            }
            for path in [link.at(), &target] {
                if path
                    .components()
                    .any(|name| name.ends_with(reserved::PARKED))
                {
                    return Err(LinksError::ParkedName(path.clone()));
                }
            }
        }
        Ok(Self {
            mount_point: mount_point.clone(),
            links,
        })
    }

    /// Mount point of the share.
    pub fn mount_point(&self) -> &GuestPath {
        &self.mount_point
    }

    /// The links, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = &Link> {
        self.links.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(mount_point: &str, pairs: &[(&str, &str)]) -> Result<Links, LinksError> {
        let link = |(at, to): &(&str, &str)| Link::new(at.parse().unwrap(), to.parse().unwrap());
        Links::new(
            &mount_point.parse().unwrap(),
            pairs.iter().map(link).collect(),
        )
    }

    #[test]
    fn what_can_work_in_no_guest_is_refused_by_code() {
        for (mount_point, pairs, code) in [
            ("/", &[][..], "mount-point-reserved"),
            ("/usr", &[], "mount-point-reserved"),
            ("/run/shared", &[], "mount-point-reserved"),
            ("/var/lib/osgraft/share", &[], "mount-point-reserved"),
            ("/shared", &[("/", "x")], "link-reserved"),
            ("/shared", &[("/etc", "x")], "link-reserved"),
            ("/shared", &[("/etc/fstab", "x")], "link-reserved"),
            ("/shared", &[("/etc/systemd", "x")], "link-reserved"),
            ("/shared", &[("/var", "x")], "link-reserved"),
            ("/shared", &[("/var/lib/osgraft/x", "x")], "link-reserved"),
            ("/shared", &[("/proc/sys", "x")], "link-reserved"),
            ("/shared", &[("/boot", "x")], "link-reserved"),
            ("/shared", &[("/usr", "x")], "link-reserved"),
            ("/shared", &[("/shared", "x")], "link-in-mount-point"),
            ("/shared", &[("/shared/a", "x")], "link-in-mount-point"),
            ("/srv/os", &[("/srv", "x")], "mount-point-in-link"),
            (
                "/shared",
                &[("/opt/a", "x"), ("/opt/a", "y")],
                "links-nested",
            ),
            ("/shared", &[("/opt/a", "x"), ("/opt", "y")], "links-nested"),
            (
                "/shared",
                &[("/opt/a", "x"), ("/opt/b", "x")],
                "link-targets-nested",
            ),
            (
                "/shared",
                &[("/opt/a", "x"), ("/opt/b", "x/y")],
                "link-targets-nested",
            ),
        ] {
            let error = links(mount_point, pairs).expect_err(code);
            assert_eq!(error.code(), code, "{mount_point} {pairs:?}: {error}");
        }
    }

    #[test]
    fn a_name_that_options_of_fstab_cannot_spell_is_no_form_but_a_link() {
        let at: GuestPath = "/opt/a,b".parse().unwrap();
        let link = Link::new(at, "x".parse().unwrap());
        let shared: GuestPath = "/shared".parse().unwrap();
        assert!(Links::new(&shared, vec![link.clone()]).is_ok());
        for form in [Form::Mount, Form::Overlay] {
            let links = Links::new(&shared, vec![link.clone().with_form(form)]);
            assert_eq!(links.unwrap_err().code(), "link-form-name");
        }
        let odd: GuestPath = "/sha:red".parse().unwrap();
        let link = Link::new("/opt/a".parse().unwrap(), "x".parse().unwrap());
        let links = Links::new(&odd, vec![link.with_form(Form::Overlay)]);
        assert_eq!(links.unwrap_err().code(), "link-form-name");
    }

    #[test]
    fn what_is_usual_is_taken() {
        let usual = [
            ("/lib/modules", "lib/modules"),
            ("/usr/lib/firmware", "lib/firmware"),
            ("/usr/share/doc", "share/doc"),
            ("/opt/modules", "lib/modules2"),
            ("/etc/alternatives", "alternatives"),
        ];
        assert_eq!(links("/shared", &usual).unwrap().iter().count(), 5);
        assert_eq!(links("/mnt/os", &[]).unwrap().iter().count(), 0);
    }
}
