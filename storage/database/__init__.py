"""Connections, tables, columns and migrations: what every query stands on."""
