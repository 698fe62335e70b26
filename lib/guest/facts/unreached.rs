//! Systems whose files an edit of their disk does not reach, or not for long.
//!
//! Their `/etc/fstab` is made anew from a configuration, or their `/usr` is an image that is read-only
//! and replaced whole.

use super::super::{FileKind, Guest, GuestError};
use super::os_release::OsRelease;
use super::probe::Probe;
use crate::path::GuestPath;

/// Bytes of an os-release that are read.
const OS_RELEASE_MAX: u64 = 1 << 16;

/// A system by its name, and what to do instead. It ends a sentence.
pub(crate) type Unreached = &'static str;

pub(crate) const NIXOS: Unreached = "NixOS, which makes /etc/fstab and the kernel's modules from its \
     configuration: add the mount to the configuration that the image is built from";
pub(crate) const GUIX: Unreached = "Guix System, which makes /etc/fstab and the kernel's modules from \
     its configuration: add the mount to the configuration that the image is built from";
pub(crate) const OSTREE: Unreached = "an ostree system (as Fedora CoreOS, Silverblue and bootc images \
     are), whose /usr is read-only and replaced by each update: add the mount to the image that it is \
     deployed from";
const FLATCAR: Unreached = "Flatcar Container Linux, whose /usr is an image that is read-only and \
     replaced whole: add the mount to its Ignition or Butane configuration";
const COREOS: Unreached = "CoreOS Container Linux, whose /usr is an image that is read-only and \
     replaced whole: add the mount to its Ignition configuration";
const UBUNTU_CORE: Unreached = "Ubuntu Core, whose root is a snap that is read-only and replaced \
     whole: prepare a classic Ubuntu instead";
const MICROOS: Unreached = "an openSUSE or SUSE system of the MicroOS kind, whose root is a snapshot \
     that is read-only and replaced by each transactional update: add the mount with \
     transactional-update where the image is built";
const BOTTLEROCKET: Unreached = "Bottlerocket, whose root is an image under dm-verity: prepare a \
     general-purpose Linux instead";
const TALOS: Unreached = "Talos Linux, whose root is an image that is read-only and replaced whole: \
     prepare a general-purpose Linux instead";
const COS: Unreached = "Container-Optimized OS, whose root is an image under dm-verity: prepare a \
     general-purpose Linux instead";
const CHROMEOS: Unreached = "ChromeOS, whose root is an image under dm-verity: prepare a \
     general-purpose Linux instead";
const ANDROID: Unreached = "Android, which reads no /etc/fstab and mounts no NFS: prepare a \
     general-purpose Linux instead";
const STEAMOS: Unreached = "SteamOS, whose root is an image that is read-only and replaced whole: \
     prepare a general-purpose Linux instead";
const VANILLA: Unreached = "Vanilla OS, whose root is an image that is replaced whole by ABRoot: add \
     the mount to the image that it is deployed from";
const KAIROS: Unreached = "Kairos or another Elemental system, whose root is an image that is \
     read-only and replaced whole: add the mount to its cloud-config";

/// Systems by the `ID` of os-release(5).
const BY_ID: [(&str, Unreached); 26] = [
    ("nixos", NIXOS),
    ("guix", GUIX),
    ("rhcos", OSTREE),
    ("scos", OSTREE),
    ("endless", OSTREE),
    ("bluefin", OSTREE),
    ("bazzite", OSTREE),
    ("aurora", OSTREE),
    ("flatcar", FLATCAR),
    ("coreos", COREOS),
    ("ubuntu-core", UBUNTU_CORE),
    ("opensuse-microos", MICROOS),
    ("opensuse-leap-micro", MICROOS),
    ("sle-micro", MICROOS),
    ("sl-micro", MICROOS),
    ("opensuse-aeon", MICROOS),
    ("opensuse-kalpa", MICROOS),
    ("bottlerocket", BOTTLEROCKET),
    ("talos", TALOS),
    ("cos", COS),
    ("chromeos", CHROMEOS),
    ("android", ANDROID),
    ("steamos", STEAMOS),
    ("vanilla", VANILLA),
    ("kairos", KAIROS),
    ("elemental", KAIROS),
];
/// Systems of Fedora, CentOS and RHEL by `VARIANT_ID`.
const OSTREE_VARIANTS: [&str; 11] = [
    "coreos",
    "silverblue",
    "kinoite",
    "sway-atomic",
    "budgie-atomic",
    "cosmic-atomic",
    "xfce-atomic",
    "iot",
    "sericea",
    "onyx",
    "edge",
];

