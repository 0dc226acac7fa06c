"""The newsroom: a real local HTTP server that plays many outlets."""
