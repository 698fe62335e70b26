//! Identity that a machine's description asks for.

use crate::config::Config;
use crate::hook::error::HookError;
use crate::identity::{Ask, Field, Mac};
use crate::pool::Pool;
use crate::prepare::NicModel;

/// A NIC of a machine, as its description has it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MachineNic {
    /// Its hardware address.
    pub mac: Mac,
    /// Its model, such as `virtio`; `None` where nothing is stated.
    pub model: Option<String>,
    /// The bridge and the network of the hypervisor that it is on.
    pub bridges: Vec<String>,
}

/// Identity that a machine is to have, its address of a pool not yet in it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Asked {
    /// For the machine and its first NIC to configure.
    pub(super) ask: Ask,
    /// For further NICs.
    pub(super) more: Vec<Ask>,
    /// The pool of the first NIC's address.
    pub(super) pool: Option<String>,
    /// For what nothing says, once there is an address.
    pub(super) defaults: Ask,
}

impl Asked {
    /// True where the configuration asks for an identity of every machine that has these NICs.
    pub(super) fn is_everyones(config: &Config, nics: &[MachineNic]) -> bool {
        config.identity.hostname_of_domain || pool_of(config, nics).is_some()
    }

    /// Adds what the configuration says: a host name of the machine's own, an address of a pool. The first
    /// NIC is meant where none is named. `vm` is the machine as it is shown.
    pub(super) fn complete(
        &mut self,
        name: Option<&str>,
        vm: &str,
        nics: &[MachineNic],
        config: &Config,
    ) -> Result<(), HookError> {
        let said = |place: &str, source| HookError::Identity {
            vm: vm.to_owned(),
            place: place.to_owned(),
            source,
        };
        if let Some(name) = name.filter(|_| config.identity.hostname_of_domain)
            && self.ask.hostname.is_none()
        {
            let name = name.replace('_', "-");
            let put = self.ask.put(Field::Hostname, &name);
            put.map_err(|source| said("its name as its host name", source))?;
        }
        if self.pool.is_none() {
            let pool = pool_of(config, nics).filter(|pool| !has_address_for(&self.ask, pool));
            self.pool = pool.map(|pool| pool.name().to_owned());
        }
        if let Some(mac) = self.ask.mac
            && !nics.iter().any(|nic| nic.mac == mac)
        {
            return Err(HookError::NoNic {
                vm: vm.to_owned(),
                mac,
            });
        }
        let is_about_nic = self.ask.is_about_nic() || self.pool.is_some();
        if is_about_nic && self.ask.mac.is_none() && self.ask.nic.is_none() {
            self.ask.mac = nics.first().map(|nic| nic.mac);
        }
        self.defaults.clone_from(&config.identity.ask);
        Ok(())
    }

    /// Takes away name servers and search domains of a NIC that is not to be configured. For a
    /// description in which they stand for somebody else as well.
    pub(super) fn without_stray(mut self) -> Self {
        if !self.ask.is_about_nic() && self.pool.is_none() {
            self.ask.dns.clear();
            self.ask.search.clear();
        }
        self
    }
}

/// The pool of a machine that names none.
fn pool_of<'a>(config: &'a Config, nics: &[MachineNic]) -> Option<&'a Pool> {
    let nic = nics.first()?;
    let is_on = |pool: &&Pool| nic.bridges.iter().any(|bridge| pool.is_for(bridge));
    let named = |pool: &&Pool| config.identity.pool.as_deref() == Some(pool.name());
    let pools = &config.pools;
    pools
        .iter()
        .find(is_on)
        .or_else(|| pools.iter().find(named))
}

/// True where an address of the pool's family is asked for, in whatever way.
fn has_address_for(ask: &Ask, pool: &Pool) -> bool {
    let mut nets = ask.addresses.iter();
    let is_other_way = match pool.is_ipv4() {
        true => ask.dhcp,
        false => ask.ipv6.is_some(),
    };
    is_other_way || nets.any(|net| net.addr().is_ipv4() == pool.is_ipv4())
}

/// Models of a machine's NICs, for preflight to require their drivers; none where that of one is not known,
/// since the share may be reached by it.
pub(super) fn cards(nics: &[MachineNic]) -> Vec<NicModel> {
    let models = nics
        .iter()
        .map(|nic| NicModel::named(nic.model.as_deref()?));
    models.collect::<Option<_>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_known_where_the_model_of_each_is() {
        let nic = |model: Option<&str>| MachineNic {
            mac: "52:54:00:00:00:01".parse().unwrap(),
            model: model.map(str::to_owned),
            bridges: Vec::new(),
        };
        let known = |models: &[Option<&str>]| {
            let nics: Vec<_> = models.iter().copied().map(nic).collect();
            cards(&nics)
        };
        let (virtio, e1000) = (Some("virtio"), Some("e1000"));
        assert_eq!(known(&[virtio, e1000]), [NicModel::Virtio, NicModel::E1000]);
        assert_eq!(known(&[virtio, None]), []);
        assert_eq!(known(&[virtio, Some("spapr-vlan")]), []);
        assert_eq!(known(&[]), []);
    }
}
