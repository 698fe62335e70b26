//! Pools, and where their reservations are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use super::book::{Book, Reservation};
use super::definition::Pool;
use super::error::PoolError;
use super::store::Reservations;
use crate::identity::Ask;
use crate::path::printable;
use crate::spelling::nearest;

/// Pools, and where their reservations are kept.
#[derive(Clone, Debug)]
pub struct Pools {
    pools: Vec<Pool>,
    store: Arc<dyn Reservations>,
    others: BTreeSet<IpAddr>,
}

/// Addresses that a child has for the time of a call. Dropped, those that are new are given back.
#[must_use = "dropped, it gives back what is new"]
#[derive(Debug)]
pub struct Hold<'a> {
    pools: &'a Pools,
    child: String,
    wanted: Vec<IpAddr>,
    new: Vec<IpAddr>,
}

impl Pools {
    /// These pools, whose reservations are kept there.
    pub fn new(pools: Vec<Pool>, store: Arc<dyn Reservations>) -> Self {
        Self {
            pools,
            store,
            others: BTreeSet::new(),
        }
    }

    /// Addresses that are taken without a reservation, such as those of other rows of a table: no
    /// pool gives them.
    #[must_use]
    pub fn without(mut self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.others.extend(addresses);
        self
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.pools.is_empty()
    }

    /// The pool of a name.
    ///
    /// # Errors
    /// [`PoolError::Unknown`].
    pub fn get(&self, name: &str) -> Result<&Pool, PoolError> {
        let mut pools = self.pools.iter();
        pools
            .find(|pool| pool.name() == name)
            .ok_or_else(|| PoolError::Unknown {
                name: printable(name),
                near: nearest(name, self.pools.iter().map(Pool::name)).map(str::to_owned),
            })
    }

