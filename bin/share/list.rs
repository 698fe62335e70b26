//! `share list`.

use std::path::Path;

use osgraft::path::printable;
use osgraft::share::ShareError;
use osgraft::share::release::{List, list};

use crate::exit::{Code, Failure};
use crate::human::{size, table};
use crate::output::Output;
use crate::style::Style;

pub(crate) fn run(folder: &Path, out: &mut Output) -> Result<Code, Failure> {
    let list = list(folder).map_err(ShareError::from)?;
    out.show(&list, |style| shown(&list, style));
    Ok(Code::Done)
}

fn shown(list: &List, style: &Style) -> String {
    let rows: Vec<[String; 6]> = list
        .releases
        .iter()
        .map(|listed| {
            let (head, from) = (&listed.head, &listed.head.made_from);
            let os = [from.os.as_deref(), from.version.as_deref()];
            let kernels: Vec<&str> = from.kernels.iter().map(|it| it.version.as_str()).collect();
            [
                head.release.to_string(),
                printable(&os.into_iter().flatten().collect::<Vec<_>>().join(" ")),
                printable(&kernels.join(" ")),
                head.files.to_string(),
                size(head.bytes),
                head.digest.to_string()[..12].to_owned(),
            ]
        })
        .collect();
    let mut text = match rows.is_empty() {
        true => "no release\n".to_owned(),
        false => table(
            ["RELEASE", "OS", "KERNELS", "FILES", "SIZE", "DIGEST"],
            &rows,
            style,
        ),
    };
    for unusable in &list.unusable {
        let (label, text_of) = (style.bad("unusable"), printable(&unusable.text));
        text.push_str(&format!("{label} {}: {text_of}\n", unusable.name));
    }
    text
}
