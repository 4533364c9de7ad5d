"""The physical limits of this machine, measured beside every claim: the disk's flush and one core's RSA."""

import os
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256


def fdatasyncs_per_second(folder: Path, seconds: float = 2.0) -> float:
    """How often 4 KiB appended to a file can be flushed, one after another."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        block = os.urandom(4096)
        done, started = 0, time.perf_counter()
        while (now := time.perf_counter()) - started < seconds:
            os.write(file.fileno(), block)
            os.fdatasync(file.fileno())
            done += 1
        return done / (now - started)


def rsa_signatures_per_second(core: int, seconds: float = 2.0) -> float:
    """RSA-2048 PKCS#1 v1.5 SHA-256 signatures in a second of processor time on one core, nothing else."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        padding, digest, message = PKCS1v15(), SHA256(), b"x" * 300
        done, started = 0, time.process_time()
        while (now := time.process_time()) - started < seconds:
            key.sign(message, padding, digest)
            done += 1
        return done / (now - started)
    finally:
        os.sched_setaffinity(0, before)
