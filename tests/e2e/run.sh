#!/usr/bin/env bash
# Boots children on a shared OS: real libvirtd, its hook, an NFS server, a real Debian.
#
#   tests/e2e/run.sh               every scenario
#   tests/e2e/run.sh SCENARIO…     those
#   tests/e2e/run.sh --list        their names
#
# OSGRAFT    the program (built in release mode when unset)
#
# Takes root, or sudo without a password, and what “.ci/setup test demo e2e” installs. All of it runs
# in namespaces of its own: a libvirt of its own in /etc, /var and /run, ports of its own, and processes
# that end with this one, however that ends. Left behind is target/e2e:
#
#   table.md     what was started, and how long it took
#   serial/      what each guest said on its serial line
#   *.log        libvirtd, the NFS servers, the hooks
#   ground/      what a second run uses again: masters, export trees
#
# three_children_as_themselves leaves target/figure8 behind as well: its table, and the known_hosts file.
set -euo pipefail
export LC_ALL=C.UTF-8
[[ ${1:-} == --inside ]] || export PATH="$PATH:/usr/sbin:/sbin:${CARGO_HOME:-$HOME/.cargo}/bin"
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tests=$PWD/tests/e2e
fixtures=$PWD/target/fixtures
out=$PWD/target/e2e
work=$out/work
# What root runs and obeys, where root alone may write.
roots=/run/osgraft-e2e

fail() {
    echo "e2e: $*" >&2
    exit 1
}

# shellcheck source=tests/e2e/ground.sh
source "$tests/ground.sh"
# shellcheck source=tests/e2e/servers.sh
source "$tests/servers.sh"
# shellcheck source=tests/e2e/hypervisor.sh
source "$tests/hypervisor.sh"
# shellcheck source=tests/e2e/domain.sh
source "$tests/domain.sh"
# shellcheck source=tests/e2e/evidence.sh
source "$tests/evidence.sh"
# shellcheck source=tests/e2e/debian.sh
source "$tests/debian.sh"
# shellcheck source=tests/e2e/figure8.sh
source "$tests/figure8.sh"
# shellcheck source=tests/e2e/patch.sh
source "$tests/patch.sh"
# shellcheck source=tests/e2e/thin.sh
source "$tests/thin.sh"
# shellcheck source=tests/e2e/tiny.sh
source "$tests/tiny.sh"

# The short ones first.
scenarios=(
    not_a_participant
    registry_missing
    managed_save
    fifty_at_once
    one_child_boots_on_the_share
    power_off_takes_no_longer
    three_children_as_themselves
    one_patch_for_all
    thin_child_over_nfs
    thin_child_with_a_disk
    nine_more_one_after_the_other
    another_server_in_the_registry
    options_taken_verbatim
    server_stopped
    server_that_never_answers
    link_down
)

choose() {
    local name
    [[ $# -gt 0 ]] || set -- "${scenarios[@]}"
    for name in "$@"; do
        [[ " ${scenarios[*]} " == *" $name "* ]] || fail "no scenario “$name”: --list prints them"
    done
    chosen=("$@")
}

# Outside the namespaces: what is built and made there is the developer's.
prepare_and_enter() {
    local tool root=()
    for tool in virsh libvirtd ganesha.nfsd qemu-system-x86_64 qemu-io debugfs ip unshare; do
        command -v "$tool" >/dev/null || fail "$tool is missing: run “.ci/setup test demo e2e”"
    done
    if [[ -z ${OSGRAFT:-} ]]; then
        cargo build --quiet --release
        OSGRAFT=${CARGO_TARGET_DIR:-target}/release/osgraft
    fi
    OSGRAFT=$(realpath "$OSGRAFT")
    fixtures/guests/debian.gen.sh >/dev/null
    fixtures/guests/make-all.sh debian12 >/dev/null
    [[ " ${chosen[*]} " != *' three_children_as_themselves '* ]] || prepare_figure
    [[ " ${chosen[*]} " != *' one_patch_for_all '* ]] || prepare_patch
    if [[ $EUID -ne 0 ]]; then
        sudo -n true 2>/dev/null || fail 'this takes root: be root, or allow sudo without a password'
        root=(sudo -n -- setpriv --pdeathsig KILL)
    fi
    exec "${root[@]}" env "OSGRAFT=$OSGRAFT" "OWNER=$(id -u):$(id -g)" "PATH=$PATH" \
        unshare --mount --pid --net --ipc --uts --fork --kill-child --mount-proc \
        "$tests/run.sh" --inside "${chosen[@]}" </dev/null
}

inside() {
    local name began=$SECONDS
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'hand_back' EXIT
    mkdir -p "$out"
    exec 8>"$out/.lock"
    flock -n 8 || fail "another run works in $out: wait for it"
    private_host
    ground
    network
    serve a 12049
    serve b 12050
    start_hypervisor
    attempted=0 failed=()
    for name in "${chosen[@]}"; do
        echo "=== $name"
        attempt scenario "$name"
        end_domains
    done
    echo '=== the hooks are as they were found'
    attempt stop_hypervisor
    write_table
    echo
    cat "$out/table.md"
    echo
    echo "e2e: $((attempted - ${#failed[@]})) of $attempted passed in $((SECONDS - began)) s;" \
        "${#chosen[@]} of ${#scenarios[@]} scenarios were run, and the hooks taken away"
    [[ ${#failed[@]} -eq 0 ]] || fail "failed: ${failed[*]}"
}

# In a subshell of its own, so that “set -e” holds in it and its end does not end the rest.
attempt() {
    local code
    set +e
    (
        set -e
        "$@"
    )
    code=$?
    set -e
    attempted=$((attempted + 1))
    [[ $code -eq 0 ]] || failed+=("${*: -1}")
}

scenario() {
    registry_of a
    config ''
    "$1"
}

# What root made is the developer's to remove.
hand_back() {
    local code=$?
    chown -R --no-dereference "$OWNER" "$out" "$figure" 2>/dev/null || true
    exit "$code"
}

case ${1:-} in
    --list) printf '%s\n' "${scenarios[@]}" ;;
    --inside)
        shift
        choose "$@"
        inside
        exit
        ;;
    -*) fail "no option “$1”" ;;
    *)
        choose "$@"
        prepare_and_enter
        ;;
esac
