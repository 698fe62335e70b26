//! Parts of a guest's tree that may be shared.

use std::fmt;
use std::str::FromStr;

use super::error::ExtractError;
use crate::path::{GuestPath, escape};

/// A component, as it is named: a path in the guest, and the place below `tree/`.
///
/// ```
/// use osgraft::share::extract::ComponentPath;
/// let modules: ComponentPath = "lib/modules".parse()?;
/// assert_eq!(modules.to_string(), "lib/modules");
/// assert_eq!("/lib/modules/".parse::<ComponentPath>()?, modules);
/// # Ok::<(), osgraft::share::extract::ExtractError>(())
/// ```
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ComponentPath(GuestPath);

impl ComponentPath {
    /// Its path in the guest, links not resolved.
    pub fn in_guest(&self) -> &GuestPath {
        &self.0
    }

    /// Its place below `tree/`.
    pub fn below_tree(&self) -> &[u8] {
        &self.0.as_bytes()[1..]
    }
}

impl FromStr for ComponentPath {
    type Err = ExtractError;

    fn from_str(text: &str) -> Result<Self, ExtractError> {
        let rooted = match text.starts_with('/') {
            true => text.to_owned(),
            false => format!("/{text}"),
        };
        let path: GuestPath = rooted.parse().map_err(|_| ExtractError::ComponentName {
            component: escape(text.as_bytes()),
        })?;
        match text.is_empty() {
            true => Err(ExtractError::ComponentName {
                component: String::new(),
            }),
            false => Ok(Self(path)),
        }
    }
}

impl fmt::Display for ComponentPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&escape(self.below_tree()))
    }
}

/// Judgement of a component, before anything of it is read.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// It may be shared.
    Fine,
    /// It may be shared where guests need it as it is; the reason to know.
    Untried,
    /// dpkg of a guest that has it fails from then on.
    BreaksDpkg,
    /// It may not be shared; the reason.
    Refused(&'static str),
}

/// Folders that a guest cannot boot or run without, and folders that hold them.
const WHOLE: &str =
    "a guest needs it before any share is mounted: name a folder below it, such as lib/modules";
/// Whole folders, links resolved.
const WHOLES: [&str; 21] = [
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/lib",
    "/lib32",
    "/lib64",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/sbin",
    "/usr/share",
    "/root",
];
/// Folders of which no part is shared: they are a guest's own.
const OWN: [(&str, &str); 5] = [
    ("/etc", "it is the guest's own configuration"),
    ("/var", "it is the guest's own data, which it writes"),
    ("/home", "it is the guest's own data, which it writes"),
    (
        "/usr/share/zoneinfo",
        "local time would become UTC while the server is away; it takes 4 MiB alone",
    ),
    (
        "/usr/lib/systemd",
        "systemd and its units are needed before any share is mounted",
    ),
];

/// Judges a component by its place in the guest, links resolved. `has_dpkg` is true for a guest whose
/// packages dpkg manages.
///
/// ```
/// use osgraft::share::extract::{Verdict, judge};
/// assert_eq!(judge(&"/usr/lib/modules".parse()?, true), Verdict::Fine);
/// assert_eq!(judge(&"/usr/share/doc".parse()?, true), Verdict::BreaksDpkg);
/// assert!(matches!(judge(&"/usr".parse()?, true), Verdict::Refused(_)));
/// # Ok::<(), osgraft::path::PathError>(())
/// ```
pub fn judge(place: &GuestPath, has_dpkg: bool) -> Verdict {
    let names: Vec<&[u8]> = place.components().collect();
    let is = |text: &str| place.as_bytes() == text.as_bytes();
    let below = |text: &str| {
        let rest = place.as_bytes().strip_prefix(text.as_bytes());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    };
    if WHOLES.into_iter().any(is) {
        return Verdict::Refused(WHOLE);
    }
    if let Some((_, why)) = OWN.into_iter().find(|(own, _)| below(own)) {
        return Verdict::Refused(why);
    }
    for (language, why) in [
        (
            &b"perl"[..],
            "tools that a guest's packages run at any time are written in Perl",
        ),
        (
            b"python3",
            "tools that a guest's packages run at any time are written in Python",
        ),
    ] {
        // /usr/share/perl5, /usr/lib/x86_64-linux-gnu/perl-base, /usr/lib/python3.11.
        let is_its = |name: &&[u8]| name.starts_with(language);
        let depth = match names.get(1) {
            Some(name) if name.starts_with(b"lib") => 2,
            Some(name) if *name == b"share" => 1,
            _ => 0,
        };
        if names.first() == Some(&&b"usr"[..]) && names.iter().skip(2).take(depth).any(is_its) {
            return Verdict::Refused(why);
        }
    }
    if ["/usr/lib/modules", "/lib/modules"].into_iter().any(below) {
        return Verdict::Fine;
    }
    let docs = ["doc", "man", "locale", "i18n", "info"];
    let is_docs = docs.iter().any(|name| below(&format!("/usr/share/{name}")));
    let is_build = below("/usr/include") || below("/usr/lib/gcc");
    let is_managed = (below("/usr") && !below("/usr/local")) || below("/lib") || below("/lib64");
    match (has_dpkg, is_docs, is_build) {
        (true, false, true) => Verdict::Untried,
        (true, _, _) if is_managed => Verdict::BreaksDpkg,
        (false, true, _) => Verdict::Fine,
        _ => Verdict::Untried,
    }
}

