//! The main job on the guest in memory: graft, compare, ungraft.

/// Number of questions that a graft asks its guest.
mod calls;
/// Children that earlier versions grafted.
mod earlier;
/// Components that are mounted over directories.
mod forms;
/// Its own identity.
mod identity;
/// The kernel of a release in its own /boot.
mod kernel;
/// Which server a child keeps.
mod pin;
/// What would fail in the boot, each beside its neighbour without fault.
mod preflight;
/// Any tampering, in any order.
mod random;
/// A receipt that is lost, damaged, or not to be used.
mod receipt;
/// What the guest's root, its tools and its packages do to a graft.
mod tampered;
/// The unit that lets go of the share.
mod unit;

use std::io;

use osgraft::guest::memory::Fault;
use osgraft::guest::{Attributes, Guest, MemoryGuest};
use osgraft::path::GuestPath;
use osgraft::prepare::{Finding, Preparer, Share, compare, ungraft};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source, ValueErrorKind};
use osgraft::{Error, ErrorKind};
use proptest::prelude::*;

const FSTAB: &str = "UUID=0a / ext4 errors=remount-ro 0 1\n";
const KERNEL: &str = "6.1.0-37-amd64";

fn path(text: &str) -> GuestPath {
    text.parse().unwrap()
}

/// A Debian 12 with one kernel, merged-usr.
fn debian() -> MemoryGuest {
    debian_in(MemoryGuest::new())
}

fn debian_in(guest: MemoryGuest) -> MemoryGuest {
    guest
        .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("/etc/fstab", FSTAB)
        .file("/usr/sbin/mount.nfs", "nfs")
        .file("/usr/lib/systemd/systemd", "init")
        .link("/sbin", "usr/sbin")
        .link("/usr/sbin/init", "../lib/systemd/systemd")
        .link("/lib", "usr/lib")
        .file("/usr/lib/modules/6.1.0-37-amd64/kernel/dummy.ko", "own")
        .file("/usr/lib/modules/6.1.0-37-amd64/modules.dep", "")
        .file("/boot/vmlinuz-6.1.0-37-amd64", "kernel")
        .dir("/etc/systemd/system")
        .dir("/var/lib")
}

fn servers(exports: &[(&str, &str)]) -> MemoryRegistry {
    let server = |(name, export): &(&str, &str)| {
        Server::new(name, Source::nfs(export).unwrap())
            .unwrap()
            .with_kernels(["6.1.0-37-amd64"])
            .unwrap()
            .with_components(["lib/modules"])
            .unwrap()
    };
    MemoryRegistry::new(Servers::new(exports.iter().map(server).collect()).unwrap())
}

fn one() -> MemoryRegistry {
    servers(&[("a", "10.0.0.1:/vol/shared_lib")])
}

fn share() -> Share {
    Share::at("/shared")
        .unwrap()
        .link("/lib/modules", "lib/modules")
        .unwrap()
}

fn text(guest: &mut MemoryGuest, at: &str) -> String {
    String::from_utf8(guest.read(&path(at), 1 << 20).unwrap()).unwrap()
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code).collect()
}

