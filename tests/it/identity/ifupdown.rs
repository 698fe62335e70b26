//! Debian's ifupdown itself: it reads each golden file, and brings up a link as was asked.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use osgraft::identity::{Nic, V4, V6};
use serde_json::Value;

use super::{case, want};
use crate::support::fixture::{is_root, not_run, root};
use crate::support::{output, run, text};

/// ifupdown's package, which is not installed: it would take over the network of this host.
fn package() -> PathBuf {
    run(text(&root().join("fixtures/unpack.sh")), &["ifupdown"]);
    root().join("target/fixtures/unpacked/ifupdown")
}

/// Golden guests that other programs than Debian's ifupdown read.
const OTHERS: &[&str] = &["alpine-", "ifupdown2"];

#[test]
fn each_golden_file_is_read_by_ifupdown() {
    let program = package().join("usr/sbin/ifup");
    let state = tempfile::tempdir().unwrap();
    let query = state.path().join("ifquery");
    std::os::unix::fs::symlink(&program, &query).unwrap();
    let mut read = 0;
    for entry in std::fs::read_dir(case("ifupdown", "")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let main = case("ifupdown", &name).join("after/etc/network/interfaces");
        if OTHERS.iter().any(|other| name.starts_with(other)) || !main.exists() {
            continue;
        }
        let listed = output(text(&query), &["-i", text(&main), "--list", "--all"]);
        let said = String::from_utf8_lossy(&listed.stderr).into_owned();
        assert!(listed.status.success() && said.is_empty(), "{name}: {said}");
        read += 1;
    }
    assert!(read >= 12, "{read} files are not all");
}

/// What a link has after ifupdown brought it up.
#[derive(Debug)]
struct Up {
    addresses: BTreeSet<String>,
    gateways: BTreeSet<String>,
    resolv_conf: String,
    said: String,
}

/// A guest's tree over this host's programs, in namespaces of its own. `$1` is an empty folder, `$2` the
/// tree, `$3` the package, `$4` and `$5` name and hardware address of the link. Nothing answers on it.
const BRING_UP: &str = r#"
set -eu
mount -t tmpfs tmpfs "$1"
cd "$1"
mkdir root upper work tree package
cp -a "$2/." tree
cp -a "$3/." package
mount -t overlay overlay -o "lowerdir=tree:package:/,upperdir=upper,workdir=work" root
mount -t proc proc root/proc
mount -t sysfs sysfs root/sys
mount --rbind /dev root/dev
mount -t tmpfs tmpfs root/run
mkdir root/run/network
ip link add "$4" address "$5" type veth peer name peer
ip link set peer up
ip link add ens4 type dummy 2>/dev/null || true
chroot root /sbin/ifup --all --exclude=ens4 >said 2>&1 || echo "ifup ended with $?" >>said
chroot root /sbin/ifup --all --allow=hotplug --exclude=ens4 >>said 2>&1 || echo "ifup ended with $?" >>said
ip -j address show dev "$4"
ip -j -4 route show default
ip -j -6 route show default
cat root/etc/resolv.conf >resolv 2>/dev/null || true
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; echo; }
hex resolv
hex said
"#;

const MAC: &str = "52:54:00:12:34:56";

fn bring_up(tree: &Path, package: &Path, link: &str) -> Up {
    let folder = tempfile::tempdir().unwrap();
    let ran = Command::new("unshare")
        .args(["-n", "-m", "sh", "-c", BRING_UP, "sh"])
        .args([folder.path(), tree, package])
        .args([link, MAC])
        .output()
        .expect("unshare is needed; run “make setup”");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{}: {said}", tree.display());
    let shown = String::from_utf8(ran.stdout).unwrap();
    let lines: Vec<&str> = shown.lines().collect();
    let [address, four, six, resolv, said] = lines[..] else {
        panic!("{shown}");
    };
    let json = |line: &str| -> Vec<Value> { serde_json::from_str(line).unwrap() };
    let address = json(address);
    let found = address
        .iter()
        .flat_map(|link| link["addr_info"].as_array().unwrap());
    let found = found.filter(|address| address["scope"] == "global");
    let gateways = [json(four), json(six)].concat();
    let hex = |line: &str| -> String {
        let bytes = (0..line.len() / 2).map(|at| u8::from_str_radix(&line[2 * at..2 * at + 2], 16));
        String::from_utf8_lossy(&bytes.collect::<Result<Vec<u8>, _>>().unwrap()).into_owned()
    };
    Up {
        addresses: found
            .map(|address| {
                format!(
                    "{}/{}",
                    address["local"].as_str().unwrap(),
                    address["prefixlen"]
                )
            })
            .collect(),
        gateways: gateways
            .iter()
            .map(|route| route["gateway"].as_str().unwrap().to_owned())
            .collect(),
        resolv_conf: hex(resolv),
        said: hex(said),
    }
}

