//! A connection with one deadline over all that goes through it.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// By how much a wait may outlast the deadline.
const RENEWAL: Duration = Duration::from_millis(50);

/// A connection that ends at a deadline, and not a while after the last byte that came.
///
/// The socket's own limits (`SO_RCVTIMEO`, `SO_SNDTIMEO`, socket(7)) begin anew with every call,
/// and a message may take as many calls as it has bytes. So each call is given what is left.
#[derive(Debug)]
pub(super) struct Timed {
    socket: UnixStream,
    deadline: Option<Instant>,
    /// Longest wait of the socket.
    granted: Option<Duration>,
}

impl Timed {
    /// Without a deadline at first.
    pub(super) fn new(socket: UnixStream) -> Self {
        Self {
            socket,
            deadline: None,
            granted: None,
        }
    }

    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = Some(deadline);
        self.granted = None;
    }

    /// The socket, for one call that waits no longer than the deadline.
    pub(super) fn socket(&mut self) -> io::Result<&UnixStream> {
        let Some(deadline) = self.deadline else {
            return Ok(&self.socket);
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        // Most calls take microseconds: the limit is renewed when it has moved by that much.
        let is_late = |granted: Duration| granted.saturating_sub(left) > RENEWAL;
        if self.granted.is_none_or(is_late) {
            self.socket.set_read_timeout(Some(left))?;
            self.socket.set_write_timeout(Some(left))?;
            self.granted = Some(left);
        }
        Ok(&self.socket)
    }
}

impl Read for Timed {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.socket()?.read(buf)
    }
}

impl Write for Timed {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.socket()?.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::channel::{Receiver, send};
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(300);
    /// Far more than the deadline, and far less than what the slow ends below would take.
    const IN_TIME: Duration = Duration::from_secs(5);

    fn timed(socket: UnixStream) -> Timed {
        let mut timed = Timed::new(socket);
        timed.set_deadline(Instant::now() + PATIENCE);
        timed
    }

    fn is_late(error: &io::Error) -> bool {
        use io::ErrorKind::{TimedOut, WouldBlock};
        matches!(error.kind(), TimedOut | WouldBlock)
    }

    #[test]
    fn a_message_that_comes_byte_by_byte_ends_at_the_deadline() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut whole = 9000u32.to_le_bytes().to_vec();
        whole.resize(9004, 0);
        std::thread::spawn(move || {
            for byte in whole {
                if (&theirs).write_all(&[byte]).is_err() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let began = Instant::now();
        let error = Receiver::new(timed(ours)).receive::<Vec<u8>>().unwrap_err();
        assert!(is_late(&error), "{error}");
        assert!(began.elapsed() >= PATIENCE && began.elapsed() < IN_TIME);
    }

    #[test]
    fn a_message_that_is_taken_bit_by_bit_ends_at_the_deadline() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        std::thread::spawn(move || {
            let mut some = [0; 4096];
            while (&theirs).read(&mut some).is_ok_and(|read| read > 0) {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let began = Instant::now();
        let error = send(timed(ours), &vec![7u8; 8 << 20]).unwrap_err();
        assert!(is_late(&error), "{error}");
        assert!(began.elapsed() >= PATIENCE && began.elapsed() < IN_TIME);
    }
}
