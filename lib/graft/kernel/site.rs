//! The places of a kernel in a guest, and the edits there.

use std::cell::Cell;

use super::flaw::KernelFlaw;
use super::held::{MODE, State, TEXT_MAX, altered, edited, gone, is_file, sha256, state, undo};
use super::loader::{self, Names, Template};
use super::record::{
    CUSTOM, CustomReceipt, FOLDER, GRUB, IMAGE_MAX, KernelFile, KernelReceipt, LIMIT,
};
use super::source::{ChildKernel, KernelFault, KernelSource};
use crate::edit::{Content, Edit, Owner};
use crate::graft::error::GraftError;
use crate::graft::finding::Finding;
use crate::graft::preflight;
use crate::graft::unfit::Unfit;
use crate::guest::{FileKind, Guest, GuestError, GuestFacts, resolve};
use crate::path::GuestPath;
use crate::registry::Server;

/// Largest file that is written, in bytes: what an editor's process takes at once. GRUB puts the parts of
/// an initramfs behind each other, each at a multiple of four bytes.
const PART: usize = 32 << 20;

/// A kernel that a guest is to have.
#[derive(Clone, Copy, Debug)]
pub(in crate::graft) struct WantedKernel<'a> {
    /// The release that the child's server has.
    pub(in crate::graft) release: &'a str,
    pub(in crate::graft) source: &'a dyn KernelSource,
}

/// Edits for the kernel of a release, or for the way back of an earlier one.
pub(in crate::graft) struct PlannedKernel {
    /// Taken out once: they hold the kernel's bytes.
    pub(in crate::graft) edits: Cell<Vec<Edit>>,
    pub(in crate::graft) told: Vec<Finding>,
    /// The record of it; `None` where nothing is left.
    pub(in crate::graft) done: Option<KernelReceipt>,
}

/// A guest's GRUB.
struct Grub {
    template: Template,
    custom: GuestPath,
    /// Content of custom.cfg, where it is there.
    content: Option<Vec<u8>>,
}

impl<'a> WantedKernel<'a> {
    /// The kernel of the release that a server has.
    pub(in crate::graft) fn of(
        source: &'a dyn KernelSource,
        server: &'a Server,
    ) -> Result<Self, KernelFault> {
        let release = server.release().ok_or_else(|| KernelFault {
            code: "child-boot-release",
            text: format!(
                "server “{}” tells no release, so that no kernel of it can be booted: set its release",
                server.name()
            ),
            is_usage: true,
        })?;
        Ok(Self { release, source })
    }
}

impl PlannedKernel {
    /// Plans the kernel that a guest is to have, or that it is to have none any more. `None` where there
    /// was none and is to be none.
    pub(in crate::graft) fn new(
        guest: &mut dyn Guest,
        facts: &GuestFacts,
        wanted: Option<WantedKernel<'_>>,
        earlier: Option<&KernelReceipt>,
    ) -> Result<Option<Self>, GraftError> {
        match (wanted, earlier) {
            (None, None) => Ok(None),
            (None, Some(earlier)) => {
                let back = undo(guest, earlier, false)?;
                Ok(Some(Self {
                    edits: Cell::new(back.edits),
                    told: back.kept,
                    done: back.remains.then(|| earlier.clone()),
                }))
            }
            (Some(wanted), _) => plan(guest, facts, wanted, earlier).map(Some),
        }
    }
}

fn plan(
    guest: &mut dyn Guest,
    facts: &GuestFacts,
    wanted: WantedKernel<'_>,
    earlier: Option<&KernelReceipt>,
) -> Result<PlannedKernel, GraftError> {
    let kernel = wanted.source.kernel(wanted.release)?;
    require_sound(&kernel)?;
    let boot = boot_of(guest)?;
    let grub = Grub::look(guest, facts, &boot)?;
    let folder = boot.join(FOLDER).map_err(Unfit::from)?;
    let (mut edits, mut told) = (Vec::new(), Vec::new());
    let has_folder = match guest.lstat(&folder) {
        Ok(found) if found.kind == FileKind::Directory => true,
        Ok(_) => return Err(in_the_way(&folder, "is no directory")),
        Err(GuestError::NotFound(_)) => false,
        Err(error) => return Err(error.into()),
    };
    if !has_folder {
        edits.push(Edit::make_directory(folder.clone()));
    }
    let mut intact = Vec::new();
    for file in earlier
        .map(|earlier| &earlier.files[..])
        .unwrap_or_default()
    {
        match state(guest, file)? {
            State::Intact => intact.push(file.clone()),
            State::Gone => told.push(gone(&file.path, "; it is written anew")),
            State::Altered => told.push(altered(&file.path, "; it is written anew")),
        }
    }
    let made_from: Vec<String> = kernel
        .pieces
        .iter()
        .map(|piece| piece.sha256.clone())
        .collect();
    let same = earlier.filter(|earlier| {
        earlier.kernel == kernel.kernel
            && earlier.made_from == made_from
            && earlier.files.len() == intact.len()
            && earlier
                .files
                .iter()
                .all(|file| file.path.starts_with(&folder))
    });
    let files = match same {
        Some(earlier) => earlier.files.clone(),
        None => {
            let stale = earlier
                .map(|earlier| &earlier.files[..])
                .unwrap_or_default();
            write(
                guest,
                &kernel,
                &folder,
                wanted.source,
                (&intact, stale),
                &mut edits,
            )?
        }
    };
    let (custom, edit) = grub.entry(&kernel, &files, earlier, &mut told)?;
    edits.extend(edit);
    let made = (!has_folder).then(|| folder.clone());
    Ok(PlannedKernel {
        edits: Cell::new(edits),
        told,
        done: Some(KernelReceipt {
            release: kernel.release,
            kernel: kernel.kernel,
            made_from,
            files,
            folder: made.or_else(|| earlier?.folder.clone()),
            custom,
        }),
    })
}

