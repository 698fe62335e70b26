//! Profiles as NetworkManager reads them.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::identity::files::{Files, OldFile};
use crate::identity::stack::choice::is_virtual;
use crate::identity::stack::ini::{Dialect, Section, merged, parse};
use crate::identity::stack::{Claim, On, unit};
use crate::identity::wanted::Mac;
use crate::path::GuestPath;

/// Folder of the administrator's profiles.
pub(super) const ETC: &str = "/etc/NetworkManager/system-connections";
/// Folder of the vendor's.
pub(super) const LIB: &str = "/usr/lib/NetworkManager/system-connections";

/// A profile.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    pub(super) path: GuestPath,
    pub(super) sections: Vec<Section>,
    /// True for one of the vendor's, which only a mark in `/etc` takes away.
    pub(super) is_vendors: bool,
}

/// The profiles that NetworkManager loads: the administrator's, then the vendor's that none of those and
/// no mark replaces.
pub(super) fn read(files: &Files) -> Vec<Profile> {
    let mut profiles = in_folder(files, ETC);
    let all = vendors(files);
    let known: Vec<String> = profiles.iter().filter_map(|one| one.uuid()).collect();
    profiles.extend(all.into_iter().filter(|profile| {
        profile.uuid().is_none_or(|uuid| {
            let mark = mark_of(&uuid);
            !known.contains(&uuid) && !unit::is_null(files.at(&mark))
        })
    }));
    profiles
}

/// The vendor's profiles, those that are taken away among them.
pub(super) fn vendors(files: &Files) -> Vec<Profile> {
    in_folder(files, LIB)
}

/// The place of the mark that takes a vendor's profile away: a link to `/dev/null` there.
pub(super) fn mark_of(uuid: &str) -> String {
    format!("{ETC}/{uuid}.nmmeta")
}

fn in_folder(files: &Files, folder: &str) -> Vec<Profile> {
    let is_vendors = folder == LIB;
    let loaded = files.files_in(folder).filter(|(path, file)| {
        let name = String::from_utf8_lossy(path.file_name().unwrap_or_default());
        is_loaded(&name, is_vendors) && is_private(file)
    });
    loaded
        .filter_map(|(path, file)| {
            let sections = parse(&file.content, Dialect::KeyFile).ok()?;
            Some(Profile {
                path: path.clone(),
                sections: merged(sections, &[]),
                is_vendors,
            })
        })
        .collect()
}

