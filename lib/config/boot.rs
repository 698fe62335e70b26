//! `[boot]`.

use std::path::PathBuf;

use serde::Deserialize;

/// `[boot]`: the kernel that a machine boots.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Boot {
    /// Kernel that machines boot.
    pub kernel: BootsFrom,
    /// Folder of the releases that this hypervisor has at hand.
    pub releases: PathBuf,
    /// Folder of the kernels that the hypervisor loads, one link for each machine.
    pub folder: PathBuf,
}

/// Kernel that machines boot.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BootsFrom {
    /// Their own disk's. A machine whose description loads its kernel from [`Boot::folder`] boots its
    /// release's all the same.
    #[default]
    Own,
    /// Their release's, which the hypervisor loads. A machine whose description does not is refused.
    Direct,
    /// Their release's, which is written into their own `/boot`. A machine whose description loads its
    /// kernel from [`Boot::folder`] boots that.
    Child,
}

impl Default for Boot {
    fn default() -> Self {
        Self {
            kernel: BootsFrom::default(),
            releases: "/var/lib/osgraft/releases".into(),
            folder: "/var/lib/osgraft/boot".into(),
        }
    }
}
