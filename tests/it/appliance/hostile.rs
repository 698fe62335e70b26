//! Hostile guests: what they hold where osgraft reads and writes. A typed error in time, the
//! child as it was, nothing left behind, and no file of the host touched.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use osgraft::ErrorKind;
use osgraft::editor::Choice;
use osgraft::editor::appliance::ApplianceGuest;
use osgraft::prepare::{Preparer, Share};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

use super::below::Below;
use super::bench::{Bench, TIME, guestfish, path};
use crate::support::digest;
use crate::support::refusal::{assert_plain_line, codes};

/// A file of the host that links of the guests name; nobody else's.
const CANARY: &str = "/var/tmp/osgraft-canary";
/// No refusal may take longer, a slow launch included.
const IN_TIME: Duration = Duration::from_secs(300);

fn preparer(choice: Choice) -> Preparer<MemoryRegistry> {
    let server = Server::new("a", Source::nfs("10.0.0.1:/v").unwrap()).unwrap();
    let registry = MemoryRegistry::new(Servers::new(vec![server]).unwrap());
    let share = Share::at("/shared").unwrap();
    let share = share.link("/lib/modules", "lib/modules").unwrap();
    Preparer::new(registry, share).editor(choice)
}

/// The canary, and what tells that it was not touched.
struct Canary {
    before: (fs::Metadata, Vec<u8>),
}

impl Canary {
    fn new() -> Self {
        fs::create_dir_all(format!("{CANARY}/modules")).unwrap();
        fs::write(format!("{CANARY}/fstab"), "the host's own\n").unwrap();
        Self {
            before: Self::look(),
        }
    }

    fn look() -> (fs::Metadata, Vec<u8>) {
        let file = format!("{CANARY}/fstab");
        (fs::metadata(&file).unwrap(), fs::read(&file).unwrap())
    }

    fn assert_untouched(self) {
        let (metadata, content) = Self::look();
        assert_eq!(content, self.before.1);
        assert_eq!(
            metadata.modified().unwrap(),
            self.before.0.modified().unwrap()
        );
        let names = |folder: &str| fs::read_dir(folder).unwrap().count();
        assert_eq!(names(CANARY), 2);
        assert_eq!(names(&format!("{CANARY}/modules")), 0);
        fs::remove_dir_all(CANARY).unwrap();
    }
}

/// A system below a directory of one guest: what guestfish does to it, and which codes the refusal
/// then has; none where it is no obstacle.
struct Case {
    name: &'static str,
    steps: &'static [&'static str],
    codes: &'static [&'static str],
}

const fn case(
    name: &'static str,
    steps: &'static [&'static str],
    codes: &'static [&'static str],
) -> Case {
    Case { name, steps, codes }
}

/// `@` stands for the case's directory.
const CASES: &[Case] = &[
    case("plain", &[], &[]),
    case(
        "fstab-block",
        &["rm @/etc/fstab", "mknod-b 0644 8 0 @/etc/fstab"],
        &["fstab-not-plain"],
    ),
    case(
        "fstab-char",
        &["rm @/etc/fstab", "mknod-c 0644 1 5 @/etc/fstab"],
        &["fstab-not-plain"],
    ),
    case(
        "fstab-fifo",
        &["rm @/etc/fstab", "mkfifo 0644 @/etc/fstab"],
        &["fstab-not-plain"],
    ),
    case(
        "fstab-socket",
        &["rm @/etc/fstab", "mknod 0140644 0 0 @/etc/fstab"],
        &["fstab-not-plain"],
    ),
    case(
        "fstab-1tib",
        &["truncate-size @/etc/fstab 1099511627776"],
        &["fstab-not-plain"],
    ),
    case(
        "fstab-loop",
        &[
            "rm @/etc/fstab",
            "ln-s mtab @/etc/fstab",
            "ln-s fstab @/etc/mtab",
        ],
        &["guest-link-loop"],
    ),
    case(
        "fstab-out",
        &[
            "rm @/etc/fstab",
            "ln-s ../../../../../../var/tmp/osgraft-canary/fstab @/etc/fstab",
        ],
        &["fstab-not-plain"],
    ),
    case(
        "fstab-immutable",
        &["set-e2attrs @/etc/fstab i"],
        &["fstab-not-plain"],
    ),
    case(
        "fstab-append-only",
        &["set-e2attrs @/etc/fstab a"],
        &["fstab-not-plain"],
    ),
    case(
        "os-release-block",
        &["rm @/etc/os-release", "mknod-b 0644 8 0 @/etc/os-release"],
        &[],
    ),
    case(
        "os-release-fifo",
        &["rm @/etc/os-release", "mkfifo 0644 @/etc/os-release"],
        &[],
    ),
    case(
        "os-release-1tib",
        &["truncate-size @/etc/os-release 1099511627776"],
        &[],
    ),
    case(
        "os-release-loop",
        &["rm @/etc/os-release", "ln-s os-release @/etc/os-release"],
        &[],
    ),
    case(
        "modules-block",
        &[
            "rm-rf @/usr/lib/modules",
            "mknod-b 0644 8 0 @/usr/lib/modules",
        ],
        &["link-not-a-directory"],
    ),
    case(
        "modules-char",
        &[
            "rm-rf @/usr/lib/modules",
            "mknod-c 0644 1 5 @/usr/lib/modules",
        ],
        &["link-not-a-directory"],
    ),
    case(
        "modules-fifo",
        &["rm-rf @/usr/lib/modules", "mkfifo 0644 @/usr/lib/modules"],
        &["link-not-a-directory"],
    ),
    case(
        "modules-socket",
        &[
            "rm-rf @/usr/lib/modules",
            "mknod 0140644 0 0 @/usr/lib/modules",
        ],
        &["link-not-a-directory"],
    ),
    case(
        "modules-out",
        &[
            "rm-rf @/usr/lib/modules",
            "ln-s ../../../../../../var/tmp/osgraft-canary/modules @/usr/lib/modules",
        ],
        &["link-foreign-symlink"],
    ),
    case(
        "modules-immutable",
        &["set-e2attrs @/usr/lib/modules i"],
        &["guest-unsupported"],
    ),
    case(
        "folder-immutable",
        &["set-e2attrs @/usr/lib i"],
        &["guest-unsupported"],
    ),
    case(
        "folder-append-only",
        &["set-e2attrs @/usr/lib a"],
        &["guest-unsupported"],
    ),
    case(
        "lib-loop",
        &["rm @/lib", "ln-s lib @/lib"],
        &["guest-link-loop"],
    ),
    case(
        "share-out",
        &["ln-s ../../../../../../var/tmp/osgraft-canary/modules @/shared"],
        &["mount-point-not-a-directory"],
    ),
    case(
        "receipt-fifo",
        &[
            "mkdir-p @/var/lib/osgraft",
            "mkfifo 0600 @/var/lib/osgraft/receipt.json",
        ],
        &["receipt-not-ours"],
    ),
    case(
        "receipt-out",
        &["ln-s /var/tmp/osgraft-canary @/var/lib/osgraft"],
        &[],
    ),
];

