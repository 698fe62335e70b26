//! Children of a call, each with what is asked for it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use osgraft::children::{Row, Table, TableError, addresses_from, distinct};
use osgraft::identity::{Ask, Field, address_of, host_names};
use osgraft::image::Child;
use osgraft::pool::{Book, Hold, PoolError, Pools};
use osgraft::prepare::{ChildRequest, known_by};

use crate::args::{IdentityArgs, Wish};
use crate::exit::{Failure, Usage};
use crate::setup::{Setup, server_wish};

/// Children of a call, each with what is asked for it. All of them were judged.
#[derive(Debug)]
pub(crate) struct Wanted {
    rows: Vec<Row>,
    /// Name that all of them are known by.
    known_as: Option<String>,
    defaults: Ask,
    pools: Option<Pools>,
}

/// A child that was judged, as the library is asked for it.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) request: ChildRequest,
    /// Its address of a pool, until the child is prepared.
    pub(crate) hold: Option<Hold<'a>>,
    /// Host name and addresses of its identity.
    pub(crate) names: Vec<String>,
}

/// Numbers and addresses of a row of clones.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Series<'a> {
    /// The numbers in the children's names.
    pub(crate) numbers: &'a [Option<u32>],
    /// Their first address.
    pub(crate) address_from: Option<&'a str>,
}

impl Wanted {
    /// The children that were named, or those of a table.
    pub(crate) fn new(
        files: &[PathBuf],
        table: Option<&Path>,
        wish: &Wish,
        series: Series<'_>,
        setup: &Setup,
    ) -> Result<Self, Failure> {
        let mut wanted = Self {
            rows: Vec::new(),
            known_as: wish.identity.clone(),
            defaults: Ask::default(),
            pools: None,
        };
        // What asks for nothing needs none of it.
        let asked = &wish.asked;
        if table.is_none() && asked.first().is_none() && series.address_from.is_none() {
            let row = |file: &PathBuf| Row::new(file, Ask::default());
            wanted.rows = files.iter().map(row).collect();
            return Ok(wanted);
        }
        let (defaults, pools) = setup.identities()?;
        wanted.defaults = defaults;
        match table {
            Some(path) => {
                let said = asked.ask(None)?;
                wanted.defaults = beneath(&said, wanted.defaults);
                let table = Table::read(path, &wanted.defaults)?;
                let book = read(&pools)?;
                let table = table.judged(|row| {
                    let mut row = row.clone();
                    row.pool = row.pool.or_else(|| asked.pool.clone());
                    let judged = wanted.judge(&row, &pools, &book);
                    judged.map_err(|failure| (failure.reason(), failure.to_string()))
                })?;
                wanted.rows = table.rows().to_vec();
                for row in &mut wanted.rows {
                    row.pool = row.pool.take().or_else(|| asked.pool.clone());
                }
            }
            None => {
                wanted.rows = wanted.named(files, asked, series)?;
                let book = read(&pools)?;
                for row in &wanted.rows {
                    wanted.judge(row, &pools, &book)?;
                }
                let faults = distinct(&wanted.rows, "");
                if !faults.is_empty() {
                    return Err(TableError::Faults(faults).into());
                }
            }
        }
        if wanted.known_as.is_some() && wanted.rows.len() > 1 {
            return Err(Usage::OneChild("--identity".into()).into());
        }
        let addresses = wanted.rows.iter().flat_map(|row| &row.ask.addresses);
        let addresses: Vec<IpAddr> = addresses.map(|net| net.addr()).collect();
        let pools = pools.without(addresses);
        wanted.require_room(&pools)?;
        wanted.pools = Some(pools);
        Ok(wanted)
    }

    /// Rows of children that were named.
    fn named(
        &self,
        files: &[PathBuf],
        asked: &IdentityArgs,
        series: Series<'_>,
    ) -> Result<Vec<Row>, Failure> {
        let are_numbered = series.numbers.iter().any(Option::is_some);
        if files.len() > 1
            && let Some(flag) = asked.of_one_child(are_numbered)
        {
            return Err(match flag.as_str() {
                "--hostname" if are_numbered => Usage::NoNumberIn(flag),
                _ => Usage::OneChild(flag),
            }
            .into());
        }
        let mut rows = Vec::new();
        for (at, file) in files.iter().enumerate() {
            let number = series.numbers.get(at).copied().flatten();
            let mut row = Row::new(file, asked.ask(number)?);
            row.pool.clone_from(&asked.pool);
            rows.push(row);
        }
        if let Some(first) = series.address_from {
            let word = |source: osgraft::identity::AskError| Usage::Word {
                flag: "--address-from".into(),
                source,
            };
            let first = address_of(first).map_err(|error| word(error.into()))?;
            let mut sample = asked.ask(series.numbers.first().copied().flatten())?;
            sample
                .put(Field::Address, &first.to_string())
                .map_err(word)?;
            let sample = sample.or(&self.defaults);
            let others = [sample.gateways, sample.dns].concat();
            let addresses = addresses_from(first, rows.len(), &others);
            let addresses = addresses.map_err(Usage::Series)?;
            for (row, address) in rows.iter_mut().zip(addresses) {
                row.ask.addresses.push(address);
            }
        }
        for row in &mut rows {
            row.ask = std::mem::take(&mut row.ask).or(&self.defaults);
        }
        Ok(rows)
    }

