//! Paths that the policy takes for others (`file_contexts.subs`).

use super::super::lines::lines;

/// Path prefixes, each with what stands for it.
#[derive(Debug)]
pub(super) struct Substitutions(Vec<(Vec<u8>, Vec<u8>)>);

impl Substitutions {
    pub(super) fn read(text: &[u8]) -> Self {
        let pair = |line: &[u8]| {
            let mut words = line
                .split(|byte| byte.is_ascii_whitespace())
                .filter(|word| !word.is_empty());
            let (from, to) = (words.next()?, words.next()?);
            (from.starts_with(b"/") && to.starts_with(b"/")).then(|| (from.to_vec(), to.to_vec()))
        };
        Self(lines(text).filter_map(pair).collect())
    }

    /// The path that stands for this one. Of several lines the last that fits counts, as libselinux
    /// has it, which puts each line before those that it read.
    pub(super) fn of(&self, path: Vec<u8>) -> Vec<u8> {
        for (from, to) in self.0.iter().rev() {
            let Some(rest) = path.strip_prefix(from.as_slice()) else {
                continue;
            };
            match rest.first() {
                None => return to.clone(),
                Some(b'/') if to == b"/" => return rest.to_vec(),
                Some(b'/') => return [to.as_slice(), rest].concat(),
                Some(_) => {}
            }
        }
        path
    }
}
