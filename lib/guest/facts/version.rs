//! The natural order of version texts.

use std::cmp::Ordering;

/// Orders versions as a reader would: runs of digits by their value, the rest by its bytes, and
/// `~` before everything, the end included (deb-version(7)).
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let ((run_a, rest_a), (run_b, rest_b)) = (split(a), split(b));
        let order = match (run_a.first(), run_b.first()) {
            (None, None) => return Ordering::Equal,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (x, y) = (without_zeros(run_a), without_zeros(run_b));
                x.len().cmp(&y.len()).then_with(|| x.cmp(y))
            }
            _ => {
                let rank = |run: &[u8]| match run.first() {
                    Some(b'~') => 0,
                    None => 1,
                    Some(_) => 2,
                };
                rank(run_a).cmp(&rank(run_b)).then_with(|| run_a.cmp(run_b))
            }
        };
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

/// The run of digits, or the one byte, that `text` begins with, and what follows.
fn split(text: &[u8]) -> (&[u8], &[u8]) {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    text.split_at(digits.max(1).min(text.len()))
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|b| **b == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_by_value() {
        let sorted = [
            "2.6.32-754.el6.x86_64",
            "5.4.0-9-generic",
            "5.4.0-10-generic",
            "5.10.0-8-amd64",
            "6.1.0~rc1-amd64",
            "6.1.0",
            "6.1.0-37-amd64",
            "6.1.0-37-cloud-amd64",
            "6.12.9+bpo-amd64",
            "10.0",
            "99999999999999999999999",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
    }

    proptest! {
        #[test]
        fn the_order_is_one(mut texts in proptest::collection::vec("[0-9a~.]{0,6}", 3)) {
            prop_assert_eq!(compare(&texts[0], &texts[1]), compare(&texts[1], &texts[0]).reverse());
            texts.sort_by(|a, b| compare(a, b));
            prop_assert_ne!(compare(&texts[0], &texts[2]), Ordering::Greater);
        }
    }
}
