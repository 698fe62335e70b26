//! An archive behind a release's initramfs, with the modules that mounting the share takes.
//!
//! A kernel of a release has its modules in the share alone. Before the share is mounted the guest finds
//! none: no network card, no NFS, no firewall. So the initramfs gets them from the release's own tree, and lays
//! them over the guest's `/lib/modules` just before the guest's init starts. They lie in memory (`/run`),
//! and the share covers them once it is mounted.
//!
//! # Source
//! `Documentation/driver-api/early-userspace/buffer-format.rst` of Linux: an initramfs is one archive
//! after the other, each compressed or not, and a later file of a name replaces an earlier one.
//! initramfs-tools(7): `ORDER` lists the scripts of `init-bottom`, which run when the root is mounted.
//! dracut.modules(7): so do the hooks of `pre-pivot`.

use std::collections::BTreeSet;
use std::io::{self, Write};

use cpio::newc::Builder;

/// Folder of the supplement in the initramfs.
const OWN: &str = "osgraft";
const DIRECTORY: u32 = 0o040_755;
const FILE: u32 = 0o100_644;
const PROGRAM: u32 = 0o100_755;

const TOOLS_ORDER: &str = "scripts/init-bottom/ORDER";
const TOOLS_SCRIPT: &str = "scripts/init-bottom/osgraft";
const DRACUT_HOOK: &str = "usr/lib/dracut/hooks/pre-pivot/99-osgraft.sh";

/// Program that made an initramfs, and so what runs in it when the root is mounted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Initramfs {
    /// initramfs-tools, with the text of its list of scripts; empty where it has none.
    Tools(Vec<u8>),
    /// dracut.
    Dracut,
}

impl Initramfs {
    /// Files of an initramfs that tell which program made it.
    pub(crate) const TOLD_BY: [&'static str; 4] = [
        TOOLS_ORDER,
        "scripts/functions",
        "usr/lib/dracut-lib.sh",
        "lib/dracut-lib.sh",
    ];

    /// The program, by those files of [`TOLD_BY`](Self::TOLD_BY) that there are; `None` for another one.
    pub(crate) fn of(file: impl Fn(&str) -> Option<Vec<u8>>) -> Option<Self> {
        let [order, tools, dracut, old_dracut] = Self::TOLD_BY;
        if file(tools).is_some() {
            return Some(Self::Tools(file(order).unwrap_or_default()));
        }
        let is_dracut = file(dracut).is_some() || file(old_dracut).is_some();
        is_dracut.then_some(Self::Dracut)
    }
}

/// Archive with the module tree of a kernel, and the script that lays it over the guest's.
#[derive(Clone, Debug)]
pub struct Supplement {
    kernel: String,
    behind: Initramfs,
    files: Vec<(String, Vec<u8>)>,
}

impl Supplement {
    /// A supplement for a kernel (`uname -r`), behind an initramfs of that kind.
    pub fn new(kernel: impl Into<String>, behind: Initramfs) -> Self {
        Self {
            kernel: kernel.into(),
            behind,
            files: Vec::new(),
        }
    }

