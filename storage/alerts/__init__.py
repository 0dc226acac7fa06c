"""What people make of alerts: their states, who escalates, and what is silenced."""
