//! Initramfs images that preflight unpacked before, by their masters.

use std::collections::BTreeSet;

use super::cache::{Cache, Key};
use crate::graft::{Image, Unpacked};
use crate::image::{Fingerprint, ImageError, OpenChild, is_untouched};

/// Initramfs images of the masters of one child, in the record cache.
#[derive(Debug)]
pub(super) struct OfMasters<'a> {
    cache: &'a Cache,
    masters: Fingerprint,
    /// False for a child that was written to. What its guest says of its files is good for itself: it may
    /// have put another image into the place of one, with its size and time.
    is_untouched: bool,
}

impl<'a> OfMasters<'a> {
    /// Those of the masters of a child; `None` where these cannot be told from others.
    ///
    /// # Errors
    /// [`ImageError::Io`].
    pub(super) fn of(cache: &'a Cache, open: &OpenChild) -> Result<Option<Self>, ImageError> {
        let masters = open.fingerprint_of_masters()?;
        Ok(masters.map(|masters| Self {
            cache,
            masters,
            is_untouched: is_untouched(open.path()).unwrap_or(false),
        }))
    }
}

impl Unpacked for OfMasters<'_> {
    fn modules(&self, image: &Image<'_>) -> Option<BTreeSet<String>> {
        self.cache.modules(&Key::of_initramfs(&self.masters, image))
    }

    fn keep(&self, image: &Image<'_>, modules: &BTreeSet<String>) {
        if self.is_untouched {
            let key = Key::of_initramfs(&self.masters, image);
            self.cache.keep_modules(&key, modules);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::guest::Time;
    use crate::image::{BlockDevice, Child, MasterFormat, Overlay};

    #[test]
    fn an_image_is_known_to_children_of_its_masters_by_place_size_and_time() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for master in ["master.img", "other.img"] {
            std::fs::write(at(master), vec![0; 1 << 20]).unwrap();
        }
        // A master that was just written has no fingerprint.
        std::thread::sleep(Duration::from_millis(2100));
        let child = |name: &str, master: &str| {
            let overlay = Overlay::new(at(master)).format(MasterFormat::Raw);
            overlay.create(at(name)).unwrap();
            Child::open(at(name), &at(master)).unwrap()
        };
        let cache = Cache::open(at("cache")).unwrap();
        let path = "/boot/initrd.img".parse().unwrap();
        let image = |size, seconds| Image {
            path: &path,
            size,
            modified: Time {
                seconds,
                nanoseconds: 5,
            },
        };
        let with = |child: &Child, work: &dyn Fn(&OfMasters<'_>)| {
            let open = child.read().unwrap();
            work(&OfMasters::of(&cache, &open).unwrap().unwrap());
        };
        let modules = BTreeSet::from(["nfs".to_owned(), "nfsv4".to_owned()]);
        let (first, second) = (child("a", "master.img"), child("b", "master.img"));
        with(&first, &|known| {
            assert_eq!(known.modules(&image(9, 1)), None);
            known.keep(&image(9, 1), &modules);
        });
        with(&second, &|known| {
            assert_eq!(known.modules(&image(9, 1)), Some(modules.clone()));
            assert_eq!(known.modules(&image(8, 1)), None);
            assert_eq!(known.modules(&image(9, 2)), None);
        });
        with(&child("c", "other.img"), &|known| {
            assert_eq!(known.modules(&image(9, 1)), None);
        });

        // A child that was written to finds what is known of its masters, and adds nothing.
        let locked = second.lock().unwrap();
        let mut scratch = locked.as_open().scratch().unwrap();
        scratch.write_at(0, b"a guest's").unwrap();
        let redo = scratch.finish().unwrap();
        locked.commit(&redo).unwrap();
        with(&second, &|known| {
            assert_eq!(known.modules(&image(9, 1)), Some(modules.clone()));
            known.keep(&image(7, 7), &modules);
            assert_eq!(known.modules(&image(7, 7)), None);
        });
    }
}