    /// Adds a file of the module tree: its path below `lib/modules/KERNEL`, such as `modules.dep.bin`. One
    /// whose name holds a line feed is left out.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        let path = path.into();
        if !path.contains('\n') {
            self.files.push((path, content.into()));
        }
        self
    }

    /// Writes the archive (cpio, “newc”). Equal files give equal bytes.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let mut lines = String::new();
        let tree = |path: &str| format!("{OWN}/modules/{}/{path}", self.kernel);
        let mut files: Vec<(String, u32, &[u8])> = Vec::new();
        for (path, content) in &self.files {
            lines.push_str(&format!("{}/{path}\n", self.kernel));
            files.push((tree(path), FILE, content));
        }
        let inner = folders(files.iter().map(|(path, ..)| path.as_str()));
        let folders_text: String = inner
            .iter()
            .filter_map(|folder| folder.strip_prefix("osgraft/modules/"))
            .map(|folder| format!("{folder}\n"))
            .collect();
        let list = format!("{OWN}/files");
        files.push((list, FILE, lines.as_bytes()));
        files.push((format!("{OWN}/folders"), FILE, folders_text.as_bytes()));
        let order;
        match &self.behind {
            Initramfs::Tools(before) => {
                order = ordered(before);
                files.push((TOOLS_ORDER.into(), FILE, &order));
                files.push((TOOLS_SCRIPT.into(), PROGRAM, SCRIPT.as_bytes()));
            }
            Initramfs::Dracut => files.push((DRACUT_HOOK.into(), PROGRAM, SCRIPT.as_bytes())),
        }
        files.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        let mut out = out;
        let mut number = 0;
        let mut entry = |out, path: &str, mode, content: &[u8]| {
            number += 1;
            let builder = Builder::new(path).ino(number).mode(mode).nlink(1);
            let len = u32::try_from(content.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
            let mut writer = builder.write(out, len);
            writer.write_all(content)?;
            writer.finish()
        };
        for folder in folders(files.iter().map(|(path, ..)| path.as_str())) {
            out = entry(out, folder, DIRECTORY, b"")?;
        }
        for (path, mode, content) in &files {
            out = entry(out, path, *mode, content)?;
        }
        cpio::newc::trailer(out)?.flush()
    }
}

/// Folders that files lie in, each before what is in it.
fn folders<'a>(files: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    files
        .flat_map(|path| path.match_indices('/').map(move |(at, _)| &path[..at]))
        .collect()
}

/// The list of scripts with ours at its end.
fn ordered(before: &[u8]) -> Vec<u8> {
    let mut order = before.to_vec();
    if !order.is_empty() && !order.ends_with(b"\n") {
        order.push(b'\n');
    }
    order.extend_from_slice(format!("/{TOOLS_SCRIPT} \"$@\"\n").as_bytes());
    order
}

