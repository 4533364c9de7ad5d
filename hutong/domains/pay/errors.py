"""Every way pay can refuse."""

from hutong.kernel.errors import ErrorCode, Kind

BALANCE_TOO_LOW = ErrorCode("pay.balance_too_low", Kind.CONFLICT, "The balance is too low.")
TRANSFER_CHANGED = ErrorCode(
    "pay.transfer_changed", Kind.CONFLICT, "This movement was already made with other terms."
)
TRANSFER_SETTLED = ErrorCode(
    "pay.transfer_settled", Kind.CONFLICT, "This movement is already posted or voided."
)

MERCHANT_NOT_FOUND = ErrorCode("pay.merchant_not_found", Kind.NOT_FOUND, "There is no such merchant.")
MCHID_TAKEN = ErrorCode("pay.mchid_taken", Kind.CONFLICT, "This merchant number is taken.")
APP_NOT_BOUND = ErrorCode("pay.app_not_bound", Kind.FORBIDDEN, "This app is not bound to the merchant.")
CERTIFICATE_TAKEN = ErrorCode("pay.certificate_taken", Kind.CONFLICT, "This serial number is taken.")
REPLAYED = ErrorCode("pay.replayed", Kind.UNAUTHENTICATED, "This signed request was used before.")

AMOUNT_INVALID = ErrorCode("pay.amount_invalid", Kind.INVALID, "The amount is out of bounds.")
CURRENCY_INVALID = ErrorCode("pay.currency_invalid", Kind.INVALID, "This currency is not taken here.")
EXPIRY_INVALID = ErrorCode(
    "pay.expiry_invalid", Kind.INVALID, "The order must end within a minute to 7 days."
)
ORDER_NOT_FOUND = ErrorCode("pay.order_not_found", Kind.NOT_FOUND, "There is no such order.")
ORDER_PAID = ErrorCode("pay.order_paid", Kind.CONFLICT, "The order is paid.")
ORDER_CLOSED = ErrorCode("pay.order_closed", Kind.CONFLICT, "The order is closed.")
OUT_TRADE_NO_USED = ErrorCode(
    "pay.out_trade_no_used", Kind.CONFLICT, "This number already names an order with other terms."
)
WRONG_PAYER = ErrorCode("pay.wrong_payer", Kind.FORBIDDEN, "Somebody else is to pay this order.")
PREPAY_EXPIRED = ErrorCode("pay.prepay_expired", Kind.CONFLICT, "The prepay_id is no longer valid.")
CREDIT_REFUSED = ErrorCode("pay.credit_refused", Kind.FORBIDDEN, "The merchant takes no credit cards.")
CARD_REFUSED = ErrorCode("pay.card_refused", Kind.CONFLICT, "The bank refused the card.")
BANK_SILENT = ErrorCode("pay.bank_silent", Kind.UNAVAILABLE, "The bank did not answer; nothing was moved.")
CARD_NOT_FOUND = ErrorCode("pay.card_not_found", Kind.NOT_FOUND, "There is no such card.")
CARDS_LIMIT = ErrorCode("pay.cards_limit", Kind.LIMITED, "A person may bind ten cards.")
REMITTANCE_CHANGED = ErrorCode(
    "pay.remittance_changed", Kind.CONFLICT, "This client_id already names a movement with other terms."
)

REFUND_NOT_FOUND = ErrorCode("pay.refund_not_found", Kind.NOT_FOUND, "There is no such refund.")
ORDER_NOT_PAID = ErrorCode("pay.order_not_paid", Kind.CONFLICT, "The order is not paid.")
REFUND_TOTAL_DIFFERS = ErrorCode(
    "pay.refund_total_differs", Kind.INVALID, "The total is not the order's total."
)
REFUND_TOO_HIGH = ErrorCode("pay.refund_too_high", Kind.CONFLICT, "More than what was paid would go back.")
REFUNDS_LIMIT = ErrorCode("pay.refunds_limit", Kind.LIMITED, "An order takes fifty refunds.")
REFUND_TOO_LATE = ErrorCode("pay.refund_too_late", Kind.CONFLICT, "The order was paid over a year ago.")
OUT_REFUND_NO_USED = ErrorCode(
    "pay.out_refund_no_used", Kind.CONFLICT, "This number already names a refund with other terms."
)
REFUND_NOT_ABNORMAL = ErrorCode("pay.refund_not_abnormal", Kind.CONFLICT, "The refund is not stuck.")

CASHIER_NOT_FOUND = ErrorCode("pay.cashier_not_found", Kind.NOT_FOUND, "There is no such cashier.")
CASHIER_CANCELLED = ErrorCode("pay.cashier_cancelled", Kind.CONFLICT, "The payer closed this cashier.")
PAY_SIGN_INVALID = ErrorCode(
    "pay.pay_sign_invalid", Kind.FORBIDDEN, "The merchant's signature of this payment does not fit."
)
