//! The child's disk as its appliance reads it: a read-only NBD export of this process.
//!
//! QEMU is not given the child's name, nor any of its chain's: whoever owns the folder could put
//! another file there after the gate judged this one, or write another backing name into the child.
//! It is given a socket, and gets the disk's bytes from there, read through the descriptors that
//! the gate judged. So QEMU, which runs a hostile guest, opens no image but the overlay, and parses
//! no other.
//!
//! The protocol is NBD's fixed newstyle handshake and its simple replies (the NBD project's
//! `doc/proto.md`), as far as QEMU needs it to read.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::image::{BlockDevice, Scratch};

const GREETING: &[u8; 8] = b"NBDMAGIC";
const OPTION: &[u8; 8] = b"IHAVEOPT";
const OPTION_REPLY: u64 = 0x0003_e889_0455_65a9;
const REQUEST: u32 = 0x2560_9513;
const REPLY: u32 = 0x6744_6698;

/// Handshake flags: fixed newstyle, and no padding after the export's size.
const HANDSHAKE: u16 = 0b11;
const NO_ZEROES: u32 = 0b10;
/// Transmission flags: there are flags, and the export is read-only.
const READ_ONLY: u16 = 0b11;

const EXPORT_NAME: u32 = 1;
const ABORT: u32 = 2;
const INFO: u32 = 6;
const GO: u32 = 7;

const ACK: u32 = 1;
const ABOUT: u32 = 3;
const UNSUPPORTED: u32 = (1 << 31) + 1;

const READ: u16 = 0;
const WRITE: u16 = 1;
const DISCONNECT: u16 = 2;

const EPERM: u32 = 1;
const EIO: u32 = 5;
const EINVAL: u32 = 22;

/// Most bytes of an option; QEMU sends some tens.
const MAX_OPTION: u32 = 4096;
/// Most bytes of one read; QEMU asks for no more (`NBD_MAX_BUFFER_SIZE`).
const MAX_READ: u32 = 32 << 20;

/// A disk that is served on a socket until this is dropped.
#[derive(Debug)]
pub(super) struct Export {
    listener: UnixListener,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    ended: bool,
    /// The connection that is served.
    connection: Option<UnixStream>,
}

impl Export {
    /// Serves a disk on a new socket, to one client after the other. Whoever may open the socket
    /// may read the disk, so it belongs into a folder that is closed to others.
    pub(super) fn start(disk: Scratch, socket: &Path) -> io::Result<Self> {
        let listener = UnixListener::bind(socket)?;
        let state = Arc::<Mutex<State>>::default();
        let (incoming, shared) = (listener.try_clone()?, Arc::clone(&state));
        let thread = std::thread::Builder::new()
            .name("osgraft-export".to_owned())
            .spawn(move || serve_all(&incoming, &shared, disk))?;
        Ok(Self {
            listener,
            state,
            thread: Some(thread),
        })
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.ended = true;
            if let Some(connection) = &state.connection {
                // It may have been closed by the other end.
                let _ = connection.shutdown(Shutdown::Both);
            }
        }
        // This ends the wait for the next client.
        let woken = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Both);
        if woken.is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

fn serve_all(listener: &UnixListener, state: &Mutex<State>, mut disk: Scratch) {
    loop {
        let Ok((connection, _)) = listener.accept() else {
            return;
        };
        {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.ended {
                return;
            }
            state.connection = connection.try_clone().ok();
        }
        // A client that breaks the protocol, or goes, is not served on; the next one is. Should the
        // image make its reader panic, the client must not wait for an answer until the deadline.
        let served = catch_unwind(AssertUnwindSafe(|| serve(&connection, &mut disk)));
        let _ = connection.shutdown(Shutdown::Both);
        if served.is_err() {
            return;
        }
    }
}

/// Serves one client until it goes.
fn serve(mut client: impl Read + Write, disk: &mut impl BlockDevice) -> io::Result<()> {
    if negotiate(&mut client, disk.size())? {
        transmit(&mut client, disk)?;
    }
    Ok(())
}

