//! Checks that the user and the label under which libvirt runs QEMU reach the images.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{Group, User};

use super::check::{Check, quoted};

/// Users that libvirt's packages make for QEMU: Debian's and Fedora's.
const USERS: [&str; 2] = ["libvirt-qemu", "qemu"];
/// The most files of a folder that are looked at.
const MOST_FILES: usize = 2000;
/// Most bytes of `qemu.conf` that are read.
const ENOUGH: usize = 1 << 20;
/// Types that SELinux' policy lets QEMU read, or libvirt relabel.
const TYPES: [&str; 3] = ["virt_image_t", "svirt_image_t", "virt_content_t"];
/// Types of network file systems, and the boolean that lets QEMU use them.
const NETWORK: [(&str, &str); 3] = [
    ("nfs_t", "virt_use_nfs"),
    ("cifs_t", "virt_use_samba"),
    ("fusefs_t", "virt_use_fusefs"),
];

/// Settings of libvirt's `qemu.conf`, as far as they matter here.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct QemuConf {
    user: Option<String>,
    group: Option<String>,
    fixed_ownership: bool,
}

/// User that QEMU runs as.
#[derive(Clone, Copy, Debug)]
struct Account<'a> {
    name: &'a str,
    uid: u32,
    gid: u32,
}

/// SELinux of a host, where it enforces: its pseudo file system.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selinux<'a>(pub(super) &'a Path);

/// Checks the folders of the images. `libvirt` is its folder of configurations.
pub(super) fn access(libvirt: &Path, selinux: Selinux<'_>, folders: &[PathBuf]) -> Check {
    let text = match read(&libvirt.join("qemu.conf")) {
        Ok(text) => text,
        // Without the file libvirt goes by its defaults.
        Err(error) if error.kind() == ErrorKind::NotFound && libvirt.join("qemu").is_dir() => {
            String::new()
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Check::not_checked("access", "libvirt's QEMU driver is not installed");
        }
        Err(error) => {
            let found = format!("{}: {error}", libvirt.join("qemu.conf").display());
            return Check::not_checked("access", found);
        }
    };
    let conf = QemuConf::parse(&text);
    let name = match &conf.user {
        Some(user) => Some(user.trim_start_matches('+')),
        None => USERS.into_iter().find(|user| account(user).is_some()),
    };
    let Some((name, user)) = name.and_then(|name| Some((name, account(name)?))) else {
        return Check::not_checked("access", "the user that libvirt runs QEMU as is not known");
    };
    let group = conf
        .group
        .as_deref()
        .map(|name| name.trim_start_matches('+'));
    let account = Account {
        name,
        uid: user.uid.as_raw(),
        gid: group
            .and_then(|group| Group::from_name(group).ok()??.gid.as_raw().into())
            .unwrap_or(user.gid.as_raw()),
    };
    let problem = folders.iter().find_map(|folder| {
        unreachable(folder, account)
            .or_else(|| mislabelled(folder, selinux))
            .or_else(|| conf.fixed_ownership.then(|| foreign(folder, account))?)
    });
    problem.unwrap_or_else(|| {
        let owner = match conf.fixed_ownership {
            true => "dynamic_ownership is off, and each image there is its own",
            false => "libvirt gives it the images as a machine starts",
        };
        Check::ok("access", format!("QEMU runs as {name}: {owner}"))
    })
}

fn read(path: &Path) -> std::io::Result<String> {
    let bytes = fs::read(path)?;
    Ok(String::from_utf8_lossy(&bytes[..bytes.len().min(ENOUGH)]).into_owned())
}

fn account(name: &str) -> Option<User> {
    User::from_name(name).ok().flatten().or_else(|| {
        let uid = name.parse().ok()?;
        User::from_uid(nix::unistd::Uid::from_raw(uid)).ok()?
    })
}

impl QemuConf {
    fn parse(text: &str) -> Self {
        let mut conf = Self::default();
        for line in text.lines() {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let value = value.trim().trim_matches(['"', '\'']).to_owned();
            match key.trim() {
                "user" => conf.user = Some(value).filter(|value| !value.is_empty()),
                "group" => conf.group = Some(value).filter(|value| !value.is_empty()),
                "dynamic_ownership" => conf.fixed_ownership = value == "0",
                _ => {}
            }
        }
        conf
    }
}

