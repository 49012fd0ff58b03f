"""Models that are shipped: the pair model, see `benchmarks/pair_model`."""
