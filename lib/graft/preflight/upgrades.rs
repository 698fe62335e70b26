//! Upgrades that a guest makes by itself: a kernel package cannot write into the share.

use std::collections::BTreeSet;

use regex::bytes::{Regex, RegexBuilder};

use super::apt_conf::AptConf;
use super::systemd::is_masked;
use super::verdict::Preflight;
use crate::guest::facts::{Init, Probe};
use crate::guest::{GuestError, GuestFacts};

/// Bytes of a file of settings that are read, and of dpkg's list of packages.
const FILE_MAX: u64 = 1 << 18;
const STATUS_MAX: u64 = 8 << 20;
/// Files of settings that are read.
const FILES: usize = 128;
/// Names of links that are looked at.
const NAMES: usize = 1024;
/// Patterns that are looked at, bytes of one, and bytes that one takes compiled.
const PATTERNS: usize = 128;
const PATTERN_MAX: usize = 256;
const COMPILED_MAX: usize = 1 << 16;

/// Programs that upgrade a guest's kernel by themselves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Upgrades {
    /// As an operator knows it.
    by: &'static str,
    remedy: &'static str,
}

const HOLD_DEB: &str = "hold kernel packages in the master (apt-mark hold, or “linux-” in \
     Unattended-Upgrade::Package-Blacklist)";
const HOLD_RPM: &str = "exclude kernel packages in the master (excludepkgs=kernel* in \
     /etc/dnf/dnf.conf)";
const HOLD_YUM: &str = "exclude kernel packages in the master (exclude=kernel* in /etc/yum.conf)";
const HOLD_ZYPP: &str = "lock kernel packages in the master (zypper addlock kernel-default)";

/// Reads what upgrades the guest by itself. `etc` is the names in `/etc`.
pub(super) fn read(
    probe: &mut Probe<'_>,
    facts: &GuestFacts,
    etc: &[Vec<u8>],
) -> Result<Option<Upgrades>, GuestError> {
    let is_there = |name: &[u8]| etc.iter().any(|known| known == name);
    if is_there(b"apt") && unattended(probe, facts)? {
        let (by, remedy) = ("unattended-upgrades", HOLD_DEB);
        return Ok(Some(Upgrades { by, remedy }));
    }
    if facts.init == Some(Init::Systemd)
        && is_there(b"systemd")
        && let Some(found) = by_timer(probe, &is_there)?
    {
        return Ok(Some(found));
    }
    if is_there(b"yum") && yum_cron(probe)? {
        let (by, remedy) = ("yum-cron", HOLD_YUM);
        return Ok(Some(Upgrades { by, remedy }));
    }
    Ok(None)
}

/// True where unattended-upgrades would upgrade a kernel (apt.systemd.daily, unattended-upgrade(8)).
fn unattended(probe: &mut Probe<'_>, facts: &GuestFacts) -> Result<bool, GuestError> {
    let mut conf = AptConf::default();
    if let Some((folder, names)) = probe.directory("/etc/apt/apt.conf.d")? {
        for name in names.iter().filter(|name| is_part(name)).take(FILES) {
            if let Ok(path) = folder.join(name)
                && let Some(content) = probe.content_of_entry(&path, FILE_MAX)?
            {
                conf.add(&content);
            }
        }
    }
    if let Some((_, content)) = probe.content("/etc/apt/apt.conf", FILE_MAX)? {
        conf.add(&content);
    }
    let is_on = conf
        .value("APT::Periodic::Unattended-Upgrade")
        .is_some_and(is_interval)
        && conf.value("APT::Periodic::Enable").is_none_or(is_interval);
    if !is_on {
        return Ok(false);
    }
    if facts.init == Some(Init::Systemd) && !runs(probe, "apt-daily-upgrade")? {
        return Ok(false);
    }
    let kernels = Packages::of(facts, probe)?;
    Ok(!kernels.are_held()
        && !kernels.match_all(conf.list("Unattended-Upgrade::Package-Blacklist")))
}

/// Names of files that APT reads in a folder (apt.conf(5)).
fn is_part(name: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let extension = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    name.iter().all(allowed) && (!name.contains(&b'.') || extension == b"conf")
}

/// True for an interval of APT's that is not zero, in any unit.
fn is_interval(value: &[u8]) -> bool {
    let number = value.strip_suffix(b"s").or(value.strip_suffix(b"m"));
    let number = number
        .or(value.strip_suffix(b"h"))
        .or(value.strip_suffix(b"d"));
    let number = number.unwrap_or(value).trim_ascii();
    !number.is_empty() && !number.iter().all(|byte| *byte == b'0') && value != b"false"
}