    /// Gives a child its address of a pool, and puts it into what is asked for. Addresses that are
    /// asked for by themselves, and that lie in some pool, are reserved too, so that no other child
    /// gets them.
    ///
    /// # Errors
    /// [`PoolError`]; nothing is reserved then.
    pub fn take(
        &self,
        child: &str,
        pool: Option<&str>,
        ask: &mut Ask,
    ) -> Result<Hold<'_>, PoolError> {
        self.take_with(child, pool, ask, &[])
    }

    /// The same for a child that is to have these addresses as well, on other NICs.
    ///
    /// # Errors
    /// As for [`take`](Self::take).
    pub fn take_with(
        &self,
        child: &str,
        pool: Option<&str>,
        ask: &mut Ask,
        more: &[IpAddr],
    ) -> Result<Hold<'_>, PoolError> {
        let mut hold = Hold {
            pools: self,
            child: child.to_owned(),
            wanted: Vec::new(),
            new: Vec::new(),
        };
        let pool = self.pool_for(pool, ask)?;
        if pool.is_none() && !self.is_about_pools(ask) {
            return Ok(hold);
        }
        let mut given = None;
        self.store.change(&mut |book| {
            (given, hold.wanted, hold.new) = self.give(book, child, pool, ask, more)?;
            Ok(())
        })?;
        if let (Some(pool), Some(address)) = (pool, given) {
            pool.put_into(ask, address);
        }
        Ok(hold)
    }

    /// Shows what [`take`](Self::take) would give now, and reserves nothing.
    ///
    /// # Errors
    /// As for [`take`](Self::take).
    pub fn preview(&self, child: &str, pool: Option<&str>, ask: &mut Ask) -> Result<(), PoolError> {
        let pool = self.pool_for(pool, ask)?;
        if pool.is_none() && !self.is_about_pools(ask) {
            return Ok(());
        }
        let (given, _, _) = self.give(&mut self.store.read()?, child, pool, ask, &[])?;
        if let (Some(pool), Some(address)) = (pool, given) {
            pool.put_into(ask, address);
        }
        Ok(())
    }

    /// True where some pool has to know of it: one holds an address, or the child may have had one
    /// before it was given something else.
    fn is_about_pools(&self, ask: &Ask) -> bool {
        !self.is_empty() && ask.is_about_nic()
    }

    /// The pool, once nothing that is asked for stands against it.
    fn pool_for(&self, name: Option<&str>, ask: &Ask) -> Result<Option<&Pool>, PoolError> {
        let Some(name) = name else {
            return Ok(None);
        };
        let pool = self.get(name)?;
        let mut nets = ask.addresses.iter();
        let is_v4 = |address: IpAddr| address.is_ipv4() == pool.is_ipv4();
        let is_other_way = match pool.is_ipv4() {
            true => ask.dhcp,
            false => ask.ipv6.is_some(),
        };
        if is_other_way || nets.any(|net| is_v4(net.addr())) {
            let pool = pool.name().to_owned();
            return Err(PoolError::AddressToo { pool });
        }
        Ok(Some(pool))
    }

    /// The address of the pool, all that the child is to have, and those of them that are new.
    #[allow(clippy::type_complexity)]
    fn give(
        &self,
        book: &mut Book,
        child: &str,
        pool: Option<&Pool>,
        ask: &Ask,
        more: &[IpAddr],
    ) -> Result<(Option<IpAddr>, Vec<IpAddr>, Vec<IpAddr>), PoolError> {
        let now = SystemTime::now();
        let (mut wanted, mut new, mut given) = (Vec::new(), Vec::new(), None);
        let own = ask.addresses.iter().map(|net| net.addr());
        for address in own.chain(more.iter().copied()) {
            let holding = self.pools.iter().find(|pool| pool.holds(&address));
            if let Some(pool) = holding {
                wanted.push(address);
                if book.claim(pool, child, address, now)? {
                    new.push(address);
                }
            }
        }
        if let Some(pool) = pool {
            let (address, is_new) = book.reserve(pool, child, &self.others, now)?;
            given = Some(address);
            wanted.push(address);
            if is_new {
                new.push(address);
            }
        }
        Ok((given, wanted, new))
    }

    /// Puts an address of a pool into what is asked for as [`take`](Self::take) would, and asks no
    /// store: to judge the rest by.
    ///
    /// # Errors
    /// [`PoolError`].
    pub fn rehearse(&self, pool: &str, ask: &mut Ask) -> Result<(), PoolError> {
        if let Some(pool) = self.pool_for(Some(pool), ask)? {
            let (address, _) =
                Book::default().reserve(pool, "", &BTreeSet::new(), SystemTime::UNIX_EPOCH)?;
            pool.put_into(ask, address);
        }
        Ok(())
    }

    /// Makes sure that each of these children, with the pool that it is asked to have an address of, can
    /// be given one. Addresses that they had elsewhere count as free.
    ///
    /// # Errors
    /// [`PoolError::Full`], [`PoolError::TooFew`], [`PoolError::Unknown`].
    pub fn require_room<'a>(
        &self,
        children: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
        book: &Book,
    ) -> Result<(), PoolError> {
        let children: BTreeMap<&str, Option<&str>> = children.into_iter().collect();
        let is_kept = |it: &Reservation, pool: &Pool| {
            let asked = children.get(it.child.as_str());
            asked == Some(&Some(it.pool.as_str()))
                && it.pool == pool.name()
                && pool.may_give(&it.address)
                && !self.others.contains(&it.address)
        };
        let names: BTreeSet<&str> = children.values().flatten().copied().collect();
        for name in names {
            let pool = self.get(name)?;
            let had = book.iter().filter(|it| is_kept(it, pool));
            let had: BTreeSet<&str> = had.map(|it| it.child.as_str()).collect();
            let asking = children.iter().filter(|(_, asked)| **asked == Some(name));
            let wanted = asking.filter(|(child, _)| !had.contains(**child)).count();
            let taken: BTreeSet<IpAddr> = book
                .iter()
                .filter(|it| !children.contains_key(it.child.as_str()) || is_kept(it, pool))
                .map(|it| it.address)
                .chain(self.others.iter().copied())
                .collect();
            let free = pool.count_free(wanted, |at| taken.contains(at));
            if free < wanted {
                let (pool, range) = (pool.name().to_owned(), pool.range());
                return Err(match wanted {
                    1 => PoolError::Full { pool, range },
                    _ => PoolError::TooFew {
                        pool,
                        range,
                        wanted,
                        free,
                    },
                });
            }
        }
        Ok(())
    }

    /// The reservations as they are now.
    ///
    /// # Errors
    /// [`PoolError`].
    pub fn book(&self) -> Result<Book, PoolError> {
        self.store.read()
    }

    /// The pools.
    pub fn iter(&self) -> impl Iterator<Item = &Pool> {
        self.pools.iter()
    }

    /// The pool of the machines of a bridge.
    pub fn for_bridge(&self, bridge: &str) -> Option<&Pool> {
        self.iter().find(|pool| pool.is_for(bridge))
    }

    /// All reservations.
    ///
    /// # Errors
    /// [`PoolError`].
    pub fn list(&self) -> Result<Vec<Reservation>, PoolError> {
        Ok(self.store.read()?.iter().cloned().collect())
    }

    /// Releases the addresses of a child, and tells which.
    ///
    /// # Errors
    /// [`PoolError`].
    pub fn release(&self, child: &str) -> Result<Vec<Reservation>, PoolError> {
        // Nothing is locked or made where there is nothing to release.
        if !self.store.read()?.iter().any(|it| it.child == child) {
            return Ok(Vec::new());
        }
        let mut gone = Vec::new();
        self.store.change(&mut |book| {
            gone = book.release(|it| it.child == child);
            Ok(())
        })?;
        Ok(gone)
    }

    /// Place of the reservations, escaped.
    pub fn origin(&self) -> &str {
        self.store.origin()
    }
}

