//! The library without the program and the appliance.

use osgraft::guest::{Guest, MemoryGuest};
use osgraft::prepare::{Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut guest = MemoryGuest::new()
        .file("/etc/os-release", "ID=debian\n")
        .file("/etc/fstab", "UUID=0a / ext4 defaults 0 1\n")
        .file("/usr/sbin/mount.nfs", "")
        .file("/lib/modules/6.1.0/modules.dep", "");
    let server = Server::new("deb12-a", Source::nfs("192.0.2.10:/export/os")?)?;
    let registry = MemoryRegistry::new(Servers::new(vec![server])?);
    Preparer::new(registry, Share::default()).graft(&mut guest, "web-7")?;
    let fstab = guest.read(&"/etc/fstab".parse()?, 4096)?;
    assert!(String::from_utf8(fstab)?.contains("192.0.2.10:/export/os /shared nfs"));
    Ok(())
}
