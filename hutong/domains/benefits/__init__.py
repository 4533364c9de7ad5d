"""Benefits: what an organisation gives people to use with it later.

A *card* is a kind of coupon that an official account makes: its face, how long it holds, how many there are. A
*coupon* is one that a person took of it, under a code of its own. An *offer* is a program on a device asking for a
phone to take coupons in place of whoever stands there.

Promises: never more coupons of a card than its stock, nor more for one person than its limit, however many try at
once; a signature that was used takes nothing twice; a coupon is redeemed once; what has run out by the business
clock is never redeemed.
"""
