"""Who hears what and when: routes, groups, quiet hours, escalation, outages.

Deciders take values and return a decision with its reason; storage asks them while it commits.
One dispatcher acts.
"""
