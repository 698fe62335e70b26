//! The worker's end.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use super::Confinement;
use super::blocks::in_steps;
use super::channel::{Receiver, greet, receive_with, send, take_call};
use super::confine::{Limits, confine};
use super::message::{
    Answer, BUILD, Beyond, Blocks, Finished, Free, Greeting, Hello, Opened, Request,
};
use crate::editor::ext4::{Ext4Guest, Options};
use crate::editor::free::MAX_FREE;
use crate::editor::{EditorError, open_root, open_root_read_only};
use crate::guest::{Ahead, Guest, GuestError, Remembering};
use crate::image::{OpenChild, Passed, Scratch};

/// Serves one guest to the caller on the other end of standard input, and returns what the program
/// is to end with. It must be called before anything else, while the process has one thread.
///
/// It never prints. Where standard input is no socket of a caller's, it ends with 2.
pub fn serve() -> ExitCode {
    // A panic is told by the end of the process; its text could hold what a guest made.
    std::panic::set_hook(Box::new(|_| ()));
    let Ok(socket) = io::stdin().as_fd().try_clone_to_owned() else {
        return ExitCode::from(2);
    };
    let socket = UnixStream::from(socket);
    let greeting = Greeting::Serves(BUILD.to_owned());
    if take_call(&socket)
        .and_then(|()| greet(&socket, &greeting))
        .is_err()
    {
        return ExitCode::from(2);
    }
    let Ok((hello, descriptors)) = receive_with(&socket) else {
        return ExitCode::from(2);
    };
    // The caller has gone where nothing more can be sent.
    match answer_all(&socket, hello, descriptors) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer_all(socket: &UnixStream, hello: Hello, descriptors: Vec<OwnedFd>) -> io::Result<()> {
    if hello.build != BUILD || hello.files.len() != descriptors.len() {
        return send(socket, &Opened::OtherBuild);
    }
    let limits = Limits {
        seconds: hello.seconds,
        memory: hello.memory,
    };
    let confinement = match confine(&limits) {
        Ok(confinement) => confinement,
        Err(why) => return send(socket, &Opened::NotConfined(why.to_string())),
    };
    if hello.files.is_empty() {
        return send(socket, &Opened::Confined(confinement));
    }
    let files = hello.files.into_iter().zip(descriptors);
    let passed = files
        .map(|(file, descriptor)| Passed {
            descriptor,
            path: OsString::from_vec(file.path).into(),
            format: file.format,
        })
        .collect();
    let mut scratch = match open(passed) {
        Ok(scratch) => scratch,
        Err(error) => return send(socket, &Opened::Failed(error.into())),
    };
    match serve_guest(
        socket,
        &mut scratch,
        (hello.time, &hello.ahead),
        confinement,
    )? {
        Some(finished) => hand_over(socket, finished, &scratch),
        None => Ok(()),
    }
}

/// Until the guest is finished; nothing, where it could not be opened.
fn serve_guest(
    socket: &UnixStream,
    scratch: &mut Scratch,
    (time, ahead): (Option<i64>, &Ahead),
    confinement: Confinement,
) -> io::Result<Option<Finished>> {
    let opened = match time {
        Some(time) => open_root(scratch, Options { time }),
        None => open_root_read_only(scratch),
    };
    match opened {
        Ok((guest, root)) => {
            let mut guest = Remembering::new(Box::new(guest));
            ahead.look(&mut guest);
            let (guest, memory) = guest.into_parts();
            send(socket, &Opened::Root(Box::new(root), confinement, memory))?;
            answer_calls(socket, guest).map(Some)
        }
        Err(error) => send(socket, &Opened::Failed(error.into())).map(|()| None),
    }
}

fn answer_calls(socket: &UnixStream, mut guest: Box<Ext4Guest<'_>>) -> io::Result<Finished> {
    let mut calls = Receiver::new(socket);
    loop {
        match calls.receive()? {
            Request::Finish => return Ok(guest.finish().map(drop)),
            Request::Free => send::<Free>(socket, &guest.free_ranges(MAX_FREE))?,
            Request::Beyond => {
                let beyond = guest.beyond().map(|(path, what)| Beyond {
                    path: path.clone(),
                    what,
                });
                send(socket, &Answer::Beyond(beyond))?;
            }
            request => {
                let answer = answer(&mut *guest, request).unwrap_or_else(Answer::Failed);
                send(socket, &answer)?;
            }
        }
    }
}

fn open(passed: Vec<Passed>) -> Result<Scratch, EditorError> {
    Ok(OpenChild::received(passed)?.scratch()?)
}

fn answer(guest: &mut dyn Guest, request: Request) -> Result<Answer, GuestError> {
    Ok(match request {
        Request::Lstat(path) => Answer::Metadata(guest.lstat(&path)?),
        Request::Read(path, limit) => Answer::Bytes(guest.read(&path, limit)?),
        Request::ReadStart(path, len) => Answer::Bytes(guest.read_start(&path, len)?),
        Request::ReadLink(path) => Answer::Bytes(guest.read_link(&path)?),
        Request::ReadDir(path) => Answer::Entries(guest.read_dir(&path)?),
        Request::Entries(path, after) => Answer::Page(guest.entries(&path, after.as_deref())?),
        Request::ReadAt(path, offset, len) => Answer::Bytes(guest.read_at(&path, offset, len)?),
        Request::Data(path) => Answer::Ranges(guest.data(&path)?),
        Request::Write(path, content, new) => done(guest.write(&path, &content, new))?,
        Request::Mkdir(path, new) => done(guest.mkdir(&path, new))?,
        Request::Symlink(path, target) => done(guest.symlink(&path, &target))?,
        Request::Rename(from, to) => done(guest.rename(&from, &to))?,
        Request::Remove(path) => done(guest.remove(&path))?,
        Request::Modified(path) => Answer::Time(guest.modified(&path)?),
        Request::SetModified(path, time) => done(guest.set_modified(&path, time))?,
        Request::Label(path) => Answer::Label(guest.label(&path)?),
        Request::SetLabel(path, label) => done(guest.set_label(&path, &label))?,
        Request::Finish | Request::Beyond | Request::Free => Answer::Done,
    })
}

fn done(result: Result<(), GuestError>) -> Result<Answer, GuestError> {
    result.map(|()| Answer::Done)
}

fn hand_over(socket: &UnixStream, finished: Finished, scratch: &Scratch) -> io::Result<()> {
    let whole = finished.is_ok();
    send::<Finished>(socket, &finished)?;
    if whole {
        for step in in_steps(scratch) {
            send(socket, &step)?;
        }
        send(socket, &Blocks::new())?;
    }
    Ok(())
}
