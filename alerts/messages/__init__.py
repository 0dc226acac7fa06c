"""What is said of an alert, once for all receivers, and the layouts they show it in. Pure."""
