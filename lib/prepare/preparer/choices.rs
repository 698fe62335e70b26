//! Choices of a [`Preparer`]'s caller.

use std::sync::Arc;
use std::time::SystemTime;

use super::Preparer;
use crate::codes::Allowed;
use crate::editor::{Choice, KernelRoot};
use crate::graft::{KernelSource, NicModel};
use crate::identity::Identity;
use crate::prepare::cache::{Cache, Row};
use crate::prepare::progress::{Observer, Watch};
use crate::prepare::saved::MemoryCheck;
use crate::prepare::wish::ServerWish;
use crate::registry::{BootKernel, Registry};

impl<R: Registry> Preparer<R> {
    /// Server that children are to have; by default the one that a child's receipt is pinned to,
    /// and without a pin one that is selected. A name alone is a pin: this server instead of a
    /// selected one, from now on. It must fit all the same.
    #[must_use]
    pub fn server(mut self, server: impl Into<ServerWish>) -> Self {
        self.server = server.into();
        self
    }

    /// Name that the child is known by when a server is selected, such as its UUID. By default it is the
    /// absolute path of its file, links resolved: files of one name in several folders are several
    /// children, and a child that is moved or renamed is another one. The same name is given the
    /// same server for as long as that fits. The hypervisor's hook takes the machine's UUID.
    #[must_use]
    pub fn known_as(mut self, name: impl Into<String>) -> Self {
        self.known_as = Some(name.into());
        self
    }

    /// Identity that children are to have whose request names none. By default they keep their master's.
    ///
    /// ```
    /// use osgraft::identity::Identity;
    /// # use osgraft::prepare::{Preparer, Share};
    /// # use osgraft::registry::MemoryRegistry;
    ///
    /// # fn give(preparer: Preparer<MemoryRegistry>) -> Result<(), Box<dyn std::error::Error>> {
    /// // A machine-id and SSH host keys of its own are new unless that says otherwise.
    /// let preparer = preparer.identity(Identity::new().hostname("web-7".parse()?));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// The time that changed files in the guest carry; now by default. The same child, servers
    /// and time give the same bytes.
    #[must_use]
    pub fn time(mut self, time: SystemTime) -> Self {
        self.time = Some(time);
        self
    }

    /// Editor that opens the guest; the cheapest that fits by default.
    #[must_use]
    pub fn editor(mut self, editor: Choice) -> Self {
        self.editor = editor;
        self
    }

    /// Refuses a child whose root is another one than a kernel command line names.
    #[must_use]
    pub fn kernel_root(mut self, root: KernelRoot) -> Self {
        self.editor = self.editor.kernel_root(root);
        self
    }

    /// Refuses to change a disk that a saved memory belongs to; nothing is looked for by default.
    #[must_use]
    pub fn memory_check(mut self, check: MemoryCheck) -> Self {
        self.memory = check;
        self
    }

    /// Prepares a guest although preflight finds these blockers in it. The report keeps them as warnings.
    /// None are allowed by default.
    ///
    /// ```
    /// use osgraft::codes::Allowed;
    /// # use osgraft::prepare::{Preparer, Share};
    /// # use osgraft::registry::MemoryRegistry;
    ///
    /// # fn allow(preparer: Preparer<MemoryRegistry>) -> Result<(), Box<dyn std::error::Error>> {
    /// // The guest installs its NFS client at its first boot.
    /// let preparer = preparer.allow(&Allowed::of(["nfs-client-missing"])?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn allow(mut self, allowed: &Allowed) -> Self {
        self.allowed = self.allowed.and(allowed);
        self
    }

    /// Models of the machines' network cards, whose drivers preflight then requires. By default they are
    /// not known, and a missing driver is a warning.
    #[must_use]
    pub fn nics(mut self, models: impl IntoIterator<Item = NicModel>) -> Self {
        self.nics = models.into_iter().collect();
        self
    }

    /// Kernels that the hypervisor loads itself, by the release of a child's server. A server whose release
    /// is not among them is not selected. By default a child boots a kernel of its own, whose modules its
    /// server must have.
    #[must_use]
    pub fn boots(mut self, kernels: impl IntoIterator<Item = BootKernel>) -> Self {
        self.boots = Some(kernels.into_iter().collect());
        self
    }

    /// Kernels of releases that are written into the children's own `/boot`, with an entry of their boot
    /// loader that starts them by default: that of the release of a child's server. A child that has one
    /// of an earlier call, and is to have none now, gets its own back. By default none is written.
    ///
    /// [`boots`](Self::boots) keeps servers whose release has none from being selected.
    #[must_use]
    pub fn kernels(mut self, source: impl KernelSource + 'static) -> Self {
        self.kernels = Some(Arc::new(source));
        self
    }

    /// Has preflight unpack the guest's initramfs where a module that the mount needs is not in the child's
    /// own tree. That takes up to some seconds. By default the initramfs' configuration alone is read.
    #[must_use]
    pub fn deep(mut self, is_deep: bool) -> Self {
        self.is_deep = is_deep;
        self
    }

    /// Keeps edits that took an appliance, and takes them again for identical children: fresh
    /// ones of the same master. On XFS an identity is filled into the edit of another child. No cache by
    /// default.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Keeps edits in memory, whatever editor made them, and takes them again for identical children:
    /// fresh ones of the same master, as in a row of clones. Clones of this value share them. By default
    /// each child is edited by itself.
    #[must_use]
    pub fn keep_edits(mut self) -> Self {
        self.row = Some(Row::default());
        self
    }

    /// Observer that is told each step of each child, and may cancel it; none by default.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.watch = Watch::new(observer);
        self
    }
}
