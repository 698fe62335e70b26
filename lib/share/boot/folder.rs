//! The folder of the kernels that the hypervisor loads.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use super::error::BootError;
use crate::host::{Lock, LockError, others_may_change};
use crate::path::escape;
use crate::share::release::{Digest, Digester};

/// Folder of the kernels, beside the machines' links.
const KERNELS: &str = ".kernels";
const NEW: &str = ".new";
const ORIGIN: &str = "origin.json";
/// Largest origin that is read, in bytes.
const ORIGIN_MAX: u64 = 64 << 10;
/// Time that another osgraft is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest name of a machine, in bytes.
const NAME_MAX: usize = 200;
/// Length of the name of a kernel's folder.
const NAME_LEN: usize = 32;
/// The kernel starts an archive that is not compressed at a multiple of this many bytes.
const ALIGNED: u64 = 4;

/// One file of a release that is a part of what boots.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Piece {
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
    /// Digest of its bytes.
    pub sha256: Digest,
}

/// Files that a release boots a kernel with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KernelFiles {
    /// The release.
    pub release: String,
    /// The kernel's release, as `uname -r` says it.
    pub kernel: String,
    /// The kernel.
    pub vmlinuz: Piece,
    /// The initramfs: archives in the order in which the kernel unpacks them.
    pub initrd: Vec<Piece>,
}

/// Origin of the files that a machine boots with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The release.
    pub release: String,
    /// The kernel's release.
    pub kernel: String,
}

/// A machine's files, as its description names them.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Pointed {
    /// True where the machine booted with other files, or none, before.
    pub is_changed: bool,
    /// Origin of the files.
    #[serde(flatten)]
    pub origin: Origin,
    /// The kernel.
    pub vmlinuz: PathBuf,
    /// The initramfs.
    pub initrd: PathBuf,
}

impl Origin {
    fn of(files: &KernelFiles) -> Self {
        Self {
            release: files.release.clone(),
            kernel: files.kernel.clone(),
        }
    }
}

/// A folder of kernels, one link for each machine.
///
/// ```no_run
/// use osgraft::share::boot::BootFolder;
///
/// let folder = BootFolder::at("/var/lib/osgraft/boot");
/// let (vmlinuz, initrd) = folder.files("web-7")?;
/// assert!(vmlinuz.ends_with("web-7/vmlinuz"));
/// # Ok::<(), osgraft::share::boot::BootError>(())
/// ```
#[derive(Clone, Debug)]
pub struct BootFolder {
    path: PathBuf,
}

impl BootFolder {
    /// The folder at this path, which is made when it is first needed.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Kernel and initramfs of a machine, whether they are there or not.
    ///
    /// # Errors
    /// [`BootError::Name`].
    pub fn files(&self, machine: &str) -> Result<(PathBuf, PathBuf), BootError> {
        let link = self.link(machine)?;
        Ok((link.join("vmlinuz"), link.join("initrd")))
    }

    /// Origin of the files that a machine boots with at its next start; `None` where it has none.
    ///
    /// # Errors
    /// [`BootError`]; [`BootError::InTheWay`] for a link that leads elsewhere.
    pub fn origin(&self, machine: &str) -> Result<Option<Origin>, BootError> {
        let link = self.link(machine)?;
        match self.target(&link)? {
            None => Ok(None),
            Some(name) => read_origin(&self.kernels().join(name)).map(Some),
        }
    }

