//! Error of the host, with its remedy.

use std::fmt;
use std::io;
use std::path::Path;

use rustix::fs::{statfs, statvfs};

/// Type of an NFS file system in statfs(2).
const NFS: i64 = 0x6969;

/// An error of a host's call, as a message shows it: the kernel's words, and what to do about it
/// where the errno tells that.
///
/// The text depends on whether the process runs as root. With a path it also depends on the file
/// system there: its type, and whether it has inodes left. That is looked up when it is shown.
///
/// ```
/// use std::io;
/// use osgraft::host::Cause;
///
/// let error = io::Error::from_raw_os_error(24);
/// let shown = Cause::of(&error).to_string();
/// assert!(shown.contains("os error 24") && shown.contains("ulimit -n"), "{shown}");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    error: &'a io::Error,
    path: Option<&'a Path>,
}

impl<'a> Cause<'a> {
    /// An error of a call on no path.
    pub fn of(error: &'a io::Error) -> Self {
        Self { error, path: None }
    }

    /// An error of a call on a path, which need not exist.
    pub fn at(path: &'a Path, error: &'a io::Error) -> Self {
        let path = Some(path);
        Self { error, path }
    }

    fn situation(&self) -> Situation {
        let is_root = rustix::process::geteuid().is_root();
        // A file system that fails is not asked: it may not answer.
        let matters = matches!(
            self.error.raw_os_error(),
            Some(libc::ENOSPC | libc::EACCES | libc::EPERM | libc::ENOLCK)
        );
        // What does not exist lies where the folder above it does.
        let places = self.path.filter(|_| matters).into_iter();
        let found = places.flat_map(Path::ancestors).find_map(|at| {
            let at = match at.as_os_str().is_empty() {
                true => Path::new("."),
                false => at,
            };
            let (fs, inodes) = (statfs(at).ok()?, statvfs(at).ok()?);
            #[allow(clippy::unnecessary_cast)] // The type differs between processors.
            let is_nfs = fs.f_type as i64 == NFS;
            // Some file systems count no inodes.
            Some((is_nfs, inodes.f_files > 0 && inodes.f_favail == 0))
        });
        let (is_nfs, no_inode) = found.unwrap_or_default();
        Situation {
            is_root,
            is_nfs,
            no_inode,
        }
    }
}

impl fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        let remedy = self
            .error
            .raw_os_error()
            .and_then(|errno| remedy(errno, &self.situation()));
        match remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

/// Circumstances that decide on a remedy.
#[derive(Clone, Copy, Debug, Default)]
struct Situation {
    is_root: bool,
    is_nfs: bool,
    no_inode: bool,
}

