//! The children that the faults strike: what they are before and after each edit, to the byte.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use osgraft::Error;
use osgraft::editor::{self, Choice};
use osgraft::image::{
    Child, Faults, ImageError, MasterFormat, Operation, Overlay, Recovered, Redo,
};
use osgraft::prepare::{Preparer, Share, ungraft, verify};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

use super::row::Row;
use crate::support::fixture::{debian, guest};
use crate::support::servers::share;
use crate::support::{output, run, text};

const TIME: u64 = 1_800_000_000;

/// One kind of child, and what is done to it.
pub(super) struct Scene {
    pub(super) name: &'static str,
    _folder: tempfile::TempDir,
    pub(super) master: PathBuf,
    pub(super) child: PathBuf,
    /// Prepare, then revert.
    pub(super) steps: Vec<Step>,
    /// Contents that `qemu-img check` has judged, and the errors that it found.
    judged: RefCell<Vec<(Vec<u8>, usize)>>,
    leaks: u64,
}

/// An edit, and the child's file before and after it.
pub(super) struct Step {
    pub(super) verb: &'static str,
    pub(super) before: Vec<u8>,
    pub(super) redo: Redo,
    pub(super) after: Vec<u8>,
    /// Every call that the whole of it makes.
    pub(super) log: Vec<Operation>,
}

/// Which of two disks a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    Old,
    New,
    Neither,
}

impl Scene {
    /// Of a kind that [`KINDS`] lists; `None`, and told, where this host cannot make it.
    pub(super) fn of(name: &'static str) -> Option<Self> {
        let make = KINDS
            .iter()
            .find_map(|(kind, make)| (*kind == name).then_some(make));
        let make = make.unwrap_or_else(|| panic!("no such kind: {name}"));
        let folder = tempfile::tempdir().expect("space");
        // A folder of its own: what else lies in it later was left behind.
        let child = folder.path().join("c/child.qcow2");
        std::fs::create_dir(folder.path().join("c")).expect("space");
        let master = make(folder.path(), &child)?;
        let mut scene = Self {
            name,
            _folder: folder,
            master,
            child,
            steps: Vec::new(),
            judged: RefCell::default(),
            leaks: 0,
        };
        scene.leaks = scene.check().1;
        scene.prepare();
        scene.revert();
        Some(scene)
    }

