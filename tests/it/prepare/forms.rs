//! Components that are mounted over directories, beside links.

use osgraft::graft::Form;
use osgraft::prepare::{Graft, Ungrafted};

use super::*;

const RECEIPT: &str = "/var/lib/osgraft/receipt.json";
const UNIT: &str = "/etc/systemd/system/osgraft-shared.service";
const NFS: &str = "10.0.0.1:/vol/shared_lib /shared nfs \
    ro,bg,nfsvers=4.1,soft,timeo=10,retrans=2,noatime,nodev 0 0\n";

fn share_of(components: &[(&str, &str, Form)]) -> Share {
    let start = Share::at("/shared").unwrap();
    components.iter().fold(start, |share, (at, to, form)| {
        share.component(at, to, *form).unwrap()
    })
}

fn modules(form: Form) -> Share {
    share_of(&[("/lib/modules", "lib/modules", form)])
}

fn disk() -> MemoryRegistry {
    let source = Source::disk("UUID=5a", "erofs").unwrap();
    let server = Server::new("a", source).unwrap();
    MemoryRegistry::new(Servers::new(vec![server]).unwrap())
}

/// The same guest with the drivers that a share on a disk and an overlay need.
fn with_drivers() -> MemoryGuest {
    let tree = format!("/usr/lib/modules/{KERNEL}");
    let mut guest = debian();
    guest.remove(&path(&format!("{tree}/modules.dep"))).unwrap();
    guest
        .file(
            &format!("{tree}/modules.dep"),
            "kernel/fs/erofs/erofs.ko:\nkernel/fs/overlayfs/overlay.ko:\n\
             kernel/fs/nfs/nfs.ko:\nkernel/fs/nfs/nfsv4.ko:\n",
        )
        .file(&format!("{tree}/modules.builtin"), "")
        .file(&format!("{tree}/kernel/fs/erofs/erofs.ko"), "")
        .file(&format!("{tree}/kernel/fs/nfs/nfs.ko"), "")
        .file(&format!("{tree}/kernel/fs/nfs/nfsv4.ko"), "")
        .file(&format!("{tree}/kernel/fs/overlayfs/overlay.ko"), "")
        .file("/usr/share/doc/bash/copyright", "free")
}

/// Grafts, and sees that a comparison and a second graft find nothing to do.
fn graft(guest: &mut MemoryGuest, registry: &MemoryRegistry, share: &Share) -> Graft {
    let preparer = Preparer::new(registry, share.clone());
    let graft = preparer.graft(guest, "c").unwrap();
    assert_eq!(compare(guest, Some(share)).unwrap().1, []);
    let again = preparer.graft(guest, "c").unwrap();
    assert!(again.edits.is_empty(), "{:?}", again.edits);
    graft
}

fn assert_reverts(guest: &mut MemoryGuest, wanted: &MemoryGuest) {
    let undone: Ungrafted = ungraft(guest).unwrap();
    assert_eq!(codes(&undone.kept), [""; 0]);
    assert_is(guest, wanted);
}

fn assert_is(guest: &MemoryGuest, wanted: &MemoryGuest) {
    let (wanted, found) = (wanted.snapshot(), guest.snapshot());
    assert!(found == wanted, "{}", wanted.diff(&found));
}

#[test]
fn a_component_is_mounted_over_a_directory_that_stays_as_it_is() {
    let mut guest = with_drivers();
    let made = graft(&mut guest, &one(), &modules(Form::Mount));
    assert_eq!(codes(&made.warnings), [""; 0]);
    assert_eq!(
        text(&mut guest, "/etc/fstab"),
        format!(
            "{FSTAB}# BEGIN osgraft\n{NFS}/shared/lib/modules /usr/lib/modules none \
             bind,ro,nofail,_netdev,x-systemd.requires-mounts-for=/shared 0 0\n# END osgraft\n"
        )
    );
    let own = format!("/usr/lib/modules/{KERNEL}/kernel/dummy.ko");
    assert_eq!(text(&mut guest, &own), "own");
    // Nothing is there that would be mounted while the share is away.
    assert_eq!(guest.read_dir(&path("/shared")).unwrap(), []);
    assert!(text(&mut guest, RECEIPT).contains("\"version\": 5"));
    let unit = text(&mut guest, UNIT);
    let after = "After=shared.mount usr-lib-modules.mount network.target";
    assert!(unit.contains(after), "{unit}");
    assert!(unit.contains("umount -l -i -c \"$$1\"' sh /usr/lib/modules\nExecStop="));
    assert_reverts(&mut guest, &with_drivers());
}

