"""Explains a figure by its kind: what it is, what it was made of, which checks it has passed."""
