//! NICs of a VM, and what its configuration says of its network for cloud-init.

use super::conf::{Conf, Settings};
use crate::hook::asked::{Asked, MachineNic};
use crate::hook::error::HookError;
use crate::identity::{Ask, AskError, Field};

/// Models of NICs (qm.conf(5), `net[n]`), each of which may stand as a key before the hardware address.
const MODELS: [&str; 15] = [
    "e1000",
    "e1000-82540em",
    "e1000-82544gc",
    "e1000-82545em",
    "e1000e",
    "i82551",
    "i82557b",
    "i82559er",
    "ne2k_isa",
    "ne2k_pci",
    "pcnet",
    "rtl8139",
    "virtio",
    "virtio-net-pci",
    "vmxnet3",
];

/// The NICs that have a hardware address, in the order of their numbers.
pub(super) fn nics(conf: &Conf<'_>) -> Vec<(u32, MachineNic)> {
    let mut nics: Vec<_> = conf
        .numbered("net")
        .filter_map(|(number, value)| Some((number, nic(value)?)))
        .collect();
    nics.sort_by_key(|(number, _)| *number);
    nics
}

fn nic(value: &str) -> Option<MachineNic> {
    let settings = Settings::of(value);
    let keyed = MODELS
        .iter()
        .find_map(|model| Some((*model, settings.get(model)?)));
    let (model, mac) = match keyed {
        Some((model, mac)) => (Some(model), mac),
        None => (
            settings.get("model").or(settings.first()),
            settings.get("macaddr")?,
        ),
    };
    Some(MachineNic {
        mac: mac.parse().ok()?,
        model: model.map(str::to_owned),
        bridges: settings
            .get("bridge")
            .map(str::to_owned)
            .into_iter()
            .collect(),
    })
}

/// The `ipconfigN`, `nameserver` and `searchdomain` of a VM with these NICs.
pub(super) fn asked(
    conf: &Conf<'_>,
    nics: &[(u32, MachineNic)],
    vm: &str,
) -> Result<Asked, HookError> {
    let mut asks = Vec::new();
    for (number, nic) in nics {
        let key = format!("ipconfig{number}");
        let Some(value) = conf.get(&key) else {
            continue;
        };
        let mut ask = Ask::default();
        put_address(&mut ask, value).map_err(|source| HookError::Identity {
            vm: vm.to_owned(),
            place: key,
            source,
        })?;
        if ask.is_about_nic() {
            ask.mac = Some(nic.mac);
            asks.push(ask);
        }
    }
    let mut asks = asks.into_iter();
    let mut asked = Asked {
        ask: asks.next().unwrap_or_default(),
        more: asks.collect(),
        ..Asked::default()
    };
    for (field, key) in [(Field::Dns, "nameserver"), (Field::Search, "searchdomain")] {
        let words = conf.get(key).unwrap_or_default();
        for word in words.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
            let put = asked.ask.put(field, word);
            put.map_err(|source| HookError::Identity {
                vm: vm.to_owned(),
                place: key.to_owned(),
                source,
            })?;
        }
    }
    Ok(asked)
}

fn put_address(ask: &mut Ask, value: &str) -> Result<(), AskError> {
    let settings = Settings::of(value);
    let word = |key: &str| settings.get(key).filter(|word| !word.is_empty());
    match word("ip") {
        None => {}
        Some("dhcp") => ask.put(Field::Dhcp, "yes")?,
        Some(address) => ask.put(Field::Address, address)?,
    }
    match word("ip6") {
        None => {}
        Some(way @ ("auto" | "dhcp")) => ask.put(Field::Ipv6, way)?,
        Some(address) => ask.put(Field::Address, address)?,
    }
    for key in ["gw", "gw6"] {
        if let Some(gateway) = word(key) {
            ask.put(Field::Gateway, gateway)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONF: &str = "name: web-1\nnet1: model=e1000,macaddr=BC:24:11:00:00:02\n\
        net0: virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1\nnet2: virtio,bridge=vmbr1\n\
        ipconfig0: ip=10.0.0.5/24,gw=10.0.0.1,ip6=auto\nipconfig1: ip=dhcp\n\
        nameserver: 10.0.0.2 10.0.0.3\nsearchdomain: example.org\n";

    #[test]
    fn a_nic_is_its_address_its_model_and_its_bridge() {
        let nics = nics(&Conf::new(CONF));
        let seen: Vec<_> = nics
            .iter()
            .map(|(number, nic)| (*number, nic.mac.to_string(), nic.model.as_deref()))
            .collect();
        assert_eq!(
            seen,
            [
                (0, "bc:24:11:00:00:01".to_owned(), Some("virtio")),
                (1, "bc:24:11:00:00:02".to_owned(), Some("e1000")),
            ]
        );
        assert_eq!(nics[0].1.bridges, ["vmbr0"]);
    }

    #[test]
    fn what_stands_for_cloud_init_is_asked_for() {
        let conf = Conf::new(CONF);
        let asked = asked(&conf, &nics(&conf), "1").unwrap();
        let first = asked.ask.identity().unwrap();
        let json = serde_json::to_value(&first.nics[0]).unwrap();
        assert_eq!(json["selector"]["mac"], "bc:24:11:00:00:01");
        assert_eq!(json["v4"]["static"]["addresses"][0], "10.0.0.5/24");
        assert_eq!(json["v4"]["static"]["gateway"], "10.0.0.1");
        assert_eq!(json["v6"], "auto");
        assert_eq!(json["dns"].as_array().unwrap().len(), 2);
        assert_eq!(json["search"][0], "example.org");
        assert!(asked.more[0].dhcp && asked.more.len() == 1);
    }

    #[test]
    fn what_is_no_address_is_told_by_its_key() {
        let conf = Conf::new("net0: virtio=BC:24:11:00:00:01\nipconfig0: ip=10.0.0.5\n");
        let error = asked(&conf, &nics(&conf), "100").unwrap_err();
        assert_eq!(error.code(), "identity-address");
        assert!(error.to_string().starts_with("100: ipconfig0: "), "{error}");
    }
}
