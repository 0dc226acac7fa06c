"""The newsroom: a local HTTP server that plays many outlets, and an inbox that plays receivers.

Part of the product: `wirewatch demo`, the tests and the benchmarks all crawl it.
"""
