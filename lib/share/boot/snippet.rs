//! The lines of a machine's description that have its kernel loaded from a boot folder.

use std::path::PathBuf;

use serde::Serialize;

/// Kernel, initramfs and command line of a machine, for its description.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Snippet {
    /// The kernel.
    pub kernel: PathBuf,
    /// The initramfs.
    pub initrd: PathBuf,
    /// The kernel's command line.
    pub cmdline: String,
}

impl Snippet {
    /// These files, with this command line.
    pub fn new((kernel, initrd): (PathBuf, PathBuf), cmdline: impl Into<String>) -> Self {
        Self {
            kernel,
            initrd,
            cmdline: cmdline.into(),
        }
    }

    /// Elements of libvirt's `<os>` (<https://libvirt.org/formatdomain.html#direct-kernel-boot>).
    pub fn libvirt(&self) -> String {
        let element = |name: &str, text: &str| {
            let text = text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            format!("  <{name}>{text}</{name}>\n")
        };
        format!(
            "<os>\n  <type arch='x86_64' machine='q35'>hvm</type>\n{}{}{}</os>\n",
            element("kernel", &self.kernel.to_string_lossy()),
            element("initrd", &self.initrd.to_string_lossy()),
            element("cmdline", &self.cmdline),
        )
    }

    /// Arguments of QEMU, as a shell takes them. Proxmox takes the same in `args:`.
    pub fn qemu(&self) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
        format!(
            "-kernel {} -initrd {} -append {}\n",
            quoted(&self.kernel.to_string_lossy()),
            quoted(&self.initrd.to_string_lossy()),
            quoted(&self.cmdline),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_and_a_shell_would_take_for_their_own_is_quoted() {
        let files = ("/b/a&b/vmlinuz".into(), "/b/a&b/initrd".into());
        let snippet = Snippet::new(files, "root=LABEL=it's dyndbg=\"x < y\"");
        let xml = snippet.libvirt();
        let document = roxmltree::Document::parse(&xml).unwrap();
        let text = |name: &str| {
            let mut nodes = document.descendants();
            let found = nodes.find(|node| node.has_tag_name(name)).unwrap();
            found.text().unwrap().to_owned()
        };
        assert_eq!(text("kernel"), "/b/a&b/vmlinuz");
        assert_eq!(text("cmdline"), snippet.cmdline);
        let shell = std::process::Command::new("sh")
            .args(["-c", &format!("printf '%s\\n' {}", snippet.qemu())])
            .output()
            .unwrap();
        let words = String::from_utf8(shell.stdout).unwrap();
        let words: Vec<&str> = words.lines().collect();
        assert_eq!(words[1], "/b/a&b/vmlinuz");
        assert_eq!(words[5], snippet.cmdline);
    }
}
