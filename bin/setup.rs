//! Settings from the flags and the configuration file.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use osgraft::codes::Allowed;
use osgraft::config::{Config, ConfigError, EtcdRegistry, Salvage};
use osgraft::doctor::Doctor;
use osgraft::editor::{Choice, Worker};
use osgraft::hook::{libvirt, proxmox};
use osgraft::identity::Ask;
use osgraft::image::Masters;
use osgraft::pool::{FileReservations, Pools};
use osgraft::prepare::{Cache, MemoryCheck, Preparer, ServerWish, Share};
use osgraft::registry::{Registry, Store, store_in};

use osgraft::share::ShareError;

use crate::args::{CONFIG, Common, Editor, Wish};
use crate::boots::Boots;
use crate::exit::{Failure, Usage};
use crate::registry::Place;

/// Settings from the flags, and from the configuration file where they are silent. The file is read when
/// something of it is needed, so that what needs nothing works beside a broken one.
#[derive(Debug)]
pub(crate) struct Setup {
    config: Option<PathBuf>,
    master: Option<PathBuf>,
    registry: Option<Place>,
    editor: Choice,
    may_cache: bool,
}

impl Setup {
    /// `worker` may have been started already.
    pub(crate) fn new(common: &Common, worker: Worker) -> Result<Self, Failure> {
        let editor = choice(common, worker)?;
        let registry = common.registry.as_deref().map(Place::new).transpose()?;
        Ok(Self {
            config: common.config.clone(),
            master: common.master.clone(),
            registry,
            editor,
            may_cache: !common.no_cache,
        })
    }

    /// The registry, not looked at yet.
    pub(crate) fn registry(&self) -> Result<Arc<dyn Store>, Failure> {
        self.registry_within(PATIENCE)
    }

    /// The same, each of whose look-ups ends in time where it is not in a file.
    fn registry_within(&self, time: Duration) -> Result<Arc<dyn Store>, Failure> {
        if let Some(place) = &self.registry {
            return self.registry_at(place, time);
        }
        let config = self.config()?.unwrap_or_default();
        match config.registry {
            Some(path) => Ok(store_in(path)),
            None if !config.etcd.servers.is_empty() => in_etcd(&config.etcd, time),
            None => Err(Usage::NoRegistry(self.config_path().to_owned()).into()),
        }
    }

    /// A registry that is named as `--registry` is.
    pub(crate) fn registry_named(&self, named: &OsStr) -> Result<Arc<dyn Store>, Failure> {
        self.registry_at(&Place::new(named)?, PATIENCE)
    }

    /// A registry. For one in etcd the configuration says who is let in, and its CA that TLS is spoken.
    #[cfg_attr(not(feature = "etcd"), expect(unused_variables))]
    fn registry_at(&self, place: &Place, time: Duration) -> Result<Arc<dyn Store>, Failure> {
        match place {
            Place::File(path) => Ok(store_in(path)),
            #[cfg(feature = "etcd")]
            Place::Etcd { hosts, prefix } => {
                let mut etcd = self.config()?.unwrap_or_default().etcd;
                let scheme = if etcd.ca.is_some() { "https" } else { "http" };
                etcd.servers = hosts
                    .iter()
                    .map(|host| format!("{scheme}://{host}"))
                    .collect();
                etcd.prefix.clone_from(prefix);
                in_etcd(&etcd, time)
            }
        }
    }

    /// The file that the registry lies in; `None` for another one.
    fn registry_file(&self, config: &Config) -> Option<PathBuf> {
        match &self.registry {
            Some(place) => place.file().cloned(),
            None => config.registry.clone(),
        }
    }

    /// Parts of identities that the configuration says, and its pools.
    pub(crate) fn identities(&self) -> Result<(Ask, Pools), Failure> {
        let defaults = self.config()?.unwrap_or_default().identity.ask;
        let pools = self.reservations()?;
        let no_registry = || Usage::NoRegistry(self.config_path().to_owned());
        Ok((defaults, pools.ok_or_else(no_registry)?))
    }

