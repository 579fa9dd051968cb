"""How gunicorn serves musicdb. ``gunicorn musicdb.wsgi``, started in this folder, reads this file.

Options on gunicorn's command line win over those here.
"""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"

# Threads, because a synchronous worker would serve nobody else until an idle connection closes.
worker_class = "musicdb.conf.gunicorn_worker.ThreadedWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))

# Seconds for which an idle connection is kept. A proxy in front should keep its own for less.
keepalive = 75
# Seconds after which a worker that does not answer is restarted. Reclustering a large genre from the admin without a
# Celery worker takes the longest.
timeout = 300
# Seconds that requests in progress get to finish when the site stops or reloads.
graceful_timeout = 60
