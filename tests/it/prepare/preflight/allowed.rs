use osgraft::codes::{Allowed, Code, Severity, all};
use osgraft::graft::Form;

use super::*;

/// A kernel with these modules in its tree, and none built in.
fn listed(dep: &str) -> MemoryGuest {
    let tree = "/usr/lib/modules/6.1.0-37-amd64";
    let mut guest = debian().file(&format!("{tree}/modules.builtin"), "");
    for file in dep.lines().filter_map(|line| line.split(':').next()) {
        guest = guest.file(&format!("{tree}/{file}"), "module");
    }
    guest.file(&format!("{tree}/modules.dep"), dep)
}

/// The cards of a machine for which preflight finds the blocker.
fn cards_of(code: &str) -> &'static [NicModel] {
    match code {
        "nic-driver-unreachable" => &[NicModel::Virtio],
        _ => &[],
    }
}

/// A guest, and the options of its share, in which preflight finds one blocker.
fn blocked(code: &str) -> (MemoryGuest, Option<&'static str>) {
    let etc = "/etc/systemd/system";
    let own = "[Mount]\nWhat=srv:/x\nWhere=/shared\nType=nfs\n";
    let generator = "systemd-fstab-generator";
    let vendor = format!("/usr/lib/systemd/system-generators/{generator}");
    let guest = match code {
        "automount-boot-critical" => {
            return (debian(), Some("ro,soft,nfsvers=4.1,x-systemd.automount"));
        }
        "kernel-not-served" => debian()
            .file("/boot/vmlinuz-6.1.0-99-amd64", "kernel")
            .file(
                "/boot/grub/grub.cfg",
                "menuentry 'x' {\nlinux /vmlinuz-6.1.0-99-amd64 ro\n}\n",
            ),
        "module-dangling" => listed("kernel/fs/nfs/nfs.ko: gone.ko\nkernel/fs/nfs/nfsv4.ko:\n"),
        "module-index-missing" => listed("kernel/fs/nfs/nfs.ko:\nkernel/fs/nfs/nfsv4.ko:\n")
            .file("/usr/bin/kmod", "kmod")
            .link("/usr/sbin/modprobe", "../bin/kmod"),
        "nfs-version-unbuilt" => debian().file(
            "/boot/config-6.1.0-37-amd64",
            "# CONFIG_NFS_V4_1 is not set\n",
        ),
        // Each card's driver is required, so a kernel with lists that have none is enough.
        "nic-driver-unreachable" => listed("kernel/fs/nfs/nfs.ko:\nkernel/fs/nfs/nfsv4.ko:\n"),
        "selinux-module-load" => debian()
            .file("/etc/selinux/config", "SELINUX=enforcing\n")
            .file("/etc/selinux/targeted/policy/policy.33", "policy"),
        "fstab-generator-masked" => {
            let masks = format!("/etc/systemd/system-generators/{generator}");
            debian().file(&vendor, "x").link(&masks, "/dev/null")
        }
        "fstab-generator-missing" => debian().file(
            "/usr/lib/systemd/system-generators/systemd-gpt-auto-generator",
            "x",
        ),
        "nfs-module-unreachable" => debian().file(
            "/usr/lib/modules/6.1.0-37-amd64/modules.builtin",
            "kernel/fs/ext4/ext4.ko\n",
        ),
        "component-form-init" => without(debian(), "/usr/sbin/init")
            .file("/usr/sbin/init", "upstart")
            .file("/etc/init/rc-sysinit.conf", ""),
        "share-driver-unreachable" => listed("kernel/fs/nfs/nfs.ko:\nkernel/fs/nfs/nfsv4.ko:\n"),
        "thin-lacks-transport" => listed("kernel/fs/ext4/ext4.ko:\n")
            .file("/etc/osgraft/thinned.json", "{\"schema\":1}\n"),
        "local-mount-needs-share" => with_fstab("/shared/x /opt/x none bind 0 0\n"),
        "mount-unit-masked" => debian().link(&format!("{etc}/shared.mount"), "/dev/null"),
        "mount-unit-own" => debian().file(&format!("{etc}/shared.mount"), own),
        "module-blocked" => debian().file("/etc/modprobe.d/x.conf", "install nfs /bin/false\n"),
        "nfs-client-missing" => without(debian(), "/usr/sbin/mount.nfs"),
        "remote-mounts-off" => debian().link(&format!("{etc}/remote-fs.target"), "/dev/null"),
        other => panic!("no guest for {other}"),
    };
    (guest, None)
}

