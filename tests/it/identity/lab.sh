# Runs a guest's own network program over its edited files, on a NIC that has a cable and no DHCP server.
#
#   lab.sh ROOT TREE OUT PROGRAM NIC MAC WANTED
#
# ROOT     a Debian that has the programs; nothing in it is changed
# TREE     the guest's files that count
# OUT      a folder for what came up: addr.json, route4.json, route6.json, resolv.conf, link
# PROGRAM  systemd-networkd, NetworkManager or netplan
# WANTED   addresses to wait for, with blanks between them; none: it is waited for three seconds
#
# It begins in namespaces of its own for mounts and the network, and leaves nothing but OUT.
set -euo pipefail
root=$1 tree=$2 out=$3 program=$4 nic=$5 mac=$6 wanted=$7
export PATH="$PATH:/usr/sbin:/sbin"

mount --make-rprivate /
work=$out/work
mkdir "$work"
mount -t tmpfs none "$work"
mkdir "$work/upper" "$work/work" "$work/guest"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" "$work/guest"
guest=$work/guest

rm -rf "$guest"/etc/{netplan,systemd/network,NetworkManager/system-connections,resolv.conf,machine-id}
mkdir -p "$guest"/etc/{netplan,systemd/network,NetworkManager/system-connections}
# The generator of the fixture stands for the real one.
tar -C "$tree" --exclude=./usr/lib/systemd/system-generators -c . |
    tar -C "$guest" -x --keep-directory-symlink --no-same-owner
find "$guest/etc/NetworkManager/system-connections" "$guest/usr/lib/NetworkManager/system-connections" \
    "$guest/etc/netplan" -type f -exec chown root:root {} + -exec chmod 0600 {} +
tr -d - </proc/sys/kernel/random/uuid >"$guest/etc/machine-id"

mount -t proc proc "$guest/proc"
# With /sys read-only networkd waits for no udev.
mount -t sysfs -o ro sysfs "$guest/sys"
mount --bind /dev "$guest/dev"
mount -t tmpfs none "$guest/run"
mkdir -p "$guest"/run/{dbus,systemd/netif/{leases,links,lldp}}
chroot "$guest" chown -R systemd-network /run/systemd/netif

ip link set lo up
unshare -n sleep 120 &
far=$!
until [[ $(readlink "/proc/$far/ns/net") != "$(readlink /proc/self/ns/net)" ]]; do sleep 0.02; done
ip link add "$nic" address "$mac" type veth peer name far netns "$far"
nsenter -t "$far" -n ip link set far up

backend=$program
if [[ $program == netplan ]]; then
    chroot "$guest" /usr/lib/netplan/generate >"$out/generate" 2>&1
    backend=systemd-networkd
    if compgen -G "$guest/run/NetworkManager/system-connections/*" >/dev/null; then
        backend=NetworkManager
    fi
fi

running=()
case $backend in
    systemd-networkd)
        # A veth has a kind, and no permanent address.
        find "$guest/etc/systemd/network" "$guest/run/systemd" -type f -name '*.network' -exec \
            sed -i '/^Kind=!\*$/d; s/^PermanentMACAddress=/MACAddress=/' {} +
        chroot "$guest" /lib/systemd/systemd-networkd >"$out/log" 2>&1 &
        running+=($!)
        ;;
    NetworkManager)
        chroot "$guest" dbus-daemon --system --nofork --nopidfile >"$out/dbus" 2>&1 &
        running+=($!)
        until [[ -S $guest/run/dbus/system_bus_socket ]]; do sleep 0.02; done
        chroot "$guest" /usr/sbin/NetworkManager --no-daemon >"$out/log" 2>&1 &
        running+=($!)
        ;;
esac

is_there() {
    local address
    for address in $wanted; do
        ip -o addr show dev "$nic" | grep -qF " $address " || return 1
    done
    [[ -n $wanted ]]
}
for ((turn = 0; turn < 200; turn++)); do
    if [[ -z $wanted && $turn -ge 30 ]] || is_there; then
        break
    fi
    sleep 0.1
done
# The routes follow, and a second address would.
sleep 0.7

ip -j addr show dev "$nic" >"$out/addr.json"
ip -j -4 route show >"$out/route4.json"
ip -j -6 route show >"$out/route6.json"
cat "$guest/etc/resolv.conf" >"$out/resolv.conf" 2>/dev/null || true
cat "$guest/run/systemd/netif/links/$(cat "/sys/class/net/$nic/ifindex" 2>/dev/null || ip -o link show "$nic" | cut -d: -f1)" \
    >"$out/link" 2>/dev/null || true

kill "${running[@]}" "$far"
wait "${running[@]}" "$far" 2>/dev/null || true
