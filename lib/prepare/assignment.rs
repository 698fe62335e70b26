//! The server that one child is given in one call.

use super::wish::ServerWish;
use crate::graft::NicModel;
use crate::registry::{BootKernel, Needs, NoServer, Selection, Servers};

/// The server of one child, selected once in a call.
///
/// The editor may do its work again: it hands a guest over to the appliance, or asks the record
/// cache first. The same needs get the server that was selected before. Other needs, of an editor
/// that sees more of the guest, get a selection of their own in its place.
pub(super) struct Assignment<'a> {
    known_as: &'a str,
    wish: &'a ServerWish,
    servers: &'a Servers,
    nics: &'a [NicModel],
    boots: Option<&'a [BootKernel]>,
    made: Option<Made>,
}

struct Made {
    needs: Needs,
    pin: Option<String>,
    selection: Selection,
}

impl<'a> Assignment<'a> {
    /// None is selected yet.
    pub(super) fn new(known_as: &'a str, wish: &'a ServerWish, servers: &'a Servers) -> Self {
        Self {
            known_as,
            wish,
            servers,
            nics: &[],
            boots: None,
            made: None,
        }
    }

    /// The same for a machine whose kernel the hypervisor loads from a release, where that is known.
    pub(super) fn booting(mut self, boots: Option<&'a [BootKernel]>) -> Self {
        self.boots = boots;
        self
    }

    /// The same for a machine with these network cards.
    pub(super) fn of_cards(mut self, nics: &'a [NicModel]) -> Self {
        self.nics = nics;
        self
    }

    /// Models of the machine's network cards; none where they are not known.
    pub(super) fn nics(&self) -> &'a [NicModel] {
        self.nics
    }

    /// Name that the child is known by.
    pub(super) fn known_as(&self) -> &'a str {
        self.known_as
    }

    /// Server for these needs of a child whose receipt holds this pin.
    ///
    /// # Errors
    /// [`NoServer`].
    pub(super) fn select(
        &mut self,
        needs: &Needs,
        pin: Option<&str>,
    ) -> Result<Selection, NoServer> {
        if let Some(made) = &self.made
            && made.needs == *needs
            && made.pin.as_deref() == pin
        {
            return Ok(made.selection.clone());
        }
        self.made = None;
        let selection = match self.boots {
            None => self.wish.select(self.servers, needs, pin)?,
            Some(boots) => {
                let mut needs = needs.clone();
                needs.boots = Some(boots.to_vec());
                self.wish.select(self.servers, &needs, pin)?
            }
        };
        self.made = Some(Made {
            needs: needs.clone(),
            pin: pin.map(str::to_owned),
            selection: selection.clone(),
        });
        Ok(selection)
    }

    /// Pin that the receipt holds afterwards.
    pub(super) fn pin_after(&self, pin: Option<&str>) -> Option<String> {
        self.wish.pin_after(pin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Server, Source};

    #[test]
    fn the_same_needs_keep_their_server_and_others_get_their_own() {
        let server = |name: &str, os| {
            let source = Source::nfs(&format!("192.0.2.7:/vol/{name}")).unwrap();
            Server::new(name, source).unwrap().with_os(os).unwrap()
        };
        let servers = [server("a", "debian"), server("b", "fedora")];
        let servers = Servers::new(servers.to_vec()).unwrap();
        let needs = |os: &str| {
            let mut needs = Needs::new("web-7");
            needs.os = Some(os.to_owned());
            needs
        };
        let wish = ServerWish::Kept;
        let mut assignment = Assignment::new("web-7", &wish, &servers);
        let mut name = |os, pin| Ok(assignment.select(&needs(os), pin)?.server.name().to_owned());
        assert_eq!(name("debian", None), Ok("a".to_owned()));
        assert_eq!(name("debian", None), Ok("a".to_owned()));
        assert_eq!(name("fedora", None), Ok("b".to_owned()));
        let pinned: Result<_, NoServer> = name("fedora", Some("a"));
        assert!(pinned.is_err(), "a pin is part of what is asked for");
        assert_eq!(name("debian", Some("a")), Ok("a".to_owned()));
    }
}
