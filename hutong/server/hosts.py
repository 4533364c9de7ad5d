"""The host names the published protocols live at, and the mount that answers for each."""

MOUNTS = {
    "api.weixin.qq.com": "/mp",
    "api2.weixin.qq.com": "/mp",
    "sh.api.weixin.qq.com": "/mp",
    "sz.api.weixin.qq.com": "/mp",
    "hk.api.weixin.qq.com": "/mp",
    "file.api.weixin.qq.com": "/mp",
    "mp.weixin.qq.com": "/mp",
    "open.weixin.qq.com": "/mp",
    "qyapi.weixin.qq.com": "/work",
    "open.work.weixin.qq.com": "/work",
    "login.work.weixin.qq.com": "/work",
    "api.mch.weixin.qq.com": "/pay",
    "api2.mch.weixin.qq.com": "/pay",
    "apihk.mch.weixin.qq.com": "/pay",
    "fraud.mch.weixin.qq.com": "/pay",
    "api.wechatpay.cn": "/pay",
    "api2.wechatpay.cn": "/pay",
}

PUBLISHED = tuple(MOUNTS)
# For programs that resolve names before they look for a proxy: an address each, from the block that
# RFC 2544 sets aside for tests, so that the proxy can tell the host from the address.
ADDRESSES = {host: f"198.18.0.{index}" for index, host in enumerate(PUBLISHED, start=1)}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def normalise(host: str) -> str:
    """A host as it is compared: lower case, no port, no brackets, no final dot."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    if host.count(":") == 1:
        host = host.partition(":")[0]
    return host.removesuffix(".")


def mount_of(host: str) -> str | None:
    """The mount a published host stands for; None for any other name."""
    return MOUNTS.get(normalise(host))