/// The system of a root, by what it calls itself and by what lies at the top of its tree.
pub(crate) fn of_root(
    probe: &mut Probe<'_>,
    os: Option<&OsRelease>,
) -> Result<Option<Unreached>, GuestError> {
    if let Some(found) = os.and_then(named) {
        return Ok(Some(found));
    }
    if probe.exists("/etc/NIXOS")? {
        return Ok(Some(NIXOS));
    }
    let deployed = probe.resolve("/ostree/deploy")?;
    Ok(deployed
        .is_some_and(|at| at.kind() == Some(FileKind::Directory))
        .then_some(OSTREE))
}

/// The system of a file system that holds neither fstab nor os-release: its root is somewhere below.
///
/// # Errors
/// [`GuestError::Io`], and whatever the guest says of its root directory.
pub(crate) fn of_tree(guest: &mut dyn Guest) -> Result<Option<Unreached>, GuestError> {
    let probe = &mut Probe::new(guest)?;
    let names = probe.names(&GuestPath::root())?;
    let has = |name: &str| names.iter().any(|found| found == name.as_bytes());
    for (top, below, system) in [
        ("ostree", "/ostree", OSTREE),
        ("nix", "/nix/store", NIXOS),
        ("gnu", "/gnu/store", GUIX),
        ("system-data", "/system-data", UBUNTU_CORE),
        ("system", "/system/build.prop", ANDROID),
        ("build.prop", "/build.prop", ANDROID),
    ] {
        if has(top) && probe.exists(below)? {
            return Ok(Some(system));
        }
    }
    // A /usr of its own: of most systems a part, of these all of it that does not change.
    if has("lib")
        && let Some((_, content)) = probe.content("/lib/os-release", OS_RELEASE_MAX)?
    {
        return Ok(named(&OsRelease::parse(&content)));
    }
    Ok(None)
}

fn named(os: &OsRelease) -> Option<Unreached> {
    let mut known = BY_ID.iter();
    if let Some((_, system)) = known.find(|(id, _)| *id == os.id) {
        return Some(system);
    }
    let variant = os.variant_id.as_deref()?;
    let is_red_hat = ["fedora", "centos", "rhel"].contains(&os.id.as_str());
    (is_red_hat && OSTREE_VARIANTS.contains(&variant)).then_some(OSTREE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::MemoryGuest;

    fn root(guest: MemoryGuest, os_release: &str) -> Option<Unreached> {
        let mut guest = guest;
        let os = OsRelease::parse(os_release.as_bytes());
        let probe = &mut Probe::new(&mut guest).unwrap();
        of_root(probe, Some(&os)).unwrap()
    }

    #[test]
    fn a_system_is_known_by_its_id_its_variant_or_its_marker() {
        let plain = MemoryGuest::new;
        for (guest, os, wanted) in [
            (plain(), "ID=nixos\n", Some(NIXOS)),
            (plain().file("/etc/NIXOS", ""), "ID=linux\n", Some(NIXOS)),
            (plain(), "ID=fedora\nVARIANT_ID=coreos\n", Some(OSTREE)),
            (plain().dir("/ostree/deploy"), "ID=own\n", Some(OSTREE)),
            (plain(), "ID=\"opensuse-microos\"\n", Some(MICROOS)),
            (plain(), "ID=flatcar\nID_LIKE=coreos\n", Some(FLATCAR)),
            (plain(), "ID=fedora\nVARIANT_ID=server\n", None),
            (plain(), "ID=debian\nVARIANT_ID=coreos\n", None),
            (plain().dir("/ostree"), "ID=debian\n", None),
            (plain().dir("/nix/store"), "ID=debian\n", None),
        ] {
            assert_eq!(root(guest, os), wanted, "{os}");
        }
    }

    #[test]
    fn a_file_system_without_a_root_is_named_by_what_lies_at_its_top() {
        let plain = MemoryGuest::new;
        let flatcar = plain().file("/lib/os-release", "ID=flatcar\n");
        let usr = plain().file("/lib/os-release", "ID=debian\n");
        for (mut guest, wanted) in [
            (plain().dir("/ostree/repo").dir("/boot"), Some(OSTREE)),
            (plain().dir("/nix/store"), Some(NIXOS)),
            (plain().dir("/system-data/var"), Some(UBUNTU_CORE)),
            (flatcar, Some(FLATCAR)),
            (usr, None),
            (plain().dir("/grub").file("/vmlinuz-6.1.0", ""), None),
        ] {
            assert_eq!(of_tree(&mut guest).unwrap(), wanted);
        }
    }

    #[test]
    fn each_name_ends_with_what_to_do() {
        for (id, system) in BY_ID.iter() {
            assert!(system.contains(": "), "{id}");
            assert!(!system.contains('\n'), "{id}");
        }
    }
}
