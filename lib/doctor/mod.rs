//! Checks of this host: what it can do, and how to fix what it cannot.
//!
//! ```no_run
//! use osgraft::doctor::Doctor;
//!
//! let checkup = Doctor::new("/var/lib/osgraft").config("/etc/osgraft/config.toml").examine();
//! for check in &checkup.checks {
//!     println!("{:12} {}: {}", check.verdict, check.code, check.found);
//! }
//! # assert!(checkup.is_healthy());
//! ```
//!
//! | check | looks at |
//! |---|---|
//! | `folder` | whether an overlay can be made in the image folder |
//! | `locks` | QEMU's image locks and flock there, each met by a second descriptor |
//! | `unnamed-files` | `O_TMPFILE` there |
//! | `sync` | the median time of 20 small durable writes there; more than 20 ms is a warning |
//! | `space` | what is free there; less than 1 GiB or 5 % is a warning |
//! | `libext2fs` | its version |
//! | `worker` | whether the in-process editor can be confined: seccomp, Landlock, another user |
//! | `qemu-img` | its version, and that its `check` knows an overlay of ours |
//! | `config`, `registry`, `masters`, `hook` | how osgraft is set up |
//! | `access` | whether libvirt's QEMU reaches the images: its user, SELinux' labels |
//! | `libguestfs`, `supermin`, `qemu-system`, `kernel` | what the appliance is made of |
//! | `kvm` | whether a guest comes up under it |
//! | `appliance` | a launch, where [`deep`](Doctor::deep) asks for it |
//!
//! Only what keeps osgraft from its work is bad; what makes it slower or keeps it from some guests
//! is a warning. Programs are those in `PATH`. For the time of the examination the image folder
//! holds a hidden folder, `.osgraft-doctor-…`.

mod access;
mod appliance;
mod check;
mod folder;
mod hook;
mod program;
mod site;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub use appliance::{KvmProbe, LaunchProbe, Probes};
pub use check::{Check, Checkup, Verdict};
use folder::Bench;
use program::{NoAnswer, ask, version_in};

use crate::config::{Config, ConfigError};
use crate::editor::{Worker, WorkerError, ext4};
use crate::image::{ImageError, Masters};

/// Examines a host.
#[derive(Clone, Debug)]
pub struct Doctor {
    folder: PathBuf,
    config: Option<PathBuf>,
    may_be_missing: bool,
    registry: Option<PathBuf>,
    masters: Option<Masters>,
    places: Places,
    probes: Probes,
    deep: bool,
    worker: Option<Worker>,
}

/// Places of a host that are looked at.
#[derive(Clone, Debug)]
pub struct Places {
    /// KVM's device.
    pub kvm: PathBuf,
    /// Kernels: `vmlinuz-VERSION`.
    pub boot: PathBuf,
    /// Kernels' modules, by version.
    pub modules: PathBuf,
    /// libvirt's hooks: `qemu`, `qemu.d`.
    pub libvirt: PathBuf,
    /// Proxmox' snippets, hook scripts among them.
    pub proxmox: PathBuf,
    /// SELinux' pseudo file system.
    pub selinux: PathBuf,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            kvm: "/dev/kvm".into(),
            boot: "/boot".into(),
            modules: "/lib/modules".into(),
            libvirt: "/etc/libvirt/hooks".into(),
            proxmox: "/var/lib/vz/snippets".into(),
            selinux: "/sys/fs/selinux".into(),
        }
    }
}

