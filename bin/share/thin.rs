//! `share thin`.

use osgraft::share::ShareError;
use osgraft::share::thin::{ThinReport, Thinner};

use crate::args::ThinArgs;
use crate::exit::{Code, Failure};
use crate::human::{self, size};
use crate::output::Output;
use crate::setup::Setup;
use crate::style::Style;

pub(crate) fn run(args: &ThinArgs, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let thinner = Thinner::new(args.thinning())
        .format(args.format())
        .masters(setup.masters()?)
        .editor(setup.editor_ahead().clone());
    let report = thinner.thin(&args.original, &args.out);
    let report = report.map_err(ShareError::from)?;
    out.done(&report, |style| shown(&report, style));
    Ok(Code::Done)
}

fn shown(report: &ThinReport, style: &Style) -> String {
    let mut text = format!(
        "{}: {}: {} on the disk, where a full copy takes {}\n",
        style.strong(&human::path(&report.out)),
        style.good("thinned"),
        size(report.after),
        size(report.whole),
    );
    text.push_str(&format!(
        "  master   {}, {}\n",
        human::path(&report.master),
        size(report.before)
    ));
    text.push_str(&format!("  editor   {}\n", report.editor));
    for tree in &report.thinned.trees {
        text.push_str(&format!(
            "  kernel   {}: {} modules kept, {} removed ({})\n",
            tree.kernel,
            tree.kept.len(),
            tree.removed,
            size(tree.removed_bytes)
        ));
    }
    for guard in &report.thinned.guards {
        text.push_str(&format!("  guard    {guard}\n"));
    }
    text + &human::findings(&report.thinned.warnings, style)
}
