"""Our own clients: what the app, the desk and the console say to the server. Importing it declares everything."""

import importlib
import pkgutil

for _chapter in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_chapter.name}")
