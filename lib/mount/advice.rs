//! Effects of a share's mount options in a guest's boot.

use super::Options;

/// Severity of a finding.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// It works, but not as one may expect.
    Warning,
    /// The guest would not boot.
    Blocker,
}

/// One finding about mount options.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Advice {
    /// A stable name for scripts and reports.
    pub code: &'static str,
    /// Severity of a finding.
    pub severity: Severity,
    /// Effect in the guest.
    pub text: &'static str,
    /// Remedy.
    pub remedy: &'static str,
}

/// Below this many tenths of a second, `soft` gives up within seconds.
const SHORT_TIMEO: u64 = 10;

/// Effects of these options on a file system of type `vfstype`; `boot_critical` says that
/// the boot itself reads through the mount, as it does when `/lib/modules` is linked into it.
///
/// Sources: nfs(5), systemd.mount(5), systemd-fstab-generator(8), and measurements on Debian 12
/// (systemd 252). The default options are silent.
pub fn advise(vfstype: &str, options: &Options, boot_critical: bool) -> Vec<Advice> {
    let is_nfs = matches!(vfstype, "nfs" | "nfs4");
    let mut found = Vec::new();
    if options.has("x-systemd.automount") && boot_critical {
        found.push(AUTOMOUNT);
    }
    if is_nfs {
        found.extend(nfs(vfstype, options, boot_critical));
    }
    found.extend(waiting(is_nfs, options));
    if options.last(&["suid", "nosuid"]) == Some("nosuid") {
        found.push(NOSUID);
    }
    if options.last(&["exec", "noexec"]) == Some("noexec") {
        found.push(NOEXEC);
    }
    found
}

fn nfs(vfstype: &str, options: &Options, boot_critical: bool) -> Vec<Advice> {
    let mut found = Vec::new();
    if options.has("intr") || options.has("nointr") {
        found.push(INTR);
    }
    match options.last(&["soft", "softerr", "hard"]) {
        Some("soft" | "softerr") => {
            let timeo = options.value("timeo").and_then(number);
            if timeo.is_some_and(|timeo| timeo < SHORT_TIMEO) {
                found.push(SHORT_SOFT);
            }
        }
        _ if boot_critical => found.push(HARD),
        _ => {}
    }
    let versions = ["nfsvers", "vers", "v2", "v3", "v4", "v4.0", "v4.1", "v4.2"];
    if vfstype == "nfs" && !versions.iter().any(|name| options.has(name)) {
        found.push(NO_VERSION);
    }
    if options.last(&["cto", "nocto"]) == Some("nocto") || options.has("actimeo") {
        found.push(STALE);
    }
    found
}

fn waiting(is_nfs: bool, options: &Options) -> Option<Advice> {
    if options.last(&["auto", "noauto"]) == Some("noauto") {
        return (!options.has("x-systemd.automount")).then_some(NOAUTO);
    }
    let in_background = is_nfs && options.last(&["bg", "fg"]) == Some("bg");
    if in_background || options.has("x-systemd.automount") {
        return None;
    }
    if !options.has("nofail") {
        return Some(BOOT_WAITS);
    }
    options.has("x-systemd.mount-timeout").then_some(GIVES_UP)
}

