//! `prepare` on a child of the 10 GiB Debian guest, in process, and its parts.

#![allow(missing_docs)] // the macros of criterion make functions without

mod debian;

use std::hint::black_box;
use std::process::Command;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use osgraft::image::{BlockDevice, Child, MasterFormat, Overlay};
use osgraft::prepare::{Preparer, Share, revert, verify};
use osgraft::registry::{MemoryRegistry, Server, Servers, Source};

fn registry() -> MemoryRegistry {
    let export = Source::nfs("10.0.0.1:/vol/shared_lib").expect("an export");
    let server = Server::new("deb12-a", export).expect("a server");
    MemoryRegistry::new(Servers::new(vec![server]).expect("one server"))
}

fn share() -> Share {
    Share::at("/shared")
        .and_then(|share| share.link("/lib/modules", "lib/modules"))
        .expect("a share")
}

fn benches(c: &mut Criterion) {
    let master = debian::master();
    let folder = debian::folder();
    let preparer = Preparer::new(registry(), share());
    let mut number = 0;
    let mut fresh = || {
        number += 1;
        let child = folder.path().join(format!("{number}.qcow2"));
        Overlay::new(&master).create(&child).expect("a child");
        Child::open(child, &master).expect("a child")
    };

    let prepared = fresh();
    preparer.prepare(&prepared).expect("prepared");
    c.bench_function("prepare, nothing to do", |b| {
        b.iter(|| black_box(preparer.prepare(&prepared).expect("unchanged")));
    });
    c.bench_function("verify", |b| {
        b.iter(|| black_box(verify(&prepared, None).expect("intact")));
    });
    c.bench_function("prepare", |b| {
        b.iter_batched(
            &mut fresh,
            |child| black_box(preparer.prepare(&child).expect("prepared")),
            BatchSize::PerIteration,
        );
    });
    c.bench_function("plan", |b| {
        let child = fresh();
        b.iter(|| black_box(preparer.plan(&child).expect("planned")));
    });
    c.bench_function("revert", |b| {
        b.iter_batched(
            || {
                let child = fresh();
                preparer.prepare(&child).expect("prepared");
                child
            },
            |child| black_box(revert(&child).expect("reverted")),
            BatchSize::PerIteration,
        );
    });
}

/// An edit as a record, whose share in a large child is that its tables are judged first.
fn records(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("space");
    let master = folder.path().join("master.raw");
    let file = std::fs::File::create(&master).expect("space");
    file.set_len(40 << 30).expect("a hole");
    let fresh = folder.path().join("fresh.qcow2");
    let overlay = Overlay::new(&master).format(MasterFormat::Raw);
    overlay.create(&fresh).expect("a child");
    let full = folder.path().join("full.qcow2");
    let qemu_img = |args: &[&str]| {
        let status = Command::new("qemu-img").args(args).arg(&full).status();
        assert!(status.expect("qemu-img").success());
    };
    let create = ["create", "-q", "-f", "qcow2", "-o"];
    qemu_img(&[&create[..], &["preallocation=metadata,size=40G"]].concat());
    let backing = master.to_str().expect("UTF-8");
    qemu_img(&["rebase", "-u", "-f", "qcow2", "-F", "raw", "-b", backing]);
    for (what, child) in [
        ("record, of a child that holds nothing", fresh),
        ("record, of a child that holds 40 GiB", full),
    ] {
        let locked = Child::open(child, &master).and_then(|child| child.lock());
        let locked = locked.expect("a child");
        c.bench_function(what, |b| {
            b.iter(|| {
                let mut scratch = locked.scratch().expect("a disk");
                scratch.write_at(4096, &[1; 512]).expect("a block");
                black_box(scratch.finish().expect("a record"))
            });
        });
    }
}

criterion_group! {
    name = group;
    config = Criterion::default().sample_size(30);
    targets = benches, records
}
criterion_main!(group);
