//! Identities that machines' descriptions ask for.

use std::sync::Arc;

use osgraft::config::Config;
use osgraft::hook::{HookError, Request, Verdict, libvirt, proxmox};
use osgraft::identity::{MachineIdWish, Selector};
use osgraft::pool::{MemoryReservations, Pools};
use serde_json::{Value, json};

const HEAD: &str = "images.masters = [\"/m\"]\n[[hook.vm]]\nmatch = \"^web\"\n";

fn config(more: &str) -> Config {
    Config::parse(&format!("{HEAD}{more}"), "config.toml").unwrap()
}

fn pools(config: &Config) -> Pools {
    Pools::new(
        config.pools.clone(),
        Arc::new(MemoryReservations::default()),
    )
}

fn domain(name: &str, metadata: &str, config: &Config) -> Verdict {
    let xml = format!(
        "<domain><name>{name}</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>\
         <metadata><osgraft:osgraft xmlns:osgraft='urn:osgraft:libvirt:1'>{metadata}\
         </osgraft:osgraft></metadata><devices>\
         <disk type='file' device='disk'><driver type='qcow2'/><source file='/i/a'/>\
         <target dev='vda'/></disk>\
         <interface type='network'><mac address='52:54:00:00:00:0a'/>\
         <source network='default' bridge='virbr0'/><model type='virtio'/></interface>\
         <interface type='bridge'><mac address='52:54:00:00:00:0b'/><source bridge='br1'/>\
         <model type='e1000e'/></interface></devices></domain>"
    );
    libvirt::request(xml.as_bytes(), config).unwrap()
}

