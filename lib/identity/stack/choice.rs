//! The part of a configuration that a NIC has, told by its selector.

use super::On;
use super::glob::{fits, is_pattern};
use super::{nic_name, refusal};
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::wanted::{Nic, Selector};
use crate::path::printable;

/// A part of a configuration that may be the NIC's.
pub(super) struct Candidate<'a> {
    /// NICs that it takes.
    pub(super) on: &'a On,
    /// True for one that osgraft wrote, for this NIC or for another of the same wish.
    pub(super) is_ours: bool,
}

/// The parts that are the NIC's, as places in the list of candidates.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Choice {
    /// Those that name the NIC, or the only NIC that the configuration names.
    pub(super) own: Vec<usize>,
    /// Those for any NIC of a kind, this one among them.
    pub(super) general: Vec<usize>,
}

/// Chooses the NIC's parts. A guest whose configuration names one NIC, by the master's hardware address
/// or by a name that the selector does not tell, means the NIC that is asked for.
///
/// # Errors
/// Code `nic-ambiguous` where several NICs are named, and each may be the one.
pub(super) fn choose(nic: &Nic, candidates: &[Candidate<'_>]) -> Result<Choice, Flaw> {
    let mut choice = Choice::default();
    let mut unsure = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if candidate.is_ours {
            if is_for(&nic.selector, candidate.on) {
                choice.own.push(at);
            }
            continue;
        }
        match fit(&nic.selector, candidate.on) {
            Fit::Sure => choice.own.push(at),
            Fit::General => choice.general.push(at),
            Fit::Unsure => unsure.push(at),
            Fit::No => {}
        }
    }
    if !choice.own.is_empty() && nic.selector != Selector::Sole {
        return Ok(choice);
    }
    for (place, one) in unsure.iter().enumerate() {
        for other in &unsure[place + 1..] {
            let (one, other) = (candidates[*one].on, candidates[*other].on);
            if differ(one, other) {
                let text = format!(
                    "the guest configures several NICs ({} and {}), and any of them may be {}: name the NIC by \
                     the name or the hardware address that it has there",
                    shown(one),
                    shown(other),
                    in_words(nic)
                );
                return Err(Flaw::new("nic-ambiguous", text));
            }
        }
    }
    choice.own.extend(unsure);
    choice.own.sort_unstable();
    Ok(choice)
}

/// True for a part that osgraft wrote for this selector.
pub(super) fn is_for(selector: &Selector, on: &On) -> bool {
    match selector {
        Selector::Sole => true,
        Selector::Mac(mac) => on.macs == [*mac],
        Selector::Name(name) => on.macs.is_empty() && on.names == [name.as_str()],
    }
}

enum Fit {
    Sure,
    General,
    Unsure,
    No,
}

fn fit(selector: &Selector, on: &On) -> Fit {
    let is_general = on.macs.is_empty() && on.names.iter().all(|name| is_pattern(name));
    match selector {
        Selector::Mac(mac) if on.macs.contains(mac) => Fit::Sure,
        Selector::Name(name) if on.names.contains(name) => Fit::Sure,
        Selector::Name(name) if !on.names.is_empty() => {
            match on.names.iter().any(|known| fits(known, name)) {
                true if on.macs.is_empty() => Fit::General,
                true => Fit::Unsure,
                false => Fit::No,
            }
        }
        _ if is_general => Fit::General,
        _ => Fit::Unsure,
    }
}

/// True where two are not known to be for one NIC.
fn differ(one: &On, other: &On) -> bool {
    let share_mac = one.macs.iter().any(|mac| other.macs.contains(mac));
    let share_name = one.names.iter().any(|name| other.names.contains(name));
    !share_mac && !share_name
}

fn shown(on: &On) -> String {
    match (on.names.first(), on.macs.first()) {
        (Some(name), _) => printable(name),
        (None, Some(mac)) => mac.to_string(),
        (None, None) => "any".to_owned(),
    }
}

/// A NIC as a part of a sentence.
pub(super) fn in_words(nic: &Nic) -> String {
    match &nic.selector {
        Selector::Sole => "the guest's only NIC".to_owned(),
        Selector::Mac(mac) => format!("the NIC {mac}"),
        Selector::Name(name) => format!("the NIC {}", printable(name)),
    }
}

