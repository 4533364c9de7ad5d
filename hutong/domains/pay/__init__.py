"""Pay: money moves between people, merchants and banks, and every movement can be shown to both sides.

An order is paid once, by one payer, from a wallet or a card. Money is integers in minor units beside a
currency; it moves only through the ledger, where every transfer has one debit, one credit and a positive
amount, so the sum of all accounts is zero at every moment. A hold is a transfer that is not posted yet: it
is posted or voided later, once. A wallet and a merchant's account never fall below zero.

Repetition is safe everywhere: `out_trade_no`, `out_refund_no` and `client_id` name the act, the same number
with the same terms is the same act, with other terms it is refused.
"""
