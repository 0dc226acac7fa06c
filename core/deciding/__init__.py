"""What deciders are asked and what they answer, as plain values. Storage asks inside its transactions."""
