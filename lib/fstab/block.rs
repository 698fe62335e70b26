//! The managed block: where it is, and whether it is whole.

use std::ops::Range;

use super::entry::Entry;
use super::error::FstabError;
use super::line::{BEGIN, END, Line, Lines};
use crate::path::{GuestPath, escape};

/// Content of the managed block.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Managed {
    /// The entry's line, the first of the file being 1.
    pub line: usize,
    /// The entry, decoded.
    pub entry: Entry,
    /// The entry's line as it stands, without its ending.
    pub text: Vec<u8>,
    /// Entries behind it, which mount components of it over the guest's directories.
    pub components: Vec<Component>,
}

/// An entry that mounts a component of the share over a directory of the guest.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Component {
    /// Its line, the first of the file being 1.
    pub line: usize,
    /// The entry, decoded.
    pub entry: Entry,
    /// Its line as it stands, without its ending.
    pub text: Vec<u8>,
}

/// True for an entry that takes its content from below this mount point: a bind mount from there, or
/// an overlay whose lower directory is there.
pub(super) fn is_component(mount_point: &GuestPath, entry: &Entry) -> bool {
    let is_below = |path: &[u8]| {
        let path = GuestPath::new(path);
        path.is_ok_and(|path| path != *mount_point && path.starts_with(mount_point))
    };
    let mut options = entry.options().split(|byte| *byte == b',');
    match entry.vfstype() {
        b"overlay" => options
            .filter_map(|option| option.strip_prefix(b"lowerdir="))
            .any(is_below),
        _ => options.any(|option| option == b"bind") && is_below(entry.spec()),
    }
}

/// A whole block, by offsets into the file.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// From the first byte of the first marker to the newline of the second.
    pub(super) range: Range<usize>,
    /// The entry's line without its ending.
    pub(super) entry_range: Range<usize>,
    /// The lines between the markers, with their endings.
    pub(super) inside: Range<usize>,
    pub(super) managed: Managed,
}

/// Finds the one block of a file.
///
/// # Errors
/// [`FstabError`] for markers that do not enclose exactly one entry and components of it, exactly
/// once: which lines would be ours is then a guess.
pub(super) fn find(bytes: &[u8]) -> Result<Option<Block>, FstabError> {
    let mut open: Option<(Line<'_>, Vec<Line<'_>>)> = None;
    let mut found: Option<(usize, Block)> = None;
    for line in Lines::new(bytes) {
        if line.is_begin() {
            if let Some((outer, _)) = open {
                return Err(FstabError::Nested {
                    outer: outer.number,
                    inner: line.number,
                });
            }
            if let Some((first, _)) = found {
                return Err(FstabError::Second {
                    first,
                    second: line.number,
                });
            }
            open = Some((line, Vec::new()));
        } else if line.is_end() {
            let Some((begin, inside)) = open.take() else {
                return Err(FstabError::Unopened { end: line.number });
            };
            found = Some((begin.number, whole(&begin, &inside, &line)?));
        } else if let Some((_, inside)) = &mut open {
            inside.push(line);
        }
    }
    match open {
        Some((begin, _)) => Err(FstabError::Unclosed {
            begin: begin.number,
        }),
        None => Ok(found.map(|(_, block)| block)),
    }
}

fn whole(begin: &Line<'_>, inside: &[Line<'_>], end: &Line<'_>) -> Result<Block, FstabError> {
    let foreign = |line: &Line<'_>| FstabError::ForeignLine {
        line: line.number,
        text: escape(line.body()),
    };
    let mut entry: Option<(&Line<'_>, Entry)> = None;
    let mut components = Vec::new();
    for line in inside {
        match (Entry::read(line), &entry) {
            (Some(read), None) => entry = Some((line, read)),
            (Some(read), Some((_, share)))
                if share
                    .mount_point()
                    .is_some_and(|at| is_component(&at, &read)) =>
            {
                components.push(Component {
                    line: line.number,
                    entry: read,
                    text: line.body().to_vec(),
                });
            }
            _ => return Err(foreign(line)),
        }
    }
    let Some((line, entry)) = entry else {
        return Err(FstabError::EmptyBlock {
            begin: begin.number,
        });
    };
    Ok(Block {
        range: begin.range().start..end.range().end,
        entry_range: line.body_range(),
        inside: begin.range().end..end.start,
        managed: Managed {
            line: line.number,
            entry,
            text: line.body().to_vec(),
            components,
        },
    })
}

