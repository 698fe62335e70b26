use proptest::prelude::*;

use super::*;
use crate::registry::{Source, parse};

const FILE: &str = "\
# OS servers of rack 4

# the first one
[[server]]
name = \"a\"   # do not rename
export = 'h:/x'
weight = 0x0a
kernels = [
  \"1\", # old
  \"2\",
]
# options = \"port=12049\"

# the second one
[[server]] # spare
\tname = \"b\"
\tvirtiofs = \"tag\"
# the end
";

fn set(text: &str, name: &str, settings: &[&str]) -> String {
    let settings: Vec<Setting> = settings.iter().map(|s| s.parse().unwrap()).collect();
    super::set(text, "f", name, &settings).unwrap().unwrap()
}

#[test]
fn a_value_changes_where_it_stands() {
    let expected = FILE.replace("'h:/x'", "\"h:/y\"").replace("0x0a", "3");
    assert_eq!(set(FILE, "a", &["export=h:/y", "weight=3"]), expected);
}

#[test]
fn a_value_that_only_is_spelled_otherwise_stays() {
    assert_eq!(
        set(FILE, "a", &["export=h:/x", "weight=10", "kernels=1,2"]),
        FILE
    );
}

#[test]
fn a_new_key_goes_behind_the_last_with_its_indentation() {
    let expected = FILE.replace("\"tag\"\n", "\"tag\"\n\tos = \"debian\"\n");
    assert_eq!(set(FILE, "b", &["os=debian"]), expected);
    let expected = FILE.replace("]\n# options", "]\nos = \"debian\"\n# options");
    assert_eq!(set(FILE, "a", &["os=debian"]), expected);
}

#[test]
fn a_key_is_taken_away_with_its_lines() {
    let changed = super::set(FILE, "f", "a", &[Setting::unset(Key::Kernels)]);
    let expected = FILE.replace("kernels = [\n  \"1\", # old\n  \"2\",\n]\n", "");
    assert_eq!(changed.unwrap().unwrap(), expected);
}

#[test]
fn a_new_source_replaces_the_old_one() {
    let changed = set(FILE, "a", &["disk=LABEL=x", "fstype=erofs"]);
    let servers = parse(&changed, "f").unwrap();
    let source = servers.get("a").unwrap().source();
    assert_eq!(source, &Source::disk("LABEL=x", "erofs").unwrap());
    let changed = set(&changed, "a", &["virtiofs=t"]);
    let servers = parse(&changed, "f").unwrap();
    assert_eq!(
        servers.get("a").unwrap().source(),
        &Source::virtiofs("t").unwrap()
    );
}

#[test]
fn two_sources_in_one_call_are_left_for_the_check_to_refuse() {
    let changed = set(FILE, "a", &["export=h:/y", "virtiofs=t"]);
    let error = parse(&changed, "f").unwrap_err().to_string();
    assert!(error.contains("stands beside “export”"), "{error}");
}

#[test]
fn a_server_goes_with_the_comments_that_touch_it() {
    assert_eq!(
        removed(FILE, "f", "a").unwrap().unwrap(),
        "# OS servers of rack 4\n\n# the second one\n[[server]] # spare\n\tname = \"b\"\n\tvirtiofs = \"tag\"\n# the end\n"
    );
    let without = removed(FILE, "f", "b").unwrap().unwrap();
    assert_eq!(without, FILE[..FILE.find("\n# the second").unwrap()]);
    assert_eq!(removed(FILE, "f", "c").unwrap(), None);
}

#[test]
fn a_comment_at_the_top_of_the_file_stays() {
    let text = "# managed by hand\n[[server]]\nname = \"a\"\nvirtiofs = \"t\"\n";
    assert_eq!(
        removed(text, "f", "a").unwrap().unwrap(),
        "# managed by hand\n"
    );
}

#[test]
fn line_ends_and_byte_order_mark_stay_as_they_are() {
    let text = format!("\u{feff}{}", FILE.replace('\n', "\r\n"));
    let server = Server::new("c", Source::nfs("h:/c").unwrap()).unwrap();
    let changed = added(&set(&text, "a", &["os=debian", "kernels=2,3"]), &server);
    let changed = removed(&changed, "f", "b").unwrap().unwrap();
    assert_eq!(
        changed.matches('\n').count(),
        changed.matches("\r\n").count()
    );
    assert!(changed.starts_with('\u{feff}'));
    let names: Vec<String> = parse(&changed, "f")
        .unwrap()
        .iter()
        .map(|s| s.name().to_owned())
        .collect();
    assert_eq!(names, ["a", "c"]);
}

#[test]
fn a_last_line_without_its_end_is_ended_first() {
    let text = "[[server]]\nname = \"a\"\nvirtiofs = \"t\"";
    assert_eq!(
        set(text, "a", &["os=debian"]),
        format!("{text}\nos = \"debian\"\n")
    );
    let server = Server::new("b", Source::virtiofs("u").unwrap()).unwrap();
    assert!(added(text, &server).starts_with(&format!("{text}\n\n[[server]]\n")));
}

#[test]
fn comments_above_a_key_that_is_taken_away_stay() {
    let text = "[[server]]\nname = \"a\"\n# where\nexport = \"h:/x\"\n# which\nos = \"debian\" # old\n# end\n";
    let unset = |key| {
        super::set(text, "f", "a", &[Setting::unset(key)])
            .unwrap()
            .unwrap()
    };
    assert_eq!(unset(Key::Os), text.replace("os = \"debian\" # old\n", ""));
    let name = unset(Key::Export);
    assert_eq!(name, text.replace("export = \"h:/x\"\n", ""));
}

