//! What the targets share.

use std::fmt::Display;
use std::fs;
use std::path::PathBuf;

use osgraft::config::Config;
use osgraft::image::{BlockDevice, Child, ImageError, Masters, OpenChild, Scratch};

/// What is told of what others wrote is one line that no terminal obeys.
pub fn assert_plain_line(told: &dyn Display) {
    let told = told.to_string();
    assert!(
        !told.is_empty() && !told.contains(char::is_control),
        "{told:?}"
    );
}

/// The configuration that the fixtures of the hook are judged by.
pub fn hook_config() -> Config {
    let text = include_str!("../../fixtures/hooks/config.toml");
    Config::parse(text, "config.toml").expect("a sound configuration")
}

/// A folder in memory for the images of this process, below what `run` makes and removes.
pub struct Room(PathBuf);

impl Room {
    pub fn new() -> Self {
        let base = std::env::var_os("OSGRAFT_FUZZ_ROOM").unwrap_or("/dev/shm".into());
        let folder = PathBuf::from(base).join(format!("osgraft-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("room in memory");
        Self(folder)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("room in memory");
        path
    }

    /// A name that nothing has.
    pub fn free(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        if path.exists() {
            fs::remove_file(&path).expect("our own file");
        }
        path
    }
}

impl Default for Room {
    fn default() -> Self {
        Self::new()
    }
}

/// Looks at a child, edits it, and looks again; whatever fails has to say so in a plain line.
pub fn use_child(path: PathBuf) {
    let child = Child::open(path, Masters::beside_child()).expect("a file");
    let looked = child.read().and_then(|open| look(&open));
    let edited = edit(&child);
    for result in [looked, edited] {
        if let Err(error) = result {
            assert_plain_line(&error);
        }
    }
}

fn look(open: &OpenChild) -> Result<(), ImageError> {
    read(&mut open.scratch()?);
    Ok(())
}

fn edit(child: &Child) -> Result<(), ImageError> {
    let locked = child.lock()?;
    let mut scratch = locked.scratch()?;
    let end = scratch.size();
    for at in [0, 700, 5000, end / 2, end.saturating_sub(512)] {
        // Past the end, or unreadable: then it is left.
        let _ = scratch.write_at(at, &[0x5a; 512]);
    }
    read(&mut scratch);
    let redo = scratch.finish()?;
    let expected = redo.bytes();
    locked.commit(&redo)?;
    let len = fs::metadata(child.path()).expect("the child").len();
    assert!(len < (64 << 20) + 4 * expected, "it grew to {len}");
    // What was committed is whole: nothing is left to recover, and it is a child still.
    let again = child.lock()?;
    assert_eq!(again.recovered(), osgraft::image::Recovered::Nothing);
    Ok(())
}

/// The disk's beginning, its end and places between, each as it is, or an error.
fn read(scratch: &mut Scratch) {
    let end = scratch.size();
    let mut block = [0; 4096];
    for part in 0..16 {
        let at = end / 16 * part;
        let len = (end - at).min(block.len() as u64) as usize;
        let _ = scratch.read_at(at, &mut block[..len]);
    }
    let len = end.min(block.len() as u64);
    let _ = scratch.read_at(end - len, &mut block[..len as usize]);
}
