use std::fs;

use osgraft::image::{Child, Fault, Faults, Masters};
use osgraft::prepare::{Preparer, Share};
use osgraft::registry::FileRegistry;
use serde_json::{Value, json};

use super::{Bench, lines_of_json, one_document};
use crate::support::guest::{FSTAB, KERNEL};
use crate::support::{assert_clean, digest, text};

fn kinds(report: &Value) -> Vec<(&str, &str)> {
    let edits = report["edits"].as_array().unwrap().iter();
    edits
        .map(|edit| {
            (
                edit["kind"].as_str().unwrap(),
                edit["path"].as_str().unwrap(),
            )
        })
        .collect()
}

#[test]
fn a_child_goes_the_whole_way_and_back() {
    let bench = Bench::with_master();
    let master = digest(&bench.at("master.qcow2"));
    let made = one_document(&bench.ok(&["clone", "master.qcow2", "web.qcow2", "--json"]));
    assert_eq!(made["outcome"], "created");
    assert_eq!(made["child"], "web.qcow2");
    let fresh = digest(&bench.at("web.qcow2"));

    let planned = one_document(&bench.ok(&["plan", "web.qcow2", "--json"]));
    assert_eq!(planned["outcome"], "planned");
    let diff = planned["diff"].as_str().unwrap();
    assert!(
        diff.contains("--- a/etc/fstab\n+++ b/etc/fstab\n"),
        "{diff}"
    );
    assert!(
        diff.contains("\n+192.0.2.10:/export/deb12 /shared nfs "),
        "{diff}"
    );
    assert_eq!(digest(&bench.at("web.qcow2")), fresh);

    let prepared = one_document(&bench.ok(&["prepare", "web.qcow2", "--json"]));
    assert_eq!(prepared["outcome"], "changed");
    assert_eq!(prepared["server"]["name"], "deb12-a");
    assert_eq!(prepared["server"]["export"], "192.0.2.10:/export/deb12");
    assert_eq!(prepared["editor"]["name"], "ext4");
    assert_eq!(prepared["warnings"], json!([]));
    assert_eq!(prepared["edits"], planned["edits"]);
    assert!(kinds(&prepared).contains(&("symlink", "/usr/lib/modules")));
    assert!(prepared["redo_bytes"].as_u64().unwrap() > 0);
    assert!(prepared["timings_ms"]["commit"].is_number());
    let grafted = digest(&bench.at("web.qcow2"));

    let again = one_document(&bench.ok(&["prepare", "web.qcow2", "--json"]));
    assert_eq!(again["outcome"], "unchanged");
    assert_eq!(digest(&bench.at("web.qcow2")), grafted);

    let verified = one_document(&bench.ok(&["verify", "web.qcow2", "--json"]));
    assert_eq!(
        verified,
        json!({
            "format_version": 1,
            "child": "web.qcow2",
            "intact": true,
            "server": "deb12-a",
            "differences": [],
        })
    );
    let found = one_document(&bench.ok(&["inspect", "web.qcow2", "--json"]));
    assert_eq!(found["receipt"]["server"], "deb12-a");

    let reverted = one_document(&bench.ok(&["revert", "web.qcow2", "--json"]));
    assert_eq!(reverted["outcome"], "changed");
    assert!(kinds(&reverted).contains(&("rename", "/shared/lib/modules")));
    let missing = bench.run(&["verify", "web.qcow2", "--json"]);
    assert_eq!(missing.code, 8);
    assert_eq!(
        one_document(&missing.stdout)["differences"][0]["code"],
        "not-prepared"
    );
    assert_clean(&bench.at("web.qcow2"));
    assert_eq!(digest(&bench.at("master.qcow2")), master);
}

