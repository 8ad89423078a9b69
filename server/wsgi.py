"""What a WSGI server loads: ``server.wsgi:app``."""

from server import create_app, tasks
from server.unfinished import notice_vanished_clients

app = create_app()
notice_vanished_clients(app)
# Does nothing where the settings leave the tasks to `copydesk worker`.
tasks.start_embedded(app)
