// Judges a million made-up trajectories with ten million facts under three definitions and four variants, and loads them from a store.
// Run: build/release/rules_bench [TRAJECTORIES]; peers.sh puts the same question to SQLite beside it.
