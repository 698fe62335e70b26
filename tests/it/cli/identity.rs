use std::fs;
use std::process::Child;

use super::{Bench, one_document};

const POOLS: &str = "registry.file = \"servers.toml\"\n\
    [identity]\ndns = \"10.0.0.2\"\n\
    [[pool]]\nname = \"web\"\nrange = \"10.0.0.10-10.0.0.12\"\nprefix = 24\ngateway = \"10.0.0.1\"\n\
    [[pool]]\nname = \"large\"\nrange = \"10.9.0.0/16\"\n";

/// A bench with two pools.
fn pools() -> Bench {
    let bench = Bench::new();
    fs::write(bench.at("config.toml"), POOLS).unwrap();
    bench
}

#[test]
fn what_makes_no_sense_is_a_fault_of_usage_in_one_line() {
    let bench = pools();
    for (line, told) in [
        (
            "prepare a --hostname web_1",
            "--hostname: “web_1” is no host name",
        ),
        (
            "prepare a --address 10.0.0.7",
            "its prefix length is missing",
        ),
        (
            "prepare a --address 10.0.0.0/24",
            "the subnet's own address",
        ),
        (
            "prepare a --gateway 10.0.0.1",
            "gateway 10.0.0.1: no address",
        ),
        ("prepare a --dns 10.0.0.2", "dns: no address"),
        ("plan a --search example.org", "search: no address"),
        ("prepare a --mac 52:54:00:00:00:01", "mac: no address"),
        ("prepare a --on-link", "on-link: no gateway"),
        (
            "prepare a --dhcp --address 10.0.0.7/24",
            "exclude each other",
        ),
        ("prepare a --ipv6 on", "say auto, dhcp or off"),
        ("prepare a --machine-id 12", "is no machine-id"),
        ("prepare a --ssh-keys old", "say new or keep"),
        ("prepare a --cloud-init on", "say refuse, off or seed"),
        ("prepare a --hostname web-{n}", "--count"),
        ("prepare a b --hostname web", "--hostname: several children"),
        (
            "prepare a b --address 10.0.0.7/24",
            "--address: several children",
        ),
        (
            "prepare a b --identity x --dhcp",
            "--identity: several children",
        ),
        ("prepare a --pool wbe", "did you mean “web”?"),
        (
            "prepare a --pool web --address 10.0.0.7/24",
            "exclude each other",
        ),
        ("prepare a --pool web --dhcp", "exclude each other"),
        ("prepare a --children t.csv", "cannot be used with"),
        (
            "prepare --children t.csv --hostname a",
            "cannot be used with",
        ),
        ("prepare --children t.csv", "t.csv: cannot be read"),
        ("clone m a --hostname a", "add --prepare"),
        (
            "clone m a-{n} --count 2 --prepare --hostname a",
            "--count needs “{n}” in it",
        ),
        (
            "clone m a --prepare --address-from 10.0.0.0/24",
            "--address-from: ",
        ),
        ("clone m a --address-from 10.0.0.7/24", "--prepare"),
    ] {
        let args: Vec<&str> = line.split(' ').collect();
        let error = bench.fails(&args, 2);
        assert!(error.contains(told), "{line}: {error}");
    }
    let ran = bench.run(&["prepare", "a", "--json", "--gateway", "10.0.0.1"]);
    let error = &one_document(&ran.stdout)["error"];
    assert_eq!(error["reasons"][0], "identity-gateway-alone");
}

#[test]
fn a_series_that_goes_beyond_its_subnet_makes_no_child() {
    let bench = Bench::with_master();
    let line = "clone master.qcow2 w-{n}.qcow2 --count 3 --prepare --hostname w-{n} \
        --gateway 10.0.0.254 --address-from";
    let mut args: Vec<&str> = line.split_whitespace().collect();
    args.push("10.0.0.252/24");
    let error = bench.fails(&args, 2);
    assert!(
        error.contains("has 2 addresses from there on, and 3 are wanted"),
        "{error}"
    );
    assert!(!bench.at("w-1.qcow2").exists());
}

