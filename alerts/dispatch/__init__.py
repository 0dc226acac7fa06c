"""How alerts get to people: the decisions that storage asks for while it commits.

Pure: values in, a decision with its reason out; storage knows none of the rules.
"""
