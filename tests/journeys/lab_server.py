"""A JupyterLab server as an analyst starts it, talked to as the page in the browser does."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import websocket

#: Seconds that a server may need to come up, and a cell to answer, on a busy machine.
PATIENCE = 240


@dataclass(frozen=True)
class Lab:
    """A running server."""

    address: str
    token: str

    def call(self, method: str, path: str, content: object = None) -> object:
        """Ask the server's REST interface."""
        request = urllib.request.Request(
            f"{self.address}/api/{path}",
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            said = answer.read()
        return json.loads(said) if said else None

    def cells(self, path: str) -> list[dict]:
        """Return a notebook's code cells as the server hands them to the page."""
        cells = self.call("GET", f"contents/{path}?content=1")["content"]["cells"]
        return [cell for cell in cells if cell["cell_type"] == "code"]

    @contextlib.contextmanager
    def kernel(self, path: str) -> Iterator[Kernel]:
        """Open a notebook's session, in the notebook's own folder, and close it."""
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        session = self.call("POST", "sessions", wanted)
        place = f"{self.address.replace('http', 'ws', 1)}/api/kernels/{session['kernel']['id']}/channels"
        wire = websocket.create_connection(
            place, header={"Authorization": f"token {self.token}"}, timeout=PATIENCE
        )
        try:
            yield Kernel(wire)
        finally:
            wire.close()
            self.call("DELETE", f"sessions/{session['id']}")


@dataclass(frozen=True)
class Kernel:
    """The wire to one notebook's kernel."""

    wire: websocket.WebSocket

    def run(self, code: str) -> list[dict]:
        """Execute a cell and return its outputs, each with its `type` and content."""
        asked = uuid.uuid4().hex
        header = {"msg_id": asked, "msg_type": "execute_request", "session": asked, "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        message = {"header": header | {"username": "analyst"}, "content": content, "channel": "shell"}
        self.wire.send(json.dumps(message | {"parent_header": {}, "metadata": {}}))
        outputs: list[dict] = []
        waited_for = {"idle", "execute_reply"}
        while waited_for:
            said = json.loads(self.wire.recv())
            if said["parent_header"].get("msg_id") != asked:
                continue
            kind, content = said["msg_type"], said["content"]
            waited_for -= {content["execution_state"] if kind == "status" else kind}
            if kind in ("display_data", "execute_result", "stream", "error"):
                outputs.append({"type": kind, **content})
        return outputs


@contextlib.contextmanager
def running_lab(root: Path, private: Path) -> Iterator[Lab]:
    """Start JupyterLab in `root` with the project's command; the user's own settings do not matter."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    names += ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    own = {name: str(private / name.lower()) for name in names}
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    log = private / "server.log"
    private.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "analysis.cli", "lab", *options],
            cwd=root,
            env={**os.environ, **own},
            stdout=said,
            stderr=said,
        )
    try:
        yield _answering(server, private / "jupyter_runtime_dir", log)
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _answering(server: subprocess.Popen, runtime: Path, log: Path) -> Lab:
    """Wait until the server answers. Another may have taken the port: where it is, its own file says."""
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                known = json.loads(file.read_text(encoding="utf-8"))
                lab = Lab(known["url"].rstrip("/"), known["token"])
                lab.call("GET", "status")
                return lab
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not come up:\n{log.read_text(errors='replace')[-3000:]}")