#[test]
fn a_table_is_checked_whole_before_a_child_is_made() {
    let bench = Bench::with_master();
    fs::write(bench.at("config.toml"), POOLS).unwrap();
    let table = "file,hostname,address,gateway,pool\n\
        a.qcow2,web-1,10.0.0.7/24,10.0.0.1,\n\
        b.qcow2,web-2,10.0.0.8/24,10.0.1.1,\n\
        c.qcow2,web-1,,,web\n\
        d.qcow2,web-4,,,wbe\n";
    fs::write(bench.at("t.csv"), table).unwrap();
    let args = ["clone", "master.qcow2", "--children", "t.csv", "--prepare"];
    let error = bench.fails(&args, 2);
    assert!(
        error.contains("t.csv:3: gateway 10.0.1.1: no subnet"),
        "{error}"
    );
    assert!(
        error.contains("t.csv:4: host name web-1 stands in line 2 already"),
        "{error}"
    );
    // What only the pools tell is told once the rest is sound.
    let sound = table
        .replace("10.0.1.1", "10.0.0.1")
        .replace("c.qcow2,web-1", "c.qcow2,web-3");
    fs::write(bench.at("t.csv"), sound).unwrap();
    let error = bench.fails(&args, 2);
    assert!(error.contains("t.csv:5: no pool is named “wbe”"), "{error}");
    for child in ["a", "b", "c", "d"] {
        assert!(!bench.at(format!("{child}.qcow2")).exists(), "{child}");
    }
    let error = bench.fails(&["clone", "master.qcow2", "--children", "t.csv"], 2);
    assert!(error.contains("t.csv:5"), "{error}");
    assert!(!bench.at("pools.json").exists());
}

