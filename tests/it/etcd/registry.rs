//! The registry in etcd.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use osgraft::kv::{Change, Store as _};
use osgraft::registry::{KvRegistry, Needs, Outcome, Registry, Server, Source, Store, select};

use super::server::Cluster;

fn server(name: &str) -> Server {
    let export = Source::nfs("9.7.25.123:/vol/shared_lib").unwrap();
    let server = Server::new(name, export).unwrap();
    let server = server
        .with_os("debian")
        .unwrap()
        .with_version("12")
        .unwrap();
    server.with_kernels(["6.1.0-37-amd64"]).unwrap()
}

#[test]
fn hypervisors_share_it_and_lose_no_change() {
    let cluster = Cluster::of(1);
    let registry = || KvRegistry::new(cluster.store(), "fleet");
    assert_eq!(registry().add(&server("a")).unwrap(), Outcome::Changed);
    assert_eq!(registry().add(&server("a")).unwrap(), Outcome::Unchanged);
    let all: Vec<_> = ["weight=7", "version=13", "state=draining", "release=5"]
        .map(|setting| {
            let registry = Arc::new(registry());
            thread::spawn(move || registry.set("a", &[setting.parse().unwrap()]).unwrap())
        })
        .into_iter()
        .map(|it| it.join().unwrap())
        .collect();
    assert_eq!(all, [Outcome::Changed; 4]);
    let expected = server("a")
        .with_weight(7)
        .unwrap()
        .with_version("13")
        .unwrap();
    let expected = expected.with_release("5").unwrap();
    let expected = expected.with_state("draining".parse().unwrap());
    assert_eq!(registry().servers().unwrap().get("a"), Some(&expected));
    let other = KvRegistry::new(cluster.store(), "fleet2");
    assert!(other.servers().unwrap().is_empty(), "another prefix");
    assert_eq!(registry().remove("a").unwrap(), Outcome::Changed);
    assert_eq!(registry().remove("a").unwrap(), Outcome::Unchanged);
}

#[test]
fn what_somebody_broke_in_it_is_no_line_of_fstab() {
    let cluster = Cluster::of(1);
    let registry = KvRegistry::new(cluster.store(), "fleet");
    registry.add(&server("good")).unwrap();
    let line = br#"{"schema":1,"server":{"name":"line","export":"h:/x\n/dev/sda1 / ext4"}}"#;
    let change = Change::new()
        .put("fleet/server/line", &line[..])
        .put("fleet/server/bytes", &b"\xff\0"[..])
        .put("fleet/server/large", vec![b' '; 1 << 20])
        .put("fleet/server/later", &br#"{"schema":9,"server":{}}"#[..]);
    registry.store().apply(&change).unwrap();
    let servers = registry.servers().unwrap();
    assert_eq!(servers.len(), 1);
    let told: Vec<String> = servers.skipped().iter().map(ToString::to_string).collect();
    for (told, name) in told.iter().zip(["bytes", "large", "later", "line"]) {
        assert!(
            told.starts_with(&format!("server “{name}” is left out: ")),
            "{told}"
        );
        assert!(!told.contains('\n'), "{told}");
    }
    assert_eq!(told.len(), 4);
    let mut needs = Needs::new("web-7");
    (needs.os, needs.version) = (Some("debian".into()), Some("12".into()));
    let selection = select(&servers, &needs).unwrap();
    assert_eq!(
        selection.server.source().fs_spec(),
        "9.7.25.123:/vol/shared_lib"
    );
    let codes: Vec<&str> = selection.warnings.iter().map(|it| it.code()).collect();
    assert_eq!(codes, ["server-skipped"; 4]);
}

#[test]
fn a_store_that_is_away_can_be_tried_again() {
    let mut cluster = Cluster::of(1);
    let registry = KvRegistry::new(
        cluster.store().with_timeout(Duration::from_secs(2)),
        "fleet",
    );
    registry.add(&server("a")).unwrap();
    cluster.kill(0);
    let error = registry.servers().unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert_eq!(error.code(), "kv-unavailable");
    let error = registry.remove("a").unwrap_err();
    assert!(!error.is_usage() && error.registry().is_some(), "{error}");
}
