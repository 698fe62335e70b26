#!/usr/bin/env bash
# Fills corpus/ with what the targets begin from: of fixtures/, of target/fixtures/ (make guests),
# of seeds/, and small images that QEMU makes. Files are named by their content.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
fixtures=../../fixtures
guests=${CARGO_TARGET_DIR:-../../target}/fixtures/guests
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

seed() {
    local target=$1 file
    shift
    mkdir -p "corpus/$target"
    for file in "$@"; do
        [[ ! -s $file ]] || head -c 131072 "$file" >"corpus/$target/$(sha256sum <"$file" | head -c 16)"
    done
}

shopt -s nullglob globstar
seed fstab $fixtures/fstab/*/*
seed servers $fixtures/registry/**/*.toml
seed config $fixtures/hooks/config.toml
seed domain_xml $fixtures/hooks/libvirt/*.xml
for conf in $fixtures/hooks/proxmox/*.conf; do
    { cat "$conf" && printf '\0' && cat $fixtures/hooks/storage.cfg; } >"$room/conf"
    seed proxmox_conf "$room/conf"
done
seed os_release /etc/os-release seeds/os_release/*
seed qcow2_header "$guests"/*.qcow2
seed receipt seeds/receipt/*
seed child seeds/child/*
seed qcow2_header seeds/qcow2_header/*
# Long enough for a record that holds nothing.
head -c 2048 /dev/zero >"$room/zeros"
seed redo "$room/zeros"

# The beginnings of disks, and a VMDK's descriptor.
for guest in "$guests"/disk-*.qcow2; do
    qemu-img convert -f qcow2 -O raw "$guest" "$room/disk"
    seed partition_table "$room/disk"
done
for guest in "$guests"/*.vmdk; do
    head -c 10752 "$guest" | tail -c 10240 >"$room/descriptor"
    seed vmdk_descriptor "$room/descriptor"
done

# Whole images of a few KiB. The targets keep a raw `master` and a raw `base` beside them.
cd "$room"
head -c 32768 /dev/zero | tr '\0' '\21' | tee master >base
image() {
    local target=$1 options=$2 backing=$3
    shift 3
    qemu-img create -q -f qcow2 -o "cluster_size=512,$options" -b "$backing" -F raw image 32k
    for command in "$@"; do
        qemu-io -f qcow2 -c "$command" image >/dev/null
    done
}
keep() {
    (cd "$OLDPWD" && seed "$1" "$room/$2")
}
for target in child master; do
    backing=master
    [[ $target == child ]] || backing=base
    image $target compat=1.1 $backing
    keep $target image
    image $target compat=1.1 $backing 'write -P 1 0 4k' 'write -z 8k 4k' 'write -P 2 30k 2k'
    keep $target image
    qemu-img snapshot -c one image
    qemu-io -f qcow2 -c 'write -P 3 1k 4k' image >/dev/null
    keep $target image
    image $target compat=1.1,lazy_refcounts=on,refcount_bits=64 $backing 'write -P 1 0 1k'
    keep $target image
    image $target compat=1.1,refcount_bits=1 $backing 'write -c -P 1 0 512' 'write -c -P 2 1k 512'
    keep $target image
    image $target compat=0.10 $backing 'write -P 1 0 4k' 'write -c -P 2 4k 512'
    keep $target image
done
for kind in monolithicSparse streamOptimized; do
    qemu-img convert -q -f raw -O vmdk -o subformat=$kind base image
    keep master image
done
