"""From an alert to an acknowledged message: notifications, groups, deliveries, receivers."""
