"""Pay v3 as api.mch.weixin.qq.com answers it.

Importing the package declares every endpoint and notification, one module per published chapter.
"""

from . import callbacks as callbacks
from . import certificates as certificates
from . import h5 as h5
from . import refunds as refunds
from . import transactions as transactions
from .protocol import pay as pay
