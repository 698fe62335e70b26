# Machines of the boot lab: QEMU alone, the guest's agent on the second serial line.
# shellcheck shell=bash disable=SC2154

# GUEST CHILD: power on. One machine at a time.
power_on() {
    local line
    guest=$1 child=$2 serial=$out/serial/$3.log
    rm -f "$work"/{agent,monitor}.{in,out}
    mkfifo "$work"/{agent,monitor}.{in,out}
    : >"$serial"
    powered=$(now)
    qemu-system-x86_64 -accel tcg,thread=multi -machine q35 -cpu max -smp 2 -m 512 \
        -nodefaults -display none -no-reboot -serial "file:$serial" \
        -chardev "pipe,id=agent,path=$work/agent" -serial chardev:agent \
        -chardev "pipe,id=monitor,path=$work/monitor" -mon monitor \
        -kernel "$guests/$guest/vmlinuz" -initrd "$guests/$guest/initrd.img" \
        -append "root=/dev/vda1 rw console=ttyS0 quiet net.ifnames=0 no_timer_check tsc=reliable systemd.show_status=0 systemd.mask=serial-getty@ttyS0.service boot-agent" \
        -drive "file=$child,if=none,id=disk,cache=unsafe" -device virtio-blk-pci,drive=disk \
        -netdev user,id=net -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci \
        </dev/null >"$work/qemu.log" 2>&1 &
    machine=$!
    # To read and write, so that a machine that did not start is not waited for.
    exec 5<>"$work/agent.in" 6<>"$work/monitor.in"
    # systemd 257 resets the terminal before it, on the same line.
    line=$(await 'agent: ready ' 400) || return 1
    multi_user=$(since "$powered")
    clock_is_sound "${line##*agent: ready }"
}

now() { echo "$EPOCHREALTIME"; }

# Seconds with one decimal.
since() { awk -v now="$EPOCHREALTIME" -v then="$1" 'BEGIN { printf "%.1f\n", now - then }'; }

# An emulated kernel on a busy host can measure its clock wrong by far, and then all that it waits for.
clock_is_sound() {
    awk -v guest="$1" -v host="$multi_user" 'BEGIN { exit !(guest < host * 1.5 + 5) }' ||
        { echo "$serial: the guest's clock runs ahead: $1 s after $multi_user s" >&2; return 1; }
}

# PATTERN SECONDS: the first line of the serial log that matches.
await() {
    local deadline=$((SECONDS + $2)) line
    until line=$(grep -m 1 -aE -- "$1" "$serial"); do
        sleep 0.1
        kill -0 "$machine" 2>/dev/null || { echo "$serial: off before “$1”: $(tail -n 1 "$work/qemu.log")" >&2; return 1; }
        [[ $SECONDS -lt $deadline ]] || { echo "$serial: no “$1” after $2 s" >&2; return 1; }
    done
    tr -d '\r' <<<"$line"
}

# COMMAND [SECONDS]: what it printed in the guest.
ask() {
    local deadline=$((SECONDS + ${2:-180})) lines before
    before=$(wc -l <"$serial")
    echo "$1" >&5
    until lines=$(tail -n "+$((before + 1))" "$serial" | tr -d '\r') && grep -qx 'agent: done' <<<"$lines"; do
        sleep 0.1
        kill -0 "$machine" 2>/dev/null || { echo "$serial: off before “$1” was done" >&2; return 1; }
        [[ $SECONDS -lt $deadline ]] || { echo "$serial: “$1” is not done after ${2:-180} s" >&2; return 1; }
    done
    sed -n 's/^agent: //p' <<<"$lines" | sed '$d'
}

cut_link() { echo 'set_link net off' >&6; }

# Seconds from the guest's own power-off to the end of QEMU, in `power_off`.
power_off() {
    local began deadline=$((SECONDS + 300))
    began=$(now)
    # One command for both kinds of init.
    echo 'poweroff </dev/null >/dev/null 2>&1' >&5
    while kill -0 "$machine" 2>/dev/null; do
        sleep 0.05
        [[ $SECONDS -lt $deadline ]] || { echo "$serial: not off after 300 s" >&2; return 1; }
    done
    power_off=$(since "$began")
    unplug
}

# Whatever a row leaves running.
unplug() {
    [[ -z ${machine:-} ]] || kill -9 "$machine" 2>/dev/null || true
    wait "${machine:-}" 2>/dev/null || true
    exec 5>&- 6>&-
    machine=
}
