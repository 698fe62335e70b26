//! `clone`.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use osgraft::image::{BackingNaming, Child, MasterFormat, Masters, Overlay};
use osgraft::pool::Hold;
use osgraft::prepare::{Preparer, Report};
use osgraft::registry::Store;
use serde::Serialize;

use crate::args::{CloneArgs, Format, Wish};
use crate::boots::Boots;
use crate::exit::{Code, ErrorJson, Failure, Usage};
use crate::human;
use crate::image::each;
use crate::known_hosts::Keys;
use crate::output::Output;
use crate::setup::Setup;
use crate::wanted::{Series, Wanted};

/// Placeholder of the number in a child's name.
const NUMBER: &[u8] = b"{n}";

/// A child that was made.
#[derive(Serialize)]
struct Cloned<'a> {
    outcome: &'static str,
    child: &'a str,
    master: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prepared: Option<&'a Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorJson>,
}

pub(crate) fn clone(args: &CloneArgs, setup: &Setup, out: &mut Output) -> Result<Code, Failure> {
    if let Some(flag) = args.asked.first().filter(|_| !args.prepare) {
        return Err(Usage::StrayUnprepared { flag }.into());
    }
    if args.known_hosts.file.is_some() && !args.prepare {
        let flag = "--known-hosts".to_owned();
        return Err(Usage::StrayUnprepared { flag }.into());
    }
    let wish = Wish {
        server: args.server.clone(),
        identity: None,
        allow: args.allow.clone(),
        asked: args.asked.clone(),
        deep: args.deep,
        boot: None,
    };
    let boots = match args.prepare {
        true => setup.boots(&wish)?,
        false => None,
    };
    let preparer = match args.prepare {
        // They are made just now, of one master: the first one's edit fits the others.
        true => Some(setup.preparer(&wish)?.keep_edits()),
        false => None,
    };
    let named = names(&args.children, args.count)?;
    let (files, numbers): (Vec<_>, Vec<_>) = named.into_iter().unzip();
    let series = Series {
        numbers: &numbers,
        address_from: args.address_from.as_deref(),
    };
    // All of it is judged before the first child is made.
    let wanted = Wanted::new(&files, args.table.table.as_deref(), &wish, series, setup)?;
    if !args.prepare && wanted.asks_for_more_than_files() {
        return Err(Usage::UnpreparedRows.into());
    }
    let keys = Keys::new(&args.known_hosts, &wanted)?;
    let children = wanted.files();
    let overlay = Overlay::new(&args.original)
        .format(match args.master_format {
            Format::Qcow2 => MasterFormat::Qcow2,
            Format::Raw => MasterFormat::Raw,
            Format::Vmdk => MasterFormat::Vmdk,
        })
        .naming(match args.relative {
            true => BackingNaming::Relative,
            false => BackingNaming::Absolute,
        });
    let work = |number: usize, child: &Path| {
        overlay.create(child)?;
        let preparer = preparer.as_ref();
        Ok(preparer.map(|preparer| {
            let of = (number, child, args.original.as_path());
            prepare(preparer, boots.as_ref(), &wanted, &keys, of)
        }))
    };
    Ok(each(
        &children,
        args.jobs.number(children.len()),
        out,
        work,
        |child, prepared, out| tell(child, &args.original, prepared.as_ref(), out),
    ))
}

/// A child that was prepared, and what became of its line in a known_hosts file.
type Prepared = (Report, Result<(), Failure>);

/// The caller has named the master, so it is the one that the child may have.
fn prepare(
    preparer: &Preparer<Arc<dyn Store>>,
    boots: Option<&Boots>,
    wanted: &Wanted,
    keys: &Keys,
    (number, child, master): (usize, &Path, &Path),
) -> Result<Prepared, Failure> {
    // Nothing can lie on what was made just now.
    let child = Child::open(child, Masters::only(master))?.even_if_it_backs_others(true);
    if let Some(boots) = boots {
        boots.require_name_of_disk(None, child.path())?;
    }
    let asked = wanted.request(number, child, false)?;
    let mut report = preparer.prepare_one(&asked.request)?;
    asked.hold.map_or(Ok(()), Hold::keep)?;
    if let Some(boots) = boots {
        boots.point_of_disk(None, &report)?;
    }
    let told = keys.put(&asked.names, &mut report);
    Ok((report, told))
}

/// One line for a child that is made, whatever became of its preparation.
fn tell(
    child: &Path,
    master: &Path,
    prepared: Option<&Result<Prepared, Failure>>,
    out: &mut Output,
) -> Code {
    let (report, failure) = match prepared {
        None => (None, None),
        Some(Ok((report, told))) => (Some(report), told.as_ref().err()),
        Some(Err(failure)) => (None, Some(failure)),
    };
    let cloned = Cloned {
        outcome: "created",
        child: &child.to_string_lossy(),
        master: &master.to_string_lossy(),
        prepared: report,
        error: failure.map(Failure::to_json),
    };
    out.done(&cloned, |style| match report {
        Some(report) => human::report(report, style),
        None => human::cloned(child, master, style),
    });
    failure.map_or(Code::Done, |failure| out.complain(Some(child), failure))
}

/// The children's names, each with its number where there is a count.
fn names(children: &[PathBuf], count: Option<u32>) -> Result<Vec<(PathBuf, Option<u32>)>, Usage> {
    let mut names = Vec::new();
    for child in children {
        match (find(child.as_os_str().as_bytes()), count) {
            (None, None) => names.push((child.clone(), None)),
            (Some(_), None) => return Err(Usage::NoCount(child.clone())),
            (None, Some(_)) => return Err(Usage::NoNumber(child.clone())),
            (Some(_), Some(count)) => {
                names.extend((1..=count).map(|number| (numbered(child, number), Some(number))));
            }
        }
    }
    Ok(names)
}

/// The name with every `{n}` replaced.
fn numbered(child: &Path, number: u32) -> PathBuf {
    let mut rest = child.as_os_str().as_bytes();
    let mut name = Vec::new();
    while let Some(at) = find(rest) {
        name.extend_from_slice(&rest[..at]);
        name.extend_from_slice(number.to_string().as_bytes());
        rest = &rest[at + NUMBER.len()..];
    }
    name.extend_from_slice(rest);
    OsString::from_vec(name).into()
}

fn find(name: &[u8]) -> Option<usize> {
    name.windows(NUMBER.len()).position(|part| part == NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(children: &[&str], count: Option<u32>) -> Result<Vec<(PathBuf, Option<u32>)>, Usage> {
        names(&paths(children), count)
    }

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn every_number_in_a_name_is_replaced() {
        assert_eq!(
            named(&["d{n}/web-{n}.qcow2"], Some(2)).unwrap(),
            [
                ("d1/web-1.qcow2".into(), Some(1)),
                ("d2/web-2.qcow2".into(), Some(2))
            ]
        );
    }

    #[test]
    fn a_name_is_taken_as_it_is_without_a_count() {
        assert_eq!(
            named(&["a", "b"], None).unwrap(),
            [("a".into(), None), ("b".into(), None)]
        );
    }

    #[test]
    fn a_count_and_a_place_for_it_go_together() {
        assert!(matches!(
            named(&["web.qcow2"], Some(2)),
            Err(Usage::NoNumber(_))
        ));
        assert!(matches!(
            named(&["web-{n}.qcow2"], None),
            Err(Usage::NoCount(_))
        ));
    }
}
