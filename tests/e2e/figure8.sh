# Children of one master that boot once, each as itself, beside a full copy that virt-customize edits.
# shellcheck shell=bash disable=SC2154

figure=$PWD/target/figure8
eight=$PWD/target/boot-lab/guests/ssh
# The host's address on the bridge, where nothing hands out others; the master's stands in boot.gen.sh.
host_address=10.77.0.1
master_address=10.77.0.5
children=(1 2 3)

address_of() { echo "10.77.0.1$1"; }
mac_of() { echo "52:54:00:77:00:0$1"; }
child_of() { echo "$work/figure8/web-$1.qcow2"; }

# What the guests of this scenario are made with, outside of the namespaces.
prepare_figure() {
    local tool
    for tool in ssh ssh-keygen virt-customize; do
        command -v "$tool" >/dev/null || fail "$tool is missing: run “.ci/setup test appliance”"
    done
    fixtures/guests/boot.gen.sh ssh >/dev/null
}

# A bridge with the host on it, and the server of the share beside it.
figure_ground() {
    local kernel
    kernel=$(sed -n 's/^KERNEL=//p' "$eight/facts")
    rm -rf "$work/figure8" "$figure" "$out/ground/export/c"
    mkdir -p "$work/figure8" "$figure" "$out/ground/export/c/lib/modules"
    install -m 0600 "$eight/key" "$work/figure8/key"
    cp -al "${eight%/ssh}/suite-bookworm/modules/$kernel" "$out/ground/export/c/lib/modules/"
    ip link add figure8 type bridge
    ip address add "$host_address/24" dev figure8
    ip link set figure8 up
    serve c 12051 "$host_address"
    cat >"$work/figure8/config.toml" <<TOML
[share]
mount_point = "/shared"
links = [{ at = "/lib/modules", to = "lib/modules" }]

[registry]
file = "$work/figure8/servers.toml"
TOML
    cat >"$work/figure8/servers.toml" <<TOML
[[server]]
name = "os-c"
export = "$host_address:/vol/shared_lib"
options = "port=12051"
os = "debian"
version = "12"
arch = "x86_64"
kernels = ["$kernel"]
components = ["lib/modules"]
TOML
}

# COMMAND…: seconds that it took, in `took`.
timed() {
    local began=$EPOCHREALTIME
    "$@"
    took=$(awk -v began="$began" -v ended="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", ended - began }')
}

bytes_of() { du -B 1 "$1" | cut -f 1; }

# NUMBER: the one command of a child.
make_child() {
    "$OSGRAFT" -q --config "$work/figure8/config.toml" clone "$eight/master.qcow2" "$(child_of "$1")" \
        --prepare --hostname "web-$1" --address "$(address_of "$1")/24" --gateway "$host_address" \
        --mac "$(mac_of "$1")" --known-hosts "$figure/known_hosts"
}

# The way without osgraft: a disk of its own, and an appliance that edits it.
copy_disk() {
    qemu-img convert -f qcow2 -O qcow2 "$eight/master.qcow2" "$work/figure8/copy.qcow2"
}

customize_copy() {
    LIBGUESTFS_BACKEND=direct LIBGUESTFS_BACKEND_SETTINGS=force_tcg virt-customize -q --no-network \
        -a "$work/figure8/copy.qcow2" --hostname web-4 \
        --run-command 'rm -f /etc/machine-id && systemd-machine-id-setup' \
        --run-command 'rm -f /etc/ssh/ssh_host_* && ssh-keygen -A' \
        --write "/etc/systemd/network/20-ether.network:[Match]
MACAddress=$(mac_of 4)

[Network]
Address=$(address_of 4)/24
Gateway=$host_address
" >"$work/figure8/virt-customize.log" 2>&1 </dev/null ||
        fail "virt-customize: $(tail -n 3 "$work/figure8/virt-customize.log")"
}

# NUMBER: its domain, on the bridge, by direct boot.
define_child() {
    local nic
    nic="<interface type='bridge'><source bridge='figure8'/><mac address='$(mac_of "$1")'/><model type='virtio'/><rom enabled='no'/></interface>
        <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
    VCPUS=1 DEVICES=$nic define "figure-$1" "$(child_of "$1")" 512 <<XML
<kernel>$eight/vmlinuz</kernel>
    <initrd>$eight/initrd.img</initrd>
    <cmdline>root=/dev/vda1 rw console=ttyS0 quiet no_timer_check tsc=reliable panic=-1 systemd.show_status=0 systemd.mask=serial-getty@ttyS0.service</cmdline>
XML
}

# KNOWN-HOSTS HOST COMMAND: over SSH, with no key but those that the file has.
over_ssh() {
    ssh -F none -i "$work/figure8/key" -o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=30 \
        -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$1" -o GlobalKnownHostsFile=/dev/null \
        -o UpdateHostKeys=no -o LogLevel=ERROR "${@:4}" "root@$2" "$3" </dev/null
}

# NUMBER COMMAND
ask_child() {
    over_ssh "$figure/known_hosts" "$(address_of "$1")" "$2"
}

# NUMBER: as soon as its SSH lets us in. Keys that are not the known ones are no reason to wait.
await_ssh() {
    local deadline=$((SECONDS + 900)) said
    until said=$(ask_child "$1" true 2>&1); do
        [[ $said != *'verification failed'* ]] || fail "web-$1: its host keys are not those of the file: $said"
        [[ $(virsh -q domstate "figure-$1") != 'shut off' ]] || fail "web-$1 went off: $(tail -n 5 "$out/serial/figure-$1.log")"
        [[ $SECONDS -lt $deadline ]] || fail "web-$1: no SSH after 900 s: $said; $(tail -n 5 "$out/serial/figure-$1.log")"
        sleep 1
    done
}

