//! What a graft of a real disk must be, from the clone to the way back, judged by other tools.

use std::path::{Path, PathBuf};

use osgraft::editor::Choice;
use osgraft::image::Child;
use osgraft::prepare::{Finding, Outcome, Preparer, Report, revert, verify};
use osgraft::registry::FileRegistry;

use super::assert_clean;
use super::fixture::{digest_by_tool, overlay};
use super::servers::{block, other, share};
use super::tree::Tree;

const FOLDER: &str = "/shared/lib/modules";
const RECEIPT: &str = "/var/lib/osgraft/receipt.json";

/// What is expected of one guest.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// Where the root file system begins, in MiB.
    pub(crate) at: u64,
    /// The file that fstab is, links resolved.
    pub(crate) fstab: &'static str,
    /// The line of fstab that the block stands before; none where it stands last.
    pub(crate) before: Option<&'static str>,
    /// Where the link is made, `/lib` resolved.
    pub(crate) link: &'static str,
    /// Whether modules of the guest's own were there, and move.
    pub(crate) displaced: bool,
    /// All that comes into the tree, but for what moves.
    pub(crate) came: Vec<&'static str>,
    /// The codes of the report's warnings.
    pub(crate) warnings: &'static [&'static str],
}

/// A child that is taken from the clone to the way back.
struct Story<'a> {
    expected: &'a Expected,
    registry: &'a FileRegistry,
    child: PathBuf,
    handle: Child,
    pristine: Tree,
}

/// Clones `master`, prepares the child, does so again and for another server, and reverts it;
/// looks at everything after each step. Gives the master's tree, for more to be asked of it.
pub(crate) fn prove(
    master: &Path,
    folder: &Path,
    registry: &FileRegistry,
    expected: &Expected,
) -> Tree {
    let master_before = digest_by_tool(master);
    let child = folder.join("child.qcow2");
    overlay(master).create(&child).unwrap();
    let story = Story {
        expected,
        registry,
        handle: Child::open(&child, master).unwrap(),
        child,
        pristine: Tree::read(master, expected.at << 20),
    };
    assert!(
        story.pristine.len() > 50,
        "the premise: a tree worth comparing"
    );
    story.plan_changes_no_byte();
    let (report, prepared) = story.prepare();
    story.second_prepare_changes_no_byte();
    story.other_server_changes_the_block_alone(&report, &prepared);
    drop(prepared);
    story.revert_gives_the_masters_tree();
    assert_eq!(digest_by_tool(master), master_before, "the master changed");
    story.pristine
}

