//! Thin copies of masters.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use osgraft::editor::{Choice, Worker};
use osgraft::image::{MasterFormat, Masters, Overlay};
use osgraft::share::thin::{ThinReport, Thinner, Thinning, Transport};

use crate::support::fixture::{debian, is_root, not_run};
use crate::support::guest::{KERNEL, debian_disk_with};
use crate::support::namespace::in_own_namespace;
use crate::support::program::{Ran, Workshop};
use crate::support::tree::Tree;
use crate::support::{assert_clean, digest, output, run, text};

/// Some second in 2027.
const TIME: i64 = 1_800_000_000;
const MIB: u64 = 1 << 20;
/// Bytes of a module that no boot needs.
const LARGE: usize = 4 << 20;

fn thinner() -> Thinner {
    Thinner::new(Thinning::new(&[Transport::Nfs]).where_there(&Transport::ALL)).time(TIME)
}

/// A raw disk with NFS as a module, and a large module beside it.
fn small(folder: &Path) -> PathBuf {
    let modules = format!("usr/lib/modules/{KERNEL}");
    let large: Vec<u8> = (0..LARGE).map(|at| (at >> 9) as u8 | 1).collect();
    let dep = "kernel/fs/nfs/nfs.ko:\nkernel/fs/large.ko:\nkernel/x.ko:\n";
    let files = [
        (format!("{modules}/modules.dep"), dep.as_bytes()),
        (format!("{modules}/kernel/fs/nfs/nfs.ko"), b"nfs"),
        (format!("{modules}/kernel/fs/large.ko"), &large),
    ];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(at, it)| (at.as_str(), *it)).collect();
    debian_disk_with(folder, &files, &["-t", "ext4"], "32M")
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The paths that came, went or changed, each with its sign.
fn changes(before: &Tree, after: &Tree) -> Vec<String> {
    before.differences(after, str::to_owned)
}

#[test]
fn a_raw_disk_an_overlay_on_it_and_a_qcow2_are_thinned_alike_and_stay_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let raw = small(folder.path());
    let overlay = Overlay::new(&raw).format(MasterFormat::Raw);
    overlay.create(at("child.qcow2")).unwrap();
    let convert = ["convert", "-f", "raw", "-O", "qcow2"];
    run(
        "qemu-img",
        &[&convert[..], &[text(&raw), text(&at("master.qcow2"))]].concat(),
    );
    for (name, format) in [
        ("master.raw", MasterFormat::Qcow2),
        ("child.qcow2", MasterFormat::Raw),
        ("master.qcow2", MasterFormat::Qcow2),
    ] {
        let before = digest(&at(name));
        let out = at(&format!("thin-{name}"));
        let thinner = thinner().format(format).masters(Masters::only(&raw));
        let report = thinner.thin(at(name), &out).unwrap();
        assert_eq!(digest(&at(name)), before, "{name}");
        assert_eq!(report.thinned.removed(), 2, "{name}");
        let saved = report.whole - report.after;
        assert!(saved >= LARGE as u64 / 100 * 95, "{name}: {saved}");
        assert!(report.after < 3 * MIB, "{name}: {}", report.after);
        let whole = at("whole");
        let format = format.as_str();
        run(
            "qemu-img",
            &[
                "convert",
                "-f",
                format,
                "-O",
                "raw",
                text(&out),
                text(&whole),
            ],
        );
        run("e2fsck", &["-fn", text(&whole)]);
        fs::rename(&whole, at(&format!("{name}.whole"))).unwrap();
    }
    assert_clean(&at("thin-master.raw"));
    assert_clean(&at("thin-master.qcow2"));
    let [first, second, third] = ["master.raw", "child.qcow2", "master.qcow2"]
        .map(|name| fs::read(at(&format!("{name}.whole"))).unwrap());
    assert!(first == second && second == third, "one disk, one result");
    // What is left is what was there.
    let (before, after) = (
        Tree::read(&at("master.qcow2"), 0),
        Tree::read(&at("thin-master.qcow2"), 0),
    );
    let changes = changes(&before, &after);
    let ours = |line: &String| {
        ["/usr/lib/modules", "/etc/osgraft", "/etc/systemd"]
            .iter()
            .any(|place| line[2..].starts_with(place))
    };
    assert!(changes.iter().all(ours), "{changes:#?}");
    assert!(!after.contains(&format!("/usr/lib/modules/{KERNEL}/kernel/fs/large.ko")));
}

