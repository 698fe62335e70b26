//! From a VM's configuration to a verdict.

use std::path::{Path, PathBuf};

use super::boot;
use super::conf::{Conf, Drive};
use super::network;
use super::storage::file_of;
use crate::config::{Config, OnFailure};
use crate::hook::asked::Asked;
use crate::hook::direct;
use crate::hook::error::{DiskRefusal, HookError};
use crate::hook::policy::takes_part;
use crate::hook::verdict::{Failed, Request, Verdict, Why};
use crate::path::escape;

/// Decides whether a VM takes part, as far as its number tells: all there is to go by where it has no
/// configuration on this node.
///
/// # Errors
/// Reason why it takes no part.
pub fn by_number(vmid: u32, config: &Config) -> Result<OnFailure, Why> {
    takes_part(&[&vmid.to_string()], None, &config.hook)
}

/// Tells whether a VM takes part, by its number and the name in a configuration of it, which may
/// be an old one.
///
/// # Errors
/// Reason why it takes no part.
pub fn by_conf(vmid: u32, conf: &[u8], config: &Config) -> Result<OnFailure, Why> {
    let (number, conf) = (vmid.to_string(), String::from_utf8_lossy(conf));
    let conf = Conf::new(&conf);
    let name = conf.get("name").unwrap_or(&number);
    takes_part(&[name, &number], None, &config.hook)
}

/// Judges a VM that is about to start, by its configuration and that of the
/// storages. Nothing is opened.
pub fn request(vmid: u32, conf: &[u8], storages: &[u8], config: &Config) -> Verdict {
    let conf = String::from_utf8_lossy(conf);
    let storages = String::from_utf8_lossy(storages);
    let conf = Conf::new(&conf);
    let number = vmid.to_string();
    let name = conf.get("name").unwrap_or(&number);
    let on_failure = match takes_part(&[name, &number], None, &config.hook) {
        Ok(on_failure) => on_failure,
        Err(why) => return Verdict::Leave(why),
    };
    if let Some(why) = left_alone(&conf) {
        return Verdict::Leave(why);
    }
    let shown = || match name == number {
        true => number.clone(),
        false => format!("{number} ({})", escape(name.as_bytes())),
    };
    let fail = |reason| Verdict::Fail(Failed { on_failure, reason });
    let drives = conf.drives();
    let (either, root) = match boot::disks(&conf, &drives, &shown()) {
        Ok(found) => found,
        Err(reason) => return fail(reason),
    };
    let (mut images, mut refused) = (Vec::new(), None);
    for drive in either {
        match image(drive, &drives, &storages) {
            Ok(disk) => images.push((disk, None)),
            // A root that is named by its content may still be on another one.
            Err(refusal) => {
                refused.get_or_insert(HookError::Disk {
                    vm: shown(),
                    disk: drive.key.to_owned(),
                    refusal,
                });
            }
        }
    }
    let kernel = boot::kernel(&conf);
    let machine = match direct::machine(kernel.as_ref(), &config.boot, &shown()) {
        Ok(machine) => machine,
        Err(reason) => return fail(reason),
    };
    let mut images = images.into_iter();
    let Some((disk, _)) = images.next() else {
        return fail(refused.unwrap_or(HookError::NoDisk { vm: shown() }));
    };
    let Some(masters) = config.masters.clone() else {
        return fail(HookError::NoMasters { vm: shown() });
    };
    let numbered = network::nics(&conf);
    let nics: Vec<_> = numbered.iter().map(|(_, nic)| nic.clone()).collect();
    let mut asked = Asked::default();
    if Asked::is_everyones(config, &nics) {
        let found = network::asked(&conf, &numbered, &shown());
        let completed = found.and_then(|found| {
            asked = found;
            asked.complete(conf.get("name"), &shown(), &nics, config)?;
            asked = std::mem::take(&mut asked).without_stray();
            Ok(())
        });
        if let Err(reason) = completed {
            return fail(reason);
        }
    }
    Verdict::Prepare(Request {
        nics: nics.into(),
        asked: Box::new(asked),
        identity: None,
        name: name.to_owned(),
        disk,
        chain: None,
        root,
        others: images.collect(),
        known_as: Some(uuid(&conf).unwrap_or(number.clone())),
        server: None,
        machine,
        on_failure,
        masters,
    })
}

/// The UUID that the guest is shown. A clone has one of its own, and a VM keeps it on another node.
fn uuid(conf: &Conf<'_>) -> Option<String> {
    let settings = conf.get("smbios1")?.split(',');
    let mut found = settings.filter_map(|setting| setting.trim().strip_prefix("uuid="));
    let uuid = found.next_back()?.to_ascii_lowercase();
    let is_sound = uuid.len() == 36 && uuid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    is_sound.then_some(uuid)
}

fn left_alone(conf: &Conf<'_>) -> Option<Why> {
    if conf.get("template").is_some_and(|value| value != "0") {
        Some(Why::Template)
    } else if conf.get("lock").is_some() {
        Some(Why::Locked)
    } else if conf.get("vmstate").is_some() {
        Some(Why::Restored)
    } else if conf.get("parent").is_some_and(|name| conf.has_memory(name)) {
        Some(Why::Snapshot)
    } else {
        None
    }
}

fn image(drive: &Drive<'_>, all: &[Drive<'_>], storages: &str) -> Result<PathBuf, DiskRefusal> {
    // Writes go to a temporary overlay.
    if drive.is_on("snapshot") {
        return Err(DiskRefusal::Transient);
    }
    if drive.is_on("ro") {
        return Err(DiskRefusal::ReadOnly);
    }
    let volume = drive.volume();
    if volume.is_empty() {
        return Err(DiskRefusal::NoSource);
    }
    if let Some(other) = all
        .iter()
        .find(|other| other.key != drive.key && other.volume() == volume)
    {
        return Err(DiskRefusal::Twice(other.key.to_owned()));
    }
    let stated = drive.option("format");
    let (path, format) = match volume.starts_with('/') {
        // Without a format a path is raw.
        true => (PathBuf::from(volume), stated.unwrap_or("raw")),
        false => {
            let path = file_of(volume, storages)?;
            let named = if ends_in(&path, "qcow2") {
                "qcow2"
            } else {
                "raw"
            };
            (path, stated.unwrap_or(named))
        }
    };
    match format {
        "qcow2" => Ok(path),
        other => Err(DiskRefusal::Format(escape(other.as_bytes()))),
    }
}

fn ends_in(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
