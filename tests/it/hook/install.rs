//! Installed and taken away again, to the byte.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use osgraft::hook::install::{
    Called, InstallError, Installed, Libvirt, Proxmox, Style, WhenUnknown,
};

const STYLES: [Style; 2] = [Style::Folder, Style::Dispatcher];

/// Everything below a folder: mode, inode, and what a file or link holds.
fn tree(root: &Path) -> BTreeMap<PathBuf, (u32, u64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let holds = if metadata.is_symlink() {
                fs::read_link(&path)
                    .unwrap()
                    .into_os_string()
                    .into_encoded_bytes()
            } else if metadata.is_dir() {
                folders.push(path.clone());
                Vec::new()
            } else {
                fs::read(&path).unwrap()
            };
            found.insert(path, (metadata.mode(), metadata.ino(), holds));
        }
    }
    found
}

struct Host {
    root: tempfile::TempDir,
    program: PathBuf,
}

impl Host {
    /// With a program that notes how it is called and with what.
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("etc/libvirt")).unwrap();
        let program = root.path().join("os graft");
        let host = Self { root, program };
        let note = host.at("called").display().to_string();
        host.script(
            &host.program,
            &format!("(echo \"osgraft $*\"; cat; echo) >>'{note}'; exit 40"),
        );
        host
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn hook(&self, name: &str) -> PathBuf {
        self.at("etc/libvirt/hooks").join(name)
    }

    fn script(&self, path: &Path, body: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o750)).unwrap();
    }

    fn libvirt(&self) -> Libvirt {
        Libvirt::under(self.root.path())
    }

    fn install(&self, style: Style) -> Installed {
        self.libvirt().install(&self.program, None, style).unwrap()
    }

    /// Calls a hook as libvirt does; its exit code, what it prints, and what osgraft was called
    /// with.
    fn call(&self, hook: &Path, operation: &str) -> (i32, String, String) {
        let _ = fs::remove_file(self.at("called"));
        let input = self.at("input");
        fs::write(&input, "<domain/>\n\n").unwrap();
        let output = Command::new(hook)
            .args(["a b", operation, "begin", "-"])
            .stdin(fs::File::open(input).unwrap())
            .output()
            .unwrap();
        let called = fs::read_to_string(self.at("called")).unwrap_or_default();
        let printed = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), printed, called)
    }
}

/// Flags with which the scripts call osgraft.
const ASKED: &str = "--in-script --unknown refuse --";

fn codes(installed: &Installed) -> Vec<&str> {
    installed.notes.iter().map(|note| note.code).collect()
}

#[test]
fn what_was_there_before_is_there_after() {
    for style in STYLES {
        let bare = |_: &Host| {};
        let empty = |host: &Host| fs::create_dir(host.hook("")).unwrap();
        let hooked = |host: &Host| host.script(&host.hook("qemu"), "exit 3");
        let linked = |host: &Host| {
            host.script(&host.hook("real"), "exit 3");
            symlink("real", host.hook("qemu")).unwrap();
        };
        let dangling = |host: &Host| {
            fs::create_dir(host.hook("")).unwrap();
            symlink("nowhere", host.hook("qemu")).unwrap();
        };
        let others = |host: &Host| host.script(&host.hook("qemu.d/10-other"), "exit 0");
        let cases: [&dyn Fn(&Host); 6] = [&bare, &empty, &hooked, &linked, &dangling, &others];
        for (number, case) in cases.iter().enumerate() {
            let host = Host::new();
            case(&host);
            let before = tree(host.root.path());
            assert!(host.install(style).changed);
            assert_ne!(tree(host.root.path()), before);
            let installed = tree(host.root.path());
            assert!(!host.install(style).changed);
            assert_eq!(tree(host.root.path()), installed, "twice is once");
            assert!(host.libvirt().uninstall().unwrap().changed);
            assert_eq!(tree(host.root.path()), before, "{style:?} {number}");
            assert!(!host.libvirt().uninstall().unwrap().changed);
        }
    }
}

