//! Files that keep a thinned guest whole.
//!
//! | file | what it keeps from happening |
//! |---|---|
//! | the hook of initramfs-tools | an initramfs with the few modules of the thinned tree replaces a good one |
//! | the configuration of dracut | the same |
//! | the unit | devices whose drivers the share brings stay without them |
//! | the macro of RPM | a package writes into the share |
//!
//! A marker in each thinned tree tells the three first whether they see the share's tree or the guest's
//! own. It is not in the share's.

use crate::graft::Finding;
use crate::guest::facts::Init;
use crate::guest::{Attributes, FileKind, Guest, GuestError, resolve, resolve_parent};
use crate::path::GuestPath;

/// The marker's name in a thinned tree.
pub(super) const MARKER: &str = ".osgraft-thinned";
/// Its content.
pub(super) const MARKER_TEXT: &str =
    "Made by osgraft: this tree holds a part of the kernel's modules.\n";
/// First words of each file, by which a file of osgraft's own is known.
const OURS: &[u8] = b"Made by osgraft";

const HOOK: &str = r#"#!/bin/sh
# Made by osgraft: the module tree of this guest is thinned. While the share is away, an initramfs
# would get a few modules alone. So this hook fails then, and the one that is there stays.
if [ "$1" = prereqs ]; then
	echo
	exit 0
fi
tree="/lib/modules/${version:-$(uname -r)}"
if [ -e "$tree/.osgraft-thinned" ] || [ ! -e "$tree/." ]; then
	echo "osgraft: the share is not mounted, and $tree lacks modules: the initramfs is left as it is; mount the share and run update-initramfs again" >&2
	exit 1
fi
exit 0
"#;

const DRACUT: &str = r#"# Made by osgraft: the module tree of this guest is thinned. While the share is away, an initramfs
# would get a few modules alone. So dracut ends here then, and the one that is there stays.
for osgraft_tree in /lib/modules/${kernel:-*}; do
    if [ -e "$osgraft_tree/.osgraft-thinned" ] || [ ! -e "$osgraft_tree/." ]; then
        echo "osgraft: the share is not mounted, and $osgraft_tree lacks modules: the initramfs is left as it is; mount the share and run dracut again" >&2
        exit 1
    fi
done
unset osgraft_tree
"#;

const UNIT: &str = r#"# Made by osgraft: the module tree of this guest is thinned.
[Unit]
Description=Drivers that come with the share of osgraft
After=systemd-udevd.service

[Service]
ExecStart=/bin/sh -c 'while [ -e "/lib/modules/$$(uname -r)/.osgraft-thinned" ]; do sleep 2; done; \
udevadm control --reload; udevadm trigger --type=all --action=add; udevadm settle'

[Install]
WantedBy=multi-user.target
"#;

const MACRO: &str = "# Made by osgraft: packages leave the trees of the share alone.\n\
    %_netsharedpath /lib/modules:/usr/lib/modules\n";

const UNITS: &str = "/etc/systemd/system";
const UNIT_NAME: &str = "osgraft-thin.service";

/// Facts of a guest that decide which guards it gets.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Site {
    pub(super) init: Option<Init>,
    pub(super) has_initramfs_tools: bool,
    pub(super) has_dracut: bool,
    pub(super) has_rpm: bool,
}

