//! Commands on disks: `prepare`, `plan`, `verify`, `revert`, `recover`, `inspect`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use osgraft::image::{Child, Recovered};
use osgraft::path::{GuestPath, printable};
use osgraft::pool::Hold;
use osgraft::prepare::{
    self, Edit, Inspector, Outcome, RECEIPT_FOLDER, Report, Reverter, Verifier, batch, known_by,
};
use osgraft::share::boot::Pointed;
use serde::Serialize;

use crate::args::{PlanArgs, PrepareArgs};
use crate::exit::{Code, Failure, Usage};
use crate::human;
use crate::known_hosts::Keys;
use crate::output::Output;
use crate::setup::Setup;
use crate::wanted::{Series, Wanted};

pub(crate) fn prepare(
    args: &PrepareArgs,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    let preparer = setup.preparer(&args.wish)?;
    let masters = setup.masters()?;
    let table = args.table.table.as_deref();
    let wanted = Wanted::new(&args.children, table, &args.wish, Series::default(), setup)?;
    let boots = setup.boots(&args.wish)?;
    if let (Some(machine), [_, _, ..]) = (&args.wish.boot, &wanted.files()[..]) {
        return Err(Usage::BootOfMany(printable(machine)).into());
    }
    let keys = Keys::new(&args.known_hosts, &wanted)?;
    let children = wanted.files();
    let work = |number: usize, path: &Path| {
        let child = Child::open(path, masters.clone())?.even_if_it_backs_others(args.force);
        if let Some(boots) = &boots {
            boots.require_name_of_disk(args.wish.boot.as_deref(), path)?;
        }
        let asked = wanted.request(number, child, args.dry_run)?;
        let mut report = match args.dry_run {
            true => preparer.plan_one(&asked.request)?,
            false => preparer.prepare_one(&asked.request)?,
        };
        asked.hold.map_or(Ok(()), Hold::keep)?;
        let boot = match &boots {
            Some(boots) if !args.dry_run => {
                Some(boots.point_of_disk(args.wish.boot.as_deref(), &report)?)
            }
            _ => None,
        };
        let told = keys.put(&asked.names, &mut report);
        Ok((report, boot, told))
    };
    Ok(each(
        &children,
        args.jobs.number(children.len()),
        out,
        work,
        |path, (report, boot, told), out| {
            match args.dry_run {
                true => show_plan(&report, out),
                false => {
                    let done = Prepared {
                        report: &report,
                        boot: boot.as_ref(),
                    };
                    out.done(&done, |style| {
                        human::report(&report, style)
                            + &boot.as_ref().map(human::boots).unwrap_or_default()
                    });
                }
            }
            // It is prepared all the same.
            told.map_or_else(
                |failure| out.complain(Some(path), &failure),
                |()| Code::Done,
            )
        },
    ))
}

/// A report, and the kernel that the machine boots.
#[derive(Serialize)]
struct Prepared<'a> {
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    boot: Option<&'a Pointed>,
}

pub(crate) fn plan(args: &PlanArgs, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let preparer = setup.preparer(&args.wish)?;
    let masters = setup.masters()?;
    let files = [args.child.clone()];
    let wanted = Wanted::new(&files, None, &args.wish, Series::default(), setup)?;
    let work = |path: &Path| {
        let child = Child::open(path, masters.clone())?;
        let asked = wanted.request(0, child, true)?;
        Ok(preparer.plan_one(&asked.request)?)
    };
    Ok(one(&args.child, out, work, |_, report, out| {
        show_plan(&report, out);
        Code::Done
    }))
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
        let mut text = human::report(report, style);
        if report.outcome == Outcome::Planned {
            text.push('\n');
            // The steps are listed above, and the receipt is osgraft's own.
            let shown = if style.verbose {
                diff.clone()
            } else {
                prepare::diff(&guest_texts(&report.edits))
            };
            text.push_str(&human::diff(&shown, style));
        }
        text
    });
}

/// The edits of files that are the guest's own, but for secrets.
fn guest_texts(edits: &[Edit]) -> Vec<Edit> {
    let folder: GuestPath = RECEIPT_FOLDER.parse().expect("a literal guest path");
    let texts = edits.iter().filter(|edit| match edit {
        Edit::Write { path, content, .. } => !content.is_secret() && !path.starts_with(&folder),
        _ => false,
    });
    texts.cloned().collect()
}

