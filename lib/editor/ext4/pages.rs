//! A small write-through cache over the part of a device that holds the file system.
//!
//! libext2fs reads each bitmap and inode-table block by itself and writes whole sets of bitmaps
//! and descriptors back, changed or not. Reading 16 KiB at a time takes a quarter of the reads,
//! and a write of what is already there is dropped, so that the edit's delta holds only what
//! changed.

use std::collections::HashMap;
use std::io;
use std::ops::Range;

use crate::image::BlockDevice;

const PAGE: u64 = 16 * 1024;
/// 8 MiB; when it is full everything is dropped, for it holds nothing that is not on the device.
const MAX_PAGES: usize = 512;

/// The bytes of one file system.
pub(super) struct Pages<'d> {
    device: &'d mut dyn BlockDevice,
    start: u64,
    len: u64,
    pages: HashMap<u64, Box<[u8]>>,
    written: bool,
}

impl<'d> Pages<'d> {
    /// The bytes `range` of `device`, which must lie within it.
    pub(super) fn new(device: &'d mut dyn BlockDevice, range: Range<u64>) -> io::Result<Self> {
        if range.start > range.end || range.end > device.size() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Self {
            device,
            start: range.start,
            len: range.end - range.start,
            pages: HashMap::new(),
            written: false,
        })
    }

    /// Bytes in the file system's range.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// True where any byte was changed on the device.
    pub(super) fn written(&self) -> bool {
        self.written
    }

    /// Fills `buf` from `offset` on.
    pub(super) fn read(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        self.check(offset, buf.len())?;
        if buf.len() as u64 > PAGE {
            return self.device.read_at(self.start + offset, buf);
        }
        let mut done = 0;
        while done < buf.len() {
            let at = offset + done as u64;
            let within = (at % PAGE) as usize;
            let page = self.page(at / PAGE)?;
            let take = (page.len() - within).min(buf.len() - done);
            buf[done..done + take].copy_from_slice(&page[within..within + take]);
            done += take;
        }
        Ok(())
    }

    /// Writes `data` from `offset` on, but for pages known to hold it already.
    pub(super) fn write(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check(offset, data.len())?;
        let mut done = 0;
        while done < data.len() {
            let at = offset + done as u64;
            let within = (at % PAGE) as usize;
            let take = (PAGE as usize - within).min(data.len() - done);
            let part = &data[done..done + take];
            match self.pages.get_mut(&(at / PAGE)) {
                Some(page) if page[within..within + take] == *part => {}
                cached => {
                    self.device.write_at(self.start + at, part)?;
                    self.written = true;
                    if let Some(page) = cached {
                        page[within..within + take].copy_from_slice(part);
                    }
                }
            }
            done += take;
        }
        Ok(())
    }

    fn page(&mut self, number: u64) -> io::Result<&[u8]> {
        if !self.pages.contains_key(&number) {
            let offset = number * PAGE;
            let mut page = vec![0; PAGE.min(self.len - offset) as usize].into_boxed_slice();
            self.device.read_at(self.start + offset, &mut page)?;
            if self.pages.len() >= MAX_PAGES {
                self.pages.clear();
            }
            self.pages.insert(number, page);
        }
        Ok(&self.pages[&number])
    }

    fn check(&self, offset: u64, len: usize) -> io::Result<()> {
        match offset.checked_add(len as u64) {
            Some(end) if end <= self.len => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_range_is_reached() {
        let mut disk = vec![7u8; 100_000];
        let mut pages = Pages::new(&mut disk, 10_000..90_000).unwrap();
        let mut buf = [0; 16];
        assert!(pages.read(79_990, &mut buf).is_err());
        assert!(pages.write(79_990, &buf).is_err());
        assert!(pages.read(u64::MAX, &mut buf).is_err());
        pages.read(79_984, &mut buf).unwrap();
        assert_eq!(buf, [7; 16]);
        let mut disk = vec![0u8; 10];
        assert!(Pages::new(&mut disk, 0..11).is_err());
    }

    #[test]
    fn what_is_there_already_is_not_written() {
        let mut disk = vec![7u8; 100_000];
        let mut pages = Pages::new(&mut disk, 0..100_000).unwrap();
        pages.read(16_000, &mut [0; 1000]).unwrap();
        pages.write(16_000, &[7; 1000]).unwrap();
        assert!(!pages.written());
        pages.write(16_380, &[8; 8]).unwrap();
        assert!(pages.written());
        let mut buf = [0; 10];
        pages.read(16_379, &mut buf).unwrap();
        assert_eq!(buf, [7, 8, 8, 8, 8, 8, 8, 8, 8, 7]);
        assert_eq!(disk[16_379..16_389], buf);
    }
}
