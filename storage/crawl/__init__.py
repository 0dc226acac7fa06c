"""What is watched and read: sources, entries, articles with their versions and evidence."""
