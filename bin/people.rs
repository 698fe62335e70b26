//! Reports as a person reads them: what came of it first, then why, then what to know.

use std::fmt::Display;
use std::path::Path;

use osgraft::guest::GuestFacts;
use osgraft::guest::facts::{CloudInit, FstabState, NfsClient};
use osgraft::image::Recovered;
use osgraft::prepare::{Finding, Inspection, Outcome, Report, Verification};

use crate::output::printable;

/// How people's text looks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    pub(crate) colour: bool,
    pub(crate) verbose: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        match self.colour {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    pub(crate) fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(crate) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    pub(crate) fn careful(self, text: &str) -> String {
        self.paint("33", text)
    }
}

/// What `prepare` or `plan` did or would do.
pub(crate) fn report(report: &Report, style: &Style) -> String {
    let outcome = match report.outcome {
        Outcome::Changed => style.good("prepared"),
        Outcome::Planned => style.careful("would change"),
        _ => style.good("unchanged"),
    };
    let mut text = headline(&report.child, &outcome, style);
    if let Some(server) = &report.server {
        let served = format!("{} at {}: {}", server.name, server.export, server.reason);
        text.push_str(&line("server", &served));
    }
    text + &body(report, style)
}

/// What `revert` did.
pub(crate) fn reverted(report: &Report, style: &Style) -> String {
    let outcome = match report.outcome {
        Outcome::Unchanged => style.careful("unchanged"),
        _ => style.good("reverted"),
    };
    headline(&report.child, &outcome, style) + &body(report, style)
}

/// What the reports of every kind of edit share.
fn body(report: &Report, style: &Style) -> String {
    let mut text = String::new();
    if style.verbose {
        text.push_str(&line("master", &path(&report.master)));
        let editor = format!("{}, {}", report.editor.name, report.editor.reason);
        text.push_str(&line("editor", &editor));
    }
    match report.recovered {
        Recovered::Nothing => {}
        found => text.push_str(&line("recover", recovery(found))),
    }
    for edit in &report.edits {
        text.push_str(&format!("  {edit}\n"));
    }
    for kept in &report.kept {
        text.push_str(&finding(&style.careful("kept"), 4, kept));
    }
    for warning in &report.warnings {
        text.push_str(&finding(&style.careful("warning"), 7, warning));
    }
    let total: f64 = report.timings_ms.values().sum();
    let mut spent = format!("{total:.1} ms");
    if report.redo_bytes > 0 && report.outcome != Outcome::Planned {
        spent.push_str(&format!(", {} written", size(report.redo_bytes)));
    }
    if style.verbose {
        let steps: Vec<String> = report
            .timings_ms
            .iter()
            .map(|(step, ms)| format!("{step} {ms:.1}"))
            .collect();
        spent.push_str(&format!(" ({})", steps.join(", ")));
    }
    text.push_str(&format!("  {}\n", style.faint(&spent)));
    text
}

/// A unified diff.
pub(crate) fn diff(diff: &str, style: &Style) -> String {
    let mut text = String::new();
    for line in diff.split_inclusive('\n') {
        let (body, end) = match line.strip_suffix('\n') {
            Some(body) => (body, "\n"),
            None => (line, ""),
        };
        let body = match body.as_bytes().first() {
            _ if body.starts_with("---") || body.starts_with("+++") => style.strong(body),
            Some(b'+') => style.good(body),
            Some(b'-') => style.bad(body),
            Some(b'@' | b'#') => style.faint(body),
            _ => body.to_owned(),
        };
        text.push_str(&body);
        text.push_str(end);
    }
    text
}

/// What `verify` found.
pub(crate) fn verification(found: &Verification, style: &Style) -> String {
    let outcome = match found.intact {
        true => style.good("intact"),
        false => style.bad("differs"),
    };
    let mut text = headline(&found.child, &outcome, style);
    if let Some(server) = &found.server {
        text.push_str(&line("server", server));
    }
    for difference in &found.differences {
        text.push_str(&finding(&style.bad("differs"), 7, difference));
    }
    text
}

