//! Files of sections with `key=value` lines, as systemd (systemd.syntax(7)) and GLib's key files
//! (Desktop Entry Specification) read them.

/// The program that reads a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Dialect {
    /// Comments begin with `#` or `;`, a backslash at the end joins lines.
    Systemd,
    /// Comments begin with `#`; the last of several equal keys counts.
    KeyFile,
}

/// One section as it stands in the file. Sections of one name may be several.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) entries: Vec<(String, String)>,
}

impl Section {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            entries: Vec::new(),
        }
    }

    /// The last value of a key.
    pub(super) fn last(&self, key: &str) -> Option<&str> {
        let mut entries = self.entries.iter().rev();
        entries
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn push(&mut self, key: &str, value: impl Into<String>) {
        self.entries.push((key.to_owned(), value.into()));
    }

    /// Gives a key one value, at the place of its first one.
    pub(super) fn set(&mut self, key: &str, value: impl Into<String>) {
        let at = self.entries.iter().position(|(known, _)| known == key);
        self.entries.retain(|(known, _)| known != key);
        let at = at.unwrap_or(self.entries.len()).min(self.entries.len());
        self.entries.insert(at, (key.to_owned(), value.into()));
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.entries.retain(|(known, _)| known != key);
    }
}

/// A line that a program does not take as it stands: its number, from 1, and the reason.
pub(super) type Bad = (usize, &'static str);

/// Reads a file. A line that systemd passes over is passed over as well.
///
/// # Errors
/// A line at which GLib refuses the whole file, and text that is not UTF-8.
pub(super) fn parse(content: &[u8], dialect: Dialect) -> Result<Vec<Section>, Bad> {
    let text = std::str::from_utf8(content).map_err(|_| (1, "it is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut sections: Vec<Section> = Vec::new();
    for (number, line) in joined(text, dialect) {
        let trimmed = line.trim();
        let is_comment = match dialect {
            Dialect::Systemd => trimmed.starts_with(['#', ';']),
            Dialect::KeyFile => line.starts_with('#'),
        };
        if trimmed.is_empty() || is_comment {
            continue;
        }
        if let Some(rest) = trimmed.strip_prefix('[') {
            let name = rest
                .strip_suffix(']')
                .ok_or((number, "a section's name is not closed"))?;
            sections.push(Section::new(name));
            continue;
        }
        match (trimmed.split_once('='), sections.last_mut()) {
            (Some((key, _)), Some(section)) if !key.trim().is_empty() => {
                let (key, value) = line.split_once('=').unwrap_or_default();
                let value = match dialect {
                    Dialect::Systemd => value.trim(),
                    Dialect::KeyFile => value.trim_start().trim_end_matches('\r'),
                };
                section.push(key.trim(), value);
            }
            _ if dialect == Dialect::Systemd => {}
            (_, None) => return Err((number, "it stands before the first section")),
            _ => return Err((number, "it is no “key=value”")),
        }
    }
    Ok(sections)
}

/// Lines with their numbers; those that a backslash joins are one, with a blank between them.
fn joined(text: &str, dialect: Dialect) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    for (number, line) in text.lines().enumerate() {
        let is_comment = line.trim_start().starts_with(['#', ';']);
        if is_open && is_comment {
            // systemd skips a comment between joined lines.
            continue;
        }
        let (part, continues) = match line.strip_suffix('\\') {
            Some(part) if dialect == Dialect::Systemd && !is_comment => (part, true),
            _ => (line, false),
        };
        match lines.last_mut() {
            Some((_, last)) if is_open => {
                last.push(' ');
                last.push_str(part);
            }
            _ => lines.push((number + 1, part.to_owned())),
        }
        is_open = continues;
    }
    lines
}

/// Puts sections of one name together, but for those named in `apart`, of which each is a thing of its own.
pub(super) fn merged(sections: Vec<Section>, apart: &[&str]) -> Vec<Section> {
    let mut all: Vec<Section> = Vec::new();
    for section in sections {
        let same = all
            .iter_mut()
            .find(|known| known.name == section.name && !apart.contains(&known.name.as_str()));
        match same {
            Some(known) => known.entries.extend(section.entries),
            None => all.push(section),
        }
    }
    all
}

/// The section of a name, made at the end where there is none.
pub(super) fn section<'a>(sections: &'a mut Vec<Section>, name: &str) -> &'a mut Section {
    let at = match sections.iter().position(|section| section.name == name) {
        Some(at) => at,
        None => {
            sections.push(Section::new(name));
            sections.len() - 1
        }
    };
    &mut sections[at]
}

/// The text of sections, those without entries left out.
pub(super) fn text(heading: &str, sections: &[Section]) -> String {
    let mut text = String::from(heading);
    for section in sections
        .iter()
        .filter(|section| !section.entries.is_empty())
    {
        text.push_str(&format!("\n[{}]\n", section.name));
        for (key, value) in &section.entries {
            text.push_str(&format!("{key}={value}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systemd_joins_lines_and_passes_over_what_it_does_not_know() {
        let text = b"stray\n# c\n[Network]\nDNS = 192.0.2.1 \\\n; between\n  192.0.2.2\nword\n[Network]\nDHCP=no\n";
        let sections = parse(text, Dialect::Systemd).unwrap();
        assert_eq!(sections.len(), 2);
        assert_eq!(sections[0].last("DNS"), Some("192.0.2.1    192.0.2.2"));
        let merged = merged(sections, &[]);
        assert_eq!(merged[0].last("DHCP"), Some("no"));
    }

    #[test]
    fn glib_refuses_a_file_with_a_stray_line() {
        assert_eq!(parse(b"a=b\n", Dialect::KeyFile).unwrap_err().0, 1);
        assert_eq!(parse(b"[a]\nword\n", Dialect::KeyFile).unwrap_err().0, 2);
        assert!(parse(b"[a\n", Dialect::KeyFile).is_err());
    }
}
