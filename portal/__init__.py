"""The composition root: settings, addresses, the pages that belong to no app."""
