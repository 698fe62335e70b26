//! What an orchestrator writes to start ten prepared children of one master.
//!
//! ```text
//! cargo run --example orchestrator -- MASTER.qcow2
//! ```
//!
//! The children are made in a folder that is removed at the end; the master is only read.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::PathBuf;

use osgraft::image::{Child, Overlay};
use osgraft::prepare::{Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

fn main() -> Result<(), Box<dyn Error>> {
    let master = std::env::args_os().nth(1).map(PathBuf::from);
    let master = master.ok_or("name a master: a qcow2 image with a Linux guest on ext4")?;

    // Two servers of which the second takes twice as many children. In production this is
    // `FileRegistry::open("/etc/osgraft/servers.toml")`.
    let servers = Servers::new(vec![
        Server::new("os-a", Source::nfs("192.0.2.10:/export/os")?)?,
        Server::new("os-b", Source::nfs("192.0.2.11:/export/os")?)?.with_weight(2)?,
    ])?;
    let share = Share::at("/shared")?.link("/lib/modules", "lib/modules")?;
    let preparer = Preparer::new(MemoryRegistry::new(servers), share);

    let folder = tempfile::tempdir()?;
    let overlay = Overlay::new(&master);
    for number in 1..=10 {
        let path = folder.path().join(format!("web-{number}.qcow2"));
        overlay.create(&path)?;
        let report = preparer.prepare(&Child::open(&path, &master)?)?;
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}