fn refusal(error: Error) -> Vec<&'static str> {
    assert_eq!(error.kind(), ErrorKind::Guest, "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
    match error {
        Error::Unfit(unfit) => unfit.codes(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_graft_adds_one_block_and_one_link_and_keeps_the_guests_own_modules() {
    let mut guest = debian();
    let graft = Preparer::new(one(), share())
        .graft(&mut guest, "web-7")
        .unwrap();
    assert_eq!(graft.server.name(), "a");
    assert!(graft.warnings.is_empty(), "{:?}", graft.warnings);
    assert_eq!(
        text(&mut guest, "/etc/fstab"),
        format!(
            "{FSTAB}# BEGIN osgraft\n10.0.0.1:/vol/shared_lib /shared nfs \
             ro,bg,nfsvers=4.1,soft,timeo=10,retrans=2,noatime,nodev 0 0\n# END osgraft\n"
        )
    );
    let link = guest.read_link(&path("/usr/lib/modules")).unwrap();
    assert_eq!(link, b"/shared/lib/modules");
    let own = "/shared/lib/modules/6.1.0-37-amd64/kernel/dummy.ko";
    assert_eq!(text(&mut guest, own), "own");
    let receipt = guest.lstat(&path("/var/lib/osgraft/receipt.json")).unwrap();
    assert_eq!((receipt.mode, receipt.uid, receipt.gid), (0o600, 0, 0));
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1.len(), 0);
}

#[test]
fn a_second_graft_does_nothing() {
    let mut guest = debian();
    let preparer = Preparer::new(one(), share());
    preparer.graft(&mut guest, "web-7").unwrap();
    let before = guest.snapshot();
    let again = preparer.graft(&mut guest, "web-7").unwrap();
    assert!(again.edits.is_empty(), "{:?}", again.edits);
    assert_eq!(guest.snapshot(), before);
}

#[test]
fn another_server_changes_the_block_and_the_receipt_alone() {
    let mut guest = debian();
    let two = servers(&[("a", "10.0.0.1:/v"), ("b", "10.0.0.2:/v")]);
    Preparer::new(&two, share())
        .server("a")
        .graft(&mut guest, "c")
        .unwrap();
    let before = guest.snapshot();
    Preparer::new(&two, share())
        .server("b")
        .graft(&mut guest, "c")
        .unwrap();
    let after = guest.snapshot();
    let changed = before.diff(&after);
    assert_eq!(changed.lines().len(), 2, "{changed}");
    assert!(text(&mut guest, "/etc/fstab").contains("\n10.0.0.2:/v /shared nfs "));
    ungraft(&mut guest).unwrap();
    let clean = debian().snapshot();
    assert!(
        guest.snapshot() == clean,
        "{}",
        clean.diff(&guest.snapshot())
    );
}

/// Children of an osgraft whose default options were others.
#[test]
fn an_entry_with_the_old_default_options_is_made_anew_and_not_taken_for_edited() {
    let mut guest = debian();
    let old = "ro,bg,nfsvers=4.2,soft,timeo=10,retrans=2,noatime,nodev";
    Preparer::new(one(), share().options(old).unwrap())
        .graft(&mut guest, "c")
        .unwrap();
    assert!(text(&mut guest, "/etc/fstab").contains(old), "the premise");
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
    let graft = Preparer::new(one(), share())
        .graft(&mut guest, "c")
        .unwrap();
    assert!(graft.warnings.is_empty(), "{:?}", graft.warnings);
    let mut fresh = debian();
    Preparer::new(one(), share())
        .graft(&mut fresh, "c")
        .unwrap();
    let (fresh, after) = (fresh.snapshot(), guest.snapshot());
    assert!(after == fresh, "{}", fresh.diff(&after));
    assert_eq!(ungraft(&mut guest).unwrap().kept, []);
    let (clean, after) = (debian().snapshot(), guest.snapshot());
    assert!(after == clean, "{}", clean.diff(&after));
}

#[test]
fn a_link_that_is_wanted_no_more_is_taken_back_first() {
    let mut guest = debian().file("/usr/lib/firmware/a.bin", "own");
    let both = share().link("/usr/lib/firmware", "lib/firmware").unwrap();
    let any = || {
        let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
        MemoryRegistry::new(Servers::new(vec![server]).unwrap())
    };
    Preparer::new(any(), both).graft(&mut guest, "c").unwrap();
    assert_eq!(text(&mut guest, "/shared/lib/firmware/a.bin"), "own");
    Preparer::new(any(), share())
        .graft(&mut guest, "c")
        .unwrap();
    assert_eq!(text(&mut guest, "/usr/lib/firmware/a.bin"), "own");
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1.len(), 0);

    let elsewhere = Share::at("/srv/os")
        .unwrap()
        .link("/lib/modules", "lib/modules")
        .unwrap();
    Preparer::new(any(), elsewhere)
        .graft(&mut guest, "c")
        .unwrap();
    assert!(guest.lstat(&path("/shared")).is_err());
    assert!(text(&mut guest, "/etc/fstab").contains(" /srv/os nfs "));
}

#[test]
fn an_ungraft_keeps_and_tells_what_the_guest_changed_since() {
    let mut guest = debian();
    Preparer::new(one(), share())
        .graft(&mut guest, "c")
        .unwrap();
    let fstab = text(&mut guest, "/etc/fstab").replace("/shared nfs ro", "/shared nfs rw");
    let new = Attributes::root(0o644);
    guest
        .write(&path("/etc/fstab"), fstab.as_bytes(), new)
        .unwrap();
    guest.write(&path("/shared/notes"), b"mine", new).unwrap();
    let undone = ungraft(&mut guest).unwrap();
    assert_eq!(codes(&undone.kept), ["fstab-block-edited", "not-empty"]);
    assert_eq!(text(&mut guest, "/etc/fstab"), fstab);
    assert_eq!(text(&mut guest, "/shared/notes"), "mine");
    let own = "/usr/lib/modules/6.1.0-37-amd64/kernel/dummy.ko";
    assert_eq!(text(&mut guest, own), "own");
    // The edited entry can still be undone, once it is as it was again.
    let fstab = fstab.replace("/shared nfs rw", "/shared nfs ro");
    guest
        .write(&path("/etc/fstab"), fstab.as_bytes(), new)
        .unwrap();
    assert!(ungraft(&mut guest).unwrap().kept.is_empty());
    assert_eq!(text(&mut guest, "/etc/fstab"), FSTAB);
    assert!(guest.lstat(&path("/var/lib/osgraft")).is_err());
}

#[test]
fn compare_names_what_differs() {
    let mut guest = debian();
    assert_eq!(
        codes(&compare(&mut guest, None).unwrap().1),
        ["not-prepared"]
    );
    Preparer::new(one(), share())
        .graft(&mut guest, "c")
        .unwrap();
    guest.remove(&path("/usr/lib/modules")).unwrap();
    guest
        .write(
            &path("/etc/fstab"),
            FSTAB.as_bytes(),
            Attributes::root(0o644),
        )
        .unwrap();
    let (server, differences) = compare(&mut guest, None).unwrap();
    assert_eq!(server.as_deref(), Some("a"));
    assert_eq!(codes(&differences), ["fstab-block-missing", "link-gone"]);
}

#[test]
fn what_cannot_be_prepared_is_refused_by_code_before_anything_changes() {
    let cases: Vec<(&[&str], MemoryGuest)> = vec![
        (&["fstab-not-plain"], without_fstab().fifo("/etc/fstab")),
        (&["fstab-not-plain"], without_fstab().dir("/etc/fstab")),
        (
            &["fstab-not-plain"],
            without_fstab().block_device("/etc/fstab", 8, 0),
        ),
        (
            &["fstab-not-plain"],
            without_fstab().hole("/etc/fstab", 4 << 30),
        ),
        (
            &["fstab-not-plain"],
            debian().hard_link("/etc/shadow", "/etc/fstab"),
        ),
        (&["fstab-not-plain"], debian().immutable("/etc/fstab")),
        (
            &["fstab-mount-point-taken"],
            with_fstab("x:/y /shared/ nfs ro 0 0\n"),
        ),
        (
            &["separate-file-system"],
            with_fstab("/dev/vdb1 /usr ext4 defaults 0 2\n"),
        ),
        (
            &["separate-file-system"],
            with_fstab("LABEL=v /var xfs defaults 0 2\n"),
        ),
        (
            &["mount-point-not-a-directory"],
            debian().file("/shared", ""),
        ),
        (&["mount-point-occupied"], debian().file("/shared/x", "")),
        (
            &["receipt-version"],
            debian().file("/var/lib/osgraft/receipt.json", r#"{"version": 7}"#),
        ),
        (
            &["receipt-unknown"],
            debian().file(
                "/var/lib/osgraft/receipt.json",
                r#"{"version": 1, "mount_point": "/shared", "later": true}"#,
            ),
        ),
        (
            &["receipt-not-ours"],
            debian().fifo("/var/lib/osgraft/receipt.json"),
        ),
    ];
    for (want, mut guest) in cases {
        let before = guest.snapshot();
        let error = Preparer::new(one(), share())
            .graft(&mut guest, "c")
            .unwrap_err();
        assert_eq!(refusal(error), want);
        assert!(
            guest.snapshot() == before,
            "{want:?}: {}",
            before.diff(&guest.snapshot())
        );
    }
}

/// A root with an fstab and an NFS client, and nothing that says what it is.
fn nameless() -> MemoryGuest {
    MemoryGuest::new()
        .file("/etc/fstab", FSTAB)
        .file("/sbin/mount.nfs", "nfs")
        .dir("/lib/modules")
        .dir("/usr")
        .dir("/var/lib")
}

#[test]
fn one_of_os_init_and_kernel_is_enough_and_none_is_refused() {
    let graft = |mut guest: MemoryGuest| {
        let servers = Source::nfs("10.0.0.1:/vol/shared_lib").unwrap();
        let servers = vec![Server::new("a", servers).unwrap()];
        let registry = MemoryRegistry::new(Servers::new(servers).unwrap());
        let grafted = Preparer::new(registry, share()).graft(&mut guest, "c");
        grafted.map(|graft| assert!(!graft.edits.is_empty()))
    };
    assert_eq!(refusal(graft(nameless()).unwrap_err()), ["no-os"]);
    // A kernel from outside, and whatever init.
    let busybox = nameless().file("/bin/busybox", "x");
    graft(busybox.link("/sbin/init", "/bin/busybox")).unwrap();
    graft(nameless().file("/sbin/init", "of its own")).unwrap();
    graft(nameless().file("/init", "x")).unwrap();
    graft(nameless().file("/bin/sh", "x")).unwrap();
    graft(nameless().file("/etc/os-release", "ID=own\n")).unwrap();
    graft(nameless().file("/boot/vmlinuz-6.1.0", "x")).unwrap();
    // A link to what is not there is no init.
    let dangling = nameless().link("/sbin/init", "/usr/lib/systemd/systemd");
    assert_eq!(refusal(graft(dangling).unwrap_err()), ["no-os"]);
}

#[test]
fn a_usr_that_is_not_there_is_a_refusal_unless_fstab_mounts_it() {
    let half = |fstab: &str| {
        MemoryGuest::new()
            .file("/etc/fstab", fstab)
            .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
            .file("/boot/vmlinuz-6.1.0-37-amd64", "kernel")
            .link("/lib", "usr/lib")
            .link("/sbin", "usr/sbin")
            .dir("/usr/lost+found")
            .dir("/var/lib")
    };
    let codes = |mut guest: MemoryGuest| {
        let grafted = Preparer::new(one(), share()).graft(&mut guest, "c");
        refusal(grafted.unwrap_err())
    };
    assert!(codes(half(FSTAB)).contains(&"usr-elsewhere"));
    let mounted = codes(half("UUID=1 / ext4 defaults\nUUID=2 /usr ext4 defaults\n"));
    assert!(!mounted.contains(&"usr-elsewhere"), "{mounted:?}");
    // /usr is there, and empty, and nothing leads into it.
    let mut split = debian_of_before_usrmerge();
    assert!(Preparer::new(one(), share()).graft(&mut split, "c").is_ok());
}

/// /lib and /sbin are directories, as before Debian 12.
fn debian_of_before_usrmerge() -> MemoryGuest {
    MemoryGuest::new()
        .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("/etc/fstab", FSTAB)
        .file("/sbin/mount.nfs", "nfs")
        .file("/sbin/init", "init")
        .file("/lib/modules/6.1.0-37-amd64/modules.dep", "")
        .file("/boot/vmlinuz-6.1.0-37-amd64", "kernel")
        .dir("/usr")
        .dir("/var/lib")
}

#[test]
fn a_guest_without_an_nfs_client_is_refused_for_nfs_alone() {
    let bare = || {
        let mut guest = debian();
        guest.remove(&path("/usr/sbin/mount.nfs")).unwrap();
        guest
    };
    let error = Preparer::new(one(), share())
        .graft(&mut bare(), "c")
        .unwrap_err();
    assert_eq!(refusal(error), ["nfs-client-missing"]);
    let local = Server::new("v", Source::virtiofs("os").unwrap()).unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![local]).unwrap());
    let mut guest = bare();
    Preparer::new(registry, share())
        .graft(&mut guest, "c")
        .unwrap();
    assert!(text(&mut guest, "/etc/fstab").contains("\nos /shared virtiofs ro,nofail,nodev 0 0\n"));
}

