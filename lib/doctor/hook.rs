//! Checks that hypervisors call osgraft, and that what they call can do its work.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::check::{Check, quoted};
use super::program::{NoAnswer, ask};
use crate::config::{Config, ConfigError, HookProxmox};
use crate::hook::install::{Called, is_idle};
use crate::hook::libvirt::NAMESPACE;
use crate::host::{PrivateFolder, others_may_change};

/// The most of a file that is searched.
const ENOUGH: u64 = 1 << 20;
/// The most descriptions of domains that are searched.
const MOST_DOMAINS: usize = 2000;
/// Answer of this version to `--version`.
const THIS_VERSION: &str = concat!("osgraft ", env!("CARGO_PKG_VERSION"));
/// Beginning of the namespaces of osgraft's metadata, in all versions.
const NAMESPACES: &str = "urn:osgraft:";

/// Places of a host that concern hooks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sites<'a> {
    /// libvirt's hooks: `qemu`, `qemu.d`; beside their folder lies `qemu`, with the domains.
    pub(super) libvirt: &'a Path,
    /// Proxmox' snippets.
    pub(super) proxmox: &'a Path,
    /// Folders of osgraft's own.
    pub(super) own: &'a [&'a Path],
}

/// Folders in which root's osgraft keeps its state.
pub(super) fn own_folders() -> Vec<&'static Path> {
    match rustix::process::geteuid().is_root() {
        true => [
            "/run/osgraft/hook",
            "/var/lib/osgraft/hook",
            "/var/cache/osgraft",
        ]
        .map(Path::new)
        .to_vec(),
        false => Vec::new(),
    }
}

/// Checks the hooks that call osgraft. Not to be called is no fault.
pub(super) fn hook(sites: Sites<'_>, config: Result<Option<&Config>, &ConfigError>) -> Check {
    let mut candidates = vec![sites.libvirt.join("qemu")];
    candidates.extend(files_of(&sites.libvirt.join("qemu.d")));
    candidates.extend(files_of(sites.proxmox));
    let hooks: Vec<(PathBuf, Vec<u8>)> = candidates
        .into_iter()
        .filter_map(|file| Some((file.clone(), text_of(&file)?)))
        .filter(|(_, text)| text.windows(7).any(|part| part == b"osgraft"))
        .collect();
    let is_executable = |file: &Path| {
        fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
    };
    let stated = config.ok().flatten().map(|config| &config.hook.proxmox);
    let on_proxmox = hooks
        .iter()
        .any(|(file, _)| file.starts_with(sites.proxmox));
    if let Some(check) = stated.and_then(|stated| proxmox_places(stated, on_proxmox)) {
        return check;
    }
    for folder in sites.own {
        if let Err(error) = PrivateFolder::open(folder) {
            return Check::bad("hook", error, format!("rm -r {}", quoted(folder)));
        }
    }
    let shown: Vec<_> = hooks
        .iter()
        .map(|(file, _)| file.display().to_string())
        .collect();
    let shown = shown.join(", ");
    if shown.is_empty() {
        let found = "not installed: no hypervisor calls osgraft by itself \
                     (see osgraft hook install)";
        return Check::ok("hook", found);
    }
    for (file, text) in &hooks {
        if let Some(check) = Called::of(text).and_then(|called| called_rightly(file, &called)) {
            return check;
        }
    }
    if let Some((idle, text)) = hooks.iter().find(|(file, _)| !is_executable(file)) {
        let shown = idle.display();
        let found = format!("{shown} is not executable, so it is never called");
        let remedy = format!("chmod +x {}", quoted(idle));
        return match Called::of(text) {
            Some(_) => Check::bad("hook", found, remedy),
            None => Check::warning("hook", found, remedy),
        };
    }
    if let Some(check) = unknown_metadata(sites.libvirt) {
        return check;
    }
    // A file that is broken has a check of its own.
    if let Ok(config) = config
        && config.is_none_or(|config| config.masters.is_none())
    {
        let found = format!("{shown}: refuses every machine that takes part, for want of masters");
        return Check::bad("hook", found, "set images.masters in the configuration");
    }
    if let Some((file, _)) = hooks.iter().find(|(_, text)| is_idle(text)) {
        let found = format!(
            "{}: osgraft was removed from a host: where it is gone, machines start unprepared",
            file.display()
        );
        return Check::warning("hook", found, install_again(file, sites.proxmox));
    }
    let older = |(_, text): &&(PathBuf, Vec<u8>)| {
        let is_ours = text
            .windows(22)
            .any(|part| part == b"osgraft hook uninstall");
        is_ours && Called::of(text).is_none()
    };
    if let Some((file, _)) = hooks.iter().find(older) {
        let found = format!(
            "{}: of an older osgraft: where that is missing, machines start unprepared",
            file.display()
        );
        return Check::warning("hook", found, install_again(file, sites.proxmox));
    }
    Check::ok("hook", shown)
}

