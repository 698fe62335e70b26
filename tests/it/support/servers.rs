//! Registries for guests: two servers each for every distribution that the fixtures are of.

use std::fmt::Write as _;
use std::path::Path;

use osgraft::prepare::Share;
use osgraft::registry::FileRegistry;

/// The line that osgraft writes for a server, but for its export.
const OPTIONS: &str = "ro,bg,nfsvers=4.1,soft,timeo=10,retrans=2,noatime,nodev";

/// What each pair of servers says of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Serving {
    /// Its OS, version, architecture, kernels and components.
    WhatItHas,
    /// Nothing, so that it fits every guest.
    Anything,
}

/// Writes a registry for the small guests into a folder.
pub(crate) fn registry(folder: &Path, serving: Serving) -> FileRegistry {
    let systems = [
        ("debian", "12", "6.1.0-37-amd64"),
        ("debian", "9", "4.9.0-19-amd64"),
        ("ubuntu", "22.04", "5.15.0-25-generic"),
        ("alpine", "3.20.0", "6.6.31-0-virt"),
    ];
    match serving {
        Serving::Anything => open(folder, &pair("any", "")),
        Serving::WhatItHas => {
            let pairs = systems.map(|(os, version, kernel)| system(os, version, "x86_64", kernel));
            open(folder, &pairs.concat())
        }
    }
}

/// Writes a registry of this text into a folder.
pub(crate) fn open(folder: &Path, text: &str) -> FileRegistry {
    let file = folder.join("servers.toml");
    std::fs::write(&file, text).expect("space");
    FileRegistry::open(&file).expect("a sound registry")
}

/// Two servers of the modules of one kernel of one system.
pub(crate) fn system(os: &str, version: &str, arch: &str, kernel: &str) -> String {
    let what = format!(
        "os = \"{os}\"\nversion = \"{version}\"\narch = \"{arch}\"\n\
         kernels = [\"{kernel}\"]\ncomponents = [\"lib/modules\"]\n"
    );
    pair(&format!("{os}-{version}"), &what)
}

/// Two servers that differ in nothing but name and export.
fn pair(name: &str, what: &str) -> String {
    let mut text = String::new();
    for (letter, host) in [("a", 1), ("b", 2)] {
        write!(
            text,
            "[[server]]\nname = \"{name}-{letter}\"\nexport = \"10.0.0.{host}:/vol/{name}\"\n{what}\n"
        )
        .expect("a string takes it");
    }
    text
}

/// The other one of a server's pair, and its export.
pub(crate) fn other(name: &str, export: &str) -> (String, String) {
    match name.strip_suffix("-a") {
        Some(stem) => (
            format!("{stem}-b"),
            export.replacen("10.0.0.1:", "10.0.0.2:", 1),
        ),
        None => (
            format!("{}-a", name.trim_end_matches("-b")),
            export.replacen("10.0.0.2:", "10.0.0.1:", 1),
        ),
    }
}

/// The share of the issue: `/lib/modules` from `/shared`.
pub(crate) fn share() -> Share {
    Share::at("/shared")
        .and_then(|share| share.link("/lib/modules", "lib/modules"))
        .expect("a share that works in most guests")
}

/// The whole block in fstab for an export.
pub(crate) fn block(export: &str) -> String {
    format!("# BEGIN osgraft\n{export} /shared nfs {OPTIONS} 0 0\n# END osgraft\n")
}
