"""What the benchmarks measure, each in a fresh process of its own: here, and only here, heavy imports stand."""
