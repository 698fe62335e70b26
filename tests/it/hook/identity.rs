//! What a machine's disk is known by when a server is selected.

use std::fs;
use std::path::Path;
use std::time::Duration;

use osgraft::config::Config;
use osgraft::hook::{Request, Verdict, libvirt, proxmox};
use osgraft::image::{Child, Masters, Overlay};
use osgraft::prepare::{Preparer, Report};
use osgraft::registry::{FileRegistry, Needs, Registry, select};

use crate::support::fixture::guest;
use crate::support::servers::{Serving, registry, share};

/// The server that an identity hashes to.
fn expected(registry: &FileRegistry, identity: &str) -> String {
    let servers = registry.servers().unwrap();
    let selected = select(&servers, &Needs::new(identity)).unwrap();
    selected.server.name().to_owned()
}

fn server(report: &Report) -> String {
    report.server.as_ref().unwrap().name.clone()
}

fn request(verdict: Verdict) -> Request {
    match verdict {
        Verdict::Prepare(request) => request,
        other => panic!("{other:?}"),
    }
}

fn domain(uuid: &str, disk: &Path, config: &Config) -> Request {
    let xml = format!(
        "<domain><name>web-1</name><uuid>{uuid}</uuid><devices><disk type='file'>\
         <driver type='qcow2'/><source file='{}'/><target dev='vda'/></disk></devices></domain>",
        disk.display()
    );
    request(libvirt::request(xml.as_bytes(), config).unwrap())
}

#[test]
fn disks_of_one_name_are_known_by_their_domains() {
    let Some(master) = guest("debian12") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let servers = registry(folder.path(), Serving::Anything);
    let text = format!("images.masters = [{master:?}]\n[[hook.vm]]\nmatch = \"^web-\"\n");
    let config = Config::parse(&text, "config.toml").unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..8 {
        let uuid = format!("4DEA22B3-1d52-d8f3-2516-78000000000{number}");
        let instance = folder.path().join(format!("inst/{number}"));
        fs::create_dir_all(&instance).unwrap();
        let disk = instance.join("disk");
        Overlay::new(&master).create(&disk).unwrap();
        let request = domain(&uuid, &disk, &config);
        let uuid = uuid.to_ascii_lowercase();
        assert_eq!(request.known_as(), Some(&*uuid));
        let preparer = Preparer::new(servers.clone(), share());
        let report = request.prepare(preparer, Duration::from_secs(60)).unwrap();
        assert_eq!(server(&report), expected(&servers, &uuid), "{uuid}");
        seen.insert(server(&report));
    }
    assert_eq!(seen.len(), 2, "both servers have their share");
}

#[test]
fn by_hand_a_disk_is_known_by_its_path() {
    let Some(master) = guest("debian12") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let servers = registry(&folder, Serving::Anything);
    let preparer = Preparer::new(&servers, share());
    for number in 0..6 {
        let instance = folder.join(format!("inst/{number}"));
        fs::create_dir_all(&instance).unwrap();
        let disk = instance.join("disk");
        Overlay::new(&master).create(&disk).unwrap();
        let known_by = expected(&servers, disk.to_str().unwrap());
        // A link to it, and a way about, are the same disk.
        let link = folder.join(format!("link-{number}"));
        std::os::unix::fs::symlink(&instance, &link).unwrap();
        for way in [
            link.join("disk"),
            instance.join("../").join(number.to_string()).join("disk"),
            disk,
        ] {
            let child = Child::open(&way, Masters::only(&master)).unwrap();
            let report = preparer.plan(&child).unwrap();
            assert_eq!(server(&report), known_by, "{}", way.display());
            let named = preparer.clone().known_as("web-7").plan(&child).unwrap();
            assert_eq!(server(&named), expected(&servers, "web-7"));
        }
    }
}

#[test]
fn a_proxmox_vm_is_known_by_its_uuid_or_its_number() {
    let text = "images.masters = [\"/masters\"]\n[[hook.vm]]\nmatch = \"^100$\"\n";
    let config = Config::parse(text, "config.toml").unwrap();
    let identity = |more: &str| {
        let conf = format!("scsi0: /images/a.qcow2,format=qcow2\n{more}");
        let verdict = proxmox::request(100, conf.as_bytes(), b"", &config);
        request(verdict).known_as().map(str::to_owned)
    };
    let uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";
    assert_eq!(identity(""), Some("100".to_owned()));
    let smbios = format!(
        "smbios1: base64=1,uuid={},serial=MQ==\n",
        uuid.to_uppercase()
    );
    assert_eq!(identity(&smbios), Some(uuid.to_owned()));
    assert_eq!(identity("smbios1: uuid=none\n"), Some("100".to_owned()));
    let snapshot = format!("[before]\nsmbios1: uuid={uuid}\n");
    assert_eq!(identity(&snapshot), Some("100".to_owned()));
}
