//! Copies of the last sound configuration, as far as it says who takes part.
//!
//! A configuration can break: a slip of an editor, a file that is gone. Who takes part is then told
//! by a copy of what decides that, which each call of the hook keeps as long as the configuration is
//! sound. The copy is root's own; it is written only when what it says has changed.
//!
//! A copy has two readers. For osgraft its last line is JSON. For the installed script, which has to
//! do without osgraft when that is gone, the lines before that are `on-failure refuse|start`,
//! `conf FOLDER`, `vm refuse|start|unknown PATTERN` in their order, with patterns as grep takes them, and `end`.

use std::io;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ere;
use crate::config::{Hook, HookProxmox, HookVm, OnFailure};
use crate::host::{Cause, PrivateFolder, PrivateFolderError};

/// First line of a copy. The number is that of its form.
const HEAD: &str = "# osgraft: who takes part, kept 1";
/// Default folder of the copies.
pub(super) const FOLDER: &str = "/var/lib/osgraft/hook";
/// Folder above it, which may hold masters that QEMU must reach.
const SHARED: &str = "/var/lib/osgraft";
/// Most bytes of a copy.
const MOST: u64 = 4 << 20;

/// Folder of the copies, one for each configuration file.
#[derive(Clone, Debug)]
pub struct Kept {
    folder: PathBuf,
}

/// Reason for which a copy cannot be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeptError {
    /// The folder cannot be had, or others may write to it.
    #[error("the last sound configuration: {0}")]
    Folder(#[from] PrivateFolderError),
    /// The copy cannot be written or read.
    #[error("the last sound configuration: {}: {}; remove that file", .path.display(), Cause::at(.path, .source))]
    Io {
        /// The copy.
        path: PathBuf,
        /// The host's error.
        source: io::Error,
    },
    /// It is no copy of this osgraft's.
    #[error("the last sound configuration: {} is not of this osgraft's form; remove that file", .0.display())]
    Form(PathBuf),
}

/// A sound configuration has no `[[hook.vm]]`, and the last one had some. A file that was truncated
/// at the end of a line looks like that.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "{}: it has no [[hook.vm]], and the last sound configuration had {count}: restore them, or run “osgraft hook install libvirt” (or “proxmox”) with this configuration if no machine is to take part by its name any more",
    .path.display()
)]
#[non_exhaustive]
pub struct PatternsGone {
    /// The configuration.
    pub path: PathBuf,
    /// Patterns of the last sound configuration.
    pub count: usize,
}

#[derive(Debug, Deserialize, Serialize)]
struct Copy {
    on_failure: Word,
    vm: Vec<(String, Word)>,
    conf: PathBuf,
    storage: PathBuf,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Refuse,
    Start,
}

impl Default for Kept {
    /// Those in `/var/lib/osgraft/hook`.
    fn default() -> Self {
        Self::under(FOLDER)
    }
}

