//! Damaged and hostile file systems, failing disks: an answer, in bounded time.

use std::cell::Cell;
use std::io;
use std::time::{Duration, Instant};

use osgraft::editor::ext4::{Ext4Error, Ext4Guest, Options};
use osgraft::guest::{Attributes, Guest, GuestError};
use osgraft::image::BlockDevice;

use super::image::{Image, TIME, path};

const OPTIONS: Options = Options { time: TIME };

/// A whole edit; whatever it meets, it goes on to the next call.
fn edit(disk: &mut Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
    let end = disk.len() as u64;
    let mut guest = Ext4Guest::open(disk, 0..end, OPTIONS)?;
    let all = [
        guest.read(&path("/etc/fstab"), 1 << 20).map(drop),
        guest.read_dir(&path("/many")).map(drop),
        guest.read_link(&path("/link")).map(drop),
        guest.write(&path("/etc/fstab"), &[b'#'; 9000], Attributes::root(0o644)),
        guest.mkdir(&path("/shared"), Attributes::root(0o755)),
        guest.symlink(&path("/many/new"), &[b't'; 100]),
        guest.rename(&path("/usr/lib"), &path("/shared/lib")),
        guest.remove(&path("/many/000")),
    ];
    guest.finish()?;
    Ok(all.into_iter().collect::<Result<(), GuestError>>()?)
}

fn small() -> Image {
    Image::new(
        &["-t", "ext4", "-b", "1024", "-N", "256", "-J", "size=1"],
        "4M",
        |tree| {
            std::fs::create_dir_all(tree.join("usr/lib/modules")).unwrap();
            std::fs::create_dir(tree.join("many")).unwrap();
            for i in 0..100 {
                std::fs::write(tree.join(format!("many/{i:03}")), "x").unwrap();
            }
            std::os::unix::fs::symlink("y".repeat(90), tree.join("link")).unwrap();
        },
    )
}

/// Xorshift: the same bytes are flipped in every run.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
fn flipped_bytes_end_in_an_answer() {
    for features in ["metadata_csum", "^metadata_csum"] {
        let image = small();
        super::image::run(
            std::process::Command::new("tune2fs")
                .args(["-O", features])
                .arg(image.path()),
        );
        super::image::run(
            std::process::Command::new("e2fsck")
                .arg("-fyD")
                .arg(image.path()),
        );
        let sound = image.bytes();
        // Everything but the journal's and the files' blocks is metadata in so small an image.
        let interesting: Vec<usize> = (0..sound.len()).filter(|at| sound[*at] != 0).collect();
        let mut state = 0x9e37_79b9_7f4a_7c15;
        let (mut refused, mut passed) = (0, 0);
        for _ in 0..400 {
            let mut disk = sound.clone();
            for _ in 0..1 + random(&mut state) % 4 {
                let near = interesting[random(&mut state) as usize % interesting.len()];
                let at = (near + random(&mut state) as usize % 8).min(disk.len() - 1);
                disk[at] = random(&mut state) as u8;
            }
            let started = Instant::now();
            match edit(&mut disk) {
                Ok(()) => passed += 1,
                Err(error) => {
                    refused += 1;
                    assert!(!error.to_string().contains('\n'), "{error}");
                }
            }
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "{:?}",
                started.elapsed()
            );
        }
        assert!(
            passed > 20 && refused > 20,
            "{passed} passed, {refused} refused, {features}"
        );
    }
}

#[test]
fn entries_of_reserved_inodes_lead_nowhere() {
    let image = small();
    // The journal, under a name of a file.
    image.damage("ln <8> /etc/journal");
    image.look(|guest| {
        let found = guest.lstat(&path("/etc/journal"));
        assert!(
            matches!(found, Err(GuestError::Damaged { .. })),
            "{found:?}"
        );
    });
}

#[test]
fn impossible_names_are_damage() {
    let image = Image::new(&["-t", "ext4", "-O", "^metadata_csum"], "4M", |tree| {
        std::fs::write(tree.join("etc/an.evil.name"), "").unwrap();
    });
    let mut disk = image.bytes();
    let name = b"an.evil.name";
    let at = disk
        .windows(name.len())
        .position(|window| window == name)
        .unwrap();
    for evil in [b'/', 0] {
        disk[at + 2] = evil;
        let end = disk.len() as u64;
        let mut guest = Ext4Guest::open_read_only(&mut disk, 0..end).unwrap();
        let listed = guest.read_dir(&path("/etc"));
        assert!(
            matches!(listed, Err(GuestError::Damaged { .. })),
            "{listed:?}"
        );
    }
}

