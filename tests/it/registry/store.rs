//! The file store: what an edit changes, and what it never loses.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use osgraft::registry::{
    EditError, FileRegistry, Key, MemoryRegistry, Outcome, Registry, RegistryError, Server,
    Servers, Setting, Source, State, Store, WriteStep, store_in,
};

const FILE: &str = "\
# rack 4
[[server]]
name = \"a\"  # keep
export = \"h:/x\"
";

fn server(name: &str) -> Server {
    Server::new(name, Source::nfs("h:/x").unwrap()).unwrap()
}

fn settings(settings: &[&str]) -> Vec<Setting> {
    settings.iter().map(|s| s.parse().unwrap()).collect()
}

struct Scratch {
    folder: tempfile::TempDir,
    registry: FileRegistry,
}

impl Scratch {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = FileRegistry::at(folder.path().join("servers.toml"));
        Self { folder, registry }
    }

    fn with(text: &str) -> Self {
        let scratch = Self::new();
        fs::write(scratch.path(), text).unwrap();
        scratch
    }

    fn path(&self) -> &Path {
        self.registry.path()
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

#[test]
fn add_makes_the_file_and_a_second_run_changes_nothing() {
    let scratch = Scratch::new();
    assert_eq!(
        scratch.registry.add(&server("a")).unwrap(),
        Outcome::Changed
    );
    let before = fs::metadata(scratch.path()).unwrap();
    assert_eq!(before.mode() & 0o7777, 0o644);
    assert_eq!(
        scratch.registry.add(&server("a")).unwrap(),
        Outcome::Unchanged
    );
    assert_eq!(fs::metadata(scratch.path()).unwrap().ino(), before.ino());
    assert_eq!(scratch.names(), [".servers.toml.lock", "servers.toml"]);
    assert_eq!(
        scratch.registry.servers().unwrap().get("a"),
        Some(&server("a"))
    );
}

#[test]
fn add_set_and_remove_keep_every_other_byte() {
    let scratch = Scratch::with(FILE);
    assert_eq!(
        scratch.registry.add(&server("b")).unwrap(),
        Outcome::Changed
    );
    assert!(scratch.text().starts_with(FILE));
    let drain = settings(&["state=draining", "weight=3"]);
    assert_eq!(scratch.registry.set("b", &drain).unwrap(), Outcome::Changed);
    assert_eq!(
        scratch.registry.set("b", &drain).unwrap(),
        Outcome::Unchanged
    );
    let servers = scratch.registry.servers().unwrap();
    let changed = servers.get("b").unwrap();
    assert_eq!((changed.state(), changed.weight()), (State::Draining, 3));
    assert_eq!(scratch.registry.remove("b").unwrap(), Outcome::Changed);
    assert_eq!(scratch.registry.remove("b").unwrap(), Outcome::Unchanged);
    assert_eq!(scratch.text(), FILE);
}

/// What every store does: the file's and the one in memory.
#[test]
fn every_store_adds_sets_and_removes_alike() {
    let scratch = Scratch::new();
    let file = store_in(scratch.path());
    let memory = MemoryRegistry::new(Servers::new(vec![]).unwrap());
    for store in [&*file, &memory as &dyn Store] {
        assert_eq!(store.add(&server("a")).unwrap(), Outcome::Changed);
        assert_eq!(store.add(&server("a")).unwrap(), Outcome::Unchanged);
        store.add(&server("b")).unwrap();
        let other = server("a").with_weight(7).unwrap();
        let taken = store.add(&other).unwrap_err();
        assert_eq!(
            (taken.code(), taken.is_usage()),
            ("server-name-taken", true)
        );

        let drain = settings(&["state=draining", "disk=LABEL=x", "fstype=erofs"]);
        assert_eq!(store.set("a", &drain).unwrap(), Outcome::Changed);
        assert_eq!(store.set("a", &drain).unwrap(), Outcome::Unchanged);
        let expected = Server::new("a", Source::disk("LABEL=x", "erofs").unwrap()).unwrap();
        let expected = expected.with_state(State::Draining);
        assert_eq!(store.servers().unwrap().get("a"), Some(&expected));
        for (name, given, code) in [
            ("c", &["weight=1"][..], "server-unknown"),
            ("a", &["name=b"], "server-invalid"),
            ("a", &["export=h:/y", "virtiofs=t"], "server-invalid"),
        ] {
            let error = store.set(name, &settings(given)).unwrap_err();
            assert_eq!((error.code(), error.is_usage()), (code, true), "{error}");
            assert!(error.to_string().starts_with(store.origin()), "{error}");
        }
        store.set("a", &settings(&["name=z"])).unwrap();
        let servers = store.servers().unwrap();
        let names: Vec<&str> = servers.iter().map(Server::name).collect();
        assert_eq!(names, ["z", "b"]);
        assert_eq!(store.remove("z").unwrap(), Outcome::Changed);
        assert_eq!(store.remove("z").unwrap(), Outcome::Unchanged);
    }
    memory.fail_with(Some(std::io::ErrorKind::TimedOut));
    for error in [memory.add(&server("c")), memory.remove("b")] {
        assert_eq!(error.unwrap_err().code(), "registry-unreadable");
    }
}

/// The same length and the same time, as an editor that keeps times writes it.
#[test]
fn a_change_that_no_time_shows_is_seen() {
    let scratch = Scratch::with(FILE);
    let reader = FileRegistry::open(scratch.path()).unwrap();
    let time = fs::metadata(scratch.path()).unwrap().modified().unwrap();
    let file = fs::File::options()
        .write(true)
        .open(scratch.path())
        .unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"b", FILE.find("a\"").unwrap() as u64)
        .unwrap();
    file.set_modified(time).unwrap();
    assert_eq!(scratch.text().len(), FILE.len());
    assert!(reader.servers().unwrap().get("b").is_some());
}

