"""What the benchmarks measure, each in a process of its own; heavy imports stand here and only here."""
