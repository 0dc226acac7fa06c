"""Channels read by an account of ours at Telegram, where they have no public preview."""
