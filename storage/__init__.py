"""Storage: tables (private), queries that return domain types, migrations."""
