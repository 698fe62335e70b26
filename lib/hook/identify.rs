//! Identity that a request's disk is prepared with.

use super::asked::MachineNic;
use super::error::HookError;
use super::verdict::Request;
use crate::identity::{Ask, AskError, Identity};
use crate::path::escape;
use crate::pool::{Hold, Pools};

impl Request {
    /// The machine's NICs, as its description has them.
    pub fn nics(&self) -> &[MachineNic] {
        &self.nics
    }

    /// Identity that its description and the configuration ask for, for its first NIC to configure;
    /// its address of a [pool](Self::pool) is not in it yet.
    pub fn asked(&self) -> &Ask {
        &self.asked.ask
    }

    /// The pool that is to give it its address.
    pub fn pool(&self) -> Option<&str> {
        self.asked.pool.as_deref()
    }

    /// Identity that its disk is prepared with, once it was [given](Self::identify).
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_deref()
    }

    /// Gives the machine the identity that is asked for, with its address of a pool. That one is
    /// held until [`Hold::keep`] is called, once the disk is prepared. `None` where nothing is asked
    /// for.
    ///
    /// # Errors
    /// [`HookError::Identity`], [`HookError::Pool`]; nothing is reserved then.
    pub fn identify<'a>(&mut self, pools: &'a Pools) -> Result<Option<Hold<'a>>, HookError> {
        let mut ask = self.asked.ask.clone();
        let pool = self.asked.pool.as_deref();
        if ask.is_empty() && pool.is_none() && self.asked.more.is_empty() {
            return Ok(None);
        }
        let vm = || escape(self.name.as_bytes());
        let known_as = self.known_as.as_deref().unwrap_or(&self.name);
        let more = self.asked.more.iter().flat_map(|more| &more.addresses);
        let more: Vec<_> = more.map(|net| net.addr()).collect();
        let hold = pools.take_with(known_as, pool, &mut ask, &more);
        let hold = hold.map_err(|source| HookError::Pool { vm: vm(), source })?;
        let said = |source: AskError| HookError::Identity {
            vm: vm(),
            place: "the identity that is asked for".to_owned(),
            source,
        };
        let defaults = &self.asked.defaults;
        let mut identity = ask.or(defaults).identity().map_err(said)?;
        for more in &self.asked.more {
            let more = more.clone().or(defaults).identity().map_err(said)?;
            identity.nics.extend(more.nics);
        }
        self.identity = Some(Box::new(identity));
        Ok(Some(hold))
    }
}
