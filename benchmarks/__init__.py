"""Benchmarks: the portal against two floors under the same server, in interleaved rounds, told as ratios."""
