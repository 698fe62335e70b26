//! The guest's own mounts, held against what the share needs.

use super::super::receipt::RECEIPT_FOLDER;
use super::network_type::is_network_type;
use super::sought::Sought;
use super::verdict::Preflight;
use crate::fstab::{Entry, Fstab, Places};
use crate::guest::facts::Probe;
use crate::guest::{FileKind, GuestError};
use crate::mount::Options;
use crate::path::{GuestPath, escape};
use crate::unit::name;

/// Paths of an fstab that are resolved; more are no guest's that anybody runs.
const PATHS: usize = 256;

/// A mount of the guest's own that its fstab has.
#[derive(Clone, Debug)]
pub(super) struct Mount {
    line: usize,
    entry: Entry,
    /// Its mount point: as it is spelled, and as the guest resolves that.
    places: Vec<GuestPath>,
    /// Its source, where that is a path.
    sources: Vec<GuestPath>,
    /// True where the editor mounted it.
    is_mounted: bool,
}

/// Finds where the paths of an fstab lead.
pub(super) fn places(
    probe: &mut Probe<'_>,
    sought: &Sought<'_>,
    fstab: &Fstab,
) -> Result<Places, GuestError> {
    let mut places = Places::default();
    for path in fstab.paths().take(PATHS) {
        let is_device = [&b"/dev/"[..], b"/proc/", b"/sys/"]
            .iter()
            .any(|folder| path.starts_with(folder));
        if is_device {
            continue;
        }
        if let Some(at) = probe.resolve_spelled(&path)? {
            places.insert(path, at.path);
        }
    }
    let own = sought.physical.mount_point().clone();
    places.insert(sought.entry.file(), own);
    Ok(places)
}

/// Reads the mounts of an fstab whose paths lead there.
pub(super) fn read(
    probe: &mut Probe<'_>,
    fstab: &Fstab,
    places: &Places,
) -> Result<Vec<Mount>, GuestError> {
    let mut mounts = Vec::new();
    for line in fstab.entries().filter(|line| !line.managed) {
        let is_swap = line.entry.vfstype() == b"swap";
        let at = match is_swap {
            true => Vec::new(),
            false => places.of(line.entry.file()),
        };
        let is_mounted = match at.last() {
            Some(place) => has_own_file_system(probe, place)?,
            None => false,
        };
        mounts.push(Mount {
            line: line.line,
            sources: places.of(line.entry.spec()),
            places: at,
            is_mounted,
            entry: line.entry,
        });
    }
    Ok(mounts)
}

/// True where another file system lies there than above it, so that the editor mounted it.
fn has_own_file_system(probe: &mut Probe<'_>, place: &GuestPath) -> Result<bool, GuestError> {
    let Some(parent) = place.parent() else {
        return Ok(false);
    };
    let above = probe.look_at(&parent)?;
    let here = probe.look_at(place)?;
    Ok(match (above, here) {
        (Some(above), Some(here)) => {
            here.kind == FileKind::Directory && here.filesystem != above.filesystem
        }
        _ => false,
    })
}

impl Mount {
    fn options(&self) -> Options {
        Options::read(self.entry.options())
    }

    /// True where nothing mounts it at boot.
    fn is_off(&self) -> bool {
        let options = self.options();
        options.last(&["auto", "noauto"]) == Some("noauto") && !options.has("x-systemd.automount")
    }

    fn is_network(&self) -> bool {
        self.options().has("_netdev") || is_network_type(self.entry.vfstype())
    }

    fn is_swap(&self) -> bool {
        self.entry.vfstype() == b"swap"
    }

    /// True where the boot goes on without it.
    fn may_fail(&self) -> bool {
        let options = self.options();
        let in_background = options.last(&["bg", "fg"]) == Some("bg");
        let is_nfs = matches!(self.entry.vfstype(), b"nfs" | b"nfs4");
        options.has("nofail") || (in_background && is_nfs)
    }

    /// Reason why it comes after the share, where it does.
    fn needs_share(&self, sought: &Sought<'_>) -> Option<String> {
        if let Some(place) = self.places.iter().find(|place| sought.is_in_share(place)) {
            return Some(format!("it mounts on {place}"));
        }
        if let Some(source) = self.sources.iter().find(|path| sought.is_of_share(path)) {
            return Some(format!("it takes {source}"));
        }
        let options = self.options();
        let named = options.iter().find(|option| match option.name() {
            b"x-systemd.requires"
            | b"x-systemd.after"
            | b"x-systemd.requires-mounts-for"
            | b"X-systemd.requires-mounts-for" => option
                .value()
                .is_some_and(|value| names_share(value, sought)),
            _ => false,
        })?;
        Some(format!("it has {}", escape(named.as_bytes())))
    }
}