#[test]
fn the_program_refuses_the_master_itself_and_a_name_that_is_taken() {
    let Some(program) = Workshop::of("debian12") else {
        return;
    };
    let master = program.copied_master();
    let before = digest(&master);
    let again = program.at("again");
    std::os::unix::fs::symlink(&master, &again).unwrap();
    for out in [&master, &again] {
        let args = ["share", "thin", text(&master), text(out)];
        let said = program.fails(&args, 2);
        assert!(said.contains("is the master itself"), "{said}");
    }
    let taken = program.at("taken");
    fs::write(&taken, "x").unwrap();
    let args = ["share", "thin", text(&master), text(&taken)];
    let said = program.fails(&args, 2);
    assert!(said.contains("already exists"), "{said}");
    assert_eq!(digest(&master), before);
    assert_eq!(fs::read(&taken).unwrap(), b"x");
}

#[test]
fn a_full_host_and_a_tree_that_cannot_be_thinned_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let raw = small(folder.path());
    let names_before = names(folder.path());
    let erofs = Thinner::new(Thinning::new(&[Transport::Erofs])).masters(Masters::only(&raw));
    let error = erofs
        .thin(&raw, folder.path().join("thin.qcow2"))
        .unwrap_err();
    assert_eq!(error.code(), "thin-transport-missing");
    assert_eq!(names(folder.path()), names_before);
    let osgraft = env!("CARGO_BIN_EXE_osgraft");
    let script = "mount -t tmpfs -o size=256k none /mnt; \
        \"$1\" --json share thin master.raw /mnt/thin.qcow2 && exit 9; ls -A /mnt";
    let Some(ran) = in_own_namespace(folder.path(), script, &[osgraft]) else {
        return;
    };
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("image-io"), "{ran:?}");
    assert!(!ran.stdout.contains("\nthin.qcow2"), "{ran:?}");
}

#[test]
fn savings_are_measured_and_drawn() {
    let Some(program) = Workshop::of("debian12") else {
        return;
    };
    let master = program.copied_master();
    let (thin, chart, image) = (program.at("thin"), program.at("s.svg"), program.at("image"));
    fs::write(&thin, vec![1; 64 << 10]).unwrap();
    fs::write(&image, vec![1; 16 << 10]).unwrap();
    let (child, after) = (program.child(), program.at("after"));
    fs::write(&after, vec![1; 1 << 20]).unwrap();
    let args = [
        "--json",
        "share",
        "savings",
        text(&master),
        "--children",
        "100",
        "--thin",
        text(&thin),
        "--child",
        text(&child),
        "--image",
        text(&image),
        "--after-update",
        text(&after),
        "--compressed",
        "--svg",
        text(&chart),
    ];
    let ran = alone(&args);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let allocated = |path: &Path| {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).unwrap().blocks() * 512
    };
    let (full, each) = (allocated(&master), allocated(&child));
    let way = |name: &str| {
        let ways = told["ways"].as_array().unwrap();
        let way = ways.iter().find(|it| it["way"] == name).unwrap();
        (
            way["total"].as_u64().unwrap(),
            way["after_update"].as_u64().unwrap(),
        )
    };
    let drift = 100 * (allocated(&after) - each);
    assert_eq!(way("full-copies"), (100 * full, 100 * full + drift));
    assert_eq!(
        way("overlays"),
        (full + 100 * each, full + 100 * each + drift)
    );
    let thin_one = allocated(&thin) + allocated(&image) + 100 * each;
    assert_eq!(
        way("thin-and-image"),
        (thin_one, thin_one + allocated(&image))
    );
    assert!(told["measured"]["compressed"].as_u64().unwrap() < full);
    let svg = fs::read_to_string(&chart).unwrap();
    let svg = roxmltree::Document::parse(&svg).unwrap();
    let texts: Vec<_> = svg
        .descendants()
        .filter_map(|node| node.text())
        .map(str::trim)
        .collect();
    assert!(
        texts.contains(&"full copies") && texts.contains(&"overlays"),
        "{texts:?}"
    );
    // Bars: two for each of five ways, on one ground.
    let bars = svg.descendants().filter(|node| node.has_tag_name("rect"));
    assert!(bars.count() >= 11);

    let missing = program.at("missing");
    let said = alone(&["share", "savings", text(&missing), "--children", "1"]).failed(1);
    assert!(said.contains("cannot measure"), "{said}");
    let chart = program.at("no/such/folder.svg");
    let args = [
        "share",
        "savings",
        text(&master),
        "--children",
        "1",
        "--svg",
        text(&chart),
    ];
    let said = alone(&args).failed(1);
    assert!(said.contains("cannot draw the chart"), "{said}");
}

