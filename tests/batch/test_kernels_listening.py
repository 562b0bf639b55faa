"""What an engine hears of a kernel without an event loop is what a client with one would hear."""

import datetime as dt
from types import SimpleNamespace

import nbformat
import papermill
import pytest
import zmq
from executed import execute_cells
from ipykernel.iostream import IOPubThread
from jupyter_client.session import Session

from analysis.batch.kernels.guard import Guard, RunLimits
from analysis.batch.kernels.listening import Listener, read_message
from analysis.batch.kernels.sparing import Held, Once


def parts_of(session: Session, **content: object) -> list[bytes]:
    request = session.msg("execute_request")
    message = session.msg("stream", content, parent=request)
    return session.feed_identities(session.serialize(message))[1]


def test_an_unsigned_message_is_read_as_the_session_reads_it() -> None:
    session = Session(key=b"")
    parts = parts_of(session, name="stdout", text="2025-06-16T08:00:00Z")
    read, known = read_message(session, parts), session.deserialize(parts)
    assert isinstance(read["header"]["date"], dt.datetime)
    assert read["parent_header"]["msg_id"] == known["parent_header"]["msg_id"]
    del read["parent_header"], known["parent_header"]
    assert read == known


def test_a_signed_message_is_refused_where_its_signature_is_anothers() -> None:
    own = Session(key=b"own")
    assert read_message(own, parts_of(own, text="heard"))["content"] == {"text": "heard"}
    with pytest.raises(ValueError, match="Invalid Signature"):
        read_message(own, parts_of(Session(key=b"another's"), text="heard"))


def test_only_what_belongs_to_the_request_is_heard() -> None:
    session, context = Session(key=b""), zmq.Context()
    pairs = {}
    for name in ("shell", "iopub"):
        pairs[name] = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
        pairs[name][0].bind(f"inproc://{name}")
        pairs[name][1].connect(f"inproc://{name}")
    channels = {f"{name}_channel": SimpleNamespace(socket=ends[1]) for name, ends in pairs.items()}
    listener, heard = Listener(SimpleNamespace(session=session, **channels)), []
    try:
        asked, other = session.msg("execute_request"), session.msg("execute_request")
        for request, text in ((other, "other"), (asked, "own")):
            session.send(pairs["iopub"][0], "stream", {"text": text}, parent=request)
        session.send(pairs["shell"][0], "execute_reply", {"status": "other"}, parent=other)
        assert listener.hear(asked["header"]["msg_id"], heard.append, 1.0) is None
        session.send(pairs["shell"][0], "execute_reply", {"status": "ok"}, parent=asked)
        reply = listener.hear(asked["header"]["msg_id"], heard.append, 1.0)
    finally:
        context.destroy(linger=0)
    assert [message["content"] for message in heard] == [{"text": "own"}]
    assert reply["content"] == {"status": "ok"}


def test_a_cell_is_transformed_once_for_each_time_it_is_executed() -> None:
    asked = []
    once = Once(lambda cell: asked.append(cell) or cell.upper())
    assert [once("a"), once("a"), once("a"), once("b")] == ["A", "A", "A", "B"]
    assert asked == ["a", "a", "b"]
    once.forget()
    assert once("b") == "B"
    assert asked == ["a", "a", "b", "b"]


def test_a_held_message_goes_before_the_next_and_at_once_where_no_thread_sends(monkeypatch) -> None:
    sent = []
    thread = IOPubThread.__new__(IOPubThread)
    thread._events = []
    monkeypatch.setattr(IOPubThread, "_really_send", lambda _, message, **__: sent.append(message))
    thread.thread = SimpleNamespace(is_alive=lambda: True)
    Held(thread).send_multipart(["busy"])
    assert sent == []
    thread._events[0]()
    thread.thread = SimpleNamespace(is_alive=lambda: False)
    Held(thread).send_multipart(["at once"])
    assert sent == [["busy"], ["at once"]]


@pytest.mark.parametrize("kernels", ["warm", "ordinary"])
def test_a_cell_may_wait_and_change_what_it_showed_and_fail(kernels, tmp_path, monkeypatch) -> None:
    cells = [
        "import asyncio\nawait asyncio.sleep(0.01)\nprint('waited')",
        "from IPython.display import display\nshown = display('x', display_id=True)\nshown.update('y')",
        "import sys\nprint('a')\nprint('to stderr', file=sys.stderr)\nprint('b')\n1 + 1",
        "1 / 0",
        "print('never')",
    ]
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    with pytest.raises(papermill.PapermillExecutionError):
        execute_cells(tmp_path, *cells, guard=Guard(RunLimits(kernels=kernels)))
    made = [cell for cell in nbformat.read(tmp_path / "out.ipynb", 4).cells if cell.cell_type == "code"]
    waited, changed, said, failed, never = made
    assert waited.outputs[0].text == "waited\n"
    assert changed.outputs[0].data["text/plain"] == "'y'"
    assert [o.get("text") or o.data["text/plain"] for o in said.outputs] == ["a\nb\n", "to stderr\n", "2"]
    assert failed.outputs[0].ename == "ZeroDivisionError"
    assert [cell.execution_count for cell in made] == [1, 2, 3, 4, None]
    assert not never.outputs
    assert set(said.metadata.execution) == {
        "iopub.execute_input",
        "iopub.status.busy",
        "iopub.status.idle",
        "shell.execute_reply",
    }
