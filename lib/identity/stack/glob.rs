//! Patterns of the shell: `*`, `?` and `[…]` (glob(7)), within one name.

/// True where the whole name fits the pattern. A pattern that ends in a lone `[` or `\` takes it as it
/// stands.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    // The place behind the last star, and the part of the name that it has taken.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p + 1, n));
            p += 1;
            continue;
        }
        if let Some(next) = one(&pattern, p, name[n]) {
            (p, n) = (next, n + 1);
            continue;
        }
        match &mut star {
            Some((behind, taken)) => {
                *taken += 1;
                (p, n) = (*behind, *taken);
            }
            None => return false,
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// The place behind the part at `p`, where that part takes the character.
fn one(pattern: &[char], p: usize, c: char) -> Option<usize> {
    match *pattern.get(p)? {
        '?' => Some(p + 1),
        '[' => match set(pattern, p, c) {
            Some((true, next)) => Some(next),
            Some((false, _)) => None,
            None => (c == '[').then_some(p + 1),
        },
        '\\' if p + 1 < pattern.len() => (pattern[p + 1] == c).then_some(p + 2),
        literal => (literal == c).then_some(p + 1),
    }
}

/// True where the set that opens at `p` takes the character, and the place behind the set; `None`
/// where it is never closed.
fn set(pattern: &[char], p: usize, c: char) -> Option<(bool, usize)> {
    let is_negated = matches!(pattern.get(p + 1), Some('!' | '^'));
    let first = p + 1 + usize::from(is_negated);
    let mut at = first;
    let mut takes = false;
    loop {
        let low = *pattern.get(at)?;
        if low == ']' && at > first {
            return Some((takes != is_negated, at + 1));
        }
        match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some('-'), Some(&high)) if high != ']' => {
                takes |= (low..=high).contains(&c);
                at += 3;
            }
            _ => {
                takes |= low == c;
                at += 1;
            }
        }
    }
}

/// True where a text holds a character that a pattern is made of.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_questions_and_sets_take_what_the_shell_takes() {
        for (pattern, name) in [
            ("*", ""),
            ("eth*", "eth0"),
            ("e?h[0-9]", "eth7"),
            ("[!w]*0", "ens0"),
            ("*a*b", "xaxbxb"),
            ("[]x]", "]"),
            ("a[", "a["),
            (r"\*", "*"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("eth*", "ens3"),
            ("e?h", "eh"),
            ("[!e]*", "eth0"),
            ("[0-9]", "a"),
            ("*.cfg", "ens3"),
            ("", "a"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
