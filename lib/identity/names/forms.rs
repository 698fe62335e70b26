//! The master's name and the child's, in the forms that files have them.

use super::super::wanted::Hostname;

/// The master's name and the child's, in their forms.
pub(super) struct Names {
    /// As the master states it, and its part before the first dot.
    pub(super) old: Vec<u8>,
    old_short: Vec<u8>,
    pub(super) new: Vec<u8>,
    new_short: Vec<u8>,
    /// Names with a domain that stand for the master's beside its short one.
    pub(super) old_with_domain: Vec<Vec<u8>>,
}

impl Names {
    /// `None` where the master has no name of its own.
    pub(super) fn of(wanted: &Hostname, old: Vec<u8>) -> Option<Self> {
        let old_short = short(&old).to_vec();
        if old_short.eq_ignore_ascii_case(b"localhost") || old_short.is_empty() {
            return None;
        }
        Some(Self {
            old,
            old_short,
            new: wanted.as_str().into(),
            new_short: wanted.short().into(),
            old_with_domain: Vec::new(),
        })
    }

    pub(super) fn is_old(&self, word: &[u8]) -> bool {
        word.eq_ignore_ascii_case(&self.old) || word.eq_ignore_ascii_case(&self.old_short)
    }

    /// True for the master's name with any domain.
    pub(super) fn is_old_with_domain(&self, word: &[u8]) -> bool {
        word.contains(&b'.') && short(word).eq_ignore_ascii_case(&self.old_short)
    }

    /// The child's name in the form that this word has the master's in. `None` for another word.
    pub(super) fn of_word(&self, word: &[u8]) -> Option<Vec<u8>> {
        if self.is_old_with_domain(word) {
            if self.new.contains(&b'.') {
                return Some(self.new.clone());
            }
            let domain = &word[short(word).len()..];
            return Some([&self.new, domain].concat());
        }
        if !self.is_old(word) {
            return None;
        }
        Some(self.new_short.clone())
    }

    /// The same for a word that is the master's name exactly, in a form that the master uses.
    pub(super) fn of_exact(&self, word: &[u8]) -> Option<Vec<u8>> {
        let is_known = |known: &Vec<u8>| word.eq_ignore_ascii_case(known);
        let is_exact = self.is_old(word) || self.old_with_domain.iter().any(is_known);
        if !is_exact {
            return None;
        }
        self.of_word(word)
    }
}

/// The part of a name before the first dot.
fn short(name: &[u8]) -> &[u8] {
    let end = name.iter().position(|byte| *byte == b'.');
    &name[..end.unwrap_or(name.len())]
}
