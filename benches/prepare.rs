//! `prepare` on a child of the 10 GiB Debian guest, in process, and its parts.

#![allow(missing_docs)] // the macros of criterion make functions without

mod debian;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use osgraft::image::{Child, Overlay};
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

criterion_group! {
    name = group;
    config = Criterion::default().sample_size(30);
    targets = benches
}
criterion_main!(group);
