"""The map of a catalogue: products that mean the like lie near each other on a plane."""