/// The handshake; whether the disk is wanted.
fn negotiate(client: &mut (impl Read + Write), size: u64) -> io::Result<bool> {
    let mut greeting = GREETING.to_vec();
    greeting.extend_from_slice(OPTION);
    greeting.extend_from_slice(&HANDSHAKE.to_be_bytes());
    client.write_all(&greeting)?;
    let flags = u32::from_be_bytes(take(client)?);
    loop {
        if take::<8>(client)? != *OPTION {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let option = u32::from_be_bytes(take(client)?);
        let len = u32::from_be_bytes(take(client)?);
        if len > MAX_OPTION {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // A name or what is asked about it: there is one export, whatever it is called.
        io::copy(&mut Read::by_ref(client).take(len.into()), &mut io::sink())?;
        match option {
            EXPORT_NAME => {
                let mut about = about(size);
                if flags & NO_ZEROES == 0 {
                    about.resize(about.len() + 124, 0);
                }
                client.write_all(&about)?;
                return Ok(true);
            }
            INFO | GO => {
                // The kind of what follows: 0, the export.
                let mut export = vec![0, 0];
                export.extend(about(size));
                client.write_all(&option_reply(option, ABOUT, &export))?;
                client.write_all(&option_reply(option, ACK, &[]))?;
                if option == GO {
                    return Ok(true);
                }
            }
            ABORT => {
                client.write_all(&option_reply(option, ACK, &[]))?;
                return Ok(false);
            }
            _ => client.write_all(&option_reply(option, UNSUPPORTED, &[]))?,
        }
    }
}

fn about(size: u64) -> Vec<u8> {
    let mut about = size.to_be_bytes().to_vec();
    about.extend_from_slice(&READ_ONLY.to_be_bytes());
    about
}

fn option_reply(option: u32, kind: u32, content: &[u8]) -> Vec<u8> {
    let mut reply = OPTION_REPLY.to_be_bytes().to_vec();
    reply.extend_from_slice(&option.to_be_bytes());
    reply.extend_from_slice(&kind.to_be_bytes());
    reply.extend_from_slice(&(content.len() as u32).to_be_bytes());
    reply.extend_from_slice(content);
    reply
}

fn transmit(client: &mut (impl Read + Write), disk: &mut impl BlockDevice) -> io::Result<()> {
    loop {
        // Magic, flags, kind, cookie, offset, length.
        let request: [u8; 28] = take(client)?;
        let mut request = &request[..];
        if u32::from_be_bytes(take(&mut request)?) != REQUEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let [_, _, high, low] = take(&mut request)?;
        let kind = u16::from_be_bytes([high, low]);
        let cookie: [u8; 8] = take(&mut request)?;
        let offset = u64::from_be_bytes(take(&mut request)?);
        let len = u32::from_be_bytes(take(&mut request)?);
        let mut content = Vec::new();
        let error = match kind {
            READ if len > MAX_READ => EINVAL,
            READ => {
                content.resize(len as usize, 0);
                match disk.read_at(offset, &mut content) {
                    Ok(()) => 0,
                    Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => EINVAL,
                    Err(_) => EIO,
                }
            }
            DISCONNECT => return Ok(()),
            // Its data would follow, and be taken for requests.
            WRITE => return Err(io::ErrorKind::PermissionDenied.into()),
            _ => EPERM,
        };
        let mut reply = REPLY.to_be_bytes().to_vec();
        reply.extend_from_slice(&error.to_be_bytes());
        reply.extend_from_slice(&cookie);
        if error == 0 {
            reply.append(&mut content);
        }
        client.write_all(&reply)?;
    }
}

fn take<const LEN: usize>(client: &mut impl Read) -> io::Result<[u8; LEN]> {
    let mut bytes = [0; LEN];
    client.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::image::{Child, MasterFormat, Masters, Overlay};

    fn exported(test: impl FnOnce(&Path, Export)) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let disk: Vec<u8> = (0..3 << 20).map(|at: u32| (at >> 9) as u8).collect();
        std::fs::write(at("master"), &disk).unwrap();
        let overlay = Overlay::new(at("master")).format(MasterFormat::Raw);
        overlay.create(at("child")).unwrap();
        let child = Child::open(at("child"), Masters::only(at("master"))).unwrap();
        let scratch = child.read().unwrap().scratch().unwrap();
        let export = Export::start(scratch, &at("socket")).unwrap();
        test(folder.path(), export);
    }

    fn qemu_img(folder: &Path, args: &[&str]) -> (bool, String) {
        let url = format!("nbd+unix:///?socket={}/socket", folder.display());
        let args = args.iter().map(|arg| arg.replace('@', &url));
        let mut command = Command::new("qemu-img");
        let output = command.args(args).current_dir(folder).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    #[test]
    fn qemu_reads_the_disk_again_and_again_and_cannot_write_it() {
        exported(|folder, export| {
            for _ in 0..2 {
                let args = ["compare", "-f", "raw", "-F", "raw", "@", "master"];
                let (same, said) = qemu_img(folder, &args);
                assert!(same, "{said}");
            }
            let url = format!("nbd+unix:///?socket={}/socket", folder.display());
            let mut writer = Command::new("qemu-io");
            let written = writer.args(["-f", "raw", "-c", "write 0 512", &url]);
            assert!(!written.output().unwrap().status.success());
            let (same, said) = qemu_img(folder, &["compare", "-f", "raw", "@", "master"]);
            assert!(same, "{said}");
            drop(export);
            let (reached, said) = qemu_img(folder, &["info", "-f", "raw", "@"]);
            assert!(!reached, "{said}");
        });
    }

    #[test]
    fn a_client_that_stays_does_not_keep_an_export_from_ending() {
        exported(|folder, export| {
            let mut idle = UnixStream::connect(folder.join("socket")).unwrap();
            take::<18>(&mut idle).unwrap();
            drop(export);
            assert_eq!(idle.read(&mut [0; 1]).unwrap(), 0);
        });
        exported(|_, export| drop(export));
    }

    /// Answer to a client that sends all this and closes.
    fn answers(sent: &[u8]) -> (io::Result<()>, Vec<u8>) {
        struct Client<'a>(&'a [u8], Vec<u8>);
        impl Read for Client<'_> {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                self.0.read(buf)
            }
        }
        impl Write for Client<'_> {
            fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
                self.1.write(buf)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut client = Client(sent, Vec::new());
        let done = serve(&mut client, &mut vec![7u8; 1024]);
        (done, client.1)
    }

    fn request(kind: u16, offset: u64, len: u32) -> Vec<u8> {
        let mut sent = vec![0, 0, 0, 3];
        sent.extend_from_slice(OPTION);
        sent.extend_from_slice(&[EXPORT_NAME.to_be_bytes(), [0; 4]].concat());
        sent.extend_from_slice(&REQUEST.to_be_bytes());
        sent.extend_from_slice(&[0, 0]);
        sent.extend_from_slice(&kind.to_be_bytes());
        sent.extend_from_slice(b"a cookie");
        sent.extend_from_slice(&offset.to_be_bytes());
        sent.extend_from_slice(&len.to_be_bytes());
        sent
    }

    #[test]
    fn what_lies_past_the_disk_and_what_is_no_read_is_refused() {
        let error = |kind, offset, len| {
            let (_, told) = answers(&request(kind, offset, len));
            let reply = &told[28..];
            assert_eq!(reply[..4], REPLY.to_be_bytes());
            assert_eq!(&reply[8..16], b"a cookie");
            let error = u32::from_be_bytes(reply[4..8].try_into().unwrap());
            let sent = if error == 0 { len as usize } else { 0 };
            assert_eq!(reply[16..], vec![7; sent]);
            error
        };
        assert_eq!(error(READ, 1000, 24), 0);
        for (offset, len) in [(1000, 25), (1 << 40, 1), (u64::MAX, 512), (0, u32::MAX)] {
            assert_eq!(error(READ, offset, len), EINVAL, "{offset} {len}");
        }
        for kind in [3, 4, 5, 6, 7, 99] {
            assert_eq!(error(kind, 0, 512), EPERM, "{kind}");
        }
        let (done, told) = answers(&request(WRITE, 0, 512));
        assert!(done.is_err() && told.len() == 28);
        let (done, _) = answers(&request(DISCONNECT, 0, 0));
        assert!(done.is_ok());
    }

    #[test]
    fn what_is_no_handshake_ends_the_connection() {
        let long = [&[0, 0, 0, 3][..], OPTION, &[0, 0, 0, 7], &[0xff; 4]].concat();
        for sent in [&b""[..], b"GET / HTTP/1.1\r\n", &long] {
            let (done, told) = answers(sent);
            assert!(done.is_err());
            assert_eq!(told.len(), 18, "the greeting alone");
        }
    }
}
