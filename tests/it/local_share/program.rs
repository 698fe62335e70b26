use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::support::program::{Ran, Workshop};

/// A run of `share image` with a `PATH` of one folder alone.
fn image(path: &Path, words: &[&Path]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_osgraft"))
        .args(["--json", "share", "image"])
        .args(words)
        .env("PATH", path)
        .output()
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let code = json["error"]["reasons"][0].as_str().unwrap_or_default();
    (output.status.code(), code.to_owned())
}

fn script(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_tool_that_is_missing_fails_or_lies_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["bin", "out", "tree"] {
        fs::create_dir(at(name)).unwrap();
    }
    fs::write(at("tree/x"), "x").unwrap();
    let run = || image(&at("bin"), &[&at("tree"), &at("out/i")]);
    assert_eq!(run(), (Some(1), "share-image-no-tool".to_owned()));
    let full = "echo half >\"$6\"; echo 'write failed: No space left on device' >&2; exit 1";
    for (make, check, code) in [
        (full, "exit 0", "share-image-tool"),
        ("kill -9 $$", "exit 0", "share-image-tool"),
        ("echo x >\"$6\"", "exit 0", "share-image-differs"),
        ("echo x >\"$6\"", "exit 1", "share-image-differs"),
    ] {
        script(&at("bin/mkfs.erofs"), make);
        script(&at("bin/fsck.erofs"), check);
        assert_eq!(run(), (Some(1), code.to_owned()), "{make}");
        let left: Vec<_> = fs::read_dir(at("out")).unwrap().collect();
        assert!(left.is_empty(), "{make}: {left:?}");
    }
}

#[test]
fn an_image_a_snippet_and_a_credential_are_printed_for_people_and_for_scripts() {
    let Some(shop) = Workshop::of("alpine") else {
        return;
    };
    fs::create_dir_all(shop.at("tree/lib/modules")).unwrap();
    fs::write(shop.at("tree/lib/modules/x"), "x").unwrap();
    let (tree, image) = (shop.at("tree"), shop.at("os.erofs"));
    let words = |more: &[&str]| -> Vec<String> {
        let paths = [tree.display().to_string(), image.display().to_string()];
        let command = ["share".to_owned(), "image".to_owned()];
        let more = more.iter().map(|word| (*word).to_owned());
        command.into_iter().chain(paths).chain(more).collect()
    };
    // No command of the registry or of trees has a use for a master.
    let run = |words: &[String]| {
        let mut line = vec![
            env!("CARGO_BIN_EXE_osgraft").to_owned(),
            "--config".to_owned(),
        ];
        line.push(shop.at("config.toml").display().to_string());
        line.extend(words.iter().cloned());
        Ran::of(&line)
    };
    let ok = |words: &[String]| {
        let ran = run(words);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran
    };
    let line =
        |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
    let made = ok(&words(&["--format", "erofs"]));
    assert!(made.stdout.contains("made"), "{made:?}");
    let again = ok(&words(&["--json"]));
    let again: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(again["changed"], false);
    let uuid = again["record"]["uuid"].as_str().unwrap().to_owned();
    assert!(made.stdout.contains(&format!("disk = \"UUID={uuid}\"")));
    let refused = run(&words(&["--format", "squashfs"])).failed(2);
    assert!(
        refused.contains("is there and is not the image"),
        "{refused}"
    );

    let disk = format!("UUID={uuid}");
    ok(&line(&[
        "server", "add", "disk", "--disk", &disk, "--fstype", "erofs",
    ]));
    let source = image.to_str().unwrap();
    let snippet = ok(&line(&["share", "snippet", "disk", "--source", source]));
    let part = format!("<source file='{source}'/>");
    assert!(snippet.stdout.contains(&part), "{snippet:?}");
    assert!(snippet.stdout.contains("<readonly/>"));
    let refused = run(&line(&["share", "snippet", "gone", "--source", source])).failed(4);
    assert!(refused.contains("gone"), "{refused}");

    // The small guest runs OpenRC.
    let child = shop.child();
    let refused = shop.fails(
        &["credentials", child.to_str().unwrap(), "--server", "disk"],
        3,
    );
    assert!(refused.contains("only systemd 254"), "{refused}");
}