#[test]
fn an_overlay_has_a_place_of_its_own_for_what_the_guest_writes() {
    let doc = share_of(&[("/usr/share/doc", "share/doc", Form::Overlay)]);
    let mut guest = with_drivers();
    let made = graft(&mut guest, &disk(), &doc);
    let unknown = ["server-components-unknown"];
    assert_eq!(codes(&made.warnings), unknown);
    let folder = "/var/lib/osgraft/overlay/usr-share-doc";
    assert_eq!(
        text(&mut guest, "/etc/fstab"),
        format!(
            "{FSTAB}# BEGIN osgraft\n\
             UUID=5a /shared erofs ro,nofail,nodev,x-systemd.device-timeout=90s 0 0\n\
             overlay /usr/share/doc overlay lowerdir=/shared/share/doc,upperdir={folder}/upper,\
             workdir={folder}/work,nofail,x-systemd.requires-mounts-for=/shared,\
             x-systemd.requires-mounts-for={folder} 0 0\n# END osgraft\n"
        )
    );
    assert!(guest.lstat(&path(UNIT)).is_err());

    // The kernel leaves directories of its own there.
    let mut mounted = guest.clone().dir(&format!("{folder}/work/work"));
    assert_reverts(&mut mounted, &with_drivers());

    // What was written is the guest's.
    let mut written = guest.file(&format!("{folder}/upper/new/copyright"), "x");
    let undone = ungraft(&mut written).unwrap();
    let kept: Vec<_> = undone.kept.iter().map(|kept| &kept.text[..]).collect();
    assert_eq!(codes(&undone.kept), ["not-empty"; 3]);
    assert!(kept[0].contains(&format!("{folder}/upper")), "{kept:?}");
    assert_eq!(
        text(&mut written, &format!("{folder}/upper/new/copyright")),
        "x"
    );
    assert_eq!(text(&mut written, "/etc/fstab"), FSTAB);
}

#[test]
fn a_form_changes_into_each_other_one_and_back() {
    for from in Form::ALL {
        for to in Form::ALL {
            let mut guest = with_drivers();
            graft(&mut guest, &one(), &modules(from));
            if from != to {
                let (_, told) = compare(&mut guest, Some(&modules(to))).unwrap();
                let found = codes(&told);
                assert_eq!(found, ["component-form-differs"], "{from} {to}");
            }
            graft(&mut guest, &one(), &modules(to));
            let mut fresh = with_drivers();
            graft(&mut fresh, &one(), &modules(to));
            assert_is(&guest, &fresh);
            assert_reverts(&mut guest, &with_drivers());
        }
    }
}

#[test]
fn forms_stand_beside_each_other_and_are_added_and_taken_away() {
    let all = share_of(&[
        ("/lib/modules", "lib/modules", Form::Link),
        ("/usr/share/doc", "share/doc", Form::Overlay),
        ("/usr/share/man", "share/man", Form::Mount),
    ]);
    let mut guest = with_drivers();
    graft(&mut guest, &disk(), &modules(Form::Link));
    let made = graft(&mut guest, &disk(), &all);
    // The guest had no such directory.
    assert!(codes(&made.warnings).contains(&"no-local-fallback-missing"));
    assert!(guest.lstat(&path("/usr/share/man")).is_ok());
    let fstab = text(&mut guest, "/etc/fstab");
    assert_eq!(fstab.matches("requires-mounts-for=/shared").count(), 2);
    graft(&mut guest, &disk(), &modules(Form::Link));
    assert!(guest.lstat(&path("/usr/share/man")).is_err());
    graft(&mut guest, &disk(), &all);
    assert_reverts(&mut guest, &with_drivers());
}

#[test]
fn an_init_that_knows_no_options_of_systemd_gets_none() {
    let openrc = || {
        let mut openrc = with_drivers().file("/usr/sbin/openrc", "");
        openrc.remove(&path("/usr/sbin/init")).unwrap();
        openrc
            .file("/usr/sbin/init", "")
            .file("/etc/init.d/netmount", "")
            .link("/etc/runlevels/default/netmount", "/etc/init.d/netmount")
    };
    let both = share_of(&[
        ("/lib/modules", "lib/modules", Form::Mount),
        ("/usr/share/doc", "share/doc", Form::Overlay),
    ]);
    let nfs = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
    let nfs = MemoryRegistry::new(Servers::new(vec![nfs]).unwrap());
    for (registry, netdev) in [(nfs, ",_netdev"), (disk(), "")] {
        let mut guest = openrc();
        let graft = graft(&mut guest, &registry, &both);
        let is_told = codes(&graft.warnings).contains(&"component-mounted-once");
        assert_eq!(is_told, !netdev.is_empty());
        let fstab = text(&mut guest, "/etc/fstab");
        assert!(!fstab.contains("x-systemd"), "{fstab}");
        let bind =
            format!("/shared/lib/modules /usr/lib/modules none bind,ro,nofail{netdev} 0 0\n");
        assert!(fstab.contains(&bind), "{fstab}");
    }
}

