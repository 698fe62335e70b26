//! The proof that cloud-init runs at boot.

use super::super::files::{Files, Found, Look};

/// A file whose presence switches cloud-init off.
pub(super) const DISABLED: &str = "/etc/cloud/cloud-init.disabled";
/// A file whose presence outweighs [`DISABLED`].
pub(super) const ENABLED: &str = "/etc/cloud/cloud-init.enabled";
/// Folder of a SysV init's links.
pub(super) const OLD_INIT: &str = "/etc/rc";

/// cloud-init's generator, which links its target into each boot.
const GENERATORS: [&str; 2] = [
    "/usr/lib/systemd/system-generators/cloud-init-generator",
    "/lib/systemd/system-generators/cloud-init-generator",
];
/// Places that mask the generator (systemd.generator(7)).
const GENERATOR_MASKS: [&str; 2] = [
    "/etc/systemd/system-generators/cloud-init-generator",
    "/usr/local/lib/systemd/system-generators/cloud-init-generator",
];
/// Folders of links to the units that the boot starts.
const WANTS: [&str; 5] = [
    "/etc/systemd/system/cloud-init.target.wants",
    "/usr/lib/systemd/system/cloud-init.target.wants",
    "/lib/systemd/system/cloud-init.target.wants",
    "/etc/systemd/system/multi-user.target.wants",
    "/etc/systemd/system/cloud-config.target.wants",
];
/// The units that set names, keys and addresses. In releases since 24.3 cloud-init-network.service does
/// what cloud-init.service did.
const UNITS: [&str; 4] = [
    "cloud-init-local.service",
    "cloud-init.service",
    "cloud-init-network.service",
    "cloud-init-main.service",
];
const OPENRC: [&str; 2] = ["/etc/runlevels/boot", "/etc/runlevels/default"];
const SYSV: [&str; 3] = ["/etc/rc.d/rc3.d", "/etc/rc3.d", "/etc/rc2.d"];
/// Policies of ds-identify.
const POLICY: &str = "/etc/cloud/ds-identify.cfg";

pub(super) fn looks() -> Vec<Look> {
    let mut looks = vec![
        Look::kind(DISABLED),
        Look::kind(ENABLED),
        Look::file(POLICY),
    ];
    looks.extend(GENERATORS.map(Look::kind));
    looks.extend(GENERATOR_MASKS.map(Look::kind));
    looks.extend(UNITS.map(|unit| Look::kind(&mask_of(unit))));
    looks.push(Look::kind(&mask_of("cloud-init.target")));
    looks.extend(WANTS.map(Look::names));
    looks.extend(OPENRC.map(Look::names));
    looks.extend(SYSV.map(Look::names));
    looks
}

/// The proof that the guest starts cloud-init at boot. `None` where it is not installed, or is switched
/// off. A source of data, which it needs as well, shows at the boot alone and is taken for granted.
pub(crate) fn active(files: &Files) -> Option<String> {
    if let Some(link) = sysv(files) {
        return Some(link);
    }
    let is_off = matches!(
        files.at(DISABLED),
        Some(Found::File(_) | Found::Link { .. })
    );
    if (is_off && !files.exists(ENABLED)) || has_policy_off(files) {
        return None;
    }
    openrc(files).or_else(|| systemd(files))
}

fn systemd(files: &Files) -> Option<String> {
    let is_masked = |path: &str| {
        files
            .target(path)
            .is_some_and(|target| target == b"/dev/null")
    };
    if is_masked(&mask_of("cloud-init.target")) {
        return None;
    }
    let generator = GENERATORS.iter().find(|path| files.exists(path));
    let generator = generator.filter(|_| !GENERATOR_MASKS.iter().any(|path| is_masked(path)));
    for folder in WANTS {
        // Without its generator, nothing starts the target.
        let needs_generator = folder.ends_with("cloud-init.target.wants");
        if needs_generator && generator.is_none() {
            continue;
        }
        for unit in UNITS {
            let link = format!("{folder}/{unit}");
            if files.exists(&link) && !is_masked(&mask_of(unit)) {
                return Some(link);
            }
        }
    }
    None
}

fn mask_of(unit: &str) -> String {
    format!("/etc/systemd/system/{unit}")
}

fn openrc(files: &Files) -> Option<String> {
    let names = ["cloud-init-local", "cloud-init"];
    let links = OPENRC
        .iter()
        .flat_map(|folder| names.map(|name| format!("{folder}/{name}")));
    links.into_iter().find(|link| files.exists(link))
}

fn sysv(files: &Files) -> Option<String> {
    let links = SYSV.iter().flat_map(|folder| files.in_folder(folder));
    let is_start = |name: &[u8]| {
        name.starts_with(b"S")
            && (name.ends_with(b"cloud-init") || name.ends_with(b"cloud-init-local"))
    };
    let mut started = links.filter(|(path, _)| path.file_name().is_some_and(is_start));
    // On systemd these links are of no effect beside a unit of the same name.
    let has_unit = GENERATORS.iter().any(|path| files.exists(path));
    started
        .next()
        .filter(|_| !has_unit)
        .map(|(path, _)| path.to_string())
}

/// True where ds-identify is told to find no source of data.
fn has_policy_off(files: &Files) -> bool {
    let text = String::from_utf8_lossy(files.content(POLICY).unwrap_or_default());
    let last = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("policy:"))
        .next_back();
    let words = last.map(|value| {
        value
            .split('#')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    });
    words.is_some_and(|policy| {
        policy
            .split(',')
            .any(|word| word == "disabled" || word == "mode=disabled")
    })
}