impl Doctor {
    /// Tries the file system of this folder, and looks at the rest of the host.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            config: None,
            may_be_missing: false,
            registry: None,
            masters: None,
            places: Places::default(),
            probes: Probes::of_this_build(),
            deep: false,
            worker: None,
        }
    }

    /// The configuration, which must be there.
    #[must_use]
    pub fn config(mut self, path: impl Into<PathBuf>) -> Self {
        self.config = Some(path.into());
        self.may_be_missing = false;
        self
    }

    /// The configuration, which may be missing: then all of it is defaults.
    #[must_use]
    pub fn config_if_there(mut self, path: impl Into<PathBuf>) -> Self {
        self.config = Some(path.into());
        self.may_be_missing = true;
        self
    }

    /// The registry, instead of the configuration's.
    #[must_use]
    pub fn registry(mut self, path: impl Into<PathBuf>) -> Self {
        self.registry = Some(path.into());
        self
    }

    /// The masters, instead of the configuration's.
    #[must_use]
    pub fn masters(mut self, masters: impl Into<Masters>) -> Self {
        self.masters = Some(masters.into());
        self
    }

    /// Sets the places of this host, when they are elsewhere.
    #[must_use]
    pub fn places(mut self, places: Places) -> Self {
        self.places = places;
        self
    }

    /// Other ways to try virtual machines than this build's own.
    #[must_use]
    pub fn probes(mut self, probes: Probes) -> Self {
        self.probes = probes;
        self
    }

    /// Starts the appliance too, which takes up to a minute or two.
    #[must_use]
    pub fn deep(mut self) -> Self {
        self.deep = true;
        self
    }

    /// The worker that the in-process editor runs in.
    #[must_use]
    pub fn worker(mut self, worker: Worker) -> Self {
        self.worker = Some(worker);
        self
    }

    /// Looks at everything. What cannot be looked at is a check that says so.
    pub fn examine(&self) -> Checkup {
        let read = self.read_config();
        let config = read.as_ref().map(Option::as_ref);
        let configured = config.ok().flatten().and_then(|c| c.masters.as_ref());
        let bench = Bench::set_up(&self.folder);
        let bench = bench.as_ref();
        let (qemu, qemu_check) = appliance::qemu();
        let there = |check: fn(&Bench) -> Check, code| match bench {
            Ok(bench) => check(bench),
            Err(_) => Check::not_checked(code, "nothing can be written in the folder"),
        };
        let Places {
            kvm,
            boot,
            modules,
            libvirt,
            proxmox,
            selinux,
        } = &self.places;
        let work = bench.ok().map(Bench::folder);
        let own = hook::own_folders();
        let sites = hook::Sites {
            libvirt,
            proxmox,
            own: &own,
        };
        let checks = vec![
            folder::writable(&self.folder, bench),
            there(folder::locks, "locks"),
            there(folder::unnamed, "unnamed-files"),
            there(folder::sync, "sync"),
            folder::space(&self.folder),
            libext2fs(&ext4::library_version()),
            self.worker.as_ref().map_or_else(
                || Check::not_checked("worker", "the editor runs in the calling process"),
                worker,
            ),
            qemu_img(bench),
            self.config.as_ref().map_or_else(
                || Check::not_checked("config", "none was named"),
                |path| site::config(path, config),
            ),
            site::registry(self.registry.as_deref(), config),
            site::masters(self.masters.as_ref().or(configured)),
            hook::hook(sites, config),
            access::access(
                libvirt.parent().unwrap_or(libvirt),
                access::Selinux(selinux),
                &self.image_folders(self.masters.as_ref().or(configured)),
            ),
            appliance::libguestfs(),
            appliance::supermin(),
            qemu_check,
            appliance::kernel(boot, modules),
            appliance::kvm(kvm, qemu.as_deref(), work, self.probes),
            appliance::launch(bench, self.probes, self.deep),
        ];
        Checkup {
            folder: self.folder.clone(),
            checks,
        }
    }

    /// Folders that hold images: the one that is tried, and those of the masters.
    fn image_folders(&self, masters: Option<&Masters>) -> Vec<PathBuf> {
        let places = masters.map(Masters::places).unwrap_or_default();
        let masters = places.iter().filter_map(|place| match place.is_file() {
            true => place.parent().map(Path::to_owned),
            false => Some(place.clone()),
        });
        std::iter::once(self.folder.clone())
            .chain(masters)
            .collect()
    }

    fn read_config(&self) -> Result<Option<Config>, ConfigError> {
        let Some(path) = &self.config else {
            return Ok(None);
        };
        match Config::read(path) {
            Ok(config) => Ok(Some(config)),
            Err(ConfigError::Unreadable { source, .. })
                if self.may_be_missing && source.kind() == ErrorKind::NotFound =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// libext2fs by the version it tells; the build asked for 1.46, a host may have another.
fn libext2fs(version: &str) -> Check {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (parts.next().flatten(), parts.next().flatten());
    match (major, minor) {
        (Some(major), Some(minor)) if (major, minor) >= (1, 46) => Check::ok("libext2fs", version),
        _ => Check::bad(
            "libext2fs",
            format!("version “{version}” is not 1.46 or newer"),
            "apt-get install libext2fs2",
        ),
    }
}

/// The worker, started and confined.
fn worker(worker: &Worker) -> Check {
    match worker.check() {
        Ok(given_up) if !given_up.landlock => Check::warning(
            "worker",
            "confined by seccomp alone: this kernel has no Landlock",
            "boot a kernel of 5.13 or newer with lsm=landlock in its command line",
        ),
        Ok(given_up) if !given_up.unprivileged => Check::warning(
            "worker",
            "confined by seccomp and Landlock, but still root: it may not change its user",
            "give osgraft CAP_SETUID and CAP_SETGID",
        ),
        Ok(_) => Check::ok(
            "worker",
            "confined by seccomp and Landlock, without privileges",
        ),
        Err(error @ WorkerError::NotConfined(_)) => {
            Check::bad("worker", error, "boot a kernel with CONFIG_SECCOMP_FILTER")
        }
        Err(error) => Check::bad(
            "worker",
            error,
            "install osgraft anew, where its program can be started",
        ),
    }
}

/// qemu-img, which repairs images that were not closed, tried on an overlay of ours.
fn qemu_img(bench: Result<&Bench, &ImageError>) -> Check {
    let version = ask("qemu-img", &["--version"]);
    let checked = bench.ok().filter(|_| version.is_ok()).map(|bench| {
        let child = bench.child();
        let args = ["check", "-q", "-f", "qcow2", "--"].map(Path::new);
        ask("qemu-img", &[&args[..], &[child.as_path()]].concat())
    });
    judge_qemu_img(version, checked)
}

fn judge_qemu_img(
    version: Result<String, NoAnswer>,
    checked: Option<Result<String, NoAnswer>>,
) -> Check {
    let install = "apt-get install qemu-utils";
    let said = match version {
        Ok(said) => said,
        Err(NoAnswer::Missing) => {
            let found = "there is none: images that were not closed cleanly cannot be repaired";
            return Check::warning("qemu-img", found, install);
        }
        Err(NoAnswer::Failed(why)) => return Check::warning("qemu-img", why, install),
    };
    let version = version_in(&said).unwrap_or("of an unknown version");
    match checked {
        None => Check::ok("qemu-img", version),
        Some(Ok(_)) => Check::ok("qemu-img", format!("{version}, and its check knows qcow2")),
        Some(Err(NoAnswer::Failed(why))) => {
            let found = format!("{version} cannot check a qcow2 overlay: {why}");
            Check::warning("qemu-img", found, "apt-get install --reinstall qemu-utils")
        }
        Some(Err(NoAnswer::Missing)) => Check::warning("qemu-img", "it went away", install),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libext2fs_must_be_new_enough() {
        for (version, verdict) in [
            ("1.47.0", Verdict::Ok),
            ("1.46", Verdict::Ok),
            ("2.0.1", Verdict::Ok),
            ("1.45.7", Verdict::Bad),
            ("", Verdict::Bad),
        ] {
            assert_eq!(libext2fs(version).verdict, verdict, "{version}");
        }
    }

    #[test]
    fn qemu_img_is_missed_only_for_what_it_does() {
        let version = || Ok("qemu-img version 7.2.22 (Debian)\n".to_owned());
        let failed = || NoAnswer::Failed("qemu-img ended with 1: no such driver".into());
        let fine = judge_qemu_img(version(), Some(Ok(String::new())));
        assert_eq!(fine.verdict, Verdict::Ok);
        assert!(fine.found.starts_with("7.2.22, "), "{}", fine.found);
        assert_eq!(judge_qemu_img(version(), None).found, "7.2.22");
        for check in [
            judge_qemu_img(version(), Some(Err(failed()))),
            judge_qemu_img(Err(failed()), None),
            judge_qemu_img(Err(NoAnswer::Missing), None),
        ] {
            assert_eq!(check.verdict, Verdict::Warning);
            assert!(check.remedy.unwrap().starts_with("apt-get install "));
        }
    }
}
