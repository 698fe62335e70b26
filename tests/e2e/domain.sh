# Domains: defined, started, waited for, ended.
# shellcheck shell=bash disable=SC2154

# DOMAIN DISK MEMORY-MIB, then what more stands in <os> on stdin, and in <devices> as DEVICES.
define() {
    local os
    os=$(cat)
    cat >"$work/$1.xml" <<XML
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>$3</memory>
  <vcpu>${VCPUS:-1}</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    $os
  </os>
  <features><acpi/></features>
  <cpu mode='maximum'/>
  <on_reboot>destroy</on_reboot>
  <devices>
    <emulator>$(command -v qemu-system-x86_64)</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='$2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <serial type='file'>
      <source path='$out/serial/$1.log' append='off'/>
      <target port='0'/>
    </serial>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    ${DEVICES:-}
  </devices>
</domain>
XML
    virsh -q undefine "$1" >/dev/null 2>&1 || true
    virsh -q define "$work/$1.xml" >/dev/null
}

clone() {
    mkdir -p "$work/children"
    osgraft -q clone "$out/ground/masters/$1" "$work/children/$2.qcow2"
}

disk_of() {
    echo "$work/children/$1.qcow2"
}

digest_of() {
    sha256sum "$(disk_of "$1")" | cut -d ' ' -f 1
}

# DOMAIN SECONDS
wait_until_off() {
    local deadline=$((SECONDS + $2))
    while [[ $(virsh -q domstate "$1") != 'shut off' ]]; do
        [[ $SECONDS -lt $deadline ]] ||
            fail "$1 still runs after $2 s; its serial line ends: $(tail -n 5 "$out/serial/$1.log")"
        sleep 0.5
    done
}

# DOMAIN: seconds from the guest's last word to “shut off”, once it has said that word.
time_power_off() {
    local began deadline=$((SECONDS + 600))
    until grep -qx $'probe: end\r*' "$out/serial/$1.log"; do
        [[ $SECONDS -lt $deadline ]] || fail "$1 has not told how it came up after 600 s"
        [[ $(virsh -q domstate "$1") != 'shut off' ]] || fail "$1 went off before it had told how it came up"
        sleep 0.2
    done
    began=$EPOCHREALTIME
    wait_until_off "$1" 300
    awk -v began="$began" -v ended="$EPOCHREALTIME" 'BEGIN { printf "%.1f\n", ended - began }' >"$work/$1.off"
}

# A start that must fail, with libvirt's word for it on stdout.
refused_start() {
    local text
    if text=$(virsh -q start "$1" 2>&1); then fail "$1 was to be refused, and started"; fi
    printf '%s\n' "$text" | tee "$out/serial/$1.refused"
}

# Whatever a scenario leaves running.
end_domains() {
    local domain
    while read -r domain; do
        [[ -z $domain ]] || virsh -q destroy "$domain" || true
    done < <(virsh -q list --name)
}
