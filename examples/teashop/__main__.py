"""Run the shop: `TEASHOP_CONFIG=teashop.json python -m teashop`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

from werkzeug.serving import make_server

from . import tasks
from .settings import SettingsError, load
from .shop import open_shop
from .web import make_app


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        settings = load(os.environ)
    except SettingsError as error:
        print(f"teashop: {error}", file=sys.stderr)
        return 2
    shop = open_shop(settings)
    with shop.store.transaction() as db:
        for kind in ("menu", "coupon"):
            tasks.again(db, shop.clock(), kind, settings.account.appid)
    server = make_server(settings.shop.host, settings.shop.port, make_app(shop), threaded=True)
    worker = threading.Thread(target=shop.worker.run, name="worker")
    worker.start()
    # shutdown() waits for serve_forever to return, so it cannot be called from the same thread.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"{shop.trade.name['en']} is open at http://{settings.shop.host}:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        shop.worker.stop()
        worker.join(timeout=30)
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
