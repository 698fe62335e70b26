# A libvirt of the test's own, with osgraft's hook installed in it.
# shellcheck shell=bash disable=SC2154

export LIBVIRT_DEFAULT_URI=qemu:///system
hooks=/etc/libvirt/hooks

# Where libvirt's paths are built in, ours are put over the host's. A mount needs a folder to lie on:
# those that no package made stay behind, empty.
private_host() {
    local path
    mount --make-rprivate /
    mount -t tmpfs -o mode=0755 e2e /run
    mkdir "$roots"
    install -m 0755 "$OSGRAFT" "$roots/osgraft"
    OSGRAFT=$roots/osgraft
    rm -rf "$out/host"
    for path in /etc/libvirt /var/{lib,log,cache}/libvirt /var/{lib,cache}/osgraft; do
        mkdir -p "$path" "$out/host$path"
        mount --bind "$out/host$path" "$path"
    done
    # libvirtd asks for its built-in user before it reads which one it is to take; the package that
    # makes that user would start daemons on the host at each boot.
    cp /etc/passwd /etc/group "$out/host/etc"
    id -u libvirt-qemu >/dev/null 2>&1 ||
        echo 'libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin' >>"$out/host/etc/passwd"
    for path in libvirt-qemu:64055 kvm:64056; do
        getent group "${path%:*}" >/dev/null || echo "${path%:*}:x:${path#*:}:" >>"$out/host/etc/group"
    done
    for path in /etc/passwd /etc/group; do mount --bind "$out/host$path" "$path"; done
}

# As root and unconfined, for the images lie wherever this repository does; no cgroups, whose
# owner the real host is.
start_hypervisor() {
    local waited=0
    cat >/etc/libvirt/qemu.conf <<'CONF'
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
security_default_confined = 0
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
CONF
    cat >/etc/libvirt/libvirtd.conf <<CONF
auth_unix_rw = "none"
unix_sock_rw_perms = "0700"
log_outputs = "3:file:$out/libvirtd.log"
CONF
    # Somebody else's hook, which must go on working and stay when ours goes.
    mkdir -p "$hooks"
    printf '#!/bin/sh\necho "foreign $*" >>%q\n' "$out/foreign-hook.log" >"$hooks/qemu"
    chmod 0755 "$hooks/qemu"
    found=$(fingerprint "$hooks")
    # Twice, for the second time must change nothing.
    osgraft -q hook install libvirt
    osgraft -q hook install libvirt
    clocks
    libvirtd --config /etc/libvirt/libvirtd.conf >"$out/libvirtd.out" 2>&1 </dev/null &
    until virsh -q list >/dev/null 2>&1; do
        sleep 0.5
        waited=$((waited + 1))
        [[ $waited -lt 120 ]] || fail "libvirtd does not answer: $(tail -n 3 "$out/libvirtd.log")"
    done
}

# Two more hooks, before ours and behind it, tell when they were called: what lies between is ours,
# and the start of one bash.
clocks() {
    local name
    for name in 00-clock zz-clock; do
        # shellcheck disable=SC2016
        printf '#!/bin/bash\nprintf "%%s %%s %%s\\n" "$EPOCHREALTIME" "%s" "$*" >>%q\n' \
            "${name%-*}" "$out/hooks.log" >"$hooks/qemu.d/$name"
        chmod 0755 "$hooks/qemu.d/$name"
    done
}

# Kind, mode, path and content of all that is below a folder.
fingerprint() {
    (cd "$1" && find . -printf '%y %m %p %l\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

stop_hypervisor() {
    rm -f "$hooks"/qemu.d/{00,zz}-clock
    "$OSGRAFT" -q hook uninstall libvirt
    [[ $(fingerprint "$hooks") == "$found" ]] || fail "uninstalled, $hooks is not what it was: $(fingerprint "$hooks")"
    grep -q ' prepare begin ' "$out/foreign-hook.log" || fail 'the hook that was there before was not called'
}

# Milliseconds between the clocks at a domain's last start.
hook_ms() {
    awk -v domain="$1" '
        $3 == domain && $4 == "prepare" && $2 == "00" { began = $1; took = "" }
        $3 == domain && $4 == "prepare" && $2 == "zz" { took = ($1 - began) * 1000 }
        END { if (took == "") exit 1; printf "%.0f\n", took }' "$out/hooks.log"
}