impl Hold<'_> {
    /// Keeps what was given, and releases what the child had before and no longer has.
    ///
    /// # Errors
    /// [`PoolError`]. [`PoolError::Taken`]: another call for the same child gave the address back
    /// meanwhile, and a third child took it.
    pub fn keep(mut self) -> Result<(), PoolError> {
        self.new.clear();
        let store = &self.pools.store;
        let is_old =
            |it: &Reservation| it.child == self.child && !self.wanted.contains(&it.address);
        let is_held = |book: &Book, address: &IpAddr| {
            let holder = book.holder(address);
            holder.is_some_and(|it| it.child == self.child)
        };
        let book = store.read()?;
        let is_whole = self.wanted.iter().all(|at| is_held(&book, at));
        if is_whole && !book.iter().any(is_old) {
            return Ok(());
        }
        let now = SystemTime::now();
        store.change(&mut |book| {
            for address in &self.wanted {
                let holding = self.pools.pools.iter().find(|pool| pool.holds(address));
                if let Some(pool) = holding {
                    book.claim(pool, &self.child, *address, now)?;
                }
            }
            book.release(is_old);
            Ok(())
        })
    }

    /// Keeps what was given beside all that the child had before.
    ///
    /// # Errors
    /// As for [`keep`](Self::keep).
    pub fn keep_beside_others(mut self) -> Result<(), PoolError> {
        let book = self.pools.book()?;
        let had = book.iter().filter(|it| it.child == self.child);
        self.wanted.extend(had.map(|it| it.address));
        self.keep()
    }

    /// Addresses that are new to the child.
    pub fn new_addresses(&self) -> &[IpAddr] {
        &self.new
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if self.new.is_empty() {
            return;
        }
        let is_new = |it: &Reservation| it.child == self.child && self.new.contains(&it.address);
        let given_back = self.pools.store.change(&mut |book| {
            book.release(is_new);
            Ok(())
        });
        if let Err(error) = given_back {
            // The address stays the child's, which costs an address and harms nobody.
            tracing::warn!(code = "pool-kept", "{error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Field;
    use crate::pool::MemoryReservations;

    fn pools() -> Pools {
        let web = Pool::new("web", "10.0.0.10-10.0.0.12", Some(24)).unwrap();
        let web = web.gateway("10.0.0.1".parse().unwrap()).unwrap();
        let web = web.dns(vec!["10.0.0.2".parse().unwrap()]);
        let six = Pool::new("six", "2001:db8::10-2001:db8::1f", Some(64)).unwrap();
        Pools::new(vec![web, six], Arc::new(MemoryReservations::default()))
    }

    fn ask(words: &[(Field, &str)]) -> Ask {
        let mut ask = Ask::default();
        for (field, word) in words {
            ask.put(*field, word).unwrap();
        }
        ask
    }

    fn held(pools: &Pools) -> Vec<String> {
        let list = pools.list().unwrap();
        let held = list.iter().map(|it| format!("{} {}", it.child, it.address));
        held.collect()
    }

    #[test]
    fn an_address_comes_with_its_gateway_and_name_servers() {
        let pools = pools();
        let mut ask = ask(&[(Field::Hostname, "web-7")]);
        pools
            .take("web-7", Some("web"), &mut ask)
            .unwrap()
            .keep()
            .unwrap();
        let identity = ask.identity().unwrap();
        let json = serde_json::to_value(&identity.nics[0].v4).unwrap();
        assert_eq!(json["static"]["addresses"][0], "10.0.0.10/24");
        assert_eq!(json["static"]["gateway"], "10.0.0.1");
        assert_eq!(identity.nics[0].dns.len(), 1);
        assert_eq!(held(&pools), ["web-7 10.0.0.10"]);
        assert_eq!(pools.release("web-7").unwrap().len(), 1);
        assert!(held(&pools).is_empty());
        assert!(pools.release("web-7").unwrap().is_empty());
    }

    #[test]
    fn an_address_of_a_pool_that_is_asked_for_by_itself_is_reserved_too() {
        let pools = pools();
        let own = &mut ask(&[(Field::Address, "10.0.0.10/24")]);
        pools.take("a", None, own).unwrap().keep().unwrap();
        let mut other = Ask::default();
        pools
            .take("b", Some("web"), &mut other)
            .unwrap()
            .keep()
            .unwrap();
        assert_eq!(other.addresses[0].to_string(), "10.0.0.11/24");
        let error = pools.take("c", None, own).unwrap_err();
        assert_eq!(error.code(), "pool-address-taken");
        let far = &mut ask(&[(Field::Address, "10.9.9.9/24")]);
        pools.take("d", None, far).unwrap().keep().unwrap();
        assert_eq!(held(&pools), ["a 10.0.0.10", "b 10.0.0.11"]);
    }

    #[test]
    fn a_child_that_moves_releases_its_old_address_once_it_is_prepared() {
        let pools = pools();
        pools
            .take("a", Some("web"), &mut Ask::default())
            .unwrap()
            .keep()
            .unwrap();
        let moved = &mut ask(&[(Field::Address, "10.0.0.12/24")]);
        let hold = pools.take("a", None, moved).unwrap();
        assert_eq!(hold.new_addresses().len(), 1);
        assert_eq!(held(&pools), ["a 10.0.0.10", "a 10.0.0.12"]);
        // It was not prepared: it has what it had.
        drop(hold);
        assert_eq!(held(&pools), ["a 10.0.0.10"]);
        pools.take("a", None, moved).unwrap().keep().unwrap();
        assert_eq!(held(&pools), ["a 10.0.0.12"]);
        let dhcp = &mut ask(&[(Field::Dhcp, "yes")]);
        pools.take("a", None, dhcp).unwrap().keep().unwrap();
        assert!(held(&pools).is_empty());
    }

    #[test]
    fn a_call_that_failed_does_not_free_the_address_of_one_that_did_not() {
        let pools = pools();
        let first = pools.take("a", Some("web"), &mut Ask::default()).unwrap();
        let second = pools.take("a", Some("web"), &mut Ask::default()).unwrap();
        drop(first);
        assert!(held(&pools).is_empty());
        second.keep().unwrap();
        assert_eq!(held(&pools), ["a 10.0.0.10"]);
        let first = pools.take("b", Some("web"), &mut Ask::default()).unwrap();
        let second = pools.take("b", Some("web"), &mut Ask::default()).unwrap();
        drop(first);
        let third = pools.take("c", Some("web"), &mut Ask::default()).unwrap();
        third.keep().unwrap();
        assert_eq!(second.keep().unwrap_err().code(), "pool-address-taken");
    }

    #[test]
    fn a_preview_reserves_nothing() {
        let pools = pools();
        let mut ask = Ask::default();
        pools.preview("a", Some("web"), &mut ask).unwrap();
        assert_eq!(ask.addresses[0].to_string(), "10.0.0.10/24");
        assert!(held(&pools).is_empty());
    }

    #[test]
    fn a_pool_that_is_too_small_for_all_children_is_told_before_one_of_them_has_an_address() {
        let pools = pools();
        let web = |names: &[&'static str]| -> Vec<(&'static str, Option<&'static str>)> {
            names.iter().map(|name| (*name, Some("web"))).collect()
        };
        let room = |pools: &Pools, names: &[&'static str]| {
            pools.require_room(web(names), &pools.book().unwrap())
        };
        room(&pools, &["a", "b", "c"]).unwrap();
        let error = room(&pools, &["a", "b", "c", "d", "e"]).unwrap_err();
        assert_eq!(error.code(), "pool-too-few");
        let told = "pool “web”: 5 children need an address of its 10.0.0.10-10.0.0.12/24, and 3 of them are free";
        assert!(error.to_string().starts_with(told), "{error}");
        for child in ["a", "b"] {
            let hold = pools.take(child, Some("web"), &mut Ask::default());
            hold.unwrap().keep().unwrap();
        }
        // A child that has its address needs no other.
        room(&pools, &["a", "b", "c"]).unwrap();
        let error = room(&pools, &["c", "d"]).unwrap_err();
        assert!(
            error.to_string().contains("2 children")
                && error.to_string().contains("1 of them is free"),
            "{error}"
        );
        let others = Pools::clone(&pools).without(["10.0.0.12".parse().unwrap()]);
        assert_eq!(room(&others, &["c"]).unwrap_err().code(), "pool-full");
        // One that moves elsewhere leaves its own to another.
        let moving = [("a", None), ("c", Some("web")), ("d", Some("web"))];
        pools.require_room(moving, &pools.book().unwrap()).unwrap();
        // A large pool is not counted whole.
        pools
            .require_room([("s", Some("six"))], &Book::default())
            .unwrap();
        let unknown = pools.require_room([("s", Some("seven"))], &Book::default());
        assert_eq!(unknown.unwrap_err().code(), "pool-unknown");
    }

    #[test]
    fn addresses_of_others_are_not_given() {
        let others = ["10.0.0.10", "10.0.0.12"].map(|word| word.parse().unwrap());
        let pools = pools().without(others);
        let mut ask = Ask::default();
        pools
            .take("a", Some("web"), &mut ask)
            .unwrap()
            .keep()
            .unwrap();
        assert_eq!(ask.addresses[0].to_string(), "10.0.0.11/24");
        let error = pools
            .take("b", Some("web"), &mut Ask::default())
            .unwrap_err();
        assert_eq!(error.code(), "pool-full");
    }

    #[test]
    fn what_stands_against_a_pool_is_refused_by_name() {
        let pools = pools();
        for (pool, field, word, code) in [
            ("wbe", Field::Hostname, "a", "pool-unknown"),
            ("web", Field::Address, "10.9.0.7/24", "pool-address-too"),
            ("web", Field::Dhcp, "yes", "pool-address-too"),
            ("six", Field::Ipv6, "auto", "pool-address-too"),
        ] {
            let error = pools.take("a", Some(pool), &mut ask(&[(field, word)]));
            assert_eq!(error.unwrap_err().code(), code);
        }
        let error = pools.get("wbe").unwrap_err().to_string();
        assert!(error.contains("did you mean “web”?"), "{error}");
        let both = &mut ask(&[(Field::Dhcp, "yes")]);
        pools.take("a", Some("six"), both).unwrap().keep().unwrap();
        assert_eq!(both.addresses[0].to_string(), "2001:db8::10/64");
    }
}
