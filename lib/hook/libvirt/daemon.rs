//! The libvirt that calls the hook.

use std::fs;

/// Names of the daemons that call the hook: the one of all drivers, and QEMU's own.
const NAMES: [&str; 2] = ["libvirtd", "virtqemud"];
/// Most processes between the daemon and this one: a script, a shell that it calls.
const MOST_BETWEEN: usize = 16;

/// One process of libvirt's, told from another that gets its number later by when it started.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Daemon {
    pub(super) pid: u32,
    /// In the kernel's ticks since boot (`proc(5)`, field 22 of `stat`).
    pub(super) started: u64,
}

/// A line of `/proc/PID/stat`.
#[derive(Debug, Eq, PartialEq)]
struct Stat<'a> {
    name: &'a str,
    parent: u32,
    started: u64,
}

impl Daemon {
    /// The nearest one above this process; `None` where the hook is called by hand.
    pub(super) fn above() -> Option<Self> {
        let mut pid = std::process::id();
        for _ in 0..MOST_BETWEEN {
            let text = stat(pid)?;
            let stat = Stat::of(&text)?;
            if NAMES.contains(&stat.name) {
                return Some(Self {
                    pid,
                    started: stat.started,
                });
            }
            pid = stat.parent;
        }
        None
    }

    /// Tells whether it still runs.
    pub(super) fn runs(self) -> bool {
        let text = stat(self.pid);
        let started = text.as_deref().and_then(Stat::of).map(|stat| stat.started);
        started == Some(self.started)
    }
}

fn stat(pid: u32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/stat")).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

impl<'a> Stat<'a> {
    fn of(text: &'a str) -> Option<Self> {
        // A name may hold anything, parentheses too.
        let (before, after) = text.rsplit_once(')')?;
        let (_, name) = before.split_once('(')?;
        let mut fields = after.split_whitespace();
        let parent = fields.nth(1)?.parse().ok()?;
        let started = fields.nth(17)?.parse().ok()?;
        Some(Self {
            name,
            parent,
            started,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_is_no_trap() {
        let line = "42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2\n";
        let expected = Stat {
            name: "a) b (c",
            parent: 7,
            started: 98765,
        };
        assert_eq!(Stat::of(line), Some(expected));
        assert_eq!(Stat::of("42 S 7"), None);
    }

    #[test]
    fn a_process_runs_until_it_ends() {
        let text = stat(std::process::id()).unwrap();
        let me = Daemon {
            pid: std::process::id(),
            started: Stat::of(&text).unwrap().started,
        };
        assert!(me.runs());
        let earlier = Daemon {
            started: me.started - 1,
            ..me
        };
        assert!(!earlier.runs(), "its number was another process' before");
        assert!(
            !Daemon {
                pid: u32::MAX,
                ..me
            }
            .runs()
        );
    }
}