#[test]
fn people_read_what_came_of_it_why_and_what_was_done() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let plan = bench.ok(&["plan", "web.qcow2"]);
    assert!(plan.starts_with("web.qcow2: would change\n"), "{plan}");
    assert!(
        plan.contains(&format!(" {FSTAB}+# BEGIN osgraft\n")),
        "{plan}"
    );
    assert_eq!(
        plan.split_once(" ms\n").unwrap().1,
        bench
            .ok(&["prepare", "-n", "web.qcow2"])
            .split_once(" ms\n")
            .unwrap()
            .1
    );

    let prepared = bench.ok(&["prepare", "web.qcow2"]);
    let lines: Vec<&str> = prepared.lines().collect();
    assert_eq!(
        lines[..6],
        [
            "web.qcow2: prepared",
            "  server  deb12-a at 192.0.2.10:/export/deb12: the only active server of 2 that fits",
            "  mkdir   /shared",
            "  mkdir   /shared/lib",
            "  move    /usr/lib/modules to /shared/lib/modules",
            "  link    /usr/lib/modules -> /shared/lib/modules",
        ]
    );
    assert!(lines[lines.len() - 1].ends_with(" written"), "{prepared}");
    assert!(
        bench
            .ok(&["verify", "web.qcow2"])
            .starts_with("web.qcow2: intact\n")
    );
    assert!(
        bench
            .ok(&["revert", "web.qcow2"])
            .starts_with("web.qcow2: reverted\n")
    );
    let missing = bench.run(&["verify", "web.qcow2"]);
    assert_eq!((missing.code, missing.stderr.as_str()), (8, ""));
    assert!(
        missing.stdout.contains("\n  differs not-prepared: "),
        "{}",
        missing.stdout
    );
}

#[test]
fn quiet_says_nothing_of_success_and_still_shows_what_was_asked_for() {
    let bench = Bench::with_children(&["web.qcow2"]);
    for args in [
        &["-q", "clone", "master.qcow2", "b.qcow2"][..],
        &["-q", "prepare", "web.qcow2"],
        &["-q", "verify", "web.qcow2"],
        &["-q", "revert", "web.qcow2"],
        &["-q", "recover", "web.qcow2"],
        &["-q", "server", "set", "deb13-a", "weight=2"],
    ] {
        assert_eq!(bench.ok(args), "", "{args:?}");
    }
    assert_eq!(bench.run(&["-q", "verify", "web.qcow2"]).code, 8);
    assert!(
        bench
            .ok(&["-q", "inspect", "web.qcow2"])
            .contains("debian 12")
    );
}

#[test]
fn verbose_tells_the_time_of_each_step() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let text = bench.ok(&["prepare", "-v", "web.qcow2"]);
    assert!(text.contains("commit "), "{text}");
    assert!(text.contains("  editor  ext4, "), "{text}");
}

#[test]
fn children_are_numbered_and_prepared_as_they_are_made() {
    let bench = Bench::with_master();
    let text = bench.ok(&[
        "clone",
        "master.qcow2",
        "web-{n}.qcow2",
        "--count",
        "3",
        "--prepare",
        "--json",
    ]);
    let made = lines_of_json(&text);
    let names: Vec<_> = made.iter().map(|line| line["child"].clone()).collect();
    assert_eq!(names, ["web-1.qcow2", "web-2.qcow2", "web-3.qcow2"]);
    for line in &made {
        assert_eq!(line["prepared"]["outcome"], "changed");
    }
    let again = bench.ok(&["prepare", "web-3.qcow2", "web-1.qcow2", "--json"]);
    let again = lines_of_json(&again);
    assert_eq!(again[0]["child"], "web-3.qcow2");
    assert_eq!(again[1]["outcome"], "unchanged");
}

#[test]
fn a_clone_names_its_master_as_asked() {
    let bench = Bench::with_master();
    fs::create_dir(bench.at("children")).unwrap();
    bench.ok(&["clone", "master.qcow2", "children/a.qcow2"]);
    bench.ok(&["clone", "master.qcow2", "children/b.qcow2", "--relative"]);
    let backing = |child: &str| {
        let info = crate::support::run(
            "qemu-img",
            &["info", "--output=json", text(&bench.at(child))],
        );
        let info: Value = serde_json::from_str(&info).unwrap();
        assert_eq!(info["backing-filename-format"], "qcow2");
        info["backing-filename"].as_str().unwrap().to_owned()
    };
    let master = bench.at("master.qcow2").canonicalize().unwrap();
    assert_eq!(backing("children/a.qcow2"), text(&master));
    assert!(backing("children/b.qcow2").ends_with("../master.qcow2"));

    // The masters that are accepted: the child's folder, unless told.
    let refused = bench.fails(&["prepare", "children/a.qcow2"], 5);
    assert!(refused.contains("--master"), "{refused}");
    bench.ok(&["prepare", "children/a.qcow2", "--master", "master.qcow2"]);
    let config = "registry.file = \"servers.toml\"\nimages.masters = [\"master.qcow2\"]\n";
    fs::write(bench.at("config.toml"), config).unwrap();
    bench.ok(&["prepare", "children/b.qcow2"]);
    bench.fails(
        &["prepare", "children/b.qcow2", "--master", "servers.toml"],
        5,
    );
}

