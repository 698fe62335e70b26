//! A guest's whole tree, read by other means than osgraft's: qemu-img makes the disk raw, debugfs
//! names every inode, and content is read from the blocks that debugfs says it has.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::fixture::assert_sound;
use super::stat::{Inode, inodes};
use super::{run, text};

/// How much of two files is compared at a time.
const CHUNK: u64 = 1 << 20;

/// The file system at one place of an image. Names and targets hold one character for each byte.
pub(crate) struct Tree {
    _folder: TempDir,
    disk: File,
    at: u64,
    block: u64,
    inodes: BTreeMap<u64, Inode>,
    paths: BTreeMap<String, u64>,
}

impl Tree {
    /// Reads the file system that begins at byte `at` of the disk of a qcow2 image, or of a VMDK
    /// that is named so, and has e2fsck judge it.
    pub(crate) fn read(image: &Path, at: u64) -> Self {
        let folder = tempfile::tempdir().expect("space");
        let raw = folder.path().join("disk");
        let format = match image.extension() {
            Some(extension) if extension == "vmdk" => "vmdk",
            _ => "qcow2",
        };
        run(
            "qemu-img",
            &[
                "convert",
                "-f",
                format,
                "-O",
                "raw",
                text(image),
                text(&raw),
            ],
        );
        assert_sound(&raw, at);
        let disk = File::open(&raw).expect("just written");
        let mut log_block = [0; 4];
        disk.read_exact_at(&mut log_block, at + 1024 + 24)
            .expect("a superblock");
        let volume = Volume {
            path: raw,
            at,
            folder: folder.path().to_owned(),
        };
        let paths = volume.paths();
        let asked: Vec<u64> = paths.values().copied().collect();
        let inodes = volume.inodes(asked);
        Self {
            _folder: folder,
            disk,
            at,
            block: 1024 << u32::from_le_bytes(log_block),
            inodes,
            paths,
        }
    }

    /// How many paths there are.
    pub(crate) fn len(&self) -> usize {
        self.paths.len()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.keys().map(String::as_str)
    }

    pub(crate) fn contains(&self, path: &str) -> bool {
        self.paths.contains_key(path)
    }

    /// The whole content of a file.
    pub(crate) fn content(&self, path: &str) -> Vec<u8> {
        let inode = self
            .inode(path)
            .unwrap_or_else(|| panic!("{path} is not there"));
        let mut content = vec![0; inode.size as usize];
        self.read_at(inode, 0, &mut content);
        content
    }

    /// One line for one path: kind, mode, owner, attributes, what a link says, a device's number.
    pub(crate) fn describe(&self, path: &str) -> Option<String> {
        Some(format!("{path} {}", self.seen(self.inode(path)?)))
    }

    /// What differs from this tree to a later one, as lines: `- path` and `+ path` of what went
    /// and came, `~ path` of what changed, with what changed in it. `moved` says under which name
    /// a path of this tree is looked for in the other.
    ///
    /// Times are left out, and sizes of directories, which need not shrink. Link counts of
    /// directories are e2fsck's matter.
    pub(crate) fn differences(&self, other: &Self, moved: impl Fn(&str) -> String) -> Vec<String> {
        let mut lines = Vec::new();
        let here: BTreeMap<String, u64> = self
            .paths
            .iter()
            .map(|(path, inode)| (moved(path), *inode))
            .collect();
        assert_eq!(here.len(), self.paths.len(), "two paths moved to one");
        let twins = |paths: &BTreeMap<String, u64>| {
            let mut first = BTreeMap::new();
            for (path, inode) in paths {
                first.entry(*inode).or_insert_with(|| path.clone());
            }
            first
        };
        let (our_twins, their_twins) = (twins(&here), twins(&other.paths));
        for (path, inode) in &here {
            let Some(there) = other.paths.get(path) else {
                lines.push(format!("- {path}"));
                continue;
            };
            let (a, b) = (&self.inodes[inode], &other.inodes[there]);
            let mut changed = String::new();
            let (seen, now) = (self.seen(a), other.seen(b));
            if seen != now {
                write!(changed, " {seen} => {now}").expect("a string takes it");
            }
            if a.flags != b.flags {
                write!(changed, " flags {:#x} => {:#x}", a.flags, b.flags).expect("likewise");
            }
            if a.kind != "directory" && a.links != b.links {
                write!(changed, " links {} => {}", a.links, b.links).expect("likewise");
            }
            if our_twins[inode] != their_twins[there] {
                write!(changed, " twins {:?}", their_twins[there]).expect("likewise");
            }
            if a.kind == "regular" && !self.same_content(a, other, b) {
                changed.push_str(" content");
            }
            if !changed.is_empty() {
                lines.push(format!("~ {path}{changed}"));
            }
        }
        for path in other.paths.keys().filter(|path| !here.contains_key(*path)) {
            let described = other.describe(path).expect("it is one of its paths");
            lines.push(format!("+ {described}"));
        }
        lines
    }

