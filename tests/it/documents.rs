//! README and `docs/`: their size, and that every file, heading, target and command they name is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn pages() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("docs")).unwrap();
    let mut pages: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    assert!(pages.len() >= 10, "{pages:?} is not the documentation");
    pages
}

/// Everything with links in it.
fn documents() -> Vec<PathBuf> {
    let mut documents = pages();
    documents.extend(["README.md", "SECURITY.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    documents
}

/// Lines outside of code blocks, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter_map(move |(at, line)| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        (!is_code && !is_fence).then_some((at + 1, line))
    })
}

/// Targets of the links `[text](target)` of a line that are not on the web.
fn links(line: &str) -> Vec<&str> {
    let targets = line.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
    targets.filter(|target| !target.contains("://")).collect()
}

/// The anchor that a heading has: lower case, blanks as hyphens, without punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter_map(|(_, line)| {
        let heading = line.trim_start_matches('#');
        (heading.len() < line.len()).then(|| anchor(heading.trim()))
    });
    headings.collect()
}

/// A complaint for each link of a document that leads nowhere.
fn dead_links(document: &Path, text: &str) -> Vec<String> {
    let mut dead = Vec::new();
    for (at, line) in prose(text) {
        for link in links(line) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file.is_empty() {
                true => document.to_owned(),
                false => document.parent().unwrap().join(file),
            };
            let is_there = match heading.is_empty() {
                true => target.exists(),
                false => {
                    let text = std::fs::read_to_string(&target);
                    text.is_ok_and(|text| anchors(&text).contains(heading))
                }
            };
            if !is_there {
                dead.push(format!("line {at}: {link}"));
            }
        }
    }
    dead
}

#[test]
fn the_readme_is_short() {
    let text = read(&root().join("README.md"));
    let words = text.split_whitespace().count();
    assert!(
        words <= 1500,
        "README.md has {words} words: move what is a reference to docs/"
    );
    for (at, line) in text.lines().enumerate() {
        let length = line.chars().count();
        assert!(
            length < 120,
            "README.md, line {}: {length} characters",
            at + 1
        );
    }
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut seen = 0;
    for document in documents() {
        let text = read(&document);
        seen += prose(&text)
            .map(|(_, line)| links(line).len())
            .sum::<usize>();
        assert_eq!(
            dead_links(&document, &text),
            [""; 0],
            "{}",
            document.display()
        );
    }
    assert!(seen > 40, "{seen} links are not those of the documentation");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let readme = root().join("README.md");
    for dead in [
        "[a](docs/no-such.md)",
        "[a](docs/hook.md#no-such)",
        "[a](#no-such)",
    ] {
        assert_eq!(dead_links(&readme, dead).len(), 1, "{dead}");
    }
    for live in [
        "[a](docs/hook.md#owners-and-labels)",
        "[a](#three-steps)",
        "[a](https://example.org/no-such)",
        "```\n[a](no-such)\n```",
    ] {
        assert_eq!(dead_links(&readme, live), [""; 0], "{live}");
    }
    assert_eq!(
        anchor("The domain's own metadata"),
        "the-domains-own-metadata"
    );
}

#[test]
fn the_readme_links_to_every_page() {
    let text = read(&root().join("README.md"));
    let linked: BTreeSet<&str> = prose(&text)
        .flat_map(|(_, line)| links(line))
        .map(|link| link.split('#').next().unwrap())
        .collect();
    for page in pages() {
        let name = format!("docs/{}", page.file_name().unwrap().to_str().unwrap());
        assert!(
            linked.contains(name.as_str()),
            "README.md has no link to {name}"
        );
    }
}

#[test]
fn every_make_target_that_is_named_is_there() {
    let makefile = read(&root().join("Makefile"));
    let is_target = |name: &str| {
        let mut lines = makefile.lines();
        lines.any(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(':'))
        })
    };
    assert!(!is_target("no-such"));
    let mut named = 0;
    for document in documents() {
        let text = read(&document);
        for rest in text.split("`make ").skip(1) {
            let name = rest.split([' ', '`', '\n']).next().unwrap();
            named += usize::from(!name.is_empty());
            assert!(
                name.is_empty() || is_target(name),
                "{}: make {name}",
                document.display()
            );
        }
    }
    assert!(
        named > 15,
        "{named} targets are not those of the documentation"
    );
}

#[test]
fn the_packages_hold_the_pages() {
    let cargo = read(&root().join("Cargo.toml"));
    let crate_files = cargo
        .lines()
        .find(|line| line.starts_with("include = "))
        .unwrap();
    assert!(crate_files.contains("\"/docs\""), "{crate_files}");
    assert!(cargo.contains("[\"docs/*.md\", \"usr/share/doc/osgraft/docs/\", \"644\"]"));
}

/// Exit codes and commands of the page, against those of the program's own help.
#[cfg(feature = "cli")]
#[test]
fn the_commands_and_exit_codes_are_those_of_the_program() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_osgraft"))
        .arg("--help")
        .output();
    let help = String::from_utf8(output.unwrap().stdout).unwrap();
    let page = read(&root().join("docs/commands.md"));

    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let commands = listed.lines().take_while(|line| !line.is_empty());
    let commands = commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let commands: Vec<&str> = commands.filter(|name| !name.is_empty()).collect();
    assert!(commands.contains(&"prepare"), "{commands:?}");
    for name in commands {
        assert!(
            page.contains(&format!("`osgraft {name} ")),
            "no line tells osgraft {name}"
        );
    }

    let (_, listed) = help.split_once("Exit codes:\n").unwrap();
    let mut codes = 0;
    for line in listed.lines().take_while(|line| !line.is_empty()) {
        let Some((code, meaning)) = line.trim_start().split_once("  ") else {
            continue;
        };
        codes += 1;
        let meaning = meaning.split([';', '(']).next().unwrap().trim();
        let row = format!("| {code} | {meaning}");
        assert!(page.contains(&row), "no row begins with “{row}”");
    }
    assert_eq!(codes, 9);
}