/// Edits that put a kernel's files in place, and take away those of an earlier one.
fn write(
    guest: &mut dyn Guest,
    kernel: &ChildKernel,
    folder: &GuestPath,
    source: &dyn KernelSource,
    (intact, stale): (&[KernelFile], &[KernelFile]),
    edits: &mut Vec<Edit>,
) -> Result<Vec<KernelFile>, GraftError> {
    let mut pieces = source.read(kernel)?.into_iter();
    let image = pieces.next().unwrap_or_default();
    let mut contents = vec![(format!("vmlinuz-{}", kernel.kernel), image)];
    let parts = pieces.flat_map(|piece| match piece.len() > PART {
        true => piece.chunks(PART).map(<[u8]>::to_vec).collect(),
        false => vec![piece],
    });
    for (number, part) in parts.enumerate() {
        contents.push((format!("initrd-{}-{}", kernel.kernel, number + 1), part));
    }
    let mut files = Vec::new();
    for (name, content) in &contents {
        files.push(KernelFile {
            path: folder.join(name.as_bytes()).map_err(Unfit::from)?,
            size: content.len() as u64,
            sha256: sha256(content),
        });
    }
    // Room that an earlier kernel took is free for the new one.
    for file in stale
        .iter()
        .filter(|file| !files.contains(file) || !intact.contains(file))
    {
        if is_file(guest, &file.path)? {
            let path = file.path.clone();
            edits.push(Edit::Remove { path });
        }
    }
    for (file, (_, content)) in files.iter().zip(contents) {
        if intact.contains(file) {
            continue;
        }
        let is_removed = |edit: &Edit| matches!(edit, Edit::Remove { path } if *path == file.path);
        if !edits.iter().any(is_removed) && is_file(guest, &file.path)? {
            let path = file.path.clone();
            edits.push(Edit::Remove { path });
        }
        let content = Content::image(content, file.sha256.clone());
        edits.push(Edit::write_as(
            file.path.clone(),
            None,
            content,
            Owner::root(MODE),
        ));
    }
    Ok(files)
}

impl Grub {
    fn look(
        guest: &mut dyn Guest,
        facts: &GuestFacts,
        boot: &GuestPath,
    ) -> Result<Self, GraftError> {
        let loader = |why: String| Unfit::Kernel(KernelFlaw::Loader { why });
        let mut found = None;
        for name in GRUB {
            let folder = resolve(guest, &boot.join(name).map_err(Unfit::from)?)?;
            if folder.kind() != Some(FileKind::Directory) {
                continue;
            }
            let cfg = resolve(guest, &folder.path.join("grub.cfg").map_err(Unfit::from)?)?;
            if cfg.kind() == Some(FileKind::File) {
                let content = guest.read(&cfg.path, TEXT_MAX)?;
                found = Some((folder.path, cfg.path, content));
                break;
            }
        }
        let Some((folder, path, cfg)) = found else {
            return Err(loader(format!("{boot} has no grub.cfg")).into());
        };
        if !loader::takes_custom(&cfg) {
            return Err(loader(format!("{path} does not take in custom.cfg")).into());
        }
        let Some(first) = preflight::first_entry(guest, facts)? else {
            return Err(loader(format!("no entry of {path} is known")).into());
        };
        let template = match first.file == path {
            true => loader::of_grub(&cfg, first.line),
            false if first.is_bls => {
                let has_video = loader::has_function(&cfg, b"load_video");
                loader::of_bls(&guest.read(&first.file, TEXT_MAX)?, has_video)
            }
            false => return Err(loader(format!("{} starts the kernel", first.file)).into()),
        };
        let unclear = || {
            Unfit::Kernel(KernelFlaw::Entry {
                path: first.file.clone(),
                image: first.image.clone(),
            })
        };
        let template = template.ok_or_else(unclear)?;
        // The folder of the entry's kernel is the guest's /boot as GRUB names it.
        let image = boot.join(&template.image).map_err(|_| unclear())?;
        if !resolve(guest, &image)?.exists() {
            return Err(unclear().into());
        }
        let custom = folder.join(CUSTOM).map_err(Unfit::from)?;
        let content = match guest.lstat(&custom) {
            Err(GuestError::NotFound(_)) => None,
            Err(error) => return Err(error.into()),
            Ok(found) => {
                let what = match found.kind {
                    FileKind::File if found.links > 1 => Some("has other names"),
                    FileKind::File if found.immutable => Some("is immutable"),
                    FileKind::File if found.size > TEXT_MAX => Some("is larger than 1 MiB"),
                    FileKind::File => None,
                    _ => Some("is no regular file"),
                };
                if let Some(what) = what {
                    return Err(in_the_way(&custom, what));
                }
                Some(guest.read(&custom, TEXT_MAX)?)
            }
        };
        Ok(Self {
            template,
            custom,
            content,
        })
    }