fn number(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

const AUTOMOUNT: Advice = Advice {
    code: "automount-boot-critical",
    severity: Severity::Blocker,
    text: "x-systemd.automount on a tree that the boot reads: udev waits for the mount, the mount for the network, and the network for udev, so the guest never comes up",
    remedy: "use bg instead of x-systemd.automount",
};
const INTR: Advice = Advice {
    code: "intr-ignored",
    severity: Severity::Warning,
    text: "intr and nointr do nothing since Linux 2.6.25, which only logs them as deprecated",
    remedy: "leave them out",
};
const SHORT_SOFT: Advice = Advice {
    code: "soft-short-timeo",
    severity: Severity::Warning,
    text: "soft with timeo below 10 (one second) gives programs an I/O error within seconds of a server's failure",
    remedy: "use timeo=10 or more, or hard",
};
const HARD: Advice = Advice {
    code: "hard-boot-critical",
    severity: Severity::Warning,
    text: "without soft, whatever reads the tree hangs for as long as a server that was mounted is away",
    remedy: "use soft, unless hanging is wanted",
};
const NO_VERSION: Advice = Advice {
    code: "nfs-version-unset",
    severity: Severity::Warning,
    text: "without a version, a server that is down makes the client try NFSv3, which starts rpc-statd",
    remedy: "add nfsvers=4.1",
};
const STALE: Advice = Advice {
    code: "nfs-stale-attributes",
    severity: Severity::Warning,
    text: "nocto and actimeo let the guest see old content after the export changed",
    remedy: "use them only with exports that never change under one name",
};
const NOAUTO: Advice = Advice {
    code: "never-mounted",
    severity: Severity::Warning,
    text: "noauto: nothing mounts the share at boot",
    remedy: "leave noauto out",
};
const BOOT_WAITS: Advice = Advice {
    code: "boot-waits",
    severity: Severity::Warning,
    text: "the boot waits for the share, 90 s under systemd when its server is away",
    remedy: "add bg (NFS) or nofail",
};
const GIVES_UP: Advice = Advice {
    code: "mount-gives-up",
    severity: Severity::Warning,
    text: "nofail with x-systemd.mount-timeout gives up for good: a server that comes later is not mounted",
    remedy: "use bg, which keeps trying",
};
const NOSUID: Advice = Advice {
    code: "nosuid",
    severity: Severity::Warning,
    text: "nosuid takes the rights of every set-user-ID program in the tree",
    remedy: "leave nosuid out where the tree holds such programs",
};
const NOEXEC: Advice = Advice {
    code: "noexec",
    severity: Severity::Warning,
    text: "noexec keeps programs and shared libraries in the tree from running",
    remedy: "leave noexec out where the tree holds such",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mount::DEFAULT;

    fn codes(vfstype: &str, options: &str, boot_critical: bool) -> Vec<&'static str> {
        let advice = advise(vfstype, &options.parse().unwrap(), boot_critical);
        advice.iter().map(|advice| advice.code).collect()
    }

    #[test]
    fn the_default_options_need_no_advice() {
        assert_eq!(codes("nfs", DEFAULT, true), [""; 0]);
    }

    #[test]
    fn the_classic_line_is_explained() {
        assert_eq!(
            codes("nfs", "ro,soft,bg,timeo=3,intr", true),
            ["intr-ignored", "soft-short-timeo", "nfs-version-unset"]
        );
    }

    #[test]
    fn automount_blocks_only_where_the_boot_reads_the_tree() {
        let options = "ro,soft,nfsvers=4.2,x-systemd.automount";
        let advice = advise("nfs", &options.parse().unwrap(), true);
        assert_eq!(advice.len(), 1);
        assert_eq!(advice[0].severity, Severity::Blocker);
        assert_eq!(codes("nfs", options, false), [""; 0]);
    }

    #[test]
    fn each_way_to_wait_or_to_give_up_is_told() {
        let base = "ro,nfsvers=4.2,soft";
        for (more, expected) in [
            ("rw", &["boot-waits"][..]),
            ("bg,fg", &["boot-waits"]),
            ("nofail", &[]),
            ("nofail,x-systemd.mount-timeout=30s", &["mount-gives-up"]),
            ("noauto,bg", &["never-mounted"]),
            ("bg,nosuid", &["nosuid"]),
            ("bg,nosuid,suid,noexec", &["noexec"]),
            ("bg,hard", &["hard-boot-critical"]),
            ("bg,nocto,actimeo=600", &["nfs-stale-attributes"]),
        ] {
            assert_eq!(
                codes("nfs", &format!("{base},{more}"), true),
                expected,
                "{more}"
            );
        }
    }

    #[test]
    fn facts_about_nfs_are_told_of_nfs_only() {
        assert_eq!(codes("virtiofs", "ro,nofail", true), [""; 0]);
        assert_eq!(codes("erofs", "ro,bg", true), ["boot-waits"]);
        assert_eq!(codes("nfs4", "ro,bg,soft", false), [""; 0]);
    }
}