/// Each shell of an initramfs runs it. Whatever fails, the guest starts without these modules.
const SCRIPT: &str = r#"#!/bin/sh
# Lays the modules that mounting the share takes over the guest's, until the share covers them.
osgraft_modules() {
    at=$1/lib/modules
    # A link from the root would lead out of the guest's.
    to=$(readlink "$at" 2>/dev/null) || to=
    case $to in
        /*) at=$1$to ;;
    esac
    [ -d "$at" ] || return 0
    new=/run/osgraft/modules
    mkdir -p "$new" || return 0
    while IFS= read -r folder; do
        mkdir -p "$new/$folder" || return 0
    done </osgraft/folders
    while IFS= read -r file; do
        cat "/osgraft/modules/$file" >"$new/$file" || return 0
    done </osgraft/files
    mount -o bind "$new" "$at"
}
osgraft_modules "${rootmnt:-${NEWROOT:-/sysroot}}"
"#;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    fn supplement(behind: Initramfs) -> Supplement {
        Supplement::new("6.1.0-1-amd64", behind)
            .file("modules.dep.bin", *b"index")
            .file("kernel/fs/nfs/nfs.ko", vec![7; 10_001])
            .file("kernel/a b $(false)'\".ko", *b"odd")
            .file("kernel/two\nlines.ko", *b"gone")
    }

    fn archive(behind: Initramfs) -> Vec<(String, u32, Vec<u8>)> {
        let mut bytes = Vec::new();
        supplement(behind.clone()).write(&mut bytes).unwrap();
        let mut again = Vec::new();
        supplement(behind).write(&mut again).unwrap();
        assert_eq!(bytes, again);
        assert_eq!(bytes.len() % 4, 0);
        let (mut seen, mut rest) = (Vec::new(), &bytes[..]);
        loop {
            let mut reader = cpio::newc::Reader::new(rest).unwrap();
            if reader.entry().is_trailer() {
                return seen;
            }
            let (name, mode) = (reader.entry().name().to_owned(), reader.entry().mode());
            let mut content = Vec::new();
            io::copy(&mut reader, &mut content).unwrap();
            seen.push((name, mode, content));
            rest = reader.finish().unwrap();
        }
    }

    #[test]
    fn each_folder_comes_before_what_lies_in_it() {
        let entries = archive(Initramfs::Dracut);
        for (number, (name, ..)) in entries.iter().enumerate() {
            if let Some((folder, _)) = name.rsplit_once('/') {
                let before = &entries[..number];
                assert!(before.iter().any(|(other, ..)| other == folder), "{name}");
            }
        }
        let names: Vec<&str> = entries.iter().map(|(name, ..)| name.as_str()).collect();
        assert!(names.contains(&"osgraft/modules/6.1.0-1-amd64/kernel/fs/nfs/nfs.ko"));
        assert!(names.contains(&DRACUT_HOOK) && !names.contains(&TOOLS_ORDER));
        assert!(!names.iter().any(|name| name.contains('\n')));
    }

    #[test]
    fn the_scripts_that_were_there_stay_before_ours() {
        let order =
            b"/scripts/init-bottom/udev \"$@\"\n[ -e /conf/param.conf ] && . /conf/param.conf";
        let entries = archive(Initramfs::Tools(order.to_vec()));
        let content = |name: &str| &entries.iter().find(|(it, ..)| it == name).unwrap().2;
        let told = String::from_utf8(content(TOOLS_ORDER).clone()).unwrap();
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "/scripts/init-bottom/udev \"$@\"");
        assert_eq!(lines[2], "/scripts/init-bottom/osgraft \"$@\"");
        let of = |has: &str| Initramfs::of(|name| (name == has).then(|| b"x".to_vec()));
        assert_eq!(of("scripts/functions"), Some(Initramfs::Tools(Vec::new())));
        assert_eq!(of("usr/lib/dracut-lib.sh"), Some(Initramfs::Dracut));
        assert_eq!(Initramfs::of(|_| None), None);
    }

    /// The script, with the root's own folders put below one of the test's.
    #[test]
    fn the_guests_link_is_followed_within_the_guest() {
        let at = tempfile::tempdir().unwrap();
        let path = |name: &str| at.path().join(name);
        for (name, _, content) in archive(Initramfs::Dracut) {
            let to = path(&name);
            match name.starts_with("osgraft") && !content.is_empty() {
                true => fs::write(to, content).unwrap(),
                false => fs::create_dir_all(to).unwrap(),
            }
        }
        fs::create_dir_all(path("root/usr/lib")).unwrap();
        fs::create_dir_all(path("root/shared/lib/modules")).unwrap();
        std::os::unix::fs::symlink("usr/lib", path("root/lib")).unwrap();
        std::os::unix::fs::symlink("/shared/lib/modules", path("root/usr/lib/modules")).unwrap();
        let here = at.path().display();
        let script = SCRIPT
            .replace("/run/", &format!("{here}/run/"))
            .replace("/osgraft/f", &format!("{here}/osgraft/f"))
            .replace("\"/osgraft/", &format!("\"{here}/osgraft/"));
        let shell = format!("mount() {{ echo \"$*\"; }}\nset -e\nrootmnt={here}/root\n{script}");
        let ran = Command::new("sh").args(["-c", &shell]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
        let told = String::from_utf8(ran.stdout).unwrap();
        let wanted = format!("-o bind {here}/run/osgraft/modules {here}/root/shared/lib/modules\n");
        assert_eq!(told, wanted);
        let kernel = path("run/osgraft/modules/6.1.0-1-amd64/kernel");
        assert_eq!(
            fs::read(kernel.join("fs/nfs/nfs.ko")).unwrap().len(),
            10_001
        );
        assert_eq!(fs::read(kernel.join("a b $(false)'\".ko")).unwrap(), b"odd");
    }
}