/// The share for which preflight finds the blocker.
fn share_for(code: &str, options: Option<&str>) -> Share {
    let form = match code {
        "component-form-init" => Form::Mount,
        "share-driver-unreachable" => Form::Overlay,
        _ => Form::Link,
    };
    let share = Share::at("/shared").unwrap();
    let mut share = share
        .component("/lib/modules", "lib/modules", form)
        .unwrap();
    if let Some(options) = options {
        share = share.options(options).unwrap();
    }
    share
}

fn preparer(code: &str, options: Option<&str>) -> Preparer<osgraft::registry::MemoryRegistry> {
    Preparer::new(one(), share_for(code, options))
}

#[test]
fn each_blocker_that_may_be_allowed_becomes_a_warning_that_the_report_keeps() {
    let allowable = all().iter().filter(|code| code.is_allowable());
    let mut count = 0;
    // An extraction has that one.
    let of_preflight = |code: &&str| *code != "component-breaks-dpkg";
    for code in allowable.map(Code::name).filter(of_preflight) {
        count += 1;
        let (mut guest, options) = blocked(code);
        let before = guest.snapshot();
        let nics = cards_of(code).iter().copied();
        let preparer = |options| preparer(code, options).nics(nics.clone());
        let error = preparer(options).graft(&mut guest, "c").unwrap_err();
        assert_eq!(error.kind(), osgraft::ErrorKind::Guest, "{code}");
        assert_eq!(error.codes(), [code]);
        let [blocker] = &error.findings()[..] else {
            panic!("{code}: {error}");
        };
        assert_eq!(blocker.severity, Severity::Blocker, "{code}");
        assert!(blocker.remedy.is_some(), "{code}");
        assert_eq!(guest.snapshot(), before, "{code}");

        let others = Allowed::of(all().iter().filter_map(|other| {
            let is_other = other.is_allowable() && other.name() != code;
            is_other.then_some(other.name())
        }));
        let others = preparer(options).allow(&others.unwrap());
        assert_eq!(others.graft(&mut guest, "c").unwrap_err().codes(), [code]);

        let allowed = preparer(options).allow(&code.parse().unwrap());
        let graft = allowed.graft(&mut guest, "c").unwrap();
        let kept = graft.warnings.iter().filter(|warning| warning.code == code);
        let [kept] = kept.collect::<Vec<_>>()[..] else {
            panic!("{code}: {:?}", graft.warnings);
        };
        assert_eq!(kept.severity, Severity::Warning);
        assert!(kept.text.starts_with(&blocker.text), "{}", kept.text);
        assert!(kept.text.contains("this was allowed"), "{}", kept.text);
        assert!(
            compare(&mut guest, Some(&share_for(code, options)))
                .unwrap()
                .1
                .is_empty()
        );
        ungraft(&mut guest).unwrap();
        assert_eq!(guest.snapshot(), before, "{code}");
    }
    assert_eq!(count, 19);
}

#[test]
fn of_two_blockers_the_one_that_is_not_allowed_stops_the_call() {
    let guest = || {
        let (guest, _) = blocked("module-blocked");
        without(guest, "/usr/sbin/mount.nfs")
    };
    let barred: Allowed = "module-blocked".parse().unwrap();
    let one = preparer("module-blocked", None).allow(&barred);
    let error = one.graft(&mut guest(), "c").unwrap_err();
    assert_eq!(error.codes(), ["nfs-client-missing"]);
    let both = one.allow(&"nfs-client-missing".parse().unwrap());
    let graft = both.graft(&mut guest(), "c").unwrap();
    assert_eq!(
        codes(&graft.warnings),
        ["nfs-client-missing", "module-blocked"]
    );
}

#[test]
fn what_is_allowed_and_not_there_changes_nothing() {
    let every = all().iter().filter(|code| code.is_allowable());
    let every = Allowed::of(every.map(Code::name)).unwrap();
    let graft = preparer("module-blocked", None)
        .allow(&every)
        .graft(&mut debian(), "c");
    assert!(graft.unwrap().warnings.is_empty());
}
