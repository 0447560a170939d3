"""The counter: the Django admin as clerks and supervisors use it (S3)."""