#[test]
fn one_style_takes_the_place_of_the_other() {
    let host = Host::new();
    host.script(&host.hook("qemu"), "exit 3");
    let before = tree(host.root.path());
    host.install(Style::Folder);
    let folder = tree(host.root.path());
    host.install(Style::Dispatcher);
    assert!(!host.hook("qemu.d").exists());
    host.install(Style::Folder);
    let again = tree(host.root.path());
    assert_eq!(
        folder.keys().collect::<Vec<_>>(),
        again.keys().collect::<Vec<_>>()
    );
    host.libvirt().uninstall().unwrap();
    assert_eq!(tree(host.root.path()), before);
}

#[test]
fn an_installation_that_ended_halfway_is_taken_back() {
    let host = Host::new();
    host.script(&host.hook("qemu"), "exit 3");
    let before = tree(host.root.path());
    fs::rename(host.hook("qemu"), host.hook("qemu.osgraft-kept")).unwrap();
    assert!(host.libvirt().uninstall().unwrap().changed);
    assert_eq!(tree(host.root.path()), before);
}

#[test]
fn what_is_not_osgrafts_is_left_alone() {
    let host = Host::new();
    host.script(&host.hook("qemu.d/50-osgraft"), "exit 0");
    let before = tree(host.root.path());
    let error = host.libvirt().install(&host.program, None, Style::Folder);
    assert!(matches!(error, Err(InstallError::Foreign(_))), "{error:?}");
    assert!(host.libvirt().uninstall().is_err());
    assert_eq!(tree(host.root.path()), before);

    let host = Host::new();
    host.script(&host.hook("qemu"), "exit 3");
    host.install(Style::Dispatcher);
    fs::remove_file(host.hook("qemu")).unwrap();
    host.script(&host.hook("qemu"), "exit 4");
    let before = tree(host.root.path());
    for style in STYLES {
        let error = host.libvirt().install(&host.program, None, style);
        assert!(
            matches!(error, Err(InstallError::Replaced { .. })),
            "{error:?}"
        );
    }
    assert!(host.libvirt().uninstall().is_err());
    assert_eq!(tree(host.root.path()), before);
}

#[test]
fn a_restart_is_asked_for_where_libvirt_looks_for_no_hook() {
    let host = Host::new();
    assert_eq!(codes(&host.install(Style::Folder)), ["restart"]);
    assert_eq!(codes(&host.install(Style::Folder)), [""; 0]);
    let host = Host::new();
    host.script(&host.hook("qemu"), "exit 3");
    assert_eq!(codes(&host.install(Style::Folder)), [""; 0]);
    let profile = host.at("etc/apparmor.d/usr.sbin.libvirtd");
    host.script(&profile, "");
    let installed = host.install(Style::Folder);
    assert_eq!(codes(&installed), ["apparmor"]);
    assert!(
        installed.notes[0]
            .text
            .contains("etc/apparmor.d/local/usr.sbin.libvirtd")
    );
}

#[test]
fn the_file_calls_osgraft_for_what_concerns_it() {
    let host = Host::new();
    host.install(Style::Folder);
    let file = host.hook("qemu.d/50-osgraft");
    for operation in ["prepare", "restore", "migrate"] {
        let called =
            format!("osgraft hook libvirt {ASKED} a b {operation} begin -\n<domain/>\n\n\n");
        assert_eq!(host.call(&file, operation), (0, String::new(), called));
    }
    for operation in ["start", "reconnect", "release"] {
        assert_eq!(
            host.call(&file, operation),
            (0, String::new(), String::new())
        );
    }
    fs::remove_file(&host.program).unwrap();
    // Nothing is known of a domain then, so that the operator's choice decides.
    for (choice, code) in [(WhenUnknown::Start, 0), (WhenUnknown::Refuse, 1)] {
        let libvirt = host.libvirt().when_unknown(choice);
        libvirt.install(&host.program, None, Style::Folder).unwrap();
        let nothing = (code, String::new(), String::new());
        assert_eq!(host.call(&file, "prepare"), nothing);
    }
}