#[test]
fn the_reports_own_options_are_taken_verbatim_and_told() {
    let options = "ro,soft,bg,timeo=3,intr";
    let share = share().options(options).unwrap();
    let mut guest = debian();
    let graft = Preparer::new(one(), share).graft(&mut guest, "c").unwrap();
    assert!(text(&mut guest, "/etc/fstab").contains(&format!(" nfs {options} 0 0\n")));
    let told = codes(&graft.warnings);
    assert!(
        told.len() >= 3 && told.iter().any(|code| code.contains("intr")),
        "{told:?}"
    );
}

#[test]
fn an_automount_below_the_modules_would_not_boot_and_is_refused() {
    let share = share().options("ro,x-systemd.automount").unwrap();
    let error = Preparer::new(one(), share)
        .graft(&mut debian(), "c")
        .unwrap_err();
    assert!(refusal(error)[0].contains("automount"));
}

#[test]
fn an_option_that_is_wrong_makes_no_server_and_no_share() {
    for (options, code) in [
        ("suid,exec=evil", "option-takes-no-value"),
        ("ro,noautoo,softt", "option-unknown"),
        ("ro,x-systemd.makefs", "option-harmful"),
        ("timeo=1O", "option-bad-value"),
    ] {
        let error = share().options(options).unwrap_err();
        assert_eq!(error.code(), code, "{options}");
        let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
        let error = server.with_options(options).unwrap_err();
        match error.kind {
            ValueErrorKind::Options(error) => assert_eq!(error.code(), code, "{options}"),
            other => panic!("{options}: {other}"),
        }
    }
}

