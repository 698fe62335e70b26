//! `share image`.

use osgraft::share::ShareError;
use osgraft::share::disk_image::{DiskImage, Made};

use crate::args::ImageArgs;
use crate::exit::{Code, Failure};
use crate::human::size;
use crate::output::Output;
use crate::style::Style;

pub(crate) fn run(args: &ImageArgs, out: &mut Output) -> Result<Code, Failure> {
    let image = args.image.as_deref();
    let compression = args.compression.as_deref();
    let made = DiskImage::new(&args.from, image, args.format, compression)
        .and_then(|image| image.make())
        .map_err(ShareError::from)?;
    out.done(&made, |style| shown(&made, style));
    Ok(Code::Done)
}

fn shown(made: &Made, style: &Style) -> String {
    let record = &made.record;
    let done = match made.changed {
        true => style.good("made"),
        false => "there already".to_owned(),
    };
    let mut text = format!(
        "{}: {done}, {} of {} inodes, {} {}\n",
        made.image.display(),
        size(record.bytes),
        record.inodes,
        record.format,
        record.compression,
    );
    text.push_str(&format!("  server  disk = \"{}\"\n", record.disk()));
    text.push_str(&format!("          fstype = \"{}\"\n", record.format));
    text.push_str(&format!("  sha256  {}\n", record.sha256));
    text
}
