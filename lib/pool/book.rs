//! Reservations, as a value.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::definition::Pool;
use super::error::PoolError;
use crate::path::printable;

/// Form of the text.
const FORMAT_VERSION: u32 = 1;

/// An address that a child has.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reservation {
    /// The pool.
    pub pool: String,
    /// The address.
    pub address: IpAddr,
    /// Name that the child is known by.
    pub child: String,
    /// Time from which it has it, in seconds since 1970.
    pub since: u64,
}

/// All reservations, in the order in which they were made.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Book {
    reservations: Vec<Reservation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format_version: u32,
    reservations: Vec<Reservation>,
}

impl Book {
    /// Reads the text of [`to_text`](Self::to_text).
    ///
    /// # Errors
    /// A line about the fault, among them one address that two children have.
    pub fn parse(text: &str) -> Result<Self, String> {
        let found: Text = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if found.format_version != FORMAT_VERSION {
            return Err(format!(
                "it has format {}, and this osgraft knows {FORMAT_VERSION}",
                found.format_version
            ));
        }
        let mut seen = BTreeSet::new();
        for it in &found.reservations {
            if !seen.insert(it.address) {
                return Err(format!("{} is reserved twice", it.address));
            }
        }
        Ok(Self {
            reservations: found.reservations,
        })
    }

    /// Its text: JSON, one line for each reservation.
    pub fn to_text(&self) -> String {
        let mut text = format!("{{\"format_version\":{FORMAT_VERSION},\"reservations\":[");
        for (number, it) in self.reservations.iter().enumerate() {
            text.push_str(if number == 0 { "\n" } else { ",\n" });
            text.push_str(&serde_json::to_string(it).expect("strings and numbers"));
        }
        text.push_str("\n]}\n");
        text
    }