#[test]
fn the_dispatcher_calls_the_hook_that_was_there_with_the_same_input() {
    let host = Host::new();
    let body = |code| format!("cat; echo \"kept $*\"; exit {code}");
    host.script(&host.hook("qemu"), &body(0));
    host.install(Style::Dispatcher);
    let hook = host.hook("qemu");
    let kept = |operation: &str| format!("<domain/>\n\nkept a b {operation} begin -\n");
    let called = format!("osgraft hook libvirt {ASKED} a b prepare begin -\n<domain/>\n\n\n");
    assert_eq!(host.call(&hook, "prepare"), (0, kept("prepare"), called));
    assert_eq!(
        host.call(&hook, "stopped"),
        (0, kept("stopped"), String::new())
    );
    // What it refuses stays refused, and is not prepared.
    host.script(&host.hook("qemu.osgraft-kept"), &body(7));
    assert_eq!(
        host.call(&hook, "prepare"),
        (7, kept("prepare"), String::new())
    );
    assert_eq!(host.call(&hook, "stopped").0, 7);
    let host = Host::new();
    host.install(Style::Dispatcher);
    host.script(&host.program, "exit 41");
    assert_eq!(host.call(&host.hook("qemu"), "prepare").0, 1);
    assert_eq!(host.call(&host.hook("qemu"), "stopped").0, 0);
}

#[test]
fn a_configuration_that_was_named_is_called_for() {
    let host = Host::new();
    let config = Path::new("/etc/it's here.toml");
    let done = host
        .libvirt()
        .install(&host.program, Some(config), Style::Folder);
    assert!(done.unwrap().changed);
    let (_, _, called) = host.call(&host.hook("qemu.d/50-osgraft"), "prepare");
    assert!(
        called.starts_with("osgraft --config /etc/it's here.toml hook"),
        "{called}"
    );
    // Another configuration is another file.
    assert!(host.install(Style::Folder).changed);
    let relative = host
        .libvirt()
        .install(Path::new("osgraft"), None, Style::Folder);
    assert!(matches!(relative, Err(InstallError::Relative(_))));
}

#[test]
fn a_snippet_comes_and_goes() {
    let host = Host::new();
    let snippets = host.at("snippets");
    let proxmox = Proxmox::within(&snippets);
    let error = proxmox.install(&host.program, None);
    assert!(matches!(error, Err(InstallError::NoFolder(_))), "{error:?}");
    fs::create_dir(&snippets).unwrap();
    let before = tree(host.root.path());
    let installed = proxmox.install(&host.program, None).unwrap();
    assert!(installed.changed);
    assert!(installed.notes[0].text.contains("qm set VMID --hookscript"));
    assert!(!proxmox.install(&host.program, None).unwrap().changed);
    let snippet = snippets.join("osgraft");
    let output = |phase: &str| {
        let status = Command::new(&snippet).args(["100", phase]).status();
        assert_eq!(status.unwrap().code(), Some(0));
        fs::read_to_string(host.at("called")).unwrap_or_default()
    };
    assert_eq!(output("post-stop"), "");
    let called = format!("osgraft hook proxmox {ASKED} 100 pre-start\n");
    assert!(output("pre-start").starts_with(&called));
    fs::remove_file(host.at("called")).unwrap();
    assert!(proxmox.uninstall().unwrap().changed);
    assert_eq!(tree(host.root.path()), before);
    assert!(!proxmox.uninstall().unwrap().changed);
    fs::write(&snippet, "mine").unwrap();
    assert!(proxmox.uninstall().is_err());
    assert!(proxmox.install(&host.program, None).is_err());
}

#[test]
fn a_refresh_writes_only_hooks_anew_that_call_this_program_and_keeps_their_choices() {
    let host = Host::new();
    let snippets = host.at("snippets");
    fs::create_dir(&snippets).unwrap();
    let config = host.at("c.toml");
    fs::write(&config, "").unwrap();
    let (libvirt, proxmox) = (host.libvirt(), Proxmox::within(&snippets));
    assert!(!libvirt.refresh(&host.program).unwrap().changed);
    assert!(!proxmox.refresh(&host.program).unwrap().changed);
    assert_eq!(fs::read_dir(&snippets).unwrap().count(), 0);
    for style in STYLES {
        let starting = host.libvirt().when_unknown(WhenUnknown::Start);
        let done = starting
            .install(&host.program, Some(&config), style)
            .unwrap();
        let script = done.files.last().unwrap().clone();
        let snippet = proxmox.install(&host.program, Some(&config)).unwrap().files[0].clone();
        for script in [&script, &snippet] {
            let text = fs::read_to_string(script).unwrap();
            // As an older osgraft wrote it.
            fs::write(script, format!("{text}# more\n")).unwrap();
            let refresh = |program: &Path| match script == &snippet {
                true => proxmox.refresh(program).unwrap(),
                false => host.libvirt().refresh(program).unwrap(),
            };
            assert!(!refresh(&host.at("other")).changed);
            assert!(fs::read_to_string(script).unwrap().ends_with("# more\n"));
            assert!(refresh(&host.program).changed);
            assert_eq!(fs::read_to_string(script).unwrap(), text);
            assert!(!refresh(&host.program).changed);
        }
    }
}