#[test]
fn mixed_line_ends_become_uniform_only_where_something_changes() {
    let mixed = FILE.replacen('\n', "\r\n", 3);
    assert_eq!(set(&mixed, "a", &["weight=10"]), mixed);
    let crlf = FILE.replace("0x0a", "3").replace('\n', "\r\n");
    assert_eq!(set(&mixed, "a", &["weight=3"]), crlf);
    let server = Server::new("c", Source::nfs("h:/c").unwrap()).unwrap();
    let text = added(&mixed, &server);
    let new = text.strip_prefix(&mixed).unwrap();
    assert_eq!(new.matches('\n').count(), new.matches("\r\n").count());
}

#[test]
fn an_array_keeps_the_comments_of_the_elements_that_stay() {
    let expected = FILE
        .replace("  \"1\", # old\n", "")
        .replace("  \"2\",\n", "  \"2\",\n  \"3\",\n");
    assert_eq!(set(FILE, "a", &["kernels=2,3"]), expected);
}

/// Lines that make registries, broken ones, and no TOML at all.
const LINES: [&str; 22] = [
    "[[server]]\n",
    "[[server]] # x\r\n",
    "[server]\n",
    "[server.os]\n",
    "[[other]]\n",
    "name = \"a\"\n",
    "name = 'a'",
    "\tname = \"b\"\n",
    "name.x = 1\n",
    "os.id = \"debian\"\n",
    "os = { id = \"debian\" }\n",
    "kernels = [ # é\n \"1\"\n, \"2\", ] # x\n",
    "kernels = [1, [2]]\n",
    "components = [\"1\", 'h:/y',]\n",
    "weight = 0b1\n",
    "server = [{ name = \"a\" }]\n",
    "options = \"\"\"\n\"\"\"\n",
    "# é\n",
    "\n",
    "\u{feff}",
    "\0",
    "\"",
];

fn any_server() -> impl Strategy<Value = Server> {
    let word = "[a-z0-9'\"\\\\é,=+]{1,12}";
    let names = proptest::collection::btree_set("[a-z'\\\\,é]{1,8}", 0..4);
    (
        "[A-Za-z0-9._-]{1,12}",
        proptest::option::of(word),
        proptest::option::of(names),
        0..=crate::registry::MAX_WEIGHT,
        "/[a-z'\"\\\\]{0,9}",
    )
        .prop_map(|(name, os, kernels, weight, path)| {
            let source = Source::nfs(&format!("h:{path}")).unwrap();
            let mut server = Server::new(&name, source)
                .unwrap()
                .with_weight(weight)
                .unwrap();
            if let Some(os) = os {
                server = server.with_os(&os).unwrap();
                let options = format!("ro,x-note={os}");
                server = server.clone().with_options(&options).unwrap_or(server);
            }
            if let Some(kernels) = kernels {
                server = server.with_kernels(kernels).unwrap();
            }
            server
        })
}

proptest! {
    #[test]
    fn what_is_added_reads_back_and_its_removal_restores_the_text(server in any_server()) {
        prop_assume!(!["a", "b"].contains(&server.name()));
        let text = added(FILE, &server);
        prop_assert!(text.starts_with(FILE));
        let servers = parse(&text, "f").unwrap();
        prop_assert_eq!(servers.get(server.name()), Some(&server));
        prop_assert_eq!(removed(&text, "f", server.name()).unwrap().unwrap(), FILE);
    }

    #[test]
    fn no_text_makes_parsing_or_editing_panic(lines in proptest::collection::vec(0..LINES.len(), 0..12)) {
        let text: String = lines.iter().map(|line| LINES[*line]).collect();
        let _ = parse(&text, "f");
        let _ = removed(&text, "f", "a");
        for key in Key::ALL {
            for setting in [Setting::new(key, "1"), Setting::new(key, "h:/y"), Ok(Setting::unset(key))] {
                let Ok(setting) = setting else { continue };
                if let Ok(Some(changed)) = super::set(&text, "f", "a", &[setting]) {
                    prop_assert!(document(&changed, "f").is_ok(), "{}", changed);
                }
            }
        }
    }

    /// The rest of a text comes out of an edit as it went in.
    #[test]
    fn a_document_that_was_not_changed_is_the_same_text(lines in proptest::collection::vec(0..LINES.len(), 0..12)) {
        let text: String = lines.iter().map(|line| LINES[*line]).collect();
        let (_, plain) = Ends::of(&text);
        // The parser drops a mark.
        prop_assume!(!plain.starts_with('\u{feff}'));
        if let Ok(document) = document(&plain, "f") {
            let again = document.into_mut().to_string();
            prop_assert_eq!(again.trim_end_matches('\n'), plain.trim_end_matches('\n'));
        }
    }

    #[test]
    fn setting_one_key_touches_no_other(value in "[a-z0-9.'\"\\\\-]{1,12}", key in 0..Key::ALL.len()) {
        let key = Key::ALL[key];
        if let Ok(setting) = Setting::new(key, &value) {
            let text = super::set(FILE, "f", "b", &[setting]).unwrap().unwrap();
            let from = FILE.find("[[server]] # spare").unwrap();
            prop_assert!(text.starts_with(&FILE[..from]));
            prop_assert!(text.ends_with("# the end\n"));
            if let Ok(servers) = parse(&text, "f") {
                prop_assert_eq!(servers.len(), 2);
                let before = parse(FILE, "f").unwrap();
                prop_assert_eq!(servers.iter().next(), before.get("a"));
            }
        }
    }
}
