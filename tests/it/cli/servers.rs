use std::fs;

use serde_json::json;

use super::{Bench, SERVERS, one_document};

#[test]
fn servers_are_listed_in_columns_and_in_json() {
    let bench = Bench::new();
    assert_eq!(
        bench.ok(&["server", "list"]),
        "\
NAME     STATE   WEIGHT  OS      VERSION  ARCH  KERNELS         SOURCE
deb12-a  active  1       debian  12       any   6.1.0-37-amd64  192.0.2.10:/export/deb12
deb13-a  active  1       debian  13       any   unknown         192.0.2.10:/export/deb13
"
    );
    let json = one_document(&bench.ok(&["server", "list", "--json"]));
    assert_eq!(json["registry"], "servers.toml");
    assert_eq!(json["servers"][0]["kernels"], json!(["6.1.0-37-amd64"]));
}

#[test]
fn a_server_is_added_changed_and_removed_and_the_rest_stays() {
    let bench = Bench::new();
    let add = [
        "server",
        "add",
        "share-1",
        "--disk",
        "LABEL=osshare",
        "--fstype",
        "erofs",
        "--kernels",
        "6.1.0-37-amd64,6.1.0-38-amd64",
        "--state",
        "draining",
        "--weight",
        "7",
    ];
    let added = one_document(&bench.ok(&[&add[..], &["--json"]].concat()));
    assert_eq!(
        added,
        json!({
            "format_version": 1,
            "outcome": "changed",
            "registry": "servers.toml",
            "server": "share-1",
        })
    );
    assert_eq!(bench.ok(&add), "share-1: there already (servers.toml)\n");
    let text = fs::read_to_string(bench.at("servers.toml")).unwrap();
    assert!(text.starts_with(SERVERS), "{text}");
    assert!(text.contains("weight = 7\n"), "{text}");

    let set = [
        "server",
        "set",
        "share-1",
        "state=active",
        "--unset",
        "weight",
    ];
    assert_eq!(bench.ok(&set), "share-1: changed (servers.toml)\n");
    assert_eq!(bench.ok(&set), "share-1: unchanged (servers.toml)\n");
    let list = one_document(&bench.ok(&["server", "list", "--json"]));
    assert_eq!(list["servers"][2]["weight"], 1);
    assert_eq!(list["servers"][2]["state"], "active");

    assert_eq!(
        bench.ok(&["server", "remove", "share-1"]),
        "share-1: removed (servers.toml)\n"
    );
    assert_eq!(
        fs::read_to_string(bench.at("servers.toml")).unwrap(),
        SERVERS
    );
    let again = bench.run(&["server", "remove", "deb12-b"]);
    assert_eq!(again.code, 0);
    assert!(
        again.stderr.contains("did you mean “deb12-a”?"),
        "{}",
        again.stderr
    );
}

#[test]
fn a_registry_is_made_by_its_first_server() {
    let bench = Bench::new();
    bench.ok(&[
        "server",
        "add",
        "a",
        "--export",
        "h:/x",
        "--registry",
        "new.toml",
    ]);
    assert!(bench.at("new.toml").exists());
    let check = ["server", "check", "--registry", "new.toml"];
    assert_eq!(bench.ok(&check), "new.toml: valid, 1 server\n");
}

#[test]
fn no_value_reaches_the_registry_that_would_break_a_line_of_fstab() {
    let bench = Bench::new();
    for key in [
        "--os",
        "--version",
        "--arch",
        "--kernels",
        "--components",
        "--release",
        "--options",
    ] {
        for value in ["a b", "a\nb", "a\tb", "a\u{1b}b"] {
            // A guest may say of itself what has a blank in it; neither stands in fstab.
            if value == "a b" && matches!(key, "--os" | "--version") {
                continue;
            }
            let error = bench.fails(&["server", "add", "x", "--export", "h:/x", key, value], 2);
            assert!(error.contains("holds a"), "{error}");
        }
    }
    bench.fails(&["server", "add", "x", "--export", "h:/a b"], 2);
    bench.fails(&["server", "add", "a b", "--export", "h:/x"], 2);
    bench.fails(&["server", "set", "deb12-a", "export=h:/a\nb"], 2);
    bench.fails(&["server", "set", "nobody", "weight=2"], 2);
    bench.fails(&["server", "add", "deb12-a", "--export", "h:/other"], 2);
    assert_eq!(
        fs::read_to_string(bench.at("servers.toml")).unwrap(),
        SERVERS
    );
}

