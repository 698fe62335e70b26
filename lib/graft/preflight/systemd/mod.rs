//! Units of the guest's own that keep systemd from mounting the share.
//!
//! Units in `/etc/systemd/system` go before those that systemd-fstab-generator makes of fstab, and these
//! before what `/usr/lib/systemd/system` has (systemd.unit(5), "Unit File Load Path").

mod findings;
mod folder;
mod wait_online;

use std::collections::BTreeSet;

use super::sought::Sought;
use super::unit_file::UnitFile;
use crate::guest::facts::Probe;
use crate::guest::{FileKind, GuestError};
use crate::path::GuestPath;
use crate::unit::name;
use folder::Folder;

/// Bytes of a unit file or drop-in that are read.
const UNIT_MAX: u64 = 1 << 16;
/// Unit files that are read.
const UNITS: usize = 64;
/// Folders of wanted units that are listed.
const FOLDERS: usize = 256;
/// Name of the program that turns fstab into units.
const GENERATOR: &str = "systemd-fstab-generator";
/// Folders of units, those that go before the generator's first.
const BEFORE_FSTAB: [&str; 3] = [
    "/etc/systemd/system.control",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
];
const BEHIND_FSTAB: [&str; 3] = [
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// Units of the guest that bear on the share.
#[derive(Clone, Debug, Default)]
pub(super) struct Systemd {
    units: Vec<Unit>,
    /// The file with which `remote-fs.target` is masked.
    masked_target: Option<GuestPath>,
    /// True where `remote-fs.target` is there and nothing wants it.
    unwanted_target: bool,
    /// The link that has the boot wait for a systemd-networkd that configures nothing.
    hanging_wait: Option<GuestPath>,
    /// State of the generator, where it does not run.
    generator: Option<Generator>,
    /// Drop-ins that change the share's mount, and the setting.
    drop_ins: Vec<(GuestPath, String)>,
}

#[derive(Clone, Debug)]
enum Generator {
    Masked(GuestPath),
    Missing,
}

/// A mount, automount or swap unit for a place that the share, a link or the edit needs.
#[derive(Clone, Debug)]
struct Unit {
    file: GuestPath,
    kind: Kind,
    place: GuestPath,
    state: State,
    is_wanted: bool,
    content: UnitFile,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Mount,
    Automount,
    Swap,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// A link to `/dev/null`, or an empty file.
    Masked,
    /// A file, in a folder that goes before the generator's.
    BeforeFstab,
    /// A file, in a folder that comes behind the generator's.
    BehindFstab,
}

impl Systemd {
    /// Reads what bears on the share. `touched` is what the edit works on.
    pub(super) fn read(
        probe: &mut Probe<'_>,
        sought: &Sought<'_>,
        touched: &[GuestPath],
        merged_usr: bool,
    ) -> Result<Self, GuestError> {
        let mut found = Self::default();
        let configured = probe.directory("/etc/systemd")?;
        let mut folders = Vec::new();
        for path in BEFORE_FSTAB {
            let name = path.rsplit('/').next().unwrap_or_default().as_bytes();
            let is_there = configured
                .as_ref()
                .is_some_and(|(_, names)| names.iter().any(|found| found == name));
            if is_there {
                add(probe, &mut folders, path, true)?;
            }
        }
        let behind = BEHIND_FSTAB.iter().take(if merged_usr { 2 } else { 3 });
        for path in behind {
            add(probe, &mut folders, path, false)?;
        }
        let has_generators = configured
            .is_some_and(|(_, names)| names.iter().any(|name| name == b"system-generators"));
        found.generator = generator(probe, has_generators)?;
        found.read_units(probe, sought, touched, &folders)?;
        found.read_target(probe, sought, &folders)?;
        found.read_drop_ins(probe, sought, &folders)?;
        if sought.is_network() {
            found.hanging_wait = wait_online::hanging(probe, &folders)?;
        }
        let mut wanted = None;
        for unit in &mut found.units {
            let wanted = match &wanted {
                Some(wanted) => wanted,
                None => wanted.insert(wanted_units(probe, &folders)?),
            };
            let name = unit.file.file_name().unwrap_or_default();
            unit.is_wanted = wanted.contains(name);
        }
        Ok(found)
    }

    fn read_units(
        &mut self,
        probe: &mut Probe<'_>,
        sought: &Sought<'_>,
        touched: &[GuestPath],
        folders: &[Folder],
    ) -> Result<(), GuestError> {
        let mut seen = BTreeSet::new();
        for folder in folders {
            for name in &folder.names {
                let Some((kind, spelled)) = unit(name) else {
                    continue;
                };
                let is_own = folder.is_before_fstab;
                let place = match is_own {
                    true => probe.resolve_at(&spelled)?.map_or(spelled, |at| at.path),
                    false => spelled,
                };
                // What goes first by that name is the unit, masked or not.
                if self.units.len() == UNITS || !seen.insert(name.clone()) {
                    continue;
                }
                let of_interest = sought.is_of_share(&place)
                    || sought.is_in_share(&place)
                    || (!place.is_root() && touched.iter().any(|path| path.starts_with(&place)));
                if !of_interest && !is_own {
                    continue;
                }
                let Ok(file) = folder.path.join(name) else {
                    continue;
                };
                let Some((state, content)) = read_unit(probe, &file, is_own)? else {
                    continue;
                };
                let is_bound = content.what().is_some_and(|what| sought.is_of_share(&what));
                if of_interest || is_bound {
                    self.units.push(Unit {
                        file,
                        kind,
                        place,
                        state,
                        is_wanted: false,
                        content,
                    });
                }
            }
        }
        Ok(())
    }

    /// The target that brings network mounts into the boot.
    fn read_target(
        &mut self,
        probe: &mut Probe<'_>,
        sought: &Sought<'_>,
        folders: &[Folder],
    ) -> Result<(), GuestError> {
        const NAME: &[u8] = b"remote-fs.target";
        if !sought.is_network() || sought.is_wanted_elsewhere() {
            return Ok(());
        }
        let has = |folder: &&Folder| folder.names.iter().any(|name| name == NAME);
        let Some(folder) = folders.iter().find(has) else {
            return Ok(());
        };
        if folder.is_before_fstab
            && let Ok(file) = folder.path.join(NAME)
            && let Some((State::Masked, _)) = read_unit(probe, &file, true)?
        {
            self.masked_target = Some(file);
            return Ok(());
        }
        for folder in folders.iter().filter(|folder| folder.is_before_fstab) {
            let wants = folder.path.join("multi-user.target.wants");
            if let Ok(link) = wants.and_then(|wants| wants.join(NAME))
                && probe.look_at(&link)?.is_some()
            {
                return Ok(());
            }
        }
        self.unwanted_target = !wanted_units(probe, folders)?.contains(NAME)
            && !is_first_boot(probe)?
            && !is_named(probe, folders, NAME)?;
        Ok(())
    }

    fn read_drop_ins(
        &mut self,
        probe: &mut Probe<'_>,
        sought: &Sought<'_>,
        folders: &[Folder],
    ) -> Result<(), GuestError> {
        let units: BTreeSet<Vec<u8>> = sought
            .own()
            .map(|own| format!("{}.mount.d", name::of_path(own)).into_bytes())
            .collect();
        for folder in folders {
            for name in folder.names.iter().filter(|name| units.contains(*name)) {
                let Ok(drop_ins) = folder.path.join(name) else {
                    continue;
                };
                let files = probe.names(&drop_ins)?;
                let files = files.into_iter().filter(|name| name.ends_with(b".conf"));
                for file in files.take(UNITS) {
                    let Ok(path) = drop_ins.join(&file) else {
                        continue;
                    };
                    if let Some((_, content)) = read_unit(probe, &path, true)?
                        && let Some(setting) = content.changes_mount()
                    {
                        self.drop_ins.push((path, setting));
                    }
                }
            }
        }
        Ok(())
    }
}

fn add(
    probe: &mut Probe<'_>,
    folders: &mut Vec<Folder>,
    path: &str,
    is_before_fstab: bool,
) -> Result<(), GuestError> {
    if let Some((path, names)) = probe.directory(path)?
        && !folders.iter().any(|known| known.path == path)
    {
        folders.push(Folder {
            path,
            names,
            is_before_fstab,
        });
    }
    Ok(())
}

/// The kind and the path of a unit, by its name.
fn unit(name: &[u8]) -> Option<(Kind, GuestPath)> {
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    let kind = match &name[dot..] {
        b".mount" => Kind::Mount,
        b".automount" => Kind::Automount,
        b".swap" => Kind::Swap,
        _ => return None,
    };
    Some((kind, name::to_path(&name[..dot])?))
}

/// A unit file's state and content; none for a link to nothing, which systemd passes over.
fn read_unit(
    probe: &mut Probe<'_>,
    file: &GuestPath,
    is_before_fstab: bool,
) -> Result<Option<(State, UnitFile)>, GuestError> {
    let Some(at) = probe.resolve_at(file)? else {
        return Ok(None);
    };
    if at.path.as_bytes() == b"/dev/null" {
        return Ok(Some((State::Masked, UnitFile::default())));
    }
    match at.metadata {
        Some(found) if found.kind == FileKind::File && found.size == 0 => {
            Ok(Some((State::Masked, UnitFile::default())))
        }
        Some(found) if found.kind == FileKind::File => {
            let content = probe.content_at(&at.path, UNIT_MAX)?.unwrap_or_default();
            let state = match is_before_fstab {
                true => State::BeforeFstab,
                false => State::BehindFstab,
            };
            Ok(Some((state, UnitFile::parse(&content))))
        }
        _ => Ok(None),
    }
}

/// Names of all units that a folder of wants, requirements or upheld units has.
fn wanted_units(
    probe: &mut Probe<'_>,
    folders: &[Folder],
) -> Result<BTreeSet<Vec<u8>>, GuestError> {
    let mut wanted = BTreeSet::new();
    let mut listed = 0;
    for folder in folders {
        for name in &folder.names {
            let suffixes = [&b".wants"[..], b".requires", b".upholds"];
            if !suffixes.iter().any(|suffix| name.ends_with(suffix)) || listed == FOLDERS {
                continue;
            }
            listed += 1;
            if let Ok(path) = folder.path.join(name) {
                wanted.extend(probe.names(&path)?);
            }
        }
    }
    Ok(wanted)
}

/// At a first boot systemd enables what its presets say (machine-id(5), "First Boot Semantics").
fn is_first_boot(probe: &mut Probe<'_>) -> Result<bool, GuestError> {
    let id = probe.content("/etc/machine-id", 4096)?;
    Ok(id.is_none_or(|(_, id)| id.trim_ascii() == b"uninitialized"))
}

/// True where a unit of the operator's own wants another one by its text.
fn is_named(probe: &mut Probe<'_>, folders: &[Folder], wanted: &[u8]) -> Result<bool, GuestError> {
    let mut left = UNITS;
    for folder in folders.iter().filter(|folder| folder.is_before_fstab) {
        for name in &folder.names {
            let kinds = [&b".target"[..], b".service", b".mount"];
            if !kinds.iter().any(|kind| name.ends_with(kind)) || left == 0 {
                continue;
            }
            left -= 1;
            if let Ok(file) = folder.path.join(name)
                && let Some((_, content)) = read_unit(probe, &file, true)?
                && content.pulls_in(wanted)
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn generator(probe: &mut Probe<'_>, has_generators: bool) -> Result<Option<Generator>, GuestError> {
    let own = format!("/etc/systemd/system-generators/{GENERATOR}");
    if has_generators {
        let own: GuestPath = own.parse().expect("a literal guest path");
        match read_unit_state(probe, &own)? {
            Some(true) => return Ok(Some(Generator::Masked(own))),
            Some(false) => return Ok(None),
            None => {}
        }
    }
    let mut missing = false;
    for folder in ["/usr/lib", "/lib", "/usr/local/lib"] {
        let folder = format!("{folder}/systemd/system-generators");
        if probe.exists(&format!("{folder}/{GENERATOR}"))? {
            return Ok(None);
        }
        missing |= probe
            .directory(&folder)?
            .is_some_and(|(_, names)| !names.is_empty());
    }
    Ok(missing.then_some(Generator::Missing))
}

/// True for a file that masks; `None` where it is not there.
fn read_unit_state(probe: &mut Probe<'_>, file: &GuestPath) -> Result<Option<bool>, GuestError> {
    let Some(at) = probe.resolve_at(file)? else {
        return Ok(None);
    };
    if at.path.as_bytes() == b"/dev/null" {
        return Ok(Some(true));
    }
    Ok(at.metadata.map(|found| found.size == 0))
}

/// True where a unit's file in a folder of the operator's masks it.
pub(super) fn is_masked(probe: &mut Probe<'_>, file: &str) -> Result<bool, GuestError> {
    let file: GuestPath = file.parse().expect("a literal guest path");
    Ok(read_unit_state(probe, &file)?.unwrap_or_default())
}
