"""The hotline officer's desk: verify the caller without showing anything, then say what the page says."""
