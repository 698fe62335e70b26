//! Policies of the guest's kernel that keep files of a network share from being used: SELinux and IMA.

use super::boot::Boot;
use super::sought::Sought;
use super::verdict::Preflight;
use crate::guest::facts::{Probe, SelinuxMode};
use crate::guest::{GuestError, GuestFacts};
use crate::mount::Options;
use crate::path::{GuestPath, escape};

/// Bytes of a file that are read.
const FILE_MAX: u64 = 1 << 20;
/// Characters of a line that a message shows.
const SHOWN: usize = 100;
/// The type that SELinux' policies load modules from.
const MODULES_TYPE: &[u8] = b"modules_object_t";

/// Policies that bear on files of a network share.
#[derive(Clone, Debug, Default)]
pub(super) struct Security {
    /// A compiled policy of SELinux, where the guest enforces it.
    selinux_policy: Option<GuestPath>,
    /// The place and the text of what has IMA appraise files.
    appraises: Option<(String, String)>,
}

impl Security {
    /// Reads the policies. `etc` is the names in `/etc`.
    pub(super) fn read(
        probe: &mut Probe<'_>,
        sought: &Sought<'_>,
        facts: &GuestFacts,
        boot: &Boot,
        etc: &[Vec<u8>],
    ) -> Result<Self, GuestError> {
        let mut found = Self::default();
        if sought.nfs_version().is_none() {
            return Ok(found);
        }
        let is_off = |key: &str| {
            boot.last(key, |value| value == b"0")
                .is_some_and(|said| said.is_certain)
        };
        if facts.selinux == Some(SelinuxMode::Enforcing)
            && !is_off("selinux")
            && !is_off("enforcing")
        {
            found.selinux_policy = selinux_policy(probe)?;
        }
        let has_policy = etc.iter().any(|name| name == b"ima");
        found.appraises = appraises(probe, boot, has_policy)?;
        Ok(found)
    }
}

/// The compiled policy of the type that the guest's configuration names. Without one, nothing is enforced.
fn selinux_policy(probe: &mut Probe<'_>) -> Result<Option<GuestPath>, GuestError> {
    let config = probe.content("/etc/selinux/config", FILE_MAX)?;
    let config = config.map(|(_, content)| content).unwrap_or_default();
    let kind = config.split(|byte| *byte == b'\n').find_map(|line| {
        let kind = line.strip_prefix(b"SELINUXTYPE=")?.trim_ascii();
        std::str::from_utf8(kind).ok()
    });
    let kind = kind.unwrap_or("targeted");
    if kind.is_empty() || kind.contains(['/', '\0']) {
        return Ok(None);
    }
    let Ok(folder) = format!("/etc/selinux/{kind}/policy").parse::<GuestPath>() else {
        return Ok(None);
    };
    let Some(at) = probe.resolve_at(&folder)?.filter(|at| at.exists()) else {
        return Ok(None);
    };
    let names = probe.names(&at.path)?;
    let policy = names.iter().find(|name| name.starts_with(b"policy."));
    Ok(policy.and_then(|name| at.path.join(name).ok()))
}

/// Setting that has IMA appraise files: a built-in policy that the command line names, or the guest's own, which
/// systemd loads (ima_policy of the kernel's `Documentation/ABI/testing`).
fn appraises(
    probe: &mut Probe<'_>,
    boot: &Boot,
    has_policy: bool,
) -> Result<Option<(String, String)>, GuestError> {
    let is_relaxed = |value: &[u8]| [&b"off"[..], b"log", b"fix"].contains(&value);
    if boot
        .last("ima_appraise", is_relaxed)
        .is_some_and(|said| said.is_certain)
    {
        return Ok(None);
    }
    let is_appraising = |value: &[u8]| {
        let mut names = value.split(|byte| *byte == b'|' || *byte == b' ');
        names.any(|name| name == b"appraise_tcb" || name == b"secure_boot")
    };
    if let Some(said) = boot
        .any("ima_policy", is_appraising)
        .filter(|said| said.is_certain)
    {
        return Ok(Some((said.at, said.word)));
    }
    if !has_policy {
        return Ok(None);
    }
    let Some((file, content)) = probe.content("/etc/ima/ima-policy", FILE_MAX)? else {
        return Ok(None);
    };
    let lines = content.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    for line in lines {
        if exempts_nfs(line) {
            return Ok(None);
        }
        if rule(line) == Some(b"appraise") && has_word(line, is_of_share) {
            let line = escape(line).chars().take(SHOWN).collect();
            return Ok(Some((file.to_string(), line)));
        }
    }
    Ok(None)
}

