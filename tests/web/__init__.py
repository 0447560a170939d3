"""The web channel, as a browser meets it."""
