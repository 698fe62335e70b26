# Situations of the boot lab. Each boots a child, says what it saw in the columns, and fails a row by `miss`.
# shellcheck shell=bash disable=SC2034,SC2154

# Why a row fails; the first reason is the one that is told.
miss() { missed=${missed:-$1}; }

registry() {
    cat >"$work/servers.toml" <<TOML
[[server]]
name = "os-$1"
export = "10.0.2.2:/vol/shared_lib"
options = "port=$(port_of "$1")"
kernels = ["$kernel"]
components = ["lib/modules"]
TOML
}

new_child() {
    disk=$work/$name.$situation.qcow2
    rm -f "$disk"
    osgraft -q clone "$guests/$name/master.qcow2" "$disk"
}

prepare() {
    registry "$1"
    osgraft -q prepare "$disk"
}

boot() {
    power_on "$name" "$disk" "$name.$situation" && return
    # That says nothing of what is on the disk.
    echo "$name $situation: FLAKY: started once more" >&2
    unplug
    power_on "$name" "$disk" "$name.$situation"
}

# LETTER: the share of that server, as soon as it is mounted.
see_share() {
    share=$(ask 'for i in $(seq 120); do grep -q " /shared nfs4 " /proc/mounts && break; sleep 0.5; done; sed -n "s/^\([^ ]*\) .shared nfs4 .*port=\([0-9]*\),.*/\1 \2/p" /proc/mounts')
    [[ $share == "10.0.2.2:/vol/shared_lib $(port_of "$1")" ]] || miss "share: ${share:-none}"
    share=${share:+yes}
}

see_no_share() {
    share=$(ask 'grep " /shared " /proc/mounts')
    [[ -z $share ]] || miss "share: $share"
    share=no
}

# MODULE PATTERN: modprobe of it, and where it came from.
see_module() {
    module=$(ask "modprobe $1 2>/dev/null && readlink -f \$(modinfo -n $1)")
    [[ $module =~ ^"$2"/kernel/.*/$1\.ko ]] || miss "modprobe $1: ${module:-failed}"
}

# Units that failed, beyond those of the same guest unprepared.
see_failed() {
    local unit
    failed_units=$(ask 'command -v systemctl >/dev/null && [ -d /run/systemd/system ] && systemctl --failed --plain --no-legend | cut -d " " -f 1 | tr "\n" " "')
    for unit in $failed_units; do
        [[ $situation == unprepared* || " $failed_anyway " == *" $unit "* ]] || miss "failed: $unit"
    done
    failed_units=${failed_units:-none}
}

shared_tree=/shared/lib/modules

# The module that the server alone has is loaded: from here on udevd has the share's index open.
on_the_share() {
    see_share "$1"
    see_module dummy "$shared_tree/$kernel"
    see_failed
}

lose_server() {
    kill -9 "$(<"$work/nfs-$1/process")"
    wait "$(<"$work/nfs-$1/process")" 2>/dev/null || true
}

situation.unprepared() {
    new_child
    boot
    see_no_share
    see_module ifb "/usr/lib/modules/$kernel"
    see_failed
    power_off
}

situation.unprepared-cut() {
    new_child
    boot
    see_no_share
    see_module ifb "/usr/lib/modules/$kernel"
    see_failed
    cut_link
    sleep 5
    power_off
}

situation.up() {
    new_child
    prepare a
    boot
    on_the_share a
    power_off
}

situation.away() {
    new_child
    prepare a
    lose_server a
    boot
    see_no_share
    see_module ifb "$shared_tree/$kernel"
    see_failed
    power_off
}

situation.lost() {
    new_child
    prepare a
    boot
    on_the_share a
    lose_server a
    sleep 5
    power_off
}

situation.cut() {
    new_child
    prepare a
    boot
    on_the_share a
    cut_link
    sleep 5
    power_off
}

# A server that is lost, let go of by hand, and mounted again.
situation.released() {
    new_child
    prepare a
    boot
    on_the_share a
    lose_server a
    ask 'modprobe ifb' >/dev/null
    [[ $(ask 'grep -c "^ifb " /proc/modules') == 0 ]] || miss 'the premise: modprobe of ifb while the server is lost'
    if [[ $name == sysvinit ]]; then
        ask 'umount -f -l /shared' >/dev/null
    else
        ask 'systemctl stop osgraft-shared.service' >/dev/null
    fi
    see_no_share
    see_module ifb "$shared_tree/$kernel"
    serve a 12049
    if [[ $name == sysvinit ]]; then
        ask 'mount /shared' >/dev/null
    else
        ask 'systemctl start shared.mount' >/dev/null
    fi
    ask 'modprobe -r dummy' >/dev/null
    on_the_share a
    power_off
}

# Prepared against one server, then against the other.
situation.repointed() {
    new_child
    prepare a
    prepare b
    boot
    on_the_share b
    power_off
}

situation.reverted() {
    new_child
    prepare a
    osgraft -q revert "$disk"
    boot
    see_no_share
    see_module ifb "/usr/lib/modules/$kernel"
    see_failed
    power_off
}
