//! Blockers of preflight that the configuration allows.

use super::libvirt::Host;

const BLOCKED: &str = "share.options = \"ro,soft,nfsvers=4.1,x-systemd.automount\"\n";

#[test]
fn the_hook_goes_by_what_the_configuration_allows() {
    let Some(host) = Host::new() else { return };
    let before = host.disk();
    let configure = |allow: &str| {
        let preflight = format!("[preflight]\nallow = [{allow}]\n");
        let patterns = "[[hook.vm]]\nmatch = \"^web-\"\n";
        host.workshop
            .configure(&format!("{BLOCKED}{preflight}{patterns}"));
    };
    configure("");
    let start = || host.call("web-1", "prepare", &host.xml("web-1", ""));
    let refused = start();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains("x-systemd.automount"),
        "{refused:?}"
    );
    assert_eq!(host.disk(), before);

    configure("\"automount-boot-critical\"");
    host.ok("web-1", "prepare");
    assert_ne!(host.disk(), before);

    // What is allowed no more stops the next start, of a child that is prepared as well.
    configure("\"module-blocked\"");
    assert_eq!(start().code, Some(1));
}

#[test]
fn a_code_that_cannot_be_allowed_is_told_of_the_machines_that_take_part_alone() {
    let Some(host) = Host::new() else { return };
    host.workshop
        .configure("[preflight]\nallow = [\"windows\"]\n[[hook.vm]]\nmatch = \"^web-\"\n");
    let refused = host.call("web-1", "prepare", &host.xml("web-1", ""));
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains("“windows” cannot be allowed"),
        "{refused:?}"
    );
    let other = host.call("db-1", "prepare", &host.xml("db-1", ""));
    assert_eq!(other.code, Some(0), "{other:?}");
}
