use std::io::Write;
use std::process::{Command, Stdio};

use super::*;

const DEBIAN: &[u8] = include_bytes!("debian12.txt");
const UBUNTU: &[u8] = include_bytes!("ubuntu2404.txt");
const FEDORA: &[u8] = b"title Fedora Linux (6.8.5-301.fc40.x86_64) 40 (Cloud Edition)\nversion 6.8.5-301.fc40.x86_64\n\
linux /vmlinuz-6.8.5-301.fc40.x86_64\ninitrd /initramfs-6.8.5-301.fc40.x86_64.img\n\
options root=UUID=7d ro rootflags=subvol=root no_timer_check $kernelopts\n\
grub_users $grub_users\ngrub_arg --unrestricted\ngrub_class fedora\n";

/// Number of the first line that starts a kernel.
fn line(cfg: &[u8]) -> usize {
    let mut lines = cfg.split(|byte| *byte == b'\n');
    lines
        .position(|line| initrd_command(line).is_some())
        .unwrap()
        + 1
}

fn block(template: &Template) -> String {
    let initrd = ["initrd-6.9-1".to_owned(), "initrd-6.9-2".to_owned()];
    let names = Names {
        folder: "osgraft",
        image: "vmlinuz-6.9",
        initrd: &initrd,
    };
    String::from_utf8(template.block(names, "Kernel 6.9 of release r2")).unwrap()
}

/// GRUB's own parser takes it (grub-common).
fn require_script(text: &[u8]) {
    let mut child = Command::new("grub-script-check")
        .stdin(Stdio::piped())
        .spawn()
        .expect("grub-script-check of grub-common");
    child.stdin.take().unwrap().write_all(text).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn debians_entry_is_copied_for_another_kernel() {
    let template = of_grub(DEBIAN, line(DEBIAN)).unwrap();
    assert_eq!(template.image, b"vmlinuz-6.1.0-37-amd64");
    let expected = "# BEGIN osgraft
menuentry 'Kernel 6.9 of release r2' --id osgraft --class debian --class gnu-linux --class gnu --class os {
\tload_video
\tinsmod gzio
\tif [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi
\tinsmod part_gpt
\tinsmod ext2
\tsearch --no-floppy --fs-uuid --set=root 5c1e
\techo\t'Loading Linux 6.9 ...'
\tlinux\t/boot/osgraft/vmlinuz-6.9 root=UUID=5c1e ro  quiet
\tinitrd /boot/osgraft/initrd-6.9-1 /boot/osgraft/initrd-6.9-2
\techo\t'Loading initial ramdisk ...'
}
if [ \"${boot_once}\" != \"true\" ]; then
\tset default=\"osgraft\"
fi
# END osgraft
";
    assert_eq!(block(&template), expected);
    assert!(takes_custom(DEBIAN) && has_function(DEBIAN, b"load_video"));
    require_script(&[DEBIAN, expected.as_bytes()].concat());
}

#[test]
fn each_way_of_ubuntus_entry_starts_the_kernel_with_its_initramfs() {
    let template = of_grub(UBUNTU, line(UBUNTU)).unwrap();
    let text = block(&template);
    let with = "linux\t/osgraft/vmlinuz-6.9 root=PARTUUID=9a ro  console=tty1 console=ttyS0\n\
                \t  initrd /osgraft/initrd-6.9-1 /osgraft/initrd-6.9-2\n\telse\n";
    let without = "ttyS0 panic=-1\n\t  initrd /osgraft/initrd-6.9-1 /osgraft/initrd-6.9-2\n\tfi\n\
                   \tinitrdfail\n}";
    assert!(text.contains(with) && text.contains(without), "{text}");
    assert!(
        !text.contains("savedefault") && !text.contains("6.8.0"),
        "{text}"
    );
    assert!(text.contains("\trecordfail\n"), "{text}");
    require_script(text.as_bytes());
}

#[test]
fn an_entry_of_the_boot_loader_specification_becomes_one_of_grubs() {
    let template = of_bls(FEDORA, true).unwrap();
    assert_eq!(template.image, b"vmlinuz-6.8.5-301.fc40.x86_64");
    let text = block(&template);
    let expected = "--id osgraft --class fedora --unrestricted {\n\tload_video\n\tset gfxpayload=keep\n\
        \tinsmod gzio\n\tlinux\t/osgraft/vmlinuz-6.9 root=UUID=7d ro rootflags=subvol=root \
        no_timer_check $kernelopts\n\tinitrd /osgraft/initrd-6.9-1 /osgraft/initrd-6.9-2\n}\n";
    assert!(text.contains(expected), "{text}");
    require_script(text.as_bytes());
    assert_eq!(of_bls(b"title Windows\nefi /x.efi\n", true), None);
}

#[test]
fn an_entry_that_cannot_be_copied_is_none() {
    for body in [
        "multiboot2 /boot/xen.gz\nmodule2 /boot/vmlinuz-6.1 root=x",
        "linux \"/boot/vmlinuz-6.1\" root=x",
        "linux vmlinuz-6.1 root=x",
        "linux /boot/vmlinuz-6.1 a\nlinux /other/vmlinuz-6.1 b",
    ] {
        let cfg = format!("menuentry 'x' {{\n{body}\n}}\n");
        assert_eq!(of_grub(cfg.as_bytes(), 2), None, "{body}");
    }
    assert_eq!(
        of_grub(b"menuentry 'x' {\nlinux /vmlinuz-6 a\n", 2),
        None,
        "no end"
    );
    assert_eq!(of_grub(b"linux /vmlinuz-6 a\n", 1), None, "no head");
    let users = b"menuentry 'x' --users \"$a\" {\nlinux /vmlinuz-6 a\n}\n";
    assert_eq!(of_grub(users, 2), None);
}

#[test]
fn the_block_goes_as_it_came() {
    let block = b"# BEGIN osgraft\nx\n# END osgraft\n";
    for custom in [&b""[..], b"set x=1\n", b"set x=1", b"\n\n", b"a\r\n"] {
        let (with, newline) = with_block(custom, block).unwrap();
        let place = find(&with).unwrap().unwrap();
        assert_eq!(&with[place.clone()], block);
        assert_eq!(with_block(&with, block), Ok((with.clone(), false)));
        assert_eq!(without_block(&with, place, newline), custom);
        // What the guest puts behind it stays.
        let more = [&with[..], b"set y=2\n"].concat();
        let place = find(&more).unwrap().unwrap();
        let rest = without_block(&more, place, newline);
        assert!(rest.starts_with(custom) && rest.ends_with(b"set y=2\n"));
    }
    for torn in [
        "# BEGIN osgraft\n",
        "# END osgraft\n",
        "# END osgraft\n# BEGIN osgraft\n",
    ] {
        assert_eq!(find(torn.as_bytes()), Err(()), "{torn}");
    }
}