/// True where a timer of the guest's runs: it is not masked, nor disabled where it is installed.
fn runs(probe: &mut Probe<'_>, timer: &str) -> Result<bool, GuestError> {
    for kind in ["timer", "service"] {
        let own = format!("/etc/systemd/system/{timer}.{kind}");
        if is_masked(probe, &own)? {
            return Ok(false);
        }
    }
    let wanted = format!("/etc/systemd/system/timers.target.wants/{timer}.timer");
    if probe.resolve_parent(&wanted)?.is_some_and(|at| at.exists()) {
        return Ok(true);
    }
    let mut is_installed = false;
    for folder in ["/usr/lib", "/lib"] {
        is_installed |= probe.exists(&format!("{folder}/systemd/system/{timer}.timer"))?;
    }
    Ok(!is_installed)
}

/// Kernel packages of a Debian or Ubuntu.
#[derive(Debug, Default)]
struct Packages {
    /// Those of one version, and those that always need the newest one.
    versions: Vec<Package>,
    newest: Vec<Package>,
}

#[derive(Debug)]
struct Package {
    name: Vec<u8>,
    is_held: bool,
}

impl Packages {
    /// As dpkg has them; where it tells of none, as the kernels' versions let one expect.
    fn of(facts: &GuestFacts, probe: &mut Probe<'_>) -> Result<Self, GuestError> {
        let mut found = Self::default();
        if let Some((_, status)) = probe.content("/var/lib/dpkg/status", STATUS_MAX)? {
            found.read(&status);
        }
        if found.versions.is_empty() && found.newest.is_empty() {
            for kernel in &facts.kernels {
                let version = &kernel.version;
                found.add(format!("linux-image-{version}").into_bytes(), false);
                if let Some(flavour) = version.splitn(3, '-').nth(2) {
                    found.add(format!("linux-image-{flavour}").into_bytes(), false);
                }
            }
        }
        Ok(found)
    }

    fn read(&mut self, status: &[u8]) {
        let mut name: &[u8] = b"";
        for line in status.split(|byte| *byte == b'\n') {
            if let Some(package) = line.strip_prefix(b"Package:") {
                name = package.trim_ascii();
            } else if let Some(state) = line.strip_prefix(b"Status:")
                && name.starts_with(b"linux-image-")
                && !name.ends_with(b"-dbg")
                && state.trim_ascii().ends_with(b" installed")
            {
                let is_held = state.trim_ascii().starts_with(b"hold ");
                self.add(name.to_vec(), is_held);
            }
        }
    }

    fn add(&mut self, name: Vec<u8>, is_held: bool) {
        let behind = name.strip_prefix(b"linux-image-").unwrap_or(&name);
        let behind = behind.strip_prefix(b"unsigned-").unwrap_or(behind);
        let of_version = behind.first().is_some_and(u8::is_ascii_digit);
        let package = Package { name, is_held };
        match of_version {
            true => self.versions.push(package),
            false => self.newest.push(package),
        }
    }

    /// True where all kernel packages are held that would bring a newer kernel.
    fn are_held(&self) -> bool {
        let deciding = match self.newest.is_empty() {
            true => &self.versions,
            false => &self.newest,
        };
        !deciding.is_empty() && deciding.iter().all(|package| package.is_held)
    }

    /// True where patterns keep either all that need the newest kernel, or all of a version, from being
    /// upgraded. They match at the start of a name (Python's `re.match`).
    fn match_all(&self, patterns: &[Vec<u8>]) -> bool {
        let patterns: Vec<Regex> = patterns
            .iter()
            .take(PATTERNS)
            .filter(|pattern| pattern.len() <= PATTERN_MAX)
            .filter_map(|pattern| std::str::from_utf8(pattern).ok())
            .filter_map(|pattern| {
                let pattern = format!("^(?:{pattern})");
                RegexBuilder::new(&pattern)
                    .size_limit(COMPILED_MAX)
                    .build()
                    .ok()
            })
            .collect();
        let all = |packages: &[Package]| {
            let is_matched =
                |package: &Package| patterns.iter().any(|known| known.is_match(&package.name));
            !packages.is_empty() && packages.iter().all(is_matched)
        };
        all(&self.newest) || all(&self.versions)
    }
}

