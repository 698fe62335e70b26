use super::*;

const ON: &str = "APT::Periodic::Unattended-Upgrade \"1\";\n";
const AUTO: &str = "/etc/apt/apt.conf.d/20auto-upgrades";

fn on() -> MemoryGuest {
    debian().file(AUTO, ON)
}

fn is_told() -> Found {
    told("unattended-upgrades")
}

#[test]
fn unattended_upgrades_are_judged_by_their_value() {
    assert_eq!(found(on()), is_told());
    let other = debian().file(
        "/etc/apt/apt.conf.d/99local",
        "APT { Periodic { Unattended-Upgrade \"7\"; }; };",
    );
    assert_eq!(found(other), is_told());
    let main = debian()
        .dir("/etc/apt/apt.conf.d")
        .file("/etc/apt/apt.conf", ON);
    assert_eq!(found(main), is_told());
    for guest in [
        debian().file(AUTO, "APT::Periodic::Unattended-Upgrade \"0\";\n"),
        debian().file(AUTO, "APT::Periodic::Update-Package-Lists \"1\";\n"),
        debian().file(AUTO, format!("// {ON}")),
        on().file(
            "/etc/apt/apt.conf.d/99off",
            "APT::Periodic::Unattended-Upgrade \"0\";\n",
        ),
        on().file(
            "/etc/apt/apt.conf.d/99off",
            "APT::Periodic::Enable \"0\";\n",
        ),
        on().file(
            "/etc/apt/apt.conf",
            "APT::Periodic::Unattended-Upgrade \"0\";\n",
        ),
        debian().file("/etc/apt/apt.conf.d/20auto-upgrades.ucf-dist", ON),
        debian().fifo(AUTO),
    ] {
        assert_eq!(found(guest), nothing());
    }
    // A file before it does not turn it off.
    let early = on().file(
        "/etc/apt/apt.conf.d/10off",
        "APT::Periodic::Unattended-Upgrade \"0\";\n",
    );
    assert_eq!(found(early), is_told());
    let other = Share::at("/shared").unwrap();
    assert_eq!(
        found_for(on(), other).0,
        nothing(),
        "no link is on the modules"
    );
}

#[test]
fn kernels_that_are_held_or_excluded_are_not_upgraded() {
    let blacklist = |pattern: &str| {
        let list = format!("Unattended-Upgrade::Package-Blacklist {{\n  \"{pattern}\";\n}};\n");
        on().file("/etc/apt/apt.conf.d/50unattended-upgrades", list)
    };
    for pattern in ["linux-", "linux-image-.*", "linux-image-amd64"] {
        assert_eq!(found(blacklist(pattern)), nothing(), "{pattern}");
    }
    for pattern in ["libc6", "linux-headers", "// linux-"] {
        assert_eq!(found(blacklist(pattern)), is_told(), "{pattern}");
    }
    let status = |state: &str| {
        let text = format!("Package: linux-image-amd64\nStatus: {state} ok installed\n\n");
        on().file("/var/lib/dpkg/status", text)
    };
    assert_eq!(found(status("hold")), nothing());
    assert_eq!(found(status("install")), is_told());
}

#[test]
fn a_timer_that_is_masked_or_disabled_upgrades_nothing() {
    let timer = "apt-daily-upgrade.timer";
    let own = format!("/etc/systemd/system/{timer}");
    let vendor = format!("/usr/lib/systemd/system/{timer}");
    let wants = format!("/etc/systemd/system/timers.target.wants/{timer}");
    assert_eq!(found(on().link(&own, "/dev/null")), nothing());
    let service = "/etc/systemd/system/apt-daily-upgrade.service";
    assert_eq!(found(on().link(service, "/dev/null")), nothing());
    let disabled = || on().file(&vendor, "[Timer]\n");
    assert_eq!(found(disabled()), nothing());
    assert_eq!(found(disabled().link(&wants, &vendor)), is_told());
}

#[test]
fn dnf_automatic_is_judged_by_its_timer_and_its_settings() {
    let timer = |name: &str| {
        let link = format!("/etc/systemd/system/timers.target.wants/{name}");
        debian().link(&link, format!("/usr/lib/systemd/system/{name}"))
    };
    let conf = |guest: MemoryGuest, text: &str| guest.file("/etc/dnf/automatic.conf", text);
    let apply = "[commands]\napply_updates = yes\n";
    for guest in [
        timer("dnf-automatic-install.timer"),
        conf(timer("dnf-automatic.timer"), apply),
        conf(
            timer("dnf5-automatic.timer"),
            "[commands]\napply_updates=True\n",
        ),
    ] {
        assert_eq!(found(guest), is_told());
    }
    let install = || timer("dnf-automatic-install.timer");
    for guest in [
        timer("dnf-automatic.timer"),
        timer("dnf-automatic-download.timer"),
        timer("dnf-makecache.timer"),
        conf(
            timer("dnf-automatic.timer"),
            "[commands]\napply_updates = no\n",
        ),
        conf(
            timer("dnf-automatic.timer"),
            "[commands]\n# apply_updates = yes\n",
        ),
        install().link(
            "/etc/systemd/system/dnf-automatic-install.timer",
            "/dev/null",
        ),
        install().file("/etc/dnf/dnf.conf", "[main]\nexcludepkgs=kernel*\n"),
        install().file("/etc/dnf/dnf.conf", "[main]\nexclude=glibc, kernel*\n"),
        conf(install(), "[base]\nexclude = kernel*\n"),
    ] {
        assert_eq!(found(guest), nothing());
    }
}

#[test]
fn yum_cron_and_zyppers_timers_are_known_too() {
    let cron = |apply: &str| {
        debian()
            .link(
                "/etc/systemd/system/multi-user.target.wants/yum-cron.service",
                "/usr/lib/systemd/system/yum-cron.service",
            )
            .file(
                "/etc/yum/yum-cron.conf",
                format!("[commands]\napply_updates = {apply}\n"),
            )
    };
    assert_eq!(found(cron("yes")), is_told());
    assert_eq!(found(cron("no")), nothing());
    assert_eq!(
        found(cron("yes").file("/etc/yum.conf", "[main]\nexclude=kernel*\n")),
        nothing()
    );
    let os_update = || {
        debian().link(
            "/etc/systemd/system/timers.target.wants/os-update.timer",
            "/usr/lib/systemd/system/os-update.timer",
        )
    };
    assert_eq!(found(os_update()), is_told());
    let locked = os_update().file(
        "/etc/zypp/locks",
        "type: package\nsolvable_name: kernel-default\n",
    );
    assert_eq!(found(locked), nothing());
}
