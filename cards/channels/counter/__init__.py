"""The counter: the Django admin as clerks, the hotline desk and supervisors use it (S3)."""