/// Guests that are refused whole: their roots hold the same, and their disks are all that the
/// appliance sees.
const WHOLE: [(&str, &[&str], &str); 2] = [
    (
        "huge",
        &["truncate-size /etc/fstab 1099511627776"],
        "fstab-not-plain",
    ),
    (
        "fixed",
        &[
            "rm /etc/os-release",
            "mkfifo 0644 /etc/os-release",
            "rm-rf /var/lib",
            "ln-s ../../../../var/tmp/osgraft-canary /var/lib",
            "mkdir-p /var/tmp/osgraft-canary",
            "set-e2attrs /usr/lib i",
        ],
        "guest-unsupported",
    ),
];

/// A child of the XFS guest for every one of `WHOLE`, and one that holds all `CASES`.
fn made() -> Vec<Bench> {
    let benches: Vec<Bench> = (0..=WHOLE.len()).map(|_| Bench::of("xfs")).collect();
    let mut script = "run\nmount-options nodev /dev/sda1 /\nmkdir /case\n".to_owned();
    for case in CASES {
        let at = format!("/case/{}", case.name);
        write!(
            script,
            "mkdir-p {at}/var/lib\nln-s usr/lib {at}/lib\nln-s usr/sbin {at}/sbin\n"
        )
        .unwrap();
        for folder in ["boot", "etc", "usr"] {
            writeln!(script, "cp-a /{folder} {at}/{folder}").unwrap();
        }
        for step in case.steps {
            writeln!(script, "{}", step.replace('@', &at)).unwrap();
        }
    }
    script.push_str("umount-all\n");
    for ((_, steps, _), disk) in WHOLE.iter().zip('b'..) {
        writeln!(script, "mount-options nodev /dev/sd{disk}1 /").unwrap();
        writeln!(script, "{}\numount-all", steps.join("\n")).unwrap();
    }
    let children: Vec<PathBuf> = benches.iter().map(Bench::child_path).collect();
    let children: Vec<_> = children.iter().map(PathBuf::as_path).collect();
    guestfish(&children, true, &script);
    benches
}

#[test]
fn a_hostile_guest_is_refused_by_name_in_time_and_the_host_is_not_touched() {
    let canary = Canary::new();
    let mut benches = made();
    let whole = benches.split_off(1);
    let many = &benches[0];
    let before = digest(&many.child_path());
    let locked = many.child().lock().unwrap();
    let mut guest = ApplianceGuest::open(locked.as_open(), &many.settings(), TIME).unwrap();
    let mut wrong = Vec::new();
    for case in CASES {
        let mut below = Below {
            guest: &mut guest,
            base: path(&format!("/case/{}", case.name)),
        };
        let began = Instant::now();
        let done = preparer(Choice::auto()).graft(&mut below, case.name);
        let found = match &done {
            Ok(_) => Vec::new(),
            Err(error) => {
                assert_plain_line(&error.to_string());
                codes(error)
            }
        };
        assert!(began.elapsed() < Duration::from_secs(60), "{}", case.name);
        if found != case.codes || done.is_ok() != case.codes.is_empty() {
            let told = done.map_or_else(|error| error.to_string(), |_| "it was grafted".into());
            wrong.push(format!("{}: {found:?}: {told}", case.name));
        }
    }
    drop(guest);
    drop(locked);
    many.assert_tidy();
    assert_eq!(digest(&many.child_path()), before);

    for ((name, _, code), bench) in WHOLE.iter().zip(&whole) {
        let before = digest(&bench.child_path());
        let began = Instant::now();
        let choice = Choice::auto().settings(bench.settings());
        let refused = preparer(choice).prepare(&bench.child()).unwrap_err();
        assert!(began.elapsed() < IN_TIME, "{name}");
        assert_plain_line(&refused.to_string());
        if codes(&refused) != [*code] || refused.kind() != ErrorKind::Guest {
            wrong.push(format!("{name}: {:?}: {refused}", codes(&refused)));
        }
        assert_eq!(digest(&bench.child_path()), before, "{name}");
        bench.assert_tidy();
    }
    canary.assert_untouched();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