/// Upgrades by a timer of dnf's, zypper's or PackageKit's that is enabled.
fn by_timer(
    probe: &mut Probe<'_>,
    is_there: &dyn Fn(&[u8]) -> bool,
) -> Result<Option<Upgrades>, GuestError> {
    let Some((_, names)) = probe.directory("/etc/systemd/system/timers.target.wants")? else {
        return Ok(None);
    };
    let enabled: BTreeSet<&[u8]> = names.iter().take(NAMES).map(Vec::as_slice).collect();
    let is_on = |timer: &str| enabled.contains(timer.as_bytes());
    // The timer's own name says what it does; under the plain names the configuration does.
    for (timer, service, always) in [
        (
            "dnf-automatic-install.timer",
            "dnf-automatic-install.service",
            true,
        ),
        ("dnf-automatic.timer", "dnf-automatic.service", false),
        ("dnf5-automatic.timer", "dnf5-automatic.service", false),
    ] {
        if !is_on(timer) || any_masked(probe, &[timer, service])? {
            continue;
        }
        let applies = always || applies_updates(probe, "/etc/dnf/automatic.conf")?;
        if applies && !excludes_kernel(probe, &["/etc/dnf/automatic.conf", "/etc/dnf/dnf.conf"])? {
            let (by, remedy) = ("dnf-automatic", HOLD_RPM);
            return Ok(Some(Upgrades { by, remedy }));
        }
    }
    for (timer, service, by) in [
        (
            "transactional-update.timer",
            "transactional-update.service",
            "transactional-update",
        ),
        ("os-update.timer", "os-update.service", "os-update"),
    ] {
        let is_zypp = is_there(b"zypp");
        if is_on(timer)
            && !any_masked(probe, &[timer, service])?
            && !(is_zypp && locks_kernel(probe)?)
        {
            let remedy = HOLD_ZYPP;
            return Ok(Some(Upgrades { by, remedy }));
        }
    }
    Ok(None)
}

