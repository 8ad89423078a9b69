"""What a WSGI server loads: ``server.wsgi:app``."""

import sys

from server import create_app, tasks
from server.unfinished import notice_vanished_clients

# Whoever writes for others, and each who is answered, waits this long for the interpreter where
# another thread computes: a task, or a page. Python's own 5 ms would be most of their time.
sys.setswitchinterval(0.001)

app = create_app()
notice_vanished_clients(app)
# Does nothing where the settings leave the tasks to `copydesk worker`.
tasks.start_embedded(app)
