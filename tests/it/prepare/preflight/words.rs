use super::*;

const GRUB: &str = "/boot/grub/grub.cfg";
const KERNEL: &str = "6.1.0-37-amd64";

fn entry(words: &str) -> String {
    format!("menuentry 'x' {{\nlinux /boot/vmlinuz-{KERNEL} root=/dev/vda1 ro {words}\n}}\n")
}

fn booted_with(words: &str) -> MemoryGuest {
    debian().file(GRUB, entry(words))
}

#[test]
fn words_that_keep_the_share_from_being_mounted_are_refused_with_their_line() {
    for (words, code) in [
        ("fstab=no", "fstab-generator-masked"),
        ("systemd.mask=remote-fs.target", "remote-mounts-off"),
        ("systemd.mask=shared.mount", "mount-unit-masked"),
        ("module_blacklist=nfs", "module-blocked"),
        ("module_blacklist=floppy,sunrpc", "module-blocked"),
        ("module-blacklist=nfsv4", "module-blocked"),
        ("modprobe.blacklist=nfs", "module-blocked"),
    ] {
        let (refusal, text) = found_for(booted_with(words), share());
        assert_eq!(refusal, refused(code), "{words}");
        assert!(text.contains("/boot/grub/grub.cfg line 2"), "{text}");
        assert!(text.contains(words), "{text}");
        // In an entry that is not the first, or in the file that entries are made of.
        let later = debian().file(GRUB, entry("quiet") + &entry(words));
        assert_eq!(found(later), told(code), "{words}");
        let template = format!("GRUB_CMDLINE_LINUX=\"{words}\"\n");
        let later = booted_with("quiet").file("/etc/default/grub", &*template);
        assert_eq!(found(later), told(code), "{words}");
        let alone = debian().file("/etc/default/grub", template);
        assert_eq!(found(alone), refused(code), "{words}");
        let cmdline = debian().file("/etc/kernel/cmdline", format!("ro {words}\n"));
        assert_eq!(found(cmdline), refused(code), "{words}");
    }
}

#[test]
fn other_words_are_left_alone() {
    for words in [
        "quiet splash",
        "rd.fstab=no rd.systemd.mask=remote-fs.target rd.driver.blacklist=nfs",
        "fstab=yes",
        "systemd.mask=home.mount",
        "module_blacklist=nfsd,nouveau modprobe.blacklist=nfsv4,floppy",
        "fstab=no single",
        "systemd.unit=multi-user.target",
    ] {
        assert_eq!(found(booted_with(words)), nothing(), "{words}");
    }
    let recovery = "submenu 'a' {\nmenuentry 'x (recovery mode)' {\n\
        linux /vmlinuz-6.1.0-37-amd64 fstab=no\n}\n}\n";
    let guest = debian().file(GRUB, entry("quiet") + recovery);
    assert_eq!(found(guest), nothing());
}

#[test]
fn entries_of_the_boot_loader_specification_are_read_too() {
    let options = |words: &str| {
        debian().file("/boot/grub2/grub.cfg", "blscfg\n").file(
            "/boot/loader/entries/a.conf",
            format!("linux /vmlinuz-{KERNEL}\noptions root=/dev/vda1 {words}\n"),
        )
    };
    assert_eq!(found(options("fstab=0")), refused("fstab-generator-masked"));
    assert_eq!(found(options("ro")), nothing());
    let old = options("$kernelopts").file("/boot/grub2/grubenv", "kernelopts=ro fstab=no\n");
    assert_eq!(found(old), refused("fstab-generator-masked"));
}

#[test]
fn a_boot_loader_that_cannot_be_read_is_told() {
    let unknown = told("boot-kernel-unknown");
    assert_eq!(
        found(debian().file(GRUB, "configfile /elsewhere\n")),
        unknown
    );
    assert_eq!(found(debian().fifo(GRUB)), unknown);
    assert_eq!(
        found(debian().file("/boot/grub2/grub.cfg", "blscfg\n")),
        unknown
    );
    let image = "/boot/efi/EFI/Linux/debian.efi";
    assert_eq!(found(debian().file(image, "MZ")), unknown);
    assert_eq!(found(debian()), nothing(), "none is there");
    assert_eq!(found(debian().dir("/boot/grub")), nothing());
    assert_eq!(found(booted_with("quiet").file(image, "MZ")), nothing());
}

#[test]
fn a_kernel_that_boots_has_its_modules_somewhere() {
    let other = "6.1.0-99-amd64";
    let boots = |version: &str| {
        let cfg = format!("menuentry 'x' {{\nlinux /boot/vmlinuz-{version} ro\n}}\n");
        debian()
            .file(&format!("/boot/vmlinuz-{other}"), "kernel")
            .file(GRUB, cfg)
    };
    let (refusal, text) = found_for(boots(other), share());
    assert_eq!(refusal, refused("kernel-not-served"));
    assert!(text.contains(other) && text.contains("server a"), "{text}");
    assert_eq!(found(boots(KERNEL)), told("kernel-without-modules"));
    let plain = Share::at("/shared").unwrap();
    let (told_of, _) = found_for(boots(other), plain);
    assert_eq!(
        told_of,
        told("kernel-without-modules"),
        "no link is on the modules"
    );
}
