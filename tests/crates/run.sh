#!/usr/bin/env bash
# Makes the packages of this workspace as `cargo publish` would upload them, and builds projects that
# depend on them, from the packages alone: default features, none, and beside imago with its own.
#
#   tests/crates/run.sh
#
# crates.io is replaced by a folder (cargo's “directory source”) that holds the unpacked packages and
# what they depend on, as `cargo vendor` fetches it. So a dependent's manifest is what it would be
# with osgraft published: no path, and no [patch]. Works in target/crates.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

fail() {
    echo "tests/crates: $1" >&2
    exit 1
}

root=$PWD
work=${CARGO_TARGET_DIR:-$root/target}/crates
packages=$work/packages
rm -rf "$work/source" "$work/dependents" "$packages/package"
# Of one version cargo takes a package for unchanged, and would keep what an earlier run built of it.
rm -rf "$work"/target/debug/.fingerprint/osgraft*
mkdir -p "$work"

echo '=== packages'
# Without verifying: the dependents below are the check, and build each crate once.
options=(--workspace --no-verify --allow-dirty --locked --quiet --target-dir "$packages")
cargo publish --dry-run "${options[@]}"
cargo package "${options[@]}"
crates=("$packages"/package/*.crate)
[[ ${#crates[@]} == 2 ]] || fail "2 packages expected, not ${crates[*]}"

echo '=== what is in them'
for crate in "${crates[@]}"; do
    name=$(basename "$crate" .crate)
    files=$(tar -tzf "$crate" | sed "s|^$name/||")
    for needed in Cargo.toml README.md LICENSE; do
        grep -qx "$needed" <<<"$files" || fail "$name: has no $needed"
    done
    strange=$(grep -Ev '^(Cargo\.(toml|toml\.orig|lock)|\.cargo_vcs_info\.json|[A-Z]+(\.md)?|build\.rs|(lib|bin|src|examples|docs)/.*\.(rs|md|c|h|sh|in|toml|txt|css|5))$' <<<"$files" || true)
    [[ -z $strange ]] || fail "$name: holds what no one needs there: $strange"
    tar -xOzf "$crate" "$name/Cargo.toml" | grep -q '^\[patch' && fail "$name: needs a [patch]"
    echo "$name: $(wc -l <<<"$files") files, $(($(stat -c %s "$crate") / 1024)) KiB"
done

echo '=== their dependencies'
cargo vendor --locked --versioned-dirs --quiet "$work/source" >/dev/null
for crate in "${crates[@]}"; do
    name=$(basename "$crate" .crate)
    [[ ! -e $work/source/$name ]] || fail "$name: comes from a registry already"
    tar -xzf "$crate" -C "$work/source"
    sum=$(sha256sum "$crate")
    printf '{"files":{},"package":"%s"}' "${sum%% *}" >"$work/source/$name/.cargo-checksum.json"
done

echo '=== dependents'
cp -r tests/crates/dependents "$work/dependents"
mkdir "$work/dependents/.cargo"
cat >"$work/dependents/.cargo/config.toml" <<EOF
[source.crates-io]
replace-with = "packages"

[source.packages]
directory = "$work/source"
EOF
cd "$work/dependents"
grep -rlE '^\[(patch|replace)|path *=' --include=Cargo.toml . && fail 'a dependent names a path or a patch'
# Lines for a debugger would take half of the time.
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$work/target
for dependent in default bare beside-imago; do
    began=$SECONDS
    # One at a time, so that none has the features that another asks for.
    cargo build --quiet --offline --package "$dependent"
    folder=$(mktemp -d)
    "$work/target/debug/$dependent" "$folder"
    rm -r "$folder"
    echo "$dependent: built and run in $((SECONDS - began)) s"
done
# imago's default features, in the build that has osgraft too.
cargo tree --quiet --offline --package beside-imago --edges features --invert imago |
    grep -q 'imago feature "default"' || fail 'beside-imago has not the default features of imago'
grep -A1 '^name = "osgraft' Cargo.lock
echo '=== passed'