#[test]
fn check_tells_the_line_and_the_key() {
    let bench = Bench::new();
    let json = one_document(&bench.ok(&["server", "check", "--json"]));
    assert_eq!(
        json,
        json!({"format_version": 1, "registry": "servers.toml", "valid": true, "servers": 2})
    );
    fs::write(
        bench.at("servers.toml"),
        "[[server]]\nname = \"a\"\nexprt = \"h:/x\"\n",
    )
    .unwrap();
    let error = bench.fails(&["server", "check"], 7);
    assert!(
        error.starts_with("osgraft: servers.toml:3: exprt: "),
        "{error}"
    );
}

#[test]
fn select_tells_the_server_and_why() {
    let bench = Bench::new();
    let select = [
        "server",
        "select",
        "web-7",
        "--os",
        "debian",
        "--version",
        "12",
        "--kernels",
        "6.1.0-37-amd64",
        "--components",
        "lib/modules",
    ];
    let json = one_document(&bench.ok(&[&select[..], &["--json"]].concat()));
    assert_eq!(json["server"]["name"], "deb12-a");
    assert_eq!(json["reason"], "the only active server of 2 that fits");
    assert_eq!(json["warnings"], json!([]));
    assert_eq!(
        bench.ok(&select),
        "deb12-a at 192.0.2.10:/export/deb12: the only active server of 2 that fits\n"
    );
    bench.fails(
        &["server", "select", "web-7", "--components", "/lib/modules"],
        2,
    );
    bench.fails(&["server", "select", "web-7", "--kernels", "6.1 x"], 2);
    let error = bench.fails(&["server", "select", "web-7", "--os", "fedora"], 4);
    assert!(
        error.contains("“deb12-a” serves os debian, not fedora"),
        "{error}"
    );
}

/// An ID of more than one word, as in an lsb-release of Zorin OS.
#[test]
fn an_os_of_several_words_goes_through_the_file_and_is_selected() {
    let bench = Bench::new();
    let add = ["server", "add", "zorin-a", "--export", "192.0.2.1:/z"];
    bench.ok(&[&add[..], &["--os", "Zorin OS", "--version", "16 Pro"]].concat());
    let text = fs::read_to_string(bench.at("servers.toml")).unwrap();
    assert!(text.contains("os = \"Zorin OS\"\n"), "{text}");
    let listed = bench.ok(&["server", "list"]);
    assert!(listed.contains("Zorin OS  16 Pro"), "{listed}");
    bench.ok(&["server", "check"]);
    for os in ["Zorin OS", "zorin os"] {
        let select = ["server", "select", "id", "--os", os, "--version", "16 Pro"];
        let chosen = bench.ok(&select);
        assert!(chosen.starts_with("zorin-a at "), "{chosen}");
    }
    bench.ok(&["server", "set", "deb12-a", "os=Red Hat"]);
    let json = one_document(&bench.ok(&["server", "list", "--json"]));
    assert_eq!(json["servers"][0]["os"], "Red Hat");
    for os in [" debian", "debian ", "a  b", "a\tb"] {
        let error = bench.fails(&["server", "set", "deb12-a", &format!("os={os}")], 2);
        assert!(error.contains("blank"), "{error}");
    }
}

