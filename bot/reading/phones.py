"""Phone numbers of mainland China as people type them."""

from __future__ import annotations

import re

from bot.reading.source import plain
from bot.reading.values import Misread

LEAD = re.compile(r"^(?:联系电话|电话号码|手机号码|手机号|电话|手机|号码|tel|phone)?\s*[:是]?\s*")
TYPED = re.compile(r"\+?[\d\s().\-]{7,24}", re.ASCII)


def read_phone(text: str) -> str:
    """National digits, 13800000001 for a mobile, 02885551234 for a landline; raises Misread for anything else."""
    spelled = LEAD.sub("", plain(text).strip())
    if TYPED.fullmatch(spelled):
        digits = _national(spelled)
        if digits:
            return digits
    raise Misread("not_a_phone", said=text.strip()[:24])


def _national(spelled: str) -> str:
    # The numbering plans are imported when the first number is read.
    import phonenumbers
    from phonenumbers import PhoneNumberType as Type

    try:
        number = phonenumbers.parse(spelled, "CN")
    except phonenumbers.NumberParseException:
        return ""
    china = number.country_code == 86 and phonenumbers.is_valid_number(number)
    if not china or phonenumbers.number_type(number) not in (Type.MOBILE, Type.FIXED_LINE, Type.FIXED_LINE_OR_MOBILE):
        return ""
    return re.sub(r"\D", "", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))
