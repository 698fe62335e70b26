//! Confinement of the appliance's QEMU, and limits of what it may use.
//!
//! A guest that breaks out of its appliance is QEMU. So QEMU starts no program, gains no rights, and
//! where osgraft is root, is root no longer by the time that the guest runs: it has opened all it
//! needs by then. libguestfs builds QEMU's command line and takes options beside its own; limits are
//! set from outside (prlimit(2)), as soon as QEMU is seen and before its guest has found its disk.

use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Resource;
use rustix::thread::CapabilitySet;

/// For QEMU to say whether it knows an option.
const PATIENCE: Duration = Duration::from_secs(5);
/// Address space beside the appliance's own memory: the translator's buffer of 1 GiB, stacks,
/// libraries.
const MEMORY_BESIDE: u64 = 4 << 30;
/// Of each file that QEMU writes, whatever may be changed: what the appliance's own system changes
/// of itself is in one too.
const LEAST_FILE: u64 = 256 << 20;
/// An overlay's tables, and what a file system writes without a change.
const BESIDE_CHANGES: u64 = 16 << 20;

/// An option of QEMU's, and its value.
pub(super) type Arg = (&'static str, String);

const SANDBOX: &str = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";
/// The same for a QEMU that gives up root, which `elevateprivileges=deny` would forbid. It gains
/// nothing again without starting a program.
const SANDBOX_OF_USER: &str = "on,obsolete=deny,spawn=deny,resourcecontrol=deny";

/// Numbers that no account has and no container is given: of those that systemd leaves unassigned
/// (“Users, Groups, UIDs and GIDs on systemd Systems”).
pub(super) const USERS: Range<u32> = 1_900_000_000..2_000_000_000;

/// The options that confine this QEMU, as far as it knows them.
pub(super) fn options(qemu: &Path) -> Vec<Arg> {
    let sandbox = |value: &str| ("-sandbox", value.to_owned());
    let mut ways = Vec::new();
    if may_become(&USERS) {
        let user = one_of(&USERS);
        // Since QEMU 2.11, and the newer way since 9.1.
        let older = ("-runas", format!("{user}:{user}"));
        let newer = ("-run-with", format!("user={user}:{user}"));
        ways.extend([
            vec![sandbox(SANDBOX_OF_USER), older.clone()],
            vec![sandbox(SANDBOX_OF_USER), newer.clone()],
            vec![older],
            vec![newer],
        ]);
    }
    ways.push(vec![sandbox(SANDBOX)]);
    let mut ways = ways.into_iter();
    ways.find(|way| knows(qemu, way)).unwrap_or_default()
}

/// A user for one appliance: two of the same user could look into each other.
fn one_of(users: &Range<u32>) -> u32 {
    let random = RandomState::new().build_hasher().finish() as u32;
    users.start + random % (users.end - users.start)
}

/// True where a QEMU without a machine comes up with these options, and ends when it is told to. That
/// it reads them is not enough: a sandbox can kill it over the next of them.
fn knows(qemu: &Path, options: &[Arg]) -> bool {
    let started = Command::new(qemu)
        .args(["-machine", "none,accel=kvm:tcg", "-nodefaults", "-S"])
        .args(["-no-user-config", "-display", "none", "-monitor", "stdio"])
        .args(options.iter().flat_map(|(option, value)| [*option, value]))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut asked) = started else {
        return false;
    };
    let monitor = asked.stdin.take();
    // It may have ended already.
    let _ = monitor.map(|mut monitor| monitor.write_all(b"quit\n"));
    let deadline = Instant::now() + PATIENCE;
    loop {
        match asked.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = asked.kill();
                let _ = asked.wait();
                return false;
            }
        }
    }
}

/// True where a program that this one starts could become any of these users: it takes root, and a user
/// namespace that has them.
fn may_become(users: &Range<u32>) -> bool {
    let needed = CapabilitySet::SETUID | CapabilitySet::SETGID;
    let may = rustix::thread::capabilities(None).is_ok_and(|has| has.effective.contains(needed));
    let mut maps = ["/proc/self/uid_map", "/proc/self/gid_map"].iter();
    may && rustix::process::geteuid().is_root()
        && maps.all(|map| std::fs::read_to_string(map).is_ok_and(|map| holds(&map, users)))
}

