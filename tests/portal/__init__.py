"""Tests of the composition root: language, switches, network, pages, errors, operations."""