/// One rule wherever options enter: a file is the registry's fault (7), a flag and the configuration
/// are the caller's (2).
#[test]
fn a_mistyped_option_is_refused_wherever_it_enters() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let options = "ro,noautoo,softt";
    let meant = "mount option “noautoo” is not known; did you mean “noauto”?\n";
    let add = [
        "server",
        "add",
        "x",
        "--export",
        "h:/x",
        "--options",
        options,
    ];
    let error = bench.fails(&add, 2);
    assert_eq!(error, format!("osgraft: options: {meant}"));
    let error = bench.fails(
        &["server", "set", "deb12-a", &format!("options={options}")],
        2,
    );
    assert!(error.contains(meant.trim_end()), "{error}");
    let servers = || fs::read_to_string(bench.at("servers.toml")).unwrap();
    assert_eq!(servers(), SERVERS);

    let broken = format!("{SERVERS}options = \"{options}\"\n");
    fs::write(bench.at("servers.toml"), &broken).unwrap();
    let line = broken.lines().count();
    let child = fs::read(bench.at("web.qcow2")).unwrap();
    for args in [
        &["server", "check"][..],
        &["server", "list"],
        &["server", "select", "web-7"],
        &["server", "add", "x", "--export", "h:/x"],
        &["server", "set", "deb12-a", "weight=2"],
        &["prepare", "web.qcow2"],
        &["plan", "web.qcow2"],
    ] {
        let error = bench.fails(args, 7);
        let expected = format!("osgraft: servers.toml:{line}: options: {meant}");
        assert!(
            error.ends_with(&expected["osgraft: ".len()..]),
            "{args:?}: {error}"
        );
    }
    assert_eq!(fs::read(bench.at("web.qcow2")).unwrap(), child);
    assert_eq!(servers(), broken);
    let doctor = bench.run(&["doctor", ".", "--json"]);
    assert_eq!(doctor.code, 1);
    let expected = format!("servers.toml:{line}: options: {}", meant.trim_end());
    assert!(doctor.stdout.contains(&expected), "{}", doctor.stdout);
    // The edit that corrects it is taken.
    bench.ok(&["server", "set", "deb13-a", "options=ro,noauto,soft"]);
    bench.ok(&["server", "check"]);

    let config = "registry.file = \"servers.toml\"\n[share]\noptions = \"ro,softt\"\n";
    fs::write(bench.at("config.toml"), config).unwrap();
    let error = bench.fails(&["prepare", "web.qcow2"], 2);
    assert_eq!(
        error,
        "osgraft: config.toml:3: share.options: mount option “softt” is not known; did you mean \
         “soft”?\n"
    );
}

#[test]
fn an_option_that_nothing_lists_is_a_warning_wherever_it_enters() {
    let bench = Bench::new();
    let code = "option-unlisted";
    let add = [
        "server",
        "add",
        "x",
        "--export",
        "h:/x",
        "--options",
        "ro,spread_reads",
    ];
    let added = bench.ok(&add);
    assert!(
        added.starts_with("x: added (servers.toml)\n  warning option-unlisted: "),
        "{added}"
    );
    let set = [
        "server",
        "set",
        "x",
        "options=localports=10.0.0.2",
        "--json",
    ];
    let set = one_document(&bench.ok(&set));
    assert_eq!(set["warnings"][0]["code"], code);
    let check = one_document(&bench.ok(&["server", "check", "--json"]));
    assert_eq!(
        (&check["valid"], &check["servers"]),
        (&json!(true), &json!(3))
    );
    assert_eq!(check["warnings"][0]["code"], code);
    let text = check["warnings"][0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("server “x”: mount options: “localports” "),
        "{text}"
    );
    let select = ["server", "select", "web-7", "--server", "x", "--json"];
    let select = one_document(&bench.ok(&select));
    assert_eq!(select["warnings"][0]["code"], code);
    let doctor = one_document(&bench.ok(&["doctor", ".", "--json"]));
    let checks = doctor["checks"].as_array().unwrap();
    let registry = checks
        .iter()
        .find(|check| check["code"] == "registry")
        .unwrap();
    assert_eq!(registry["verdict"], "warning", "{registry}");
    assert!(
        registry["found"].as_str().unwrap().contains("localports"),
        "{registry}"
    );
}

#[test]
fn mixed_line_ends_become_those_of_the_first_line_when_a_server_is_changed() {
    let bench = Bench::new();
    let mixed = SERVERS.replacen("[[server]]\n", "[[server]]\r\n", 1);
    assert!(
        mixed.starts_with('\n'),
        "the premise: the first line ends with LF"
    );
    fs::write(bench.at("servers.toml"), &mixed).unwrap();
    let servers = || fs::read_to_string(bench.at("servers.toml")).unwrap();
    bench.ok(&["server", "set", "deb13-a", "version=13"]);
    assert_eq!(servers(), mixed, "nothing to change");
    bench.ok(&["server", "set", "deb13-a", "weight=2"]);
    assert_eq!(servers(), format!("{SERVERS}weight = 2\n"));
}
