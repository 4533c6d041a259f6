"""Documents of regions and editions: which there are, which are due, how they are made."""
