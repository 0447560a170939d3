"""The hotline desk."""
