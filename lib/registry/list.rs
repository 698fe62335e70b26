//! Changes a TOML array of strings element by element, leaving the others and their comments alone.

use std::borrow::Cow;

use toml_edit::{Array, RawString, Value};

/// Makes the array hold `wanted`, so that comments and line breaks between the elements that stay
/// are kept. False, with the array as it was, where that is not possible: when the order changes,
/// when nothing stays, or when a line begins with a comma.
pub(super) fn change(array: &mut Array, wanted: &[Cow<'_, str>]) -> bool {
    let is_wanted = |value: &Value| wanted.iter().any(|text| value.as_str() == Some(text));
    let stay: Vec<&str> = array
        .iter()
        .filter(|value| is_wanted(value))
        .filter_map(Value::as_str)
        .collect();
    let in_order = stay.iter().eq(wanted.iter().take(stay.len()));
    let starts_with_comma = (0..array.len())
        .filter(|index| index + 1 < array.len() || array.trailing_comma())
        .any(|index| suffix(array, index).contains('\n'));
    if stay.is_empty() || !in_order || starts_with_comma {
        return false;
    }
    let stay = stay.len();
    for index in (0..array.len()).rev() {
        if !array.get(index).is_some_and(is_wanted) {
            remove(array, index);
        }
    }
    for text in &wanted[stay..] {
        append(array, text);
    }
    true
}

fn remove(array: &mut Array, index: usize) {
    let before = prefix(array, index);
    let is_last = index + 1 == array.len();
    let behind = behind(array, index);
    let line = before.rfind('\n').zip(behind.find('\n'));
    array.remove(index);
    match line {
        // A line of its own goes with the comment at its end.
        Some((start, end)) => {
            let between = format!("{}{}", &before[..start], &behind[end..]);
            if is_last {
                array.set_trailing_comma(true);
                array.set_trailing(between);
            } else {
                set_prefix(array, index, between);
            }
        }
        None if is_last && !array.trailing_comma() => {
            if let Some(last) = index.checked_sub(1) {
                set_suffix(array, last, behind);
            }
        }
        None if !is_last && (index == 0 || before.contains('\n')) => {
            set_prefix(array, index, before);
        }
        None => {}
    }
}

/// One more element behind the last, on a line of its own where the last has one.
fn append(array: &mut Array, text: &str) {
    let Some(last) = array.len().checked_sub(1) else {
        return;
    };
    let before = prefix(array, last);
    let behind = behind(array, last);
    let line = before.rfind('\n').zip(behind.find('\n'));
    let mut value = Value::from(text);
    let (between, after) = match line {
        Some((start, end)) => (
            format!("{}{}", &behind[..end], &before[start..]),
            behind[end..].to_owned(),
        ),
        None => (" ".to_owned(), behind),
    };
    value.decor_mut().set_prefix(between);
    if array.trailing_comma() {
        array.set_trailing(after);
    } else {
        set_suffix(array, last, String::new());
        value.decor_mut().set_suffix(after);
    }
    array.push_formatted(value);
}

/// Text between an element and the next one or the closing bracket, without the comma.
fn behind(array: &Array, index: usize) -> String {
    let next = match index + 1 < array.len() {
        true => prefix(array, index + 1),
        false => array.trailing().as_str().unwrap_or_default().to_owned(),
    };
    suffix(array, index) + &next
}

fn prefix(array: &Array, index: usize) -> String {
    let raw = array.get(index).and_then(|value| value.decor().prefix());
    raw.and_then(RawString::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn suffix(array: &Array, index: usize) -> String {
    let raw = array.get(index).and_then(|value| value.decor().suffix());
    raw.and_then(RawString::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn set_prefix(array: &mut Array, index: usize, text: String) {
    if let Some(value) = array.get_mut(index) {
        value.decor_mut().set_prefix(text);
    }
}

fn set_suffix(array: &mut Array, index: usize, text: String) {
    if let Some(value) = array.get_mut(index) {
        value.decor_mut().set_suffix(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::lines::Ends;
    use toml_edit::DocumentMut;

    fn change(text: &str, wanted: &[&str]) -> Option<String> {
        let (ends, plain) = Ends::of(text);
        let mut document: DocumentMut = plain.parse().unwrap();
        let array = document["k"].as_array_mut().unwrap();
        let texts: Vec<Cow<'_, str>> = wanted.iter().map(|text| Cow::Borrowed(*text)).collect();
        if !super::change(array, &texts) {
            assert_eq!(document.to_string(), plain);
            return None;
        }
        let changed = document.to_string();
        let read: DocumentMut = changed.parse().unwrap();
        let values = read["k"].as_array().unwrap().iter().map(Value::as_str);
        assert!(
            values.eq(wanted.iter().map(|text| Some(*text))),
            "{changed}"
        );
        Some(ends.give(&changed))
    }

    #[track_caller]
    fn assert_change(text: &str, wanted: &[&str], expected: &str) {
        assert_eq!(change(text, wanted).as_deref(), Some(expected));
    }

    #[test]
    fn comments_stay_with_their_elements() {
        let text = "k = [\n  \"1\", # one\n  \"2\", # two\n]\n";
        assert_change(
            text,
            &["1", "2", "3"],
            "k = [\n  \"1\", # one\n  \"2\", # two\n  \"3\",\n]\n",
        );
        assert_change(text, &["2"], "k = [\n  \"2\", # two\n]\n");
        assert_change(text, &["1"], "k = [\n  \"1\", # one\n]\n");
        assert_change(text, &["1", "3"], "k = [\n  \"1\", # one\n  \"3\",\n]\n");
    }

    #[test]
    fn a_missing_last_comma_is_no_obstacle() {
        let text = "k = [\r\n  \"1\",\r\n  \"2\" # two\r\n]\r\n";
        assert_change(
            text,
            &["1", "2", "3"],
            "k = [\r\n  \"1\",\r\n  \"2\", # two\r\n  \"3\"\r\n]\r\n",
        );
        assert_change(text, &["1"], "k = [\r\n  \"1\",\r\n]\r\n");
    }

    #[test]
    fn elements_of_one_line_stay_on_it() {
        let text = "k = [ \"1\", \"2\", '3' ] # all\n";
        assert_change(text, &["1", "3"], "k = [ \"1\", '3' ] # all\n");
        assert_change(text, &["2", "3"], "k = [ \"2\", '3' ] # all\n");
        assert_change(text, &["1", "2"], "k = [ \"1\", \"2\" ] # all\n");
        assert_change(
            text,
            &["1", "2", "3", "4", "5"],
            "k = [ \"1\", \"2\", '3', \"4\", \"5\" ] # all\n",
        );
    }

    #[test]
    fn what_cannot_be_done_element_by_element_is_left_to_the_caller() {
        assert_eq!(change("k = [\"1\", \"2\"]\n", &["2", "1"]), None);
        assert_eq!(change("k = [\"1\"]\n", &["2"]), None);
        assert_eq!(change("k = []\n", &["2"]), None);
        assert_eq!(change("k = [\n\"1\"\n, \"2\"\n]\n", &["2"]), None);
    }
}
