"""Benchmarks: each module's `run` yields figures, ratios in one run wherever time is measured."""
