//! Repair of an image that was not closed, by QEMU.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use super::error::ImageError;
use super::file::{Access, HostFile};
use super::lock::{self, Role};

/// Time that `qemu-img check -r all` may take on an image that was not closed.
const REPAIR_DEADLINE: Duration = Duration::from_secs(120);

/// Memory that it may take, and bytes by which the file may grow.
const REPAIR_MEMORY: u64 = 4 << 30;
const REPAIR_GROWTH: u64 = 1 << 30;
/// Name of the image that is repaired, to QEMU.
const REPAIRED: &str = r#"json:{"driver":"qcow2","backing":null,"file":{"driver":"file","filename":"/proc/self/fd/0"}}"#;

/// Bounds what a repair may take: an image can make it count clusters that it does not hold. Best
/// effort, beside the deadline.
fn bound(repair: &std::process::Child, file: &HostFile) {
    let pid = i32::try_from(repair.id()).ok().and_then(Pid::from_raw);
    let len = file.len().unwrap_or(0);
    for (resource, most) in [
        (Resource::As, REPAIR_MEMORY),
        (Resource::Fsize, len.saturating_add(REPAIR_GROWTH)),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        // It may have ended already.
        let _ = prlimit(pid, resource, limit);
    }
}

/// Has QEMU repair an image whose dirty bit is set: its reference counts lag behind (lazy
/// refcounts), and QEMU knows how to count anew. QEMU's locks are given back meanwhile; osgraft's
/// own stays. QEMU is given the very file that was judged, as its standard input, and no backing file,
/// which counting needs none of: a name could lead elsewhere by now.
pub(super) fn repair(file: &HostFile) -> Result<(), ImageError> {
    let failed = |what: String| ImageError::Unrepaired {
        path: file.path().to_owned(),
        what,
    };
    lock::release_qemu(file)?;
    let stdin = file.reopen(Access::Write);
    let stdin = stdin.map_err(|e| ImageError::io("open", file.path(), e))?;
    let mut child = Command::new("qemu-img")
        .args(["check", "-q", "-r", "all", "--", REPAIRED])
        .stdin(stdin)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| failed(format!("could not be started ({e}); install qemu-utils")))?;
    bound(&child, file);
    let deadline = Instant::now() + REPAIR_DEADLINE;
    let status = loop {
        match child.try_wait().map_err(|e| failed(e.to_string()))? {
            Some(status) => break status,
            None if Instant::now() >= deadline => {
                // Killed in the middle of a repair the image keeps its dirty bit, and the next
                // one begins again.
                child
                    .kill()
                    .and_then(|()| child.wait())
                    .map_err(|e| failed(e.to_string()))?;
                return Err(failed("did not end within 120 s".into()));
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    if !status.success() {
        return Err(failed(format!("ended with {status}")));
    }
    lock::lock_qemu(file, Role::Writer)
}
