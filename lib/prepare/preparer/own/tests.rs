use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tracing::Span;

use super::*;
use crate::editor::Reached;
use crate::guest::MemoryGuest;
use crate::identity::{KeysWish, MachineIdWish};
use crate::image::{BlockDevice, Child, MasterFormat, Overlay};
use crate::prepare::progress::Progress;
use crate::prepare::{Cache, Share};
use crate::registry::{MemoryRegistry, Servers, Source};

const MASTERS_KEY: &str = "/etc/ssh/ssh_host_ed25519_key";

/// A Debian with a key of its own.
fn guest() -> MemoryGuest {
    let key = format!(
        "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
        "mastersecret".repeat(20)
    );
    MemoryGuest::new()
        .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("/etc/fstab", "UUID=0a / ext4 defaults 0 1\n")
        .file("/usr/lib/systemd/systemd", "")
        .link("/sbin", "usr/sbin")
        .link("/usr/sbin/init", "../lib/systemd/systemd")
        .file("/usr/sbin/mount.nfs", "")
        .file("/etc/hostname", "golden\n")
        .file("/etc/hosts", "127.0.0.1\tlocalhost\n127.0.1.1\tgolden\n")
        .file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
        .file("/usr/sbin/sshd", "sshd")
        .file("/etc/ssh/sshd_config", "PermitRootLogin yes\n")
        .file(MASTERS_KEY, key)
        .mode(MASTERS_KEY, 0o600)
        .dir("/var/lib")
}

fn web(name: &str) -> Identity {
    Identity {
        hostname: Some(name.parse().unwrap()),
        machine_id: MachineIdWish::New,
        ssh_keys: KeysWish::New,
        ..Identity::default()
    }
}

fn servers() -> Servers {
    let server = Server::new("a", Source::nfs("192.0.2.1:/v").unwrap()).unwrap();
    Servers::new(vec![server]).unwrap()
}

/// A folder with a master that has a fingerprint, a child on it, and a cache.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("master.img"), vec![0; 1 << 20]).unwrap();
        // A master that was just written has no fingerprint.
        std::thread::sleep(Duration::from_millis(2100));
        Self { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn child(&self, name: &str) -> OpenChild {
        let master = self.at("master.img");
        let overlay = Overlay::new(&master).format(MasterFormat::Raw);
        overlay.create(self.at(name)).unwrap();
        Child::open(self.at(name), &master).unwrap().read().unwrap()
    }

    /// A preparer of another call: it shares the folder of the cache alone.
    fn preparer(&self) -> Preparer<MemoryRegistry> {
        let registry = MemoryRegistry::new(servers());
        Preparer::new(registry, Share::at("/shared").unwrap())
            .cache(Cache::open(self.at("cache")).unwrap())
    }

    /// The graft of a child as an appliance makes it, with the contents of its files on blocks of the disk.
    fn graft(&self, open: &OpenChild, name: &str, beside: &[u8]) -> Edited<Graft> {
        let preparer = self.preparer();
        let servers = servers();
        let mut assignment = Assignment::new(name, &preparer.server, &servers);
        let progress = Progress::start(Path::new(name), &preparer.watch, Span::none());
        let wanted = web(name);
        let graft = preparer
            .graft_followed(
                &mut guest(),
                &mut assignment,
                Some((&wanted, true)),
                None,
                &progress,
            )
            .unwrap();
        let mut scratch = open.scratch().unwrap();
        let contents = graft.edits.iter().filter_map(|edit| edit.content());
        for (number, content) in contents
            .map(|content| &**content)
            .chain([beside])
            .enumerate()
        {
            scratch.write_at(number as u64 * 8192, content).unwrap();
        }
        Edited {
            value: graft,
            redo: scratch.finish().unwrap(),
            reached: reached(true),
        }
    }

    fn recall(&self, name: &str, wanted: &Identity) -> Option<(Graft, Redo)> {
        let (preparer, servers) = (self.preparer(), servers());
        let mut assignment = Assignment::new(name, &preparer.server, &servers);
        let open = self.child(&format!("{name}.qcow2"));
        preparer
            .recall_filled(&open, &mut assignment, wanted)
            .unwrap()
    }

    /// All bytes of the cache.
    fn cached(&self) -> Vec<u8> {
        let entries = fs::read_dir(self.at("cache")).unwrap();
        let all = entries.map(|entry| fs::read(entry.unwrap().path()).unwrap());
        all.collect::<Vec<_>>().concat()
    }
}

fn reached(holds_any_content: bool) -> Reached {
    Reached {
        editor: "appliance",
        reason: "a test".to_owned(),
        root: String::new(),
        holds_any_content,
        warning: None,
    }
}

