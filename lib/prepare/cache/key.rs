//! What a cached entry is found by.

use sha2::{Digest, Sha256};

use crate::fstab::Entry;
use crate::image::Fingerprint;
use crate::links::Links;
use crate::registry::Server;

/// The name of an entry: the digest of everything that it rests on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::prepare) struct Key([u8; 32]);

/// What was made by another version of this program is not used: it may edit otherwise. The number
/// grows where that is so within one version.
const MADE_BY: &str = concat!(env!("CARGO_PKG_VERSION"), " 2");

impl Key {
    /// For what a server is selected by.
    pub(in crate::prepare) fn of_needs(child: &Fingerprint, links: &Links) -> Self {
        let mut fields = Fields::new("needs");
        fields.add(child.as_bytes());
        fields.add_links(links);
        fields.finish()
    }

    /// For an edit: the same child, grafted onto the same share of the same server, which the
    /// registry describes as it did. The receipt that is written holds the pin.
    pub(in crate::prepare) fn of_edit(
        child: &Fingerprint,
        links: &Links,
        server: &Server,
        entry: &Entry,
        pin: Option<&str>,
    ) -> Self {
        let mut fields = Fields::new("edit");
        fields.add(child.as_bytes());
        fields.add_links(links);
        fields.add(&serde_json::to_vec(server).expect("strings and numbers alone"));
        fields.add(&entry.to_line());
        // Fields carry their lengths, so no pin differs from an empty one.
        if let Some(pin) = pin {
            fields.add(pin.as_bytes());
        }
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
        }
    }

    fn finish(self) -> Key {
        Key(self.0.finalize().into())
    }
}