fn rule(line: &[u8]) -> Option<&[u8]> {
    line.split(u8::is_ascii_whitespace).next()
}

fn has_word(line: &[u8], is: impl Fn(&[u8]) -> bool) -> bool {
    line.split(u8::is_ascii_whitespace).any(is)
}

/// True for a function whose files a share has: modules, programs, what they map.
fn is_of_share(word: &[u8]) -> bool {
    let functions = [
        "MODULE_CHECK",
        "BPRM_CHECK",
        "MMAP_CHECK",
        "FILE_MMAP",
        "FILE_CHECK",
    ];
    word.strip_prefix(b"func=")
        .is_some_and(|func| functions.iter().any(|known| known.as_bytes() == func))
}

/// True for the rule that leaves NFS out; the first rule that fits a file decides.
fn exempts_nfs(line: &[u8]) -> bool {
    let is_nfs = |word: &[u8]| word == b"fsmagic=0x6969" || word == b"fsname=nfs";
    rule(line) == Some(b"dont_appraise") && has_word(line, is_nfs)
}

impl Preflight {
    pub(super) fn security(
        &mut self,
        sought: &Sought<'_>,
        mode: Option<SelinuxMode>,
        found: &Security,
    ) {
        if sought.nfs_version().is_none() {
            return;
        }
        self.labels(sought, mode, found);
        if let Some((at, text)) = &found.appraises {
            self.warn(
                "ima-appraise",
                format!(
                    "{at} has IMA appraise files (“{text}”), and those of an NFS share carry no \
                     signature that it reads: exempt the share, or sign what it holds"
                ),
            );
        }
    }

    fn labels(&mut self, sought: &Sought<'_>, mode: Option<SelinuxMode>, found: &Security) {
        if mode != Some(SelinuxMode::Enforcing) {
            return;
        }
        let options = Options::read(sought.entry.options());
        let context = options.value("context");
        let policy = found.selinux_policy.as_ref();
        match (policy.filter(|_| sought.is_boot_critical()), context) {
            (Some(policy), None) => self.block(
                "selinux-module-load",
                format!(
                    "SELinux is enforcing ({policy}), and loads no module from an NFS share, whose \
                     files are labelled nfs_t: add context=system_u:object_r:modules_object_t:s0 to \
                     the mount options"
                ),
            ),
            (Some(policy), Some(context)) if !has_type(context, MODULES_TYPE) => self.warn(
                "selinux-module-load",
                format!(
                    "SELinux is enforcing ({policy}), and the mount options label modules with {}: \
                     the guest's policy has to load modules of that type",
                    escape(context)
                ),
            ),
            (None, None) => self.warn(
                "selinux-label",
                "SELinux is enforcing, and files of an NFS share are labelled nfs_t: set a \
                 context= option that fits what is shared",
            ),
            _ => {}
        }
    }
}

/// True where a label is of this type.
fn has_type(label: &[u8], wanted: &[u8]) -> bool {
    let label = label.strip_prefix(b"\"").unwrap_or(label);
    label.split(|byte| *byte == b':').nth(2) == Some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_the_third_part_of_a_label() {
        for (label, wanted) in [
            ("system_u:object_r:modules_object_t:s0", true),
            ("\"system_u:object_r:modules_object_t:s0:c1,c2\"", true),
            ("system_u:object_r:usr_t:s0", false),
            ("modules_object_t", false),
        ] {
            assert_eq!(has_type(label.as_bytes(), MODULES_TYPE), wanted, "{label}");
        }
    }

    #[test]
    fn rules_of_ima_are_told_by_their_function() {
        for (line, wanted) in [
            ("appraise func=MODULE_CHECK appraise_type=imasig", true),
            ("appraise func=BPRM_CHECK", true),
            ("appraise func=KEXEC_KERNEL_CHECK", false),
        ] {
            assert_eq!(has_word(line.as_bytes(), is_of_share), wanted, "{line}");
        }
        assert!(exempts_nfs(b"dont_appraise fsmagic=0x6969"));
        assert!(!exempts_nfs(b"dont_appraise fsmagic=0x9fa0"));
    }
}
