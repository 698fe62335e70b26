//! Changes a TOML array in its text, leaving the other elements and their comments alone.

use std::ops::Range;

use toml_edit::Array;

/// One string of an array, and where it stands in the text.
pub(super) type Element = (String, Range<usize>);

/// The elements of an array of strings that was parsed from a text.
pub(super) fn elements(array: &Array) -> Option<Vec<Element>> {
    array
        .iter()
        .map(|value| Some((value.as_str()?.to_owned(), value.span()?)))
        .collect()
}

/// The text with the array holding `wanted`, element by element, so that comments and line breaks
/// between the others stay. None where that is not possible: when the order changes, when nothing
/// stays, or when the array is written in a way that this does not see through. `read` finds the
/// array in a text.
pub(super) fn changed(
    text: &str,
    read: &dyn Fn(&str) -> Option<Vec<Element>>,
    wanted: &[String],
) -> Option<String> {
    let mut text = text.to_owned();
    let mut elements = read(&text)?;
    while let Some(index) = elements
        .iter()
        .position(|(value, _)| !wanted.contains(value))
    {
        let left = elements.len() - 1;
        text = without(&text, &elements, index);
        elements = read(&text).filter(|elements| elements.len() == left)?;
    }
    for value in wanted.get(elements.len()..)? {
        let (_, last) = elements.last()?;
        text = appended(&text, last, value);
        elements = read(&text)?;
    }
    let holds = elements.iter().map(|(value, _)| value).eq(wanted);
    holds.then_some(text)
}

/// A TOML value for these texts, on one line.
pub(super) fn written<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    values.into_iter().collect::<Array>().to_string()
}

/// With one more element behind `last`, on a line of its own where `last` has one.
fn appended(text: &str, last: &Range<usize>, value: &str) -> String {
    let value = toml_edit::Value::from(value).to_string();
    let Some(line) = own_line(text, last) else {
        return format!("{}, {value}{}", &text[..last.end], &text[last.end..]);
    };
    let comma = if line.comma { "" } else { "," };
    let closing = if line.comma { "," } else { "" };
    format!(
        "{}{comma}{}{}{value}{closing}{}",
        &text[..last.end],
        &text[last.end..line.end],
        &text[line.start..last.start],
        &text[line.end..],
    )
}

fn without(text: &str, elements: &[Element], index: usize) -> String {
    let span = &elements[index].1;
    let cut = match own_line(text, span) {
        Some(line) => line.start..line.end,
        None if index > 0 => elements[index - 1].1.end..span.end,
        None => span.start..elements.get(1).map_or(span.end, |(_, next)| next.start),
    };
    format!("{}{}", &text[..cut.start], &text[cut.end..])
}

/// The line of an element that shares it with no other: from the line break before it to the one
/// behind it, exclusive.
struct OwnLine {
    start: usize,
    end: usize,
    comma: bool,
}

fn own_line(text: &str, span: &Range<usize>) -> Option<OwnLine> {
    let before = text[..span.start].trim_end_matches([' ', '\t']);
    let start = before.strip_suffix('\n')?;
    let start = start.strip_suffix('\r').unwrap_or(start).len();

    let behind = &text[span.end..];
    let end = behind.find('\n')?;
    let rest = behind[..end].trim_end_matches('\r');
    let end = span.end + rest.len();
    let rest = rest.trim_start();
    let after_comma = rest.strip_prefix(',');
    let rest = after_comma.unwrap_or(rest).trim_start();
    (rest.is_empty() || rest.starts_with('#')).then_some(OwnLine {
        start,
        end,
        comma: after_comma.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml_edit::Document;

    fn read(text: &str) -> Option<Vec<Element>> {
        elements(Document::parse(text).ok()?.get("k")?.as_array()?)
    }

    fn change(text: &str, wanted: &[&str]) -> Option<String> {
        let wanted: Vec<String> = wanted.iter().map(|s| (*s).to_owned()).collect();
        let changed = changed(text, &read, &wanted)?;
        let values: Vec<String> = read(&changed).unwrap().into_iter().map(|e| e.0).collect();
        assert_eq!(values, wanted);
        Some(changed)
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
