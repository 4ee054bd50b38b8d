#!/bin/sh
# Recognises persons in 1,000,000 records of made Flemish children, and in 1,000 new records beside 200,000 known ones: seconds, seconds of
# processor and peak memory, medians of five rounds; then how well it was done. Each round starts from a copy of the same project.
# Use: tests/bench/link_bench.sh [BUILD_DIR] [RECORDS] [ROUNDS]
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build/release}
records=${2:-1000000}
rounds=${3:-5}
known=$((records / 5))
fresh=$((records / 1000))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One source that holds what eight sources wrote, so that one import brings everything.
"$build/linkage_people" "$work/made" --children $((records * 10 / 29)) --seed 1 >/dev/null
{
    head -1 "$work/made/school/people.csv"
    for source in toeleiding school sportclub crm speelplein bibliotheek onthaal app; do
        tail -n +2 "$work/made/$source/people.csv"
    done
} | head -$((records + 1)) >"$work/people.csv"
sed '1!s/^[a-z]*,/alles,/' "$work/made/truth.csv" >"$work/all_truth.csv"
cp "$work/made/twins.csv" "$work/"

# Every line goes to the known or to the new ones: some of each family.
mkdir "$work/whole" "$work/known" "$work/fresh"
mv "$work/people.csv" "$work/whole/people.csv"
awk -v records="$records" -v known="$known" -v fresh="$fresh" -v to_known="$work/known/people.csv" -v to_fresh="$work/fresh/people.csv" '
    NR == 1 { print >to_known; print >to_fresh; next }
    int((NR - 1) * (known + fresh) / records) > taken {
        ++taken
        if (int(taken * fresh / (known + fresh)) > new) { ++new; print >to_fresh } else print >to_known
    }' "$work/whole/people.csv"
cp "$work/made/toeleiding/trajectories.csv" "$work/whole/"

# project NAME: a new project with the records of that folder.
project() {
    "$build/brugwacht" init "$work/$1/project" --yes --quiet
    "$build/brugwacht" import --mapping canonical --source alles "$work/$1"/*.csv --project "$work/$1/project" --quiet
}
# measured FIGURES COMMAND...: runs it and adds a line: seconds, seconds of processor, KiB.
measured() {
    figures=$1
    shift
    /usr/bin/time -f "%e %U %S %M" -o "$work/time" "$@" >/dev/null
    awk '{ print $1, $2 + $3, $4 }' "$work/time" >>"$figures"
}
# median FIGURES COLUMN
median() {
    sort -n -k "$2,$2" "$1" | awk -v column="$2" '{ all[NR] = $column } END { print all[int((NR + 1) / 2)] }'
}
# report WHAT FIGURES
report() {
    echo "$1: $(median "$2" 1) s, $(median "$2" 2) s of processor, $(($(median "$2" 3) / 1024)) MiB (medians of $(wc -l <"$2"))"
}

project whole
for round in $(seq "$rounds"); do
    rm -rf "$work/copy"
    cp -a "$work/whole/project" "$work/copy"
    measured "$work/whole.figures" "$build/brugwacht" link --whole --project "$work/copy" --quiet
done
report "link of $records records" "$work/whole.figures"

project known
for round in $(seq "$rounds"); do
    rm -rf "$work/copy"
    cp -a "$work/known/project" "$work/copy"
    measured "$work/fresh.figures" "$build/brugwacht" import --mapping canonical --source alles "$work/fresh/people.csv" --project "$work/copy" --quiet
done
report "import and link of $(($(wc -l <"$work/fresh/people.csv") - 1)) new records beside $(($(wc -l <"$work/known/people.csv") - 1))" "$work/fresh.figures"

rm -rf "$work/copy"
cp -a "$work/whole/project" "$work/copy"
"$build/brugwacht" link --whole --clusters "$work/clusters.csv" --pairs "$work/pairs.csv" --project "$work/copy" --quiet
"$build/linkage_people" --score "$work/clusters.csv" "$work/pairs.csv" "$work/all_truth.csv"
