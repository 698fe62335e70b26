//! The configuration file.
//!
//! ```
//! let config = osgraft::config::Config::parse(
//!     r#"
//!     [registry]
//!     file = "/etc/osgraft/servers.toml"
//!     "#,
//!     "config.toml",
//! )?;
//! assert_eq!(config.share.mount_point().to_string(), "/shared");
//! # Ok::<(), osgraft::config::ConfigError>(())
//! ```

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::codes::Allowed;
use crate::graft::Share;
use crate::image::Masters;
use crate::pool::Pool;

mod boot;
mod error;
mod hook;
mod identity;
mod line;
mod pool;
mod registry;
mod salvage;
mod share;

use hook::FileHook;
use identity::FileIdentity;
use line::{line_of, one_line, with_nearest};
use pool::FilePool;
use registry::FileRegistry;
use share::FileShare;

pub use boot::{Boot, BootsFrom};
pub use error::{ConfigError, MAX_BYTES};
pub use hook::{Hook, HookLibvirt, HookProxmox, HookVm, OnFailure};
pub use identity::IdentityDefaults;
pub use registry::EtcdRegistry;
pub use salvage::Salvage;

/// Content of a configuration file. Every key has a default but the registry's place, which the
/// caller may know from elsewhere.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The share that children get: `[share]`.
    pub share: Share,
    /// The registry's file: `registry.file`; `None` when not set.
    pub registry: Option<PathBuf>,
    /// The registry in etcd: `registry.etcd` and what is needed to be let in. Without servers where the
    /// file names none. The library does not ask them.
    pub etcd: EtcdRegistry,
    /// The masters that children may have: `images.masters`; `None` when not set.
    pub masters: Option<Masters>,
    /// Preflight blockers that are to be warnings: `preflight.allow`.
    pub allowed: Allowed,
    /// Unpack a guest's initramfs where its module tree lacks what the mount needs: `preflight.deep`.
    pub deep: bool,
    /// Kernel that machines boot: `[boot]`.
    pub boot: Boot,
    /// Settings of the hypervisor's hook: `[hook]`.
    pub hook: Hook,
    /// Parts of identities that nothing nearer says: `[identity]`.
    pub identity: IdentityDefaults,
    /// The pools of addresses: `[[pool]]`.
    pub pools: Vec<Pool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRoot {
    #[serde(default)]
    share: FileShare,
    #[serde(default)]
    registry: FileRegistry,
    #[serde(default)]
    images: FileImages,
    #[serde(default)]
    preflight: FilePreflight,
    #[serde(default)]
    boot: Boot,
    #[serde(default)]
    hook: FileHook,
    #[serde(default)]
    identity: FileIdentity,
    #[serde(default)]
    pool: Vec<FilePool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileImages {
    masters: Option<Vec<PathBuf>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FilePreflight {
    allow: Allowed,
    deep: bool,
}

/// Content of an empty file.
impl Default for Config {
    fn default() -> Self {
        Self::parse("", "the defaults").expect("an empty file is valid")
    }
}

impl Config {
    /// Reads a configuration file. Relative paths in it start from its own folder.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        Self::from_text(path, File::open(path).and_then(bounded))
    }

    /// The same for the hook, where nobody is there to wait: a FIFO or a device is an error. So is a file
    /// without any key: that is what a full disk or an editor that died leaves.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read_at_once(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let read = || {
            let file = OpenOptions::new()
                .read(true)
                .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
                .open(path)?;
            let kind = file.metadata()?.file_type();
            if kind.is_fifo() {
                return Err(io::Error::other("it is a FIFO"));
            }
            if !kind.is_file() {
                return Err(io::Error::other("it is not a regular file"));
            }
            let text = bounded(file)?;
            let is_key = |line: &str| !line.trim().is_empty() && !line.trim().starts_with('#');
            if !text.lines().any(is_key) {
                return Err(io::Error::other("it is empty"));
            }
            Ok(text)
        };
        Self::from_text(path, read())
    }

    fn from_text(path: &Path, text: io::Result<String>) -> Result<Self, ConfigError> {
        let text = text.map_err(|source| match source.kind() {
            io::ErrorKind::FileTooLarge => ConfigError::TooLarge(path.to_owned()),
            _ => ConfigError::Unreadable {
                path: path.to_owned(),
                source,
            },
        })?;
        let mut config = Self::parse(&text, &path.display().to_string())?;
        let folder = path.parent().unwrap_or(Path::new(""));
        config.registry = config.registry.map(|file| folder.join(file));
        config.etcd = config.etcd.in_folder(folder);
        config.masters = config.masters.map(|masters| masters.from_folder(folder));
        for place in [&mut config.boot.releases, &mut config.boot.folder] {
            *place = folder.join(&*place);
        }
        let libvirt = &mut config.hook.libvirt;
        for places in [
            &mut libvirt.pools,
            &mut libvirt.saved,
            &mut libvirt.snapshots,
        ] {
            for place in places {
                *place = folder.join(&*place);
            }
        }
        Ok(config)
    }

    /// Reads a configuration's text; `origin` names it in errors.
    ///
    /// # Errors
    /// [`ConfigError`], but for [`ConfigError::Unreadable`].
    pub fn parse(text: &str, origin: &str) -> Result<Self, ConfigError> {
        let file: FileRoot =
            toml_edit::de::from_str(text).map_err(|error| ConfigError::Syntax {
                origin: origin.to_owned(),
                line: error.span().map_or(1, |span| line_of(text, span.start)),
                why: with_nearest(&one_line(error.message())),
            })?;
        let pools = pool::pools(&file.pool, text, origin)?;
        Ok(Self {
            share: share::share(&file.share, text, origin)?,
            registry: file.registry.file.clone(),
            etcd: file.registry.etcd(),
            masters: file.images.masters.map(Masters::under),
            allowed: file.preflight.allow,
            deep: file.preflight.deep,
            boot: file.boot,
            hook: hook::hook(file.hook, text, origin)?,
            identity: identity::defaults(file.identity, &pools, text, origin)?,
            pools,
        })
    }
}

