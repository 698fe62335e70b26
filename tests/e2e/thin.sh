# Children of a thinned master: their disk has the modules of the boot alone, and the share has the rest.
# shellcheck shell=bash disable=SC2154

# A thin master, a release of the whole one, a server and a disk image of it.
thin_ground() {
    rm -rf "$roots/thin"
    mkdir -p "$roots/thin"
    [[ -e $out/ground/masters/debian-thin.qcow2 ]] ||
        "$OSGRAFT" -q share thin "$fixtures/debian/master.qcow2" "$out/ground/masters/debian-thin.qcow2"
    "$OSGRAFT" -q share extract "$fixtures/debian/master.qcow2" "$roots/thin" --release 1 --component lib/modules
    config ''
    rm -f "$work/servers.toml"
}

# KIND FLAGS…: the only server.
thin_server() {
    osgraft -q server add "thin-$1" "${@:2}" --os "$(release_of ID)" --version "$(release_of VERSION_ID)" \
        --arch x86_64 --release 1 --kernels "$kernel" --components lib/modules
}

fresh_thin() {
    [[ -e $(disk_of "$1") ]] || clone debian-thin.qcow2 "$1"
    define_debian "$1" "${2:-120}"
}

# DOMAIN: modules that the disk has no more come from the share, under the path that they always had.
has_all_modules() {
    expect "$1" modules "/shared/lib/modules/$kernel"
    expect "$1" modprobe "$lent ok /shared/lib/modules/$kernel/kernel/.*/$lent\.ko.*"
    expect "$1" modprobe "$own ok /shared/lib/modules/$kernel/kernel/.*/$own\.ko.*"
}

# DOMAIN: what started it is what was kept.
has_its_closure() {
    expect "$1" share none
    expect "$1" modprobe "$lent failed .*"
    expect "$1" modprobe "$own failed .*"
    expect "$1" loaded '(.* )?virtio_net .*'
    matches "$1: its address" "$(said "$1" address)" '^[a-z0-9]+ 10\.0\.2\.'
}

# DOMAIN: from virsh start to powered off.
boot_thin() {
    virsh -q start "$1"
    if hung_early "$1"; then
        echo "$1: FLAKY: its kernel hung before it read its disk; started once more"
        virsh -q destroy "$1"
        virsh -q start "$1"
    fi
    time_power_off "$1"
    expect "$1" multi-user active
}

thin_child_over_nfs() {
    thin_ground
    export_release "$roots/thin/1" t
    serve t 12063
    thin_server nfs --export '10.0.2.2:/vol/shared_lib' --options port=12063
    fresh_thin web-31
    boot_thin web-31
    expect web-31 share '10\.0\.2\.2:/vol/shared_lib nfs4 .*'
    has_all_modules web-31
    unserve t
    define_debian web-31 5
    boot_thin web-31
    has_its_closure web-31
    row verdicts 'a thin child over NFS' "$(du -m "$out/ground/masters/debian-thin.qcow2" | cut -f 1) MiB of master against $(du -m "$fixtures/debian/master.qcow2" | cut -f 1); $lent from the share; with the server away it starts on what was kept"
}

thin_child_with_a_disk() {
    local said uuid
    thin_ground
    said=$("$OSGRAFT" --json share image "$roots/thin/1" "$roots/thin/share.erofs")
    uuid=$(sed -n 's/.*"uuid":"\([^"]*\)".*/\1/p' <<<"$said")
    thin_server disk --disk "UUID=$uuid" --fstype erofs
    fresh_thin web-32
    EXTRA="<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$roots/thin/share.erofs'/><target dev='vdb' bus='virtio'/><readonly/></disk>" \
        define_debian web-32
    boot_thin web-32
    expect web-32 share '/dev/vdb erofs .*'
    has_all_modules web-32
    # Without the disk.
    define_debian web-32 5
    boot_thin web-32
    has_its_closure web-32
    row verdicts 'a thin child with a disk of erofs' "$(du -m "$roots/thin/share.erofs" | cut -f 1) MiB of disk; $lent from it; without the disk it starts on what was kept"
}
