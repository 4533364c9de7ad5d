"""Fields that several published pages share, with their published bounds."""

from typing import Annotated

from msgspec import Meta

from hutong.domains.pay.orders import MAX_TOTAL

OutTradeNo = Annotated[str, Meta(min_length=6, max_length=32, pattern=r"^[0-9A-Za-z_\-|*]+\Z")]
OutRefundNo = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_\-|*@]+\Z")]
NotifyUrl = Annotated[str, Meta(min_length=8, max_length=256, pattern=r"^https?://[^\s?#]+\Z")]
Money = Annotated[int, Meta(ge=0, le=MAX_TOTAL)]
Total = Annotated[int, Meta(ge=1, le=MAX_TOTAL)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]

Text16 = Annotated[str, Meta(max_length=16)]
Text32 = Annotated[str, Meta(max_length=32)]
Text64 = Annotated[str, Meta(max_length=64)]
Text80 = Annotated[str, Meta(max_length=80)]
Text128 = Annotated[str, Meta(max_length=128)]
Text256 = Annotated[str, Meta(max_length=256)]
Text512 = Annotated[str, Meta(max_length=512)]
Text1024 = Annotated[str, Meta(max_length=1024)]

Filled32 = Annotated[str, Meta(min_length=1, max_length=32)]
Filled45 = Annotated[str, Meta(min_length=1, max_length=45)]
Filled64 = Annotated[str, Meta(min_length=1, max_length=64)]
Filled127 = Annotated[str, Meta(min_length=1, max_length=127)]
Filled128 = Annotated[str, Meta(min_length=1, max_length=128)]
