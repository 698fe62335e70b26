# What must hold, what was seen, and the tables it goes to.
# shellcheck shell=bash disable=SC2154

# One value of what a guest said; several lines where it said several.
said() {
    sed -n "s/^probe: $2=//p" "$out/serial/$1.log" | tr -d '\r'
}

# DOMAIN KEY PATTERN: a guest said a value that the pattern matches in whole.
expect() {
    said "$1" "$2" | grep -qxE -- "$3" ||
        fail "$1: “$2” is to match “$3”, and is “$(said "$1" "$2")”; see $out/serial/$1.log"
}

# DOMAIN KEY OPTION…: a guest said comma-separated options, with these among them.
expect_options() {
    local domain=$1 key=$2 text option
    text=,$(said "$domain" "$key" | awk '{ print $3 == "nfs" ? $4 : $3 }'),
    shift 2
    for option in "$@"; do
        [[ $text == *",$option,"* ]] || fail "$domain: “$key” lacks “$option”: $text"
    done
}

equal() {
    [[ $2 == "$3" ]] || fail "$1: “$2” is not “$3”"
}

differ() {
    [[ $2 != "$3" ]] || fail "$1: still “$2”"
}

matches() {
    grep -qE -- "$3" <<<"$2" || fail "$1: “$2” does not match “$3”"
}

# WHAT SEEN OTHER MORE: SEEN is at most OTHER and MORE.
within() {
    awk -v seen="$2" -v other="$3" -v more="$4" 'BEGIN { exit !(seen <= other + more) }' ||
        fail "$1: $2 is more than $3 and $4"
}

# TABLE CELL…
row() {
    local table=$1
    shift
    mkdir -p "$work/rows"
    { printf '| %s ' "$@" && echo '|'; } >>"$work/rows/$table"
}

write_table() {
    {
        if [[ -s $work/rows/boots ]]; then
            echo '| domain | scenario | hook, ms | multi-user, s | share | module that only the server has | power-off, s |'
            echo '|---|---|---|---|---|---|---|'
            cat "$work/rows/boots"
        fi
        if [[ -s $work/rows/crowd ]]; then
            printf '\n%s\n%s\n' '| domains at once | started | hooks failed | hook, ms: median | 90 % | slowest | all shut off after, s |' \
                '|---|---|---|---|---|---|---|'
            cat "$work/rows/crowd"
        fi
        if [[ -s $work/rows/verdicts ]]; then
            printf '\n%s\n%s\n' '| scenario | seen |' '|---|---|'
            cat "$work/rows/verdicts"
        fi
    } >"$out/table.md"
}
