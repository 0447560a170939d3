"""Sending what is owed: the outbox, the senders of each way, and what their services report back."""
