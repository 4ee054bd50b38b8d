"""Puts every mutant of the rules behind a run-time switch, in a copy of the sources (mutant schemata).

mutate.py TREE LIST.json rewrites the files named in FILES inside TREE and lists what mutant 1, 2, 3 ... changes. A program built from
TREE behaves as written unless BRUGWACHT_MUTANT holds the number of a mutant. Expressions are found with libclang, so that the
boundaries of operands are exact; strings, macros, constant expressions, case labels and template arguments are left alone.
"""
import json
import re
import sys
from pathlib import Path

import clang.cindex as ci

# File -> functions whose bodies are mutated; None = all of them.
FILES = {
    "engine/rules/evaluator.cpp": None,
    "engine/rules/composed.cpp": None,
    "engine/rules/history.cpp": None,
    "engine/rules/calendar.cpp": None,
    "engine/rules/classify.cpp": None,
    "engine/rules/rates.cpp": None,
    "engine/rules/curves.cpp": None,
    "engine/rules/agreement.cpp": {"for_club_type", "club_type", "order_versions"},
    "engine/core/date.cpp": {"add_months"},
}
# Functions and calls that only tell the way to a verdict; tests of the verdicts cannot see them.
TELLING = {"step", "step_events", "step_enrolments", "record"}

COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
NAMES = {"<": "less", "<=": "at_most", ">": "more", ">=": "at_least", "==": "equal", "!=": "unequal"}

HEADER = """#pragma once
#include <cstdlib>
namespace brugwacht::mutant {
inline int active() {
    static const int number = [] { const char* text = std::getenv("BRUGWACHT_MUTANT"); return text == nullptr ? 0 : std::atoi(text); }();
    return number;
}
inline bool on(int number) { return number == active(); }
""" + "".join(
    f"template <typename A, typename B> bool {NAMES[op]}(int n, const A& a, const B& b) {{ return on(n) ? a {other} b : a {op} b; }}\n"
    for op, other in COMPARISONS.items()
) + """template <typename T> T number(int n, T value) { return on(n) ? T(value + 1) : on(n + 1) ? T(value - 1) : value; }
template <typename A, typename B> auto plus(int n, A a, B b) { return on(n) ? a - b : a + b; }
template <typename A, typename B> auto minus(int n, A a, B b) { return on(n) ? a + b : a - b; }
template <typename T> T highest(int n, const T& a, const T& b) { return on(n) == (a < b) ? a : b; }
template <typename T> T lowest(int n, const T& a, const T& b) { return on(n) == (b < a) ? a : b; }
}  // namespace brugwacht::mutant
"""


class Site:
    """A stretch of source that is wrapped. Parts are texts and (start, end) ranges, which may hold sites themselves."""

    def __init__(self, start, end, rank, mutants, parts):
        self.start, self.end, self.rank = start, end, rank
        self.mutants = mutants  # what each of its mutants does, in words
        self.parts = parts  # a function of the number of the first mutant


