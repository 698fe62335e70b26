//! `[hook]`.

use std::path::PathBuf;

use regex::Regex;
use serde::Deserialize;

use super::error::ConfigError;
use super::line::{line_of_pattern, one_line};

/// `[hook]`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Hook {
    /// Time that the hook may take, in seconds.
    pub deadline_s: u64,
    /// Policy for a machine that cannot be prepared, where nothing nearer says so.
    pub on_failure: OnFailure,
    /// Patterns of domain names, the first that matches decides.
    pub vms: Vec<HookVm>,
    /// Folders of Proxmox that the hook reads: `[hook.proxmox]`.
    pub proxmox: HookProxmox,
    /// Folders of libvirt's own that osgraft reads: `[hook.libvirt]`.
    pub libvirt: HookLibvirt,
}

/// `[hook.libvirt]`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct HookLibvirt {
    /// Folders of libvirt's storage pools, one `NAME.xml` each. The first that has a pool decides.
    pub pools: Vec<PathBuf>,
    /// Folders of the memories that `virsh managedsave` keeps.
    pub saved: Vec<PathBuf>,
    /// Folders of the descriptions of snapshots, `NAME/SNAPSHOT.xml`.
    pub snapshots: Vec<PathBuf>,
}

/// `[hook.proxmox]`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct HookProxmox {
    /// The folder of the VMs' configurations, `VMID.conf`.
    pub conf: PathBuf,
    /// The storages' configuration.
    pub storage: PathBuf,
}

/// One `[[hook.vm]]`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HookVm {
    /// Pattern of the domains.
    pub pattern: Regex,
    /// Policy for one that cannot be prepared.
    pub on_failure: OnFailure,
}

/// Policy for a domain that cannot be prepared.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OnFailure {
    /// It does not start.
    #[default]
    Refuse,
    /// It starts as it is.
    StartUnprepared,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FileHook {
    pub(super) deadline_s: u64,
    pub(super) on_failure: OnFailure,
    pub(super) vm: Vec<FileVm>,
    pub(super) proxmox: HookProxmox,
    pub(super) libvirt: HookLibvirt,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileVm {
    #[serde(rename = "match")]
    pub(super) pattern: String,
    pub(super) on_failure: Option<OnFailure>,
}

impl HookVm {
    /// Domains that a pattern matches, and what becomes of one that cannot be prepared.
    pub fn new(pattern: Regex, on_failure: OnFailure) -> Self {
        Self {
            pattern,
            on_failure,
        }
    }
}

impl HookProxmox {
    /// The folder of the VMs' configurations, and the storages' configuration.
    pub fn at(conf: impl Into<PathBuf>, storage: impl Into<PathBuf>) -> Self {
        Self {
            conf: conf.into(),
            storage: storage.into(),
        }
    }
}

impl Default for FileHook {
    fn default() -> Self {
        Self {
            deadline_s: 30,
            on_failure: OnFailure::default(),
            vm: Vec::new(),
            proxmox: HookProxmox::default(),
            libvirt: HookLibvirt::default(),
        }
    }
}

impl Default for HookLibvirt {
    /// The system's libvirt: the pools that are active, then those that are configured.
    fn default() -> Self {
        Self {
            pools: vec!["/run/libvirt/storage".into(), "/etc/libvirt/storage".into()],
            saved: vec!["/var/lib/libvirt/qemu/save".into()],
            snapshots: vec!["/var/lib/libvirt/qemu/snapshot".into()],
        }
    }
}

impl Default for HookProxmox {
    fn default() -> Self {
        Self {
            conf: "/etc/pve/qemu-server".into(),
            storage: "/etc/pve/storage.cfg".into(),
        }
    }
}

/// Content of an empty file.
impl Default for Hook {
    fn default() -> Self {
        let file = FileHook::default();
        Self {
            deadline_s: file.deadline_s,
            on_failure: file.on_failure,
            vms: Vec::new(),
            proxmox: file.proxmox,
            libvirt: file.libvirt,
        }
    }
}

/// The settings of a file.
pub(super) fn hook(file: FileHook, text: &str, origin: &str) -> Result<Hook, ConfigError> {
    let vm = |(number, vm): (usize, FileVm)| {
        let pattern = Regex::new(&vm.pattern).map_err(|error| ConfigError::Pattern {
            origin: origin.to_owned(),
            line: line_of_pattern(text, number),
            why: one_line(error.to_string().lines().last().unwrap_or_default()),
            pattern: crate::path::escape(vm.pattern.as_bytes()),
        })?;
        Ok(HookVm {
            pattern,
            on_failure: vm.on_failure.unwrap_or(file.on_failure),
        })
    };
    Ok(Hook {
        deadline_s: file.deadline_s,
        on_failure: file.on_failure,
        vms: (file.vm.into_iter().enumerate().map(vm)).collect::<Result<_, _>>()?,
        proxmox: file.proxmox,
        libvirt: file.libvirt,
    })
}
