"""Runs the mutated tests once for each mutant and says which mutants no test notices.

judge.py WORK EQUIVALENT.txt [ID ...] reads WORK/mutants.json and WORK/build/tests/unit_rules.
"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HISTORIES = 1500
SECONDS = 60  # a mutant that runs for ever is noticed too
# Those that notice most come first. Of the slow properties only the one that shares work among threads notices more than the oracle.
ORDER = ["Rules/*", "Oracle.*", "-Rules/*:Oracle.*:Properties.*", "Properties.TheJson*"]


def survives(program, number, histories):
    environment = dict(os.environ, BRUGWACHT_MUTANT=str(number), BRUGWACHT_HISTORIES=str(histories))
    for chosen in ORDER:
        try:
            done = subprocess.run([program, f"--gtest_filter={chosen}", "--gtest_fail_fast", "--gtest_brief=1"], env=environment,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return False
        if done.returncode != 0:
            return False
    return True


def key(mutant):
    return (mutant["file"], mutant["context"], mutant["source"], mutant["change"])


def read_equivalent(path):
    """Four lines a mutant: file, line of source, what becomes of what, reason; then an empty one."""
    known = {}
    text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#"))
    for block in text.strip().split("\n\n"):
        if block.strip():
            file, context, change, reason = block.strip().split("\n")
            source, becomes = change.split("  =>  ")
            known[(file, context, source, becomes)] = reason
    return known


def main():
    work, equivalent = Path(sys.argv[1]), read_equivalent(Path(sys.argv[2]))
    program = str(work / "build/tests/unit_rules")
    mutants = json.loads((work / "mutants.json").read_text())
    chosen = {int(word) for word in sys.argv[3:]}
    if not survives(program, 0, HISTORIES):
        sys.exit("the tests fail without any mutant")
    tried = [m for m in mutants if (not chosen or m["id"] in chosen) and key(m) not in equivalent]
    survivors = []
    with ThreadPoolExecutor(2) as pool:
        for m, lives in zip(tried, pool.map(lambda m: survives(program, m["id"], HISTORIES), tried)):
            if lives:
                survivors.append(m)
                print(f"survived {m['id']}: {m['file']}:{m['line']}: {m['source']}  =>  {m['change']}", flush=True)
    unknown = set(equivalent) - {key(m) for m in mutants}
    for file, context, source, change in sorted(unknown):
        print(f"no longer there: {file}: {context}: {source}  =>  {change}")
    made = len(mutants)
    print(f"made {made}, killed {len(tried) - len(survivors)}, survived {len(survivors)}, equivalent {made - len(tried) if not chosen else '-'}")
    sys.exit(1 if survivors or unknown else 0)


main()
