//! A guest's own network program over its edited files, in namespaces of the test's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use osgraft::identity::{Nic, Selector, V4, V6};
use serde_json::Value;

use crate::support::fixture::{is_root, not_run, root, stacks};
use crate::support::text;

/// The address of the child's NIC.
const MAC: &str = "52:54:00:12:34:56";

/// Addresses of the masters of `fixtures/identity`.
const MASTERS: [&str; 3] = ["192.0.2.10/24", "192.0.2.11/24", "192.0.2.12/24"];

/// The network as it came up.
pub(super) struct Came {
    /// Addresses with their prefixes, the link-local ones left out.
    pub(super) addresses: Vec<String>,
    /// Gateways of default routes.
    gateways: Vec<String>,
    /// `/etc/resolv.conf`, and what networkd tells resolved.
    name_servers: String,
    said: String,
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}

fn json(file: &Path) -> Value {
    serde_json::from_str(&read(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Lets a program configure a NIC of this name from a tree of files. `None`, and told, where this host
/// allows no such thing.
pub(super) fn come_up(program: &str, tree: &Path, nic: &str, wanted: &[String]) -> Option<Came> {
    if !is_root() {
        not_run("a guest's network in namespaces of its own: be root");
        return None;
    }
    let system = stacks()?;
    let out = tempfile::tempdir().unwrap();
    let ran = Command::new("unshare")
        .args(["--net", "--mount", "bash"])
        .arg(root().join("tests/it/identity/lab.sh"))
        .args([&system, tree, out.path()])
        .args([program, nic, MAC, &wanted.join(" ")])
        .output()
        .unwrap();
    let said = format!(
        "{}{}{}{}",
        String::from_utf8_lossy(&ran.stderr),
        read(&out.path().join("generate")),
        read(&out.path().join("dbus")),
        read(&out.path().join("log")),
    );
    assert!(ran.status.success(), "{}: {said}", tree.display());

    let info = json(&out.path().join("addr.json"));
    let info = info.as_array().unwrap().iter();
    let info = info
        .filter_map(|link| link["addr_info"].as_array())
        .flatten();
    let global = info.filter(|address| address["scope"] != "link");
    let addresses = global.map(|address| {
        format!(
            "{}/{}",
            address["local"].as_str().unwrap(),
            address["prefixlen"]
        )
    });
    let gateways = ["route4.json", "route6.json"].map(|name| json(&out.path().join(name)));
    let gateways = gateways
        .iter()
        .flat_map(|routes| routes.as_array().unwrap());
    let gateways = gateways.filter(|route| route["dst"] == "default");
    let mut came = Came {
        addresses: addresses.collect(),
        gateways: gateways
            .filter_map(|route| Some(route["gateway"].as_str()?.to_owned()))
            .collect(),
        name_servers: read(&out.path().join("resolv.conf")) + &read(&out.path().join("link")),
        said,
    };
    came.addresses.sort();
    came.gateways.sort();
    Some(came)
}

/// The golden cases of a stack that are not refused.
pub(super) fn cases(stack: &str) -> Vec<PathBuf> {
    let folder = root().join("fixtures/identity").join(stack);
    let cases = std::fs::read_dir(folder).unwrap();
    let cases = cases.map(|case| case.unwrap().path());
    let mut cases: Vec<PathBuf> = cases.filter(|case| case.join("after").is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= 6, "{stack}: {} cases", cases.len());
    cases
}

/// The addresses and gateways that a wish states, sorted, and the name of its NIC.
fn asked(nic: &Nic) -> (Vec<String>, Vec<String>, String) {
    let (mut addresses, mut gateways) = (Vec::new(), Vec::new());
    if let V4::Static(given) = &nic.v4 {
        addresses.extend(given.addresses.iter().map(ToString::to_string));
        gateways.extend(given.gateway.iter().map(ToString::to_string));
    }
    if let V6::Static(given) = &nic.v6 {
        addresses.extend(given.addresses.iter().map(ToString::to_string));
        gateways.extend(given.gateway.iter().map(ToString::to_string));
    }
    addresses.sort();
    gateways.sort();
    let name = match &nic.selector {
        Selector::Name(name) => name.clone(),
        _ => "ens3".to_owned(),
    };
    (addresses, gateways, name)
}

/// Brings a golden case's guest up, and holds what came against the wish: the addresses, gateways and name
/// servers that are asked for and no others of their family, the master's nowhere.
pub(super) fn comes_up_as_asked(program: &str, case: &Path) {
    let shown = text(case);
    let wish = read(&case.join("want.json"));
    let nic: Nic = serde_json::from_str(&wish).unwrap();
    let (addresses, gateways, name) = asked(&nic);
    let Some(mut came) = come_up(program, &case.join("after"), &name, &addresses) else {
        return;
    };
    let said = std::mem::take(&mut came.said);
    for master in MASTERS {
        assert!(
            !came.addresses.iter().any(|address| address == master),
            "{shown}: {said}"
        );
    }
    let kept = |text: &String| match text.contains(':') {
        true => nic.v6 == V6::Keep,
        false => nic.v4 == V4::Keep,
    };
    came.addresses.retain(|address| !kept(address));
    came.gateways.retain(|gateway| !kept(gateway));
    assert_eq!(came.addresses, addresses, "{shown}: {said}");
    assert_eq!(came.gateways, gateways, "{shown}: {said}");
    for server in &nic.dns {
        assert!(
            came.name_servers.contains(&server.to_string()),
            "{shown}: {}",
            came.name_servers
        );
    }
    for domain in &nic.search {
        assert!(
            came.name_servers.contains(domain.as_str()),
            "{shown}: {}",
            came.name_servers
        );
    }
}

/// The master comes up on its own address: the lab shows what it has to show.
pub(super) fn master_comes_up(program: &str, case: &str) {
    let tree = root()
        .join("fixtures/identity")
        .join(program)
        .join(case)
        .join("before");
    let master = MASTERS[0].to_owned();
    if let Some(came) = come_up(program, &tree, "ens3", std::slice::from_ref(&master)) {
        assert!(came.addresses.contains(&master), "{program}: {}", came.said);
    }
}
