"""The configuration: its shape, its loader, its errors."""
