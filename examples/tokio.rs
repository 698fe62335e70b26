//! Preparing children from a program that runs on tokio.
//!
//! ```text
//! cargo run --example tokio -- MASTER.qcow2
//! ```
//!
//! Three things matter:
//!
//! - `serve()` comes before the runtime. The worker is this program, started anew, and confines itself
//!   while it has one thread; so `main` is no `#[tokio::main]`.
//! - Calls block, for milliseconds, or for a minute where a guest takes an appliance. They belong on
//!   `spawn_blocking`, or `prepare_all` with threads of its own on one such call.
//! - A future that is dropped does not end the call that it waits for. An observer does, at the next
//!   step; once the commit has begun, the call ends by itself.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use osgraft::editor::Choice;
use osgraft::editor::worker::{Worker, serve};
use osgraft::image::{Child, Overlay};
use osgraft::prepare::{Preparer, Report, Share, Step};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

/// Argument that this program is started with as its own worker.
const WORKER: &str = "osgraft-worker";

fn main() -> ExitCode {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|first| first == WORKER)
    {
        return serve();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let done = runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let master = std::env::args_os().nth(1).map(PathBuf::from);
    let master = master.ok_or("name a master: a qcow2 image with a Linux guest on ext4")?;
    let folder = tempfile::tempdir()?;

    let stop = Arc::new(AtomicBool::new(false));
    let preparer = preparer(Arc::clone(&stop))?;
    let mut children = Vec::new();
    for number in 1..=10 {
        let path = folder.path().join(format!("web-{number}.qcow2"));
        let (preparer, master) = (preparer.clone(), master.clone());
        children.push(tokio::task::spawn_blocking(move || {
            prepare(&preparer, &path, &master)
        }));
    }
    for child in children {
        match child.await? {
            Ok(report) => println!("{}", serde_json::to_string(&report)?),
            Err(error) => {
                println!("{}", serde_json::to_string(&error)?);
                // The first failure ends what has not reached its commit.
                stop.store(true, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}

fn preparer(stop: Arc<AtomicBool>) -> Result<Preparer<Arc<MemoryRegistry>>, Box<dyn Error>> {
    let server = Server::new("os-a", Source::nfs("192.0.2.10:/export/os")?)?;
    let registry = Arc::new(MemoryRegistry::new(Servers::new(vec![server])?));
    let worker = Worker::myself([WORKER]);
    let observer = move |_: &Path, _: Step| match stop.load(Ordering::Relaxed) {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    };
    Ok(Preparer::new(registry, Share::default())
        .editor(Choice::auto().worker(worker))
        .observer(observer))
}

/// The part that blocks.
fn prepare(
    preparer: &Preparer<Arc<MemoryRegistry>>,
    path: &Path,
    master: &Path,
) -> Result<Report, osgraft::Error> {
    Overlay::new(master).create(path)?;
    preparer.prepare(&Child::open(path, master)?)
}