/// Judges the name of a selector, and whether the child's NIC will have it.
///
/// # Errors
/// Codes `nic-name` and `nic-renamed`.
pub(super) fn judge_name(nic: &Nic, files: &Files) -> Result<(), Flaw> {
    refusal::judge_name(&nic.selector)?;
    let Selector::Name(name) = &nic.selector else {
        return Ok(());
    };
    let mut namings = nic_name::namings(files).into_iter();
    match namings.find(|naming| naming.name == *name && !naming.is_generated) {
        None => Ok(()),
        Some(naming) => Err(refusal::renamed(&naming.file, name, naming.mac)),
    }
}

/// True for a name that no hardware has: a bridge, a tunnel, a container's link.
pub(super) fn is_virtual(name: &str) -> bool {
    const PREFIXES: [&str; 24] = [
        "docker", "veth", "virbr", "vnet", "br-", "br0", "tun", "tap", "wg", "wl", "ww", "bond",
        "dummy", "vlan", "cni", "flannel", "cali", "vb-", "ve-", "vz-", "vt-", "host0", "6rd-",
        "ib",
    ];
    name == "lo" || name.contains('.') || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::stack::asked::guest;

    fn on(macs: &[&str], names: &[&str]) -> On {
        On {
            macs: macs.iter().map(|mac| mac.parse().unwrap()).collect(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn chosen(selector: Selector, ons: &[On]) -> Option<(Vec<usize>, Vec<usize>)> {
        let candidates: Vec<_> = ons
            .iter()
            .map(|on| Candidate { on, is_ours: false })
            .collect();
        let choice = choose(&Nic::new(selector), &candidates).ok()?;
        Some((choice.own, choice.general))
    }

    const A: &str = "52:54:00:00:00:0a";
    const B: &str = "52:54:00:00:00:0b";

    #[test]
    fn the_only_nic_named_is_the_one_that_is_asked_for() {
        let mac = Selector::Mac(B.parse().unwrap());
        let master = [on(&[A], &["ens3"]), on(&[], &["en*"])];
        assert_eq!(chosen(mac.clone(), &master), Some((vec![0], vec![1])));
        assert_eq!(chosen(Selector::Sole, &master), Some((vec![0], vec![1])));
        assert_eq!(chosen(mac, &[on(&[], &["ens3"])]), Some((vec![0], vec![])));
    }

    #[test]
    fn a_hardware_address_that_is_named_leaves_the_others() {
        let mac = Selector::Mac(B.parse().unwrap());
        let two = [on(&[A], &[]), on(&[B], &[]), on(&[], &["ens9"])];
        assert_eq!(chosen(mac, &two), Some((vec![1], vec![])));
    }

    #[test]
    fn several_nics_of_which_each_may_be_meant_are_refused() {
        let two = [on(&[], &["ens3"]), on(&[], &["ens4"])];
        assert_eq!(chosen(Selector::Sole, &two), None);
        assert_eq!(chosen(Selector::Mac(B.parse().unwrap()), &two), None);
        let name = Selector::Name("ens4".to_owned());
        assert_eq!(chosen(name, &two), Some((vec![1], vec![])));
    }

    #[test]
    fn a_name_that_the_master_has_by_its_hardware_address_is_refused() {
        let judged = |name: &str| {
            let link = "[Match]\nMACAddress=52:54:00:00:00:0a\n[Link]\nName=lan0\n";
            let files = guest(&[("/etc/systemd/network/10-lan.link", link)]);
            judge_name(&Nic::new(Selector::Name(name.to_owned())), &files)
        };
        assert_eq!(judged("lan0").unwrap_err().code(), "nic-renamed");
        assert_eq!(judged("ens3"), Ok(()));
        assert_eq!(judged("en*").unwrap_err().code(), "nic-name");
    }

    #[test]
    fn a_name_that_is_not_configured_takes_nothing_from_others() {
        let name = Selector::Name("ens9".to_owned());
        assert_eq!(chosen(name, &[on(&[], &["ens3"])]), Some((vec![], vec![])));
    }
}