#[test]
fn a_long_lived_registry_sees_changes() {
    let scratch = Scratch::with(FILE);
    let reader = FileRegistry::open(scratch.path()).unwrap();
    assert_eq!(reader.servers().unwrap().len(), 1);
    scratch.registry.add(&server("b")).unwrap();
    assert_eq!(reader.servers().unwrap().len(), 2);
}

#[test]
fn a_request_that_makes_no_sense_is_usage_and_writes_nothing() {
    let scratch = Scratch::with(FILE);
    scratch.registry.add(&server("bb")).unwrap();
    let before = scratch.text();
    let registry = &scratch.registry;
    let other = server("a").with_weight(7).unwrap();
    for (error, text) in [
        (registry.add(&other), "another server is named “a”"),
        (
            registry.set("cb", &settings(&["weight=1"])),
            "did you mean “bb”?",
        ),
        (
            registry.set("a", &settings(&["name=bb"])),
            "is taken by the server in line",
        ),
        (
            registry.set("a", &settings(&["disk=LABEL=x"])),
            "without “fstype”",
        ),
        (
            registry.set("a", &settings(&["export=h:/y", "virtiofs=t"])),
            "stands beside",
        ),
        (
            registry.set("a", &[Setting::unset(Key::Export)]),
            "export: is missing",
        ),
        (
            registry.set("a", &[Setting::unset(Key::Name)]),
            "name: is missing",
        ),
    ] {
        let error = error.unwrap_err();
        assert!(error.is_usage(), "{error}");
        assert!(error.to_string().contains(text), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    assert_eq!(scratch.text(), before);
}

#[test]
fn a_setting_is_checked_before_any_file_is_touched() {
    for (text, wrong) in [
        ("weight", "sets nothing"),
        ("wieght=1", "did you mean “weight”?"),
        ("weight=1e3", "not a whole number"),
        ("weight=", "is empty"),
        ("state=", "is empty"),
        ("arch=a b", "holds a blank"),
        ("os=a  b", "holds a blank"),
        ("kernels=6.1,,6.2", "is empty"),
        ("kernels=6.1,6.1", "listed twice"),
        ("options=a\nb", r"“a\x0ab” holds a line break"),
    ] {
        let error = text.parse::<Setting>().unwrap_err().to_string();
        assert!(error.contains(wrong), "{error}");
    }
}

#[test]
fn settings_make_up_a_server_or_say_what_is_missing() {
    let given = settings(&[
        "disk=LABEL=x",
        "fstype=erofs",
        "kernels=6.1,6.2",
        "weight=5",
        "weight=6",
    ]);
    let made = Server::from_settings("a", &given).unwrap();
    let expected = Server::new("a", Source::disk("LABEL=x", "erofs").unwrap())
        .and_then(|s| s.with_kernels(["6.1", "6.2"]))
        .and_then(|s| s.with_weight(6))
        .unwrap();
    assert_eq!(made, expected);
    for (given, wrong) in [
        (&["os=debian"][..], "export: is missing"),
        (&["disk=LABEL=x"], "without “fstype”"),
        (&["export=h:/x", "virtiofs=t"], "stands beside"),
    ] {
        let error = Server::from_settings("a", &settings(given))
            .unwrap_err()
            .to_string();
        assert!(error.contains(wrong), "{error}");
    }
    assert!(Server::from_settings("a b", &given).is_err());
}

#[test]
fn an_invalid_file_can_be_mended_by_an_edit_but_not_made_worse() {
    let broken = format!("{FILE}weight = -1\n");
    let scratch = Scratch::with(&broken);
    let error = scratch.registry.add(&server("b")).unwrap_err();
    assert!(
        matches!(
            error.registry(),
            Some(RegistryError::Invalid { line: 5, .. })
        ),
        "{error}"
    );
    assert!(!error.is_usage());
    assert_eq!(scratch.text(), broken);
    let outcome = scratch.registry.set("a", &settings(&["weight=1"])).unwrap();
    assert_eq!(outcome, Outcome::Changed);
    assert_eq!(scratch.text(), format!("{FILE}weight = 1\n"));
}

#[test]
fn a_missing_file_can_only_be_added_to() {
    let scratch = Scratch::new();
    for error in [scratch.registry.remove("a"), scratch.registry.set("a", &[])] {
        let error = error.unwrap_err();
        assert!(
            matches!(error.registry(), Some(RegistryError::NotFound { .. })),
            "{error}"
        );
    }
    let nowhere = FileRegistry::at(scratch.folder.path().join("none/servers.toml"));
    let error = nowhere.add(&server("a")).unwrap_err();
    assert!(matches!(error, EditError::NoFolder { .. }), "{error}");
    assert_eq!(scratch.names(), [""; 0]);
}

#[test]
fn mode_owner_and_extended_attributes_are_kept() {
    let scratch = Scratch::with(FILE);
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o640)).unwrap();
    let root = rustix::process::geteuid().is_root();
    if root {
        std::os::unix::fs::chown(scratch.path(), Some(1234), Some(4321)).unwrap();
    }
    let flags = rustix::fs::XattrFlags::empty();
    let labelled = rustix::fs::setxattr(scratch.path(), "user.note", b"mine", flags).is_ok();
    let before = fs::metadata(scratch.path()).unwrap();

    scratch.registry.add(&server("b")).unwrap();
    let after = fs::metadata(scratch.path()).unwrap();
    assert_ne!(
        before.ino(),
        after.ino(),
        "must be replaced for this test to mean anything"
    );
    assert_eq!(after.mode() & 0o7777, 0o640);
    assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
    if labelled {
        let mut value = [0; 16];
        let len = rustix::fs::getxattr(scratch.path(), "user.note", &mut value[..]).unwrap();
        assert_eq!(&value[..len], b"mine");
    }
}

