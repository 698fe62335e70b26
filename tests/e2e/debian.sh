# Scenarios in which the real Debian boots.
# shellcheck shell=bash disable=SC2154

# DOMAIN: a child of the real Debian, by direct boot; the limit for the share is the argument.
define_debian() {
    local user_network
    user_network="<interface type='user'><mac address='52:54:00:05:96:af'/><model type='virtio'/><rom enabled='no'/></interface>
        <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>${EXTRA:-}"
    VCPUS=2 DEVICES=$user_network define "$1" "$(disk_of "$1")" 512 <<XML
<kernel>$fixtures/debian/vmlinuz</kernel>
    <initrd>$fixtures/debian/initrd.img</initrd>
    <cmdline>root=/dev/vda1 rw console=ttyS0 quiet no_timer_check tsc=reliable systemd.show_status=0 systemd.mask=serial-getty@ttyS0.service boot-probe=${2:-120} boot-modules=$lent,$own</cmdline>
XML
}

# DOMAIN SCENARIO: from virsh start to powered off, and its row.
boot() {
    virsh -q start "$1"
    if hung_early "$1"; then
        echo "$1: FLAKY: its kernel hung before it read its disk; started once more"
        virsh -q destroy "$1"
        virsh -q start "$1"
    fi
    finish "$@"
}

# On a busy host an emulated kernel can drown in its own timer's interrupts, before it knows of a
# disk. That says nothing of what is on the disk; the firmware alone reads a sector or two.
hung_early() {
    local deadline=$((SECONDS + 240)) reads
    while [[ $SECONDS -lt $deadline && $(virsh -q domstate "$1") != 'shut off' ]]; do
        reads=$(virsh -q domblkstat "$1" vda 2>/dev/null | sed -n 's/^vda rd_req //p')
        [[ ${reads:-0} -le 8 ]] || return 1
        sleep 1
    done
    [[ $(virsh -q domstate "$1") != 'shut off' ]]
}

finish() {
    local shared lent_one
    time_power_off "$1"
    [[ $(grep -cx $'probe: end\r*' "$out/serial/$1.log") == 1 ]] || fail "$1 went off before it had told how it came up"
    cp "$out/serial/$1.log" "$out/serial/$1.$2.log"
    expect "$1" multi-user active
    expect "$1" hostname golden
    expect "$1" modprobe "$own ok .*"
    shared=$(said "$1" share | sed -E 's/ .*[ ,](vers=[0-9.]+),.*,(port=[0-9]+),.*/ \1 \2/')
    lent_one=$(said "$1" modprobe | sed -n "s/^$lent \([a-z]*\).*/\1/p")
    row boots "$1" "${2//_/ }" "$(hook_ms "$1")" "$(said "$1" multi-user-after)" "$shared" "$lent_one" \
        "$(<"$work/$1.off")"
}

# DOMAIN LETTER [VERSION]: the share of that server is mounted, over that version of NFS, and lends its module.
on_the_share() {
    expect "$1" share "10\.0\.2\.2:/vol/shared_lib nfs4 .*"
    expect_options "$1" share ro soft "vers=${3:-4.1}" "port=$(port_of "$2")"
    expect "$1" modules "/shared/lib/modules/$kernel"
    expect "$1" modprobe "$lent ok /shared/lib/modules/$kernel/kernel/.*/$lent\.ko.*"
    expect "$1" loaded "(.* )?$lent .*"
}

# DOMAIN: no share, the child's own modules under the same path, within the four
# minutes that a boot with its share takes on a host busy with other work.
on_its_own() {
    matches "$1: seconds to multi-user" "$(said "$1" multi-user-after)" '^([0-9]{1,2}|1[0-9]{2}|2[0-3][0-9])\.'
    expect "$1" share none
    expect "$1" modules "/shared/lib/modules/$kernel"
    expect "$1" modprobe "$own ok /shared/lib/modules/$kernel/kernel/.*/$own\.ko.*"
    expect "$1" modprobe "$lent failed .*"
}

# DOMAIN: no share, and the modules where the master has them.
on_its_own_disk() {
    expect "$1" share none
    expect "$1" modules "/usr/lib/modules/$kernel"
}

fresh_debian() {
    [[ -e $(disk_of "$1") ]] || clone debian.qcow2 "$1"
    define_debian "$@"
}

one_child_boots_on_the_share() {
    local domain=${1:-web-1} code=0
    fresh_debian "$domain"
    osgraft -q verify "$(disk_of "$domain")" >/dev/null 2>&1 || code=$?
    equal 'the premise: what verify says of a new child' "$code" 8
    boot "$domain" first_start
    on_the_share "$domain" a
    expect_options "$domain" fstab ro bg nfsvers=4.1 soft timeo=10 retrans=2 noatime nodev port=12049
}

# The share must not hold up the end: systemd-udevd has its module index open. The busiest host adds
# less than 5 s to the 3 s that it may take.
power_off_takes_no_longer() {
    [[ -e $work/web-1.off ]] || one_child_boots_on_the_share web-1
    fresh_debian plain-1 0
    boot plain-1 unprepared
    on_its_own_disk plain-1
    within 'seconds to power off' "$(<"$work/web-1.off")" "$(<"$work/plain-1.off")" 8
}

nine_more_one_after_the_other() {
    local number
    for number in 2 3 4 5 6 7 8 9 10; do
        one_child_boots_on_the_share "web-$number"
    done
}

# A child that ran on one server starts on the other.
another_server_in_the_registry() {
    [[ -e $(disk_of web-1) ]] || one_child_boots_on_the_share web-1
    registry_of b
    define_debian web-1
    boot web-1 server_replaced
    on_the_share web-1 b
}

# The options of the report that the idea comes from, with the port that the server adds.
options_taken_verbatim() {
    fresh_debian web-2
    config 'ro,soft,bg,timeo=3,intr'
    boot web-2 verbatim_options
    on_the_share web-2 a 4.2
    expect web-2 fstab "10\.0\.2\.2:/vol/shared_lib /shared nfs4? ro,soft,bg,timeo=3,intr,.*port=12049.*"
    expect_options web-2 share timeo=3
}

server_stopped() {
    fresh_debian web-3 5
    unserve a
    trap 'serve a 12049' EXIT
    boot web-3 server_stopped
    on_its_own web-3
}

# The server of the registry drops every packet.
server_that_never_answers() {
    fresh_debian web-4 5
    osgraft -q server set os-a "export=$black_hole:/vol/shared_lib"
    boot web-4 server_that_never_answers
    on_its_own web-4
    expect web-4 fstab "203\.0\.113\.1:/vol/shared_lib .*"
}

# No carrier from power-on.
link_down() {
    fresh_debian web-5 5
    virsh -q start --paused web-5
    virsh -q domif-setlink web-5 52:54:00:05:96:af down
    virsh -q resume web-5
    finish web-5 link_down
    on_its_own web-5
    equal 'addresses without a link' "$(said web-5 address)" ''
}
