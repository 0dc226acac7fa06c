"""The index of words: beside a SQLite database in a file of its own, in PostgreSQL in tables."""
