//! Report of `inspect`.

use osgraft::guest::GuestFacts;
use osgraft::guest::facts::{CloudInit, FstabState, NfsClient};
use osgraft::path::printable;
use osgraft::prepare::Inspection;

use super::layout::{path, size};
use crate::style::Style;

/// Description of what an image holds.
pub(crate) fn inspection(found: &Inspection, style: &Style) -> String {
    let kind = match &found.master {
        Some(_) => "a child",
        None => "a master, nothing behind it",
    };
    let mut text = format!("{}: {kind}\n", style.strong(&path(&found.image)));
    let mut say = |name: &str, value: &str| text.push_str(&line(name, value));
    if let Some(master) = &found.master {
        let format = found.master_format.unwrap_or("format unknown");
        say("master", &format!("{} ({format})", path(master)));
    }
    let mut disk = format!("{}, {}", size(found.virtual_size), found.format);
    if let Some(cluster) = found.cluster_size {
        disk.push_str(&format!(", clusters of {}", size(cluster)));
    }
    say("disk", &disk);
    say("root", &found.root);
    facts(&found.facts, &mut say);
    match &found.receipt {
        Some(receipt) => say(
            "prepared",
            &format!(
                "{} at {} on {}{}",
                receipt.server,
                receipt.export,
                receipt.mount_point,
                match receipt.pin {
                    Some(_) => ", pinned",
                    None => "",
                }
            ),
        ),
        None if found.receipt_problem.is_some() => {}
        None => say("prepared", "no"),
    }
    if let Some(problem) = &found.receipt_problem {
        say("prepared", &problem.text);
    }
    for passed_over in &found.facts.unreadable {
        say("unreadable", &passed_over.to_string());
    }
    text
}

fn facts(facts: &GuestFacts, say: &mut impl FnMut(&str, &str)) {
    let unknown = || "unknown".to_owned();
    let os = facts.os.as_ref().map_or_else(unknown, |os| {
        let version = os.version_id.as_deref().unwrap_or("without version");
        match &os.pretty_name {
            Some(name) => format!("{} {version} ({name})", os.id),
            None => format!("{} {version}", os.id),
        }
    });
    say("os", &os);
    let machine = facts.machine.as_ref();
    say("machine", machine.map_or("unknown", |machine| machine.name));
    for kernel in &facts.kernels {
        let has = match (&kernel.in_boot, &kernel.modules) {
            (Some(_), Some(_)) => "",
            (None, _) => ", not in /boot",
            (_, None) => ", without modules",
        };
        say("kernel", &format!("{}{has}", kernel.version));
    }
    let yes_no = |yes| if yes { "yes" } else { "no" };
    say("merged /usr", yes_no(facts.merged_usr));
    say("init", facts.init.map_or("unknown", |init| init.as_str()));
    say("nfs client", &nfs_client(&facts.nfs_client));
    if let Some(mode) = facts.selinux {
        say("selinux", &format!("{mode:?}").to_lowercase());
    }
    say("fstab", &fstab(&facts.fstab));
    match facts.cloud_init {
        CloudInit::Present => say("cloud-init", "present"),
        CloudInit::Disabled => say("cloud-init", "disabled"),
        _ => {}
    }
    if facts.looks_like_windows {
        say("windows", "looks like it");
    }
}

fn nfs_client(client: &NfsClient) -> String {
    match client {
        NfsClient::Present { path } => path.to_string(),
        NfsClient::Maybe { path } => format!("perhaps {path}"),
        _ => "missing".into(),
    }
}

fn fstab(state: &FstabState) -> String {
    match state {
        FstabState::Missing => "missing".into(),
        FstabState::Regular { path, size } => format!("{path}, {size} bytes"),
        FstabState::Link { path, size } => format!("a link to {path}, {size} bytes"),
        FstabState::Dangling { path } => format!("a link to {path}, which does not exist"),
        FstabState::Other { path, kind } => format!("{path} is a {kind}"),
        _ => "unreadable".into(),
    }
}

fn line(name: &str, value: &str) -> String {
    format!("  {name:<11} {}\n", printable(value))
}
