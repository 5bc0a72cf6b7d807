"""One printer interface and the formats behind it."""
