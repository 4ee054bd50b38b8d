#!/bin/sh
# Times reading of the two big files beside whatever peers are installed, one after the other within the same minute, and prints ratios.
# Use: tests/bench/peers.sh [BUILD_DIR] [FILES_DIR]   (build/release and /tmp/brugwacht-bench). Peers, all optional: python3-openpyxl,
# r-cran-readxl, sqlite3. Peek writes CSV and reads twice (once to measure); the peers only read.
set -eu
build=${1:-build/release}
files=${2:-/tmp/brugwacht-bench}
program="$build/brugwacht"
python=$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || command -v python3 || echo none)
[ -f "$files/big.xlsx" ] && [ -f "$files/big.csv" ] || "$build/bigfiles" "$files"

# Best of three, in seconds of processor time (the wall clock says little on a busy machine).
measure() {
    best=
    for _ in 1 2 3; do
        bash -c 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>/dev/null' measure "$@" 2>"$files/time.txt" || { echo "-"; return; }
        now=$(awk '{printf "%.2f", $1 + $2}' "$files/time.txt")
        best=$(printf '%s\n%s\n' "${best:-$now}" "$now" | sort -n | head -1)
    done
    echo "$best"
}
report() { # name seconds reference
    awk -v name="$1" -v t="$2" -v r="$3" 'BEGIN {if (t == "-") printf "%-28s not available\n", name; else printf "%-28s %7.2f s   %5.1f x\n", name, t, t / r}'
}

echo "workbook, 200,000 x 13 (processor seconds, ratio to the first line)"
ours=$(measure "$program" peek "$files/big.xlsx" --format csv)
report "brugwacht peek" "$ours" "$ours"
if command -v Rscript >/dev/null && Rscript -e 'library(readxl)' >/dev/null 2>&1; then
    report "readxl" "$(measure Rscript -e "x <- readxl::read_excel('$files/big.xlsx')")" "$ours"
fi
if "$python" -c 'import openpyxl' 2>/dev/null; then
    report "openpyxl, read-only" "$(measure "$python" -c "
import openpyxl
for row in openpyxl.load_workbook('$files/big.xlsx', read_only=True).active.iter_rows(values_only=True): pass")" "$ours"
fi

echo "text, 1,000,000 x 13"
ours=$(measure "$program" peek "$files/big.csv" --format csv)
report "brugwacht peek" "$ours" "$ours"
if command -v sqlite3 >/dev/null; then
    report "sqlite3 .import, in memory" "$(measure sqlite3 :memory: -cmd '.mode csv' -cmd '.separator ;' ".import '$files/big.csv' t")" "$ours"
fi
if "$python" -c 0 2>/dev/null; then
    report "python3 csv" "$(measure "$python" -c "
import csv
for row in csv.reader(open('$files/big.csv', encoding='utf-8', newline=''), delimiter=';'): pass")" "$ours"
fi

if [ -x "$build/rules_bench" ]; then
    echo "rules, 1,000,000 trajectories, 10,000,000 facts, seven definitions (seconds)"
    BRUGWACHT_FACTS="$files/facts.csv" "$build/rules_bench" --benchmark_filter='classify|peer' 2>/dev/null | grep -E '^(classify|write)'
    if command -v sqlite3 >/dev/null; then
        sed "s#FACTS#$files/facts.csv#" tests/bench/rules_peer.sql | sqlite3 :memory: 2>/dev/null |
            awk '/^Run Time/ {real += $4; user += $6 + $8} END {printf "sqlite3, in memory, the same in SQL   %.2f s   (processor %.2f s)\n", real, user}'
    fi
fi