impl Account<'_> {
    /// Tells whether the permission bits `mask` (of `0o7`) of a file are this account's. Lists of
    /// access control and further groups are not looked at.
    fn has(&self, metadata: &fs::Metadata, mask: u32) -> bool {
        let mode = metadata.mode();
        let bits = if self.uid == 0 {
            0o7
        } else if metadata.uid() == self.uid {
            mode >> 6
        } else if metadata.gid() == self.gid {
            mode >> 3
        } else {
            mode
        };
        bits & mask == mask
    }
}

/// A folder on the way that QEMU's user may not pass.
fn unreachable(folder: &Path, account: Account<'_>) -> Option<Check> {
    let folder = fs::canonicalize(folder).ok()?;
    let closed = folder.ancestors().find(|above| {
        fs::metadata(above).is_ok_and(|metadata| {
            // An access control list may say otherwise.
            !account.has(&metadata, 0o1) && !has_acl(above)
        })
    })?;
    let found = format!(
        "libvirt runs QEMU as {}, which may not pass {}: no machine with an image in {} starts",
        account.name,
        closed.display(),
        folder.display()
    );
    let user = account.name;
    let remedy = format!(
        "setfacl -m u:{user}:x {0}, or chmod o+x {0}",
        quoted(closed)
    );
    Some(Check::warning("access", found, remedy))
}

fn has_acl(path: &Path) -> bool {
    let mut nothing: [u8; 0] = [];
    rustix::fs::getxattr(path, "system.posix_acl_access", &mut nothing[..])
        .is_ok_and(|size| size > 0)
}

/// An image of another owner, where libvirt changes no owners.
fn foreign(folder: &Path, account: Account<'_>) -> Option<Check> {
    let entries = fs::read_dir(folder).ok()?;
    let mut images = entries
        .take(MOST_FILES)
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension() == Some(OsStr::new("qcow2")));
    let image = images.find(|path| {
        fs::metadata(path).is_ok_and(|metadata| {
            // What has no write permission at all is a master.
            metadata.mode() & 0o222 != 0 && !account.has(&metadata, 0o6) && !has_acl(path)
        })
    })?;
    let found = format!(
        "libvirt changes no owners (dynamic_ownership = 0 in qemu.conf), and {} may not write {}",
        account.name,
        image.display()
    );
    let remedy = format!("chown {} {}", quoted(account.name), quoted(&image));
    Some(Check::warning("access", found, remedy))
}

/// A folder whose SELinux type keeps QEMU out.
fn mislabelled(folder: &Path, selinux: Selinux<'_>) -> Option<Check> {
    let enforces = fs::read_to_string(selinux.0.join("enforce")).ok()?;
    if enforces.trim() != "1" {
        return None;
    }
    let mut label = [0; 1024];
    let size = rustix::fs::getxattr(folder, "security.selinux", &mut label[..]).ok()?;
    let label = String::from_utf8_lossy(&label[..size]).into_owned();
    let boolean = |name: &str| {
        let value = fs::read_to_string(selinux.0.join("booleans").join(name)).ok()?;
        Some(value.starts_with('1'))
    };
    judge_label(folder, label.trim_end_matches('\0'), boolean)
}

