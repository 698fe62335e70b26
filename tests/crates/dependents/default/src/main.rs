//! The library with its default features: the appliance is there.

use osgraft::editor::Choice;
use osgraft::image::Child;
use osgraft::prepare::{Preparer, Share};
use osgraft::registry::FileRegistry;

fn main() {
    let registry = FileRegistry::at("/no/such/servers.toml");
    let preparer = Preparer::new(registry, Share::default()).editor(Choice::appliance());
    let error = Child::open("/no/such.qcow2", "/no").map_err(osgraft::Error::from);
    let error = error.and_then(|child| preparer.prepare(&child)).unwrap_err();
    assert_eq!(error.code(), "image-not-found");
}
