//! Names of systemd's units for paths (systemd.unit(5), "String escaping for inclusion in unit names").

use crate::path::GuestPath;

/// The name without its suffix: `srv-os\x2dshare` for `/srv/os-share`.
pub(super) fn of_path(path: &GuestPath) -> Vec<u8> {
    let bytes = path.as_bytes();
    let Some(bytes) = bytes.strip_prefix(b"/").filter(|bytes| !bytes.is_empty()) else {
        return b"-".to_vec();
    };
    let mut name = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'/' => name.push(b'-'),
            b'.' if at == 0 => name.extend_from_slice(b"\\x2e"),
            b':' | b'_' | b'.' => name.push(*byte),
            byte if byte.is_ascii_alphanumeric() => name.push(*byte),
            byte => name.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        }
    }
    name
}

/// The path that a name without its suffix is of; none for a name that is of no path.
pub(super) fn to_path(name: &[u8]) -> Option<GuestPath> {
    if name == b"-" {
        return Some(GuestPath::root());
    }
    let mut path = b"/".to_vec();
    let mut rest = name;
    while let [first, behind @ ..] = rest {
        rest = behind;
        match first {
            b'-' => path.push(b'/'),
            b'\\' => {
                let digits = behind.strip_prefix(b"x")?.get(..2)?;
                let digits = std::str::from_utf8(digits).ok()?;
                path.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &behind[3..];
            }
            byte => path.push(*byte),
        }
    }
    GuestPath::new(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_its_name_are_as_systemd_escape_has_them() {
        for (path, name) in [
            ("/", "-"),
            ("/shared", "shared"),
            ("/usr/lib/modules", "usr-lib-modules"),
            ("/srv/os-share", r"srv-os\x2dshare"),
            ("/.hidden/a b", r"\x2ehidden-a\x20b"),
            ("/a_b:c.d", "a_b:c.d"),
        ] {
            let path: GuestPath = path.parse().unwrap();
            assert_eq!(of_path(&path), name.as_bytes(), "{path}");
            assert_eq!(to_path(name.as_bytes()), Some(path));
        }
        for odd in [r"a\x", r"a\q2d", r"a\xzz", r"a\x00b"] {
            assert_eq!(to_path(odd.as_bytes()), None, "{odd}");
        }
    }
}
