//! Words of an identity, by name.

use std::str::FromStr;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident $name:literal)*) => {
        /// A word of an [`Ask`](crate::identity::Ask).
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Field {
            $($(#[$doc])* $variant,)*
        }

        impl Field {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name as a column of a table, in snake_case.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

fields! {
    /// A host name.
    Hostname "hostname"
    /// An address with its prefix length; several may be asked for.
    Address "address"
    /// A gateway; one of each family.
    Gateway "gateway"
    /// A name server; several may be asked for.
    Dns "dns"
    /// A search domain; several may be asked for.
    Search "search"
    /// A hardware address.
    Mac "mac"
    /// A NIC's name.
    Nic "nic"
    /// `yes` or `no`.
    Dhcp "dhcp"
    /// `auto`, `dhcp` or `off`.
    Ipv6 "ipv6"
    /// `yes` or `no`.
    OnLink "on_link"
    /// `new`, `keep` or 32 hexadecimal digits.
    MachineId "machine_id"
    /// `new` or `keep`.
    SshKeys "ssh_keys"
    /// `refuse`, `off` or `seed`.
    CloudInit "cloud_init"
}

impl Field {
    /// True where several words may be given.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::Address | Self::Gateway | Self::Dns | Self::Search
        )
    }
}

impl FromStr for Field {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.iter();
        all.find(|field| field.name() == name).copied().ok_or(())
    }
}
