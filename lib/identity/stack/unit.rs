//! Units of systemd that a guest starts at boot, read from its links (systemctl(1), “enable”).

use crate::identity::files::{Files, Found, Look};

/// Targets whose wants a network's units are enabled in.
const TARGETS: [&str; 5] = [
    "multi-user.target",
    "sysinit.target",
    "network.target",
    "network-online.target",
    "sockets.target",
];

/// Folders that hold links of enabled units: the administrator's, and the vendor's.
const FOLDERS: [&str; 3] = [
    "/etc/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// Places that tell of a unit.
pub(super) fn looks(unit: &str) -> Vec<Look> {
    let mut looks = vec![Look::kind(&format!("/etc/systemd/system/{unit}"))];
    looks.extend(links(unit).map(|link| Look::kind(&link)));
    looks
}

/// The link by which the guest starts a unit; `None` where it has none, or the unit is masked.
pub(super) fn enabled(files: &Files, unit: &str) -> Option<String> {
    if is_null(files.at(&format!("/etc/systemd/system/{unit}"))) {
        return None;
    }
    links(unit).find(|link| files.exists(link) && !is_null(files.at(link)))
}

fn links(unit: &str) -> impl Iterator<Item = String> {
    FOLDERS.iter().flat_map(move |folder| {
        TARGETS
            .iter()
            .map(move |target| format!("{folder}/{target}.wants/{unit}"))
    })
}

/// True for a link to `/dev/null`, which masks what it stands for.
pub(super) fn is_null(found: Option<&Found>) -> bool {
    matches!(found, Some(Found::Link { target, .. }) if target == b"/dev/null")
}
