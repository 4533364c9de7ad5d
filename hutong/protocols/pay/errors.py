"""Refusals as the published Pay v3 answers spell them: status, code, message."""

from hutong.domains.apps.errors import OPENID_UNKNOWN
from hutong.domains.pay import errors as pay
from hutong.kernel.errors import (
    BAD_REQUEST,
    NOT_FOUND,
    OVERLOADED,
    STORAGE_FULL,
    TOO_LARGE,
    ErrorCode,
    Kind,
)

from .signatures import Failure

Published = tuple[int, str, str]

SIGNATURE_REFUSED = ErrorCode(
    "pay.signature_refused", Kind.UNAUTHENTICATED, "The request's signature is missing or does not fit."
)
SERIAL_REFUSED = ErrorCode(
    "pay.serial_refused", Kind.UNAUTHENTICATED, "No certificate in force has this serial number."
)
MCHID_DIFFERS = ErrorCode("pay.mchid_differs", Kind.INVALID, "Another merchant signed this request.")
FIELD_INVALID = ErrorCode("pay.field_invalid", Kind.INVALID, "A field is missing or malformed.")
NOT_ALLOWED = ErrorCode("pay.not_allowed", Kind.FORBIDDEN, "The merchant has not got this ability.")

SYSTEM_ERROR: Published = (500, "SYSTEM_ERROR", "系统异常，请使用相同参数稍后重新调用")
UNKNOWN_ADDRESS: Published = (404, "NOT_FOUND", "请求的地址不存在")
WRONG_METHOD: Published = (405, "METHOD_NOT_ALLOWED", "请求方法不被允许")

ERRORS: dict[ErrorCode, Published] = {
    BAD_REQUEST: (400, "PARAM_ERROR", "无法将请求映射到参数，请检查格式"),
    TOO_LARGE: (400, "INVALID_REQUEST", "请求包体过大"),
    NOT_FOUND: (404, "RESOURCE_NOT_EXISTS", "资源不存在"),
    STORAGE_FULL: SYSTEM_ERROR,
    OVERLOADED: (429, "FREQUENCY_LIMITED", "频率超限，请降低请求频率"),
    FIELD_INVALID: (400, "PARAM_ERROR", "参数规则校验失败"),
    MCHID_DIFFERS: (400, "INVALID_REQUEST", "请求参数中的商户号与签名的商户号不一致"),
    NOT_ALLOWED: (403, "NO_AUTH", "商户无此权限"),
    SERIAL_REFUSED: (401, "SIGN_ERROR", "商户证书序列号有误。请使用签名私钥匹配的证书序列号"),
    OPENID_UNKNOWN: (400, "PARAM_ERROR", "appid和openid不匹配"),
    pay.REPLAYED: (401, "SIGN_ERROR", "Http头Authorization中的nonce_str已被使用"),
    pay.MERCHANT_NOT_FOUND: (400, "MCH_NOT_EXISTS", "商户号不存在"),
    pay.APP_NOT_BOUND: (400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配"),
    pay.AMOUNT_INVALID: (400, "PARAM_ERROR", "订单金额超出范围"),
    pay.CURRENCY_INVALID: (400, "PARAM_ERROR", "不支持的货币类型"),
    pay.EXPIRY_INVALID: (400, "PARAM_ERROR", "time_expire不在允许的范围内"),
    pay.ORDER_NOT_FOUND: (404, "ORDER_NOT_EXIST", "订单不存在"),
    pay.ORDER_PAID: (400, "ORDERPAID", "该订单已支付"),
    pay.ORDER_CLOSED: (400, "ORDER_CLOSED", "该订单已关闭"),
    pay.OUT_TRADE_NO_USED: (403, "OUT_TRADE_NO_USED", "商户订单号重复"),
    pay.BALANCE_TOO_LOW: (403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起"),
    pay.ORDER_NOT_PAID: (403, "INVALID_REQUEST", "订单未支付，不能退款"),
    pay.REFUND_TOTAL_DIFFERS: (400, "INVALID_REQUEST", "订单金额与退款请求中的原订单金额不一致"),
    pay.REFUND_TOO_HIGH: (400, "INVALID_REQUEST", "申请退款金额大于订单剩余可退金额"),
    pay.REFUNDS_LIMIT: (403, "INVALID_REQUEST", "订单部分退款次数已达上限"),
    pay.REFUND_TOO_LATE: (403, "INVALID_REQUEST", "交易时间超过一年的订单无法提交退款"),
    pay.OUT_REFUND_NO_USED: (400, "INVALID_REQUEST", "商户退款单号重复，且退款内容与之前请求不一致"),
    pay.REFUND_NOT_FOUND: (404, "RESOURCE_NOT_EXISTS", "退款单不存在"),
    pay.REFUND_NOT_ABNORMAL: (400, "INVALID_REQUEST", "退款单不是异常状态"),
}

ERRORS_OF_REFUNDS: dict[ErrorCode, Published] = {
    pay.ORDER_NOT_FOUND: (404, "RESOURCE_NOT_EXISTS", "订单不存在"),
}
"""What the refund pages publish otherwise than the rest."""

BY_KIND: dict[Kind, Published] = {
    Kind.INVALID: (400, "PARAM_ERROR", "参数错误"),
    Kind.UNAUTHENTICATED: (401, "SIGN_ERROR", "签名错误"),
    Kind.FORBIDDEN: (403, "NO_AUTH", "没有权限"),
    Kind.NOT_FOUND: (404, "RESOURCE_NOT_EXISTS", "资源不存在"),
    Kind.CONFLICT: (400, "INVALID_REQUEST", "请求与当前状态不符"),
    Kind.LIMITED: (429, "FREQUENCY_LIMITED", "频率超限"),
    Kind.UNAVAILABLE: SYSTEM_ERROR,
}

SIGNATURE_MESSAGES: dict[Failure, str] = {
    Failure.MISSING: "Http头缺少Authorization",
    Failure.SCHEME: "Http头Authorization认证类型不正确",
    Failure.MALFORMED: "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》",
    Failure.TIMESTAMP: "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟",
    Failure.SIGNATURE: "错误的签名，验签失败",
}
