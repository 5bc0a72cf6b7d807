"""Files in, catalogue rows out: discovery, extraction, metadata, and the catalogue that is the truth."""
