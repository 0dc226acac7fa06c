"""From a committed delivery to an acknowledged one: the loop, and the decision after each try."""