/// Newer kernels bring options; the fstab has them, and the report a warning for each.
#[test]
fn an_option_that_nothing_lists_is_written_and_told_once_wherever_it_comes_from() {
    let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap())
        .unwrap()
        .with_options("spread_reads,port=12049")
        .unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let share = share()
        .options("ro,bg,soft,nfsvers=4.1,localports=10.0.0.2")
        .unwrap();
    let mut guest = debian();
    let report = Preparer::new(registry, share)
        .graft(&mut guest, "c")
        .unwrap();
    assert!(
        text(&mut guest, "/etc/fstab").contains(
            " nfs ro,bg,soft,nfsvers=4.1,localports=10.0.0.2,spread_reads,port=12049 0 0\n"
        )
    );
    let told: Vec<&str> = report
        .warnings
        .iter()
        .filter(|warning| warning.code == "option-unlisted")
        .map(|warning| warning.text.as_str())
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("“localports” is not known"), "{told:?}");
    assert!(told[1].contains("“spread_reads” is not known"), "{told:?}");
}

#[test]
fn a_failing_registry_and_an_empty_one_are_told_apart() {
    let down = one();
    down.fail_with(Some(io::ErrorKind::TimedOut));
    let error = Preparer::new(down, share())
        .graft(&mut debian(), "c")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Registry);
    let error = Preparer::new(servers(&[]), share())
        .graft(&mut debian(), "c")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoServer);
}

