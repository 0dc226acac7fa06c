"""What the words of Wirewatch mean: domain types, errors, clock, URLs, configuration.

Every other package imports this one; it imports none of them.
"""
