//! What is done to disks: `prepare`, `plan`, `verify`, `revert`, `recover`, `inspect`.

use std::path::{Path, PathBuf};
use std::slice;

use osgraft::image::{Child, Recovered};
use osgraft::prepare::{self, Edit, Outcome, RECEIPT_FOLDER, RECEIPT_NAME, Report};
use serde::Serialize;

use crate::args::{PlanArgs, PrepareArgs};
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::people;
use crate::setup::Setup;

pub(crate) fn prepare(
    args: &PrepareArgs,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    let preparer = setup.preparer(&args.wish)?;
    let masters = setup.masters()?;
    each(&args.children, out, |path, out| {
        let child = Child::open(path, masters.clone())?;
        if args.dry_run {
            show_plan(&preparer.plan(&child)?, out);
        } else {
            let report = preparer.prepare(&child)?;
            out.done(&report, |style| people::report(&report, style));
        }
        Ok(Code::Done)
    })
}

pub(crate) fn plan(args: &PlanArgs, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let preparer = setup.preparer(&args.wish)?;
    let masters = setup.masters()?;
    each(slice::from_ref(&args.child), out, |path, out| {
        show_plan(&preparer.plan(&Child::open(path, masters.clone())?)?, out);
        Ok(Code::Done)
    })
}

/// A report with what would change in the guest's texts.
#[derive(Serialize)]
struct Plan<'a> {
    #[serde(flatten)]
    report: &'a Report,
    diff: &'a str,
}

fn show_plan(report: &Report, out: &mut Output) {
    let diff = prepare::diff(&report.edits);
    let plan = Plan {
        report,
        diff: &diff,
    };
    out.show(&plan, |style| {
        let mut text = people::report(report, style);
        if report.outcome == Outcome::Planned {
            text.push('\n');
            // The steps are listed above, and the receipt is osgraft's own.
            let shown = if style.verbose {
                diff.clone()
            } else {
                prepare::diff(&guest_texts(&report.edits))
            };
            text.push_str(&people::diff(&shown, style));
        }
        text
    });
}

/// The edits of files that are the guest's own.
fn guest_texts(edits: &[Edit]) -> Vec<Edit> {
    let receipt = format!("{RECEIPT_FOLDER}/{RECEIPT_NAME}");
    let texts = edits.iter().filter(|edit| match edit {
        Edit::Write { path, .. } => path.to_string() != receipt,
        _ => false,
    });
    texts.cloned().collect()
}

pub(crate) fn verify(child: &PathBuf, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let share = setup.stated_share()?;
    let masters = setup.masters()?;
    each(slice::from_ref(child), out, |path, out| {
        let child = Child::open(path, masters.clone())?;
        let found = prepare::verify_with(&child, share.as_ref(), setup.editor())?;
        out.done(&found, |style| people::verification(&found, style));
        Ok(match found.intact {
            true => Code::Done,
            false => Code::Differs,
        })
    })
}

pub(crate) fn revert(
    children: &[PathBuf],
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    let masters = setup.masters()?;
    each(children, out, |path, out| {
        let child = Child::open(path, masters.clone())?;
        let report = prepare::revert_with(&child, setup.editor())?;
        out.done(&report, |style| people::reverted(&report, style));
        Ok(Code::Done)
    })
}

/// What `recover` found.
#[derive(Serialize)]
struct Recovery {
    child: String,
    recovered: Recovered,
}

pub(crate) fn recover(child: &PathBuf, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let masters = setup.masters()?;
    each(slice::from_ref(child), out, |path, out| {
        let recovered = Child::open(path, masters.clone())?.recover()?;
        let recovery = Recovery {
            child: path.to_string_lossy().into_owned(),
            recovered,
        };
        out.done(&recovery, |style| people::recovered(path, recovered, style));
        Ok(Code::Done)
    })
}

pub(crate) fn inspect(image: &PathBuf, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let masters = setup.masters()?;
    each(slice::from_ref(image), out, |path, out| {
        let image = Child::open(path, masters.clone())?.or_master();
        let found = prepare::inspect_with(&image, setup.editor())?;
        out.show(&found, |style| people::inspection(&found, style));
        Ok(Code::Done)
    })
}

/// Does something to each child. One that fails is told in its place, and the others go on.
pub(crate) fn each(
    children: &[PathBuf],
    out: &mut Output,
    work: impl Fn(&Path, &mut Output) -> Result<Code, Failure>,
) -> Result<Code, Failure> {
    let mut code = Code::Done;
    for (number, child) in children.iter().enumerate() {
        out.progress(number + 1, children.len(), child);
        let ended = work(child, out).unwrap_or_else(|failure| out.child_failure(child, &failure));
        code = code.or(ended);
    }
    Ok(code)
}
