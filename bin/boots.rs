//! The kernels that this hypervisor loads itself.

use std::path::Path;

use osgraft::config::{Boot, BootsFrom, Config};
use osgraft::prepare::Report;
use osgraft::registry::BootKernel;
use osgraft::share::ShareError;
use osgraft::share::boot::{BootError, BootFolder, BootReleases, Pointed};

/// Kernels of the releases at hand, and the links of the machines that boot them.
#[derive(Clone, Debug)]
pub(crate) struct Boots {
    pub(crate) releases: BootReleases,
    pub(crate) folder: BootFolder,
}

impl Boots {
    pub(crate) fn of(config: &Config) -> Self {
        let Boot {
            releases, folder, ..
        } = &config.boot;
        Self {
            releases: BootReleases::at(releases),
            folder: BootFolder::at(folder),
        }
    }

    /// True where the configuration has every machine boot the kernel of its release.
    pub(crate) fn are_everyones(config: &Config) -> bool {
        config.boot.kernel == BootsFrom::Direct
    }

    /// True where the configuration has the kernels of releases written into the children.
    pub(crate) fn are_childrens(config: &Config) -> bool {
        config.boot.kernel == BootsFrom::Child
    }

    pub(crate) fn kernels(&self) -> Result<Vec<BootKernel>, BootError> {
        self.releases.kernels()
    }

    /// That a machine's name can name its link. Asked before a disk is changed.
    pub(crate) fn require_name(&self, machine: &str) -> Result<(), BootError> {
        self.folder.files(machine).map(drop)
    }

    /// The same for the machine of a disk.
    pub(crate) fn require_name_of_disk(
        &self,
        machine: Option<&str>,
        disk: &Path,
    ) -> Result<(), ShareError> {
        Ok(self.require_name(machine.unwrap_or(&stem(disk)))?)
    }

    /// Points the machine of a disk at its kernel. Without a name it is known by its disk's, without the ending.
    pub(crate) fn point_of_disk(
        &self,
        machine: Option<&str>,
        report: &Report,
    ) -> Result<Pointed, ShareError> {
        Ok(self.point(machine.unwrap_or(&stem(&report.child)), report)?)
    }

    /// Points a machine at the kernel of the server that its disk was prepared for.
    pub(crate) fn point(&self, machine: &str, report: &Report) -> Result<Pointed, BootError> {
        let server = report.server.as_ref();
        let server = server.ok_or_else(|| BootError::NoRelease {
            server: String::new(),
        })?;
        self.releases.point(&self.folder, machine, server)
    }
}

/// Name of a disk's machine where none is said: the disk's, without its ending.
fn stem(disk: &Path) -> String {
    let stem = disk.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