/// The program without the flags of a workshop, for which this command has no use.
fn alone(args: &[&str]) -> Ran {
    Ran::of(&[&[env!("CARGO_BIN_EXE_osgraft")], args].concat())
}

/// The tree of modules of a disk's first partition, as depmod looks for it.
fn modules_of(raw: &Path, to: &Path) -> PathBuf {
    let lib = to.join("lib");
    fs::create_dir_all(&lib).unwrap();
    let disk = format!("{}?offset={MIB}", raw.display());
    let dump = format!("rdump /usr/lib/modules {}", lib.display());
    run("debugfs", &["-R", &dump, &disk]);
    lib.join("modules")
}

fn in_raw(image: &Path, raw: &Path) {
    run(
        "qemu-img",
        &[
            "convert",
            "-f",
            "qcow2",
            "-O",
            "raw",
            text(image),
            text(raw),
        ],
    );
}

/// A module's file, and the set of those that it needs.
fn needs(line: &str) -> (&str, BTreeSet<&str>) {
    let (file, needs) = line.split_once(':').unwrap();
    (file, needs.split_whitespace().collect())
}

#[test]
fn a_real_debian_is_thinned_and_its_indexes_are_those_of_depmod() {
    let Some(guest) = debian() else { return };
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let at = |name: &str| folder.path().join(name);
    let master = guest.join("master.qcow2");
    let before = digest(&master);
    let report = thinner()
        .editor(Choice::ext4())
        .thin(&master, at("thin.qcow2"))
        .unwrap();
    assert_eq!(digest(&master), before, "the master is as it was");
    told(&report);
    // The worker does the same, to the byte.
    let worker = Worker::new(env!("CARGO_BIN_EXE_osgraft"), ["worker"]);
    let in_worker = thinner().editor(Choice::ext4().worker(worker));
    in_worker.thin(&master, at("worker.qcow2")).unwrap();
    assert!(digest(&at("thin.qcow2")) == digest(&at("worker.qcow2")));
    fs::remove_file(at("worker.qcow2")).unwrap();

    assert_clean(&at("thin.qcow2"));
    let trees = [&master, &at("thin.qcow2")].map(|image| Tree::read(image, MIB));
    assert!(trees[1].len() > 5_000, "the premise: {}", trees[1].len());
    let changes = changes(&trees[0], &trees[1]);
    let is_ours = |line: &&String| {
        let places = [
            "/usr/lib/modules/",
            "/etc/osgraft",
            "/etc/initramfs-tools/hooks",
            "/etc/systemd",
        ];
        places.iter().any(|place| line[2..].starts_with(place))
    };
    let others: Vec<_> = changes.iter().filter(|line| !is_ours(line)).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert!(changes.len() > 1_000, "{}", changes.len());
    drop(trees);
    in_raw(&at("thin.qcow2"), &at("thin.raw"));
    let partition = format!("{}?offset={MIB}", at("thin.raw").display());
    run("e2fsck", &["-fn", &partition]);
    let modules = modules_of(&at("thin.raw"), &at("root"));
    let kernel = names(&modules).pop().unwrap();
    let tree = modules.join(&kernel);
    let files: Vec<_> = names(&tree)
        .into_iter()
        .filter(|name| name.starts_with("modules."))
        .collect();
    let own: Vec<_> = files
        .iter()
        .map(|name| fs::read(tree.join(name)).unwrap())
        .collect();
    let shown = shown_by_modprobe(&at("root"), &kernel);
    run("depmod", &["-b", text(&at("root")), &kernel]);
    for (name, own) in files.iter().zip(&own) {
        let theirs = fs::read(tree.join(name)).unwrap();
        match name.as_str() {
            // depmod may write what one module needs in another order, which loads as well.
            "modules.dep" => {
                let [own, theirs] =
                    [own, &theirs].map(|text| String::from_utf8(text.clone()).unwrap());
                assert!(own.lines().map(needs).eq(theirs.lines().map(needs)));
            }
            "modules.dep.bin" => assert_eq!(own.len(), theirs.len()),
            _ => assert!(*own == theirs, "{name}"),
        }
    }
    // kmod finds through our index what it finds through its own.
    assert_eq!(shown, shown_by_modprobe(&at("root"), &kernel));
}

