//! Prepared, verified and reverted: guests that ext4 in process cannot open, or not edit. Every
//! path is read back by guestfish, and every file system checked by its own checker.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use osgraft::editor::Choice;
use osgraft::editor::appliance::{ApplianceGuest, Passphrase};
use osgraft::prepare::{Outcome, Preparer, Reverter, Share, Verifier, compare, ungraft};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};
use osgraft::{Error, ErrorKind};

use super::bench::{Bench, TIME, guest, guestfish, guestfish_with_keys};
use super::tarball::{self, Tree};
use crate::support::{assert_clean, digest, fixture, text};

const LINE: &str = "10.0.0.1:/vol/shared_lib /shared nfs";
const UNIT: &str = "./etc/systemd/system/osgraft-shared.service";
const UNIT_LINK: &str = "./etc/systemd/system/shared.mount.wants/osgraft-shared.service";
/// How many appliances run at a time.
const THREADS: usize = 2;

/// A guest, and how guestfish reads it; `DISK` stands for its disk.
struct Row {
    name: &'static str,
    /// A word of the reason why the appliance was used.
    reason: &'static str,
    checks: &'static [&'static str],
    mounts: &'static [&'static str],
    /// What else must stay as it was: a mount that shows it.
    bystander: Option<&'static str>,
}

impl Row {
    const fn ext4(name: &'static str, reason: &'static str) -> Self {
        Self {
            name,
            reason,
            checks: &["e2fsck DISK1 correct:false forceall:true"],
            mounts: &["mount DISK1 /"],
            bystander: None,
        }
    }

    fn master(&self) -> PathBuf {
        match self.name.starts_with("ext4-") {
            true => fixture::guest(self.name).expect("this guest is made everywhere"),
            false => guest(self.name),
        }
    }
}

const ROWS: [Row; 10] = [
    Row {
        name: "xfs",
        reason: "XFS",
        checks: &["xfs-repair DISK1 nomodify:true"],
        mounts: &["mount DISK1 /"],
        bystander: None,
    },
    Row {
        name: "btrfs",
        reason: "btrfs",
        checks: &["btrfs-fsck DISK1"],
        mounts: &["mount-options subvol=@ DISK1 /"],
        bystander: Some("mount-options subvol=@snapshot DISK1 /"),
    },
    Row {
        name: "btrfs-top",
        reason: "btrfs",
        checks: &["btrfs-fsck DISK1"],
        mounts: &["mount DISK1 /"],
        bystander: None,
    },
    Row {
        name: "lvm-ext4",
        reason: "LVM2",
        checks: &[
            "e2fsck /dev/os-graft/root correct:false forceall:true",
            "e2fsck /dev/os-graft/usr correct:false forceall:true",
            "e2fsck /dev/os-graft/var correct:false forceall:true",
        ],
        mounts: &[
            "mount /dev/os-graft/root /",
            "mount /dev/os-graft/usr /usr",
            "mount /dev/os-graft/var /var",
            "mount DISK2 /boot",
            "mount DISK1 /boot/efi",
        ],
        bystander: None,
    },
    Row {
        name: "lvm-xfs",
        reason: "LVM2",
        checks: &["xfs-repair /dev/rocky/root nomodify:true"],
        mounts: &["mount /dev/rocky/root /"],
        bystander: None,
    },
    Row {
        name: "md",
        reason: "RAID",
        checks: &["e2fsck /dev/md127 correct:false forceall:true"],
        mounts: &["mount /dev/md127 /"],
        bystander: None,
    },
    Row::ext4("ext4-needs-recovery", "its journal needs recovery"),
    Row::ext4("ext4-quota", "the feature quota"),
    Row::ext4("ext4-inline-data", "the feature inline_data"),
    // Opened in process, and handed over in the middle of the work.
    Row::ext4(
        "ext4-casefold",
        "a case-insensitive directory is not edited in process",
    ),
];

fn registry() -> MemoryRegistry {
    let server = Server::new("a", Source::nfs("10.0.0.1:/vol/shared_lib").unwrap())
        .unwrap()
        .with_kernels(["6.1.0-37-amd64"])
        .unwrap()
        .with_components(["lib/modules"])
        .unwrap();
    MemoryRegistry::new(Servers::new(vec![server]).unwrap())
}

fn share() -> Share {
    let share = Share::at("/shared").unwrap();
    share.link("/lib/modules", "lib/modules").unwrap()
}

fn auto(bench: &Bench) -> Choice {
    Choice::auto().settings(bench.settings())
}

