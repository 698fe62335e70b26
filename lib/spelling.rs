//! Near words: the known word that a mistyped one is closest to.

use strsim::osa_distance;

/// Longer words are not compared: nobody mistypes them into a short one.
const MAX_LEN: usize = 64;

/// Candidate that is the fewest typing slips away from `word`, when those are few enough for its
/// length. The first one wins a tie.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    within(word, candidates, |len| (len / 3).max(1))
}

/// The same for words of which many are sound and unknown: one slip, two in a word of eight
/// characters or more.
pub(crate) fn nearest_strictly<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    within(word, candidates, |len| if len < 8 { 1 } else { 2 })
}

/// Characters added, dropped, replaced, or two of them swapped; in any case of letters.
fn within<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: fn(usize) -> usize,
) -> Option<&'a str> {
    let typed = word.to_lowercase();
    let len = typed.chars().take(MAX_LEN + 1).count();
    if len > MAX_LEN {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LEN)
        .map(|candidate| {
            let slips = osa_distance(&typed, &candidate.to_lowercase());
            (slips, candidate)
        })
        .filter(|(slips, candidate)| *slips <= most(candidate.len().max(len)))
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 4] = ["kernels", "state", "export", "os"];

    #[test]
    fn one_slip_of_each_kind_is_recognised() {
        for typed in ["kernel", "kernelss", "kermels", "kerenls", "KERNELS"] {
            assert_eq!(nearest(typed, WORDS), Some("kernels"), "{typed}");
            assert_eq!(nearest_strictly(typed, WORDS), Some("kernels"), "{typed}");
        }
    }

    #[test]
    fn a_word_of_its_own_has_no_neighbour() {
        for typed in ["", "colour", "zz", &"k".repeat(10_000)] {
            assert_eq!(nearest(typed, WORDS), None, "{typed}");
        }
    }

    #[test]
    fn two_slips_in_a_short_word_are_near_but_not_strictly() {
        assert_eq!(nearest("karnel", WORDS), Some("kernels"));
        assert_eq!(nearest_strictly("karnel", WORDS), None);
        assert_eq!(
            nearest_strictly("componants", ["components"]),
            Some("components")
        );
    }
}
