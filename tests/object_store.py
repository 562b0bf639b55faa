"""A server on this machine that speaks as S3 does, with a bucket for each test."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

#: What botocore reads of its own accord, and a bucket here must not depend on.
_ELSEWHERE = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL_S3",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """Give the address of a server that holds buckets in memory; skip where it or its client is missing."""
    # Neither is in the lock: botocore, below both, holds python-dateutil down (<3).
    why = "s3:// needs `pip install s3fs 'moto[server]'`, in an environment of its own"
    pytest.importorskip("s3fs", reason=why)
    moto = pytest.importorskip("moto.server", reason=why)
    server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(object_store: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of an empty bucket, with this process set up as a user's would be: by variables."""
    import s3fs

    for name in _ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    settings = {
        "ENDPOINT_URL": object_store,
        "ACCESS_KEY_ID": "test",
        "SECRET_ACCESS_KEY": "test",
        "DEFAULT_REGION": "us-east-1",
        "CONFIG_FILE": "nowhere",
        "SHARED_CREDENTIALS_FILE": "nowhere",
        "EC2_METADATA_DISABLED": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    # s3fs keeps what it has once set up, whatever the variables say later.
    s3fs.S3FileSystem.clear_instance_cache()
    name = f"tilstand-{secrets.token_hex(6)}"
    s3fs.S3FileSystem().mkdir(name)
    yield f"s3://{name}"
    s3fs.S3FileSystem.clear_instance_cache()
