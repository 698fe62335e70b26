//! Key that a cached entry is found by.

use sha2::{Digest, Sha256};

use crate::fstab::Entry;
use crate::graft::{Checks, Image};
use crate::image::Fingerprint;
use crate::links::Links;
use crate::registry::Server;

/// The name of an entry: the digest of everything that it rests on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(in crate::prepare) struct Key([u8; 32]);

/// Entries of another version of this program are not used: it may edit otherwise. The number
/// grows where that is so within one version.
const MADE_BY: &str = concat!(env!("CARGO_PKG_VERSION"), " 6");

impl Key {
    /// For what a server is selected by.
    pub(in crate::prepare) fn of_needs(child: &Fingerprint, links: &Links) -> Self {
        let mut fields = Fields::new("needs");
        fields.add(child.as_bytes());
        fields.add_links(links);
        fields.finish()
    }

    /// For an edit: the same child, grafted onto the same share of the same server, which the
    /// registry describes as it did. The receipt that is written holds the pin. An edit that was made
    /// although something blocks it has the codes that were allowed; any other has none. Preflight judged by
    /// the machine's network cards, and unpacked the initramfs or did not.
    pub(in crate::prepare) fn of_edit(
        child: &Fingerprint,
        links: &Links,
        server: &Server,
        entry: &Entry,
        pin: Option<&str>,
        checks: &Checks<'_>,
    ) -> Self {
        let mut fields = Fields::new("edit");
        fields.add(child.as_bytes());
        fields.add_links(links);
        fields.add(&serde_json::to_vec(server).expect("strings and numbers alone"));
        fields.add(&entry.to_line());
        // Fields carry their lengths, so no pin differs from an empty one.
        fields.add(&[u8::from(pin.is_some())]);
        fields.add(pin.unwrap_or_default().as_bytes());
        if checks.is_deep {
            fields.add(b"deep");
        }
        for model in checks.nics {
            fields.add(format!("nic {model:?}").as_bytes());
        }
        for code in checks.allowed.iter() {
            fields.add(code.as_bytes());
        }
        fields.finish()
    }

    /// For one of the templates of this edit's, with identities of several shapes: their files are
    /// not equally long.
    pub(in crate::prepare) fn of_template(&self, number: u8) -> Self {
        let mut fields = Fields::new("template");
        fields.add(&self.0);
        fields.add(&[number]);
        fields.finish()
    }

    /// For the note that children like this one each take an appliance.
    pub(in crate::prepare) fn of_each(child: &Fingerprint) -> Self {
        let mut fields = Fields::new("each");
        fields.add(child.as_bytes());
        fields.finish()
    }

    /// For the modules in an initramfs of children of these masters.
    pub(in crate::prepare) fn of_initramfs(masters: &Fingerprint, image: &Image<'_>) -> Self {
        let mut fields = Fields::new("initramfs");
        fields.add(masters.as_bytes());
        fields.add(image.path.as_bytes());
        fields.add(&image.size.to_be_bytes());
        fields.add(&image.modified.seconds.to_be_bytes());
        fields.add(&image.modified.nanoseconds.to_be_bytes());
        fields.finish()
    }

    /// The entry's file name.
    pub(super) fn file_name(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Fields with their lengths, so that none can be mistaken for part of another.
struct Fields(Sha256);

impl Fields {
    fn new(kind: &str) -> Self {
        let mut fields = Self(Sha256::new());
        fields.add(MADE_BY.as_bytes());
        fields.add(kind.as_bytes());
        fields
    }

    fn add(&mut self, field: &[u8]) {
        self.0.update((field.len() as u64).to_be_bytes());
        self.0.update(field);
    }

    fn add_links(&mut self, links: &Links) {
        self.add(links.mount_point().as_bytes());
        for link in links.iter() {
            self.add(link.at().as_bytes());
            self.add(link.to().to_string().as_bytes());
            self.add(link.form().as_str().as_bytes());
        }
    }

    fn finish(self) -> Key {
        Key(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Allowed;
    use crate::graft::NicModel;
    use crate::registry::Source;

    fn checks<'a>(allowed: &'a Allowed, nics: &'a [NicModel]) -> Checks<'a> {
        Checks {
            allowed,
            nics,
            is_deep: false,
            unpacked: None,
            kernels: None,
        }
    }

    /// The receipt that a record writes holds the pin, so that records differ by it.
    #[test]
    fn an_edit_is_found_by_the_pin_that_it_writes() {
        let links = Links::new(&"/shared".parse().unwrap(), Vec::new()).unwrap();
        let child = Fingerprint::for_tests([1; 32]);
        let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
        let entry = Entry::new("10.0.0.1:/v", "/shared", "nfs", "ro", 0, 0).unwrap();
        let none = Allowed::default();
        let key = |pin| Key::of_edit(&child, &links, &server, &entry, pin, &checks(&none, &[]));
        assert_eq!(key(Some("a")), key(Some("a")));
        assert_ne!(key(None), key(Some("a")));
        assert_ne!(key(None), key(Some("")));
        assert_ne!(key(Some("a")), key(Some("b")));
    }

    /// An edit that somebody allowed is not one for a call that allows nothing.
    #[test]
    fn an_edit_is_found_by_what_was_allowed_for_it() {
        let links = Links::new(&"/shared".parse().unwrap(), Vec::new()).unwrap();
        let child = Fingerprint::for_tests([1; 32]);
        let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
        let entry = Entry::new("10.0.0.1:/v", "/shared", "nfs", "ro", 0, 0).unwrap();
        let key = |pin, codes: &[&str]| {
            let allowed = Allowed::of(codes).unwrap();
            Key::of_edit(&child, &links, &server, &entry, pin, &checks(&allowed, &[]))
        };
        let (barred, own) = ("module-blocked", "mount-unit-own");
        assert_eq!(key(None, &[barred, own]), key(None, &[own, barred]));
        assert_ne!(key(None, &[barred]), key(None, &[]));
        assert_ne!(key(None, &[barred]), key(None, &[own]));
        assert_ne!(key(None, &[barred]), key(None, &[barred, own]));
        assert_ne!(key(None, &[barred]), key(Some(barred), &[]));
    }

    /// A guest that has the driver of one card is not one that has that of another.
    #[test]
    fn an_edit_is_found_by_the_cards_that_it_was_judged_for() {
        let links = Links::new(&"/shared".parse().unwrap(), Vec::new()).unwrap();
        let child = Fingerprint::for_tests([1; 32]);
        let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
        let entry = Entry::new("10.0.0.1:/v", "/shared", "nfs", "ro", 0, 0).unwrap();
        let none = Allowed::default();
        let key = |nics: &[NicModel]| {
            Key::of_edit(&child, &links, &server, &entry, None, &checks(&none, nics))
        };
        assert_eq!(key(&[NicModel::Virtio]), key(&[NicModel::Virtio]));
        assert_ne!(key(&[NicModel::Virtio]), key(&[]));
        assert_ne!(key(&[NicModel::Virtio]), key(&[NicModel::E1000]));
        let deep = Checks {
            is_deep: true,
            unpacked: None,
            kernels: None,
            ..checks(&none, &[])
        };
        let deep = Key::of_edit(&child, &links, &server, &entry, None, &deep);
        assert_ne!(deep, key(&[]));
    }
}