#[test]
fn a_raw_master_is_taken_as_raw_where_that_is_stated() {
    let bench = Bench::with_master();
    let raw = bench.at("master.raw");
    let (from, to) = (bench.at("master.qcow2"), text(&raw));
    crate::support::run("qemu-img", &["convert", "-O", "raw", text(&from), to]);
    bench.fails(&["clone", "master.raw", "web.qcow2"], 5);
    assert!(!bench.at("web.qcow2").exists());
    bench.ok(&["clone", "master.raw", "web.qcow2", "--master-format", "raw"]);
    bench.ok(&["prepare", "web.qcow2"]);
}

#[test]
fn a_vmdk_master_is_taken_where_that_is_stated_and_told_of() {
    let bench = Bench::with_master();
    let (from, to) = (bench.at("master.qcow2"), bench.at("master.vmdk"));
    let convert = ["convert", "-O", "vmdk", "-o", "subformat=streamOptimized"];
    crate::support::run(
        "qemu-img",
        &[&convert[..], &[text(&from), text(&to)]].concat(),
    );
    let told = bench.fails(&["clone", "master.vmdk", "web.qcow2"], 5);
    assert!(told.contains("--master-format vmdk"), "{told}");
    assert!(!bench.at("web.qcow2").exists());
    bench.ok(&[
        "clone",
        "master.vmdk",
        "web.qcow2",
        "--master-format",
        "vmdk",
        "--relative",
        "--prepare",
    ]);
    bench.ok(&["verify", "web.qcow2"]);
    let found = one_document(&bench.ok(&["inspect", "web.qcow2", "--json"]));
    assert_eq!(found["master_format"], "vmdk");
    let text = bench.ok(&["inspect", "web.qcow2"]);
    assert!(text.contains("master.vmdk (vmdk)\n"), "{text}");
    bench.ok(&["revert", "web.qcow2"]);
    let told = bench.fails(&["prepare", "master.vmdk"], 5);
    assert!(told.contains("make a qcow2 child on it"), "{told}");
}

#[test]
fn facts_are_told_of_children_and_masters() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let child = one_document(&bench.ok(&["inspect", "web.qcow2", "--json"]));
    assert_eq!(child["image"], "web.qcow2");
    assert_eq!(child["facts"]["os"]["id"], "debian");
    assert_eq!(child["facts"]["kernels"][0]["version"], KERNEL);
    let master = one_document(&bench.ok(&["inspect", "master.qcow2", "--json"]));
    assert!(master.get("master").is_none());
    assert_eq!(master["facts"], child["facts"]);
    let text = bench.ok(&["inspect", "web.qcow2"]);
    for line in [
        "  os          debian 12\n",
        "  init        systemd\n",
        "  prepared    no\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn verify_compares_with_the_share_of_the_configuration() {
    let bench = Bench::with_children(&["web.qcow2"]);
    bench.ok(&["prepare", "web.qcow2"]);
    bench.ok(&["verify", "web.qcow2"]);
    let config = "registry.file = \"servers.toml\"\n[share]\nmount_point = \"/srv/os\"\n";
    fs::write(bench.at("config.toml"), config).unwrap();
    let ran = bench.run(&["verify", "web.qcow2", "--json"]);
    assert_eq!(ran.code, 8);
    assert_eq!(
        one_document(&ran.stdout)["differences"][0]["code"],
        "mount-point-differs"
    );
}

#[test]
fn recover_says_what_it_did() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let text = bench.ok(&["recover", "web.qcow2"]);
    assert_eq!(text, "web.qcow2: nothing to recover\n");
    let json = one_document(&bench.ok(&["recover", "web.qcow2", "--json"]));
    assert_eq!(
        json,
        json!({"format_version": 1, "child": "web.qcow2", "recovered": "nothing"})
    );
}