/// Reason why one file of a component makes all of it unfit: the path is that in the guest.
pub(super) fn unfit_file(path: &GuestPath, is_program: bool) -> Option<&'static str> {
    let mut names = path.components().rev();
    let (name, folder) = (names.next()?, names.next().unwrap_or_default());
    if !is_program {
        return None;
    }
    let is_loader = (name.starts_with(b"ld-") || name.starts_with(b"ld64"))
        && name.windows(3).any(|part| part == b".so");
    if is_loader || name == b"ld.so" {
        return Some("the loader of every program");
    }
    let is_in_path = matches!(folder, b"bin" | b"sbin");
    if is_in_path && (name.starts_with(b"mount.") || name == b"mount") {
        return Some("a program that mounts the share");
    }
    let is_init = matches!(name, b"init" | b"systemd") && (is_in_path || folder == b"systemd");
    is_init.then_some("the first program of a boot")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(place: &str, has_dpkg: bool) -> Verdict {
        judge(&place.parse().unwrap(), has_dpkg)
    }

    #[test]
    fn what_may_be_shared_depends_on_the_place_and_the_packages() {
        use Verdict::{BreaksDpkg, Fine, Untried};
        for (place, on_dpkg, on_others) in [
            ("/usr/lib/modules", Fine, Fine),
            ("/lib/modules/6.1.0-37-amd64", Fine, Fine),
            ("/usr/share/doc", BreaksDpkg, Fine),
            ("/usr/share/man", BreaksDpkg, Fine),
            ("/usr/share/locale/de", BreaksDpkg, Fine),
            ("/usr/share/i18n", BreaksDpkg, Fine),
            ("/usr/share/fonts", BreaksDpkg, Untried),
            ("/usr/lib/firmware", BreaksDpkg, Untried),
            ("/usr/include", Untried, Untried),
            ("/usr/lib/gcc/x86_64-linux-gnu", Untried, Untried),
            ("/opt/app", Untried, Untried),
            ("/usr/local/share/doc", Untried, Untried),
            ("/srv/data", Untried, Untried),
            ("/usr/share/documents", BreaksDpkg, Untried),
        ] {
            assert_eq!(verdict(place, true), on_dpkg, "{place}");
            assert_eq!(verdict(place, false), on_others, "{place}");
        }
    }

    #[test]
    fn what_a_boot_or_the_packages_need_is_refused() {
        for place in [
            "/",
            "/usr",
            "/lib",
            "/bin",
            "/sbin",
            "/etc",
            "/var",
            "/usr/lib",
            "/usr/bin",
            "/usr/sbin",
            "/boot",
            "/etc/ssl",
            "/var/lib/dpkg",
            "/home/x",
            "/usr/share",
            "/usr/share/zoneinfo",
            "/usr/share/zoneinfo/Europe",
            "/usr/share/perl5",
            "/usr/share/perl",
            "/usr/lib/python3",
            "/usr/lib/python3.11/site-packages",
            "/usr/lib/x86_64-linux-gnu/perl-base",
            "/usr/lib/systemd/system",
            "/proc",
        ] {
            for has_dpkg in [false, true] {
                let found = verdict(place, has_dpkg);
                assert!(matches!(found, Verdict::Refused(_)), "{place}: {found:?}");
            }
        }
    }

    #[test]
    fn a_file_that_a_boot_needs_is_found_and_its_likes_are_not() {
        let unfit = |path: &str| unfit_file(&path.parse().unwrap(), true).is_some();
        for path in [
            "/usr/lib64/ld-linux-x86-64.so.2",
            "/lib/ld-musl-x86_64.so.1",
            "/x/ld-2.31.so",
            "/usr/sbin/mount.nfs",
            "/opt/bin/mount.x",
            "/sbin/init",
            "/opt/sbin/init",
            "/lib/systemd/systemd",
            "/usr/lib64/ld64.so.2",
        ] {
            assert!(unfit(path), "{path}");
        }
        for path in [
            "/usr/include/sys/mount.h",
            "/usr/share/man/man8/mount.8.gz",
            "/lib/modules/6.1/kernel/ld-x.ko",
            "/usr/share/doc/init",
            "/usr/lib/gcc/ld-wrapper",
            "/usr/share/doc/mount.nfs",
            "/usr/share/locale/de/init",
            "/usr/share/man/man1/init.1",
        ] {
            assert!(!unfit(path), "{path}");
        }
        let text = "/sbin/init".parse().unwrap();
        assert_eq!(unfit_file(&text, false), None, "no program");
    }

    #[test]
    fn a_component_is_named_with_or_without_its_first_slash() {
        for text in [
            "lib/modules",
            "/lib/modules",
            "lib//modules/",
            "./lib/modules",
        ] {
            assert_eq!(
                text.parse::<ComponentPath>().unwrap().below_tree(),
                b"lib/modules"
            );
        }
        for text in ["", "../x", "lib/../etc", "a\\q"] {
            assert!(text.parse::<ComponentPath>().is_err(), "{text}");
        }
        assert_eq!("/".parse::<ComponentPath>().unwrap().below_tree(), b"");
    }
}
