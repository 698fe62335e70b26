//! Policy: the machines that take part, and what becomes of one that cannot be prepared.

use super::asked::Asked;
use super::verdict::Why;
use crate::config::{Hook, OnFailure};

/// Statement about osgraft in a machine's own description.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Mark {
    pub(super) prepare: bool,
    pub(super) server: Option<String>,
    pub(super) on_failure: Option<OnFailure>,
    /// Identity that it asks for.
    pub(super) asked: Asked,
}

/// Decides whether a machine takes part: its own description decides where it says so, else the first
/// pattern that matches one of its names.
pub(super) fn takes_part(
    names: &[&str],
    mark: Option<&Mark>,
    hook: &Hook,
) -> Result<OnFailure, Why> {
    let vm = hook
        .vms
        .iter()
        .find(|vm| names.iter().any(|name| vm.pattern.is_match(name)));
    let configured = vm.map(|vm| vm.on_failure);
    match mark {
        Some(Mark { prepare: false, .. }) => Err(Why::OptedOut),
        Some(mark) => Ok(mark.on_failure.or(configured).unwrap_or(hook.on_failure)),
        None => configured.ok_or(Why::NoPattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const REFUSE: OnFailure = OnFailure::Refuse;
    const START: OnFailure = OnFailure::StartUnprepared;

    fn judge(name: &str, mark: Option<&Mark>) -> Result<OnFailure, Why> {
        let text = "[hook]\non_failure = \"start-unprepared\"\n\
            [[hook.vm]]\nmatch = \"^web-1$\"\non_failure = \"refuse\"\n\
            [[hook.vm]]\nmatch = \"^web-\"\n";
        let config = Config::parse(text, "c").unwrap();
        takes_part(&[name], mark, &config.hook)
    }

    #[test]
    fn the_first_pattern_that_matches_decides() {
        assert_eq!(judge("web-1", None), Ok(REFUSE));
        assert_eq!(judge("web-2", None), Ok(START));
        assert_eq!(judge("db-1", None), Err(Why::NoPattern));
    }

    #[test]
    fn a_mark_goes_before_the_patterns() {
        let mark = |prepare, on_failure| Mark {
            prepare,
            on_failure,
            server: None,
            asked: Asked::default(),
        };
        assert_eq!(judge("web-1", Some(&mark(false, None))), Err(Why::OptedOut));
        assert_eq!(judge("db-1", Some(&mark(true, None))), Ok(START));
        assert_eq!(judge("db-1", Some(&mark(true, Some(REFUSE)))), Ok(REFUSE));
        assert_eq!(judge("web-1", Some(&mark(true, None))), Ok(REFUSE));
    }
}
