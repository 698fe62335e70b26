//! Trials of the image folder's file system.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::check::{Check, quoted};
use crate::host::ScratchFolder;
use crate::image::{
    BackingNaming, Child, Holder, ImageError, MasterFormat, Masters, OpenChild, Overlay,
};

/// Number of writes that are flushed to take the time of one.
const SYNCS: usize = 20;
/// Not even for a good median is the flushing to go on for longer.
const SYNC_PATIENCE: Duration = Duration::from_secs(3);
/// A commit flushes four times, so this is what makes a prepared child slow.
const SLOW_SYNC: Duration = Duration::from_millis(20);
/// Name of the folder of an examination, a few random letters added.
pub(super) const BENCH_PREFIX: &str = ".osgraft-doctor-";
/// Name of the folder in that.
const BENCH: &str = "bench";
const GIB: u64 = 1 << 30;
const LITTLE_SPACE: u64 = GIB;

/// A hidden folder in the image folder, with a tiny child in it. Both go when this is dropped.
///
/// The image folder may be another user's, who can exchange the hidden one for links. So all in it
/// is reached by way of its descriptor.
#[derive(Debug)]
pub(super) struct Bench {
    _scratch: ScratchFolder,
    /// Below the hidden folder, where nobody else may change a name.
    folder: PathBuf,
}

/// State of the locks of one child.
#[derive(Clone, Copy, Debug)]
struct Locks {
    /// A second reader met QEMU's lock of the writer.
    qemu: bool,
    /// A second descriptor met osgraft's own.
    own: bool,
    /// Both were gone with the writer.
    released: bool,
}

impl Bench {
    pub(super) fn set_up(folder: &Path) -> Result<Self, ImageError> {
        let make = |source| ImageError::Io {
            action: "write in",
            path: folder.to_owned(),
            source,
        };
        let scratch = ScratchFolder::make(folder, BENCH_PREFIX).map_err(make)?;
        scratch.make_folder(BENCH).map_err(make)?;
        let bench = Self {
            folder: scratch.way_in().join(BENCH),
            _scratch: scratch,
        };
        let master = File::create_new(bench.master()).map_err(make)?;
        master.set_len(1 << 20).map_err(make)?;
        // By its path the master could be another file when it is looked up.
        let overlay = Overlay::new(bench.master())
            .format(MasterFormat::Raw)
            .naming(BackingNaming::Relative);
        match overlay.create(bench.child()) {
            Ok(()) => Ok(bench),
            // As the operator knows it.
            Err(ImageError::Io { action, source, .. }) => Err(ImageError::Io {
                action,
                path: folder.to_owned(),
                source,
            }),
            Err(error) => Err(error),
        }
    }

    /// The hidden folder itself.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The child's file.
    pub(super) fn child(&self) -> PathBuf {
        self.folder.join("child.qcow2")
    }

    /// The child, open; its disk is 1 MiB of zeros.
    pub(super) fn open(&self) -> Result<OpenChild, ImageError> {
        self.named()?.read()
    }

    fn master(&self) -> PathBuf {
        self.folder.join("master.raw")
    }

    fn named(&self) -> Result<Child, ImageError> {
        Child::open(self.child(), Masters::only(self.master()))
    }

    fn try_locks(&self) -> Result<Locks, ImageError> {
        let lock = |source| ImageError::Io {
            action: "lock",
            path: self.child(),
            source,
        };
        let is_locked = || {
            let file = File::open(self.child()).map_err(lock)?;
            match file.try_lock() {
                Ok(()) => Ok(false),
                Err(TryLockError::WouldBlock) => Ok(true),
                Err(TryLockError::Error(error)) => Err(lock(error)),
            }
        };
        let held = self.named()?.lock()?;
        let qemu = match self.open() {
            Ok(_) => false,
            Err(ImageError::InUse { by, .. }) => by == Holder::Qemu,
            Err(error) => return Err(error),
        };
        let own = is_locked()?;
        drop(held);
        Ok(Locks {
            qemu,
            own,
            released: self.open().is_ok() && !is_locked()?,
        })
    }