/// The block's text around an entry's line and those of its components.
pub(super) fn render<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut text = Vec::new();
    let lines = std::iter::once(BEGIN.as_bytes()).chain(lines);
    for line in lines.chain([END.as_bytes()]) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> FstabError {
        find(text.as_bytes()).expect_err("the block is damaged")
    }

    #[test]
    fn a_damaged_block_is_refused_by_line() {
        let unclosed = refusal("a /a x\n# BEGIN osgraft\nb /b x\n");
        assert_eq!(unclosed, FstabError::Unclosed { begin: 2 });
        let unopened = refusal("a /a x\n# END osgraft\n");
        assert_eq!(unopened, FstabError::Unopened { end: 2 });
        let nested = refusal("# BEGIN osgraft\n# BEGIN osgraft\nb /b x\n# END osgraft\n");
        assert_eq!(nested, FstabError::Nested { outer: 1, inner: 2 });
        let block = "# BEGIN osgraft\nb /b x\n# END osgraft\n";
        let second = refusal(&format!("{block}\n{block}"));
        assert_eq!(
            second,
            FstabError::Second {
                first: 1,
                second: 5
            }
        );
        let empty = refusal("# BEGIN osgraft\n# END osgraft\n");
        assert_eq!(empty, FstabError::EmptyBlock { begin: 1 });
    }

    #[test]
    fn any_line_besides_the_entry_is_foreign() {
        for (inside, at) in [
            ("b /b x\nc /c x\n", 3),
            ("\nb /b x\n", 2),
            ("b /b x\n# note\n", 3),
        ] {
            let text = format!("# BEGIN osgraft\n{inside}# END osgraft\n");
            assert!(
                matches!(refusal(&text), FstabError::ForeignLine { line, .. } if line == at),
                "{inside}"
            );
        }
    }

    #[test]
    fn what_mounts_from_the_share_is_a_component_of_the_block() {
        let bind = "/s/lib/modules /lib/modules none bind,ro,nofail 0 0";
        let overlay = "overlay /doc overlay lowerdir=/s/doc,upperdir=/u,workdir=/w,nofail 0 0";
        let text = format!("# BEGIN osgraft\nh:/v /s nfs ro\n{bind}\n{overlay}\n# END osgraft\n");
        let block = find(text.as_bytes()).unwrap().expect("a block");
        let lines: Vec<_> = block.managed.components.iter().map(|c| c.line).collect();
        assert_eq!(lines, [3, 4]);
        let at = block.managed.components[0].entry.mount_point();
        assert_eq!(at, Some("/lib/modules".parse().unwrap()));
        for other in [
            "/s /lib/modules none bind",
            "/s/lib /lib/modules none rbind",
            "/srv/lib /lib/modules none bind",
            "overlay /doc overlay lowerdir=/usr/s,upperdir=/s/u",
        ] {
            let text = format!("# BEGIN osgraft\nh:/v /s nfs ro\n{other}\n# END osgraft\n");
            assert!(
                matches!(refusal(&text), FstabError::ForeignLine { line: 3, .. }),
                "{other}"
            );
        }
        let first = format!("# BEGIN osgraft\n{bind}\nh:/v /s nfs ro\n# END osgraft\n");
        assert!(matches!(
            refusal(&first),
            FstabError::ForeignLine { line: 3, .. }
        ));
    }

    #[test]
    fn an_editor_that_writes_crlf_does_not_hide_the_block() {
        let text = b"# BEGIN osgraft\r\nb /b x\r\n# END osgraft";
        let block = find(text).unwrap().expect("a block");
        assert_eq!(block.managed.text, b"b /b x");
        assert_eq!(block.range, 0..text.len());
    }
}
