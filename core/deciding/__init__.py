"""What deciders are asked and what they answer, as plain values.

Storage asks inside its transactions; it knows no rule of alerting itself.
"""
