# What the scenarios stand on: masters, export trees, a registry, a configuration.
# shellcheck shell=bash disable=SC2034,SC2154

# A module that the master does not have and the servers do; one that both have.
lent=dummy
own=ifb

release_of() {
    # shellcheck disable=SC1091
    (. "$fixtures/debian/os-release" && echo "${!1}")
}

# A copy of MASTER that lives in the folder of masters.
install_master() {
    install -m 0444 "$1" "$out/ground/masters/$2"
}

# A raw copy of the real Debian gives the servers their tree, and loses one module itself.
make_ground() {
    local raw=$out/ground/raw path
    rm -rf "$out/ground"
    mkdir -p "$out"/ground/{masters,export/a/lib/modules,export/b/lib}
    qemu-img convert -O raw "$fixtures/debian/master.qcow2" "$raw"
    debugfs -R "rdump /usr/lib/modules/$kernel $out/ground/export/a/lib/modules" \
        "$raw?offset=1048576" >/dev/null 2>&1
    path=$(cd "$out/ground/export/a/lib" && find "modules/$kernel" -name "$lent.ko*")
    [[ -n $path ]] || fail "the guest's kernel has no module “$lent” to lend"
    cp -al "$out/ground/export/a/lib/modules" "$out/ground/export/b/lib/modules"
    debugfs -w -R "rm /usr/lib/$path" "$raw?offset=1048576" >/dev/null 2>&1
    e2fsck -fn "$raw?offset=1048576" >"$out/ground/e2fsck" 2>&1 || fail "the master: $(<"$out/ground/e2fsck")"
    qemu-img convert -f raw -O qcow2 "$raw" "$out/ground/raw.qcow2"
    install_master "$out/ground/raw.qcow2" debian.qcow2
    rm "$raw" "$out/ground/raw.qcow2"
    tiny_master tiny-halts.qcow2 "$HALT"
    tiny_master tiny-stays.qcow2 "$STAY"
}

# Boot sectors for a disk whose file system no kernel of ours is to run: “K” on the first serial line
# as a sign of life, then either QEMU's ACPI power button (SLP_EN in PM1a_CNT at 0x604) or sleep.
SIGN='\xba\xf8\x03\xb0\x4b\xee'
HALT=$SIGN'\xba\x04\x06\xb8\x00\x20\xef\xf4\xeb\xfd'
STAY=$SIGN'\xf4\xeb\xfd'

tiny_master() {
    local image=$out/ground/tiny code=$out/ground/code
    install -m 0644 "$fixtures/guests/debian12.qcow2" "$image"
    printf '%b' "$2" >"$code"
    qemu-io -f qcow2 -c "write -q -s $code 0 $(stat -c %s "$code")" "$image" >/dev/null
    install_master "$image" "$1"
    rm "$image" "$code"
}

ground() {
    local key
    kernel=$(awk '$5 ~ /^usr\/lib\/modules\/[^\/]*$/ { sub(".*/", "", $5); print $5 }' "$fixtures/debian/manifest")
    key=$(sha256sum "$fixtures/debian/.key" "$fixtures/guests/debian12.qcow2" "$tests/ground.sh")
    [[ $key == "$(cat "$out/ground/key" 2>/dev/null)" ]] || {
        make_ground
        echo "$key" >"$out/ground/key"
    }
    tiny_kernel=$("$OSGRAFT" inspect --json "$out/ground/masters/tiny-halts.qcow2" |
        sed -n 's/.*"kernels":\[{"version":"\([^"]*\)".*/\1/p')
    rm -rf "$work" "$out/serial" "$out"/*.log
    mkdir -p "$work" "$out/serial"
}

osgraft() {
    "$OSGRAFT" --config "$roots/config.toml" "$@"
}

# One server for the real guest, by its letter, and one that fits the tiny ones.
registry_of() {
    local port
    rm -rf "$work/servers.toml"
    config ''
    port=$(port_of "$1")
    osgraft -q server add "os-$1" --export "10.0.2.2:/vol/shared_lib" --options "port=$port" \
        --os "$(release_of ID)" --version "$(release_of VERSION_ID)" --arch x86_64 \
        --kernels "$kernel" --components lib/modules
    osgraft -q server add "tiny-$1" --export "10.0.2.2:/vol/shared_lib" --options "port=$port" \
        --os debian --version 12 --arch x86_64 --kernels "$tiny_kernel" --components lib/modules
}

# Domains named web-… and tiny-… must have their share, loose-… may do without; OPTIONS are
# the share's, or the default.
config() {
    local options=
    [[ -z $1 ]] || options="options = \"$1\""
    cat >"$roots/config.toml" <<TOML
[share]
mount_point = "/shared"
links = [{ at = "/lib/modules", to = "lib/modules" }]
$options

[registry]
file = "$work/servers.toml"

[images]
masters = ["$out/ground/masters"]

[hook]
deadline_s = 60

[[hook.vm]]
match = "^(web|tiny)-"

[[hook.vm]]
match = "^loose-"
on_failure = "start-unprepared"
TOML
}
