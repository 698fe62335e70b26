//! Flags that ask for an identity.

use std::path::PathBuf;

use clap::ValueHint;
use osgraft::identity::{Ask, Field};

use crate::exit::Usage;

/// An identity that is asked for.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Identity")]
pub(crate) struct IdentityArgs {
    /// Host name of the child. With any of these flags it gets a new machine-id and new SSH host
    /// keys, unless they say otherwise
    #[arg(long, value_name = "NAME")]
    hostname: Option<String>,
    /// Address with its prefix length, as 10.0.0.17/24; may be given several times, for IPv4 and
    /// IPv6
    #[arg(long, value_name = "CIDR")]
    address: Vec<String>,
    /// Gateway; one of each family
    #[arg(long, value_name = "IP")]
    gateway: Vec<String>,
    /// Name servers
    #[arg(long, value_name = "IP", value_delimiter = ',')]
    dns: Vec<String>,
    /// Domains that short names are searched in
    #[arg(long, value_name = "DOMAIN", value_delimiter = ',')]
    search: Vec<String>,
    /// Hardware address of the NIC to configure [default: the only NIC]
    #[arg(long, value_name = "MAC")]
    mac: Option<String>,
    /// Name of the NIC to configure, as ens3
    #[arg(long, value_name = "NAME")]
    nic: Option<String>,
    /// Ask DHCP for an IPv4 address
    #[arg(long)]
    dhcp: bool,
    /// Way to an IPv6 address: auto (router advertisements), dhcp, off [default: as the master]
    #[arg(long, value_name = "WAY")]
    ipv6: Option<String>,
    /// The gateway is on the link, although no subnet of the addresses holds it
    #[arg(long)]
    on_link: bool,
    /// Machine-id: new, keep (the master's), or 32 hexadecimal digits [default: new]
    #[arg(long, value_name = "ID")]
    machine_id: Option<String>,
    /// SSH host keys: new, keep (the master's) [default: new]
    #[arg(long, value_name = "KEYS")]
    ssh_keys: Option<String>,
    /// Part of cloud-init: refuse (a guest where it would write over the identity), off, seed (it
    /// gets the identity) [default: refuse]
    #[arg(long, value_name = "PART")]
    cloud_init: Option<String>,
    /// Pool of the configuration that gives the child its address
    #[arg(long, value_name = "NAME")]
    pub(crate) pool: Option<String>,
}

/// File for the keys of children that get an identity.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Identity")]
pub(crate) struct KnownHostsArgs {
    /// Write each child's SSH host keys into this known_hosts file, under its host name and its
    /// addresses; older lines of these names go, all others stay
    #[arg(id = "known_hosts", long = "known-hosts", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
}

/// A table of children.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct TableArgs {
    /// Take the children from a table, CSV or JSON: a row for each, with the columns file, hostname,
    /// address, gateway, dns, …; all of it is checked first
    #[arg(
        id = "table",
        long = "children",
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with_all = ["children", "hostname", "address", "mac", "nic", "dhcp", "ipv6", "on_link"]
    )]
    pub(crate) table: Option<PathBuf>,
}

impl IdentityArgs {
    /// The words, each with its field.
    fn words(&self) -> Vec<(Field, &str)> {
        let mut words = Vec::new();
        for (field, one) in [
            (Field::Hostname, &self.hostname),
            (Field::Mac, &self.mac),
            (Field::Nic, &self.nic),
            (Field::Ipv6, &self.ipv6),
            (Field::MachineId, &self.machine_id),
            (Field::SshKeys, &self.ssh_keys),
            (Field::CloudInit, &self.cloud_init),
        ] {
            words.extend(one.as_deref().map(|word| (field, word)));
        }
        for (field, list) in [
            (Field::Address, &self.address),
            (Field::Gateway, &self.gateway),
            (Field::Dns, &self.dns),
            (Field::Search, &self.search),
        ] {
            words.extend(list.iter().map(|word| (field, word.as_str())));
        }
        for (field, truth) in [(Field::Dhcp, self.dhcp), (Field::OnLink, self.on_link)] {
            words.extend(truth.then_some((field, "yes")));
        }
        words
    }

    /// Wish for the child with this number.
    ///
    /// # Errors
    /// [`Usage`].
    pub(crate) fn ask(&self, number: Option<u32>) -> Result<Ask, Usage> {
        let mut ask = Ask::default();
        for (field, word) in self.words() {
            let word = match (field, number) {
                (Field::Hostname, Some(number)) => word.replace("{n}", &number.to_string()),
                (Field::Hostname, None) if word.contains("{n}") => {
                    return Err(Usage::NoCountFor {
                        flag: flag(field),
                        word: word.to_owned(),
                    });
                }
                _ => word.to_owned(),
            };
            ask.put(field, &word).map_err(|source| Usage::Word {
                flag: flag(field),
                source,
            })?;
        }
        Ok(ask)
    }

    /// The first flag that was given.
    pub(crate) fn first(&self) -> Option<String> {
        let pool = self.pool.as_ref().map(|_| "--pool".to_owned());
        self.words().first().map(|(field, _)| flag(*field)).or(pool)
    }

    /// A flag whose value two children cannot both have. A host name may have a number in it where
    /// `are_numbered` says so.
    pub(crate) fn of_one_child(&self, are_numbered: bool) -> Option<String> {
        let words = self.words();
        let of_one = words.iter().find(|(field, word)| match field {
            Field::Hostname => !(are_numbered && word.contains("{n}")),
            Field::Address | Field::Mac => true,
            Field::MachineId => *word != "new" && *word != "keep",
            _ => false,
        });
        of_one.map(|(field, _)| flag(*field))
    }
}

/// The flag of a field.
fn flag(field: Field) -> String {
    format!("--{}", field.name().replace('_', "-"))
}
