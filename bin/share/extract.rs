//! `share extract`.

use osgraft::codes::Allowed;
use osgraft::image::Child;
use osgraft::path::printable;
use osgraft::share::ShareError;
use osgraft::share::extract::{BootWish, Extractor, Outcome, Report, Tally};
use osgraft::share::release::ReleaseName;

use crate::args::ExtractArgs;
use crate::exit::{Code, Failure};
use crate::human;
use crate::output::Output;
use crate::setup::Setup;
use crate::style::Style;

pub(crate) fn run(args: &ExtractArgs, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let allowed = Allowed::of(&args.allow)?;
    let release: ReleaseName = args.release.parse().map_err(ShareError::from)?;
    let mut extractor = Extractor::new(&args.out)
        .allow(&allowed)
        .limits(args.limits())
        .boot(match (args.boot, args.no_boot) {
            (true, _) => BootWish::Required,
            (_, true) => BootWish::None,
            _ => BootWish::Found,
        });
    for component in &args.component {
        extractor = extractor.component(component.parse().map_err(ShareError::from)?);
    }
    let master = Child::open(&args.original, setup.masters()?)?.or_master();
    let extractor = extractor.editor(setup.editor_ahead().clone());
    let report = extractor.extract(&master, &release)?;
    out.done(&report, |style| shown(&report, style));
    Ok(Code::Done)
}

fn shown(report: &Report, style: &Style) -> String {
    let (head, from) = (&report.head, &report.head.made_from);
    let outcome = match report.outcome {
        Outcome::Unchanged => "unchanged: the release is there, with the same files".to_owned(),
        _ => style.good("extracted"),
    };
    let mut text = format!("{}: {outcome}\n", style.strong(&human::path(&report.path)));
    let os: Vec<&str> = [&from.os, &from.version, &from.arch]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let kernels: Vec<&str> = from.kernels.iter().map(|it| it.version.as_str()).collect();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("  {name:<8} {}\n", printable(&value)));
        }
    };
    line("os", os.join(" "));
    line("kernels", kernels.join(" "));
    let size = human::size(head.bytes);
    line("files", format!("{}, {size}", head.files));
    line("digest", head.digest.to_string());
    let tallies = [
        ("copied", report.copied),
        ("linked", report.linked),
        ("cloned", report.cloned),
    ];
    for (name, Tally { files, bytes }) in tallies {
        if files > 0 {
            line(name, format!("{files} files, {}", human::size(bytes)));
        }
    }
    if style.verbose {
        line("editor", format!("{}, {}", report.editor, report.reason));
    }
    text + &human::findings(&report.warnings, style)
}
