// Made-up children, the same each time: more of them than fit on a page, and in bursts that share one moment of change, as an import gives.
'use strict';

const { given, family } = require('./people.json');

const BURST = 20;

const two = (number) => String(number).padStart(2, '0');

exports.people = Array.from({ length: given.length * family.length }, (_, i) => ({
    number: i + 1,
    given: given[i % given.length],
    family: family[Math.floor(i / given.length)],
    born: `${2012 + (i % 6)}-${two(1 + (i % 12))}-${two(1 + (i % 28))}`,
    start: `2024-09-${two(1 + (i % 30))}`,
    club: `Proefclub ${1 + (i % 4)}`,
    enrolled: `2024-10-${two(1 + (i % 30))}`,
    changed: `2025-01-${two(1 + Math.floor(i / BURST))}T10:00:00Z`,
}));