fn install_again(file: &Path, proxmox: &Path) -> &'static str {
    match file.starts_with(proxmox) {
        true => "osgraft hook install proxmox",
        false => "osgraft hook install libvirt",
    }
}

/// Finds a fault in the program or the configuration of an installed script.
fn called_rightly(script: &Path, called: &Called) -> Option<Check> {
    let (program, config) = (&called.program, &called.config);
    let script = script.display();
    let bad = |what: String, remedy: String| {
        let found = format!("{script}: {what}: no machine that takes part starts");
        Some(Check::bad("hook", found, remedy))
    };
    let reinstall = format!("install -o root -g root -m 755 osgraft {}", quoted(program));
    let is_there = fs::metadata(program)
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0);
    if !is_there {
        let what = format!(
            "its program {} is missing or not executable",
            program.display()
        );
        return bad(what, reinstall);
    }
    for (path, mode) in [(program, "755"), (config, "644")] {
        match others_may_change(path) {
            Ok(None) => {}
            Ok(Some(flaw)) => {
                let found = format!("{script}: root relies on {}, but {flaw}", path.display());
                let remedy = format!(
                    "chown root:root {0} && chmod {mode} {0}, or move it below folders of root's",
                    quoted(path)
                );
                return Some(Check::bad("hook", found, remedy));
            }
            Err(error) => return bad(format!("{}: {error}", path.display()), reinstall),
        }
    }
    let said = program.to_str().map(|path| ask(path, &["--version"]));
    match &said {
        Some(Ok(said)) if !said.starts_with("osgraft ") => {
            return bad(format!("{} is not osgraft", program.display()), reinstall);
        }
        Some(Err(NoAnswer::Failed(why))) => return bad(why.clone(), reinstall),
        _ => {}
    }
    if let Err(error) = Config::read_at_once(config) {
        return bad(error.to_string(), format!("editor {}", quoted(config)));
    }
    // Where both are installed, machines get the work of the one and people see the other's.
    let said = said?.ok()?;
    let version = said.trim();
    (version != THIS_VERSION).then(|| {
        let found = format!(
            "{script}: its program {} is {version}, this one is {THIS_VERSION}",
            program.display()
        );
        Check::warning("hook", found, reinstall)
    })
}

/// Finds a fault in the places that are stated for Proxmox; a host without Proxmox has none of
/// the usual ones.
fn proxmox_places(stated: &HookProxmox, is_called: bool) -> Option<Check> {
    let usual = HookProxmox::default();
    let look_at_storage = || match fs::metadata(&stated.storage)?.file_type() {
        kind if kind.is_fifo() || kind.is_dir() => Err(io::ErrorKind::InvalidInput.into()),
        _ => File::open(&stated.storage).map(drop),
    };
    let conf = (is_called || stated.conf != usual.conf).then(|| fs::read_dir(&stated.conf));
    let storage = (is_called || stated.storage != usual.storage).then(look_at_storage);
    let places = [
        ("conf", &stated.conf, conf.map(|found| found.map(drop))),
        ("storage", &stated.storage, storage),
    ];
    for (key, path, found) in places {
        if let Some(Err(error)) = found {
            let found = format!("hook.proxmox.{key}: {}: {error}", path.display());
            let remedy = format!("set hook.proxmox.{key} in the configuration, or leave it out");
            return Some(Check::bad("hook", found, remedy));
        }
    }
    None
}

