"""What people look at: charts, reports, explorer, files for other tools.

No figure is computed here. Everything is made from published tables, so that it says
what a release says.
"""