#[track_caller]
fn prepared(verdict: Verdict) -> Request {
    match verdict {
        Verdict::Prepare(request) => request,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn failed(verdict: Verdict) -> HookError {
    match verdict {
        Verdict::Fail(failed) => failed.reason,
        other => panic!("{other:?}"),
    }
}

/// The identity that the machine gets, as JSON.
fn given(mut request: Request, pools: &Pools) -> Value {
    let hold = request.identify(pools).unwrap();
    hold.expect("something is asked for").keep().unwrap();
    serde_json::to_value(request.identity().unwrap()).unwrap()
}

#[test]
fn the_metadata_of_a_domain_say_its_identity() {
    let config = config("[identity]\nsearch = \"example.org\"\n");
    let metadata = "<osgraft:hostname>web-7</osgraft:hostname>\
        <osgraft:address>10.0.0.17/24 2001:db8::17/64</osgraft:address>\
        <osgraft:gateway>10.0.0.1</osgraft:gateway><osgraft:dns>10.0.0.2, 10.0.0.3</osgraft:dns>\
        <osgraft:ssh-keys>keep</osgraft:ssh-keys>";
    let request = prepared(domain("web_1", metadata, &config));
    let nics = request.nics();
    assert_eq!(nics[0].model.as_deref(), Some("virtio"));
    assert_eq!(nics[0].bridges, ["virbr0", "default"]);
    assert_eq!(nics[1].mac.to_string(), "52:54:00:00:00:0b");
    let identity = given(request, &pools(&config));
    assert_eq!(identity["hostname"], "web-7");
    assert_eq!(identity["ssh_keys"], "keep");
    assert_eq!(identity["machine_id"], "new");
    let [nic] = &identity["nics"].as_array().unwrap()[..] else {
        panic!("{identity}")
    };
    assert_eq!(nic["selector"], json!({"mac": "52:54:00:00:00:0a"}));
    let v4 = json!({"static": {"addresses": ["10.0.0.17/24"], "gateway": "10.0.0.1"}});
    assert_eq!(nic["v4"], v4);
    assert_eq!(
        nic["v6"],
        json!({"static": {"addresses": ["2001:db8::17/64"]}})
    );
    assert_eq!(nic["dns"], json!(["10.0.0.2", "10.0.0.3"]));
    assert_eq!(nic["search"], json!(["example.org"]));
}

#[test]
fn another_nic_is_meant_by_its_hardware_address() {
    let config = config("");
    let at = |mac: &str| {
        let mac = format!("<osgraft:mac>{mac}</osgraft:mac><osgraft:dhcp>yes</osgraft:dhcp>");
        domain("web-1", &mac, &config)
    };
    let mut request = prepared(at("52:54:00:00:00:0B"));
    request
        .identify(&pools(&config))
        .unwrap()
        .unwrap()
        .keep()
        .unwrap();
    let nic = &request.identity().unwrap().nics[0];
    assert_eq!(
        nic.selector,
        Selector::Mac("52:54:00:00:00:0b".parse().unwrap())
    );
    assert_eq!(failed(at("52:54:00:00:00:0c")).code(), "no-nic");
}

#[test]
fn what_metadata_say_wrongly_is_refused_by_name() {
    let config = config("");
    for (metadata, code) in [
        ("<osgraft:adress>10.0.0.17/24</osgraft:adress>", "metadata"),
        ("<osgraft:hostname/>", "metadata"),
        ("<x/>", "metadata"),
        (
            "<osgraft:address>10.0.0.17</osgraft:address>",
            "identity-address",
        ),
        (
            "<osgraft:hostname>a b</osgraft:hostname>",
            "identity-hostname",
        ),
    ] {
        let error = failed(domain("web-1", metadata, &config));
        assert_eq!(error.code(), code, "{metadata}: {error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    // Word by word it is sound, and makes no sense together.
    let alone = "<osgraft:gateway>10.0.0.1</osgraft:gateway>";
    let mut request = prepared(domain("web-1", alone, &config));
    let error = request.identify(&pools(&config)).unwrap_err();
    assert_eq!(error.code(), "identity-gateway-alone");
}

#[test]
fn a_domain_that_nothing_asks_for_keeps_the_identity_of_its_master() {
    let config = config("[identity]\ndns = \"10.0.0.2\"\nssh_keys = \"new\"\n");
    let mut request = prepared(domain("web-1", "", &config));
    assert!(request.identify(&pools(&config)).unwrap().is_none());
    assert!(request.identity().is_none() && request.asked().is_empty());
    let conf = b"name: web-1\nscsi0: /i/a,format=qcow2\nnet0: virtio=BC:24:11:00:00:01\n\
        ipconfig0: ip=10.0.0.5/24\n";
    let mut request = prepared(proxmox::request(100, conf, b"", &config));
    assert!(request.identify(&pools(&config)).unwrap().is_none());
}

#[test]
fn a_domain_is_called_by_its_name_with_hyphens() {
    let config = config("[identity]\nhostname = \"domain\"\n");
    let identity = given(prepared(domain("web_1_a", "", &config)), &pools(&config));
    assert_eq!(identity["hostname"], "web-1-a");
    assert!(identity.get("nics").is_none(), "{identity}");
    let error = failed(domain("web 1", "", &config));
    assert_eq!(error.code(), "identity-hostname");
    let own = "<osgraft:hostname>own</osgraft:hostname>";
    let identity = given(prepared(domain("web 1", own, &config)), &pools(&config));
    assert_eq!(identity["hostname"], "own");
}

#[test]
fn a_pool_gives_a_domain_the_same_address_at_each_start() {
    let config = config(
        "[identity]\npool = \"rest\"\ndns = \"10.0.0.2\"\n\
         [[pool]]\nname = \"web\"\nrange = \"10.0.0.10-10.0.0.20\"\nprefix = 24\n\
         gateway = \"10.0.0.1\"\nbridge = \"virbr0\"\n\
         [[pool]]\nname = \"rest\"\nrange = \"10.1.0.0/24\"\n",
    );
    let pools = pools(&config);
    let address = |metadata: &str| {
        let identity = given(prepared(domain("web-1", metadata, &config)), &pools);
        assert_eq!(identity["nics"][0]["selector"]["mac"], "52:54:00:00:00:0a");
        assert_eq!(identity["nics"][0]["dns"], json!(["10.0.0.2"]));
        identity["nics"][0]["v4"]["static"]["addresses"][0].clone()
    };
    assert_eq!(address(""), "10.0.0.10/24");
    assert_eq!(address(""), "10.0.0.10/24");
    assert_eq!(
        pools.list().unwrap()[0].child,
        "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
    );
    let own = "<osgraft:address>10.7.0.7/24</osgraft:address>";
    assert_eq!(address(own), "10.7.0.7/24");
    assert!(pools.list().unwrap().is_empty());
    assert_eq!(address("<osgraft:pool>rest</osgraft:pool>"), "10.1.0.1/24");
    let mut request = prepared(domain("web-1", "<osgraft:pool>rst</osgraft:pool>", &config));
    assert_eq!(request.identify(&pools).unwrap_err().code(), "pool-unknown");
}

#[test]
fn a_vm_of_proxmox_has_what_its_configuration_says() {
    let config = config(
        "[identity]\nhostname = \"domain\"\npool = \"rest\"\n\
         [[pool]]\nname = \"rest\"\nrange = \"10.1.0.0/24\"\n",
    );
    let conf = |more: &str| {
        format!(
            "name: web-1\nscsi0: /i/a,format=qcow2\n\
             net0: virtio=BC:24:11:00:00:01,bridge=vmbr0\nnet1: e1000=BC:24:11:00:00:02\n{more}"
        )
    };
    let judge = |conf: &str| proxmox::request(100, conf.as_bytes(), b"", &config);
    // The address of another NIC is taken, too.
    let config_pools = pools(&config);
    let second = conf("ipconfig0: ip=dhcp\nipconfig1: ip=10.1.0.9/24\n");
    given(prepared(judge(&second)), &config_pools);
    let held = config_pools.list().unwrap();
    assert_eq!(held[0].address.to_string(), "10.1.0.9");
    let said = conf(
        "ipconfig0: ip=10.0.0.5/24,gw=10.0.0.1,ip6=auto\nipconfig1: ip=dhcp\nnameserver: 10.0.0.2\n",
    );
    let request = prepared(judge(&said));
    assert_eq!(request.nics()[1].model.as_deref(), Some("e1000"));
    let identity = given(request, &pools(&config));
    assert_eq!(identity["hostname"], "web-1");
    assert_eq!(identity["nics"][0]["v4"]["static"]["gateway"], "10.0.0.1");
    assert_eq!(identity["nics"][0]["v6"], "auto");
    assert_eq!(identity["nics"][0]["dns"], json!(["10.0.0.2"]));
    assert_eq!(identity["nics"][1]["selector"]["mac"], "bc:24:11:00:00:02");
    assert_eq!(identity["nics"][1]["v4"], "dhcp");

    let mut request = prepared(judge(&conf("nameserver: 10.0.0.2\n")));
    request
        .identify(&pools(&config))
        .unwrap()
        .unwrap()
        .keep()
        .unwrap();
    let identity = request.identity().unwrap();
    assert_eq!(identity.machine_id, MachineIdWish::New);
    let nic = serde_json::to_value(&identity.nics[0]).unwrap();
    assert_eq!(nic["v4"]["static"]["addresses"][0], "10.1.0.1/24");
    assert_eq!(nic["dns"], json!(["10.0.0.2"]));

    let error = failed(judge(&conf("ipconfig0: ip=10.0.0.5\n")));
    assert_eq!(error.code(), "identity-address");
}

#[test]
fn a_vm_of_proxmox_without_a_name_keeps_that_of_its_master() {
    let text = "images.masters = [\"/m\"]\nidentity.hostname = \"domain\"\n\
        [[hook.vm]]\nmatch = \"^100$\"\n";
    let config = Config::parse(text, "config.toml").unwrap();
    let conf = b"scsi0: /i/a,format=qcow2\nnet0: virtio=BC:24:11:00:00:01\n";
    let request = prepared(proxmox::request(100, conf, b"", &config));
    assert!(request.asked().is_empty());
    // Name servers that stand there for DHCP's sake ask for nothing.
    let conf = [&conf[..], b"name: 100\nnameserver: 10.0.0.2\n"].concat();
    let conf = String::from_utf8(conf)
        .unwrap()
        .replace("name: 100", "name: web-1");
    let mut request = prepared(proxmox::request(100, conf.as_bytes(), b"", &config));
    request
        .identify(&pools(&config))
        .unwrap()
        .unwrap()
        .keep()
        .unwrap();
    assert!(request.identity().unwrap().nics.is_empty());
}

/// The program as libvirt calls it.
#[cfg(feature = "cli")]
#[test]
fn a_start_that_fails_reserves_nothing_and_says_why() {
    let Some(host) = super::libvirt::Host::new() else {
        return;
    };
    host.workshop.configure(
        "[[hook.vm]]\nmatch = \"^web-\"\n[[pool]]\nname = \"web\"\nrange = \"10.0.0.10-10.0.0.10\"\n\
         prefix = 24\n",
    );
    let metadata = |words: &str| {
        format!(
            "<metadata><osgraft:osgraft xmlns:osgraft='urn:osgraft:libvirt:1'>{words}\
             </osgraft:osgraft></metadata>"
        )
    };
    let start = |words: &str| {
        let xml = host.xml("web-1", "");
        let xml = xml.replace("<devices>", &format!("{}<devices>", metadata(words)));
        host.call("web-1", "prepare", &xml)
    };
    let before = host.disk();
    for (words, told) in [
        ("<osgraft:pool>wbe</osgraft:pool>", "did you mean “web”?"),
        (
            "<osgraft:gateway>10.0.0.1</osgraft:gateway>",
            "no address of its family",
        ),
        (
            "<osgraft:address>10.0.0.7</osgraft:address>",
            "prefix length is missing",
        ),
    ] {
        let refused = start(words);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains(told), "{refused:?}");
    }
    assert_eq!(host.disk(), before);
    assert!(!host.workshop.at("pools.json").exists());
}
