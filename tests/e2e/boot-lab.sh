#!/usr/bin/env bash
# Boots prepared children of several guests, each in several situations, beside the same guest
# unprepared, and writes one table.
#
#   tests/e2e/boot-lab.sh            every guest, every situation
#   tests/e2e/boot-lab.sh --list     their names
#
# GUESTS         those guests only, by name
# SITUATIONS     those situations only, by name; unprepared guests are booted where one needs them
# NOISE          seconds that a power-off may take beyond the bar before its row fails (2)
# OSGRAFT        the program (built in release mode when unset)
#
# A row holds where the share, the module and the failed units are right, and where powering off takes
# at most 3 s (and the noise) longer than that of the guest unprepared; with sysvinit and no server 7 s. Where only the time misses,
# both are booted once more, and the better of each counts.
#
# Takes root, or sudo without a password, and what “.ci/setup test demo qemu appliance e2e” installs.
# It runs in namespaces of its own, as tests/e2e/run.sh does. Left behind is target/boot-lab:
#
#   table.md table.tsv    the rows
#   serial/               what each guest said on its serial line
#   guests/               the guests, which a second run uses again
set -euo pipefail
export LC_ALL=C.UTF-8
[[ ${1:-} == --inside ]] || export PATH="$PATH:/usr/sbin:/sbin:${CARGO_HOME:-$HOME/.cargo}/bin"
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tests=$PWD/tests/e2e
out=$PWD/target/boot-lab
guests=$out/guests
work=$out/work

fail() {
    echo "boot-lab: $*" >&2
    exit 1
}

# shellcheck source=tests/e2e/servers.sh
source "$tests/servers.sh"
# shellcheck source=tests/e2e/machine.sh
source "$tests/machine.sh"
# shellcheck source=tests/e2e/situations.sh
source "$tests/situations.sh"

bar=3
noise=${NOISE:-2}
all_guests=(networkd ifupdown networkmanager sysvinit dracut trixie xfs)
all_situations=(up away lost cut released repointed reverted)

# LIST NAME…: each is one of the list.
choose() {
    local -n all=$1
    local name
    for name in "${@:2}"; do
        [[ " ${all[*]} " == *" $name "* ]] || fail "no “$name” among ${all[*]}"
    done
}

enter() {
    local tool root=()
    for tool in ganesha.nfsd qemu-system-x86_64 mmdebstrap ip unshare; do
        command -v "$tool" >/dev/null || fail "$tool is missing: run “.ci/setup test demo qemu appliance e2e”"
    done
    if [[ -z ${OSGRAFT:-} ]]; then
        cargo build --quiet --release
        OSGRAFT=${CARGO_TARGET_DIR:-target}/release/osgraft
    fi
    OSGRAFT=$(realpath "$OSGRAFT")
    # shellcheck disable=SC2086
    fixtures/guests/boot.gen.sh $GUESTS >/dev/null
    if [[ $EUID -ne 0 ]]; then
        sudo -n true 2>/dev/null || fail 'this takes root: be root, or allow sudo without a password'
        root=(sudo -n -- setpriv --pdeathsig KILL)
    fi
    exec "${root[@]}" env "OSGRAFT=$OSGRAFT" "OWNER=$(id -u):$(id -g)" "PATH=$PATH" "GUESTS=$GUESTS" \
        "SITUATIONS=$SITUATIONS" "NOISE=$noise" \
        unshare --mount --pid --net --ipc --uts --fork --kill-child --mount-proc \
        "$tests/boot-lab.sh" --inside </dev/null
}

osgraft() { "$OSGRAFT" --config "$work/config.toml" "$@"; }

# What osgraft keeps between two runs is not the host's.
private_host() {
    local path
    mount --make-rprivate /
    mount -t tmpfs -o mode=0755 boot-lab /run
    for path in /var/{lib,cache}/osgraft; do
        mkdir -p "$path" "$work/host$path"
        mount --bind "$work/host$path" "$path"
    done
}