    fn preparer() -> Preparer<MemoryRegistry> {
        let source = Source::nfs("192.0.2.10:/export/any").expect("an export");
        let server = Server::new("any", source).expect("a server");
        let registry = MemoryRegistry::new(Servers::new(vec![server]).expect("one server"));
        Preparer::new(registry, share())
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(TIME))
            .editor(Choice::ext4())
    }

    fn prepare(&mut self) {
        let step = self.step("prepare", |guest| {
            Self::preparer().graft(guest, "child.qcow2").map(drop)
        });
        // The record alone is what the sweep commits again and again; so it has to be all that
        // the whole call does to a file.
        self.put(&step.before);
        let faults = Faults::none();
        Self::preparer().prepare(&self.child(&faults)).unwrap();
        assert!(
            self.bytes() == step.after,
            "{}: not what prepare does",
            self.name
        );
        assert!(
            faults.operations() == step.log,
            "{}: other calls",
            self.name
        );
        let verified = verify(&self.child(&Faults::none()), Some(&share())).unwrap();
        assert!(verified.intact, "{}: {:?}", self.name, verified.differences);
        self.steps.push(step);
    }

    fn revert(&mut self) {
        let step = self.step("revert", |guest| ungraft(guest).map(drop));
        let verified = verify(&self.child(&Faults::none()), None::<&Share>).unwrap();
        assert!(!verified.intact, "{}: it was reverted", self.name);
        self.steps.push(step);
    }

    fn step(
        &self,
        verb: &'static str,
        work: impl FnMut(&mut dyn osgraft::guest::Guest) -> Result<(), Error>,
    ) -> Step {
        let before = self.bytes();
        let faults = Faults::none();
        let locked = self.child(&faults).lock().unwrap();
        let edited = editor::edit(locked.as_open(), &Choice::ext4(), TIME as i64, work).unwrap();
        locked.commit(&edited.redo).unwrap();
        assert!(!edited.redo.is_empty(), "the premise: {verb} changes it");
        let after = self.bytes();
        assert_eq!(self.errors(&after), 0, "{}: {verb}", self.name);
        let log = faults.operations();
        assert!(log.len() >= 8, "{}: {log:?} is no commit", self.name);
        Step {
            verb,
            before,
            redo: edited.redo,
            after,
            log,
        }
    }

    pub(super) fn child(&self, faults: &Faults) -> Child {
        let child = Child::open(&self.child, &self.master).unwrap();
        child.with_faults(faults.clone())
    }

    pub(super) fn put(&self, bytes: &[u8]) {
        std::fs::write(&self.child, bytes).expect("space");
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.child).expect("the test's own file")
    }

    pub(super) fn commit(&self, step: &Step, faults: &Faults) -> Result<(), ImageError> {
        self.child(faults).lock()?.commit(&step.redo)
    }

    pub(super) fn recover(&self, faults: &Faults) -> Result<Recovered, ImageError> {
        self.child(faults).recover()
    }

    /// Recovers what a fault left, and judges what that gives: the one disk or the other.
    pub(super) fn judge(&self, step: &Step, row: &mut Row, told: impl Fn() -> String) -> End {
        row.points += 1;
        if let Err(error) = self.recover(&Faults::none()) {
            row.lost += 1;
            row.fail(format!("{}: {error}", told()));
            return End::Neither;
        }
        let now = self.bytes();
        let end = match (is(&now, &step.before), is(&now, &step.after)) {
            (true, _) => End::Old,
            (_, true) => End::New,
            _ => End::Neither,
        };
        match end {
            End::Old => row.old += 1,
            End::New => row.new += 1,
            End::Neither => {
                row.mixed += 1;
                row.fail(format!("{}: {} bytes of neither", told(), now.len()));
            }
        }
        if self.errors(&now) > 0 {
            row.check_errors += 1;
            row.fail(format!("{}: qemu-img check", told()));
        }
        let folder = self.child.parent().expect("it has one");
        if std::fs::read_dir(folder).unwrap().count() != 1 {
            row.leftovers += 1;
            row.fail(format!("{}: something is left in the folder", told()));
        }
        end
    }

    /// What `qemu-img check` finds in the child, whose content this is; each content is asked
    /// about once.
    pub(super) fn errors(&self, content: &[u8]) -> usize {
        let mut judged = self.judged.borrow_mut();
        if let Some((_, errors)) = judged.iter().find(|(known, _)| known == content) {
            return *errors;
        }
        let (errors, leaks) = self.check();
        // What leaked before an edit leaks after it.
        let errors = errors as usize + leaks.saturating_sub(self.leaks) as usize;
        judged.push((content.to_vec(), errors));
        errors
    }

    /// Errors and leaked clusters.
    fn check(&self) -> (u64, u64) {
        let said = checked(&self.child);
        let count = |key: &str| said[key].as_u64().unwrap_or(0);
        (count("check-errors") + count("corruptions"), count("leaks"))
    }
}

/// What `qemu-img check` says of an image.
fn checked(image: &Path) -> serde_json::Value {
    let args = ["check", "-f", "qcow2", "--output=json", text(image)];
    let said = output("qemu-img", &args);
    serde_json::from_slice(&said.stdout).unwrap_or_else(|e| panic!("qemu-img check: {e}: {said:?}"))
}

/// Whether a file is another to the byte. The last cluster of the file may have been filled up
/// with zeros, which every reader sees there anyway.
pub(super) fn is(now: &[u8], want: &[u8]) -> bool {
    let (now, want) = match now.len() < want.len() {
        true => (want, now),
        false => (now, want),
    };
    now.len() - want.len() < 65536
        && now.starts_with(want)
        && now[want.len()..].iter().all(|byte| *byte == 0)
}

type Make = fn(&Path, &Path) -> Option<PathBuf>;