impl Site {
    pub(super) fn look(guest: &mut dyn Guest, init: Option<Init>) -> Result<Self, GuestError> {
        let mut any = |paths: &[&str]| -> Result<bool, GuestError> {
            for path in paths {
                if exists(guest, path)? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        Ok(Self {
            init,
            has_initramfs_tools: any(&[
                "/usr/sbin/update-initramfs",
                "/etc/initramfs-tools/hooks",
            ])?,
            has_dracut: any(&["/usr/bin/dracut", "/usr/sbin/dracut", "/etc/dracut.conf.d"])?,
            has_rpm: any(&["/var/lib/rpm", "/usr/lib/sysimage/rpm", "/etc/rpm"])?,
        })
    }
}

/// Writes the guards; the paths of what is there now, and what is to be known.
pub(super) fn write(
    guest: &mut dyn Guest,
    site: &Site,
) -> Result<(Vec<GuestPath>, Vec<Finding>), GuestError> {
    let (mut made, mut findings) = (Vec::new(), Vec::new());
    let mut files: Vec<(String, &str, u32)> = Vec::new();
    if site.has_initramfs_tools {
        let path = "/etc/initramfs-tools/hooks/osgraft-share";
        files.push((path.to_owned(), HOOK, 0o755));
    }
    if site.has_dracut {
        files.push((
            "/etc/dracut.conf.d/00-osgraft-share.conf".to_owned(),
            DRACUT,
            0o644,
        ));
    }
    if !site.has_initramfs_tools && !site.has_dracut {
        findings.push(Finding::new(
            "thin-unguarded",
            "the guest has neither initramfs-tools nor dracut, so that nothing keeps an initramfs from \
             being built with the few modules of the thinned tree"
                .to_owned(),
        ));
    }
    if site.has_rpm {
        files.push(("/etc/rpm/macros.osgraft".to_owned(), MACRO, 0o644));
    }
    let is_systemd = site.init == Some(Init::Systemd);
    if is_systemd {
        files.push((format!("{UNITS}/{UNIT_NAME}"), UNIT, 0o644));
    } else {
        findings.push(Finding::new(
            "thin-drivers-late",
            "the guest's init is not systemd, so that nothing loads the drivers of the share once it is \
             mounted"
                .to_owned(),
        ));
    }
    for (path, text, mode) in files {
        match put(guest, &path, text.as_bytes(), mode)? {
            Ok(path) => made.push(path),
            Err(finding) => findings.push(finding),
        }
    }
    let unit = format!("{UNITS}/{UNIT_NAME}");
    if is_systemd
        && made
            .iter()
            .any(|path| path.file_name() == Some(UNIT_NAME.as_bytes()))
    {
        let wants = format!("{UNITS}/multi-user.target.wants/{UNIT_NAME}");
        match link(guest, &wants, unit.as_bytes())? {
            Ok(path) => made.push(path),
            Err(finding) => findings.push(finding),
        }
    }
    Ok((made, findings))
}

/// Writes a file with its folders. What somebody else put in its place stays.
pub(super) fn put(
    guest: &mut dyn Guest,
    path: &str,
    text: &[u8],
    mode: u32,
) -> Result<Result<GuestPath, Finding>, GuestError> {
    let Ok(path) = GuestPath::new(path) else {
        return Ok(Err(taken(path, "no path")));
    };
    let at = resolve_parent(guest, &path)?;
    match at.kind() {
        None => make_folders(guest, &at.path, at.missing.len())?,
        Some(FileKind::File) => {
            let old = guest.read_start(&at.path, 256)?;
            let is_ours = old.windows(OURS.len()).any(|window| window == OURS);
            if !is_ours {
                return Ok(Err(taken(&path.to_string(), "a file of the guest's own")));
            }
        }
        Some(kind) => return Ok(Err(taken(&path.to_string(), kind.as_str()))),
    }
    guest.write(&at.path, text, Attributes::root(mode))?;
    Ok(Ok(at.path))
}

fn link(
    guest: &mut dyn Guest,
    path: &str,
    target: &[u8],
) -> Result<Result<GuestPath, Finding>, GuestError> {
    let Ok(path) = GuestPath::new(path) else {
        return Ok(Err(taken(path, "no path")));
    };
    let at = resolve_parent(guest, &path)?;
    match at.kind() {
        None => {
            make_folders(guest, &at.path, at.missing.len())?;
            guest.symlink(&at.path, target)?;
        }
        Some(FileKind::Symlink) if guest.read_link(&at.path)? == target => {}
        Some(kind) => return Ok(Err(taken(&path.to_string(), kind.as_str()))),
    }
    Ok(Ok(at.path))
}

/// Makes the folders above a path, of whose names the last `missing` are not there.
fn make_folders(guest: &mut dyn Guest, path: &GuestPath, missing: usize) -> Result<(), GuestError> {
    let mut folders = Vec::new();
    let mut at = path.clone();
    for _ in 1..missing {
        let Some(parent) = at.parent() else { break };
        folders.push(parent.clone());
        at = parent;
    }
    for folder in folders.iter().rev() {
        guest.mkdir(folder, Attributes::root(0o755))?;
    }
    Ok(())
}

fn taken(path: &str, what: &str) -> Finding {
    Finding::new(
        "thin-guard-taken",
        format!("{path} is {what}, so that it was left alone, and the guard is not in the guest"),
    )
}

pub(super) fn exists(guest: &mut dyn Guest, path: &str) -> Result<bool, GuestError> {
    let Ok(path) = GuestPath::new(path) else {
        return Ok(false);
    };
    match resolve(guest, &path) {
        Ok(at) => Ok(at.exists()),
        Err(GuestError::NotADirectory(_) | GuestError::NotFound(_) | GuestError::LinkLoop(_)) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
