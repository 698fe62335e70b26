//! Findings about the drivers of a local share and of overlays.

use super::Modules;
use super::transport::Driver;
use super::tree::State;
use crate::graft::preflight::initramfs::Initramfs;
use crate::graft::preflight::sought::Sought;
use crate::graft::preflight::verdict::Preflight;

impl Preflight {
    /// Drivers of file systems that the newest kernel does not find before the share is mounted.
    pub(super) fn transports(&mut self, sought: &Sought<'_>, found: &Modules) {
        let Some(newest) = found.kernels.first() else {
            return;
        };
        for driver in &newest.transports {
            let is_loaded = found
                .initramfs
                .as_ref()
                .is_some_and(|initramfs| initramfs.loads(driver.module));
            if !is_loaded {
                self.transport(sought, found, driver);
            }
            if driver.state != State::BuiltIn {
                self.transport_barred(found, driver);
            }
            if let Some((config, line, image)) = &driver.unbuilt {
                self.warn(
                    "share-image-unread",
                    format!(
                        "kernel {} was built without support for {} images that are {image} \
                         ({config}: “{line}”): make the image without that, or install another kernel",
                        newest.version, driver.fs_type
                    ),
                );
            }
        }
    }

    fn transport(&mut self, sought: &Sought<'_>, found: &Modules, driver: &Driver) {
        let Some(newest) = found.kernels.first() else {
            return;
        };
        let (version, module, fs_type) = (&newest.version, driver.module, driver.fs_type);
        let what = match fs_type {
            "overlay" => "the overlay of a component cannot be mounted".to_owned(),
            _ => format!("the share, whose file system is {fs_type}, cannot be mounted"),
        };
        let image = found.initramfs.as_ref().and_then(Initramfs::image);
        let nor = match image {
            Some(image) => format!(", and {image} does not hold it"),
            None => String::new(),
        };
        let code = "share-driver-unreachable";
        match &driver.state {
            State::There if found.is_parked => self.block(
                code,
                format!(
                    "kernel {version} has {module} as a module, and its tree is on another file system \
                     than the mount point {}, so that {what}{nor}: set share.mount_point to a directory \
                     on that file system, or have the initramfs load {module}",
                    sought.links.mount_point()
                ),
            ),
            State::Gone(file) | State::Dangling(file) => self.block(
                code,
                format!(
                    "kernel {version} needs {file} for {module}, which is not in the child's own tree, \
                     so that {what}{nor}: keep it in that tree, or have the initramfs load {module}"
                ),
            ),
            State::Lacking => {
                let text = format!(
                    "kernel {version} has no module {module} in the child's own tree and does not have \
                     it built in, so that {what}{nor}"
                );
                let has = found.kernels.iter().skip(1).find(|seen| {
                    let mut drivers = seen.transports.iter();
                    drivers.any(|other| other.module == module && other.state.is_there())
                });
                match has {
                    Some(older) => self.warn(
                        code,
                        format!(
                            "{text} (kernel {} has it): install the modules of the newest kernel too, \
                             as linux-modules-extra has them",
                            older.version
                        ),
                    ),
                    None if found.is_thin => self.thin_lacks(version, module),
                    None => self.block(
                        code,
                        format!(
                            "{text}: keep it in that tree, install linux-modules-extra, or serve the \
                             share in another way"
                        ),
                    ),
                }
            }
            State::There | State::BuiltIn | State::Unknown => {}
        }
        if let (State::There, Some(tree), false) =
            (&driver.state, &newest.unindexed, found.is_parked)
        {
            self.block(
                "module-index-missing",
                format!(
                    "{tree} has no modules.dep.bin, which is all that the guest's modprobe (kmod) \
                     reads, so that it does not load {module}: run depmod {version} in the master"
                ),
            );
        }
    }

    fn transport_barred(&mut self, found: &Modules, driver: &Driver) {
        let module = driver.module;
        let bars = found.bars.cards.iter();
        let bars = bars.filter(|(known, _)| *known == module);
        let bars = bars.map(|(_, bar)| (&bar.at, &bar.line, true));
        let words = found.words.iter();
        let words = words.filter(|(known, _)| *known == Some(module));
        let words = words.map(|(_, said)| (&said.at, &said.word, said.is_certain));
        for (at, line, is_certain) in bars.chain(words) {
            let text =
                format!("{at} keeps {module}, which the share needs, from being loaded (“{line}”)");
            match is_certain {
                true => self.block(
                    "module-blocked",
                    format!("{text}, so that it cannot be mounted: remove that in the master"),
                ),
                false => self.warn(
                    "module-blocked",
                    format!(
                        "{text}, though not in the entry that boots by default: remove that in the \
                         master"
                    ),
                ),
            }
        }
    }
}