    /// The same for a disk that needs no registry, and so no pools.
    pub(crate) fn own_identity(&self) -> Result<(Ask, Option<Pools>), Failure> {
        let defaults = self.config()?.unwrap_or_default().identity.ask;
        Ok((defaults, self.reservations()?))
    }

    /// The pools, whose reservations lie beside the registry; `None` without a registry in a file.
    pub(crate) fn reservations(&self) -> Result<Option<Pools>, Failure> {
        let config = self.config()?.unwrap_or_default();
        let registry = self.registry_file(&config);
        Ok(registry.map(|registry| {
            let store = FileReservations::beside(&registry);
            Pools::new(config.pools, Arc::new(store))
        }))
    }

    /// Preparer of children, once the registry is seen to be readable: were it not, it would not
    /// be for any of them.
    pub(crate) fn preparer(&self, wish: &Wish) -> Result<Preparer<Arc<dyn Store>>, Failure> {
        let allowed = Allowed::of(&wish.allow)?;
        // It comes up while the registry is read and the child is opened.
        self.editor.start_ahead();
        let registry = self.registry()?;
        registry.servers()?;
        let boots = self.boots(wish)?;
        let config = self.config()?.unwrap_or_default();
        let mut preparer = Preparer::new(registry, config.share.clone())
            .allow(&allowed.and(&config.allowed))
            .deep(wish.deep || config.deep)
            .editor(self.editor.clone())
            .memory_check(self.memory_check()?);
        if let Some(cache) = self.cache() {
            preparer = preparer.cache(cache);
        }
        if let Some(server) = &wish.server {
            preparer = preparer.server(server_wish(server));
        }
        if let Some(identity) = &wish.identity {
            preparer = preparer.known_as(identity);
        }
        if let Some(boots) = boots {
            preparer = preparer.boots(boots.kernels().map_err(ShareError::from)?);
        } else if Boots::are_childrens(&config) {
            let releases = Boots::of(&config).releases;
            let kernels = releases.kernels().map_err(ShareError::from)?;
            preparer = preparer.boots(kernels).kernels(releases);
        }
        Ok(preparer)
    }

    /// Kernels that this hypervisor loads itself, where a machine's is asked for or all of them boot such.
    pub(crate) fn boots(&self, wish: &Wish) -> Result<Option<Boots>, Failure> {
        let config = self.config()?.unwrap_or_default();
        let is_wanted = wish.boot.is_some() || Boots::are_everyones(&config);
        Ok(is_wanted.then(|| Boots::of(&config)))
    }

    /// Kernels that this hypervisor may load itself.
    pub(crate) fn own_boots(&self) -> Result<Boots, Failure> {
        Ok(Boots::of(&self.config()?.unwrap_or_default()))
    }

    /// Finds the memory that a disk belongs to, of libvirt's and of Proxmox' machines.
    pub(crate) fn memory_check(&self) -> Result<MemoryCheck, Failure> {
        let places = self.config()?.unwrap_or_default().hook;
        let mut folders = places.libvirt.saved;
        folders.extend(own_saved_folder());
        let saved = libvirt::Saved::under(folders, places.libvirt.pools);
        let proxmox = places.proxmox;
        let suspended = proxmox::Suspended::under(proxmox.conf, proxmox.storage);
        Ok(MemoryCheck::new(move |disk| {
            saved.of(disk).or_else(|| suspended.of(disk))
        }))
    }

    /// The configuration as the hook takes it: it must be there, and masters have no default.
    pub(crate) fn hook_config(&self) -> Result<Config, ConfigError> {
        let mut config = Config::read_at_once(self.config_path())?;
        if let Some(master) = &self.master {
            config.masters = Some(Masters::only(master));
        }
        Ok(config)
    }

    /// Readable part of a configuration that cannot be used; `None` where there is no text.
    pub(crate) fn salvage(&self) -> Option<Salvage> {
        let path = self.config_path();
        if !std::fs::metadata(path).ok()?.is_file() {
            return None;
        }
        let (mut text, most) = (Vec::new(), osgraft::config::MAX_BYTES);
        let file = std::fs::File::open(path).ok()?;
        file.take(most as u64 + 1).read_to_end(&mut text).ok()?;
        if text.len() > most {
            return None;
        }
        Some(Salvage::of(&String::from_utf8_lossy(&text)))
    }