    /// Machines that have a link, sorted by name.
    ///
    /// # Errors
    /// [`BootError`].
    pub fn machines(&self) -> Result<Vec<(String, Origin)>, BootError> {
        let mut found = Vec::new();
        for (name, link) in self.links()? {
            if let Some(kernel) = self.target(&link)? {
                let name = name.to_string_lossy().into_owned();
                found.push((name, read_origin(&self.kernels().join(kernel))?));
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found)
    }

    /// Points a machine at a release's files, which are copied into the folder where they are not there.
    /// Each call holds every byte against the manifest's digests. Killed at any instant, it leaves the
    /// files from before or the new ones. A machine that runs is not changed: QEMU has read its own.
    ///
    /// Kernels that no machine is pointed at any more are removed.
    ///
    /// # Errors
    /// [`BootError`]; the machine's link is then as it was.
    pub fn point(&self, machine: &str, files: &KernelFiles) -> Result<Pointed, BootError> {
        let link = self.link(machine)?;
        let _lock = self.lock()?;
        let name = self.stage(files)?;
        let target = Path::new(KERNELS).join(&name);
        let is_changed = self.target(&link)?.as_deref() != Some(&name);
        if is_changed {
            let new = self.path.join(format!("{NEW}-{machine}"));
            remove_if_there(&new)?;
            symlink(&target, &new).map_err(BootError::io("make the link", &new))?;
            fs::rename(&new, &link).map_err(BootError::io("put in place the link", &link))?;
            sync_folder(&self.path)?;
        }
        self.sweep(&name)?;
        Ok(Pointed {
            is_changed,
            origin: Origin::of(files),
            vmlinuz: link.join("vmlinuz"),
            initrd: link.join("initrd"),
        })
    }

    /// Forgets a machine; true where it had a link. Kernels that no machine is pointed at are removed.
    ///
    /// # Errors
    /// [`BootError`].
    pub fn forget(&self, machine: &str) -> Result<bool, BootError> {
        let link = self.link(machine)?;
        if !self.path.is_dir() {
            return Ok(false);
        }
        let _lock = self.lock()?;
        let is_there = self.target(&link)?.is_some();
        if is_there {
            fs::remove_file(&link).map_err(BootError::io("remove the link", &link))?;
            sync_folder(&self.path)?;
        }
        self.sweep("")?;
        Ok(is_there)
    }

    fn kernels(&self) -> PathBuf {
        self.path.join(KERNELS)
    }

    fn link(&self, machine: &str) -> Result<PathBuf, BootError> {
        let is_name = !machine.is_empty()
            && machine.len() <= NAME_MAX
            && !machine.starts_with('.')
            && !machine.contains(['/', '\0']);
        match is_name {
            true => Ok(self.path.join(machine)),
            false => Err(BootError::Name {
                name: escape(machine.as_bytes()),
            }),
        }
    }

    /// Takes the folder's lock, and makes the folder where it is missing.
    fn lock(&self) -> Result<Lock, BootError> {
        let kernels = self.kernels();
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(&kernels)
            .map_err(BootError::io("make the folder", &kernels))?;
        require_own(&kernels)?;
        Lock::take(&kernels, PATIENCE).map_err(|error| match error {
            LockError::Held => BootError::Held(self.path.clone()),
            LockError::Io(source) => BootError::io("lock the folder", &self.path)(source),
        })
    }

    /// Name of the kernel that a machine's link leads to; `None` where nothing is there.
    fn target(&self, link: &Path) -> Result<Option<String>, BootError> {
        let target = match fs::read_link(link) {
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                return Err(BootError::InTheWay(link.to_owned()));
            }
            Err(error) => return Err(BootError::io("read the link", link)(error)),
        };
        let name = target.strip_prefix(KERNELS).ok().and_then(Path::to_str);
        match name.filter(|name| is_kernel(OsStr::new(name))) {
            Some(name) => Ok(Some(name.to_owned())),
            None => Err(BootError::InTheWay(link.to_owned())),
        }
    }

