"""Which brokers CELERY_BROKER_URL may name, and what Celery is told about them."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from kombu.exceptions import OperationalError

from musicdb.celery import app
from musicdb.conf.brokers import ssl_options, transport_options

OPENSSL = shutil.which("openssl")


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "127.0.0.1:6379", "filesystem://", "filesystem://queue"])
def test_a_url_that_is_not_a_brokers(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="CELERY_BROKER_URL must"):
        transport_options(url, "musicdb")


@pytest.mark.parametrize(
    ("url", "prefix"),
    [("redis://host/0", "music:"), ("rediss://host/0", "music:"), ("amqp://host//", None), ("", None)],
)
def test_sites_that_share_a_redis_are_kept_apart(url: str, prefix: str | None) -> None:
    assert transport_options(url, "music").get("global_keyprefix") == prefix


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[int]:
    """Answer with a certificate for localhost that nobody has signed. Yield the port."""
    if OPENSSL is None:
        pytest.skip("openssl is not installed")
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "certificate.pem")]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *subject], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with suppress(OSError), context.wrap_socket(client, server_side=True) as connection:
                        connection.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)


@pytest.mark.parametrize("scheme", ["rediss", "amqps"])
def test_an_encrypted_broker_must_prove_who_it_is(impostor: int, scheme: str) -> None:
    url = f"{scheme}://localhost:{impostor}/0"
    options = {**transport_options(url, "musicdb"), "max_retries": 0}
    connection = app.connection_for_write(url, ssl=ssl_options(url), transport_options=options, connect_timeout=5)
    with pytest.raises(OperationalError, match="certificate verify failed"):
        connection.default_channel.queue_declare("musicdb")
    connection.release()
