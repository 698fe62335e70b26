//! `pool`: addresses, and who has which.

use std::path::Path;

use osgraft::identity::Ask;
use osgraft::pool::{Pool, Pools, Reservation};
use osgraft::prepare::known_by;
use serde::Serialize;

use crate::args::PoolCommand;
use crate::exit::{Code, Failure};
use crate::human;
use crate::output::Output;
use crate::setup::Setup;
use crate::style::Style;
use osgraft::path::printable;

pub(crate) fn run(command: &PoolCommand, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let (_, pools) = setup.identities()?;
    match command {
        PoolCommand::List => list(&pools, out)?,
        PoolCommand::Reserve { pool, child } => reserve(&pools, pool, child, out)?,
        PoolCommand::Release { child } => release(&pools, child, out)?,
    }
    Ok(Code::Done)
}

/// A pool with its reservations.
#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    range: String,
    reservations: Vec<&'a Reservation>,
}

#[derive(Serialize)]
struct List<'a> {
    reservations: &'a str,
    pools: Vec<Listed<'a>>,
    /// Addresses of pools that the configuration no longer has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    without_pool: Vec<&'a Reservation>,
}

fn list(pools: &Pools, out: &mut Output) -> Result<(), Failure> {
    let all = pools.list()?;
    let of = |pool: &Pool| all.iter().filter(|it| it.pool == pool.name()).collect();
    let listed = pools.iter().map(|pool| Listed {
        name: pool.name(),
        range: pool.range(),
        reservations: of(pool),
    });
    let is_known = |it: &&Reservation| pools.iter().any(|pool| pool.name() == it.pool);
    let list = List {
        reservations: pools.origin(),
        pools: listed.collect(),
        without_pool: all.iter().filter(|it| !is_known(it)).collect(),
    };
    out.show(&list, |style| shown(&list, style));
    Ok(())
}

fn shown(list: &List<'_>, style: &Style) -> String {
    let of_pools = list.pools.iter().flat_map(|pool| &pool.reservations);
    let rows: Vec<[String; 4]> = of_pools
        .chain(&list.without_pool)
        .map(|it| {
            [
                printable(&it.pool),
                it.address.to_string(),
                date(it.since),
                printable(&it.child),
            ]
        })
        .collect();
    let mut text = match rows.is_empty() {
        true => format!("{}: no address is reserved\n", list.reservations),
        false => human::table(["POOL", "ADDRESS", "SINCE", "CHILD"], &rows, style),
    };
    for pool in &list.pools {
        let (name, range, count) = (pool.name, &pool.range, pool.reservations.len());
        text.push_str(&format!("{name}: {range}, {count} reserved\n"));
    }
    text
}

#[derive(Serialize)]
struct Reserved<'a> {
    outcome: &'static str,
    pool: &'a str,
    child: &'a str,
    address: String,
}

fn reserve(pools: &Pools, pool: &str, child: &str, out: &mut Output) -> Result<(), Failure> {
    let (name, mut ask) = (name_of(child), Ask::default());
    let hold = pools.take(&name, Some(pool), &mut ask)?;
    let is_new = !hold.new_addresses().is_empty();
    hold.keep_beside_others()?;
    let address = ask.addresses.first().map(ToString::to_string);
    let reserved = Reserved {
        outcome: if is_new { "changed" } else { "unchanged" },
        pool,
        child: &name,
        address: address.unwrap_or_default(),
    };
    out.show(&reserved, |_| format!("{}\n", reserved.address));
    Ok(())
}

#[derive(Serialize)]
struct Released<'a> {
    outcome: &'static str,
    child: &'a str,
    released: Vec<Reservation>,
}

fn release(pools: &Pools, child: &str, out: &mut Output) -> Result<(), Failure> {
    // The name as it is, should it be one: a disk may be gone, and its address not.
    let mut name = child.to_owned();
    let mut gone = pools.release(&name)?;
    if gone.is_empty() {
        name = known_by(Path::new(child));
        gone = pools.release(&name)?;
    }
    let released = Released {
        outcome: if gone.is_empty() {
            "unchanged"
        } else {
            "changed"
        },
        child: &name,
        released: gone,
    };
    out.done(&released, |_| {
        let gone = &released.released;
        let shown = printable(&name);
        match gone.is_empty() {
            true => format!("{shown}: has no address of a pool\n"),
            false => {
                let lines = gone.iter();
                let lines = lines.map(|it| format!("{shown}: {} released\n", it.address));
                lines.collect()
            }
        }
    });
    Ok(())
}

/// Name that a child is known by: a disk's is its path, any other word is one.
fn name_of(child: &str) -> String {
    let path = Path::new(child);
    match path.exists() || child.contains('/') {
        true => known_by(path),
        false => child.to_owned(),
    }
}

/// A time in seconds since 1970 as RFC 3339 has it, in UTC.
fn date(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days of years that begin in March, in eras of 400 years.
    let day = days + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_as_its_date() {
        for (seconds, shown) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_746_896, "2026-11-27T02:34:56Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(date(seconds), shown);
        }
    }
}
