use std::path::Path;

use osgraft::share::extract::{Dying, Outcome};

use super::bench::{Out, debian, extract, module};

#[test]
fn killed_at_each_change_leaves_no_release_or_a_whole_one() {
    let guest = || debian().hard_link(&module("kernel/c.ko"), &module("kernel/a.ko"));
    let mut deaths = 0;
    for change in 0.. {
        let out = Out::new();
        let dying = Dying::at(change);
        let extractor = out.extractor("lib/modules").dying(dying.clone());
        let done = extract(&extractor, &mut guest(), "r1");
        if !dying.is_dead() {
            done.unwrap();
            break;
        }
        deaths += 1;
        done.unwrap_err();
        // Nothing that is listed is half of a release.
        let listed = osgraft::share::release::list(out.path()).unwrap();
        assert!(
            listed.unusable.is_empty(),
            "{change}: {:?}",
            listed.unusable
        );
        if !listed.releases.is_empty() {
            out.assert_intact("r1");
        }
        // The next run succeeds, and leaves nothing of the one that was killed.
        let again = out.extract(&mut guest(), "r1").unwrap();
        let wanted = match listed.releases.is_empty() {
            true => Outcome::Changed,
            false => Outcome::Unchanged,
        };
        assert_eq!(again.outcome, wanted, "{change}");
        assert_eq!(out.names(), ["r1"], "{change}");
        out.assert_intact("r1");
    }
    assert!(deaths > 30, "{deaths}");
}

#[test]
fn killed_while_files_are_shared_leaves_the_release_before_as_it_was() {
    let before = |path: &Path| std::fs::read(path.join("r1/manifest.json")).unwrap();
    let mut deaths = 0;
    for change in (0..).step_by(3) {
        let out = Out::new();
        out.extract(&mut debian(), "r1").unwrap();
        let manifest = before(out.path());
        let dying = Dying::at(change);
        let extractor = out.extractor("lib/modules").dying(dying.clone());
        let done = extract(&extractor, &mut debian(), "r2");
        if !dying.is_dead() {
            done.unwrap();
            break;
        }
        deaths += 1;
        assert_eq!(before(out.path()), manifest);
        out.assert_intact("r1");
        out.extract(&mut debian(), "r2").unwrap();
        out.assert_intact("r1");
        out.assert_intact("r2");
        assert_eq!(out.names(), ["r1", "r2"]);
    }
    assert!(deaths > 10, "{deaths}");
}
