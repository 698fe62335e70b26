//! Mounts of a test's own, which nobody else sees and which end with it.

use std::path::Path;
use std::process::Command;

use super::fixture::{is_root, not_run};
use super::program::Ran;

/// Runs a shell script in a mount namespace of its own, as root of it; `$0` is the folder, which
/// it begins in. `None`, and told, where this host allows no such thing.
pub(crate) fn in_own_namespace(folder: &Path, script: &str, args: &[&str]) -> Option<Ran> {
    let flags = if is_root() { "-m" } else { "-rm" };
    let allowed = Command::new("unshare")
        .args([flags, "sh", "-c", "mount -t tmpfs none /mnt"])
        .output()
        .is_ok_and(|tried| tried.status.success());
    if !allowed {
        not_run("mounts of a test's own: be root, or allow user namespaces");
        return None;
    }
    let script = format!("set -eu; cd \"$0\"; {script}");
    let mut line: Vec<&std::ffi::OsStr> = ["unshare", flags, "sh", "-c", &script]
        .map(std::ffi::OsStr::new)
        .to_vec();
    line.push(folder.as_os_str());
    line.extend(args.iter().map(std::ffi::OsStr::new));
    Some(Ran::of(&line))
}
