"""The tables. Private to storage: rows never leave a session, queries turn them into domain types.

States are stored as the text of their enumeration, so a database can be read without our code.
A change here needs a migration; a test compares the two.
"""