#[test]
fn an_edit_that_was_killed_anywhere_is_told_and_recovered() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let child = bench.at("web.qcow2");
    let pristine = fs::read(&child).unwrap();
    let registry = FileRegistry::open(bench.at("servers.toml")).unwrap();
    let share = Share::at("/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    let preparer = Preparer::new(registry, share);
    let mut told = Vec::new();
    for at in 0.. {
        fs::write(&child, &pristine).unwrap();
        let killed = Child::open(&child, Masters::beside_child()).unwrap();
        let killed = killed.with_faults(Faults::at(at, Fault::Kill));
        if preparer.prepare(&killed).is_ok() {
            break;
        }
        let looked = bench.run(&["verify", "web.qcow2"]);
        if looked.code == 1 {
            assert!(
                looked.stderr.contains("osgraft recover"),
                "{}",
                looked.stderr
            );
        }
        let recovery = one_document(&bench.ok(&["recover", "web.qcow2", "--json"]));
        let verified = bench.run(&["verify", "web.qcow2"]).code;
        let recovered = recovery["recovered"].as_str().unwrap().to_owned();
        match recovered.as_str() {
            "finished" => assert_eq!(verified, 0),
            "dropped" => assert_eq!(looked.code, 1),
            _ => assert_eq!(looked.code, verified),
        }
        told.push(recovered);
    }
    // The kills must have hit both sides of the commit point for this to mean anything.
    assert!(told.iter().any(|what| what == "dropped"), "{told:?}");
    assert!(told.iter().any(|what| what == "finished"), "{told:?}");
}

#[test]
fn a_name_that_is_not_utf_8_is_no_obstacle() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::with_master();
    let name = std::ffi::OsStr::from_bytes(b"w\xff\x1b[31m\n.qcow2");
    let arg = |text: &str| std::ffi::OsString::from(text);
    bench.ok(&[arg("clone"), arg("master.qcow2"), name.to_owned()]);
    let text = bench.ok(&[arg("prepare"), name.to_owned()]);
    assert!(
        text.starts_with("w\u{fffd}\\x1b[31m\\x0a.qcow2: prepared\n"),
        "{text}"
    );
    let json = bench.ok(&[arg("prepare"), name.to_owned(), arg("--json")]);
    assert_eq!(one_document(&json)["child"], "w\u{fffd}\u{1b}[31m\n.qcow2");
}

/// Every format that a child may state for its master; the format is found by a look.
#[test]
fn masters_of_every_format_are_inspected() {
    let bench = Bench::with_master();
    for (name, format, options) in [
        ("master.raw", "raw", &[][..]),
        ("sparse.vmdk", "vmdk", &["-o", "subformat=monolithicSparse"]),
        ("stream.vmdk", "vmdk", &["-o", "subformat=streamOptimized"]),
    ] {
        let (from, to) = (bench.at("master.qcow2"), bench.at(name));
        let args = [&["convert", "-f", "qcow2", "-O", format][..], options];
        let files = [text(&from), text(&to)];
        crate::support::run("qemu-img", &[&args.concat()[..], &files].concat());
        let before = digest(&to);
        let found = one_document(&bench.ok(&["inspect", name, "--json"]));
        assert_eq!(found["format"], format);
        assert_eq!(found["image"], name);
        assert_eq!(found["facts"]["os"]["id"], "debian");
        assert_eq!(found["facts"]["kernels"][0]["version"], KERNEL);
        assert!(found.get("master").is_none() && found.get("cluster_size").is_none());
        let told = bench.ok(&["inspect", name]);
        assert!(told.contains("a master, nothing behind it"), "{told}");
        assert_eq!(digest(&to), before);
    }
    let found = one_document(&bench.ok(&["inspect", "master.qcow2", "--json"]));
    assert_eq!(found["format"], "qcow2");
    assert_eq!(found["cluster_size"], 65536);
    // Nothing but a look: a raw disk is no child.
    assert!(
        bench
            .fails(&["prepare", "master.raw"], 5)
            .contains("not a qcow2")
    );
}

