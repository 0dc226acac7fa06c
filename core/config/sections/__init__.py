"""The sections of watch.yaml, one module each."""