/// True where they are in a map of user_namespaces(7): lines of first number here, first number
/// outside, count.
fn holds(map: &str, users: &Range<u32>) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u64>);
        match (numbers.next(), numbers.nth(1)) {
            (Some(Ok(first)), Some(Ok(count))) => {
                first <= users.start.into() && first.saturating_add(count) >= users.end.into()
            }
            _ => false,
        }
    })
}

/// Growth of an overlay while QEMU runs, bounded so that no guest fills the host's disk before
/// somebody looks at what it changed.
#[derive(Debug)]
pub(super) struct Growth {
    overlay: File,
    most: u64,
    /// The most that an edit may change, as the error tells it.
    pub(super) change_limit: u64,
}

impl Growth {
    /// For an overlay that QEMU was not given yet. A cluster that is written can take another for
    /// its table, and does not have to differ from what is below.
    pub(super) fn of(overlay: File, change_limit: u64) -> io::Result<Self> {
        let beside = overlay.metadata()?.len().saturating_add(BESIDE_CHANGES);
        Ok(Self {
            overlay,
            most: change_limit.saturating_mul(2).saturating_add(beside),
            change_limit,
        })
    }

    /// True where it has grown too far. An overlay that cannot be looked at has.
    pub(super) fn is_too_much(&self) -> bool {
        let size = self.overlay.metadata();
        size.map_or(true, |now| now.len().max(now.blocks() * 512) > self.most)
    }

    /// The limits of the QEMU that writes it: of its memory, of each of its files, and of a core
    /// dump, which would hold what the guest does.
    pub(super) fn limits(&self, memory_mib: u16) -> [(Resource, u64); 3] {
        let memory = u64::from(memory_mib) << 20;
        [
            (Resource::As, memory + MEMORY_BESIDE),
            (Resource::Fsize, self.most.max(LEAST_FILE)),
            (Resource::Core, 0),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn an_option_counts_when_qemu_knows_it() {
        let qemu = Path::new(if cfg!(target_arch = "aarch64") {
            "qemu-system-aarch64"
        } else {
            "qemu-system-x86_64"
        });
        assert!(knows(qemu, &[]));
        assert!(!knows(qemu, &[("-no-such-option", "x".into())]));
        assert!(!knows(Path::new("/nowhere/qemu"), &[]));
        let found = options(qemu);
        let sandbox = found.iter().find(|(option, _)| *option == "-sandbox");
        let (_, value) = sandbox.expect("distributions build QEMU with its sandbox");
        assert!(value.contains("spawn=deny"), "{value}");
        assert_eq!(found.len() > 1, may_become(&USERS), "{found:?}");
    }

    #[test]
    fn a_qemu_without_a_sandbox_gives_up_root_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let qemu = folder.path().join("qemu");
        let script = "#!/bin/sh\ncase \"$*\" in *-sandbox*) exit 1 ;; esac\n";
        std::fs::write(&qemu, script).unwrap();
        std::fs::set_permissions(&qemu, std::fs::Permissions::from_mode(0o755)).unwrap();
        let found = options(&qemu);
        let names: Vec<_> = found.iter().map(|(option, _)| *option).collect();
        let expected: &[&str] = if may_become(&USERS) { &["-runas"] } else { &[] };
        assert_eq!(names, expected);
    }

    #[test]
    fn the_user_has_to_be_in_the_namespace() {
        assert!(holds("         0          0 4294967295\n", &USERS));
        assert!(holds("0 100000 1\n1900000000 200000 100000000\n", &USERS));
        for map in [
            "0 1000 1\n",
            "0 100000 65536\n",
            "1900000000 0 1\n",
            "",
            "x y z\n",
        ] {
            assert!(!holds(map, &USERS), "{map:?}");
        }
        assert!(USERS.contains(&one_of(&USERS)));
        assert_ne!(one_of(&USERS), one_of(&USERS));
    }

    #[test]
    fn an_overlay_may_grow_by_its_tables_too_and_no_further() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(1 << 20).unwrap();
        let growth = Growth::of(file.try_clone().unwrap(), 1 << 20).unwrap();
        for (len, too_much) in [(19 << 20, false), ((19 << 20) + 1, true)] {
            file.set_len(len).unwrap();
            assert_eq!(growth.is_too_much(), too_much, "{len}");
        }
        let [(_, memory), (_, file), (_, core)] = growth.limits(768);
        assert_eq!(
            (memory, file, core),
            ((768 << 20) + (4 << 30), 256 << 20, 0)
        );
        let huge = Growth::of(tempfile::tempfile().unwrap(), u64::MAX).unwrap();
        assert!(!huge.is_too_much());
    }
}
