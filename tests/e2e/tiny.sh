# Scenarios whose guests need not be real: a Debian by its files, a boot sector by its program.
# shellcheck shell=bash disable=SC2154

define_tiny() {
    define "$1" "$(disk_of "$1")" 32 <<<"<boot dev='hd'/>"
}

sign_of_life() {
    local deadline=$((SECONDS + 120))
    until grep -q K "$out/serial/$1.log" 2>/dev/null; do
        [[ $SECONDS -lt $deadline ]] || fail "$1’s boot sector says nothing"
        sleep 0.2
    done
}

not_a_participant() {
    local before
    clone debian.qcow2 other-1
    before=$(digest_of other-1)
    define_debian other-1
    virsh -q start --paused other-1
    equal 'the disk of one that takes no part' "$(digest_of other-1)" "$before"
    virsh -q destroy other-1
    row verdicts 'not a participant' "started; hook $(hook_ms other-1) ms; SHA-256 of the disk as before"
}

# Without a registry: those that must have their share do not start, those that may do without do.
registry_missing() {
    local kind before text
    for kind in absent folder; do
        rm -rf "$work/servers.toml"
        [[ $kind == absent ]] || mkdir "$work/servers.toml"

        clone tiny-stays.qcow2 "tiny-$kind"
        before=$(digest_of "tiny-$kind")
        define_tiny "tiny-$kind"
        text=$(refused_start "tiny-$kind")
        matches 'what virsh start says' "$text" 'osgraft: .*servers\.toml'
        equal 'the disk of a refused start' "$(digest_of "tiny-$kind")" "$before"
        row verdicts "registry $kind, on_failure refuse" "no start; virsh says: $(sed -n 's/.*\(osgraft: .*\)/\1/p' <<<"${text//$work\//}")"

        clone tiny-stays.qcow2 "loose-$kind"
        before=$(digest_of "loose-$kind")
        define_tiny "loose-$kind"
        virsh -q start "loose-$kind"
        sign_of_life "loose-$kind"
        equal 'the disk of an unprepared start' "$(digest_of "loose-$kind")" "$before"
        virsh -q destroy "loose-$kind"
        row verdicts "registry $kind, start-unprepared" 'started; SHA-256 of the disk as before'
    done
}

# A saved guest holds its file systems in memory: what the registry says now must wait.
managed_save() {
    local saved
    clone tiny-stays.qcow2 tiny-saved
    define_tiny tiny-saved
    virsh -q start tiny-saved
    sign_of_life tiny-saved
    virsh -q managedsave tiny-saved
    osgraft -q verify "$(disk_of tiny-saved)"
    saved=$(digest_of tiny-saved)
    registry_of b
    matches 'the premise: what a plan would do now' \
        "$(osgraft plan --json "$(disk_of tiny-saved)")" '"outcome":"planned"'
    virsh -q start tiny-saved
    equal 'the state after restoring' "$(virsh -q domstate tiny-saved)" running
    equal 'the disk of a restored guest' "$(digest_of tiny-saved)" "$saved"
    virsh -q destroy tiny-saved
    # From power-on it is another matter.
    virsh -q start tiny-saved
    differ 'the disk of a guest started anew' "$(digest_of tiny-saved)" "$saved"
    virsh -q destroy tiny-saved
    row verdicts 'managed save, server replaced meanwhile' 'restored; SHA-256 of the disk as when saved; prepared at the next start'
}

fifty_at_once() {
    local number began=$SECONDS failed=0 deadline=$((SECONDS + 600)) times count=50
    mkdir -p "$work/starts"
    for ((number = 1; number <= count; number++)); do
        clone tiny-halts.qcow2 "tiny-$number"
        define_tiny "tiny-$number"
    done
    : >"$out/hooks.log"
    began=$SECONDS
    for ((number = 1; number <= count; number++)); do
        timeout 600 virsh -q start "tiny-$number" >"$work/starts/$number" 2>&1 &
        echo $! >>"$work/starts/processes"
    done
    while read -r number; do
        wait "$number" || failed=$((failed + 1))
    done <"$work/starts/processes"
    equal 'starts that failed' "$failed $(cat "$work"/starts/[0-9]*)" '0 '
    for ((number = 1; number <= count; number++)); do
        wait_until_off "tiny-$number" $((deadline - SECONDS))
        sign_of_life "tiny-$number"
        osgraft -q verify "$(disk_of "tiny-$number")"
    done
    times=$(for ((number = 1; number <= count; number++)); do hook_ms "tiny-$number"; done | sort -n)
    equal 'hooks that came back' "$(wc -l <<<"$times")" "$count"
    row crowd "$count" "$((count - failed))" "$failed" "$(sed -n 25p <<<"$times")" "$(sed -n 45p <<<"$times")" \
        "$(tail -n 1 <<<"$times")" "$((SECONDS - began))"
}
