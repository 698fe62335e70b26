use std::fs;

use super::{Bench, one_document};
use crate::support::digest;

const CODE: &str = "automount-boot-critical";
/// Options with which a guest would not come up.
const CONFIG: &str = "registry.file = \"servers.toml\"\n\
    share.options = \"ro,soft,nfsvers=4.1,x-systemd.automount\"\n";

/// A bench on which preflight finds a blocker in each child.
fn blocked() -> Bench {
    let bench = Bench::with_children(&["web.qcow2"]);
    fs::write(bench.at("config.toml"), CONFIG).unwrap();
    bench
}

#[test]
fn a_blocker_stops_a_call_and_an_allowed_one_is_a_warning_of_its_report() {
    let bench = blocked();
    let before = digest(&bench.at("web.qcow2"));
    for command in ["prepare", "plan"] {
        let ran = bench.run(&[command, "web.qcow2", "--json"]);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        let error = &one_document(&ran.stdout)["error"];
        assert_eq!(error["reasons"][0], CODE);
        let finding = &error["findings"][0];
        assert_eq!(
            (&finding["code"], &finding["severity"]),
            (&CODE.into(), &"blocker".into())
        );
        assert!(finding["remedy"].as_str().unwrap().contains("bg"));
        assert_eq!(finding["text"], error["text"]);
    }
    let planned = one_document(&bench.ok(&["plan", "web.qcow2", "--json", "--allow", CODE]));
    assert_eq!(planned["warnings"][0]["code"], CODE);
    assert_eq!(digest(&bench.at("web.qcow2")), before);
    // A code may be given twice, and may be one that is not found.
    let args = [
        "prepare",
        "web.qcow2",
        "--json",
        "--allow",
        CODE,
        "--allow",
        CODE,
    ];
    let report = one_document(&bench.ok(&[&args[..], &["--allow", "module-blocked"]].concat()));
    assert_eq!(report["outcome"], "changed");
    let [warning] = &report["warnings"].as_array().unwrap()[..] else {
        panic!("{report}");
    };
    assert_eq!(
        (&warning["code"], &warning["severity"]),
        (&CODE.into(), &"warning".into())
    );
    assert!(
        warning["text"]
            .as_str()
            .unwrap()
            .contains("this was allowed"),
        "{warning}"
    );
    let text = bench.ok(&["prepare", "web.qcow2", "--allow", CODE]);
    assert!(text.contains("unchanged") && text.contains(CODE), "{text}");
    // Who allows nothing is told, of a child that is prepared as well.
    bench.fails(&["prepare", "web.qcow2"], 3);
}

#[test]
fn clone_prepares_what_is_allowed() {
    let bench = blocked();
    let clone = |more: &[&str]| {
        let args = ["clone", "master.qcow2", "new.qcow2"];
        let ran = bench.run(&[&args[..], more].concat());
        let _ = fs::remove_file(bench.at("new.qcow2"));
        ran.code
    };
    assert_eq!(clone(&["--prepare"]), 3);
    assert_eq!(clone(&["--prepare", "--allow", CODE]), 0);
    assert_eq!(clone(&["--allow", CODE]), 2, "nothing is prepared");
}

#[test]
fn the_configuration_allows_as_the_flag_does() {
    let bench = blocked();
    let allow = |codes: &str| {
        let text = format!("{CONFIG}[preflight]\nallow = [{codes}]\n");
        fs::write(bench.at("config.toml"), text).unwrap();
    };
    allow("\"module-blocked\"");
    bench.fails(&["prepare", "web.qcow2"], 3);
    allow(&format!("\"{CODE}\""));
    bench.ok(&["prepare", "web.qcow2"]);
    allow("\"automount-boot-critcal\"");
    let error = bench.fails(&["prepare", "web.qcow2"], 2);
    assert!(error.starts_with("osgraft: config.toml:4: "), "{error}");
    assert!(
        error.contains(&format!("did you mean “{CODE}”?")),
        "{error}"
    );
}

#[test]
fn codes_that_cannot_be_allowed_are_refused_by_name() {
    let bench = blocked();
    for (code, part) in [
        ("windows", "“windows” cannot be allowed"),
        ("no-os", "“no-os” cannot be allowed"),
        ("os-unsupported", "“os-unsupported” cannot be allowed"),
        ("encrypted", "not a preflight blocker"),
        ("boot-waits", "not a preflight blocker (warning)"),
        ("automount-boot", "did you mean “automount-boot-critical”?"),
        ("zzz", "“osgraft explain” lists all codes"),
        (
            "automount-boot-critcal",
            "did you mean “automount-boot-critical”?",
        ),
    ] {
        for command in [
            &["prepare"][..],
            &["plan"],
            &["clone", "master.qcow2", "--prepare"],
        ] {
            let args = [command, &["web.qcow2", "--allow", code]].concat();
            let error = bench.fails(&args, 2);
            assert!(error.contains(part), "{error}");
        }
    }
    let ran = bench.run(&["prepare", "web.qcow2", "--json", "--allow", "windows"]);
    let error = &one_document(&ran.stdout)["error"];
    assert_eq!(error["reasons"][0], "code-not-allowable");
}
