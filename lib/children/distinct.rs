//! Rows held against each other.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use super::error::{Fault, Kind};
use super::row::Row;
use crate::identity::MachineIdWish;
use crate::path::printable;

/// Places at which something was seen first.
struct Seen<'a, T> {
    what: &'static str,
    code: Kind,
    first: HashMap<T, &'a Row>,
}

impl<'a, T: Eq + Hash> Seen<'a, T> {
    fn new(what: &'static str, code: Kind) -> Self {
        let first = HashMap::new();
        Self { what, code, first }
    }

    /// A fault where another row has it already.
    fn put(&mut self, key: T, shown: &str, row: &'a Row, origin: &str) -> Option<Fault> {
        use std::collections::hash_map::Entry;

        match self.first.entry(key) {
            Entry::Vacant(free) => {
                free.insert(row);
                None
            }
            Entry::Occupied(taken) => {
                let (what, shown) = (self.what, printable(shown));
                let text = format!("{what} {shown} stands in {} already", said(taken.get()));
                Some(Fault::new(place(row, origin), self.code, text))
            }
        }
    }
}

/// Place of a row: its line in a table, else its file.
pub(super) fn place(row: &Row, origin: &str) -> String {
    match row.line {
        Some(line) => format!("{origin}:{line}"),
        None => printable(&row.file.to_string_lossy()),
    }
}

fn said(row: &Row) -> String {
    match row.line {
        Some(line) => format!("line {line}"),
        None => printable(&row.file.to_string_lossy()),
    }
}

/// Faults of rows beside each other: a file, a host name, an address, a hardware address, a
/// machine-id or a name that two have, and the address of a gateway. `origin` names the table.
pub fn distinct(rows: &[Row], origin: &str) -> Vec<Fault> {
    let mut files = Seen::new("file", Kind::FileTwice);
    let mut names = Seen::new("host name", Kind::HostnameTwice);
    let mut addresses = Seen::new("address", Kind::AddressTwice);
    let mut macs = Seen::new("hardware address", Kind::MacTwice);
    let mut ids = Seen::new("machine-id", Kind::MachineIdTwice);
    let mut known = Seen::new("identity", Kind::IdentityTwice);
    let mut gateways: HashMap<IpAddr, &Row> = HashMap::new();
    for row in rows {
        for gateway in &row.ask.gateways {
            gateways.entry(*gateway).or_insert(row);
        }
    }
    let mut faults = Vec::new();
    for row in rows {
        let shown = row.file.to_string_lossy();
        let file = std::path::absolute(&row.file).unwrap_or_else(|_| row.file.clone());
        faults.extend(files.put(file, &shown, row, origin));
        if let Some(name) = &row.ask.hostname {
            let key = name.as_str().to_ascii_lowercase();
            faults.extend(names.put(key, name.as_str(), row, origin));
        }
        if let Some(mac) = row.ask.mac {
            faults.extend(macs.put(mac, &mac.to_string(), row, origin));
        }
        if let Some(MachineIdWish::Is(id)) = &row.ask.machine_id {
            faults.extend(ids.put(id.as_str(), id.as_str(), row, origin));
        }
        if let Some(name) = &row.known_as {
            faults.extend(known.put(name, name, row, origin));
        }
        for address in row.ask.addresses.iter().map(|net| net.addr()) {
            let shown = address.to_string();
            faults.extend(addresses.put(address, &shown, row, origin));
            // A row's own gateway is judged with the row.
            if let Some(other) = gateways.get(&address).filter(|other| **other != row) {
                let text = format!("address {address} is the gateway of {}", said(other));
                let code = Kind::AddressGateway;
                faults.push(Fault::new(place(row, origin), code, text));
            }
        }
    }
    faults
}
