"""How the property tests run: two busy cores say nothing about the speed of a function, so there is no deadline."""

from hypothesis import settings

settings.register_profile("portal", deadline=None)
settings.load_profile("portal")
