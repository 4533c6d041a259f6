"""Reads what is published and what it was made from; computes and explains nothing."""
