"""How messages leave: HTTP within bounds, mail replies, certificates, the network guard."""