fn prepare(row: &Row, bench: &Bench) {
    let preparer = Preparer::new(registry(), share()).editor(auto(bench));
    let report = preparer.prepare(&bench.child()).unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    assert_eq!(report.editor.name, "appliance");
    let reason = &report.editor.reason;
    assert!(reason.contains(row.reason), "{reason}");
    assert!(!reason.contains("use the appliance"), "{reason}");
    bench.assert_tidy();
    assert_clean(&bench.child_path());
}

/// A second call changes nothing, the graft is intact, and there is a way back.
fn revert_call_by_call(bench: &Bench) {
    let before = digest(&bench.child_path());
    let again = Preparer::new(registry(), share()).editor(auto(bench));
    let again = again.prepare(&bench.child()).unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged, "{:?}", again.edits);
    assert_eq!(digest(&bench.child_path()), before);
    let found = Verifier::new()
        .share(share())
        .editor(auto(bench))
        .verify(&bench.child())
        .unwrap();
    assert!(found.intact, "{:?}", found.differences);
    assert_eq!(digest(&bench.child_path()), before);
    let report = Reverter::new()
        .editor(auto(bench))
        .revert(&bench.child())
        .unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    assert!(report.kept.is_empty(), "{:?}", report.kept);
    bench.assert_tidy();
}

/// The same steps in one launch.
fn revert_in_one(bench: &Bench) {
    let locked = bench.child().lock().unwrap();
    let mut guest = ApplianceGuest::open(locked.as_open(), &bench.settings(), TIME).unwrap();
    let (server, differences) = compare(&mut guest, Some(&share())).unwrap();
    assert!(differences.is_empty(), "{differences:?}");
    assert_eq!(server.as_deref(), Some("a"));
    let undone = ungraft(&mut guest).unwrap();
    assert!(undone.kept.is_empty(), "{:?}", undone.kept);
    let redo = guest.finish(locked.as_open()).unwrap();
    locked.commit(&redo).unwrap();
    bench.assert_tidy();
}

/// Does something to each guest, some at a time, and tells of every one that fails.
fn each(benches: &[(&Row, Bench)], work: impl Fn(&Row, &Bench) + Sync) {
    let next = Mutex::new(benches.iter());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let Some((row, bench)) = next.lock().unwrap().next() else {
                        break;
                    };
                    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        work(row, bench);
                    }));
                    if done.is_err() {
                        failed.lock().unwrap().push(row.name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "told above: {failed:?}");
}

/// A guest's tree, and that of its bystander, as guestfish reads them.
struct Seen {
    tree: Tree,
    bystander: Option<Tree>,
}

/// All guests in one launch. Checked before they are mounted: a journal that waits is none of a
/// checker's business, so of masters nothing is.
fn look(rows: &[Row], images: &[PathBuf], check: bool, folder: &Path) -> Vec<Seen> {
    let mut script = vec!["run".to_owned()];
    let archive = |row: &Row, what: &str| folder.join(format!("{}-{what}.tar", row.name));
    for (row, disk) in rows.iter().zip('a'..) {
        let here = |command: &str| command.replace("DISK", &format!("/dev/sd{disk}"));
        let mut tar = |mounts: &[&str], what: &str| {
            script.extend(mounts.iter().map(|mount| here(mount)));
            let archive = archive(row, what);
            script.push(format!(
                "tar-out / {} xattrs:true numericowner:true",
                text(&archive)
            ));
            script.push("umount-all".to_owned());
        };
        tar(row.mounts, "tree");
        if let Some(mount) = row.bystander {
            tar(&[mount], "bystander");
        }
    }
    let checks = |(row, disk): (&Row, char)| {
        let device = format!("/dev/sd{disk}");
        row.checks
            .iter()
            .map(move |check| check.replace("DISK", &device))
    };
    if check {
        let checks: Vec<_> = rows.iter().zip('a'..).flat_map(checks).collect();
        script.splice(1..1, checks);
    }
    let images: Vec<&Path> = images.iter().map(PathBuf::as_path).collect();
    let told = guestfish(&images, false, &script.join("\n"));
    // Only xfs_repair's answer is a number, 0 where it finds nothing.
    let answers = told.lines().collect::<Vec<_>>();
    let asked = script.iter().filter(|line| line.starts_with("xfs-repair"));
    assert_eq!(answers, vec!["0"; asked.count()], "{told}");
    rows.iter()
        .map(|row| Seen {
            tree: tarball::read(&archive(row, "tree")),
            bystander: row
                .bystander
                .map(|_| tarball::read(&archive(row, "bystander"))),
        })
        .collect()
}

