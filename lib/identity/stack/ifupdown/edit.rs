//! The edit of the wanted NIC's stanzas.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;

use super::choice::{StartWord, Target, choose, is_alias, is_its, refuse_entangled};
use super::config::{Config, Family, Stanza};
use super::flavour::{Flavour, MAIN, RESOLVCONF_HOOKS, has_patterns};
use super::lines::{Line, indent, lines, newline, with_value, with_word};
use super::standing::refuse_what_cannot_stay;
use super::wish::{Slot, Wish, address, family_of, options_of, prefix};
use crate::identity::change::Change;
use crate::identity::files::Files;
use crate::identity::flaw::Flaw;
use crate::identity::stack::resolver::Servers;
use crate::identity::stack::{refusal, resolver};
use crate::identity::wanted::{Mac, Nic, Selector};

/// Options of a stanza, in the order in which they are written.
type Options = Vec<(&'static str, String)>;

/// Changes that give the NIC what is wanted.
pub(super) fn render(
    nic: &Nic,
    all: &Servers,
    files: &Files,
    flavour: Flavour,
) -> Result<Vec<Change>, Flaw> {
    let wishes: Vec<Wish> = [Wish::v4(nic), Wish::v6(nic)]
        .into_iter()
        .flatten()
        .collect();
    if wishes.is_empty() && nic.dns.is_empty() && nic.search.is_empty() {
        return Ok(Vec::new());
    }
    refusal::judge_name(&nic.selector)?;
    let reaches_any = match flavour {
        Flavour::Debian => has_patterns(files),
        Flavour::Two | Flavour::Ng => true,
        Flavour::Busybox => false,
    };
    if let Some(wish) = wishes
        .iter()
        .find(|wish| wish.is_off_link() && !reaches_any)
    {
        let gateway = wish.gateway.map(|gateway| gateway.to_string());
        return Err(refusal::off_link("ifupdown", &gateway.unwrap_or_default()));
    }
    let config = Config::read(files, flavour)?;
    let target = choose(&nic.selector, &config, files, flavour)?;
    refuse_entangled(&target, &config)?;
    refuse_what_cannot_stay(nic, &config, &target, &wishes)?;
    let (servers, change) = servers(nic, all, files)?;
    let is_file = resolver::way(files) == Ok(resolver::Way::File);
    let mut edit = Edit {
        config: &config,
        target: &target,
        wishes: &wishes,
        flavour,
        mac: match nic.selector {
            Selector::Mac(mac) => Some(mac),
            _ => None,
        },
        is_resolv_conf_written: is_file && servers.is_empty(),
        servers,
        edits: BTreeMap::new(),
        added: Vec::new(),
    };
    edit.stanzas(nic)?;
    edit.starts();
    let mut changes = edit.changes(files);
    changes.extend(change);
    Ok(changes)
}

/// Options of a stanza that give the wanted name servers and domains, and the change of another file
/// that does.
fn servers(nic: &Nic, all: &Servers, files: &Files) -> Result<(Options, Option<Change>), Flaw> {
    let mut options = Vec::new();
    if !resolver::asks(nic) {
        return Ok((options, None));
    }
    let way = resolver::way(files)?;
    let has_hook = RESOLVCONF_HOOKS.iter().any(|path| files.exists(path));
    if way == resolver::Way::Resolvconf && !has_hook {
        return Err(refusal::no_dns(format!(
            "{} belongs to resolvconf, and ifupdown has no hook that hands it name servers: install resolvconf in the master, or make it a file",
            resolver::PATH
        )));
    }
    if has_hook && way != resolver::Way::Resolved {
        if !nic.dns.is_empty() {
            let servers: Vec<String> = nic.dns.iter().map(IpAddr::to_string).collect();
            options.push(("dns-nameservers", servers.join(" ")));
        }
        if !nic.search.is_empty() {
            options.push(("dns-search", resolver::joined(&nic.search)));
        }
    }
    Ok((options, resolver::render(all, files, way)))
}

/// What becomes of a stanza.
#[derive(Clone, Debug)]
enum Role {
    /// It says this.
    Slot(Slot),
    /// It says nothing of its family any more.
    Excess,
    /// Its family stays.
    Kept,
}

struct Edit<'a> {
    config: &'a Config,
    target: &'a Target,
    wishes: &'a [Wish],
    flavour: Flavour,
    mac: Option<Mac>,
    /// True where a client of DHCP writes `/etc/resolv.conf` anew.
    is_resolv_conf_written: bool,
    /// Options for name servers and domains, not yet placed.
    servers: Options,
    /// New bytes of ranges, by file and start.
    edits: BTreeMap<(usize, usize), (usize, Vec<u8>)>,
    /// Lines for the end of the main file.
    added: Vec<String>,
}