#[test]
fn each_row_of_a_table_is_a_child_with_its_server() {
    let bench = Bench::with_master();
    let table = "[{\"file\": \"a.qcow2\"},\n{\"file\": \"b.qcow2\", \"server\": \"deb12-a\"}]\n";
    fs::write(bench.at("t.json"), table).unwrap();
    let error = bench.fails(&["clone", "master.qcow2", "--children", "t.json"], 2);
    assert!(error.contains("add it"), "{error}");
    let ran = bench.run(&[
        "clone",
        "master.qcow2",
        "--children",
        "t.json",
        "--prepare",
        "--json",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let made = ran.json();
    assert_eq!(made[0]["child"], "a.qcow2");
    assert_eq!(made[1]["prepared"]["server"]["name"], "deb12-a");
    let reason = made[1]["prepared"]["server"]["reason"].as_str().unwrap();
    assert_ne!(made[0]["prepared"]["server"]["reason"], reason);
    let again = bench.run(&["prepare", "--children", "t.json", "--json"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert!(again.json().iter().all(|it| it["outcome"] == "unchanged"));
}

#[test]
fn an_address_is_reserved_listed_and_released() {
    let bench = pools();
    assert_eq!(
        bench.ok(&["pool", "reserve", "web", "web-7"]),
        "10.0.0.10/24\n"
    );
    assert_eq!(
        bench.ok(&["pool", "reserve", "web", "web-7"]),
        "10.0.0.10/24\n"
    );
    assert_eq!(
        bench.ok(&["pool", "reserve", "large", "web-7"]),
        "10.9.0.1/16\n"
    );
    for child in ["b", "c"] {
        bench.ok(&["pool", "reserve", "web", child]);
    }
    let error = bench.fails(&["pool", "reserve", "web", "d"], 4);
    assert!(
        error.contains("pool “web”: each of its addresses"),
        "{error}"
    );
    let error = bench.fails(&["prepare", "d", "--address", "10.0.0.11/24"], 2);
    assert!(error.contains("has it reserved for b"), "{error}");
    fs::write(bench.at("e.qcow2"), "not looked at").unwrap();
    let error = bench.fails(&["prepare", "e.qcow2", "--pool", "web"], 4);
    assert!(error.contains("pool “web”"), "{error}");

    let list = one_document(&bench.ok(&["pool", "list", "--json"]));
    let web = &list["pools"][0];
    assert_eq!(web["name"], "web");
    assert_eq!(web["reservations"].as_array().unwrap().len(), 3);
    assert_eq!(web["reservations"][0]["address"], "10.0.0.10");
    assert_eq!(web["reservations"][0]["child"], "web-7");
    assert!(web["reservations"][0]["since"].as_u64().unwrap() > 1_700_000_000);
    let text = bench.ok(&["pool", "list"]);
    assert!(
        text.contains("web: 10.0.0.10-10.0.0.12/24, 3 reserved"),
        "{text}"
    );

    let released = one_document(&bench.ok(&["pool", "release", "web-7", "--json"]));
    assert_eq!(released["outcome"], "changed");
    assert_eq!(released["released"].as_array().unwrap().len(), 2);
    let released = one_document(&bench.ok(&["pool", "release", "web-7", "--json"]));
    assert_eq!(released["outcome"], "unchanged");
    assert_eq!(bench.ok(&["pool", "reserve", "web", "d"]), "10.0.0.10/24\n");
}

#[test]
fn a_prepare_that_fails_gives_its_address_back() {
    let bench = pools();
    fs::write(bench.at("bad.qcow2"), "not an image").unwrap();
    bench.fails(&["prepare", "bad.qcow2", "--pool", "web"], 5);
    let list = one_document(&bench.ok(&["pool", "list", "--json"]));
    assert_eq!(
        list["pools"][0]["reservations"].as_array().unwrap().len(),
        0
    );
    // One that it had before stays its own.
    bench.ok(&["pool", "reserve", "web", "bad.qcow2"]);
    bench.fails(&["prepare", "bad.qcow2", "--pool", "web"], 5);
    let list = one_document(&bench.ok(&["pool", "list", "--json"]));
    assert_eq!(
        list["pools"][0]["reservations"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn revert_releases_the_addresses_of_the_child() {
    let bench = Bench::with_children(&["a.qcow2", "b.qcow2"]);
    fs::write(bench.at("config.toml"), POOLS).unwrap();
    bench.ok(&["pool", "reserve", "web", "a.qcow2"]);
    bench.ok(&["pool", "reserve", "web", "b.qcow2"]);
    bench.ok(&["pool", "reserve", "web", "uuid"]);
    let held = || {
        let list = one_document(&bench.ok(&["pool", "list", "--json"]));
        list["pools"][0]["reservations"].as_array().unwrap().len()
    };
    assert_eq!(held(), 3);
    assert_eq!(bench.run(&["revert", "a.qcow2"]).code, 0);
    assert_eq!(held(), 2);
    assert_eq!(
        bench.run(&["revert", "b.qcow2", "--identity", "uuid"]).code,
        0
    );
    assert_eq!(held(), 1);
    let error = bench.fails(&["revert", "a.qcow2", "b.qcow2", "--identity", "uuid"], 2);
    assert!(error.contains("--identity: several children"), "{error}");
}

#[test]
fn a_plan_reserves_nothing() {
    let bench = Bench::with_children(&["a.qcow2"]);
    fs::write(bench.at("config.toml"), POOLS).unwrap();
    bench.run(&["plan", "a.qcow2", "--pool", "web"]);
    bench.run(&[
        "prepare",
        "--dry-run",
        "a.qcow2",
        "--address",
        "10.0.0.11/24",
    ]);
    assert!(!bench.at("pools.json").exists());
}

#[test]
fn eight_processes_at_once_reserve_addresses_of_their_own() {
    let bench = pools();
    let mut addresses = std::collections::BTreeSet::new();
    for round in 0..6 {
        let start = |number: usize| {
            let mut command = bench.command();
            command.args(["--config", "config.toml", "pool", "reserve", "large"]);
            command.arg(format!("child-{round}-{number}"));
            command
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        };
        let running: Vec<Child> = (0..8).map(start).collect();
        for child in running {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            addresses.insert(String::from_utf8(output.stdout).unwrap());
        }
    }
    assert_eq!(addresses.len(), 48);
}

/// Clones with host names and addresses of a pool, of a guest that ifupdown configures.
#[test]
fn clones_are_given_names_and_addresses_of_their_own_and_keep_them() {
    let Some(master) = crate::support::fixture::guest("debian12") else {
        return;
    };
    let bench = pools();
    let master = master.to_str().unwrap();
    let line = "clone w-{n}.qcow2 --count 2 --prepare --hostname w-{n} --pool web --json";
    let mut args: Vec<&str> = line.split(' ').collect();
    args.insert(1, master);
    let ran = bench.run(&args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let held = || {
        let list = one_document(&bench.ok(&["pool", "list", "--json"]));
        let held = list["pools"][0]["reservations"].as_array().unwrap().clone();
        let named = held.iter().map(|it| {
            let child = it["child"].as_str().unwrap();
            let child = child.rsplit('/').next().unwrap().to_owned();
            (child, it["address"].as_str().unwrap().to_owned())
        });
        let mut named: Vec<_> = named.collect();
        named.sort();
        named
    };
    let both = held();
    let names: Vec<_> = both.iter().map(|(child, _)| child.as_str()).collect();
    assert_eq!(names, ["w-1.qcow2", "w-2.qcow2"]);
    assert_ne!(both[0].1, both[1].1);
    for (child, address) in &both {
        let name = child.trim_end_matches(".qcow2");
        // What another identity would take away is what stands there now.
        let plan = [
            "plan",
            child,
            "--master",
            master,
            "--hostname",
            "x",
            "--dhcp",
            "--json",
        ];
        let plan = one_document(&bench.ok(&plan));
        let diff = plan["diff"].as_str().unwrap();
        assert!(
            diff.contains(&format!("-\taddress {address}/24\n")),
            "{diff}"
        );
        assert!(diff.contains("-\tgateway 10.0.0.1\n"), "{diff}");
        assert!(diff.contains(&format!("-{name}\n")), "{diff}");
    }
    let again = [
        "prepare",
        "w-1.qcow2",
        "--master",
        master,
        "--hostname",
        "w-1",
        "--pool",
        "web",
        "--json",
    ];
    let again = one_document(&bench.ok(&again));
    assert_eq!(again["outcome"], "unchanged", "{}", again["edits"]);
    assert_eq!(held(), both);
    bench.ok(&["revert", "w-1.qcow2", "--master", master]);
    assert_eq!(held(), [both[1].clone()]);
}

#[test]
fn a_pool_that_is_too_small_is_told_before_a_child_is_made_or_changed() {
    let bench = pools();
    let clone = [
        "clone",
        "master.qcow2",
        "web-{n}.qcow2",
        "--count",
        "5",
        "--prepare",
        "--pool",
        "web",
    ];
    let error = bench.fails(&clone, 4);
    let told = "pool “web”: 5 children need an address of its 10.0.0.10-10.0.0.12/24, and 3 of them are free";
    assert!(error.contains(told), "{error}");
    assert!(!bench.at("web-1.qcow2").exists());
    assert!(!bench.at("pools.json").exists());

    let table =
        "file,hostname,pool\na.qcow2,a,web\nb.qcow2,b,web\nc.qcow2,c,web\nd.qcow2,d,large\n";
    fs::write(bench.at("t.csv"), table).unwrap();
    // A child that is there is known by its path.
    fs::write(bench.at("a.qcow2"), "not looked at").unwrap();
    for child in ["a.qcow2", "x"] {
        bench.ok(&["pool", "reserve", "web", child]);
    }
    let error = bench.fails(&["prepare", "--children", "t.csv"], 4);
    let told = "2 children need an address of its 10.0.0.10-10.0.0.12/24, and 1 of them is free";
    assert!(error.contains(told), "{error}");
    let list = one_document(&bench.ok(&["pool", "list", "--json"]));
    assert_eq!(
        list["pools"][0]["reservations"].as_array().unwrap().len(),
        2
    );
}