# One tree for both servers, with the modules of every guest's kernel.
ground() {
    local suite letter
    rm -rf "$out/ground"
    for letter in a b; do
        mkdir -p "$out/ground/export/$letter/lib/modules"
        for suite in "$guests"/*/modules; do
            [[ ! -e ${suite%/modules}/.key ]] || cp -al "$suite"/* "$out/ground/export/$letter/lib/modules/"
        done
    done
    cat >"$work/config.toml" <<TOML
[share]
mount_point = "/shared"
links = [{ at = "/lib/modules", to = "lib/modules" }]

[registry]
file = "$work/servers.toml"

[images]
masters = ["$guests"]
TOML
}

# A row of the guest `name`: what `situation` saw goes to a file, for it runs in a subshell.
observe() {
    local code
    situation=$1
    rm -f "$work/seen"
    set +e
    (
        set -e
        trap 'unplug' EXIT
        missed=
        "situation.$situation"
        # Global, for it is read in a function.
        declare -p multi_user share module failed_units power_off missed | sed 's/^declare/declare -g/' >"$work/seen"
    )
    code=$?
    set -e
    (exec 3<>"/dev/tcp/127.0.0.1/12049") 2>/dev/null || serve a 12049
    rm -f "$work/$name.$situation.qcow2"
    multi_user=- share=- module=- failed_units=- power_off=- missed='broken: see the messages'
    [[ $code -ne 0 || ! -e $work/seen ]] || source "$work/seen"
}

# SITUATION: that of the unprepared guest it is held against.
beside() {
    case $1 in
        cut) echo unprepared-cut ;;
        *) echo unprepared ;;
    esac
}

# sysvinit gets no unit: of a server that is gone, the last NFS call runs into its timeout of 6 s.
allowance() {
    case $name/$1 in
        sysvinit/lost | sysvinit/cut) echo $((bar + 4)) ;;
        *) echo "$bar" ;;
    esac
}

late() {
    awk -v took="$1" -v unprepared="$2" -v bar="$(allowance "$3")" -v noise="$noise" \
        'BEGIN { exit !(took > unprepared + bar + noise) }'
}

better() { awk -v a="$1" -v b="$2" 'BEGIN { print (a < b) ? a : b }'; }

# SITUATION: `unprepared` and `unprepared_boot` of it, measured once for each guest.
measure_unprepared() {
    local kind
    kind=$(beside "$1")
    if [[ -z ${off_of[$kind]:-} || ${2:-} == again ]]; then
        observe "$kind"
        if [[ -n $missed ]]; then
            echo "boot-lab: $name $kind: $missed" >&2
            off_of[$kind]=${off_of[$kind]:--} boot_of[$kind]=${boot_of[$kind]:--}
            return 0
        fi
        [[ ${off_of[$kind]:--} == - ]] || power_off=$(better "$power_off" "${off_of[$kind]}")
        off_of[$kind]=$power_off boot_of[$kind]=$multi_user failed_anyway=${failed_units#none}
        echo "boot-lab: $name $kind: multi-user after $multi_user s, off after $power_off s"
    fi
}

measure() {
    local kind first
    kind=$(beside "$1")
    measure_unprepared "$1"
    observe "$1"
    [[ ${off_of[$kind]} != - ]] || missed=${missed:-the unprepared guest did not come up}
    if [[ -z $missed ]] && late "$power_off" "${off_of[$kind]}" "$1"; then
        echo "boot-lab: $name $1: off after $power_off s, unprepared ${off_of[$kind]} s; both once more"
        first=$power_off
        measure_unprepared "$1" again
        observe "$1"
        [[ -n $missed ]] || power_off=$(better "$power_off" "$first")
    fi
    if [[ -z $missed ]] && late "$power_off" "${off_of[$kind]}" "$1"; then
        missed="power-off: more than $(allowance "$1") s (and $noise s of noise) over the unprepared guest"
    fi
    row "$name" "$1" "$multi_user" "${boot_of[$kind]}" "$share" "$module" "$failed_units" "$power_off" \
        "${off_of[$kind]}" "${missed:-ok}"
    echo "boot-lab: $name $1: off after $power_off s, unprepared ${off_of[$kind]} s: ${missed:-ok}"
    [[ -z $missed ]] || bad+=("$name/$1")
}

row() {
    local IFS=$'\t'
    echo "$*" >>"$out/table.tsv"
}

write_table() {
    awk -F '\t' '
        NR == 1 { sub(/^# /, "") }
        { line = "|"; for (i = 1; i <= NF; i++) line = line " " $i " |"; print line }
        NR == 1 { line = "|"; for (i = 1; i <= NF; i++) line = line "---|"; print line }' \
        "$out/table.tsv" >"$out/table.md"
}

inside() {
    local began=$SECONDS rows=0
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'hand_back' EXIT
    exec 8>"$out/.lock"
    flock -n 8 || fail "another run works in $out: wait for it"
    rm -rf --one-file-system "$work" "$out/serial"
    mkdir -p "$work" "$out/serial"
    # What else runs on the host is not to be timed.
    echo -15 2>/dev/null >/proc/self/autogroup || true
    private_host
    network
    ground
    serve a 12049
    serve b 12050
    : >"$out/table.tsv"
    row '# guest' situation 'multi-user, s' unprepared share 'module loaded' 'failed units' 'power-off, s' unprepared verdict
    bad=()
    for name in $GUESTS; do
        kernel=$(sed -n 's/^KERNEL=//p' "$guests/$name/facts")
        declare -A off_of=() boot_of=()
        failed_anyway=
        for situation in $SITUATIONS; do
            measure "$situation"
            rows=$((rows + 1))
        done
        write_table
    done
    echo
    cat "$out/table.md"
    echo
    echo "boot-lab: $((rows - ${#bad[@]})) of $rows rows hold, in $((SECONDS - began)) s"
    [[ ${#bad[@]} -eq 0 ]] || fail "these do not: ${bad[*]}"
}

# What root made is the developer's to remove.
hand_back() {
    local code=$?
    rm -rf --one-file-system "$work"/*.qcow2
    chown --no-dereference "$OWNER" "$out" 2>/dev/null || true
    chown -R --no-dereference "$OWNER" "$out"/{serial,table.*} 2>/dev/null || true
    exit "$code"
}

case ${1:-} in
    --list) printf 'guest\t%s\n' "${all_guests[@]}" && printf 'situation\t%s\n' "${all_situations[@]}" ;;
    --inside) inside ;;
    '')
        GUESTS=${GUESTS:-${all_guests[*]}} SITUATIONS=${SITUATIONS:-${all_situations[*]}}
        # shellcheck disable=SC2086
        choose all_guests $GUESTS
        # shellcheck disable=SC2086
        choose all_situations $SITUATIONS
        enter
        ;;
    *) fail "no option “$1”" ;;
esac