/// Addresses and gateways of a wish.
fn asked(nic: &Nic) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut addresses, mut gateways) = (BTreeSet::new(), BTreeSet::new());
    if let V4::Static(fixed) = &nic.v4 {
        addresses.extend(fixed.addresses.iter().map(ToString::to_string));
        gateways.extend(fixed.gateway.iter().map(ToString::to_string));
    }
    if let V6::Static(fixed) = &nic.v6 {
        addresses.extend(fixed.addresses.iter().map(ToString::to_string));
        gateways.extend(fixed.gateway.iter().map(ToString::to_string));
    }
    (addresses, gateways)
}

#[test]
fn ifupdown_brings_up_what_was_asked_and_nothing_of_the_master() {
    if !is_root() {
        not_run("ifupdown in a network namespace: be root");
        return;
    }
    let package = package();
    let mut masters = 0;
    for (name, link) in [
        ("continued-lines", "ens3"),
        ("debian-dhcp", "ens3"),
        ("debian-static", "ens3"),
        ("foreign-options", "ens3"),
        ("gateway-on-link", "eth0"),
        ("ipv4-off", "eth0"),
        ("mac-of-the-master", "ens9"),
        ("mac-renamed-by-udev", "ens9"),
        ("not-started", "eth0"),
        ("strange-bytes", "eth0"),
        ("template", "eth0"),
        ("two-addresses", "eth0"),
    ] {
        let nic = want("ifupdown", name);
        let folder = case("ifupdown", name);
        let up = bring_up(&folder.join("after"), &package, link);
        assert_eq!(
            (up.addresses, up.gateways),
            asked(&nic),
            "{name}: {}",
            up.said
        );
        assert!(!up.said.contains("ended with"), "{name}: {}", up.said);
        let servers = up
            .resolv_conf
            .lines()
            .filter_map(|line| line.strip_prefix("nameserver "));
        let servers: Vec<IpAddr> = servers.flat_map(str::parse).collect();
        assert!(
            nic.dns.is_empty() || servers == nic.dns,
            "{name}: {}",
            up.resolv_conf
        );

        // The premise: the same guest comes up on the master's address where nothing is edited.
        let main = folder.join("before/etc/network/interfaces");
        let is_static =
            String::from_utf8_lossy(&std::fs::read(main).unwrap()).contains("192.168.7.20");
        if is_static && link != "ens9" {
            let up = bring_up(&folder.join("before"), &package, link);
            assert!(up.addresses.contains("192.168.7.20/24"), "{name}: {up:?}");
            masters += 1;
        }
    }
    assert!(masters >= 4, "{masters} masters have an address");
}

#[test]
fn ifupdown_ng_reads_golden_files_as_they_are_meant() {
    run(text(&root().join("fixtures/unpack.sh")), &["ifupdown-ng"]);
    let program = root().join("target/fixtures/unpacked/ifupdown-ng/usr/sbin/ifparse");
    for name in ["alpine-busybox", "alpine-ifupdown-ng", "two-addresses"] {
        let main = case("ifupdown", name).join("after/etc/network/interfaces");
        let read = run(text(&program), &["-i", text(&main), "-A"]);
        let (_, nic) = read.split_once("iface eth0\n").expect(name);
        let values = |key: &str| -> BTreeSet<String> {
            let lines = nic.lines().filter_map(|line| line.trim().strip_prefix(key));
            lines.map(|value| value.trim().to_owned()).collect()
        };
        let (mut addresses, gateways) = asked(&want("ifupdown", name));
        // It is the family that was kept.
        if name == "alpine-ifupdown-ng" {
            addresses.insert("2001:db8::20/64".to_owned());
        }
        assert_eq!(values("address "), addresses, "{name}: {read}");
        assert_eq!(values("gateway "), gateways, "{name}: {read}");
        assert!(!nic.contains("dhcp"), "{name}: {read}");
    }
}
