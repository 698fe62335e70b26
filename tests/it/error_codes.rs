//! Codes of errors and findings: each in the table, each row of the table in a source, one meaning each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use osgraft::codes;
use regex::Regex;

/// Codes that several sources have because they mean the same there. The table says what that is.
const SHARED: &[&str] = &[
    // Both editors find it.
    "ambiguous-root",
    "mount-option",
    "no-root",
    "os-unsupported",
    "swap-file",
    "windows",
    // A refusal, and a warning of the plan that says that prepare refuses it.
    "backs-others",
    // A check of the doctor's that is made in two places.
    "config",
    // systemd's target, and the services of other inits.
    "remote-mounts-off",
    // Options of the share, and a unit or a line of the guest's that come to the same.
    "automount-boot-critical",
    "boot-waits",
    "local-mount-needs-share",
    "separate-file-system",
    // The client of NFS, and the driver of another file system.
    "module-blocked",
    "module-index-missing",
    // Options of a server, and those of a share.
    "option-unlisted",
    // The time that the caller gave is over, in the hook or in the appliance under it.
    "deadline",
    "io",
    // What the way back keeps, prepare mends, and verify tells.
    "fstab-block-foreign-line",
    "link-left-over",
    "link-replaced",
    "not-empty",
    // An error of the hook, and the same in the journal where it stops nothing.
    "marker",
    "unknown",
    "server-unknown",
    // Stacks of a guest's network find the same in their own files.
    "nic-ambiguous",
    "nic-keep",
    "nic-renamed",
    "nic-route",
    "nic-stacked",
    "nic-taken-first",
    "nic-unmanaged",
];

/// Places of a code beside the functions that return one.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns = [
        r#"(?:Finding::new|\.block|\.warn|Check::(?:ok|warning|bad|not_checked)|judge_version)\(\s*"([^"]*)""#,
        r#"(?:Flaw::(?:new|at)|Told::new)\(\s*"([^"]*)""#,
        r#"\bcode(?::| =) "([^"]*)""#,
        r#"Flaw::(?:new|at)\(\s*"([^"]*)""#,
        r#"\(\s*"([a-z0-9]+(?:-[a-z0-9]+)+)",\s*(?:format!|what\)|text\))"#,
        r#"const LEFT_OVER: &str = "([^"]*)""#,
    ];
    patterns.map(|pattern| Regex::new(pattern).unwrap()).into()
});

/// Sources below a folder of the repository, their tests and comments left out.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut found) = (vec![root.join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_source = path.extension().is_some_and(|extension| extension == "rs");
            if path.is_dir() {
                folders.push(path);
            } else if is_source && !path.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
                let is_code = |line: &&str| !line.trim_start().starts_with("//");
                let code: Vec<&str> = code.lines().filter(is_code).collect();
                let name = path.strip_prefix(root).unwrap().display().to_string();
                found.push((name, code.join("\n")));
            }
        }
    }
    found
}

/// Codes of one source: literals in functions that return codes, and those that make a finding, a check
/// or a line of the journal.
fn codes_of(source: &str) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut inside = false;
    for line in source.lines() {
        let is_signature = ["fn code(", "fn codes("].iter().any(|f| line.contains(f));
        inside |= is_signature && line.starts_with("    pub");
        inside &= line != "    }";
        let arm = line.split_once("=>").map_or(line, |(_, arm)| arm);
        if inside && !arm.trim_start().starts_with("#[") {
            codes.extend(arm.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    for pattern in PATTERNS.iter() {
        let found = pattern.captures_iter(source);
        codes.extend(found.map(|found| found[1].to_owned()));
    }
    codes
}

/// Sources by code.
fn found() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, source) in [sources("lib"), sources("bin")].concat() {
        for code in codes_of(&source) {
            found.entry(code).or_default().insert(name.clone());
        }
    }
    found
}

#[test]
fn each_code_of_a_source_is_in_the_table_and_each_row_is_in_a_source() {
    let found = found();
    assert!(found.len() > 350, "{} codes are not all", found.len());
    let unknown = |code: &&String| codes::find(code).is_none();
    let missing: Vec<_> = found.keys().filter(unknown).collect();
    assert!(missing.is_empty(), "lib/codes/table.md lacks {missing:?}");
    let rows = codes::all().iter().map(codes::Code::name);
    let stale: Vec<_> = rows.filter(|code| !found.contains_key(*code)).collect();
    assert!(stale.is_empty(), "no source has {stale:?}");
}

#[test]
fn no_code_has_two_meanings() {
    let found = found();
    let several = found.iter().filter(|(_, sources)| sources.len() > 1);
    let several: BTreeSet<_> = several.map(|(code, _)| code.as_str()).collect();
    let shared: BTreeSet<_> = SHARED.iter().copied().collect();
    assert_eq!(several, shared);
}

#[test]
fn codes_are_found_in_each_way_that_a_source_has_them() {
    let source = r#"
impl Error {
    pub fn code(&self) -> &'static str {
        match self {
            #[cfg(feature = "no-code")]
            Self::A => "of-an-error",
        }
    }
}
fn f() {
    let text = "no-code";
    Finding::new("of-a-finding", text);
    self.block(
        "of-a-blocker",
        text,
    );
    Check::bad("of-a-check", text, "no-code");
    let (code, text) = ("of-a-pair", format!("x"));
    tracing::warn!(vm, code = "of-a-line", "{text}");
}"#;
    let found = codes_of(source);
    let expected = ["blocker", "check", "finding", "line", "pair"].map(|of| format!("of-a-{of}"));
    let expected: BTreeSet<_> = expected.into_iter().chain(["of-an-error".into()]).collect();
    assert_eq!(found, expected);
}

/// Each sentence of the table says what its neighbour does not.
#[test]
fn no_two_codes_have_one_meaning() {
    let mut seen = BTreeMap::new();
    for code in codes::all() {
        let before = seen.insert(code.meaning(), code.name());
        assert_eq!(before, None, "{} says the same", code.name());
    }
}