/// Kinds of children: how each is made in a folder, and on what master.
const KINDS: &[(&str, Make)] = &[
    ("ours, 64 KiB clusters", |_, child| {
        let master = guest("debian12")?;
        Overlay::new(&master).create(child).unwrap();
        Some(master)
    }),
    ("ours, 4 KiB clusters", |_, child| {
        let master = guest("debian12")?;
        let overlay = Overlay::new(&master).cluster_size(4096);
        overlay.create(child).unwrap();
        Some(master)
    }),
    ("qemu-img's, 4 KiB clusters", |_, child| {
        by_qemu(child, "cluster_size=4096")
    }),
    ("version 2", |_, child| by_qemu(child, "compat=0.10")),
    ("version 2, 4 KiB clusters", |_, child| {
        by_qemu(child, "compat=0.10,cluster_size=4096")
    }),
    ("lazy refcounts", |_, child| {
        by_qemu(child, "compat=1.1,lazy_refcounts=on")
    }),
    ("compressed clusters", |folder, child| {
        let blank = folder.join("blank.raw");
        let file = std::fs::File::create(&blank).expect("space");
        file.set_len(14 << 20).expect("space");
        let backing = format!("backing_file={},backing_fmt=raw", blank.display());
        let master = guest("debian12")?;
        let line = [
            "convert", "-c", "-f", "qcow2", "-O", "qcow2", "-o", &backing,
        ];
        run(
            "qemu-img",
            &[&line[..], &[text(&master), text(child)]].concat(),
        );
        let compressed = checked(child)["compressed-clusters"].as_u64();
        assert!(compressed > Some(0), "the premise: {compressed:?}");
        Some(blank)
    }),
    ("a snapshot in it", |_, child| {
        let master = by_qemu(child, "cluster_size=65536")?;
        run(
            "qemu-io",
            &["-f", "qcow2", "-c", "write -P 7 64k 128k", text(child)],
        );
        run("qemu-img", &["snapshot", "-c", "before", text(child)]);
        Some(master)
    }),
    ("leaked clusters", |_, child| {
        let master = by_qemu(child, "cluster_size=65536")?;
        leak(child, 3);
        assert_eq!(checked(child)["leaks"].as_u64(), Some(3), "the premise");
        Some(master)
    }),
    ("on a raw master", |folder, child| {
        let raw = folder.join("master.raw");
        let qcow2 = guest("debian12")?;
        let line = [
            "convert",
            "-f",
            "qcow2",
            "-O",
            "raw",
            text(&qcow2),
            text(&raw),
        ];
        run("qemu-img", &line);
        let overlay = Overlay::new(&raw).format(MasterFormat::Raw);
        overlay.create(child).unwrap();
        Some(raw)
    }),
    ("on a VMDK", |_, child| {
        let master = guest("disk-stream.vmdk")?;
        let overlay = Overlay::new(&master).format(MasterFormat::Vmdk);
        overlay.create(child).unwrap();
        Some(master)
    }),
    ("a real Debian of 10 GiB", |_, child| {
        let master = debian()?.join("master.qcow2");
        Overlay::new(&master).create(child).unwrap();
        Some(master)
    }),
];

fn by_qemu(child: &Path, options: &str) -> Option<PathBuf> {
    let master = guest("debian12")?;
    let line = [
        "create", "-q", "-f", "qcow2", "-F", "qcow2", "-o", options, "-b",
    ];
    run(
        "qemu-img",
        &[&line[..], &[text(&master), text(child)]].concat(),
    );
    Some(master)
}

/// Counts clusters behind the end of a file as used, which nothing refers to: as QEMU leaves them
/// when it is killed.
fn leak(child: &Path, clusters: usize) {
    let mut bytes = std::fs::read(child).unwrap();
    let at = |place: usize, bytes: &[u8]| {
        u64::from_be_bytes(bytes[place..place + 8].try_into().expect("eight bytes")) as usize
    };
    bytes.resize(bytes.len().next_multiple_of(65536), 0);
    let block = at(at(48, &bytes), &bytes);
    for _ in 0..clusters {
        let number = bytes.len() / 65536;
        bytes[block + 2 * number + 1] = 1;
        bytes.resize(bytes.len() + 65536, 0x5a);
    }
    std::fs::write(child, bytes).unwrap();
}
