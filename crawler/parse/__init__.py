"""Bytes from the internet are parsed here, in processes that may be killed."""
