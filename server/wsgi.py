"""What a WSGI server loads: ``server.wsgi:app``."""

from server import create_app, tasks

app = create_app()
# Does nothing where the settings leave the tasks to `copydesk worker`.
tasks.start_embedded(app)
