//! Path resolution inside a guest.

use osgraft::guest::{
    FileKind, Guest, GuestError, MAX_LINKS, MemoryGuest, Resolved, resolve, resolve_parent,
};
use osgraft::path::GuestPath;
use proptest::prelude::*;

fn path(text: &str) -> GuestPath {
    text.parse().unwrap()
}

fn walked(guest: &MemoryGuest, text: &str) -> Result<Resolved, GuestError> {
    resolve(&mut guest.clone(), &path(text))
}

/// Where `text` leads, with what is missing after a `?`.
fn leads(guest: &MemoryGuest, text: &str) -> String {
    let resolved = walked(guest, text).unwrap();
    assert_eq!(resolved.exists(), resolved.missing.is_empty());
    let missing: Vec<_> = resolved
        .missing
        .iter()
        .map(|name| String::from_utf8_lossy(name))
        .collect();
    match missing.is_empty() {
        true => resolved.path.to_string(),
        false => format!("{} ?{}", resolved.path, missing.join("/")),
    }
}

fn merged() -> MemoryGuest {
    MemoryGuest::new()
        .link("/lib", "usr/lib")
        .dir("/usr/lib/modules/6.1.0")
        .dir("/usr/share")
        .file("/etc/fstab", b"")
}

#[test]
fn a_link_in_the_middle_is_followed_and_told() {
    let resolved = walked(&merged(), "/lib/modules/6.1.0").unwrap();
    assert_eq!(resolved.path, path("/usr/lib/modules/6.1.0"));
    assert_eq!(resolved.kind(), Some(FileKind::Directory));
    assert_eq!(resolved.links, [path("/lib")]);
    assert_eq!(resolved.base(), path("/usr/lib/modules"));
}

#[test]
fn the_root_resolves_to_itself() {
    let resolved = walked(&merged(), "/").unwrap();
    assert_eq!(
        (resolved.path.is_root(), resolved.base().is_root()),
        (true, true)
    );
}

#[test]
fn an_absolute_target_restarts_at_the_guests_root() {
    let guest = merged().link("/usr/share/fstab", "/etc/fstab");
    assert_eq!(leads(&guest, "/usr/share/fstab"), "/etc/fstab");
}

#[test]
fn dot_dot_stops_at_the_guests_root() {
    let guest = merged()
        .link("/etc/out", "../../../../etc/fstab")
        .link("/etc/root", "/../..");
    assert_eq!(leads(&guest, "/etc/out"), "/etc/fstab");
    assert_eq!(leads(&guest, "/etc/root"), "/");
}

#[test]
fn dot_dot_goes_up_from_where_the_links_led() {
    // `/lib` is `usr/lib`, so `/lib/../share` is `/usr/share`, not `/share`.
    let guest = merged().dir("/share").link("/up", "/lib/../share");
    assert_eq!(leads(&guest, "/up"), "/usr/share");
}

#[test]
fn slashes_and_dots_in_targets_mean_nothing_more() {
    let guest = merged()
        .link("/a", "//usr///./lib/.")
        .link("/b", "usr/lib/");
    assert_eq!(leads(&guest, "/a/modules"), "/usr/lib/modules");
    assert_eq!(leads(&guest, "/b/modules"), "/usr/lib/modules");
    assert_eq!(leads(&guest, "/b"), "/usr/lib");
}

#[test]
fn a_target_that_ends_in_a_slash_must_be_a_directory() {
    let guest = merged().link("/f", "etc/fstab/").link("/d", "etc/fstab/.");
    for link in ["/f", "/d"] {
        let error = walked(&guest, link).unwrap_err();
        assert!(matches!(&error, GuestError::NotADirectory(at) if *at == path("/etc/fstab")));
    }
}

