"""Spiders: requests and callbacks, nothing else."""
