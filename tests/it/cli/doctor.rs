use std::fs;

use serde_json::Value;

use super::{Bench, one_document};

fn check<'a>(checkup: &'a Value, code: &str) -> &'a Value {
    let checks = checkup["checks"].as_array().unwrap();
    checks.iter().find(|check| check["code"] == code).unwrap()
}

#[test]
fn a_host_that_can_work_is_healthy() {
    let bench = Bench::with_master();
    let text = bench.ok(&["doctor", "."]);
    assert!(text.lines().next().unwrap().starts_with("ok "), "{text}");
    assert!(
        text.lines().last().unwrap().starts_with(".: healthy"),
        "{text}"
    );
    assert!(!text.contains('\x1b'));
    let checkup = one_document(&bench.ok(&["doctor", ".", "--json"]));
    assert_eq!(checkup["healthy"], true);
    assert_eq!(checkup["folder"], ".");
    let registry = check(&checkup, "registry");
    assert_eq!(registry["found"], "servers.toml: 2 of 2 servers active");
    assert_eq!(check(&checkup, "locks")["verdict"], "ok");
}

#[test]
fn something_bad_is_exit_code_1_and_no_error() {
    let bench = Bench::new();
    fs::write(bench.at("config.toml"), "[share]\nmount_pont = \"/x\"\n").unwrap();
    let ran = bench.run(&["doctor", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let checkup = one_document(&ran.stdout);
    assert_eq!(checkup["healthy"], false);
    let config = check(&checkup, "config");
    assert_eq!(config["verdict"], "bad");
    let found = config["found"].as_str().unwrap();
    assert!(found.starts_with("config.toml:2: "), "{found}");
    // What the command line names needs no configuration.
    let ran = bench.run(&["doctor", "--json", "--registry", "servers.toml"]);
    let checkup = one_document(&ran.stdout);
    assert_eq!(check(&checkup, "registry")["verdict"], "ok");

    let ran = bench.run(&["doctor", "missing"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("fix: mkdir -p missing\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_masters_first_folder_is_examined_unless_another_is_named() {
    let bench = Bench::with_master();
    fs::create_dir_all(bench.at("deep/masters")).unwrap();
    let config = "registry.file = \"servers.toml\"\nimages.masters = [\"deep/masters\"]\n";
    fs::write(bench.at("config.toml"), config).unwrap();
    let folder = |args: &[&str]| one_document(&bench.ok(args))["folder"].clone();
    assert_eq!(folder(&["doctor", "--json"]), "deep/masters");
    assert_eq!(folder(&["doctor", "deep", "--json"]), "deep");
    assert_eq!(
        folder(&["doctor", "--json", "--master", "master.qcow2"]),
        "."
    );
}
