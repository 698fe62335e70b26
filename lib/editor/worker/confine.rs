//! Rights that a worker gives up before it looks at a guest.

use std::collections::BTreeMap;
use std::io;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus,
    Scope,
};
use nix::unistd::{Gid, Uid, geteuid, setgroups, setresgid, setresuid};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};
use serde::{Deserialize, Serialize};

/// Limits of a worker.
pub(super) struct Limits {
    pub(super) seconds: u64,
    pub(super) memory: u64,
}

/// Rights that a worker gave up. A seccomp filter is there always: without it there is no worker.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Confinement {
    /// Landlock denies it every file and TCP port, on top of the filter (Linux 5.13 and newer).
    pub landlock: bool,
    /// It does not run as root: either the caller does not, or the worker became `nobody`.
    pub unprivileged: bool,
}

/// The user and group that own nothing.
const NOBODY: u32 = 65534;

/// Reason why it does not.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotConfined {
    #[error("cannot limit it: {0}")]
    Limit(#[from] rustix::io::Errno),
    #[error("{0}")]
    Filter(#[from] seccompiler::Error),
    #[error("{0}")]
    Backend(#[from] seccompiler::BackendError),
    #[error("{0}")]
    Landlock(#[from] landlock::RulesetError),
    #[error("no filter is known for this processor")]
    Processor,
    #[error("a file could still be opened")]
    Open,
}

/// Gives up everything but memory, the descriptors at hand and the connection. The process must
/// have one thread, since some of this is of a thread alone.
pub(super) fn confine(limits: &Limits) -> Result<Confinement, NotConfined> {
    let filter = filter()?;
    let unprivileged = become_nobody();
    let landlock = restrict_files()?;
    for (resource, most) in [
        (Resource::As, limits.memory),
        (Resource::Cpu, limits.seconds),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
    ] {
        // A limit that is lower already stays: only root could raise it.
        let hard = getrlimit(resource).maximum;
        let both = Some(hard.map_or(most, |hard| hard.min(most)));
        setrlimit(
            resource,
            Rlimit {
                current: both,
                maximum: both,
            },
        )?;
    }
    apply_filter(&filter)?;
    // A check that costs a microsecond, of what everything else rests on.
    match std::fs::File::open("/") {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(Confinement {
            landlock,
            unprivileged,
        }),
        _ => Err(NotConfined::Open),
    }
}

/// Without the right to change its user, as in some containers, the process stays what it is: the
/// filter lets neither user do anything.
fn become_nobody() -> bool {
    if !geteuid().is_root() {
        return true;
    }
    let (uid, gid) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    setgroups(&[]).is_ok() && setresgid(gid, gid, gid).is_ok() && setresuid(uid, uid, uid).is_ok()
}

/// True where this kernel's Landlock now denies every file; with what newer kernels have on top.
fn restrict_files() -> Result<bool, landlock::RulesetError> {
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V5))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

/// Denies the calling thread, and what it starts from now on, to change files and to use TCP ports, as
/// far as this kernel's Landlock can. Reading and starting programs stay.
pub(super) fn deny_changes() -> Result<(), landlock::RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_write(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V5))?
        .create()?
        .restrict_self()?;
    Ok(())
}

/// The system calls of an edit: reading what is open, memory, the connection, the end. Whatever
/// else is asked for fails with `EPERM`, so that a library that tries more goes on without.
fn filter() -> Result<BpfProgram, NotConfined> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|_| NotConfined::Processor)?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for call in [
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_pread64,
        libc::SYS_preadv,
        libc::SYS_lseek,
        libc::SYS_fstat,
        libc::SYS_close,
        libc::SYS_write,
        libc::SYS_sendto,
        libc::SYS_recvfrom,
        libc::SYS_brk,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_sigaltstack,
        // The runtime puts the default back when it cannot handle a fault; without, it would loop.
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ] {
        rules.insert(call, Vec::new());
    }
    // Memory that is not to be run: mmap(2) and mprotect(2) have the protection as their third
    // argument.
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        let not_run = SeccompCondition::new(
            2,
            SeccompCmpArgLen::Dword,
            SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64),
            0,
        )?;
        rules.insert(call, vec![SeccompRule::new(vec![not_run])?]);
    }
    // The runtime of a debug build looks at a descriptor before it closes it.
    let of_flags = SeccompCondition::new(
        1,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::Eq,
        libc::F_GETFD as u64,
    )?;
    rules.insert(libc::SYS_fcntl, vec![SeccompRule::new(vec![of_flags])?]);
    let denied = SeccompAction::Errno(libc::EPERM as u32);
    let filter = SeccompFilter::new(rules, denied, SeccompAction::Allow, arch)?;
    Ok(filter.try_into()?)
}