#[test]
fn a_missing_tail_is_told_name_by_name() {
    let guest = merged();
    assert_eq!(
        leads(&guest, "/shared/lib/modules"),
        "/shared/lib/modules ?shared/lib/modules"
    );
    let resolved = walked(&guest, "/lib/firmware/intel").unwrap();
    assert_eq!(resolved.path, path("/usr/lib/firmware/intel"));
    assert_eq!(resolved.missing, [b"firmware".to_vec(), b"intel".to_vec()]);
    assert_eq!(resolved.base(), path("/usr/lib"));
    assert_eq!(resolved.dangling, None);
    assert!(matches!(
        resolved.existing(),
        Err(GuestError::NotFound(at)) if at == path("/usr/lib/firmware/intel")
    ));
}

#[test]
fn a_dangling_link_is_named() {
    let guest = merged()
        .link("/etc/mtab", "link")
        .link("/etc/link", "/shared/gone/");
    let resolved = walked(&guest, "/etc/mtab").unwrap();
    assert_eq!(resolved.path, path("/shared/gone"));
    assert_eq!(resolved.missing.len(), 2);
    assert_eq!(resolved.dangling, Some(path("/etc/link")));
    assert!(matches!(
        resolved.existing(),
        Err(GuestError::NotFound(at)) if at == path("/etc/link")
    ));
}

#[test]
fn what_is_missing_below_a_good_link_is_no_dangling_link() {
    assert_eq!(walked(&merged(), "/lib/none").unwrap().dangling, None);
}

#[test]
fn dot_dot_behind_a_missing_name_leads_nowhere() {
    let guest = merged().link("/x", "none/../etc/fstab");
    assert!(matches!(
        walked(&guest, "/x"),
        Err(GuestError::NotFound(at)) if at == path("/x")
    ));
}

#[test]
fn dot_dot_behind_a_file_leads_nowhere() {
    let guest = merged().link("/x", "etc/fstab/../fstab");
    assert!(matches!(
        walked(&guest, "/x"),
        Err(GuestError::NotADirectory(_))
    ));
}

#[test]
fn a_file_on_the_way_is_named() {
    let error = walked(&merged().link("/f", "etc/fstab"), "/f/a/b").unwrap_err();
    assert!(matches!(error, GuestError::NotADirectory(at) if at == path("/etc/fstab")));
}

#[test]
fn an_empty_target_is_not_found() {
    let guest = merged().link("/empty", "");
    for text in ["/empty", "/empty/below"] {
        assert!(matches!(
            walked(&guest, text),
            Err(GuestError::NotFound(at)) if at == path("/empty")
        ));
    }
}

#[test]
fn a_link_to_itself_is_a_loop() {
    let guest = merged()
        .link("/self", "self")
        .link("/a", "b")
        .link("/b", "/a")
        .link("/deeper", "deeper/deeper");
    for text in ["/self", "/self/x", "/a", "/deeper"] {
        let error = walked(&guest, text).unwrap_err();
        assert!(matches!(error, GuestError::LinkLoop(at) if at == path(text)));
    }
}

#[test]
fn forty_links_are_followed_and_forty_one_are_not() {
    let mut guest = MemoryGuest::new().file("/0", b"");
    for number in 1..=MAX_LINKS + 1 {
        guest = guest.link(&format!("/{number}"), (number - 1).to_string());
    }
    assert_eq!(leads(&guest, "/40"), "/0");
    assert!(matches!(
        walked(&guest, "/41"),
        Err(GuestError::LinkLoop(_))
    ));
}

#[test]
fn links_in_parents_and_at_the_end_count_together() {
    let guest = MemoryGuest::new().dir("/d").link("/d/up", "/d");
    let through = |links| format!("/d{}", "/up".repeat(links));
    assert_eq!(leads(&guest, &through(40)), "/d");
    assert!(matches!(
        walked(&guest, &through(41)),
        Err(GuestError::LinkLoop(_))
    ));
}

#[test]
fn work_is_bounded_whatever_the_links_say() {
    let long = "./".repeat(2000) + "l";
    let guest = MemoryGuest::new().link("/l", long);
    let mut guest_with_calls = guest.clone();
    let error = resolve(&mut guest_with_calls, &path("/l")).unwrap_err();
    assert!(matches!(error, GuestError::TooLong(_)));
    assert!(guest_with_calls.calls().len() < 100);
}

