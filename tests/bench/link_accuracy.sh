#!/bin/sh
# How well the program recognises persons, from files to files: each set is made, imported into a project of its own, linked with the
# defaults, and measured. One line a set; sets of the corpus are left out when it is not there.
# Use: tests/bench/link_accuracy.sh [BUILD_DIR] [SET...]      build/release/linkage_people --set list names the sets
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build/release}
[ $# -eq 0 ] || shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- $("$build/linkage_people" --set list)
for set in "$@"; do
    if ! "$build/linkage_people" --set "$set" "$work/$set" 2>/dev/null; then
        echo "$set: no corpus beside the source tree"
        continue
    fi
    "$build/brugwacht" init "$work/$set/project" --yes --quiet
    for people in "$work/$set"/*/people.csv; do
        "$build/brugwacht" import --mapping canonical --source "$(basename "$(dirname "$people")")" "$people" \
            --project "$work/$set/project" --quiet >/dev/null
    done
    "$build/brugwacht" link --whole --clusters "$work/clusters.csv" --pairs "$work/pairs.csv" --project "$work/$set/project" --quiet
    "$build/linkage_people" --score "$work/clusters.csv" "$work/pairs.csv" "$work/$set/truth.csv" "$set" >"$work/score"
    [ -n "${heading:-}" ] || head -1 "$work/score"
    heading=shown
    sed -n 2p "$work/score"
    rm -rf "${work:?}/$set"
done