    /// The entry for these files, and the edit that makes it; none where it is as it should be.
    fn entry(
        &self,
        kernel: &ChildKernel,
        files: &[KernelFile],
        earlier: Option<&KernelReceipt>,
        told: &mut Vec<Finding>,
    ) -> Result<(CustomReceipt, Option<Edit>), GraftError> {
        let names: Vec<String> = files
            .iter()
            .filter_map(|file| file.path.file_name())
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect();
        let (image, initrd) = names.split_first().expect("a kernel has an image");
        let names = Names {
            folder: FOLDER,
            image,
            initrd,
        };
        let title = format!("Kernel {} of release {}", kernel.kernel, kernel.release);
        let block = self.template.block(names, &title);
        let before = self.content.as_deref().unwrap_or_default();
        let torn = |()| {
            in_the_way(
                &self.custom,
                "has a mark of osgraft's block without the other",
            )
        };
        let was = loader::find(before).map_err(torn)?;
        let (after, has_newline) = loader::with_block(before, &block).map_err(torn)?;
        let earlier = earlier.map(|earlier| &earlier.custom);
        if let Some(earlier) = earlier.filter(|earlier| earlier.path == self.custom) {
            match &was {
                None => told.push(gone(&self.custom, ": osgraft's entry in it is put back")),
                Some(place) if sha256(&before[place.clone()]) != earlier.sha256 => {
                    told.push(edited(&self.custom, "it is written anew"));
                }
                Some(_) => {}
            }
        }
        let known = earlier.filter(|_| was.is_some());
        let record = CustomReceipt {
            path: self.custom.clone(),
            is_made: known.map_or(self.content.is_none(), |known| known.is_made),
            has_newline: known.map_or(has_newline, |known| known.has_newline),
            sha256: sha256(&block),
        };
        let edit = (self.content.as_deref() != Some(&after[..]))
            .then(|| Edit::write(self.custom.clone(), self.content.clone(), after, MODE));
        Ok((record, edit))
    }
}

/// The guest's `/boot`, links resolved.
fn boot_of(guest: &mut dyn Guest) -> Result<GuestPath, GraftError> {
    let boot = resolve(guest, &"/boot".parse().expect("a literal guest path"))?;
    match boot.kind() {
        Some(FileKind::Directory) => Ok(boot.path),
        _ => {
            let why = "it has no /boot".to_owned();
            Err(Unfit::Kernel(KernelFlaw::Loader { why }).into())
        }
    }
}

fn require_sound(kernel: &ChildKernel) -> Result<(), Unfit> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+~-".contains(&byte);
    for name in [&kernel.kernel, &kernel.release] {
        if name.is_empty() || name.len() > 128 || !name.bytes().all(is_plain) {
            let name = name.clone();
            return Err(Unfit::Kernel(KernelFlaw::Name { name }));
        }
    }
    let size = kernel.pieces.iter().map(|piece| piece.size);
    let size = size.fold(0_u64, u64::saturating_add);
    let image = kernel.pieces.first().map_or(0, |piece| piece.size);
    if size > LIMIT || image > IMAGE_MAX {
        return Err(Unfit::Kernel(KernelFlaw::Size {
            release: kernel.release.clone(),
            kernel: kernel.kernel.clone(),
            size,
            limit: LIMIT,
        }));
    }
    Ok(())
}

fn in_the_way(path: &GuestPath, what: &'static str) -> GraftError {
    let path = path.clone();
    Unfit::Kernel(KernelFlaw::InTheWay { path, what }).into()
}
