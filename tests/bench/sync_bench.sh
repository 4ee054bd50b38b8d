#!/bin/sh
# Synchronises a stand-in for a CRM with 100,000 contacts and 1,000,000 activities, on the loopback: rows a second, peak memory, requests;
# then once more, when nothing is new. The stand-in makes its records as they are asked for and uses a processor of its own.
# Use: tests/bench/sync_bench.sh [BUILD_DIR] [PEOPLE] [ACTIVITIES]
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build/release}
people=${2:-100000}
activities=${3:-1000000}
work=$(mktemp -d)
trap 'exec 3>&-; rm -rf "$work"' EXIT
mkfifo "$work/stop"
"$build/stand_in" civicrm --people "$people" --activities "$activities" <"$work/stop" >"$work/address" &
exec 3>"$work/stop"
while [ ! -s "$work/address" ]; do sleep 0.1; done
address=$(head -1 "$work/address")

"$build/brugwacht" init "$work/project" --yes --quiet
mkdir -p "$work/project/mappings/rest"
# The shipped preset is polite; on the loopback there is nobody to be polite to.
sed 's/^per_second = .*/per_second = 0/' mappings/rest/civicrm-api4.toml >"$work/project/mappings/rest/civicrm-api4.toml"
sed -n 's/^key //p' "$work/address" | tr -d '\n' >"$work/project/keys/crm.secret"
chmod 600 "$work/project/keys/crm.secret"
cat >>"$work/project/brugwacht.toml" <<END

[[source]]
name = "crm"
preset = "civicrm-api4"
role = "caseload"
[source.connection]
site = "$address"
api_key = { file = "keys/crm.secret" }
page_size = 1000
case_type = ""
END
for round in first again; do
    /usr/bin/time -f "%e s, %U + %S s of processor, %M KiB" -o "$work/time" \
        "$build/brugwacht" import crm --project "$work/project" --json >"$work/out.json" || echo "status $?"
    rows=$(grep -o '"read":[0-9]*' "$work/out.json" | awk -F: '{n += $2} END {print n}')
    echo "$round: $rows rows in $(cat "$work/time")"
done
echo "requests: $(grep -o '"requests":[0-9]*' "$work/project/log/brugwacht.jsonl" | awk -F: '{print $2}' | paste -sd' ')"
