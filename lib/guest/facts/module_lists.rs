//! The lists of a module tree: `modules.dep` and `modules.builtin` (modules.dep(5)).

/// True where a file, compressed or not, holds a module of this name. kmod takes `-` and `_` for one.
pub(crate) fn is_file_of(file: &[u8], module: &str) -> bool {
    let plain = |byte: &u8| if *byte == b'-' { b'_' } else { *byte };
    name(file).is_some_and(|found| {
        found
            .iter()
            .map(plain)
            .eq(module.bytes().map(|b| plain(&b)))
    })
}

/// The name of the module in a file, compressed or not.
pub(crate) fn name(file: &[u8]) -> Option<&[u8]> {
    let plain = [&b".gz"[..], b".xz", b".zst", b".bz2"]
        .iter()
        .find_map(|suffix| file.strip_suffix(*suffix))
        .unwrap_or(file);
    plain.strip_suffix(b".ko")
}

/// A list of modules.
#[derive(Clone, Debug, Default)]
pub(crate) struct List(Vec<u8>);

/// A line of `modules.dep`: a module's file, and all files that are loaded before it. kmod writes the
/// whole closure into each line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Line<'a> {
    pub(crate) file: &'a [u8],
    pub(crate) needs: Vec<&'a [u8]>,
}

impl List {
    pub(crate) fn new(content: Vec<u8>) -> Self {
        Self(content)
    }

    /// The line of a module; in `modules.builtin` it needs none.
    pub(crate) fn line(&self, module: &str) -> Option<Line<'_>> {
        self.0.split(|byte| *byte == b'\n').find_map(|line| {
            let mut parts = line.splitn(2, |byte| *byte == b':');
            let file = parts.next()?.trim_ascii();
            let base = file.rsplit(|byte| *byte == b'/').next()?;
            if !is_file_of(base, module) {
                return None;
            }
            let needs = parts.next().unwrap_or_default();
            let needs = needs.split(u8::is_ascii_whitespace);
            let needs = needs.filter(|path| !path.is_empty()).collect();
            Some(Line { file, needs })
        })
    }

    pub(crate) fn has(&self, module: &str) -> bool {
        self.line(module).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_known_by_their_file_names() {
        for (file, wanted) in [
            ("nfs.ko", Some("nfs")),
            ("nfs.ko.xz", Some("nfs")),
            ("nfsv4.ko.zst", Some("nfsv4")),
            ("nfs.ko.gz", Some("nfs")),
            ("nfs", None),
            ("nfs.o", None),
        ] {
            assert_eq!(name(file.as_bytes()), wanted.map(str::as_bytes), "{file}");
        }
        assert!(is_file_of(b"xen-netfront.ko.xz", "xen_netfront"));
        assert!(is_file_of(b"virtio_net.ko", "virtio-net"));
        assert!(!is_file_of(b"nfsd.ko", "nfs"));
    }

    #[test]
    fn a_line_holds_the_whole_closure() {
        let list = List::new(
            b"kernel/fs/nfs/nfs.ko.xz: kernel/fs/lockd/lockd.ko.xz  kernel/net/sunrpc/sunrpc.ko.xz\n\
              kernel/x.ko:\n"
                .to_vec(),
        );
        let line = list.line("nfs").unwrap();
        assert_eq!(line.file, b"kernel/fs/nfs/nfs.ko.xz");
        let needs = [
            &b"kernel/fs/lockd/lockd.ko.xz"[..],
            b"kernel/net/sunrpc/sunrpc.ko.xz",
        ];
        assert_eq!(line.needs, needs);
        assert_eq!(list.line("x").unwrap().needs, [b""; 0]);
        assert!(!list.has("lockd"), "it stands behind a colon alone");
        let built_in =
            List::new(b"kernel/fs/nfs/nfs.ko\nkernel/drivers/net/virtio_net.ko\n".to_vec());
        assert!(built_in.has("virtio-net"));
        assert!(!built_in.has("nfsv4"));
    }
}