class File:
    def __init__(self, tree, name, functions):
        self.path = tree / name
        self.name = name
        self.functions = functions
        self.bytes = self.path.read_bytes()
        self.sites = {}
        arguments = ["-x", "c++", "-std=c++20", f"-I{tree}"]
        unit = ci.Index.create().parse(str(self.path), args=arguments)
        errors = [d.spelling for d in unit.diagnostics if d.severity >= ci.Diagnostic.Error]
        if errors:
            sys.exit(f"{name}: {errors}")
        self.find_functions(unit.cursor)

    def text(self, start, end):
        return self.bytes[start:end].decode()

    def add(self, site):
        self.sites.setdefault((site.start, site.end, site.rank), site)

    # --- finding

    def find_functions(self, cursor):
        for child in cursor.get_children():
            if child.location.file is None or child.location.file.name != str(self.path):
                continue
            kinds = ci.CursorKind
            if child.kind in (kinds.FUNCTION_DECL, kinds.CXX_METHOD, kinds.CONSTRUCTOR, kinds.FUNCTION_TEMPLATE) and child.is_definition():
                head = self.text(child.extent.start.offset, child.extent.end.offset).split("{")[0]
                if re.search(r"\bconstexpr\b", head) or child.spelling in TELLING or (
                        self.functions is not None and child.spelling not in self.functions):
                    continue
                for part in child.get_children():
                    if part.kind == kinds.COMPOUND_STMT:
                        self.visit(part)
            else:
                self.find_functions(child)

    def visit(self, cursor):
        kinds = ci.CursorKind
        start, end = cursor.extent.start.offset, cursor.extent.end.offset
        children = list(cursor.get_children())
        if cursor.kind == kinds.CALL_EXPR and cursor.spelling in TELLING:
            return
        if cursor.kind == kinds.CASE_STMT:
            children = children[1:]
        if cursor.kind == kinds.VAR_DECL:
            if re.match(r"(static\s+)?constexpr\b", self.text(start, end)):
                return
        if cursor.kind in (kinds.TYPE_REF, kinds.TEMPLATE_REF, kinds.NAMESPACE_REF):
            return
        self.consider(cursor, children, start, end)
        for child in children:
            self.visit(child)

    def consider(self, cursor, children, start, end):
        kinds = ci.CursorKind
        if cursor.kind == kinds.INTEGER_LITERAL:
            word = self.text(start, end)
            if re.fullmatch(r"[0-9']+[uUlL]*", word):
                self.add(Site(start, end, 9, [f"{word} + 1", f"{word} - 1"], lambda n: [f"brugwacht::mutant::number({n}, {word})"]))
        elif cursor.kind == kinds.CXX_BOOL_LITERAL_EXPR:
            word = self.text(start, end)
            if word in ("true", "false"):
                self.add(Site(start, end, 9, [f"not {word}"], lambda n: [f"(brugwacht::mutant::on({n}) != {word})"]))
        elif cursor.kind == kinds.IF_STMT and children:
            self.consider_condition(children[0])
        elif cursor.kind == kinds.CONDITIONAL_OPERATOR and children:
            self.consider_condition(children[0])
        elif cursor.kind == kinds.UNARY_OPERATOR and re.match(r"![^=]", self.text(start, end)) and len(children) == 1:
            inner = (children[0].extent.start.offset, children[0].extent.end.offset)
            self.add(Site(start, end, 5, ["without the !"],
                          lambda n: [f"(brugwacht::mutant::on({n}) == static_cast<bool>(", inner, "))"]))
        elif cursor.kind == kinds.CALL_EXPR and cursor.spelling in ("max", "min"):
            self.consider_extreme(cursor, start, end)
        if len(children) == 2 or (len(children) == 3 and cursor.kind == kinds.CALL_EXPR):
            self.consider_binary(cursor, children[0], children[-1])

    def consider_condition(self, condition):
        if not condition.kind.is_expression():
            return
        start, end = condition.extent.start.offset, condition.extent.end.offset
        if re.fullmatch(r"\w+", self.text(start, end)) or self.text(start, end).startswith("!"):
            if self.text(start, end) in ("true", "false") or self.text(start, end).startswith("!"):
                return
        self.add(Site(start, end, 1, ["negated"], lambda n: [f"(brugwacht::mutant::on({n}) != static_cast<bool>(", (start, end), "))"]))

    def consider_extreme(self, cursor, start, end):
        word = re.match(r"std::(max|min)\(", self.text(start, end))
        if word:
            ours = {"max": "highest", "min": "lowest"}[word.group(1)]
            other = {"max": "min", "min": "max"}[word.group(1)]
            self.add(Site(start, end, 4, [f"std::{other}"],
                          lambda n: [f"brugwacht::mutant::{ours}({n}, ", (start + len(word.group(0)), end)]))

    def consider_binary(self, cursor, left, right):
        ls, le = left.extent.start.offset, left.extent.end.offset
        rs, re_ = right.extent.start.offset, right.extent.end.offset
        if not ls < le <= rs < re_:
            return
        op = self.text(le, rs).strip()
        if op in COMPARISONS:
            self.add(Site(ls, re_, 3, [f"{op} becomes {COMPARISONS[op]}"],
                          lambda n: [f"brugwacht::mutant::{NAMES[op]}({n}, (", (ls, le), "), (", (rs, re_), "))"]))
        elif op in ("&&", "||") and cursor.kind == ci.CursorKind.BINARY_OPERATOR:
            flip = "" if op == "&&" else "!"
            other = "||" if op == "&&" else "&&"
            def parts(n):
                mutant = f"{flip}brugwacht::mutant::on({n})"  # a || b is !(!a && !b)
                return [f"({mutant} != ((static_cast<bool>(", (ls, le), f") != {mutant}) && (static_cast<bool>(", (rs, re_),
                        f") != {mutant})))"]
            self.add(Site(ls, re_, 2, [f"{op} becomes {other}"], parts))
        elif op in ("+", "-") and cursor.kind == ci.CursorKind.BINARY_OPERATOR and self.is_whole(left) and self.is_whole(right):
            ours = "plus" if op == "+" else "minus"
            self.add(Site(ls, re_, 4, [f"{op} becomes {'-' if op == '+' else '+'}"],
                          lambda n: [f"brugwacht::mutant::{ours}({n}, (", (ls, le), "), (", (rs, re_), "))"]))

    @staticmethod
    def is_whole(cursor):
        kind = cursor.type.get_canonical().kind
        return kind in (ci.TypeKind.INT, ci.TypeKind.UINT, ci.TypeKind.LONG, ci.TypeKind.ULONG, ci.TypeKind.SHORT, ci.TypeKind.USHORT,
                        ci.TypeKind.UCHAR, ci.TypeKind.SCHAR)

    # --- writing

    def rewrite(self, mutants):
        """Numbers the sites in order of the file and writes the file anew."""
        sites = sorted(self.sites.values(), key=lambda s: (s.start, -s.end, s.rank))
        for site in sites:
            site.number = len(mutants) + 1
            line = self.bytes.count(b"\n", 0, site.start) + 1
            context = " ".join(self.bytes.split(b"\n")[line - 1].decode().split())
            source = " ".join(self.text(site.start, site.end).split())
            for change in site.mutants:
                same = sum((m["file"], m["context"], m["source"], m["change"]) == (self.name, context, source, change) for m in mutants)
                mutants.append({"id": len(mutants) + 1, "file": self.name, "line": line, "context": context, "source": source,
                                "change": change + (f" #{same + 1}" if same else "")})
        self.path.write_text('#include "engine/core/mutant.hpp"\n' + self.render(0, len(self.bytes), sites))

    def render(self, start, end, sites):
        out, at, i = [], start, 0
        while i < len(sites):
            site = sites[i]
            inside = []
            i += 1
            while i < len(sites) and sites[i].start < site.end:
                inside.append(sites[i])
                i += 1
            out.append(self.text(at, site.start))
            for part in site.parts(site.number):
                if isinstance(part, str):
                    out.append(part)
                else:
                    out.append(self.render(part[0], part[1], [s for s in inside if part[0] <= s.start and s.end <= part[1]]))
            at = site.end
        out.append(self.text(at, end))
        return "".join(out)


def main():
    tree, listing = Path(sys.argv[1]), Path(sys.argv[2])
    (tree / "engine/core/mutant.hpp").write_text(HEADER)
    files = [File(tree, name, functions) for name, functions in FILES.items() if (tree / name).exists()]
    mutants = []
    for file in files:
        file.rewrite(mutants)
    listing.write_text(json.dumps(mutants, indent=1))
    print(f"{len(mutants)} mutants in {len(files)} files")


main()
