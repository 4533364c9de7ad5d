"""Every published host that the wire brings home is answered by the protocol that stands in for it."""

from hutong.kernel.endpoints import PROTOCOLS
from hutong.server import hosts
from hutong.server.main import import_protocols


def test_the_wire_and_the_protocols_name_the_same_hosts() -> None:
    import_protocols()
    served = {host: protocol.mount for protocol in PROTOCOLS.values() for host in protocol.hosts}
    built = {protocol.mount for protocol in PROTOCOLS.values()}
    assert served == {host: mount for host, mount in hosts.MOUNTS.items() if mount in built}
