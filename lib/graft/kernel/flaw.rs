//! Reasons why a guest cannot be given a kernel.

use crate::path::{GuestPath, escape};

/// A guest that cannot be given the kernel of a release. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KernelFlaw {
    /// No boot loader that osgraft can give an entry.
    #[error(
        "the guest has no boot loader that osgraft can give an entry ({why}): use boot.kernel = \"direct\", or give the master a GRUB whose grub.cfg takes in custom.cfg"
    )]
    Loader {
        /// The obstacle.
        why: String,
    },
    /// The default entry is in a form that cannot be copied.
    #[error(
        "{path}: the entry that starts {image} cannot be copied for another kernel: use boot.kernel = \"direct\", or make grub.cfg anew in the master (update-grub)",
        image = escape(.image)
    )]
    Entry {
        /// The boot loader's configuration.
        path: GuestPath,
        /// Name of its kernel.
        image: Vec<u8>,
    },
    /// Something stands where the kernel or its entry is to be.
    #[error(
        "{path} {what}, where osgraft is to keep a kernel or its entry: move it away in the master"
    )]
    InTheWay {
        /// The place.
        path: GuestPath,
        /// The obstacle.
        what: &'static str,
    },
    /// The files are larger than osgraft writes into a child.
    #[error(
        "kernel {kernel} of release {release} takes {size} bytes with its initramfs, and at most {limit} are written into a child: make the initramfs smaller (MODULES=dep, dracut --hostonly), or use boot.kernel = \"direct\""
    )]
    Size {
        /// The release.
        release: String,
        /// The kernel's release.
        kernel: String,
        /// Bytes of all of it.
        size: u64,
        /// The bound in bytes.
        limit: u64,
    },
    /// A name that a boot loader would read otherwise.
    #[error(
        "“{}” cannot stand in a boot loader's entry: a kernel's name has letters, digits, “.”, “_”, “+”, “~” and “-”", escape(.name.as_bytes())
    )]
    Name {
        /// The kernel's release.
        name: String,
    },
}

impl KernelFlaw {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Loader { .. } => "child-boot-loader",
            Self::Entry { .. } => "child-boot-entry",
            Self::InTheWay { .. } => "child-boot-in-the-way",
            Self::Size { .. } => "child-boot-size",
            Self::Name { .. } => "child-boot-name",
        }
    }
}
