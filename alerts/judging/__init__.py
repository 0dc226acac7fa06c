"""Rules at work: stored versions judged, matches counted over time, stories placed."""