/// Several hosts may have one storage of snippets: where the program is there, it still decides.
#[test]
fn after_a_removal_a_snippet_lets_machines_start_where_the_program_is_gone() {
    let host = Host::new();
    let snippets = host.at("snippets");
    fs::create_dir(&snippets).unwrap();
    let proxmox = Proxmox::within(&snippets).when_unknown(WhenUnknown::Start);
    assert!(!proxmox.let_start().unwrap().changed);
    assert_eq!(fs::read_dir(&snippets).unwrap().count(), 0);
    proxmox.install(&host.program, None).unwrap();
    let snippet = snippets.join("osgraft");
    let installed = fs::read(&snippet).unwrap();
    let done = proxmox.let_start().unwrap();
    assert!(done.changed);
    assert!(done.notes[0].text.contains("--delete hookscript"));
    assert!(!proxmox.let_start().unwrap().changed);
    let start = || {
        let status = Command::new(&snippet).args(["100", "pre-start"]).status();
        status.unwrap().code()
    };

    assert_eq!(start(), Some(0));
    assert!(
        fs::read_to_string(host.at("called"))
            .unwrap()
            .contains("100 pre-start")
    );
    // A program that is broken is not one that was removed.
    fs::rename(&host.program, host.at("away")).unwrap();
    fs::write(&host.program, "").unwrap();
    fs::set_permissions(&host.program, Permissions::from_mode(0o755)).unwrap();
    let refusing = Proxmox::within(&snippets).when_unknown(WhenUnknown::Refuse);
    refusing.install(&host.program, None).unwrap();
    refusing.let_start().unwrap();
    assert_eq!(start(), Some(1));
    fs::remove_file(&host.program).unwrap();
    assert_eq!(start(), Some(0));

    fs::rename(host.at("away"), &host.program).unwrap();
    proxmox.install(&host.program, None).unwrap();
    assert_eq!(fs::read(&snippet).unwrap(), installed);
    fs::write(&snippet, "mine").unwrap();
    assert!(!proxmox.let_start().unwrap().changed);
    assert_eq!(fs::read(&snippet).unwrap(), b"mine");
}

/// A package that is removed takes its own hooks away. One that calls another program goes on: its
/// machines would start unprepared.
#[test]
fn uninstalling_all_leaves_a_hook_whose_program_is_another_one_that_is_there() {
    let host = Host::new();
    let (snippets, storage) = (host.at("snippets"), host.at("storage.cfg"));
    fs::create_dir(&snippets).unwrap();
    fs::write(
        &storage,
        format!("dir: s\n\tpath {}\n", host.root.path().display()),
    )
    .unwrap();
    let proxmox = Proxmox::within(&snippets);
    proxmox.install(&host.program, None).unwrap();
    let snippet = fs::read(snippets.join("osgraft")).unwrap();
    let uninstall = |storage: &Path| {
        let mut all = Command::new(env!("CARGO_BIN_EXE_osgraft"));
        all.args(["hook", "uninstall", "all", "--root"])
            .arg(host.root.path());
        all.arg("--storage").arg(storage).output().unwrap()
    };
    for style in STYLES {
        let done = host.libvirt().install(&host.program, None, style).unwrap();
        let script = done.files.last().unwrap().clone();
        let ran = uninstall(&storage);
        assert!(ran.status.success(), "{ran:?}");
        assert!(script.exists(), "{style:?}");
    }
    assert_eq!(fs::read(snippets.join("osgraft")).unwrap(), snippet);

    // A file that cannot be read may name other folders.
    let ran = uninstall(&host.at("snippets"));
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    fs::remove_file(&host.program).unwrap();
    assert!(uninstall(&storage).status.success());
    assert!(!host.hook("qemu").exists());
    assert_ne!(fs::read(snippets.join("osgraft")).unwrap(), snippet);
}

