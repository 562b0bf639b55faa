"""JupyterLab's server, as `tilstand lab` starts it, runs warm kernels like any other."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import websocket
from started import is_gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels need Linux")

PATIENCE = 60


@dataclass
class Server:
    """A running server: its address and its key."""

    url: str
    token: str

    def ask(self, path: str, *, method: str = "GET", content: object = None) -> object:
        """Call the server's interface; return what it answers."""
        request = urllib.request.Request(
            f"{self.url}api/{path}",
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def channels(self, kernel: str) -> websocket.WebSocket:
        """Open the kernel's channels, as a notebook's page does."""
        address = self.url.replace("http", "ws", 1)
        return websocket.create_connection(
            f"{address}api/kernels/{kernel}/channels?token={self.token}", timeout=PATIENCE
        )


@pytest.fixture
def server(tmp_path, monkeypatch) -> Iterator[Server]:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    command = [sys.executable, "-m", "analysis.cli", "lab", "--no-browser", "--allow-root", "--port=0"]
    with (tmp_path / "log").open("wb") as log:
        lab = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until = time.monotonic() + PATIENCE
        while not (found := list((tmp_path / "runtime").glob("jpserver-*.json"))):
            assert lab.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until, (tmp_path / "log").read_text()
            time.sleep(0.1)
        known = json.loads(found[0].read_text())
        yield Server(known["url"], known["token"])
    finally:
        lab.send_signal(signal.SIGTERM)
        lab.wait(PATIENCE)


def execute(channels: websocket.WebSocket, code: str) -> list[dict]:
    """Execute in the kernel as a notebook's page does; return what it says until it is idle again."""
    identity = uuid.uuid4().hex
    send(channels, "shell", "execute_request", identity, {"code": code, "silent": False})
    return until_idle(channels, identity)


def send(channels: websocket.WebSocket, channel: str, kind: str, identity: str, content: dict) -> None:
    """Send one message."""
    header = {"msg_id": identity, "msg_type": kind, "session": "a", "username": "", "version": "5.3"}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": channel}
    channels.send(json.dumps(message))


def until_idle(channels: websocket.WebSocket, identity: str) -> list[dict]:
    """Return the messages that answer the one of that id."""
    heard = []
    while True:
        message = json.loads(channels.recv())
        if message["parent_header"].get("msg_id") != identity:
            continue
        heard.append(message)
        if message["content"].get("execution_state") == "idle":
            return heard


def printed(messages: list[dict]) -> str:
    """Return what the cell printed."""
    return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream")


def test_a_warm_kernel_starts_computes_is_interrupted_restarted_and_shut_down(server) -> None:
    assert "tilstand" in server.ask("kernelspecs")["kernelspecs"]
    kernel = server.ask("kernels", method="POST", content={"name": "tilstand"})["id"]
    channels = server.channels(kernel)
    look = "import os; print(os.getpid(), 'kernels.template' in open('/proc/self/cmdline').read())"
    first, warm = printed(execute(channels, look)).split()
    assert warm == "True"

    # Interrupted as by the button, in the middle of a cell.
    identity = uuid.uuid4().hex
    sleeping = {"code": "import time; print('asleep', flush=True); time.sleep(600)", "silent": False}
    send(channels, "shell", "execute_request", identity, sleeping)
    while "asleep" not in (said := json.loads(channels.recv()))["content"].get("text", ""):
        assert said
    server.ask(f"kernels/{kernel}/interrupt", method="POST")
    assert [m["content"]["ename"] for m in until_idle(channels, identity) if m["msg_type"] == "error"] == [
        "KeyboardInterrupt"
    ]
    assert printed(execute(channels, "kept = 1; print(os.getpid())")).strip() == first

    # Restarted: another process, nothing left in it.
    server.ask(f"kernels/{kernel}/restart", method="POST")
    channels = server.channels(kernel)
    second, kept = printed(execute(channels, "import os; print(os.getpid(), 'kept' in dir())")).split()
    assert second != first
    assert kept == "False"
    assert is_gone(int(first))

    # Dead by a kill: the server starts another, as it does with an ordinary one.
    os.kill(int(second), signal.SIGKILL)
    third = second
    until = time.monotonic() + PATIENCE
    while third == second:
        assert time.monotonic() < until
        time.sleep(0.5)
        if server.ask(f"kernels/{kernel}")["execution_state"] in ("idle", "starting", "unknown"):
            third = printed(execute(server.channels(kernel), "import os; print(os.getpid())")).strip()

    server.ask(f"kernels/{kernel}", method="DELETE")
    until = time.monotonic() + PATIENCE
    while not is_gone(int(third)):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert server.ask("kernels") == []


def test_the_notebooks_of_the_project_are_what_it_opens(server) -> None:
    names = [entry["name"] for entry in server.ask("contents/notebooks")["content"]]
    assert {"service.ipynb", "municipality.ipynb", "reference.ipynb"} <= set(names)
