"""The parts of one edition, from its figures to its index and lower levels, in `build`."""
