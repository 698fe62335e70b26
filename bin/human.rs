//! Reports as a person reads them: what came of it first, then why, then what to know.

mod facts;
mod layout;

use std::path::Path;

use osgraft::image::Recovered;
use osgraft::path::printable;
use osgraft::prepare::{Finding, Outcome, Report, Verification};

use osgraft::share::boot::{Origin, Pointed};

use crate::style::Style;

pub(crate) use facts::inspection;
pub(crate) use layout::{path, size, table};

/// Report of `prepare` or `plan`.
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

/// The kernel that a machine boots at its next start.
pub(crate) fn boots(pointed: &Pointed) -> String {
    let Origin {
        kernel, release, ..
    } = &pointed.origin;
    let text = format!(
        "{kernel} of release {release}, at {}",
        path(&pointed.vmlinuz)
    );
    line("kernel", &printable(&text))
}

/// Report of `revert`.
pub(crate) fn reverted(report: &Report, style: &Style) -> String {
    let outcome = match report.outcome {
        Outcome::Unchanged => style.careful("unchanged"),
        _ => style.good("reverted"),
    };
    headline(&report.child, &outcome, style) + &body(report, style)
}

/// Part that the reports of every kind of edit share.
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

/// Findings, each with its weight and its code.
pub(crate) fn findings(findings: &[Finding], style: &Style) -> String {
    let mut text = String::new();
    for told in findings {
        let word = told.severity.as_str();
        text.push_str(&finding(&style.careful(word), word.len(), told));
    }
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

/// Report of `verify`.
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

/// Report of `recover`.
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

/// Report of `man`.
pub(crate) fn manual(folder: &Path, style: &Style) -> String {
    headline(folder, "manual pages written", style)
}

fn headline(file: &Path, outcome: &str, style: &Style) -> String {
    format!("{}: {outcome}\n", style.strong(&path(file)))
}

/// One fact, in the columns that edits are shown in.
fn line(name: &str, value: &str) -> String {
    format!("  {name:<7} {}\n", printable(value))
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
