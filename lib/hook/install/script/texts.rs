//! The shell's part of the scripts: decisions without the program.

/// Reads the description before the program does, which may die with what it has read.
pub(super) const READ: &str = r#"# A command substitution drops the final newlines, but for the x.
input=$(cat && echo x) || exit 1
input=${input%x}
"#;

/// Tells whether the program can be called; sets `$why` where not.
pub(super) const CALLABLE: &str = r#"callable() {
    if [ ! -f "$program" ] || [ ! -x "$program" ]; then
        why="$program is missing or not executable"
    elif [ ! -O "$program" ]; then
        why="$program belongs to another user"
    else
        return 0
    fi
    return 1
}
# Takes 40 and 41 for answers, and nothing else.
answered() {
    case "$1" in
    40) exit 0 ;;
    41) exit 1 ;;
    esac
    why="$program did not answer (exit code $1)"
}
"#;

/// Decides without osgraft. `$names` are the machine's names, a line each; `$sure` says
/// whether they are all, and whether its description was seen.
pub(super) const DECIDE: &str = r#"policy=unknown
sure=no
doubt=no
otherwise=refuse
tell() {
    printf '%s\n' "osgraft: $1" | LC_ALL=C tr -d '\000-\011\013-\037\177' >&2
    logger -t osgraft -p daemon.err -- "$1" 2>/dev/null || :
}
by_patterns() {
    [ -f "$kept" ] && [ -O "$kept" ] || return 0
    whole=no
    while read -r word rule pattern; do
        case "$word" in
        on-failure) otherwise=$rule ;;
        vm)
            if [ "$rule" = unknown ]; then
                # It may have been the first that matches.
                sure=no
                doubt=yes
            elif printf '%s\n' "$names" | LC_ALL=C grep -Eqe "$pattern"; then
                policy=$rule
                if [ "$doubt" = yes ]; then policy=refuse; fi
                return 0
            fi
            ;;
        end)
            whole=yes
            break
            ;;
        esac
    done <"$kept"
    if [ "$whole/$sure" = yes/yes ]; then policy=none; fi
}
settle() {
    case "$policy/$going" in
    none/*)
        tell "$shown starts untouched: it takes no part, though $why"
        exit 0
        ;;
    start/no)
        tell "$shown starts unprepared: $why; install osgraft again"
        exit 0
        ;;
    refuse/* | start/yes)
        tell "$shown takes part and does not start: $why; install osgraft again"
        exit 1
        ;;
    esac
    if [ "$unknown" = start ]; then
        tell "$shown starts untouched: whether it takes part is not known, as $why; install osgraft again"
        exit 0
    fi
    tell "$shown does not start: whether it takes part is not known, as $why; install osgraft again, or let such machines start: osgraft hook install … --default-start"
    exit 1
}
"#;

/// Decides on a libvirt domain by its description, in `$input`.
///
/// The text is not parsed: what is not exactly of the form that libvirt and osgraft write is doubt.
pub(super) const LIBVIRT_DECIDE: &str = r#"metadata() {
    printf '%s' "$input" | LC_ALL=C awk '
        BEGIN {
            RS = "<"
            q = sprintf("%c", 39)
            value = "(\"[^\"<>]*\"|" q "[^" q "<>]*" q ")"
            attribute = "^[ \t\r\n]+[A-Za-z:_-]+=" value
            any = "\"[^\"<]*\"|" q "[^" q "<]*" q
        }
        # A record is a tag without its "<", and the text behind it.
        NR == 1 { next }
        length($0) > 65536 { doubt = 1; next }
        /^!/ || (/^\?/ && NR > 2) { doubt = 1 }
        /^[!?]/ { next }
        /urn:osgraft.*urn:osgraft/ { doubt = 1 }
        /^\// { if (/urn:osgraft/) doubt = 1; depth--; next }
        {
            name = match($0, /[ \t\r\n\/>]/) ? substr($0, 1, RSTART - 1) : $0
            path[depth + 1] = name
            if (/urn:osgraft/) {
                if (seen++ || depth != 2 || path[1] != "domain" || path[2] != "metadata") doubt = 1
                ours()
            }
            tag = $0
            gsub(any, "", tag)
            end = index(tag, ">")
            if (!end) doubt = 1
            if (substr(tag, end - 1, 1) != "/") depth++
        }
        function ours(    rest, part, key, namespace) {
            if (name !~ /^([A-Za-z_][A-Za-z0-9_-]*:)?osgraft$/) doubt = 1
            namespace = "xmlns"
            if (name ~ /:/) namespace = "xmlns:" substr(name, 1, index(name, ":") - 1)
            rest = substr($0, length(name) + 1)
            while (match(rest, attribute)) {
                part = substr(rest, 1, RLENGTH)
                rest = substr(rest, RLENGTH + 1)
                sub(/^[ \t\r\n]+/, "", part)
                key = substr(part, 1, index(part, "=") - 1)
                part = substr(part, length(key) + 3, length(part) - length(key) - 3)
                if (key in said) doubt = 1
                said[key] = part
                if (key == namespace && part ~ /^urn:osgraft:/) version = part
                else if (key == "prepare" && part ~ /^(yes|no)$/) continue
                else if (key == "on-failure" && part ~ /^(refuse|start-unprepared)$/) continue
                else if (key == "server" && part ~ /^[A-Za-z0-9._:-]+$/) continue
                else odd = 1
            }
            if (rest !~ /^[ \t\r\n]*\/?>/) doubt = 1
        }
        END {
            # Of another version nothing more is known.
            if (doubt || depth || !version) print "doubt"
            else if (version != "urn:osgraft:libvirt:1") print "part"
            else if (odd) print "doubt"
            else if (said["prepare"] == "no") print "none"
            else if (said["on-failure"] == "start-unprepared") print "start"
            else if (said["on-failure"] == "refuse") print "refuse"
            else print "part"
        }
    '
}
decide() {
    case "$2/$3" in
    */end | started/*) exit 0 ;;
    prepare/*) going=no ;;
    *) going=yes ;;
    esac
    shown=$1
    names=$1
    marked=no
    if [ "${#input}" -gt 1048576 ]; then
        said=doubt
    else
        case "$input" in
        *urn:osgraft*) said=$(metadata) || said=doubt ;;
        *"</domain>"*) said=nothing ;;
        *) said=torn ;;
        esac
    fi
    case "$said" in
    nothing) sure=yes ;;
    torn) ;;
    none | start | refuse) policy=$said ;;
    part) marked=yes ;;
    *)
        policy=refuse
        why="what its description says of osgraft cannot be told without osgraft, and $why"
        ;;
    esac
    if [ "$policy" = unknown ]; then
        by_patterns
        case "$marked/$policy" in
        yes/none | yes/unknown) policy=$otherwise ;;
        esac
    fi
    settle
}
"#;

/// Decides on a VM of Proxmox by its number, and its name where its configuration is found.
pub(super) const PROXMOX_DECIDE: &str = r#"decide() {
    [ -z "${PVE_MIGRATED_FROM-}" ] || exit 0
    going=no
    shown=$1
    names=$1
    conf=
    if [ -f "$kept" ] && [ -O "$kept" ]; then
        while read -r word rest; do
            case "$word" in
            conf) conf=$rest ;;
            end) break ;;
            esac
        done <"$kept"
    fi
    if [ -n "$conf" ] && [ -f "$conf/$1.conf" ]; then
        sure=yes
        while IFS= read -r line; do
            case "$line" in
            '['*) break ;;
            'name:'*) name=${line#name:} ;;
            esac
        done <"$conf/$1.conf"
        if [ -n "${name-}" ]; then
            names="$1
$(printf '%s' "$name" | sed 's/^[[:blank:]]*//; s/[[:space:]]*$//')"
        fi
    fi
    by_patterns
    settle
}
"#;