#[test]
fn a_missing_fstab_is_made_and_taken_away_again() {
    let mut guest = without_fstab();
    let before = guest.snapshot();
    Preparer::new(one(), share())
        .graft(&mut guest, "c")
        .unwrap();
    assert_eq!(guest.lstat(&path("/etc/fstab")).unwrap().mode, 0o644);
    ungraft(&mut guest).unwrap();
    assert!(
        guest.snapshot() == before,
        "{}",
        before.diff(&guest.snapshot())
    );
}

#[test]
fn an_fstab_that_is_a_link_is_edited_where_it_leads() {
    let mut guest = without_fstab()
        .link("/etc/fstab", "../usr/share/fstab")
        .file("/usr/share/fstab", FSTAB);
    Preparer::new(one(), share())
        .graft(&mut guest, "c")
        .unwrap();
    assert_eq!(
        guest.read_link(&path("/etc/fstab")).unwrap(),
        b"../usr/share/fstab"
    );
    assert!(text(&mut guest, "/usr/share/fstab").contains("# BEGIN osgraft"));
}

/// Wherever a call into the guest fails, the graft fails with it; nothing is taken for done.
#[test]
fn no_failing_call_is_passed_over() {
    let mut whole = debian();
    Preparer::new(one(), share())
        .graft(&mut whole, "c")
        .unwrap();
    let calls = whole.calls().len();
    assert!(calls > 50, "{calls}");
    for call in 0..calls {
        for fault in [Fault::Io(io::ErrorKind::Other), Fault::NoSpace] {
            let mut guest = debian();
            guest.fail_at(call + 1, fault);
            let ended = Preparer::new(one(), share()).graft(&mut guest, "c");
            if matches!(fault, Fault::Io(_)) || whole.calls()[call].op.is_edit() {
                assert!(ended.is_err(), "{fault:?} at {:?}", whole.calls()[call]);
            }
        }
    }
}

