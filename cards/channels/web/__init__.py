"""The web channel: a citizen enters an ID number and reads how far the card is (S1)."""
