"""What our endpoint layer costs: the same echo through the gateway and as a raw ASGI function.

Both servers run on core 0, the load on core 1; the figure is processor time per request.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from .child import Child, free_port, report
from .load import drive, post

REQUESTS = 30_000
ROUNDS = 3
DEMAND = 2.0
BODY = msgspec.json.encode(
    {
        "description": "热茶一杯",
        "number": "TEA-20261122-0001",
        "address": "https://shop.example/notify",
        "note": "x" * 20,
        "payer": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "amount": 120,
        "count": 2,
        "urgent": True,
        "tags": ["tea", "hot"],
        "end": "z",
    }
)
Small = Annotated[int, Meta(ge=0, le=10**9)]


class Order(msgspec.Struct, frozen=True):
    description: str
    number: str
    address: str
    note: str
    payer: str
    amount: Small
    count: Small
    urgent: bool
    tags: list[str]
    end: str


async def raw(scope: Any, receive: Any, send: Any) -> None:
    """The least a server can do: decode, validate, encode."""
    message = await receive()
    body = msgspec.json.encode(msgspec.json.decode(message["body"], type=Order)) if message["body"] else b"ok"
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def serve(kind: str, port: int, home: Path) -> None:
    import apsw
    import uvicorn

    app: Any = raw
    if kind == "gateway":
        from hutong.kernel import endpoints
        from hutong.kernel.blobs import memory_blobs
        from hutong.kernel.clock import Clock
        from hutong.kernel.db import Context, Snapshot
        from hutong.kernel.ids import Ids
        from hutong.kernel.settings import Settings
        from hutong.kernel.vault import Vault
        from hutong.server.gateway import Gateway
        from hutong.server.signers import Signers
        from hutong.server.store import open_store

        class Echo(endpoints.Protocol):
            def authenticate(self, snapshot: Snapshot, http: Any, endpoint: Any) -> endpoints.Nobody:
                return endpoints.Nobody()

        protocol = endpoints.register(Echo("echo", mount="/echo"))

        def echo(snapshot: Snapshot, nobody: endpoints.Nobody, req: Order) -> Order:
            return req

        protocol.post("/order")(echo)
        apsw.Connection(str(home / "hutong.db")).execute("create table if not exists empty (at integer)")
        settings = Settings(home=home)
        store = open_store(Context(Clock(), Ids(), Vault(b"0" * 32), memory_blobs(), settings))
        gateway = Gateway(store, Signers(1))

        async def app(scope: Any, receive: Any, send: Any) -> None:
            found = gateway.find(scope)
            if found is None:
                await raw(scope, receive, send)
            else:
                await gateway(scope, receive, send, *found)

    config = uvicorn.Config(
        app,
        port=port,
        http="httptools",
        loop="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
    )
    await uvicorn.Server(config).serve()


def main() -> None:
    costs: dict[str, list[float]] = {"raw": [], "gateway": []}
    rates: dict[str, list[float]] = {"raw": [], "gateway": []}
    with tempfile.TemporaryDirectory() as home:
        for _ in range(ROUNDS):
            for kind, path in (("raw", "/echo/order"), ("gateway", "/echo/order")):
                port = free_port()
                with Child(["-m", "benchmarks.endpoint_layer", kind, str(port), home], port, core=0) as child:
                    os.sched_setaffinity(0, {1})
                    request = post(
                        path,
                        BODY,
                        {"content-type": "application/json", "accept": "*/*", "user-agent": "bench"},
                    )
                    drive(port, [request] * 2000, connections=32)
                    before = child.cpu_seconds()
                    result = drive(port, [request] * REQUESTS, connections=32)
                    assert result.statuses == {200: REQUESTS}, result.statuses
                    costs[kind].append((child.cpu_seconds() - before) / REQUESTS * 1e6)
                    rates[kind].append(result.rate)
    cost = {kind: sorted(values)[ROUNDS // 2] for kind, values in costs.items()}
    report(
        "endpoint layer's CPU / raw ASGI",
        ratio=round(cost["gateway"] / cost["raw"], 2),
        demand=f"<= {DEMAND}",
        met=cost["gateway"] / cost["raw"] <= DEMAND,
        raw_cpu_us=round(cost["raw"], 1),
        gateway_cpu_us=round(cost["gateway"], 1),
        raw_per_second=round(sorted(rates["raw"])[ROUNDS // 2]),
        gateway_per_second=round(sorted(rates["gateway"])[ROUNDS // 2]),
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        import uvloop

        uvloop.run(serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
    else:
        main()