    /// Preparer of a machine's disk in the time that is left. The registry is read when it is
    /// needed, within that time.
    pub(crate) fn hook_preparer(
        &self,
        config: &Config,
        machine: &str,
        left: Duration,
    ) -> Result<Preparer<Arc<dyn Store>>, Failure> {
        // The editors are ended a while before the time is over, so that they are gone by then.
        let editor = self.editor.clone().deadline(left.mul_f32(0.8));
        editor.start_ahead();
        let places = config.hook.libvirt.clone();
        let resumable = libvirt::Resumable::under(places.saved, places.snapshots);
        let machine = machine.to_owned();
        let preparer = Preparer::new(
            self.registry_within(left.mul_f32(0.3))?,
            config.share.clone(),
        )
        .allow(&config.allowed)
        .deep(config.deep)
        .editor(editor)
        .memory_check(MemoryCheck::new(move |disk| resumable.of(&machine, disk)));
        Ok(match self.cache() {
            Some(cache) => preparer.cache(cache),
            None => preparer,
        })
    }

    /// The pools, whose reservations are waited for a part of the time that is left.
    pub(crate) fn hook_pools(&self, config: &Config, left: Duration) -> Result<Pools, Failure> {
        let registry = self.registry_file(config);
        let no_registry = || Usage::NoRegistry(self.config_path().to_owned());
        let store = FileReservations::beside(&registry.ok_or_else(no_registry)?);
        let store = store.with_lock_timeout(left.mul_f32(0.3));
        Ok(Pools::new(config.pools.clone(), Arc::new(store)))
    }

    /// The record cache, where it may be used.
    fn cache(&self) -> Option<Cache> {
        self.may_cache.then(records).flatten()
    }

    /// Choice of the editor.
    pub(crate) fn editor(&self) -> &Choice {
        &self.editor
    }

    /// The same, for a guest that is about to be opened.
    pub(crate) fn editor_ahead(&self) -> &Choice {
        self.editor.start_ahead();
        &self.editor
    }

    /// The share that children should have, where a configuration says so.
    pub(crate) fn stated_share(&self) -> Result<Option<Share>, Failure> {
        Ok(self.config()?.map(|config| config.share))
    }

    /// Files that may back a child.
    pub(crate) fn masters(&self) -> Result<Masters, Failure> {
        if let Some(master) = &self.master {
            return Ok(Masters::only(master));
        }
        let config = self.config()?.unwrap_or_default();
        Ok(config.masters.unwrap_or_else(Masters::beside_child))
    }

    /// Doctor of this host: by default in the first of the folders that masters may be in, else
    /// where this program was called. A broken configuration is for the doctor to tell.
    pub(crate) fn doctor(&self, folder: Option<&Path>) -> Doctor {
        let masters = self.masters().unwrap_or_default();
        let first = || match masters.places().first() {
            Some(place) if place.is_file() => place.parent(),
            place => place.map(PathBuf::as_path),
        };
        let folder = folder
            .or_else(first)
            .filter(|folder| *folder != Path::new(""));
        let doctor = Doctor::new(folder.unwrap_or(Path::new(".")));
        let doctor = doctor.worker(Worker::myself([WORKER]));
        let mut doctor = match &self.config {
            Some(path) => doctor.config(path),
            None => doctor.config_if_there(CONFIG),
        };
        if let Some(registry) = self.registry.as_ref().and_then(Place::file) {
            doctor = doctor.registry(registry);
        }
        if let Some(master) = &self.master {
            doctor = doctor.masters(master);
        }
        doctor
    }

    /// The configuration that was named, from the root.
    pub(crate) fn stated_config(&self) -> Option<PathBuf> {
        let config = self.config.as_deref()?;
        Some(std::path::absolute(config).unwrap_or_else(|_| config.to_owned()))
    }

