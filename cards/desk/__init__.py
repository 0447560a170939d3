"""What every member of staff works with, at the counter and on the phone: find, see, act, and what to say."""