    /// Judges a row, before anything is written.
    fn judge(&self, row: &Row, pools: &Pools, book: &Book) -> Result<(), Failure> {
        let mut ask = row.ask.clone();
        if let Some(name) = &row.pool {
            pools.rehearse(name, &mut ask)?;
        }
        ask.or(&self.defaults).identity().map_err(Usage::Ask)?;
        let child = self.name_of(row);
        for address in row.ask.addresses.iter().map(|net| net.addr()) {
            book.require_free(&child, address)?;
        }
        Ok(())
    }

    /// Makes sure that the pools have an address for each row, before the first child gets one.
    fn require_room(&self, pools: &Pools) -> Result<(), PoolError> {
        if self.rows.iter().all(|row| row.pool.is_none()) {
            return Ok(());
        }
        let names: Vec<String> = self.rows.iter().map(|row| self.name_of(row)).collect();
        let about = |row: &Row| row.pool.is_some() || row.ask.is_about_nic();
        let children = self.rows.iter().zip(&names).filter(|(row, _)| about(row));
        let children = children.map(|(row, name)| (name.as_str(), row.pool.as_deref()));
        pools.require_room(children, &read(pools)?)
    }

    /// The children's disks.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.rows.iter().map(|row| row.file.clone()).collect()
    }

    /// True where a row says something that a clone alone has no use for.
    pub(crate) fn asks_for_more_than_files(&self) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|row| *row != Row::at(row.line, &row.file))
    }

    /// Name that a child is known by.
    fn name_of(&self, row: &Row) -> String {
        let said = row.known_as.as_ref().or(self.known_as.as_ref());
        said.cloned().unwrap_or_else(|| known_by(&row.file))
    }

    /// Request for one of the children. Its address of a pool is held until the child is prepared;
    /// a plan reserves none.
    pub(crate) fn request(
        &self,
        number: usize,
        child: Child,
        is_plan: bool,
    ) -> Result<Asked<'_>, Failure> {
        let mut request = ChildRequest::new(child);
        let plain = |request| Asked {
            request,
            hold: None,
            names: Vec::new(),
        };
        let Some(row) = self.rows.get(number) else {
            return Ok(plain(request));
        };
        if let Some(server) = &row.server {
            request = request.server(server_wish(server));
        }
        if let Some(name) = &row.known_as {
            request = request.known_as(name);
        }
        let (mut ask, name) = (row.ask.clone(), self.name_of(row));
        if ask.is_empty() && row.pool.is_none() {
            return Ok(plain(request));
        }
        let pool = row.pool.as_deref();
        let hold = match &self.pools {
            Some(pools) if is_plan => {
                pools.preview(&name, pool, &mut ask)?;
                None
            }
            Some(pools) => Some(pools.take(&name, pool, &mut ask)?),
            None => None,
        };
        let identity = ask.or(&self.defaults).identity().map_err(Usage::Ask)?;
        Ok(Asked {
            names: host_names(&identity),
            request: request.identity(identity),
            hold,
        })
    }

    /// Makes sure that each child gets an identity, and a name by which its keys are found.
    pub(crate) fn require_names(&self) -> Result<(), Usage> {
        for row in &self.rows {
            let ask = &row.ask;
            if ask.is_empty() && row.pool.is_none() {
                return Err(Usage::KnownHostsAlone(row.file.clone()));
            }
            if ask.hostname.is_none() && ask.addresses.is_empty() && row.pool.is_none() {
                return Err(Usage::Nameless(row.file.clone()));
            }
        }
        Ok(())
    }
}

/// Words of the flags for each row of a table, with those of the configuration below them.
fn beneath(said: &Ask, defaults: Ask) -> Ask {
    let mut all = defaults;
    if !said.gateways.is_empty() {
        all.gateways.clone_from(&said.gateways);
    }
    if !said.dns.is_empty() {
        all.dns.clone_from(&said.dns);
    }
    if !said.search.is_empty() {
        all.search.clone_from(&said.search);
    }
    all.machine_id = said.machine_id.clone().or(all.machine_id);
    all.ssh_keys = said.ssh_keys.or(all.ssh_keys);
    all.cloud_init = said.cloud_init.or(all.cloud_init);
    all
}

/// The reservations; none where there are no pools.
fn read(pools: &Pools) -> Result<Book, PoolError> {
    match pools.is_empty() {
        true => Ok(Book::default()),
        false => pools.book(),
    }
}
