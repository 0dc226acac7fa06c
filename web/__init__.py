"""The pages behind the links in alerts."""
