"""New names: people, bodies and places in matched articles that no entity has."""
