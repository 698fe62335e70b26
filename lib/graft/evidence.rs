//! Traces of an earlier graft whose receipt is lost: the block of fstab, the links,
//! and what they displaced.

use super::error::GraftError;
use super::kernel;
use super::receipt::{FstabReceipt, Receipt};
use super::share::Share;
use super::survey::{self, FstabFile, ReceiptFile};
use super::unfit::Unfit;
use super::unit_site::{UnitSite, is_as_made, unit_of};
use crate::fstab::{Component, Fstab, Known, Managed, Undo};
use crate::guest::{Guest, GuestError};
use crate::links::{DoneMount, Form, Links, Observation, Physical};
use crate::mount::Options;
use crate::path::GuestPath;
use crate::unit;

/// A receipt made of what the guest shows of a graft of these links, and of its unit; none where it
/// shows nothing.
/// An entry without its markers is taken for ours where it mounts `spec` and a link is in place.
///
/// A final newline that was added to fstab is not known any more, nor is it that the guest had no
/// fstab: both stay.
pub(super) fn of_links(
    guest: &mut dyn Guest,
    links: &Links,
    (physical, observation, unit): (&Physical, &Observation, Option<&UnitSite>),
    (file, fstab): (&ReceiptFile, &FstabFile),
    spec: Option<&str>,
) -> Result<Option<Receipt>, GraftError> {
    let mount_point = links.mount_point();
    let known = Known::at(mount_point.clone());
    let mut managed = block_of(fstab, &known);
    let mut done = links
        .adopt(physical, observation, managed.is_some())
        .map_err(Unfit::from)?;
    if let (None, Some(spec), false) = (&managed, spec, done.links.is_empty()) {
        managed = block_of(fstab, &known.spec(spec));
    }
    let components = managed.iter().flat_map(|found| &found.components);
    done.mounts = components.filter_map(mount_of).collect();
    let unit = unit.and_then(|found| unit::Done::adopt(&found.unit, &found.site));
    if managed.is_none() && done.links.is_empty() && unit.is_none() {
        return Ok(None);
    }
    for path in links.made_for(physical).map_err(Unfit::from)? {
        if is_made(guest, &path)? {
            done.directories.push(path);
        }
    }
    let of_overlays: Vec<_> = done
        .mounts
        .iter()
        .flat_map(DoneMount::directories)
        .collect();
    for path in of_overlays {
        if is_made(guest, &path)? && !done.directories.contains(&path) {
            done.directories.push(path);
        }
    }
    let export = managed.as_ref().map(|found| found.entry.spec());
    let export = String::from_utf8_lossy(export.unwrap_or_default()).into_owned();
    let mut receipt = Receipt::new(mount_point.clone(), "", &export);
    receipt.set_unit(unit);
    receipt.set_links(done);
    receipt.set_kernel(kernel::adopt(guest)?);
    receipt.fstab = managed.map(|found| FstabReceipt {
        path: fstab.path.clone(),
        undo: Undo::found(&found),
    });
    receipt.folders = match file.missing.is_empty() {
        true => vec![file.folder()],
        false => file.missing.clone(),
    };
    Ok(Some(receipt))
}

/// The same for a graft on any mount point: that of the block, else that of the share.
pub(super) fn anywhere(
    guest: &mut dyn Guest,
    share: &Share,
    file: &ReceiptFile,
    fstab: &FstabFile,
    spec: Option<&str>,
) -> Result<Option<Receipt>, GraftError> {
    let wanted = share.links();
    let other = block_elsewhere(fstab, wanted.mount_point());
    let other = other.and_then(|at| Links::new(&at, wanted.iter().cloned().collect()).ok());
    for links in other.iter().chain([wanted]) {
        let physical = survey::locate(guest, links)?;
        let observation = survey::links(guest, links, &physical, None)?;
        let unit = unit_of(links, &physical);
        let unit = UnitSite::look(guest, unit, None)?;
        let shown = (&physical, &observation, Some(&unit));
        if let Some(found) = of_links(guest, links, shown, (file, fstab), spec)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Mount point of a whole block that mounts elsewhere.
pub(super) fn block_elsewhere(fstab: &FstabFile, mount_point: &GuestPath) -> Option<GuestPath> {
    let managed = Fstab::parse(fstab.content.as_deref()?).managed().ok()??;
    let at = managed.entry.mount_point()?;
    (at != *mount_point).then_some(at)
}

fn block_of(fstab: &FstabFile, known: &Known) -> Option<Managed> {
    let mut text = Fstab::parse(fstab.content.as_deref()?);
    let _ = text.mend(known);
    let managed = text.managed().ok()??;
    known.mounts_there(&managed.entry).then_some(managed)
}

/// The mount that an entry of the block makes.
fn mount_of(component: &Component) -> Option<DoneMount> {
    let entry = &component.entry;
    let (form, from) = match entry.vfstype() {
        b"overlay" => {
            let options = Options::read(entry.options());
            (Form::Overlay, options.value("lowerdir")?.to_vec())
        }
        _ => (Form::Mount, entry.spec().to_vec()),
    };
    let from = GuestPath::new(from).ok()?;
    Some(DoneMount::new(entry.mount_point()?, from, form))
}

/// True for a directory as osgraft makes one.
fn is_made(guest: &mut dyn Guest, path: &GuestPath) -> Result<bool, GuestError> {
    match guest.lstat(path) {
        Ok(found) => Ok(is_as_made(&found)),
        Err(error @ GuestError::Io { .. }) => Err(error),
        Err(_) => Ok(false),
    }
}
