//! `share savings`.

use osgraft::share::ShareError;
use osgraft::share::savings::{Files, Measured, Savings};

use super::chart;
use crate::args::SavingsArgs;
use crate::exit::{Code, Failure};
use crate::human::{size, table};
use crate::output::Output;
use crate::style::Style;

pub(crate) fn run(args: &SavingsArgs, out: &mut Output) -> Result<Code, Failure> {
    let files = Files {
        master: args.original.clone(),
        thin: args.thin.clone(),
        children: args.child.clone(),
        release: args.release.clone(),
        image: args.image.clone(),
        after_update: args.after_update.clone(),
        compress: args.compressed,
    };
    let measured = Measured::of(&files).map_err(ShareError::from)?;
    let savings = Savings::of(measured, args.children);
    if let Some(path) = &args.svg {
        chart::draw(&savings, path)?;
    }
    out.show(&savings, |style| shown(&savings, style));
    Ok(Code::Done)
}

fn shown(savings: &Savings, style: &Style) -> String {
    let rows: Vec<[String; 6]> = savings
        .ways
        .iter()
        .map(|way| {
            [
                way.way.as_str().to_owned(),
                size(way.shared),
                size(way.each),
                size(way.total),
                way.after_update.map_or("-".to_owned(), size),
                format!("{:.1}", savings.ratio(way)),
            ]
        })
        .collect();
    let children = format!("{} CHILDREN", savings.children);
    let head = [
        "WAY",
        "SHARED",
        "EACH",
        &children,
        "AFTER AN UPDATE",
        "TIMES LESS",
    ];
    table(head, &rows, style)
}
