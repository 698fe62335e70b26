# One server is patched, kernel and all, and the children of an older master follow at their next start.
# shellcheck shell=bash disable=SC2154

# Root's own: what is booted from there, nobody else may change.
releases=$roots/releases
patched=(web-21 web-22 web-23)

# NUMBER: the master of that release.
master_of() {
    case $1 in
        1) echo "$fixtures/debian-previous/master.qcow2" ;;
        2) echo "$fixtures/debian/master.qcow2" ;;
    esac
}

# NUMBER: its kernel, by the list of the files that were installed.
kernel_of() {
    local list
    list=$(dirname "$(master_of "$1")")/manifest
    awk '$5 ~ /^usr\/lib\/modules\/[^\/]*$/ { sub(".*/", "", $5); print $5 }' "$list"
}

# What the guests of this scenario are made with, outside of the namespaces.
prepare_patch() {
    PREVIOUS=1 fixtures/guests/debian.gen.sh >/dev/null
}

# Two releases, each exported by a server of its own; the older one takes the children.
patch_ground() {
    local number
    rm -rf "$releases"
    mkdir -p "$releases"
    for number in 1 2; do
        "$OSGRAFT" -q share extract "$(master_of "$number")" "$releases" --release "$number" --component lib/modules
        export_release "$releases/$number" "p$number"
        serve "p$number" "1206$number"
    done
    install -m 0444 "$(master_of 1)" "$out/ground/masters/debian-previous.qcow2"
    config ''
    cat >>"$roots/config.toml" <<TOML

[boot]
kernel = "own"
releases = "$releases"
folder = "$roots/boot"
TOML
    rm -f "$work/servers.toml"
    for number in 1 2; do
        osgraft -q server add "patch-$number" --export '10.0.2.2:/vol/shared_lib' --options "port=1206$number" \
            --os "$(release_of ID)" --version "$(release_of VERSION_ID)" --arch x86_64 --release "$number" \
            --kernels "$(kernel_of "$number")" --components lib/modules
    done
    osgraft -q server set patch-2 state=down
}

# DOMAIN [WORDS]: what osgraft prints is what its description has.
define_patched() {
    local user_network
    user_network="<interface type='user'><mac address='52:54:00:05:96:af'/><model type='virtio'/><rom enabled='no'/></interface>
        <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
    VCPUS=1 DEVICES=$user_network define "$1" "$(disk_of "$1")" 512 < <(
        osgraft share boot-snippet "$1" --cmdline "root=/dev/vda1 rw console=ttyS0 quiet no_timer_check tsc=reliable panic=-1 systemd.show_status=0 systemd.mask=serial-getty@ttyS0.service boot-probe=240 boot-modules=$own ${2:-}" |
            grep -E '<(kernel|initrd|cmdline)>'
    )
}

# DOMAIN…: all of them are started, and have told how they came up.
boot_all() {
    local domain
    for domain in "$@"; do virsh -q start "$domain"; done
    for domain in "$@"; do
        if hung_early "$domain"; then
            echo "$domain: FLAKY: its kernel hung before it read its disk; started once more"
            virsh -q destroy "$domain"
            virsh -q start "$domain"
        fi
    done
}

# DOMAIN NUMBER: it runs the kernel of that release, and its modules are those of the share.
runs_release() {
    local kernel
    kernel=$(kernel_of "$2")
    expect "$1" kernel "$kernel"
    expect "$1" share "10\\.0\\.2\\.2:/vol/shared_lib nfs4 .*port=1206$2.*"
    expect "$1" modules "/shared/lib/modules/$kernel"
    expect "$1" modprobe "$own ok /shared/lib/modules/$kernel/kernel/.*/$own\\.ko.*"
}

# DOMAIN: what osgraft changed in its disk since the last start: the entry's line and the receipt, no more.
# Looked at before the hook does it.
changes_entry_alone() {
    local changed
    changed=$(osgraft --json plan --boot "$1" "$(disk_of "$1")" | python3 -c '
import json, sys
print(" ".join(sorted(edit["kind"] + " " + edit["path"] for edit in json.load(sys.stdin)["edits"])))')
    equal "$1: what its next start changes in its disk" "$changed" \
        'write /etc/fstab write /var/lib/osgraft/receipt.json'
}

wait_for_holds() {
    local domain deadline=$((SECONDS + 900))
    for domain in "$@"; do
        until grep -q '^probe: holds' "$out/serial/$domain.log"; do
            [[ $SECONDS -lt $deadline && $(virsh -q domstate "$domain") != 'shut off' ]] ||
                fail "$domain does not hold: $(tail -n 3 "$out/serial/$domain.log")"
            sleep 0.5
        done
    done
}

one_patch_for_all() {
    local domain began kept before
    patch_ground
    differ 'the premise: the kernels of the two releases' "$(kernel_of 1)" "$(kernel_of 2)"
    before=$(sha256sum <"$out/ground/masters/debian-previous.qcow2")
    for domain in "${patched[@]}"; do
        clone debian-previous.qcow2 "$domain"
        define_patched "$domain" 'boot-hold=1 boot-later=dummy'
    done
    # The first of them runs on through the patch.
    define_patched web-21 'boot-hold=45 boot-later=dummy'
    boot_all "${patched[@]}"
    wait_for_holds "${patched[@]}"

    began=$SECONDS
    osgraft -q server set patch-2 state=active
    osgraft -q server set patch-1 state=draining
    for domain in "${patched[@]}"; do
        kept=$(osgraft share boot "$domain")
        equal "$domain: its kernel while nothing starts" "$kept" "$(kernel_of 1) of release 1"
        wait_until_off "$domain" 400
        runs_release "$domain" 1
        expect "$domain" later "$(kernel_of 1) dummy ok /shared/lib/modules/$(kernel_of 1)/.*"
        changes_entry_alone "$domain"
        define_patched "$domain"
    done
    row verdicts 'patched under running children' "three children run on with $(kernel_of 1), and load its modules, while the registry changes"

    boot_all "${patched[@]}"
    for domain in "${patched[@]}"; do
        wait_until_off "$domain" 900
        runs_release "$domain" 2
    done
    row verdicts 'their next start' "all three run $(kernel_of 2) with its modules, $((SECONDS - began)) s after the registry changed; of their disks the entry and the receipt changed"

    osgraft -q server set patch-1 state=active
    osgraft -q server set patch-2 state=down
    for domain in "${patched[@]}"; do changes_entry_alone "$domain"; done
    boot_all "${patched[@]}"
    for domain in "${patched[@]}"; do
        wait_until_off "$domain" 900
        runs_release "$domain" 1
    done
    equal 'the master, by its SHA-256' "$(sha256sum <"$out/ground/masters/debian-previous.qcow2")" "$before"
    row verdicts 'and back' "all three run $(kernel_of 1) again; the master is as it was"

    # A kernel that the hypervisor does not have is refused before the boot.
    osgraft -q server set patch-1 state=down
    osgraft -q server set patch-2 state=active release=3
    matches 'a release without a kernel at hand' "$(refused_start web-21)" 'has release 3, whose kernel is not at hand'
    row verdicts 'a release that the hypervisor lacks' 'refused before the boot, by name'
}
