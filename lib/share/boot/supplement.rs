//! An archive behind a release's initramfs, with the modules that mounting the share takes.
//!
//! # Source
//! `Documentation/driver-api/early-userspace/buffer-format.rst` of Linux: an initramfs is one archive
//! after the other, each compressed or not, and a later file of a name replaces an earlier one.
//! initramfs-tools(7): what `/conf/conf.d` holds is read by its `init`. dracut.modules(7): so are the
//! hooks of `pre-udev`. modprobe(8): `-d` names the root of the module tree.

use std::collections::BTreeSet;
use std::io::{self, Write};

use cpio::newc::Builder;

/// Root of the supplement's own module tree.
const ROOT: &str = "osgraft";
const DIRECTORY: u32 = 0o040_755;
const FILE: u32 = 0o100_644;
const LINK: u32 = 0o120_777;

/// Archive with a module tree of its own, and the words by which the initramfs loads from it.
#[derive(Clone, Debug)]
pub struct Supplement {
    kernel: String,
    loads: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
}

impl Supplement {
    /// A supplement for a kernel that loads these modules, in this order. A module that the kernel has
    /// built in, or that the machine has no device for, is no error when it boots.
    pub fn new<I>(kernel: impl Into<String>, loads: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        Self {
            kernel: kernel.into(),
            loads: loads.into_iter().map(Into::into).collect(),
            files: Vec::new(),
        }
    }

    /// Adds a file of the module tree: its path below `lib/modules/KERNEL`, such as `modules.dep.bin`.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.into(), content.into()));
        self
    }

    /// Writes the archive (cpio, “newc”). Equal files give equal bytes.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let script = self.script();
        let tree = format!("{ROOT}/lib/modules/{}", self.kernel);
        let mut files: Vec<(String, &[u8])> = vec![
            ("conf/conf.d/osgraft".into(), script.as_bytes()),
            (
                "usr/lib/dracut/hooks/pre-udev/00-osgraft.sh".into(),
                script.as_bytes(),
            ),
        ];
        for (path, content) in &self.files {
            files.push((format!("{tree}/{path}"), content));
        }
        files.sort_by(|(one, _), (other, _)| one.cmp(other));
        let folders: BTreeSet<&str> = files
            .iter()
            .flat_map(|(path, _)| path.match_indices('/').map(|(at, _)| &path[..at]))
            .collect();
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
        for folder in folders {
            out = entry(out, folder, DIRECTORY, b"")?;
        }
        for (path, content) in files {
            out = entry(out, &path, FILE, content)?;
        }
        // Some build modprobe for /usr/lib/modules.
        out = entry(out, &format!("{ROOT}/usr"), LINK, b".")?;
        cpio::newc::trailer(out)?.flush()
    }

    /// Words for the shell of the initramfs, which reads them before it looks for the root.
    fn script(&self) -> String {
        let mut script = String::from("# Loads what mounting the share takes.\n");
        for module in &self.loads {
            script.push_str(&format!(
                "modprobe -q -d /{ROOT} {module} 2>/dev/null || :\n"
            ));
        }
        script
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> Vec<u8> {
        let mut bytes = Vec::new();
        Supplement::new("6.1.0-1-amd64", ["nfs", "virtio_net"])
            .file("modules.dep.bin", *b"index")
            .file("kernel/fs/nfs/nfs.ko", vec![7; 10_001])
            .write(&mut bytes)
            .unwrap();
        bytes
    }

    #[test]
    fn each_folder_comes_before_what_lies_in_it() {
        let bytes = archive();
        let (mut seen, mut rest) = (Vec::new(), &bytes[..]);
        loop {
            let mut reader = cpio::newc::Reader::new(rest).unwrap();
            let entry = reader.entry();
            if entry.is_trailer() {
                break;
            }
            let name = entry.name().to_owned();
            if let Some((folder, _)) = name.rsplit_once('/') {
                assert!(seen.contains(&folder.to_owned()), "{name} before {folder}");
            }
            seen.push(name);
            io::copy(&mut reader, &mut io::sink()).unwrap();
            rest = reader.finish().unwrap();
        }
        let module = "osgraft/lib/modules/6.1.0-1-amd64/kernel/fs/nfs/nfs.ko";
        assert!(seen.contains(&module.to_owned()), "{seen:?}");
        assert_eq!(archive(), bytes);
        assert_eq!(bytes.len() % 4, 0);
    }

    #[test]
    fn the_shell_reads_what_the_initramfs_loads() {
        let script = Supplement::new("6.1", ["nfs", "virtio_net"]).script();
        let shell = format!("set -e\nmodprobe() {{ echo \"$*\"; false; }}\n{script}");
        let told = std::process::Command::new("sh")
            .args(["-c", &shell])
            .output()
            .unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        assert_eq!(told, "-q -d /osgraft nfs\n-q -d /osgraft virtio_net\n");
    }
}
