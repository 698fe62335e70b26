use super::*;

const TAKEN: &str = "fstab-mount-point-taken";
const APART: &str = "separate-file-system";
const LOCAL: &str = "local-mount-needs-share";

fn at(mount_point: &str) -> MemoryGuest {
    with_fstab(&format!("srv:/x {mount_point} nfs defaults,nofail 0 0\n"))
}

#[test]
fn a_mount_point_that_links_lead_to_is_taken() {
    for (mount_point, guest) in [
        ("/mnt/s", at("/mnt/s").link("/mnt/s", "/shared")),
        (
            "/mnt/s",
            at("/mnt/s").link("/mnt/s", "../shared").dir("/shared"),
        ),
        ("/sys2/shared", at("/sys2/shared").link("/sys2", ".")),
        (
            "/a/../b/s",
            at("/a/../b/s")
                .link("/a", "/srv/x")
                .dir("/srv/x")
                .link("/srv/b", "/")
                .link("/s", "shared"),
        ),
        (
            "/mnt/two",
            at("/mnt/two")
                .link("/mnt/two", "one")
                .link("/mnt/one", "/shared/"),
        ),
        (
            "/home/shared/",
            at("/home/shared/").link("/home/shared", "/./shared"),
        ),
    ] {
        assert_eq!(found(guest), refused(TAKEN), "{mount_point}");
    }
}

#[test]
fn links_that_lead_elsewhere_or_nowhere_take_nothing() {
    for (mount_point, guest) in [
        ("/mnt/s", at("/mnt/s").link("/mnt/s", "/shared2")),
        ("a loop", at("/mnt/s").link("/mnt/s", "s")),
        (
            "two in a loop",
            at("/mnt/s").link("/mnt/s", "t").link("/mnt/t", "s"),
        ),
        ("into /run", at("/mnt/s").link("/mnt/s", "/run/s")),
        ("below a file", at("/mnt/s/x").file("/mnt/s", "")),
        ("/sharedx", at("/sharedx")),
    ] {
        assert_eq!(found(guest), nothing(), "{mount_point}");
    }
}

#[test]
fn the_shares_own_mount_point_is_resolved_too() {
    let share = || {
        let share = Share::at("/srv/os").unwrap();
        share.link("/lib/modules", "lib/modules").unwrap()
    };
    let guest = |mount_point: &str| at(mount_point).link("/srv", "media").dir("/media");
    let (found, text) = found_for(guest("/media/os"), share());
    assert_eq!(found, refused(TAKEN));
    assert!(
        text.contains("line 2 mounts on /media/os, the same place as /srv/os"),
        "{text}"
    );
    assert_eq!(found_for(guest("/media/other"), share()).0, nothing());
}

/// One directory has many spellings.
#[test]
fn a_file_system_on_a_links_place_is_found_in_each_spelling() {
    for spelled in [
        "/lib/modules",
        "/lib/modules/",
        "//lib//modules",
        "/lib/./modules",
        "/usr/lib/modules",
        "/usr/../lib/modules",
        "/lib/../lib/modules",
        r"/lib/m\157dules",
        "/lib/systemd/../modules",
        "/sbin/../lib/modules",
        "/lib",
        "/usr/lib/..",
    ] {
        let guest = with_fstab(&format!("/dev/vdb1 {spelled} ext4 defaults 0 2\n"));
        assert_eq!(found(guest), refused(APART), "{spelled}");
    }
    let guest = with_fstab("/dev/vdb1 /usr/lib/modules-old ext4 defaults 0 2\n");
    assert_eq!(found(guest), nothing());
}

#[test]
fn what_is_mounted_before_the_network_cannot_need_the_share() {
    for line in [
        "/dev/vdb1 /shared/data ext4 defaults 0 2",
        "UUID=0b /shared/data xfs defaults 0 2",
        "LABEL=x /shared/a/b ext4 defaults 0 2",
        "tmpfs /shared/scratch tmpfs defaults 0 0",
        "/srv/x /shared/data none bind 0 0",
        "/shared/opt /opt none bind 0 0",
        "/shared /mnt none rbind 0 0",
        "/shared/swap none swap sw 0 0",
        "/shared/swap none swap nofail 0 0",
        "/shared/disk.img /mnt iso9660 loop,ro 0 0",
        "/dev/vdb1 /shared/data ext4 noauto,x-systemd.automount 0 2",
        "/dev/vdb1 /srv ext4 x-systemd.requires-mounts-for=/shared/x 0 2",
        "/dev/vdb1 /srv ext4 x-systemd.requires=/shared 0 2",
        "/dev/vdb1 /srv ext4 x-systemd.after=shared.mount 0 2",
        "/dev/vdb1 /mnt/s/data ext4 defaults 0 2",
        "/mnt/s/opt /opt none bind 0 0",
        // Below a link of ours, and so below the share once that is made.
        "/dev/vdb1 /usr/lib/modules/6.1.0-37-amd64/extra ext4 defaults 0 2",
    ] {
        let guest = with_fstab(&format!("{line}\n")).link("/mnt/s", "/shared");
        let (found, text) = found_for(guest, share());
        assert_eq!(found, refused(LOCAL), "{line}");
        assert!(text.contains("/etc/fstab line 2 "), "{text}");
    }
}

#[test]
fn what_waits_for_the_network_or_may_fail_can_need_the_share() {
    for (line, wanted) in [
        ("srv:/y /shared/y nfs defaults,nofail 0 0", nothing()),
        ("srv:/y /shared/y nfs bg 0 0", nothing()),
        ("srv:/y /shared/y nfs defaults 0 0", told("boot-waits")),
        (
            "/dev/vdb1 /shared/data ext4 _netdev 0 2",
            told("boot-waits"),
        ),
        ("/shared/opt /opt none bind,_netdev 0 0", told("boot-waits")),
        ("/shared/opt /opt none bind,_netdev,nofail 0 0", nothing()),
        ("/shared/opt /opt none bind,nofail 0 0", nothing()),
        (
            "/dev/vdb1 /shared/data ext4 nofail 0 2",
            told("mount-below-share"),
        ),
        ("/dev/sr0 /shared/cdrom iso9660 noauto,user 0 0", nothing()),
        (
            "/dev/vdb1 /srv ext4 x-systemd.before=shared.mount 0 2",
            nothing(),
        ),
        (
            "/dev/vdb1 /srv ext4 x-systemd.after=srv2.mount 0 2",
            nothing(),
        ),
        ("/srv/swap none swap sw 0 0", nothing()),
        ("/dev/vdb1 /shared2 ext4 defaults 0 2", nothing()),
    ] {
        assert_eq!(found(with_fstab(&format!("{line}\n"))), wanted, "{line}");
    }
}

/// A share without a network is mounted with the others.
#[test]
fn a_local_share_may_have_local_mounts_below_it() {
    use osgraft::registry::{MemoryRegistry, Server, Servers, Source};
    let local = Server::new("v", Source::virtiofs("os").unwrap()).unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![local]).unwrap());
    let mut guest = with_fstab("/dev/vdb1 /shared/data ext4 defaults 0 2\n");
    let graft = Preparer::new(registry, share())
        .graft(&mut guest, "c")
        .unwrap();
    let told = codes(&graft.warnings);
    assert!(!told.iter().any(|code| code.contains("mount")), "{told:?}");
}
