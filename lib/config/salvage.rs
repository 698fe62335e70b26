//! Readable parts of a configuration that cannot be used.

use std::path::PathBuf;

use regex::Regex;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml_edit::Document;

use super::hook::{FileHook, Hook, HookProxmox, HookVm, OnFailure};
use crate::spelling::nearest;

/// Readable part of `[hook]` in a configuration that cannot be used. It tells whether a mistake
/// concerns a machine.
///
/// ```
/// use osgraft::config::Salvage;
///
/// // A mistake elsewhere: who takes part stands there all the same.
/// let salvage = Salvage::of("[share]\nmount_pont = 1\n[[hook.vm]]\nmatch = \"^web-\"\n");
/// assert!(salvage.is_whole());
/// // A mistake in `[hook]` itself: this pattern is one, and there may be others.
/// let salvage = Salvage::of("[[hook.vms]]\nmatch = \"^web-\"\n");
/// assert!(!salvage.is_whole() && salvage.hook().vms[0].pattern.is_match("web-7"));
/// ```
#[derive(Clone, Debug)]
pub struct Salvage {
    hook: Hook,
    is_whole: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LaxFile {
    hook: LaxHook,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LaxHook {
    on_failure: OnFailure,
    vm: Vec<LaxVm>,
    proxmox: LaxProxmox,
}

#[derive(Deserialize)]
struct LaxVm {
    #[serde(rename = "match")]
    pattern: String,
    on_failure: Option<OnFailure>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LaxProxmox {
    conf: Option<PathBuf>,
    storage: Option<PathBuf>,
}

impl Salvage {
    /// Reads what there is to read. Nothing is an error.
    pub fn of(text: &str) -> Self {
        let scanned = scan(text);
        if let Some(hook) = strict(text)
            && scanned.len() == hook.vms.len()
        {
            return Self {
                hook,
                is_whole: true,
            };
        }
        let mut hook = lax(text).unwrap_or_default();
        let known: Vec<String> = hook.vms.iter().map(|vm| vm.pattern.to_string()).collect();
        let scanned = scanned.into_iter().flatten();
        hook.vms.extend(
            scanned
                .filter(|pattern| !known.iter().any(|known| known == pattern.as_str()))
                .map(|pattern| HookVm {
                    pattern,
                    on_failure: OnFailure::Refuse,
                }),
        );
        Self {
            hook,
            is_whole: false,
        }
    }

    /// The patterns that were found, and what else stands in `[hook]`; defaults for the rest. A
    /// pattern that stands where none belongs counts, and says `refuse`.
    pub fn hook(&self) -> &Hook {
        &self.hook
    }

    /// True if `[hook]` is sound, so that a machine that no pattern matches is known to take no
    /// part. Otherwise it may have been meant by what could not be read.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }
}

/// `[hook]` of a text that is TOML, has none but known tables, and is without a mistake there.
fn strict(text: &str) -> Option<Hook> {
    let document = Document::parse(text).ok()?;
    // A text without any key is what is left of one.
    document.iter().next()?;
    let known = [
        "share",
        "registry",
        "images",
        "preflight",
        "hook",
        "identity",
        "pool",
    ];
    if !document.iter().all(|(key, _)| known.contains(&key)) {
        return None;
    }
    let Some(hook) = document.get("hook") else {
        return Some(Hook::default());
    };
    let hook = hook.clone().into_value().ok()?;
    let file = FileHook::deserialize(hook.into_deserializer()).ok()?;
    let vms = file.vm.into_iter().map(|vm| {
        Some(HookVm {
            pattern: Regex::new(&vm.pattern).ok()?,
            on_failure: vm.on_failure.unwrap_or(file.on_failure),
        })
    });
    Some(Hook {
        deadline_s: file.deadline_s,
        on_failure: file.on_failure,
        vms: vms.collect::<Option<_>>()?,
        proxmox: file.proxmox,
        libvirt: file.libvirt,
    })
}

/// The same of a text with mistakes in `[hook]`; a pattern that is none is passed over.
fn lax(text: &str) -> Option<Hook> {
    let LaxFile { hook } = toml_edit::de::from_str(text).ok()?;
    let vms = hook.vm.into_iter().filter_map(|vm| {
        Some(HookVm {
            pattern: Regex::new(&vm.pattern).ok()?,
            on_failure: vm.on_failure.unwrap_or(hook.on_failure),
        })
    });
    let places = HookProxmox::default();
    Some(Hook {
        on_failure: hook.on_failure,
        vms: vms.collect(),
        proxmox: HookProxmox {
            conf: hook.proxmox.conf.unwrap_or(places.conf),
            storage: hook.proxmox.storage.unwrap_or(places.storage),
        },
        ..Hook::default()
    })
}

/// Finds what looks like a pattern, line by line: a text that is not TOML has such lines, too.
/// One that is no regular expression is `None`.
fn scan(text: &str) -> Vec<Option<Regex>> {
    let assigned = r#"["']?([A-Za-z_-]+)["']?\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*')"#;
    let assigned = Regex::new(assigned).expect("it is written here");
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let found = lines.flat_map(|line| assigned.captures_iter(line));
    found
        .filter(|found| nearest(&found[1], ["match"]).is_some())
        .map(|found| {
            let line = format!("x = {}", &found[2]);
            let value: toml_edit::DocumentMut = line.parse().ok()?;
            Regex::new(value.get("x")?.as_str()?).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    /// The patterns that are told of a text that cannot be used, and whether that is all.
    fn told(text: &str) -> (Vec<String>, bool) {
        assert!(Config::parse(text, "c").is_err(), "{text}");
        let salvage = Salvage::of(text);
        let patterns = salvage.hook().vms.iter();
        let patterns = patterns.map(|vm| vm.pattern.to_string()).collect();
        (patterns, salvage.is_whole())
    }

    #[test]
    fn a_mistake_elsewhere_leaves_the_patterns_whole() {
        let text = "[share]\nmount_pont = 1\n[hook]\non_failure = \"start-unprepared\"\n\
            [hook.proxmox]\nconf = \"/c\"\n[[hook.vm]]\nmatch = '^web-'\n";
        assert_eq!(told(text), (vec!["^web-".into()], true));
        let hook = Salvage::of(text).hook;
        assert_eq!(hook.vms[0].on_failure, OnFailure::StartUnprepared);
        assert_eq!(hook.proxmox.conf.to_str(), Some("/c"));
        assert_eq!(told("[share]\nmount_pont = 1\n"), (vec![], true));
    }

    #[test]
    fn a_mistake_in_the_hook_leaves_a_doubt_and_what_can_be_read() {
        let web = || vec!["^web-".to_owned()];
        let sound = "[[hook.vm]]\nmatch = \"^web-\"\n";
        for text in [
            "[[hook.vms]]\nmatch = \"^web-\"\n",
            "[[hok.vm]]\nmatch = \"^web-\"\n",
            "[[hook.vm]]\nmach = \"^web-\"\n",
            "[[vm]]\nmatch = \"^web-\"\n",
            "[share]\n[[share.hook.vm]]\nmatch = \"^web-\"\n",
            "[hook]\nvm = [{ mtach = \"^web-\" }]\n",
            "[hook\n[[hook.vm]]\n  match = '^web-' # these\n",
            "hook = 1\n[[hook.vm]]\n\"match\" = \"^web-\"\n",
            &format!("{sound}[[hook.vm]]\nmatch = \"(\"\n"),
            &format!("{sound}more = 1\n"),
            &format!("[hook]\ndeadlin = 1\n{sound}"),
            &format!("[hook]\non_failure = \"refse\"\n{sound}"),
            &format!("hook.deadline_s = \"3\"\n{sound}"),
        ] {
            assert_eq!(told(text), (web(), false), "{text}");
        }
        for text in [
            "[hook\n",
            "[[hook.vm]]\nmatch = \"(\"\n",
            "[[hook.vm]]\nmatch = 1\n",
        ] {
            assert_eq!(told(text), (vec![], false), "{text}");
        }
        let escaped = "[hook\n[[hook.vm]]\nmatch = \"^web\\\\d\\u0041\"\n#match = \"no\"\n";
        assert_eq!(told(escaped).0, [r"^web\dA"]);
    }

    #[test]
    fn what_is_told_keeps_its_policy_where_the_text_is_toml() {
        let text = "[hook]\nmore = 1\non_failure = \"start-unprepared\"\n\
            [[hook.vm]]\nmatch = \"a\"\n[[hook.vm]]\nmach = \"b\"\n";
        let hook = Salvage::of(text).hook;
        let policies: Vec<_> = hook.vms.iter().map(|vm| vm.on_failure).collect();
        // A form that does not fit costs the policies, never the patterns.
        assert_eq!(policies, [OnFailure::Refuse; 2]);
        let text = "[hook]\nmore = 1\non_failure = \"start-unprepared\"\n\
            [[hook.vm]]\nmatch = \"a\"\n";
        let hook = Salvage::of(text).hook;
        assert_eq!(hook.vms[0].on_failure, OnFailure::StartUnprepared);
    }
}
