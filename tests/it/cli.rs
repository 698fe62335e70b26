//! The built program: what it prints, and how it ends.

/// `--allow` and `preflight.allow`.
mod allow;
/// Help, usage, errors, pipes: what has no disk in it.
mod command_line;
/// Disks that work: clone, plan, prepare, verify, revert, inspect, recover.
mod disks;
/// `doctor`.
mod doctor;
/// `explain`.
mod explain;
/// Identities that are asked for, tables of children, pools.
mod identity;
/// `--known-hosts`.
mod known_hosts;
/// Hosts without libguestfs.
#[cfg(feature = "appliance")]
mod no_libguestfs;
/// Disks that do not: exit codes, and several children of which one fails.
mod refusals;
/// `server`.
mod servers;
/// Pins, and ways back that a person decides on.
mod ways_back;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::guest::debian_master;

const SERVERS: &str = r#"
[[server]]
name = "deb12-a"
export = "192.0.2.10:/export/deb12"
os = "debian"
version = "12"
kernels = ["6.1.0-37-amd64"]
components = ["lib/modules"]

[[server]]
name = "deb13-a"
export = "192.0.2.10:/export/deb13"
os = "debian"
version = "13"
"#;

/// A folder with a configuration and a registry, and the program run in it.
struct Bench {
    folder: tempfile::TempDir,
}

/// What a run of the program came to.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Bench {
    fn new() -> Self {
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(bench.at("servers.toml"), SERVERS).unwrap();
        let config = "registry.file = \"servers.toml\"\n";
        fs::write(bench.at("config.toml"), config).unwrap();
        bench
    }

    /// One with `master.qcow2` in it.
    fn with_master() -> Self {
        let bench = Self::new();
        debian_master(bench.folder.path());
        bench
    }

    /// One with `master.qcow2` and these children of it.
    fn with_children(children: &[&str]) -> Self {
        let bench = Self::with_master();
        let mut args = vec!["clone", "master.qcow2"];
        args.extend(children);
        assert_eq!(bench.run(&args).code, 0);
        bench
    }

    fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_osgraft"));
        command.current_dir(self.folder.path());
        command
    }

    fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        let mut command = self.command();
        // These have no use for a configuration.
        let first = args.first().map(AsRef::as_ref).and_then(OsStr::to_str);
        if !matches!(first, Some("completions" | "explain" | "man" | "help")) {
            command.args(["--config", "config.toml"]);
        }
        let output = command.args(args).output().unwrap();
        Ran {
            code: output.status.code().expect("ended by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs what must succeed, silently on standard error.
    #[track_caller]
    fn ok<S: AsRef<OsStr>>(&self, args: &[S]) -> String {
        let ran = self.run(args);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
        ran.stdout
    }

    /// Runs what must fail with this code and one line on standard error, which comes back.
    #[track_caller]
    fn fails<S: AsRef<OsStr>>(&self, args: &[S], code: i32) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(ran.stderr.starts_with("osgraft: "), "{}", ran.stderr);
        ran.stderr
    }
}

impl Bench {
    /// The same without a configuration, which not every command has a use for.
    #[track_caller]
    fn fails_anyhow(&self, args: &[&str], code: i32) -> String {
        let output = self.command().args(args).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        error
    }
}

impl Ran {
    /// Standard output as lines of JSON.
    #[track_caller]
    fn json(&self) -> Vec<Value> {
        lines_of_json(&self.stdout)
    }
}

#[track_caller]
fn lines_of_json(text: &str) -> Vec<Value> {
    assert!(text.ends_with('\n'), "{text}");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect()
}

/// Standard output as the one JSON document that it must be.
#[track_caller]
fn one_document(text: &str) -> Value {
    let documents = lines_of_json(text);
    let [document] = documents.as_slice() else {
        panic!("not one document: {text}");
    };
    document.clone()
}
