//! The built program, beside a child of a fixture and a registry that fits it.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::fixture::{guest, overlay};
use super::refusal::assert_plain_line;
use super::servers::{Serving, registry};
use super::{run, text};

/// A folder with `servers.toml`, `config.toml` and `child.qcow2`, a fresh child of one guest.
pub(crate) struct Workshop {
    folder: tempfile::TempDir,
    master: PathBuf,
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    /// `None` when it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workshop {
    /// `None`, and told, where this host cannot make the guest.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let workshop = Self {
            master: guest(name)?,
            folder: tempfile::tempdir().expect("space"),
        };
        registry(workshop.folder.path(), Serving::WhatItHas);
        let config = format!("registry.file = {:?}\n", workshop.at("servers.toml"));
        std::fs::write(workshop.at("config.toml"), config).expect("space");
        workshop.fresh_child();
        Some(workshop)
    }

    /// A file of the folder.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn child(&self) -> PathBuf {
        self.at("child.qcow2")
    }

    pub(crate) fn master(&self) -> &Path {
        &self.master
    }

    /// A copy of the master in the folder, which may be written to.
    pub(crate) fn copied_master(&self) -> PathBuf {
        let copy = self.at("master.qcow2");
        std::fs::copy(&self.master, &copy).expect("space");
        run("chmod", &["0644", text(&copy)]);
        copy
    }

    /// Puts a fresh child in place of what is there.
    pub(crate) fn fresh_child(&self) {
        if self.child().exists() {
            std::fs::remove_file(self.child()).expect("the test's own file");
        }
        overlay(&self.master)
            .create(self.child())
            .expect("a fresh child");
    }

    /// The names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let listed = std::fs::read_dir(self.folder.path()).expect("the test's own folder");
        let mut names: Vec<String> = listed
            .map(|entry| entry.expect("a name").file_name().to_string_lossy().into())
            .collect();
        names.sort();
        names
    }

    /// Writes a configuration with the registry, the master, and more.
    pub(crate) fn configure(&self, more: &str) {
        let text = format!(
            "registry.file = {:?}\nimages.masters = [{:?}]\n{more}",
            self.at("servers.toml"),
            self.master
        );
        std::fs::write(self.at("config.toml"), text).expect("space");
    }

    /// The whole command line: the program, where its configuration is and which master may back
    /// the child, then `args`.
    pub(crate) fn command_line<S: AsRef<OsStr>>(&self, args: &[S]) -> Vec<std::ffi::OsString> {
        let mut line = vec![
            env!("CARGO_BIN_EXE_osgraft").into(),
            "--config".into(),
            self.at("config.toml").into(),
        ];
        // A clone names its master itself.
        if args.first().is_some_and(|arg| arg.as_ref() != "clone") {
            line.extend(["--master".into(), self.master.clone().into()]);
        }
        line.extend(args.iter().map(|arg| arg.as_ref().to_owned()));
        line
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        Ran::of(&self.command_line(args))
    }

    /// Runs what must succeed.
    #[track_caller]
    pub(crate) fn ok<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran
    }

    /// Runs what must fail with this code, in one line on standard error.
    #[track_caller]
    pub(crate) fn fails<S: AsRef<OsStr>>(&self, args: &[S], code: i32) -> String {
        self.run(args).failed(code)
    }
}

impl Ran {
    /// Runs a command line to its end.
    pub(crate) fn of<S: AsRef<OsStr>>(line: &[S]) -> Self {
        let (program, args) = line.split_first().expect("a program");
        let output = Command::new(program)
            .args(args)
            .output()
            .unwrap_or_else(|e| panic!("{:?} is needed; run “make setup”: {e}", program.as_ref()));
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The same with this on standard input, through a pipe that the program may leave unread.
    pub(crate) fn with_input<S: AsRef<OsStr>>(line: &[S], input: &[u8]) -> Self {
        let (program, args) = line.split_first().expect("a program");
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{:?} is needed; run “make setup”: {e}", program.as_ref()));
        let mut stdin = child.stdin.take().expect("it was asked for");
        let input = input.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().expect("its end");
        // It may have read enough before the end.
        let _ = writer.join().expect("a writer does not panic");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Its one line on standard error, when it failed as it had to.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        let line = self.stderr.strip_suffix('\n').unwrap_or(&self.stderr);
        assert!(line.starts_with("osgraft: "), "{line}");
        assert_plain_line(line);
        assert_eq!(self.stdout, "", "{line}");
        line.to_owned()
    }
}