#[test]
fn there_is_nothing_to_take_back_from_a_child_never_prepared() {
    let mut guest = debian();
    let undone = ungraft(&mut guest).unwrap();
    assert!(undone.edits.is_empty());
    assert_eq!(codes(&undone.kept), ["not-prepared"]);
    assert!(guest.snapshot() == debian().snapshot());
}

fn without_fstab() -> MemoryGuest {
    let mut guest = debian();
    guest.remove(&path("/etc/fstab")).unwrap();
    guest.reset_calls();
    guest
}

fn with_fstab(line: &str) -> MemoryGuest {
    let mut guest = debian();
    let text = format!("{FSTAB}{line}");
    guest
        .write(
            &path("/etc/fstab"),
            text.as_bytes(),
            Attributes::root(0o644),
        )
        .unwrap();
    guest
}

proptest! {
    #[test]
    fn an_ungraft_restores_any_tree_that_was_grafted(
        fstab in proptest::collection::vec(
            prop_oneof![any::<u8>(), proptest::sample::select(&b"\n\t /#"[..])], 0..200),
        split in any::<bool>(), made in any::<bool>(), modules in any::<bool>(),
        mode in 0o400u32..0o777,
    ) {
        let mut guest = MemoryGuest::new()
            .file("/etc/fstab", &fstab)
            .mode("/etc/fstab", mode)
            .owner("/etc/fstab", 7, 8)
            .file("/sbin/mount.nfs", "");
        if !split {
            guest = guest.link("/lib", "usr/lib").dir("/usr/lib");
        }
        if made {
            guest = guest.dir("/shared/lib").mode("/shared", 0o700);
        }
        if modules {
            let tree = if split { "/lib/modules" } else { "/usr/lib/modules" };
            guest = guest
                .file(&format!("{tree}/6.1.0-37-amd64/modules.dep"), "own")
                .xattr(tree, "security.selinux", b"modules_object_t");
        }
        let before = guest.snapshot();
        if Preparer::new(one(), share()).graft(&mut guest, "c").is_ok() {
            prop_assert!(compare(&mut guest, Some(&share())).unwrap().1.is_empty());
            prop_assert!(ungraft(&mut guest).unwrap().kept.is_empty());
            let after = guest.snapshot();
            prop_assert!(after == before, "{}", before.diff(&after));
        }
    }
}