/// True for a name that is read: any in `/etc` but hidden ones, backups, temporary files and certificates.
fn is_loaded(name: &str, needs_extension: bool) -> bool {
    let last = name.rsplit_once('.').map(|(_, last)| last);
    let is_temporary = last.is_some_and(|last| {
        last.len() == 6 && last.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let is_left_out = name.starts_with('.')
        || [".nmmeta", ".pem", ".der", "~"]
            .iter()
            .any(|end| name.ends_with(end))
        || is_temporary;
    !is_left_out && (!needs_extension || name.ends_with(".nmconnection"))
}

/// True for a file that NetworkManager trusts.
fn is_private(file: &OldFile) -> bool {
    file.owner.uid == 0 && file.owner.mode & 0o077 == 0
}

impl Profile {
    pub(super) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    fn value(&self, section: &str, key: &str) -> Option<&str> {
        self.section(section)?.last(key).map(str::trim)
    }

    /// Its UUID; `None` where NetworkManager makes one of the path.
    pub(super) fn uuid(&self) -> Option<String> {
        let uuid = self.value("connection", "uuid")?;
        (!uuid.is_empty()).then(|| uuid.to_ascii_lowercase())
    }

    fn kind(&self) -> &str {
        match self.value("connection", "type") {
            Some(kind) => kind,
            None if self.wired().is_some() => "ethernet",
            None => "",
        }
    }

    pub(super) fn is_ethernet(&self) -> bool {
        ["ethernet", "802-3-ethernet"].contains(&self.kind())
    }

    fn wired(&self) -> Option<&Section> {
        self.section("ethernet")
            .or_else(|| self.section("802-3-ethernet"))
    }

    /// True for one that NetworkManager brings up by itself.
    pub(super) fn comes_up(&self) -> bool {
        let value = self.value("connection", "autoconnect").unwrap_or("true");
        !["false", "no", "0"].contains(&value)
    }

    /// Its place among the profiles that fit a NIC: the highest one is tried first.
    pub(super) fn priority(&self) -> i32 {
        let value = self.value("connection", "autoconnect-priority");
        value.and_then(|value| value.parse().ok()).unwrap_or(0)
    }

    /// The device that its NIC is a part of.
    pub(super) fn controller(&self) -> Option<&str> {
        let keys = ["controller", "master"].iter();
        keys.filter_map(|key| self.value("connection", key))
            .find(|value| !value.is_empty())
    }

    /// The NIC, by its name, its hardware address or its profile's UUID, that a VLAN or the like stands on; an empty
    /// text where it is not named.
    pub(super) fn parent(&self) -> Option<&str> {
        let kind = self.kind();
        let kind = ["vlan", "macvlan", "ipvlan", "macsec"]
            .iter()
            .find(|known| **known == kind)?;
        Some(self.value(kind, "parent").unwrap_or_default())
    }

    /// NICs that it takes; `None` where no Ethernet NIC fits it.
    pub(super) fn on(&self) -> Option<On> {
        if !self.is_ethernet() {
            return None;
        }
        let mut on = On::default();
        let mac = self.wired().and_then(|wired| wired.last("mac-address"));
        if let Some(mac) = mac.map(str::trim).filter(|mac| !mac.is_empty()) {
            on.macs.push(mac_of(mac)?);
        }
        let name = self
            .value("connection", "interface-name")
            .unwrap_or_default();
        let matched = self.value("match", "interface-name").unwrap_or_default();
        let names = match name {
            "" => matched,
            name => name,
        };
        let names = names.split([';', ',']).map(str::trim);
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        if !names.iter().any(|name| name.starts_with(['!', '&'])) {
            let bare = names
                .iter()
                .map(|name| name.trim_start_matches(['|', '\\']));
            on.names = bare
                .filter(|name| !is_virtual(name))
                .map(str::to_owned)
                .collect();
            if on.names.is_empty() && !names.is_empty() {
                return None;
            }
        }
        Some(on)
    }

    pub(super) fn claim(&self) -> Option<Claim> {
        let mut claim = Claim {
            file: Some(self.path.clone()),
            name: self
                .value("connection", "id")
                .unwrap_or_default()
                .to_owned(),
            on: self.on()?,
            ..Claim::default()
        };
        if self.controller().is_some() {
            return Some(claim);
        }
        for family in ["ipv4", "ipv6"] {
            let default = Section::new(family);
            let section = self.section(family).unwrap_or(&default);
            let ip = Ip::of(section);
            claim.addresses.extend(ip.addresses);
            claim.gateways.extend(ip.gateways);
            claim.dns.extend(ip.dns);
            match (family, ip.method.as_str()) {
                ("ipv4", "auto") => claim.dhcp4 = true,
                ("ipv6", "dhcp") => claim.dhcp6 = true,
                _ => {}
            }
        }
        Some(claim)
    }
}

/// A section of one family.
#[derive(Debug, Default)]
pub(super) struct Ip {
    pub(super) method: String,
    pub(super) addresses: Vec<IpNet>,
    /// Gateways of default routes.
    pub(super) gateways: Vec<IpAddr>,
    pub(super) dns: Vec<IpAddr>,
}

impl Ip {
    fn of(section: &Section) -> Self {
        let mut ip = Self {
            method: section.last("method").unwrap_or("auto").trim().to_owned(),
            ..Self::default()
        };
        for (key, value) in &section.entries {
            if is_numbered(key, "address") || is_numbered(key, "addresses") {
                let parts: Vec<&str> = parts(value).collect();
                // More than one address in a value: each has a prefix of its own.
                let several = parts.iter().filter(|part| part.contains('/')).count() > 1;
                match several {
                    true => ip
                        .addresses
                        .extend(parts.iter().filter_map(|part| net_of(part))),
                    false => {
                        let prefix = parts.get(1).filter(|part| part.parse::<u8>().is_ok());
                        let first = parts.first().copied().unwrap_or_default();
                        let joined = prefix.map(|prefix| format!("{first}/{prefix}"));
                        ip.addresses
                            .extend(net_of(joined.as_deref().unwrap_or(first)));
                        let gateway = parts.get(1 + usize::from(prefix.is_some()));
                        ip.gateways
                            .extend(gateway.and_then(|word| word.parse::<IpAddr>().ok()));
                    }
                }
            } else if key == "gateway" {
                ip.gateways.extend(value.trim().parse::<IpAddr>().ok());
            } else if key == "dns" {
                ip.dns.extend(
                    parts(value).filter_map(|word| word.split('#').next()?.parse::<IpAddr>().ok()),
                );
            } else if let Some((None, via)) = route_of(key, value) {
                ip.gateways.extend(via);
            }
        }
        ip.gateways.retain(|gateway| !gateway.is_unspecified());
        ip
    }
}

/// A route's destination, `None` for a default route, and its gateway, where a key holds one.
pub(super) fn route_of(key: &str, value: &str) -> Option<(Option<IpNet>, Option<IpAddr>)> {
    if !is_numbered(key, "route") && !is_numbered(key, "routes") {
        return None;
    }
    let mut parts = parts(value);
    let destination = net_of(parts.next()?);
    let via = parts.find_map(|word| word.parse::<IpAddr>().ok());
    let is_default = destination.is_some_and(|net| net.prefix_len() == 0);
    let via = via.filter(|via| !via.is_unspecified());
    Some((destination.filter(|_| !is_default), via))
}

/// True for `WORD`, or `WORD` with a number behind it.
pub(super) fn is_numbered(key: &str, word: &str) -> bool {
    let number = key.strip_prefix(word);
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn parts(value: &str) -> impl Iterator<Item = &str> {
    let parts = value.split([';', ',']).map(str::trim);
    parts.filter(|part| !part.is_empty())
}

fn net_of(word: &str) -> Option<IpNet> {
    let host = || word.parse::<IpAddr>().ok().map(IpNet::from);
    word.parse().ok().or_else(host)
}

/// A hardware address; in old files six decimal numbers.
fn mac_of(text: &str) -> Option<Mac> {
    if !text.contains(';') {
        return text.parse().ok();
    }
    let bytes = text.split(';').filter(|byte| !byte.is_empty());
    let bytes: Option<Vec<String>> = bytes
        .map(|byte| byte.parse::<u8>().ok().map(|byte| format!("{byte:02x}")))
        .collect();
    bytes?.join(":").parse().ok()
}
