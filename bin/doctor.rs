//! `doctor`.

use serde::Serialize;

use osgraft::doctor::{Checkup, Verdict};

use crate::args::DoctorArgs;
use crate::exit::{Code, Failure};
use crate::human;
use crate::output::Output;
use crate::setup::Setup;
use crate::style::Style;

/// A checkup with what it comes to.
#[derive(Serialize)]
struct Told<'a> {
    healthy: bool,
    #[serde(flatten)]
    checkup: &'a Checkup,
}

pub(crate) fn doctor(args: &DoctorArgs, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let mut doctor = setup.doctor(args.folder.as_deref());
    if args.deep {
        doctor = doctor.deep();
    }
    let checkup = doctor.examine();
    let told = Told {
        healthy: checkup.is_healthy(),
        checkup: &checkup,
    };
    out.show(&told, |style| report(&checkup, style));
    Ok(match told.healthy {
        true => Code::Done,
        false => Code::Host,
    })
}

fn report(checkup: &Checkup, style: &Style) -> String {
    let widest = checkup.checks.iter().map(|check| check.code.len()).max();
    let width = widest.unwrap_or_default();
    let mut text = String::new();
    for check in &checkup.checks {
        let label = format!("{:<11}", check.verdict);
        let label = match check.verdict {
            Verdict::Ok => style.good(&label),
            Verdict::Warning => style.careful(&label),
            Verdict::Bad => style.bad(&label),
            _ => style.faint(&label),
        };
        text.push_str(&format!(
            "{label}  {:<width$}  {}\n",
            check.code, check.found
        ));
        if let Some(remedy) = &check.remedy {
            let gap = " ".repeat(11 + 2 + width + 2);
            text.push_str(&format!("{gap}fix: {remedy}\n"));
        }
    }
    let count = |verdict| {
        checkup
            .checks
            .iter()
            .filter(|c| c.verdict == verdict)
            .count()
    };
    let folder = style.strong(&human::path(&checkup.folder));
    let outcome = match checkup.is_healthy() {
        true => style.good("healthy"),
        false => style.bad(&format!("{} bad", count(Verdict::Bad))),
    };
    let warnings = match count(Verdict::Warning) {
        0 => String::new(),
        1 => ", 1 warning".to_owned(),
        many => format!(", {many} warnings"),
    };
    text.push_str(&format!("{folder}: {outcome}{warnings}\n"));
    text
}
