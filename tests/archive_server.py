"""The exchange's public archive on this machine: the same layout over HTTP, with faults to order.

A fault is put on a path and met in order, one each request, the last of them for ever if
`forever`: 404, 500 …, "slow", "html", "cut" (the connection ends half way), "truncated" (a whole
answer, but of half the file), "no-range" (a request for a part gets the whole), "other" (other
bytes).
"""

import hashlib
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<html><body>Please sign in</body></html>"


class Archive:
    """Files by path, faults by path, and every request that came: (path, Range or null)."""

    def __init__(self):
        self.files = {}
        self.faults = {}
        self.asked = []
        self.url = ""
        self.slow_s = 3.0

    def put(self, path, data, checksum=None):
        """Serve a file with its checksum beside it; `checksum` null is the right one."""
        self.files[path] = data
        said = checksum or hashlib.sha256(data).hexdigest()
        self.files[path + ".CHECKSUM"] = f"{said}  {path.rpartition('/')[2]}\n".encode()

    def fault(self, path, *faults, forever=False):
        """Answer the next requests of a path with these faults."""
        self.faults[path] = (list(faults), forever)

    def next_fault(self, path):
        faults, forever = self.faults.get(path, ([], False))
        if not faults:
            return None
        return faults[0] if forever and len(faults) == 1 else faults.pop(0)

    def requests(self, path):
        """The Range (or null) of every request of a path, in order."""
        return [asked for where, asked in self.asked if where == path]


def _handler(archive):  # noqa: C901 - a class inside, one small method an answer
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            """Say nothing."""

        def do_GET(self):
            path, wanted = self.path.lstrip("/"), self.headers.get("Range")
            archive.asked.append((path, wanted))
            fault = archive.next_fault(path)
            if isinstance(fault, int):
                self._send(fault, b"no\n")
            elif fault == "slow":
                time.sleep(archive.slow_s)
            elif fault == "html":
                self._send(200, PAGE, "text/html; charset=utf-8")
            elif path not in archive.files:
                self._send(404, b"<Error>NoSuchKey</Error>", "application/xml")
            else:
                self._file(archive.files[path], wanted, fault)

        def _file(self, data, wanted, fault):
            if fault == "other":
                data = bytes(len(data))
            if fault == "truncated":
                data = data[: len(data) // 2]
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            if start and fault != "no-range":
                if start >= len(data):
                    self._send(416, b"")
                    return
                self._head(206, len(data) - start, start, len(data))
                self.wfile.write(data[start:])
                return
            self._head(200, len(data))
            if fault == "cut":
                self.wfile.write(data[: len(data) // 2])
                self.wfile.flush()
                self.connection.close()
                return
            self.wfile.write(data)

        def _head(self, code, length, start=None, total=None):
            self.send_response(code)
            self.send_header("Content-Type", "application/zip")
            self.send_header("Content-Length", str(length))
            if start is not None:
                self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
            self.end_headers()

        def _send(self, code, body, kind="text/plain"):
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


@contextmanager
def serving():
    """An archive that answers while this holds."""
    archive = Archive()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(archive))
    server.daemon_threads = True
    archive.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield archive
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
