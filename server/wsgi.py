"""What a WSGI server loads: ``server.wsgi:app``."""

import sys

from server import create_app, tasks

# A thread that has the database's write lock waits this long for the interpreter each time that it
# comes back from the database; Python's own 5 ms would be most of its transaction.
sys.setswitchinterval(0.001)

app = create_app()
# Does nothing where the settings leave the tasks to `copydesk worker`.
tasks.start_embedded(app)