/// Remedy for an errno; `None` where it says too little.
fn remedy(errno: i32, at: &Situation) -> Option<&'static str> {
    Some(match errno {
        libc::EACCES if at.is_root && at.is_nfs => {
            "the NFS server keeps root out (root_squash): run as the owner of the files, or export it with no_root_squash"
        }
        libc::EACCES if at.is_root => {
            "root is kept out by SELinux or AppArmor (see the audit log), or by an NFS server (root_squash)"
        }
        libc::EACCES => "run as root, or as a user with that right (“namei -l” shows who has it)",
        libc::EPERM if at.is_root => {
            "root is kept out by an immutable file (“lsattr”), a container without that right, or an NFS server (root_squash)"
        }
        libc::EPERM => "run as root, or as the owner of the file",
        libc::EROFS => "the file system is mounted read-only: mount it writable, or choose another",
        libc::ENOSPC if at.no_inode => {
            "the file system has no inode left (“df -i”): remove files, or choose another"
        }
        libc::ENOSPC => {
            "the file system has no space left (“df”, “df -i”): make room, or choose another"
        }
        libc::EDQUOT => "the quota is used up (“quota”): make room, or raise the quota",
        libc::EFBIG => {
            "the file would be larger than this process may make it (“ulimit -f”), or than the file system takes: raise the limit, or choose another file system"
        }
        libc::ENOLCK if at.is_nfs => {
            "the NFS server gives no locks: run rpc.statd on both hosts, or mount it with nfsvers=4"
        }
        libc::ENOLCK => {
            "the file system or the kernel gives no locks: choose a local file system, or NFS with nfsvers=4"
        }
        libc::EOPNOTSUPP | libc::ENOSYS => {
            "the file system or the kernel lacks this: choose ext4, XFS or btrfs on this host"
        }
        libc::EMFILE => {
            "this process has too many files open: raise its limit (“ulimit -n”), or work on fewer children at once"
        }
        libc::ENFILE => "the host has too many files open: raise fs.file-max (sysctl)",
        libc::EAGAIN => {
            "the host gives no more processes or threads: raise “ulimit -u”, or work on fewer children at once"
        }
        libc::ENOMEM => "the host has no memory left: free some, or work on fewer children at once",
        libc::ETXTBSY => "another process has it open: try again when that has ended (“fuser -v”)",
        libc::EBUSY => "something else uses it: try again when that has ended (“fuser -v”)",
        libc::ESTALE => "the NFS server does not know the file any more: mount the export anew",
        libc::EIO | libc::EREMOTEIO => {
            "the disk or the server below the file system fails: see “dmesg” before anything is written there"
        }
        libc::ETIMEDOUT | libc::EHOSTDOWN | libc::EHOSTUNREACH | libc::ENETUNREACH => {
            "the server does not answer: see that it runs and can be reached"
        }
        libc::ENOENT => "check the path",
        libc::ENOTDIR => "a part of the path is no folder: check the path",
        libc::EISDIR => "it is a folder: name a file",
        libc::ELOOP => "the path has a symbolic link too many: name the place itself",
        libc::ENAMETOOLONG => "choose a shorter name",
        libc::ENOEXEC => "it is no program of this host: install the right one",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: Situation = Situation {
        is_root: false,
        is_nfs: false,
        no_inode: false,
    };
    const ROOT: Situation = Situation {
        is_root: true,
        ..USER
    };

    #[test]
    fn a_refused_root_is_told_of_squashing_and_a_user_of_rights() {
        let on_nfs = Situation {
            is_nfs: true,
            ..ROOT
        };
        let told = |at: &Situation| remedy(libc::EACCES, at).unwrap();
        assert!(told(&on_nfs).starts_with("the NFS server keeps root out (root_squash)"));
        assert!(told(&ROOT).contains("AppArmor"));
        assert!(told(&USER).starts_with("run as root"));
        assert!(remedy(libc::EPERM, &ROOT).unwrap().contains("lsattr"));
    }

    #[test]
    fn used_up_inodes_are_not_called_used_up_space() {
        let no_inode = Situation {
            no_inode: true,
            ..ROOT
        };
        let told = |at: &Situation| remedy(libc::ENOSPC, at).unwrap();
        assert!(told(&no_inode).contains("no inode left") && !told(&no_inode).contains("space"));
        assert!(told(&ROOT).contains("no space left"));
    }

    #[test]
    fn every_errno_that_a_disks_folder_can_give_has_a_remedy_of_one_line() {
        for errno in [
            libc::EACCES,
            libc::EPERM,
            libc::EROFS,
            libc::ENOSPC,
            libc::EDQUOT,
            libc::EFBIG,
            libc::ENOLCK,
            libc::EOPNOTSUPP,
            libc::EMFILE,
            libc::ENFILE,
            libc::ETXTBSY,
            libc::ESTALE,
            libc::EIO,
        ] {
            for at in [USER, ROOT] {
                let told = remedy(errno, &at).unwrap_or_default();
                assert!(told.len() > 20 && !told.contains('\n'), "{errno}: {told}");
            }
        }
    }

    #[test]
    fn a_cause_keeps_the_kernels_words_and_an_own_error_stays_as_it_is() {
        let error = io::Error::from_raw_os_error(libc::EFBIG);
        let shown = Cause::at(Path::new("/nonexistent/a"), &error).to_string();
        assert!(
            shown.starts_with("File too large (os error 27); "),
            "{shown}"
        );
        let own = io::Error::other("a torn write");
        assert_eq!(Cause::of(&own).to_string(), "a torn write");
    }
}
