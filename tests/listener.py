"""A developer's server for tests: remembers what was posted to it, and answers as it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


class Listener:
    """`with Listener() as shop:` listens at `shop.url`; `shop.received` is the bodies, `shop.headers` what came
    with each; `shop.status` and `shop.body` are its answer."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.body = b"success"
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                shop.headers.append(dict(self.headers))
                shop.received.append(self.rfile.read(int(self.headers["content-length"])).decode())
                self.send_response(shop.status)
                self.send_header("content-length", str(len(shop.body)))
                self.end_headers()
                self.wfile.write(shop.body)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/push"

    def __enter__(self) -> "Listener":
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
