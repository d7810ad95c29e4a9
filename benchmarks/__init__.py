"""Speed, size and quality, each beside its reference in the same run."""