    /// The machines' links.
    fn links(&self) -> Result<Vec<(OsString, PathBuf)>, BootError> {
        let failed = BootError::io("read the folder", &self.path);
        let mut found = Vec::new();
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            entries => entries.map_err(failed)?,
        };
        for entry in entries {
            let entry = entry.map_err(BootError::io("read the folder", &self.path))?;
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            if is_link && !entry.file_name().as_encoded_bytes().starts_with(b".") {
                found.push((entry.file_name(), entry.path()));
            }
        }
        Ok(found)
    }

    /// The folder of these files, whole and as the manifest says; made where it is missing or altered.
    fn stage(&self, files: &KernelFiles) -> Result<String, BootError> {
        let name = name_of(files);
        let place = self.kernels().join(&name);
        if self.is_whole(&place, files)? {
            return Ok(name);
        }
        let new = self.kernels().join(NEW);
        remove_tree(&new)?;
        let made = self.build(&new, files);
        if made.is_err() {
            // The error to tell is the first one; the next call removes what is left.
            let _ = fs::remove_dir_all(&new);
        }
        made?;
        remove_tree(&place)?;
        fs::rename(&new, &place).map_err(BootError::io("put in place the kernel", &place))?;
        sync_folder(&self.kernels())?;
        Ok(name)
    }

    fn build(&self, new: &Path, files: &KernelFiles) -> Result<(), BootError> {
        DirBuilder::new()
            .mode(0o755)
            .create(new)
            .map_err(BootError::io("make the folder", new))?;
        let mode = Permissions::from_mode(0o755);
        fs::set_permissions(new, mode).map_err(BootError::io("open to QEMU the folder", new))?;
        let vmlinuz = std::slice::from_ref(&files.vmlinuz);
        for (name, pieces) in [("vmlinuz", vmlinuz), ("initrd", &files.initrd[..])] {
            let path = new.join(name);
            let mut file = create(&path)?;
            let mut written = 0_u64;
            for piece in pieces {
                let gap = written.next_multiple_of(ALIGNED) - written;
                file.write_all(&[0; ALIGNED as usize][..gap as usize])
                    .map_err(BootError::io("write", &path))?;
                copy(piece, &mut file, &path)?;
                written += gap + piece.size;
            }
            file.sync_all().map_err(BootError::io("sync", &path))?;
        }
        let path = new.join(ORIGIN);
        let mut file = create(&path)?;
        let text = serde_json::to_vec(&Origin::of(files)).expect("strings alone");
        file.write_all(&text)
            .and_then(|()| file.sync_all())
            .map_err(BootError::io("write", &path))?;
        sync_folder(new)
    }

    /// True where a folder holds these files to the byte. What a hypervisor changes in them, it changes in
    /// what the next machine boots.
    fn is_whole(&self, place: &Path, files: &KernelFiles) -> Result<bool, BootError> {
        let vmlinuz = std::slice::from_ref(&files.vmlinuz);
        for (name, pieces) in [("vmlinuz", vmlinuz), ("initrd", &files.initrd[..])] {
            let path = place.join(name);
            let mut file = match open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(BootError::io("open", &path)(error)),
            };
            let mut read = 0_u64;
            for piece in pieces {
                let gap = read.next_multiple_of(ALIGNED) - read;
                let mut padding = [0; ALIGNED as usize];
                if file.read_exact(&mut padding[..gap as usize]).is_err() || padding != [0; 4] {
                    return Ok(false);
                }
                let digest = digest(&mut file, &path, piece.size, |_| Ok(()))?;
                if digest != Some(piece.sha256) {
                    return Ok(false);
                }
                read += gap + piece.size;
            }
            let rest = file.read(&mut [0]).map_err(BootError::io("read", &path))?;
            if rest != 0 {
                return Ok(false);
            }
        }
        Ok(read_origin(place)
            .is_ok_and(|origin| origin.release == files.release && origin.kernel == files.kernel))
    }

    /// Removes kernels that no machine is pointed at, but for one.
    fn sweep(&self, kept: &str) -> Result<(), BootError> {
        let mut used = HashSet::from([OsString::from(kept)]);
        for (_, link) in self.links()? {
            used.extend(self.target(&link).ok().flatten().map(OsString::from));
        }
        let kernels = self.kernels();
        let entries = fs::read_dir(&kernels).map_err(BootError::io("read the folder", &kernels))?;
        for entry in entries {
            let entry = entry.map_err(BootError::io("read the folder", &kernels))?;
            if is_kernel(&entry.file_name()) && !used.contains(&entry.file_name()) {
                remove_tree(&entry.path())?;
            }
        }
        Ok(())
    }
}

