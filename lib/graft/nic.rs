//! Models of network cards that a hypervisor gives a machine.

/// Model of a machine's network card, as far as it decides which driver the guest needs.
///
/// ```
/// use osgraft::prepare::NicModel;
/// assert_eq!(NicModel::named("virtio-transitional"), Some(NicModel::Virtio));
/// assert_eq!(NicModel::named("spapr-vlan"), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum NicModel {
    /// virtio, by PCI, MMIO or CCW.
    Virtio,
    /// Intel 82540 and its like.
    E1000,
    /// Intel 82574.
    E1000e,
    /// Intel 82576.
    Igb,
    /// VMware's.
    Vmxnet3,
    /// Hyper-V's.
    Netvsc,
    /// Xen's.
    Xen,
    /// Realtek 8139.
    Rtl8139,
    /// NE2000 by PCI.
    Ne2kPci,
    /// AMD PCnet.
    Pcnet,
}

impl NicModel {
    /// All of them.
    pub(super) const ALL: [Self; 10] = [
        Self::Virtio,
        Self::E1000,
        Self::E1000e,
        Self::Vmxnet3,
        Self::Netvsc,
        Self::Xen,
        Self::Igb,
        Self::Rtl8139,
        Self::Pcnet,
        Self::Ne2kPci,
    ];

    /// The model of this name, as libvirt (`<model type='…'/>`), Proxmox (`net0: …`) and QEMU
    /// (`-device …`) write it; none for a name that is not known.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "virtio"
            | "virtio-transitional"
            | "virtio-non-transitional"
            | "virtio-net"
            | "virtio-net-pci"
            | "virtio-net-ccw"
            | "virtio-net-device" => Self::Virtio,
            "e1000" | "e1000-82540em" | "e1000-82544gc" | "e1000-82545em" => Self::E1000,
            "e1000e" => Self::E1000e,
            "igb" => Self::Igb,
            "vmxnet3" => Self::Vmxnet3,
            "netvsc" => Self::Netvsc,
            "netfront" | "xen" => Self::Xen,
            "rtl8139" => Self::Rtl8139,
            "ne2k_pci" => Self::Ne2kPci,
            "pcnet" => Self::Pcnet,
            _ => return None,
        })
    }

    /// Modules that drive it, of which one is enough.
    pub(super) fn drivers(self) -> &'static [&'static str] {
        match self {
            Self::Virtio => &["virtio_net"],
            Self::E1000 => &["e1000"],
            Self::E1000e => &["e1000e"],
            Self::Igb => &["igb"],
            Self::Vmxnet3 => &["vmxnet3"],
            Self::Netvsc => &["hv_netvsc"],
            Self::Xen => &["xen_netfront"],
            Self::Rtl8139 => &["8139cp", "8139too"],
            Self::Ne2kPci => &["ne2k_pci"],
            Self::Pcnet => &["pcnet32"],
        }
    }
}
