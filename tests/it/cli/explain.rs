use osgraft::codes;

use super::{Bench, one_document};

#[test]
fn a_code_is_explained_with_its_severity_and_what_to_do() {
    let bench = Bench::new();
    assert_eq!(
        bench.ok(&["explain", "nfs-client-missing"]),
        "nfs-client-missing: blocker\n  \
         meaning  The guest has no mount.nfs, so the share cannot be mounted.\n  \
         to do    Install nfs-common (Debian) or nfs-utils in the master.\n  \
         --allow  yes: with --allow nfs-client-missing it is a warning\n"
    );
    let windows = bench.ok(&["explain", "windows"]);
    assert!(
        windows.contains("--allow  no: an edit would not help"),
        "{windows}"
    );
    let pending = bench.ok(&["explain", "edit-pending"]);
    assert!(pending.starts_with("edit-pending: error\n"), "{pending}");
    assert!(
        pending.contains("no: it is not a preflight blocker"),
        "{pending}"
    );

    let json = one_document(&bench.ok(&["explain", "--json", "nfs-client-missing"]));
    assert_eq!(json["format_version"], 1);
    assert_eq!(json["code"], "nfs-client-missing");
    assert_eq!(json["severity"], "blocker");
    assert_eq!(json["allowable"], true);
    let known = codes::find("nfs-client-missing").unwrap();
    assert_eq!(json["meaning"], known.meaning());
    assert_eq!(json["remedy"], known.remedy());
}

#[test]
fn without_a_code_all_are_listed() {
    let bench = Bench::new();
    let text = bench.ok(&["explain"]);
    assert_eq!(text.lines().count(), codes::all().len() + 1);
    for (line, code) in text.lines().skip(1).zip(codes::all()) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some(code.name()));
        assert_eq!(words.next(), Some(code.severity().as_str()));
        assert!(line.ends_with(code.meaning()), "{line}");
    }
    let json = one_document(&bench.ok(&["explain", "--json"]));
    let listed = json["codes"].as_array().unwrap();
    assert_eq!(listed.len(), codes::all().len());
    assert_eq!(listed[0]["code"], codes::all()[0].name());
}

#[test]
fn an_unknown_code_is_an_error_with_the_nearest_known_ones() {
    let bench = Bench::new();
    let error = bench.fails(&["explain", "nfs-client-mising"], 2);
    assert!(
        error.contains("did you mean “nfs-client-missing”"),
        "{error}"
    );
    let error = bench.fails(&["explain", "zzz\u{1b}[31m"], 2);
    assert!(error.contains("“osgraft explain” lists all"), "{error}");
    assert!(!error.contains('\u{1b}'), "{error}");
    let ran = bench.run(&["explain", "nfs-client-mising", "--json"]);
    let json = one_document(&ran.stdout);
    assert_eq!((ran.code, &json["error"]["code"]), (2, &2.into()));
    assert_eq!(json["error"]["reasons"][0], "code-unknown");
}

#[test]
fn completions_hold_the_codes_and_help_does_not() {
    let bench = Bench::new();
    for shell in ["bash", "fish", "zsh"] {
        let script = bench.ok(&["completions", shell]);
        assert!(script.contains("module-blocked"), "{shell}");
        assert!(
            shell == "fish" || script.contains("edit-pending"),
            "{shell}"
        );
    }
    for command in ["explain", "prepare"] {
        let help = bench.ok(&["help", command]);
        assert!(!help.contains("module-blocked"), "{help}");
    }
    bench.fails_anyhow(&["explain", "windows", "--config", "c"], 2);
}
