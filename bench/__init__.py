"""Side-by-side benchmarks. They print ratios: machines are shared and noisy, absolute times lie."""