    /// The reservations, in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = &Reservation> {
        self.reservations.iter()
    }

    /// The child that has an address.
    pub fn holder(&self, address: &IpAddr) -> Option<&Reservation> {
        self.iter().find(|it| it.address == *address)
    }

    /// Refuses an address that another child has.
    ///
    /// # Errors
    /// [`PoolError::Taken`].
    pub fn require_free(&self, child: &str, address: IpAddr) -> Result<(), PoolError> {
        match self.holder(&address).filter(|it| it.child != child) {
            None => Ok(()),
            Some(holder) => Err(PoolError::Taken {
                address,
                pool: printable(&holder.pool),
                child: printable(&holder.child),
            }),
        }
    }

    /// The address of a pool for a child: the one that it has, else the lowest that nobody has and that
    /// is not among `others`, which are taken without a reservation. True where it is a new one.
    ///
    /// # Errors
    /// [`PoolError::Full`].
    pub fn reserve(
        &mut self,
        pool: &Pool,
        child: &str,
        others: &BTreeSet<IpAddr>,
        now: SystemTime,
    ) -> Result<(IpAddr, bool), PoolError> {
        // One that the range no longer holds is not given again.
        let is_had = |it: &&Reservation| {
            it.child == child
                && it.pool == pool.name()
                && pool.may_give(&it.address)
                && !others.contains(&it.address)
        };
        if let Some(had) = self.iter().find(is_had) {
            return Ok((had.address, false));
        }
        let taken: BTreeSet<IpAddr> = self.iter().map(|it| it.address).collect();
        let free = pool.first_free(|at| taken.contains(at) || others.contains(at));
        let Some(address) = free else {
            return Err(PoolError::Full {
                pool: pool.name().to_owned(),
                range: pool.range(),
            });
        };
        self.add(pool, child, address, now);
        Ok((address, true))
    }

    /// Reserves an address of a pool for a child. True where it is a new reservation.
    ///
    /// # Errors
    /// [`PoolError::Taken`], [`PoolError::Special`].
    pub fn claim(
        &mut self,
        pool: &Pool,
        child: &str,
        address: IpAddr,
        now: SystemTime,
    ) -> Result<bool, PoolError> {
        self.require_free(child, address)?;
        if self.holder(&address).is_some() {
            return Ok(false);
        }
        if !pool.may_give(&address) {
            return Err(PoolError::Special {
                address,
                pool: pool.name().to_owned(),
            });
        }
        self.add(pool, child, address, now);
        Ok(true)
    }

    fn add(&mut self, pool: &Pool, child: &str, address: IpAddr, now: SystemTime) {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.reservations.push(Reservation {
            pool: pool.name().to_owned(),
            address,
            child: child.to_owned(),
            since,
        });
    }

    /// Takes reservations away, and tells which.
    pub fn release(&mut self, is_meant: impl Fn(&Reservation) -> bool) -> Vec<Reservation> {
        let (gone, kept) = std::mem::take(&mut self.reservations)
            .into_iter()
            .partition(|it| is_meant(it));
        self.reservations = kept;
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(word: &str) -> IpAddr {
        word.parse().unwrap()
    }

    fn pool() -> Pool {
        Pool::new("web", "10.0.0.10-10.0.0.12", Some(24)).unwrap()
    }

    fn none() -> BTreeSet<IpAddr> {
        BTreeSet::new()
    }

    #[test]
    fn a_child_keeps_its_address_until_it_is_released() {
        let (mut book, pool, now) = (Book::default(), pool(), UNIX_EPOCH);
        let mut reserve = |child: &str| book.reserve(&pool, child, &none(), now).unwrap();
        assert_eq!(reserve("a"), (ip("10.0.0.10"), true));
        assert_eq!(reserve("b"), (ip("10.0.0.11"), true));
        assert_eq!(reserve("a"), (ip("10.0.0.10"), false));
        assert_eq!(book.release(|it| it.child == "a").len(), 1);
        let again = book.reserve(&pool, "c", &none(), now).unwrap();
        assert_eq!(again, (ip("10.0.0.10"), true));
    }

    #[test]
    fn a_full_pool_says_so_by_name() {
        let (mut book, pool) = (Book::default(), pool());
        let others = BTreeSet::from([ip("10.0.0.11")]);
        for child in ["a", "b"] {
            book.reserve(&pool, child, &others, UNIX_EPOCH).unwrap();
        }
        let error = book.reserve(&pool, "c", &others, UNIX_EPOCH).unwrap_err();
        assert_eq!(error.code(), "pool-full");
        assert!(error.to_string().contains("pool “web”"), "{error}");
        assert!(book.holder(&ip("10.0.0.11")).is_none());
    }

    #[test]
    fn an_address_is_claimed_by_one_child_alone() {
        let (mut book, pool) = (Book::default(), pool());
        let mut claim = |child: &str, word: &str| book.claim(&pool, child, ip(word), UNIX_EPOCH);
        assert!(claim("a", "10.0.0.11").unwrap());
        assert!(!claim("a", "10.0.0.11").unwrap());
        let error = claim("b", "10.0.0.11").unwrap_err();
        assert_eq!(error.code(), "pool-address-taken");
        assert_eq!(
            book.reserve(&pool, "b", &none(), UNIX_EPOCH).unwrap().0,
            ip("10.0.0.10")
        );
        let gated = Pool::new("g", "10.9.0.0/24", None).unwrap();
        let gated = gated.gateway(ip("10.9.0.1")).unwrap();
        let error = book.claim(&gated, "a", ip("10.9.0.1"), UNIX_EPOCH);
        assert_eq!(error.unwrap_err().code(), "pool-address-special");
    }

    #[test]
    fn a_reservation_that_the_range_no_longer_holds_is_not_given_again() {
        let (mut book, old) = (Book::default(), pool());
        book.reserve(&old, "a", &none(), UNIX_EPOCH).unwrap();
        let moved = Pool::new("web", "10.1.0.10-10.1.0.12", Some(24)).unwrap();
        let now = book.reserve(&moved, "a", &none(), UNIX_EPOCH).unwrap();
        assert_eq!(now, (ip("10.1.0.10"), true));
    }

    #[test]
    fn the_text_reads_back_and_a_second_holder_is_refused() {
        let mut book = Book::default();
        assert_eq!(Book::parse(&book.to_text()).unwrap(), book);
        book.reserve(&pool(), "a\n“b”", &none(), UNIX_EPOCH)
            .unwrap();
        book.reserve(&pool(), "c", &none(), UNIX_EPOCH).unwrap();
        let text = book.to_text();
        assert_eq!(Book::parse(&text).unwrap(), book);
        let twice = text.replace("10.0.0.11", "10.0.0.10");
        let error = Book::parse(&twice).unwrap_err();
        assert_eq!(error, "10.0.0.10 is reserved twice");
        for text in ["", "{}", "{\"format_version\":2,\"reservations\":[]}"] {
            assert!(Book::parse(text).is_err(), "{text}");
        }
    }
}