/// A domain whose description has osgraft's metadata in a version that is not known.
fn unknown_metadata(hooks: &Path) -> Option<Check> {
    let domains = hooks.parent()?.join("qemu");
    let domains = files_of(&domains).into_iter().take(MOST_DOMAINS);
    let domains = domains.filter(|file| file.extension().is_some_and(|name| name == "xml"));
    domains.into_iter().find_map(|file| {
        let text = text_of(&file)?;
        let text = String::from_utf8_lossy(&text);
        let known = format!("{NAMESPACE}\"");
        let also = format!("{NAMESPACE}'");
        let mut found = text.match_indices(NAMESPACES).map(|(at, _)| &text[at..]);
        found.find(|rest| !rest.starts_with(&known) && !rest.starts_with(&also))?;
        let found = format!(
            "{}: its metadata of osgraft is of a version that this osgraft does not know, so the \
             domain does not start",
            file.display()
        );
        Some(Check::bad(
            "hook",
            found,
            format!("virsh edit, and write {NAMESPACE}"),
        ))
    })
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// The beginning of a file; `None` for what is none.
fn text_of(file: &Path) -> Option<Vec<u8>> {
    if !fs::metadata(file).ok()?.is_file() {
        return None;
    }
    let mut text = Vec::new();
    let opened = File::open(file).ok()?;
    opened.take(ENOUGH).read_to_end(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::super::check::Verdict;
    use super::*;
    use crate::hook::install::{Libvirt, Style};

    #[test]
    fn a_hook_is_told_and_must_be_executable() {
        let folder = tempfile::tempdir().unwrap();
        let (libvirt, proxmox) = (folder.path().join("hooks"), folder.path().join("snippets"));
        let sites = Sites {
            libvirt: &libvirt,
            proxmox: &proxmox,
            own: &[],
        };
        let masters = Config::parse("images.masters = [\"/m\"]\n", "c").unwrap();
        let check = || hook(sites, Ok(Some(&masters)));
        assert!(check().found.starts_with("not installed"));
        fs::create_dir_all(libvirt.join("qemu.d")).unwrap();
        fs::write(libvirt.join("qemu"), "#!/bin/sh\nexit 0\n").unwrap();
        assert!(check().found.starts_with("not installed"));
        let file = libvirt.join("qemu.d/50-osgraft");
        fs::write(&file, "#!/bin/sh\nexec osgraft hook libvirt \"$@\"\n").unwrap();
        assert_eq!(check().verdict, Verdict::Warning);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        let installed = check();
        assert_eq!(installed.verdict, Verdict::Ok);
        assert_eq!(installed.found, file.display().to_string());
        assert_eq!(installed.remedy, None);
        for without in [Some(&Config::default()), None] {
            let check = hook(sites, Ok(without));
            assert_eq!(check.verdict, Verdict::Bad);
            assert!(check.remedy.unwrap().contains("images.masters"));
        }
    }

    /// A host with a hook, its program and its configuration.
    struct Host {
        root: tempfile::TempDir,
    }

    impl Host {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let host = Self { root };
            fs::create_dir_all(host.at("etc/libvirt/qemu")).unwrap();
            host.program(&format!("echo {THIS_VERSION}"));
            fs::write(host.at("c.toml"), "images.masters = [\"/m\"]\n").unwrap();
            Libvirt::under(host.root.path())
                .install(&host.at("osgraft"), Some(&host.at("c.toml")), Style::Folder)
                .unwrap();
            host
        }

        fn at(&self, name: &str) -> PathBuf {
            self.root.path().join(name)
        }

        fn program(&self, body: &str) {
            fs::write(self.at("osgraft"), format!("#!/bin/sh\n{body}\n")).unwrap();
            let mode = fs::Permissions::from_mode(0o755);
            fs::set_permissions(self.at("osgraft"), mode).unwrap();
        }

        fn check(&self) -> Check {
            let (libvirt, proxmox) = (self.at("etc/libvirt/hooks"), self.at("snippets"));
            let own = self.at("own");
            let sites = Sites {
                libvirt: &libvirt,
                proxmox: &proxmox,
                own: &[&own],
            };
            let read = Config::read(self.at("c.toml"));
            hook(sites, read.as_ref().map(Some))
        }

        #[track_caller]
        fn bad(&self, what: &str) {
            let check = self.check();
            assert_eq!(check.verdict, Verdict::Bad, "{check:?}");
            assert!(check.found.contains(what), "{check:?}");
            assert!(check.remedy.is_some());
        }
    }

    #[test]
    fn a_hook_that_cannot_do_its_work_is_bad() {
        let host = Host::new();
        assert_eq!(host.check().verdict, Verdict::Ok, "{:?}", host.check());
        host.program("exit 3");
        host.bad("ended with");
        host.program("exit 0");
        host.bad("is not osgraft");
        fs::write(host.at("osgraft"), "").unwrap();
        host.bad("osgraft");
        fs::remove_file(host.at("osgraft")).unwrap();
        host.bad("missing or not executable");
        host.program(&format!("echo {THIS_VERSION}"));
        let mode = |path: &str, mode| {
            fs::set_permissions(host.at(path), fs::Permissions::from_mode(mode)).unwrap();
        };
        mode("etc/libvirt/hooks/qemu.d/50-osgraft", 0o644);
        host.bad("is not executable");
        mode("etc/libvirt/hooks/qemu.d/50-osgraft", 0o755);
        mode("osgraft", 0o777);
        host.bad("written by everybody");
        mode("osgraft", 0o755);
        mode("c.toml", 0o666);
        host.bad("written by everybody");
        mode("c.toml", 0o644);
        assert_eq!(host.check().verdict, Verdict::Ok);
        fs::create_dir(host.at("own")).unwrap();
        assert_eq!(host.check().verdict, Verdict::Ok);
        mode("own", 0o777);
        host.bad("own can be written by everybody");
        mode("own", 0o755);
        for broken in [
            "[[hook.vms]]\nmatch = \"a\"\n",
            "[[hook.vm]]\nmatch = \"(\"\n",
            "[hook\n",
        ] {
            fs::write(host.at("c.toml"), broken).unwrap();
            host.bad("c.toml:");
        }
        fs::remove_file(host.at("c.toml")).unwrap();
        host.bad("cannot be read");
    }

    #[test]
    fn a_hook_that_calls_another_version_is_told() {
        let host = Host::new();
        host.program("echo osgraft 0.0.9");
        let check = host.check();
        assert_eq!(check.verdict, Verdict::Warning);
        assert!(
            check
                .found
                .contains("is osgraft 0.0.9, this one is osgraft "),
            "{check:?}"
        );
        // A fault goes before it.
        fs::write(host.at("c.toml"), "[hook\n").unwrap();
        host.bad("c.toml:");
    }

    #[test]
    fn metadata_of_another_version_is_bad() {
        let host = Host::new();
        let xml = |version: &str| {
            let text =
                format!("<domain><metadata><o:osgraft xmlns:o=\"{version}\"/></metadata></domain>");
            fs::write(host.at("etc/libvirt/qemu/web-1.xml"), text).unwrap();
        };
        xml(NAMESPACE);
        assert_eq!(host.check().verdict, Verdict::Ok);
        for other in [
            "urn:osgraft:libvirt:2",
            "urn:osgraft:libvirt:10",
            "urn:osgraft:x",
        ] {
            xml(other);
            host.bad("web-1.xml");
        }
    }

    #[test]
    fn a_wrong_place_of_proxmox_is_bad() {
        let host = Host::new();
        let state = |key: &str, path: &str| {
            let text = format!("images.masters = [\"/m\"]\n[hook.proxmox]\n{key} = {path:?}\n");
            fs::write(host.at("c.toml"), text).unwrap();
        };
        state("conf", "/nowhere");
        host.bad("hook.proxmox.conf: /nowhere");
        state("storage", "/tmp");
        host.bad("hook.proxmox.storage: /tmp");
        state("conf", "/tmp");
        assert_eq!(host.check().verdict, Verdict::Ok);
        // Where Proxmox calls osgraft, the usual places count too.
        let usual = HookProxmox::default();
        assert!(proxmox_places(&usual, false).is_none());
        if !usual.conf.exists() {
            assert!(proxmox_places(&usual, true).is_some());
        }
    }
}
