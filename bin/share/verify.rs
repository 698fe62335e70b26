//! `share verify`.

use std::path::Path;

use osgraft::share::ShareError;
use osgraft::share::release::{Verified, verify};

use crate::exit::{Code, Failure};
use crate::human;
use crate::output::Output;
use crate::style::Style;

pub(crate) fn run(release: &Path, out: &mut Output) -> Result<Code, Failure> {
    let found = verify(release).map_err(ShareError::from)?;
    out.done(&found, |style| shown(release, &found, style));
    Ok(match found.intact {
        true => Code::Done,
        false => Code::Differs,
    })
}

fn shown(release: &Path, found: &Verified, style: &Style) -> String {
    let outcome = match found.intact {
        true => style.good("intact"),
        false => style.bad("differs"),
    };
    let head = &found.head;
    let name = style.strong(&human::path(release));
    let size = human::size(head.bytes);
    let mut text = format!("{name}: {outcome}\n  {} files, {size}\n", head.files);
    for difference in &found.differences {
        let label = style.bad(difference.change.as_str());
        text.push_str(&format!(
            "  {label} {}: {}\n",
            difference.path, difference.text
        ));
    }
    let more = found.differing - found.differences.len() as u64;
    if more > 0 {
        text.push_str(&format!("  and {more} more differences\n"));
    }
    text
}