#[test]
fn a_link_is_followed_and_stays_a_link() {
    let scratch = Scratch::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("real.toml");
    symlink(&target, scratch.path()).unwrap();
    let error = scratch.registry.add(&server("a")).unwrap_err();
    assert!(matches!(error, EditError::Dangling { .. }), "{error}");
    fs::write(&target, FILE).unwrap();
    scratch.registry.add(&server("b")).unwrap();
    assert_eq!(fs::read_link(scratch.path()).unwrap(), target);
    assert!(fs::read_to_string(&target).unwrap().contains("\"b\""));
    assert_eq!(
        scratch.names(),
        ["servers.toml"],
        "lock and new file lie beside the target"
    );
}

#[test]
fn a_file_with_a_second_name_is_refused() {
    let scratch = Scratch::with(FILE);
    fs::hard_link(scratch.path(), scratch.folder.path().join("other")).unwrap();
    let error = scratch.registry.add(&server("b")).unwrap_err();
    assert!(
        matches!(error, EditError::HardLinked { links: 2, .. }),
        "{error}"
    );
    assert_eq!(scratch.registry.remove("none").unwrap(), Outcome::Unchanged);
}

#[test]
fn what_a_killed_edit_left_is_gone_after_the_next() {
    let scratch = Scratch::with(FILE);
    fs::write(scratch.folder.path().join(".servers.toml.new"), "half a te").unwrap();
    scratch.registry.add(&server("b")).unwrap();
    assert_eq!(scratch.names(), [".servers.toml.lock", "servers.toml"]);
    assert_eq!(scratch.registry.servers().unwrap().len(), 2);
}

