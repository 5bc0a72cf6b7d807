"""Targets that are fuzzed, and what was found."""