    /// The configuration file's content; `None` where the default one does not exist.
    fn config(&self) -> Result<Option<Config>, ConfigError> {
        match Config::read(self.config_path()) {
            Ok(config) => Ok(Some(config)),
            Err(ConfigError::Unreadable { source, .. })
                if self.config.is_none() && source.kind() == io::ErrorKind::NotFound =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Path of the configuration, whether it is there or not.
    pub(crate) fn config_path(&self) -> &Path {
        self.config.as_deref().unwrap_or(Path::new(CONFIG))
    }
}

/// Time that a look-up in etcd takes at most, but for the hook.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(feature = "etcd")]
fn in_etcd(settings: &EtcdRegistry, time: Duration) -> Result<Arc<dyn Store>, Failure> {
    Ok(crate::registry::in_etcd(settings, time)?)
}

#[cfg(not(feature = "etcd"))]
fn in_etcd(settings: &EtcdRegistry, _: Duration) -> Result<Arc<dyn Store>, Failure> {
    Err(Usage::NoEtcd(osgraft::path::printable(&settings.servers.join(", "))).into())
}

/// Wish of a `--server` or of a row of a table.
pub(crate) fn server_wish(name: &str) -> ServerWish {
    match name {
        AUTO => ServerWish::Auto,
        name => ServerWish::Pinned(name.to_owned()),
    }
}

/// The `--server` that drops a pin.
const AUTO: &str = "auto";

/// The argument with which this program starts itself as a worker.
pub(crate) const WORKER: &str = "worker";

#[cfg(feature = "appliance")]
fn choice(common: &Common, worker: Worker) -> Result<Choice, Failure> {
    use osgraft::editor::appliance::{Passphrase, Settings};

    let choice = match common.editor {
        Editor::Auto => Choice::auto(),
        Editor::Ext4 => Choice::ext4(),
        Editor::Appliance => Choice::appliance(),
    };
    let mut settings = Settings::new();
    if let Some(folder) = state_folder() {
        settings = settings.kvm_state(folder.join("kvm.json"));
        // A home folder may be small, and on a server.
        if rustix::process::geteuid().is_root() {
            settings = settings.work_folder(folder.join("appliance"));
        }
    }
    if let Some(path) = &common.key_file {
        let key = Passphrase::read(path).map_err(|source| Usage::KeyFile {
            path: path.clone(),
            source,
        })?;
        settings = settings.passphrase(key);
    }
    Ok(choice.settings(settings).worker(worker))
}

#[cfg(not(feature = "appliance"))]
fn choice(common: &Common, worker: Worker) -> Result<Choice, Failure> {
    match common.editor {
        Editor::Auto => Ok(Choice::auto().worker(worker)),
        Editor::Ext4 => Ok(Choice::ext4().worker(worker)),
        Editor::Appliance => Err(Usage::NoAppliance.into()),
    }
}

/// Folder in which a user's own libvirt keeps saved memories; `None` for root, who has the system's.
fn own_saved_folder() -> Option<PathBuf> {
    if rustix::process::geteuid().is_root() {
        return None;
    }
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))?;
    Some(config.join("libvirt/qemu/save")).filter(|folder| folder.is_absolute())
}

/// Worker that parses a guest's file system: this program, in a process that can write nothing.
pub(crate) fn worker() -> Worker {
    Worker::myself([WORKER])
}

/// Only an appliance's edits are kept.
#[cfg(not(feature = "appliance"))]
fn records() -> Option<Cache> {
    None
}

/// The record cache; `None` where its folder cannot be had, since it only saves time.
#[cfg(feature = "appliance")]
fn records() -> Option<Cache> {
    let folder = state_folder()?.join("records");
    match Cache::open(folder) {
        Ok(cache) => Some(cache),
        Err(error) => {
            tracing::warn!(code = "cache", "{error}");
            None
        }
    }
}

/// Folder of what is kept from call to call, and can be removed at any time: for root the system's cache
/// folder, for others their own (XDG Base Directory Specification). Nothing is made here: what
/// needs the folder makes it.
#[cfg(feature = "appliance")]
fn state_folder() -> Option<PathBuf> {
    if rustix::process::geteuid().is_root() {
        return Some(PathBuf::from("/var/cache/osgraft"));
    }
    let absolute = |name: &str| {
        let folder = PathBuf::from(std::env::var_os(name)?);
        folder.is_absolute().then_some(folder)
    };
    let cache = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
    Some(cache?.join("osgraft"))
}