#[test]
fn upstart_would_wait_for_a_component_that_is_away() {
    let upstart = || {
        let mut guest = with_drivers().file("/etc/init/mountall.conf", "");
        guest.remove(&path("/usr/sbin/init")).unwrap();
        guest
            .file("/usr/sbin/init", "/com/ubuntu/upstart")
            .file("/usr/sbin/upstart-udev-bridge", "")
            .file("/etc/init/rc-sysinit.conf", "")
    };
    let try_form = |form| Preparer::new(disk(), modules(form)).graft(&mut upstart(), "c");
    let error = try_form(Form::Mount).unwrap_err();
    assert_eq!(refusal(error), ["component-form-init"]);
    assert!(try_form(Form::Link).is_ok());
}

#[test]
fn what_would_be_mounted_without_the_share_is_refused() {
    for form in [Form::Mount, Form::Overlay] {
        let mut guest = with_drivers().dir("/shared/lib/modules");
        let error = Preparer::new(disk(), modules(form)).graft(&mut guest, "c");
        assert_eq!(refusal(error.unwrap_err()), ["mount-point-occupied"]);

        let mut guest = with_drivers();
        graft(&mut guest, &disk(), &modules(form));
        let mut guest = guest.dir("/shared/lib/modules");
        let (_, told) = compare(&mut guest, Some(&modules(form))).unwrap();
        assert!(codes(&told).contains(&"link-source-on-disk"), "{told:?}");
        let error = Preparer::new(disk(), modules(form)).graft(&mut guest, "c");
        assert_eq!(refusal(error.unwrap_err()), ["link-source-on-disk"]);
    }
    // Something of the guest's own is mounted there already.
    let mut guest = with_drivers();
    let fstab = format!("{FSTAB}UUID=0b /usr/lib/modules ext4 defaults 0 2\n");
    guest = {
        guest.remove(&path("/etc/fstab")).unwrap();
        guest.file("/etc/fstab", &fstab)
    };
    let error = Preparer::new(disk(), modules(Form::Mount)).graft(&mut guest, "c");
    assert_eq!(refusal(error.unwrap_err()), ["fstab-mount-point-taken"]);
}

#[test]
fn what_the_guest_did_to_the_entries_is_told_and_mended() {
    let mount = modules(Form::Mount);
    let grafted = || {
        let mut guest = with_drivers();
        graft(&mut guest, &disk(), &mount);
        guest
    };
    let edited = |from: &str, to: &str| {
        let mut guest = grafted();
        let fstab = text(&mut guest, "/etc/fstab").replace(from, to);
        guest.remove(&path("/etc/fstab")).unwrap();
        guest.file("/etc/fstab", &fstab)
    };
    for (from, to, code) in [
        ("none bind,ro,nofail", "none bind,ro", "fstab-block-edited"),
        (
            "/shared/lib/modules",
            "#/shared/lib/modules",
            "fstab-block-foreign-line",
        ),
        ("# END osgraft\n", "", "fstab-component-stray"),
    ] {
        let mut guest = edited(from, to);
        let (_, told) = compare(&mut guest, Some(&mount)).unwrap();
        assert!(codes(&told).contains(&code), "{from}: {told:?}");
        let again = Preparer::new(disk(), mount.clone()).graft(&mut guest, "c");
        let warnings = again.unwrap().warnings;
        assert!(codes(&warnings).contains(&code), "{from}: {warnings:?}");
        assert_eq!(compare(&mut guest, Some(&mount)).unwrap().1, []);
    }
    // A revert keeps what it does not know.
    let mut guest = edited("none bind,ro,nofail", "none bind,ro");
    let undone = ungraft(&mut guest).unwrap();
    assert_eq!(codes(&undone.kept), ["fstab-block-edited"]);
    assert!(text(&mut guest, "/etc/fstab").contains("none bind,ro,"));
}

#[test]
fn a_lost_receipt_is_made_anew_from_the_entries() {
    for form in [Form::Mount, Form::Overlay] {
        let mut guest = with_drivers();
        graft(&mut guest, &disk(), &modules(form));
        let receipt = text(&mut guest, RECEIPT);
        guest.remove(&path(RECEIPT)).unwrap();
        let mut other = guest.clone();
        let again = Preparer::new(disk(), modules(form)).graft(&mut guest, "c");
        assert!(codes(&again.unwrap().warnings).contains(&"receipt-missing"));
        let anew = text(&mut guest, RECEIPT);
        assert_eq!(anew.contains("\"mounts\""), receipt.contains("\"mounts\""));
        assert!(anew.contains("\"version\": 5"), "{anew}");
        assert_reverts(&mut guest, &with_drivers());
        // Another form is wanted than the guest shows.
        let linked = Preparer::new(disk(), modules(Form::Link));
        linked.graft(&mut other, "c").unwrap();
        let mut fresh = with_drivers();
        graft(&mut fresh, &disk(), &modules(Form::Link));
        assert_is(&other, &fresh);
    }
}