/// A file's text; [`io::ErrorKind::FileTooLarge`] beyond [`MAX_BYTES`].
fn bounded(file: File) -> io::Result<String> {
    let mut text = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut text)?;
    if text.len() > MAX_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    String::from_utf8(text).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let error = Config::parse(text, "config.toml").unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error}");
        error
    }

    #[test]
    fn the_registry_alone_is_enough() {
        let config = Config::parse("registry.file = \"s.toml\"", "config.toml").unwrap();
        assert_eq!(config.registry.as_deref(), Some(Path::new("s.toml")));
        assert!(config.masters.is_none());
        assert_eq!(config.hook.deadline_s, 30);
        assert!(config.pools.is_empty() && config.identity.ask.is_empty());
    }

    #[test]
    fn nothing_at_all_is_the_default() {
        let config = Config::default();
        assert_eq!(config.registry, None);
        assert_eq!(config.share.links().iter().count(), 1);
        assert!(Config::parse("", "config.toml").unwrap().masters.is_none());
    }

    #[test]
    fn what_fails_and_where_proxmox_is_can_be_said() {
        let text = "[hook]\non_failure = \"start-unprepared\"\n[hook.proxmox]\nconf = \"/c\"\n\
            [[hook.vm]]\nmatch = \"a\"\n[[hook.vm]]\nmatch = \"b\"\non_failure = \"refuse\"\n";
        let hook = Config::parse(text, "config.toml").unwrap().hook;
        let policies: Vec<_> = hook.vms.iter().map(|vm| vm.on_failure).collect();
        assert_eq!(policies, [OnFailure::StartUnprepared, OnFailure::Refuse]);
        assert_eq!(hook.proxmox.conf, Path::new("/c"));
        assert_eq!(hook.proxmox.storage, Path::new("/etc/pve/storage.cfg"));
    }

    #[test]
    fn where_libvirt_keeps_its_files_can_be_said() {
        let usual = Config::default().hook.libvirt;
        assert_eq!(usual.saved, [Path::new("/var/lib/libvirt/qemu/save")]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, "hook.libvirt.pools = [\"pools\", \"/p\"]\n").unwrap();
        let libvirt = Config::read(&file).unwrap().hook.libvirt;
        assert_eq!(libvirt.pools, [folder.path().join("pools"), "/p".into()]);
        assert_eq!(libvirt.saved, usual.saved);
    }

    #[test]
    fn a_registry_in_etcd_has_a_prefix_and_keys_beside_the_configuration() {
        assert!(Config::default().etcd.servers.is_empty());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let text = "[registry]\netcd = [\"https://a\"]\nca = \"ca.pem\"\nuser = \"os\"\n";
        std::fs::write(&file, text).unwrap();
        let etcd = Config::read(&file).unwrap().etcd;
        assert_eq!(
            (&etcd.servers[..], etcd.prefix.as_str()),
            (&["https://a".to_owned()][..], "osgraft")
        );
        assert_eq!(etcd.ca, Some(folder.path().join("ca.pem")));
        assert_eq!(
            (etcd.user.as_deref(), etcd.password_file),
            (Some("os"), None)
        );
    }

    #[test]
    fn what_is_too_large_or_no_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let head = "registry.file = \"s\"\n#";
        let most = format!("{head}{}", "a".repeat(MAX_BYTES - head.len()));
        std::fs::write(&file, &most).unwrap();
        assert!(Config::read(&file).is_ok() && Config::read_at_once(&file).is_ok());
        std::fs::write(&file, most + "a").unwrap();
        for read in [Config::read(&file), Config::read_at_once(&file)] {
            let error = read.unwrap_err();
            assert!(matches!(error, ConfigError::TooLarge(_)), "{error}");
        }
        let endless = Config::read("/dev/zero").unwrap_err();
        assert!(matches!(endless, ConfigError::TooLarge(_)), "{endless}");
        for device in ["/dev/zero", "/dev/null"] {
            let told = Config::read_at_once(device).unwrap_err().to_string();
            assert!(told.contains("it is not a regular file"), "{told}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        assert!(refused("[share]\nmount_pont = \"/x\"\n").starts_with("config.toml:2: "));
        assert!(refused("[share]\nmount_point = 7\n").starts_with("config.toml:2: "));
        assert!(refused("[share\n").starts_with("config.toml:1: "));
        for (text, told) in [
            (
                "[share]\nmount_point = \"x\"\n",
                "config.toml:2: share.mount_point: ",
            ),
            (
                "[share]\n\noptions = \"ro,softt\"\n",
                "config.toml:3: share.options: ",
            ),
            (
                "share.options = \"timeo\"\n",
                "config.toml:1: share.options: ",
            ),
            (
                "[share]\nlinks = [\n{ at = \"/a\", to = \"a\" },\n{ at = \"/b\", to = \"/b\" },\n]\n",
                "config.toml:4: share.links: ",
            ),
            (
                "[[share.links]]\nat = \"/a\"\nto = \"a\"\n[[share.links]]\nat = \"/a/b\"\nto = \"b\"\n",
                "config.toml:4: share.links: ",
            ),
        ] {
            let error = refused(text);
            assert!(error.starts_with(told), "{error}");
        }
        assert!(refused("[share]\nmount_point = \"x\"\n").contains("not absolute"));
        let bad = "registry.file = \"s\"\n[[hook.vm]]\nmatch = \"(\"\n";
        let told = refused(bad);
        assert!(
            told.starts_with("config.toml:3: ") && told.contains("“(”"),
            "{told}"
        );
        let second = "[[hook.vm]]\nmatch = \"a\"\n\n[[hook.vm]]\n# odd\nmatch = \"a\\nb[\"\n";
        let told = refused(second);
        assert!(told.starts_with("config.toml:6: "), "{told}");
        let inline = "[hook]\nvm = [\n{ match = \"a\" },\n{ match = \"[\" },\n]\n";
        assert!(refused(inline).starts_with("config.toml:4: "));
    }

    #[test]
    fn a_code_that_cannot_be_allowed_is_told_with_its_line() {
        let head = "registry.file = \"s\"\n[preflight]\nallow = [\n";
        let config = Config::parse(&format!("{head}\"module-blocked\",\n]\n"), "c").unwrap();
        assert!(config.allowed.iter().eq(["module-blocked"]));
        assert!(Config::default().allowed.is_empty());
        assert!(!config.deep);
        let deep = Config::parse("registry.file = \"s\"\npreflight.deep = true\n", "c").unwrap();
        assert!(deep.deep);
        for (code, part) in [
            ("nfs-client-mising", "did you mean “nfs-client-missing”?"),
            ("windows", "“windows” cannot be allowed"),
            ("intr-ignored", "not a preflight blocker"),
        ] {
            let told = refused(&format!("{head}\"module-blocked\",\n\"{code}\",\n]\n"));
            assert!(told.starts_with("config.toml:5: "), "{told}");
            assert!(told.contains(part), "{told}");
        }
        assert!(refused("preflight.alow = []\n").contains("did you mean “allow”?"));
    }

    #[test]
    fn a_mistyped_key_is_told_with_the_one_that_was_meant() {
        for (text, line, meant) in [
            ("[[hook.vms]]\nmatch = \"a\"\n", 1, "“vm”"),
            ("[hook]\n[[hook.vm]]\nmach = \"a\"\n", 3, "“match”"),
            ("[hook]\non_failur = \"refuse\"\n", 2, "“on_failure”"),
            ("[[hok.vm]]\nmatch = \"a\"\n", 1, "“hook”"),
            ("[hook]\non_failure = \"refse\"\n", 2, "“refuse”"),
            ("[hook.proxmox]\nstorag = \"/a\"\n", 2, "“storage”"),
        ] {
            let told = refused(text);
            assert!(told.starts_with(&format!("config.toml:{line}: ")), "{told}");
            assert!(told.contains(&format!("did you mean {meant}?")), "{told}");
        }
        assert!(!refused("[hook]\nzzzzzz = 1\n").contains("did you mean"));
    }
}