/// What the guest of a raw disk wrote at its start names no file that a child could not have.
#[test]
fn a_qcow2_header_that_a_guest_forged_on_its_raw_disk_leads_nowhere() {
    let bench = Bench::with_master();
    let elsewhere = tempfile::tempdir().unwrap();
    let secret = elsewhere.path().join("secret.qcow2");
    fs::copy(bench.at("master.qcow2"), &secret).unwrap();
    let forged = bench.at("forged.raw");
    let args = ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b"];
    let files = [text(&secret), text(&forged)];
    crate::support::run("qemu-img", &[&args[..], &files].concat());
    let error = bench.fails(&["inspect", "forged.raw"], 5);
    assert!(error.contains("is not an allowed master"), "{error}");
    // A header that is none is no raw disk either.
    let mut bytes = fs::read(&forged).unwrap();
    bytes[7] = 9;
    fs::write(&forged, bytes).unwrap();
    let error = bench.fails(&["inspect", "forged.raw"], 5);
    assert!(error.contains("qcow2 version"), "{error}");
}

/// What was done to an image so that it could be judged is told beside what failed then.
#[test]
fn an_error_after_a_recovery_or_a_repair_tells_of_it() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let child = bench.at("web.qcow2");
    let pristine = fs::read(&child).unwrap();
    let registry = FileRegistry::open(bench.at("servers.toml")).unwrap();
    let share = Share::at("/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    let preparer = Preparer::new(registry, share);
    // No server of that name fits this guest.
    let unfit = ["prepare", "web.qcow2", "--server", "deb13-a"];
    let alone = bench.fails(&unfit, 4);
    assert!(!alone.contains("before that"), "{alone}");

    let mut told = Vec::new();
    for at in 0.. {
        fs::write(&child, &pristine).unwrap();
        let killed = Child::open(&child, Masters::beside_child()).unwrap();
        let killed = killed.with_faults(Faults::at(at, Fault::Kill));
        if preparer.prepare(&killed).is_ok() {
            break;
        }
        let pending = fs::read(&child).unwrap();
        let recovered = one_document(&bench.ok(&["recover", "web.qcow2", "--json"]));
        fs::write(&child, pending).unwrap();
        let error = bench.fails(&unfit, 4);
        let said = match recovered["recovered"].as_str().unwrap() {
            "finished" => "; before that, an interrupted edit was finished",
            "dropped" => "; before that, an interrupted edit was dropped",
            _ => "",
        };
        assert!(error.trim_end().ends_with(said), "{error}");
        assert!(said.is_empty() != error.contains("before that"), "{error}");
        told.push(said);
    }
    assert!(
        told.iter().any(|said| said.ends_with("finished")),
        "{told:?}"
    );

    fs::write(&child, &pristine).unwrap();
    let mut dirty = pristine;
    // The dirty bit, the lowest of the incompatible features.
    dirty[79] |= 1;
    fs::write(&child, dirty).unwrap();
    let error = bench.fails(&unfit, 4);
    assert!(
        error.contains("; before that, the image was repaired by “qemu-img check -r all”"),
        "{error}"
    );
    assert_eq!(fs::read(&child).unwrap()[79] & 1, 0);
}

/// After prepare and revert no directory and no file has another time of modification than before.
#[test]
fn a_revert_restores_the_times_of_what_it_touched() {
    let bench = Bench::with_children(&["web.qcow2"]);
    let times = |name: &str| {
        let file = bench.at(name);
        let raw = bench.at("times.raw");
        crate::support::run(
            "qemu-img",
            &["convert", "-O", "raw", text(&file), text(&raw)],
        );
        let stat = |path: &str| {
            let ran = std::process::Command::new("debugfs")
                .args(["-R", &format!("stat {path}"), text(&raw)])
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&ran.stdout).into_owned();
            let time = told.lines().find(|line| line.contains("mtime: "));
            time.unwrap_or_else(|| panic!("{path}: {told}")).to_owned()
        };
        ["/", "/etc", "/etc/fstab", "/usr/lib", "/usr/lib/modules"].map(stat)
    };
    let before = times("web.qcow2");
    // Edits have whole seconds.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    bench.ok(&["prepare", "web.qcow2"]);
    assert_ne!(times("web.qcow2"), before, "the premise");
    bench.ok(&["revert", "web.qcow2"]);
    assert_eq!(times("web.qcow2"), before);
    assert_clean(&bench.at("web.qcow2"));
    // A second revert has nothing to restore.
    let again = one_document(&bench.ok(&["revert", "web.qcow2", "--json"]));
    assert_eq!(again["outcome"], "unchanged");
}