impl Edit<'_> {
    fn is_wished(&self, family: Family) -> bool {
        self.wishes.iter().any(|wish| wish.family == family)
    }

    fn stanzas(&mut self, nic: &Nic) -> Result<(), Flaw> {
        let config = self.config;
        let its: Vec<&Stanza> = config
            .stanzas
            .iter()
            .filter(|stanza| is_its(stanza, self.target))
            .collect();
        let mut roles: Vec<Role> = vec![Role::Kept; its.len()];
        let mut new: Vec<Slot> = Vec::new();
        for wish in self.wishes {
            let mut slots = wish.slots().into_iter();
            for (role, stanza) in roles.iter_mut().zip(&its) {
                if stanza.family == Some(wish.family) {
                    let slot = match is_alias(stanza, self.target) {
                        true => None,
                        false => slots.next(),
                    };
                    *role = slot.map_or(Role::Excess, Role::Slot);
                }
            }
            new.extend(slots.filter(|slot| slot.method != "manual"));
        }
        let asks_dhcp = roles.iter().zip(&its).any(|(role, stanza)| match role {
            Role::Slot(slot) => slot.family == Family::Inet && slot.method == "dhcp",
            Role::Kept => stanza.family == Some(Family::Inet) && stanza.method == "dhcp",
            Role::Excess => false,
        });
        let asks_dhcp = asks_dhcp
            || new
                .iter()
                .any(|s| (s.family, s.method) == (Family::Inet, "dhcp"));
        let asks_servers = resolver::asks(nic);
        if asks_servers && asks_dhcp && self.is_resolv_conf_written {
            return Err(refusal::no_dns(format!(
                "the NIC asks DHCP, whose client writes {} anew: leave the name servers to DHCP, or install resolvconf in the master",
                resolver::PATH
            )));
        }
        let holder = holder(&roles, &its);
        for (index, stanza) in its.iter().enumerate() {
            let servers = match holder == Some(index) {
                true => std::mem::take(&mut self.servers),
                false => Vec::new(),
            };
            self.stanza(stanza, &roles[index], servers, asks_servers.then_some(nic));
        }
        if let StartWord::Added(word) = &self.target.start {
            let has_any = !its.is_empty() || !new.is_empty();
            if has_any {
                self.added.push(format!("auto {word}"));
            }
        }
        for slot in new {
            self.new_stanza(&slot);
        }
        Ok(())
    }

    fn new_stanza(&mut self, slot: &Slot) {
        let family = match slot.family {
            Family::Inet6 => "inet6",
            _ => "inet",
        };
        let mut text = format!("iface {} {family} {}", self.target.stanza, slot.method);
        let with_netmask = self.flavour == Flavour::Busybox;
        let mut options = said(slot, with_netmask);
        options.append(&mut self.servers);
        for (key, value) in options {
            text.push_str(&format!("\n\t{key} {value}"));
        }
        self.added.push(text);
    }

    fn stanza(&mut self, stanza: &Stanza, role: &Role, servers: Options, asks: Option<&Nic>) {
        let config = self.config;
        let (kept, method) = match role {
            Role::Slot(slot) => (false, Some(slot.method)),
            Role::Excess => (false, Some("manual")),
            Role::Kept => (true, None),
        };
        let address_there = stanza.options.iter().any(|line| line.key() == "address");
        let netmask_there = stanza.option("netmask").is_some();
        let style = (netmask_there && address_there) || self.flavour == Flavour::Busybox;
        let mut missing = match role {
            Role::Slot(slot) => said(slot, style),
            _ => Vec::new(),
        };
        missing.extend(servers);
        let mut lines: Vec<(Line, Option<Vec<u8>>)> = Vec::new();
        for line in &stanza.options {
            let raw = config.raw(stanza.file, &line.range);
            let fate = self.fate(stanza, role, line, &mut missing, asks);
            let new = match fate {
                Fate::Stays => Some(raw.to_vec()),
                Fate::Goes => None,
                Fate::Becomes(value) => Some(with_value(raw, line, &value)),
            };
            lines.push((line.clone(), new));
        }
        let is_empty = missing.is_empty() && lines.iter().all(|(_, new)| new.is_none());
        let is_other = |s: &&Stanza| s.name == stanza.name && s.head.range != stanza.head.range;
        let has_others = config.stanzas.iter().any(|other| is_other(&other));
        let is_alias = is_alias(stanza, self.target);
        if matches!(role, Role::Excess) && is_empty && (has_others || is_alias) {
            self.edit(stanza.file, &stanza.head.range, Vec::new());
            for line in &stanza.options {
                self.edit(stanza.file, &line.range, Vec::new());
            }
            if is_alias {
                self.unstart(&stanza.name);
            }
            return;
        }
        let raw = config.raw(stanza.file, &stanza.head.range);
        let mut head = raw.to_vec();
        if let Some(method) = method.filter(|method| !kept && *method != stanza.method) {
            head = with_word(raw, &stanza.head, 3, method);
        }
        let step = match stanza.options.first() {
            Some(line) => indent(config.raw(stanza.file, &line.range)).to_vec(),
            None => b"\t".to_vec(),
        };
        let nl = newline(&config.files[stanza.file].content).as_bytes();
        let mut insert = Vec::new();
        for (key, value) in missing {
            insert.extend([&step, key.as_bytes(), b" ", value.as_bytes(), nl].concat());
        }
        // New options stand behind the address, or behind the head.
        let behind = lines
            .iter()
            .position(|(line, new)| line.key() == "address" && new.is_some());
        let place = match behind {
            Some(index) => lines[index].1.as_mut().expect("a line that stays"),
            None => &mut head,
        };
        if !insert.is_empty() {
            if !place.ends_with(b"\n") {
                place.extend_from_slice(nl);
            }
            place.extend(insert);
        }
        self.edit(stanza.file, &stanza.head.range, head);
        for (line, new) in lines {
            self.edit(stanza.file, &line.range, new.unwrap_or_default());
        }
    }

    /// What becomes of an option. What it says of the slot is taken from `missing`.
    fn fate(
        &self,
        stanza: &Stanza,
        role: &Role,
        line: &Line,
        missing: &mut Options,
        asks: Option<&Nic>,
    ) -> Fate {
        let key = line.key();
        let value = line.value();
        let own = stanza.family.unwrap_or(Family::Other);
        let content = value.split('/').next().unwrap_or_default();
        let content = content.parse().ok().map(family_of);
        let goes = match key {
            "address" | "gateway" => {
                let of = content.unwrap_or(own);
                self.is_wished(of)
            }
            "netmask" => match own {
                Family::Other => self.is_wished(Family::Inet) && value.contains('.'),
                own => self.is_wished(own),
            },
            "broadcast" | "network" | "pointopoint" | "point-to-point" => {
                self.is_wished(Family::Inet) && own != Family::Inet6
            }
            "use" => value == "dhcp" && self.is_wished(Family::Inet) && !stays_dhcp(role),
            "client" | "dhcp-client-id" => self.is_wished(own),
            "hwaddress" => return self.hardware_address(line),
            "dns-nameservers" | "dns-nameserver" => asks.is_some_and(|nic| !nic.dns.is_empty()),
            "dns-search" | "dns-domain" => asks.is_some_and(|nic| !nic.search.is_empty()),
            _ => match role {
                Role::Kept => false,
                Role::Slot(Slot { method, .. }) => is_left_behind(own, &stanza.method, method, key),
                Role::Excess => is_left_behind(own, &stanza.method, "manual", key),
            },
        };
        if !goes {
            return Fate::Stays;
        }
        let is_slots = content == Some(own) || !matches!(key, "address" | "gateway");
        let said = missing.iter().position(|(known, _)| *known == key);
        match said.filter(|_| is_slots) {
            Some(index) => {
                let (_, new) = missing.remove(index);
                match is_same(key, &value, &new) {
                    true => Fate::Stays,
                    false => Fate::Becomes(new),
                }
            }
            None => Fate::Goes,
        }
    }

    fn hardware_address(&self, line: &Line) -> Fate {
        let set = line
            .words
            .iter()
            .position(|word| word.parse::<Mac>().is_ok());
        match (set, self.mac) {
            (Some(index), Some(mac)) if line.words[index].parse() != Ok(mac) => {
                let mut words = line.words[1..].to_vec();
                words[index - 1] = mac.to_string();
                Fate::Becomes(words.join(" "))
            }
            _ => Fate::Stays,
        }
    }

    fn edit(&mut self, file: usize, range: &Range<usize>, new: Vec<u8>) {
        self.edits.insert((file, range.start), (range.end, new));
    }

    /// The bytes of a start line as they are now.
    fn start_line(&self, file: usize, line: &Line) -> Vec<u8> {
        match self.edits.get(&(file, line.range.start)) {
            Some((_, new)) => new.clone(),
            None => self.config.raw(file, &line.range).to_vec(),
        }
    }

    /// Words of start lines that become others.
    fn starts(&mut self) {
        let StartWord::Replaced(new) = &self.target.start else {
            return;
        };
        let config = self.config;
        for start in config
            .starts
            .iter()
            .filter(|s| s.starts(&self.target.stanza))
        {
            let raw = self.start_line(start.file, &start.line);
            let new = match lines(&raw).first() {
                Some(line) => with_word(&raw, line, start.index, new),
                None => continue,
            };
            self.edit(start.file, &start.line.range, new);
        }
    }

    /// Takes a name out of its start lines.
    fn unstart(&mut self, name: &str) {
        let config = self.config;
        for start in config
            .starts
            .iter()
            .filter(|s| s.nic == name && s.logical.is_none())
        {
            let raw = self.start_line(start.file, &start.line);
            let Some(line) = lines(&raw).into_iter().next() else {
                continue;
            };
            let words: Vec<&str> = line.words.iter().map(String::as_str).collect();
            let left: Vec<&str> = words.into_iter().filter(|word| *word != name).collect();
            let new = match left.len() {
                1 => Vec::new(),
                _ => with_value(&raw, &line, &left[1..].join(" ")),
            };
            self.edit(start.file, &start.line.range, new);
        }
    }

    fn changes(self, files: &Files) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut has_main = false;
        for (index, source) in self.config.files.iter().enumerate() {
            let mut new = Vec::with_capacity(source.content.len());
            let mut at = 0;
            for ((_, start), (end, bytes)) in self.edits.range((index, 0)..(index + 1, 0)) {
                new.extend_from_slice(&source.content[at..*start]);
                new.extend_from_slice(bytes);
                at = *end;
            }
            new.extend_from_slice(&source.content[at..]);
            if source.path.to_string() == MAIN {
                has_main = true;
                append(&mut new, &self.added, newline(&source.content));
            }
            if new != source.content {
                changes.push(Change::rewrite(&source.path, new));
            }
        }
        if !has_main && !self.added.is_empty() && files.file(MAIN).is_none() {
            let mut new = b"auto lo\niface lo inet loopback\n".to_vec();
            append(&mut new, &self.added, "\n");
            changes.push(Change::text(MAIN, new));
        }
        changes
    }
}

