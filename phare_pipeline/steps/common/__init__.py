"""What every step is given and holds to: context, declarations, audits; builds no table."""