/// The room that a thin copy of the fixture takes.
fn told(report: &ThinReport) {
    assert!(
        report.thinned.removed() > 900,
        "{}",
        report.thinned.removed()
    );
    assert!(report.after < report.before / 100 * 85, "{report:?}");
    assert!(
        report.thinned.warnings.is_empty(),
        "{:?}",
        report.thinned.warnings
    );
}

/// The files that modprobe loads for what a boot needs, as sets.
fn shown_by_modprobe(root: &Path, kernel: &str) -> Vec<BTreeSet<String>> {
    let asked = [
        "nfsv4",
        "virtio_net",
        "erofs",
        "virtiofs",
        "pci:v00001AF4d00001000sv1sd1bc02sc00i00",
    ];
    let shown = asked.map(|name| {
        let args = ["-d", text(root), "-S", kernel, "--show-depends", name];
        let shown = output("modprobe", &args);
        assert!(shown.status.success(), "{name}: {shown:?}");
        let shown = String::from_utf8(shown.stdout).unwrap();
        let files = shown
            .lines()
            .filter_map(|line| line.strip_prefix("insmod "));
        let files: BTreeSet<String> = files.map(|file| file.trim().to_owned()).collect();
        for file in &files {
            assert!(Path::new(file).exists(), "{name}: {file}");
        }
        files
    });
    assert!(shown[0].len() > 5, "the premise: {shown:?}");
    shown.to_vec()
}

/// The guest's own update-initramfs, with the thinned tree and with the whole one in its place.
#[test]
fn an_initramfs_is_not_built_while_the_share_is_away() {
    let Some(guest) = debian() else { return };
    if !is_root() {
        not_run("update-initramfs of a thinned guest: unpacking it takes root");
        return;
    }
    let folder = tempfile::tempdir_in("/var/tmp").unwrap();
    let at = |name: &str| folder.path().join(name);
    let master = guest.join("master.qcow2");
    thinner().thin(&master, at("thin.qcow2")).unwrap();
    in_raw(&at("thin.qcow2"), &at("disk.raw"));
    fs::create_dir(at("root")).unwrap();
    let disk = format!("{}?offset={MIB}", at("disk.raw").display());
    let dump = format!("rdump / {}", at("root").display());
    run("debugfs", &["-R", &dump, &disk]);
    fs::remove_file(at("disk.raw")).unwrap();
    in_raw(&master, &at("disk.raw"));
    modules_of(&at("disk.raw"), &at("share"));
    fs::remove_file(at("disk.raw")).unwrap();

    let script = "for d in proc dev; do mount --bind /$d root/$d; done; \
        if [ \"$1\" = up ]; then mount --bind share/lib/modules root/usr/lib/modules; fi; \
        sum() { sha256sum root/boot/initrd.img-* | cut -d' ' -f1; }; before=$(sum); code=0; \
        unshare -n chroot root update-initramfs -u 2>&1 || code=$?; \
        [ \"$before\" = \"$(sum)\" ] && echo kept || echo replaced; echo \"ended with $code\"";
    let Some(away) = in_own_namespace(folder.path(), script, &["away"]) else {
        return;
    };
    assert_eq!(away.code, Some(0), "{away:?}");
    let said = away.stdout;
    assert!(said.contains("the share is not mounted"), "{said}");
    assert!(
        said.contains("kept") && said.contains("ended with 1"),
        "{said}"
    );
    let up = in_own_namespace(folder.path(), script, &["up"]).unwrap();
    assert_eq!(up.code, Some(0), "{up:?}");
    let said = up.stdout;
    assert!(
        said.contains("replaced") && said.contains("ended with 0"),
        "{said}"
    );
}
