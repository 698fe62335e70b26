//! Messages over a socket: a length of 4 bytes, little-endian, and so many bytes; with the first
//! one come descriptors.
//!
//! A deadline holds for every message as a whole: see [`Timed`].

use std::io::{self, BufReader, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recv, recvmsg, send as send_to, sendmsg,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::message::{CALL, Greeting, MAX_MESSAGE};
use super::timed::Timed;
use crate::image::MAX_CHAIN;

/// A chain of so many files, and the child.
const MAX_DESCRIPTORS: usize = MAX_CHAIN + 1;

/// Sends one message.
pub(super) fn send<T: Serialize>(mut to: impl Write, message: &T) -> io::Result<()> {
    to.write_all(&encode(message)?)
}

/// Tells whether a caller's [`CALL`] has come on a socket. Nothing is taken off the socket, and nothing
/// is waited for. False for what is no socket.
pub(super) fn is_called(socket: impl AsFd) -> bool {
    let mut call = [0; CALL.len()];
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    matches!(recv(socket, &mut call, flags), Ok((_, len)) if call[..len] == CALL[..])
}

/// Takes a caller's [`CALL`] off a socket.
pub(super) fn take_call(socket: impl AsFd) -> io::Result<()> {
    let mut call = [0; CALL.len()];
    let (_, len) = recv(socket, &mut call, RecvFlags::WAITALL)?;
    match call[..len] == CALL[..] {
        true => Ok(()),
        false => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Answers a call. Nothing is written to what is no socket.
pub(super) fn greet(socket: impl AsFd, greeting: &Greeting) -> io::Result<()> {
    let bytes = encode(greeting)?;
    match send_to(socket, &bytes, SendFlags::NOSIGNAL)? {
        len if len == bytes.len() => Ok(()),
        _ => Err(io::ErrorKind::WriteZero.into()),
    }
}

/// Receives messages. It reads ahead: most come whole in one call.
#[derive(Debug)]
pub(super) struct Receiver<R>(BufReader<R>);

impl<R: Read> Receiver<R> {
    pub(super) fn new(socket: R) -> Self {
        Self(BufReader::new(socket))
    }

    /// The connection that it reads from.
    pub(super) fn connection(&mut self) -> &mut R {
        self.0.get_mut()
    }

    /// One message; an end of the connection is [`io::ErrorKind::UnexpectedEof`].
    pub(super) fn receive<T: DeserializeOwned>(&mut self) -> io::Result<T> {
        let mut len = [0; 4];
        self.0.read_exact(&mut len)?;
        let len = u32::from_le_bytes(len) as usize;
        if len > MAX_MESSAGE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = vec![0; len];
        self.0.read_exact(&mut bytes)?;
        decode(&bytes)
    }
}

/// Sends one message with descriptors, which the receiver owns then.
pub(super) fn send_with<T: Serialize>(
    to: &mut Timed,
    message: &T,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = encode(message)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if !beside.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // The descriptors go with the first byte, whatever of the rest is taken.
    let sent = sendmsg(
        to.socket()?,
        &[IoSlice::new(&bytes)],
        &mut beside,
        SendFlags::NOSIGNAL,
    )?;
    to.write_all(&bytes[sent..])
}

/// Receives one message with its descriptors, in their order.
pub(super) fn receive_with<T: DeserializeOwned>(
    socket: &UnixStream,
) -> io::Result<(T, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let mut len = [0; 4];
    let received = recvmsg(
        socket.as_fd(),
        &mut [IoSliceMut::new(&mut len)],
        &mut beside,
        RecvFlags::CMSG_CLOEXEC | RecvFlags::WAITALL,
    )?;
    let mut descriptors = Vec::new();
    for message in beside.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            descriptors.extend(received);
        }
    }
    if received.bytes < len.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let len = u32::from_le_bytes(len) as usize;
    if len > MAX_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; len];
    let mut socket = socket;
    socket.read_exact(&mut bytes)?;
    Ok((decode(&bytes)?, descriptors))
}

fn encode<T: Serialize>(message: &T) -> io::Result<Vec<u8>> {
    let bytes = postcard::to_extend(message, vec![0; 4]).map_err(io::Error::other)?;
    let mut bytes = bytes;
    let len = bytes.len() - 4;
    match u32::try_from(len) {
        Ok(short) if len <= MAX_MESSAGE => bytes[..4].copy_from_slice(&short.to_le_bytes()),
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    }
    Ok(bytes)
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}
