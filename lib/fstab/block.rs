//! The managed block: where it is, and whether it is whole.

use std::ops::Range;

use super::entry::Entry;
use super::error::FstabError;
use super::line::{BEGIN, END, Line, Lines};
use crate::path::escape;

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
}

/// A whole block, by offsets into the file.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// From the first byte of the first marker to the newline of the second.
    pub(super) range: Range<usize>,
    /// The entry's line without its ending.
    pub(super) entry_range: Range<usize>,
    pub(super) managed: Managed,
}

/// Finds the one block of a file.
///
/// # Errors
/// [`FstabError`] for markers that do not enclose exactly one entry, exactly once: which lines
/// would be ours is then a guess.
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
    let mut entry = None;
    for line in inside {
        match (Entry::read(line), &entry) {
            (Some(read), None) => entry = Some((line, read)),
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
        managed: Managed {
            line: line.number,
            entry,
            text: line.body().to_vec(),
        },
    })
}

/// The block's text around an entry's line.
pub(super) fn render(line: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for line in [BEGIN.as_bytes(), line, END.as_bytes()] {
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
    fn an_editor_that_writes_crlf_does_not_hide_the_block() {
        let text = b"# BEGIN osgraft\r\nb /b x\r\n# END osgraft";
        let block = find(text).unwrap().expect("a block");
        assert_eq!(block.managed.text, b"b /b x");
        assert_eq!(block.range, 0..text.len());
    }
}
