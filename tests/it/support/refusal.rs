//! What every refusal must be: typed, one line, soon, and without a changed byte.

use std::path::Path;
use std::time::{Duration, Instant};

use osgraft::image::ImageError;
use osgraft::{Error, ErrorKind};

use super::fixture::digest_by_tool;

/// A refusal reads little, however large what it refuses is.
const SOON: Duration = Duration::from_secs(10);

/// Runs a call that must fail and must leave the file as it is; gives its kind and its codes.
pub(crate) fn refused<T>(
    child: &Path,
    call: impl FnOnce() -> Result<T, Error>,
) -> (ErrorKind, Vec<&'static str>) {
    let before = digest_by_tool(child);
    let began = Instant::now();
    let error = call()
        .map(drop)
        .expect_err("this call has to be refused, and was not");
    let took = began.elapsed();
    assert!(took < SOON, "{took:?} for {error}");
    assert_plain_line(&error.to_string());
    assert_eq!(digest_by_tool(child), before, "the file changed: {error}");
    (error.kind(), codes(&error))
}

/// One line that a terminal can be shown.
pub(crate) fn assert_plain_line(text: &str) {
    assert!(!text.is_empty() && text.len() < 4096, "{text}");
    assert!(!text.contains(char::is_control), "{text:?}");
}

/// The stable names of what is wrong.
pub(crate) fn codes(error: &Error) -> Vec<&'static str> {
    match error {
        Error::Editor(error) => vec![error.code()],
        Error::Unfit(error) => error.codes(),
        Error::Guest(error) => vec![error.code()],
        Error::Image(ImageError::Refused { refusal, .. }) => vec![refusal.code()],
        _ => Vec::new(),
    }
}