#[test]
fn block_maps_that_run_in_circles_come_to_an_end() {
    let image = Image::new(&["-t", "ext2", "-b", "1024"], "16M", |tree| {
        let file = std::fs::File::create(tree.join("etc/circle")).unwrap();
        file.set_len(1 << 34).unwrap();
        std::fs::write(tree.join("etc/map"), "x".repeat(2048)).unwrap();
    });
    let blocks = String::from_utf8(image.debugfs("blocks /etc/map")).unwrap();
    let block: u32 = blocks.split_whitespace().next().unwrap().parse().unwrap();
    image.damage(&format!("sif /etc/circle block[TIND] {block}"));
    image.damage("sif /etc/circle blocks 1000000");
    let mut disk = image.bytes();
    let at = block as usize * 1024;
    for word in disk[at..at + 1024].chunks_exact_mut(4) {
        word.copy_from_slice(&block.to_le_bytes());
    }
    let end = disk.len() as u64;
    let mut guest = Ext4Guest::open(&mut disk, 0..end, OPTIONS).unwrap();
    let started = Instant::now();
    let removed = guest.remove(&path("/etc/circle"));
    let is_answer = matches!(removed, Ok(()) | Err(GuestError::Damaged { .. }));
    assert!(is_answer, "{removed:?}");
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );
}

/// Fails, or panics, at the nth call from its start on.
struct Failing {
    disk: Vec<u8>,
    left: Cell<i32>,
    panics: bool,
}

impl Failing {
    fn step(&self) -> io::Result<()> {
        self.left.set(self.left.get() - 1);
        match self.left.get() >= 0 {
            true => Ok(()),
            false if self.panics => panic!("a device that panics"),
            false => Err(io::Error::from_raw_os_error(libc::EIO)),
        }
    }
}

impl BlockDevice for Failing {
    fn size(&self) -> u64 {
        self.disk.len() as u64
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        self.step()?;
        self.disk.read_at(offset, buf)
    }

    fn write_at(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.step()?;
        self.disk.write_at(offset, data)
    }
}

fn graft(device: &mut Failing) -> Result<(), Box<dyn std::error::Error>> {
    let end = device.size();
    let mut guest = Ext4Guest::open(device, 0..end, OPTIONS)?;
    guest.mkdir(&path("/shared"), Attributes::root(0o755))?;
    guest.rename(&path("/usr/lib"), &path("/shared/lib"))?;
    guest.symlink(&path("/usr/lib"), b"/shared/lib")?;
    guest.finish()?;
    Ok(())
}

#[test]
fn a_failing_disk_is_told_with_its_own_error_wherever_it_fails() {
    let image = small();
    let device = |left, panics| Failing {
        disk: image.bytes(),
        left: Cell::new(left),
        panics,
    };
    let enough = (1..)
        .find(|n| graft(&mut device(*n, false)).is_ok())
        .unwrap();
    assert!(enough > 20, "premise: many calls to fail at, {enough}");
    for calls in 1..enough {
        let error = graft(&mut device(calls, false)).unwrap_err();
        let source = match (error.downcast_ref(), error.downcast_ref()) {
            (Some(GuestError::Io { source, .. }), _) | (_, Some(Ext4Error::Io(source))) => source,
            _ => panic!("{calls}: {error:?}"),
        };
        assert_eq!(source.raw_os_error(), Some(libc::EIO));
    }
}

#[test]
fn a_panicking_disk_is_an_error_and_not_the_end() {
    let image = small();
    // The first calls are ours and may unwind; libext2fs is reached after them.
    for calls in [3, 6, 12, 18] {
        let mut device = Failing {
            disk: image.bytes(),
            left: Cell::new(calls),
            panics: true,
        };
        let error = graft(&mut device).unwrap_err();
        assert!(
            error.to_string().contains("cannot reach the guest's disk"),
            "{error}"
        );
    }
}

#[test]
fn guests_open_side_by_side_on_many_threads() {
    let image = small();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    edit(&mut image.bytes()).unwrap();
                }
            });
        }
    });
    let (mut one, mut two) = (image.bytes(), image.bytes());
    let end = one.len() as u64;
    let mut first = Ext4Guest::open(&mut one, 0..end, OPTIONS).unwrap();
    let mut second = Ext4Guest::open(&mut two, 0..end, OPTIONS).unwrap();
    first.mkdir(&path("/a"), Attributes::root(0o755)).unwrap();
    second.mkdir(&path("/b"), Attributes::root(0o755)).unwrap();
    assert!(first.lstat(&path("/b")).is_err());
    first.finish().unwrap();
    second.finish().unwrap();
}
