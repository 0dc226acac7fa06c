"""What matters and who hears."""