fn content<'a>(graft: &'a Graft, path: &str) -> &'a [u8] {
    let mut edits = graft.edits.iter();
    let found = edits.find_map(|edit| match edit {
        crate::edit::Edit::Write {
            path: at, content, ..
        } if at.to_string() == path => Some(content),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{path}"))
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    let digits: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
    [part, digits.as_bytes()]
        .iter()
        .any(|part| bytes.windows(part.len()).any(|found| found == *part))
}

#[test]
fn children_of_later_calls_take_the_template_and_no_key_is_in_the_cache() {
    let bench = Bench::new();
    let first = bench.child("first.qcow2");
    assert!(bench.recall("early", &web("early")).is_none());
    let mut edited = bench.graft(&first, "first", b"");
    let own_key = content(&edited.value, MASTERS_KEY).to_vec();
    bench
        .preparer()
        .remember_template(&first, &mut edited)
        .unwrap();

    let cached = bench.cached();
    assert!(has(&cached, b"/etc/hostname"), "the premise: it is kept");
    for secret in [
        b"mastersecretmaster".as_slice(),
        &own_key[200..232],
        &own_key[300..332],
    ] {
        assert!(!has(&cached, secret), "{}", secret.escape_ascii());
    }

    let keys = RefCell::new(vec![own_key]);
    for name in ["second", "third"] {
        let (graft, redo) = bench.recall(name, &web(name)).expect("it is kept");
        let line = format!("{name}\n");
        assert!(content(&graft, "/etc/hostname").starts_with(line.as_bytes()));
        let key = content(&graft, MASTERS_KEY).to_vec();
        assert!(key.starts_with(b"-----BEGIN OPENSSH PRIVATE KEY-----\n"));
        assert!(!keys.borrow().contains(&key), "each has a key of its own");
        let receipt = content(&graft, "/var/lib/osgraft/receipt.json");
        for content in [content(&graft, "/etc/hostname"), &key, receipt] {
            assert!(redo.holds(content), "{}", content.escape_ascii());
        }
        assert_eq!(graft.ssh_host_keys.len(), 1);
        let steps = |graft: &Graft| {
            graft
                .edits
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(steps(&graft), steps(&edited.value));
        assert_eq!(redo.bytes(), edited.redo.bytes());
        keys.borrow_mut().push(key);
    }
    assert_eq!(bench.cached(), cached, "a recall writes nothing");

    // An identity of another shape is not filled in.
    let mut other = web("x");
    other.hostname = None;
    assert!(bench.recall("other", &other).is_none());
    assert!(bench.recall("long", &web(&"l".repeat(60))).is_some());
}

#[test]
fn shapes_of_identities_are_kept_beside_each_other_and_a_damaged_one_is_not_used() {
    let bench = Bench::new();
    let first = bench.child("first.qcow2");
    let mut edited = bench.graft(&first, "first", b"");
    bench
        .preparer()
        .remember_template(&first, &mut edited)
        .unwrap();
    let mut edited = bench.graft(&first, "again", b"");
    bench
        .preparer()
        .remember_template(&first, &mut edited)
        .unwrap();
    let entries = || fs::read_dir(bench.at("cache")).unwrap().count();
    assert_eq!(
        entries(),
        3,
        "two templates, and what their server is selected by"
    );
    for entry in fs::read_dir(bench.at("cache")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    assert!(bench.recall("second", &web("second")).is_none());
}

#[test]
fn a_record_with_a_key_of_the_master_beside_the_new_blocks_is_not_kept() {
    let bench = Bench::new();
    let first = bench.child("first.qcow2");
    let beside = format!("block\n{}", "mastersecret".repeat(20));
    let mut edited = bench.graft(&first, "first", beside.as_bytes());
    bench
        .preparer()
        .remember_template(&first, &mut edited)
        .unwrap();
    assert!(!has(&bench.cached(), b"mastersecretmaster"));
    assert!(bench.recall("second", &web("second")).is_none());
}

#[test]
fn blocks_of_the_master_with_its_key_are_blank_in_the_cache_and_whole_in_each_record() {
    let bench = Bench::new();
    let key = format!(
        "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
        "mastersecret".repeat(20)
    );
    // Between the blocks that the child writes.
    let mut master = vec![0; 1 << 20];
    master[4096..4096 + key.len()].copy_from_slice(key.as_bytes());
    fs::write(bench.at("master.img"), master).unwrap();
    std::thread::sleep(Duration::from_millis(2100));
    let first = bench.child("first.qcow2");
    let mut edited = bench.graft(&first, "first", b"");
    assert!(edited.redo.holds(key.as_bytes()), "the premise");
    bench
        .preparer()
        .remember_template(&first, &mut edited)
        .unwrap();
    assert!(!has(&bench.cached(), b"mastersecretmaster"));
    let (_, redo) = bench.recall("second", &web("second")).expect("it is kept");
    assert!(redo.holds(key.as_bytes()));
    assert_eq!(redo.bytes(), edited.redo.bytes());
}

#[test]
fn where_each_child_takes_an_appliance_none_waits_for_another() {
    let bench = Bench::new();
    let first = bench.child("first.qcow2");
    let mut edited = bench.graft(&first, "first", b"");
    edited.reached = reached(false);
    let preparer = bench.preparer();
    let claimed = |name: &str| {
        let servers = servers();
        let mut assignment = Assignment::new(name, &preparer.server, &servers);
        let mut claim = None;
        let open = bench.child(&format!("{name}.qcow2"));
        let found = preparer
            .recall_filled_or_claim(&open, &mut assignment, &web(name), &mut claim)
            .unwrap();
        assert!(found.is_none());
        claim.is_some()
    };
    assert!(claimed("before"));
    preparer.remember_template(&first, &mut edited).unwrap();
    assert!(!claimed("after"));
}