    fn time_syncs(&self) -> io::Result<Vec<Duration>> {
        let file = File::create_new(self.folder.join("sync"))?;
        let began = Instant::now();
        let mut times = Vec::with_capacity(SYNCS);
        for number in 0..SYNCS {
            let start = Instant::now();
            file.write_all_at(&[0x5a; 4096], number as u64 * 4096)?;
            file.sync_data()?;
            times.push(start.elapsed());
            if began.elapsed() > SYNC_PATIENCE {
                break;
            }
        }
        Ok(times)
    }
}

/// Checks that images can be made here, and with it what the other checks need.
pub(super) fn writable(folder: &Path, bench: Result<&Bench, &ImageError>) -> Check {
    let shown = folder.display();
    match bench {
        Ok(_) => Check::ok("folder", format!("{shown}: an overlay was made in it")),
        Err(_) if !folder.exists() => {
            let missing = format!("{shown} does not exist");
            Check::bad("folder", missing, format!("mkdir -p {}", quoted(folder)))
        }
        Err(_) if !folder.is_dir() => {
            let other = format!("{shown} is not a folder");
            Check::bad("folder", other, "osgraft doctor FOLDER")
        }
        Err(error) => {
            let source = match error {
                ImageError::Io { source, .. } => source.raw_os_error(),
                _ => None,
            };
            let remedy = match source {
                Some(libc::EROFS) => {
                    format!(
                        "mount -o remount,rw \"$(findmnt -no TARGET -T {})\"",
                        quoted(folder)
                    )
                }
                Some(libc::ENOSPC | libc::EDQUOT) => format!("make room in {shown}"),
                _ => format!(
                    "run osgraft as a user who may write in {shown}, or name another folder"
                ),
            };
            Check::bad("folder", error, remedy)
        }
    }
}

/// QEMU's image locks and osgraft's own, each taken and met by a second descriptor.
pub(super) fn locks(bench: &Bench) -> Check {
    judge_locks(bench.try_locks())
}

fn judge_locks(locks: Result<Locks, ImageError>) -> Check {
    let elsewhere = "keep images on a file system whose locks work: a local one, or NFS with a lock \
                     service (mounted without nolock or local_lock)";
    let locks = match locks {
        Ok(locks) => locks,
        Err(error) => return Check::bad("locks", error, elsewhere),
    };
    let unseen = match locks {
        Locks { qemu: false, .. } => "QEMU's image locks (fcntl, open file description)",
        Locks { own: false, .. } => "osgraft's own locks (flock)",
        Locks {
            released: false, ..
        } => {
            return Check::bad("locks", "locks stay when their holder is gone", elsewhere);
        }
        _ => {
            return Check::ok(
                "locks",
                "QEMU's image locks and flock keep a second user out",
            );
        }
    };
    let found = format!("{unseen} are taken but keep no other process out");
    Check::bad("locks", found, elsewhere)
}

/// Files without a name (`O_TMPFILE`, open(2)), which leave nothing behind after a crash.
pub(super) fn unnamed(bench: &Bench) -> Check {
    let made = OpenOptions::new()
        .write(true)
        .custom_flags(libc::O_TMPFILE | libc::O_CLOEXEC)
        .open(bench.folder());
    judge_unnamed(made.map(drop))
}

fn judge_unnamed(made: io::Result<()>) -> Check {
    match made {
        Ok(()) => Check::ok("unnamed-files", "O_TMPFILE works"),
        Err(error) => Check::warning(
            "unnamed-files",
            format!(
                "no O_TMPFILE here ({error}): a crash while a child is made can leave a hidden file"
            ),
            "keep images on ext4, XFS, btrfs or tmpfs",
        ),
    }
}

/// Measures how long a small write takes to be on stable storage.
pub(super) fn sync(bench: &Bench) -> Check {
    judge_sync(bench.time_syncs())
}