fn any_masked(probe: &mut Probe<'_>, units: &[&str]) -> Result<bool, GuestError> {
    for unit in units {
        if is_masked(probe, &format!("/etc/systemd/system/{unit}"))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// True where a file of settings as dnf has them says so; dnf's own default is that it does not.
fn applies_updates(probe: &mut Probe<'_>, file: &str) -> Result<bool, GuestError> {
    let content = probe.content(file, FILE_MAX)?;
    let content = content.map(|(_, content)| content).unwrap_or_default();
    let value = settings(&content)
        .into_iter()
        .rev()
        .find(|(key, _)| key == b"apply_updates");
    Ok(value.is_some_and(|(_, value)| {
        let value = value.to_ascii_lowercase();
        [&b"yes"[..], b"true", b"1", b"on"].contains(&&value[..])
    }))
}

fn excludes_kernel(probe: &mut Probe<'_>, files: &[&str]) -> Result<bool, GuestError> {
    for file in files {
        let Some((_, content)) = probe.content(file, FILE_MAX)? else {
            continue;
        };
        let excludes = settings(&content).into_iter().any(|(key, value)| {
            let names = [&b"exclude"[..], b"excludes", b"excludepkgs"];
            let separates = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
            names.contains(&&key[..]) && value.split(separates).any(is_kernel_pattern)
        });
        if excludes {
            return Ok(true);
        }
    }
    Ok(false)
}

/// True where a pattern of the shell's names all kernel packages.
fn is_kernel_pattern(pattern: &[u8]) -> bool {
    [
        &b"kernel*"[..],
        b"kernel",
        b"kernel-core",
        b"kernel-core*",
        b"kernel-*",
        b"kern*",
        b"*",
    ]
    .contains(&pattern)
}

/// `key = value` lines; a line that begins with a blank goes on with the value before it.
fn settings(content: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for line in content.split(|byte| *byte == b'\n') {
        let text = line.trim_ascii();
        if text.is_empty() || matches!(text[0], b'#' | b';' | b'[') {
            continue;
        }
        let goes_on = line.first().is_some_and(u8::is_ascii_whitespace);
        match (text.iter().position(|byte| *byte == b'='), found.last_mut()) {
            (_, Some((_, value))) if goes_on => {
                value.push(b' ');
                value.extend_from_slice(text);
            }
            (Some(at), _) => {
                let (key, value) = (text[..at].trim_ascii(), text[at + 1..].trim_ascii());
                found.push((key.to_ascii_lowercase(), value.to_vec()));
            }
            _ => {}
        }
    }
    found
}

/// CentOS 7's service, and CentOS 6's script.
fn yum_cron(probe: &mut Probe<'_>) -> Result<bool, GuestError> {
    let wanted = "/etc/systemd/system/multi-user.target.wants/yum-cron.service";
    let is_on = probe.resolve_parent(wanted)?.is_some_and(|at| at.exists())
        && !is_masked(probe, "/etc/systemd/system/yum-cron.service")?;
    let files = ["/etc/yum/yum-cron.conf", "/etc/yum.conf"];
    Ok(is_on
        && applies_updates(probe, "/etc/yum/yum-cron.conf")?
        && !excludes_kernel(probe, &files)?)
}

/// True where a lock of zypper's is on a kernel package (`/etc/zypp/locks`).
fn locks_kernel(probe: &mut Probe<'_>) -> Result<bool, GuestError> {
    let locks = probe.content("/etc/zypp/locks", FILE_MAX)?;
    let locks = locks.map(|(_, content)| content).unwrap_or_default();
    Ok(locks.split(|byte| *byte == b'\n').any(|line| {
        let name = line.strip_prefix(b"solvable_name:").unwrap_or_default();
        name.trim_ascii().starts_with(b"kernel")
    }))
}

impl Preflight {
    pub(super) fn upgrades(&mut self, found: Option<&Upgrades>) {
        let Some(Upgrades { by, remedy }) = found else {
            return;
        };
        self.warn(
            "unattended-upgrades",
            format!(
                "the guest upgrades its packages by itself ({by}), and a kernel package cannot write \
                 into the share: {remedy}"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_of_zero_is_off_in_any_unit() {
        for (value, wanted) in [
            ("1", true),
            ("7", true),
            ("always", true),
            ("12h", true),
            ("10", true),
            ("0", false),
            ("0d", false),
            ("00", false),
            ("", false),
            ("false", false),
        ] {
            assert_eq!(is_interval(value.as_bytes()), wanted, "{value}");
        }
    }

    #[test]
    fn apt_reads_files_without_an_extension_or_with_conf() {
        for (name, wanted) in [
            ("20auto-upgrades", true),
            ("99local.conf", true),
            ("20auto-upgrades.ucf-dist", false),
            ("20auto-upgrades.dpkg-old", false),
            ("x~", false),
        ] {
            assert_eq!(is_part(name.as_bytes()), wanted, "{name}");
        }
    }

    fn packages(status: &str) -> Packages {
        let mut found = Packages::default();
        found.read(status.as_bytes());
        found
    }

    #[test]
    fn a_hold_of_what_brings_the_newest_kernel_is_enough() {
        let of = |name: &str, state: &str| format!("Package: {name}\nStatus: {state}\nX: y\n\n");
        let installed = "install ok installed";
        let held = "hold ok installed";
        let meta = |state| of("linux-image-amd64", state);
        let version = |state| of("linux-image-6.1.0-37-amd64", state);
        let old = of("linux-image-6.1.0-35-amd64", "deinstall ok config-files");
        assert!(packages(&(meta(held) + &version(installed))).are_held());
        assert!(!packages(&(meta(installed) + &version(held))).are_held());
        assert!(packages(&(version(held) + &old)).are_held());
        assert!(!packages(&version(installed)).are_held());
        assert!(!packages("").are_held());
    }

    #[test]
    fn a_blacklist_holds_kernels_where_its_patterns_match_their_names() {
        let of = |name: &str| format!("Package: {name}\nStatus: install ok installed\n\n");
        let found = packages(&(of("linux-image-amd64") + &of("linux-image-6.1.0-37-amd64")));
        for (pattern, wanted) in [
            ("linux-", true),
            ("linux-image-amd64$", true),
            ("linux-image-.*", true),
            (r"linux-image-[0-9]+\.[0-9\.]+-.*", true),
            ("image", false),
            ("libc6$", false),
            ("linux-headers", false),
            ("(", false),
        ] {
            assert_eq!(found.match_all(&[pattern.into()]), wanted, "{pattern}");
        }
    }

    #[test]
    fn settings_go_on_over_lines() {
        let text =
            b"[main]\n# exclude=kernel*\nexcludepkgs = glibc,\n  kernel*\napply_updates=Yes\n";
        assert_eq!(
            settings(text),
            [
                (b"excludepkgs".to_vec(), b"glibc, kernel*".to_vec()),
                (b"apply_updates".to_vec(), b"Yes".to_vec()),
            ]
        );
    }
}
