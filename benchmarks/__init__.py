"""Measures the pipeline on the shipped extracts; figures of the study are not its business."""
