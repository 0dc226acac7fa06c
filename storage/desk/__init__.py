"""Who uses the desk."""