fn judge_sync(times: io::Result<Vec<Duration>>) -> Check {
    let mut times = match times {
        Ok(times) => times,
        Err(error) => {
            let found = format!("a write cannot be flushed: {error}");
            return Check::bad(
                "sync",
                found,
                "look for disk errors: dmesg --level=err,warn",
            );
        }
    };
    times.sort_unstable();
    let (Some(median), Some(most)) = (times.get(times.len() / 2), times.last()) else {
        return Check::not_checked("sync", "no write was timed");
    };
    let ms = |time: &Duration| time.as_secs_f64() * 1000.0;
    let found = format!(
        "a write of 4 KiB is durable in {:.2} ms (median of {}; slowest {:.2} ms)",
        ms(median),
        times.len(),
        ms(most),
    );
    match *median > SLOW_SYNC {
        false => Check::ok("sync", found),
        true => Check::warning(
            "sync",
            found,
            "keep images on a faster disk, or give it a write cache that survives a power cut",
        ),
    }
}

/// Measures the space that is left for this user.
pub(super) fn space(folder: &Path) -> Check {
    match rustix::fs::statvfs(folder) {
        Ok(stat) => {
            let bytes = |blocks: u64| blocks.saturating_mul(stat.f_frsize);
            judge_space(folder, bytes(stat.f_bavail), bytes(stat.f_blocks))
        }
        Err(error) => Check::not_checked("space", format!("{}: {error}", folder.display())),
    }
}

