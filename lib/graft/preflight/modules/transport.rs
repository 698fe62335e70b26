//! Drivers of file systems that one kernel needs to mount the share and its components.

use super::tree::{State, Tree};
use crate::graft::preflight::sought::Sought;
use crate::guest::GuestError;
use crate::guest::facts::Probe;
use crate::links::Form;
use crate::path::GuestPath;

/// The driver of a file system.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Known {
    /// The type, as fstab names it.
    fs_type: &'static str,
    module: &'static str,
    /// The option of the kernel's configuration.
    config: &'static str,
    /// Options without which a usual image is not read, and what it is then.
    parts: &'static [(&'static str, &'static str)],
}

/// File systems of local shares whose driver a distribution has as a module. The modules that one needs
/// beside it are in `modules.dep`.
const KNOWN: [Known; 9] = [
    Known {
        fs_type: "erofs",
        module: "erofs",
        config: "CONFIG_EROFS_FS",
        parts: &[("CONFIG_EROFS_FS_ZIP", "compressed")],
    },
    Known {
        fs_type: "squashfs",
        module: "squashfs",
        config: "CONFIG_SQUASHFS",
        parts: &[
            ("CONFIG_SQUASHFS_ZSTD", "compressed by zstd"),
            ("CONFIG_SQUASHFS_XATTR", "with extended attributes"),
        ],
    },
    Known {
        fs_type: "virtiofs",
        module: "virtiofs",
        config: "CONFIG_VIRTIO_FS",
        parts: &[],
    },
    Known {
        fs_type: "9p",
        module: "9p",
        config: "CONFIG_9P_FS",
        parts: &[],
    },
    Known {
        fs_type: "ext4",
        module: "ext4",
        config: "CONFIG_EXT4_FS",
        parts: &[],
    },
    Known {
        fs_type: "xfs",
        module: "xfs",
        config: "CONFIG_XFS_FS",
        parts: &[],
    },
    Known {
        fs_type: "btrfs",
        module: "btrfs",
        config: "CONFIG_BTRFS_FS",
        parts: &[],
    },
    Known {
        fs_type: "iso9660",
        module: "isofs",
        config: "CONFIG_ISO9660_FS",
        parts: &[],
    },
    Known {
        fs_type: "overlay",
        module: "overlay",
        config: "CONFIG_OVERLAY_FS",
        parts: &[],
    },
];

/// A driver that the mounts need, as one kernel has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Driver {
    pub(super) fs_type: &'static str,
    pub(super) module: &'static str,
    pub(super) state: State,
    /// The configuration, its line, and what an image is that cannot be read.
    pub(super) unbuilt: Option<(GuestPath, String, &'static str)>,
}

/// The drivers that the share and its components need. NFS is looked at apart.
fn needed(sought: &Sought<'_>) -> Vec<Known> {
    let overlay = sought.has_form(Form::Overlay).then_some(&b"overlay"[..]);
    let types = [Some(sought.entry.vfstype()), overlay];
    let of = |wanted: &[u8]| {
        let mut known = KNOWN.iter();
        known.find(|known| known.fs_type.as_bytes() == wanted)
    };
    types
        .into_iter()
        .flatten()
        .filter_map(of)
        .copied()
        .collect()
}

/// Names of the modules that the mounts need.
pub(super) fn modules(sought: &Sought<'_>) -> Vec<&'static str> {
    needed(sought).iter().map(|known| known.module).collect()
}

/// Reads the drivers of one kernel. A kernel that is `bare` has no tree, so that it loads no module.
pub(super) fn read(
    probe: &mut Probe<'_>,
    tree: &mut Tree<'_>,
    sought: &Sought<'_>,
    bare: bool,
) -> Result<Vec<Driver>, GuestError> {
    let mut found = Vec::new();
    for known in needed(sought) {
        let mut state = tree.state(probe, known.module)?;
        // Without the tree's lists, the kernel's configuration tells.
        if state == State::Unknown {
            let config = known.config;
            if tree.config_says(probe, &format!("{config}=y"))?.is_some() {
                state = State::BuiltIn;
            } else if tree.config_says(probe, &not_set(config))?.is_some()
                || (bare && tree.config_says(probe, &format!("{config}=m"))?.is_some())
            {
                state = State::Lacking;
            }
        }
        let mut unbuilt = None;
        if state.is_there() {
            for (option, image) in known.parts {
                let line = not_set(option);
                if let Some(config) = tree.config_says(probe, &line)? {
                    unbuilt = Some((config, line, *image));
                    break;
                }
            }
        }
        found.push(Driver {
            fs_type: known.fs_type,
            module: known.module,
            state,
            unbuilt,
        });
    }
    Ok(found)
}

fn not_set(option: &str) -> String {
    format!("# {option} is not set")
}