#[test]
fn each_guest_is_prepared_soundly_and_reverted_to_the_tree_that_it_was() {
    let masters: Vec<PathBuf> = ROWS.iter().map(Row::master).collect();
    let digests: Vec<_> = masters.iter().map(|master| digest(master)).collect();
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let before = look(&ROWS, &masters, false, folder.path());

    let benches: Vec<_> = ROWS
        .iter()
        .zip(&masters)
        .map(|(row, master)| (row, Bench::new(master)))
        .collect();
    let children: Vec<PathBuf> = benches
        .iter()
        .map(|(_, bench)| bench.child_path())
        .collect();
    each(&benches, prepare);
    let prepared = look(&ROWS, &children, true, folder.path());
    for ((row, before), now) in ROWS.iter().zip(&before).zip(&prepared) {
        assert_grafted(row, before, now);
    }

    each(&benches, |row, bench| match row.name {
        "xfs" => revert_call_by_call(bench),
        _ => revert_in_one(bench),
    });
    let reverted = look(&ROWS, &children, true, folder.path());
    for ((row, before), now) in ROWS.iter().zip(&before).zip(&reverted) {
        let differences = tarball::differences(&before.tree, &now.tree);
        assert!(differences.is_empty(), "{}: {differences:#?}", row.name);
    }
    for (child, (master, before)) in children.iter().zip(masters.iter().zip(digests)) {
        assert_clean(child);
        assert_eq!(digest(master), before, "{}", master.display());
    }
}

fn assert_grafted(row: &Row, before: &Seen, now: &Seen) {
    let name = row.name;
    let link = &now.tree["./usr/lib/modules"];
    assert_eq!(
        (link.kind, link.link.as_str()),
        ('2', "/shared/lib/modules"),
        "{name}"
    );
    // Another file system than /shared: no rename leads there, so it is parked beside.
    let own = match name {
        "lvm-ext4" => "./usr/lib/modules.osgraft-local/6.1.0-37-amd64/",
        _ => "./shared/lib/modules/6.1.0-37-amd64/",
    };
    assert!(now.tree.contains_key(own), "{name}: {:?}", now.tree.keys());
    assert!(
        now.tree.contains_key("./var/lib/osgraft/receipt.json"),
        "{name}"
    );
    let unit = &now.tree[UNIT];
    assert_eq!((unit.kind, unit.mode), ('0', 0o644), "{name}");
    assert!(text_of(unit).contains("' sh /shared /shared\n"), "{name}");
    assert_eq!(now.tree[UNIT_LINK].link, UNIT[1..], "{name}");
    let (fstab, old) = (&now.tree["./etc/fstab"], &before.tree["./etc/fstab"]);
    assert!(text_of(fstab).contains(LINE), "{name}");
    assert_eq!((fstab.mode, fstab.owner), (old.mode, old.owner), "{name}");
    assert_eq!(fstab.attributes, old.attributes, "{name}");
    if name == "ext4-needs-recovery" {
        let told = text_of(fstab);
        assert!(
            told.starts_with("# journaled"),
            "the journal was dropped: {told}"
        );
    }
    if name == "xfs" {
        let label = |path: &str| now.tree[path].attributes.get("security.selinux");
        let made = [
            "./shared/",
            "./var/lib/osgraft/",
            "./var/lib/osgraft/receipt.json",
            UNIT,
        ];
        for path in made.into_iter().chain(["./usr/lib/modules"]) {
            assert_eq!(label(path), label("./etc/"), "{path}");
        }
        assert!(label("./etc/").is_some() && label("./etc/fstab") != label("./etc/"));
    }
    if let (Some(before), Some(now)) = (&before.bystander, &now.bystander) {
        let differences = tarball::differences(before, now);
        assert!(differences.is_empty(), "{name}: {differences:#?}");
    }
}

fn text_of(entry: &tarball::Entry) -> String {
    String::from_utf8_lossy(&entry.content).into_owned()
}