#[test]
fn the_choice_for_unknown_machines_stays_until_another_is_made() {
    let host = Host::new();
    let chosen = |choice: Option<WhenUnknown>, style| {
        let libvirt = match choice {
            Some(choice) => host.libvirt().when_unknown(choice),
            None => host.libvirt(),
        };
        let done = libvirt.install(&host.program, None, style).unwrap();
        let text = fs::read(done.files.last().unwrap()).unwrap();
        Called::of(&text).unwrap().when_unknown
    };
    assert_eq!(chosen(None, Style::Folder), WhenUnknown::Refuse);
    let start = Some(WhenUnknown::Start);
    assert_eq!(chosen(start, Style::Folder), WhenUnknown::Start);
    assert_eq!(chosen(None, Style::Folder), WhenUnknown::Start);
    let refuse = Some(WhenUnknown::Refuse);
    assert_eq!(chosen(refuse, Style::Dispatcher), WhenUnknown::Refuse);
    assert_eq!(chosen(None, Style::Dispatcher), WhenUnknown::Refuse);
}

#[test]
fn a_hookscript_goes_into_no_folder_that_another_user_may_change() {
    let host = Host::new();
    let snippets = host.at("snippets");
    fs::create_dir(&snippets).unwrap();
    let config = host.at("config.toml");
    fs::write(&config, "").unwrap();
    let install = || Proxmox::within(&snippets).install(&host.program, Some(&config));
    fs::set_permissions(&snippets, Permissions::from_mode(0o777)).unwrap();
    let error = install().unwrap_err().to_string();
    assert!(
        error.contains("snippets can be written by everybody"),
        "{error}"
    );
    assert_eq!(fs::read_dir(&snippets).unwrap().count(), 0);
    fs::set_permissions(&snippets, Permissions::from_mode(0o755)).unwrap();
    install().unwrap();
}

#[test]
fn what_another_user_may_change_is_not_installed() {
    let host = Host::new();
    let snippets = host.at("snippets");
    fs::create_dir(&snippets).unwrap();
    let config = host.at("config.toml");
    fs::write(&config, "").unwrap();
    let before = tree(host.root.path());
    let refused = |what: &str, program: &Path| {
        let libvirt = host.libvirt();
        let proxmox = Proxmox::within(&snippets);
        for result in [
            libvirt.install(program, Some(&config), Style::Folder),
            libvirt.install(program, Some(&config), Style::Dispatcher),
            proxmox.install(program, Some(&config)),
        ] {
            let error = result.unwrap_err().to_string();
            assert!(
                error.contains(what) && error.contains("install -"),
                "{error}"
            );
            assert!(!error.contains('\n'), "{error}");
        }
    };
    let mode = |path: &Path, mode: u32| {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    mode(&host.program, 0o757);
    refused("os graft can be written by everybody", &host.program);
    mode(&host.program, 0o750);
    mode(&config, 0o646);
    refused("config.toml can be written by everybody", &host.program);
    mode(&config, 0o644);
    // A link is as safe as the folder that it lies in, and as what it leads to.
    let open = host.at("open");
    fs::create_dir(&open).unwrap();
    symlink(&host.program, open.join("osgraft")).unwrap();
    mode(&open, 0o777);
    refused("open can be written by everybody", &open.join("osgraft"));
    mode(&open, 0o1777);
    refused("everybody can put files into", &open.join("osgraft"));
    if rustix::process::geteuid().is_root() {
        let chown = |path: &Path, user, group| {
            std::os::unix::fs::chown(path, Some(user), Some(group)).unwrap();
        };
        chown(&host.program, 65534, 0);
        refused("os graft belongs to user 65534", &host.program);
        chown(&host.program, 0, 65534);
        mode(&host.program, 0o770);
        refused("can be written by group 65534", &host.program);
        chown(&host.program, 0, 0);
        mode(&host.program, 0o750);
        chown(host.root.path(), 65534, 65534);
        refused("belongs to user 65534", &host.program);
        chown(host.root.path(), 0, 0);
    }
    fs::remove_dir_all(&open).unwrap();
    assert_eq!(tree(host.root.path()), before, "nothing was put in place");
    host.libvirt()
        .install(&host.program, Some(&config), Style::Folder)
        .unwrap();
}