# NUMBER: all that must be its own, and its row.
look_at_child() {
    local number=$1 other addresses id keys key share module boots
    equal "web-$number: its name" "$(ask_child "$number" hostname)" "web-$number"
    addresses=$(ask_child "$number" 'ip -br -4 address show scope global' | awk '{ $1 = $2 = ""; print }' | xargs)
    equal "web-$number: its addresses" "$addresses" "$(address_of "$number")/24"
    [[ $(ask_child "$number" 'ip -br address; ip route') != *"$master_address"* ]] ||
        fail "web-$number has the master's address"

    id=$(ask_child "$number" 'cat /etc/machine-id')
    matches "web-$number: its machine-id" "$id" '^[0-9a-f]{32}$'
    keys=$(ask_child "$number" 'cat /etc/ssh/ssh_host_*_key.pub' | cut -d ' ' -f 1,2)
    matches "web-$number: its host keys" "$keys" '^ssh-ed25519 '
    printf '%s\n' "$id" "$keys" >>"$work/figure8/own"
    key=$(ask_child "$number" 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub' | cut -d ' ' -f 2)

    for other in "${children[@]}"; do
        [[ $other == "$number" ]] || ask_child "$number" "ping -q -c 2 -W 20 $(address_of "$other")" >/dev/null ||
            fail "web-$number does not reach web-$other"
    done
    share=$(ask_child "$number" 'for i in $(seq 240); do grep " /shared nfs4 " /proc/mounts && break; sleep 0.5; done' |
        sed -n 's/^\([^ ]*\) .*[ ,]vers=\([0-9.]*\),.*/\1, NFS \2/p')
    matches "web-$number: its share" "$share" "^$host_address:/vol/shared_lib, "
    module=$(ask_child "$number" "modprobe $lent && readlink -f \$(modinfo -n $lent)") || fail "web-$number: no $lent"
    matches "web-$number: the module that the share lends" "$module" "^/shared/lib/modules/.*/$lent\.ko"
    boots=$(ask_child "$number" 'last -x reboot' | grep -c '^reboot ')
    equal "web-$number: its boots" "$boots" 1
    echo "| web-$number | $(address_of "$number") | \`$id\` | \`$key\` | ${came_up[$number]} | the other two | $share | $lent | $boots |" \
        >>"$figure/children.md"
}

three_children_as_themselves() {
    local number before began times=() sizes=() copy_took customize_took copy_size names
    declare -A came_up=()
    figure_ground
    before=$(sha256sum <"$eight/master.qcow2")
    # What the first run of a program costs is neither's.
    "$OSGRAFT" --version >/dev/null

    for number in "${children[@]}"; do
        timed make_child "$number"
        times+=("$took")
        sizes+=("$(bytes_of "$(child_of "$number")")")
    done
    timed copy_disk
    copy_took=$took
    timed customize_copy
    customize_took=$took
    copy_size=$(bytes_of "$work/figure8/copy.qcow2")
    rm "$work/figure8/copy.qcow2"

    began=$EPOCHREALTIME
    for number in "${children[@]}"; do
        define_child "$number"
        virsh -q start "figure-$number"
    done
    for number in "${children[@]}"; do
        if hung_early "figure-$number"; then
            echo "figure-$number: FLAKY: its kernel hung before it read its disk; started once more"
            virsh -q destroy "figure-$number"
            virsh -q start "figure-$number"
        fi
    done
    for number in "${children[@]}"; do
        await_ssh "$number"
        came_up[$number]=$(awk -v began="$began" -v ended="$EPOCHREALTIME" 'BEGIN { printf "%.0f\n", ended - began }')
    done

    : >"$work/figure8/own"
    for number in "${children[@]}"; do look_at_child "$number"; done
    # The master's own among them would be there twice.
    cat "$eight/own" >>"$work/figure8/own"
    equal 'machine-ids and host keys that two have' "$(sort "$work/figure8/own" | uniq -d)" ''
    # The keys are known under the names as well.
    names=$(over_ssh "$figure/known_hosts" "$(address_of 1)" hostname -o HostKeyAlias=web-1)
    equal 'by its name in the file' "$names" web-1
    # The premise: SSH refuses a host with other keys than the file has.
    sed -n "s/^\(ssh-\|ecdsa-\)/$(address_of 1) \1/p" "$eight/own" >"$work/figure8/of-master"
    if over_ssh "$work/figure8/of-master" "$(address_of 1)" true 2>"$work/figure8/refused"; then
        fail 'SSH took a host whose keys are not in the file'
    fi
    matches 'what SSH says of other keys' "$(<"$work/figure8/refused")" 'verification failed'
    equal 'the master, by its SHA-256' "$(sha256sum <"$eight/master.qcow2")" "$before"

    write_figure
    cat "$figure/table.md"
    row verdicts 'three children as themselves' "each booted once and is itself; the host knew their keys before; the master is as it was; target/figure8/table.md"
}

write_figure() {
    local copied
    copied=$(awk -v a="$copy_took" -v b="$customize_took" 'BEGIN { printf "%.1f\n", a + b }')
    {
        echo '| for one child | `osgraft clone --prepare` | full copy and `virt-customize` |'
        echo '|---|---|---|'
        echo "| time until it is ready to start, s | ${times[0]}, ${times[1]}, ${times[2]} | $copied ($copy_took to copy, $customize_took to customize) |"
        echo "| bytes of its disk | ${sizes[0]}, ${sizes[1]}, ${sizes[2]} | $copy_size |"
        printf '\n%s\n%s\n' '| child | address | machine-id | SSH host key | SSH after power-on, s | reaches | share | module from it | boots |' \
            '|---|---|---|---|---|---|---|---|---|'
        cat "$figure/children.md"
    } >"$figure/table.md"
    rm "$figure/children.md"
}