pub(crate) fn verify(child: &Path, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let mut verifier = Verifier::new().editor(setup.editor_ahead().clone());
    if let Some(share) = setup.stated_share()? {
        verifier = verifier.share(share);
    }
    let masters = setup.masters()?;
    let work = |path: &Path| Ok(verifier.verify(&Child::open(path, masters.clone())?)?);
    Ok(one(child, out, work, |_, found, out| {
        out.done(&found, |style| human::verification(&found, style));
        match found.intact {
            true => Code::Done,
            false => Code::Differs,
        }
    }))
}

pub(crate) fn revert(
    children: &[PathBuf],
    force: bool,
    identity: Option<&str>,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    if identity.is_some() && children.len() > 1 {
        return Err(Usage::OneChild("--identity".into()).into());
    }
    let pools = setup.reservations()?;
    let masters = setup.masters()?;
    let mut reverter = Reverter::new().force(force).memory(setup.memory_check()?);
    if let Some(share) = setup.stated_share()? {
        reverter = reverter.share(share);
    }
    let work = |_: usize, path: &Path| {
        let child = Child::open(path, masters.clone())?.even_if_it_backs_others(force);
        let reverter = reverter.clone().editor(setup.editor_ahead().clone());
        let report = reverter.revert(&child)?;
        let name = identity.map_or_else(|| known_by(path), str::to_owned);
        let released = pools.as_ref().map(|pools| pools.release(&name));
        Ok((report, released))
    };
    Ok(each(
        children,
        NonZeroUsize::MIN,
        out,
        work,
        |path, (report, released), out| {
            out.done(&report, |style| human::reverted(&report, style));
            // Its graft is taken back all the same.
            match released {
                Some(Err(error)) => out.complain(Some(path), &error.into()),
                _ => Code::Done,
            }
        },
    ))
}

/// Report of `recover`.
#[derive(Serialize)]
struct Recovery {
    child: String,
    recovered: Recovered,
}

pub(crate) fn recover(child: &Path, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let masters = setup.masters()?;
    let work = |path: &Path| {
        let child = Child::open(path, masters.clone())?;
        Ok(osgraft::editor::recover(&child, setup.editor())?)
    };
    Ok(one(child, out, work, |path, recovered, out| {
        let recovery = Recovery {
            child: path.to_string_lossy().into_owned(),
            recovered,
        };
        out.done(&recovery, |style| human::recovered(path, recovered, style));
        Code::Done
    }))
}

pub(crate) fn inspect(image: &Path, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    let masters = setup.masters()?;
    let inspector = Inspector::new().editor(setup.editor_ahead().clone());
    let work = |path: &Path| {
        let image = Child::open(path, masters.clone())?.or_master();
        Ok(inspector.inspect(&image)?)
    };
    Ok(one(image, out, work, |_, found, out| {
        out.show(&found, |style| human::inspection(&found, style));
        Code::Done
    }))
}

/// Does something to each child, so many at a time, and tells what came of it in the order given.
/// One that fails is told in its place, and the others go on; the first that failed in that order
/// decides.
pub(crate) fn each<T: Send>(
    children: &[PathBuf],
    jobs: NonZeroUsize,
    out: &mut Output,
    work: impl Fn(usize, &Path) -> Result<T, Failure> + Sync,
    tell: impl Fn(&Path, T, &mut Output) -> Code,
) -> Code {
    let mut code = Code::Done;
    let watch = |number: usize, out: &mut Output| {
        if let Some(child) = children.get(number) {
            out.progress(number + 1, children.len(), child);
        }
    };
    watch(0, out);
    batch(
        children.iter().enumerate(),
        jobs,
        |(number, child)| work(number, child),
        |number, result| {
            let child = &children[number];
            let result = result.unwrap_or_else(|panic| Err(Failure::Library(panic.into())));
            code = code.or(match result {
                Ok(done) => tell(child, done, out),
                Err(failure) => out.child_failure(child, &failure),
            });
            watch(number + 1, out);
        },
    );
    code
}

/// The same for a command of one child.
fn one<T: Send>(
    child: &Path,
    out: &mut Output,
    work: impl Fn(&Path) -> Result<T, Failure> + Sync,
    tell: impl Fn(&Path, T, &mut Output) -> Code,
) -> Code {
    let work = |_: usize, child: &Path| work(child);
    each(&[child.to_owned()], NonZeroUsize::MIN, out, work, tell)
}
