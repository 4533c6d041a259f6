"""Holds an explanation as a tree and says it in French; knows no release and no figure."""
