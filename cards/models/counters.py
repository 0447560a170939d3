"""Counters of the enquiry's limits where no Redis is configured."""

from django.db import models


class Counter(models.Model):
    """One counted thing in its window; the key is a keyed digest and says nothing."""

    key = models.BinaryField(max_length=32, primary_key=True)
    expires = models.FloatField(db_index=True)
    count = models.PositiveIntegerField()
    last = models.FloatField()
    before = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.count}"