#[test]
fn what_is_encrypted_is_edited_with_its_passphrase_and_with_no_other() {
    let bench = Bench::of("luks");
    let with = |key: &str| {
        let settings = bench.settings().passphrase(Passphrase::new(key).unwrap());
        Choice::auto().settings(settings)
    };
    let prepare = |key| {
        let preparer = Preparer::new(registry(), share()).editor(with(key));
        preparer.prepare(&bench.child())
    };
    let fresh = digest(&bench.child_path());
    match prepare("guess").unwrap_err() {
        Error::Editor(error) => assert_eq!(error.code(), "passphrase", "{error}"),
        other => panic!("{other}"),
    }
    // The appliance itself, asked for, sees no file system there and has to look for the seal.
    let keyless = Choice::appliance().settings(bench.settings());
    let preparer = Preparer::new(registry(), share()).editor(keyless);
    match preparer.prepare(&bench.child()).unwrap_err() {
        Error::Editor(error) => assert_eq!(error.code(), "encrypted", "{error}"),
        other => panic!("{other}"),
    }
    assert_eq!(digest(&bench.child_path()), fresh);

    let report = prepare("secret").unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    assert_eq!(report.editor.name, "appliance");
    let prepared = bench.child_path().with_file_name("prepared.qcow2");
    fs::copy(bench.child_path(), &prepared).unwrap();
    let reverted = Reverter::new()
        .editor(with("secret"))
        .revert(&bench.child())
        .unwrap();
    assert_eq!(reverted.outcome, Outcome::Changed);
    bench.assert_tidy();

    // Read back by other means: the one as it was prepared, the other as it was reverted.
    let mut script = String::from("run\n");
    for (disk, name) in [("sda1", "one"), ("sdb1", "two")] {
        script.push_str(&format!(
            "luks-open /dev/{disk} {name}\ne2fsck /dev/mapper/{name} correct:false forceall:true\nmount-ro /dev/mapper/{name} /\n\
             cat /etc/fstab\nis-symlink /usr/lib/modules\nexists /shared\numount-all\n"
        ));
    }
    let images = [prepared.as_path(), &bench.child_path()];
    let said = guestfish_with_keys(&images, false, "secret\nsecret\n", &script);
    let (one, two) = said.split_at(said.rfind("/dev/mapper/sealed").unwrap());
    assert!(
        one.contains("# BEGIN osgraft") && one.contains("true\ntrue\n"),
        "{said}"
    );
    assert!(
        !two.contains("osgraft") && two.contains("false\nfalse\n"),
        "{said}"
    );
}

#[test]
fn what_is_encrypted_is_refused_by_name_before_anything_is_launched() {
    let bench = Bench::of("luks");
    let began = std::time::Instant::now();
    let preparer = Preparer::new(registry(), share()).editor(auto(&bench));
    let refused = preparer.prepare(&bench.child()).unwrap_err();
    assert!(began.elapsed().as_secs() < 5);
    assert_eq!(refused.kind(), ErrorKind::Guest);
    let Error::Editor(error) = &refused else {
        panic!("{refused}");
    };
    assert_eq!(error.code(), "encrypted");
    assert!(refused.to_string().contains("LUKS2"), "{refused}");
    bench.assert_tidy();
}

/// Beside it lies a volume that another passphrase seals, which is no error.
#[test]
fn what_is_encrypted_in_a_volume_is_opened_with_its_passphrase_and_refused_without() {
    let bench = Bench::of("lvm-luks");
    let fresh = digest(&bench.child_path());
    let began = std::time::Instant::now();
    let preparer = Preparer::new(registry(), share()).editor(auto(&bench));
    let refused = preparer.prepare(&bench.child()).unwrap_err();
    assert!(began.elapsed().as_secs() < 5, "no appliance was launched");
    assert_eq!(refused.code(), "encrypted", "{refused}");
    assert!(refused.to_string().contains("LUKS on LVM"), "{refused}");
    assert_eq!(digest(&bench.child_path()), fresh);

    let key = Passphrase::new("secret").unwrap();
    let choice = Choice::auto().settings(bench.settings().passphrase(key));
    let preparer = Preparer::new(registry(), share()).editor(choice.clone());
    let report = preparer.prepare(&bench.child()).unwrap();
    assert_eq!(report.outcome, Outcome::Changed);
    assert_eq!(report.editor.name, "appliance");
    let prepared = bench.child_path().with_file_name("prepared.qcow2");
    fs::copy(bench.child_path(), &prepared).unwrap();
    let reverted = Reverter::new()
        .editor(choice.clone())
        .revert(&bench.child())
        .unwrap();
    assert_eq!(reverted.outcome, Outcome::Changed);
    bench.assert_tidy();

    // Read back by other means.
    let said = guestfish_with_keys(
        &[prepared.as_path()],
        false,
        "secret\n",
        "run\nlvm-scan true\nluks-open /dev/os/root one\ne2fsck /dev/mapper/one correct:false forceall:true\n\
         mount-ro /dev/mapper/one /\ncat /etc/fstab\nis-symlink /usr/lib/modules\nexists /shared\n",
    );
    assert!(said.contains("# BEGIN osgraft"), "{said}");
    assert!(said.contains("true\ntrue\n"), "{said}");
}