fn judge_label(
    folder: &Path,
    label: &str,
    boolean: impl Fn(&str) -> Option<bool>,
) -> Option<Check> {
    let kind = label.split(':').nth(2)?;
    if TYPES.contains(&kind) {
        return None;
    }
    let shown = folder.display();
    if let Some((_, name)) = NETWORK.iter().find(|(network, _)| *network == kind) {
        return match boolean(name) {
            Some(false) => Some(Check::warning(
                "access",
                format!("SELinux keeps QEMU from {shown}, a network file system ({kind})"),
                format!("setsebool -P {name} on"),
            )),
            _ => None,
        };
    }
    let found = format!(
        "{shown} is labelled {kind}: SELinux keeps QEMU from images whose label is made after it"
    );
    let pattern = format!("{shown}(/.*)?");
    let remedy = format!(
        "semanage fcontext -a -t virt_image_t {} && restorecon -R {}",
        quoted(pattern),
        quoted(folder)
    );
    Some(Check::warning("access", found, remedy))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn the_user_and_the_ownership_are_read_from_qemu_conf() {
        assert_eq!(QemuConf::parse("#user = \"root\"\n"), QemuConf::default());
        let conf = QemuConf::parse("user = \"+107\"\n group=\"kvm\"\ndynamic_ownership = 0\n");
        assert_eq!(conf.user.as_deref(), Some("+107"));
        assert_eq!(conf.group.as_deref(), Some("kvm"));
        assert!(conf.fixed_ownership);
        assert!(!QemuConf::parse("dynamic_ownership = 1").fixed_ownership);
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Somebody who owns nothing here.
    const SOMEBODY: Account<'_> = Account {
        name: "libvirt-qemu",
        uid: 64_055,
        gid: 64_055,
    };

    #[test]
    fn a_folder_that_qemu_may_not_pass_is_told_with_what_opens_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("images");
        fs::create_dir(&folder).unwrap();
        chmod(root.path(), 0o711);
        chmod(&folder, 0o711);
        assert_eq!(unreachable(&folder, SOMEBODY), None);
        chmod(root.path(), 0o700);
        let check = unreachable(&folder, SOMEBODY).unwrap();
        assert_eq!(check.verdict, Verdict::Warning);
        let shown = root.path().to_str().unwrap();
        assert!(
            check.found.contains(&format!("may not pass {shown}:")),
            "{}",
            check.found
        );
        assert_eq!(
            check.remedy.unwrap(),
            format!("setfacl -m u:libvirt-qemu:x {shown}, or chmod o+x {shown}")
        );
        let root_account = Account { uid: 0, ..SOMEBODY };
        assert_eq!(unreachable(&folder, root_account), None);
    }

    #[test]
    fn where_libvirt_changes_no_owners_an_image_of_another_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (child, master) = (folder.path().join("a.qcow2"), folder.path().join("m.qcow2"));
        for path in [&child, &master] {
            fs::write(path, "").unwrap();
        }
        chmod(&master, 0o444);
        chmod(&child, 0o644);
        let check = foreign(folder.path(), SOMEBODY).unwrap();
        assert!(check.found.contains("a.qcow2"), "{}", check.found);
        assert!(check.remedy.unwrap().starts_with("chown libvirt-qemu /"));
        chmod(&child, 0o666);
        assert_eq!(foreign(folder.path(), SOMEBODY), None);
    }

    #[test]
    fn labels_of_images_pass_and_others_are_told() {
        let folder = Path::new("/srv/vms");
        let judge = |label: &str, on: Option<bool>| judge_label(folder, label, |_| on);
        assert_eq!(judge("system_u:object_r:virt_image_t:s0", None), None);
        let check = judge("unconfined_u:object_r:var_t:s0", None).unwrap();
        assert!(
            check
                .remedy
                .unwrap()
                .starts_with("semanage fcontext -a -t virt_image_t '/srv/vms(/.*)?' &&")
        );
        assert_eq!(judge("system_u:object_r:nfs_t:s0", Some(true)), None);
        assert_eq!(judge("system_u:object_r:nfs_t:s0", None), None);
        let check = judge("system_u:object_r:nfs_t:s0", Some(false)).unwrap();
        assert_eq!(check.remedy.unwrap(), "setsebool -P virt_use_nfs on");
    }

    #[test]
    fn a_host_without_libvirt_is_not_judged() {
        let empty = tempfile::tempdir().unwrap();
        let check = access(empty.path(), Selinux(empty.path()), &[]);
        assert_eq!(check.verdict, Verdict::NotChecked);
    }

    #[test]
    fn the_user_that_qemu_conf_names_is_the_one_who_is_judged() {
        let root = tempfile::tempdir().unwrap();
        chmod(root.path(), 0o700);
        fs::write(root.path().join("qemu.conf"), "user = \"nobody\"\n").unwrap();
        let folders = [root.path().to_owned()];
        let check = access(root.path(), Selinux(root.path()), &folders);
        assert!(check.found.contains("QEMU as nobody"), "{}", check.found);
        chmod(root.path(), 0o755);
        let check = access(root.path(), Selinux(root.path()), &folders);
        assert_eq!(check.verdict, Verdict::Ok, "{}", check.found);
    }
}
