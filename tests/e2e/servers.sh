# The OS servers: NFS in user space on loopback, which guests reach as 10.0.2.2.
# shellcheck shell=bash disable=SC2154

# Nothing answers there, and nothing says so: the host's ARP has an answer that nobody has.
black_hole=203.0.113.1

network() {
    ip link set lo up
    ip link add black type veth peer name hole
    ip address add 203.0.113.254/24 dev black
    ip link set black up
    ip link set hole up
    ip neighbour add "$black_hole" lladdr 02:00:00:00:00:01 dev black
}

port_of() {
    case $1 in
        a) echo 12049 ;;
        b) echo 12050 ;;
        c) echo 12051 ;;
        p1) echo 12061 ;;
        p2) echo 12062 ;;
        t) echo 12063 ;;
    esac
}

# LETTER PORT [ADDRESS]: on loopback where no address is said.
serve() {
    local letter=$1 port=$2 address=${3:-127.0.0.1} waited=0
    mkdir -p "$work/nfs-$letter"
    cat >"$work/nfs-$letter/ganesha.conf" <<CONF
NFS_CORE_PARAM {
    Protocols = 4;
    NFS_Port = $port;
    Bind_addr = $address;
    Enable_NLM = false;
    Enable_RQUOTA = false;
}
NFSv4 {
    Graceless = true;
    Minor_Versions = 1,2;
    RecoveryRoot = $work/nfs-$letter;
    Only_Numeric_Owners = true;
}
EXPORT {
    Export_Id = 1;
    Path = $out/ground/export/$letter;
    Pseudo = /vol/shared_lib;
    Access_Type = RO;
    Squash = All_Squash;
    SecType = sys;
    Protocols = 4;
    Transports = TCP;
    PrivilegedPort = false;
    FSAL { Name = VFS; }
}
CONF
    ganesha.nfsd -F -L "$out/nfs-$letter.log" -f "$work/nfs-$letter/ganesha.conf" \
        -p "$work/nfs-$letter/pid" -N EVENT </dev/null >/dev/null 2>&1 &
    echo $! >"$work/nfs-$letter/process"
    until (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null; do
        sleep 0.2
        waited=$((waited + 1))
        [[ $waited -lt 150 ]] || fail "the NFS server $letter does not answer: $(tail -n 3 "$out/nfs-$letter.log")"
    done
}

# RELEASE LETTER: its tree, on a file system that the server exports: it knows no tmpfs.
export_release() {
    rm -rf "$out/ground/export/$2"
    cp -a "$1/tree" "$out/ground/export/$2"
}

unserve() {
    local process
    process=$(<"$work/nfs-$1/process")
    kill "$process"
    while kill -0 "$process" 2>/dev/null; do sleep 0.1; done
    ! (exec 3<>"/dev/tcp/127.0.0.1/$(port_of "$1")") 2>/dev/null || fail "the NFS server $1 still answers"
}
