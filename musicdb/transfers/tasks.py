"""What a Celery worker does with a transfer."""

from musicdb.celery import app
from musicdb.transfers.running import RUN_TRANSFER, run


@app.task(name=RUN_TRANSFER)
def run_transfer(key: int) -> None:
    """Do the transfer with this key. Delivered twice, it is done once."""
    run(key)