/// True for a name that [`name_of`] makes.
fn is_kernel(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.len() == NAME_LEN && name.iter().all(u8::is_ascii_hexdigit)
}

/// Name of the folder of these files: equal content of one release has one name.
fn name_of(files: &KernelFiles) -> String {
    let mut digester = Digester::default();
    for text in [&files.release, &files.kernel] {
        digester.add(&(text.len() as u64).to_be_bytes());
        digester.add(text.as_bytes());
    }
    for piece in std::iter::once(&files.vmlinuz).chain(&files.initrd) {
        digester.add(&piece.size.to_be_bytes());
        digester.add(piece.sha256.as_bytes());
    }
    digester.finish().to_string()[..NAME_LEN].to_owned()
}

/// Copies a release's file, and holds it against the manifest's digest on the way.
pub(super) fn copy(
    piece: &Piece,
    into: &mut impl Write,
    into_path: &Path,
) -> Result<(), BootError> {
    let altered = |why| BootError::Altered {
        path: piece.path.clone(),
        why,
    };
    require_own(&piece.path)?;
    let mut file = open(&piece.path).map_err(BootError::io("open", &piece.path))?;
    let metadata = file
        .metadata()
        .map_err(BootError::io("look at", &piece.path))?;
    if !metadata.is_file() {
        return Err(altered("it is no regular file"));
    }
    if metadata.len() != piece.size {
        return Err(altered("its size differs"));
    }
    let digest = digest(&mut file, &piece.path, piece.size, |bytes| {
        into.write_all(bytes)
            .map_err(BootError::io("write", into_path))
    })?;
    match digest {
        Some(digest) if digest == piece.sha256 => Ok(()),
        Some(_) => Err(altered("its SHA-256 differs")),
        None => Err(altered("it is shorter now")),
    }
}

/// SHA-256 of the next `size` bytes of a file, each part of which is handed on; `None` where it ends before.
fn digest(
    file: &mut File,
    path: &Path,
    size: u64,
    mut each: impl FnMut(&[u8]) -> Result<(), BootError>,
) -> Result<Option<Digest>, BootError> {
    let mut digester = Digester::default();
    let mut left = size;
    let mut buffer = vec![0; 1 << 20];
    while left > 0 {
        let most = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let len = file
            .read(&mut buffer[..most])
            .map_err(BootError::io("read", path))?;
        if len == 0 {
            return Ok(None);
        }
        digester.add(&buffer[..len]);
        each(&buffer[..len])?;
        left -= len as u64;
    }
    Ok(Some(digester.finish()))
}

/// Refuses a path that another user may change: it decides on what root's machines run.
pub(super) fn require_own(path: &Path) -> Result<(), BootError> {
    let flaw = others_may_change(path).map_err(BootError::io("look at", path))?;
    match flaw {
        None => Ok(()),
        Some(flaw) => Err(BootError::Others {
            path: path.to_owned(),
            flaw,
        }),
    }
}

fn read_origin(place: &Path) -> Result<Origin, BootError> {
    let path = place.join(ORIGIN);
    let mut text = Vec::new();
    open(&path)
        .and_then(|file| file.take(ORIGIN_MAX).read_to_end(&mut text))
        .map_err(BootError::io("read", &path))?;
    serde_json::from_slice(&text).map_err(|_| BootError::Altered {
        path,
        why: "it is no origin of a kernel",
    })
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
        .open(path)
}

/// A new file that QEMU's user can read.
fn create(path: &Path) -> Result<File, BootError> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o644)
        .open(path)
        .map_err(BootError::io("make", path))?;
    file.set_permissions(Permissions::from_mode(0o644))
        .map_err(BootError::io("open to QEMU", path))?;
    Ok(file)
}

fn remove_if_there(path: &Path) -> Result<(), BootError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(BootError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

fn remove_tree(path: &Path) -> Result<(), BootError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(BootError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

fn sync_folder(path: &Path) -> Result<(), BootError> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(BootError::io("sync", path))
}

#[cfg(test)]
mod tests;