#[test]
fn a_name_or_path_longer_than_the_kernel_takes_is_told() {
    let deep = vec!["n".repeat(250); 9].join("/");
    let guest = MemoryGuest::new()
        .link("/name", "n".repeat(256))
        .link("/one", &deep)
        .link(&format!("/{deep}/two"), &deep);
    assert!(matches!(
        walked(&guest, "/name"),
        Err(GuestError::TooLong(_))
    ));
    assert!(walked(&guest, "/one").unwrap().exists());
    assert!(matches!(
        walked(&guest, "/one/two"),
        Err(GuestError::TooLong(_))
    ));
}

#[test]
fn a_nul_in_a_target_is_damage() {
    let guest = MemoryGuest::new().link("/nul", b"etc\0passwd");
    assert!(matches!(
        walked(&guest, "/nul"),
        Err(GuestError::Damaged { .. })
    ));
}

#[test]
fn special_files_are_told_and_not_opened() {
    let guest = MemoryGuest::new().fifo("/fifo").link("/etc/fstab", "/fifo");
    let resolved = walked(&guest, "/etc/fstab").unwrap();
    assert_eq!(resolved.kind(), Some(FileKind::Fifo));
}

#[test]
fn resolving_the_parent_keeps_the_last_link() {
    let mut guest = merged()
        .link("/usr/lib/link", "/etc")
        .link("/usr/lib/none", "nowhere");
    let resolved = resolve_parent(&mut guest, &path("/lib/link")).unwrap();
    assert_eq!(resolved.path, path("/usr/lib/link"));
    assert_eq!(resolved.kind(), Some(FileKind::Symlink));
    let resolved = resolve_parent(&mut guest, &path("/lib/none")).unwrap();
    assert_eq!(resolved.dangling, None);
    assert!(resolved.exists());
    let resolved = resolve_parent(&mut guest, &path("/lib/link/fstab")).unwrap();
    assert_eq!(resolved.path, path("/etc/fstab"));
    let resolved = resolve_parent(&mut guest, &path("/lib")).unwrap();
    assert_eq!(resolved.path, path("/lib"));
}

#[test]
fn a_resolved_path_resolves_to_itself_without_a_link() {
    let guest = merged();
    for text in ["/lib/modules/6.1.0", "/lib/none/at/all", "/etc/fstab"] {
        let once = walked(&guest, text).unwrap();
        let twice = walked(&guest, &once.path.to_string()).unwrap();
        assert_eq!(twice.path, once.path);
        assert!(twice.links.is_empty());
    }
}

#[test]
fn errors_of_the_disk_come_through() {
    let mut guest = merged();
    guest.fail_at(
        2,
        osgraft::guest::memory::Fault::Io(std::io::ErrorKind::Other),
    );
    let seam: &mut dyn Guest = &mut guest;
    assert!(matches!(
        resolve(seam, &path("/lib/modules")),
        Err(GuestError::Io { .. })
    ));
}

proptest! {
    #[test]
    fn whatever_the_links_say_the_answer_is_physical(
        targets in proptest::collection::vec("(/?(a|b|c|d|\\.|\\.\\.|x)/?){0,4}", 4),
        wanted in "/(a|b|c|d|x)(/(a|b|c|d|x)){0,4}",
    ) {
        let mut guest = MemoryGuest::new().dir("/d/a").dir("/a/d").file("/a/c", b"");
        for (at, target) in ["/b", "/d/b", "/d/a/c", "/a/b"].iter().zip(&targets) {
            guest = guest.link(at, target);
        }
        if let Ok(once) = walked(&guest, &wanted) {
            let mut at = once.base();
            loop {
                let here = guest.lstat(&at).unwrap();
                prop_assert_eq!(here.kind, FileKind::Directory);
                match at.parent() {
                    Some(parent) => at = parent,
                    None => break,
                }
            }
            prop_assert_ne!(once.kind(), Some(FileKind::Symlink));
            let twice = walked(&guest, &once.path.to_string()).unwrap();
            prop_assert_eq!(twice.path, once.path);
            prop_assert_eq!(twice.metadata, once.metadata);
        }
    }
}
