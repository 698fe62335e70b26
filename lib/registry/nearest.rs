//! "Did you mean": the known word that a mistyped one is closest to.

/// Longer words are not compared: nobody mistypes them into a short one.
const MAX_LEN: usize = 64;

/// The candidate that is the fewest typing slips away from `word`, when those are few enough for
/// its length. The first one wins a tie.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let typed: Vec<char> = word.to_lowercase().chars().take(MAX_LEN + 1).collect();
    if typed.len() > MAX_LEN {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LEN)
        .map(|candidate| {
            let known: Vec<char> = candidate.to_lowercase().chars().collect();
            (slips(&typed, &known), candidate)
        })
        .filter(|(slips, candidate)| *slips <= (candidate.len().max(typed.len()) / 3).max(1))
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance: characters added, dropped, replaced, or two swapped.
fn slips(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 4] = ["kernels", "state", "export", "os"];

    #[test]
    fn one_slip_of_each_kind_is_recognised() {
        for typed in ["kernel", "kernelss", "kermels", "kerenls", "KERNELS"] {
            assert_eq!(nearest(typed, WORDS), Some("kernels"), "{typed}");
        }
    }

    #[test]
    fn a_word_of_its_own_has_no_neighbour() {
        for typed in ["", "colour", "zz", &"k".repeat(10_000)] {
            assert_eq!(nearest(typed, WORDS), None, "{typed}");
        }
    }
}
