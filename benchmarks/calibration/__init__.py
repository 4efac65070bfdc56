"""Do the 95 % intervals cover in 95 % of the cases? Simulations with ratings as people give them.

`python -m benchmarks.calibration` prints the tables, `--write` puts them into docs/calibration.md.
"""