/// True where an ordering option's value is the share's mount point, a path in it, or its unit.
fn names_share(value: &[u8], sought: &Sought<'_>) -> bool {
    if let Ok(path) = GuestPath::new(value) {
        return sought.is_of_share(&path);
    }
    let unit = value.strip_suffix(b".mount");
    unit.is_some_and(|unit| {
        sought
            .own()
            .any(|own| name::of_path(own).as_bytes() == unit)
    })
}

/// Says what can be done about a path that lies on a file system which is not mounted.
fn way_out(
    path: &GuestPath,
    place: &GuestPath,
    sought: &Sought<'_>,
    entry: &Entry,
    mounts: &[Mount],
) -> String {
    let share = sought.links.mount_point();
    let remedy = match path {
        path if path.to_string().starts_with(RECEIPT_FOLDER) => {
            format!("osgraft keeps its receipt there, so have {place} lie on the guest's root")
        }
        path if path.starts_with(share) || share.starts_with(place) => {
            "set share.mount_point to a directory on the guest's root".to_owned()
        }
        path if sought
            .links
            .iter()
            .any(|link| path.file_name() == link.at().file_name()) =>
        {
            "leave this link out of share.links".to_owned()
        }
        _ => format!("have {place} lie on the guest's root"),
    };
    // In process nothing but the root is ever mounted; the appliance mounts what the disk holds.
    let in_process = mounts.iter().all(|mount| !mount.is_mounted);
    match in_process && is_of_a_disk(entry) {
        true => format!("{remedy}, or use --editor appliance, if it is on this disk"),
        false => remedy,
    }
}

impl Preflight {
    /// Below a mount of the guest's own that the editor did not make, it would edit what that mount
    /// hides.
    pub(super) fn separate_file_systems(
        &mut self,
        sought: &Sought<'_>,
        mounts: &[Mount],
        touched: &[GuestPath],
    ) {
        for mount in mounts.iter().filter(|mount| !mount.is_mounted) {
            let mut places = mount.places.iter().filter(|place| !place.is_root());
            let hides = places.find_map(|place| {
                let path = touched.iter().find(|path| path.starts_with(place))?;
                Some((place, path))
            });
            let Some((place, path)) = hides else { continue };
            if sought.is_in_share(place) {
                continue;
            }
            let (line, spec) = (mount.line, escape(mount.entry.spec()));
            let remedy = way_out(path, place, sought, &mount.entry, mounts);
            self.block(
                "separate-file-system",
                format!(
                    "{path} lies below {place}, where the guest mounts {spec} (/etc/fstab line \
                     {line}), which is not mounted here and would hide the edit: {remedy}"
                ),
            );
        }
    }

    /// A mount that is made before the network is up cannot come after a share that needs the network.
    pub(super) fn mounts_after_share(&mut self, sought: &Sought<'_>, mounts: &[Mount]) {
        if !sought.is_network() {
            return;
        }
        for mount in mounts.iter().filter(|mount| !mount.is_off()) {
            let Some(why) = mount.needs_share(sought) else {
                continue;
            };
            let (line, own) = (mount.line, sought.links.mount_point());
            if mount.is_network() {
                if !mount.may_fail() {
                    self.warn(
                        "boot-waits",
                        format!(
                            "/etc/fstab line {line} needs the share on {own} ({why}): the boot waits \
                             for both servers; add nofail to that line"
                        ),
                    );
                }
            } else if mount.may_fail() && !mount.is_swap() {
                if mount.places.iter().any(|place| sought.is_in_share(place)) {
                    self.warn(
                        "mount-below-share",
                        format!(
                            "/etc/fstab line {line} needs the share on {own} ({why}): it is mounted \
                             only after the share, and only where the export has that directory; \
                             mount it elsewhere"
                        ),
                    );
                }
            } else {
                self.block(
                    "local-mount-needs-share",
                    format!(
                        "/etc/fstab line {line} is mounted before the network is up and needs the \
                         share on {own} ({why}): systemd breaks the cycle by dropping \
                         local-fs.target, and the guest does not boot; mount it elsewhere, or choose \
                         another mount point"
                    ),
                );
            }
        }
    }
}

fn is_of_a_disk(entry: &Entry) -> bool {
    let kinds = [
        &b"auto"[..],
        b"ext2",
        b"ext3",
        b"ext4",
        b"xfs",
        b"btrfs",
        b"f2fs",
        b"jfs",
        b"vfat",
    ];
    kinds.contains(&entry.vfstype()) && !Options::read(entry.options()).has("bind")
}
