//! Content of a module tree that is not of the kernel's own package.

use crate::guest::GuestError;
use crate::guest::facts::Probe;
use crate::guest::facts::module_lists as lists;
use crate::path::{GuestPath, escape};

/// Folders of a module tree that are listed, and modules in them that are told by name.
const FOLDERS: usize = 64;
pub(super) const TOLD: usize = 3;
/// Names at the top of a module tree that a kernel's own package puts there.
const OF_KERNEL: [&[u8]; 18] = [
    b"kernel",
    b"build",
    b"source",
    b"vdso",
    b"initrd",
    b"config",
    b"vmlinuz",
    b"vmlinux",
    b"Image",
    b"System.map",
    b"systemtap",
    b"pkgbase",
    b"dtb",
    b"dtbs",
    b"bls.conf",
    b"symvers.gz",
    b"symvers.xz",
    b"symvers.zst",
];

/// Folders in which somebody builds a kernel by hand; packages put its headers below `/usr`.
const BUILT_BY_HAND: [&[u8]; 4] = [b"/home/", b"/root/", b"/tmp/", b"/usr/local/src/"];

/// Modules outside the tree's `kernel`: what DKMS, akmods, vendors and the operator put there.
pub(super) fn foreign(
    probe: &mut Probe<'_>,
    tree: &GuestPath,
    names: &[Vec<u8>],
) -> Result<Vec<String>, GuestError> {
    let mut found = Vec::new();
    let mut ahead: Vec<Vec<u8>> = names
        .iter()
        .filter(|name| {
            !OF_KERNEL.contains(&&name[..])
                && !name.starts_with(b"modules.")
                && !name.starts_with(b".")
        })
        .cloned()
        .collect();
    ahead.reverse();
    let mut listed = 0;
    while let Some(place) = ahead.pop() {
        let file = place.rsplit(|byte| *byte == b'/').next().unwrap_or(&place);
        if lists::name(file).is_some() {
            found.push(escape(&place));
            if found.len() > TOLD {
                break;
            }
            continue;
        }
        let depth = place.iter().filter(|byte| **byte == b'/').count();
        if listed == FOLDERS || depth > 3 || file.contains(&b'.') {
            continue;
        }
        listed += 1;
        let Ok(folder) = GuestPath::new([tree.as_bytes(), b"/", &place].concat()) else {
            continue;
        };
        let inside = probe.names(&folder)?;
        ahead.extend(
            inside
                .into_iter()
                .rev()
                .map(|name| [&place[..], b"/", &name].concat()),
        );
    }
    Ok(found)
}

/// Links to a kernel's sources and headers.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    /// Relative links that lead out of the tree: name and target.
    pub(super) leading_out: Vec<(String, String)>,
    /// The folder in which somebody built the kernel, and the link that says so.
    pub(super) built_in: Option<(GuestPath, String)>,
}

/// Reads the links to a kernel's sources and headers.
pub(super) fn links(
    probe: &mut Probe<'_>,
    tree: &GuestPath,
    names: &[Vec<u8>],
) -> Result<Links, GuestError> {
    let mut found = Links::default();
    for name in [&b"build"[..], b"source"] {
        if !names.iter().any(|known| known == name) {
            continue;
        }
        let Ok(link) = tree.join(name) else { continue };
        let Some(target) = probe.link_at(&link)? else {
            continue;
        };
        if BUILT_BY_HAND
            .iter()
            .any(|folder| target.starts_with(folder))
        {
            found.built_in = Some((link, escape(&target)));
        } else if leads_out(&target) {
            found.leading_out.push((escape(name), escape(&target)));
        }
    }
    Ok(found)
}

/// True where the target of a link in a kernel's tree leads out of the directory that all trees lie in.
fn leads_out(target: &[u8]) -> bool {
    let mut depth = 1_usize;
    if target.starts_with(b"/") {
        return false;
    }
    for name in target.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." if depth == 0 => return true,
            b".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_out_where_it_leaves_the_directory_of_all_trees() {
        for (target, wanted) in [
            ("../../../src/linux-headers-6.12", true),
            ("../../x", true),
            ("../6.1.0-36-amd64/build", false),
            ("build", false),
            ("a/../../b", false),
            ("a/../../../b", true),
            ("/usr/src/linux-headers-6.12", false),
        ] {
            assert_eq!(leads_out(target.as_bytes()), wanted, "{target}");
        }
    }
}