impl Kept {
    /// Those in a folder, which is made when it is needed.
    pub fn under(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The copy that belongs to a configuration file.
    pub fn path(&self, config: &Path) -> PathBuf {
        self.folder.join(name_of(config))
    }

    /// Keeps what a sound configuration file says; whether that is something new.
    ///
    /// # Errors
    /// [`KeptError`]; nothing is kept then, and what was kept before stays.
    pub fn keep(&self, config: &Path, hook: &Hook) -> Result<bool, KeptError> {
        if self.folder == Path::new(FOLDER) {
            make_shared();
        }
        let folder = PrivateFolder::make(&self.folder)?;
        self.put(&folder, config, hook)
    }

    /// The same where the folder is there; it is not made for the sake of a machine that takes no part.
    ///
    /// # Errors
    /// As for [`keep`](Self::keep).
    pub fn keep_if_there(&self, config: &Path, hook: &Hook) -> Result<bool, KeptError> {
        match PrivateFolder::open(&self.folder)? {
            Some(folder) => self.put(&folder, config, hook),
            None => Ok(false),
        }
    }

    fn put(&self, folder: &PrivateFolder, config: &Path, hook: &Hook) -> Result<bool, KeptError> {
        let text = text_of(config, hook);
        let name = name_of(config);
        // One that cannot be read is written anew.
        if folder.read(&name, MOST).ok().flatten().as_deref() == Some(text.as_bytes()) {
            return Ok(false);
        }
        let written = folder.write(&name, text.as_bytes());
        written.map_err(|source| KeptError::Io {
            path: self.path(config),
            source,
        })?;
        Ok(true)
    }

    /// Holds a sound configuration against the copy. A copy that cannot be read, or is not there,
    /// says nothing against it.
    ///
    /// # Errors
    /// [`PatternsGone`]; [`Kept::keep`] takes such a configuration all the same.
    pub fn check(&self, config: &Path, hook: &Hook) -> Result<(), PatternsGone> {
        if !hook.vms.is_empty() {
            return Ok(());
        }
        match self.last(config) {
            Ok(Some(last)) if !last.vms.is_empty() => Err(PatternsGone {
                path: config.to_owned(),
                count: last.vms.len(),
            }),
            _ => Ok(()),
        }
    }

    /// Reads the copy that belongs to a configuration file; `None` where there is none.
    ///
    /// # Errors
    /// [`KeptError`]: what is there is not trusted, or not understood.
    pub fn last(&self, config: &Path) -> Result<Option<Hook>, KeptError> {
        let Some(folder) = PrivateFolder::open(&self.folder)? else {
            return Ok(None);
        };
        let path = || self.path(config);
        let bytes = folder
            .read(&name_of(config), MOST)
            .map_err(|source| KeptError::Io {
                path: path(),
                source,
            })?;
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        let hook = std::str::from_utf8(&bytes).ok().and_then(hook_of);
        hook.map(Some).ok_or_else(|| KeptError::Form(path()))
    }
}

/// A copy's file: the configuration's path from the root decides it.
fn name_of(config: &Path) -> String {
    let config = std::path::absolute(config).unwrap_or_else(|_| config.to_owned());
    let digest = Sha256::digest(config.as_os_str().as_encoded_bytes());
    let digits: String = digest[..8].iter().map(|b| format!("{b:02x}")).collect();
    format!("{digits}.last")
}

/// Makes the folder that holds more than osgraft's own, so that QEMU may look into it.
fn make_shared() {
    use std::os::unix::fs::PermissionsExt;

    // What fails here is told by what follows.
    if std::fs::create_dir(SHARED).is_ok() {
        let mode = std::fs::Permissions::from_mode(0o755);
        let _ = std::fs::set_permissions(SHARED, mode);
    }
}

fn text_of(config: &Path, hook: &Hook) -> String {
    let shown = crate::path::escape(config.as_os_str().as_encoded_bytes());
    let mut text = format!("{HEAD}\n# of {shown}\n");
    text.push_str(match hook.on_failure {
        OnFailure::StartUnprepared => "on-failure start\n",
        OnFailure::Refuse => "on-failure refuse\n",
    });
    let conf = hook.proxmox.conf.to_str();
    if let Some(conf) = conf.filter(|conf| !conf.contains('\n')) {
        text.push_str(&format!("conf {conf}\n"));
    }
    for vm in &hook.vms {
        let line = match (ere::for_grep(vm.pattern.as_str()), vm.on_failure) {
            (None, _) => "unknown".to_owned(),
            (Some(pattern), OnFailure::StartUnprepared) => format!("start {pattern}"),
            (Some(pattern), _) => format!("refuse {pattern}"),
        };
        text.push_str(&format!("vm {line}\n"));
    }
    let copy = Copy {
        on_failure: Word::of(hook.on_failure),
        vm: hook
            .vms
            .iter()
            .map(|vm| (vm.pattern.to_string(), Word::of(vm.on_failure)))
            .collect(),
        conf: hook.proxmox.conf.clone(),
        storage: hook.proxmox.storage.clone(),
    };
    // Paths that are not text cannot stand in JSON; TOML has none.
    let json = serde_json::to_string(&copy).unwrap_or_default();
    text.push_str(&format!("end\n{json}\n"));
    text
}

fn hook_of(text: &str) -> Option<Hook> {
    let (head, json) = text.strip_suffix('\n')?.rsplit_once("\nend\n")?;
    if head.lines().next()? != HEAD {
        return None;
    }
    let copy: Copy = serde_json::from_str(json).ok()?;
    let vms = copy
        .vm
        .into_iter()
        .map(|(pattern, word)| Some(HookVm::new(Regex::new(&pattern).ok()?, word.into())));
    Some(Hook {
        on_failure: copy.on_failure.into(),
        vms: vms.collect::<Option<_>>()?,
        proxmox: HookProxmox::at(copy.conf, copy.storage),
        ..Hook::default()
    })
}

impl Word {
    fn of(on_failure: OnFailure) -> Self {
        match on_failure {
            OnFailure::StartUnprepared => Self::Start,
            OnFailure::Refuse => Self::Refuse,
        }
    }
}

impl From<Word> for OnFailure {
    fn from(word: Word) -> Self {
        match word {
            Word::Start => Self::StartUnprepared,
            Word::Refuse => Self::Refuse,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::config::Config;

    fn hook(more: &str) -> Hook {
        let text = format!(
            "[hook]\n{more}\n[hook.proxmox]\nconf = \"/c d\"\n[[hook.vm]]\nmatch = \"^web-\\\\d\"\n\
             [[hook.vm]]\nmatch = \"\\\\bdb\"\non_failure = \"start-unprepared\"\n"
        );
        Config::parse(&text, "c").unwrap().hook
    }

    #[test]
    fn what_is_kept_comes_back_and_is_written_once() {
        let root = tempfile::tempdir().unwrap();
        let kept = Kept::under(root.path().join("kept"));
        let config = Path::new("/etc/a.toml");
        assert!(kept.last(config).unwrap().is_none());
        assert!(!kept.folder().exists(), "a look makes nothing");
        assert!(kept.keep(config, &hook("")).unwrap());
        assert!(!kept.keep(config, &hook("deadline_s = 7")).unwrap());
        let back = kept.last(config).unwrap().unwrap();
        let shown = |hook: &Hook| format!("{:?}", (&hook.vms, &hook.proxmox, hook.on_failure));
        assert_eq!(shown(&back), shown(&hook("")));
        assert!(
            kept.keep(config, &hook("on_failure = \"start-unprepared\""))
                .unwrap()
        );
        assert_eq!(
            kept.last(config).unwrap().unwrap().on_failure,
            OnFailure::StartUnprepared
        );
        // Another file's is another.
        assert!(kept.last(Path::new("/etc/b.toml")).unwrap().is_none());
        let mode = fs::metadata(kept.path(config))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_configuration_without_patterns_is_doubted_where_the_last_one_had_some() {
        let root = tempfile::tempdir().unwrap();
        let kept = Kept::under(root.path().join("kept"));
        let config = Path::new("/etc/a.toml");
        let none = Hook::default();
        assert_eq!(kept.check(config, &none), Ok(()));
        kept.keep(config, &none).unwrap();
        assert_eq!(kept.check(config, &none), Ok(()));
        kept.keep(config, &hook("")).unwrap();
        assert_eq!(kept.check(config, &hook("")), Ok(()));
        let error = kept.check(config, &none).unwrap_err();
        assert_eq!((&*error.path, error.count), (config, 2));
        let told = error.to_string();
        assert!(
            told.starts_with("/etc/a.toml: it has no [[hook.vm]]"),
            "{told}"
        );
        // An installation confirms it.
        kept.keep(config, &none).unwrap();
        assert_eq!(kept.check(config, &none), Ok(()));
    }

    #[test]
    fn a_script_can_read_it_too() {
        let text = text_of(Path::new("/etc/a.toml"), &hook(""));
        let lines: Vec<&str> = text.lines().take(7).collect();
        let head = ["# of /etc/a.toml", "on-failure refuse", "conf /c d"];
        assert_eq!(lines[1..4], head);
        assert!(lines[4].starts_with("vm refuse ^web-("), "{}", lines[4]);
        assert_eq!(lines[5..], ["vm unknown", "end"]);
    }

    #[test]
    fn what_others_may_write_or_what_is_torn_is_not_believed() {
        let root = tempfile::tempdir().unwrap();
        let kept = Kept::under(root.path().join("kept"));
        let config = Path::new("/etc/a.toml");
        kept.keep(config, &hook("")).unwrap();
        let path = kept.path(config);
        let whole = fs::read_to_string(&path).unwrap();
        for torn in [
            "",
            HEAD,
            &whole[..whole.len() - 2],
            &whole.replace("kept 1", "kept 2"),
        ] {
            fs::write(&path, torn).unwrap();
            let error = kept.last(config).unwrap_err();
            assert!(matches!(error, KeptError::Form(_)), "{error}");
        }
        assert!(kept.keep(config, &hook("")).unwrap(), "it is made anew");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(kept.last(config).is_err());
        assert!(kept.keep(config, &hook("")).unwrap());
        fs::set_permissions(kept.folder(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(kept.last(config), Err(KeptError::Folder(_))));
        assert!(matches!(
            kept.keep(config, &hook("")),
            Err(KeptError::Folder(_))
        ));
    }
}
