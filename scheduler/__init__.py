"""When things happen: the daemon, its ticks and its policy."""
