"""What alerting is about: matches, alerts, notifications, messages and deliveries."""