/// What becomes of an option.
enum Fate {
    Stays,
    Goes,
    Becomes(String),
}

/// The stanza that name servers go to: the first of IPv4, else of IPv6, else any.
fn holder(roles: &[Role], its: &[&Stanza]) -> Option<usize> {
    let stays = |index: &usize| !matches!(roles[*index], Role::Excess);
    let of = |family: Option<Family>| {
        let mut all = (0..its.len()).filter(stays);
        all.find(|index| its[*index].family == family)
    };
    of(Some(Family::Inet))
        .or_else(|| of(Some(Family::Inet6)))
        .or_else(|| of(None))
}

/// Options that say a slot.
fn said(slot: &Slot, with_netmask: bool) -> Options {
    let mut options = Vec::new();
    if let Some(net) = slot.address {
        if with_netmask {
            options.push(("address", net.addr().to_string()));
            let mask = match net.netmask() {
                IpAddr::V4(mask) => mask.to_string(),
                IpAddr::V6(_) => net.prefix_len().to_string(),
            };
            options.push(("netmask", mask));
        } else {
            options.push(("address", net.to_string()));
        }
    }
    if let Some(gateway) = slot.gateway {
        options.push(("gateway", gateway.to_string()));
    }
    options
}

/// True where an old value of an option says the same as the new one.
fn is_same(key: &str, old: &str, new: &str) -> bool {
    match key {
        "address" => {
            old.contains('/') == new.contains('/') && address(old, None) == address(new, None)
        }
        "netmask" => prefix(old).is_some() && prefix(old) == prefix(new),
        "gateway" => {
            let old: Result<IpAddr, _> = old.parse();
            old.is_ok() && old == new.parse()
        }
        _ => old == new,
    }
}

fn stays_dhcp(role: &Role) -> bool {
    matches!(role, Role::Slot(slot) if slot.family == Family::Inet && slot.method == "dhcp")
}

fn is_left_behind(family: Family, old: &str, new: &str, key: &str) -> bool {
    old != new && options_of(family, old).contains(&key) && !options_of(family, new).contains(&key)
}

/// Adds blocks of lines, each behind an empty one.
fn append(text: &mut Vec<u8>, blocks: &[String], nl: &str) {
    if blocks.is_empty() {
        return;
    }
    let mut added = String::new();
    if !text.is_empty() {
        if !text.ends_with(b"\n") {
            added.push('\n');
        }
        added.push('\n');
    }
    for (index, block) in blocks.iter().enumerate() {
        let is_second = index > 0 && !blocks[index - 1].starts_with("auto ");
        if is_second {
            added.push('\n');
        }
        added.push_str(block);
        added.push('\n');
    }
    text.extend(added.replace('\n', nl).bytes());
}