/// What `recover` found.
pub(crate) fn recovered(child: &Path, recovered: Recovered, style: &Style) -> String {
    headline(child, recovery(recovered), style)
}

fn recovery(recovered: Recovered) -> &'static str {
    match recovered {
        Recovered::Dropped => "an interrupted edit was dropped; the disk is as it was before it",
        Recovered::Finished => "an interrupted edit was finished",
        _ => "nothing to recover",
    }
}

/// A child that `clone` made.
pub(crate) fn cloned(child: &Path, master: &Path, style: &Style) -> String {
    let outcome = format!("{}, an overlay on {}", style.good("created"), path(master));
    headline(child, &outcome, style)
}

/// Where the manual pages went.
pub(crate) fn manual(folder: &Path, style: &Style) -> String {
    headline(folder, "manual pages written", style)
}

/// What an image holds.
pub(crate) fn inspection(found: &Inspection, style: &Style) -> String {
    let kind = match &found.master {
        Some(_) => "a child",
        None => "a master, nothing behind it",
    };
    let mut text = headline(&found.image, kind, style);
    let mut say = |name: &str, value: &str| text.push_str(&wide_line(name, value));
    if let Some(master) = &found.master {
        say("master", &path(master));
    }
    let clusters = size(found.cluster_size);
    say(
        "disk",
        &format!("{}, clusters of {clusters}", size(found.virtual_size)),
    );
    say("root", &found.root);
    facts(&found.facts, &mut say);
    match &found.receipt {
        Some(receipt) => say(
            "prepared",
            &format!(
                "{} at {} on {}",
                receipt.server, receipt.export, receipt.mount_point
            ),
        ),
        None => say("prepared", "no"),
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

fn headline(file: &Path, outcome: &str, style: &Style) -> String {
    format!("{}: {outcome}\n", style.strong(&path(file)))
}

/// One fact, in the columns that edits are shown in.
pub(crate) fn line(name: &str, value: &str) -> String {
    format!("  {name:<7} {}\n", printable(value))
}

fn wide_line(name: &str, value: &str) -> String {
    format!("  {name:<11} {}\n", printable(value))
}

/// `width` is that of the label without its colour.
fn finding(label: &str, width: usize, finding: &Finding) -> String {
    let gap = " ".repeat(8_usize.saturating_sub(width));
    format!(
        "  {label}{gap}{}: {}\n",
        finding.code,
        printable(&finding.text)
    )
}

/// A host's path for a person.
pub(crate) fn path(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// Bytes in the largest unit that shows them whole, or nearly so.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(value.fract() != 0.0);
    format!("{value:.digits$} {}", UNITS[unit])
}

/// Rows under their heads, each column as wide as its widest cell; no blank at a line's end.
pub(crate) fn table<const N: usize>(
    heads: [&str; N],
    rows: &[[String; N]],
    style: &Style,
) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heads[column].len()]).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let laid = |cells: [&dyn Display; N]| {
        let cells = cells.iter().zip(widths);
        let row: Vec<String> = cells
            .map(|(cell, width)| format!("{:<width$}", cell.to_string()))
            .collect();
        row.join("  ").trim_end().to_owned()
    };
    let head = laid(std::array::from_fn(|i| &heads[i] as &dyn Display));
    let mut text = format!("{}\n", style.strong(&head));
    for row in rows {
        text.push_str(&laid(std::array::from_fn(|i| &row[i] as &dyn Display)));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_show_no_more_digits_than_they_have() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(65536), "64 KiB");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(10 << 30), "10 GiB");
    }

    #[test]
    fn a_table_is_aligned_and_ends_its_lines_at_the_last_cell() {
        let rows = [["a".into(), "bb".into()], ["cccc".into(), String::new()]];
        assert_eq!(
            table(["X", "Y"], &rows, &Style::default()),
            "X     Y\na     bb\ncccc\n"
        );
    }
}
