//! Names of systemd's units for paths (systemd.unit(5), “String escaping for inclusion in unit names”).

use std::fmt::Write;

use crate::path::GuestPath;

/// Name of a path's unit without its suffix, as `systemd-escape --path` writes it:
/// `srv-os\x2dshare` for `/srv/os-share`.
pub(crate) fn of_path(path: &GuestPath) -> String {
    if path.is_root() {
        return "-".to_owned();
    }
    let mut name = String::new();
    for (number, component) in path.components().enumerate() {
        if number > 0 {
            name.push('-');
        }
        for (at, byte) in component.iter().enumerate() {
            match byte {
                b'.' if number == 0 && at == 0 => push_hex(&mut name, *byte),
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b':' | b'_' | b'.' => {
                    name.push(char::from(*byte));
                }
                byte => push_hex(&mut name, *byte),
            }
        }
    }
    name
}

/// A byte as `\xNN`.
pub(super) fn push_hex(text: &mut String, byte: u8) {
    write!(text, "\\x{byte:02x}").expect("a string takes all");
}

/// Path that a name without its suffix is of, or `None` for the name of no path.
pub(crate) fn to_path(name: &[u8]) -> Option<GuestPath> {
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
            assert_eq!(of_path(&path), name, "{path}");
            assert_eq!(to_path(name.as_bytes()), Some(path));
        }
        for odd in [r"a\x", r"a\q2d", r"a\xzz", r"a\x00b"] {
            assert_eq!(to_path(odd.as_bytes()), None, "{odd}");
        }
    }
}