impl Story<'_> {
    fn preparer(&self) -> Preparer<&FileRegistry> {
        Preparer::new(self.registry, share()).editor(Choice::ext4())
    }

    fn tree(&self) -> Tree {
        assert_clean(&self.child);
        Tree::read(&self.child, self.expected.at << 20)
    }

    fn plan_changes_no_byte(&self) {
        let before = digest_by_tool(&self.child);
        let plan = self.preparer().plan(&self.handle).unwrap();
        assert_eq!(plan.outcome, Outcome::Planned);
        assert_eq!(digest_by_tool(&self.child), before, "plan wrote");
        let missing = verify(&self.handle, Some(&share())).unwrap();
        assert!(!missing.intact);
        assert_eq!(codes(&missing.differences), ["not-prepared"]);
    }

    fn prepare(&self) -> (Report, Tree) {
        let planned = self.preparer().plan(&self.handle).unwrap().edits;
        let report = self.preparer().prepare(&self.handle).unwrap();
        assert_eq!(report.outcome, Outcome::Changed);
        assert_eq!(report.edits, planned, "the plan said otherwise");
        assert_eq!(codes(&report.warnings), self.expected.warnings);
        let tree = self.tree();
        let mut differences = self
            .pristine
            .differences(&tree, |path| self.moved(path).unwrap_or(path.to_owned()));
        differences.sort();
        let mut expected: Vec<String> = self
            .expected
            .came
            .iter()
            .map(|line| format!("+ {line}"))
            .collect();
        if self.pristine.contains(self.expected.fstab) {
            expected.push(format!("~ {} content", self.expected.fstab));
        }
        expected.sort();
        assert_eq!(differences, expected, "what prepare changed");
        self.own_modules_serve_as_fallback(&tree);
        self.block_stands_alone(&tree, &export(&report));
        self.is_intact();
        (report, tree)
    }

    /// Where prepare moves a path of the master's.
    fn moved(&self, path: &str) -> Option<String> {
        let below = path.strip_prefix(self.expected.link)?;
        let inside = below.is_empty() || below.starts_with('/');
        (self.expected.displaced && inside).then(|| format!("{FOLDER}{below}"))
    }

    fn own_modules_serve_as_fallback(&self, tree: &Tree) {
        let link = tree.describe(self.expected.link).unwrap();
        assert!(link.ends_with(&format!(" -> {FOLDER}")), "{link}");
        let own: Vec<String> = self
            .pristine
            .paths()
            .filter_map(|path| self.moved(path))
            .collect();
        let local: Vec<&str> = tree
            .paths()
            .filter(|path| path.starts_with(FOLDER))
            .collect();
        assert_eq!(local, own, "the child's own modules below the mount point");
        let indexed = own.iter().any(|path| path.ends_with("/modules.dep"));
        assert_eq!(
            indexed, self.expected.displaced,
            "the premise: modules of its own"
        );
    }

    /// fstab is what it was, and the block.
    fn block_stands_alone(&self, tree: &Tree, export: &str) {
        let fstab = self.expected.fstab;
        let mut original = match self.pristine.contains(fstab) {
            true => self.pristine.content(fstab),
            false => Vec::new(),
        };
        if !original.is_empty() && !original.ends_with(b"\n") {
            original.push(b'\n');
        }
        let at = match self.expected.before {
            None => original.len(),
            Some(line) => original
                .windows(line.len())
                .position(|window| window == line.as_bytes())
                .expect("the premise: the line is there"),
        };
        let after = original.split_off(at);
        let want = [original, block(export).into_bytes(), after].concat();
        let edited = tree.content(fstab);
        assert!(
            edited == want,
            "{}\nnot\n{}",
            String::from_utf8_lossy(&edited),
            String::from_utf8_lossy(&want)
        );
    }

    fn is_intact(&self) {
        let verified = verify(&self.handle, Some(&share())).unwrap();
        assert!(verified.intact, "{:?}", verified.differences);
    }

    fn second_prepare_changes_no_byte(&self) {
        let before = digest_by_tool(&self.child);
        let again = self.preparer().prepare(&self.handle).unwrap();
        assert_eq!(again.outcome, Outcome::Unchanged);
        assert!(again.edits.is_empty(), "{:?}", again.edits);
        assert_eq!(
            digest_by_tool(&self.child),
            before,
            "a second prepare wrote"
        );
    }

    fn other_server_changes_the_block_alone(&self, first: &Report, prepared: &Tree) {
        let chosen = first.server.as_ref().unwrap();
        let (name, export) = other(&chosen.name, &chosen.export);
        let report = self.preparer().server(&name).prepare(&self.handle).unwrap();
        assert_eq!(report.outcome, Outcome::Changed);
        assert_eq!(report.server.unwrap().export, export);
        let tree = self.tree();
        let mut expected = [
            format!("~ {} content", self.expected.fstab),
            format!("~ {RECEIPT} content"),
        ];
        expected.sort();
        assert_eq!(prepared.differences(&tree, str::to_owned), expected);
        self.block_stands_alone(&tree, &export);
        self.is_intact();
    }

    fn revert_gives_the_masters_tree(&self) {
        let report = revert(&self.handle).unwrap();
        assert_eq!(report.outcome, Outcome::Changed);
        assert!(report.kept.is_empty(), "{:?}", report.kept);
        let tree = self.tree();
        let differences = self.pristine.differences(&tree, str::to_owned);
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        assert_eq!(tree.len(), self.pristine.len());
        let before = digest_by_tool(&self.child);
        let again = revert(&self.handle).unwrap();
        assert_eq!(again.outcome, Outcome::Unchanged);
        assert_eq!(codes(&again.kept), ["not-prepared"]);
        assert_eq!(digest_by_tool(&self.child), before);
    }
}

fn export(report: &Report) -> String {
    let server = report.server.as_ref().expect("prepare names the server");
    server.export.clone()
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code).collect()
}
