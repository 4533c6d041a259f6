"""What a team needs around the pipeline: settings of the service, its health, notifications.

Nothing here decides or changes a figure.
"""
