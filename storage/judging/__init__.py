"""What the rules said: matches and alerts, rules over time, stories."""