fn judge_space(folder: &Path, free: u64, all: u64) -> Check {
    let percent = match all {
        0 => 0.0,
        all => free as f64 * 100.0 / all as f64,
    };
    let gib = |bytes: u64| bytes as f64 / GIB as f64;
    let found = format!(
        "{:.1} GiB of {:.1} GiB free ({percent:.0} %)",
        gib(free),
        gib(all)
    );
    // Some network file systems tell no size at all.
    if all == 0 {
        return Check::not_checked("space", "the file system does not tell its size");
    }
    match free < LITTLE_SPACE || percent < 5.0 {
        false => Check::ok("space", found),
        true => Check::warning("space", found, format!("make room in {}", folder.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::Verdict;
    use super::*;

    #[test]
    fn locks_count_only_when_they_keep_others_out_and_fall() {
        let seen = |qemu, own, released| {
            judge_locks(Ok(Locks {
                qemu,
                own,
                released,
            }))
        };
        assert_eq!(seen(true, true, true).verdict, Verdict::Ok);
        for (check, part) in [
            (seen(false, true, true), "QEMU"),
            (seen(true, false, true), "flock"),
            (seen(true, true, false), "stay"),
        ] {
            assert_eq!(check.verdict, Verdict::Bad);
            assert!(check.found.contains(part), "{}", check.found);
        }
        let refused = judge_locks(Err(ImageError::Io {
            action: "lock",
            path: "/nfs/x".into(),
            source: io::Error::from_raw_os_error(libc::ENOLCK),
        }));
        assert_eq!(refused.verdict, Verdict::Bad);
        assert!(
            refused.found.starts_with("cannot lock /nfs/x"),
            "{}",
            refused.found
        );
    }

    #[test]
    fn the_median_decides_whether_flushing_is_slow() {
        let ms = |times: &[u64]| times.iter().copied().map(Duration::from_millis).collect();
        let verdict = |times: &[u64]| judge_sync(Ok(ms(times))).verdict;
        assert_eq!(verdict(&[1, 2, 900]), Verdict::Ok);
        assert_eq!(verdict(&[20; 5]), Verdict::Ok);
        assert_eq!(verdict(&[21; 5]), Verdict::Warning);
        assert_eq!(verdict(&[]), Verdict::NotChecked);
        let failed = judge_sync(Err(io::Error::from_raw_os_error(libc::EIO)));
        assert_eq!(failed.verdict, Verdict::Bad);
    }

    #[test]
    fn little_space_is_little_in_bytes_or_in_part() {
        let verdict = |free, all| judge_space(Path::new("/i"), free, all).verdict;
        assert_eq!(verdict(GIB, 10 * GIB), Verdict::Ok);
        assert_eq!(verdict(GIB - 1, 10 * GIB), Verdict::Warning);
        assert_eq!(verdict(4 * GIB, 100 * GIB), Verdict::Warning);
        assert_eq!(verdict(5 * GIB, 100 * GIB), Verdict::Ok);
        assert_eq!(verdict(0, 0), Verdict::NotChecked);
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        for (path, part) in [
            (missing.as_path(), "mkdir -p "),
            (&file, "osgraft doctor"),
            (Path::new("/proc"), "name another folder"),
        ] {
            let error = Bench::set_up(path).unwrap_err();
            let check = writable(path, Err(&error));
            assert_eq!(check.verdict, Verdict::Bad);
            assert!(check.remedy.unwrap().contains(part), "{}", check.found);
        }
        let unnamed = judge_unnamed(Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP)));
        assert_eq!(unnamed.verdict, Verdict::Warning);
    }

    #[test]
    fn nothing_of_a_bench_stays() {
        let folder = tempfile::tempdir().unwrap();
        let bench = Bench::set_up(folder.path()).unwrap();
        assert_eq!(locks(&bench).verdict, Verdict::Ok);
        assert!(bench.child().exists());
        drop(bench);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    /// Puts a folder of links in the place of each that root makes, until it is told to stop; then
    /// writes how often it did.
    const EXCHANGE: &str = "
        n=0
        while [ ! -e stop ]; do
            for made in .osgraft-doctor-*; do
                [ -d \"$made\" ] || continue
                mv \"$made\" aside-$n || continue
                mkdir -p \"$made/bench\"
                for name in sync child.qcow2 master.raw bench/sync bench/child.qcow2 bench/master.raw; do
                    ln -s \"$1\" \"$made/$name\"
                done
                n=$((n + 1))
            done
        done
        echo $n >count";

    #[test]
    fn an_owner_of_the_folder_who_exchanges_the_bench_for_links_gains_nothing() {
        use std::io::Write;
        use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

        if !rustix::process::geteuid().is_root() {
            // Past the harness, which shows it for failed tests alone.
            let _ = writeln!(io::stderr(), "not run: another user's folder takes root");
            return;
        }
        let around = tempfile::tempdir().unwrap();
        let (images, root) = (around.path().join("images"), around.path().join("root"));
        for made in [&images, &root] {
            std::fs::create_dir(made).unwrap();
        }
        std::fs::set_permissions(around.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
        std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o700)).unwrap();
        chown(&images, Some(65534), Some(65534)).unwrap();
        let victim = root.join("victim");
        std::fs::write(&victim, "root's own").unwrap();
        let state = || {
            let m = std::fs::metadata(&victim).unwrap();
            (
                m.mtime_nsec(),
                m.ctime_nsec(),
                m.atime_nsec(),
                m.mode(),
                m.len(),
            )
        };
        let before = state();

        let mut other = std::process::Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .args(["sh", "-c", EXCHANGE, "sh"])
            .arg(&victim)
            .current_dir(&images)
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("setpriv is needed; run “make setup”");
        let mut whole = 0;
        for _ in 0..200 {
            let Ok(bench) = Bench::set_up(&images) else {
                continue;
            };
            whole += u32::from(locks(&bench).verdict == Verdict::Ok);
            let _ = (unnamed(&bench), bench.time_syncs());
        }
        std::fs::write(images.join("stop"), "").unwrap();
        other.wait().unwrap();
        let count = std::fs::read_to_string(images.join("count")).unwrap();
        let count: u32 = count.trim().parse().unwrap();
        assert!(
            count > 20 && whole > 0,
            "the premise: {count} exchanges, {whole} whole"
        );
        assert_eq!(state(), before);
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "root's own");
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 1);
    }
}