#[test]
fn a_link_planted_under_the_name_of_the_lock_is_not_followed() {
    let scratch = Scratch::with(FILE);
    let victim = scratch.folder.path().join("victim");
    symlink(&victim, scratch.folder.path().join(".servers.toml.lock")).unwrap();
    let error = scratch.registry.add(&server("b")).unwrap_err();
    assert!(
        matches!(
            error,
            EditError::Write {
                step: WriteStep::Lock,
                ..
            }
        ),
        "{error}"
    );
    assert!(!victim.exists());
    assert_eq!(scratch.text(), FILE);
}

#[test]
fn a_held_lock_is_waited_for_and_then_named() {
    let scratch = Scratch::with(FILE);
    let lock = fs::File::create(scratch.folder.path().join(".servers.toml.lock")).unwrap();
    lock.lock().unwrap();
    let registry = scratch
        .registry
        .clone()
        .with_lock_timeout(Duration::from_millis(100));
    let begun = Instant::now();
    let error = registry.add(&server("b")).unwrap_err();
    assert!(begun.elapsed() >= Duration::from_millis(100));
    assert!(matches!(error, EditError::Busy { .. }), "{error}");
    assert!(error.to_string().contains(".servers.toml.lock"), "{error}");
    assert_eq!(registry.servers().unwrap().len(), 1, "readers need no lock");
    drop(lock);
    assert_eq!(registry.add(&server("b")).unwrap(), Outcome::Changed);
}

#[test]
fn of_many_writers_none_loses_an_update_and_no_reader_sees_half_a_file() {
    const WRITERS: usize = 8;
    const EACH: usize = 6;
    let scratch = Scratch::with(FILE);
    let path: PathBuf = scratch.path().to_owned();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = 0;
            while !done.load(Ordering::Relaxed) {
                let now = FileRegistry::at(&path).servers().unwrap().len();
                assert!(now >= seen, "servers were lost: {seen}, then {now}");
                seen = now;
            }
            seen
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let registry = FileRegistry::at(&path).with_lock_timeout(Duration::from_secs(60));
                scope.spawn(move || {
                    for n in 0..EACH {
                        let outcome = registry.add(&server(&format!("s{writer}-{n}"))).unwrap();
                        assert_eq!(outcome, Outcome::Changed);
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 1);
    });
    assert_eq!(
        scratch.registry.servers().unwrap().len(),
        1 + WRITERS * EACH
    );
}