    fn inode(&self, path: &str) -> Option<&Inode> {
        self.paths.get(path).map(|number| &self.inodes[number])
    }

    fn seen(&self, inode: &Inode) -> String {
        let mut seen = format!(
            "{} {} {}:{}",
            inode.kind, inode.mode, inode.owner, inode.group
        );
        for attribute in &inode.attributes {
            seen.push(' ');
            seen.push_str(attribute);
        }
        if let Some(device) = &inode.device {
            write!(seen, " {device}").expect("a string takes it");
        }
        if inode.kind == "symlink" {
            let target = inode.target.clone().unwrap_or_else(|| {
                let mut target = vec![0; inode.size as usize];
                self.read_at(inode, 0, &mut target);
                target.into_iter().map(char::from).collect()
            });
            write!(seen, " -> {target}").expect("a string takes it");
        }
        seen
    }

    fn same_content(&self, a: &Inode, other: &Self, b: &Inode) -> bool {
        if a.size != b.size {
            return false;
        }
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        (0..a.size).step_by(CHUNK as usize).all(|offset| {
            let len = CHUNK.min(a.size - offset) as usize;
            for (tree, inode, bytes) in [(self, a, &mut ours), (other, b, &mut theirs)] {
                bytes.clear();
                bytes.resize(len, 0);
                tree.read_at(inode, offset, bytes);
            }
            ours == theirs
        })
    }

    /// Fills `bytes`, zeroed by the caller, with what the inode holds from `offset` on.
    fn read_at(&self, inode: &Inode, offset: u64, bytes: &mut [u8]) {
        let end = offset + bytes.len() as u64;
        for run in &inode.runs {
            let (from, to) = (
                run.logical * self.block,
                (run.logical + run.blocks) * self.block,
            );
            let (from_here, to_here) = (from.max(offset), to.min(end));
            if from_here >= to_here {
                continue;
            }
            let place = self.at + run.physical * self.block + (from_here - from);
            let part = &mut bytes[(from_here - offset) as usize..(to_here - offset) as usize];
            self.disk
                .read_exact_at(part, place)
                .expect("blocks lie on the disk");
        }
    }
}

/// A file system for debugfs.
struct Volume {
    path: PathBuf,
    at: u64,
    folder: PathBuf,
}

impl Volume {
    /// Every path and its inode, read level by level so that each level is one run of debugfs.
    fn paths(&self) -> BTreeMap<String, u64> {
        let mut paths = BTreeMap::from([("/".to_owned(), 2)]);
        let mut level = vec![(String::new(), 2)];
        while !level.is_empty() {
            let commands = level.iter().map(|(_, inode)| format!("ls -p <{inode}>"));
            let told = self.debugfs(commands);
            let mut next = Vec::new();
            let mut folders = level.iter();
            let mut folder = "";
            for line in told.lines() {
                if line.starts_with("debugfs: ls -p ") {
                    folder = &folders.next().expect("one answer to each command").0;
                    continue;
                }
                // /INODE/MODE/OWNER/GROUP/NAME/SIZE/
                let fields: Vec<&str> = line.split('/').collect();
                let [_, inode, mode, _, _, name, ..] = fields[..] else {
                    continue;
                };
                // Inode 0 is room for an entry.
                if inode == "0" || name == "." || name == ".." {
                    continue;
                }
                let inode = inode.parse().expect("debugfs writes inodes as numbers");
                let path = format!("{folder}/{name}");
                if mode.starts_with("04") {
                    next.push((path.clone(), inode));
                }
                let before = paths.insert(path, inode);
                assert_eq!(before, None, "{folder}/{name} is there twice");
            }
            assert!(folders.next().is_none(), "debugfs left commands out");
            level = next;
        }
        paths
    }

    fn inodes(&self, mut asked: Vec<u64>) -> BTreeMap<u64, Inode> {
        asked.sort_unstable();
        asked.dedup();
        let told = self.debugfs(asked.iter().map(|inode| format!("stat <{inode}>")));
        let found = inodes(&told);
        assert_eq!(found.len(), asked.len(), "debugfs left inodes out");
        found
    }

    /// What debugfs says to a list of commands, one character for each byte.
    fn debugfs(&self, commands: impl Iterator<Item = String>) -> String {
        let script = self.folder.join("script");
        let mut file = File::create(&script).expect("space");
        let text: String = commands.map(|command| command + "\n").collect();
        file.write_all(text.as_bytes()).expect("space");
        let volume = format!("{}?offset={}", self.path.display(), self.at);
        let output = Command::new("/sbin/debugfs")
            .arg("-f")
            .arg(&script)
            .arg(volume)
            .output()
            .expect("debugfs is needed; run “make setup”");
        assert!(output.status.success(), "debugfs: {}", output.status);
        output.stdout.into_iter().map(char::from).collect()
    }
}
