"""Side-by-side benchmarks. They print ratios: machines are shared and noisy, absolute times lie.

Two ask about the code itself: `bench.mutants`, and `bench.walks`, how far one thing travels in it.
"""
