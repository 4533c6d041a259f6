"""Settings of a Superset that lives for one test, on the loopback address."""

import os

SECRET_KEY = os.environ["PHARE_SUPERSET_SECRET"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['PHARE_SUPERSET_HOME']}/superset.db"
# A DuckDB file on this machine counts as unsafe where strangers may add databases.
PREVENT_UNSAFE_DB_CONNECTIONS = False
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
FAB_ADD_SECURITY_API = True
BABEL_DEFAULT_LOCALE = "fr"
