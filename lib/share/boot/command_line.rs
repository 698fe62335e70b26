//! The words that a guest's own boot loader gives its kernel.

use crate::editor::{self, Choice};
use crate::error::Error;
use crate::graft;
use crate::image::Child;

/// Command line of the kernel that an image's boot loader starts by default, without what only the boot
/// loader knows; `None` where nothing tells it.
///
/// # Errors
/// [`Error`], for an image or a guest that cannot be looked at.
pub fn command_line(image: &Child, choice: &Choice) -> Result<Option<String>, Error> {
    let open = image.read()?;
    let (line, _) = editor::look(&open, choice, |guest| {
        graft::command_line(guest).map_err(Error::from)
    })?;
    Ok(line)
}
