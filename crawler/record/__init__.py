"""What an answer means, committed."""
